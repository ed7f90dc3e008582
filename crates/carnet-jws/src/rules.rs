//! What a verifier takes, whatever its keys and the serialization.

use crate::error::JwsError;
use carnet_core::{Header, Limits, Quoted};
use carnet_jwa::Algorithm;
use carnet_jwk::{VerifyingKey, VerifyingKeys};

/// The algorithms allowed where none are named: the same in every build, whatever features add.
const DEFAULT_ALGORITHMS: &[Algorithm] = &[
    Algorithm::HS256,
    Algorithm::HS384,
    Algorithm::HS512,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// The one extension that is processed here and not by the caller (RFC 7797).
const UNENCODED: &str = "b64";

#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    pub(crate) algorithms: Option<Vec<Algorithm>>,
    /// Extensions that the caller processes.
    pub(crate) understood: Vec<String>,
    /// Whether `b64` may be false.
    pub(crate) unencoded: bool,
    pub(crate) limits: Limits,
}

impl Rules {
    pub(crate) fn allowed(&self) -> &[Algorithm] {
        self.algorithms.as_deref().unwrap_or(DEFAULT_ALGORITHMS)
    }

    /// What is decided before a key is looked at: that `alg` is allowed, then that every critical extension is understood.
    #[inline]
    pub(crate) fn admit(&self, algorithm: &str, protected: Option<Header<'_>>) -> Result<Algorithm, JwsError> {
        let allowed = self.allowed().iter().find(|allowed| allowed.is_named(algorithm));
        let allowed = *allowed.ok_or_else(|| not_allowed(algorithm))?;
        self.check_understood(protected)?;
        Ok(allowed)
    }

    /// The one place where it is decided whether what `crit` lists is understood. Its form was checked when the header was read.
    fn check_understood(&self, protected: Option<Header<'_>>) -> Result<(), JwsError> {
        let Some(protected) = protected else { return Ok(()) };
        for name in protected.critical() {
            let understood = match &*name {
                UNENCODED => self.unencoded,
                name => self.understood.iter().any(|understood| understood == name),
            };
            if !understood {
                return Err(JwsError::UnsupportedCritical { name: Quoted::new(&name) });
            }
        }
        Ok(())
    }
}

/// The keys to try: those of the `kid` that are bound to the algorithm.
///
/// # Errors
/// [`JwsError::UnknownKey`] when no key has the `kid`, [`JwsError::AlgorithmNotAllowed`] when those that have it are all for other algorithms.
#[inline]
pub(crate) fn fitting<'k>(
    keys: &'k VerifyingKeys,
    key_id: Option<&'k str>,
    algorithm: Algorithm,
    named: &str,
) -> Result<impl Iterator<Item = &'k VerifyingKey>, JwsError> {
    let mut candidates = keys.candidates(key_id).peekable();
    if candidates.peek().is_none() {
        return Err(JwsError::UnknownKey { key_id: key_id.map(Quoted::new) });
    }
    let mut fitting = candidates.filter(move |key| key.algorithm() == algorithm).peekable();
    if fitting.peek().is_none() {
        return Err(not_allowed(named));
    }
    Ok(fitting)
}

#[cold]
fn not_allowed(algorithm: &str) -> JwsError {
    JwsError::AlgorithmNotAllowed { algorithm: Quoted::new(algorithm) }
}
