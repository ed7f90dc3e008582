//! Shared secrets from files and environment variables.

use crate::failure::Failure;
use crate::source::{self, Source};
use carnet::{KeyError, Secret};

/// Reads a secret from a file: its octets as they are, except that one line end is dropped from the end of printable text.
///
/// # Errors
/// That the file cannot be read, and the library's: too short, or a key of another kind.
pub(crate) fn from_file(file: &Source) -> Result<Secret, Failure> {
    let octets = file.read_secret(source::SINGLE).map_err(|failure| failure.with_notes([MAKE_ONE]))?;
    Secret::from_bytes(without_line_end(&octets))
        .map_err(|error| Failure::key(file, &error).with_notes([advice(&error)]))
}

/// Reads a secret from an environment variable, as it is.
///
/// # Errors
/// The library's, which name the variable.
pub(crate) fn from_variable(name: &str) -> Result<Secret, Failure> {
    let failure = |error| match error {
        // What is no usual name of a variable may be the secret itself, given where the name belongs.
        KeyError::Environment { .. } if std::env::var_os(name).is_none() && !is_usual(name) => Failure::unusable(
            error.code(),
            "--secret-env: no environment variable of this name is set; it is not repeated here, since it may be the secret itself: \
             give the name of a variable",
        ),
        error => error.into(),
    };
    Secret::from_env(name).map_err(|error| {
        let advice = advice(&error);
        failure(error).with_notes([advice])
    })
}

/// Where a good secret comes from.
const MAKE_ONE: &str =
    "carnet key generate --alg HS256 makes a shared secret as a JWK, which signs with --key and verifies with --keys";
/// Where a key belongs that was given for a secret.
const IS_A_KEY: &str = "a file with a key is given with --key where it signs, and with --keys where it verifies";

/// What to do instead.
const fn advice(error: &KeyError) -> &'static str {
    if matches!(error, KeyError::SecretLooksLikeKey { .. }) { IS_A_KEY } else { MAKE_ONE }
}

/// Whether a text is written as the names of environment variables are: capitals, digits and underscores, in fewer characters than a secret has.
fn is_usual(name: &str) -> bool {
    let usual = |octet: u8| octet.is_ascii_uppercase() || octet.is_ascii_digit() || octet == b'_';
    name.len() < 32 && name.starts_with(|first: char| first.is_ascii_uppercase()) && name.bytes().all(usual)
}

/// Drops `\n` or `\r\n` from the end when everything before is printable UTF-8.
fn without_line_end(octets: &[u8]) -> &[u8] {
    let Some(rest) = octets.strip_suffix(b"\n") else { return octets };
    let rest = rest.strip_suffix(b"\r").unwrap_or(rest);
    let printable = core::str::from_utf8(rest).is_ok_and(|text| !text.chars().any(char::is_control));
    if printable { rest } else { octets }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_of_text_is_dropped() {
        for (octets, kept) in [
            (&b"secret"[..], &b"secret"[..]),
            (b"secret\n", b"secret"),
            (b"secret\r\n", b"secret"),
            ("gehe\u{ef}m \u{1f511}\n".as_bytes(), "gehe\u{ef}m \u{1f511}".as_bytes()),
            (b" secret \n", b" secret "),
            (b"\n", b""),
            (b"", b""),
            // Not one line of printable text: octets, and all of them count.
            (b"secret\n\n", b"secret\n\n"),
            (b"two\nlines\n", b"two\nlines\n"),
            (b"secret\r", b"secret\r"),
            (b"\xff\xfe\n", b"\xff\xfe\n"),
            (b"\x01\x02\n", b"\x01\x02\n"),
            (b"tab\there\n", b"tab\there\n"),
        ] {
            assert_eq!(without_line_end(octets), kept, "{octets:?}");
        }
    }
}
