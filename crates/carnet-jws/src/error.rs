use carnet_core::{ParseError, Quoted};
use carnet_jwk::KeySourceError;
use core::fmt;

/// Why a JWS was not accepted. Never carries octets of the token; names are quoted and cut.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new error must be thought of in the layers above")]
pub enum JwsError {
    /// Not a JWS in the serialization that was asked for, or beyond a limit.
    Parse(ParseError),
    /// `alg` is not allowed, or no key for it is there under this `kid`. That includes `none` and every name that is not known.
    AlgorithmNotAllowed {
        /// What the header says.
        algorithm: Quoted,
    },
    /// `crit` names an extension that was not declared with [`understands`](crate::JwsVerifier::understands), or `b64` without
    /// [`unencoded_payload`](crate::JwsVerifier::unencoded_payload).
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
    /// The keys could not be had. Says nothing about the token.
    KeySource(KeySourceError),
}

impl JwsError {
    /// The stable code: `malformed`, `too_large`, `encrypted_token`, `algorithm_not_allowed`, `unsupported_critical`, `unknown_key`,
    /// `invalid_signature` or `key_source_unavailable`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Parse(error) => error.code(),
            Self::AlgorithmNotAllowed { .. } => "algorithm_not_allowed",
            Self::UnsupportedCritical { .. } => "unsupported_critical",
            Self::UnknownKey { .. } => "unknown_key",
            Self::InvalidSignature | Self::TrialsExhausted { .. } => "invalid_signature",
            Self::KeySource(_) => "key_source_unavailable",
        }
    }

    /// How far a signature got before it was refused.
    pub(crate) const fn rank(&self) -> u8 {
        match self {
            Self::Parse(_) => 0,
            Self::AlgorithmNotAllowed { .. } => 1,
            Self::UnsupportedCritical { .. } => 2,
            Self::KeySource(_) => 3,
            Self::UnknownKey { .. } => 4,
            Self::InvalidSignature => 5,
            Self::TrialsExhausted { .. } => 6,
        }
    }
}

impl fmt::Display for JwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parse(error) => error.fmt(f),
            Self::AlgorithmNotAllowed { algorithm } => {
                write!(f, "the token's algorithm {algorithm} is not allowed here, or no key for it is configured")
            }
            Self::UnsupportedCritical { name } => {
                write!(f, "the token demands the extension {name} (\"crit\"), which is not supported")?;
                f.write_str(match *name == Quoted::new("b64") {
                    true => "; accept it with unencoded_payload, unless the token is a JSON Web Token, which must not have it (RFC 7797 section 7)",
                    false => "; accept it with understands, if you do what it demands",
                })
            }
            Self::UnknownKey { key_id: Some(key_id) } => write!(f, "no key has the token's key ID {key_id}"),
            Self::UnknownKey { key_id: None } => f.write_str("there is no key to verify the token with"),
            Self::InvalidSignature => f.write_str("the signature is invalid"),
            Self::TrialsExhausted { limit } => write!(
                f,
                "none of {limit} keys made the signature, and more would fit than the limit allows to try; give the keys and the tokens a \"kid\", or raise Limits::key_trials"
            ),
            Self::KeySource(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for JwsError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Parse(error) => Some(error),
            Self::KeySource(error) => Some(error),
            _ => None,
        }
    }
}

impl From<ParseError> for JwsError {
    fn from(error: ParseError) -> Self {
        Self::Parse(error)
    }
}
