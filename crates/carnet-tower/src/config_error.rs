use crate::url::UrlError;
use carnet_core::Quoted;
use core::fmt;

/// Why a layer cannot be made as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtectConfigError {
    /// A text would have to be escaped in a challenge: it is empty or has a `"`, a `\`, a control character or one beyond ASCII.
    Parameter {
        /// What it is for.
        name: &'static str,
    },
    /// A URL cannot be what it is for.
    Url {
        /// What it is for: `resource_metadata` or `dpop`.
        name: &'static str,
        /// What is wrong with it.
        reason: UrlError,
    },
    /// Not an origin as browsers write it: `https://app.example.com`, in lower case, without a path.
    Origin {
        /// What it is.
        origin: Quoted,
    },
    /// Not the name of a cookie.
    CookieName,
    /// A key does not make message authentication codes: `HS256` and its like do.
    NotSymmetric,
}

impl ProtectConfigError {
    /// The stable code: `invalid_protection`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_protection"
    }
}

impl fmt::Display for ProtectConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter { name } => write!(
                f,
                "the text for {name} is empty or has a quotation mark, a backslash, a control character or one beyond ASCII: choose another"
            ),
            Self::Url { name, reason } => write!(f, "the URL for {name} is refused: {reason}"),
            Self::Origin { origin } => write!(
                f,
                "{origin} is not an origin: write scheme, host in lower case and port if it is not the usual one, as in https://app.example.com"
            ),
            Self::CookieName => {
                f.write_str("this cannot be the name of a cookie: use letters, digits, \"-\" and \"_\"")
            }
            Self::NotSymmetric => {
                f.write_str("the ring must hold keys for HS256, HS384 or HS512, made with KeyRing::from_secrets")
            }
        }
    }
}

impl core::error::Error for ProtectConfigError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Url { reason, .. } => Some(reason),
            _ => None,
        }
    }
}
