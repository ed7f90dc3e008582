use crate::json::JsonError;
use core::fmt;

/// The protected header breaks a rule of [RFC 7515 §4](https://www.rfc-editor.org/rfc/rfc7515#section-4).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderError {
    /// Not strict JSON.
    Json(JsonError),
    /// No `alg`.
    AlgorithmMissing,
    /// A registered parameter has the wrong JSON type.
    WrongType {
        /// The parameter.
        name: &'static str,
    },
    /// `crit` is not a non-empty array of distinct names that are present and that no JOSE specification defines.
    Critical,
    /// `b64` is false without being listed in `crit` (RFC 7797 §6).
    UnencodedNotCritical,
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
            Self::WrongType { name } => write!(f, "\"{name}\" has the wrong JSON type"),
            Self::Critical => f.write_str(
                "\"crit\" is not a non-empty list of distinct extension names that are present in the header (RFC 7515 section 4.1.11)",
            ),
            Self::UnencodedNotCritical => f.write_str("\"b64\" is false and \"crit\" does not list it (RFC 7797 section 6)"),
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
