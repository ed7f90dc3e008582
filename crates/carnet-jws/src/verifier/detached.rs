use super::JwsVerifier;
use crate::decoded::DecodedSignature;
use crate::error::JwsError;
use crate::pieces::{Stopped, read_pieces};
use crate::representation::Representation;
use crate::trial::Trial;
use crate::verified::{SignedBy, VerifiedSignature};
use carnet_core::{ParseError, Part};
use carnet_jwk::KeySource;
use std::io::{self, Read};

impl<K: KeySource> JwsVerifier<K> {
    /// Verifies a token in compact serialization whose payload travels by another way
    /// ([RFC 7515 appendix F](https://www.rfc-editor.org/rfc/rfc7515#appendix-F)): `header..signature`.
    ///
    /// The segment between the dots must be empty and is never decoded. The payload is the caller's and may have any octets, at most
    /// [`Limits::detached_octets`](carnet_core::Limits::detached_octets).
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    ///
    /// # Examples
    /// ```
    /// use carnet_jwa::Algorithm::EdDSA;
    /// use carnet_jwk::{SigningKey, VerifyingKey};
    /// use carnet_jws::{JwsBuilder, JwsVerifier};
    /// let key = SigningKey::generate(EdDSA)?;
    /// let token = JwsBuilder::new().unencoded_payload().detached().sign(b"{\"amount\":5}", &key)?;
    ///
    /// let key = VerifyingKey::from_jwk(&key.public_jwk().ok_or("a public key")?)?;
    /// let verifier = JwsVerifier::new(key).unencoded_payload();
    /// assert!(verifier.verify_detached(&token, b"{\"amount\":5}").is_ok());
    /// assert!(verifier.verify_detached(&token, b"{\"amount\":6}").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify_detached(&self, token: &str, payload: &[u8]) -> Result<VerifiedSignature, JwsError> {
        let signature = DecodedSignature::of_detached(token, self.current_limits())?;
        self.check_detached_length(payload.len())?;
        self.check_over(signature, |_, update| {
            update(payload);
            Ok(())
        })
    }

    /// As [`verify_detached`](Self::verify_detached), reading the payload to its end. It is read only when everything before the signature has
    /// passed.
    ///
    /// It is hashed as it comes and may have any length (bound a reader that a stranger feeds with [`Read::take`]) with HMAC and, on aws-lc-rs without
    /// `fips`, with RSA and ECDSA. Of EdDSA, of ML-DSA and, on ring and under `fips`, of RSA and ECDSA it is held in memory, and may then have at most
    /// [`Limits::detached_octets`](carnet_core::Limits::detached_octets).
    ///
    /// What was verified is what the reader gave this once: a file may be another one by the time it is opened again.
    ///
    /// The outer result is the reader's: an error there says nothing about the token. `?` twice gives both on.
    ///
    /// # Errors
    /// Outside what the reader fails with; inside as [`verify`](Self::verify).
    ///
    /// # Examples
    /// ```
    /// # use carnet_jwa::Algorithm::EdDSA;
    /// # use carnet_jwk::{SigningKey, VerifyingKey};
    /// # use carnet_jws::{JwsBuilder, JwsVerifier};
    /// # let key = SigningKey::generate(EdDSA)?;
    /// # let token = JwsBuilder::new().detached().sign(b"a long document", &key)?;
    /// # let document = &b"a long document"[..]; // may be a file
    /// # let verifier = JwsVerifier::new(VerifyingKey::from_jwk(&key.public_jwk().ok_or("a public key")?)?);
    /// let signature = verifier.verify_detached_reader(&token, document)??;
    /// assert_eq!(signature.algorithm(), EdDSA);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify_detached_reader(
        &self,
        token: &str,
        payload: impl Read,
    ) -> io::Result<Result<VerifiedSignature, JwsError>> {
        Stopped::apart(self.check_read(token, payload))
    }

    fn check_read(&self, token: &str, payload: impl Read) -> Result<VerifiedSignature, Stopped<JwsError>> {
        let signature = DecodedSignature::of_detached(token, self.current_limits()).map_err(JwsError::Parse)?;
        self.check_over(signature, |held, update| {
            let mut length = 0_usize;
            read_pieces(payload, |piece| {
                length = length.saturating_add(piece.len());
                if held {
                    self.check_detached_length(length)?;
                }
                update(piece);
                Ok(())
            })
        })
    }

    pub(super) fn check_detached_length(&self, length: usize) -> Result<(), JwsError> {
        let limit = self.rules.limits.detached_octets;
        if length > limit {
            return Err(JwsError::Parse(ParseError::TooLarge { part: Part::Payload, limit }));
        }
        Ok(())
    }

    /// Verifies one signature over a payload that `read` gives in pieces. It is told whether they are held in memory.
    fn check_over<E: From<JwsError>>(
        &self,
        signature: DecodedSignature<'_>,
        read: impl FnOnce(bool, &mut dyn FnMut(&[u8])) -> Result<(), E>,
    ) -> Result<VerifiedSignature, E> {
        let algorithm = self.admit(&signature)?;
        let keys = self.keys.snapshot().map_err(JwsError::KeySource)?;
        let mut fitting = self.fitting(&keys, &signature, algorithm)?;
        let chosen: Vec<_> = fitting.by_ref().collect();
        if chosen.is_empty() {
            return Err(fitting.refusal().into());
        }
        let mut trial = Trial::new(chosen, &signature.protected);
        let mut representation = Representation::new(signature.headers.unencoded());
        read(trial.holds_message(), &mut |piece| representation.update(piece, |text| trial.update(text)))?;
        representation.finish(|text| trial.update(text));
        let key = trial.finish(&signature.octets);
        let key = key.map(|key| SignedBy::one_of(&keys, key)).ok_or_else(|| fitting.refusal())?;
        drop(keys);
        Ok(VerifiedSignature::new(0, signature.headers, key))
    }
}
