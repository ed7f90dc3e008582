//! `carnet jws verify`: checks a signature over any payload.

use crate::algorithms;
use crate::failure::Failure;
use crate::json_text;
use crate::output;
use crate::source::{self, Source};
use crate::token_argument::{TokenArgument, is_json};
use crate::value::present;
use crate::verify::keys::Keys;
use crate::verify::{LoopbackArguments, VerifyingKeyArguments};
use crate::wording::{self, IS_DETACHED};
use carnet::jws::{JwsError, JwsVerifier, VerifiedSignature, dangerous, is_registered};
use carnet::{Header, Limits, VerifyingKeys};
use clap::Args;
use serde_json::Value;

/// What `carnet jws verify --help` ends with.
const EXAMPLES: &str = "\
Examples:
  carnet jws verify --keys public.json - < letter.jws > letter.txt
  carnet jws verify --keys jwks.json --payload film.mkv - < film.jws
  carnet jws verify --keys jwks.json --header - < letter.jws
  carnet jws verify --keys public.json --unencoded --understands http://example.com/ext \"$TOKEN\"

Exit codes:
  0  verified; the payload is on standard output, octet for octet, unless it was given with --payload;
     with --header, a line of JSON for each signature that verified
  1  rejected; standard error has error[CODE]: sentence
  2  nothing was judged: wrong usage, an unreadable file, an unusable key";

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

    #[command(flatten)]
    loopback: LoopbackArguments,

    /// Allows only this algorithm, and binds a key that leaves its own open. May be repeated.
    #[arg(long, value_name = "ALG", help_heading = "Keys")]
    alg: Vec<String>,

    /// The payload of a token that does not carry it: a file; - is standard input.
    #[arg(long, value_name = "FILE", help_heading = "Form")]
    payload: Option<Source>,

    /// Accepts a payload that was signed as it is, without base64url (RFC 7797).
    #[arg(long, help_heading = "Form")]
    unencoded: bool,

    /// Writes who signed in the place of the payload: a line {"index":...,"kid":...,"protected":...} for each signature that verified.
    ///
    /// Without --require-all, the first signature that verifies ends the work, and it alone is listed. index counts the signatures of the token
    /// from 0; kid is that of the key that verified (null where it has none), and comes from --keys, not from the token; protected is the protected
    /// header (null where there is only an unprotected one).
    #[arg(long, help_heading = "Form")]
    header: bool,

    /// Accepts this name in crit: you take it on to do what it asks for; --header shows it. May be repeated.
    #[arg(long, value_name = "NAME", value_parser = extension, help_heading = "Policy")]
    understands: Vec<String>,

    /// Reads alg from the unprotected header where the protected one has none.
    #[arg(long, help_heading = "Policy")]
    unprotected_algorithm: bool,

    /// Requires every signature of a general serialization to verify. Without it, the first that verifies is enough, and none after it is looked at.
    #[arg(long, help_heading = "Policy")]
    require_all: bool,
}

/// Runs `carnet jws verify`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &JwsVerifyArguments) -> Result<(), Failure> {
    let algorithms = algorithms::parse(&arguments.alg)?;
    let others = [("the token", arguments.token.source()), ("the payload (--payload)", arguments.payload.as_ref())];
    let Keys { keys, unused } = arguments.keys.load(&arguments.loopback, &others, &algorithms)?;

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
    match verify(&verifier, &token, arguments)? {
        Ok(Verified { payload, signatures }) => match payload {
            _ if arguments.header => signatures.iter().try_for_each(|signature| output::result(signature)),
            Some(payload) => output::octets(&payload),
            None => Ok(()),
        },
        // The key that is missing may be one that could not be used.
        Err(error @ (JwsError::UnknownKey { .. } | JwsError::AlgorithmNotAllowed { .. })) => {
            Err(Failure::from(error).with_notes(unused))
        }
        Err(error) => Err(explained(error, &token, arguments, &limits)),
    }
}

/// An extension's name.
fn extension(name: &str) -> Result<String, String> {
    if name == wording::UNENCODED {
        return Err("b64 is not accepted like this; accept payloads without base64url with --unencoded".to_owned());
    }
    if is_registered(name) {
        return Err("JOSE itself defines this parameter, and no crit may list it".to_owned());
    }
    present(name)
}

/// What was verified.
struct Verified {
    /// The payload, where the token carries it.
    payload: Option<Vec<u8>>,
    /// What `--header` shows of each signature that verified.
    signatures: Vec<String>,
}

fn verify(
    verifier: &JwsVerifier<VerifyingKeys>,
    token: &str,
    arguments: &JwsVerifyArguments,
) -> Result<Result<Verified, JwsError>, Failure> {
    let detached = |signatures| Verified { payload: None, signatures };
    Ok(match &arguments.payload {
        Some(payload) if is_json(token) => {
            let payload = payload.read(source::PAYLOAD)?;
            verifier.verify_json_detached(token, &payload).map(|all| detached(all.signatures().map(shown).collect()))
        }
        Some(payload) => payload
            .with_reader(|reader| verifier.verify_detached_reader(token, reader))?
            .map(|signature| detached(vec![shown(&signature)])),
        None if is_json(token) => verifier.verify_json(token).map(|jws| {
            let signatures = jws.signatures().map(shown).collect();
            Verified { payload: Some(jws.into_payload()), signatures }
        }),
        None => verifier.verify(token).map(|jws| Verified {
            signatures: vec![line(0, jws.key_id(), Some(jws.header()))],
            payload: Some(jws.payload().to_vec()),
        }),
    })
}

fn shown(signature: &VerifiedSignature) -> String {
    line(signature.index(), signature.key_id(), signature.protected())
}

fn line(index: usize, key_id: Option<&str>, protected: Option<Header<'_>>) -> String {
    let key_id = key_id.map_or_else(|| "null".to_owned(), |key_id| Value::from(key_id).to_string());
    let protected = protected.map_or_else(|| "null".to_owned(), |header| header.as_json().to_owned());
    json_text::one_line(&format!("{{\"index\":{index},\"kid\":{key_id},\"protected\":{protected}}}"))
}

/// The refusal, with what to do where the token shows it.
fn explained(error: JwsError, token: &str, arguments: &JwsVerifyArguments, limits: &Limits) -> Failure {
    let given = arguments.payload.is_some();
    match error {
        JwsError::InvalidSignature if !given && is_empty(token, limits) => Failure::rejected(
            error.code(),
            format_args!("the signature is invalid over an empty payload; {IS_DETACHED}"),
        ),
        JwsError::Parse(error) => {
            let advice = arguments.token.advice(&error);
            Failure::from(JwsError::Parse(error)).with_notes(advice)
        }
        _ => error.into(),
    }
}

/// Whether a token has an empty payload, as one does whose payload is detached.
fn is_empty(token: &str, limits: &Limits) -> bool {
    if is_json(token) {
        dangerous::decode_json(token, limits).is_ok_and(|jws| jws.payload().is_some_and(<[u8]>::is_empty))
    } else {
        dangerous::decode(token, limits).is_ok_and(|jws| jws.payload().is_empty())
    }
}
