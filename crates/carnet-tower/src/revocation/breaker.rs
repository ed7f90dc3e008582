use core::time::Duration;
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// Failures in a row after which the list is left alone.
const FAILURES: u32 = 5;
/// For how long, in milliseconds: at random, so that many services do not come back at once.
const PAUSE: core::ops::RangeInclusive<u64> = 250..=1000;
/// When to try again after a failure.
const RETRY: Duration = Duration::from_secs(1);

/// Leaves a list alone that fails again and again.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default, Clone, Copy)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    /// Whether the list may be asked; else, after what time.
    pub(super) fn admit(&self) -> Result<(), Duration> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = state.open_until.map(|until| until.saturating_duration_since(Instant::now()));
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return Err(wait);
        }
        // After a pause one goes first, and the others wait for what becomes of it.
        state.open_until = state.open_until.and_then(|_| pause());
        Ok(())
    }

    pub(super) fn succeeded(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    /// Counts a failure, and says after what time to try again. Once the pause is over, one more failure begins the next.
    pub(super) fn failed(&self) -> Duration {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES {
            state.open_until = pause();
        }
        RETRY
    }
}

fn pause() -> Option<Instant> {
    Instant::now().checked_add(Duration::from_millis(fastrand::u64(PAUSE)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn five_failures_in_a_row_begin_a_pause() {
        let breaker = Breaker::default();
        for _ in 1..FAILURES {
            breaker.failed();
            assert_eq!(breaker.admit(), Ok(()));
        }
        breaker.succeeded();
        for _ in 1..FAILURES {
            breaker.failed();
        }
        assert_eq!(breaker.admit(), Ok(()), "the success counts anew");
        breaker.failed();
        let wait = breaker.admit().unwrap_err();
        assert!((250..=1000).contains(&wait.as_millis()), "{wait:?}");
        advance(wait - Duration::from_millis(1)).await;
        assert!(breaker.admit().is_err());
        advance(Duration::from_millis(1)).await;
        assert_eq!(breaker.admit(), Ok(()));
        assert!(breaker.admit().is_err(), "one goes first");
        breaker.failed();
        assert!(breaker.admit().is_err(), "one failure more is enough");
        advance(Duration::from_secs(1)).await;
        assert_eq!(breaker.admit(), Ok(()));
        breaker.succeeded();
        assert_eq!(breaker.admit(), Ok(()));
        assert_eq!(breaker.admit(), Ok(()));
    }
}
