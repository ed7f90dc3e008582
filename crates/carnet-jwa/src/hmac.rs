//! HMAC with SHA-2 ([RFC 7518 §3.2](https://www.rfc-editor.org/rfc/rfc7518#section-3.2)).

use crate::backend::hmac as backend;
use crate::hash::Hash;
use crate::key_error::KeyError;
use crate::operation::{Sign, SignPieces, Verify, VerifyPieces};
use crate::signature::Signature;
use crate::signature_error::{InvalidSignature, SigningFailed};
use subtle::ConstantTimeEq;

/// A secret ready to use. The backend keeps the state derived from it, and does not wipe it.
#[derive(Clone)]
pub(crate) struct HmacKey(backend::Key);

impl HmacKey {
    /// Takes a secret at least as long as the hash.
    pub(crate) fn new(hash: Hash, secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() < hash.octets() {
            return Err(KeyError::Weak {
                what: "the shared secret".to_owned(),
                reason: format!("has {} octets, and at least {} are needed", secret.len(), hash.octets()),
            });
        }
        let algorithm = match hash {
            Hash::Sha256 => backend::HMAC_SHA256,
            Hash::Sha384 => backend::HMAC_SHA384,
            Hash::Sha512 => backend::HMAC_SHA512,
        };
        Ok(Self(backend::Key::new(algorithm, secret)))
    }
}

impl Sign for HmacKey {
    fn sign(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        Ok(Signature::copied(backend::sign(&self.0, message).as_ref()))
    }

    fn stream(&self) -> Option<Box<dyn SignPieces + '_>> {
        Some(Box::new(Pieces(backend::Context::with_key(&self.0))))
    }
}

impl Verify for HmacKey {
    /// Compares in constant time; the tag must have the hash's full length.
    fn verify(&self, message: &[u8], tag: &[u8]) -> Result<(), InvalidSignature> {
        backend::verify(&self.0, message, tag).map_err(|_| InvalidSignature)
    }

    fn stream(&self) -> Option<Box<dyn VerifyPieces>> {
        Some(Box::new(Pieces(backend::Context::with_key(&self.0))))
    }
}

struct Pieces(backend::Context);

impl SignPieces for Pieces {
    fn update(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    fn sign(self: Box<Self>) -> Result<Signature, SigningFailed> {
        Ok(Signature::copied(self.0.sign().as_ref()))
    }
}

impl VerifyPieces for Pieces {
    fn update(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    fn verify(self: Box<Self>, tag: &[u8]) -> Result<(), InvalidSignature> {
        // Of unequal lengths `ct_eq` says no.
        if bool::from(self.0.sign().as_ref().ct_eq(tag)) { Ok(()) } else { Err(InvalidSignature) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a12_shorter_than_the_hash() {
        for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
            assert!(HmacKey::new(hash, &vec![7; hash.octets()]).is_ok());
            assert!(HmacKey::new(hash, &vec![7; hash.octets() - 1]).is_err());
        }
    }

    #[test]
    fn c06_only_the_full_tag_verifies() {
        let key = HmacKey::new(Hash::Sha256, &[7; 32]).unwrap();
        let in_pieces = |tag: &[u8]| {
            let mut stream = Verify::stream(&key).unwrap();
            stream.update(b"mess");
            stream.update(b"age");
            stream.verify(tag)
        };
        let mut tag = key.sign(b"message").unwrap().to_vec();
        assert!(key.verify(b"message", &tag).is_ok() && in_pieces(&tag).is_ok());
        for length in 0..32 {
            assert!(key.verify(b"message", &tag[..length]).is_err(), "{length}");
            assert!(in_pieces(&tag[..length]).is_err(), "{length}");
        }
        tag.push(0);
        assert!(key.verify(b"message", &tag).is_err() && in_pieces(&tag).is_err());
        assert!(key.verify(b"message", &[]).is_err());
    }
}
