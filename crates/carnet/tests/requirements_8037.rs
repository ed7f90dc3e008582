//! What RFC 8037 demands and no other test shows. Each test is named after its section; `test-vectors/requirements.toml` links them.
#![cfg(test)]

use carnet::base64url;
use carnet::prelude::*;
use serde_json::{Value, json};
use testkit::vectors;

fn known() -> Value {
    vectors::load("attacks/attack_tokens.json")["keys"]["ed"].clone()
}

fn public(jwk: &Value) -> Result<(), &'static str> {
    Jwk::from_json(&jwk.to_string()).map(drop).map_err(|error| error.code())
}

fn private(jwk: &Value) -> Result<(), &'static str> {
    PrivateJwk::from_json(&jwk.to_string()).map(drop).map_err(|error| error.code())
}

fn without(mut jwk: Value, name: &str) -> Value {
    jwk.as_object_mut().unwrap().remove(name);
    jwk
}

#[test]
fn rfc8037_2_members_of_a_key() {
    let whole = known();
    let half = without(whole.clone(), "d");
    assert_eq!((public(&half), private(&whole)), (Ok(()), Ok(())));
    for member in ["kty", "crv", "x"] {
        assert_eq!(public(&without(half.clone(), member)), Err("invalid_key"), "without {member}");
        assert_eq!(private(&without(whole.clone(), member)), Err("invalid_key"), "without {member}");
    }
    assert_eq!(private(&half), Err("invalid_key"), "without d");
    assert_eq!(public(&whole), Err("invalid_key"), "with d");
    for kty in ["EC", "RSA", "oct", "okp", "AKP"] {
        let mut other = half.clone();
        other["kty"] = json!(kty);
        assert!(public(&other).is_err(), "{kty}");
        let mut other = whole.clone();
        other["kty"] = json!(kty);
        assert!(private(&other).is_err(), "{kty}");
    }
    // base64url, and nothing that is merely like it.
    for (member, jwk) in [("x", &half), ("d", &whole)] {
        let text = jwk[member].as_str().unwrap();
        let octets = base64url::secret::decode(text).unwrap();
        let numbers = json!(*octets).to_string();
        for other in [format!("{text}="), format!("{text} "), base64url::encode(&octets[1..]), numbers] {
            let mut altered = jwk.clone();
            altered[member] = json!(other);
            let read = if member == "d" { private(&altered) } else { public(&altered) };
            assert_eq!(read, Err("invalid_key"), "{member}");
        }
    }
    // As they are written.
    let written: Value = serde_json::from_str(&PrivateJwk::generate(EdDSA).unwrap().expose_json()).unwrap();
    assert_eq!((&written["kty"], &written["crv"]), (&json!("OKP"), &json!("Ed25519")));
    assert!(written["x"].is_string() && written["d"].is_string());
    let published: Value =
        serde_json::from_str(&SigningKey::generate(EdDSA).unwrap().public_jwk().unwrap().to_json()).unwrap();
    assert!(published["x"].is_string() && published.get("d").is_none());
}

#[test]
fn rfc8037_3_1_a_signing_key_agrees_on_nothing() {
    for alg in ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"] {
        let mut jwk = without(known(), "d");
        jwk["alg"] = json!(alg);
        let bound = Jwk::from_json(&jwk.to_string()).and_then(|jwk| VerifyingKey::from_jwk(&jwk));
        assert_eq!(bound.unwrap_err().code(), "unsupported_algorithm", "{alg}");
        assert_eq!(alg.parse::<Algorithm>().unwrap_err().code(), "unsupported_algorithm");
    }
}

#[test]
fn rfc8037_3_2_a_key_for_agreement_signs_nothing() {
    for (crv, octets) in [("X25519", 32), ("X448", 56)] {
        let mut jwk = known();
        jwk["crv"] = json!(crv);
        jwk["x"] = json!(base64url::encode(&vec![9; octets]));
        jwk["d"] = json!(base64url::encode(&vec![7; octets]));
        assert_eq!(private(&jwk), Err("unsupported_key"), "{crv}");
        for alg in ["EdDSA", "Ed25519"] {
            let mut jwk = without(jwk.clone(), "d");
            jwk["alg"] = json!(alg);
            assert_eq!(public(&jwk), Err("unsupported_key"), "{crv} for {alg}");
            let set = JwkSet::from_json(&json!({"keys": [jwk]}).to_string()).unwrap();
            assert!(set.verifying_keys().is_empty(), "{crv} for {alg}");
        }
    }
}

/// Drawn at random: of many keys none is like another, and no octet of them stays the same.
#[test]
fn rfc8037_4_keys_are_drawn_at_random() {
    let drawn: Vec<_> = (0..64)
        .map(|_| {
            let jwk: Value = serde_json::from_str(&PrivateJwk::generate(EdDSA).unwrap().expose_json()).unwrap();
            base64url::secret::decode(jwk["d"].as_str().unwrap()).unwrap()
        })
        .collect();
    for place in 0..32 {
        let mut values: Vec<u8> = drawn.iter().map(|seed| seed[place]).collect();
        values.sort_unstable();
        values.dedup();
        assert!(values.len() > 32, "octet {place} has {} values", values.len());
    }
}
