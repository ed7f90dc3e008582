//! The words of the command line. Each command has its own beside what it does.

use crate::{explain, inspect, jwks, jws, key, sign, verify};
use clap::{Parser, Subcommand};

/// What `--help` ends with.
const EXAMPLES: &str = "\
Examples:
  A key, the JWK Set to publish, a token, and its verification:
    (umask 077; carnet key generate --alg ES256 --kid thumbprint > key.json)
    carnet jwks build key.json > jwks.json
    carnet sign --key key.json --issuer https://auth.example.com/ --audience api://my-service \\
        --subject user-1 --expires-in 15m --random-id > token.txt
    carnet verify --keys jwks.json --issuer https://auth.example.com/ --audience api://my-service - < token.txt

  Why is this token rejected?
    carnet explain --keys jwks.json --issuer https://auth.example.com/ --audience api://my-service - < token.txt

  What is this key, and may PS256 use it?
    carnet key check --alg PS256 key.pem

Exit codes:
  0  done; the token was accepted, the key may be used
  1  what was to be judged was read, and is refused: the token of verify, explain, jws verify and inspect, the key of key check
  2  nothing was judged: wrong usage, a file that cannot be read or written, a key that cannot be used

Results go to standard output; errors, warnings and notes to standard error. Each error is a line error[CODE]: sentence: of verify,
one for each failed check; of explain, whose result tells about each check, one for the first that failed.";

/// Makes, converts and checks keys, and signs, verifies and inspects JSON Web Tokens.
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
    Jwks(jwks::JwksArguments),
    Sign(Box<sign::SignArguments>),
    Verify(Box<verify::VerifyArguments>),
    Explain(Box<explain::ExplainArguments>),
    Inspect(inspect::InspectArguments),
    Jws(jws::JwsArguments),
}
