use crate::algorithm::Algorithm;
use crate::key_error::KeyError;
use crate::key_kind::KeyKind;
use crate::members::PrivateMembers;
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
        let kind = public.kind();
        let members = PrivateMembers::new(kind.private_members(), members)?;
        kind.kind().check_private(public.numbers(), &members)?;
        Ok(Self { public, members })
    }

    /// Takes what a PKCS#8 container holds, and the public half beside it, where there is one.
    ///
    /// # Errors
    /// [`KeyError::Encoding`], [`KeyError::Unsupported`] for a form that is not read, and as [`new`](Self::new).
    pub fn from_der(kind: KeyKind, octets: &[u8], public: Option<&[u8]>) -> Result<Self, KeyError> {
        let (public, private) = kind.kind().private_from_der(octets, public)?;
        Self::new(PublicKey::new(kind, public)?, private)
    }

    /// Makes a new key for an algorithm; `bits` is the size of an RSA key, and means nothing for others.
    ///
    /// # Errors
    /// [`KeyError::Algorithm`] when this build does not have the algorithm, [`KeyError::Mismatch`] for one that needs a shared secret,
    /// [`KeyError::Unsupported`] where the backend makes no such key, [`KeyError::Random`].
    pub fn generate_for(algorithm: Algorithm, bits: Option<usize>) -> Result<Self, KeyError> {
        algorithm.check_available()?;
        let mismatch = KeyError::Mismatch { algorithm: algorithm.name(), key: "a pair of keys" };
        let kind = algorithm.key_kind().ok_or(mismatch)?;
        let (public, private) = kind.kind().generate(bits)?;
        Self::new(PublicKey::new(kind, public)?, private)
    }

    /// What kind it is.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.public.kind()
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The private members under their names in a JWK, as octets.
    pub fn expose_members(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.members.iter()
    }

    pub(crate) const fn numbers(&self) -> &PrivateMembers {
        &self.members
    }

    /// What a PKCS#8 container holds of it.
    ///
    /// # Errors
    /// [`KeyError::Encoding`], which no checked key causes.
    pub fn expose_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.kind().kind().private_to_der(self.public.numbers(), &self.members)
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
