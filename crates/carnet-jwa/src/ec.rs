//! ECDSA keys on P-256 and P-384 ([RFC 7518 §3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)).

use crate::backend::{agreement, rand, signature};
use crate::curve::Curve;
use crate::key_error::KeyError;
use crate::signature::Signature;
use crate::signature_error::{InvalidSignature, SigningFailed};
use core::fmt;
use zeroize::Zeroizing;

/// A point that is on its curve and is not the point at infinity.
#[derive(Clone, PartialEq, Eq)]
pub struct EcPublicKey {
    curve: Curve,
    /// 0x04, x, y.
    point: Vec<u8>,
}

impl EcPublicKey {
    /// Takes the two coordinates, each of exactly the curve's length.
    ///
    /// # Errors
    /// [`KeyError::InvalidMember`] for a wrong length, or when the point is not on the curve.
    pub fn from_coordinates(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        for (member, coordinate) in [("x", x), ("y", y)] {
            if coordinate.len() != curve.octets() {
                return Err(KeyError::invalid(member, "does not have the length of a coordinate of its curve"));
            }
        }
        Self::from_point(curve, &[&[4], x, y].concat())
    }

    /// Takes an uncompressed point, as SPKI and SEC1 files hold it.
    ///
    /// # Errors
    /// [`KeyError::InvalidMember`] when it is compressed, has a wrong length, or is not on the curve.
    pub fn from_point(curve: Curve, point: &[u8]) -> Result<Self, KeyError> {
        if point.first() != Some(&4) {
            return Err(KeyError::invalid("x", "belongs to a point that is not in uncompressed form"));
        }
        // ring checks a point only when it uses it: a throw-away agreement is such a use.
        let private = agreement::EphemeralPrivateKey::generate(agreement(curve), &rand::SystemRandom::new())
            .map_err(|_| KeyError::Random)?;
        agreement::agree_ephemeral(private, &agreement::UnparsedPublicKey::new(agreement(curve), point), |_| ())
            .map_err(|_| KeyError::invalid("x", "and \"y\" are not the coordinates of a point on the curve"))?;
        Ok(Self { curve, point: point.to_vec() })
    }

    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// The x coordinate, of the curve's length, most significant octet first.
    #[must_use]
    pub fn x(&self) -> &[u8] {
        self.point.get(1..=self.curve.octets()).unwrap_or_default()
    }

    /// The y coordinate, of the curve's length, most significant octet first.
    #[must_use]
    pub fn y(&self) -> &[u8] {
        self.point.get(self.curve.octets().saturating_add(1)..).unwrap_or_default()
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        signature::UnparsedPublicKey::new(verification(self.curve), &self.point)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }
}

impl fmt::Debug for EcPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EcPublicKey({})", self.curve.name())
    }
}

/// A private scalar and the public point that belongs to it.
#[derive(Clone)]
pub struct EcPrivateKey {
    public: EcPublicKey,
    scalar: Zeroizing<Vec<u8>>,
}

impl EcPrivateKey {
    /// Takes a scalar of exactly the curve's length, and the public key that must belong to it.
    ///
    /// # Errors
    /// [`KeyError::InvalidMember`] when the length is wrong, the scalar is 0 or not below the order, or the halves do not match.
    pub fn new(public: EcPublicKey, scalar: Zeroizing<Vec<u8>>) -> Result<Self, KeyError> {
        let key = Self { public, scalar };
        key.signer()?;
        Ok(key)
    }

    /// Makes a new key, as the PKCS#8 document the backend gives.
    ///
    /// # Errors
    /// [`KeyError::Random`].
    pub fn generate_pkcs8(curve: Curve) -> Result<GeneratedEcKey, KeyError> {
        let document = signature::EcdsaKeyPair::generate_pkcs8(signing(curve), &rand::SystemRandom::new());
        let document = document.map_err(|_| KeyError::Random)?;
        Ok(GeneratedEcKey(Zeroizing::new(document.as_ref().to_vec())))
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> &EcPublicKey {
        &self.public
    }

    /// The private scalar, of the curve's length, most significant octet first.
    #[must_use]
    pub fn expose_scalar(&self) -> &[u8] {
        &self.scalar
    }

    pub(crate) fn signer(&self) -> Result<EcSigner, KeyError> {
        if self.scalar.len() != self.public.curve.octets() {
            return Err(KeyError::invalid("d", "does not have the length of its curve"));
        }
        let random = rand::SystemRandom::new();
        let pair = signature::EcdsaKeyPair::from_private_key_and_public_key(
            signing(self.public.curve),
            &self.scalar,
            &self.public.point,
            &random,
        );
        let pair = pair.map_err(|_| KeyError::invalid("d", "does not belong to the public half"))?;
        Ok(EcSigner { pair, random })
    }
}

impl PartialEq for EcPrivateKey {
    fn eq(&self, other: &Self) -> bool {
        // Equal public halves have equal private ones, so nothing secret is compared.
        self.public == other.public
    }
}

impl fmt::Debug for EcPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EcPrivateKey({}, redacted)", self.public.curve.name())
    }
}

/// A new key, as the backend gives it: a PKCS#8 document, wiped when dropped.
pub struct GeneratedEcKey(Zeroizing<Vec<u8>>);

impl GeneratedEcKey {
    /// The PKCS#8 document.
    #[must_use]
    pub fn expose_pkcs8(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for GeneratedEcKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GeneratedEcKey(redacted)")
    }
}

pub(crate) struct EcSigner {
    pair: signature::EcdsaKeyPair,
    random: rand::SystemRandom,
}

impl EcSigner {
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        let made = self.pair.sign(&self.random, message).map_err(|_| SigningFailed)?;
        Ok(Signature::copied(made.as_ref()))
    }
}

const fn agreement(curve: Curve) -> &'static agreement::Algorithm {
    match curve {
        Curve::P256 => &agreement::ECDH_P256,
        Curve::P384 => &agreement::ECDH_P384,
    }
}

const fn verification(curve: Curve) -> &'static signature::EcdsaVerificationAlgorithm {
    match curve {
        Curve::P256 => &signature::ECDSA_P256_SHA256_FIXED,
        Curve::P384 => &signature::ECDSA_P384_SHA384_FIXED,
    }
}

const fn signing(curve: Curve) -> &'static signature::EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
    }
}
