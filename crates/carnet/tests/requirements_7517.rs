//! What RFC 7517 demands and no other test shows. Each test is named after its section; `test-vectors/requirements.toml` links them.
#![cfg(test)]

use carnet::prelude::*;
use serde_json::{Value, json};
use testkit::vectors;

const ED25519: &str = r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

fn private(name: &str) -> Value {
    vectors::load("attacks/attack_tokens.json")["keys"][name].clone()
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

#[test]
fn rfc7517_4_member_names_are_unique() {
    for twice in [
        r#""kid":"a","kid":"b""#,
        r#""kid":"a","k\u0069d":"a""#,
        r#""x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#,
        r#""unheard of":1,"unheard of":1"#,
        r#""more":{"a":1,"a":1}"#,
    ] {
        assert_eq!(Jwk::from_json(&format!("{{{ED25519},{twice}}}")).unwrap_err().code(), "invalid_key", "{twice}");
        let private = private("ed").to_string().replacen('{', &format!("{{{twice},"), 1);
        assert_eq!(PrivateJwk::from_json(&private).unwrap_err().code(), "invalid_key", "{twice}");
    }
    // What is set anew takes the place of what was read.
    let written = Jwk::from_json(&format!(r#"{{{ED25519},"kid":"a","alg":"EdDSA","more":1}}"#)).unwrap();
    let written = written.with_key_id("b").unwrap().with_key_id("c").unwrap().with_algorithm(EdDSA).unwrap().to_json();
    assert_eq!((written.matches(r#""kid""#).count(), written.matches(r#""alg""#).count()), (1, 1), "{written}");
    assert_eq!(Jwk::from_json(&written).unwrap().key_id(), Some("c"));
}

#[test]
fn rfc7517_4_1_kty_is_present_and_case_sensitive() {
    for name in ["rsa", "ec", "ed"] {
        let mut jwk = private(name);
        let kty = jwk["kty"].as_str().unwrap().to_owned();
        assert!(PrivateJwk::from_json(&jwk.to_string()).is_ok());
        for (other, expected) in [
            (json!(kty.to_lowercase()), "unsupported_key"),
            (json!(format!("{kty} ")), "unsupported_key"),
            (json!(""), "unsupported_key"),
            (json!(1), "invalid_key"),
            (json!(null), "invalid_key"),
        ] {
            jwk["kty"] = other.clone();
            assert_eq!(PrivateJwk::from_json(&jwk.to_string()).unwrap_err().code(), expected, "{kty} as {other}");
        }
        jwk.as_object_mut().unwrap().remove("kty");
        assert_eq!(PrivateJwk::from_json(&jwk.to_string()).unwrap_err().code(), "invalid_key", "no kty");
    }
    // It is written, too.
    assert_eq!(value(&PrivateJwk::generate(ES256).unwrap().expose_json())["kty"], "EC");
    assert_eq!(value(&SigningKey::generate(EdDSA).unwrap().public_jwk().unwrap().to_json())["kty"], "OKP");
}

/// A key made here says what it is for by its `alg`, and what is published says `use` besides; neither ever says it with `key_ops`.
#[test]
fn rfc7517_4_3_operations_are_not_said_of_new_keys() {
    for algorithm in [HS256, ES256, ES384, EdDSA] {
        let key = value(&PrivateJwk::generate(algorithm).unwrap().expose_json());
        assert!(key.get("key_ops").is_none(), "{algorithm}");
        if let Some(published) = SigningKey::generate(algorithm).unwrap().public_jwk() {
            let published = value(&published.to_json());
            assert_eq!((&published["use"], published.get("key_ops")), (&json!("sig"), None), "{algorithm}");
        }
    }
    // Not even where the private key said it: `use` takes the place of `key_ops`.
    let mut jwk = private("ec");
    jwk["key_ops"] = json!(["sign", "verify"]);
    let key = SigningKey::from_jwk(&PrivateJwk::from_json(&jwk.to_string()).unwrap()).unwrap();
    let published = value(&key.public_jwk().unwrap().to_json());
    assert_eq!((&published["use"], published.get("key_ops")), (&json!("sig"), None));
}

#[test]
fn rfc7517_4_5_thumbprints_are_distinct_key_ids() {
    let set: JwkSet = (0..10)
        .map(|number| SigningKey::generate([ES256, EdDSA][number % 2]).unwrap().with_thumbprint_key_id())
        .map(|key| key.public_jwk().unwrap())
        .collect();
    for jwk in set.iter() {
        assert_eq!(set.with_key_id(jwk.key_id().unwrap()).count(), 1);
    }
}

#[test]
fn rfc7517_5_a_set_is_written_as_one_array() {
    let key = SigningKey::generate(ES256).unwrap().public_jwk().unwrap();
    for set in [JwkSet::default(), [key.clone()].into_iter().collect(), [key.clone(), key].into_iter().collect()] {
        let written = value(&set.to_json());
        let members = written.as_object().unwrap();
        assert_eq!(members.keys().collect::<Vec<_>>(), ["keys"]);
        assert_eq!(members["keys"].as_array().unwrap().len(), set.len());
        assert_eq!(JwkSet::from_json(&set.to_json()).unwrap().len(), set.len());
    }
    let twice = format!(r#"{{"keys":[{{{ED25519}}}],"k\u0065ys":[]}}"#);
    assert_eq!(JwkSet::from_json(&twice).unwrap_err().code(), "invalid_key");
    let unheard_of = format!(r#"{{"issuer":{{"a":[1]}},"keys":[{{{ED25519}}}],"KEYS":[]}}"#);
    assert_eq!(JwkSet::from_json(&unheard_of).unwrap().len(), 1);
}
