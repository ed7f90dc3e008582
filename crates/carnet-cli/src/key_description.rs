//! What a key is, in words.

use crate::single_key::SingleKey;
use carnet::jwa::PublicKey;
use carnet::{Jwk, Quoted};
use serde::Deserialize;

/// Type and curve, size or parameter set: `EC P-256`, `RSA 2048 bits`, `oct 256 bits`.
pub(crate) fn kind(key: &SingleKey) -> String {
    match key {
        SingleKey::Public(jwk) => public_kind(jwk.public_key()),
        SingleKey::Private(jwk) => match jwk.public_jwk() {
            Some(public) => public_kind(public.public_key()),
            None => format!("oct {} bits", secret_octets(&jwk.expose_json()).saturating_mul(8)),
        },
    }
}

/// The same of a public key.
pub(crate) fn public_kind(key: &PublicKey) -> String {
    let kind = key.kind();
    match (kind.variant(), key.bits()) {
        (Some((_, name)), _) => format!("{} {name}", kind.key_type()),
        (None, Some(bits)) => format!("{} {bits} bits", kind.key_type()),
        (None, None) => kind.key_type().to_owned(),
    }
}

/// `alg` as it is written, where the key has it or its type is it (`AKP`).
pub(crate) fn algorithm(jwk: &Jwk) -> Option<&str> {
    let of_kind = jwk.public_key().kind().variant().filter(|(member, _)| *member == "alg").map(|(_, name)| name);
    jwk.algorithm().or(of_kind)
}

/// A name that the key's maker chose, safe to show, or `none`.
pub(crate) fn quoted(name: Option<&str>) -> String {
    name.map_or_else(|| "none".to_owned(), |name| Quoted::new(name).to_string())
}

/// A word such as `ES256` or `sig`, as it is where it is one, or as [`quoted`] has it.
pub(crate) fn word(word: Option<&str>) -> String {
    let plain = |word: &&str| {
        (1..=32).contains(&word.len())
            && word.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-+._#".contains(&octet))
    };
    word.filter(plain).map_or_else(|| quoted(word), str::to_owned)
}

/// How many octets the secret of an `oct` JWK has.
fn secret_octets(json: &str) -> usize {
    /// The one member that counts.
    #[derive(Deserialize)]
    struct Oct<'a> {
        #[serde(borrow)]
        k: &'a str,
    }
    let characters = serde_json::from_str::<Oct<'_>>(json).map_or(0, |oct| oct.k.len());
    characters.saturating_mul(3).checked_div(4).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_what_only_looks_like_one() {
        for one in ["ES256", "ECDH-ES+A128KW", "sig", "wrapKey"] {
            assert_eq!(word(Some(one)), one);
        }
        assert_eq!(word(None), "none");
        assert_eq!(word(Some("none ")), "\"none \"");
        assert_eq!(word(Some("")), "\"\"");
        assert_eq!(word(Some("\u{1b}[31m")), "\"\\u{1b}[31m\"");
    }

    #[test]
    fn octets_of_a_secret() {
        for (k, octets) in [("AA", 1), ("AAA", 2), ("AAAA", 3), (&"A".repeat(43), 32), (&"A".repeat(86), 64)] {
            assert_eq!(secret_octets(&format!(r#"{{"kty":"oct","k":"{k}"}}"#)), octets);
        }
    }
}
