use carnet_core::Quoted;
use carnet_jwa::KeyError;
use carnet_jws::SignError;
use core::fmt;

/// Why a token was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError {
    /// Neither an expiry was set nor [`never_expires`](crate::TokenBuilder::never_expires) said.
    NoExpiry,
    /// A claim was set by the builder and in the claims.
    ClaimSetTwice {
        /// The claim.
        claim: Quoted,
    },
    /// The claims are not written as a JSON object, or break a rule of strict JSON.
    NotClaims,
    /// A registered claim has the wrong JSON type, holds U+0000, or is a time outside the years 1 to 9999.
    ClaimInvalid {
        /// The claim.
        claim: &'static str,
    },
    /// `iss`, `sub` or `aud` has a colon and is not a URI, which it must be then ([RFC 7519 §2](https://www.rfc-editor.org/rfc/rfc7519#section-2)).
    NotStringOrUri {
        /// The claim.
        claim: &'static str,
    },
    /// The header could not be written, or the backend could not sign.
    Sign(SignError),
    /// No random octets for the token's ID.
    Random(KeyError),
}

impl TokenError {
    /// The stable code: `no_expiry`, `claim_set_twice`, `not_claims`, `claim_invalid`, `claim_not_uri`, `random_unavailable`, or that of the [`SignError`].
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoExpiry => "no_expiry",
            Self::ClaimSetTwice { .. } => "claim_set_twice",
            Self::NotClaims => "not_claims",
            Self::ClaimInvalid { .. } => "claim_invalid",
            Self::NotStringOrUri { .. } => "claim_not_uri",
            Self::Sign(error) => error.code(),
            Self::Random(error) => error.code(),
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoExpiry => {
                f.write_str("the token has no expiry: set one with expires_in or expires_at, or say never_expires")
            }
            Self::ClaimSetTwice { claim } => {
                write!(f, "the claim {claim} is set by the builder and in the claims; set it in one place")
            }
            Self::NotClaims => {
                f.write_str("the claims must be written as a JSON object (a struct or a map) with distinct names, at most 64 levels deep and without U+0000")
            }
            Self::ClaimInvalid { claim } => {
                write!(
                    f,
                    "the claim \"{claim}\" has the wrong JSON type, holds U+0000, or is a time outside the years 1 to 9999"
                )
            }
            Self::NotStringOrUri { claim } => {
                write!(
                    f,
                    "the claim \"{claim}\" has a colon and is not a URI (RFC 7519 section 2): leave out the colon, or write a scheme before it and percent-encode what a URI may not hold"
                )
            }
            Self::Sign(error) => error.fmt(f),
            Self::Random(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for TokenError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Sign(error) => Some(error),
            Self::Random(error) => Some(error),
            _ => None,
        }
    }
}

impl From<SignError> for TokenError {
    fn from(error: SignError) -> Self {
        Self::Sign(error)
    }
}
