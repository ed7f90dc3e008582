//! How far apart two times are, in words.

use core::fmt;

/// Where a time lies as seen from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Distance {
    /// Less than a second away.
    Now,
    /// Still to come.
    Future(Length),
    /// Gone by.
    Past(Length),
}

impl Distance {
    /// Where `then` lies as seen from `now`, both in seconds.
    pub(super) const fn new(now: i64, then: i64) -> Self {
        match then.abs_diff(now) {
            0 => Self::Now,
            seconds if then > now => Self::Future(Length(seconds)),
            seconds => Self::Past(Length(seconds)),
        }
    }
}

/// A number of seconds, shown in the largest unit of which there are some, rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Length(u64);

/// Up to how many seconds a unit is used, its own seconds, its name. From two days on, a year having 365.25 of them.
const UNITS: [(u64, u64, &str); 4] =
    [(60, 1, "s"), (3_600, 60, "min"), (2 * 86_400, 3_600, "h"), (2 * 31_557_600, 86_400, "days")];

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS.iter().find(|(end, _, _)| self.0 < *end);
        let (seconds, name) = unit.map_or((31_557_600, "years"), |(_, seconds, name)| (*seconds, *name));
        write!(f, "{} {name}", self.0.checked_div(seconds).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_unit_of_which_there_are_some() {
        for (seconds, words) in [
            (1, "1 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_599, "59 min"),
            (3_600, "1 h"),
            (172_799, "47 h"),
            (172_800, "2 days"),
            (63_115_199, "730 days"),
            (63_115_200, "2 years"),
            (u64::MAX, "584542046090 years"),
        ] {
            assert_eq!(Length(seconds).to_string(), words);
        }
        assert_eq!(Distance::new(5, 5), Distance::Now);
        assert_eq!(Distance::new(5, 6), Distance::Future(Length(1)));
        assert_eq!(Distance::new(i64::MAX, i64::MIN), Distance::Past(Length(u64::MAX)));
    }
}
