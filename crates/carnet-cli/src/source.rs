//! Where octets are read from: a file, or standard input.

use crate::failure::Failure;
use crate::file_name::{FileName, NotAFileName};
use carnet::KeyError;
use clap::builder::{OsStringValueParser, TypedValueParser, ValueParserFactory};
use clap::{Arg, Command};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use zeroize::Zeroizing;

/// The most that is read of one key, a secret, claims or a token: far above the library's own limits.
pub(crate) const SINGLE: usize = 1024 * 1024;
/// The most that is read where a JWK Set may come: the library's own limit.
pub(crate) const SET: usize = 16 * 1024 * 1024;

/// The most that is read of a payload that must be held in memory.
pub(crate) const PAYLOAD: usize = 64 * 1024 * 1024;

/// The most that is read of a token that may carry a payload: base64url of the largest, and headers and signatures beside it.
pub(crate) const CARRYING_TOKEN: usize = PAYLOAD.div_ceil(3) * 4 + SINGLE;

/// How much room a read starts with, and how much is always offered. Not less than the buffer of [`io::Stdin`], so that secrets pass it by.
const ROOM: usize = 32 * 1024;

/// A file named on the command line; `-` is standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file.
    File(FileName),
    /// Standard input.
    StandardInput,
}

impl Source {
    /// Takes a file's name or `-`, and how it was given: `with --key`.
    ///
    /// # Errors
    /// [`NotAFileName`].
    pub(crate) fn parse(name: OsString, given: String) -> Result<Self, NotAFileName> {
        if name == "-" { Ok(Self::StandardInput) } else { FileName::parse(name, given).map(Self::File) }
    }

    /// Reads everything, wiped when dropped.
    ///
    /// # Errors
    /// `unreadable_file`, and `too_large` above `limit` octets.
    pub(crate) fn read(&self, limit: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
        self.read_or_none(limit)?.ok_or_else(|| Failure::key(self, &KeyError::TooLarge { limit }))
    }

    /// Gives a reader on, which may have any length.
    ///
    /// # Errors
    /// `unreadable_file`.
    pub(crate) fn with_reader<T>(&self, read: impl FnOnce(&mut dyn Read) -> io::Result<T>) -> Result<T, Failure> {
        let done = match self {
            Self::File(name) => File::open(name.path()).and_then(|mut file| read(&mut file)),
            Self::StandardInput => read(&mut io::stdin().lock()),
        };
        done.map_err(|error| self.unreadable(&error))
    }

    /// As [`read`](Self::read), of a file whose name may be the secret itself: a name that cannot be read is not shown.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn read_secret(&self, limit: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
        match (self.open(limit), self) {
            (Err(error), Self::File(_)) => Err(Failure::unusable(
                "unreadable_file",
                format_args!(
                    "--secret-file: {}; its name is not repeated here, since it may be the secret itself: \
                     give the name of a file, or that of an environment variable with --secret-env",
                    reason(&error)
                ),
            )),
            (Err(error), Self::StandardInput) => Err(self.unreadable(&error)),
            (Ok(octets), _) => octets.ok_or_else(|| Failure::key(self, &KeyError::TooLarge { limit })),
        }
    }

    fn unreadable(&self, error: &io::Error) -> Failure {
        let sentence = match self {
            Self::File(name) if !name.is_shown() => {
                let given = name.given();
                let what = match error.kind() {
                    ErrorKind::NotFound => format!("there is no file of the name given {given}"),
                    kind => format!("no file of the name given {given} can be read: {kind}"),
                };
                format!("{what} (the name is not repeated, since it may be a secret)")
            }
            _ => format!("{self}: {}", reason(error)),
        };
        Failure::unusable("unreadable_file", sentence)
    }

    /// As [`read`](Self::read), with `None` above `limit` octets.
    ///
    /// # Errors
    /// `unreadable_file`.
    pub(crate) fn read_or_none(&self, limit: usize) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        self.open(limit).map_err(|error| self.unreadable(&error))
    }

    fn open(&self, limit: usize) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        match self {
            Self::File(name) => read_limited(&mut File::open(name.path())?, limit),
            Self::StandardInput => read_limited(&mut io::stdin().lock(), limit),
        }
    }

    /// As [`read`](Self::read), for text.
    ///
    /// # Errors
    /// Besides, the code and the sentence of `not_text`.
    pub(crate) fn read_text(&self, limit: usize, not_text: (&str, &str)) -> Result<Zeroizing<String>, Failure> {
        let mut octets = self.read(limit)?;
        match String::from_utf8(core::mem::take(&mut *octets)) {
            Ok(text) => Ok(Zeroizing::new(text)),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                let (code, sentence) = not_text;
                Err(Failure::unusable(code, format_args!("{self}: {sentence}")))
            }
        }
    }

    /// Refuses arguments of which more than one reads standard input. Each comes with its name.
    ///
    /// # Errors
    /// `usage`, naming the first two.
    pub(crate) fn check_distinct(sources: &[(&str, Option<&Self>)]) -> Result<(), Failure> {
        let mut taken = sources.iter().filter(|(_, source)| *source == Some(&Self::StandardInput));
        match (taken.next(), taken.next()) {
            (Some((one, _)), Some((other, _))) => {
                Err(Failure::usage(format_args!("{one} and {other} cannot both come from standard input (-)")))
            }
            _ => Ok(()),
        }
    }
}

/// Why a file cannot be read.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "no such file".to_owned(),
        kind => kind.to_string(),
    }
}

/// Up to `limit` octets, or `None` when there are more. Octets that were moved for want of room are wiped at their old place.
fn read_limited(reader: &mut impl Read, limit: usize) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut octets = Zeroizing::new(vec![0; ROOM.saturating_mul(2)]);
    let mut length = 0_usize;
    loop {
        if octets.len().saturating_sub(length) < ROOM {
            let mut larger = Zeroizing::new(vec![0; octets.len().saturating_mul(2)]);
            if let Some(start) = larger.get_mut(..octets.len()) {
                start.copy_from_slice(&octets);
            }
            octets = larger;
        }
        match reader.read(octets.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(more) => length = length.saturating_add(more),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if length > limit {
            return Ok(None);
        }
    }
    octets.truncate(length);
    Ok(Some(octets))
}

/// Reads a [`Source`] and remembers which option or argument it was given to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SourceParser;

impl TypedValueParser for SourceParser {
    type Value = Source;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Source, clap::Error> {
        let given = match arg.and_then(Arg::get_long) {
            Some(option) => format!("with --{option}"),
            None => {
                let names = arg.and_then(Arg::get_value_names).unwrap_or_default();
                format!("as {}", names.first().map_or("FILE", |name| name.as_str()))
            }
        };
        let source = OsStringValueParser::new().try_map(move |name| Source::parse(name, given.clone()));
        source.parse_ref(command, arg, value)
    }
}

impl ValueParserFactory for Source {
    type Parser = SourceParser;

    fn value_parser() -> Self::Parser {
        SourceParser
    }
}

impl fmt::Display for Source {
    /// The file's name, as it may be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(name) => name.fmt(f),
            Self::StandardInput => f.write_str("standard input"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_up_to_the_limit_and_no_further() {
        let read = |length: usize, limit| {
            let octets: Vec<u8> = (0..=250).cycle().take(length).collect();
            let read = read_limited(&mut octets.as_slice(), limit).unwrap();
            assert!(read.as_ref().is_none_or(|read| **read == octets));
            read.map(|read| read.len())
        };
        for length in [0, 1, ROOM - 1, ROOM, ROOM + 1, 2 * ROOM, 5 * ROOM + 7] {
            assert_eq!(read(length, length), Some(length));
            assert_eq!(read(length + 1, length), None);
        }
        assert_eq!(read_limited(&mut io::repeat(1), SINGLE).unwrap(), None);
    }

    #[test]
    fn names_and_standard_input() {
        let parse = |name: &str| Source::parse(name.into(), "with --key".to_owned());
        assert_eq!(parse("-").map(|source| source.to_string()).as_deref(), Ok("standard input"));
        assert_eq!(parse("key.pem").map(|source| source.to_string()).as_deref(), Ok("\"key.pem\""));
        assert_eq!(parse("{}"), Err(NotAFileName::Content));
    }
}
