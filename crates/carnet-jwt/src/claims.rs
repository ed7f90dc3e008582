//! Reading a scanned payload into the caller's claims type.

mod deserializer;
mod error;

pub use error::ClaimsError;

use carnet_core::json::{Duplicates, Member, scan};
use carnet_core::limits::MAX_JSON_DEPTH;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Reads claims from a payload that was scanned before. The scan noted where every member is, so that only the members the type asks for are
/// looked at again; what is accepted was settled by the scan and does not depend on the type.
#[inline]
pub(crate) fn read<'de, C: Deserialize<'de>>(text: &'de str, members: &[Member]) -> Result<C, ClaimsError> {
    C::deserialize(deserializer::Claims { text, members }).map_err(|_| ClaimsError::locate::<C>(text))
}

/// As [`read`], of the payload of a token that was verified, whose places are not kept.
pub(crate) fn read_text<C: DeserializeOwned>(text: &str) -> Result<C, ClaimsError> {
    let mut members = Vec::new();
    // It was scanned under stricter rules before.
    let _ = scan(text, MAX_JSON_DEPTH, Duplicates::RefusedAtTop, &mut members);
    read(text, &members)
}

#[cfg(test)]
mod tests;
