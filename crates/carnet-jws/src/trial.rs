//! Trying keys on one signature, with a message that comes in pieces.

use carnet_jwa::VerifyingStream;
use carnet_jwk::VerifyingKey;

/// A message on its way to the keys that may have signed it: BASE64URL(protected header) ‖ `.` ‖ the payload's representation.
pub(crate) struct Trial<'k> {
    keys: Vec<&'k VerifyingKey>,
    message: Message,
}

enum Message {
    /// Gathered, for keys that need all of it at once.
    Whole(Vec<u8>),
    /// Hashed as it comes, once for each key.
    Streamed(Vec<VerifyingStream>),
}

impl<'k> Trial<'k> {
    /// Begins a message with its protected header. It is held in memory only where some key cannot take it in pieces.
    pub(crate) fn new(keys: Vec<&'k VerifyingKey>, protected: &str) -> Self {
        let streams = keys.iter().map(|key| key.stream()).collect::<Option<Vec<_>>>();
        let message = streams.map_or(Message::Whole(Vec::new()), Message::Streamed);
        let mut trial = Self { keys, message };
        trial.update(protected.as_bytes());
        trial.update(b".");
        trial
    }

    /// Whether the message is held in memory.
    pub(crate) const fn holds_message(&self) -> bool {
        matches!(self.message, Message::Whole(_))
    }

    /// The next piece of the message.
    pub(crate) fn update(&mut self, piece: &[u8]) {
        match &mut self.message {
            Message::Whole(message) => message.extend_from_slice(piece),
            Message::Streamed(streams) => streams.iter_mut().for_each(|stream| stream.update(piece)),
        }
    }

    /// Ends the message, and gives the key that made the signature.
    pub(crate) fn finish(self, signature: &[u8]) -> Option<&'k VerifyingKey> {
        let place = match self.message {
            Message::Whole(message) => {
                self.keys.iter().position(|key| key.verify_signature(&message, signature).is_ok())
            }
            Message::Streamed(streams) => streams.into_iter().position(|stream| stream.verify(signature).is_ok()),
        };
        self.keys.get(place?).copied()
    }
}
