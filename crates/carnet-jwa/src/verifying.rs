use crate::algorithm::Algorithm;
use crate::key_error::KeyError;
use crate::operation::{Verify, VerifyPieces};
use crate::public_key::PublicKey;
use crate::scheme::Scheme;
use crate::signature_error::InvalidSignature;
use core::fmt;
use std::sync::Arc;

/// A key that verifies signatures of one algorithm. Parsed by the backend once, here, where the backend has a parsed form.
#[derive(Clone)]
pub struct VerifyingPrimitive {
    algorithm: Algorithm,
    key: Arc<dyn Verify>,
}

impl VerifyingPrimitive {
    pub(crate) const fn new(algorithm: Algorithm, key: Arc<dyn Verify>) -> Self {
        Self { algorithm, key }
    }

    /// Binds a public key to an algorithm.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] when they do not fit; an HMAC algorithm fits no public key. [`KeyError::Algorithm`] when this build does not have the
    /// algorithm.
    pub fn asymmetric(algorithm: Algorithm, key: &PublicKey) -> Result<Self, KeyError> {
        match algorithm.scheme()? {
            Scheme::Signature(scheme) if key.fits(algorithm) => {
                Ok(Self::new(algorithm, scheme.verifier(key.numbers())?))
            }
            _ => Err(KeyError::Mismatch { algorithm: algorithm.name(), key: key.kind().description() }),
        }
    }

    /// Binds a shared secret to an HMAC algorithm.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] for another algorithm, [`KeyError::Weak`] for a secret shorter than the hash, [`KeyError::Algorithm`] without a backend.
    pub fn symmetric(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        Ok(Self::new(algorithm, mac(algorithm, secret)?))
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
        self.key.verify(message, signature)
    }

    /// Begins a message that arrives piece by piece. `None` where the whole message is needed at once: EdDSA and ML-DSA, and on ring and under `fips` all but HMAC.
    #[must_use]
    pub fn stream(&self) -> Option<VerifyingStream> {
        self.key.stream().map(VerifyingStream)
    }
}

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub(crate) fn mac(algorithm: Algorithm, secret: &[u8]) -> Result<Arc<crate::hmac::HmacKey>, KeyError> {
    match algorithm.scheme()? {
        Scheme::Mac(hash) => Ok(Arc::new(crate::hmac::HmacKey::new(hash, secret)?)),
        Scheme::Signature(_) => Err(KeyError::Mismatch { algorithm: algorithm.name(), key: "a shared secret" }),
    }
}

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
pub(crate) fn mac(algorithm: Algorithm, _: &[u8]) -> Result<Arc<dyn Verify>, KeyError> {
    algorithm.scheme()?;
    Err(KeyError::Mismatch { algorithm: algorithm.name(), key: "a shared secret" })
}

impl fmt::Debug for VerifyingPrimitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingPrimitive({})", self.algorithm)
    }
}

/// A message on its way to be verified.
#[must_use = "nothing is verified before `verify` is called"]
pub struct VerifyingStream(Box<dyn VerifyPieces>);

impl VerifyingStream {
    /// Takes the next piece of the message.
    pub fn update(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    /// Verifies `signature` over all pieces.
    ///
    /// # Errors
    /// [`InvalidSignature`].
    pub fn verify(self, signature: &[u8]) -> Result<(), InvalidSignature> {
        self.0.verify(signature)
    }
}

impl fmt::Debug for VerifyingStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifyingStream")
    }
}
