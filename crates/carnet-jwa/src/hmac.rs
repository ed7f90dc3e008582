//! HMAC with SHA-2 ([RFC 7518 §3.2](https://www.rfc-editor.org/rfc/rfc7518#section-3.2)).

use crate::backend::hmac as backend;
use crate::hash::Hash;
use crate::key_error::KeyError;
use crate::signature::Signature;
use crate::signature_error::InvalidSignature;
use core::fmt;

/// An HMAC key, its two inner hash states computed once.
#[derive(Clone)]
pub struct HmacKey(backend::Key);

impl HmacKey {
    /// Takes a secret of at least the hash's length.
    ///
    /// # Errors
    /// [`KeyError::Weak`] when it is shorter.
    pub fn new(hash: Hash, secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() < hash.octets() {
            return Err(KeyError::Weak {
                what: "the shared secret".to_owned(),
                reason: format!("has {} octets, and this algorithm needs at least {}", secret.len(), hash.octets()),
            });
        }
        Ok(Self(backend::Key::new(algorithm(hash), secret)))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Signature {
        Signature::copied(backend::sign(&self.0, message).as_ref())
    }

    /// Compares in constant time; the tag must have the hash's full length.
    pub(crate) fn verify(&self, message: &[u8], tag: &[u8]) -> Result<(), InvalidSignature> {
        backend::verify(&self.0, message, tag).map_err(|_| InvalidSignature)
    }
}

const fn algorithm(hash: Hash) -> backend::Algorithm {
    match hash {
        Hash::Sha256 => backend::HMAC_SHA256,
        Hash::Sha384 => backend::HMAC_SHA384,
        Hash::Sha512 => backend::HMAC_SHA512,
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a12_short_keys() {
        for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
            assert!(HmacKey::new(hash, &vec![7; hash.octets()]).is_ok());
            assert_eq!(HmacKey::new(hash, &vec![7; hash.octets() - 1]).unwrap_err().code(), "weak_key");
        }
    }

    #[test]
    fn c06_only_the_full_tag_verifies() {
        let key = HmacKey::new(Hash::Sha256, &[7; 32]).unwrap();
        let mut tag = key.sign(b"message").to_vec();
        assert!(key.verify(b"message", &tag).is_ok());
        for length in 0..32 {
            assert!(key.verify(b"message", &tag[..length]).is_err(), "{length}");
        }
        tag.push(0);
        assert!(key.verify(b"message", &tag).is_err());
    }
}
