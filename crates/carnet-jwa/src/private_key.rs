use crate::key_error::KeyError;
use crate::key_kind::{KeyKind, PrivateMembers};
use crate::public_key::PublicKey;
use core::fmt;
use zeroize::Zeroizing;

/// A checked private key of any kind, and the public key that belongs to it. Wiped when dropped; `Debug` shows no key material.
#[derive(Clone)]
pub struct PrivateKey {
    public: PublicKey,
    members: PrivateMembers,
}

impl PrivateKey {
    /// Joins a public key and the private members, in the order of [`KeyKind::private_members`].
    ///
    /// # Errors
    /// [`KeyError::MissingMember`]; [`KeyError::InvalidMember`] naming the member that breaks a rule or does not belong to the public half.
    pub fn new(public: PublicKey, members: Vec<Zeroizing<Vec<u8>>>) -> Result<Self, KeyError> {
        if let Some(&member) = public.kind().private_members().get(members.len()) {
            return Err(KeyError::MissingMember { member });
        }
        let key = Self { public, members };
        key.kind().kind().check_private(&key)?;
        Ok(key)
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.public.kind()
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The private members under their names in a JWK, as octets.
    pub fn expose_members(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.kind().private_members().iter().copied().zip(self.members.iter().map(|octets| octets.as_slice()))
    }

    /// One private member, which the kind has.
    pub(crate) fn member(&self, name: &str) -> &[u8] {
        self.expose_members().find(|(own, _)| *own == name).map_or(&[], |(_, octets)| octets)
    }

    /// What a PKCS#8 container holds of it.
    ///
    /// # Errors
    /// [`KeyError::Encoding`], which no checked key causes.
    pub fn expose_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.kind().kind().private_to_der(self)
    }
}

impl PartialEq for PrivateKey {
    fn eq(&self, other: &Self) -> bool {
        // Equal public halves have equal private ones, so nothing secret is compared.
        self.public == other.public
    }
}

impl Eq for PrivateKey {}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, redacted)", self.kind().description())
    }
}
