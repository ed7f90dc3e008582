//! What a verifier takes, whatever its keys and the serialization.

use crate::error::JwsError;
use crate::fitting::Fitting;
use carnet_core::{Header, Limits, Quoted};
use carnet_jwa::Algorithm;
use carnet_jwk::VerifyingKeys;

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
    pub(crate) fn admit(&self, algorithm: &str, protected: Option<&Header<'_>>) -> Result<Algorithm, JwsError> {
        let allowed = self.allowed().iter().find(|allowed| allowed.is_named(algorithm));
        let allowed = *allowed.ok_or_else(|| not_allowed(algorithm))?;
        if let Some(header) = protected.filter(|header| header.has_critical()) {
            self.check_understood(header)?;
        }
        Ok(allowed)
    }

    /// The keys to try on a signature.
    #[inline]
    pub(crate) fn fitting<'k, 't>(
        &self,
        keys: &'k VerifyingKeys,
        key_id: Option<&'t str>,
        algorithm: Algorithm,
        named: &'t str,
    ) -> Fitting<'k, 't> {
        Fitting::new(keys, key_id, (algorithm, named), self.limits.key_trials.max(1))
    }

    /// The one place where it is decided whether what `crit` lists is understood. Its form was checked when the header was read.
    #[cold]
    fn check_understood(&self, protected: &Header<'_>) -> Result<(), JwsError> {
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

#[cold]
fn not_allowed(algorithm: &str) -> JwsError {
    JwsError::AlgorithmNotAllowed { algorithm: Quoted::new(algorithm) }
}
