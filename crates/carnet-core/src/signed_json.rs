//! The JWS JSON serialization, general and flattened, taken apart and not yet decoded
//! ([RFC 7515 §7.2](https://www.rfc-editor.org/rfc/rfc7515#section-7.2)).

use crate::json::{self, Duplicates, Kind, Object};
use crate::limits::Limits;
use crate::parse_error::{ParseError, Part};
use core::fmt;
use std::borrow::Cow;

/// Members of a JWE (RFC 7516 §7.2): a text that has one is not to be taken for a JWS.
const ENCRYPTED: [&str; 5] = ["ciphertext", "recipients", "encrypted_key", "iv", "tag"];

/// What a signature has, in an element of `signatures` or, flattened, at the top.
const OF_A_SIGNATURE: [&str; 3] = ["protected", "header", "signature"];

const NOT_A_STRING: &str = "is not a string";

/// A JWS in JSON serialization. Its parts are the received text; nothing is decoded and nothing is believed.
#[derive(Clone)]
pub struct SignedJson<'a> {
    payload: Option<Cow<'a, str>>,
    signatures: Vec<SignatureMembers<'a>>,
    general: bool,
}

impl<'a> SignedJson<'a> {
    /// Takes a text apart. Checks that it is strict JSON with distinct names at every level, either flattened or general, with no member of a
    /// JWE, with at least one signature and at most [`Limits::signatures`], and that the members have their types. Other members are ignored, as
    /// the RFC demands. Whether there must be a payload is for the caller to say.
    ///
    /// # Errors
    /// [`ParseError::TooLarge`], [`ParseError::Json`], [`ParseError::EncryptedJson`], [`ParseError::TooManySignatures`], else
    /// [`ParseError::Member`].
    ///
    /// ```
    /// use carnet_core::{Limits, ParseError, signed_json::SignedJson};
    /// let text = r#"{"payload":"AA","protected":"BB","header":{"kid":"1"},"signature":"CC"}"#;
    /// let parsed = SignedJson::parse(text, &Limits::default())?;
    /// assert_eq!(parsed.payload(), Some("AA"));
    /// assert_eq!(parsed.signatures()[0].unprotected(), Some(r#"{"kid":"1"}"#));
    /// let none = SignedJson::parse(r#"{"payload":"AA","signatures":[]}"#, &Limits::default());
    /// assert!(matches!(none, Err(ParseError::Member { name: "signatures", .. })));
    /// # Ok::<(), ParseError>(())
    /// ```
    pub fn parse(text: &'a str, limits: &Limits) -> Result<Self, ParseError> {
        if text.len() > limits.token_octets {
            return Err(ParseError::TooLarge { part: Part::Token, limit: limits.token_octets });
        }
        let object = Object::scan(text, limits.json_depth, Duplicates::RefusedEverywhere).map_err(ParseError::Json)?;
        refuse_encrypted(&object)?;
        let payload = object.string("payload").map_err(|_| member("payload", NOT_A_STRING))?;
        let Some(array) = object.member("signatures") else {
            return Ok(Self { payload, signatures: vec![SignatureMembers::read(&object)?], general: false });
        };
        if let Some(name) = OF_A_SIGNATURE.into_iter().find(|name| object.member(name).is_some()) {
            return Err(member(name, "stands beside \"signatures\"; a JWS is flattened or general, and not both"));
        }
        if array.kind() != Kind::Array {
            return Err(member("signatures", "is not an array"));
        }
        let mut signatures = Vec::new();
        for element in json::elements(array.value_text(text)) {
            if signatures.len() >= limits.signatures {
                return Err(ParseError::TooManySignatures { limit: limits.signatures });
            }
            if element.kind() != Kind::Object {
                return Err(member("signatures", "has an element that is not an object"));
            }
            let element = Object::scan(element.text(), limits.json_depth, Duplicates::RefusedEverywhere)
                .map_err(ParseError::Json)?;
            signatures.push(SignatureMembers::read(&element)?);
        }
        if signatures.is_empty() {
            return Err(member("signatures", "is empty, and nothing is signed then"));
        }
        Ok(Self { payload, signatures, general: true })
    }

    /// `payload`, unescaped; `None` where it is left out, because it is detached.
    #[must_use]
    pub fn payload(&self) -> Option<&str> {
        self.payload.as_deref()
    }

    /// The signatures in their order: at least one, and exactly one where the text is flattened.
    #[must_use]
    pub fn signatures(&self) -> &[SignatureMembers<'a>] {
        &self.signatures
    }

    /// Whether the text is in the general form, with an array `signatures`.
    #[must_use]
    pub const fn is_general(&self) -> bool {
        self.general
    }

    /// The payload and the signatures, taken out.
    #[must_use]
    pub fn into_parts(self) -> (Option<Cow<'a, str>>, Vec<SignatureMembers<'a>>) {
        (self.payload, self.signatures)
    }
}

impl fmt::Debug for SignedJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedJson({} signatures)", self.signatures.len())
    }
}

/// One signature and its headers, as they stand in the text.
#[derive(Clone)]
pub struct SignatureMembers<'a> {
    protected: Option<Cow<'a, str>>,
    unprotected: Option<&'a str>,
    signature: Cow<'a, str>,
}

impl<'a> SignatureMembers<'a> {
    fn read(object: &Object<'a>) -> Result<Self, ParseError> {
        let string = |name: &'static str| object.string(name).map_err(|_| member(name, NOT_A_STRING));
        let protected = string("protected")?;
        let unprotected = match object.member("header") {
            Some(header) if header.kind() != Kind::Object => return Err(member("header", "is not an object")),
            header => header.map(|header| header.value_text(object.text())),
        };
        if protected.is_none() && unprotected.is_none() {
            return Err(member("protected", "is missing, and so is \"header\"; the algorithm must be in one of them"));
        }
        let signature = string("signature")?.ok_or_else(|| member("signature", "is missing"))?;
        Ok(Self { protected, unprotected, signature })
    }

    /// `protected`, unescaped: base64url of the protected header.
    #[must_use]
    pub fn protected(&self) -> Option<&str> {
        self.protected.as_deref()
    }

    /// [`protected`](Self::protected), taken out.
    #[must_use]
    pub fn into_protected(self) -> Option<Cow<'a, str>> {
        self.protected
    }

    /// `header`: the JSON of the unprotected header.
    #[must_use]
    pub const fn unprotected(&self) -> Option<&'a str> {
        self.unprotected
    }

    /// `signature`, unescaped: base64url of the signature.
    #[must_use]
    pub fn signature(&self) -> &str {
        &self.signature
    }
}

impl fmt::Debug for SignatureMembers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureMembers").finish_non_exhaustive()
    }
}

fn refuse_encrypted(object: &Object<'_>) -> Result<(), ParseError> {
    let has = |name: &&str| object.member(name).is_some();
    match ENCRYPTED.into_iter().find(has) {
        None => Ok(()),
        Some("ciphertext") if !["payload", "signature", "signatures"].iter().any(has) => Err(ParseError::EncryptedJson),
        Some(name) => Err(member(name, "belongs to an encrypted token (a JWE); a text is one or the other")),
    }
}

const fn member(name: &'static str, reason: &'static str) -> ParseError {
    ParseError::Member { name, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SignedJson<'_>, ParseError> {
        SignedJson::parse(text, &Limits::default())
    }

    /// The member that an error names, or its code.
    fn refused(text: &str) -> &'static str {
        match parse(text).expect_err(text) {
            ParseError::Member { name, .. } => name,
            ParseError::Json(_) => "json",
            error => error.code(),
        }
    }

    #[test]
    fn rfc7515_7_2_both_forms() {
        let flattened = parse(r#"{"payload":"\u0041A","protected":"BB","signature":"CC","x":[{"y":1}]}"#).unwrap();
        assert!(!flattened.is_general());
        let [signature] = flattened.signatures() else { panic!("one signature") };
        assert_eq!((flattened.payload(), signature.protected()), (Some("AA"), Some("BB")));
        assert_eq!((signature.unprotected(), signature.signature()), (None, "CC"));

        let general =
            r#"{"signatures":[{"header":{"alg":"x"},"signature":""},{"protected":"BB","signature":"CC","payload":1}]}"#;
        let general = parse(general).unwrap();
        assert!(general.is_general() && general.payload().is_none());
        let (payload, signatures) = general.into_parts();
        assert!(payload.is_none());
        assert_eq!(signatures.len(), 2);
        assert_eq!(signatures[0].unprotected(), Some(r#"{"alg":"x"}"#));
    }

    #[test]
    fn d16_members_of_the_wrong_type() {
        for value in ["1", "null", "{}", "[]", "true"] {
            assert_eq!(refused(&format!(r#"{{"payload":{value},"protected":"","signature":""}}"#)), "payload");
            assert_eq!(refused(&format!(r#"{{"payload":"","protected":{value},"signature":""}}"#)), "protected");
            assert_eq!(refused(&format!(r#"{{"payload":"","protected":"","signature":{value}}}"#)), "signature");
            assert_eq!(
                refused(&format!(r#"{{"payload":"","signatures":[{value}]}}"#)),
                match value {
                    "{}" => "protected",
                    _ => "signatures",
                }
            );
        }
        for value in ["1", "null", "\"e30\"", "[]"] {
            assert_eq!(refused(&format!(r#"{{"payload":"","header":{value},"signature":""}}"#)), "header");
            assert_eq!(refused(&format!(r#"{{"payload":"","signatures":{value}}}"#)), "signatures");
        }
        assert_eq!(refused(r#"{"payload":"","protected":""}"#), "signature");
        assert_eq!(refused(r#"{"payload":"","signature":""}"#), "protected");
        assert_eq!(refused("{}"), "protected");
        for text in ["", "a.b.c", "[]", "null", "\"\"", "{", "{}{}"] {
            assert_eq!(refused(text), "json", "{text}");
        }
    }

    #[test]
    fn c10_neither_none_nor_too_many() {
        let general = |count: usize| {
            let one = r#"{"protected":"BB","signature":"CC"}"#;
            format!(r#"{{"payload":"AA","signatures":[{}]}}"#, vec![one; count].join(","))
        };
        assert_eq!(refused(&general(0)), "signatures");
        assert_eq!(parse(&general(16)).unwrap().signatures().len(), 16);
        assert_eq!(parse(&general(17)).unwrap_err(), ParseError::TooManySignatures { limit: 16 });
        assert_eq!(refused(&general(1000)), "too_large");
    }

    #[test]
    fn d11_forms_are_not_mixed() {
        for name in ["protected", "header", "signature"] {
            let value = if name == "header" { "{}" } else { "\"BB\"" };
            let text =
                format!(r#"{{"payload":"AA","signatures":[{{"protected":"BB","signature":"CC"}}],"{name}":{value}}}"#);
            assert_eq!(refused(&text), name);
        }
        for name in ENCRYPTED {
            let text = format!(r#"{{"payload":"AA","protected":"BB","signature":"CC","{name}":null}}"#);
            assert_eq!(refused(&text), name);
        }
        assert_eq!(refused(r#"{"protected":"BB","ciphertext":"AA","iv":"AA","tag":"AA"}"#), "encrypted_token");
        assert_eq!(refused(r#"{"protected":"BB","recipients":[],"ciphertext":"AA"}"#), "encrypted_token");
    }

    #[test]
    fn d04_names_are_distinct_at_every_level() {
        for text in [
            r#"{"payload":"AA","payload":"AB","protected":"BB","signature":"CC"}"#,
            r#"{"payload":"AA","\u0070ayload":"AA","protected":"BB","signature":"CC"}"#,
            r#"{"payload":"AA","signatures":[{"protected":"BB","protected":"BB","signature":"CC"}]}"#,
            r#"{"payload":"AA","header":{"alg":"a","alg":"b"},"signature":"CC"}"#,
            r#"{"payload":"AA","protected":"BB","signature":"CC","x":{"y":[{"z":1,"z":1}]}}"#,
        ] {
            assert_eq!(refused(text), "json", "{text}");
        }
    }

    #[test]
    fn limit_and_limit_plus_one() {
        let text = r#"{"payload":"AA","protected":"BB","signature":"CC"}"#;
        let limit = |token_octets| SignedJson::parse(text, &Limits { token_octets, ..Limits::default() });
        assert!(limit(text.len()).is_ok());
        assert_eq!(limit(text.len() - 1).unwrap_err().code(), "too_large");
        let deep = |levels: usize| {
            format!(
                r#"{{"payload":"","protected":"","signature":"","x":{}{}}}"#,
                "[".repeat(levels),
                "]".repeat(levels)
            )
        };
        assert!(parse(&deep(63)).is_ok());
        assert_eq!(refused(&deep(64)), "json");
    }

    #[test]
    fn d17_debug_shows_no_token() {
        let parsed = parse(r#"{"payload":"secret","protected":"BB","signature":"CC"}"#).unwrap();
        assert_eq!(
            format!("{parsed:?} {:?}", parsed.signatures()[0]),
            "SignedJson(1 signatures) SignatureMembers { .. }"
        );
    }
}
