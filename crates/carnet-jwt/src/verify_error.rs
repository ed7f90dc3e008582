use crate::rejection::{Rejected, Rejection};
use carnet_core::json::JsonError;
use carnet_core::{ParseError, Quoted};
use carnet_jwk::KeySourceError;
use carnet_jws::JwsError;
use core::fmt;

/// Why a token was not accepted. Never carries octets of the token, keys or claims; names are quoted and cut.
///
/// Everything but [`Rejected`](Self::Rejected) and [`NotClaims`](Self::NotClaims) is decided before the claims are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// Not a JWS in compact serialization, or beyond a limit.
    Parse(ParseError),
    /// `alg` is not allowed, or no key for it is there under this `kid`. That includes `none` and every name that is not known.
    AlgorithmNotAllowed {
        /// What the header says.
        algorithm: Quoted,
    },
    /// `crit` names an extension that was not declared with [`understands`](crate::VerifierBuilder::understands).
    UnsupportedCritical {
        /// The first such name.
        name: Quoted,
    },
    /// No key has the header's `kid`, or there is no key at all.
    UnknownKey {
        /// What the header says.
        key_id: Option<Quoted>,
    },
    /// No key that fits made this signature.
    InvalidSignature,
    /// None of the keys that were tried made this signature, and more would fit than [`Limits::key_trials`](carnet_core::Limits::key_trials) allows to
    /// try. Keys and tokens with a `kid` need one trial.
    TrialsExhausted {
        /// The limit.
        limit: usize,
    },
    /// The keys could not be had. Says nothing about the token: answer 503 and not 401.
    KeySource(KeySourceError),
    /// A [`VerifierSet`](crate::VerifierSet) has no verifier for the issuer that the token names, or it names none. The signature was not looked at.
    UnknownIssuer,
    /// The signature holds, over something that is not a set of claims.
    NotClaims(JsonError),
    /// The signature holds and the policy rejects the token.
    Rejected(Box<Rejected>),
}

impl VerifyError {
    /// The stable code: that of the [`JwsError`], of the first [`Rejection`], `unknown_issuer` or `malformed`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Parse(error) => error.code(),
            Self::AlgorithmNotAllowed { .. } => "algorithm_not_allowed",
            Self::UnsupportedCritical { .. } => "unsupported_critical",
            Self::UnknownKey { .. } => "unknown_key",
            Self::InvalidSignature | Self::TrialsExhausted { .. } => "invalid_signature",
            Self::KeySource(_) => "key_source_unavailable",
            Self::UnknownIssuer => "unknown_issuer",
            Self::NotClaims(_) => "malformed",
            Self::Rejected(rejected) => rejected.code(),
        }
    }

    /// The failed checks of a genuine token; none for other errors.
    #[must_use]
    pub fn rejections(&self) -> &[Rejection] {
        match self {
            Self::Rejected(rejected) => rejected.rejections(),
            _ => &[],
        }
    }

    /// The same error of the JWS layer, where it is one.
    fn as_jws(&self) -> Option<JwsError> {
        Some(match self {
            Self::Parse(error) => JwsError::Parse(error.clone()),
            Self::AlgorithmNotAllowed { algorithm } => JwsError::AlgorithmNotAllowed { algorithm: algorithm.clone() },
            Self::UnsupportedCritical { name } => JwsError::UnsupportedCritical { name: name.clone() },
            Self::UnknownKey { key_id } => JwsError::UnknownKey { key_id: key_id.clone() },
            Self::InvalidSignature => JwsError::InvalidSignature,
            Self::TrialsExhausted { limit } => JwsError::TrialsExhausted { limit: *limit },
            Self::KeySource(error) => JwsError::KeySource(error.clone()),
            Self::UnknownIssuer | Self::NotClaims(_) | Self::Rejected(_) => return None,
        })
    }
}

impl From<JwsError> for VerifyError {
    fn from(error: JwsError) -> Self {
        match error {
            JwsError::Parse(error) => Self::Parse(error),
            JwsError::AlgorithmNotAllowed { algorithm } => Self::AlgorithmNotAllowed { algorithm },
            JwsError::UnsupportedCritical { name } => Self::UnsupportedCritical { name },
            JwsError::UnknownKey { key_id } => Self::UnknownKey { key_id },
            JwsError::InvalidSignature => Self::InvalidSignature,
            JwsError::TrialsExhausted { limit } => Self::TrialsExhausted { limit },
            JwsError::KeySource(error) => Self::KeySource(error),
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownIssuer => f.write_str("the token names no issuer (\"iss\") that is known here"),
            Self::NotClaims(error) => write!(f, "the payload is not a set of claims: {error}"),
            Self::Rejected(rejected) => rejected.fmt(f),
            other => other.as_jws().unwrap_or(JwsError::InvalidSignature).fmt(f),
        }
    }
}

impl core::error::Error for VerifyError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Parse(error) => Some(error),
            Self::KeySource(error) => Some(error),
            Self::NotClaims(error) => Some(error),
            Self::Rejected(rejected) => Some(rejected.as_ref()),
            _ => None,
        }
    }
}
