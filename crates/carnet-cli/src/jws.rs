//! `carnet jws`: payloads of any kind, in every serialization.

mod sign;
mod verify;

use crate::failure::Failure;
use clap::{Args, Subcommand};

/// Signs and verifies payloads of any kind, in every serialization of JWS.
///
/// For JSON Web Tokens use carnet sign and carnet verify, which set and check the claims.
#[derive(Args)]
pub(crate) struct JwsArguments {
    /// What to do.
    #[command(subcommand)]
    command: JwsCommand,
}

#[derive(Subcommand)]
enum JwsCommand {
    Sign(Box<sign::JwsSignArguments>),
    Verify(Box<verify::JwsVerifyArguments>),
}

/// Runs `carnet jws`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &JwsArguments) -> Result<(), Failure> {
    match &arguments.command {
        JwsCommand::Sign(arguments) => sign::run(arguments),
        JwsCommand::Verify(arguments) => verify::run(arguments),
    }
}
