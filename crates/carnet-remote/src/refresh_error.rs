use crate::address::AddressError;
use crate::fetch::FetchError;
use carnet_core::Quoted;
use carnet_jwk::KeyError;
use core::fmt;
use core::time::Duration;

/// Why an attempt to fetch keys brought none. For the operator: nothing of it says anything about a token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshError {
    /// There is no response.
    Fetch(FetchError),
    /// A status other than 200, a redirect among them.
    Status {
        /// The status.
        status: u16,
    },
    /// The media type of the response is not JSON's.
    ContentType {
        /// What the response says; empty where it says nothing.
        content_type: Quoted,
    },
    /// The response is compressed, though nothing asked for it.
    ContentEncoding,
    /// The response is not a JWK Set.
    NotASet(KeyError),
    /// None of the keys of the set verifies signatures.
    NoUsableKeys {
        /// How many entries it has that are not usable.
        skipped: usize,
    },
    /// None of the places for an issuer's metadata has them.
    NoMetadata {
        /// The status of the last one.
        status: u16,
    },
    /// The issuer's metadata are not strict JSON, or lack `issuer` or `jwks_uri`.
    NotMetadata,
    /// The metadata are those of another issuer ([RFC 8414 §3.3](https://www.rfc-editor.org/rfc/rfc8414#section-3.3)).
    IssuerMismatch {
        /// Whose they are.
        found: Quoted,
    },
    /// The metadata name a `jwks_uri` that keys are not fetched from.
    JwksUri(AddressError),
    /// The attempt was broken off: the runtime ended, or the client panicked.
    BrokenOff,
    /// There is no tokio runtime to fetch in.
    NoRuntime,
    /// There was an attempt a moment ago.
    TooSoon {
        /// After what time there may be one again.
        wait: Duration,
    },
}

impl RefreshError {
    /// A stable code: `unreachable`, `timed_out`, `too_large`, `unexpected_status`, `unexpected_content_type`, `not_a_jwk_set`, `no_usable_keys`, `no_metadata`, `not_metadata`,
    /// `metadata_issuer_mismatch`, `jwks_uri_refused`, `broken_off`, `no_runtime`, `too_soon`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Fetch(FetchError::Unreachable { .. } | FetchError::RootCertificates) => "unreachable",
            Self::Fetch(FetchError::TooLarge { .. }) => "too_large",
            Self::Fetch(FetchError::TimedOut) => "timed_out",
            Self::Status { .. } => "unexpected_status",
            Self::ContentType { .. } | Self::ContentEncoding => "unexpected_content_type",
            Self::NotASet(_) => "not_a_jwk_set",
            Self::NoUsableKeys { .. } => "no_usable_keys",
            Self::NoMetadata { .. } => "no_metadata",
            Self::NotMetadata => "not_metadata",
            Self::IssuerMismatch { .. } => "metadata_issuer_mismatch",
            Self::JwksUri(_) => "jwks_uri_refused",
            Self::BrokenOff => "broken_off",
            Self::NoRuntime => "no_runtime",
            Self::TooSoon { .. } => "too_soon",
        }
    }

    /// Whether it may help to look up the issuer's `jwks_uri` again.
    pub(crate) const fn says_gone(&self) -> bool {
        matches!(self, Self::Status { status: 404 | 410 })
    }
}

impl From<FetchError> for RefreshError {
    fn from(error: FetchError) -> Self {
        Self::Fetch(error.bounded())
    }
}

impl fmt::Display for RefreshError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fetch(error) => error.fmt(f),
            Self::Status { status: status @ 300..=399 } => {
                write!(
                    f,
                    "the server redirects (status {status}), which is not followed: configure the URL it redirects to"
                )
            }
            Self::Status { status } => write!(f, "the server answers with the status {status}"),
            Self::ContentType { content_type } => {
                write!(f, "the response is of the type {content_type} and not JSON: is this the URL of a JWK Set?")
            }
            Self::ContentEncoding => f.write_str("the response is compressed, which was not asked for"),
            Self::NotASet(error) => write!(f, "the response is not a JWK Set: {error}"),
            Self::NoUsableKeys { skipped: 0 } => f.write_str("the set is empty"),
            Self::NoUsableKeys { skipped } => {
                write!(f, "no key of the set verifies signatures here ({skipped} entries skipped)")
            }
            Self::NoMetadata { status } => {
                write!(
                    f,
                    "the issuer publishes no metadata in the places of RFC 8414 and OpenID Connect (the last status is {status}): give the URL of its JWK Set instead"
                )
            }
            Self::NotMetadata => {
                f.write_str("the issuer's metadata are not strict JSON with \"issuer\" and \"jwks_uri\"")
            }
            Self::IssuerMismatch { found } => write!(
                f,
                "the metadata are those of {found}, which is not the issuer that was asked for: they must be the same to the last character, the final slash included"
            ),
            Self::JwksUri(error) => write!(f, "the metadata's jwks_uri is refused: {error}"),
            Self::BrokenOff => f.write_str("the attempt was broken off"),
            Self::NoRuntime => f.write_str("there is no tokio runtime here to fetch in"),
            Self::TooSoon { wait } => write!(f, "there was an attempt a moment ago; the next one may be in {wait:?}"),
        }
    }
}

impl core::error::Error for RefreshError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Fetch(error) => Some(error),
            Self::NotASet(error) => Some(error),
            Self::JwksUri(error) => Some(error),
            _ => None,
        }
    }
}
