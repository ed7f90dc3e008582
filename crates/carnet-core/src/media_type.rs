//! Media types as `typ` and `cty` carry them.

/// Compares two `typ` or `cty` values as [RFC 7515 §4.1.9](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.9) says:
/// without regard to ASCII case, and with `application/` supplied where a value has no `/`.
///
/// ```
/// use carnet_core::media_type::matches;
/// assert!(matches("at+jwt", "application/AT+JWT"));
/// assert!(!matches("JWT", "at+jwt"));
/// assert!(!matches("example", "text/example"));
/// ```
#[must_use]
pub fn matches(left: &str, right: &str) -> bool {
    short(left).eq_ignore_ascii_case(short(right))
}

/// The value without its `application/`, where what remains has no other `/`.
fn short(value: &str) -> &str {
    const PREFIX: &str = "application/";
    match value.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) && !rest.contains('/') => rest,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc7515_4_1_9_prefix_rule() {
        assert!(matches("JWT", "jwt"));
        assert!(matches("application/jwt", "JWT"));
        assert!(matches("Application/JWT", "application/jwt"));
        assert!(!matches("application/a/b", "a/b"));
        assert!(!matches("jwt ", "jwt"));
        assert!(!matches("", "application"));
        assert!(!matches("text/jwt", "jwt"));
    }
}
