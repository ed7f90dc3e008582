use core::fmt;

/// How many characters of an untrusted name are kept.
const KEPT: usize = 64;

/// An untrusted name (a `kid`, an `alg`, a claim's name) made safe for messages and logs.
///
/// Control characters, quotes, backslashes and everything outside ASCII are escaped, and the name is cut
/// after 64 characters. Shown in double quotes.
///
/// ```
/// assert_eq!(carnet_core::Quoted::new("a\"b\nc").to_string(), r#""a\"b\nc""#);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Quoted(Box<str>);

impl Quoted {
    /// Escapes and cuts `name`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut kept = String::with_capacity(name.len().min(KEPT).saturating_add(2));
        kept.push('"');
        let mut characters = name.chars();
        for character in characters.by_ref().take(KEPT) {
            kept.extend(character.escape_default().filter(|_| character != '\''));
            if character == '\'' {
                kept.push('\'');
            }
        }
        if characters.next().is_some() {
            kept.push_str("...");
        }
        kept.push('"');
        Self(kept.into())
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Quoted {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d17_long_and_odd_names_are_cut_and_escaped() {
        assert_eq!(Quoted::new("it's").to_string(), "\"it's\"");
        assert_eq!(Quoted::new("\u{1b}[31m\0é").to_string(), r#""\u{1b}[31m\u{0}\u{e9}""#);
        let long = Quoted::new(&"x".repeat(1_000_000)).to_string();
        assert_eq!(long.len(), 64 + 3 + 2);
    }
}
