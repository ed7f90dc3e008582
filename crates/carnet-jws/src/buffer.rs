use crate::headers;
use carnet_core::header::{HeaderPlaces, KnownHeader, KnownHeaders};
use carnet_core::json::Member;
use carnet_core::limits::Limits;
use carnet_core::{Header, HeaderError, ParseError, Part, base64url, compact::Compact};
use carnet_jwa::Algorithm;
use core::fmt;

/// Room for one decoded JWS, to be used again for the next: once its capacities have grown, decoding allocates nothing.
///
/// `Debug` shows no contents.
#[derive(Default, Clone)]
pub struct JwsBuffer {
    /// The header's JSON, the payload, and the signature, or, once that has been checked, the `kid` of the key.
    octets: Vec<u8>,
    header_end: usize,
    payload_end: usize,
    side: String,
    members: Vec<Member>,
    places: HeaderPlaces,
    /// The key that verified the signature. `None` as long as none has.
    key: Option<KeyNames>,
}

/// What is kept of the key that verified.
#[derive(Debug, Clone, Copy)]
struct KeyNames {
    algorithm: Algorithm,
    has_key_id: bool,
    /// Of the keys that it is among. `None` for a key that the token brought along.
    generation: Option<u64>,
}

/// A token that was decoded into a buffer, and is not believed yet.
pub(crate) struct Decoded<'b> {
    /// The first segment.
    pub(crate) protected: &'b str,
    pub(crate) signing_input: &'b str,
    pub(crate) header: Header<'b>,
    /// Whether the header was recognised, and not read.
    pub(crate) is_known: bool,
    pub(crate) signature: &'b [u8],
}

impl JwsBuffer {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives it this room for reading headers and payloads.
    #[doc(hidden)]
    #[inline]
    pub fn set_room(&mut self, room: Vec<Member>) {
        self.members = room;
    }

    /// Takes that room out, for another buffer. What was verified stays.
    #[doc(hidden)]
    #[must_use]
    pub fn take_room(&mut self) -> Vec<Member> {
        core::mem::take(&mut self.members)
    }

    /// What the last successful verification into this buffer left; `None` after a failed one.
    #[must_use]
    #[inline]
    pub fn verified(&self) -> Option<VerifiedJwsRef<'_>> {
        self.key.map(|key| self.view(key))
    }

    #[inline]
    fn view(&self, key: KeyNames) -> VerifiedJwsRef<'_> {
        view(&self.octets, self.header_end, self.payload_end, &self.side, &self.places, key)
    }

    /// The payload of [`verified`](Self::verified).
    #[must_use]
    #[inline]
    pub fn verified_payload(&self) -> Option<&[u8]> {
        self.key.map(|_| self.payload())
    }

    /// The [generation](carnet_jwk::VerifyingKeys::generation) of the keys that verified it.
    #[doc(hidden)]
    #[must_use]
    pub fn verified_by_generation(&self) -> Option<u64> {
        self.key?.generation
    }

    /// Gives back the room that nothing of what was verified is in.
    #[doc(hidden)]
    pub fn shrink(&mut self) {
        self.octets.shrink_to_fit();
    }

    /// As [`verified`](Self::verified), with the room that reading the header took, for whoever reads the payload next.
    #[must_use]
    #[inline]
    pub fn verified_and_room(&mut self) -> Option<(VerifiedJwsRef<'_>, &mut Vec<Member>)> {
        let Self { octets, header_end, payload_end, side, members, places, key } = self;
        key.map(|key| (view(octets, *header_end, *payload_end, side, places, key), members))
    }

    /// Decodes all three segments and checks the header's form, unless it is known. Believes nothing, and leaves it to the verifier whether the payload
    /// may stand as it is.
    pub(crate) fn decode<'b>(
        &'b mut self,
        token: &'b str,
        limits: &Limits,
        known: Option<&'b KnownHeaders>,
    ) -> Result<Decoded<'b>, ParseError> {
        self.key = None;
        self.octets.clear();
        self.side.clear();
        let compact = Compact::parse(token, limits)?;
        // With room for the name of a key.
        self.octets.reserve(token.len().div_ceil(4).saturating_mul(3).saturating_add(64));
        self.members.clear();
        self.members.reserve(16);
        let known = known.and_then(|known| known.find(compact.protected(), limits)).map(KnownHeader::header);
        match known {
            Some(header) => {
                self.octets.extend_from_slice(header.as_json().as_bytes());
                self.header_end = self.octets.len();
                self.places = header.copy_places(&mut self.side);
            }
            None => self.read_header(token, compact.protected(), limits)?,
        }
        if self.places.has_unencoded_payload() {
            check_unencoded(compact.payload().as_bytes())?;
            self.octets.extend_from_slice(compact.payload().as_bytes());
            self.payload_end = self.octets.len();
        } else {
            self.payload_end = self.decode_part(token, compact.payload(), Part::Payload)?;
        }
        self.decode_part(token, compact.signature(), Part::Signature)?;
        let signature = self.octets.get(self.payload_end..).unwrap_or_default();
        let (protected, signing_input) = (compact.protected(), compact.signing_input());
        let header = known.unwrap_or_else(|| self.header());
        Ok(Decoded { protected, signing_input, header, is_known: known.is_some(), signature })
    }

    fn read_header(&mut self, token: &str, protected: &str, limits: &Limits) -> Result<(), ParseError> {
        headers::check_length(protected, limits)?;
        self.header_end = self.decode_part(token, protected, Part::Header)?;
        if self.header_end > limits.header_octets {
            return Err(headers::too_large(limits));
        }
        let not_utf8 = |_| ParseError::Header(HeaderError::Json(carnet_core::json::JsonError::NotUtf8));
        let header = core::str::from_utf8(&self.octets).map_err(not_utf8)?;
        self.places =
            HeaderPlaces::read(header, limits, &mut self.members, &mut self.side).map_err(ParseError::Header)?;
        Ok(())
    }

    /// Decodes a segment behind what is there, and gives its end.
    #[inline]
    fn decode_part(&mut self, token: &str, text: &str, part: Part) -> Result<usize, ParseError> {
        base64url::decode_onto(text, &mut self.octets).map_err(|_| ParseError::not_base64url(token, part))?;
        Ok(self.octets.len())
    }

    #[inline]
    pub(crate) fn header(&self) -> Header<'_> {
        // Checked to be UTF-8 when it was decoded.
        let text = core::str::from_utf8(self.octets.get(..self.header_end).unwrap_or_default());
        Header::new(text.unwrap_or_default(), &self.side, &self.places)
    }

    #[inline]
    pub(crate) fn payload(&self) -> &[u8] {
        self.octets.get(self.header_end..self.payload_end).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn signature(&self) -> &[u8] {
        self.octets.get(self.payload_end..).unwrap_or_default()
    }

    /// Called by the verifier, and only after the signature was found valid, with the key's algorithm and, where it is one of the verifier's own, its
    /// `kid` and the generation of the keys.
    #[inline]
    pub(crate) fn mark_verified(&mut self, algorithm: Algorithm, key_id: Option<&str>, generation: Option<u64>) {
        self.octets.truncate(self.payload_end);
        self.octets.extend_from_slice(key_id.unwrap_or_default().as_bytes());
        self.key = Some(KeyNames { algorithm, has_key_id: key_id.is_some(), generation });
    }
}

/// RFC 7797 §5.2: an unencoded payload of a compact serialization is printable ASCII, the space included, without the dot.
pub(crate) fn check_unencoded(payload: &[u8]) -> Result<(), ParseError> {
    let may_stand = |octet: &u8| matches!(octet, b' '..=b'~') && *octet != b'.';
    if payload.iter().all(may_stand) { Ok(()) } else { Err(ParseError::UnencodedPayload) }
}

#[inline]
fn view<'b>(
    octets: &'b [u8],
    header_end: usize,
    payload_end: usize,
    side: &'b str,
    places: &'b HeaderPlaces,
    key: KeyNames,
) -> VerifiedJwsRef<'b> {
    let (header, rest) = octets.split_at_checked(header_end).unwrap_or_default();
    let (payload, key_id) = rest.split_at_checked(payload_end.saturating_sub(header_end)).unwrap_or_default();
    // Checked to be UTF-8 when it was decoded.
    let header = Header::new(core::str::from_utf8(header).unwrap_or_default(), side, places);
    VerifiedJwsRef { header, payload, algorithm: key.algorithm, key_id: key.has_key_id.then_some(key_id) }
}

impl fmt::Debug for JwsBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwsBuffer").field("verified", &self.key.is_some()).finish_non_exhaustive()
    }
}

/// A JWS whose signature was verified, in the buffer it was decoded into.
///
/// There is no way to make one but to verify.
#[derive(Clone, Copy)]
pub struct VerifiedJwsRef<'b> {
    header: Header<'b>,
    payload: &'b [u8],
    algorithm: Algorithm,
    /// Text, as it was before it was octets.
    key_id: Option<&'b [u8]>,
}

impl<'b> VerifiedJwsRef<'b> {
    /// The protected header.
    #[must_use]
    #[inline]
    pub const fn header(&self) -> Header<'b> {
        self.header
    }

    /// The payload, octet for octet what was signed.
    #[must_use]
    #[inline]
    pub const fn payload(&self) -> &'b [u8] {
        self.payload
    }

    /// The algorithm of the key that verified the signature.
    #[must_use]
    #[inline]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid` of the key that verified the signature: as the verifier's keys have it, and not as the token says. `None` for a key without, and for
    /// one that the token brought along.
    #[must_use]
    pub fn key_id(&self) -> Option<&'b str> {
        self.key_id.and_then(|key_id| core::str::from_utf8(key_id).ok())
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
pub struct VerifiedJws {
    buffer: JwsBuffer,
    key: KeyNames,
}

impl VerifiedJws {
    /// What was verified into `buffer`; `None` where nothing was.
    pub(crate) fn new(buffer: JwsBuffer) -> Option<Self> {
        Some(Self { key: buffer.key?, buffer })
    }

    #[inline]
    fn view(&self) -> VerifiedJwsRef<'_> {
        self.buffer.view(self.key)
    }

    /// The protected header.
    #[must_use]
    #[inline]
    pub fn header(&self) -> Header<'_> {
        self.view().header()
    }

    /// The payload, octet for octet what was signed.
    #[must_use]
    #[inline]
    pub fn payload(&self) -> &[u8] {
        self.view().payload()
    }

    /// The algorithm of the key that verified the signature.
    #[must_use]
    #[inline]
    pub const fn algorithm(&self) -> Algorithm {
        self.key.algorithm
    }

    /// The `kid` of the key that verified the signature: as the verifier's keys have it, and not as the token says. `None` for a key without, and for
    /// one that the token brought along.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.view().key_id()
    }
}

impl fmt::Debug for VerifiedJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedJws({:?}, payload of {} octets)", self.header(), self.payload().len())
    }
}
