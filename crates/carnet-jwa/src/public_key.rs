use crate::algorithm::Algorithm;
use crate::key_error::KeyError;
use crate::key_kind::{KeyKind, Kind, PublicMembers};
use core::fmt;

/// A checked public key of any kind.
#[derive(Clone)]
pub struct PublicKey {
    kind: &'static dyn Kind,
    members: PublicMembers,
}

impl PublicKey {
    pub(crate) fn new(kind: &'static dyn Kind, members: PublicMembers) -> Result<Self, KeyError> {
        let names = kind.public_members();
        if let Some(&member) = names.get(members.len()) {
            return Err(KeyError::MissingMember { member });
        }
        let key = Self { kind, members };
        kind.check_public(&key)?;
        Ok(key)
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        KeyKind::of(self.kind)
    }

    /// The members under their names in a JWK, in alphabetical order, as octets.
    pub fn members(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.kind.public_members().iter().copied().zip(self.members.iter().map(Vec::as_slice))
    }

    /// One member, which the kind has.
    pub(crate) fn member(&self, name: &str) -> &[u8] {
        self.members().find(|(own, _)| *own == name).map_or(&[], |(_, octets)| octets)
    }

    /// Whether a key of this kind can be used with `algorithm`.
    #[must_use]
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        algorithm.key_kind() == Some(self.kind())
    }

    /// The size in bits, of an RSA key.
    #[must_use]
    pub fn bits(&self) -> Option<usize> {
        self.kind.bits(self)
    }

    /// What an SPKI container holds of it.
    ///
    /// # Errors
    /// [`KeyError::Encoding`], which no checked key causes.
    pub fn to_der(&self) -> Result<Vec<u8>, KeyError> {
        self.kind.public_to_der(self)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.members == other.members
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.kind.description())
    }
}
