use crate::buffer::{JwsBuffer, VerifiedJws, VerifiedJwsRef};
use crate::error::JwsError;
use carnet_core::{Limits, Quoted};
use carnet_jwa::Algorithm;
use carnet_jwk::{IntoKeySource, KeySource};
use core::fmt;

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

/// Verifies signatures over payloads of any kind.
///
/// Checks, in this order: the form and the limits, that `alg` is allowed, that `crit` is empty of what is not understood, that a key fits
/// (see [`VerifyingKeys`](carnet_jwk::VerifyingKeys)), the signature. Does **not** look into the payload: no expiry, no issuer.
///
/// ```
/// use carnet_jwa::Algorithm::HS256;
/// use carnet_jwk::{Secret, SigningKey, VerifyingKey};
/// use carnet_jws::{JwsBuilder, JwsVerifier};
///
/// let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
/// let token = JwsBuilder::new().sign(b"any octets", &SigningKey::from_secret(HS256, &secret)?)?;
/// let verifier = JwsVerifier::new(VerifyingKey::from_secret(HS256, &secret)?);
/// assert_eq!(verifier.verify(&token)?.payload(), b"any octets");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct JwsVerifier<K> {
    keys: K,
    algorithms: Option<Vec<Algorithm>>,
    limits: Limits,
}

impl<K: KeySource> JwsVerifier<K> {
    /// A verifier that allows the algorithms its keys are bound to.
    #[must_use]
    pub fn new(keys: impl IntoKeySource<Source = K>) -> Self {
        Self { keys: keys.into_key_source(), algorithms: None, limits: Limits::default() }
    }

    /// Allows only these algorithms. Keys stay bound to their own: this never rebinds one.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// Replaces the limits.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The limits.
    #[must_use]
    pub const fn current_limits(&self) -> &Limits {
        &self.limits
    }

    /// The algorithms that are allowed, whether or not there is a key for each.
    #[must_use]
    pub fn allowed_algorithms(&self) -> &[Algorithm] {
        self.algorithms.as_deref().unwrap_or(DEFAULT_ALGORITHMS)
    }

    /// The keys.
    #[must_use]
    pub const fn keys(&self) -> &K {
        &self.keys
    }

    /// Verifies a token.
    ///
    /// # Errors
    /// In the order of the checks: [`JwsError::Parse`], [`AlgorithmNotAllowed`](JwsError::AlgorithmNotAllowed),
    /// [`UnsupportedCritical`](JwsError::UnsupportedCritical), [`KeySource`](JwsError::KeySource), [`UnknownKey`](JwsError::UnknownKey) (or
    /// `AlgorithmNotAllowed` again, where keys of the `kid` are all for other algorithms), [`InvalidSignature`](JwsError::InvalidSignature).
    pub fn verify(&self, token: &str) -> Result<VerifiedJws, JwsError> {
        let mut buffer = JwsBuffer::new();
        self.check_in(&mut buffer, token)?;
        Ok(VerifiedJws::new(buffer))
    }

    /// Verifies a token into a buffer, without allocating once the buffer has grown.
    ///
    /// # Errors
    /// [`JwsError`].
    pub fn verify_in<'b>(&self, buffer: &'b mut JwsBuffer, token: &str) -> Result<VerifiedJwsRef<'b>, JwsError> {
        self.check_in(buffer, token)?;
        Ok(buffer.view())
    }

    /// As [`verify_in`](Self::verify_in), leaving the result in the buffer, for [`JwsBuffer::verified`].
    ///
    /// # Errors
    /// [`JwsError`].
    pub fn check_in(&self, buffer: &mut JwsBuffer, token: &str) -> Result<(), JwsError> {
        let compact = buffer.decode(token, &self.limits)?;
        let header = buffer.header();
        let algorithm = header.algorithm();
        let not_allowed = || JwsError::AlgorithmNotAllowed { algorithm: Quoted::new(algorithm) };
        let allowed = self.allowed_algorithms().iter().find(|allowed| allowed.is_named(algorithm));
        let allowed = *allowed.ok_or_else(not_allowed)?;
        if let Some(name) = header.critical().next() {
            return Err(JwsError::UnsupportedCritical { name: Quoted::new(&name) });
        }

        let keys = self.keys.snapshot().map_err(JwsError::KeySource)?;
        let message = compact.signing_input().as_bytes();
        let mut matched = false;
        let mut tried = 0_usize;
        for key in keys.candidates(header.key_id()) {
            matched = true;
            if key.algorithm() != allowed {
                continue;
            }
            if tried >= self.limits.key_trials.max(1) {
                break;
            }
            tried = tried.saturating_add(1);
            if key.verify_signature(message, buffer.signature()).is_ok() {
                drop(keys);
                buffer.mark_verified();
                return Ok(());
            }
        }
        Err(if tried > 0 {
            JwsError::InvalidSignature
        } else if matched {
            not_allowed()
        } else {
            JwsError::UnknownKey { key_id: header.key_id().map(Quoted::new) }
        })
    }
}

impl<K> fmt::Debug for JwsVerifier<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwsVerifier")
            .field("algorithms", &self.algorithms)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
