//! Reading a scanned payload into the caller's claims type.

mod deserializer;
mod error;

pub use error::ClaimsError;

use carnet_core::json::Member;
use serde::Deserialize;

/// Reads claims from a payload that was scanned before. The scan noted where every member is, so that only the members the type asks for are
/// looked at again; what is accepted was settled by the scan and does not depend on the type.
#[inline]
pub(crate) fn read<'de, C: Deserialize<'de>>(text: &'de str, members: &[Member]) -> Result<C, ClaimsError> {
    C::deserialize(deserializer::Claims { text, members }).map_err(|_| ClaimsError::locate::<C>(text))
}

#[cfg(test)]
mod tests;
