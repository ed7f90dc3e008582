//! `carnet jws sign`: signs any payload.

use crate::failure::Failure;
use crate::header_parameter::{HeaderParameter, Place};
use crate::key_choice::KeyChoice;
use crate::output;
use crate::sign::{self, signing_key};
use crate::source::{self, Source};
use crate::value::present;
use carnet::jwa::Hash;
use carnet::jws::{GeneralJwsBuilder, JwsBuilder};
use carnet::{Algorithm, PrivateJwk, SigningKey};
use clap::{Args, ValueEnum};
use core::fmt::Display;

/// What `carnet jws sign --help` ends with.
const EXAMPLES: &str = "\
Examples:
  carnet jws sign --key key.json letter.txt
  carnet jws sign --key key.json --detached - < film.mkv > film.jws
  carnet jws sign --key author.json --key notary.json --serialization general deed.pdf
  carnet jws sign --secret-env SECRET --unencoded --detached request.json

Exit codes: 0 with the token on standard output; 2 with error[CODE]: sentence on standard error.";

/// What is said where the payload cannot be read.
const PAYLOAD: &str = "PAYLOAD is the name of a file, or - for standard input";

/// Signs a payload and prints the token.
///
/// alg and kid come from the key. Anybody who has the token can read the payload: a signature hides nothing.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct JwsSignArguments {
    /// The payload: a file; - is standard input. It is signed to the last octet.
    payload: Source,

    #[command(flatten)]
    keys: KeyArguments,

    /// The algorithm, where the key leaves it open: RSA keys without it are for RS256, a --secret-file or --secret-env for HS256.
    ///
    /// Of several keys, it binds those that leave it open; the others keep their own.
    #[arg(long, value_name = "ALG", help_heading = "Key")]
    alg: Option<String>,

    /// The form of the token.
    #[arg(long, value_enum, default_value_t, help_heading = "Form")]
    serialization: Serialization,

    /// Leaves the payload out of the token, since it travels by another way.
    #[arg(long, help_heading = "Form")]
    detached: bool,

    /// Signs the payload as it is, without base64url (RFC 7797).
    #[arg(long, help_heading = "Form")]
    unencoded: bool,

    /// typ of the header: the media type of the whole token.
    #[arg(long, value_name = "TYP", value_parser = present, help_heading = "Header")]
    typ: Option<String>,

    /// cty of the header: the media type of the payload.
    #[arg(long, value_name = "CTY", value_parser = present, help_heading = "Header")]
    cty: Option<String>,

    /// kid of the header instead of the key's. Of several keys, each has its own.
    #[arg(long, value_name = "KID", value_parser = present, help_heading = "Header")]
    kid: Option<String>,

    /// Another parameter of the protected header, its value as JSON: v=1, or 'lang="en"'. May be repeated.
    #[arg(long, value_name = "NAME=JSON", value_parser = HeaderParameter::parse, help_heading = "Header")]
    header: Vec<HeaderParameter>,

    /// A parameter of the protected header that crit lists: who does not understand it must refuse the token. May be repeated.
    #[arg(long, value_name = "NAME=JSON", value_parser = HeaderParameter::parse, help_heading = "Header")]
    critical: Vec<HeaderParameter>,

    /// A parameter of the unprotected header, which anybody on the way can change; JSON serializations only. May be repeated.
    ///
    /// A kid here takes the place of the one in the protected header, and is possible with one key only.
    #[arg(long, value_name = "NAME=JSON", value_parser = HeaderParameter::parse, help_heading = "Header")]
    unprotected: Vec<HeaderParameter>,
}

/// Where the keys come from: one or more files, or one secret.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct KeyArguments {
    /// The private key: a JWK, PEM or DER; - is standard input. Repeated, each makes a signature of a general serialization.
    #[arg(long, value_name = "FILE", help_heading = "Key")]
    key: Vec<Source>,

    /// A shared secret: the file's octets, less one line end after printable text; - is standard input.
    #[arg(long, value_name = "FILE", help_heading = "Key")]
    secret_file: Option<Source>,

    /// A shared secret: the text of the environment variable of this name.
    #[arg(long, value_name = "NAME", help_heading = "Key")]
    secret_env: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Serialization {
    /// Three segments of base64url.
    #[default]
    Compact,
    /// JSON with one signature.
    Flattened,
    /// JSON with one signature or several.
    General,
}

/// Runs `carnet jws sign`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &JwsSignArguments) -> Result<(), Failure> {
    Place::Protected.check(arguments.header.iter().chain(&arguments.critical))?;
    Place::Unprotected.check(&arguments.unprotected)?;
    let KeyArguments { key, secret_file, secret_env } = &arguments.keys;
    let mut sources = vec![("the payload", Some(&arguments.payload))];
    sources.extend(key.iter().map(|key| ("a key (--key)", Some(key))));
    sources.push(("the secret (--secret-file)", secret_file.as_ref()));
    Source::check_distinct(&sources)?;
    if key.len() > 1 && arguments.serialization != Serialization::General {
        return Err(Failure::usage("only a general serialization has several signatures: --serialization general"));
    }
    if key.len() > 1 && arguments.kid.is_some() {
        return Err(Failure::usage(
            "--kid would give the signatures of all keys one key ID; leave it out and give each key its own: \
             carnet key convert --to jwk --kid NAME FILE",
        ));
    }
    if key.len() > 1 && arguments.unprotected.iter().any(|parameter| parameter.name == "kid") {
        return Err(Failure::usage(
            "--unprotected kid would give the signatures of all keys one key ID; leave it out and give each key its own: \
             carnet key convert --to jwk --kid NAME FILE",
        ));
    }
    let alg = arguments.alg.as_deref();
    let keys = if key.is_empty() {
        vec![signing_key(KeyChoice::new(None, secret_file.as_ref(), secret_env.as_deref())?, alg)?]
    } else {
        signing_keys(key, alg)?
    };
    let (first, others) = keys.split_first().ok_or_else(|| Failure::usage("a key is missing"))?;
    output::result(&token(arguments, first, others)?)
}

/// Reads keys, which must all be different, and so must their names: a second signature by one key proves nothing more, and whoever counts signatures
/// would count one signer twice.
fn signing_keys(files: &[Source], alg: Option<&str>) -> Result<Vec<SigningKey>, Failure> {
    let mut read: Vec<(&Source, Box<PrivateJwk>)> = Vec::new();
    for file in files {
        let jwk = sign::private_jwk(file)?;
        let same = |other: &PrivateJwk| other.thumbprint_with(Hash::Sha256) == jwk.thumbprint_with(Hash::Sha256);
        if let Some((other, _)) = read.iter().find(|(_, other)| same(other)) {
            return Err(Failure::usage(format_args!(
                "{file}: this is the same key as {other}, and a second signature by one key proves nothing more; name each key once"
            )));
        }
        let same_name = |other: &PrivateJwk| jwk.key_id().is_some() && other.key_id() == jwk.key_id();
        if let Some((other, _)) = read.iter().find(|(_, other)| same_name(other)) {
            return Err(Failure::usage(format_args!(
                "{file}: this key has the same key ID (kid) as {other}, and verifiers find a key by it; give each key its own: \
                 carnet key convert --to jwk --kid NAME FILE"
            )));
        }
        read.push((file, jwk));
    }
    match (alg, &*read) {
        (Some(alg), [_, _, ..]) => bind_open(&read, alg),
        _ => read.iter().map(|(file, jwk)| sign::bind(file, jwk, alg)).collect(),
    }
}

/// Binds several keys: those that leave their algorithm open to the one named, the others to their own.
fn bind_open(keys: &[(&Source, Box<PrivateJwk>)], alg: &str) -> Result<Vec<SigningKey>, Failure> {
    const ONE_KEY: &str =
        "carnet key convert FILE --to jwk --alg ALG binds a single key, which then needs no --alg and keeps its own";
    let mut bound = Vec::new();
    let mut refused = Vec::new();
    for (file, jwk) in keys {
        match sign::bind(file, jwk, Some(alg)) {
            Ok(key) => bound.push(key),
            Err(failure) if is_open(jwk) => return Err(failure.with_notes([ONE_KEY])),
            Err(failure) => {
                refused.push(failure);
                bound.push(sign::bind(file, jwk, None)?);
            }
        }
    }
    let none_takes_it = refused.len() == keys.len();
    match refused.into_iter().next() {
        Some(failure) if none_takes_it => Err(failure.with_notes([ONE_KEY])),
        _ => Ok(bound),
    }
}

/// Whether a key names no algorithm, and more than one would fit.
fn is_open(jwk: &PrivateJwk) -> bool {
    jwk.algorithm().is_none() && jwk.public_jwk().is_none_or(|public| public.public_key().fits(Algorithm::RS256))
}

fn token(arguments: &JwsSignArguments, first: &SigningKey, others: &[SigningKey]) -> Result<String, Failure> {
    let builder = builder(arguments);
    // Of any length, and never held in memory where the algorithm can do without.
    if arguments.detached && arguments.serialization == Serialization::Compact {
        return Ok(arguments
            .payload
            .with_reader(|reader| builder.sign_detached_reader(reader, first))
            .map_err(|failure| failure.with_notes([PAYLOAD]))??);
    }
    let payload = arguments.payload.read_or_none(source::PAYLOAD).map_err(|failure| failure.with_notes([PAYLOAD]))?;
    let payload = payload.ok_or_else(|| {
        let whole = core::iter::once(first).chain(others).find(|key| key.stream().is_none());
        match whole {
            Some(key) => too_large(
                "the payload",
                source::PAYLOAD,
                format_args!(
                    "of a key for {}, it must fit in memory: sign a digest of it, or use a key for another algorithm with --detached",
                    key.algorithm()
                ),
            ),
            None => too_large(
                "the payload",
                source::PAYLOAD,
                "leave the payload out of the token with --detached; in compact serialization it may have any length",
            ),
        }
    })?;
    let token = match arguments.serialization {
        Serialization::Compact => builder.sign(&payload, first)?,
        Serialization::Flattened => builder.sign_json(&payload, first)?,
        Serialization::General => {
            let general = GeneralJwsBuilder::new(builder.clone(), first);
            others.iter().fold(general, |general, key| general.signature(builder.clone(), key)).sign(&payload)?
        }
    };
    // Nothing is made here that carnet jws verify does not read: an unencoded payload in JSON can grow sixfold.
    if token.len() > source::CARRYING_TOKEN {
        return Err(too_large("the token", source::CARRYING_TOKEN, "leave the payload out of it with --detached"));
    }
    Ok(token)
}

fn too_large(what: &str, limit: usize, advice: impl Display) -> Failure {
    Failure::unusable("too_large", format_args!("{what} is longer than the limit of {limit} octets; {advice}"))
}

fn builder(arguments: &JwsSignArguments) -> JwsBuilder<'_> {
    let mut builder = JwsBuilder::new();
    if let Some(typ) = &arguments.typ {
        builder = builder.typ(typ);
    }
    if let Some(content_type) = &arguments.cty {
        builder = builder.content_type(content_type);
    }
    if let Some(key_id) = &arguments.kid {
        builder = builder.key_id(key_id);
    }
    for HeaderParameter { name, value } in &arguments.header {
        builder = builder.header(name, value);
    }
    for HeaderParameter { name, value } in &arguments.critical {
        builder = builder.critical(name, value);
    }
    for HeaderParameter { name, value } in &arguments.unprotected {
        builder = builder.unprotected(name, value);
    }
    if arguments.detached {
        builder = builder.detached();
    }
    if arguments.unencoded {
        builder = builder.unencoded_payload();
    }
    builder
}
