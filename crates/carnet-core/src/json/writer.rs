use super::plain::plain_prefix;
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
    nul: bool,
}

impl Writer {
    /// Starts an object with room for `capacity` octets.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let mut text = String::with_capacity(capacity);
        text.push('{');
        Self { text, nul: false }
    }

    /// A name of a specification, which needs no escapes.
    #[inline]
    fn name(&mut self, name: &'static str) {
        debug_assert_eq!(plain_prefix(name.as_bytes()), name.len(), "a name that needs escapes goes through raw");
        self.text.push_str(if self.text.len() > 1 { ",\"" } else { "\"" });
        self.text.push_str(name);
        self.text.push_str("\":");
    }

    /// Writes a string with its quotes.
    #[inline]
    fn push(&mut self, value: &str) {
        if plain_prefix(value.as_bytes()) < value.len() {
            self.nul |= value.contains('\0');
            return push_escaped(&mut self.text, value);
        }
        self.text.reserve(value.len().saturating_add(3));
        self.text.push('"');
        self.text.push_str(value);
        self.text.push('"');
    }

    /// Whether a string with U+0000 was written, which no strict reader takes.
    #[must_use]
    pub const fn has_nul(&self) -> bool {
        self.nul
    }

    /// Writes a member whose value is a string.
    pub fn string(&mut self, name: &'static str, value: &str) {
        self.name(name);
        self.push(value);
    }

    /// Writes a member of any name, whose value is already JSON.
    pub fn raw(&mut self, name: &str, json: &str) {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        self.push(name);
        self.text.push(':');
        self.text.push_str(json);
    }

    /// Writes a member whose value is a whole number.
    pub fn integer(&mut self, name: &'static str, value: i64) {
        self.name(name);
        self.text.push_str(itoa::Buffer::new().format(value));
    }

    /// Writes a member whose value is an array of strings.
    pub fn strings<'a>(&mut self, name: &'static str, values: impl IntoIterator<Item = &'a str>) {
        self.name(name);
        self.text.push('[');
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.push(value);
        }
        self.text.push(']');
    }

    /// Writes members that are already JSON: the inside of an object, without its braces.
    pub fn members(&mut self, inside: &str) {
        if inside.is_empty() {
            return;
        }
        if self.text.len() > 1 {
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

/// Writes a string with its quotes and escapes.
#[cold]
fn push_escaped(text: &mut String, value: &str) {
    text.push('"');
    let mut rest = value;
    loop {
        let (plain, from) = rest.split_at_checked(plain_prefix(rest.as_bytes())).unwrap_or_default();
        text.push_str(plain);
        let mut after = from.chars();
        match after.next() {
            Some('"') => text.push_str("\\\""),
            Some('\\') => text.push_str("\\\\"),
            Some('\n') => text.push_str("\\n"),
            Some('\r') => text.push_str("\\r"),
            Some('\t') => text.push_str("\\t"),
            Some(control) => text.push_str(&format!("\\u{:04x}", u32::from(control))),
            None => break,
        }
        rest = after.as_str();
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn strings_read_back(value in any::<String>()) {
            let mut writer = Writer::with_capacity(0);
            writer.push(&value);
            prop_assert_eq!(writer.has_nul(), value.contains('\0'));
            let text = writer.finish();
            let text = text.strip_prefix('{').unwrap().strip_suffix('}').unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(text).unwrap(), value);
        }

        #[test]
        fn integers_read_back(value in any::<i64>()) {
            for value in [value, 0, -1, 9, 10, i64::MIN, i64::MAX] {
                let mut writer = Writer::with_capacity(8);
                writer.integer("n", value);
                prop_assert_eq!(writer.finish(), format!("{{\"n\":{value}}}"));
            }
        }
    }
}
