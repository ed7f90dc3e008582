use crate::quoted::Quoted;
use core::fmt;

/// The text is not JSON under the rules of [`json`](crate::json). Positions count octets from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonError {
    /// Not UTF-8.
    NotUtf8,
    /// Longer than 4 GiB.
    TooLong,
    /// JSON perhaps, but not an object.
    NotAnObject,
    /// Not JSON.
    Syntax {
        /// Where.
        at: usize,
    },
    /// Something follows the object.
    TrailingData {
        /// Where.
        at: usize,
    },
    /// Nested deeper than the limit.
    TooDeep {
        /// The limit in levels.
        limit: usize,
    },
    /// The same name twice in one object.
    DuplicateName {
        /// The name.
        name: Quoted,
    },
    /// Half of a surrogate pair.
    LoneSurrogate {
        /// Where.
        at: usize,
    },
    /// U+0000 in a string.
    Nul {
        /// Where.
        at: usize,
    },
    /// A name that begins with `$serde_json::private::`.
    ReservedName {
        /// Where.
        at: usize,
    },
    /// A number beyond ±1.797e308.
    NumberOutOfRange {
        /// Where.
        at: usize,
    },
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => f.write_str("not UTF-8"),
            Self::TooLong => f.write_str("longer than 4 GiB"),
            Self::NotAnObject => f.write_str("not a JSON object"),
            Self::Syntax { at } => write!(f, "not JSON at octet {at}"),
            Self::TrailingData { at } => write!(f, "something follows the JSON object at octet {at}"),
            Self::TooDeep { limit } => write!(f, "JSON nested deeper than {limit} levels"),
            Self::DuplicateName { name } => write!(f, "the member {name} occurs twice"),
            Self::LoneSurrogate { at } => write!(f, "half of a surrogate pair at octet {at}"),
            Self::Nul { at } => write!(f, "a NUL character at octet {at}"),
            Self::ReservedName { at } => write!(f, "a name reserved by the JSON library at octet {at}"),
            Self::NumberOutOfRange { at } => write!(f, "a number out of range at octet {at}"),
        }
    }
}

impl core::error::Error for JsonError {}
