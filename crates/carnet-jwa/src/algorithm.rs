use crate::algorithm_error::AlgorithmError;
use crate::hash::Hash;
use crate::key_kind::KeyKind;
#[cfg(feature = "aws-lc-rs")]
use crate::ml_dsa;
use crate::registered::UNSUPPORTED;
use crate::scheme::Scheme;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
use crate::{ec, ed25519, rsa};
use carnet_core::Quoted;
use core::fmt;
use core::str::FromStr;

/// What a row says of a build that does not have its algorithm.
type Row = Result<Scheme, &'static str>;

/// A row that either backend has.
macro_rules! any {
    ($scheme:expr) => {{
        #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
        let row: Row = Ok($scheme);
        #[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
        let row: Row = Err("this build has no backend; turn on carnet's feature ring or aws-lc-rs");
        row
    }};
}

/// A row that only aws-lc-rs has.
macro_rules! aws_lc_rs {
    ($scheme:expr) => {{
        #[cfg(feature = "aws-lc-rs")]
        let row: Row = Ok($scheme);
        #[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
        let row: Row = Err("ring does not have it; turn on carnet's feature aws-lc-rs");
        #[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
        let row: Row = Err("this build has no backend; turn on carnet's feature aws-lc-rs, which alone has it");
        row
    }};
}

/// The table: one row an algorithm. What it is, its name, the backends that have it, what it does.
macro_rules! algorithms {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $backends:ident!($scheme:expr);)*) => {
        /// A signature algorithm of [RFC 7518 §3](https://www.rfc-editor.org/rfc/rfc7518#section-3),
        /// [RFC 8037](https://www.rfc-editor.org/rfc/rfc8037), [RFC 8812](https://www.rfc-editor.org/rfc/rfc8812),
        /// [RFC 9864](https://www.rfc-editor.org/rfc/rfc9864) or [RFC 9964](https://www.rfc-editor.org/rfc/rfc9964).
        ///
        /// There is no `none` and no default. Which of them a build can use depends on its backend: see [`is_available`](Self::is_available).
        ///
        /// ```
        /// # if !carnet_jwa::Algorithm::ES256.is_available() { return; }
        /// use carnet_jwa::{Algorithm, AlgorithmError};
        /// assert_eq!("ES256".parse(), Ok(Algorithm::ES256));
        /// assert_eq!("Ed25519".parse(), Ok(Algorithm::EdDSA)); // one algorithm, two spellings
        /// assert!(matches!("none".parse::<Algorithm>(), Err(AlgorithmError::Unsupported { .. })));
        /// assert!(matches!("es256".parse::<Algorithm>(), Err(AlgorithmError::Unknown { .. })));
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(non_camel_case_types, reason = "spelled as registered, as far as Rust allows")]
        #[non_exhaustive]
        pub enum Algorithm {
            $($(#[$doc])* $variant,)*
        }

        impl Algorithm {
            /// Every algorithm, whether this build can use it or not.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name as registered: what signing writes into `alg` unless asked for another spelling.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What it does, or why this build cannot.
            pub(crate) fn row(self) -> Row {
                match self {
                    $(Self::$variant => $backends!($scheme),)*
                }
            }
        }
    };
}

algorithms! {
    /// HMAC with SHA-256.
    HS256 = "HS256", any!(Scheme::Mac(Hash::Sha256));
    /// HMAC with SHA-384.
    HS384 = "HS384", any!(Scheme::Mac(Hash::Sha384));
    /// HMAC with SHA-512.
    HS512 = "HS512", any!(Scheme::Mac(Hash::Sha512));
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256 = "RS256", any!(Scheme::Signature(&rsa::RS256));
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384 = "RS384", any!(Scheme::Signature(&rsa::RS384));
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512 = "RS512", any!(Scheme::Signature(&rsa::RS512));
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 octets.
    PS256 = "PS256", any!(Scheme::Signature(&rsa::PS256));
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 octets.
    PS384 = "PS384", any!(Scheme::Signature(&rsa::PS384));
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512 and a salt of 64 octets.
    PS512 = "PS512", any!(Scheme::Signature(&rsa::PS512));
    /// ECDSA on P-256 with SHA-256.
    ES256 = "ES256", any!(Scheme::Signature(&ec::P256));
    /// ECDSA on P-384 with SHA-384.
    ES384 = "ES384", any!(Scheme::Signature(&ec::P384));
    /// ECDSA on P-521 with SHA-512. Only with aws-lc-rs.
    ES512 = "ES512", aws_lc_rs!(Scheme::Signature(&ec::P521));
    /// ECDSA on secp256k1 with SHA-256 ([RFC 8812](https://www.rfc-editor.org/rfc/rfc8812)). Only with aws-lc-rs.
    ES256K = "ES256K", aws_lc_rs!(Scheme::Signature(&ec::SECP256K1));
    /// EdDSA on Ed25519. Written `EdDSA` (RFC 8037) or `Ed25519` (RFC 9864); either is accepted where the other is.
    EdDSA = "EdDSA", any!(Scheme::Signature(&ed25519::Ed25519));
    /// ML-DSA-44 ([RFC 9964](https://www.rfc-editor.org/rfc/rfc9964), FIPS 204). Only with aws-lc-rs.
    ML_DSA_44 = "ML-DSA-44", aws_lc_rs!(Scheme::Signature(&ml_dsa::ML_DSA_44));
    /// ML-DSA-65 ([RFC 9964](https://www.rfc-editor.org/rfc/rfc9964), FIPS 204). Only with aws-lc-rs.
    ML_DSA_65 = "ML-DSA-65", aws_lc_rs!(Scheme::Signature(&ml_dsa::ML_DSA_65));
    /// ML-DSA-87 ([RFC 9964](https://www.rfc-editor.org/rfc/rfc9964), FIPS 204). Only with aws-lc-rs.
    ML_DSA_87 = "ML-DSA-87", aws_lc_rs!(Scheme::Signature(&ml_dsa::ML_DSA_87));
}

/// The name RFC 9864 gives EdDSA on Ed25519.
const ED25519: &str = "Ed25519";

impl Algorithm {
    /// Whether `alg`, octet for octet, names this algorithm.
    #[must_use]
    pub fn is_named(self, alg: &str) -> bool {
        alg == self.name() || (matches!(self, Self::EdDSA) && alg == ED25519)
    }

    /// Whether it needs a shared secret.
    #[must_use]
    pub const fn is_symmetric(self) -> bool {
        matches!(self, Self::HS256 | Self::HS384 | Self::HS512)
    }

    /// Whether this build has a backend for it. If not, no key can be made for it, and reading its name from a configuration says what would help.
    #[must_use]
    pub fn is_available(self) -> bool {
        self.row().is_ok()
    }

    /// As [`is_available`](Self::is_available), with the reason.
    ///
    /// # Errors
    /// [`AlgorithmError::Unsupported`].
    pub fn check_available(self) -> Result<(), AlgorithmError> {
        self.scheme().map(drop)
    }

    /// The hash of an algorithm that needs a shared secret, whose length is the least one of the secret.
    #[must_use]
    pub const fn mac_hash(self) -> Option<Hash> {
        match self {
            Self::HS256 => Some(Hash::Sha256),
            Self::HS384 => Some(Hash::Sha384),
            Self::HS512 => Some(Hash::Sha512),
            _ => None,
        }
    }

    /// The kind of key it takes; `None` for one that needs a shared secret, and where this build cannot use it.
    #[must_use]
    pub fn key_kind(self) -> Option<KeyKind> {
        match self.row() {
            Ok(Scheme::Signature(scheme)) => Some(KeyKind::of(scheme.kind())),
            Ok(Scheme::Mac(_)) | Err(_) => None,
        }
    }

    /// The kinds of key that this build has: those of its algorithms.
    pub fn key_kinds() -> impl Iterator<Item = KeyKind> {
        let kind_at = |place: usize| Self::ALL.get(place).and_then(|algorithm| algorithm.key_kind());
        (0..Self::ALL.len()).filter_map(move |place| {
            let kind = kind_at(place)?;
            let seen = (0..place).any(|before| kind_at(before) == Some(kind));
            (!seen).then_some(kind)
        })
    }

    pub(crate) fn scheme(self) -> Result<Scheme, AlgorithmError> {
        self.row().map_err(|reason| AlgorithmError::Unsupported { name: self.name(), reason })
    }
}

impl FromStr for Algorithm {
    type Err = AlgorithmError;

    /// Reads a registered name.
    ///
    /// # Errors
    /// [`AlgorithmError`]: a name that is not registered, or one that this build cannot use.
    fn from_str(name: &str) -> Result<Self, AlgorithmError> {
        if let Some(&algorithm) = Self::ALL.iter().find(|algorithm| algorithm.is_named(name)) {
            return algorithm.scheme().map(|_| algorithm);
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
    fn every_algorithm_reads_its_own_name_where_it_is_available() {
        for &algorithm in Algorithm::ALL {
            match algorithm.name().parse::<Algorithm>() {
                Ok(read) => assert!(read == algorithm && algorithm.is_available()),
                Err(AlgorithmError::Unsupported { name, .. }) => {
                    assert!(name == algorithm.name() && !algorithm.is_available());
                }
                Err(error) => panic!("{error}"),
            }
        }
        for (name, _) in UNSUPPORTED {
            assert!(matches!(name.parse::<Algorithm>(), Err(AlgorithmError::Unsupported { .. })));
        }
    }

    #[test]
    fn what_needs_a_secret_is_what_the_table_calls_a_mac() {
        for &algorithm in Algorithm::ALL {
            if let Ok(Scheme::Mac(hash)) = algorithm.row() {
                assert_eq!(algorithm.mac_hash(), Some(hash));
            } else if algorithm.is_available() {
                assert_eq!((algorithm.mac_hash(), algorithm.is_symmetric()), (None, false));
            }
        }
    }
}
