use core::time::Duration;
use std::time::{Instant, SystemTime};

/// What time it is, for the age of keys. Tests put their own in its place.
pub trait Clock: Send + Sync {
    /// Time that passed since some beginning, on a clock that never goes back and that nobody sets.
    fn elapsed(&self) -> Duration;

    /// Time since 1970-01-01T00:00:00Z, which says how old keys are that were kept across a restart.
    fn since_epoch(&self) -> Duration;
}

/// The clocks of the system.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock {
    beginning: Instant,
}

impl SystemClock {
    pub(crate) fn start() -> Self {
        Self { beginning: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[inline]
    fn elapsed(&self) -> Duration {
        self.beginning.elapsed()
    }

    fn since_epoch(&self) -> Duration {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn elapsed(&self) -> Duration {
        (**self).elapsed()
    }

    fn since_epoch(&self) -> Duration {
        (**self).since_epoch()
    }
}
