use crate::config_error::ProtectConfigError;
use crate::cookie_value::one_cookie;
use crate::csrf::{Csrf, CsrfTokens, Origin};
use crate::scheme::Unreadable;
use http::HeaderMap;

/// Takes tokens from a cookie where a request has no `Authorization` header, and then sees to it that no other site sent the request.
///
/// A browser sends cookies along with whatever another site makes it request, so a request that changes something (any method but GET, HEAD, OPTIONS and TRACE; and the opening of
/// a WebSocket) must show where it comes from; the first row that fits counts:
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
    pub(crate) csrf: Csrf,
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
        Ok(Self { name, rejects_ambiguous: false, csrf: Csrf { origins: vec![Origin::new(origin)?], tokens: None } })
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
            self.csrf.origins.push(Origin::new(origin)?);
        }
        Ok(self)
    }

    /// Takes requests that show no origin, as those of very old browsers and of programs, with a token that was given out before.
    #[must_use]
    pub fn csrf_tokens(mut self, tokens: CsrfTokens) -> Self {
        self.csrf.tokens = Some(tokens);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names() {
        for name in ["", "a b", "a=b", "a;b", "\u{e9}"] {
            assert_eq!(CookieCredentials::new(name, "https://a.example").unwrap_err(), ProtectConfigError::CookieName);
        }
    }
}
