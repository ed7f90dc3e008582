use carnet_jwk::Thumbprint;
use core::fmt;
use core::pin::Pin;
use core::time::Duration;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// What [`ReplayStore::record`] gives.
pub type ReplayFuture<'a> = Pin<Box<dyn Future<Output = Result<Recorded, ReplayStoreError>> + Send + 'a>>;

/// Remembers which proofs were taken, so that none is taken twice ([RFC 9449 §11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)): [`MemoryReplayStore`](crate::MemoryReplayStore), or,
/// where there are several replicas, a database that they share.
///
/// ```
/// use carnet_oauth::{ProofId, Recorded, ReplayFuture, ReplayStore, ReplayStoreError};
/// # #[derive(Clone)] struct Client;
/// # impl Client { async fn set_if_absent(&self, _: String, _: i64) -> Result<bool, std::io::Error> { Ok(true) } }
///
/// struct Shared(Client);
///
/// impl ReplayStore for Shared {
///     fn record<'a>(&'a self, proof: ProofId, expires_at: i64, _now: i64) -> ReplayFuture<'a> {
///         Box::pin(async move {
///             // One operation of the database (SET … NX EXAT …, INSERT … ON CONFLICT DO NOTHING), with a time limit.
///             match self.0.set_if_absent(format!("dpop:{proof}"), expires_at).await {
///                 Ok(true) => Ok(Recorded::First),
///                 Ok(false) => Ok(Recorded::Seen),
///                 Err(error) => Err(ReplayStoreError::new(error.to_string())),
///             }
///         })
///     }
/// }
/// ```
///
/// # Security
/// To look and to record must be one step: of two requests with one proof at the same time, one may pass. What fails is an error and never [`Recorded::First`]. A request
/// waits for the future, so it needs a time limit of its own.
pub trait ReplayStore: Send + Sync {
    /// Records a proof, to be kept at least until `expires_at`, and says whether that was the first time. Both times are in seconds since 1970-01-01T00:00:00Z; from `expires_at` on the
    /// proof is refused for its age. `expires_at` is later than `now`.
    ///
    /// The future's error is [`ReplayStoreError`], when nobody knows. Then the request is refused; the proof may have been recorded or not.
    fn record<'a>(&'a self, proof: ProofId, expires_at: i64, now: i64) -> ReplayFuture<'a>;
}

impl<S: ReplayStore + ?Sized> ReplayStore for Arc<S> {
    fn record<'a>(&'a self, proof: ProofId, expires_at: i64, now: i64) -> ReplayFuture<'a> {
        (**self).record(proof, expires_at, now)
    }
}

/// Whether a proof was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it was, or it was not")]
pub enum Recorded {
    /// Now for the first time.
    First,
    /// It was.
    Seen,
}

/// What a proof is known by in a [`ReplayStore`]: SHA-256 over the thumbprint of its key and its `jti`. Another client's `jti` is another proof; another URI makes no
/// other. Shown as base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProofId([u8; 32]);

impl ProofId {
    /// With these octets, as a store has kept them.
    #[must_use]
    pub const fn from_octets(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// The octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn of(key: &Thumbprint, id: &str) -> Self {
        // The thumbprint has 32 octets, whatever the key is.
        Self(Sha256::new().chain_update(key.octets()).chain_update(id).finalize().into())
    }
}

impl fmt::Display for ProofId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&carnet_core::base64url::encode(&self.0))
    }
}

impl fmt::Debug for ProofId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProofId({self})")
    }
}

/// The record of proofs cannot be had at the moment. It says nothing about a proof: 503 and not 401.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplayStoreError {
    reason: String,
    retry_after: Option<Duration>,
}

impl ReplayStoreError {
    /// With a reason for the operator's eyes.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry_after: None }
    }

    /// With the time after which trying again may help.
    #[must_use]
    pub const fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// After what time trying again may help, where that is known: for the field `Retry-After` of a response.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for ReplayStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the record of DPoP proofs is not available: {}", self.reason)
    }
}

impl core::error::Error for ReplayStoreError {}
