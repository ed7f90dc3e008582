//! A key bound to its one algorithm.

use crate::algorithm::{Algorithm, Family};
use crate::curve::Curve;
use crate::ec::{EcPrivateKey, EcPublicKey, EcSigner};
use crate::ed25519::{Ed25519PrivateKey, Ed25519PublicKey, Ed25519Signer};
use crate::hash::Hash;
use crate::hmac::HmacKey;
use crate::key_error::KeyError;
use crate::rsa::{RsaPrivateKey, RsaPublicKey, RsaSigner};
use crate::signature::Signature;
use crate::signature_error::{InvalidSignature, SigningFailed};
use core::fmt;

/// A checked public key of any type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new kind of key must be thought of wherever keys are read, written and bound"
)]
pub enum PublicKey {
    /// RSA.
    Rsa(RsaPublicKey),
    /// P-256 or P-384.
    Ec(EcPublicKey),
    /// Ed25519.
    Ed25519(Ed25519PublicKey),
}

impl PublicKey {
    /// What it is, for messages.
    #[must_use]
    pub const fn description(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "an RSA key",
            Self::Ec(key) => match key.curve() {
                Curve::P256 => "an EC key on P-256",
                Curve::P384 => "an EC key on P-384",
            },
            Self::Ed25519(_) => "an Ed25519 key",
        }
    }

    /// Whether a key of this shape can be used with `algorithm`.
    #[must_use]
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        match (algorithm.family(), self) {
            (Family::RsaPkcs1(_) | Family::RsaPss(_), Self::Rsa(_)) | (Family::Ed25519, Self::Ed25519(_)) => true,
            (Family::Ecdsa(curve), Self::Ec(key)) => key.curve() == curve,
            _ => false,
        }
    }
}

/// A checked private key of any type.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new kind of key must be thought of wherever keys are read, written and bound"
)]
pub enum PrivateKey {
    /// RSA.
    Rsa(RsaPrivateKey),
    /// P-256 or P-384.
    Ec(EcPrivateKey),
    /// Ed25519.
    Ed25519(Ed25519PrivateKey),
}

impl PrivateKey {
    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        match self {
            Self::Rsa(key) => PublicKey::Rsa(key.public().clone()),
            Self::Ec(key) => PublicKey::Ec(key.public().clone()),
            Self::Ed25519(key) => PublicKey::Ed25519(key.public().clone()),
        }
    }
}

/// A key that verifies signatures of one algorithm.
#[derive(Debug, Clone)]
pub struct VerifyingPrimitive {
    algorithm: Algorithm,
    key: Verifying,
}

#[derive(Debug, Clone)]
enum Verifying {
    Hmac(HmacKey),
    Pkcs1(Hash, RsaPublicKey),
    Pss(Hash, RsaPublicKey),
    Ec(EcPublicKey),
    Ed25519(Ed25519PublicKey),
}

impl VerifyingPrimitive {
    /// Binds a public key to an algorithm.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] when they do not fit; an HMAC algorithm fits no public key.
    pub fn asymmetric(algorithm: Algorithm, key: PublicKey) -> Result<Self, KeyError> {
        let mismatch = KeyError::Mismatch { algorithm, key: key.description() };
        let key = match (algorithm.family(), key) {
            (Family::RsaPkcs1(hash), PublicKey::Rsa(key)) => Verifying::Pkcs1(hash, key),
            (Family::RsaPss(hash), PublicKey::Rsa(key)) => Verifying::Pss(hash, key),
            (Family::Ecdsa(curve), PublicKey::Ec(key)) if key.curve() == curve => Verifying::Ec(key),
            (Family::Ed25519, PublicKey::Ed25519(key)) => Verifying::Ed25519(key),
            _ => return Err(mismatch),
        };
        Ok(Self { algorithm, key })
    }

    /// Binds a shared secret to an HMAC algorithm.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] for another algorithm, [`KeyError::Weak`] for a secret shorter than the hash.
    pub fn symmetric(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        Ok(Self { algorithm, key: Verifying::Hmac(hmac_key(algorithm, secret)?) })
    }

    /// The one algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Verifies `signature` over `message`.
    ///
    /// # Errors
    /// [`InvalidSignature`].
    #[inline]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        match &self.key {
            Verifying::Hmac(key) => key.verify(message, signature),
            Verifying::Pkcs1(hash, key) => key.verify_pkcs1(*hash, message, signature),
            Verifying::Pss(hash, key) => key.verify_pss(*hash, message, signature),
            Verifying::Ec(key) => key.verify(message, signature),
            Verifying::Ed25519(key) => key.verify(message, signature),
        }
    }
}

/// A key that signs with one algorithm. Parsed by the backend once, here.
pub struct SigningPrimitive {
    algorithm: Algorithm,
    key: Signing,
}

enum Signing {
    Hmac(HmacKey),
    Pkcs1(Hash, RsaSigner),
    Pss(Hash, RsaSigner),
    Ec(EcSigner),
    Ed25519(Ed25519Signer),
}

impl SigningPrimitive {
    /// Binds a private key to an algorithm.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] when they do not fit, [`KeyError::Unsupported`] when the backend cannot sign with this key.
    pub fn asymmetric(algorithm: Algorithm, key: &PrivateKey) -> Result<Self, KeyError> {
        let key = match (algorithm.family(), key) {
            (Family::RsaPkcs1(hash), PrivateKey::Rsa(key)) => Signing::Pkcs1(hash, key.signer()?),
            (Family::RsaPss(hash), PrivateKey::Rsa(key)) => Signing::Pss(hash, key.signer()?),
            (Family::Ecdsa(curve), PrivateKey::Ec(key)) if key.public().curve() == curve => Signing::Ec(key.signer()?),
            (Family::Ed25519, PrivateKey::Ed25519(key)) => Signing::Ed25519(key.signer()?),
            _ => return Err(KeyError::Mismatch { algorithm, key: key.public().description() }),
        };
        Ok(Self { algorithm, key })
    }

    /// Binds a shared secret to an HMAC algorithm.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] for another algorithm, [`KeyError::Weak`] for a secret shorter than the hash.
    pub fn symmetric(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        Ok(Self { algorithm, key: Signing::Hmac(hmac_key(algorithm, secret)?) })
    }

    /// The one algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Signs `message`.
    ///
    /// # Errors
    /// [`SigningFailed`].
    #[inline]
    pub fn sign(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        match &self.key {
            Signing::Hmac(key) => Ok(key.sign(message)),
            Signing::Pkcs1(hash, key) => key.sign_pkcs1(*hash, message),
            Signing::Pss(hash, key) => key.sign_pss(*hash, message),
            Signing::Ec(key) => key.sign(message),
            Signing::Ed25519(key) => Ok(key.sign(message)),
        }
    }
}

impl fmt::Debug for SigningPrimitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningPrimitive({}, redacted)", self.algorithm)
    }
}

fn hmac_key(algorithm: Algorithm, secret: &[u8]) -> Result<HmacKey, KeyError> {
    match algorithm.family() {
        Family::Hmac(hash) => HmacKey::new(hash, secret),
        _ => Err(KeyError::Mismatch { algorithm, key: "a shared secret" }),
    }
}
