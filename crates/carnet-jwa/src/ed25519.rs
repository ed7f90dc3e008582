//! Ed25519 keys ([RFC 8037](https://www.rfc-editor.org/rfc/rfc8037), [RFC 8032](https://www.rfc-editor.org/rfc/rfc8032)).
//!
//! A public key is taken only in canonical form, on the curve and not of small order. With that, and with the backend's checks of
//! S below the group order and of R octet for octet, a signature has one spelling for its key and message.

use crate::backend::signature::{self, KeyPair as _};
use crate::key_error::KeyError;
use crate::signature::Signature;
use crate::signature_error::InvalidSignature;
use core::fmt;
use curve25519_dalek::edwards::CompressedEdwardsY;
use zeroize::Zeroizing;

/// The length of a public key and of a private seed, in octets.
pub const OCTETS: usize = 32;

/// A public key.
#[derive(Clone, PartialEq, Eq)]
pub struct Ed25519PublicKey([u8; OCTETS]);

impl Ed25519PublicKey {
    /// Takes the 32 octets of a point.
    ///
    /// # Errors
    /// [`KeyError::InvalidMember`] for another length, a non-canonical encoding, no point, or a point of small order.
    pub fn from_octets(octets: &[u8]) -> Result<Self, KeyError> {
        let octets: [u8; OCTETS] = octets
            .try_into()
            .map_err(|_| KeyError::invalid("x", "does not have the 32 octets of an Ed25519 public key"))?;
        let point =
            CompressedEdwardsY(octets).decompress().ok_or(KeyError::invalid("x", "is not a point on Ed25519"))?;
        if point.compress().0 != octets {
            return Err(KeyError::invalid("x", "is not the canonical form of its point"));
        }
        if point.is_small_order() {
            return Err(KeyError::invalid("x", "is a point of small order, under which anybody can sign"));
        }
        Ok(Self(octets))
    }

    /// The 32 octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; OCTETS] {
        &self.0
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        signature::UnparsedPublicKey::new(&signature::ED25519, &self.0)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }
}

impl fmt::Debug for Ed25519PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519PublicKey")
    }
}

/// A private seed and the public key that belongs to it.
#[derive(Clone)]
pub struct Ed25519PrivateKey {
    public: Ed25519PublicKey,
    seed: Zeroizing<Vec<u8>>,
}

impl Ed25519PrivateKey {
    /// Takes the 32 octets of a seed and, where it came along, the public key that must belong to it.
    ///
    /// # Errors
    /// [`KeyError::InvalidMember`] for another length, or when the halves do not match.
    pub fn new(seed: Zeroizing<Vec<u8>>, public: Option<&Ed25519PublicKey>) -> Result<Self, KeyError> {
        let pair = pair(&seed)?;
        let derived = Ed25519PublicKey::from_octets(pair.public_key().as_ref())?;
        if public.is_some_and(|public| *public != derived) {
            return Err(KeyError::invalid("d", "does not belong to the public half"));
        }
        Ok(Self { public: derived, seed })
    }

    /// Makes a new key.
    ///
    /// # Errors
    /// [`KeyError::Random`].
    pub fn generate() -> Result<Self, KeyError> {
        Self::new(crate::random::secret(OCTETS)?, None)
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> &Ed25519PublicKey {
        &self.public
    }

    /// The 32 octets of the seed.
    #[must_use]
    pub fn expose_seed(&self) -> &[u8] {
        &self.seed
    }

    pub(crate) fn signer(&self) -> Result<Ed25519Signer, KeyError> {
        pair(&self.seed).map(Ed25519Signer)
    }
}

fn pair(seed: &[u8]) -> Result<signature::Ed25519KeyPair, KeyError> {
    signature::Ed25519KeyPair::from_seed_unchecked(seed)
        .map_err(|_| KeyError::invalid("d", "does not have the 32 octets of an Ed25519 seed"))
}

impl PartialEq for Ed25519PrivateKey {
    fn eq(&self, other: &Self) -> bool {
        // Equal public halves have equal private ones, so nothing secret is compared.
        self.public == other.public
    }
}

impl fmt::Debug for Ed25519PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519PrivateKey(redacted)")
    }
}

pub(crate) struct Ed25519Signer(signature::Ed25519KeyPair);

impl Ed25519Signer {
    pub(crate) fn sign(&self, message: &[u8]) -> Signature {
        Signature::copied(self.0.sign(message).as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::constants::EIGHT_TORSION;

    #[test]
    fn c03_small_order_and_non_canonical_points() {
        for point in EIGHT_TORSION {
            assert!(Ed25519PublicKey::from_octets(&point.compress().0).is_err());
        }
        // p + 1, the second spelling of 1, which is of small order as well; and p + 3, the second spelling of 3, which is not.
        for above in [0xee, 0xf0] {
            let mut octets = [0xff; 32];
            octets[0] = above;
            octets[31] = 0x7f;
            assert!(Ed25519PublicKey::from_octets(&octets).is_err(), "{above:#x}");
        }
        let three: [u8; 32] = core::array::from_fn(|place| if place == 0 { 3 } else { 0 });
        assert!(Ed25519PublicKey::from_octets(&three).is_ok(), "3 is a good point, so only its spelling was refused");
    }

    #[test]
    fn c08_the_public_half_must_match() {
        let one = Ed25519PrivateKey::generate().unwrap();
        let other = Ed25519PrivateKey::generate().unwrap();
        let seed = Zeroizing::new(one.expose_seed().to_vec());
        assert!(Ed25519PrivateKey::new(seed.clone(), Some(one.public())).is_ok());
        assert!(Ed25519PrivateKey::new(seed, Some(other.public())).is_err());
    }
}
