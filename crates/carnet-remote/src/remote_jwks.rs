mod attempt;
mod builder;
mod report;
mod shared;
mod state;

pub use builder::{RemoteConfigError, RemoteJwksBuilder};

use crate::refresh_error::RefreshError;
use crate::status::RemoteStatus;
use arc_swap::Guard;
use carnet_jwk::{KeyMiss, KeySource, KeySourceError, VerifyingKeys};
use core::fmt;
use core::ops::Deref;
use shared::Shared;
use std::sync::Arc;

/// The keys of an issuer, fetched over HTTPS and kept up to date: a [`KeySource`] for a verifier's `verify_async`.
///
/// ```no_run
/// # #[cfg(feature = "reqwest")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use carnet_remote::RemoteJwks;
/// let keys = RemoteJwks::discover("https://auth.example.com/")?; // or RemoteJwks::new("https://auth.example.com/jwks.json")
/// # let _ = keys; Ok(()) }
/// # #[cfg(not(feature = "reqwest"))] fn main() {}
/// ```
///
/// # What happens when
///
/// Nothing is fetched before the first token comes, unless [`warm`](Self::warm) is called. From then on, whoever verifies never waits while there are keys:
///
/// * Keys are **fresh** for as long as `Cache-Control` says (less `Age`), at least a minute and at most an hour; for ten minutes where it says nothing. At four
///   fifths of that time they are fetched in the background.
/// * **Stale** keys go on verifying for another hour, counted from when they stopped being fresh, while they are fetched in the background by whoever uses them; after failures again and again, less and less often, up to
///   once a minute.
/// * Then they are **dead**: whoever blocks the way to the issuer does not keep a withdrawn key alive. Verifying is an error that says nothing about the token
///   (503), until keys come; they are tried for once a second.
/// * A token whose **key is unknown** and that could be genuine otherwise waits while the keys are fetched, at most once in 30 s whatever came of it. Within
///   these, it is refused at once. Tokens with known keys are not affected.
///
/// There is one fetch at a time, in a task of its own: a request that is dropped cancels nothing. A new set takes the place of the last one as a whole, so a key that the issuer withdrew
/// is gone with the next fetch. One bad key does not spoil the others; a response without any usable key is a failure, and the last keys stay.
///
/// # What is fetched
///
/// Only the URL that is configured, or the `jwks_uri` of the metadata of the issuer that is configured: nothing that a token says. `https` only, no redirects,
/// status 200, at most 256 KiB and 256 keys, not HTML, within 5 s. Secrets (`oct`) in a set are never used.
///
/// Needs a tokio runtime with its timers enabled.
///
/// Clones share their keys. Cheap to clone.
#[derive(Clone)]
pub struct RemoteJwks(Arc<Shared>);

impl RemoteJwks {
    /// The keys at a URL, an issuer's `jwks_uri`.
    ///
    /// # Errors
    /// [`RemoteConfigError`] where the URL is not `https`, and as [`ReqwestFetch::new`](crate::ReqwestFetch::new).
    #[cfg(feature = "reqwest")]
    pub fn new(jwks_uri: &str) -> Result<Self, RemoteConfigError> {
        Self::builder(jwks_uri).build()
    }

    /// The keys of an issuer, wherever its metadata say that they are: as [RFC 8414](https://www.rfc-editor.org/rfc/rfc8414) or OpenID Connect Discovery have it. The metadata must name exactly this
    /// issuer, to the last character. They are looked at again once a day, and when the keys are not there any more.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    #[cfg(feature = "reqwest")]
    pub fn discover(issuer: &str) -> Result<Self, RemoteConfigError> {
        Self::builder_for_issuer(issuer).build()
    }

    /// The keys at a URL, with other settings than those of [`new`](Self::new).
    pub fn builder(jwks_uri: &str) -> RemoteJwksBuilder {
        RemoteJwksBuilder::of_jwks(jwks_uri)
    }

    /// The keys of an issuer, with other settings than those of [`discover`](Self::discover).
    pub fn builder_for_issuer(issuer: &str) -> RemoteJwksBuilder {
        RemoteJwksBuilder::of_issuer(issuer)
    }

    /// Has the keys fetched now, if there are none, and waits for them: at the start of a program, to fail early, or to have the first request wait for nothing. At most once a
    /// second; in between, it gives the last error.
    ///
    /// # Errors
    /// [`RefreshError`]. It does no harm to go on: they are fetched when they are needed.
    pub async fn warm(&self) -> Result<(), RefreshError> {
        self.0.warm().await
    }

    /// Has the keys fetched now, however fresh they are, and waits for them. Counts like a token with an unknown key: at most once in 30 s.
    ///
    /// # Errors
    /// [`RefreshError`], [`TooSoon`](RefreshError::TooSoon) among them.
    pub async fn reload(&self) -> Result<(), RefreshError> {
        self.0.reload(false).await
    }

    /// As [`reload`](Self::reload), without a limit but that there is one fetch at a time. Not for anything that a stranger can cause.
    ///
    /// # Errors
    /// [`RefreshError`].
    pub async fn force_reload(&self) -> Result<(), RefreshError> {
        self.0.reload(true).await
    }

    /// How it is.
    #[must_use]
    pub fn status(&self) -> RemoteStatus {
        self.0.status()
    }

    /// The configured URL or issuer.
    #[must_use]
    pub fn source(&self) -> &str {
        self.0.settings.source.name()
    }
}

impl fmt::Debug for RemoteJwks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteJwks").field("source", &self.source()).finish_non_exhaustive()
    }
}

/// The keys of a [`RemoteJwks`] as they were when it was asked.
pub struct RemoteSnapshot(Guard<Arc<VerifyingKeys>>);

impl Deref for RemoteSnapshot {
    type Target = VerifyingKeys;

    #[inline]
    fn deref(&self) -> &VerifyingKeys {
        &self.0
    }
}

impl fmt::Debug for RemoteSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl KeySource for RemoteJwks {
    type Snapshot<'a> = RemoteSnapshot;

    #[inline]
    fn snapshot(&self) -> Result<RemoteSnapshot, KeySourceError> {
        self.0.snapshot().map(RemoteSnapshot)
    }

    async fn refresh(&self, miss: KeyMiss<'_>) -> Result<bool, KeySourceError> {
        self.0.look_for(miss).await
    }
}
