mod content;
mod error;
mod general;
mod headers;
mod identity;
mod stream;

pub use error::{HeaderSetError, SignError};
pub use general::GeneralJwsBuilder;

use carnet_core::header::{HeaderPlaces, is_registered};
use carnet_core::json::Writer;
use carnet_core::{Limits, Quoted, base64url};
use carnet_jwa::Signature;
use carnet_jwk::{AsyncSigner, Signer};
use content::Content;
use core::fmt;
use headers::{Form, Headers};
use identity::Identity;
use serde::Serialize;
use std::borrow::Cow;

/// Parameters that have a setter of their own, or that would change how the token is to be read.
const RESERVED: &[&str] = &["alg", "kid", "typ", "cty", "crit", "b64", "enc", "zip"];

/// Those of them that may not be in the unprotected header, or have a setter of their own for it.
const RESERVED_UNPROTECTED: &[&str] = &["alg", "crit", "b64", "enc", "zip"];

/// Signs payloads of any kind.
///
/// `alg` and `kid` come from the key. The payload is signed, not hidden: anybody who has the token can read it.
///
/// Headers that a verifier would refuse are an error before anything is signed. The token as a whole may be longer than a verifier takes by default, 64 KiB:
/// raise its [`Limits::token_octets`] for large payloads, or leave them out of the token with [`detached`](Self::detached).
///
/// ```
/// use carnet_jwa::Algorithm::EdDSA;
/// use carnet_jwk::SigningKey;
/// use carnet_jws::JwsBuilder;
/// let key = SigningKey::generate(EdDSA)?.with_key_id("2026-11")?;
/// let token = JwsBuilder::new().content_type("text/plain").header("lang", &"en").sign(b"hello", &key)?;
/// assert_eq!(token.split('.').count(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct JwsBuilder<'a> {
    key_id: Option<Cow<'a, str>>,
    typ: Option<Cow<'a, str>>,
    content_type: Option<Cow<'a, str>>,
    parameters: Vec<(String, String)>,
    /// What few tokens have, out of the way of all others.
    special: Option<Box<Special>>,
    /// The first thing that went wrong, told when signing.
    error: Option<HeaderSetError>,
}

/// What goes beyond the plain compact serialization.
#[derive(Clone, Default)]
struct Special {
    unprotected: Vec<(String, String)>,
    /// Names among the parameters that `crit` lists.
    critical: Vec<String>,
    unprotected_algorithm: bool,
    unencoded: bool,
    detached: bool,
}

/// Nothing of the kind.
static PLAIN: Special = Special {
    unprotected: Vec::new(),
    critical: Vec::new(),
    unprotected_algorithm: false,
    unencoded: false,
    detached: false,
};

impl<'a> JwsBuilder<'a> {
    /// A builder that writes `alg` and, where the key has one, `kid`.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes this `kid` instead of the key's.
    #[must_use]
    pub fn key_id(mut self, key_id: impl Into<Cow<'a, str>>) -> Self {
        self.key_id = Some(key_id.into());
        self
    }

    /// Writes `typ`, the media type of the whole token without `application/`.
    #[inline]
    #[must_use]
    pub fn typ(mut self, typ: impl Into<Cow<'a, str>>) -> Self {
        self.typ = Some(typ.into());
        self
    }

    /// Writes `cty`, the media type of the payload.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<Cow<'a, str>>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Writes another header parameter. It is integrity-protected and readable by everybody.
    ///
    /// Parameters with a setter of their own, and `alg`, `crit`, `b64`, `enc` and `zip`, are an error when signing, and so is a name given
    /// twice.
    #[must_use]
    pub fn header<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        let problem = if RESERVED.contains(&name) { Err(another_way(name)) } else { Ok(()) };
        if let Err(reason) = problem.and_then(|()| set(&mut self.parameters, name, value)) {
            self.fail(name, reason);
        }
        self
    }

    /// As [`header`](Self::header), and lists the parameter in `crit`: a verifier that does not understand it must refuse the token
    /// ([RFC 7515 §4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11)).
    ///
    /// A parameter that JWS, JWE or JWA itself defines is an error when signing, and so is `b64`, for which there is
    /// [`unencoded_payload`](Self::unencoded_payload).
    #[must_use]
    pub fn critical<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        let problem = if RESERVED.contains(&name) || is_registered(name) {
            Err("is no extension, and \"crit\" may not list it like this")
        } else {
            Ok(())
        };
        match problem.and_then(|()| set(&mut self.parameters, name, value)) {
            Ok(()) => self.special_mut().critical.push(name.to_owned()),
            Err(reason) => self.fail(name, reason),
        }
        self
    }

    /// Writes a parameter into the unprotected header, **which anybody on the way can change**. JSON serializations alone have one: it is an error to
    /// [`sign`](Self::sign) with it.
    ///
    /// A `kid` here takes the place of the one in the protected header. `alg`, `crit`, `b64`, `enc` and `zip` are an error when signing, and so is a name
    /// that is in the protected header as well.
    #[must_use]
    pub fn unprotected<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        let problem = if RESERVED_UNPROTECTED.contains(&name) { Err(another_way(name)) } else { Ok(()) };
        if let Err(reason) = problem.and_then(|()| set(&mut self.special_mut().unprotected, name, value)) {
            self.fail(name, reason);
        }
        self
    }

    /// Writes `alg` into the unprotected header instead of the protected one, for verifiers that want it so
    /// ([RFC 7520 §4.7](https://www.rfc-editor.org/rfc/rfc7520#section-4.7)). Most refuse it. JSON serializations only.
    #[must_use]
    pub fn unprotected_algorithm(mut self) -> Self {
        self.special_mut().unprotected_algorithm = true;
        self
    }

    /// Signs the payload as it is, without base64url: writes `b64` as false and lists it in `crit`
    /// ([RFC 7797](https://www.rfc-editor.org/rfc/rfc7797)).
    ///
    /// A payload that stays in a compact serialization must then be printable ASCII without the dot, and one in a JSON serialization must be UTF-8 without
    /// U+0000. A [`detached`](Self::detached) one may be anything. JSON Web Tokens must not use this.
    #[must_use]
    pub fn unencoded_payload(mut self) -> Self {
        self.special_mut().unencoded = true;
        self
    }

    /// Leaves the payload out of the token, since it travels by another way
    /// ([RFC 7515 appendix F](https://www.rfc-editor.org/rfc/rfc7515#appendix-F)).
    #[must_use]
    pub fn detached(mut self) -> Self {
        self.special_mut().detached = true;
        self
    }

    /// Signs `payload`, in compact serialization.
    ///
    /// # Errors
    /// [`SignError::Header`] for a parameter that cannot be set, [`SignError::InvalidHeader`] when the header as a whole would be refused by a
    /// verifier, [`SignError::TooLarge`], [`SignError::UnprotectedInCompact`], [`SignError::UnencodedPayload`], [`SignError::SigningFailed`].
    pub fn sign(&self, payload: &[u8], key: &dyn Signer) -> Result<String, SignError> {
        if self.special.is_some() {
            let (headers, content) = self.written(payload, Form::Compact, Identity::of(key))?;
            let signature = key.sign_message(&headers.message(&content)).map_err(SignError::SigningFailed)?;
            return Ok(headers.compact(&content, &signature));
        }
        let token = self.signing_input(payload, Identity::of(key))?;
        let signature = key.sign_message(token.as_bytes()).map_err(SignError::SigningFailed)?;
        Ok(finished(token, &signature))
    }

    /// As [`sign`](Self::sign), with a key that takes its time.
    ///
    /// # Errors
    /// As [`sign`](Self::sign).
    pub async fn sign_async(&self, payload: &[u8], key: &dyn AsyncSigner) -> Result<String, SignError> {
        if self.special.is_some() {
            let (headers, content) = self.written(payload, Form::Compact, Identity::of_async(key))?;
            let signature = key.sign_message(&headers.message(&content)).await.map_err(SignError::SigningFailed)?;
            return Ok(headers.compact(&content, &signature));
        }
        let token = self.signing_input(payload, Identity::of_async(key))?;
        let signature = key.sign_message(token.as_bytes()).await.map_err(SignError::SigningFailed)?;
        Ok(finished(token, &signature))
    }

    /// Signs `payload`, in flattened JSON serialization ([RFC 7515 §7.2.2](https://www.rfc-editor.org/rfc/rfc7515#section-7.2.2)).
    ///
    /// # Errors
    /// As [`sign`](Self::sign), without [`SignError::UnprotectedInCompact`].
    ///
    /// # Examples
    /// ```
    /// use carnet_jwa::Algorithm::HS256;
    /// use carnet_jwk::{Secret, SigningKey};
    /// use carnet_jws::JwsBuilder;
    /// let key = SigningKey::from_secret(HS256, &Secret::from_bytes(b"an example of 32 octets or more.")?)?;
    /// let text = JwsBuilder::new().unprotected("kid", "1").sign_json(b"$.02", &key)?;
    /// assert!(text.starts_with(r#"{"payload":"JC4wMg","protected":"eyJhbGciOiJIUzI1NiJ9","header":{"kid":"1"},"signature":""#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sign_json(&self, payload: &[u8], key: &dyn Signer) -> Result<String, SignError> {
        let (headers, content) = self.written(payload, Form::Flattened, Identity::of(key))?;
        let signature = key.sign_message(&headers.message(&content)).map_err(SignError::SigningFailed)?;
        Ok(headers.flattened(&content, &signature))
    }

    /// As [`sign_json`](Self::sign_json), with a key that takes its time.
    ///
    /// # Errors
    /// As [`sign_json`](Self::sign_json).
    pub async fn sign_json_async(&self, payload: &[u8], key: &dyn AsyncSigner) -> Result<String, SignError> {
        let (headers, content) = self.written(payload, Form::Flattened, Identity::of_async(key))?;
        let signature = key.sign_message(&headers.message(&content)).await.map_err(SignError::SigningFailed)?;
        Ok(headers.flattened(&content, &signature))
    }

    /// A token of nothing special but its signature, with room for that.
    fn signing_input(&self, payload: &[u8], key: Identity<'_>) -> Result<String, SignError> {
        if let Some(error) = &self.error {
            return Err(SignError::Header(error.clone()));
        }
        let written;
        let header = match key.jwt_header.filter(|_| self.is_plain_jwt()) {
            Some(header) => header.as_str(),
            None => {
                written = base64url::encode(self.write_header(key)?.as_bytes());
                &written
            }
        };
        // Room for a signature of RSA 4096, so that the text rarely grows.
        let encoded = payload.len().div_ceil(3).saturating_mul(4);
        let mut token = String::with_capacity(header.len().saturating_add(encoded).saturating_add(700));
        token.push_str(header);
        token.push('.');
        base64url::encode_onto(payload, &mut token);
        Ok(token)
    }

    /// Everything but the signature. No key is asked before this is known to be right.
    fn written<'p>(
        &self,
        payload: &'p [u8],
        form: Form,
        key: Identity<'_>,
    ) -> Result<(Headers, Content<'p>), SignError> {
        let headers = Headers::new(self, form, key)?;
        Ok((headers, Content::new(payload, self.special(), form)?))
    }

    /// Whether the header is the one the key has ready.
    fn is_plain_jwt(&self) -> bool {
        self.typ.as_deref() == Some("JWT")
            && self.content_type.is_none()
            && self.key_id.is_none()
            && self.parameters.is_empty()
    }

    /// The protected header of a token without anything special.
    fn write_header(&self, key: Identity<'_>) -> Result<String, SignError> {
        let mut writer = Writer::with_capacity(128);
        writer.string("alg", key.name()?);
        self.write_parameters(&mut writer, self.key_id.as_deref().or(key.key_id));
        let header = writer.finish();
        // Whatever a caller brought, what leaves here is what a verifier takes.
        let limits = Limits::default();
        check_length(&header, &limits)?;
        HeaderPlaces::read(&header, &limits, &mut Vec::new(), &mut String::new()).map_err(SignError::InvalidHeader)?;
        Ok(header)
    }

    fn write_parameters(&self, writer: &mut Writer, key_id: Option<&str>) {
        if let Some(typ) = &self.typ {
            writer.string("typ", typ);
        }
        if let Some(content_type) = &self.content_type {
            writer.string("cty", content_type);
        }
        if let Some(key_id) = key_id {
            writer.string("kid", key_id);
        }
        for (name, value) in &self.parameters {
            writer.raw(name, value);
        }
    }

    fn special(&self) -> &Special {
        self.special.as_deref().unwrap_or(&PLAIN)
    }

    fn special_mut(&mut self) -> &mut Special {
        self.special.get_or_insert_default()
    }

    fn fail(&mut self, name: &str, reason: &'static str) {
        self.error.get_or_insert(HeaderSetError { name: Quoted::new(name), reason });
    }
}

#[inline]
fn finished(mut token: String, signature: &Signature) -> String {
    token.push('.');
    base64url::encode_onto(signature, &mut token);
    token
}

/// How a reserved parameter gets into a header.
fn another_way(name: &str) -> &'static str {
    match name {
        "alg" => {
            "comes from the key (of a JWS in JSON serialization, unprotected_algorithm puts it into the unprotected header)"
        }
        "kid" => "is set with key_id",
        "typ" => "is set with typ",
        "cty" => "is set with content_type",
        "crit" => "is written by critical",
        "b64" => "is written by unencoded_payload",
        _ => "belongs to encryption",
    }
}

/// Adds a parameter that is not there yet.
fn set<T: Serialize + ?Sized>(
    parameters: &mut Vec<(String, String)>,
    name: &str,
    value: &T,
) -> Result<(), &'static str> {
    if parameters.iter().any(|(own, _)| own == name) {
        return Err("is set twice");
    }
    let json = serde_json::to_string(value).map_err(|_| "has a value that cannot be written as JSON")?;
    parameters.push((name.to_owned(), json));
    Ok(())
}

fn check_length(header: &str, limits: &Limits) -> Result<(), SignError> {
    if header.len() > limits.header_octets {
        return Err(SignError::TooLarge { limit: limits.header_octets });
    }
    Ok(())
}

impl fmt::Debug for JwsBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.parameters.iter().map(|(name, _)| Quoted::new(name)).collect::<Vec<_>>();
        f.debug_struct("JwsBuilder").field("parameters", &names).finish_non_exhaustive()
    }
}
