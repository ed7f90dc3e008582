use crate::json::JsonError;
use crate::quoted::Quoted;
use core::fmt;

/// A header breaks a rule of [RFC 7515 §4](https://www.rfc-editor.org/rfc/rfc7515#section-4).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderError {
    /// Not strict JSON.
    Json(JsonError),
    /// No `alg`.
    AlgorithmMissing,
    /// `alg` is in the unprotected header, and the verifier was not told to read it there.
    AlgorithmNotProtected,
    /// No members, in a JSON serialization: such a header must be left out (RFC 7515 §7.2.1).
    Empty,
    /// A name stands in the protected and in the unprotected header.
    InBothHeaders {
        /// The name.
        name: Quoted,
    },
    /// A parameter stands in the unprotected header that must be integrity-protected.
    NotProtected {
        /// The parameter, `crit` or `b64`.
        name: &'static str,
    },
    /// A registered parameter has the wrong JSON type.
    WrongType {
        /// The parameter.
        name: &'static str,
    },
    /// `crit` is not a non-empty array of distinct names that are present and that no JOSE specification defines.
    Critical,
    /// An extension that `crit` must list stands in the header and is not listed (RFC 7797 §6).
    NotCritical {
        /// The parameter, `b64`.
        name: &'static str,
    },
    /// `kid` is longer than the limit.
    KeyIdTooLong {
        /// The limit in octets.
        limit: usize,
    },
    /// `jwk` holds a private or a symmetric key.
    PrivateKeyInHeader,
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::AlgorithmMissing => f.write_str("\"alg\" is missing"),
            Self::AlgorithmNotProtected => f.write_str(
                "\"alg\" is only in the unprotected header, where anybody can change it; a verifier reads it there only when told so with unprotected_algorithm",
            ),
            Self::Empty => f.write_str("it has no members and must then be left out (RFC 7515 section 7.2.1)"),
            Self::InBothHeaders { name } => {
                write!(f, "{name} is in the protected and in the unprotected header (RFC 7515 section 7.2.1)")
            }
            Self::NotProtected { name } => {
                write!(f, "\"{name}\" is in the unprotected header and must be integrity-protected")
            }
            Self::WrongType { name } => write!(f, "\"{name}\" has the wrong JSON type"),
            Self::Critical => f.write_str(
                "\"crit\" is not a non-empty list of distinct extension names that are present in the header (RFC 7515 section 4.1.11)",
            ),
            Self::NotCritical { name } => {
                write!(f, "\"{name}\" is in the header and \"crit\" does not list it (RFC 7797 section 6)")
            }
            Self::KeyIdTooLong { limit } => write!(f, "\"kid\" is longer than the limit of {limit} octets"),
            Self::PrivateKeyInHeader => f.write_str("\"jwk\" holds a private or symmetric key, which nobody may send"),
        }
    }
}

impl core::error::Error for HeaderError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            _ => None,
        }
    }
}
