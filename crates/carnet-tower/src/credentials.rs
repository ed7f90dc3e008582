use crate::cookie::CookieCredentials;
use crate::scheme::{Scheme, Schemes, Unreadable};
use core::fmt;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, HeaderName};

/// The longest `Authorization` that is read, in octets: what common servers and proxies take of a header field.
pub(crate) const MAX_AUTHORIZATION: usize = 8 * 1024;

/// The field with the proof.
pub(crate) const DPOP: HeaderName = HeaderName::from_static("dpop");

/// What a request brings along to be believed. `Debug` shows no token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credentials<'r> {
    /// Nothing.
    Absent,
    /// Something for somebody else: another scheme.
    OtherScheme,
    Presented(Presented<'r>),
}

/// A token, as it was presented. `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presented<'r> {
    /// As it comes after the scheme. A token that is accepted has only octets that the header may have, so what may be in the header is asked of the others alone: see [`text`](Self::text).
    Bearer(&'r [u8]),
    /// A token that is bound to a key, and the proof that the client has it; `None` where there is not exactly one.
    Dpop(&'r str, Option<&'r str>),
    Cookie(&'r str),
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::OtherScheme => "OtherScheme",
            Self::Presented(presented) => return presented.fmt(f),
        })
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bearer(_) => "Bearer",
            Self::Dpop(..) => "Dpop",
            Self::Cookie(_) => "Cookie",
        })
    }
}

impl<'r> Presented<'r> {
    /// The token. `None` where it is nothing that may be in the header.
    pub(crate) fn text(self) -> Option<&'r str> {
        match self {
            Self::Bearer(octets) => token68(octets),
            Self::Dpop(token, _) | Self::Cookie(token) => Some(token),
        }
    }
}

impl<'r> Credentials<'r> {
    /// Reads them. A header that is there and cannot be used never gives way to a cookie, and the body is not looked at. Tokens in the query are ignored
    /// (OAuth 2.1), except that one beside the header makes two methods.
    pub(crate) fn read(
        parts: &'r Parts,
        schemes: Schemes,
        cookie: Option<&CookieCredentials>,
    ) -> Result<Self, Unreadable> {
        let mut fields = parts.headers.get_all(AUTHORIZATION).iter();
        let Some(field) = fields.next() else {
            let Some(cookie) = cookie.filter(|_| schemes.bearer) else { return Ok(Self::Absent) };
            return Ok(cookie
                .find(&parts.headers)?
                .map_or(Self::Absent, |token| Self::Presented(Presented::Cookie(token))));
        };
        if fields.next().is_some() {
            return Err(Unreadable::Ambiguous);
        }
        let (scheme, token) = split_scheme(field.as_bytes()).ok_or(Unreadable::Malformed(None))?;
        let scheme = if schemes.bearer && scheme.eq_ignore_ascii_case(b"Bearer") {
            Some(Scheme::Bearer)
        } else if schemes.dpop && scheme.eq_ignore_ascii_case(b"DPoP") {
            Some(Scheme::Dpop)
        } else {
            None
        };
        if field.len() > MAX_AUTHORIZATION {
            return Err(Unreadable::Malformed(scheme));
        }
        let Some(scheme) = scheme else { return Ok(Self::OtherScheme) };
        if has_token_in_query(parts) || cookie.is_some_and(|cookie| cookie.objects_to(&parts.headers)) {
            return Err(Unreadable::Ambiguous);
        }
        Ok(Self::Presented(match scheme {
            Scheme::Bearer => Presented::Bearer(token),
            Scheme::Dpop => {
                let token = token68(token).ok_or(Unreadable::Malformed(Some(scheme)))?;
                Presented::Dpop(token, proof(&parts.headers))
            }
        }))
    }
}

/// The scheme, a `token` of RFC 9110, and what follows it after spaces, if anything does. `None` where there is no scheme.
fn split_scheme(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = value.iter().position(|octet| !is_token_octet(*octet)).unwrap_or(value.len());
    let (scheme, rest) = value.split_at_checked(end)?;
    let start = rest.iter().position(|octet| *octet != b' ').unwrap_or(rest.len());
    let ends = rest.is_empty() || start > 0;
    (!scheme.is_empty() && ends).then_some((scheme, rest.get(start..)?))
}

const fn is_token_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(
            octet,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
        )
}

/// A token68 ([RFC 9110 §11.2](https://www.rfc-editor.org/rfc/rfc9110#section-11.2)).
fn token68(token: &[u8]) -> Option<&str> {
    let body = token.iter().rposition(|octet| *octet != b'=').map(|last| token.get(..=last)).unwrap_or_default()?;
    // To the end in any case: without a branch for each octet, many are looked at at once.
    let fits = body.iter().fold(true, |all, octet| all & is_token68_octet(*octet));
    if fits { str::from_utf8(token).ok() } else { None }
}

/// Letters, digits and `-._~+/`, of which all but two lie beside the digits.
const fn is_token68_octet(octet: u8) -> bool {
    (octet | 0x20).is_ascii_lowercase()
        | (matches!(octet, b'+'..=b'9') & (octet != b','))
        | (octet == b'_')
        | (octet == b'~')
}

fn has_token_in_query(parts: &Parts) -> bool {
    let has_token = |query: &str| query.split('&').any(|pair| pair.split('=').next() == Some("access_token"));
    parts.uri.query().is_some_and(has_token)
}

fn proof(headers: &HeaderMap) -> Option<&str> {
    let mut fields = headers.get_all(DPOP).iter();
    let proof = fields.next()?.to_str().ok()?;
    fields.next().is_none().then_some(proof)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    const BOTH: Schemes = Schemes { bearer: true, dpop: true };

    fn parts(uri: &str, fields: &[(&str, &[u8])]) -> Parts {
        let mut request = Request::builder().uri(uri);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn read(value: &[u8]) -> Result<String, Unreadable> {
        let parts = parts("/", &[("authorization", value), ("dpop", b"p")]);
        let unreadable = Unreadable::Malformed(Some(Scheme::Bearer));
        match Credentials::read(&parts, BOTH, None)? {
            Credentials::Presented(Presented::Dpop(token, proof)) => Ok(format!("dpop {token} {proof:?}")),
            Credentials::Presented(bearer) => bearer.text().map(|token| format!("bearer {token}")).ok_or(unreadable),
            other => Ok(format!("{other:?}")),
        }
    }

    #[test]
    fn schemes_are_read_as_the_grammar_has_them() {
        let malformed = Err(Unreadable::Malformed(Some(Scheme::Bearer)));
        let no_scheme = Err(Unreadable::Malformed(None));
        for (value, expected) in [
            ("Bearer abc", Ok("bearer abc".to_owned())),
            ("bearer abc", Ok("bearer abc".to_owned())),
            ("BEARER   a.b-c_d~e+f/g==", Ok("bearer a.b-c_d~e+f/g==".to_owned())),
            ("DPoP abc", Ok("dpop abc Some(\"p\")".to_owned())),
            ("dpop abc", Ok("dpop abc Some(\"p\")".to_owned())),
            ("Basic YTpi", Ok("OtherScheme".to_owned())),
            ("BearerX abc", Ok("OtherScheme".to_owned())),
            ("Negotiate", Ok("OtherScheme".to_owned())),
            ("Digest username=\"a\", realm=\"b\"", Ok("OtherScheme".to_owned())),
            ("", no_scheme.clone()),
            ("Bearer", malformed.clone()),
            ("Bearer ", malformed.clone()),
            ("Bearer =", malformed.clone()),
            ("Bearer a b", malformed.clone()),
            ("Bearer a=b", malformed.clone()),
            ("Bearer a,b", malformed.clone()),
            ("Bearer a, Bearer b", malformed.clone()),
            ("Bearer \"a\"", malformed.clone()),
            ("Bearer\tabc", no_scheme.clone()),
            ("Bearer \tabc", malformed.clone()),
            ("Bearer:abc", no_scheme.clone()),
            (" Bearer abc", no_scheme.clone()),
            ("Bearer ab\u{e9}", malformed.clone()),
            ("\u{e9}", no_scheme.clone()),
            ("DPoP a b", Err(Unreadable::Malformed(Some(Scheme::Dpop)))),
        ] {
            assert_eq!(read(value.as_bytes()), expected, "{value:?}");
        }
        assert_eq!(read(b"Bearer a\xff"), malformed);
    }

    #[test]
    fn the_octets_of_a_token_are_those_of_the_grammar() {
        for octet in 0..=u8::MAX {
            let expected = octet.is_ascii_alphanumeric() || b"-._~+/".contains(&octet);
            assert_eq!(is_token68_octet(octet), expected, "{octet}");
        }
    }

    #[test]
    fn a_field_has_a_largest_size() {
        for (scheme, is) in [("Bearer", Some(Scheme::Bearer)), ("DPoP", Some(Scheme::Dpop)), ("Basic", None)] {
            let of = |octets: usize| format!("{scheme} {}", "a".repeat(octets - scheme.len() - 1));
            assert!(read(of(MAX_AUTHORIZATION).as_bytes()).is_ok());
            assert_eq!(read(of(MAX_AUTHORIZATION + 1).as_bytes()), Err(Unreadable::Malformed(is)));
        }
    }

    #[test]
    fn two_methods_are_none() {
        let twice = [("authorization", &b"Bearer a"[..]), ("authorization", b"Bearer a")];
        assert_eq!(Credentials::read(&parts("/", &twice), BOTH, None), Err(Unreadable::Ambiguous));
        let other = [("authorization", &b"Basic a"[..]), ("authorization", b"Bearer a")];
        assert_eq!(Credentials::read(&parts("/", &other), BOTH, None), Err(Unreadable::Ambiguous));
        let one = [("authorization", &b"Bearer a"[..])];
        assert_eq!(Credentials::read(&parts("/?x=1&access_token=b", &one), BOTH, None), Err(Unreadable::Ambiguous));
        let alone = parts("/?access_token=b", &[]);
        assert_eq!(Credentials::read(&alone, BOTH, None), Ok(Credentials::Absent));
        let named_alike = parts("/?my_access_token=b&access_token_type=c", &one);
        assert_eq!(Credentials::read(&named_alike, BOTH, None), Ok(Credentials::Presented(Presented::Bearer(b"a"))));
    }

    #[test]
    fn a_scheme_that_is_off_is_another() {
        let dpop = parts("/", &[("authorization", b"DPoP a")]);
        assert_eq!(Credentials::read(&dpop, Schemes { bearer: true, dpop: false }, None), Ok(Credentials::OtherScheme));
        let bearer = parts("/", &[("authorization", b"Bearer a")]);
        assert_eq!(
            Credentials::read(&bearer, Schemes { bearer: false, dpop: true }, None),
            Ok(Credentials::OtherScheme)
        );
    }

    #[test]
    fn there_is_one_proof_or_none() {
        let of = |fields: &[(&str, &[u8])]| {
            let parts = parts("/", &[&[("authorization", &b"DPoP a"[..])], fields].concat());
            let Ok(Credentials::Presented(Presented::Dpop(_, proof))) = Credentials::read(&parts, BOTH, None) else {
                panic!("not DPoP")
            };
            proof.map(str::to_owned)
        };
        assert_eq!(of(&[("dpop", b"p")]), Some("p".to_owned()));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("dpop", b"p"), ("dpop", b"p")]), None);
        assert_eq!(of(&[("dpop", b"\xff")]), None);
    }
}
