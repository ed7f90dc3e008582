use zeroize::Zeroize;

/// Writes one JSON object, member by member, onto a string.
///
/// The caller sees to it that no name is written twice.
///
/// ```
/// let mut writer = carnet_core::json::Writer::with_capacity(64);
/// writer.string("typ", "JWT");
/// writer.raw("n", "1");
/// assert_eq!(writer.finish(), r#"{"typ":"JWT","n":1}"#);
/// ```
#[derive(Default)]
pub struct Writer {
    text: String,
}

impl Writer {
    /// Starts an object with room for `capacity` octets.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let mut text = String::with_capacity(capacity);
        text.push('{');
        Self { text }
    }

    fn name(&mut self, name: &str) {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
        push_string(&mut self.text, name);
        self.text.push(':');
    }

    /// Writes a member whose value is a string.
    pub fn string(&mut self, name: &str, value: &str) {
        self.name(name);
        push_string(&mut self.text, value);
    }

    /// Writes a member whose value is already JSON.
    pub fn raw(&mut self, name: &str, json: &str) {
        self.name(name);
        self.text.push_str(json);
    }

    /// Writes a member whose value is an array of strings.
    pub fn strings<'a>(&mut self, name: &str, values: impl IntoIterator<Item = &'a str>) {
        self.name(name);
        self.text.push('[');
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            push_string(&mut self.text, value);
        }
        self.text.push(']');
    }

    /// Writes members that are already JSON: the inside of an object, without its braces.
    pub fn members(&mut self, inside: &str) {
        if inside.is_empty() {
            return;
        }
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
        self.text.push_str(inside);
    }

    /// Ends the object.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.text.push('}');
        core::mem::take(&mut self.text)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.text.zeroize(); // an unfinished object may hold a private key
    }
}

impl core::fmt::Debug for Writer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Writer({} octets)", self.text.len())
    }
}

/// Writes a JSON string with its quotes.
fn push_string(text: &mut String, value: &str) {
    text.push('"');
    let mut rest = value;
    while let Some(place) = rest.bytes().position(|octet| octet < 0x20 || octet == b'"' || octet == b'\\') {
        let (plain, from) = rest.split_at_checked(place).unwrap_or_default();
        text.push_str(plain);
        let mut after = from.chars();
        match after.next() {
            Some('"') => text.push_str("\\\""),
            Some('\\') => text.push_str("\\\\"),
            Some('\n') => text.push_str("\\n"),
            Some('\r') => text.push_str("\\r"),
            Some('\t') => text.push_str("\\t"),
            Some(control) => text.push_str(&format!("\\u{:04x}", u32::from(control))),
            None => {}
        }
        rest = after.as_str();
    }
    text.push_str(rest);
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn strings_read_back(value in any::<String>()) {
            let mut text = String::new();
            push_string(&mut text, &value);
            prop_assert_eq!(serde_json::from_str::<String>(&text).unwrap(), value);
        }
    }
}
