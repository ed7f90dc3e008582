use super::{IntoKeySource, KeyMiss, KeySource, KeySourceError, LocalKeys};
use crate::verifying_keys::VerifyingKeys;
use core::fmt;
use core::ops::Deref;
use core::pin::Pin;
use std::sync::Arc;

/// Keys of any [`KeySource`], whatever its type: for verifiers of one type over sources of several, some of them fetched, and for fields of a struct that is
/// to have no parameter.
///
/// Verifying with it takes `verify_async`. Where no source has to be waited for, [`DynLocalKeys`] verifies without. What it adds is one call through a
/// table for each token, and an allocation where a source is asked to look for keys.
///
/// ```
/// # if !carnet_jwa::Algorithm::HS256.is_available() { return Ok(()); }
/// use carnet_jwa::Algorithm::HS256;
/// use carnet_jwk::{DynKeys, KeyMiss, KeyRing, KeySource, KeySourceError, Secret, SigningKey, VerifyingKeys};
///
/// /// Keys that are elsewhere.
/// struct Elsewhere;
/// impl KeySource for Elsewhere {
///     type Snapshot<'a> = &'a VerifyingKeys;
///     fn snapshot(&self) -> Result<&VerifyingKeys, KeySourceError> {
///         Err(KeySourceError::new("not fetched yet"))
///     }
///     async fn refresh(&self, _: KeyMiss<'_>) -> Result<bool, KeySourceError> {
///         Err(KeySourceError::new("the line is dead"))
///     }
/// }
///
/// struct Service {
///     keys: Vec<DynKeys>,
/// }
/// let key = SigningKey::from_secret(HS256, &Secret::from_bytes([7; 32])?)?;
/// let fixed = VerifyingKeys::from(key.verifying_key());
/// let service = Service { keys: vec![DynKeys::new(KeyRing::new(key)), DynKeys::new(fixed), DynKeys::new(Elsewhere)] };
/// let found: Vec<_> = service.keys.iter().map(|keys| keys.snapshot().map(|keys| keys.len())).collect();
/// assert_eq!(found, [Ok(1), Ok(1), Err(KeySourceError::new("not fetched yet"))]);
/// # Ok::<(), carnet_jwk::KeyError>(())
/// ```
#[derive(Clone)]
pub struct DynKeys(Arc<dyn Erased>);

impl DynKeys {
    /// The keys of this source.
    pub fn new(keys: impl IntoKeySource<Source: 'static>) -> Self {
        Self(Arc::new(keys.into_key_source()))
    }
}

/// Names the type of the source. Its keys are not asked for, since that may have them fetched.
impl fmt::Debug for DynKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynKeys").field("source", &format_args!("{}", self.0.type_name())).finish_non_exhaustive()
    }
}

/// Keys of any [`LocalKeys`], whatever its type: for verifiers of one type over sources of several, those of a set of issuers say.
///
/// ```
/// # if !carnet_jwa::Algorithm::HS256.is_available() { return Ok(()); }
/// use carnet_jwa::Algorithm::HS256;
/// use carnet_jwk::{DynLocalKeys, KeyRing, KeySource, Secret, SigningKey, VerifyingKeys};
/// let key = || SigningKey::from_secret(HS256, &Secret::from_bytes([7; 32])?);
/// let ours = DynLocalKeys::new(KeyRing::new(key()?));
/// let theirs = DynLocalKeys::new(VerifyingKeys::from(key()?.verifying_key()));
/// assert!([ours, theirs].iter().all(|keys| keys.snapshot().is_ok_and(|keys| keys.len() == 1)));
/// # Ok::<(), carnet_jwk::KeyError>(())
/// ```
#[derive(Clone)]
pub struct DynLocalKeys(Arc<dyn Erased>);

impl DynLocalKeys {
    /// The keys of this source.
    pub fn new(keys: impl IntoKeySource<Source: LocalKeys + 'static>) -> Self {
        Self(Arc::new(keys.into_key_source()))
    }
}

impl fmt::Debug for DynLocalKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DynLocalKeys").field(&self.0.keys()).finish()
    }
}

/// The same source, beside others that are waited for.
impl From<DynLocalKeys> for DynKeys {
    fn from(keys: DynLocalKeys) -> Self {
        Self(keys.0)
    }
}

type Refresh<'a> = Pin<Box<dyn Future<Output = Result<bool, KeySourceError>> + Send + 'a>>;

/// A source without its type.
trait Erased: Send + Sync {
    fn keys(&self) -> Result<VerifyingKeys, KeySourceError>;
    fn is_fixed(&self) -> bool;
    fn refresh<'a>(&'a self, miss: KeyMiss<'a>) -> Refresh<'a>;
    fn type_name(&self) -> &'static str;
}

impl<S: KeySource> Erased for S {
    fn keys(&self) -> Result<VerifyingKeys, KeySourceError> {
        // Shared, and not copied.
        self.snapshot().map(|keys| keys.clone())
    }

    fn is_fixed(&self) -> bool {
        KeySource::is_fixed(self)
    }

    fn refresh<'a>(&'a self, miss: KeyMiss<'a>) -> Refresh<'a> {
        Box::pin(KeySource::refresh(self, miss))
    }

    fn type_name(&self) -> &'static str {
        core::any::type_name::<S>()
    }
}

/// The keys of a [`DynKeys`] or [`DynLocalKeys`] as they were when it was asked.
#[derive(Debug)]
pub struct DynSnapshot(VerifyingKeys);

impl Deref for DynSnapshot {
    type Target = VerifyingKeys;

    #[inline]
    fn deref(&self) -> &VerifyingKeys {
        &self.0
    }
}

impl KeySource for DynKeys {
    type Snapshot<'a> = DynSnapshot;

    fn snapshot(&self) -> Result<DynSnapshot, KeySourceError> {
        self.0.keys().map(DynSnapshot)
    }

    fn is_fixed(&self) -> bool {
        self.0.is_fixed()
    }

    async fn refresh(&self, miss: KeyMiss<'_>) -> Result<bool, KeySourceError> {
        self.0.refresh(miss).await
    }
}

impl KeySource for DynLocalKeys {
    type Snapshot<'a> = DynSnapshot;

    fn snapshot(&self) -> Result<DynSnapshot, KeySourceError> {
        self.0.keys().map(DynSnapshot)
    }

    fn is_fixed(&self) -> bool {
        self.0.is_fixed()
    }

    async fn refresh(&self, miss: KeyMiss<'_>) -> Result<bool, KeySourceError> {
        self.0.refresh(miss).await
    }
}

impl LocalKeys for DynLocalKeys {}
