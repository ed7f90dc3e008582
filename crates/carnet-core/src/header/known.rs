use super::{Header, HeaderPlaces};
use crate::limits::Limits;
use core::fmt;
use std::sync::OnceLock;

/// How many are kept: a key signs with one header, and an issuer has few keys.
const KEPT: usize = 8;

/// The longest that is kept, in octets of base64url.
const LONGEST: usize = 512;

/// Headers of tokens that were verified, so that the next token with the same one need not have it read again.
///
/// A header is recognised by every octet of its base64url, and under the same limits as it was read under before, so that it says the same again. **Nothing
/// else is remembered**: whether its algorithm is allowed, its extensions are understood and its key is there is asked for each token anew.
///
/// Keeps the first eight that are noted, of at most 512 octets each and without a key or a certificate in them, and forgets none: it belongs with the keys and goes
/// when they are exchanged. Takes no lock.
#[derive(Clone, Default)]
pub struct KnownHeaders([OnceLock<KnownHeader>; KEPT]);

/// A header that was read before.
#[derive(Clone)]
pub struct KnownHeader {
    encoded: Box<str>,
    limits: Limits,
    text: Box<str>,
    side: Box<str>,
    places: HeaderPlaces,
}

impl KnownHeaders {
    /// The header with this base64url, read under these limits.
    #[inline]
    #[must_use]
    pub fn find(&self, encoded: &str, limits: &Limits) -> Option<&KnownHeader> {
        let known = |known: &&KnownHeader| *known.encoded == *encoded && known.limits == *limits;
        self.0.iter().map_while(OnceLock::get).find(known)
    }

    /// Notes the header of a token whose signature was verified. **Of no other**: strangers could fill the places.
    pub fn note(&self, encoded: &str, limits: &Limits, header: Header<'_>) {
        let full = self.0.last().is_some_and(|last| last.get().is_some());
        if !full && encoded.len() <= LONGEST && header.jwk().is_none() && header.x5c().is_none() {
            self.add(KnownHeader::new(encoded, limits, header));
        }
    }

    #[cold]
    fn add(&self, mut header: KnownHeader) {
        for place in &self.0 {
            match place.set(header) {
                Ok(()) => return,
                Err(left) => header = left,
            }
            // Another thread met it at the same time.
            if place.get().is_some_and(|known| known.encoded == header.encoded && known.limits == header.limits) {
                return;
            }
        }
    }
}

impl KnownHeader {
    fn new(encoded: &str, limits: &Limits, header: Header<'_>) -> Self {
        let Header { text, side, places } = header;
        Self { encoded: encoded.into(), limits: *limits, text: text.into(), side: side.into(), places: *places }
    }

    /// The header.
    #[must_use]
    pub const fn header(&self) -> Header<'_> {
        Header { text: &self.text, side: &self.side, places: &self.places }
    }
}

impl fmt::Debug for KnownHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KnownHeaders({})", self.0.iter().map_while(OnceLock::get).count())
    }
}

impl fmt::Debug for KnownHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.header().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two threads may meet the same header at the same time, and each find that it is not known.
    #[test]
    fn a_header_is_kept_once() {
        let encoded = crate::base64url::encode(br#"{"alg":"HS256"}"#);
        let text = r#"{"alg":"HS256"}"#;
        let (mut side, mut members) = (String::new(), Vec::new());
        let places = HeaderPlaces::read(text, &Limits::default(), &mut members, &mut side).unwrap();
        let known = KnownHeaders::default();
        let met = || KnownHeader::new(&encoded, &Limits::default(), Header::new(text, &side, &places));
        known.add(met());
        known.add(met());
        assert_eq!(format!("{known:?}"), "KnownHeaders(1)");
    }
}
