use carnet_core::header::HeaderPlaces;
use carnet_core::json::Writer;
use carnet_core::{HeaderError, Limits, Quoted, base64url};
use carnet_jwa::SigningFailed;
use carnet_jwk::SigningKey;
use core::fmt;
use serde::Serialize;
use std::borrow::Cow;

/// Parameters that have a setter of their own, or that would change how the token is to be read.
const RESERVED: &[&str] = &["alg", "kid", "typ", "cty", "crit", "b64", "enc", "zip"];

/// Signs payloads of any kind.
///
/// `alg` and `kid` come from the key. The payload is signed, not hidden: anybody who has the token can read it.
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
    /// The first thing that went wrong, told when signing.
    error: Option<HeaderSetError>,
}

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
        let problem = if RESERVED.contains(&name) {
            Some("is not a parameter to be set like this")
        } else if self.parameters.iter().any(|(own, _)| own == name) {
            Some("is set twice")
        } else {
            match serde_json::to_string(value) {
                Ok(json) => {
                    self.parameters.push((name.to_owned(), json));
                    None
                }
                Err(_) => Some("has a value that cannot be written as JSON"),
            }
        };
        if let Some(reason) = problem {
            self.error.get_or_insert(HeaderSetError { name: Quoted::new(name), reason });
        }
        self
    }

    /// Signs `payload`.
    ///
    /// # Errors
    /// [`SignError::Header`] for a parameter that cannot be set, [`SignError::InvalidHeader`] when the header as a whole would be refused by a
    /// verifier, [`SignError::SigningFailed`].
    pub fn sign(&self, payload: &[u8], key: &SigningKey) -> Result<String, SignError> {
        if let Some(error) = &self.error {
            return Err(SignError::Header(error.clone()));
        }
        let written;
        let header = if self.is_plain_jwt() {
            key.jwt_header()
        } else {
            written = base64url::encode(self.write_header(key)?.as_bytes());
            &written
        };
        // Room for a signature of RSA 4096, so that the text never grows.
        let encoded = payload.len().div_ceil(3).saturating_mul(4);
        let mut token = String::with_capacity(header.len().saturating_add(encoded).saturating_add(700));
        token.push_str(header);
        token.push('.');
        base64url::encode_onto(payload, &mut token);
        let signature = key.sign_message(token.as_bytes()).map_err(SignError::SigningFailed)?;
        token.push('.');
        base64url::encode_onto(&signature, &mut token);
        Ok(token)
    }

    /// Whether the header is the one the key has ready.
    fn is_plain_jwt(&self) -> bool {
        self.typ.as_deref() == Some("JWT")
            && self.content_type.is_none()
            && self.key_id.is_none()
            && self.parameters.is_empty()
    }

    fn write_header(&self, key: &SigningKey) -> Result<String, SignError> {
        let mut writer = Writer::with_capacity(128);
        writer.string("alg", key.algorithm_name());
        if let Some(typ) = &self.typ {
            writer.string("typ", typ);
        }
        if let Some(content_type) = &self.content_type {
            writer.string("cty", content_type);
        }
        if let Some(key_id) = self.key_id.as_deref().or(key.key_id()) {
            writer.string("kid", key_id);
        }
        for (name, value) in &self.parameters {
            writer.raw(name, value);
        }
        let header = writer.finish();
        // Whatever a caller brought, what leaves here is what a verifier takes.
        let limits = Limits::default();
        if header.len() > limits.header_octets {
            return Err(SignError::TooLarge { limit: limits.header_octets });
        }
        HeaderPlaces::read(&header, &limits, &mut Vec::new(), &mut String::new()).map_err(SignError::InvalidHeader)?;
        Ok(header)
    }
}

impl fmt::Debug for JwsBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.parameters.iter().map(|(name, _)| Quoted::new(name)).collect::<Vec<_>>();
        f.debug_struct("JwsBuilder").field("parameters", &names).finish_non_exhaustive()
    }
}

/// A header parameter that cannot be set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeaderSetError {
    /// The parameter.
    pub name: Quoted,
    reason: &'static str,
}

impl fmt::Display for HeaderSetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the header parameter {} {}", self.name, self.reason)
    }
}

impl core::error::Error for HeaderSetError {}

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// A header parameter cannot be set.
    Header(HeaderSetError),
    /// The header as a whole breaks a rule.
    InvalidHeader(HeaderError),
    /// The header is longer than a verifier takes.
    TooLarge {
        /// The limit in octets.
        limit: usize,
    },
    /// The backend could not sign.
    SigningFailed(SigningFailed),
}

impl SignError {
    /// The stable code: `header_invalid`, `too_large` or `signing_failed`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Header(_) | Self::InvalidHeader(_) => "header_invalid",
            Self::TooLarge { .. } => "too_large",
            Self::SigningFailed(_) => "signing_failed",
        }
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(error) => error.fmt(f),
            Self::InvalidHeader(error) => write!(f, "the header would be refused: {error}"),
            Self::TooLarge { limit } => write!(f, "the header is longer than the limit of {limit} octets"),
            Self::SigningFailed(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for SignError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Header(error) => Some(error),
            Self::InvalidHeader(error) => Some(error),
            Self::SigningFailed(error) => Some(error),
            Self::TooLarge { .. } => None,
        }
    }
}
