//! The cryptographic library that carnet stands on in this build, by itself.

#[cfg(feature = "aws-lc-rs")]
pub(crate) use aws_lc_rs::{hmac, rand, signature};
#[cfg(not(feature = "aws-lc-rs"))]
pub(crate) use ring::{hmac, rand, signature};

use signature::{EcdsaKeyPair, VerificationAlgorithm};

/// A pair of keys on P-256, from PKCS#8.
pub(crate) fn ec_pair(der: &[u8]) -> EcdsaKeyPair {
    let algorithm = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
    #[cfg(feature = "aws-lc-rs")]
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, der);
    #[cfg(not(feature = "aws-lc-rs"))]
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, der, &rand::SystemRandom::new());
    pair.expect("the backend reads the key")
}

/// A public key in the form in which the backend verifies fastest: parsed once, where it has such a form.
#[cfg(feature = "aws-lc-rs")]
pub(crate) struct PublicKey(signature::ParsedPublicKey);

#[cfg(feature = "aws-lc-rs")]
impl PublicKey {
    pub(crate) fn new(algorithm: &'static dyn VerificationAlgorithm, octets: &[u8]) -> Self {
        Self(signature::ParsedPublicKey::new(algorithm, octets).expect("the backend reads the key"))
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) {
        self.0.verify_sig(message, signature).expect("the signature is good");
    }
}

/// A public key; ring has no parsed form.
#[cfg(not(feature = "aws-lc-rs"))]
pub(crate) struct PublicKey(signature::UnparsedPublicKey<Vec<u8>>);

#[cfg(not(feature = "aws-lc-rs"))]
impl PublicKey {
    pub(crate) fn new(algorithm: &'static dyn VerificationAlgorithm, octets: &[u8]) -> Self {
        Self(signature::UnparsedPublicKey::new(algorithm, octets.to_vec()))
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) {
        self.0.verify(message, signature).expect("the signature is good");
    }
}
