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
        // While a thread ends there is none.
        self.jws.set_room(ROOM.try_with(Cell::take).unwrap_or_default());
    }

    /// Gives the thread its room back. What was verified stays.
    pub(crate) fn give_room_back(&mut self) {
        let room = self.jws.take_room();
        if room.capacity() <= KEPT {
            let _ = ROOM.try_with(|kept| kept.set(room));
        }
    }

    /// Gives back the room that nothing of what was verified is in.
    pub(crate) fn shrink(&mut self) {
        self.jws.shrink();
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

    /// Where the registered claims are.
    pub(crate) const fn places(&self) -> &Places {
        &self.places
    }
}

impl fmt::Debug for TokenBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenBuffer").field("jws", &self.jws).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a thread keeps is bounded, and a thread that ends keeps nothing.
    #[test]
    fn a_thread_keeps_little_room() {
        for (capacity, kept) in [(KEPT, KEPT), (KEPT + 1, 0)] {
            ROOM.set(Vec::new());
            let mut buffer = TokenBuffer::new();
            buffer.jws.set_room(Vec::with_capacity(capacity));
            buffer.give_room_back();
            let mut next = TokenBuffer::new();
            next.take_room_of_the_thread();
            assert_eq!(next.jws.take_room().capacity(), kept);
        }
        struct AtTheEnd;
        impl Drop for AtTheEnd {
            fn drop(&mut self) {
                let mut buffer = TokenBuffer::new();
                buffer.take_room_of_the_thread();
                buffer.give_room_back();
            }
        }
        thread_local!(static LATE: AtTheEnd = const { AtTheEnd });
        let ended = std::thread::spawn(|| {
            LATE.with(|_| ());
            ROOM.set(Vec::with_capacity(1)); // destroyed before LATE, or after it
        });
        assert!(ended.join().is_ok());
    }
}
