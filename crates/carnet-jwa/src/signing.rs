use crate::algorithm::Algorithm;
use crate::key_error::KeyError;
use crate::operation::{Sign, SignPieces};
use crate::private_key::PrivateKey;
use crate::scheme::Scheme;
use crate::signature::Signature;
use crate::signature_error::SigningFailed;
use crate::verifying::VerifyingPrimitive;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
use crate::verifying::mac;
use core::fmt;

/// A key that signs with one algorithm. Parsed by the backend once, here.
pub struct SigningPrimitive {
    key: Box<dyn Sign>,
    /// The other side of the same key.
    verifying: VerifyingPrimitive,
}

impl SigningPrimitive {
    /// Binds a private key to an algorithm.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] when they do not fit, [`KeyError::Unsupported`] when the backend cannot sign with this key, [`KeyError::Algorithm`] when
    /// this build does not have the algorithm.
    pub fn asymmetric(algorithm: Algorithm, key: &PrivateKey) -> Result<Self, KeyError> {
        match algorithm.scheme()? {
            Scheme::Signature(scheme) if key.public().fits(algorithm) => {
                let verifying = VerifyingPrimitive::new(algorithm, scheme.verifier(key.public().numbers())?);
                Ok(Self { key: scheme.signer(key.public().numbers(), key.numbers())?, verifying })
            }
            _ => Err(KeyError::Mismatch { algorithm: algorithm.name(), key: key.kind().description() }),
        }
    }

    /// Binds a shared secret to an HMAC algorithm.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] for another algorithm, [`KeyError::Weak`] for a secret shorter than the hash, [`KeyError::Algorithm`] without a backend.
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    pub fn symmetric(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        let key = mac(algorithm, secret)?;
        Ok(Self { key: Box::new((*key).clone()), verifying: VerifyingPrimitive::new(algorithm, key) })
    }

    /// Binds a shared secret to an HMAC algorithm.
    ///
    /// # Errors
    /// [`KeyError::Algorithm`]: there is no backend.
    #[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
    pub fn symmetric(algorithm: Algorithm, _: &[u8]) -> Result<Self, KeyError> {
        algorithm.scheme()?;
        Err(KeyError::Mismatch { algorithm: algorithm.name(), key: "a shared secret" })
    }

    /// The one algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.verifying.algorithm()
    }

    /// What verifies the signatures made here. Of a shared secret, that is the same secret.
    #[must_use]
    pub const fn verifying(&self) -> &VerifyingPrimitive {
        &self.verifying
    }

    /// Signs `message`.
    ///
    /// # Errors
    /// [`SigningFailed`].
    #[inline]
    pub fn sign(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        self.key.sign(message)
    }

    /// Begins a message that arrives piece by piece. `None` where the whole message is needed at once: EdDSA and ML-DSA, and on ring and under `fips` all but HMAC.
    #[must_use]
    pub fn stream(&self) -> Option<SigningStream<'_>> {
        self.key.stream().map(SigningStream)
    }
}

impl fmt::Debug for SigningPrimitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningPrimitive({}, redacted)", self.algorithm())
    }
}

/// A message on its way to be signed.
#[must_use = "nothing is signed before `sign` is called"]
pub struct SigningStream<'k>(Box<dyn SignPieces + 'k>);

impl SigningStream<'_> {
    /// Takes the next piece of the message.
    pub fn update(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    /// Signs all pieces.
    ///
    /// # Errors
    /// [`SigningFailed`].
    pub fn sign(self) -> Result<Signature, SigningFailed> {
        self.0.sign()
    }
}

impl fmt::Debug for SigningStream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningStream")
    }
}
