use core::fmt;

/// A point in time as JWT claims carry it: seconds since 1970-01-01T00:00:00Z, leap seconds ignored
/// ([RFC 7519 §2](https://www.rfc-editor.org/rfc/rfc7519#section-2)).
///
/// Only the years 1 to 9999 exist. A fraction is remembered as such: `exp` is rounded down and `nbf` and `iat` up,
/// so that a fraction never lengthens a token's life.
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
    pub const fn from_seconds(seconds: i64) -> Option<Self> {
        if seconds < FIRST || seconds > LAST {
            return None;
        }
        Some(Self { seconds, fraction: false })
    }

    /// Reads a JSON number; `None` when it is not one, or lies outside the years 1 to 9999.
    #[must_use]
    pub fn from_json(number: &str) -> Option<Self> {
        if !matches!(number.as_bytes().first(), Some(b'-' | b'0'..=b'9')) {
            return None; // Rust also reads "+1", "inf" and "NaN"; JSON has none of them.
        }
        if let Ok(seconds) = number.parse::<i64>() {
            return Self::from_seconds(seconds);
        }
        let value: f64 = number.parse().ok()?;
        let floor = value.floor();
        if !(-62_135_596_800.0..=253_402_300_799.0).contains(&floor) {
            return None;
        }
        #[expect(clippy::as_conversions, reason = "a whole number within the range just checked")]
        let seconds = floor as i64;
        Some(Self { seconds, fraction: value > floor })
    }

    /// Whole seconds, rounded towards the past.
    #[must_use]
    pub const fn floor(self) -> i64 {
        self.seconds
    }

    /// Whole seconds, rounded towards the future.
    #[must_use]
    pub const fn ceil(self) -> i64 {
        if self.fraction { self.seconds.saturating_add(1) } else { self.seconds }
    }
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

    #[test]
    fn fractions_never_lengthen_a_life() {
        let date = NumericDate::from_json("100.999").unwrap();
        assert_eq!((date.floor(), date.ceil()), (100, 101));
        let date = NumericDate::from_json("-100.5").unwrap();
        assert_eq!((date.floor(), date.ceil()), (-101, -100));
        let whole = NumericDate::from_json("100.0").unwrap();
        assert_eq!((whole.floor(), whole.ceil()), (100, 100));
    }
}
