//! Names of files as they are given on the command line, and what is none.

use core::fmt;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The longest name of a file that common systems have, in octets.
const LONGEST_NAME: usize = 255;
/// The longest path that is shown, in octets.
const LONGEST_PATH: usize = 1024;
/// From how many characters on a name may be a secret: fewer make a poor one.
const SHORTEST_SECRET: usize = 20;
/// The longest word of a name that somebody made up.
const LONGEST_WORD: usize = 16;

/// The name of a file, which is the only thing of a command line that is ever shown again.
///
/// A key, a secret or a token that was given in its place is refused, and never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileName(PathBuf);

/// Something else stands where the name of a file belongs. Says nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAFileName {
    /// Nothing.
    Empty,
    /// What may be a key, a secret or a token.
    Suspicious,
}

impl FileName {
    /// Takes a name. What may be a key, a secret or a token is one, unless there is a file of this name.
    ///
    /// # Errors
    /// [`NotAFileName`].
    pub(crate) fn parse(name: OsString) -> Result<Self, NotAFileName> {
        if name.is_empty() {
            return Err(NotAFileName::Empty);
        }
        let path = PathBuf::from(name);
        let suspicious = path.to_str().is_none_or(|name| cannot_be_shown(name) || may_be_secret(name));
        if suspicious && !path.exists() {
            return Err(NotAFileName::Suspicious);
        }
        Ok(Self(path))
    }

    /// The path.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl fmt::Display for FileName {
    /// The name in quotes, with whatever could steer a terminal escaped; of a name that no sensible file has, that there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.to_str().is_some_and(cannot_be_shown) {
            f.write_str("the file (its name is not shown)")
        } else {
            write!(f, "{:?}", self.0)
        }
    }
}

impl fmt::Display for NotAFileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the name of a file is empty; give one, or - for standard input",
            Self::Suspicious => {
                "this is not the name of a file and may be a key, a secret or a token, so it is not repeated here; \
                 give the name of a file, not the key itself, or - for standard input"
            }
        })
    }
}

impl core::error::Error for NotAFileName {}

/// Whether a text looks like JSON or PEM, has more than one line, or is longer than names are.
fn cannot_be_shown(name: &str) -> bool {
    let start = name.trim_start();
    start.starts_with(['{', '[', '"'])
        || start.starts_with("-----")
        || name.contains(char::is_control)
        || name.len() > LONGEST_PATH
        || name.split('/').any(|part| part.len() > LONGEST_NAME)
}

/// Whether a text has a part as random octets and tokens have them when they are written in letters: long, without the extension of a file, and not made
/// of words and numbers.
fn may_be_secret(name: &str) -> bool {
    name.split(['/', '\\']).any(|part| {
        let encoded = |character: char| character.is_ascii_alphanumeric() || "+=-_.".contains(character);
        part.len() >= SHORTEST_SECRET
            && part.chars().all(encoded)
            && !has_extension(part)
            && !part.split(['-', '_', '.']).all(is_word)
    })
}

/// Whether a name ends like `.pem`.
fn has_extension(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| {
        (1..=5).contains(&extension.len())
            && extension.starts_with(|first: char| first.is_ascii_lowercase())
            && extension.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit())
    })
}

/// Letters of one case (the first may be a capital), digits, or the one before the other.
fn is_word(word: &str) -> bool {
    let letters = word.trim_end_matches(|character: char| character.is_ascii_digit());
    let rest = letters.strip_prefix(|first: char| first.is_ascii_uppercase()).unwrap_or(letters);
    let one_case =
        letters.bytes().all(|octet| octet.is_ascii_uppercase()) || rest.bytes().all(|octet| octet.is_ascii_lowercase());
    word.len() <= LONGEST_WORD && one_case
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_escaped() {
        let shown = |name: &str| FileName::parse(name.into()).map(|name| name.to_string());
        assert_eq!(shown("key.json").as_deref(), Ok("\"key.json\""));
        assert_eq!(shown("a\u{202e}").as_deref(), Ok(r#""a\u{202e}""#));
        assert_eq!(FileName("{\"a\":1}".into()).to_string(), "the file (its name is not shown)");
        assert_eq!(FileName("a\nb".into()).to_string(), "the file (its name is not shown)");
    }

    #[test]
    fn names_that_files_have() {
        for name in [
            "k",
            "absent",
            "no-such-file",
            "keys/2026-11/private.json",
            "private-signing-key-of-production-2026",
            "/srv/somebody/Projects/service/secrets/signing_key_es256",
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k.json",
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301.pem",
            "name with spaces and (brackets) in it.p8",
            "Schl\u{fc}ssel",
            "..",
        ] {
            assert!(FileName::parse(name.into()).is_ok(), "{name}");
        }
    }

    #[test]
    fn keys_secrets_and_tokens_are_no_names() {
        let long = "x".repeat(256);
        let path = "abcdefgh/".repeat(200);
        for text in [
            "{\"kty\":\"oct\"}",
            " {",
            "[1]",
            "\"eyJ\"",
            "-----BEGIN PRIVATE KEY-----",
            "two\nlines",
            "a\u{1b}[31m",
            &long,
            &path,
            // 32 octets in hexadecimal, base64url and base64; 16 octets in base64url; a token; its first segment.
            "5c1f7d0f6e2b4a9d8e3c2b1a0f9e8d7c6b5a49382716051423324150617f8e9d",
            "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
            "nWGxne_9WmC6hEr0kuwsxE",
            "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UifQ.",
            "eyJhbGciOiJub25lIn0..c2lnbmF0dXJl",
            "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC",
        ] {
            assert_eq!(FileName::parse(text.into()), Err(NotAFileName::Suspicious), "{text}");
        }
    }

    #[test]
    fn nothing_is_no_name() {
        assert_eq!(FileName::parse("".into()), Err(NotAFileName::Empty));
    }

    #[test]
    fn a_file_that_is_there_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        std::fs::write(&path, "").unwrap();
        assert_eq!(FileName::parse(path.clone().into()), Ok(FileName(path)));
    }
}
