use super::Rejected;
use crate::hash::Hash;
use crate::key_error::KeyError;
use crate::operation::{Sign, SignPieces, Verify, VerifyPieces};
use crate::signature::Signature;
use crate::signature_error::{InvalidSignature, SigningFailed};
use ::aws_lc_rs::digest;
use ::aws_lc_rs::encoding::{AsDer as _, AsRawBytes as _};
use ::aws_lc_rs::signature::KeyPair as _;
pub(crate) use ::aws_lc_rs::{hmac, rand, rsa, signature};
use carnet_core::Quoted;
use zeroize::Zeroizing;

/// Whether a message may be hashed apart from the operation on its hash, which takes 0.1 to 0.3 µs less than the library's one call. FIPS 140 knows
/// only the one call.
const HASHED_APART: bool = !cfg!(feature = "fips");

/// A public key, parsed once.
pub(crate) struct ParsedKey {
    key: signature::ParsedPublicKey,
    signature_octets: usize,
    hash: Option<Hash>,
}

impl ParsedKey {
    /// `signature_octets` is the one length that signatures have, and `hash` what a message is hashed with before anything else, where it is.
    pub(crate) fn new(
        algorithm: &'static dyn signature::VerificationAlgorithm,
        octets: &[u8],
        signature_octets: usize,
        hash: Option<Hash>,
    ) -> Result<Self, Rejected> {
        let key = signature::ParsedPublicKey::new(algorithm, octets).map_err(|_| Rejected)?;
        Ok(Self { key, signature_octets, hash })
    }
}

impl Verify for ParsedKey {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        if signature.len() != self.signature_octets {
            return Err(InvalidSignature);
        }
        match self.hash {
            Some(hash) if HASHED_APART => {
                self.key.verify_digest_sig(&digest::digest(algorithm(hash), message), signature)
            }
            _ => self.key.verify_sig(message, signature),
        }
        .map_err(|_| InvalidSignature)
    }

    fn stream(&self) -> Option<Box<dyn VerifyPieces>> {
        let hash = self.hash.filter(|_| HASHED_APART)?;
        Some(Box::new(HashThenVerify {
            context: digest::Context::new(algorithm(hash)),
            key: self.key.clone(),
            signature_octets: self.signature_octets,
        }))
    }
}

/// A message that is hashed piece by piece, and its hash verified at the end.
struct HashThenVerify {
    context: digest::Context,
    key: signature::ParsedPublicKey,
    signature_octets: usize,
}

impl VerifyPieces for HashThenVerify {
    fn update(&mut self, octets: &[u8]) {
        self.context.update(octets);
    }

    fn verify(self: Box<Self>, signature: &[u8]) -> Result<(), InvalidSignature> {
        if signature.len() != self.signature_octets {
            return Err(InvalidSignature);
        }
        self.key.verify_digest_sig(&self.context.finish(), signature).map_err(|_| InvalidSignature)
    }
}

/// A message that is hashed piece by piece, and its hash signed at the end.
struct HashThenSign<F> {
    context: digest::Context,
    sign: F,
}

impl<F: FnOnce(&digest::Digest) -> Result<Signature, SigningFailed> + Send> SignPieces for HashThenSign<F> {
    fn update(&mut self, octets: &[u8]) {
        self.context.update(octets);
    }

    fn sign(self: Box<Self>) -> Result<Signature, SigningFailed> {
        (self.sign)(&self.context.finish())
    }
}

const fn algorithm(hash: Hash) -> &'static digest::Algorithm {
    match hash {
        Hash::Sha256 => &digest::SHA256,
        Hash::Sha384 => &digest::SHA384,
        Hash::Sha512 => &digest::SHA512,
    }
}

pub(crate) fn check_point(
    algorithm: &'static signature::EcdsaVerificationAlgorithm,
    point: &[u8],
) -> Result<(), Rejected> {
    signature::ParsedPublicKey::new(algorithm, point).map(drop).map_err(|_| Rejected)
}

/// The point of a private key that came without one: an `ECPrivateKey` (RFC 5915).
pub(crate) fn ec_point(
    algorithm: &'static signature::EcdsaSigningAlgorithm,
    structure: &[u8],
) -> Result<Vec<u8>, KeyError> {
    let pair = signature::EcdsaKeyPair::from_private_key_der(algorithm, structure);
    let pair = pair.map_err(|_| KeyError::invalid("d", "is not a private key of the curve"))?;
    Ok(pair.public_key().as_ref().to_vec())
}

/// A private scalar and its point.
pub(crate) struct EcPair {
    pair: signature::EcdsaKeyPair,
    hash: Hash,
}

impl EcPair {
    pub(crate) fn new(
        algorithm: &'static signature::EcdsaSigningAlgorithm,
        hash: Hash,
        scalar: &[u8],
        point: &[u8],
    ) -> Result<Self, Rejected> {
        let pair = signature::EcdsaKeyPair::from_private_key_and_public_key(algorithm, scalar, point);
        Ok(Self { pair: pair.map_err(|_| Rejected)?, hash })
    }

    fn sign_hash(&self, hashed: &digest::Digest) -> Result<Signature, SigningFailed> {
        let made = self.pair.sign_digest(hashed).map_err(|_| SigningFailed::new())?;
        Ok(Signature::copied(made.as_ref()))
    }
}

impl Sign for EcPair {
    fn sign(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        if HASHED_APART {
            return self.sign_hash(&digest::digest(algorithm(self.hash), message));
        }
        let made = self.pair.sign(&rand::SystemRandom::new(), message).map_err(|_| SigningFailed::new())?;
        Ok(Signature::copied(made.as_ref()))
    }

    fn stream(&self) -> Option<Box<dyn SignPieces + '_>> {
        let context = HASHED_APART.then(|| digest::Context::new(algorithm(self.hash)))?;
        Some(Box::new(HashThenSign { context, sign: |hashed: &_| self.sign_hash(hashed) }))
    }
}

pub(crate) fn ed25519_sign(pair: &signature::Ed25519KeyPair, message: &[u8]) -> Result<signature::Signature, Rejected> {
    pair.try_sign(message).map_err(|_| Rejected)
}

/// A private RSA key with a padding.
pub(crate) struct RsaPair {
    pair: rsa::KeyPair,
    padding: &'static dyn signature::RsaEncoding,
    hash: Hash,
}

impl RsaPair {
    /// Of numbers that fit together.
    pub(crate) fn new(
        numbers: &rsa::KeyPairComponents<&[u8]>,
        padding: &'static dyn signature::RsaEncoding,
        hash: Hash,
    ) -> Result<Self, KeyError> {
        let pair = rsa::KeyPair::from_components(numbers).map_err(|_| KeyError::Unsupported {
            what: Quoted::new("RSA"),
            reason: "aws-lc-rs refuses its numbers; make a new key",
        })?;
        Ok(Self { pair, padding, hash })
    }

    fn room(&self) -> Vec<u8> {
        vec![0; self.pair.public_modulus_len()]
    }

    fn sign_hash(&self, hashed: &digest::Digest) -> Result<Signature, SigningFailed> {
        let mut made = self.room();
        self.pair.sign_digest(self.padding, hashed, &mut made).map_err(|_| SigningFailed::new())?;
        Ok(Signature::owned(made))
    }
}

impl Sign for RsaPair {
    fn sign(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        let mut made = self.room();
        let random = rand::SystemRandom::new();
        self.pair.sign(self.padding, &random, message, &mut made).map_err(|_| SigningFailed::new())?;
        Ok(Signature::owned(made))
    }

    fn stream(&self) -> Option<Box<dyn SignPieces + '_>> {
        let context = HASHED_APART.then(|| digest::Context::new(algorithm(self.hash)))?;
        Some(Box::new(HashThenSign { context, sign: |hashed: &_| self.sign_hash(hashed) }))
    }
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

/// The expanded private key of ML-DSA.
pub(crate) fn raw_private_key(pair: &signature::PqdsaKeyPair) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let raw = pair.private_key().as_raw_bytes().map_err(|_| KeyError::invalid("priv", "cannot be expanded"))?;
    Ok(Zeroizing::new(raw.as_ref().to_vec()))
}
