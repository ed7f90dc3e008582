use crate::key_error::KeyError;
use crate::members::{PrivateMembers, PrivateOctets, PublicMembers, PublicOctets};
use core::fmt;
use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

/// How SPKI and PKCS#8 name a kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "an AlgorithmIdentifier (RFC 5280 section 4.1.1.2) has these two parts")]
pub struct Identifier {
    /// The algorithm.
    pub oid: ObjectIdentifier,
    /// Its parameters.
    pub parameters: Parameters,
}

/// The parameters of an [`Identifier`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "what writes them must think of each")]
pub enum Parameters {
    /// None.
    Absent,
    /// NULL, which some writers leave out.
    Null,
    /// A named curve.
    Curve(ObjectIdentifier),
}

/// A kind of asymmetric key: what it is called, which members it has, and how these are made, checked and written.
///
/// A key is octets under the names that JWK gives them, so whoever reads and writes keys needs to know no more than this.
pub(crate) trait Kind: Sync {
    /// For messages: "an EC key on P-256".
    fn description(&self) -> &'static str;

    /// `kty`.
    fn key_type(&self) -> &'static str;

    /// The member that tells the kinds of one `kty` apart, and its value.
    fn variant(&self) -> Option<(&'static str, &'static str)>;

    /// The members of the public half.
    fn public_members(&self) -> &'static [&'static str];

    /// The further members of the private half.
    fn private_members(&self) -> &'static [&'static str];

    /// Checks a public half.
    fn check_public(&self, key: &PublicMembers) -> Result<(), KeyError>;

    /// Checks a private half against its public one, which has been checked.
    fn check_private(&self, public: &PublicMembers, private: &PrivateMembers) -> Result<(), KeyError>;

    /// Makes a new key. `bits` is for RSA.
    fn generate(&self, bits: Option<usize>) -> Result<(PublicOctets, PrivateOctets), KeyError>;

    /// The size in bits, where keys of the kind have different ones.
    fn bits(&self, _key: &PublicMembers) -> Option<usize> {
        None
    }

    /// How containers name it.
    fn identifier(&self) -> Identifier;

    /// The public members from what an SPKI container holds.
    fn public_from_der(&self, octets: &[u8]) -> Result<PublicOctets, KeyError>;

    /// What an SPKI container holds.
    fn public_to_der(&self, key: &PublicMembers) -> Result<Vec<u8>, KeyError>;

    /// The members from what a PKCS#8 container holds, and from the public half beside it, where one is.
    fn private_from_der(&self, octets: &[u8], public: Option<&[u8]>)
    -> Result<(PublicOctets, PrivateOctets), KeyError>;

    /// What a PKCS#8 container holds.
    fn private_to_der(&self, public: &PublicMembers, private: &PrivateMembers) -> Result<Zeroizing<Vec<u8>>, KeyError>;
}

/// A kind of asymmetric key: RSA, EC on one curve, Ed25519, or one parameter set of ML-DSA.
///
/// ```
/// # if !carnet_jwa::Algorithm::ES256.is_available() { return; }
/// use carnet_jwa::Algorithm;
/// let kind = Algorithm::ES256.key_kind().unwrap();
/// assert_eq!((kind.key_type(), kind.variant()), ("EC", Some(("crv", "P-256"))));
/// assert_eq!((kind.public_members(), kind.private_members()), (&["x", "y"][..], &["d"][..]));
/// ```
#[derive(Clone, Copy)]
pub struct KeyKind(&'static dyn Kind);

impl KeyKind {
    pub(crate) const fn of(kind: &'static dyn Kind) -> Self {
        Self(kind)
    }

    pub(crate) const fn kind(self) -> &'static dyn Kind {
        self.0
    }

    /// What it is, for messages.
    #[must_use]
    pub fn description(self) -> &'static str {
        self.0.description()
    }

    /// `kty`.
    #[must_use]
    pub fn key_type(self) -> &'static str {
        self.0.key_type()
    }

    /// The member of a JWK that tells the kinds of one `kty` apart, and its value: `crv`, or `alg` for `AKP`.
    #[must_use]
    pub fn variant(self) -> Option<(&'static str, &'static str)> {
        self.0.variant()
    }

    /// The members of the public half, in alphabetical order.
    #[must_use]
    pub fn public_members(self) -> &'static [&'static str] {
        self.0.public_members()
    }

    /// The further members of the private half.
    #[must_use]
    pub fn private_members(self) -> &'static [&'static str] {
        self.0.private_members()
    }

    /// How SPKI and PKCS#8 name it.
    #[must_use]
    pub fn identifier(self) -> Identifier {
        self.0.identifier()
    }
}

impl PartialEq for KeyKind {
    fn eq(&self, other: &Self) -> bool {
        (self.key_type(), self.variant()) == (other.key_type(), other.variant())
    }
}

impl Eq for KeyKind {}

impl fmt::Debug for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyKind({})", self.description())
    }
}
