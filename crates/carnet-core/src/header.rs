//! The JOSE header ([RFC 7515 §4](https://www.rfc-editor.org/rfc/rfc7515#section-4)).

mod critical;
mod error;
mod known;
mod names;
mod places;
mod unprotected;

pub use error::HeaderError;
pub use known::{KnownHeader, KnownHeaders};
pub use names::{PRIVATE_KEY_MEMBERS, check_disjoint, is_registered};
pub use places::HeaderPlaces;
pub use unprotected::UnprotectedHeader;

use crate::json::{self, Duplicates, Object, Text};
use crate::quoted::Quoted;
use std::borrow::Cow;

/// A checked JOSE header.
///
/// What it says is the sender's word until the signature over it has been verified; a header got from a verified token
/// has been.
#[derive(Clone, Copy)]
pub struct Header<'a> {
    text: &'a str,
    side: &'a str,
    places: &'a HeaderPlaces,
}

/// Nothing in an empty header.
static NOWHERE: HeaderPlaces = HeaderPlaces::NOWHERE;

impl Default for Header<'_> {
    fn default() -> Self {
        Self { text: "", side: "", places: &NOWHERE }
    }
}

impl<'a> Header<'a> {
    /// Joins a header's text with what [`HeaderPlaces::read`] found in it.
    #[must_use]
    #[inline]
    pub const fn new(text: &'a str, side: &'a str, places: &'a HeaderPlaces) -> Self {
        Self { text, side, places }
    }

    #[inline]
    fn text_at(&self, place: Option<Text>) -> Option<&'a str> {
        place.map(|place| place.of(self.text, self.side))
    }

    /// `alg`: the name of the algorithm. Empty where the header has none, which happens only in a JSON serialization that puts it into the
    /// unprotected header.
    #[must_use]
    #[inline]
    pub fn algorithm(&self) -> &'a str {
        self.text_at(self.places.algorithm).unwrap_or_default()
    }

    /// Whether there is an `alg`.
    #[must_use]
    pub const fn has_algorithm(&self) -> bool {
        self.places.algorithm.is_some()
    }

    /// `kid`: which key was used.
    #[must_use]
    #[inline]
    pub fn key_id(&self) -> Option<&'a str> {
        self.text_at(self.places.key_id)
    }

    /// `typ`: the media type of the whole token, `application/` usually left out.
    #[must_use]
    #[inline]
    pub fn typ(&self) -> Option<&'a str> {
        self.text_at(self.places.typ)
    }

    /// `cty`: the media type of the payload.
    #[must_use]
    pub fn content_type(&self) -> Option<&'a str> {
        self.text_at(self.places.content_type)
    }

    /// Whether there is a `crit`.
    #[inline]
    #[must_use]
    pub const fn has_critical(&self) -> bool {
        self.places.critical.is_some()
    }

    /// The names listed in `crit`; none where there is no `crit`. The rules of RFC 7515 §4.1.11 were checked.
    pub fn critical(&self) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        let names = self.places.critical.map(|place| json::elements(place.of(self.text)));
        names.into_iter().flatten().filter_map(|name| name.string())
    }

    /// Whether the payload stands as it is, without base64url (`b64` is false,
    /// [RFC 7797 §3](https://www.rfc-editor.org/rfc/rfc7797#section-3)).
    #[must_use]
    #[inline]
    pub const fn has_unencoded_payload(&self) -> bool {
        self.places.unencoded
    }

    /// `jku`: where the sender says that its JWK Set is. Read and **never followed**: a sender does not choose whom to trust.
    #[must_use]
    pub fn jku(&self) -> Option<Cow<'a, str>> {
        self.string("jku")
    }

    /// `jwk`: the public key the sender says it signed with, as JSON. **Never trusted**, and no verifier of configured keys looks at it.
    #[must_use]
    pub fn jwk(&self) -> Option<&'a str> {
        self.object()?.raw("jwk")
    }

    /// `x5u`: where the sender says that its certificates are. Read and **never followed**.
    #[must_use]
    pub fn x5u(&self) -> Option<Cow<'a, str>> {
        self.string("x5u")
    }

    /// `x5c`: the certificates the sender says are its own, each as base64 (not base64url) of DER. Neither decoded nor checked, and **never
    /// trusted**.
    #[must_use]
    pub fn x5c(&self) -> Option<Vec<Cow<'a, str>>> {
        self.object()?.strings("x5c").ok().flatten()
    }

    /// `x5t`: the SHA-1 thumbprint of the certificate, as the sender wrote it. Neither decoded nor compared with anything.
    #[must_use]
    pub fn x5t(&self) -> Option<Cow<'a, str>> {
        self.string("x5t")
    }

    /// `x5t#S256`: the SHA-256 thumbprint of the certificate, as the sender wrote it. Neither decoded nor compared with anything.
    #[must_use]
    pub fn x5t_s256(&self) -> Option<Cow<'a, str>> {
        self.string("x5t#S256")
    }

    /// Any parameter, deserialized; `None` when the header does not have it.
    ///
    /// # Errors
    /// [`WrongType`](json::WrongType) when it is there and does not fit `T`.
    pub fn parameter<T: serde::Deserialize<'a>>(&self, name: &str) -> Result<Option<T>, json::WrongType> {
        let object = self.object().ok_or(json::WrongType)?;
        object.raw(name).map(serde_json::from_str).transpose().map_err(|_| json::WrongType)
    }

    /// Where its parameters are, with what was unescaped put onto `side`, which must be empty: so that a copy of its text can be read again.
    #[must_use]
    #[inline]
    pub fn copy_places(&self, side: &mut String) -> HeaderPlaces {
        side.push_str(self.side);
        *self.places
    }

    /// The header's JSON, as received.
    #[must_use]
    #[inline]
    pub const fn as_json(&self) -> &'a str {
        self.text
    }

    fn object(&self) -> Option<Object<'a>> {
        Object::scan(self.text, crate::limits::MAX_JSON_DEPTH, Duplicates::RefusedEverywhere).ok()
    }

    fn string(&self, name: &str) -> Option<Cow<'a, str>> {
        self.object()?.string(name).ok().flatten()
    }
}

impl core::fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let quoted = |value: Option<&str>| value.map(Quoted::new);
        f.debug_struct("Header")
            .field("alg", &Quoted::new(self.algorithm()))
            .field("kid", &quoted(self.key_id()))
            .field("typ", &quoted(self.typ()))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
