//! The command `carnet`: makes, converts and checks keys, signs, verifies and inspects JSON Web Tokens.
//!
//! Every rule about keys and tokens is the library's. What is here reads arguments and files, chooses what to call, and says
//! what came out: results on standard output, `error[CODE]: sentence` on standard error, and an exit code of 0 (done, accepted),
//! 1 (what was to be judged was read and is refused) or 2 (nothing was judged: wrong usage, an unreadable file, an unusable key).

mod algorithms;
mod arguments;
mod duration;
mod explain;
mod failure;
mod file_name;
mod header_parameter;
mod inspect;
mod json_text;
mod jwks;
mod jws;
mod key;
mod key_choice;
mod key_description;
mod key_file;
mod key_form;
mod key_id;
mod key_set;
mod misuse;
mod moment;
mod output;
mod secret;
mod sign;
mod single_key;
mod source;
mod token_argument;
mod value;
mod verify;
mod wording;

use arguments::{Arguments, Command};
use clap::{CommandFactory, Parser};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help and the version, which were asked for.
        Err(text) if !text.use_stderr() => {
            return output::written(text.print()).map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS);
        }
        Err(error) => {
            let words: Vec<_> = std::env::args_os().collect();
            return misuse::failure(&error, &Arguments::command(), &words).report();
        }
    };
    let done = match arguments.command {
        Command::Key(arguments) => key::run(arguments),
        Command::Jwks(arguments) => jwks::run(arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Jws(arguments) => jws::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
