use crate::algorithm::Algorithm;
use crate::key_error::KeyError;
use crate::key_kind::KeyKind;
use crate::members::PublicMembers;
use core::fmt;

/// A checked public key of any kind.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: KeyKind,
    members: PublicMembers,
}

impl PublicKey {
    /// Takes the members, in the order of [`KeyKind::public_members`].
    ///
    /// # Errors
    /// [`KeyError::MissingMember`]; [`KeyError::InvalidMember`] and [`KeyError::Weak`] when a member breaks a rule.
    pub fn new(kind: KeyKind, members: Vec<Vec<u8>>) -> Result<Self, KeyError> {
        let members = PublicMembers::new(kind.public_members(), members)?;
        kind.kind().check_public(&members)?;
        Ok(Self { kind, members })
    }

    /// Takes what an SPKI container holds.
    ///
    /// # Errors
    /// [`KeyError::Encoding`], and as [`new`](Self::new).
    pub fn from_der(kind: KeyKind, octets: &[u8]) -> Result<Self, KeyError> {
        Self::new(kind, kind.kind().public_from_der(octets)?)
    }

    /// What kind it is.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The members under their names in a JWK, in alphabetical order, as octets.
    pub fn members(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.members.iter()
    }

    pub(crate) const fn numbers(&self) -> &PublicMembers {
        &self.members
    }

    /// Whether a key of this kind can be used with `algorithm`.
    #[must_use]
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        algorithm.key_kind() == Some(self.kind)
    }

    /// The size in bits, of an RSA key.
    #[must_use]
    pub fn bits(&self) -> Option<usize> {
        self.kind.kind().bits(&self.members)
    }

    /// What an SPKI container holds of it.
    ///
    /// # Errors
    /// [`KeyError::Encoding`], which no checked key causes.
    pub fn to_der(&self) -> Result<Vec<u8>, KeyError> {
        self.kind.kind().public_to_der(&self.members)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.kind.description())
    }
}
