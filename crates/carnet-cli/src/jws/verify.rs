//! `carnet jws verify`: checks a signature over any payload.

use crate::algorithms;
use crate::failure::Failure;
use crate::key_choice::KeyChoice;
use crate::output;
use crate::source::{self, Source};
use crate::token_argument::TokenArgument;
use crate::verify::VerifyingKeyArguments;
use crate::verify::keys::Keys;
use carnet::jws::{JwsError, JwsVerifier};
use carnet::{Limits, VerifyingKeys};
use clap::Args;

/// What `carnet jws verify --help` ends with.
const EXAMPLES: &str = "\
Examples:
  carnet jws verify --keys public.json - < letter.jws > letter.txt
  carnet jws verify --keys jwks.json --payload film.mkv - < film.jws
  carnet jws verify --keys public.json --unencoded --understands http://example.com/ext \"$TOKEN\"

Exit codes:
  0  verified; the payload is on standard output, octet for octet, unless it was given with --payload
  1  rejected; standard error has error[CODE]: sentence
  2  wrong usage, an unreadable file, an unusable key";

/// Verifies a token and writes its payload.
///
/// The serialization is seen from the token: JSON begins with {. Checked: form, algorithm, crit, signature. Not checked: anything in the payload; of a JSON Web Token,
/// use carnet verify. Nothing is written of a token that is rejected.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct JwsVerifyArguments {
    /// The token; - is standard input, where one line end after it is dropped.
    token: TokenArgument,

    #[command(flatten)]
    keys: VerifyingKeyArguments,

    /// Allows only this algorithm, and binds a key that leaves its own open. May be repeated.
    #[arg(long, value_name = "ALG", help_heading = "Keys")]
    alg: Vec<String>,

    /// The payload of a token that does not carry it: a file; - is standard input.
    #[arg(long, value_name = "FILE", help_heading = "Form")]
    payload: Option<Source>,

    /// Accepts a payload that was signed as it is, without base64url (RFC 7797).
    #[arg(long, help_heading = "Form")]
    unencoded: bool,

    /// Accepts this name in crit: you take it on to do what it asks for. May be repeated.
    #[arg(long, value_name = "NAME", help_heading = "Policy")]
    understands: Vec<String>,

    /// Reads alg from the unprotected header where the protected one has none.
    #[arg(long, help_heading = "Policy")]
    unprotected_algorithm: bool,

    /// Requires every signature of a general serialization to verify.
    #[arg(long, help_heading = "Policy")]
    require_all: bool,
}

/// Runs `carnet jws verify`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &JwsVerifyArguments) -> Result<(), Failure> {
    let VerifyingKeyArguments { keys, secret_file, secret_env } = &arguments.keys;
    Source::check_distinct(&[
        ("the keys (--keys)", keys.as_ref()),
        ("the secret (--secret-file)", secret_file.as_ref()),
        ("the token", arguments.token.source()),
        ("the payload (--payload)", arguments.payload.as_ref()),
    ])?;
    let choice = KeyChoice::new(keys.as_ref(), secret_file.as_ref(), secret_env.as_deref())?;
    let algorithms = algorithms::parse(&arguments.alg)?;
    let Keys { keys, unused } = Keys::load(choice, &algorithms)?;

    let mut limits = Limits::default();
    limits.token_octets = source::CARRYING_TOKEN;
    // The keys that were loaded say what is allowed, since the user chose them.
    let allowed =
        if algorithms.is_empty() { keys.iter().map(carnet::VerifyingKey::algorithm).collect() } else { algorithms };
    let mut verifier =
        JwsVerifier::new(keys).algorithms(allowed).limits(limits).understands(arguments.understands.iter());
    if arguments.unencoded {
        verifier = verifier.unencoded_payload();
    }
    if arguments.unprotected_algorithm {
        verifier = verifier.unprotected_algorithm();
    }
    if arguments.require_all {
        verifier = verifier.require_all();
    }
    let token = arguments.token.read_up_to(source::CARRYING_TOKEN)?;
    let verified = match &arguments.payload {
        Some(payload) => verify_detached(&verifier, &token, payload)?,
        None if is_json(&token) => verifier.verify_json(&token).map(|jws| Some(jws.into_payload())),
        None => verifier.verify(&token).map(|jws| Some(jws.payload().to_vec())),
    };
    match verified {
        Ok(Some(payload)) => output::octets(&payload),
        Ok(None) => Ok(()),
        // The key that is missing may be one that could not be used.
        Err(error @ (JwsError::UnknownKey { .. } | JwsError::AlgorithmNotAllowed { .. })) => {
            Err(Failure::from(error).with_notes(unused))
        }
        Err(error) => Err(error.into()),
    }
}

fn is_json(token: &str) -> bool {
    token.trim_start().starts_with('{')
}

fn verify_detached(
    verifier: &JwsVerifier<VerifyingKeys>,
    token: &str,
    payload: &Source,
) -> Result<Result<Option<Vec<u8>>, JwsError>, Failure> {
    if is_json(token) {
        let payload = payload.read(source::PAYLOAD)?;
        return Ok(verifier.verify_json_detached(token, &payload).map(|_| None));
    }
    Ok(payload.with_reader(|reader| verifier.verify_detached_reader(token, reader))?.map(|_| None))
}
