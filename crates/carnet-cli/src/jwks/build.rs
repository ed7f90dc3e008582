//! `carnet jwks build`: makes the JWK Set that an issuer publishes.

use crate::failure::Failure;
use crate::json_text;
use crate::key_file::KeyFile;
use crate::key_id::KeyId;
use crate::key_set;
use crate::output;
use crate::source::{self, Source};
use crate::wording;
use carnet::{Jwk, JwkSet, Quoted};
use clap::Args;

/// What `carnet jwks build --help` ends with.
const EXAMPLES: &str = "\
Examples:
  carnet jwks build key.json > jwks.json
  carnet jwks build --kid thumbprint old.pem new.pem > jwks.json
  carnet jwks build jwks.json next-public.json > jwks-next.json";

/// Prints a public JWK Set made of keys in any form; of private keys, their public halves.
///
/// Shared secrets are refused. Each key needs a kid that no other has: verifiers find it by that. Give an RSA key an alg (carnet key convert --alg),
/// or verifiers must guess it.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct BuildArguments {
    /// JWKs, JWK Sets, PEM or DER; - is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<Source>,

    /// Fills in the kid of keys that have none: their thumbprint (RFC 7638, SHA-256). Those that have one keep it, since tokens name it.
    #[arg(long, value_name = "thumbprint", value_parser = only_thumbprint)]
    kid: Option<KeyId>,
}

/// Several keys cannot have one name.
fn only_thumbprint(text: &str) -> Result<KeyId, String> {
    match KeyId::parse(text)? {
        KeyId::Thumbprint => Ok(KeyId::Thumbprint),
        KeyId::Name(_) => {
            Err("only thumbprint is possible here; name one key with carnet key convert --to jwk --kid NAME".to_owned())
        }
    }
}

/// Runs `carnet jwks build`.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(arguments: &BuildArguments) -> Result<(), Failure> {
    if arguments.files.iter().filter(|file| **file == Source::StandardInput).count() > 1 {
        return Err(Failure::usage("only one of the files can come from standard input (-)"));
    }
    let mut keys: Vec<(&Source, Jwk)> = Vec::new();
    for file in &arguments.files {
        for jwk in public_keys(file)? {
            let jwk = match &arguments.kid {
                Some(key_id) if jwk.key_id().is_none() => {
                    key_id.name_public(jwk).map_err(|error| Failure::key(file, &error))?
                }
                _ => jwk,
            };
            let key_id = jwk.key_id().ok_or_else(|| no_key_id(file))?;
            let same = |other: &Jwk| other.key_id() == Some(key_id) && other.thumbprint() == jwk.thumbprint();
            if let Some((other, _)) = keys.iter().find(|(_, other)| same(other)) {
                return Err(Failure::usage(format_args!(
                    "{file}: this is the same key as in {other}; leave one of them out"
                )));
            }
            if let Some((other, _)) = keys.iter().find(|(_, other)| other.key_id() == Some(key_id)) {
                return Err(taken(file, key_id, other));
            }
            keys.push((file, jwk));
        }
    }
    if keys.is_empty() {
        return Err(Failure::unusable(
            "no_usable_key",
            "there is no key in what was given, and no token can be verified with an empty set; give a key: \
             carnet key generate --alg ES256 --kid thumbprint makes one",
        ));
    }
    let set: JwkSet = keys.into_iter().map(|(_, jwk)| jwk).collect();
    output::result(&json_text::one_line(&set.to_json()))
}

/// The public halves of what a file holds.
fn public_keys(file: &Source) -> Result<Vec<Jwk>, Failure> {
    let text = match KeyFile::read(file, source::SET)? {
        KeyFile::Key(key) => {
            return key.into_public().map(|jwk| vec![jwk]).ok_or_else(|| Failure::no_public_half(file));
        }
        KeyFile::Set(text) => text,
    };
    let set = key_set::read(file, &text)?;
    // What cannot be carried over must not get lost in silence.
    if !set.skipped().is_empty() {
        let skipped = set.skipped().iter().map(wording::skipped);
        return Err(Failure::unusable(
            "invalid_key",
            format_args!(
                "{file}: the set has entries that cannot be used, and none is left out in silence; \
                 carnet key public leaves them out and says so"
            ),
        )
        .with_notes(skipped));
    }
    if set.secret_entries().next().is_some() {
        let entries = key_set::entries(set.secret_entries());
        return Err(Failure::unusable(
            "unsupported_key",
            format_args!(
                "{file}: the set holds shared secrets, which are not to be published, in {entries} (counted from 0)"
            ),
        ));
    }
    Ok(set.iter().cloned().collect())
}

fn no_key_id(file: &Source) -> Failure {
    Failure::unusable(
        "invalid_key",
        format_args!("{file}: the key has no member \"kid\"; fill it in with --kid thumbprint"),
    )
}

fn taken(file: &Source, key_id: &str, other: &Source) -> Failure {
    Failure::unusable(
        "invalid_key",
        format_args!(
            "{file}: the key's member \"kid\" is {}, which a key from {other} has already",
            Quoted::new(key_id)
        ),
    )
}
