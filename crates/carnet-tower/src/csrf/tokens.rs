use crate::config_error::ProtectConfigError;
use crate::cookie_value::one_cookie;
use carnet_core::base64url;
use carnet_jwa::{SigningFailed, random};
use carnet_jwk::KeyRing;
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderName, HeaderValue};
use subtle::ConstantTimeEq;

const FIELD: HeaderName = HeaderName::from_static("x-csrf-token");
const COOKIE: &str = "__Host-csrf";
/// Random octets of a token.
const RANDOM: usize = 16;

/// Tokens against forged requests, for those that show no origin: a signed double submit. The page reads the cookie `__Host-csrf` and sends its value in the field `X-CSRF-Token`; another
/// site can do neither. The value is bound to the session, so that one of the attacker's own is of no use to him.
///
/// The session is the claim `sid` of the access token, or its `jti` where there is none.
///
/// ```
/// # use carnet_jwa::Algorithm::HS256;
/// # use carnet_jwk::{KeyRing, Secret};
/// use carnet_tower::CsrfTokens;
/// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
/// let tokens = CsrfTokens::new(KeyRing::from_secrets(HS256, &secret, [])?)?;
/// let set_cookie = tokens.set_cookie("session-1")?;
/// let text = set_cookie.to_str()?;
/// assert!(text.starts_with("__Host-csrf=") && text.ends_with("; SameSite=Strict; Secure; Path=/"), "{text}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CsrfTokens {
    ring: KeyRing,
}

impl CsrfTokens {
    /// Tokens under the current secret of the ring; those under its previous ones are taken.
    ///
    /// # Errors
    /// [`ProtectConfigError::NotSymmetric`].
    pub fn new(ring: KeyRing) -> Result<Self, ProtectConfigError> {
        if !ring.current().algorithm().is_symmetric() {
            return Err(ProtectConfigError::NotSymmetric);
        }
        Ok(Self { ring })
    }

    /// A token for a session, for the login's response to carry.
    ///
    /// # Errors
    /// [`SigningFailed`] where the operating system has no random octets.
    pub fn issue(&self, session: &str) -> Result<String, SigningFailed> {
        let mut octets = [0; RANDOM];
        random::fill(&mut octets).map_err(|_| SigningFailed::new())?;
        let tag = self.ring.current().sign_message(&message(session, &octets))?;
        Ok(base64url::encode(&[&octets[..], tag.as_ref()].concat()))
    }

    /// `Set-Cookie` with a token for a session: readable by the page, for this host alone, until the browser ends.
    ///
    /// # Errors
    /// As [`issue`](Self::issue).
    pub fn set_cookie(&self, session: &str) -> Result<HeaderValue, SigningFailed> {
        let cookie = Cookie::build((COOKIE, self.issue(session)?)).path("/").secure(true).same_site(SameSite::Strict);
        HeaderValue::try_from(cookie.to_string()).map_err(|_| SigningFailed::new())
    }

    /// Whether the field holds a token of this session, and the cookie the same.
    pub(crate) fn admit(&self, headers: &HeaderMap, session: &str) -> bool {
        let mut fields = headers.get_all(&FIELD).iter();
        let (Some(field), None) = (fields.next(), fields.next()) else { return false };
        let Ok(Some(cookie)) = one_cookie(headers, COOKIE) else { return false };
        let same = bool::from(field.as_bytes().ct_eq(cookie.as_bytes()));
        same && self.is_of(cookie, session)
    }

    fn is_of(&self, token: &str, session: &str) -> bool {
        let Ok(octets) = base64url::decode(token) else { return false };
        let Some((random, tag)) = octets.split_at_checked(RANDOM) else { return false };
        let message = message(session, random);
        self.ring.verifying_keys().iter().any(|key| key.verify_signature(&message, tag).is_ok())
    }
}

/// What the tag is over. The length keeps session and random octets apart.
fn message(session: &str, random: &[u8]) -> Vec<u8> {
    let length = u64::try_from(session.len()).unwrap_or(u64::MAX).to_be_bytes();
    [&b"carnet csrf\0"[..], &length, session.as_bytes(), random].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use carnet_jwa::Algorithm::HS256;
    use carnet_jwk::Secret;

    fn headers(field: &str, cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.append(FIELD, HeaderValue::try_from(field).unwrap());
        headers.append(http::header::COOKIE, HeaderValue::try_from(format!("{COOKIE}={cookie}")).unwrap());
        headers
    }

    #[test]
    fn a_token_is_of_its_session_its_ring_and_its_cookie() {
        let [one, other] = [[1; 32], [2; 32]].map(|octets| Secret::from_bytes(octets).unwrap());
        let of = |current, previous: Option<_>| {
            CsrfTokens::new(KeyRing::from_secrets(HS256, current, previous).unwrap()).unwrap()
        };
        let (tokens, foreign, rotated) = (of(&one, None), of(&other, None), of(&other, Some(&one)));
        let token = tokens.issue("s1").unwrap();
        assert!(tokens.admit(&headers(&token, &token), "s1"));
        assert!(rotated.admit(&headers(&token, &token), "s1"), "the previous secret still counts");
        assert!(!tokens.admit(&headers(&token, &token), "s2"));
        assert!(!tokens.admit(&headers(&token, &token), "s"));
        assert!(!foreign.admit(&headers(&token, &token), "s1"));
        let second = tokens.issue("s1").unwrap();
        assert_ne!(token, second);
        assert!(!tokens.admit(&headers(&token, &second), "s1"), "cookie and field differ");
        for forged in ["", "a", &token[1..], "AAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(!tokens.admit(&headers(forged, forged), "s1"), "{forged}");
        }
        let mut twice = headers(&token, &token);
        twice.append(FIELD, HeaderValue::try_from(&token).unwrap());
        assert!(!tokens.admit(&twice, "s1"));
        let mut alone = headers(&token, &token);
        alone.remove(http::header::COOKIE);
        assert!(!tokens.admit(&alone, "s1"));
    }
}
