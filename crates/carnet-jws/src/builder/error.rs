use carnet_core::{HeaderError, Quoted};
use carnet_jwa::SigningFailed;
use core::fmt;

pub(super) const IN_COMPACT: &str = "has octets other than printable ASCII without the dot, which a compact serialization cannot hold (RFC 7797 section 5.2)";

pub(super) const IN_JSON: &str =
    "is not UTF-8 or holds U+0000, which a JSON serialization cannot hold (RFC 7797 section 5.3)";

/// A header parameter that cannot be set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeaderSetError {
    /// The parameter.
    pub name: Quoted,
    pub(super) reason: &'static str,
}

impl fmt::Display for HeaderSetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the header parameter {} {}", self.name, self.reason)
    }
}

impl core::error::Error for HeaderSetError {}

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// A header parameter cannot be set.
    Header(HeaderSetError),
    /// A header as a whole breaks a rule, or a name is in both headers.
    InvalidHeader(HeaderError),
    /// A header is longer than a verifier takes.
    TooLarge {
        /// The limit in octets.
        limit: usize,
    },
    /// Something is to be in the unprotected header, and a compact serialization has none.
    UnprotectedInCompact,
    /// An unencoded payload cannot stand in the token.
    UnencodedPayload {
        /// Why.
        reason: &'static str,
    },
    /// A payload that has to be held in memory to be signed is longer than the limit.
    PayloadTooLarge {
        /// The limit in octets.
        limit: usize,
    },
    /// More signatures than a verifier takes.
    TooManySignatures {
        /// The limit.
        limit: usize,
    },
    /// The signatures of a general JSON serialization do not say the same of their one payload.
    SignaturesDiffer {
        /// The setter that was called for some of them: `unencoded_payload` or `detached`.
        setting: &'static str,
    },
    /// The backend could not sign.
    SigningFailed(SigningFailed),
}

impl SignError {
    /// The stable code: `header_invalid`, `payload_invalid`, `too_large` or `signing_failed`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Header(_) | Self::InvalidHeader(_) | Self::UnprotectedInCompact | Self::SignaturesDiffer { .. } => {
                "header_invalid"
            }
            Self::UnencodedPayload { .. } => "payload_invalid",
            Self::TooLarge { .. } | Self::PayloadTooLarge { .. } | Self::TooManySignatures { .. } => "too_large",
            Self::SigningFailed(_) => "signing_failed",
        }
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(error) => error.fmt(f),
            Self::InvalidHeader(error) => write!(f, "the header would be refused: {error}"),
            Self::TooLarge { limit } => write!(f, "the header is longer than the limit of {limit} octets"),
            Self::UnprotectedInCompact => f.write_str(
                "a compact serialization has no unprotected header; make a JSON serialization with sign_json, or protect the parameter",
            ),
            Self::UnencodedPayload { reason } => {
                write!(f, "the unencoded payload {reason}; leave it out of the token with detached")
            }
            Self::PayloadTooLarge { limit } => write!(
                f,
                "the payload is longer than {limit} octets, and this key needs all of it in memory; sign a digest of it, or use an algorithm that takes it piece by piece"
            ),
            Self::TooManySignatures { limit } => write!(f, "there are more signatures than the limit of {limit}"),
            Self::SignaturesDiffer { setting } => {
                write!(f, "some signatures have {setting} and some do not, and there is one payload; set it for all or none")
            }
            Self::SigningFailed(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for SignError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Header(error) => Some(error),
            Self::InvalidHeader(error) => Some(error),
            Self::SigningFailed(error) => Some(error),
            _ => None,
        }
    }
}
