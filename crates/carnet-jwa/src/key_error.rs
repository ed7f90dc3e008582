use crate::algorithm_error::AlgorithmError;
use carnet_core::Quoted;
use carnet_core::json::JsonError;
use core::fmt;

/// What is said of DER that the readers of a structure refuse.
pub(crate) const BROKEN_DER: KeyError =
    KeyError::Encoding { reason: "the key inside the file is broken: its DER is not as its kind has it" };

/// A key, a secret or a set of keys cannot be used. Never carries key material.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is not strict JSON.
    Json(JsonError),
    /// The file is no key in a form that is read here.
    Encoding {
        /// What is wrong and what to do.
        reason: &'static str,
    },
    /// Longer than a limit allows.
    TooLarge {
        /// The limit in octets.
        limit: usize,
    },
    /// A member that this type of key must have is missing.
    MissingMember {
        /// The member.
        member: &'static str,
    },
    /// A member breaks a rule.
    InvalidMember {
        /// The member.
        member: &'static str,
        /// The rule.
        reason: &'static str,
    },
    /// A good key perhaps, of a kind that cannot be used here.
    Unsupported {
        /// What it is.
        what: Quoted,
        /// What would help.
        reason: &'static str,
    },
    /// Too weak, or too large to be sensible.
    Weak {
        /// What it is, with the name of the environment variable where it came from one.
        what: String,
        /// Its size and the size needed.
        reason: String,
    },
    /// The octets given as a shared secret are a key of another kind: the mistake behind the "RS256 to HS256" forgery.
    SecretLooksLikeKey {
        /// What they look like.
        what: &'static str,
    },
    /// A shared secret (`oct`) stands in a set, and the rules do not ask for symmetric keys.
    SecretNotAskedFor,
    /// The key does not fit the algorithm.
    Mismatch {
        /// The algorithm's name.
        algorithm: &'static str,
        /// What the key is.
        key: &'static str,
    },
    /// `use` or `key_ops` of the JWK says the key is for something else.
    NotForThis {
        /// The member.
        member: &'static str,
        /// What it says against.
        purpose: &'static str,
    },
    /// `alg` of the JWK says the key is for another algorithm.
    OtherAlgorithm {
        /// What `alg` says.
        own: &'static str,
        /// The algorithm asked for.
        wanted: &'static str,
    },
    /// A ring of keys is to rotate and has no next key.
    NoNextKey,
    /// The algorithm is not available or not known.
    Algorithm(AlgorithmError),
    /// A secret could not be read from the environment.
    Environment {
        /// The name of the variable.
        variable: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The operating system gave no random octets.
    Random,
}

impl KeyError {
    /// The stable code: `invalid_key`, `unsupported_key`, `weak_key`, `key_mismatch`, `key_not_for_this`, `too_large`,
    /// `secret_unavailable`, `random_unavailable`, or that of the [`AlgorithmError`].
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(_) | Self::Encoding { .. } | Self::MissingMember { .. } | Self::InvalidMember { .. } => {
                "invalid_key"
            }
            Self::TooLarge { .. } => "too_large",
            Self::Unsupported { .. } | Self::NoNextKey => "unsupported_key",
            Self::Weak { .. } | Self::SecretLooksLikeKey { .. } => "weak_key",
            Self::Mismatch { .. } => "key_mismatch",
            Self::NotForThis { .. } | Self::OtherAlgorithm { .. } | Self::SecretNotAskedFor => "key_not_for_this",
            Self::Algorithm(error) => error.code(),
            Self::Environment { .. } => "secret_unavailable",
            Self::Random => "random_unavailable",
        }
    }

    /// A member that breaks a rule.
    #[must_use]
    pub const fn invalid(member: &'static str, reason: &'static str) -> Self {
        Self::InvalidMember { member, reason }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => write!(f, "the key is not strict JSON: {error}"),
            Self::Encoding { reason } => f.write_str(reason),
            Self::TooLarge { limit } => write!(f, "longer than the limit of {limit} octets"),
            Self::MissingMember { member } => write!(f, "the key has no member \"{member}\""),
            Self::InvalidMember { member, reason } => write!(f, "the key's member \"{member}\" {reason}"),
            Self::Unsupported { what, reason } => write!(f, "this key ({what}) cannot be used here: {reason}"),
            Self::Weak { what, reason } => write!(f, "{what} {reason}"),
            Self::SecretLooksLikeKey { what } => write!(
                f,
                "the octets given as a shared secret look like {what}; load that as a key for its own algorithm, never as an HMAC secret"
            ),
            Self::SecretNotAskedFor => f.write_str(
                "a shared secret in a set verifies only where symmetric keys are asked for by name (KeyRules::symmetric)",
            ),
            Self::Mismatch { algorithm, key } => write!(f, "{algorithm} cannot be used with {key}"),
            Self::NotForThis { member, purpose } => {
                let remedy = if *member == "use" { "it must be \"sig\" or absent" } else { "it must list that or be absent" };
                write!(f, "the key's \"{member}\" does not allow {purpose}; {remedy}")
            }
            Self::OtherAlgorithm { own, wanted } => write!(
                f,
                "the key's \"alg\" is {own}, so it cannot be used with {wanted}; ask for {own}, or make a key for {wanted}"
            ),
            Self::NoNextKey => f.write_str(
                "the ring has no next key, and a key must be published before it signs; give the ring one with with_next, or exchange the key at once with switch_to",
            ),
            Self::Algorithm(error) => error.fmt(f),
            Self::Environment { variable, reason } => write!(f, "the environment variable {variable} {reason}"),
            Self::Random => f.write_str("the operating system gave no random octets"),
        }
    }
}

impl core::error::Error for KeyError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            Self::Algorithm(error) => Some(error),
            _ => None,
        }
    }
}

impl From<JsonError> for KeyError {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

impl From<AlgorithmError> for KeyError {
    fn from(error: AlgorithmError) -> Self {
        Self::Algorithm(error)
    }
}
