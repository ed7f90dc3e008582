use crate::claims::ClaimsError;
use carnet_core::{NumericDate, Quoted};
use core::fmt;
use serde::de::DeserializeOwned;

/// One check that a genuine token failed. Never carries a claim's value, dates aside.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// `exp` has been reached.
    Expired {
        /// `exp`.
        expires_at: NumericDate,
        /// The time of the check, in seconds since 1970-01-01T00:00:00Z.
        now: i64,
        /// The leeway in seconds.
        leeway: i64,
    },
    /// `nbf` has not been reached.
    NotYetValid {
        /// `nbf`.
        not_before: NumericDate,
        /// The time of the check, in seconds since 1970-01-01T00:00:00Z.
        now: i64,
        /// The leeway in seconds.
        leeway: i64,
    },
    /// `iat` lies in the future, where a largest age is set or the policy asks for it.
    IssuedInFuture {
        /// `iat`.
        issued_at: NumericDate,
        /// The time of the check, in seconds since 1970-01-01T00:00:00Z.
        now: i64,
        /// The leeway in seconds.
        leeway: i64,
    },
    /// `iat` is longer ago than the largest age.
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
    /// The token lives longer than the policy allows: from `iat` to `exp`.
    LifetimeTooLong {
        /// `iat`.
        issued_at: NumericDate,
        /// `exp`.
        expires_at: NumericDate,
        /// The largest lifetime in seconds.
        max_lifetime: i64,
    },
    /// The header's `typ` is not the one required, or missing.
    WrongTyp {
        /// The one required.
        required: String,
    },
    /// `iss` is not the one required.
    IssuerMismatch,
    /// `aud` does not contain the one required.
    AudienceMismatch,
    /// `sub` is not the one required.
    SubjectMismatch,
    /// A claim that is required is missing.
    ClaimMissing {
        /// The claim, or the path of a member in one.
        claim: Quoted,
    },
    /// A claim is there that must not be.
    ClaimForbidden {
        /// The claim.
        claim: Quoted,
    },
    /// A claim is there and has another value than the policy asks for.
    ClaimMismatch {
        /// The claim.
        claim: Quoted,
    },
    /// Two claims that must say the same do not.
    ClaimsDiffer {
        /// The one.
        claim: Quoted,
        /// The other.
        other: Quoted,
    },
    /// A scope that is needed is not granted.
    InsufficientScope {
        /// The scope, or those of which one is needed.
        one_of: Vec<String>,
    },
    /// A claim has the wrong JSON type, is out of range, or does not fit the caller's type.
    ClaimInvalid {
        /// The claim, or the path of a member in one.
        claim: Quoted,
    },
    /// A check of the caller's refused a claim.
    CheckFailed {
        /// The claim it is about.
        claim: Quoted,
    },
}

impl Rejection {
    /// For a check of the caller's: this claim is not acceptable.
    #[must_use]
    pub fn claim(name: &str) -> Self {
        Self::CheckFailed { claim: Quoted::new(name) }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "token_expired",
            Self::NotYetValid { .. } => "token_not_yet_valid",
            Self::IssuedInFuture { .. } => "issued_in_future",
            Self::TooOld { .. } => "token_too_old",
            Self::LifetimeTooLong { .. } => "lifetime_too_long",
            Self::WrongTyp { .. } => "wrong_typ",
            Self::IssuerMismatch => "issuer_mismatch",
            Self::AudienceMismatch => "audience_mismatch",
            Self::SubjectMismatch => "subject_mismatch",
            Self::ClaimMissing { .. } => "claim_missing",
            Self::ClaimInvalid { .. } => "claim_invalid",
            Self::ClaimForbidden { .. } => "claim_forbidden",
            Self::ClaimMismatch { .. } | Self::ClaimsDiffer { .. } => "claim_mismatch",
            Self::InsufficientScope { .. } => "insufficient_scope",
            Self::CheckFailed { .. } => "check_failed",
        }
    }
}

impl From<ClaimsError> for Rejection {
    fn from(error: ClaimsError) -> Self {
        if error.missing { Self::ClaimMissing { claim: error.path } } else { Self::ClaimInvalid { claim: error.path } }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired { expires_at, now, leeway } => {
                write!(f, "the token expired at {expires_at} and it is {now} (leeway {leeway} s)")
            }
            Self::NotYetValid { not_before, now, leeway } => {
                write!(f, "the token is not valid before {} and it is {now} (leeway {leeway} s)", not_before.ceil())
            }
            Self::IssuedInFuture { issued_at, now, leeway } => {
                write!(
                    f,
                    "the token was issued at {}, in the future: it is {now} (leeway {leeway} s)",
                    issued_at.ceil()
                )
            }
            Self::TooOld { issued_at, now, max_age, leeway } => {
                write!(
                    f,
                    "the token was issued at {issued_at} and it is {now}: older than {max_age} s (leeway {leeway} s)"
                )
            }
            Self::LifetimeTooLong { issued_at, expires_at, max_lifetime } => {
                write!(f, "the token lives from {issued_at} to {}, longer than {max_lifetime} s", expires_at.ceil())
            }
            Self::WrongTyp { required } => write!(f, "the token's \"typ\" is not {}", Quoted::new(required)),
            Self::IssuerMismatch => f.write_str("the token's issuer (\"iss\") is not the one required"),
            Self::AudienceMismatch => f.write_str("the token is for another audience (\"aud\")"),
            Self::SubjectMismatch => f.write_str("the token's subject (\"sub\") is not the one required"),
            Self::ClaimForbidden { claim } => write!(f, "the claim {claim} must not be there"),
            Self::ClaimMismatch { claim } => write!(f, "the claim {claim} has another value than the one required"),
            Self::ClaimsDiffer { claim, other } => write!(f, "the claims {claim} and {other} do not say the same"),
            Self::InsufficientScope { one_of } => {
                let names: Vec<String> = one_of.iter().map(|scope| Quoted::new(scope).to_string()).collect();
                let which = if names.len() == 1 { "does not grant the scope" } else { "grants none of the scopes" };
                write!(f, "the token {which} {}", names.join(", "))
            }
            Self::ClaimMissing { claim } => write!(f, "the claim {claim} is missing"),
            Self::ClaimInvalid { claim } if *claim == Quoted::new("") => {
                f.write_str("the claims do not fit the type they are read into")
            }
            Self::ClaimInvalid { claim } => {
                let is = |names: &[&str]| names.iter().any(|name| *claim == Quoted::new(name));
                let needed = if is(&["exp", "nbf", "iat"]) {
                    "a number is needed, the seconds since 1970-01-01T00:00:00Z, of the years 1 to 9999"
                } else if is(&["iss", "sub", "jti", "scope"]) {
                    "a string is needed"
                } else if is(&["aud", "scp"]) {
                    "a string or an array of strings is needed"
                } else {
                    "its JSON type or range is wrong"
                };
                write!(f, "the claim {claim} is invalid: {needed}")
            }
            Self::CheckFailed { claim } => write!(f, "the claim {claim} was refused by a check of the application"),
        }
    }
}

impl core::error::Error for Rejection {}

/// A genuine token (its signature holds) that the policy rejects, with every check it failed.
#[derive(Clone, PartialEq, Eq)]
pub struct Rejected {
    rejections: Vec<Rejection>,
    payload: Box<str>,
}

impl Rejected {
    pub(crate) fn new(rejections: Vec<Rejection>, payload: &str) -> Self {
        Self { rejections, payload: payload.into() }
    }

    /// Every failed check, the weightiest first: times, then types and values, then what did not fit the caller's type. Never empty.
    #[must_use]
    pub fn rejections(&self) -> &[Rejection] {
        &self.rejections
    }

    /// The code of the first failed check.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.rejections.first().map_or("check_failed", Rejection::code)
    }

    /// The claims. The issuer did sign them; they are just not acceptable now or here: good for a log or for telling who has to sign in again,
    /// not for granting anything.
    ///
    /// # Errors
    /// [`ClaimsError`] when they do not fit `C`.
    pub fn authentic_claims<C: DeserializeOwned>(&self) -> Result<C, ClaimsError> {
        crate::claims::read_text(&self.payload)
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, rejection) in self.rejections.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            rejection.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rejected").field(&self.rejections).finish()
    }
}

impl core::error::Error for Rejected {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.rejections.first().map(|rejection| {
            let rejection: &(dyn core::error::Error + 'static) = rejection;
            rejection
        })
    }
}
