//! `carnet verify`: checks a token against keys and a policy.

pub(crate) mod keys;
pub(crate) mod policy;
pub(crate) mod remote;

use crate::algorithms;
use crate::failure::Failure;
use crate::json_text;
use crate::key_choice::KeyChoice;
use crate::output;
use crate::source::Source;
use crate::token_argument::TokenArgument;
use carnet::{Algorithm, VerifyError};
use clap::Args;
use keys::Keys;
use policy::PolicyArguments;
use remote::Remote;
use serde::de::IgnoredAny;

/// What is said besides of a token with nothing between its dots.
const IS_DETACHED: &str =
    "the token does not carry its payload (it is detached): carnet jws verify --payload FILE verifies it";

/// What `carnet verify --help` ends with.
const EXAMPLES: &str = "\
Examples:
  carnet verify --keys jwks.json --issuer https://auth.example.com/ --audience api://my-service - < token.txt
  carnet verify --keys public.pem --alg PS256 --issuer https://auth.example.com/ --any-audience \"$TOKEN\"
  carnet verify --discover https://auth.example.com/ --audience api://my-service - < token.txt
  carnet verify --secret-env JWT_SECRET --any-issuer --any-audience --leeway 30s - < token.txt

Exit codes:
  0  accepted; {\"header\":...,\"claims\":...} is on standard output
  1  rejected; standard error has a line error[CODE]: sentence for each failed check
  2  nothing was judged: wrong usage, an unreadable file, an unusable key, keys that cannot be fetched";

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

    /// The keys: a JWK Set at this https URL, which is fetched once.
    ///
    /// No redirects are followed; at most 256 KiB and 256 keys are read, within 5 seconds. Shared secrets (oct) in it are never used.
    #[arg(long, value_name = "URL", help_heading = "Keys")]
    jwks_url: Option<String>,

    /// The keys of this issuer, wherever its metadata say they are (RFC 8414, OpenID Connect Discovery).
    ///
    /// Where iss is checked, it is to be exactly this too.
    #[arg(long, value_name = "ISSUER", help_heading = "Keys")]
    pub(crate) discover: Option<String>,
}

/// What keys may be fetched over: apart, since it is no choice of keys.
#[derive(Args)]
pub(crate) struct LoopbackArguments {
    /// Lets --jwks-url and --discover take http, if the host is this machine (127.0.0.1, [::1], localhost): for tests and development.
    #[arg(long, help_heading = "Keys")]
    dangerous_http_loopback: bool,
}

impl VerifyingKeyArguments {
    /// Reads or fetches the keys; `others` are what else is read, each with its name.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) fn load(
        &self,
        loopback: &LoopbackArguments,
        others: &[(&str, Option<&Source>)],
        algorithms: &[Algorithm],
    ) -> Result<Keys, Failure> {
        let Self { keys, secret_file, secret_env, jwks_url, discover } = self;
        let (keys, secret_file) = (keys.as_ref(), secret_file.as_ref());
        let own = [("the keys (--keys)", keys), ("the secret (--secret-file)", secret_file)];
        Source::check_distinct(&[&own[..], others].concat())?;
        let http_loopback = loopback.dangerous_http_loopback;
        let remote = Remote { jwks_url: jwks_url.as_deref(), issuer: discover.as_deref(), http_loopback };
        match remote.fetch(algorithms)? {
            Some(fetched) => Ok(fetched),
            None => Keys::load(KeyChoice::new(keys, secret_file, secret_env.as_deref())?, algorithms),
        }
    }
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
