use http::HeaderValue;

/// What is allowed in the value of a challenge's parameter: %x20-21 / %x23-5B / %x5D-7E, so that nothing has to be escaped
/// ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
pub(crate) const fn is_parameter_octet(octet: u8) -> bool {
    matches!(octet, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

/// Whether the text can be the value of a parameter as it is.
pub(crate) fn is_parameter(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_parameter_octet)
}

/// A challenge of one scheme for `WWW-Authenticate` ([RFC 9110 §11.3](https://www.rfc-editor.org/rfc/rfc9110#section-11.3)). Values hold no octet that would have to be escaped:
/// whatever else is in them is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    text: String,
    has_parameters: bool,
}

impl Challenge {
    pub(crate) fn new(scheme: &'static str) -> Self {
        Self { text: scheme.to_owned(), has_parameters: false }
    }

    /// Adds a parameter, in the order of the calls. An empty value is left out.
    pub(crate) fn parameter(mut self, name: &'static str, value: &str) -> Self {
        let value = value.bytes().filter(|octet| is_parameter_octet(*octet)).map(char::from);
        let mut value = value.peekable();
        if value.peek().is_none() {
            return self;
        }
        self.text.push_str(if self.has_parameters { ", " } else { " " });
        self.text.push_str(name);
        self.text.push_str("=\"");
        self.text.extend(value);
        self.text.push('"');
        self.has_parameters = true;
        self
    }

    pub(crate) fn optional(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.parameter(name, value),
            None => self,
        }
    }

    /// The field's value. It is ASCII without control characters, so it is always one.
    pub(crate) fn into_value(self) -> Option<HeaderValue> {
        HeaderValue::try_from(self.text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_stand_in_the_order_of_the_calls() {
        let challenge =
            Challenge::new("Bearer").parameter("realm", "a b").optional("scope", None).parameter("error", "x");
        assert_eq!(challenge.into_value().unwrap(), r#"Bearer realm="a b", error="x""#);
        assert_eq!(Challenge::new("Bearer").into_value().unwrap(), "Bearer");
    }

    #[test]
    fn no_value_gets_out_of_its_quotes() {
        let hostile = "a\", error=\"b\\\r\nSet-Cookie: c\u{e9}\u{7f}\0";
        let value = Challenge::new("Bearer").parameter("realm", hostile).into_value().unwrap();
        assert_eq!(value, r#"Bearer realm="a, error=bSet-Cookie: c""#);
        assert_eq!(Challenge::new("Bearer").parameter("realm", "\"\\").into_value().unwrap(), "Bearer");
    }

    #[test]
    fn every_octet_is_judged() {
        for octet in 0..=u8::MAX {
            let allowed = (0x20..=0x7e).contains(&octet) && octet != b'"' && octet != b'\\';
            assert_eq!(is_parameter_octet(octet), allowed, "{octet:#x}");
        }
    }
}
