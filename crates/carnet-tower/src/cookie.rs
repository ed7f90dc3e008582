use crate::config_error::ProtectConfigError;
use crate::credentials::{Scheme, Unreadable};
use crate::csrf::{CsrfTokens, Origin};
use http::HeaderMap;
use http::header::COOKIE;

/// Takes tokens from a cookie where a request has no `Authorization` header, and then sees to it that no other site sent the request.
///
/// A browser sends cookies along with whatever another site makes it request, so a request that changes something (any method but GET, HEAD, OPTIONS and TRACE; and the opening of
/// a WebSocket) must show where it comes from:
///
/// | the request has | it is |
/// |---|---|
/// | `Sec-Fetch-Site: same-origin` or `none` | taken |
/// | `Origin`, this one or a [trusted](Self::trusted_origins) one | taken |
/// | either of the two, saying something else (also `same-site`) | refused with 403 |
/// | neither, and an `X-CSRF-Token` of [ours](Self::csrf_tokens) | taken |
/// | neither | refused with 403 |
///
/// `SameSite` and the prefix `__Host-` are up to whoever sets the cookie, and are advised: without the prefix, a sibling domain can put its own cookie in the place.
/// **A header beats the cookie**, and one that is there and wrong never gives way to it. Two cookies of the name are refused with 400.
///
/// ```
/// use carnet_tower::CookieCredentials;
/// let cookie = CookieCredentials::new("__Host-at", "https://app.example.com")?;
/// assert!(CookieCredentials::new("__Host-at", "app.example.com").is_err());
/// # Ok::<(), carnet_tower::ProtectConfigError>(())
/// ```
#[derive(Debug, Clone)]
pub struct CookieCredentials {
    name: String,
    rejects_ambiguous: bool,
    pub(crate) origins: Vec<Origin>,
    pub(crate) tokens: Option<CsrfTokens>,
}

impl CookieCredentials {
    /// Takes tokens from the cookie of this name, of pages that are at this origin.
    ///
    /// # Errors
    /// [`ProtectConfigError::CookieName`], [`ProtectConfigError::Origin`].
    pub fn new(name: impl Into<String>, origin: &str) -> Result<Self, ProtectConfigError> {
        let name = name.into();
        let fits = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet);
        if name.is_empty() || !name.bytes().all(fits) {
            return Err(ProtectConfigError::CookieName);
        }
        Ok(Self { name, rejects_ambiguous: false, origins: vec![Origin::new(origin)?], tokens: None })
    }

    /// Takes requests of pages at these origins too.
    ///
    /// # Errors
    /// [`ProtectConfigError::Origin`].
    pub fn trusted_origins<'o>(
        mut self,
        origins: impl IntoIterator<Item = &'o str>,
    ) -> Result<Self, ProtectConfigError> {
        for origin in origins {
            self.origins.push(Origin::new(origin)?);
        }
        Ok(self)
    }

    /// Takes requests that show no origin, as those of very old browsers and of programs, with a token that was given out before.
    #[must_use]
    pub fn csrf_tokens(mut self, tokens: CsrfTokens) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// Refuses a request with 400 that has the cookie and an `Authorization` header. Otherwise the header is taken and the cookie, which comes by itself, is not looked at.
    #[must_use]
    pub const fn reject_ambiguous(mut self) -> Self {
        self.rejects_ambiguous = true;
        self
    }

    /// The cookie's value.
    pub(crate) fn find<'r>(&self, headers: &'r HeaderMap) -> Result<Option<&'r str>, Unreadable> {
        one_cookie(headers, &self.name)
    }

    /// Whether the cookie must not be beside the header.
    pub(crate) fn objects_to(&self, headers: &HeaderMap) -> bool {
        self.rejects_ambiguous && !matches!(self.find(headers), Ok(None))
    }
}

/// The value of the cookie of this name, which must be there once at most. Names and values are octets, and nothing but spaces and tabs around them is left out: what a browser sends under
/// another name must not become ours.
pub(crate) fn one_cookie<'r>(headers: &'r HeaderMap, name: &str) -> Result<Option<&'r str>, Unreadable> {
    let pairs = headers.get_all(COOKIE).iter().flat_map(|field| field.as_bytes().split(|octet| *octet == b';'));
    let named = pairs.filter_map(|pair| trim(pair).strip_prefix(name.as_bytes()));
    let mut values = named.filter_map(|rest| trim(rest).strip_prefix(b"="));
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Unreadable::Ambiguous);
    }
    str::from_utf8(trim(value)).map(Some).map_err(|_| Unreadable::Malformed(Some(Scheme::Bearer)))
}

fn trim(octets: &[u8]) -> &[u8] {
    let is_blank = |octet: &u8| matches!(octet, b' ' | b'\t');
    let begin = octets.iter().position(|octet| !is_blank(octet)).unwrap_or(octets.len());
    let end = octets.iter().rposition(|octet| !is_blank(octet)).map_or(begin, |last| last.saturating_add(1));
    octets.get(begin..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn find(fields: &[&str]) -> Result<Option<String>, Unreadable> {
        find_octets(&fields.iter().map(|field| field.as_bytes()).collect::<Vec<_>>())
    }

    fn find_octets(fields: &[&[u8]]) -> Result<Option<String>, Unreadable> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(COOKIE, HeaderValue::from_bytes(field).unwrap());
        }
        one_cookie(&headers, "__Host-at").map(|value| value.map(str::to_owned))
    }

    #[test]
    fn a_cookie_is_found_once() {
        assert_eq!(find(&["a=b; __Host-at=token; c=d"]), Ok(Some("token".to_owned())));
        assert_eq!(find(&["a=b", "__Host-at=token"]), Ok(Some("token".to_owned())));
        assert_eq!(find(&["a=b", "__host-at=token; __Host-at2=x; x__Host-at=y"]), Ok(None));
        assert_eq!(find(&[]), Ok(None));
        assert_eq!(find(&["__Host-at="]), Ok(Some(String::new())));
        assert_eq!(find(&["__Host-at=a; __Host-at=b"]), Err(Unreadable::Ambiguous));
        assert_eq!(find(&["__Host-at=a", "__Host-at=a"]), Err(Unreadable::Ambiguous));
        assert_eq!(find(&["\t __Host-at = a \t;x"]), Ok(Some("a".to_owned())));
        assert_eq!(find(&["__Host-at; a==b;;=; __Host-at=a=b"]), Ok(Some("a=b".to_owned())));
    }

    /// What is beside it, and how it is written, makes it neither vanish nor appear.
    #[test]
    fn octets_beyond_ascii_hide_nothing() {
        assert_eq!(find(&["theme=\u{e9}; __Host-at=token"]), Ok(Some("token".to_owned())));
        assert_eq!(find_octets(&[b"theme=\xff; __Host-at=token"]), Ok(Some("token".to_owned())));
        assert_eq!(find_octets(&[b"theme=\xff; __Host-at=a", b"__Host-at=b"]), Err(Unreadable::Ambiguous));
        assert_eq!(find_octets(&[b"__Host-at=\xff"]), Err(Unreadable::Malformed(Some(Scheme::Bearer))));
        for blank in ["\u{a0}", "\u{2003}", "\u{feff}"] {
            assert_eq!(find(&[&format!("{blank}__Host-at=a")]), Ok(None), "another name");
            assert_eq!(find(&[&format!("__Host-at{blank}=a")]), Ok(None), "another name");
        }
    }

    #[test]
    fn names_are_names() {
        for name in ["", "a b", "a=b", "a;b", "\u{e9}"] {
            assert_eq!(CookieCredentials::new(name, "https://a.example").unwrap_err(), ProtectConfigError::CookieName);
        }
    }
}
