use crate::curve::Curve;
use crate::hash::Hash;
use carnet_core::Quoted;
use core::fmt;
use core::str::FromStr;

/// A signature algorithm of [RFC 7518 §3](https://www.rfc-editor.org/rfc/rfc7518#section-3),
/// [RFC 8037](https://www.rfc-editor.org/rfc/rfc8037) or [RFC 9864](https://www.rfc-editor.org/rfc/rfc9864).
///
/// There is no `none` and no default.
///
/// ```
/// use carnet_jwa::{Algorithm, AlgorithmError};
/// assert_eq!("ES256".parse(), Ok(Algorithm::ES256));
/// assert_eq!("Ed25519".parse(), Ok(Algorithm::EdDSA)); // one algorithm, two spellings
/// assert!(matches!("none".parse::<Algorithm>(), Err(AlgorithmError::Unsupported { .. })));
/// assert!(matches!("es256".parse::<Algorithm>(), Err(AlgorithmError::Unknown { .. })));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256.
    HS256,
    /// HMAC with SHA-384.
    HS384,
    /// HMAC with SHA-512.
    HS512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 octets.
    PS256,
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 octets.
    PS384,
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512 and a salt of 64 octets.
    PS512,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// EdDSA on Ed25519. Written `EdDSA` (RFC 8037) or `Ed25519` (RFC 9864); either is accepted where the other is.
    EdDSA,
}

/// What an algorithm is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Family {
    /// A message authentication code over a shared secret.
    Hmac(Hash),
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(Hash),
    /// RSASSA-PSS with a salt as long as the hash.
    RsaPss(Hash),
    /// ECDSA with the hash of the curve's size.
    Ecdsa(Curve),
    /// Ed25519.
    Ed25519,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: &'static [Self] = &[
        Self::HS256,
        Self::HS384,
        Self::HS512,
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ES256,
        Self::ES384,
        Self::EdDSA,
    ];

    /// The table: one row an algorithm.
    const fn row(self) -> (&'static str, Family) {
        match self {
            Self::HS256 => ("HS256", Family::Hmac(Hash::Sha256)),
            Self::HS384 => ("HS384", Family::Hmac(Hash::Sha384)),
            Self::HS512 => ("HS512", Family::Hmac(Hash::Sha512)),
            Self::RS256 => ("RS256", Family::RsaPkcs1(Hash::Sha256)),
            Self::RS384 => ("RS384", Family::RsaPkcs1(Hash::Sha384)),
            Self::RS512 => ("RS512", Family::RsaPkcs1(Hash::Sha512)),
            Self::PS256 => ("PS256", Family::RsaPss(Hash::Sha256)),
            Self::PS384 => ("PS384", Family::RsaPss(Hash::Sha384)),
            Self::PS512 => ("PS512", Family::RsaPss(Hash::Sha512)),
            Self::ES256 => ("ES256", Family::Ecdsa(Curve::P256)),
            Self::ES384 => ("ES384", Family::Ecdsa(Curve::P384)),
            Self::EdDSA => ("EdDSA", Family::Ed25519),
        }
    }

    /// The name as registered: what signing writes into `alg` unless asked for another spelling.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// What it is made of.
    #[must_use]
    pub const fn family(self) -> Family {
        self.row().1
    }

    /// Whether `alg`, octet for octet, names this algorithm.
    #[must_use]
    pub fn is_named(self, alg: &str) -> bool {
        alg == self.name() || (matches!(self, Self::EdDSA) && alg == ED25519)
    }

    /// Whether it needs a shared secret.
    #[must_use]
    pub const fn is_symmetric(self) -> bool {
        matches!(self.family(), Family::Hmac(_))
    }
}

/// The name RFC 9864 gives EdDSA on Ed25519.
pub(crate) const ED25519: &str = "Ed25519";

/// Registered names that are no [`Algorithm`], each with the reason a person is told.
const UNSUPPORTED: &[(&str, &str)] = &[
    ("none", "it leaves tokens unsigned, and carnet neither makes nor accepts those"),
    ("ES512", "ring has no P-521"),
    ("ES256K", "ring has no secp256k1"),
    ("ML-DSA-44", "ring has no ML-DSA"),
    ("ML-DSA-65", "ring has no ML-DSA"),
    ("ML-DSA-87", "ring has no ML-DSA"),
    ("Ed448", "no backend has it"),
    ("RSA1_5", ENCRYPTS),
    ("RSA-OAEP", ENCRYPTS),
    ("RSA-OAEP-256", ENCRYPTS),
    ("RSA-OAEP-384", ENCRYPTS),
    ("RSA-OAEP-512", ENCRYPTS),
    ("A128KW", ENCRYPTS),
    ("A192KW", ENCRYPTS),
    ("A256KW", ENCRYPTS),
    ("dir", ENCRYPTS),
    ("ECDH-ES", ENCRYPTS),
    ("ECDH-ES+A128KW", ENCRYPTS),
    ("ECDH-ES+A192KW", ENCRYPTS),
    ("ECDH-ES+A256KW", ENCRYPTS),
    ("A128GCMKW", ENCRYPTS),
    ("A192GCMKW", ENCRYPTS),
    ("A256GCMKW", ENCRYPTS),
    ("PBES2-HS256+A128KW", ENCRYPTS),
    ("PBES2-HS384+A192KW", ENCRYPTS),
    ("PBES2-HS512+A256KW", ENCRYPTS),
    ("A128CBC-HS256", ENCRYPTS),
    ("A192CBC-HS384", ENCRYPTS),
    ("A256CBC-HS512", ENCRYPTS),
    ("A128GCM", ENCRYPTS),
    ("A192GCM", ENCRYPTS),
    ("A256GCM", ENCRYPTS),
];

const ENCRYPTS: &str = "it encrypts and does not sign";

/// A configuration or a key names an algorithm that cannot be used. A *token* that does so is rejected as not allowed instead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AlgorithmError {
    /// Registered, and not available here.
    Unsupported {
        /// The registered name.
        name: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// Not a registered name. Names are compared octet for octet.
    Unknown {
        /// The name.
        name: Quoted,
    },
}

impl AlgorithmError {
    /// The stable code: `unsupported_algorithm` or `unknown_algorithm`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unsupported { .. } => "unsupported_algorithm",
            Self::Unknown { .. } => "unknown_algorithm",
        }
    }
}

impl FromStr for Algorithm {
    type Err = AlgorithmError;

    fn from_str(name: &str) -> Result<Self, AlgorithmError> {
        if let Some(&algorithm) = Self::ALL.iter().find(|algorithm| algorithm.is_named(name)) {
            return Ok(algorithm);
        }
        Err(match UNSUPPORTED.iter().find(|(unsupported, _)| *unsupported == name) {
            Some(&(name, reason)) => AlgorithmError::Unsupported { name, reason },
            None => AlgorithmError::Unknown { name: Quoted::new(name) },
        })
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for AlgorithmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported { name, reason } => write!(f, "the algorithm {name} is not supported: {reason}"),
            Self::Unknown { name } => write!(
                f,
                "{name} is not a registered algorithm; names are compared octet for octet, such as HS256, RS256, ES256 or EdDSA"
            ),
        }
    }
}

impl core::error::Error for AlgorithmError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a02_names_are_compared_octet_for_octet() {
        for name in
            ["", "hs256", "Hs256", " HS256", "HS256 ", "HS256\0", "eddsa", "ED25519", "NONE", "nOnE", "ＨＳ２５６"]
        {
            assert!(matches!(name.parse::<Algorithm>(), Err(AlgorithmError::Unknown { .. })), "{name:?}");
        }
    }

    #[test]
    fn every_algorithm_reads_its_own_name() {
        for &algorithm in Algorithm::ALL {
            assert_eq!(algorithm.name().parse(), Ok(algorithm));
        }
        for (name, _) in UNSUPPORTED {
            assert!(matches!(name.parse::<Algorithm>(), Err(AlgorithmError::Unsupported { .. })));
        }
    }
}
