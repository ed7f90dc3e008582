use carnet_core::NumericDate;
use carnet_core::json::JsonError;
use carnet_jws::EmbeddedKeyError;
use core::fmt;

/// What is wrong with a DPoP proof. Never carries octets of the proof, dates aside; names are quoted and cut.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DpopProofError {
    /// The form, the algorithm, the key in the header, or the signature.
    Jws(EmbeddedKeyError),
    /// `typ` is missing or not `dpop+jwt`: a token that was made for something else.
    WrongTyp,
    /// The signature holds, over something that is not a set of claims.
    NotClaims(JsonError),
    /// A claim that every proof has is missing.
    ClaimMissing {
        /// The claim.
        claim: &'static str,
    },
    /// A claim has the wrong JSON type, is out of range, empty or too long.
    ClaimInvalid {
        /// The claim.
        claim: &'static str,
    },
    /// `htm` is another method than the request's.
    MethodMismatch,
    /// `htu` is another URI than the request's, or no URI.
    UriMismatch,
    /// The URI that the server gave as the request's is not absolute, or not one of HTTP. No proof can match it.
    RequestUri,
    /// `iat` lies in the future.
    IssuedInFuture {
        /// `iat`.
        issued_at: NumericDate,
        /// The time of the check, in seconds since 1970-01-01T00:00:00Z.
        now: i64,
        /// The leeway in seconds.
        leeway: i64,
    },
    /// `iat` is longer ago than a proof may be old.
    TooOld {
        /// `iat`.
        issued_at: NumericDate,
        /// The time of the check, in seconds since 1970-01-01T00:00:00Z.
        now: i64,
        /// The largest age in seconds.
        max_age: i64,
        /// The leeway in seconds.
        leeway: i64,
    },
    /// The proof has an `exp`, which has been reached.
    Expired {
        /// `exp`.
        expires_at: NumericDate,
        /// The time of the check, in seconds since 1970-01-01T00:00:00Z.
        now: i64,
        /// The leeway in seconds.
        leeway: i64,
    },
    /// The proof has an `nbf`, which has not been reached.
    NotYetValid {
        /// `nbf`.
        not_before: NumericDate,
        /// The time of the check, in seconds since 1970-01-01T00:00:00Z.
        now: i64,
        /// The leeway in seconds.
        leeway: i64,
    },
    /// The proof was made for an access token (`ath`), and came with none.
    ForAccessToken,
    /// The proof was taken before.
    Replayed,
}

impl DpopProofError {
    /// The stable code, `invalid_dpop_proof`, as RFC 9449 has it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_dpop_proof"
    }
}

impl fmt::Display for DpopProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jws(error) => write!(f, "the DPoP proof is not in order: {error}"),
            Self::WrongTyp => f.write_str("the DPoP proof's \"typ\" is not \"dpop+jwt\""),
            Self::NotClaims(error) => write!(f, "the payload of the DPoP proof is not a set of claims: {error}"),
            Self::ClaimMissing { claim } => write!(f, "the claim \"{claim}\" of the DPoP proof is missing"),
            Self::ClaimInvalid { claim } => {
                let needed = match *claim {
                    "jti" => "a string of 1 to 256 octets is needed",
                    "iat" | "exp" | "nbf" => {
                        "a number is needed, the seconds since 1970-01-01T00:00:00Z, of the years 1 to 9999"
                    }
                    _ => "a string is needed",
                };
                write!(f, "the claim \"{claim}\" of the DPoP proof is invalid: {needed}")
            }
            Self::MethodMismatch => f.write_str("the DPoP proof is for another method (\"htm\")"),
            Self::UriMismatch => f.write_str(
                "the DPoP proof is for another URI (\"htu\"); if it should be this one, see that the request's URI is the one that clients call, and not that of a server behind a proxy",
            ),
            Self::RequestUri => f.write_str(
                "the request's own URI is no absolute http or https URI, so no DPoP proof can be compared with it; give the one that clients call",
            ),
            Self::IssuedInFuture { issued_at, now, leeway } => write!(
                f,
                "the DPoP proof was made at {}, in the future: it is {now} (leeway {leeway} s)",
                issued_at.ceil()
            ),
            Self::TooOld { issued_at, now, max_age, leeway } => write!(
                f,
                "the DPoP proof was made at {issued_at} and it is {now}: older than {max_age} s (leeway {leeway} s)"
            ),
            Self::Expired { expires_at, now, leeway } => {
                write!(f, "the DPoP proof expired at {expires_at} and it is {now} (leeway {leeway} s)")
            }
            Self::NotYetValid { not_before, now, leeway } => write!(
                f,
                "the DPoP proof is not valid before {} and it is {now} (leeway {leeway} s)",
                not_before.ceil()
            ),
            Self::ForAccessToken => {
                f.write_str("the DPoP proof was made for an access token (\"ath\"), and this request has none")
            }
            Self::Replayed => f.write_str("the DPoP proof was used before; every request needs a new one"),
        }
    }
}

impl core::error::Error for DpopProofError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Jws(error) => Some(error),
            Self::NotClaims(error) => Some(error),
            _ => None,
        }
    }
}
