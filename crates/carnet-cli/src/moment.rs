//! Points in time as arguments.

use crate::duration::{self, DurationError};
use core::time::Duration;

/// What `--not-before` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// So long from now.
    In(Duration),
    /// Seconds since 1970-01-01T00:00:00Z.
    At(i64),
}

impl Moment {
    /// Reads a duration from now, or `@` and seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// A sentence.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix('@') {
            Some(seconds) => seconds
                .parse()
                .map(Self::At)
                .map_err(|_| "after @ comes a whole number of seconds since 1970-01-01T00:00:00Z".to_owned()),
            None => duration::parse(text).map(Self::In).map_err(|error: DurationError| {
                format!("{error}; or a time as @ and seconds since 1970-01-01T00:00:00Z, such as @1300819380")
            }),
        }
    }
}

/// The time by the system's clock, in seconds since 1970-01-01T00:00:00Z.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_times() {
        assert_eq!(Moment::parse("0s"), Ok(Moment::In(Duration::ZERO)));
        assert_eq!(Moment::parse("1h30m"), Ok(Moment::In(Duration::from_secs(5400))));
        assert_eq!(Moment::parse("@1300819380"), Ok(Moment::At(1_300_819_380)));
        assert_eq!(Moment::parse("@-1"), Ok(Moment::At(-1)));
        for text in ["", "@", "5", "@5s", "@1.5", "@@1", "@9223372036854775808", "1300819380"] {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
    }
}
