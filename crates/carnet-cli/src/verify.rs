//! `carnet verify`: checks a token against keys and a policy.

pub(crate) mod keys;
pub(crate) mod policy;

use crate::algorithms;
use crate::failure::Failure;
use crate::json_text;
use crate::output;
use crate::source::Source;
use crate::token_argument::TokenArgument;
use carnet::VerifyError;
use clap::Args;
use policy::PolicyArguments;
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
    policy: PolicyArguments,
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

/// Runs `carnet verify`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &VerifyArguments) -> Result<(), Failure> {
    let (verifier, unused) = arguments.policy.verifier(&arguments.token)?;
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
