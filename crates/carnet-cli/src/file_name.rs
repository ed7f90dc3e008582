//! Names of files as they are given on the command line, and which of them may be shown again.

use core::fmt;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The longest name of a file that common systems have, in octets.
const LONGEST_NAME: usize = 255;
/// The longest path that is shown, in octets.
const LONGEST_PATH: usize = 1024;
/// The longest word of a name that somebody made up.
const LONGEST_WORD: usize = 16;
/// The longest word with digits in its midst, as in `es256key`.
const LONGEST_MIXED_WORD: usize = 8;
/// The shortest part of a word in which each part begins with a capital.
const SHORTEST_PART: usize = 3;

/// The name of a file, which is the only thing of a command line that is ever shown again: when there is a file of this name, or when it
/// [is written as names are](is_written_as_names_are).
///
/// Keys, secrets and tokens are given in its place, and what is written to standard error is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileName {
    path: PathBuf,
    /// How it was given: `with --key`, `as FILE`.
    given: String,
    is_shown: bool,
}

/// Something else stands where the name of a file belongs. Says nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAFileName {
    /// Nothing.
    Empty,
    /// A key, a token, or several lines.
    Content,
}

impl FileName {
    /// Takes a name, and how it was given. Visible JSON and PEM, several lines and what is longer than names are is none, unless there is such a file.
    ///
    /// # Errors
    /// [`NotAFileName`].
    pub(crate) fn parse(name: OsString, given: String) -> Result<Self, NotAFileName> {
        if name.is_empty() {
            return Err(NotAFileName::Empty);
        }
        let path = PathBuf::from(name);
        let exists = path.symlink_metadata().is_ok();
        let is_content = path.to_str().is_some_and(is_content);
        if is_content && !exists {
            return Err(NotAFileName::Content);
        }
        let is_shown = !is_content && (exists || path.to_str().is_some_and(is_written_as_names_are));
        Ok(Self { path, given, is_shown })
    }

    /// The path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How it was given: `with --key`, `as FILE`.
    pub(crate) fn given(&self) -> &str {
        &self.given
    }

    /// Whether it is shown.
    pub(crate) const fn is_shown(&self) -> bool {
        self.is_shown
    }
}

impl fmt::Display for FileName {
    /// The name in quotes, with whatever could steer a terminal escaped; of one that is not shown, how it was given.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_shown {
            write!(f, "{:?}", self.path)
        } else {
            write!(f, "the file given {} (its name is not shown)", self.given)
        }
    }
}

impl fmt::Display for NotAFileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the name of a file is empty; give one, or - for standard input",
            Self::Content => {
                "this is not the name of a file and may be a key, a secret or a token, so it is not repeated here; \
                 give the name of a file, not the key itself, or - for standard input"
            }
        })
    }
}

impl core::error::Error for NotAFileName {}

/// Whether a text looks like JSON or PEM, has more than one line, or is longer than names are.
fn is_content(name: &str) -> bool {
    let start = name.trim_start();
    start.starts_with(['{', '[', '"'])
        || start.starts_with("-----")
        || name.contains(char::is_control)
        || name.len() > LONGEST_PATH
        || name.split('/').any(|part| part.len() > LONGEST_NAME)
}

/// Whether a text ends as the names of files do, and has nothing in it that octets at random could be, written in letters: everything that base64,
/// base64url and hexadecimal are made of are words and numbers.
fn is_written_as_names_are(name: &str) -> bool {
    // Hexadecimal is written with colons, and so are prefixes of secrets; the names of files have none but after the letter of a drive.
    let path = match name.split_once(':') {
        Some((drive, path)) if drive.len() == 1 && path.starts_with(['/', '\\']) => path,
        _ => name,
    };
    has_extension(name)
        && !path.contains(':')
        && path.split(|character: char| !character.is_ascii_alphanumeric()).all(is_word)
}

/// Whether the last part of a path ends like `.pem`.
fn has_extension(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (1..=5).contains(&extension.len())
            && extension.starts_with(|first: char| first.is_ascii_lowercase())
            && extension.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit())
    })
}

/// Letters of one case (the first may be a capital), digits, or the one before the other; a few letters with one number in them; or such words,
/// each with a capital before it.
fn is_word(word: &str) -> bool {
    let is_within = |before: &u8, after: &u8| !(before.is_ascii_lowercase() && after.is_ascii_uppercase());
    let parts: Vec<&[u8]> = word.as_bytes().chunk_by(is_within).collect();
    let shortest = if parts.len() > 1 { SHORTEST_PART } else { 0 };
    word.len() <= LONGEST_WORD.saturating_mul(2)
        && parts.iter().all(|part| part.len() >= shortest && is_plain_word(part))
}

/// A word without capitals in its midst.
fn is_plain_word(word: &[u8]) -> bool {
    let rest = word.get(1..).unwrap_or_default();
    let one_case = !word.iter().any(u8::is_ascii_lowercase) || !rest.iter().any(u8::is_ascii_uppercase);
    let numbers_and_letters = word.chunk_by(|one, other| one.is_ascii_digit() == other.is_ascii_digit()).count();
    let longest = match numbers_and_letters {
        0 | 1 => LONGEST_WORD,
        2 if !word.first().is_some_and(u8::is_ascii_digit) => LONGEST_WORD,
        2 | 3 => LONGEST_MIXED_WORD,
        _ => return false,
    };
    one_case && word.len() <= longest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &str) -> Result<FileName, NotAFileName> {
        FileName::parse(name.into(), "with --key".to_owned())
    }

    #[test]
    fn names_are_shown_escaped() {
        let shown = |name: &str| parse(name).map(|name| name.to_string());
        assert_eq!(shown("key.json").as_deref(), Ok("\"key.json\""));
        assert_eq!(shown("a\u{202e}.json").as_deref(), Ok(r#""a\u{202e}.json""#));
        assert_eq!(shown("hunter2").as_deref(), Ok("the file given with --key (its name is not shown)"));
    }

    #[test]
    fn names_that_files_have() {
        for name in [
            "k.pem",
            "./absent.json",
            "../keys/2026-11/private.json",
            "private-signing-key-of-production-2026.jwk",
            "/srv/somebody/Projects/service/secrets/signing_key_es256.pem",
            "C:\\Users\\somebody\\key.pem",
            "name with spaces and (brackets) in it.p8",
            "Schl\u{fc}ssel.der",
            "signingKey.json",
            "es256key.json",
            "README.txt",
            "token.jws",
        ] {
            assert!(parse(name).is_ok_and(|name| name.is_shown()), "{name}");
        }
    }

    #[test]
    fn keys_and_tokens_are_no_names() {
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
        ] {
            assert_eq!(parse(text), Err(NotAFileName::Content), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_shown() {
        let texts = [
            "k",
            ".pem",
            "hunter2-hunter2-hunter2",
            "correct horse battery staple",
            "Tr0ub4dor",
            "keys.json/hunter2",
            // 32 octets in hexadecimal, base64url and base64; 16 octets in base64url; a token; its first segment.
            "5c1f7d0f6e2b4a9d8e3c2b1a0f9e8d7c6b5a49382716051423324150617f8e9d",
            "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
            "nWGxne_9WmC6hEr0kuwsxE",
            "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UifQ.",
            "eyJhbGciOiJub25lIn0..c2lnbmF0dXJl",
            "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC",
            "5c:1f:7d:0f:6e:2b:4a:9d:8e:3c:2b:1a",
            "d:nWGxne",
        ];
        for text in texts {
            assert!(parse(text).is_ok_and(|name| !name.is_shown()), "{text}");
        }
        // An ending makes no name of what is random.
        for text in texts.iter().skip(6).map(|text| format!("{text}.abc")) {
            assert!(parse(&text).is_ok_and(|name| !name.is_shown()), "{text}");
        }
        assert!(parse("Tr0ub4dor.abc").is_ok_and(|name| !name.is_shown()));
    }

    #[test]
    fn nothing_is_no_name() {
        assert_eq!(parse(""), Err(NotAFileName::Empty));
    }

    #[test]
    fn a_file_that_is_there_has_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        std::fs::write(&path, "").unwrap();
        let name = FileName::parse(path.clone().into(), String::new()).unwrap();
        assert_eq!((name.path(), name.to_string()), (&*path, format!("{path:?}")));
    }
}
