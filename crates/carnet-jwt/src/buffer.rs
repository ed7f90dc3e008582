use crate::registered::{Places, Registered};
use carnet_core::json::{self, Duplicates, JsonError, Member};
use carnet_jws::JwsBuffer;
use core::fmt;

/// Room for one decoded token, to be used again for the next.
///
/// Borrowed claims ([`Verifier::verify_in`](crate::Verifier::verify_in)) live in it. Once its capacities have grown, verifying allocates nothing
/// but what the claims type itself does. `Debug` shows no contents.
#[derive(Default, Clone)]
pub struct TokenBuffer {
    pub(crate) jws: JwsBuffer,
    side: String,
    places: Places,
    members: Vec<Member>,
}

impl TokenBuffer {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the claims of the JWS that was just verified into this buffer.
    pub(crate) fn read_claims(&mut self, depth: usize) -> Result<(), JsonError> {
        let payload = self.jws.verified().map(|jws| jws.payload()).unwrap_or_default();
        let text = core::str::from_utf8(payload).map_err(|_| JsonError::NotUtf8)?;
        self.side.clear();
        json::scan(text, depth, Duplicates::RefusedAtTop, &mut self.members)?;
        self.places.read(text, &self.members, &mut self.side);
        Ok(())
    }

    /// The claims' JSON. Empty unless a JWS was verified.
    pub(crate) fn text(&self) -> &str {
        let payload = self.jws.verified().map(|jws| jws.payload()).unwrap_or_default();
        core::str::from_utf8(payload).unwrap_or_default()
    }

    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    pub(crate) const fn places(&self) -> &Places {
        &self.places
    }

    pub(crate) fn registered(&self) -> Registered<'_> {
        Registered { text: self.text(), side: &self.side, places: &self.places }
    }
}

impl fmt::Debug for TokenBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenBuffer").field("jws", &self.jws).finish_non_exhaustive()
    }
}
