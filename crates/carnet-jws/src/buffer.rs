use crate::headers::{self, Headers};
use carnet_core::header::HeaderPlaces;
use carnet_core::json::Member;
use carnet_core::limits::Limits;
use carnet_core::{Header, HeaderError, ParseError, Part, base64url, compact::Compact};
use core::fmt;

/// Room for one decoded JWS, to be used again for the next: once its capacities have grown, decoding allocates nothing.
///
/// `Debug` shows no contents.
#[derive(Default, Clone)]
pub struct JwsBuffer {
    /// The header's JSON, the payload, and, until it has been checked, the signature.
    octets: Vec<u8>,
    header_end: usize,
    payload_end: usize,
    side: String,
    members: Vec<Member>,
    places: HeaderPlaces,
    verified: bool,
}

impl JwsBuffer {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What the last successful verification into this buffer left; `None` after a failed one.
    #[must_use]
    pub fn verified(&self) -> Option<VerifiedJwsRef<'_>> {
        self.verified.then(|| self.view())
    }

    /// The payload of [`verified`](Self::verified).
    #[must_use]
    pub fn verified_payload(&self) -> Option<&[u8]> {
        self.verified.then(|| self.payload())
    }

    /// As [`verified`](Self::verified), with the room that reading the header took, for whoever reads the payload next.
    #[must_use]
    pub fn verified_and_room(&mut self) -> Option<(VerifiedJwsRef<'_>, &mut Vec<Member>)> {
        let Self { octets, header_end, payload_end, side, members, places, verified } = self;
        let view = view(octets, *header_end, *payload_end, side, *places);
        verified.then_some((view, members))
    }

    /// Decodes all three segments and checks the header's form. Believes nothing.
    ///
    /// With `unencoded`, a header may say that the payload stands as it is.
    pub(crate) fn decode<'t>(
        &mut self,
        token: &'t str,
        limits: &Limits,
        unencoded: bool,
    ) -> Result<Compact<'t>, ParseError> {
        self.verified = false;
        self.octets.clear();
        self.side.clear();
        let compact = Compact::parse(token, limits)?;
        headers::check_length(compact.protected(), limits)?;
        let unencoded = unencoded && Headers::of_compact(compact.protected(), limits)?.unencoded();
        self.octets.reserve(token.len().div_ceil(4).saturating_mul(3));
        self.members.clear();
        self.members.reserve(16);
        let mut decode = |text, part| {
            base64url::decode_onto(text, &mut self.octets).map_err(|_| ParseError::NotBase64Url { part })?;
            Ok::<_, ParseError>(self.octets.len())
        };
        self.header_end = decode(compact.protected(), Part::Header)?;
        self.payload_end = match unencoded {
            false => decode(compact.payload(), Part::Payload)?,
            true => {
                check_unencoded(compact.payload().as_bytes())?;
                self.octets.extend_from_slice(compact.payload().as_bytes());
                self.octets.len()
            }
        };
        let mut decode =
            |text, part| base64url::decode_onto(text, &mut self.octets).map_err(|_| ParseError::NotBase64Url { part });
        decode(compact.signature(), Part::Signature)?;
        if self.header_end > limits.header_octets {
            return Err(headers::too_large(limits));
        }
        let header = self.octets.get(..self.header_end).unwrap_or_default();
        let not_utf8 = |_| ParseError::Header(HeaderError::Json(carnet_core::json::JsonError::NotUtf8));
        let header = core::str::from_utf8(header).map_err(not_utf8)?;
        self.places =
            HeaderPlaces::read(header, limits, &mut self.members, &mut self.side).map_err(ParseError::Header)?;
        Ok(compact)
    }

    pub(crate) fn header(&self) -> Header<'_> {
        let text = self.octets.get(..self.header_end).unwrap_or_default();
        // Checked to be UTF-8 when it was decoded.
        Header::new(core::str::from_utf8(text).unwrap_or_default(), &self.side, self.places)
    }

    pub(crate) fn payload(&self) -> &[u8] {
        self.octets.get(self.header_end..self.payload_end).unwrap_or_default()
    }

    pub(crate) fn signature(&self) -> &[u8] {
        self.octets.get(self.payload_end..).unwrap_or_default()
    }

    /// Called by the verifier, and only after the signature was found valid.
    pub(crate) fn mark_verified(&mut self) {
        self.octets.truncate(self.payload_end);
        self.verified = true;
    }

    /// What is in the buffer. For the verifier, after it verified.
    pub(crate) fn view(&self) -> VerifiedJwsRef<'_> {
        view(&self.octets, self.header_end, self.payload_end, &self.side, self.places)
    }
}

/// RFC 7797 §5.2: an unencoded payload of a compact serialization is printable ASCII, the space included, without the dot.
pub(crate) fn check_unencoded(payload: &[u8]) -> Result<(), ParseError> {
    let may_stand = |octet: &u8| matches!(octet, b' '..=b'~') && *octet != b'.';
    if payload.iter().all(may_stand) { Ok(()) } else { Err(ParseError::UnencodedPayload) }
}

fn view<'b>(
    octets: &'b [u8],
    header_end: usize,
    payload_end: usize,
    side: &'b str,
    places: HeaderPlaces,
) -> VerifiedJwsRef<'b> {
    let (header, rest) = octets.split_at_checked(header_end).unwrap_or_default();
    // Checked to be UTF-8 when it was decoded.
    let header = Header::new(core::str::from_utf8(header).unwrap_or_default(), side, places);
    VerifiedJwsRef { header, payload: rest.get(..payload_end.saturating_sub(header_end)).unwrap_or_default() }
}

impl fmt::Debug for JwsBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwsBuffer").field("verified", &self.verified).finish_non_exhaustive()
    }
}

/// A JWS whose signature was verified, in the buffer it was decoded into.
///
/// There is no way to make one but to verify.
#[derive(Clone, Copy)]
pub struct VerifiedJwsRef<'b> {
    header: Header<'b>,
    payload: &'b [u8],
}

impl<'b> VerifiedJwsRef<'b> {
    /// The protected header.
    #[must_use]
    pub const fn header(&self) -> Header<'b> {
        self.header
    }

    /// The payload, octet for octet what was signed.
    #[must_use]
    pub const fn payload(&self) -> &'b [u8] {
        self.payload
    }
}

impl fmt::Debug for VerifiedJwsRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedJwsRef({:?}, payload of {} octets)", self.header, self.payload.len())
    }
}

/// A JWS whose signature was verified, owning its header and payload.
///
/// There is no way to make one but to verify.
#[derive(Clone)]
pub struct VerifiedJws(JwsBuffer);

impl VerifiedJws {
    /// For the verifier, after it verified into `buffer`.
    pub(crate) const fn new(buffer: JwsBuffer) -> Self {
        Self(buffer)
    }

    /// The protected header.
    #[must_use]
    pub fn header(&self) -> Header<'_> {
        self.0.header()
    }

    /// The payload, octet for octet what was signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.0.payload()
    }
}

impl fmt::Debug for VerifiedJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedJws({:?}, payload of {} octets)", self.header(), self.payload().len())
    }
}
