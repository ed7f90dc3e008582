mod detached;
mod json;

use crate::buffer::{Decoded, JwsBuffer, VerifiedJws, VerifiedJwsRef};
use crate::decoded::DecodedSignature;
use crate::error::JwsError;
use crate::fitting::Fitting;
use crate::rules::Rules;
use crate::signature_cache::{Known, SignatureCache};
use carnet_core::Limits;
use carnet_jwa::Algorithm;
use carnet_jwk::{IntoKeySource, KeySource, VerifyingKey, VerifyingKeys};
use core::fmt;

/// Verifies signatures over payloads of any kind, in every serialization of JWS.
///
/// | the token | the payload in it | the payload beside it |
/// |---|---|---|
/// | compact | [`verify`](Self::verify), [`verify_in`](Self::verify_in) | [`verify_detached`](Self::verify_detached), [`verify_detached_reader`](Self::verify_detached_reader) |
/// | JSON, flattened or general | [`verify_json`](Self::verify_json) | [`verify_json_detached`](Self::verify_json_detached) |
///
/// Each call takes its one serialization and refuses the others as malformed, so that no text is read in two ways.
///
/// Checks, in this order: the form and the limits, that `alg` is allowed, that `crit` is empty of what is not understood, that a key fits
/// (see [`VerifyingKeys`]), the signature. Does **not** look into the payload: no expiry, no issuer.
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
    rules: Rules,
    unprotected_algorithm: bool,
    require_all: bool,
    cache: Option<SignatureCache>,
}

impl<K: KeySource> JwsVerifier<K> {
    /// A verifier that allows the algorithms its keys are bound to, of HMAC, RSA, ES256, ES384 and EdDSA. ES512, ES256K and ML-DSA are allowed only
    /// when named with [`algorithms`](Self::algorithms), whatever the keys are.
    #[must_use]
    pub fn new(keys: impl IntoKeySource<Source = K>) -> Self {
        let (keys, rules) = (keys.into_key_source(), Rules::default());
        Self { keys, rules, unprotected_algorithm: false, require_all: false, cache: None }
    }

    /// Allows only these algorithms. Keys stay bound to their own: this never rebinds one.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.rules.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// Replaces the limits.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.rules.limits = limits;
        self
    }

    /// Declares extensions that the caller understands, so that tokens may list them in `crit`
    /// ([RFC 7515 §4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11)). Calling it again adds names.
    ///
    /// **The caller takes it on to process them**: that a token was verified says only that `crit` kept its rules, not that the extension's own were
    /// kept. Read the parameters from the protected header of the result.
    ///
    /// `b64` cannot be declared like this ([`unencoded_payload`](Self::unencoded_payload) is for it), nor can a parameter of JWS, JWE or JWA itself
    /// ([`is_registered`](carnet_core::header::is_registered)), which no `crit` may list: naming one has no effect.
    ///
    /// ```
    /// # use carnet_jwa::Algorithm::HS256;
    /// # use carnet_jwk::{Secret, SigningKey, VerifyingKey};
    /// use carnet_jws::{JwsBuilder, JwsVerifier};
    /// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
    /// # let (signing, key) = (SigningKey::from_secret(HS256, &secret)?, VerifyingKey::from_secret(HS256, &secret)?);
    /// let token = JwsBuilder::new().critical("http://openbanking.org.uk/iat", &1_501_497_671).sign(b"payload", &signing)?;
    /// assert_eq!(JwsVerifier::new(key.clone()).verify(&token).unwrap_err().code(), "unsupported_critical");
    ///
    /// let verified = JwsVerifier::new(key).understands(["http://openbanking.org.uk/iat"]).verify(&token)?;
    /// let issued_at: Option<i64> = verified.header().parameter("http://openbanking.org.uk/iat")?;
    /// assert!(issued_at.is_some_and(|at| at < 1_600_000_000)); // the extension's own rule
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn understands<S: Into<String>>(mut self, extensions: impl IntoIterator<Item = S>) -> Self {
        self.rules.understood.extend(extensions.into_iter().map(Into::into));
        self
    }

    /// Accepts payloads that were signed as they are, without base64url: `b64` false and listed in `crit`
    /// ([RFC 7797](https://www.rfc-editor.org/rfc/rfc7797)). Others are accepted as before;
    /// [`Header::has_unencoded_payload`](carnet_core::Header::has_unencoded_payload) tells which it was.
    #[must_use]
    pub const fn unencoded_payload(mut self) -> Self {
        self.rules.unencoded = true;
        self
    }

    /// Reads `alg` from the unprotected header of a JSON serialization where the protected one has none
    /// ([RFC 7520 §4.7](https://www.rfc-editor.org/rfc/rfc7520#section-4.7)). Without this call such a signature is refused.
    ///
    /// # Security
    /// Anybody can change an unprotected `alg`. That does no harm here: it is compared with the algorithms allowed and with that of the key, and never
    /// chooses one. An `alg` in both headers is an error always.
    #[must_use]
    pub const fn unprotected_algorithm(mut self) -> Self {
        self.unprotected_algorithm = true;
        self
    }

    /// Requires every signature of a general JSON serialization to verify. Without this call one is enough.
    ///
    /// It does **not** say who must have signed, nor how many: whoever passes a token on can leave signatures out, and put one there twice. Where several
    /// signers are required, compare the [`key_id`](crate::VerifiedSignature::key_id)s of the result with theirs, or count the distinct
    /// [`key_index`](crate::VerifiedSignature::key_index)es where the keys have no `kid`.
    #[must_use]
    pub const fn require_all(mut self) -> Self {
        self.require_all = true;
        self
    }

    /// Remembers in this cache which compact tokens have a valid signature, and looks there first. Without this call nothing is remembered.
    #[must_use]
    pub fn signature_cache(mut self, cache: SignatureCache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// The limits.
    #[must_use]
    pub const fn current_limits(&self) -> &Limits {
        &self.rules.limits
    }

    /// The algorithms that are allowed, whether or not there is a key for each.
    #[must_use]
    pub fn allowed_algorithms(&self) -> &[Algorithm] {
        self.rules.allowed()
    }

    /// The extensions declared with [`understands`](Self::understands).
    #[must_use]
    pub fn understood_extensions(&self) -> &[String] {
        &self.rules.understood
    }

    /// The keys.
    #[must_use]
    pub const fn keys(&self) -> &K {
        &self.keys
    }

    /// Verifies a token in compact serialization ([RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)) that carries its payload.
    ///
    /// # Errors
    /// In the order of the checks: [`JwsError::Parse`], [`AlgorithmNotAllowed`](JwsError::AlgorithmNotAllowed),
    /// [`UnsupportedCritical`](JwsError::UnsupportedCritical), [`KeySource`](JwsError::KeySource), [`UnknownKey`](JwsError::UnknownKey) (or
    /// `AlgorithmNotAllowed` again, where keys of the `kid` are all for other algorithms), [`InvalidSignature`](JwsError::InvalidSignature) or
    /// [`TrialsExhausted`](JwsError::TrialsExhausted).
    pub fn verify(&self, token: &str) -> Result<VerifiedJws, JwsError> {
        let mut buffer = JwsBuffer::new();
        self.check_in(&mut buffer, token)?;
        VerifiedJws::new(buffer).ok_or(JwsError::InvalidSignature)
    }

    /// As [`verify`](Self::verify), into a buffer, without allocating once the buffer has grown.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_in<'b>(&self, buffer: &'b mut JwsBuffer, token: &str) -> Result<VerifiedJwsRef<'b>, JwsError> {
        self.check_in(buffer, token)?;
        buffer.verified().ok_or(JwsError::InvalidSignature)
    }

    /// As [`verify_in`](Self::verify_in), leaving the result in the buffer, for [`JwsBuffer::verified`].
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn check_in(&self, buffer: &mut JwsBuffer, token: &str) -> Result<(), JwsError> {
        let limits = &self.rules.limits;
        // Asked for early, for the headers that go with them. That they cannot be had is told in its turn.
        let keys = self.keys.snapshot();
        let known_headers = keys.as_ref().ok().map(|keys| keys.known_headers());
        let decoded = buffer.decode(token, limits, known_headers)?;
        let named = decoded.header.algorithm();
        let algorithm = self.rules.admit(named, Some(&decoded.header))?;

        let keys = keys.as_ref().map_err(|error| JwsError::KeySource(error.clone()))?;
        let mut fitting = self.rules.fitting(keys, decoded.header.key_id(), algorithm, named);
        let Some(key) = fitting.find(|key| self.holds(key, token, &decoded)) else {
            return Err(fitting.refusal());
        };
        if !decoded.is_known {
            keys.known_headers().note(decoded.protected, limits, decoded.header);
        }
        buffer.mark_verified(algorithm, key.key_id(), Some(keys.generation()));
        Ok(())
    }

    /// Whether the signature is this key's, as it is remembered or as it is.
    #[inline]
    fn holds(&self, key: &VerifyingKey, token: &str, decoded: &Decoded<'_>) -> bool {
        let verify = || key.verify_signature(decoded.signing_input.as_bytes(), decoded.signature).is_ok();
        let Some(cache) = &self.cache else { return verify() };
        match cache.look_up(key, token) {
            Some(Known::Valid) => true,
            Some(Known::Unknown(entry)) => {
                let valid = verify();
                if valid {
                    cache.remember(entry);
                }
                valid
            }
            None => verify(),
        }
    }

    /// The algorithm of a signature, once it is allowed and `crit` understood.
    fn admit(&self, signature: &DecodedSignature<'_>) -> Result<Algorithm, JwsError> {
        let headers = &signature.headers;
        self.rules.admit(headers.algorithm(self.unprotected_algorithm)?, headers.protected().as_ref())
    }

    /// The keys to try on a signature that was admitted.
    fn fitting<'k, 't>(
        &self,
        keys: &'k VerifyingKeys,
        signature: &'t DecodedSignature<'_>,
        algorithm: Algorithm,
    ) -> Result<Fitting<'k, 't>, JwsError> {
        let headers = &signature.headers;
        Ok(self.rules.fitting(keys, headers.key_id(), algorithm, headers.algorithm(self.unprotected_algorithm)?))
    }
}

impl<K> fmt::Debug for JwsVerifier<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwsVerifier").field("rules", &self.rules).finish_non_exhaustive()
    }
}
