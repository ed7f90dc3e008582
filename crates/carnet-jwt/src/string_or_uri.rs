use fluent_uri::Uri;

/// Whether a text may stand as `iss`, `sub` or `aud`: one with a colon must be a URI ([RFC 7519 §2](https://www.rfc-editor.org/rfc/rfc7519#section-2)).
pub(crate) fn is_string_or_uri(text: &str) -> bool {
    !text.contains(':') || Uri::parse(text).is_ok()
}
