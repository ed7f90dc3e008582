//! Durations as people write them: `15m`, `7d`, `1h30m`.

use core::fmt;
use core::time::Duration;

/// The units, the longest first, in seconds.
const UNITS: [(char, u64); 5] = [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Why a text is no duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DurationError(&'static str);

const FORM: DurationError =
    DurationError("write a duration as whole numbers with units, such as 30s, 15m, 1h30m, 7d or 2w");
const NO_UNIT: DurationError = DurationError("the number has no unit; write 30s, 15m, 12h, 7d or 2w");
const ORDER: DurationError = DurationError("each unit occurs once, the longer one first, such as 1h30m");
const TOO_LONG: DurationError = DurationError("the duration is too long");

/// Reads whole numbers with the units `w`, `d`, `h`, `m` and `s`, each at most once and the longer first. A day has 24 hours.
///
/// # Errors
/// [`DurationError`]: anything else, a number without a unit, more seconds than 64 bits hold.
pub(crate) fn parse(text: &str) -> Result<Duration, DurationError> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut seconds = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits).ok_or(FORM)?;
        if number.is_empty() {
            return Err(FORM);
        }
        let mut after = after.chars();
        let unit = after.next().ok_or(NO_UNIT)?;
        if !UNITS.iter().any(|(known, _)| *known == unit) {
            return Err(FORM);
        }
        let (_, length) = units.find(|(name, _)| *name == unit).ok_or(ORDER)?;
        let number: u64 = number.parse().map_err(|_| TOO_LONG)?;
        seconds = number.checked_mul(*length).and_then(|more| seconds.checked_add(more)).ok_or(TOO_LONG)?;
        rest = after.as_str();
    }
    if text.is_empty() { Err(FORM) } else { Ok(Duration::from_secs(seconds)) }
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl core::error::Error for DurationError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_their_sums() {
        for (text, seconds) in [
            ("0s", 0),
            ("45s", 45),
            ("15m", 900),
            ("12h", 43_200),
            ("7d", 604_800),
            ("2w", 1_209_600),
            ("1h30m", 5_400),
            ("1w2d3h4m5s", 788_645),
            ("90m", 5_400),
            ("007m", 420),
            ("18446744073709551615s", u64::MAX),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in
            ["", "s", "h1", "1.5h", "-1s", "+1s", " 1s", "1s ", "1 h", "1H", "1ms", "1y", "1µ", "1h,30m", "٣m", "\0"]
        {
            assert_eq!(parse(text), Err(FORM), "{text:?}");
        }
        for text in ["0", "30", "1h30", "18446744073709551616"] {
            assert_eq!(parse(text), Err(NO_UNIT), "{text}");
        }
        for text in ["30m1h", "1m1m", "1s2w"] {
            assert_eq!(parse(text), Err(ORDER), "{text}");
        }
        for text in ["18446744073709551616s", "307445734561825861m", "30500568904944w", "1m18446744073709551615s"] {
            assert_eq!(parse(text), Err(TOO_LONG), "{text}");
        }
    }
}
