use super::roca;
use crate::backend::signature;
use crate::hash::Hash;
use crate::key_error::KeyError;
use crate::signature_error::InvalidSignature;
use carnet_core::limits::{MAX_RSA_BITS, MIN_RSA_BITS};
use core::fmt;

/// A modulus and a public exponent, both checked.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaPublicKey {
    n: Vec<u8>,
    e: Vec<u8>,
}

impl RsaPublicKey {
    /// Takes the two numbers, most significant octet first and without leading zero octets.
    ///
    /// # Errors
    /// [`KeyError::InvalidMember`] for leading zeros and impossible values, [`KeyError::Weak`] for a size out of bounds or a modulus
    /// marked by ROCA.
    pub fn from_components(n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        for (member, number) in [("n", n), ("e", e)] {
            match number.first() {
                None => return Err(KeyError::invalid(member, "is empty")),
                Some(0) => return Err(KeyError::invalid(member, "has leading zero octets")),
                Some(_) => {}
            }
        }
        let bits = bit_length(n);
        if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
            return Err(KeyError::Weak {
                what: "the RSA modulus".to_owned(),
                reason: format!("has {bits} bits, and {MIN_RSA_BITS} to {MAX_RSA_BITS} are allowed"),
            });
        }
        if is_even(n) {
            return Err(KeyError::invalid("n", "is even"));
        }
        if is_even(e) {
            return Err(KeyError::invalid("e", "is even"));
        }
        if bit_length(e) > 33 || e == [1] {
            return Err(KeyError::invalid("e", "is not at least 3 and below 2^33"));
        }
        if roca::is_marked(n) {
            return Err(KeyError::Weak {
                what: "the RSA modulus".to_owned(),
                reason: "has the mark of the ROCA defect (CVE-2017-15361): its factors can be computed; make a new key"
                    .to_owned(),
            });
        }
        Ok(Self { n: n.to_vec(), e: e.to_vec() })
    }

    /// The modulus, most significant octet first, without leading zeros.
    #[must_use]
    pub fn modulus(&self) -> &[u8] {
        &self.n
    }

    /// The public exponent, most significant octet first, without leading zeros.
    #[must_use]
    pub fn exponent(&self) -> &[u8] {
        &self.e
    }

    /// The size of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        bit_length(&self.n)
    }

    pub(crate) fn verify_pkcs1(&self, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        self.verify(
            match hash {
                Hash::Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
                Hash::Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
                Hash::Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
            },
            message,
            signature,
        )
    }

    pub(crate) fn verify_pss(&self, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        self.verify(
            match hash {
                Hash::Sha256 => &signature::RSA_PSS_2048_8192_SHA256,
                Hash::Sha384 => &signature::RSA_PSS_2048_8192_SHA384,
                Hash::Sha512 => &signature::RSA_PSS_2048_8192_SHA512,
            },
            message,
            signature,
        )
    }

    fn verify(
        &self,
        parameters: &'static signature::RsaParameters,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        signature::RsaPublicKeyComponents { n: &self.n, e: &self.e }
            .verify(parameters, message, signature)
            .map_err(|_| InvalidSignature)
    }
}

fn bit_length(number: &[u8]) -> usize {
    let zeros = number.first().map_or(0, |first| first.leading_zeros());
    number.len().saturating_mul(8).saturating_sub(usize::try_from(zeros).unwrap_or(0))
}

fn is_even(number: &[u8]) -> bool {
    matches!(number.last(), Some(last) if *last & 1 == 0)
}

impl fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPublicKey({} bits)", self.bits())
    }
}
