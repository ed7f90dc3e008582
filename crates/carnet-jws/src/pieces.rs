//! Reading a payload piece by piece.

use std::io::{self, Read};

/// How much is read at a time, in octets.
const AT_A_TIME: usize = 48 * 1024;

/// Why a payload was not read to its end.
pub(crate) enum Stopped<E> {
    /// The reader failed.
    Reader(io::Error),
    /// What was read, or what was to be done with it, was refused.
    Refused(E),
}

impl<E> Stopped<E> {
    /// The reader's error outside and the other one inside.
    pub(crate) fn apart<T>(result: Result<T, Self>) -> io::Result<Result<T, E>> {
        match result {
            Ok(value) => Ok(Ok(value)),
            Err(Self::Refused(error)) => Ok(Err(error)),
            Err(Self::Reader(error)) => Err(error),
        }
    }
}

impl<E> From<E> for Stopped<E> {
    fn from(error: E) -> Self {
        Self::Refused(error)
    }
}

/// Reads a payload to its end and shows each piece.
pub(crate) fn read_pieces<E>(
    mut payload: impl Read,
    mut piece: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), Stopped<E>> {
    let mut room = vec![0; AT_A_TIME];
    loop {
        match payload.read(&mut room) {
            Ok(0) => return Ok(()),
            Ok(read) => piece(room.get(..read).ok_or_else(read_too_much)?)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Stopped::Reader(error)),
        }
    }
}

/// A reader that breaks its contract. What it left out would be missing from what is signed.
fn read_too_much<E>() -> Stopped<E> {
    Stopped::Reader(io::Error::other("the reader says that it read more than there was room for"))
}
