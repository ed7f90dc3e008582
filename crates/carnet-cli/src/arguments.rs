//! The words of the command line. Each command has its own beside what it does.

use crate::{inspect, jws, key, sign, verify};
use clap::{Parser, Subcommand};

/// What `--help` ends with.
const EXAMPLES: &str = "\
Examples:
  A key, its public half, a token, and its verification:
    (umask 077; carnet key generate --alg ES256 > key.json)
    carnet key public key.json > public.json
    carnet sign --key key.json --issuer https://auth.example.com/ --audience api://my-service \\
        --subject user-1 --expires-in 15m --random-id > token.txt
    carnet verify --keys public.json --issuer https://auth.example.com/ --audience api://my-service - < token.txt

Exit codes:
  0  done; the token was accepted
  1  the token was rejected or cannot be decoded; standard error has one line `error[CODE]: ...` for each failed check
  2  wrong usage, an unreadable file, an unusable key

Results go to standard output; errors, warnings and notes to standard error.";

/// Makes keys, and signs, verifies and inspects JSON Web Tokens.
///
/// Secrets and private keys are never given as words of the command line, where everybody on the machine can read them: they come from a file,
/// from standard input (the file name -) or from an environment variable.
#[derive(Parser)]
#[command(name = "carnet", version, after_long_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    Key(key::KeyArguments),
    Sign(Box<sign::SignArguments>),
    Verify(Box<verify::VerifyArguments>),
    Inspect(inspect::InspectArguments),
    Jws(jws::JwsArguments),
}
