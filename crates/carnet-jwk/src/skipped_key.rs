use carnet_core::Quoted;
use carnet_jwa::KeyError;
use core::fmt;

/// An entry of a set that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedKey {
    /// Which entry, counted from 0.
    pub index: usize,
    /// Its `kid`, where it has a readable one.
    pub key_id: Option<Quoted>,
    /// Why.
    pub reason: KeyError,
}

impl fmt::Display for SkippedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}", self.index)?;
        if let Some(key_id) = &self.key_id {
            write!(f, " (kid {key_id})")?;
        }
        write!(f, ": {}", self.reason)
    }
}
