use crate::url::UrlError;
use carnet_core::Quoted;
use carnet_jwa::Algorithm;
use core::fmt;

/// Why the metadata of a protected resource cannot be published: a mistake of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtectedResourceError {
    /// A URL cannot be what it is for.
    Url {
        /// The member it is for, such as `resource`.
        member: &'static str,
        /// What is wrong with it.
        reason: UrlError,
    },
    /// No authorization server.
    NoAuthorizationServer,
    /// A name that is empty, or has control characters in it.
    Name,
    /// A scope that is not one ([RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)).
    NotAScope {
        /// The scope.
        scope: Quoted,
    },
    /// The scope `offline_access`.
    OfflineAccess,
    /// An algorithm that no DPoP proof can be verified with, or not by this build.
    DpopAlgorithm {
        /// The algorithm.
        algorithm: Algorithm,
    },
}

impl ProtectedResourceError {
    /// A stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_protected_resource"
    }
}

impl fmt::Display for ProtectedResourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url { member, reason: reason @ UrlError::NotHttps } => write!(
                f,
                "the URL for \"{member}\" is refused: {reason} (for tests, dangerous_allow_http_loopback takes http of this machine)"
            ),
            Self::Url { member, reason } => write!(f, "the URL for \"{member}\" is refused: {reason}"),
            Self::NoAuthorizationServer => {
                f.write_str("no authorization server is named; add each that issues tokens for the resource with authorization_server")
            }
            Self::Name => f.write_str("the name of the resource is empty or has control characters; people are to read it"),
            Self::NotAScope { scope } => {
                write!(f, "{scope} is not one scope; give each by itself, of visible ASCII without quotes and backslashes")
            }
            Self::OfflineAccess => f.write_str(
                "offline_access is between the client and the authorization server and grants nothing here; leave it out of the supported scopes",
            ),
            Self::DpopAlgorithm { algorithm } => {
                write!(f, "this build cannot verify DPoP proofs with {}; name asymmetric algorithms that it has", algorithm.name())
            }
        }
    }
}

impl core::error::Error for ProtectedResourceError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Url { reason, .. } => Some(reason),
            _ => None,
        }
    }
}
