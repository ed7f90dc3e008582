//! `carnet verify`: checks a token against keys and a policy.

pub(crate) mod keys;

use crate::algorithms;
use crate::duration;
use crate::failure::Failure;
use crate::json_text;
use crate::key_choice::KeyChoice;
use crate::output;
use crate::source::Source;
use crate::token_argument::TokenArgument;
use carnet::{Verifier, VerifyError};
use clap::Args;
use core::time::Duration;
use keys::Keys;
use serde::de::IgnoredAny;

/// What is said besides of a token with nothing between its dots.
const IS_DETACHED: &str =
    "the token does not carry its payload (it is detached): carnet jws verify --payload FILE verifies it";

/// What `carnet verify --help` ends with.
const EXAMPLES: &str = "\
Examples:
  carnet verify --keys jwks.json --issuer https://auth.example.com/ --audience api://my-service - < token.txt
  carnet verify --keys public.pem --alg PS256 --issuer https://auth.example.com/ --any-audience \"$TOKEN\"
  carnet verify --secret-env JWT_SECRET --any-issuer --any-audience --leeway 30s - < token.txt

Exit codes:
  0  accepted; {\"header\":...,\"claims\":...} is on standard output
  1  rejected; standard error has a line error[CODE]: sentence for each failed check
  2  nothing was judged: wrong usage, an unreadable file, an unusable key";

/// Verifies a token and prints its header and claims as one JSON object.
///
/// Checked: form, algorithm, signature, expiry (exp), nbf, the JSON types of registered claims, and issuer, audience and typ as named.
/// Not checked: whether the token was revoked, or used before.
/// Nothing is printed of a token that is rejected; see carnet inspect.
#[derive(Args)]
#[command(after_long_help = algorithms::help(EXAMPLES))]
pub(crate) struct VerifyArguments {
    /// The token; - is standard input, where one line end after it is dropped.
    ///
    /// Words of the command line can be read by everybody on the machine: a token that is still valid is better given on standard input.
    token: TokenArgument,

    #[command(flatten)]
    keys: VerifyingKeyArguments,

    /// Allows only this algorithm, and binds a key that leaves its own open. May be repeated.
    ///
    /// Without it, the algorithms of the keys are allowed: an RSA key without alg is for RS256 then, a --secret-file or --secret-env for HS256, and
    /// an oct JWK without alg needs --alg. With it, a single key is bound to the first algorithm named that fits it; in a JWK Set, the first RSA
    /// algorithm named binds the RSA keys without alg, and naming HS256, HS384 or HS512 admits the shared secrets (oct) for it. A key with an alg of its
    /// own is used for no other.
    #[arg(long, value_name = "ALG", help_heading = "Keys")]
    alg: Vec<String>,

    #[command(flatten)]
    issuer: IssuerArguments,

    #[command(flatten)]
    audience: AudienceArguments,

    /// Requires typ in the header, such as at+jwt.
    #[arg(long, value_name = "TYP", help_heading = "Policy")]
    typ: Option<String>,

    /// How far clocks may differ, such as 30s; at most 1h. Default: 0s.
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, help_heading = "Policy")]
    leeway: Option<Duration>,

    /// Accepts a token without exp. An exp that is there is checked all the same.
    #[arg(long, help_heading = "Policy")]
    no_expiry: bool,

    /// Verifies as if it were this time, in seconds since 1970-01-01 UTC.
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true, help_heading = "Policy")]
    now: Option<i64>,
}

/// Where the keys come from: exactly one of them.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct VerifyingKeyArguments {
    /// The keys: a JWK, a JWK Set, PEM or DER; - is standard input.
    ///
    /// Of a private key, the public half is used; of an X.509 certificate (one CERTIFICATE block), its public key. Nothing else of a certificate is
    /// checked: not who signed it, not whether it is in force, not what it is for.
    #[arg(long, value_name = "FILE", help_heading = "Keys")]
    pub(crate) keys: Option<Source>,

    /// A shared secret: the file's octets, less one line end after printable text; - is standard input.
    ///
    /// The octets are the secret as they are: nothing is decoded. When the file is one line of printable UTF-8 text, the line end (LF or CR LF)
    /// after it does not count; anything else counts to the last octet.
    #[arg(long, value_name = "FILE", help_heading = "Keys")]
    pub(crate) secret_file: Option<Source>,

    /// A shared secret: the text of the environment variable of this name.
    #[arg(long, value_name = "NAME", help_heading = "Keys")]
    pub(crate) secret_env: Option<String>,
}

/// The decision about the issuer, which must be made.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct IssuerArguments {
    /// Requires iss to be exactly this. This or --any-issuer is needed.
    #[arg(long, value_name = "ISS", help_heading = "Policy")]
    issuer: Option<String>,

    /// Waives the check of iss.
    #[arg(long, help_heading = "Policy")]
    any_issuer: bool,
}

/// The decision about the audience, which must be made.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct AudienceArguments {
    /// Requires aud to be or to contain exactly this. This or --any-audience is needed.
    #[arg(long, value_name = "AUD", help_heading = "Policy")]
    audience: Option<String>,

    /// Waives the check of aud: a token for another service is accepted too.
    #[arg(long, help_heading = "Policy")]
    any_audience: bool,
}

/// Runs `carnet verify`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &VerifyArguments) -> Result<(), Failure> {
    let VerifyingKeyArguments { keys, secret_file, secret_env } = &arguments.keys;
    Source::check_distinct(&[
        ("the keys (--keys)", keys.as_ref()),
        ("the secret (--secret-file)", secret_file.as_ref()),
        ("the token", arguments.token.source()),
    ])?;
    let choice = KeyChoice::new(keys.as_ref(), secret_file.as_ref(), secret_env.as_deref())?;
    let algorithms = algorithms::parse(&arguments.alg)?;
    let Keys { keys, unused } = Keys::load(choice, &algorithms)?;

    let verifier = Verifier::builder(keys);
    let verifier = match &arguments.issuer.issuer {
        Some(issuer) => verifier.issuer(issuer),
        None => verifier.any_issuer(),
    };
    let mut verifier = match &arguments.audience.audience {
        Some(audience) => verifier.audience(audience),
        None => verifier.any_audience(),
    };
    // Whoever names no algorithm names a key, and that has one. (The library's own list does not grow with the backend.)
    verifier = match algorithms.is_empty() {
        true => verifier.algorithms(algorithms::available()),
        false => verifier.algorithms(algorithms),
    };
    if let Some(typ) = &arguments.typ {
        verifier = verifier.typ(typ);
    }
    if let Some(leeway) = arguments.leeway {
        verifier = verifier.leeway(leeway);
    }
    if arguments.no_expiry {
        verifier = verifier.expiry_optional();
    }
    if let Some(now) = arguments.now {
        verifier = verifier.at(now);
    }
    let verifier = verifier.build()?;

    let token = arguments.token.read()?;
    match verifier.verify::<IgnoredAny>(&token) {
        Ok(verified) => output::result(&format!(
            "{{\"header\":{},\"claims\":{}}}",
            json_text::one_line(verified.header().as_json()),
            json_text::one_line(verified.claims_json())
        )),
        // The key that is missing may be one that could not be used.
        Err(error @ (VerifyError::UnknownKey { .. } | VerifyError::AlgorithmNotAllowed { .. })) => {
            Err(Failure::from(error).with_notes(unused))
        }
        Err(error @ VerifyError::InvalidSignature) if token.contains("..") => {
            Err(Failure::from(error).with_notes([IS_DETACHED]))
        }
        Err(VerifyError::Parse(error)) => {
            let advice = arguments.token.advice(&error);
            Err(Failure::from(VerifyError::Parse(error)).with_notes(advice))
        }
        Err(error) => Err(error.into()),
    }
}
