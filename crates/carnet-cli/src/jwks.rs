//! `carnet jwks`: makes and shows JWK Sets.

mod build;
mod show;

use crate::failure::Failure;
use build::BuildArguments;
use clap::{Args, Subcommand};
use show::ShowArguments;

/// Makes and shows JWK Sets: the public keys that an issuer publishes.
#[derive(Args)]
pub(crate) struct JwksArguments {
    /// What to do.
    #[command(subcommand)]
    command: JwksCommand,
}

/// What `carnet jwks` does.
#[derive(Subcommand)]
enum JwksCommand {
    Build(BuildArguments),
    Show(ShowArguments),
}

/// Runs `carnet jwks`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: JwksArguments) -> Result<(), Failure> {
    match arguments.command {
        JwksCommand::Build(arguments) => build::run(&arguments),
        JwksCommand::Show(arguments) => show::run(&arguments),
    }
}
