use super::Rejected;
use crate::hash::Hash;
use crate::key_error::KeyError;
use crate::operation::{Sign, Verify};
use crate::signature::Signature;
use crate::signature_error::{InvalidSignature, SigningFailed};
use ::ring::agreement;
pub(crate) use ::ring::{hmac, rand, rsa, signature};
use carnet_core::Quoted;
use zeroize::Zeroizing;

/// A public key with its algorithm. ring has no parsed form, and reads the octets on every call.
pub(crate) struct ParsedKey {
    algorithm: &'static dyn signature::VerificationAlgorithm,
    octets: Vec<u8>,
    signature_octets: usize,
}

impl ParsedKey {
    /// `signature_octets` is the one length that signatures have, and `hash` what a message is hashed with before anything else, where it is.
    pub(crate) fn new(
        algorithm: &'static dyn signature::VerificationAlgorithm,
        octets: &[u8],
        signature_octets: usize,
        _hash: Option<Hash>,
    ) -> Result<Self, Rejected> {
        Ok(Self { algorithm, octets: octets.to_vec(), signature_octets })
    }
}

impl Verify for ParsedKey {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        if signature.len() != self.signature_octets {
            return Err(InvalidSignature);
        }
        signature::UnparsedPublicKey::new(self.algorithm, &self.octets)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }
}

/// ring checks a point only when it uses it: a throw-away agreement is such a use.
pub(crate) fn check_point(_: &'static signature::EcdsaVerificationAlgorithm, point: &[u8]) -> Result<(), Rejected> {
    let algorithm = match point.len() {
        65 => &agreement::ECDH_P256,
        _ => &agreement::ECDH_P384,
    };
    let private =
        agreement::EphemeralPrivateKey::generate(algorithm, &rand::SystemRandom::new()).map_err(|_| Rejected)?;
    agreement::agree_ephemeral(private, &agreement::UnparsedPublicKey::new(algorithm, point), |_| ())
        .map_err(|_| Rejected)
}

/// The point of a private key that came without one.
pub(crate) fn ec_point(_: &'static signature::EcdsaSigningAlgorithm, _: &[u8]) -> Result<Vec<u8>, KeyError> {
    Err(KeyError::Unsupported {
        what: Quoted::new("EC without its public half"),
        reason: "ring cannot derive it; add it with: openssl ec -in FILE -out KEY.pem, or turn on carnet's feature aws-lc-rs",
    })
}

/// A private scalar and its point.
pub(crate) struct EcPair {
    pair: signature::EcdsaKeyPair,
    random: rand::SystemRandom,
}

impl EcPair {
    pub(crate) fn new(
        algorithm: &'static signature::EcdsaSigningAlgorithm,
        _hash: Hash,
        scalar: &[u8],
        point: &[u8],
    ) -> Result<Self, Rejected> {
        let random = rand::SystemRandom::new();
        let pair = signature::EcdsaKeyPair::from_private_key_and_public_key(algorithm, scalar, point, &random);
        Ok(Self { pair: pair.map_err(|_| Rejected)?, random })
    }
}

impl Sign for EcPair {
    fn sign(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        let made = self.pair.sign(&self.random, message).map_err(|_| SigningFailed::new())?;
        Ok(Signature::copied(made.as_ref()))
    }
}

pub(crate) fn ed25519_sign(pair: &signature::Ed25519KeyPair, message: &[u8]) -> Result<signature::Signature, Rejected> {
    Ok(pair.sign(message))
}

/// A private RSA key with a padding.
pub(crate) struct RsaPair {
    pair: rsa::KeyPair,
    padding: &'static dyn signature::RsaEncoding,
    random: rand::SystemRandom,
}

impl RsaPair {
    /// Of numbers that fit together.
    pub(crate) fn new(
        numbers: &rsa::KeyPairComponents<&[u8]>,
        padding: &'static dyn signature::RsaEncoding,
        _hash: Hash,
    ) -> Result<Self, KeyError> {
        let unsupported = |reason| KeyError::Unsupported { what: Quoted::new("RSA"), reason };
        if numbers.public_key.n.len() > 512 {
            return Err(unsupported(
                "ring signs with at most 4096 bits; use a smaller key, or carnet's feature aws-lc-rs",
            ));
        }
        if numbers.public_key.e.len() < 3 {
            return Err(unsupported(
                "ring signs only with a public exponent of 65537 or more; make a new key, or use carnet's feature aws-lc-rs",
            ));
        }
        let pair = rsa::KeyPair::from_components(numbers).map_err(|_| {
            unsupported(
                "ring signs only with a modulus of 2048, 3072 or 4096 bits made of two primes of half its size; carnet's feature aws-lc-rs takes others",
            )
        })?;
        Ok(Self { pair, padding, random: rand::SystemRandom::new() })
    }
}

impl Sign for RsaPair {
    fn sign(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        let mut made = vec![0; self.pair.public().modulus_len()];
        self.pair.sign(self.padding, &self.random, message, &mut made).map_err(|_| SigningFailed::new())?;
        Ok(Signature::owned(made))
    }
}

/// A new RSA key, which ring does not make.
pub(crate) fn generate_rsa(_: usize) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    Err(KeyError::Unsupported {
        what: Quoted::new("RSA"),
        reason: "ring cannot generate RSA keys; turn on carnet's feature aws-lc-rs, or make one with: \
                 openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072",
    })
}
