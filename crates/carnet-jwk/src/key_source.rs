mod dyn_keys;

pub use dyn_keys::{DynKeys, DynLocalKeys, DynSnapshot};

use crate::verifying_key::VerifyingKey;
use crate::verifying_keys::VerifyingKeys;
use core::fmt;
use core::ops::Deref;
use core::time::Duration;
use std::sync::Arc;

/// Where a verifier's keys come from.
///
/// A verifier takes a snapshot each time that it verifies a token, before it looks at it, so a source may exchange its keys at any time (behind an `Arc` that is swapped, say)
/// without a token ever meeting two generations of them. It may take more than one, so a snapshot should cost little; it is let go of before the caller's checks are called.
///
/// A source whose keys are at hand is also a [`LocalKeys`], which is what verifying a JSON Web Token without waiting needs; a verifier of bare signatures
/// takes any source, and waits as long as it does:
///
/// ```
/// use carnet_jwk::{KeySource, KeySourceError, LocalKeys, VerifyingKeys};
/// use std::sync::{Arc, RwLock};
///
/// struct Reloaded(RwLock<Arc<VerifyingKeys>>);
///
/// impl KeySource for Reloaded {
///     type Snapshot<'a> = Arc<VerifyingKeys>;
///     fn snapshot(&self) -> Result<Arc<VerifyingKeys>, KeySourceError> {
///         self.0.read().map(|keys| Arc::clone(&keys)).map_err(|_| KeySourceError::new("a writer panicked"))
///     }
/// }
/// impl LocalKeys for Reloaded {}
/// # assert!(Reloaded(RwLock::default()).snapshot().is_ok_and(|keys| keys.is_empty()));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no source of verifying keys",
    note = "of a `JwkSet`, give `.verifying_keys()`; of a `SigningKey`, `VerifyingKey::from_jwk` of its `.public_jwk()`; a `VerifyingKey` is one as it is"
)]
pub trait KeySource: Send + Sync {
    /// A view of the keys that stays as it is.
    type Snapshot<'a>: Deref<Target = VerifyingKeys>
    where
        Self: 'a;

    /// The keys as they are now.
    ///
    /// # Errors
    /// [`KeySourceError`] when there are none to be had, which says nothing about the token: 503 and not 401.
    fn snapshot(&self) -> Result<Self::Snapshot<'_>, KeySourceError>;

    /// Whether the keys never change, so that a policy which fits none of them can be refused when it is built.
    fn is_fixed(&self) -> bool {
        false
    }

    /// Looks for keys that the last snapshot did not have, and says whether a new snapshot is worth taking. A source that has nowhere to look gives
    /// `false`, which is what this does where it is not written.
    ///
    /// Verifying with `verify_async` comes here once for a token at most: where there are no keys at all, for every token that can be read; where there are, only for one that could be genuine
    /// but for its key. Anybody can send many such tokens, each with another `kid`: a source bounds by itself how often it looks.
    ///
    /// The future's error is [`KeySourceError`], when there are no keys to be had.
    fn refresh(&self, miss: KeyMiss<'_>) -> impl Future<Output = Result<bool, KeySourceError>> + Send {
        let _ = miss;
        core::future::ready(Ok(false))
    }
}

/// A source whose [`snapshot`](KeySource::snapshot) does no I/O, so that tokens can be verified without waiting.
pub trait LocalKeys: KeySource {}

/// What a source did not have, for [`KeySource::refresh`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyMiss<'a> {
    /// Any keys at all, the token's among them.
    Keys {
        /// As of [`Key`](Self::Key).
        key_id: Option<&'a str>,
    },
    /// A key for a token, where there are others.
    Key {
        /// The `kid` that the token names, at most 256 octets long.
        ///
        /// # Security
        /// Anybody can have written it. Put it into no URL and no file name.
        key_id: Option<&'a str>,
    },
}

/// The keys cannot be had at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeySourceError {
    reason: String,
    retry_after: Option<Duration>,
}

impl KeySourceError {
    /// With a reason for the operator's eyes.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry_after: None }
    }

    /// With the time after which asking again may help.
    #[must_use]
    pub const fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// After what time asking again may help, where that is known: for the field `Retry-After` of a response.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for KeySourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the keys are not available: {}", self.reason)
    }
}

impl core::error::Error for KeySourceError {}

impl KeySource for VerifyingKeys {
    type Snapshot<'a> = &'a Self;

    fn snapshot(&self) -> Result<&Self, KeySourceError> {
        Ok(self)
    }

    fn is_fixed(&self) -> bool {
        true
    }
}

impl LocalKeys for VerifyingKeys {}

impl<S: KeySource> KeySource for Arc<S> {
    type Snapshot<'a>
        = S::Snapshot<'a>
    where
        Self: 'a;

    fn snapshot(&self) -> Result<Self::Snapshot<'_>, KeySourceError> {
        (**self).snapshot()
    }

    fn is_fixed(&self) -> bool {
        (**self).is_fixed()
    }

    fn refresh(&self, miss: KeyMiss<'_>) -> impl Future<Output = Result<bool, KeySourceError>> + Send {
        (**self).refresh(miss)
    }
}

impl<S: LocalKeys> LocalKeys for Arc<S> {}

/// What can be given to a verifier as its keys: a [`KeySource`], or one [`VerifyingKey`].
pub trait IntoKeySource {
    /// The source it becomes.
    type Source: KeySource;

    /// Turns it into that source.
    fn into_key_source(self) -> Self::Source;
}

impl<S: KeySource> IntoKeySource for S {
    type Source = S;

    fn into_key_source(self) -> S {
        self
    }
}

impl IntoKeySource for VerifyingKey {
    type Source = VerifyingKeys;

    fn into_key_source(self) -> VerifyingKeys {
        self.into()
    }
}
