//! `carnet key`: makes keys and takes their public halves.

use crate::failure::Failure;
use crate::json_text;
use crate::key_file::KeyFile;
use crate::output;
use crate::source::{self, Source};
use carnet::{Algorithm, JwkSet, PrivateJwk, PrivateJwkSet};
use clap::{Args, Subcommand};

/// Makes keys and takes their public halves.
#[derive(Args)]
pub(crate) struct KeyArguments {
    /// What to do.
    #[command(subcommand)]
    command: KeyCommand,
}

/// What `carnet key` does.
#[derive(Subcommand)]
enum KeyCommand {
    /// Makes a private key, or for HS256, HS384 and HS512 a shared secret, and prints it as a JWK on one line.
    ///
    /// Write it to a file that only you can read: (umask 077; carnet key generate --alg ES256 > key.json). RSA keys come from
    /// openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072; the PEM it writes is read by all commands.
    Generate {
        /// The key's one algorithm: ES256, ES384, EdDSA, HS256, HS384 or HS512.
        #[arg(long, value_name = "ALG")]
        alg: String,
    },
    /// Prints the public half of a key as a JWK on one line; of a JWK Set, the set of the public halves.
    Public {
        /// A JWK, a JWK Set or PEM; - is standard input.
        file: Source,
    },
}

/// Runs `carnet key`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &KeyArguments) -> Result<(), Failure> {
    match &arguments.command {
        KeyCommand::Generate { alg } => {
            let algorithm: Algorithm = alg.parse()?;
            output::result(&PrivateJwk::generate(algorithm)?.expose_json())
        }
        KeyCommand::Public { file } => {
            let public = match KeyFile::read(file, source::SET)? {
                KeyFile::Public(jwk) => jwk.to_json(),
                KeyFile::Private(jwk) => jwk.public_jwk().ok_or_else(|| no_public_half(file))?.to_json(),
                KeyFile::Set(text) => public_set(file, &text)?.to_json(),
            };
            output::result(&json_text::one_line(&public))
        }
    }
}

fn no_public_half(file: &Source) -> Failure {
    Failure::unusable(
        "unsupported_key",
        format_args!(
            "{file}: a shared secret (\"kty\":\"oct\") has no public half; whoever verifies needs the secret itself"
        ),
    )
}

/// The public keys of a set. Says what was left out.
fn public_set(file: &Source, text: &str) -> Result<JwkSet, Failure> {
    let set = JwkSet::from_json(text).map_err(|error| Failure::key(file, &error))?;
    let mut left_out: Vec<String> = set.skipped().iter().map(ToString::to_string).collect();
    let secrets = PrivateJwkSet::from_json(text)
        .map(|private| private.iter().filter(|key| key.is_symmetric()).count())
        .map_err(|error| Failure::key(file, &error))?;
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
    Ok(set)
}
