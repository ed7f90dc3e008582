//! `carnet key public`: takes public halves.

use crate::failure::Failure;
use crate::json_text;
use crate::key_file::KeyFile;
use crate::key_form::{Form, Format};
use crate::key_id::KeyId;
use crate::key_set;
use crate::output;
use crate::source::{self, Source};
use crate::wording;
use carnet::{Jwk, JwkSet};
use clap::Args;

/// Prints the public half of a key; of a JWK Set, the set of the public halves.
///
/// A public key stays one. Of an X.509 certificate the public key is taken, with the certificate as its x5c; nothing else of it is checked.
#[derive(Args)]
pub(super) struct PublicArguments {
    /// A JWK, a JWK Set, PEM or DER; - is standard input.
    file: Source,

    /// How the key is written. A JWK Set has no PEM.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "jwk")]
    format: Format,

    /// kid: the word thumbprint (that of RFC 7638, SHA-256), or any other name. Replaces the one the key has.
    #[arg(long, value_name = "thumbprint|NAME", value_parser = KeyId::parse)]
    kid: Option<KeyId>,
}

/// Runs `carnet key public`.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(arguments: &PublicArguments) -> Result<(), Failure> {
    let PublicArguments { file, format, kid } = arguments;
    if *format == Format::Pem && kid.is_some() {
        return Err(Failure::usage("PEM has no room for a key ID (--kid); write a JWK"));
    }
    let key = match KeyFile::read(file, source::SET)? {
        KeyFile::Key(key) => key,
        KeyFile::Set(_) if *format == Format::Pem => {
            return Err(Failure::set(file, ", which has no PEM form; take one key of it"));
        }
        KeyFile::Set(_) if matches!(kid, Some(KeyId::Name(_))) => {
            return Err(Failure::set(file, ", whose keys cannot all have one name; use --kid thumbprint"));
        }
        KeyFile::Set(text) => return output::result(&json_text::one_line(&public_set(file, &text, kid.is_some())?)),
    };
    let mut public = key.into_public().ok_or_else(|| Failure::no_public_half(file))?;
    if let Some(key_id) = kid {
        public = key_id.name_public(public)?;
    }
    Form::from(*format).write_public(&public).map_err(|error| Failure::key(file, &error))?.output()
}

/// The public keys of a set. Says what was left out.
fn public_set(file: &Source, text: &str, by_thumbprint: bool) -> Result<String, Failure> {
    let set = key_set::read(file, text)?;
    let mut left_out: Vec<String> = set.skipped().iter().map(wording::skipped).collect();
    let secrets = set.secret_entries().count();
    if secrets > 0 {
        left_out.push(format!("shared secrets, which have no public half: {secrets}"));
    }
    if set.is_empty() {
        return Err(
            Failure::unusable("no_usable_key", format_args!("{file}: the set has no public key")).with_notes(left_out)
        );
    }
    for entry in left_out {
        output::warning(format_args!("{file}: left out: {entry}"));
    }
    Ok(if by_thumbprint {
        set.iter().cloned().map(Jwk::with_thumbprint_key_id).collect::<JwkSet>().to_json()
    } else {
        set.to_json()
    })
}
