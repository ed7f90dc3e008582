use crate::hash::Hash;
use crate::key_error::KeyError;
use crate::key_kind::Kind;
use crate::members::{PrivateMembers, PublicMembers};
use crate::operation::{Sign, Verify};
use std::sync::Arc;

/// What an algorithm does.
#[derive(Clone, Copy)]
pub(crate) enum Scheme {
    /// A message authentication code over a shared secret.
    Mac(Hash),
    /// A signature.
    Signature(&'static dyn SignatureScheme),
}

/// A signature algorithm: which keys it takes, and what it makes of them.
pub(crate) trait SignatureScheme: Sync {
    /// The kind of key. The methods below are given checked keys of this kind only.
    fn kind(&'static self) -> &'static dyn Kind;

    /// Whether a signature can have this length.
    fn is_length(&self, octets: usize) -> bool;

    /// Makes of a public key what verifies.
    fn verifier(&self, key: &PublicMembers) -> Result<Arc<dyn Verify>, KeyError>;

    /// Makes of a private key what signs.
    fn signer(&self, public: &PublicMembers, private: &PrivateMembers) -> Result<Box<dyn Sign>, KeyError>;

    /// The octets of a signature in the form that JWS has, made of a DER one as key management services give it.
    fn read_der(&self, _der: &[u8]) -> Option<Vec<u8>> {
        None
    }
}
