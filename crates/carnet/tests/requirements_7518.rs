//! What RFC 7518, sections 2, 3 and 6, demands and no other test shows. Each test is named after its section; `test-vectors/requirements.toml` links
//! them.
#![cfg(test)]

use carnet::base64url;
use carnet::prelude::*;
use serde_json::{Value, json};
use testkit::vectors;

fn known(name: &str) -> Value {
    vectors::load("attacks/attack_tokens.json")["keys"][name].clone()
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn without(mut jwk: Value, names: &[&str]) -> Value {
    jwk.as_object_mut().unwrap().retain(|name, _| !names.contains(&name.as_str()));
    jwk
}

/// Numbers that another form of the key writes with a sign octet before them.
#[test]
fn rfc7518_2_numbers_take_the_fewest_octets() {
    let private = PrivateJwk::from_json(&known("rsa").to_string()).unwrap();
    let der = private.public_jwk().unwrap().to_der().unwrap();
    let read = value(&Jwk::from_der(&der).unwrap().to_json());
    let whole = value(&PrivateJwk::from_der(&private.expose_der().unwrap()).unwrap().expose_json());
    for (jwk, members) in [(&read, &["n", "e"][..]), (&whole, &["n", "e", "d", "p", "q", "dp", "dq", "qi"])] {
        for member in members {
            let octets = base64url::secret::decode(jwk[member].as_str().unwrap()).unwrap();
            assert_ne!(octets.first(), Some(&0), "{member}");
            assert_eq!(jwk[member], known("rsa")[member], "{member}");
        }
    }
    // Which is also the only spelling that is read.
    let mut padded = read.clone();
    padded["n"] =
        json!(base64url::encode(&[&[0], &base64url::decode(read["n"].as_str().unwrap()).unwrap()[..]].concat()));
    assert_eq!(Jwk::from_json(&padded.to_string()).unwrap_err().code(), "invalid_key");
}

/// No test can show how long a comparison takes; this one shows what compares: the backend, which promises constant time, or `subtle`.
#[test]
fn rfc7518_3_2_a_mac_is_compared_in_constant_time() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../carnet-jwa/src/hmac.rs");
    let source = std::fs::read_to_string(source).unwrap();
    let code = source.split("#[cfg(test)]").next().unwrap();
    let body = |start: &str| code.split(start).nth(1).unwrap().split("\n    }\n").next().unwrap();
    assert!(body("impl Verify for HmacKey").contains("backend::verify(&self.0, message, tag)"));
    assert!(body("impl VerifyPieces for Pieces").contains("fn update"));
    assert!(code.contains("self.0.sign().as_ref().ct_eq(tag)"));
    assert!(!code.contains("==") && !code.contains("!="), "something else compares");
}

#[test]
fn rfc7518_3_4_signatures_have_all_their_octets() {
    for (algorithm, octets) in [(ES256, 64), (ES384, 96), (ES512, 132)] {
        let Ok(key) = SigningKey::generate(algorithm) else {
            assert!(!algorithm.is_available(), "{algorithm}");
            continue;
        };
        // One in 128 begins with a zero octet, in one half or the other.
        let short = (0..10_000_u16).find(|number| {
            let message = number.to_be_bytes();
            let signature = key.sign_message(&message).unwrap();
            assert_eq!(signature.len(), octets, "{algorithm}");
            assert!(key.verifying_key().verify_signature(&message, &signature).is_ok());
            signature[0] == 0 || signature[octets / 2] == 0
        });
        assert!(short.is_some(), "{algorithm}");
    }
}

#[test]
fn rfc7518_6_members_that_must_be_present() {
    let public = |jwk: &Value| Jwk::from_json(&jwk.to_string()).map(drop).map_err(|error| error.code());
    let private = |jwk: &Value| PrivateJwk::from_json(&jwk.to_string()).map(drop).map_err(|error| error.code());
    for (name, members) in [("ec", &["crv", "x", "y"][..]), ("rsa", &["n", "e"])] {
        let whole = known(name);
        let half = without(whole.clone(), &["d", "p", "q", "dp", "dq", "qi"]);
        assert_eq!((public(&half), private(&whole)), (Ok(()), Ok(())), "{name}");
        for member in members {
            assert_eq!(public(&without(half.clone(), &[member])), Err("invalid_key"), "{name} without {member}");
            assert_eq!(private(&without(whole.clone(), &[member])), Err("invalid_key"), "{name} without {member}");
            let mut null = half.clone();
            null[*member] = Value::Null;
            assert_eq!(public(&null), Err("invalid_key"), "{name} with {member} null");
        }
        // The public half is no private key.
        assert_eq!(private(&without(whole, &["d"])), Err("invalid_key"), "{name} without d");
    }
    assert_eq!(private(&json!({"kty": "oct"})), Err("invalid_key"));
    // All of them are written.
    let written = value(&SigningKey::generate(ES256).unwrap().public_jwk().unwrap().to_json());
    assert!(["crv", "x", "y"].iter().all(|member| written[member].is_string()));
    assert!(value(&PrivateJwk::generate(ES256).unwrap().expose_json())["d"].is_string());
}

/// From another form of it, where the JWK is made anew.
#[test]
fn rfc7518_6_3_2_private_rsa_keys_are_written_whole() {
    let key = PrivateJwk::from_json(&known("rsa").to_string()).unwrap();
    let der = key.expose_der().unwrap();
    let mut keys = vec![PrivateJwk::from_der(&der).unwrap()];
    keys.extend(PrivateJwk::generate(PS256).ok()); // ring makes none
    for key in keys {
        let written = value(&key.expose_json());
        for member in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
            assert!(written[member].is_string(), "{member}");
        }
        assert!(written.get("oth").is_none());
    }
}

#[test]
fn rfc7518_6_3_2_7_keys_of_more_primes_are_not_used() {
    let mut jwk = known("rsa");
    for others in [json!([{"r": "AQAB", "d": "AQAB", "t": "AQAB"}]), json!([]), json!([{}]), json!(null), json!("AQAB")]
    {
        jwk["oth"] = others.clone();
        assert_eq!(PrivateJwk::from_json(&jwk.to_string()).unwrap_err().code(), "invalid_key", "{others}");
    }
}

#[test]
fn rfc7518_6_4_shared_secrets_name_their_algorithm() {
    for algorithm in [HS256, HS384, HS512] {
        let key = PrivateJwk::generate(algorithm).unwrap();
        let written = value(&key.expose_json());
        assert_eq!((&written["kty"], &written["alg"]), (&json!("oct"), &json!(algorithm.name())));
        assert_eq!(SigningKey::from_jwk(&key).unwrap().algorithm(), algorithm);
        // Without it, the algorithm is known from elsewhere or the key is not used.
        let bare = PrivateJwk::from_json(&without(written, &["alg"]).to_string()).unwrap();
        assert_eq!(SigningKey::from_jwk(&bare).unwrap_err().code(), "invalid_key");
        assert!(SigningKey::from_jwk_as(algorithm, &bare).is_ok());
    }
}
