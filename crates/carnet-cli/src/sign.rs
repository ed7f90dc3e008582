//! `carnet sign`: makes a token.

use crate::algorithms::{self, FULLY_SPECIFIED};
use crate::duration;
use crate::failure::Failure;
use crate::header_parameter::{HeaderParameter, Place};
use crate::json_text;
use crate::key_choice::KeyChoice;
use crate::key_file::KeyFile;
use crate::moment::Moment;
use crate::output;
use crate::secret;
use crate::single_key::SingleKey;
use crate::source::{self, Source};
use crate::value::present;
use carnet::{Algorithm, Limits, PrivateJwk, SigningKey, Token, TokenBuilder, TokenError};
use clap::Args;
use core::time::Duration;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// What `carnet sign --help` ends with.
const EXAMPLES: &str = "\
Examples:
  carnet sign --key key.json --issuer https://auth.example.com/ --audience api://my-service --expires-in 15m
  carnet sign --key key.pem --alg PS256 --claims @claims.json --expires-in 1h30m --header 'lang=\"en\"'
  carnet sign --secret-env JWT_SECRET --claims '{\"scope\":\"read\"}' --expires-in 7d --random-id
  carnet key generate --alg EdDSA | carnet sign --key - --subject user-1 --never-expires

Exit codes: 0 with the token on standard output; 2 with error[CODE]: sentence on standard error.";

/// Makes a token and prints it.
///
/// Filled in: alg and kid from the key, typ JWT, iat (the time of signing). An expiry must be given or waived by name.
/// Anybody who has the token can read its claims: a signature hides nothing.
#[derive(Args)]
#[command(after_long_help = algorithms::help(EXAMPLES))]
pub(crate) struct SignArguments {
    #[command(flatten)]
    key: SigningKeyArguments,

    /// The algorithm, where the key leaves it open: RSA keys without it are for RS256, a --secret-file or --secret-env for HS256.
    ///
    /// A JWK with an alg of its own is used for no other. An oct JWK without alg needs --alg.
    #[arg(long, value_name = "ALG", help_heading = "Key")]
    alg: Option<String>,

    /// The claims, a JSON object: the JSON itself, @FILE, or - for standard input.
    ///
    /// They may hold registered claims too, as long as no option sets the same ones.
    #[arg(long, value_name = "JSON|@FILE|-", help_heading = "Claims")]
    claims: Option<String>,

    /// iss: who issues the token.
    #[arg(long, value_name = "ISS", value_parser = present, help_heading = "Claims")]
    issuer: Option<String>,

    /// sub: whom the token is about.
    #[arg(long, value_name = "SUB", value_parser = present, help_heading = "Claims")]
    subject: Option<String>,

    /// aud: whom the token is for. May be repeated.
    #[arg(long, value_name = "AUD", value_parser = present, help_heading = "Claims")]
    audience: Vec<String>,

    /// exp: how long the token lives, such as 15m, 7d or 1h30m.
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, help_heading = "Claims", conflicts_with = "never_expires")]
    expires_in: Option<Duration>,

    /// Leaves exp out: whoever has the token can use it until the key is exchanged.
    #[arg(long, help_heading = "Claims")]
    never_expires: bool,

    /// nbf: from when on the token is valid: a duration from now (0s is now), or @ and seconds since 1970-01-01 UTC.
    #[arg(long, value_name = "DURATION|@UNIX", value_parser = Moment::parse, help_heading = "Claims")]
    not_before: Option<Moment>,

    /// jti: the token's own name.
    #[arg(long, value_name = "JTI", value_parser = present, help_heading = "Claims", conflicts_with = "random_id")]
    id: Option<String>,

    /// jti: 128 random bits.
    #[arg(long, help_heading = "Claims")]
    random_id: bool,

    /// typ of the header instead of JWT, such as at+jwt.
    #[arg(long, value_name = "TYP", value_parser = present, help_heading = "Header")]
    typ: Option<String>,

    /// kid of the header instead of the key's.
    #[arg(long, value_name = "KID", value_parser = present, help_heading = "Header")]
    kid: Option<String>,

    /// Another header parameter, its value as JSON: v=1, or 'lang="en"' with the quotes of a string. May be repeated.
    #[arg(long, value_name = "NAME=JSON", value_parser = HeaderParameter::parse, help_heading = "Header")]
    header: Vec<HeaderParameter>,

    /// Signs as if it were this time, in seconds since 1970-01-01 UTC.
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    now: Option<i64>,
}

/// Where the key comes from: exactly one of them.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct SigningKeyArguments {
    /// The private key: a JWK, PEM or DER; - is standard input.
    #[arg(long, value_name = "FILE", help_heading = "Key")]
    key: Option<Source>,

    /// A shared secret: the file's octets, less one line end after printable text; - is standard input.
    ///
    /// The octets are the secret as they are: nothing is decoded. When the file is one line of printable UTF-8 text, the line end (LF or CR LF)
    /// after it does not count; anything else counts to the last octet.
    #[arg(long, value_name = "FILE", help_heading = "Key")]
    secret_file: Option<Source>,

    /// A shared secret: the text of the environment variable of this name.
    #[arg(long, value_name = "NAME", help_heading = "Key")]
    secret_env: Option<String>,
}

/// Where the claims are.
enum Claims<'a> {
    /// In a word of the command line.
    Word(&'a str),
    /// In a file or standard input.
    Source(Source),
}

impl<'a> Claims<'a> {
    fn new(word: &'a str) -> Result<Self, Failure> {
        Ok(match word.strip_prefix('@') {
            Some(file) => {
                let refused = |reason| Failure::usage(format_args!("--claims @FILE: {reason}"));
                Self::Source(Source::parse(file.into(), "with --claims".to_owned()).map_err(refused)?)
            }
            None if word == "-" => Self::Source(Source::StandardInput),
            None => Self::Word(word),
        })
    }

    const fn source(&self) -> Option<&Source> {
        match self {
            Self::Word(_) => None,
            Self::Source(source) => Some(source),
        }
    }

    /// The claims as one line of JSON.
    fn read(&self) -> Result<Box<RawValue>, Failure> {
        let code = TokenError::NotClaims.code();
        let text = match self {
            Self::Word(word) => Zeroizing::new((*word).to_owned()),
            Self::Source(source) => source.read_text(source::SINGLE, (code, "the claims are not text"))?,
        };
        if let Self::Source(source) = self
            && text.trim().is_empty()
        {
            return Err(Failure::unusable(
                code,
                format_args!(
                    "{source} is empty, and the claims (--claims) are read from it; a token without any is made without --claims"
                ),
            ));
        }
        let refused = |why| Failure::unusable(code, format_args!("the claims (--claims) {why}"));
        let json = serde_json::from_str::<&RawValue>(&text)
            .map_err(|_| refused("are not JSON; a file is named with @, such as --claims @claims.json"))?;
        if !json.get().starts_with('{') {
            return Err(refused("are JSON, but not a JSON object"));
        }
        RawValue::from_string(json_text::one_line(json.get())).map_err(|_| refused("are not JSON"))
    }
}

/// Runs `carnet sign`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &SignArguments) -> Result<(), Failure> {
    let SigningKeyArguments { key, secret_file, secret_env } = &arguments.key;
    Place::Token.check(&arguments.header)?;
    let claims = arguments.claims.as_deref().map(Claims::new).transpose()?;
    Source::check_distinct(&[
        ("the key (--key)", key.as_ref()),
        ("the secret (--secret-file)", secret_file.as_ref()),
        ("the claims (--claims)", claims.as_ref().and_then(Claims::source)),
    ])?;
    let choice = KeyChoice::new(key.as_ref(), secret_file.as_ref(), secret_env.as_deref())?;
    let key = signing_key(choice, arguments.alg.as_deref())?;
    let claims = claims.map(|claims| claims.read()).transpose()?;
    let token = token(arguments, claims.as_deref()).sign(&key)?;
    let limit = Limits::default().token_octets;
    if token.len() > limit {
        output::warning(format_args!(
            "the token has {} octets, and carnet verify takes at most {limit}; so do most servers, or fewer",
            token.len()
        ));
    }
    output::result(&token)
}

/// Reads a key and binds it to an algorithm.
///
/// # Errors
/// [`Failure`].
pub(crate) fn signing_key(choice: KeyChoice<'_>, alg: Option<&str>) -> Result<SigningKey, Failure> {
    let from_secret = |secret| {
        let algorithm = alg.map(algorithms::named).transpose()?.unwrap_or(Algorithm::HS256);
        Ok::<_, Failure>(SigningKey::from_secret(algorithm, &secret))
    };
    match choice {
        KeyChoice::KeyFile(file) => {
            let jwk = private_jwk(file)?;
            bind(file, &jwk, alg)
        }
        KeyChoice::SecretFile(file) => {
            from_secret(secret::from_file(file)?)?.map_err(|error| Failure::key(file, &error))
        }
        KeyChoice::SecretVariable(name) => Ok(from_secret(secret::from_variable(name)?)??),
    }
}

/// Reads a private key or a shared secret.
///
/// # Errors
/// [`Failure`].
pub(crate) fn private_jwk(file: &Source) -> Result<Box<PrivateJwk>, Failure> {
    match KeyFile::read_single(file, ", and one key signs; put the entry to sign with into a file of its own")? {
        SingleKey::Private(jwk) => Ok(jwk),
        SingleKey::Public(_) => Err(refused(file, "this is a public key and a private one is needed to sign")),
    }
}

/// Binds a key to an algorithm: the one named, or its own.
///
/// # Errors
/// [`Failure`].
pub(crate) fn bind(file: &Source, jwk: &PrivateJwk, alg: Option<&str>) -> Result<SigningKey, Failure> {
    let key = match alg.map(algorithms::named).transpose()? {
        Some(algorithm) => SigningKey::from_jwk_as(algorithm, jwk),
        None if jwk.is_symmetric() && jwk.algorithm().is_none() => {
            return Err(refused(
                file,
                "the shared secret does not name its algorithm (\"alg\"); name it with --alg HS256",
            ));
        }
        None => SigningKey::from_jwk(jwk),
    };
    let key = key.map_err(|error| Failure::key(file, &error))?;
    Ok(if alg == Some(FULLY_SPECIFIED) { key.with_fully_specified_name() } else { key })
}

fn refused(file: &Source, why: &str) -> Failure {
    Failure::unusable("invalid_key", format_args!("{file}: {why}"))
}

/// The token that the arguments describe.
fn token<'a>(arguments: &'a SignArguments, claims: Option<&RawValue>) -> TokenBuilder<'a> {
    let mut token = Token::builder();
    if let Some(claims) = claims {
        token = token.claims(claims);
    }
    if let Some(issuer) = &arguments.issuer {
        token = token.issuer(issuer);
    }
    if let Some(subject) = &arguments.subject {
        token = token.subject(subject);
    }
    for audience in &arguments.audience {
        token = token.audience(audience);
    }
    if let Some(life) = arguments.expires_in {
        token = token.expires_in(life);
    }
    if arguments.never_expires {
        token = token.never_expires();
    }
    match arguments.not_before {
        Some(Moment::In(delay)) => token = token.not_before_in(delay),
        Some(Moment::At(seconds)) => token = token.not_before_at(seconds),
        None => {}
    }
    if let Some(id) = &arguments.id {
        token = token.id(id);
    }
    if arguments.random_id {
        token = token.random_id();
    }
    if let Some(typ) = &arguments.typ {
        token = token.typ(typ);
    }
    if let Some(key_id) = &arguments.kid {
        token = token.key_id(key_id);
    }
    for parameter in &arguments.header {
        token = token.header(&parameter.name, &parameter.value);
    }
    if let Some(now) = arguments.now {
        token = token.at(now);
    }
    token
}
