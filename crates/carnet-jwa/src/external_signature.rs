//! Signatures that were made outside the process.

use crate::algorithm::Algorithm;
use crate::scheme::Scheme;
use crate::signature::Signature;
use crate::signature_error::SigningFailed;

impl Signature {
    /// Takes what a signer outside the process gave, after a look at its length. Whether it verifies is not checked.
    ///
    /// # Errors
    /// [`SigningFailed`] when no signature of the algorithm has that length, or this build does not have the algorithm.
    pub fn from_bytes(algorithm: Algorithm, octets: &[u8]) -> Result<Self, SigningFailed> {
        let fits = match algorithm.scheme().map_err(|error| SigningFailed::because(error.to_string()))? {
            Scheme::Mac(hash) => octets.len() == hash.octets(),
            Scheme::Signature(scheme) => scheme.is_length(octets.len()),
        };
        if fits {
            return Ok(Self::copied(octets));
        }
        Err(SigningFailed::because(format!("no signature of {algorithm} has {} octets", octets.len())))
    }

    /// Takes an ECDSA signature in DER, as key management services and hardware give it: an `ECDSA-Sig-Value`
    /// ([RFC 3279 §2.2.3](https://www.rfc-editor.org/rfc/rfc3279#section-2.2.3)). Whether it verifies is not checked.
    ///
    /// # Errors
    /// [`SigningFailed`] when it is not such a structure of numbers that fit the algorithm's curve, or the algorithm is not ECDSA.
    pub fn from_ecdsa_der(algorithm: Algorithm, der: &[u8]) -> Result<Self, SigningFailed> {
        match algorithm.scheme().map_err(|error| SigningFailed::because(error.to_string()))? {
            Scheme::Signature(scheme) => scheme.read_der(der),
            Scheme::Mac(_) => None,
        }
        .map(|octets| Self::copied(&octets))
        .ok_or_else(|| SigningFailed::because(format!("not an ECDSA signature of {algorithm} in DER")))
    }
}
