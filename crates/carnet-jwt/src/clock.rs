use core::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where "now" comes from, in seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Clock {
    /// The operating system's.
    #[default]
    System,
    /// Always the same time.
    Fixed(i64),
    /// The caller's.
    Custom(Arc<dyn Fn() -> i64 + Send + Sync>),
}

impl Clock {
    /// The time.
    #[must_use]
    pub fn now(&self) -> i64 {
        match self {
            Self::System => {
                let seconds = |duration: std::time::Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
                match SystemTime::now().duration_since(UNIX_EPOCH) {
                    Ok(after) => seconds(after),
                    Err(before) => seconds(before.duration()).saturating_neg(),
                }
            }
            Self::Fixed(now) => *now,
            Self::Custom(clock) => clock(),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("System"),
            Self::Fixed(now) => write!(f, "Fixed({now})"),
            Self::Custom(_) => f.write_str("Custom"),
        }
    }
}
