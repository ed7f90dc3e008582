use crate::headers::Headers;
use carnet_core::{Header, Quoted, UnprotectedHeader};
use carnet_jwa::Algorithm;
use carnet_jwk::{VerifyingKey, VerifyingKeys};
use core::fmt;

/// The key that made a signature.
#[derive(Clone)]
pub(crate) struct SignedBy {
    algorithm: Algorithm,
    key_id: Option<String>,
    index: usize,
}

impl SignedBy {
    /// A key that is one of these.
    pub(crate) fn one_of(keys: &VerifyingKeys, key: &VerifyingKey) -> Self {
        let index = keys.iter().position(|other| core::ptr::eq(other, key)).unwrap_or(usize::MAX);
        Self { algorithm: key.algorithm(), key_id: key.key_id().map(str::to_owned), index }
    }

    /// A key that the token brought along. What it calls itself says nothing.
    pub(crate) const fn embedded(algorithm: Algorithm) -> Self {
        Self { algorithm, key_id: None, index: 0 }
    }
}

/// One signature that was verified, with its headers.
///
/// There is no way to make one but to verify.
#[derive(Clone)]
pub struct VerifiedSignature {
    index: usize,
    headers: Headers,
    key: SignedBy,
}

impl VerifiedSignature {
    /// For the verifier, after the signature was found valid.
    pub(crate) const fn new(index: usize, headers: Headers, key: SignedBy) -> Self {
        Self { index, headers, key }
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
        self.key.algorithm
    }

    /// The `kid` of the key that verified the signature. It comes from the verifier's keys and not from the token, so it says who signed as far as the
    /// keys do.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key.key_id.as_deref()
    }

    /// The place of the key that verified the signature among the verifier's keys as they were then, in the order of
    /// [`VerifyingKeys::iter`](carnet_jwk::VerifyingKeys::iter) and counted from 0. Where one key is not there twice, signatures of different places are
    /// by different keys. 0 for a key that the token brought along.
    #[must_use]
    pub const fn key_index(&self) -> usize {
        self.key.index
    }
}

impl fmt::Debug for VerifiedSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedSignature")
            .field("index", &self.index)
            .field("alg", &self.algorithm())
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
