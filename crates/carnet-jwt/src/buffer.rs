use crate::policy::Subject;
use crate::registered::{Places, Registered};
use crate::verify_error::VerifyError;
use carnet_core::json::{self, Duplicates, JsonError, Member};
use carnet_jwk::KeySource;
use carnet_jws::{JwsBuffer, JwsVerifier};
use core::cell::Cell;
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
}

thread_local! {
    /// Room for the places of members, which a verified token does not need any more: each thread keeps it for its next one.
    static ROOM: Cell<Vec<Member>> = const { Cell::new(Vec::new()) };
}

/// The most places that a thread keeps room for; claims have a dozen members.
const KEPT: usize = 64;

impl TokenBuffer {
    /// Takes the thread's room, to be given back with [`give_room_back`](Self::give_room_back).
    pub(crate) fn take_room_of_the_thread(&mut self) {
        self.jws.set_room(ROOM.take());
    }

    /// Gives the thread its room back. What was verified stays.
    pub(crate) fn give_room_back(&mut self) {
        let room = self.jws.take_room();
        if room.capacity() <= KEPT {
            ROOM.set(room);
        }
    }

    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Verifies a token's signature into this buffer and reads its registered claims, which are not checked yet.
    #[inline]
    pub(crate) fn fill<'b, K: KeySource>(
        &'b mut self,
        token: &str,
        verifier: &JwsVerifier<K>,
    ) -> Result<Subject<'b>, VerifyError> {
        let Self { jws, side, places } = self;
        verifier.check_in(jws, token)?;
        let Some((jws, members)) = jws.verified_and_room() else { return Err(VerifyError::InvalidSignature) };
        let text = core::str::from_utf8(jws.payload()).map_err(|_| VerifyError::NotClaims(JsonError::NotUtf8))?;
        let depth = verifier.current_limits().json_depth;
        json::scan(text, depth, Duplicates::RefusedAtTop, members).map_err(VerifyError::NotClaims)?;
        side.clear();
        places.read(text, members, side);
        Ok(Subject { header: jws.header(), members, registered: Registered { text, side, places } })
    }

    /// The claims' JSON. Empty unless a JWS was verified.
    pub(crate) fn text(&self) -> &str {
        core::str::from_utf8(self.jws.verified_payload().unwrap_or_default()).unwrap_or_default()
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
