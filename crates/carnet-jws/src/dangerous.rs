//! Reading a JWS without verifying it. Nothing read here may be believed.

use crate::buffer::JwsBuffer;
use carnet_core::{Header, Limits, ParseError};
use core::fmt;

/// A JWS that was decoded and **not verified**: anybody can have written it.
pub struct UnverifiedJws(JwsBuffer);

impl UnverifiedJws {
    /// The header, as somebody wrote it.
    #[must_use]
    pub fn header(&self) -> Header<'_> {
        self.0.header()
    }

    /// The payload, as somebody wrote it.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.0.payload()
    }

    /// The signature, which nobody checked.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        self.0.signature()
    }
}

impl fmt::Debug for UnverifiedJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnverifiedJws({:?})", self.header())
    }
}

/// Decodes a token under the same rules of form as a verifier, and verifies nothing.
///
/// # Errors
/// [`ParseError`].
pub fn decode(token: &str, limits: &Limits) -> Result<UnverifiedJws, ParseError> {
    let mut buffer = JwsBuffer::new();
    buffer.decode(token, limits)?;
    Ok(UnverifiedJws(buffer))
}
