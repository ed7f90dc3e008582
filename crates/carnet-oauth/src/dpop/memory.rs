use super::replay::{ProofId, Recorded, ReplayFuture, ReplayStore, ReplayStoreError};
use core::cmp::Reverse;
use core::fmt;
use core::time::Duration;
use std::collections::{BinaryHeap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Remembers proofs in this process, for a server that runs once. Of several replicas each would take a proof once.
///
/// What has expired makes room. When it is full of proofs that could still be replayed, it refuses: an error, 503, and not a pass. One place takes some 100 octets, and a proof takes
/// one for [`max_age`](crate::DpopBuilder::max_age) and twice the leeway at most, so the 100 000 places of the default are for some 1 400 requests a second. Recording costs the logarithm of the number of proofs, on
/// average.
///
/// A clock that goes back, so that proofs which were dropped could come again, is an error as well, until it is where it was. To share one among verifiers, put it into an `Arc`.
///
/// ```
/// use carnet_jwa::Algorithm::ES256;
/// use carnet_oauth::{DpopVerifier, MemoryReplayStore};
/// let dpop = DpopVerifier::builder([ES256]).replay_store(MemoryReplayStore::new(1_000_000)).build()?;
/// # Ok::<(), carnet_oauth::DpopPolicyError>(())
/// ```
pub struct MemoryReplayStore {
    capacity: usize,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    proofs: HashSet<ProofId>,
    /// The same proofs, the next to expire first.
    expiries: BinaryHeap<Reverse<(i64, ProofId)>>,
    /// The latest expiry of a proof that was dropped: of those up to it nobody knows any more.
    dropped: Option<i64>,
}

impl MemoryReplayStore {
    /// For this many proofs at once. It takes room as it needs it.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { capacity, seen: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        // Nothing in here panics halfway.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryReplayStore {
    /// For 100 000 proofs.
    fn default() -> Self {
        Self::new(100_000)
    }
}

impl Seen {
    fn drop_expired(&mut self, now: i64) {
        while let Some(&Reverse((expires_at, proof))) = self.expiries.peek()
            && expires_at <= now
        {
            self.expiries.pop();
            self.proofs.remove(&proof);
            self.dropped = self.dropped.max(Some(expires_at));
        }
    }

    fn record(
        &mut self,
        capacity: usize,
        proof: ProofId,
        expires_at: i64,
        now: i64,
    ) -> Result<Recorded, ReplayStoreError> {
        self.drop_expired(now);
        if self.proofs.contains(&proof) {
            return Ok(Recorded::Seen);
        }
        if self.dropped.is_some_and(|dropped| expires_at <= dropped) {
            return Err(ReplayStoreError::new(
                "the clock went back, and the proofs of that time have been dropped; new proofs are taken in a minute or so",
            ));
        }
        if self.proofs.len() >= capacity {
            let full = ReplayStoreError::new(format!(
                "it is full of {capacity} proofs that could still be replayed; give MemoryReplayStore::new a larger number"
            ));
            return Err(match self.until_next_expiry(now) {
                Some(wait) => full.with_retry_after(wait),
                None => full,
            });
        }
        self.proofs.insert(proof);
        self.expiries.push(Reverse((expires_at, proof)));
        Ok(Recorded::First)
    }

    /// How long until there is room.
    fn until_next_expiry(&self, now: i64) -> Option<Duration> {
        let Reverse((expires_at, _)) = self.expiries.peek()?;
        u64::try_from(expires_at.saturating_sub(now)).ok().map(Duration::from_secs)
    }
}

impl ReplayStore for MemoryReplayStore {
    fn record<'a>(&'a self, proof: ProofId, expires_at: i64, now: i64) -> ReplayFuture<'a> {
        Box::pin(async move { self.lock().record(self.capacity, proof, expires_at, now) })
    }
}

impl fmt::Debug for MemoryReplayStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryReplayStore")
            .field("capacity", &self.capacity)
            .field("proofs", &self.lock().proofs.len())
            .finish_non_exhaustive()
    }
}
