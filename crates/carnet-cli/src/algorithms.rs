//! Algorithms named with `--alg`, and keys bound to one of them.

use crate::failure::Failure;
use carnet::{Algorithm, AlgorithmError, KeyError};

/// Those that this build can use, which is what the library says.
pub(crate) fn available() -> impl Iterator<Item = Algorithm> {
    Algorithm::ALL.iter().copied().filter(|algorithm| algorithm.is_available())
}

/// Their names, for a sentence.
pub(crate) fn names(algorithms: impl IntoIterator<Item = Algorithm>) -> String {
    algorithms.into_iter().map(Algorithm::name).collect::<Vec<_>>().join(", ")
}

/// What help texts end with, where `--alg` is one of the options.
pub(crate) fn help(rest: &str) -> String {
    format!("Algorithms of this build:\n  {}\n\n{rest}", names(available()))
}

/// The name of EdDSA that is written only where it is asked for (RFC 9864).
pub(crate) const FULLY_SPECIFIED: &str = "Ed25519";

/// Reads a name given with `--alg`.
///
/// # Errors
/// The library's, for what is no name of an algorithm, which may be a secret and is not shown.
pub(crate) fn named(name: &str) -> Result<Algorithm, Failure> {
    name.parse().map_err(|error: AlgorithmError| match error {
        AlgorithmError::Unknown { .. } => Failure::unusable(
            error.code(),
            "the value of --alg is not a registered algorithm; write it as it is registered, such as HS256, RS256, ES256 or EdDSA",
        ),
        error => error.into(),
    })
}

/// Reads names.
///
/// # Errors
/// As [`named`], for the first that is none.
pub(crate) fn parse(names: &[String]) -> Result<Vec<Algorithm>, Failure> {
    names.iter().map(|name| named(name)).collect()
}

/// Binds a key to the first algorithm that fits it; `None` without algorithms.
///
/// # Errors
/// When none fits: the first reason that tells more than that the types differ, or else the first.
pub(crate) fn bind_first<K>(
    algorithms: &[Algorithm],
    bind: impl Fn(Algorithm) -> Result<K, KeyError>,
) -> Option<Result<K, KeyError>> {
    let mut reason: Option<KeyError> = None;
    for &algorithm in algorithms {
        match bind(algorithm) {
            Ok(key) => return Some(Ok(key)),
            Err(error) => {
                if matches!(reason, None | Some(KeyError::Mismatch { .. })) {
                    let same = reason.is_some() && matches!(error, KeyError::Mismatch { .. });
                    reason = if same { reason } else { Some(error) };
                }
            }
        }
    }
    reason.map(Err)
}

/// The RSA algorithm that RSA keys without one of their own are bound to.
pub(crate) fn first_rsa(algorithms: &[Algorithm]) -> Option<Algorithm> {
    use Algorithm::{PS256, PS384, PS512, RS256, RS384, RS512};
    let is_rsa = |algorithm: &Algorithm| matches!(algorithm, RS256 | RS384 | RS512 | PS256 | PS384 | PS512);
    algorithms.iter().copied().find(is_rsa)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Algorithm::{ES256, HS256, PS256, RS256};

    #[test]
    fn the_first_that_fits_and_the_reason_that_tells_most() {
        let mismatch =
            |algorithm: Algorithm| Err(KeyError::Mismatch { algorithm: algorithm.name(), key: "an RSA key" });
        let rsa = |algorithm| if matches!(algorithm, RS256 | PS256) { Ok(algorithm) } else { mismatch(algorithm) };
        assert_eq!(bind_first(&[], rsa), None);
        assert_eq!(bind_first(&[ES256, PS256, RS256], rsa), Some(Ok(PS256)));
        assert_eq!(bind_first(&[ES256, HS256], rsa), Some(mismatch(ES256)));
        let not_this = KeyError::NotForThis { member: "use", purpose: "signing" };
        let unwilling = |algorithm| match algorithm {
            RS256 => Err::<(), _>(not_this.clone()),
            other => Err(KeyError::Mismatch { algorithm: other.name(), key: "an RSA key" }),
        };
        assert_eq!(bind_first(&[ES256, RS256, HS256], unwilling), Some(Err(not_this.clone())));
    }
}
