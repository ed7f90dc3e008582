//! The keys a token is verified with.

use crate::algorithms::{self, bind_first};
use crate::failure::Failure;
use crate::key_choice::KeyChoice;
use crate::key_file::KeyFile;
use crate::key_set;
use crate::secret;
use crate::single_key::SingleKey;
use crate::source::{self, Source};
use crate::wording;
use carnet::{Algorithm, Jwk, KeyError, KeyRules, PrivateJwk, Secret, VerifyingKey, VerifyingKeys};

/// Keys, each bound to its one algorithm, and what is to be said when none of them is the right one.
pub(crate) struct Keys {
    /// The keys.
    pub(crate) keys: VerifyingKeys,
    /// The entries of a set that cannot be used, one line each.
    pub(crate) unused: Vec<String>,
}

impl Keys {
    /// Reads the keys and binds them: with `algorithms`, to one of those.
    ///
    /// # Errors
    /// [`Failure`] when a file cannot be read, a key cannot be used, or no key is left.
    pub(crate) fn load(choice: KeyChoice<'_>, algorithms: &[Algorithm]) -> Result<Self, Failure> {
        match choice {
            KeyChoice::SecretFile(file) => {
                from_secret(&secret::from_file(file)?, algorithms).map_err(|error| Failure::key(file, &error))
            }
            KeyChoice::SecretVariable(name) => Ok(from_secret(&secret::from_variable(name)?, algorithms)?),
            KeyChoice::KeyFile(file) => {
                let key = match KeyFile::read(file, source::SET)? {
                    KeyFile::Set(text) => return from_set(file, &text, algorithms),
                    KeyFile::Key(SingleKey::Public(jwk)) => public_key(&jwk, algorithms),
                    KeyFile::Key(SingleKey::Private(jwk)) => private_key(&jwk, algorithms),
                };
                let key = key.map_err(|error| match error {
                    KeyError::MissingMember { member: "alg" } => Failure::unusable(
                        error.code(),
                        format_args!(
                            "{file}: the shared secret does not name its algorithm (\"alg\"); name it with --alg HS256"
                        ),
                    ),
                    error => Failure::key(file, &error),
                })?;
                Ok(key.into())
            }
        }
    }
}

impl From<VerifyingKey> for Keys {
    fn from(key: VerifyingKey) -> Self {
        Self { keys: key.into(), unused: Vec::new() }
    }
}

fn from_secret(secret: &Secret, algorithms: &[Algorithm]) -> Result<Keys, KeyError> {
    let named = bind_first(algorithms, |algorithm| VerifyingKey::from_secret(algorithm, secret));
    named.unwrap_or_else(|| VerifyingKey::from_secret(Algorithm::HS256, secret)).map(Keys::from)
}

fn public_key(jwk: &Jwk, algorithms: &[Algorithm]) -> Result<VerifyingKey, KeyError> {
    let named = bind_first(algorithms, |algorithm| VerifyingKey::from_jwk_as(algorithm, jwk));
    named.unwrap_or_else(|| VerifyingKey::from_jwk(jwk))
}

fn private_key(jwk: &PrivateJwk, algorithms: &[Algorithm]) -> Result<VerifyingKey, KeyError> {
    if let Some(public) = jwk.public_jwk() {
        return public_key(&public, algorithms);
    }
    bind_first(algorithms, |algorithm| VerifyingKey::from_private_jwk_as(algorithm, jwk)).unwrap_or_else(|| {
        let own = jwk.algorithm().ok_or(KeyError::MissingMember { member: "alg" })?;
        VerifyingKey::from_private_jwk_as(own.parse()?, jwk)
    })
}

fn from_set(file: &Source, text: &str, algorithms: &[Algorithm]) -> Result<Keys, Failure> {
    let set = key_set::read(file, text)?;
    key_set::warn_of_private_entries(file, &set);

    let keys = set.verifying_keys_with(&rules(algorithms));
    let unused: Vec<String> =
        keys.skipped().iter().map(|skipped| format!("{file}: {}", wording::skipped(skipped))).collect();
    if keys.is_empty() {
        let failure = Failure::unusable("no_usable_key", format_args!("{file}: no key of the set can verify a token"));
        return Err(failure.with_notes(unused));
    }
    if !algorithms.is_empty() && !algorithms.iter().any(|&algorithm| keys.has_algorithm(algorithm)) {
        let own = algorithms::names(algorithms::available().filter(|&algorithm| keys.has_algorithm(algorithm)));
        let failure = Failure::unusable(
            "no_usable_key",
            format_args!("{file}: no key of the set is for an algorithm named with --alg; they are for {own}"),
        );
        return Err(failure.with_notes(unused));
    }
    Ok(Keys { keys, unused })
}

/// How the entries of a set that leave their algorithm open are bound.
fn rules(algorithms: &[Algorithm]) -> KeyRules {
    let mut rules = KeyRules::new();
    if let Some(rsa) = algorithms::first_rsa(algorithms) {
        rules = rules.rsa_without_alg(rsa);
    }
    for algorithm in algorithms.iter().filter(|algorithm| algorithm.is_symmetric()) {
        rules = rules.symmetric(*algorithm);
    }
    rules
}
