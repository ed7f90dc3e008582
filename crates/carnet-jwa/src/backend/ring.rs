use super::Rejected;
use crate::key_error::KeyError;
use ::ring::agreement;
pub(crate) use ::ring::{hmac, rand, rsa, signature};
use carnet_core::Quoted;
use core::fmt;
use zeroize::Zeroizing;

/// A public key with its algorithm. ring has no parsed form, and reads the octets on every call.
#[derive(Clone)]
pub(crate) struct ParsedKey {
    algorithm: &'static dyn signature::VerificationAlgorithm,
    octets: Vec<u8>,
}

impl ParsedKey {
    pub(crate) fn new(
        algorithm: &'static dyn signature::VerificationAlgorithm,
        octets: &[u8],
    ) -> Result<Self, Rejected> {
        Ok(Self { algorithm, octets: octets.to_vec() })
    }

    #[inline]
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Rejected> {
        signature::UnparsedPublicKey::new(self.algorithm, &self.octets).verify(message, signature).map_err(|_| Rejected)
    }
}

impl fmt::Debug for ParsedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParsedKey")
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

pub(crate) fn ecdsa_pair(
    algorithm: &'static signature::EcdsaSigningAlgorithm,
    scalar: &[u8],
    point: &[u8],
) -> Result<signature::EcdsaKeyPair, Rejected> {
    let random = rand::SystemRandom::new();
    signature::EcdsaKeyPair::from_private_key_and_public_key(algorithm, scalar, point, &random).map_err(|_| Rejected)
}

pub(crate) fn ed25519_sign(pair: &signature::Ed25519KeyPair, message: &[u8]) -> Result<signature::Signature, Rejected> {
    Ok(pair.sign(message))
}

/// Why a private RSA key of this size cannot sign here, where it cannot.
pub(crate) const fn rsa_obstacle(bits: usize, exponent_octets: usize) -> Option<&'static str> {
    if bits > 4096 {
        Some("ring signs with at most 4096 bits; use a smaller key, or carnet's feature aws-lc-rs")
    } else if exponent_octets < 3 {
        Some(
            "ring signs only with a public exponent of 65537 or more; make a new key, or use carnet's feature aws-lc-rs",
        )
    } else {
        None
    }
}

/// What is wrong with a private RSA key whose numbers fit together and which is refused all the same.
pub(crate) const RSA_REJECTED: &str = "ring signs only with a modulus of 2048, 3072 or 4096 bits made of two primes of half its size; \
                                       carnet's feature aws-lc-rs takes others";

/// The point of a private key that came without one.
pub(crate) fn ec_point(_: &'static signature::EcdsaSigningAlgorithm, _: &[u8]) -> Result<Vec<u8>, KeyError> {
    Err(KeyError::Unsupported {
        what: Quoted::new("EC without its public half"),
        reason: "ring cannot derive it; add it with: openssl ec -in FILE -out KEY.pem, or turn on carnet's feature aws-lc-rs",
    })
}

/// A new RSA key, which ring does not make.
pub(crate) fn generate_rsa(_: usize) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    Err(KeyError::Unsupported {
        what: Quoted::new("RSA"),
        reason: "ring cannot generate RSA keys; turn on carnet's feature aws-lc-rs, or make one with: \
                 openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072",
    })
}
