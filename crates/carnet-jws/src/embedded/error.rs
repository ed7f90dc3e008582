use crate::error::JwsError;
use carnet_jwa::{Algorithm, KeyError};
use core::fmt;

/// Why a token with an embedded key was not accepted. Never carries octets of the token or the key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmbeddedKeyError {
    /// The token or its signature, as for every JWS.
    Jws(JwsError),
    /// The protected header has no `jwk`.
    Missing,
    /// The key is not taken, or is for something else than the header's `alg`.
    Key(KeyError),
}

impl EmbeddedKeyError {
    /// The stable code: that of the [`JwsError`], `malformed` without a key, or that of the [`KeyError`].
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Jws(error) => error.code(),
            Self::Missing => "malformed",
            Self::Key(error) => error.code(),
        }
    }
}

impl fmt::Display for EmbeddedKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jws(error) => error.fmt(f),
            Self::Missing => {
                f.write_str("the protected header has no \"jwk\"; the sender must put its public key there")
            }
            Self::Key(error) => write!(f, "the key in the header (\"jwk\") is not taken: {error}"),
        }
    }
}

impl core::error::Error for EmbeddedKeyError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Jws(error) => Some(error),
            Self::Key(error) => Some(error),
            Self::Missing => None,
        }
    }
}

impl From<JwsError> for EmbeddedKeyError {
    fn from(error: JwsError) -> Self {
        Self::Jws(error)
    }
}

/// A list of algorithms that would be a mistake. The program is at fault, not a token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmbeddedKeyPolicyError {
    /// No algorithm is allowed.
    NoAlgorithms,
    /// An algorithm needs a shared secret, which is never in a token.
    Symmetric {
        /// The algorithm.
        algorithm: Algorithm,
    },
}

impl EmbeddedKeyPolicyError {
    /// The stable code, `invalid_policy`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_policy"
    }
}

impl fmt::Display for EmbeddedKeyPolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAlgorithms => {
                f.write_str("the list of allowed algorithms is empty; name those that senders may use")
            }
            Self::Symmetric { algorithm } => {
                write!(
                    f,
                    "{algorithm} needs a shared secret, which is never in a token; name algorithms with public keys"
                )
            }
        }
    }
}

impl core::error::Error for EmbeddedKeyPolicyError {}
