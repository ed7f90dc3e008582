use carnet_core::Quoted;
use core::fmt;

/// A configuration or a key names an algorithm that cannot be used. A *token* that does so is rejected as not allowed instead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AlgorithmError {
    /// Registered, and not available here.
    Unsupported {
        /// The registered name.
        name: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// Not a registered name. Names are compared octet for octet.
    Unknown {
        /// The name.
        name: Quoted,
    },
}

impl AlgorithmError {
    /// The stable code: `unsupported_algorithm` or `unknown_algorithm`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unsupported { .. } => "unsupported_algorithm",
            Self::Unknown { .. } => "unknown_algorithm",
        }
    }
}

impl fmt::Display for AlgorithmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported { name, reason } => write!(f, "the algorithm {name} is not supported: {reason}"),
            Self::Unknown { name } => write!(
                f,
                "{name} is not a registered algorithm; names are compared octet for octet, such as HS256, RS256, ES256 or EdDSA"
            ),
        }
    }
}

impl core::error::Error for AlgorithmError {}
