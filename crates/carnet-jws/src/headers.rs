//! The headers of one signature, decoded and checked for their form.

use crate::error::JwsError;
use carnet_core::header::{HeaderPlaces, check_disjoint};
use carnet_core::json::{JsonError, Member};
use carnet_core::{Header, HeaderError, Limits, ParseError, Part, UnprotectedHeader, base64url};

/// The header or the pair of headers that belongs to one signature.
#[derive(Clone)]
pub(crate) struct Headers {
    protected: Option<Owned>,
    unprotected: Option<Owned>,
}

#[derive(Clone)]
struct Owned {
    text: String,
    side: String,
    places: HeaderPlaces,
}

impl Headers {
    /// The one header of a compact serialization, from its base64url.
    pub(crate) fn of_compact(protected: &str, limits: &Limits) -> Result<Self, ParseError> {
        let text = decode(protected, limits)?;
        let (protected, _) = Owned::read(text, limits, HeaderPlaces::read)?;
        Ok(Self { protected: Some(protected), unprotected: None })
    }

    /// The pair of a JSON serialization: base64url of the protected and the JSON of the unprotected header. `alg` is in one of them, and no name is
    /// in both.
    pub(crate) fn of_json(
        protected: Option<&str>,
        unprotected: Option<&str>,
        limits: &Limits,
    ) -> Result<Self, ParseError> {
        let protected = match protected {
            Some("") => return Err(ParseError::Header(HeaderError::Empty)),
            Some(text) => Some(Owned::read(decode(text, limits)?, limits, HeaderPlaces::read_protected)?),
            None => None,
        };
        let unprotected = match unprotected {
            Some(text) if text.len() > limits.header_octets => return Err(too_large(limits)),
            Some(text) => Some(Owned::read(text.to_owned(), limits, HeaderPlaces::read_unprotected)?),
            None => None,
        };
        if let (Some((protected, one)), Some((unprotected, other))) = (&protected, &unprotected) {
            check_disjoint((&protected.text, one), (&unprotected.text, other)).map_err(ParseError::Header)?;
        }
        let headers =
            Self { protected: protected.map(|(header, _)| header), unprotected: unprotected.map(|(header, _)| header) };
        let inside = headers.protected().is_some_and(|header| header.has_algorithm());
        let outside = headers.unprotected().and_then(|header| header.algorithm()).is_some();
        if !inside && !outside {
            return Err(ParseError::Header(HeaderError::AlgorithmMissing));
        }
        Ok(headers)
    }

    pub(crate) fn protected(&self) -> Option<Header<'_>> {
        self.protected.as_ref().map(|header| Header::new(&header.text, &header.side, &header.places))
    }

    pub(crate) fn unprotected(&self) -> Option<UnprotectedHeader<'_>> {
        self.unprotected.as_ref().map(|header| UnprotectedHeader::new(&header.text, &header.side, &header.places))
    }

    /// `alg`; from the unprotected header only for a caller that says so.
    pub(crate) fn algorithm(&self, also_unprotected: bool) -> Result<&str, JwsError> {
        if let Some(header) = self.protected().filter(|header| header.has_algorithm()) {
            return Ok(header.algorithm());
        }
        match self.unprotected().and_then(|header| header.algorithm()) {
            Some(algorithm) if also_unprotected => Ok(algorithm),
            _ => Err(JwsError::Parse(ParseError::Header(HeaderError::AlgorithmNotProtected))),
        }
    }

    /// `kid`, from whichever header has it: it chooses keys and decides nothing.
    pub(crate) fn key_id(&self) -> Option<&str> {
        let protected = self.protected().and_then(|header| header.key_id());
        protected.or_else(|| self.unprotected().and_then(|header| header.key_id()))
    }

    /// Whether the payload is signed as it is.
    pub(crate) fn unencoded(&self) -> bool {
        self.protected().is_some_and(|header| header.has_unencoded_payload())
    }
}

type Read = fn(&str, &Limits, &mut Vec<Member>, &mut String) -> Result<HeaderPlaces, HeaderError>;

impl Owned {
    fn read(text: String, limits: &Limits, read: Read) -> Result<(Self, Vec<Member>), ParseError> {
        let (mut members, mut side) = (Vec::with_capacity(8), String::new());
        let places = read(&text, limits, &mut members, &mut side).map_err(ParseError::Header)?;
        Ok((Self { text, side, places }, members))
    }
}

fn decode(text: &str, limits: &Limits) -> Result<String, ParseError> {
    check_length(text, limits)?;
    let octets = base64url::decode(text).map_err(|_| ParseError::NotBase64Url { part: Part::Header })?;
    if octets.len() > limits.header_octets {
        return Err(too_large(limits));
    }
    String::from_utf8(octets).map_err(|_| ParseError::Header(HeaderError::Json(JsonError::NotUtf8)))
}

/// Refuses base64url that is too long for a header before it is decoded. What is over by a character or two is caught afterwards.
#[inline]
pub(crate) fn check_length(text: &str, limits: &Limits) -> Result<(), ParseError> {
    // Four characters carry three octets.
    if text.len().div_ceil(4) > limits.header_octets.div_ceil(3).saturating_add(1) {
        return Err(too_large(limits));
    }
    Ok(())
}

pub(crate) const fn too_large(limits: &Limits) -> ParseError {
    ParseError::TooLarge { part: Part::Header, limit: limits.header_octets }
}
