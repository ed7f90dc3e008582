//! Verifying with the key that the token itself brings along.

mod error;

pub use error::{EmbeddedKeyError, EmbeddedKeyPolicyError};

use crate::buffer::{JwsBuffer, VerifiedJws};
use crate::decoded::DecodedJson;
use crate::error::JwsError;
use crate::rules::Rules;
use crate::verified::{SignedBy, VerifiedJsonJws, VerifiedSignature, VerifiedSignatures};
use carnet_core::{Header, Limits, ParseError};
use carnet_jwa::Algorithm;
use carnet_jwk::{Jwk, VerifyingKey};
use core::fmt;

/// Verifies tokens with the public key in their own protected header, `jwk`
/// ([RFC 7515 §4.1.3](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.3)).
///
/// **It proves possession and nothing else**: whoever made the token has the private half of the key that is in it. Anybody can make a key and such a
/// token. Who that is, or whether the key is one that matters, is for the caller to decide by the [`Jwk`] of the result: a DPoP proof is compared with
/// the `jkt` of an access token, an account's request with the account's key.
///
/// Checked, in this order: the form and the limits; that `alg` is on the list; `crit`; that the protected header has a `jwk`, and no private or
/// symmetric one; the key itself as [`Jwk::from_json`] does; that its own `alg`, `use` and `key_ops` allow verifying with the header's `alg`, to which
/// it is bound; the signature. A `jwk` in an unprotected header is not looked at, nor are `kid`, `jku`, `x5u` and `x5c`.
///
/// For DPoP proofs there is `DpopVerifier` in the crate `carnet-oauth` (`carnet::oauth`), which checks their claims as well.
///
/// # Examples
/// ```
/// use carnet_jwa::Algorithm::{ES256, EdDSA};
/// use carnet_jwk::SigningKey;
/// use carnet_jws::{EmbeddedKeyVerifier, JwsBuilder};
/// let key = SigningKey::generate(ES256)?;
/// let public = key.public_jwk().ok_or("a public key")?;
/// let proof = JwsBuilder::new().typ("dpop+jwt").header("jwk", &public).sign(b"{}", &key)?;
///
/// let verified = EmbeddedKeyVerifier::new([ES256, EdDSA])?.verify(&proof)?;
/// assert_eq!(verified.jws().payload(), b"{}");
/// assert_eq!(verified.jws().header().typ(), Some("dpop+jwt"));
/// assert_eq!(verified.jwk().thumbprint(), public.thumbprint()); // this makes it the key that is expected
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct EmbeddedKeyVerifier {
    rules: Rules,
}

impl EmbeddedKeyVerifier {
    /// A verifier for these algorithms, all of them asymmetric. There is no default: the token brings the key, so the list is all that limits it.
    ///
    /// # Errors
    /// [`EmbeddedKeyPolicyError::NoAlgorithms`] and, for HMAC, [`EmbeddedKeyPolicyError::Symmetric`]: a shared secret is never in a token.
    pub fn new(algorithms: impl IntoIterator<Item = Algorithm>) -> Result<Self, EmbeddedKeyPolicyError> {
        let algorithms: Vec<Algorithm> = algorithms.into_iter().collect();
        if let Some(&algorithm) = algorithms.iter().find(|algorithm| algorithm.is_symmetric()) {
            return Err(EmbeddedKeyPolicyError::Symmetric { algorithm });
        }
        if algorithms.is_empty() {
            return Err(EmbeddedKeyPolicyError::NoAlgorithms);
        }
        Ok(Self { rules: Rules { algorithms: Some(algorithms), ..Rules::default() } })
    }

    /// Replaces the limits.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.rules.limits = limits;
        self
    }

    /// Declares extensions that the caller understands and processes, as [`JwsVerifier::understands`](crate::JwsVerifier::understands).
    #[must_use]
    pub fn understands<S: Into<String>>(mut self, extensions: impl IntoIterator<Item = S>) -> Self {
        self.rules.understood.extend(extensions.into_iter().map(Into::into));
        self
    }

    /// Verifies a token in compact serialization.
    ///
    /// # Errors
    /// In the order of the checks: [`EmbeddedKeyError::Jws`] for the form, the algorithm and `crit`; [`EmbeddedKeyError::Missing`];
    /// [`EmbeddedKeyError::Key`]; `Jws` again for the signature.
    pub fn verify(&self, token: &str) -> Result<VerifiedByEmbeddedKey<VerifiedJws>, EmbeddedKeyError> {
        let mut buffer = JwsBuffer::new();
        let token = buffer.decode(token, &self.rules.limits, None).map_err(JwsError::Parse)?;
        let algorithm = self.rules.admit(token.header.algorithm(), Some(&token.header))?;
        let (jwk, key) = embedded(token.header, algorithm)?;
        let message = token.signing_input.as_bytes();
        key.verify_signature(message, token.signature).map_err(|_| JwsError::InvalidSignature)?;
        buffer.mark_verified(algorithm, None, None);
        let jws = VerifiedJws::new(buffer).ok_or(JwsError::InvalidSignature)?;
        Ok(VerifiedByEmbeddedKey { jws, jwk })
    }

    /// Verifies a token in JSON serialization with one signature. `alg` and `jwk` must be in the protected header.
    ///
    /// ACME sends its requests so, and demands more than is checked here
    /// ([RFC 8555 §6.2](https://www.rfc-editor.org/rfc/rfc8555#section-6.2)): the flattened form, no unprotected header, and `nonce` and `url` in the
    /// protected one.
    ///
    /// # Errors
    /// As [`verify`](Self::verify). A token with several signatures is refused: each would speak for its own key.
    pub fn verify_json(&self, text: &str) -> Result<VerifiedByEmbeddedKey<VerifiedJsonJws>, EmbeddedKeyError> {
        let mut decoded = DecodedJson::read(text, &self.rules.limits).map_err(JwsError::Parse)?;
        let (text, octets) = decoded.attached_payload().map_err(JwsError::Parse)?;
        let (Some(signature), true) = (decoded.signatures.pop(), decoded.signatures.is_empty()) else {
            return Err(EmbeddedKeyError::Jws(JwsError::Parse(ParseError::Member {
                name: "signatures",
                reason: "has several elements, and one embedded key speaks for one signature",
            })));
        };
        let algorithm =
            self.rules.admit(signature.headers.algorithm(false)?, signature.headers.protected().as_ref())?;
        let header = signature.headers.protected().ok_or(EmbeddedKeyError::Missing)?;
        let (jwk, key) = embedded(header, algorithm)?;
        let message = [signature.protected.as_bytes(), b".", text.as_bytes()].concat();
        key.verify_signature(&message, &signature.octets).map_err(|_| JwsError::InvalidSignature)?;
        let signature = VerifiedSignature::new(0, signature.headers, SignedBy::embedded(algorithm));
        let signatures = VerifiedSignatures::new(vec![signature]).ok_or(JwsError::InvalidSignature)?;
        Ok(VerifiedByEmbeddedKey { jws: VerifiedJsonJws::new(octets, signatures), jwk })
    }
}

/// The key of a protected header, bound to the header's algorithm.
fn embedded(header: Header<'_>, algorithm: Algorithm) -> Result<(Jwk, VerifyingKey), EmbeddedKeyError> {
    let jwk = Jwk::from_json(header.jwk().ok_or(EmbeddedKeyError::Missing)?).map_err(EmbeddedKeyError::Key)?;
    let key = VerifyingKey::from_jwk_as(algorithm, &jwk).map_err(EmbeddedKeyError::Key)?;
    Ok((jwk, key))
}

/// A JWS that was verified with the key it brought along, and that key. It says that the sender has the private half, and not who the sender is.
///
/// There is no way to make one but to verify.
#[derive(Clone)]
pub struct VerifiedByEmbeddedKey<J> {
    jws: J,
    jwk: Jwk,
}

impl<J> VerifiedByEmbeddedKey<J> {
    /// The JWS.
    #[must_use]
    pub const fn jws(&self) -> &J {
        &self.jws
    }

    /// The key that verified it: the token's own, so it is **not** a key that anybody vouches for. Compare it with the one that is expected, by its
    /// thumbprint say.
    #[must_use]
    pub const fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The JWS and the key, taken out.
    #[must_use]
    pub fn into_parts(self) -> (J, Jwk) {
        (self.jws, self.jwk)
    }
}

impl<J: fmt::Debug> fmt::Debug for VerifiedByEmbeddedKey<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedByEmbeddedKey").field("jws", &self.jws).field("jwk", &self.jwk).finish()
    }
}
