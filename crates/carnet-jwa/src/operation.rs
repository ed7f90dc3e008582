//! What a key can do once it is bound to an algorithm.

use crate::signature::Signature;
use crate::signature_error::{InvalidSignature, SigningFailed};

pub(crate) trait Verify: Send + Sync {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature>;

    /// Takes a message piece by piece, where the algorithm and the backend can.
    fn stream(&self) -> Option<Box<dyn VerifyPieces>> {
        None
    }
}

/// A message that arrives piece by piece, to be verified.
pub(crate) trait VerifyPieces: Send {
    fn update(&mut self, octets: &[u8]);

    fn verify(self: Box<Self>, signature: &[u8]) -> Result<(), InvalidSignature>;
}

pub(crate) trait Sign: Send + Sync {
    fn sign(&self, message: &[u8]) -> Result<Signature, SigningFailed>;

    /// Takes a message piece by piece, where the algorithm and the backend can.
    fn stream(&self) -> Option<Box<dyn SignPieces + '_>> {
        None
    }
}

/// A message that arrives piece by piece, to be signed.
pub(crate) trait SignPieces: Send {
    fn update(&mut self, octets: &[u8]);

    fn sign(self: Box<Self>) -> Result<Signature, SigningFailed>;
}
