use super::{Header, HeaderPlaces};
use crate::json;
use core::fmt;

/// The unprotected header of a JSON serialization: **anybody on the way can have changed it**, also in a token that was verified.
///
/// A type of its own, so that it is not taken for a [`Header`]. Good for hints, such as which key to try first; nothing may depend on it.
#[derive(Clone, Copy, Default)]
pub struct UnprotectedHeader<'a>(Header<'a>);

impl<'a> UnprotectedHeader<'a> {
    /// Joins a header's text with what [`HeaderPlaces::read_unprotected`] found in it.
    #[must_use]
    pub const fn new(text: &'a str, side: &'a str, places: &'a HeaderPlaces) -> Self {
        Self(Header::new(text, side, places))
    }

    /// `alg`, where it is not in the protected header.
    #[must_use]
    pub fn algorithm(&self) -> Option<&'a str> {
        self.0.text_at(self.0.places.algorithm)
    }

    /// `kid`, where it is not in the protected header.
    #[must_use]
    pub fn key_id(&self) -> Option<&'a str> {
        self.0.key_id()
    }

    /// Any parameter, deserialized; `None` when the header does not have it.
    ///
    /// # Errors
    /// [`WrongType`](json::WrongType) when it is there and does not fit `T`.
    pub fn parameter<T: serde::Deserialize<'a>>(&self, name: &str) -> Result<Option<T>, json::WrongType> {
        self.0.parameter(name)
    }

    /// The header's JSON, as received.
    #[must_use]
    pub const fn as_json(&self) -> &'a str {
        self.0.as_json()
    }
}

impl fmt::Debug for UnprotectedHeader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unprotected{:?}", self.0)
    }
}
