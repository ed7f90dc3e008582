//! `carnet key`: makes, converts and checks keys.

mod check;
mod convert;
mod generate;
mod public;
mod thumbprint;

use crate::failure::Failure;
use check::CheckArguments;
use clap::{Args, Subcommand};
use convert::ConvertArguments;
use generate::GenerateArguments;
use public::PublicArguments;
use thumbprint::ThumbprintArguments;

/// Makes, converts and checks keys.
///
/// Key files are read in every form: a JWK; PEM with PRIVATE KEY (PKCS#8), RSA PRIVATE KEY (PKCS#1), EC PRIVATE KEY (SEC1), PUBLIC KEY (SPKI),
/// RSA PUBLIC KEY (PKCS#1) or CERTIFICATE (X.509, of which the public key is taken and nothing else is checked); the same in DER.
#[derive(Args)]
pub(crate) struct KeyArguments {
    /// What to do.
    #[command(subcommand)]
    command: KeyCommand,
}

/// What `carnet key` does.
#[derive(Subcommand)]
enum KeyCommand {
    Generate(GenerateArguments),
    Convert(ConvertArguments),
    Public(PublicArguments),
    Thumbprint(ThumbprintArguments),
    Check(CheckArguments),
}

/// Runs `carnet key`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: KeyArguments) -> Result<(), Failure> {
    match arguments.command {
        KeyCommand::Generate(arguments) => generate::run(&arguments),
        KeyCommand::Convert(arguments) => convert::run(&arguments),
        KeyCommand::Public(arguments) => public::run(&arguments),
        KeyCommand::Thumbprint(arguments) => thumbprint::run(&arguments),
        KeyCommand::Check(arguments) => check::run(&arguments),
    }
}
