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
/// Clones do not exist: share one with `Arc`.
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
    /// The latest expiry of a proof that was dropped.
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

    fn record(&mut self, capacity: usize, proof: ProofId, expires_at: i64, now: i64) -> Option<Recorded> {
        self.drop_expired(now);
        // A clock was set back, or another request has looked at it later: this proof may be among those that were dropped.
        if self.dropped.is_some_and(|dropped| expires_at <= dropped) || self.proofs.contains(&proof) {
            return Some(Recorded::Seen);
        }
        if self.proofs.len() >= capacity {
            return None;
        }
        self.proofs.insert(proof);
        self.expiries.push(Reverse((expires_at, proof)));
        Some(Recorded::First)
    }

    /// When the next proof expires.
    fn next_expiry(&self) -> Option<i64> {
        self.expiries.peek().map(|Reverse((expires_at, _))| *expires_at)
    }
}

impl ReplayStore for MemoryReplayStore {
    fn record<'a>(&'a self, proof: ProofId, expires_at: i64, now: i64) -> ReplayFuture<'a> {
        Box::pin(async move {
            let mut seen = self.lock();
            seen.record(self.capacity, proof, expires_at, now).ok_or_else(|| {
                let error = ReplayStoreError::new(format!(
                    "it is full of {} proofs that could still be replayed; give MemoryReplayStore::new a larger number",
                    self.capacity
                ));
                let wait = seen.next_expiry().and_then(|at| u64::try_from(at.saturating_sub(now)).ok());
                wait.map_or_else(|| error.clone(), |wait| error.clone().with_retry_after(Duration::from_secs(wait)))
            })
        })
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
