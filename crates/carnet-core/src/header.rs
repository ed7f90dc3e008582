//! The JOSE header ([RFC 7515 §4](https://www.rfc-editor.org/rfc/rfc7515#section-4)).

mod error;

pub use error::HeaderError;

use crate::json::{self, Duplicates, Kind, Member, Object, Span, Text};
use crate::limits::Limits;
use crate::quoted::Quoted;

/// Names that `crit` may not list: those the specifications of JWS, JWE and JWA define themselves.
const REGISTERED: &[&str] = &[
    "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "enc", "zip", "epk", "apu",
    "apv", "iv", "tag", "p2s", "p2c",
];

/// The most names in `crit`. Specifications list one at a time: `b64` (RFC 7797), or the `exp` of the example in RFC 7515 §4.1.11.
const MOST_CRITICAL: usize = 8;

/// Members of a JWK that only a private or a symmetric key has.
pub const PRIVATE_KEY_MEMBERS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// Where the registered parameters of a checked header are. Meaningful only with the text it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeaderPlaces {
    algorithm: Option<Text>,
    key_id: Option<Text>,
    typ: Option<Text>,
    content_type: Option<Text>,
    critical: Option<Span>,
}

impl HeaderPlaces {
    /// Checks a protected header: strict JSON, `alg` present, registered parameters of the right JSON types, a well-formed
    /// `crit`, no private or symmetric key in `jwk`. Whether a critical extension is *understood* is for the verifier to say.
    ///
    /// `members` is scratch space; strings with escapes are unescaped onto `side`.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn read(
        text: &str,
        limits: &Limits,
        members: &mut Vec<Member>,
        side: &mut String,
    ) -> Result<Self, HeaderError> {
        json::scan(text, limits.json_depth, Duplicates::RefusedEverywhere, members).map_err(HeaderError::Json)?;
        let mut places = Self::default();
        let mut string = |member: &Member, name: &'static str| {
            member.string_place(text, side).ok_or(HeaderError::WrongType { name })
        };
        for member in members.iter() {
            let unescaped;
            let name = match member.plain_name(text) {
                Some(name) => name,
                None => {
                    unescaped = member.name(text);
                    &*unescaped
                }
            };
            match name {
                "alg" => places.algorithm = Some(string(member, "alg")?),
                "kid" => {
                    if member.string(text).is_some_and(|key_id| key_id.len() > limits.key_id_octets) {
                        return Err(HeaderError::KeyIdTooLong { limit: limits.key_id_octets });
                    }
                    places.key_id = Some(string(member, "kid")?);
                }
                "typ" => places.typ = Some(string(member, "typ")?),
                "cty" => places.content_type = Some(string(member, "cty")?),
                "crit" => {
                    check_critical(text, members, member)?;
                    places.critical = Some(member.value());
                }
                "jwk" => check_embedded_key(text, limits, member)?,
                "jku" | "x5u" | "x5t" | "x5t#S256" if !member.kind().is_string() => {
                    return Err(HeaderError::WrongType { name: registered(name) });
                }
                "x5c" => {
                    let mut certificates = json::elements(member.value_text(text)).peekable();
                    let empty = member.kind() != Kind::Array || certificates.peek().is_none();
                    if empty || certificates.any(|element| element.string().is_none()) {
                        return Err(HeaderError::WrongType { name: "x5c" });
                    }
                }
                "b64" => match member.kind() {
                    Kind::True => {}
                    Kind::False
                        if json::elements(critical_text(text, members))
                            .any(|name| name.string().as_deref() == Some("b64")) => {}
                    Kind::False => return Err(HeaderError::UnencodedNotCritical),
                    _ => return Err(HeaderError::WrongType { name: "b64" }),
                },
                _ => {}
            }
        }
        if places.algorithm.is_none() {
            return Err(HeaderError::AlgorithmMissing);
        }
        Ok(places)
    }
}

/// The text of the `crit` array, or nothing.
fn critical_text<'a>(text: &'a str, members: &[Member]) -> &'a str {
    members.iter().find(|member| member.is_named("crit", text)).map_or("", |member| member.value_text(text))
}

fn registered(name: &str) -> &'static str {
    REGISTERED.iter().find(|known| **known == name).copied().unwrap_or_default()
}

/// RFC 7515 §4.1.11: a non-empty array of distinct names that are in the header and that no specification of JOSE itself defines.
fn check_critical(text: &str, members: &[Member], member: &Member) -> Result<(), HeaderError> {
    if member.kind() != Kind::Array {
        return Err(HeaderError::Critical);
    }
    let mut names = Vec::new();
    for element in json::elements(member.value_text(text)) {
        let name = element.string().ok_or(HeaderError::Critical)?;
        let present = members.iter().any(|member| member.is_named(&name, text));
        if names.len() >= MOST_CRITICAL || !present || REGISTERED.contains(&&*name) || names.contains(&name) {
            return Err(HeaderError::Critical);
        }
        names.push(name);
    }
    if names.is_empty() { Err(HeaderError::Critical) } else { Ok(()) }
}

fn check_embedded_key(text: &str, limits: &Limits, member: &Member) -> Result<(), HeaderError> {
    if member.kind() != Kind::Object {
        return Err(HeaderError::WrongType { name: "jwk" });
    }
    let key = Object::scan(member.value_text(text), limits.json_depth, Duplicates::RefusedEverywhere)
        .map_err(HeaderError::Json)?;
    let symmetric = key.string("kty").ok().flatten().as_deref() == Some("oct");
    if symmetric || PRIVATE_KEY_MEMBERS.iter().any(|name| key.member(name).is_some()) {
        return Err(HeaderError::PrivateKeyInHeader);
    }
    Ok(())
}

/// A checked JOSE header.
///
/// What it says is the sender's word until the signature over it has been verified; a header got from a verified token
/// has been.
#[derive(Clone, Copy, Default)]
pub struct Header<'a> {
    text: &'a str,
    side: &'a str,
    places: HeaderPlaces,
}

impl<'a> Header<'a> {
    /// Joins a header's text with what [`HeaderPlaces::read`] found in it.
    #[must_use]
    pub const fn new(text: &'a str, side: &'a str, places: HeaderPlaces) -> Self {
        Self { text, side, places }
    }

    fn text_at(&self, place: Option<Text>) -> Option<&'a str> {
        place.map(|place| place.of(self.text, self.side))
    }

    /// `alg`: the name of the algorithm.
    #[must_use]
    pub fn algorithm(&self) -> &'a str {
        self.text_at(self.places.algorithm).unwrap_or_default()
    }

    /// `kid`: which key was used.
    #[must_use]
    pub fn key_id(&self) -> Option<&'a str> {
        self.text_at(self.places.key_id)
    }

    /// `typ`: the media type of the whole token, `application/` usually left out.
    #[must_use]
    pub fn typ(&self) -> Option<&'a str> {
        self.text_at(self.places.typ)
    }

    /// `cty`: the media type of the payload.
    #[must_use]
    pub fn content_type(&self) -> Option<&'a str> {
        self.text_at(self.places.content_type)
    }

    /// The first name listed in `crit`, where there is one. The rules of RFC 7515 §4.1.11 were checked.
    #[must_use]
    pub fn first_critical(&self) -> Option<Quoted> {
        let element = json::elements(self.places.critical?.of(self.text)).next()?;
        element.string().map(|name| Quoted::new(&name))
    }

    /// Any parameter, deserialized; `None` when the header does not have it.
    ///
    /// `jku`, `x5u`, `jwk` and `x5c` can be read like this; carnet never follows or trusts them.
    ///
    /// # Errors
    /// [`WrongType`](json::WrongType) when it is there and does not fit `T`.
    pub fn parameter<T: serde::Deserialize<'a>>(&self, name: &str) -> Result<Option<T>, json::WrongType> {
        let object = Object::scan(self.text, crate::limits::MAX_JSON_DEPTH, Duplicates::RefusedEverywhere)
            .map_err(|_| json::WrongType)?;
        object.raw(name).map(serde_json::from_str).transpose().map_err(|_| json::WrongType)
    }

    /// The header's JSON, as received.
    #[must_use]
    pub const fn as_json(&self) -> &'a str {
        self.text
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
