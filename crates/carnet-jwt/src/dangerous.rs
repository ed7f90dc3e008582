//! Reading a token without verifying it. **Nothing read here may be believed**: anybody can have written it.
//!
//! For looking at tokens while developing, and for tools that show them. Never for deciding anything.

use crate::claims::{self, ClaimsError};
use carnet_core::json::{self, Duplicates, JsonError};
use carnet_core::{Header, Limits, ParseError};
use carnet_jws::dangerous::UnverifiedJws;
use core::fmt;
use serde::de::DeserializeOwned;

/// A token that was decoded and **not verified**.
pub struct Unverified<C> {
    jws: UnverifiedJws,
    claims: C,
}

impl<C> Unverified<C> {
    /// The header, as somebody wrote it.
    #[must_use]
    pub fn header(&self) -> Header<'_> {
        self.jws.header()
    }

    /// The claims, as somebody wrote them.
    #[must_use]
    pub const fn claims(&self) -> &C {
        &self.claims
    }

    /// The claims, taken out.
    #[must_use]
    pub fn into_claims(self) -> C {
        self.claims
    }

    /// The claims' JSON, as somebody wrote it.
    #[must_use]
    pub fn claims_json(&self) -> &str {
        // Checked to be UTF-8 when it was decoded.
        core::str::from_utf8(self.jws.payload()).unwrap_or_default()
    }

    /// The length of the signature in octets, 0 where there is none. Nobody checked it.
    #[must_use]
    pub fn signature_octets(&self) -> usize {
        self.jws.signature().len()
    }
}

impl<C> fmt::Debug for Unverified<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("header", &self.header()).finish_non_exhaustive()
    }
}

/// Why a token could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// Not a JWS in compact serialization, or beyond a limit.
    Parse(ParseError),
    /// The payload is not a JSON object.
    NotClaims(JsonError),
    /// The claims do not fit the type.
    Claims(ClaimsError),
}

impl DecodeError {
    /// The stable code: that of the [`ParseError`], `malformed`, `claim_missing` or `claim_invalid`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Parse(error) => error.code(),
            Self::NotClaims(_) => "malformed",
            Self::Claims(error) if error.missing => "claim_missing",
            Self::Claims(_) => "claim_invalid",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parse(error) => error.fmt(f),
            Self::NotClaims(error) => write!(f, "the payload is not a set of claims: {error}"),
            Self::Claims(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Parse(error) => Some(error),
            Self::NotClaims(error) => Some(error),
            Self::Claims(error) => Some(error),
        }
    }
}

/// Decodes a token under the same rules of form as a verifier, and verifies **nothing**: not the signature, not `exp`.
///
/// # Errors
/// [`DecodeError`].
///
/// ```
/// // RFC 7519 §6.1: alg none, written by nobody in particular.
/// let token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
/// let decoded = carnet_jwt::dangerous::decode::<serde_json::Value>(token)?;
/// assert_eq!(decoded.claims()["iss"], "joe");
/// # Ok::<(), carnet_jwt::dangerous::DecodeError>(())
/// ```
pub fn decode<C: DeserializeOwned>(token: &str) -> Result<Unverified<C>, DecodeError> {
    let limits = Limits::default();
    let jws = carnet_jws::dangerous::decode(token, &limits).map_err(DecodeError::Parse)?;
    let text = core::str::from_utf8(jws.payload()).map_err(|_| DecodeError::NotClaims(JsonError::NotUtf8))?;
    let mut members = Vec::new();
    json::scan(text, limits.json_depth, Duplicates::RefusedAtTop, &mut members).map_err(DecodeError::NotClaims)?;
    let claims = claims::read(text, &members).map_err(DecodeError::Claims)?;
    Ok(Unverified { jws, claims })
}
