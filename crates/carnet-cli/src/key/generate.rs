//! `carnet key generate`: makes a key.

use crate::algorithms::{self, FULLY_SPECIFIED};
use crate::failure::Failure;
use crate::key_form::Format;
use crate::key_id::KeyId;
use crate::single_key::SingleKey;
use carnet::{Algorithm, KeyError, PrivateJwk};
use clap::Args;

/// What `carnet key generate --help` ends with.
const EXAMPLES: &str = "\
Examples:
  (umask 077; carnet key generate --alg ES256 --kid thumbprint > key.json)
  (umask 077; carnet key generate --alg PS256 --bits 4096 --format pem > key.pem)";

/// Makes a private key, or for HS256, HS384 and HS512 a shared secret, and prints it.
///
/// Write it to a file that only you can read, as the examples do.
#[derive(Args)]
#[command(after_long_help = algorithms::help(EXAMPLES))]
pub(super) struct GenerateArguments {
    /// The key's one algorithm, which becomes its alg.
    #[arg(long, value_name = "ALG")]
    alg: String,

    /// How the key is written. A shared secret has no PEM. Other forms are made by carnet key convert.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "jwk")]
    format: Format,

    /// kid: the word thumbprint (that of RFC 7638, SHA-256), or any other name.
    #[arg(long, value_name = "thumbprint|NAME", value_parser = KeyId::parse)]
    kid: Option<KeyId>,

    /// The size of an RSA key: 2048, 3072, 4096 or 8192. Default: 3072.
    #[arg(long, value_name = "BITS")]
    bits: Option<usize>,
}

/// Runs `carnet key generate`.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(arguments: &GenerateArguments) -> Result<(), Failure> {
    let algorithm: Algorithm = algorithms::named(&arguments.alg)?;
    if arguments.format == Format::Pem && algorithm.is_symmetric() {
        return Err(Failure::usage(format_args!(
            "a key for {algorithm} is a shared secret, which has no PEM; leave --format out to write a JWK"
        )));
    }
    if arguments.format == Format::Pem && arguments.kid.is_some() {
        return Err(Failure::usage(
            "PEM has no room for a key ID (--kid); write a JWK, or name the key where PEM becomes one",
        ));
    }
    let is_rsa = algorithm.key_kind().is_some_and(|kind| kind.key_type() == "RSA");
    let key = match arguments.bits {
        None => PrivateJwk::generate(algorithm)?,
        Some(bits) if is_rsa => PrivateJwk::generate_rsa(algorithm, bits).map_err(size)?,
        Some(_) => {
            return Err(Failure::usage(format_args!(
                "--bits is the size of an RSA key; all keys for {algorithm} have one size"
            )));
        }
    };
    let key = if arguments.alg == FULLY_SPECIFIED { key.with_fully_specified_name() } else { key };
    let mut key = SingleKey::from(key);
    if let Some(key_id) = &arguments.kid {
        key = key.with_key_id(key_id)?;
    }
    key.write(arguments.format.into())?.output()
}

/// Of a size that is not made, the sizes that are.
fn size(error: KeyError) -> Failure {
    match error {
        KeyError::Unsupported { reason, .. } => Failure::unusable(error.code(), format_args!("--bits: {reason}")),
        error => error.into(),
    }
}
