use crate::headers::Headers;
use carnet_core::{Header, Quoted, UnprotectedHeader};
use carnet_jwa::Algorithm;
use core::fmt;

/// One signature that was verified, with its headers.
///
/// There is no way to make one but to verify.
#[derive(Clone)]
pub struct VerifiedSignature {
    index: usize,
    headers: Headers,
    algorithm: Algorithm,
    key_id: Option<String>,
}

impl VerifiedSignature {
    /// For the verifier, after the signature was found valid.
    pub(crate) const fn new(index: usize, headers: Headers, algorithm: Algorithm, key_id: Option<String>) -> Self {
        Self { index, headers, algorithm, key_id }
    }

    /// Which signature of the token it is, counted from 0. 0 in a compact and in a flattened serialization, which have one.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// The protected header. `None` where the token has only an unprotected one, and then nothing but the payload is protected.
    #[must_use]
    pub fn protected(&self) -> Option<Header<'_>> {
        self.headers.protected()
    }

    /// The unprotected header, which **anybody on the way can have changed**. `None` where there is none, as in every compact serialization.
    #[must_use]
    pub fn unprotected(&self) -> Option<UnprotectedHeader<'_>> {
        self.headers.unprotected()
    }

    /// The algorithm of the key that verified the signature.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid` of the key that verified the signature. It comes from the verifier's keys and not from the token, so it says who signed as far as the
    /// keys do.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }
}

impl fmt::Debug for VerifiedSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedSignature")
            .field("index", &self.index)
            .field("alg", &self.algorithm)
            .field("key_id", &self.key_id().map(Quoted::new))
            .finish_non_exhaustive()
    }
}

/// The signatures of a JSON serialization that were verified over a detached payload: one, or all of them where
/// [`require_all`](crate::JwsVerifier::require_all) asked for it.
///
/// There is no way to make it but to verify.
#[derive(Clone)]
pub struct VerifiedSignatures {
    first: VerifiedSignature,
    others: Vec<VerifiedSignature>,
}

impl VerifiedSignatures {
    /// For the verifier; `None` of no signatures.
    pub(crate) fn new(signatures: Vec<VerifiedSignature>) -> Option<Self> {
        let mut signatures = signatures.into_iter();
        Some(Self { first: signatures.next()?, others: signatures.collect() })
    }

    /// The first signature that was verified.
    #[must_use]
    pub const fn signature(&self) -> &VerifiedSignature {
        &self.first
    }

    /// Every signature that was verified, in the token's order. Signatures that were not verified are not here.
    pub fn signatures(&self) -> impl Iterator<Item = &VerifiedSignature> {
        core::iter::once(&self.first).chain(&self.others)
    }
}

impl fmt::Debug for VerifiedSignatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.signatures()).finish()
    }
}

/// A JWS in JSON serialization that was verified, with its payload.
///
/// There is no way to make one but to verify.
#[derive(Clone)]
pub struct VerifiedJsonJws {
    payload: Vec<u8>,
    signatures: VerifiedSignatures,
}

impl VerifiedJsonJws {
    /// For the verifier, after the signatures were found valid.
    pub(crate) const fn new(payload: Vec<u8>, signatures: VerifiedSignatures) -> Self {
        Self { payload, signatures }
    }

    /// The payload, octet for octet what was signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload, taken out.
    #[must_use]
    pub fn into_payload(self) -> Vec<u8> {
        self.payload
    }

    /// The first signature that was verified.
    #[must_use]
    pub const fn signature(&self) -> &VerifiedSignature {
        self.signatures.signature()
    }

    /// Every signature that was verified: one, or all of the token's where [`require_all`](crate::JwsVerifier::require_all) asked for it.
    pub fn signatures(&self) -> impl Iterator<Item = &VerifiedSignature> {
        self.signatures.signatures()
    }
}

impl fmt::Debug for VerifiedJsonJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedJsonJws({:?}, payload of {} octets)", self.signatures, self.payload.len())
    }
}
