//! What the argument parser refuses, in the form that every error has, and without a word of what was given.
//!
//! Secrets are given in the wrong place, and what is written to standard error is kept: only names that the command itself knows are shown, and what
//! is spelled as an option is.

use crate::failure::Failure;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use core::num::ParseIntError;
use std::ffi::OsString;

/// The longest option that is repeated when it is unknown.
const LONGEST_OPTION: usize = 24;

/// Says what is wrong with `words`, which `error` refused.
pub(crate) fn failure(error: &Error, command: &Command, words: &[OsString]) -> Failure {
    let (path, command) = called(command, words);
    let mut notes = Vec::new();
    if words.iter().any(|word| word.to_string_lossy().trim_start().starts_with("-----BEGIN")) {
        notes.push("a key in PEM is among the words; give the name of a file, not the key itself".to_owned());
    }
    notes.extend(suggestions(error).map(|name| format!("did you mean {name}?")));
    if error.kind() == ErrorKind::MissingRequiredArgument
        && names(error, ContextKind::InvalidArg).iter().any(|argument| argument.contains("--secret-file"))
    {
        notes.push("carnet key generate --alg ES256 makes a key, and --alg HS256 a shared secret".to_owned());
    }
    if error.kind() == ErrorKind::UnknownArgument {
        let option = names(error, ContextKind::InvalidArg).first().cloned().unwrap_or_default();
        notes.extend(instead(&option, &path).map(str::to_owned));
    }
    if let Some(usage) = usage(error) {
        notes.push(usage);
    }
    notes.push(format!("more with: {path} --help"));
    Failure::usage(sentence(error, command, &path)).with_notes(notes)
}

/// What is wrong.
fn sentence(error: &Error, command: &Command, path: &str) -> String {
    let argument = || names(error, ContextKind::InvalidArg).join(", ");
    match error.kind() {
        ErrorKind::UnknownArgument => match names(error, ContextKind::InvalidArg).first().map(String::as_str) {
            Some(option) if is_option(option) => format!("there is no option {option} here"),
            Some(option) if option.starts_with('-') => {
                "an argument begins with - and is no option; a value that begins so is given as --option=VALUE"
                    .to_owned()
            }
            _ => format!(
                "there is an argument too many, and {path} takes {}; one with spaces or line ends in it stands in quotes",
                positionals(command)
            ),
        },
        ErrorKind::MissingRequiredArgument => {
            format!("the following required arguments were not provided: {}", argument())
        }
        ErrorKind::ArgumentConflict => {
            let (argument, others) = (argument(), names(error, ContextKind::PriorArg).join(", "));
            if others == argument {
                format!("the argument {argument} cannot be used multiple times")
            } else {
                format!("the argument {argument} cannot be used with {others}")
            }
        }
        ErrorKind::InvalidValue | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            let possible = names(error, ContextKind::ValidValue);
            let given = names(error, ContextKind::InvalidValue).first().is_some_and(|value| !value.is_empty());
            match given {
                true if !possible.is_empty() => {
                    format!("the value of {} is none of: {}", argument(), possible.join(", "))
                }
                true => format!("the value of {} cannot be used", argument()),
                false => format!("a value is needed for {}", argument()),
            }
        }
        ErrorKind::TooManyValues => format!("{} takes no value", argument()),
        ErrorKind::ValueValidation => match core::error::Error::source(error) {
            Some(reason) if reason.is::<ParseIntError>() => format!("{}: write a whole number", argument()),
            Some(reason) => format!("{}: {reason}", argument()),
            None => format!("the value of {} cannot be used", argument()),
        },
        ErrorKind::InvalidSubcommand => format!("there is no such command; there are {}", commands(command)),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            format!("a command is missing; there are {}", commands(command))
        }
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        kind => kind.as_str().unwrap_or("the arguments cannot be used").to_owned(),
    }
}

/// The texts of a context, which are names for the kinds that are asked for here.
fn names(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(name)) => vec![name.clone()],
        Some(ContextValue::Strings(names)) => names.clone(),
        _ => Vec::new(),
    }
}

/// Options, commands and values that are nearly what was given. All of them are names that the command has.
fn suggestions(error: &Error) -> impl Iterator<Item = String> {
    let kinds = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    kinds.into_iter().flat_map(|kind| names(error, kind))
}

/// What does in this command what an option of another command, or of another program, does there.
fn instead(option: &str, path: &str) -> Option<&'static str> {
    Some(match (option, path) {
        ("--to", "carnet key public" | "carnet key generate") => {
            "here, the form is chosen with --format jwk or --format pem; carnet key convert --to writes the others"
        }
        ("--format", "carnet key convert") => "here, the form is chosen with --to, such as --to pem",
        ("--detached", "carnet jws verify") => "the payload of a detached token is given with --payload FILE",
        ("-o" | "--out" | "--output", _) => "results go to standard output; write them to a file with > FILE",
        _ => return None,
    })
}

/// How the command is called, on one line.
fn usage(error: &Error) -> Option<String> {
    match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => {
            Some(usage.to_string().split_whitespace().collect::<Vec<_>>().join(" ").replacen("Usage:", "usage:", 1))
        }
        _ => None,
    }
}

/// What a command takes besides options.
fn positionals(command: &Command) -> String {
    let names: Vec<String> = command.get_positionals().map(ToString::to_string).collect();
    if names.is_empty() { "options only".to_owned() } else { names.join(" ") }
}

fn commands(command: &Command) -> String {
    let names = command.get_subcommands().map(Command::get_name).filter(|name| *name != "help");
    names.collect::<Vec<_>>().join(", ")
}

/// The command that the words call, and how it is called.
fn called<'c>(mut command: &'c Command, words: &[OsString]) -> (String, &'c Command) {
    let mut path = command.get_name().to_owned();
    for word in words.iter().skip(1) {
        let Some(next) = word.to_str().and_then(|word| command.find_subcommand(word)) else { break };
        path.push(' ');
        path.push_str(next.get_name());
        command = next;
    }
    (path, command)
}

/// Whether a text is spelled as options are: `--`, and words in small letters joined by hyphens.
fn is_option(text: &str) -> bool {
    text.len() <= LONGEST_OPTION
        && text.strip_prefix("--").is_some_and(|name| {
            name.split('-').all(|word| !word.is_empty() && word.bytes().all(|octet| octet.is_ascii_lowercase()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spelled_as_an_option() {
        for option in ["--secret", "--any-isuer", "--x"] {
            assert!(is_option(option), "{option}");
        }
        for text in ["", "-", "--", "-k", "--Secret", "--s3cret", "--a--b", "-----BEGIN", "--\u{1b}", "--a b", "secret"]
        {
            assert!(!is_option(text), "{text}");
        }
        assert!(!is_option(&format!("--{}", "a".repeat(30))));
    }
}
