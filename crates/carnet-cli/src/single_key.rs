//! One key, as a key file holds it.

use crate::failure::Failure;
use crate::key_form::{Form, Written};
use crate::key_id::KeyId;
use carnet::jwa::Hash;
use carnet::{Algorithm, Jwk, KeyError, PrivateJwk, SigningKey, Thumbprint, VerifyingKey};

/// A key that is public, or private, or shared. None becomes another here but by [`into_public`](Self::into_public).
#[derive(Debug)]
pub(crate) enum SingleKey {
    /// A public key.
    Public(Box<Jwk>),
    /// A private key, or a shared secret.
    Private(Box<PrivateJwk>),
}

impl SingleKey {
    /// The public half; `None` of a shared secret.
    pub(crate) fn into_public(self) -> Option<Jwk> {
        match self {
            Self::Public(jwk) => Some(*jwk),
            Self::Private(jwk) => jwk.public_jwk(),
        }
    }

    /// The public half, as a copy; `None` of a shared secret.
    pub(crate) fn public_jwk(&self) -> Option<Jwk> {
        match self {
            Self::Public(jwk) => Some((**jwk).clone()),
            Self::Private(jwk) => jwk.public_jwk(),
        }
    }

    /// Whether it is a shared secret.
    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self, Self::Private(jwk) if jwk.is_symmetric())
    }

    /// The same key with this `kid`.
    ///
    /// # Errors
    /// As [`KeyId`] has them.
    pub(crate) fn with_key_id(self, key_id: &KeyId) -> Result<Self, Failure> {
        Ok(match self {
            Self::Public(jwk) => key_id.name_public(*jwk)?.into(),
            Self::Private(jwk) => key_id.name_private(*jwk)?.into(),
        })
    }

    /// The same key with this `alg`.
    ///
    /// # Errors
    /// The library's, for an algorithm of other keys.
    pub(crate) fn with_fully_specified_name(self) -> Self {
        match self {
            Self::Public(jwk) => jwk.with_fully_specified_name().into(),
            Self::Private(jwk) => jwk.with_fully_specified_name().into(),
        }
    }

    pub(crate) fn with_algorithm(self, algorithm: Algorithm) -> Result<Self, KeyError> {
        Ok(match self {
            Self::Public(jwk) => jwk.with_algorithm(algorithm)?.into(),
            Self::Private(jwk) => jwk.with_algorithm(algorithm)?.into(),
        })
    }

    /// Writes the key, a private one with its private half.
    ///
    /// # Errors
    /// As [`Form`] has them.
    pub(crate) fn write(&self, form: Form) -> Result<Written, KeyError> {
        match self {
            Self::Public(jwk) => form.write_public(jwk),
            Self::Private(jwk) => form.write_private(jwk),
        }
    }

    /// The thumbprint; that of a shared secret tells about the secret.
    pub(crate) fn thumbprint(&self, hash: Hash) -> Thumbprint {
        match self {
            Self::Public(jwk) => jwk.thumbprint_with(hash),
            Self::Private(jwk) => jwk.thumbprint_with(hash),
        }
    }

    /// Whether the key may sign with an algorithm.
    ///
    /// # Errors
    /// Why not. A public key signs with none.
    pub(crate) fn check_signing(&self, algorithm: Algorithm) -> Result<(), KeyError> {
        match self {
            Self::Public(_) => Err(KeyError::Encoding { reason: "this is a public key" }),
            Self::Private(jwk) => SigningKey::from_jwk_as(algorithm, jwk).map(drop),
        }
    }

    /// Whether the key may verify with an algorithm.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn check_verifying(&self, algorithm: Algorithm) -> Result<(), KeyError> {
        match self {
            Self::Public(jwk) => VerifyingKey::from_jwk_as(algorithm, jwk).map(drop),
            Self::Private(jwk) => VerifyingKey::from_private_jwk_as(algorithm, jwk).map(drop),
        }
    }
}

impl From<Jwk> for SingleKey {
    fn from(jwk: Jwk) -> Self {
        Self::Public(Box::new(jwk))
    }
}

impl From<PrivateJwk> for SingleKey {
    fn from(jwk: PrivateJwk) -> Self {
        Self::Private(Box::new(jwk))
    }
}
