use core::fmt;
use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time as JWT claims carry it: seconds since 1970-01-01T00:00:00Z, leap seconds ignored
/// ([RFC 7519 §2](https://www.rfc-editor.org/rfc/rfc7519#section-2)).
///
/// Only the years 1 to 9999 exist. That there is a fraction is remembered, and not which: `exp` is rounded down and `nbf` up, and `iat` to whichever
/// side is stricter, so that a fraction never lengthens a token's life. Dates within one second compare as equal.
///
/// ```
/// use carnet_core::NumericDate;
/// let date = NumericDate::from_json("1.5e9").unwrap();
/// assert_eq!(date.floor(), 1_500_000_000);
/// assert_eq!(NumericDate::from_json("10.25").unwrap().ceil(), 11);
/// assert!(NumericDate::from_json("1e400").is_none());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumericDate {
    seconds: i64,
    fraction: bool,
}

/// 0001-01-01T00:00:00Z.
const FIRST: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z.
const LAST: i64 = 253_402_300_799;

impl NumericDate {
    /// The date `seconds` after (before, when negative) 1970-01-01T00:00:00Z; `None` outside the years 1 to 9999.
    #[must_use]
    #[inline]
    pub const fn from_seconds(seconds: i64) -> Option<Self> {
        if seconds < FIRST || seconds > LAST {
            return None;
        }
        Some(Self { seconds, fraction: false })
    }

    /// Reads a JSON number, to the last digit; `None` when it is not one, or lies outside the years 1 to 9999.
    #[must_use]
    pub fn from_json(number: &str) -> Option<Self> {
        if let Some(seconds) = whole_seconds(number.as_bytes()) {
            return Self::from_seconds(seconds);
        }
        let (negative, number) = number.strip_prefix('-').map_or((false, number), |number| (true, number));
        let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
        if !is_digits(whole)
            || !is_digits(fraction)
            || !is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))
        {
            return None;
        }
        // Where the point is among the digits. An exponent too long for i64 is far out either way.
        let sign = if exponent.starts_with('-') { -1 } else { 1 };
        let exponent = exponent.parse::<i64>().unwrap_or(i64::MAX.saturating_mul(sign));
        let point = i64::try_from(whole.len()).ok()?.saturating_add(exponent);

        let (mut seconds, mut rest) = (0_i64, false);
        let digits = whole.bytes().chain(fraction.bytes()).map(|digit| i64::from(digit.wrapping_sub(b'0')));
        let mut place = 0_i64;
        for digit in digits {
            if place < point {
                seconds = seconds.checked_mul(10)?.checked_add(digit)?;
            } else {
                rest |= digit != 0;
            }
            place = place.saturating_add(1);
        }
        while seconds != 0 && place < point {
            seconds = seconds.checked_mul(10)?;
            place = place.saturating_add(1);
        }
        if negative {
            seconds = seconds.saturating_neg().saturating_sub(i64::from(rest));
        }
        Some(Self { fraction: rest, ..Self::from_seconds(seconds)? })
    }

    /// Whole seconds, rounded towards the past.
    #[must_use]
    #[inline]
    pub const fn floor(self) -> i64 {
        self.seconds
    }

    /// Whole seconds, rounded towards the future.
    #[must_use]
    #[inline]
    pub const fn ceil(self) -> i64 {
        if self.fraction { self.seconds.saturating_add(1) } else { self.seconds }
    }
}

/// As whole seconds, rounded towards the past.
impl Serialize for NumericDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.floor())
    }
}

/// A number, for a claims type's own dates. What has a fraction comes through a double here, which may round it to the next second; the registered claims
/// ([`from_json`](NumericDate::from_json)) are read to the last digit.
impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = NumericDate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds since 1970-01-01T00:00:00Z, in the years 1 to 9999")
            }

            fn visit_i64<E: serde::de::Error>(self, seconds: i64) -> Result<NumericDate, E> {
                NumericDate::from_seconds(seconds).ok_or_else(|| E::invalid_value(Unexpected::Signed(seconds), &self))
            }

            fn visit_u64<E: serde::de::Error>(self, seconds: u64) -> Result<NumericDate, E> {
                let date = i64::try_from(seconds).ok().and_then(NumericDate::from_seconds);
                date.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(seconds), &self))
            }

            fn visit_f64<E: serde::de::Error>(self, seconds: f64) -> Result<NumericDate, E> {
                let date = NumericDate::from_json(&format!("{seconds:?}"));
                date.ok_or_else(|| E::invalid_value(Unexpected::Float(seconds), &self))
            }
        }

        // Not `deserialize_any`: with serde_json's feature arbitrary_precision that is no number.
        deserializer.deserialize_f64(Number)
    }
}

/// A number of at most 15 digits and nothing else: what nearly every date is. It cannot overflow.
#[inline]
fn whole_seconds(number: &[u8]) -> Option<i64> {
    if !(1..=15).contains(&number.len()) {
        return None;
    }
    let (mut seconds, mut rest) = (0, number);
    if let Some((word, after)) = rest.split_first_chunk::<8>() {
        (seconds, rest) = (eight_digits(*word)?, after);
    }
    for octet in rest {
        let digit = octet.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        seconds = seconds.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    i64::try_from(seconds).ok()
}

/// A number of eight digits: neighbours are made pairs, pairs fours, and fours the number, all at once.
#[inline]
const fn eight_digits(word: [u8; 8]) -> Option<u64> {
    let digits = u64::from_le_bytes(word).wrapping_sub(0x3030_3030_3030_3030);
    // 118 more than 9 is 127: a digit above it, or one below 0, has the high bit set.
    if (digits | digits.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let pairs = digits.wrapping_mul(10).wrapping_add(digits.wrapping_shr(8)) & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs.wrapping_shr(16)) & 0x0000_FFFF_0000_FFFF;
    Some(fours.wrapping_mul(10_000).wrapping_add(fours.wrapping_shr(32)) & 0xFFFF_FFFF)
}

impl fmt::Display for NumericDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.seconds.fmt(f)
    }
}

impl fmt::Debug for NumericDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NumericDate({}{})", self.seconds, if self.fraction { "+" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e02_numeric_edges() {
        let floor = |text| NumericDate::from_json(text).map(NumericDate::floor);
        assert_eq!(floor("0"), Some(0));
        assert_eq!(floor("-0"), Some(0));
        assert_eq!(floor("-1"), Some(-1));
        assert_eq!(floor("-1.5"), Some(-2));
        assert_eq!(floor("1e9"), Some(1_000_000_000));
        assert_eq!(floor("4.1024448e9"), Some(4_102_444_800));
        assert_eq!(floor("253402300799"), Some(LAST));
        assert_eq!(floor("-62135596800"), Some(FIRST));
        for outside in [
            "253402300800",
            "-62135596801",
            "1e400",
            "1E+309",
            "9007199254740993",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551615",
            "-1e300",
        ] {
            assert_eq!(floor(outside), None, "{outside}");
        }
        for not_a_number in ["", "+1", "inf", "NaN", "nan", "Infinity", "0x10", "\"1\"", "true", "null", "1_0", " 1"] {
            assert_eq!(floor(not_a_number), None, "{not_a_number}");
        }
    }

    /// The fast way, at every length and with every octet in every place, does what the standard library does.
    #[test]
    fn whole_numbers() {
        let digits = "9081726354987012345";
        for length in 1..=digits.len() {
            let number = &digits[..length];
            assert_eq!(whole_seconds(number.as_bytes()), (length <= 15).then(|| number.parse().unwrap()), "{number}");
            for (place, octet) in (0..length.min(15)).flat_map(|place| (0..=255).map(move |octet| (place, octet))) {
                let mut number = number.as_bytes()[..length.min(15)].to_vec();
                number[place] = octet;
                let is_number = number.iter().all(u8::is_ascii_digit);
                let expected = is_number.then(|| core::str::from_utf8(&number).unwrap().parse().unwrap());
                assert_eq!(whole_seconds(&number), expected, "{number:?}");
            }
        }
    }

    #[test]
    fn fractions_never_lengthen_a_life() {
        let date = NumericDate::from_json("100.999").unwrap();
        assert_eq!((date.floor(), date.ceil()), (100, 101));
        let date = NumericDate::from_json("-100.5").unwrap();
        assert_eq!((date.floor(), date.ceil()), (-101, -100));
        let whole = NumericDate::from_json("100.0").unwrap();
        assert_eq!((whole.floor(), whole.ceil()), (100, 100));
        // Where a double would round to the next second.
        let date = NumericDate::from_json("1750000000.99999999999999999999").unwrap();
        assert_eq!((date.floor(), date.ceil()), (1_750_000_000, 1_750_000_001));
        let date = NumericDate::from_json("1.75000000000000000000000000001e9").unwrap();
        assert_eq!((date.floor(), date.ceil()), (1_750_000_000, 1_750_000_001));
        let date = NumericDate::from_json("1e-400").unwrap();
        assert_eq!((date.floor(), date.ceil()), (0, 1));
    }

    #[test]
    fn exponents() {
        let floor = |text| NumericDate::from_json(text).map(NumericDate::floor);
        assert_eq!(floor("175e7"), Some(1_750_000_000));
        assert_eq!(floor("17500000000000e-4"), Some(1_750_000_000));
        assert_eq!(floor("0.00000000175e18"), Some(1_750_000_000));
        assert_eq!(floor("-175e+7"), Some(-1_750_000_000));
        assert_eq!(floor("0e99999999999999999999"), Some(0));
        assert_eq!(floor("1e-99999999999999999999"), Some(0));
        assert_eq!(floor("1e99999999999999999999"), None);
        for odd in ["1.e1", ".5", "1e", "1e+", "1e1.5", "1.5.5", "--1", "1e--1", "-"] {
            assert_eq!(floor(odd), None, "{odd}");
        }
    }
}
