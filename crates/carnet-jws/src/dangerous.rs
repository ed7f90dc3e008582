//! Reading a JWS without verifying it. Nothing read here may be believed.

use crate::buffer::JwsBuffer;
use crate::decoded::{DecodedJson, DecodedSignature};
use crate::headers::Headers;
use carnet_core::{Header, Limits, ParseError, UnprotectedHeader};
use core::fmt;

/// A JWS that was decoded and **not verified**: anybody can have written it.
pub struct UnverifiedJws(JwsBuffer);

impl UnverifiedJws {
    /// The header, as somebody wrote it.
    #[must_use]
    pub fn header(&self) -> Header<'_> {
        self.0.header()
    }

    /// The payload, as somebody wrote it.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.0.payload()
    }

    /// The signature, which nobody checked.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        self.0.signature()
    }
}

impl fmt::Debug for UnverifiedJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnverifiedJws({:?})", self.header())
    }
}

/// Decodes a token in compact serialization under the same rules of form as a verifier, and verifies nothing. A payload that the header says is not
/// encoded (`b64`) is given as it is.
///
/// # Errors
/// [`ParseError`].
pub fn decode(token: &str, limits: &Limits) -> Result<UnverifiedJws, ParseError> {
    let mut buffer = JwsBuffer::new();
    buffer.decode(token, limits, None)?;
    Ok(UnverifiedJws(buffer))
}

/// A JWS in JSON serialization that was decoded and **not verified**: anybody can have written it.
pub struct UnverifiedJsonJws {
    payload: Option<Vec<u8>>,
    signatures: Vec<UnverifiedSignature>,
}

impl UnverifiedJsonJws {
    /// The payload, as somebody wrote it; `None` where it is detached.
    #[must_use]
    pub fn payload(&self) -> Option<&[u8]> {
        self.payload.as_deref()
    }

    /// The signatures, at least one.
    #[must_use]
    pub fn signatures(&self) -> &[UnverifiedSignature] {
        &self.signatures
    }
}

impl fmt::Debug for UnverifiedJsonJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnverifiedJsonJws").field(&self.signatures).finish()
    }
}

/// A signature that nobody checked, with its headers.
pub struct UnverifiedSignature {
    headers: Headers,
    octets: Vec<u8>,
}

impl UnverifiedSignature {
    /// The protected header, as somebody wrote it.
    #[must_use]
    pub fn protected(&self) -> Option<Header<'_>> {
        self.headers.protected()
    }

    /// The unprotected header, as somebody wrote it.
    #[must_use]
    pub fn unprotected(&self) -> Option<UnprotectedHeader<'_>> {
        self.headers.unprotected()
    }

    /// The signature's octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

impl fmt::Debug for UnverifiedSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedSignature")
            .field("protected", &self.protected())
            .field("unprotected", &self.unprotected())
            .finish_non_exhaustive()
    }
}

/// Decodes a token in JSON serialization, flattened or general, with its payload or without, under the same rules of form as a verifier, and verifies
/// nothing.
///
/// # Errors
/// [`ParseError`].
///
/// ```
/// use carnet_core::Limits;
/// let text = r#"{"payload":"c29tZXRoaW5n","protected":"eyJhbGciOiJub25lIn0","signature":""}"#;
/// let decoded = carnet_jws::dangerous::decode_json(text, &Limits::default())?;
/// assert_eq!(decoded.payload(), Some(&b"something"[..])); // says somebody
/// # Ok::<(), carnet_core::ParseError>(())
/// ```
pub fn decode_json(text: &str, limits: &Limits) -> Result<UnverifiedJsonJws, ParseError> {
    let mut decoded = DecodedJson::read(text, limits)?;
    let payload = match decoded.has_payload() {
        true => Some(decoded.attached_payload()?.1),
        false => None,
    };
    let unverified = |DecodedSignature { headers, octets, .. }| UnverifiedSignature { headers, octets };
    Ok(UnverifiedJsonJws { payload, signatures: decoded.signatures.into_iter().map(unverified).collect() })
}
