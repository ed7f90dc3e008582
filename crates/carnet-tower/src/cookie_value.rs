use crate::scheme::{Scheme, Unreadable};
use http::HeaderMap;
use http::header::COOKIE;

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
}
