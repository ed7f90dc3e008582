//! The token: a word of the command line, or standard input.

use crate::failure::Failure;
use crate::source::{self, Source};
use carnet::{Limits, ParseError, Part};
use std::path::Path;

/// Where the token is.
#[derive(Debug, Clone)]
pub(crate) enum TokenArgument {
    /// The word itself.
    Word(String),
    /// Standard input.
    StandardInput,
}

impl TokenArgument {
    /// The token. Of one from standard input, one line end is dropped from its end; nothing else is.
    ///
    /// # Errors
    /// A rejection when it is no text or too long; `unreadable_file`; `usage` when it is no token and the name of a file.
    pub(crate) fn read(&self) -> Result<String, Failure> {
        self.read_up_to(Limits::default().token_octets)
    }

    /// As [`read`](Self::read), with a limit in octets for standard input.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn read_up_to(&self, limit: usize) -> Result<String, Failure> {
        let octets = match self {
            Self::Word(word) if word.matches('.').count() != 2 && Path::new(word).is_file() => {
                return Err(Failure::usage(
                    "the token's place has the name of a file; give - for the token and read the file: - < FILE",
                ));
            }
            Self::Word(token) => return Ok(token.clone()),
            Self::StandardInput => Source::StandardInput.read_or_none(limit.max(source::SINGLE))?,
        };
        let too_large = ParseError::TooLarge { part: Part::Token, limit };
        let octets = octets.ok_or_else(|| Failure::rejected(too_large.code(), &too_large))?;
        let octets = octets.strip_suffix(b"\n").map_or(&**octets, |rest| rest.strip_suffix(b"\r").unwrap_or(rest));
        match core::str::from_utf8(octets) {
            Ok(token) => Ok(token.to_owned()),
            Err(_) => Err(Failure::rejected(ParseError::NotThreeSegments.code(), ParseError::NotThreeSegments)),
        }
    }

    /// Its source, where it is not a word.
    pub(crate) const fn source(&self) -> Option<&Source> {
        match self {
            Self::Word(_) => None,
            Self::StandardInput => Some(&Source::StandardInput),
        }
    }
}

impl From<String> for TokenArgument {
    fn from(word: String) -> Self {
        if word == "-" { Self::StandardInput } else { Self::Word(word) }
    }
}
