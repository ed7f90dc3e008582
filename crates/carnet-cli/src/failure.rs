//! Why a command did not do what it was asked, as people and scripts read it.

use crate::wording;
use carnet::dangerous::DecodeError;
use carnet::jws::{JwsError, SignError};
use carnet::{AlgorithmError, KeyError, PolicyError, TokenError, VerifyError};
use std::fmt::{self, Display};
use std::io::{self, Write};
use std::process::ExitCode;

/// What was to be judged was read, and is at fault: a token, or the key of `key check`.
const REJECTED: u8 = 1;
/// Nothing was judged: the arguments, a file or a key is at fault.
const UNUSABLE: u8 = 2;

/// One or more lines `error[CODE]: sentence`, notes that explain them, and the exit code.
///
/// The codes are those of the library, and of the command alone: `usage`, `unreadable_file`, `unwritable_output`, `no_usable_key`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    exit: u8,
    errors: Vec<Line>,
    notes: Vec<String>,
}

/// What is wrong: a line `error[CODE]: sentence`.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    code: String,
    sentence: String,
}

impl Line {
    fn new(code: &str, sentence: impl Display) -> Self {
        Self { code: code.to_owned(), sentence: sentence.to_string() }
    }
}

impl Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.code, self.sentence)
    }
}

impl Failure {
    fn new(exit: u8, code: &str, sentence: impl Display) -> Self {
        Self { exit, errors: vec![Line::new(code, sentence)], notes: Vec::new() }
    }

    /// A token that is not accepted.
    pub(crate) fn rejected(code: &str, sentence: impl Display) -> Self {
        Self::new(REJECTED, code, sentence)
    }

    /// Arguments, a file or a key that cannot be used.
    pub(crate) fn unusable(code: &str, sentence: impl Display) -> Self {
        Self::new(UNUSABLE, code, sentence)
    }

    /// Arguments that contradict each other in a way the argument parser does not see.
    pub(crate) fn usage(sentence: impl Display) -> Self {
        Self::unusable("usage", sentence)
    }

    /// A key that cannot be used, with where it came from.
    pub(crate) fn key(origin: impl Display, error: &KeyError) -> Self {
        Self::unusable(error.code(), format_args!("{origin}: {}", wording::key(error)))
    }

    /// A JWK Set where one key is needed. `rest` ends the sentence with what to do.
    pub(crate) fn set(origin: impl Display, rest: &str) -> Self {
        Self::unusable("invalid_key", format_args!("{origin}: this is a JWK Set{rest}"))
    }

    /// A shared secret where a public key is needed.
    pub(crate) fn no_public_half(origin: impl Display) -> Self {
        Self::unusable(
            "unsupported_key",
            format_args!(
                "{origin}: a shared secret (\"kty\":\"oct\") has no public half; whoever verifies needs the secret itself"
            ),
        )
    }

    /// The same failure, where judging what is at fault was what the command was asked.
    pub(crate) const fn into_rejection(mut self) -> Self {
        self.exit = REJECTED;
        self
    }

    /// The code and the sentence of what is judged and refused; `None` where nothing was judged.
    pub(crate) fn rejection(&self) -> Option<(&str, &str)> {
        let line = self.errors.first().filter(|_| self.exit == REJECTED)?;
        Some((&line.code, &line.sentence))
    }

    /// The same failure with lines `note: …` below its errors.
    pub(crate) fn with_notes<N: Display>(mut self, notes: impl IntoIterator<Item = N>) -> Self {
        self.notes.extend(notes.into_iter().map(|note| note.to_string()));
        self
    }

    /// Writes everything to standard error. The exit code tells what happened even where that cannot be written.
    pub(crate) fn report(&self) -> ExitCode {
        let errors = self.errors.iter().map(|error| format!("{error}\n"));
        let notes = self.notes.iter().map(|note| format!("note: {note}\n"));
        let text: String = errors.chain(notes).collect();
        let _ = io::stderr().lock().write_all(text.as_bytes());
        ExitCode::from(self.exit)
    }
}

impl From<VerifyError> for Failure {
    /// One line for each failed check, in the library's order, and nothing of the claims.
    fn from(error: VerifyError) -> Self {
        match error.rejections() {
            [] => Self::rejected(error.code(), wording::verification(&error)),
            rejections => Self {
                exit: REJECTED,
                errors: rejections.iter().map(|failed| Line::new(failed.code(), wording::rejection(failed))).collect(),
                notes: Vec::new(),
            },
        }
    }
}

impl From<JwsError> for Failure {
    fn from(error: JwsError) -> Self {
        Self::rejected(error.code(), wording::jws(&error))
    }
}

impl From<SignError> for Failure {
    fn from(error: SignError) -> Self {
        Self::unusable(error.code(), wording::signing(&error))
    }
}

impl From<DecodeError> for Failure {
    fn from(error: DecodeError) -> Self {
        Self::rejected(error.code(), wording::decoding(&error))
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::unusable(error.code(), wording::token(&error))
    }
}

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        Self::unusable(error.code(), wording::policy(&error))
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::unusable(error.code(), wording::key(&error))
    }
}

impl From<AlgorithmError> for Failure {
    fn from(error: AlgorithmError) -> Self {
        Self::unusable(error.code(), &error)
    }
}
