use super::names::registered;
use super::{HeaderError, PRIVATE_KEY_MEMBERS, critical};
use crate::json::{self, Duplicates, Kind, Member, Object, Span, Text};
use crate::limits::Limits;

/// Where the registered parameters of a checked header are. Meaningful only with the text it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeaderPlaces {
    pub(super) algorithm: Option<Text>,
    pub(super) key_id: Option<Text>,
    pub(super) typ: Option<Text>,
    pub(super) content_type: Option<Text>,
    pub(super) critical: Option<Span>,
    pub(super) unencoded: bool,
}

/// Which header of a token it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The one there is, in a compact serialization.
    Only,
    /// The protected one of a JSON serialization.
    Protected,
    /// The unprotected one of a JSON serialization.
    Unprotected,
}

impl HeaderPlaces {
    /// Those of a header without members.
    pub(super) const NOWHERE: Self =
        Self { algorithm: None, key_id: None, typ: None, content_type: None, critical: None, unencoded: false };

    /// Checks the header of a compact serialization: strict JSON, `alg` present, registered parameters of the right JSON types, a well-formed
    /// `crit`, no private or symmetric key in `jwk`. Whether a critical extension is *understood* is for the verifier to say.
    ///
    /// `members` is scratch space, and holds the members afterwards; strings with escapes are unescaped onto `side`.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn read(
        text: &str,
        limits: &Limits,
        members: &mut Vec<Member>,
        side: &mut String,
    ) -> Result<Self, HeaderError> {
        Self::read_as(Role::Only, text, limits, members, side)
    }

    /// As [`read`](Self::read), for the protected header of a JSON serialization: `alg` may be in the unprotected one, and a header without
    /// members is refused, since it must be left out ([RFC 7515 §7.2.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.2.1)).
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn read_protected(
        text: &str,
        limits: &Limits,
        members: &mut Vec<Member>,
        side: &mut String,
    ) -> Result<Self, HeaderError> {
        Self::read_as(Role::Protected, text, limits, members, side)
    }

    /// As [`read_protected`](Self::read_protected), for the unprotected header: `crit` and `b64` are refused there, since both must be
    /// integrity-protected.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn read_unprotected(
        text: &str,
        limits: &Limits,
        members: &mut Vec<Member>,
        side: &mut String,
    ) -> Result<Self, HeaderError> {
        Self::read_as(Role::Unprotected, text, limits, members, side)
    }

    /// Whether the payload stands as it is: `b64` is false.
    #[must_use]
    pub const fn has_unencoded_payload(&self) -> bool {
        self.unencoded
    }

    #[inline]
    fn read_as(
        role: Role,
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
                    if role == Role::Unprotected {
                        return Err(HeaderError::NotProtected { name: "crit" });
                    }
                    critical::check(text, members, member)?;
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
                    _ if role == Role::Unprotected => return Err(HeaderError::NotProtected { name: "b64" }),
                    kind @ (Kind::True | Kind::False) => {
                        if !critical::lists(text, members, "b64") {
                            return Err(HeaderError::NotCritical { name: "b64" });
                        }
                        places.unencoded = kind == Kind::False;
                    }
                    _ => return Err(HeaderError::WrongType { name: "b64" }),
                },
                _ => {}
            }
        }
        if role != Role::Only {
            return if members.is_empty() { Err(HeaderError::Empty) } else { Ok(places) };
        }
        if places.algorithm.is_none() {
            return Err(HeaderError::AlgorithmMissing);
        }
        Ok(places)
    }
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
