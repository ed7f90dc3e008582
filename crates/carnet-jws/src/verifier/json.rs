use super::JwsVerifier;
use crate::decoded::{DecodedJson, DecodedSignature};
use crate::error::JwsError;
use crate::representation::represent;
use crate::verified::{SignedBy, VerifiedJsonJws, VerifiedSignature, VerifiedSignatures};
use carnet_core::Limits;
use carnet_jwa::Algorithm;
use carnet_jwk::{KeySource, VerifyingKeys};
use core::cell::LazyCell;

impl<K: KeySource> JwsVerifier<K> {
    /// Verifies a token in JSON serialization, flattened or general ([RFC 7515 §7.2](https://www.rfc-editor.org/rfc/rfc7515#section-7.2)), that
    /// carries its payload.
    ///
    /// One signature by a configured key suffices, unless [`require_all`](Self::require_all) was said. A signature with an algorithm that is not
    /// allowed, with an extension that is not understood or by an unknown key refuses itself alone; the result has only the one that verified. What
    /// breaks the **form** anywhere refuses the whole text: names twice at any level, a name in both headers of a signature, `crit` or `b64` in an
    /// unprotected header, signatures that differ in `b64`, members of a JWE, both forms at once, no signature, or more than
    /// [`Limits::signatures`](carnet_core::Limits::signatures). Members that are not known are ignored, as the RFC demands.
    ///
    /// `kid` is read from either header, since it only chooses among the verifier's keys. Each signature is tried with as many keys as
    /// [`Limits::key_trials`](carnet_core::Limits::key_trials) allows, so that no signature stands in the way of another.
    ///
    /// # Errors
    /// As [`verify`](Self::verify); of several signatures that all fail the error of the one that got furthest, or, with
    /// [`require_all`](Self::require_all), of the first that fails.
    ///
    /// # Examples
    /// ```
    /// use carnet_jwa::Algorithm::{ES256, EdDSA};
    /// use carnet_jwk::{SigningKey, VerifyingKey};
    /// use carnet_jws::{GeneralJwsBuilder, JwsBuilder, JwsVerifier};
    /// let (one, other) = (SigningKey::generate(ES256)?, SigningKey::generate(EdDSA)?);
    /// let text = GeneralJwsBuilder::new(JwsBuilder::new(), &one)
    ///     .signature(JwsBuilder::new().unprotected("kid", "2"), &other)
    ///     .sign(b"payload")?;
    /// let key = VerifyingKey::from_jwk(&other.public_jwk().ok_or("a public key")?)?;
    /// let verified = JwsVerifier::new(key).verify_json(&text)?;
    /// assert_eq!(verified.payload(), b"payload");
    /// assert_eq!(verified.signature().index(), 1); // the other one's key is not known here
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify_json(&self, text: &str) -> Result<VerifiedJsonJws, JwsError> {
        let mut decoded = DecodedJson::read(text, self.current_limits())?;
        let (text, octets) = decoded.attached_payload()?;
        let signatures = self.check_all(decoded.signatures, text.as_bytes())?;
        Ok(VerifiedJsonJws::new(octets, signatures))
    }

    /// As [`verify_json`](Self::verify_json), with a payload that the token does not carry
    /// ([RFC 7515 appendix F](https://www.rfc-editor.org/rfc/rfc7515#appendix-F)). The token must have no member `payload`, or an empty
    /// one, and the payload at most [`Limits::detached_octets`](carnet_core::Limits::detached_octets).
    ///
    /// # Errors
    /// As [`verify_json`](Self::verify_json).
    pub fn verify_json_detached(&self, text: &str, payload: &[u8]) -> Result<VerifiedSignatures, JwsError> {
        let decoded = DecodedJson::read(text, self.current_limits())?;
        decoded.check_detached()?;
        self.check_detached_length(payload.len())?;
        let representation = represent(payload, decoded.unencoded);
        self.check_all(decoded.signatures, &representation)
    }

    /// Verifies as many signatures as are required, each over the payload as it stands in what was signed.
    fn check_all(&self, signatures: Vec<DecodedSignature<'_>>, payload: &[u8]) -> Result<VerifiedSignatures, JwsError> {
        let mut work = Work::new(&self.rules.limits, signatures.len());
        let mut snapshot: Option<K::Snapshot<'_>> = None;
        let mut verified = Vec::new();
        let mut furthest: Option<JwsError> = None;
        for (index, signature) in signatures.into_iter().enumerate() {
            let outcome = self.admit(&signature).and_then(|algorithm| {
                // One snapshot for the whole token, taken when the first signature needs it.
                let keys: &K::Snapshot<'_> = match &snapshot {
                    Some(keys) => keys,
                    None => snapshot.insert(self.keys.snapshot().map_err(JwsError::KeySource)?),
                };
                self.check_one(keys, &signature, algorithm, payload, &mut work)
            });
            match outcome {
                Ok(key) => {
                    verified.push(VerifiedSignature::new(index, signature.headers, key));
                    if !self.require_all {
                        break;
                    }
                }
                // Keys that cannot be had say nothing about a token, and would not be there for the next signature either.
                Err(error) if self.require_all || matches!(error, JwsError::KeySource(_)) => return Err(error),
                Err(error) if furthest.as_ref().is_none_or(|other| error.rank() > other.rank()) => {
                    furthest = Some(error);
                }
                Err(_) => {}
            }
        }
        VerifiedSignatures::new(verified).ok_or(furthest.unwrap_or(JwsError::InvalidSignature))
    }

    /// The key that made one signature.
    fn check_one(
        &self,
        keys: &VerifyingKeys,
        signature: &DecodedSignature<'_>,
        algorithm: Algorithm,
        payload: &[u8],
        work: &mut Work,
    ) -> Result<SignedBy, JwsError> {
        let message = LazyCell::new(|| [signature.protected.as_bytes(), b".", payload].concat());
        let mut fitting = self.fitting(keys, signature, algorithm)?.at_most(work.trials(payload.len()));
        let key = fitting.find(|key| {
            work.spend(payload.len());
            key.verify_signature(&message, &signature.octets).is_ok()
        });
        key.map(|key| SignedBy::one_of(keys, key)).ok_or_else(|| fitting.refusal())
    }
}

/// The octets that may still be hashed for one token. Of a small payload that bounds nothing; a large one is hashed as often as its token would be at the limits with one
/// trial for each signature, and [`Limits::key_trials`] for one of them.
struct Work(usize);

impl Work {
    fn new(limits: &Limits, signatures: usize) -> Self {
        let trials = limits.key_trials.max(1).saturating_add(signatures.saturating_sub(1));
        Self(limits.detached_octets.max(limits.token_octets).saturating_mul(trials))
    }

    /// How many times a payload may be hashed.
    fn trials(&self, octets: usize) -> usize {
        self.0.checked_div(octets).unwrap_or(usize::MAX)
    }

    const fn spend(&mut self, octets: usize) {
        self.0 = self.0.saturating_sub(octets);
    }
}
