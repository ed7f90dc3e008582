//! What a response says of how long it may be kept ([RFC 9111](https://www.rfc-editor.org/rfc/rfc9111)).

use core::time::Duration;
use http::HeaderMap;
use http::header::{AGE, CACHE_CONTROL};

/// How long the response is fresh for: its `max-age` less its `Age`; nothing where it must not be kept; `None` where it does not say.
///
/// The first `max-age` counts, and one that cannot be read is none. A cache of keys is private, so `s-maxage` is not for it.
pub(crate) fn fresh_for(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all(CACHE_CONTROL);
    let directives = || values.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let is = |directive: &str, name: &str| directive.trim().eq_ignore_ascii_case(name);
    if directives().any(|directive| {
        // `no-cache="Set-Cookie"` is about that field alone.
        is(directive, "no-store") || is(directive, "no-cache")
    }) {
        return Some(Duration::ZERO);
    }
    let max_age = directives().filter_map(|directive| directive.split_once('=')).find(|(name, _)| is(name, "max-age"));
    let max_age = seconds(max_age?.1)?;
    let age = headers.get(AGE).and_then(|age| age.to_str().ok()).and_then(seconds).unwrap_or_default();
    Some(max_age.saturating_sub(age))
}

/// A number of seconds; one too large is as large as can be.
fn seconds(text: &str) -> Option<Duration> {
    let digits = text.trim().trim_matches('"');
    let is_number = !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit());
    is_number.then(|| Duration::from_secs(digits.parse().unwrap_or(u64::from(u32::MAX))))
}

#[cfg(test)]
mod tests {
    use super::fresh_for;
    use core::time::Duration;
    use http::HeaderMap;
    use http::header::{AGE, CACHE_CONTROL};

    #[test]
    fn responses_say_how_long_they_are_fresh() {
        for (cache_control, age, expected) in [
            ("", "", None),
            ("max-age=300", "", Some(300)),
            ("public, max-age=21600, must-revalidate, no-transform", "100", Some(21500)),
            ("Max-Age = 300", "", Some(300)),
            ("max-age=\"300\"", "", Some(300)),
            ("max-age=300", "301", Some(0)),
            ("max-age=300", "-1", Some(300)),
            ("max-age=300", "x", Some(300)),
            ("max-age=0", "", Some(0)),
            ("max-age=300, max-age=1", "", Some(300)),
            ("max-age=300, no-store", "", Some(0)),
            ("NO-CACHE", "", Some(0)),
            ("no-cache=\"Set-Cookie\", max-age=300", "", Some(300)),
            ("max-age=-1", "", None),
            ("max-age=", "", None),
            ("max-age=1.5", "", None),
            ("max-age", "", None),
            ("s-maxage=300", "", None),
            ("max-age=99999999999999999999999", "", Some(u64::from(u32::MAX))),
            (",,=,", "", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CACHE_CONTROL, cache_control.parse().unwrap());
            headers.insert(AGE, age.parse().unwrap());
            assert_eq!(fresh_for(&headers), expected.map(Duration::from_secs), "{cache_control:?}, Age: {age:?}");
        }
        assert_eq!(fresh_for(&HeaderMap::new()), None);

        let mut two_fields = HeaderMap::new();
        two_fields.append(CACHE_CONTROL, "public".parse().unwrap());
        two_fields.append(CACHE_CONTROL, "max-age=5".parse().unwrap());
        assert_eq!(fresh_for(&two_fields), Some(Duration::from_secs(5)));
    }
}
