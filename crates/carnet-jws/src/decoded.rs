//! A token taken apart and decoded for verifying, and not believed yet.

use crate::headers::Headers;
use carnet_core::compact::Compact;
use carnet_core::signed_json::{SignatureMembers, SignedJson};
use carnet_core::{Limits, ParseError, Part, base64url};
use std::borrow::Cow;

/// One signature with what it says about itself.
pub(crate) struct DecodedSignature<'t> {
    /// The protected header as received: the beginning of what was signed.
    pub(crate) protected: Cow<'t, str>,
    pub(crate) headers: Headers,
    pub(crate) octets: Vec<u8>,
}

impl<'t> DecodedSignature<'t> {
    /// The signature of a compact serialization whose payload is detached: the segment between the dots is empty.
    pub(crate) fn of_detached(token: &'t str, limits: &Limits) -> Result<Self, ParseError> {
        let compact = Compact::parse(token, limits)?;
        if !compact.payload().is_empty() {
            return Err(ParseError::NotDetached);
        }
        let headers = Headers::of_compact(compact.protected(), limits)?;
        let octets = decode(compact.signature(), Part::Signature)?;
        Ok(Self { protected: Cow::Borrowed(compact.protected()), headers, octets })
    }

    fn of_json(members: SignatureMembers<'t>, limits: &Limits) -> Result<Self, ParseError> {
        let headers = Headers::of_json(members.protected(), members.unprotected(), limits)?;
        let octets = decode(members.signature(), Part::Signature)?;
        Ok(Self { protected: members.into_protected().unwrap_or_default(), headers, octets })
    }
}

/// A JSON serialization. Its signatures agree on `b64`.
pub(crate) struct DecodedJson<'t> {
    /// As it stands between the protected header and the end of what was signed.
    payload: Option<Cow<'t, str>>,
    pub(crate) signatures: Vec<DecodedSignature<'t>>,
    pub(crate) unencoded: bool,
}

impl<'t> DecodedJson<'t> {
    pub(crate) fn read(text: &'t str, limits: &Limits) -> Result<Self, ParseError> {
        let (payload, members) = SignedJson::parse(text, limits)?.into_parts();
        let read = members.into_iter().map(|members| DecodedSignature::of_json(members, limits));
        let signatures = read.collect::<Result<Vec<_>, _>>()?;
        let mut encodings = signatures.iter().map(|signature| signature.headers.unencoded());
        let unencoded = encodings.next().unwrap_or_default();
        if encodings.any(|other| other != unencoded) {
            return Err(ParseError::PayloadEncodingsDiffer);
        }
        Ok(Self { payload, signatures, unencoded })
    }

    /// The payload's text and octets, where the token carries one.
    pub(crate) fn attached_payload(&mut self) -> Result<(Cow<'t, str>, Vec<u8>), ParseError> {
        let text = self.payload.take().ok_or(ParseError::Detached)?;
        let octets = match self.unencoded {
            true => text.as_bytes().to_vec(),
            false => decode(&text, Part::Payload)?,
        };
        Ok((text, octets))
    }

    /// Whether there is a payload, were it an empty one.
    pub(crate) const fn has_payload(&self) -> bool {
        self.payload.is_some()
    }

    /// Refuses a token that carries a payload. RFC 7515 appendix F deletes the member; an empty one, which many write in its place, says the same, as the
    /// empty segment of a compact serialization does.
    pub(crate) fn check_detached(&self) -> Result<(), ParseError> {
        if self.payload.as_ref().is_some_and(|payload| !payload.is_empty()) {
            Err(ParseError::NotDetached)
        } else {
            Ok(())
        }
    }
}

fn decode(text: &str, part: Part) -> Result<Vec<u8>, ParseError> {
    base64url::decode(text).map_err(|_| ParseError::NotBase64Url { part })
}
