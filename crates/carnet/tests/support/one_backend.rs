//! The algorithms that only one backend has, with a public key for each.

use crate::forge::{forge, hmac, lenient, outcome};
use carnet::prelude::*;
use serde_json::{Value, json};
use testkit::vectors;

pub(crate) const CLAIMS: &str = r#"{"sub":"admin","exp":4102444800}"#;

pub(crate) const OF_ONE_BACKEND: [Algorithm; 5] = [ES512, ES256K, ML_DSA_44, ML_DSA_65, ML_DSA_87];

/// Those that this build has. Of the others: that their names, keys and tokens are refused, each with its code.
pub(crate) fn available() -> Vec<Algorithm> {
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        OF_ONE_BACKEND.into_iter().partition(|algorithm| algorithm.is_available());
    assert_eq!(here.len(), if cfg!(feature = "aws-lc-rs") { 5 } else { 0 });
    for algorithm in elsewhere {
        let name = algorithm.name();
        assert_eq!(name.parse::<Algorithm>().unwrap_err().code(), "unsupported_algorithm", "{name}");
        assert_eq!(SigningKey::generate(algorithm).unwrap_err().code(), "unsupported_algorithm", "{name}");
        assert_eq!(algorithm.key_kind(), None, "{name}");
        let jwk = published(algorithm);
        assert_eq!(import(&jwk), Err("unsupported_key"), "{name}");
        let set = JwkSet::from_json(&json!({"keys": [jwk]}).to_string()).unwrap();
        assert_eq!((set.len(), set.skipped()[0].reason.code()), (0, "unsupported_key"), "{name}");
        let (key, verifying) = hmac(HS256);
        let token = forge(json!({"alg": name}).to_string(), CLAIMS, &key);
        assert_eq!(outcome(&lenient(verifying), &token), "algorithm_not_allowed", "{name}");
    }
    here
}

/// A public key that a specification or a public test suite prints, with the members of the key alone.
pub(crate) fn published(algorithm: Algorithm) -> Value {
    let jwk = match algorithm {
        ES512 => vectors::load("rfc7520-cookbook/jwk/3_1.ec_public_key.json"),
        ES256K => {
            let files = vectors::load("key-files/key_files.json");
            let mut files = files["files"].as_array().unwrap().iter();
            let file = files.find(|file| file["path"] == "tests/keys/jwk_ec_pub_secp256k1.json").unwrap();
            serde_json::from_str(file["text"].as_str().unwrap()).unwrap()
        }
        _ => {
            let file = vectors::load("rfc/rfc9964.json");
            let mut vectors = file["vectors"].as_array().unwrap().iter();
            vectors.find(|vector| vector["alg"] == algorithm.name()).unwrap()["public_key"].clone()
        }
    };
    bare(&jwk)
}

/// The members of a key alone.
pub(crate) fn bare(jwk: &Value) -> Value {
    let own: &[&str] = match jwk["kty"].as_str().unwrap() {
        "AKP" => &["kty", "alg", "pub", "priv"],
        _ => &["kty", "crv", "x", "y", "d"],
    };
    let members = jwk.as_object().unwrap().clone();
    members.into_iter().filter(|(name, _)| own.contains(&name.as_str())).collect()
}

/// A new key, as JWK.
pub(crate) fn generated(algorithm: Algorithm) -> Value {
    bare(&serde_json::from_str(&PrivateJwk::generate(algorithm).unwrap().expose_json()).unwrap())
}

pub(crate) fn import(jwk: &Value) -> Result<(), &'static str> {
    Jwk::from_json(&jwk.to_string()).map(drop).map_err(|error| error.code())
}

pub(crate) fn import_private(jwk: &Value) -> Result<(), &'static str> {
    PrivateJwk::from_json(&jwk.to_string()).map(drop).map_err(|error| error.code())
}

pub(crate) fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}
