use super::Rejected;
use crate::key_error::KeyError;
use crate::signature::Signature;
use crate::signature_error::{InvalidSignature, SigningFailed};
use crate::signing::SignPieces;
use crate::verifying::VerifyPieces;
use ::aws_lc_rs::encoding::{AsDer as _, AsRawBytes as _};
use ::aws_lc_rs::signature::KeyPair as _;
pub(crate) use ::aws_lc_rs::{digest, hmac, rand, rsa, signature};
use carnet_core::Quoted;
use core::fmt;
use zeroize::Zeroizing;

/// A public key, parsed once.
#[derive(Clone)]
pub(crate) struct ParsedKey(signature::ParsedPublicKey);

impl ParsedKey {
    pub(crate) fn new(
        algorithm: &'static dyn signature::VerificationAlgorithm,
        octets: &[u8],
    ) -> Result<Self, Rejected> {
        signature::ParsedPublicKey::new(algorithm, octets).map(Self).map_err(|_| Rejected)
    }

    #[inline]
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Rejected> {
        self.0.verify_sig(message, signature).map_err(|_| Rejected)
    }

    pub(crate) fn verify_digest(&self, digest: &digest::Digest, signature: &[u8]) -> Result<(), Rejected> {
        self.0.verify_digest_sig(digest, signature).map_err(|_| Rejected)
    }
}

impl fmt::Debug for ParsedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParsedKey")
    }
}

pub(crate) fn check_point(
    algorithm: &'static signature::EcdsaVerificationAlgorithm,
    point: &[u8],
) -> Result<(), Rejected> {
    ParsedKey::new(algorithm, point).map(drop)
}

pub(crate) fn ecdsa_pair(
    algorithm: &'static signature::EcdsaSigningAlgorithm,
    scalar: &[u8],
    point: &[u8],
) -> Result<signature::EcdsaKeyPair, Rejected> {
    signature::EcdsaKeyPair::from_private_key_and_public_key(algorithm, scalar, point).map_err(|_| Rejected)
}

pub(crate) fn ed25519_sign(pair: &signature::Ed25519KeyPair, message: &[u8]) -> Result<signature::Signature, Rejected> {
    pair.try_sign(message).map_err(|_| Rejected)
}

/// Why a private RSA key of this size cannot sign here, where it cannot.
pub(crate) const fn rsa_obstacle(_bits: usize, _exponent_octets: usize) -> Option<&'static str> {
    None
}

/// What is wrong with a private RSA key whose numbers fit together and which is refused all the same.
pub(crate) const RSA_REJECTED: &str = "aws-lc-rs refuses its numbers; make a new key";

/// The point of a private key that came without one: an `ECPrivateKey` (RFC 5915).
pub(crate) fn ec_point(
    algorithm: &'static signature::EcdsaSigningAlgorithm,
    structure: &[u8],
) -> Result<Vec<u8>, KeyError> {
    let pair = signature::EcdsaKeyPair::from_private_key_der(algorithm, structure);
    let pair = pair.map_err(|_| KeyError::invalid("d", "is not a private key of the curve"))?;
    Ok(pair.public_key().as_ref().to_vec())
}

/// A new RSA key, as PKCS#8.
pub(crate) fn generate_rsa(bits: usize) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let size = match bits {
        2048 => rsa::KeySize::Rsa2048,
        3072 => rsa::KeySize::Rsa3072,
        4096 => rsa::KeySize::Rsa4096,
        8192 => rsa::KeySize::Rsa8192,
        _ => {
            return Err(KeyError::Unsupported {
                what: Quoted::new("RSA"),
                reason: "RSA keys are made with 2048, 3072, 4096 or 8192 bits",
            });
        }
    };
    let document = rsa::KeyPair::generate(size).and_then(|pair| pair.as_der()).map_err(|_| KeyError::Random)?;
    Ok(Zeroizing::new(document.as_ref().to_vec()))
}

/// A message that is hashed piece by piece, and its hash verified at the end.
pub(crate) struct DigestThenVerify {
    context: digest::Context,
    key: ParsedKey,
}

impl DigestThenVerify {
    pub(crate) fn new(algorithm: &'static digest::Algorithm, key: ParsedKey) -> Self {
        Self { context: digest::Context::new(algorithm), key }
    }
}

impl VerifyPieces for DigestThenVerify {
    fn update(&mut self, octets: &[u8]) {
        self.context.update(octets);
    }

    fn verify(self: Box<Self>, signature: &[u8]) -> Result<(), InvalidSignature> {
        self.key.verify_digest(&self.context.finish(), signature).map_err(|_| InvalidSignature)
    }
}

/// A message that is hashed piece by piece, and its hash signed at the end.
pub(crate) struct DigestThenSign<F> {
    context: digest::Context,
    sign: F,
}

impl<F: FnOnce(&digest::Digest) -> Result<Signature, SigningFailed>> DigestThenSign<F> {
    pub(crate) fn new(algorithm: &'static digest::Algorithm, sign: F) -> Self {
        Self { context: digest::Context::new(algorithm), sign }
    }
}

impl<F: FnOnce(&digest::Digest) -> Result<Signature, SigningFailed> + Send> SignPieces for DigestThenSign<F> {
    fn update(&mut self, octets: &[u8]) {
        self.context.update(octets);
    }

    fn sign(self: Box<Self>) -> Result<Signature, SigningFailed> {
        (self.sign)(&self.context.finish())
    }
}

/// The expanded private key.
pub(crate) fn raw_private_key(pair: &signature::PqdsaKeyPair) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let raw = pair.private_key().as_raw_bytes().map_err(|_| KeyError::invalid("priv", "cannot be expanded"))?;
    Ok(Zeroizing::new(raw.as_ref().to_vec()))
}
