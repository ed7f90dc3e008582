//! `carnet key convert`: writes a key in another form.

use crate::algorithms::{self, FULLY_SPECIFIED};
use crate::failure::Failure;
use crate::key_file::KeyFile;
use crate::key_form::Form;
use crate::key_id::KeyId;
use crate::source::Source;
use carnet::Algorithm;
use clap::Args;

/// What `carnet key convert --help` ends with.
const EXAMPLES: &str = "\
Examples:
  (umask 077; carnet key convert key.pem --to jwk --alg PS256 --kid thumbprint > key.json)
  carnet key convert public.json --to pem
  (umask 077; carnet key convert key.json --to der > key.der)
  carnet key convert certificate.pem --to jwk";

/// Writes a key in another form: a private key as a private one, a public key as a public one.
///
/// The way to the public half is carnet key public. PEM and DER have no room for kid, alg, use and key_ops:
/// they are left out.
#[derive(Args)]
#[command(after_long_help = algorithms::help(EXAMPLES))]
pub(super) struct ConvertArguments {
    /// A JWK, PEM or DER; - is standard input.
    file: Source,

    /// The form.
    #[arg(long, value_enum, value_name = "FORM")]
    to: Form,

    /// alg of the JWK: the one algorithm the key is for. Replaces the one it has.
    #[arg(long, value_name = "ALG")]
    alg: Option<String>,

    /// kid of the JWK: the word thumbprint (that of RFC 7638, SHA-256), or any other name. Replaces the one it has.
    #[arg(long, value_name = "thumbprint|NAME", value_parser = KeyId::parse)]
    kid: Option<KeyId>,
}

/// Runs `carnet key convert`.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(arguments: &ConvertArguments) -> Result<(), Failure> {
    let ConvertArguments { file, to, alg, kid } = arguments;
    let algorithm: Option<Algorithm> = alg.as_deref().map(algorithms::named).transpose()?;
    if *to != Form::Jwk && (algorithm.is_some() || kid.is_some()) {
        return Err(Failure::usage(
            "--alg and --kid are members of a JWK (--to jwk), and no other form has room for them",
        ));
    }
    let mut key = KeyFile::read_single(file, ", and one key is converted; put it into a file of its own")?;
    if let Some(algorithm) = algorithm {
        key = key.with_algorithm(algorithm).map_err(|error| Failure::key(file, &error))?;
        if alg.as_deref() == Some(FULLY_SPECIFIED) {
            key = key.with_fully_specified_name();
        }
    }
    if let Some(key_id) = kid {
        key = key.with_key_id(key_id)?;
    }
    key.write(*to).map_err(|error| Failure::key(file, &error))?.output()
}
