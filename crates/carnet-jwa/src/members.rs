//! The numbers of a key: octets under the names that JWK gives them.

use crate::key_error::KeyError;
use zeroize::Zeroizing;

/// The octets of a public half, in the order of its names.
pub(crate) type PublicOctets = Vec<Vec<u8>>;

/// The further octets of a private half, in the order of its names, wiped when dropped.
pub(crate) type PrivateOctets = Vec<Zeroizing<Vec<u8>>>;

/// Octets under their names.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Members<O> {
    names: &'static [&'static str],
    octets: Vec<O>,
}

/// Those of a public half.
pub(crate) type PublicMembers = Members<Vec<u8>>;

/// The further ones of a private half.
pub(crate) type PrivateMembers = Members<Zeroizing<Vec<u8>>>;

impl<O: AsRef<[u8]>> Members<O> {
    /// # Errors
    /// [`KeyError::MissingMember`] when there are fewer octets than names, [`KeyError::Encoding`] when there are more.
    pub(crate) fn new(names: &'static [&'static str], octets: Vec<O>) -> Result<Self, KeyError> {
        match names.get(octets.len()) {
            Some(&member) => Err(KeyError::MissingMember { member }),
            None if octets.len() > names.len() => {
                Err(KeyError::Encoding { reason: "there are more members than this kind of key has" })
            }
            None => Ok(Self { names, octets }),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.names.iter().copied().zip(self.octets.iter().map(AsRef::as_ref))
    }

    /// The octets under a name that is there; none under any other.
    pub(crate) fn get(&self, name: &str) -> &[u8] {
        self.iter().find(|(own, _)| *own == name).map_or(&[], |(_, octets)| octets)
    }
}
