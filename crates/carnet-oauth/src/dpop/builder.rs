use super::memory::MemoryReplayStore;
use super::nonces::DpopNonces;
use super::policy_error::DpopPolicyError;
use super::replay::ReplayStore;
use super::window::Window;
use super::{DpopVerifier, Rules, limits};
use carnet_jwa::Algorithm;
use carnet_jws::EmbeddedKeyVerifier;
use carnet_jwt::Clock;
use core::fmt;
use core::time::Duration;
use std::sync::Arc;

/// Builds a [`DpopVerifier`].
#[must_use]
pub struct DpopBuilder {
    algorithms: Vec<Algorithm>,
    max_age: Duration,
    leeway: Duration,
    nonces: Option<DpopNonces>,
    store: Option<Arc<dyn ReplayStore>>,
    clock: Clock,
}

/// A proof is made for one request, which is under way for seconds; the largest is for tests by hand.
const MAX_AGE: Duration = Duration::from_secs(3600);

/// Clocks that differ by more are out of order.
const MAX_LEEWAY: Duration = Duration::from_secs(300);

impl DpopBuilder {
    pub(super) fn new(algorithms: Vec<Algorithm>) -> Self {
        Self {
            algorithms,
            max_age: Duration::from_secs(60),
            leeway: Duration::from_secs(5),
            nonces: None,
            store: None,
            clock: Clock::System,
        }
    }

    /// How long ago a proof may have been made (`iat`): in whole seconds, a fraction is left out; default 60 s, 1 s to 1 h.
    pub const fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// How far the clocks of clients may differ, both ways: in whole seconds, a fraction is left out; default 5 s, at most 5 min.
    pub const fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Requires a current nonce of every proof, which makes proofs worthless that were made ahead. A client gets the first one with its first refusal.
    pub fn nonces(mut self, nonces: DpopNonces) -> Self {
        self.nonces = Some(nonces);
        self
    }

    /// Records proofs here. Without this call: in a [`MemoryReplayStore`] of its own, for 100 000 proofs, which is for a server that runs once.
    pub fn replay_store(mut self, store: impl ReplayStore + 'static) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Takes the time from here instead of the system, in seconds since 1970-01-01T00:00:00Z. The clock of the [`AccessTokenVerifier`](crate::AccessTokenVerifier) is another.
    pub fn clock(mut self, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.clock = Clock::Custom(Arc::new(clock));
        self
    }

    /// Verifies as if it were always this time, in seconds since 1970-01-01T00:00:00Z: for tests.
    pub fn at(mut self, now: i64) -> Self {
        self.clock = Clock::Fixed(now);
        self
    }

    /// Ends the policy.
    ///
    /// # Errors
    /// [`DpopPolicyError::Algorithms`] for no algorithm or a symmetric one, [`DpopPolicyError::MaxAge`] and [`DpopPolicyError::Leeway`] outside their bounds.
    pub fn build(self) -> Result<DpopVerifier, DpopPolicyError> {
        let Self { algorithms, max_age, leeway, nonces, store, clock } = self;
        let mut distinct = Vec::new();
        for algorithm in algorithms {
            if !distinct.contains(&algorithm) {
                distinct.push(algorithm);
            }
        }
        let jws = EmbeddedKeyVerifier::new(distinct.iter().copied()).map_err(DpopPolicyError::Algorithms)?;
        let seconds =
            |duration: Duration, most: Duration| i64::try_from(duration.as_secs()).ok().filter(|_| duration <= most);
        let max_age = seconds(max_age, MAX_AGE).filter(|seconds| *seconds > 0).ok_or(DpopPolicyError::MaxAge)?;
        let leeway = seconds(leeway, MAX_LEEWAY).ok_or(DpopPolicyError::Leeway)?;
        Ok(DpopVerifier(Arc::new(Rules {
            jws: jws.limits(limits()),
            algorithms: distinct,
            window: Window { max_age, leeway },
            nonces,
            store: store.unwrap_or_else(|| Arc::new(MemoryReplayStore::default())),
            clock,
        })))
    }
}

impl fmt::Debug for DpopBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { algorithms, max_age, leeway, nonces, clock, .. } = self;
        f.debug_struct("DpopBuilder")
            .field("algorithms", algorithms)
            .field("max_age", max_age)
            .field("leeway", leeway)
            .field("nonces", nonces)
            .field("clock", clock)
            .finish_non_exhaustive()
    }
}
