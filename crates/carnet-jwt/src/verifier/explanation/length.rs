use core::fmt;

/// A length of time in its two largest units, such as "3 min 12 s".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Length(pub(crate) u64);

/// The seconds of each unit. A year has 365.25 days.
const UNITS: [(u64, &str); 5] = [(31_557_600, "years"), (86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let largest = UNITS.iter().position(|(seconds, _)| self.0 >= *seconds);
        let Some((&(seconds, name), smaller)) = largest.and_then(|place| UNITS.get(place..)?.split_first()) else {
            return f.write_str("0 s");
        };
        let count = |of: u64, seconds: u64| of.checked_div(seconds).unwrap_or_default();
        write!(f, "{} {name}", count(self.0, seconds))?;
        let rest = self.0.checked_rem(seconds).unwrap_or_default();
        match smaller.first().map(|(seconds, name)| (count(rest, *seconds), name)) {
            Some((more @ 1.., name)) => write!(f, " {more} {name}"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_largest_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (1, "1 s"),
            (59, "59 s"),
            (60, "1 min"),
            (192, "3 min 12 s"),
            (3_600, "1 h"),
            (3_605, "1 h"),
            (3_725, "1 h 2 min"),
            (90_000, "1 d 1 h"),
            (31_557_600, "1 years"),
            (u64::MAX, "584542046090 years 228 d"),
        ] {
            assert_eq!(Length(seconds).to_string(), words);
        }
    }
}
