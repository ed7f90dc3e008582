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
    /// The token, which is to be a JSON Web Token. Of one from standard input, one line end is dropped from its end; nothing else is.
    ///
    /// # Errors
    /// A rejection when it is no text, too long, or visibly something else; `unreadable_file`; `usage` when it is no token and the name of a file.
    pub(crate) fn read(&self) -> Result<String, Failure> {
        let token = self.read_up_to(Limits::default().token_octets)?;
        if is_json(&token) {
            return Err(malformed(
                "this is JSON, and a JSON Web Token is three base64url segments; a JWS in JSON serialization is verified by carnet jws verify",
            ));
        }
        Ok(token)
    }

    /// As [`read`](Self::read), for a token in any serialization and with a limit in octets for standard input.
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
            Self::Word(token) if token.is_empty() => {
                return Err(malformed("the token is empty; give the token, or - and the token on standard input"));
            }
            Self::Word(token) => {
                check_ends(token)?;
                return Ok(token.clone());
            }
            Self::StandardInput => Source::StandardInput.read_or_none(limit.max(source::SINGLE))?,
        };
        let too_large = ParseError::TooLarge { part: Part::Token, limit };
        let octets = octets.ok_or_else(|| Failure::rejected(too_large.code(), &too_large))?;
        let octets = octets.strip_suffix(b"\n").map_or(&**octets, |rest| rest.strip_suffix(b"\r").unwrap_or(rest));
        if octets.is_empty() {
            return Err(malformed("standard input has no token; give it one, such as - < FILE"));
        }
        match core::str::from_utf8(octets) {
            Ok(token) => {
                check_ends(token)?;
                Ok(token.to_owned())
            }
            Err(_) => Err(Failure::rejected(ParseError::NotThreeSegments.code(), ParseError::NotThreeSegments)),
        }
    }

    /// What else may have been meant by a word that is no token at all.
    pub(crate) fn advice(&self, error: &ParseError) -> Option<&'static str> {
        let is_token = |word: &str| word.matches('.').count() == 2 || is_json(word);
        let is_other = matches!(self, Self::Word(word) if !is_token(word));
        (is_other && *error == ParseError::NotThreeSegments).then_some("if this is the name of a file: - < FILE")
    }

    /// Its source, where it is not a word.
    pub(crate) const fn source(&self) -> Option<&Source> {
        match self {
            Self::Word(_) => None,
            Self::StandardInput => Some(&Source::StandardInput),
        }
    }
}

/// Whether a token is in JSON serialization.
pub(crate) fn is_json(token: &str) -> bool {
    token.trim_start().starts_with('{')
}

fn malformed(sentence: &str) -> Failure {
    Failure::rejected(ParseError::NotThreeSegments.code(), sentence)
}

/// Refuses what stands around a token and is no part of it, saying what it is. Around JSON, white space is allowed.
fn check_ends(token: &str) -> Result<(), Failure> {
    const SCHEME: &str = "Bearer ";
    let quoted = |quote| token.len() > 1 && token.starts_with(quote) && token.ends_with(quote);
    let what = if is_json(token) {
        return Ok(());
    } else if token.starts_with('\u{feff}') {
        "a byte order mark (UTF-8 BOM) stands before the token; take it away"
    } else if token.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME)) {
        "\"Bearer \" is the scheme of the Authorization header and no part of the token; give only what follows it"
    } else if token.starts_with(char::is_whitespace) {
        "white space stands before the token; take it away"
    } else if token.ends_with(['\n', '\r']) {
        "more than one line end follows the token; take all but one away"
    } else if token.ends_with(char::is_whitespace) {
        "white space follows the token; take it away"
    } else if quoted('"') || quoted('\'') {
        "the token stands in quotes; take them away (jq writes none with -r)"
    } else {
        return Ok(());
    };
    Err(malformed(what))
}

impl From<String> for TokenArgument {
    fn from(word: String) -> Self {
        if word == "-" { Self::StandardInput } else { Self::Word(word) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_token_is_named() {
        for token in ["a.b.c", "a", "{\"payload\":\"\"}", " \n{}\n\n", "Bearer", "bearer.b.c", "\""] {
            assert_eq!(check_ends(token), Ok(()), "{token:?}");
        }
        for (token, word) in [
            ("\u{feff}a.b.c", "BOM"),
            ("Bearer a.b.c", "Authorization"),
            ("bearer a.b.c", "Authorization"),
            (" a.b.c", "before"),
            ("\na.b.c\n", "before"),
            ("a.b.c\n", "line end"),
            ("a.b.c\r", "line end"),
            ("a.b.c ", "follows"),
            ("\"a.b.c\"", "quotes"),
            ("'a.b.c'", "quotes"),
        ] {
            let failure = format!("{:?}", check_ends(token).unwrap_err());
            assert!(failure.contains(word), "{failure}");
            assert!(!failure.contains("a.b.c"), "{failure}");
        }
    }
}
