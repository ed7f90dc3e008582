//! Keys and secrets keep what they hold to themselves.
#![cfg(test)]

use carnet::jwa::ec::{EcPrivateKey, EcPublicKey};
use carnet::jwa::ed25519::Ed25519PrivateKey;
use carnet::jwa::hmac::HmacKey;
use carnet::jwa::rsa::{RsaComponents, RsaPrivateKey, RsaPublicKey};
use carnet::jwa::{Curve, Hash};
use carnet::prelude::*;
use carnet::{PrivateJwkSet, base64url};
use serde_json::{Value, json};
use testkit::vectors;

fn known(name: &str) -> Value {
    vectors::load("attacks/attack_tokens.json")["keys"][name].clone()
}

fn private(name: &str) -> PrivateJwk {
    PrivateJwk::from_json(&known(name).to_string()).unwrap()
}

#[test]
fn debug_is_redacted() {
    let secret = Secret::from_bytes([7; 64]).unwrap();
    let named = |name| private(name).with_key_id("2026-11").unwrap();
    let set = PrivateJwkSet::from_json(&json!({"keys": [known("ec"), {"kty": "EC"}]}).to_string()).unwrap();
    for (shown, expected) in [
        (format!("{secret:?}"), "Secret(redacted)"),
        (
            format!("{:?}", SigningKey::from_secret(HS256, &secret).unwrap()),
            r#"SigningKey { alg: "HS256", kid: None, .. }"#,
        ),
        (
            format!("{:?}", SigningKey::from_jwk(&named("ec")).unwrap()),
            r#"SigningKey { alg: "ES256", kid: Some("2026-11"), .. }"#,
        ),
        (
            format!("{:?}", VerifyingKey::from_secret(HS256, &secret).unwrap()),
            "VerifyingKey { alg: HS256, kid: None, .. }",
        ),
        (format!("{:?}", named("hs")), r#"PrivateJwk { key: "a shared secret", kid: Some("2026-11"), .. }"#),
        (format!("{:?}", named("rsa")), r#"PrivateJwk { key: "an RSA key", kid: Some("2026-11"), .. }"#),
        (format!("{:?}", named("ec")), r#"PrivateJwk { key: "an EC key on P-256", kid: Some("2026-11"), .. }"#),
        (format!("{:?}", named("ed")), r#"PrivateJwk { key: "an Ed25519 key", kid: Some("2026-11"), .. }"#),
        (
            format!("{set:?}"),
            "PrivateJwkSet { keys: [PrivateJwk { key: \"an EC key on P-256\", kid: None, .. }], \
             skipped: [SkippedKey { index: 1, key_id: None, reason: MissingMember { member: \"crv\" } }] }",
        ),
    ] {
        assert_eq!(shown, expected);
    }
}

#[test]
fn debug_of_the_primitives_is_redacted() {
    let octets = |name: &str, member: &str| base64url::decode(known(name)[member].as_str().unwrap()).unwrap();
    let hidden = |name: &str, member: &str| base64url::secret::decode(known(name)[member].as_str().unwrap()).unwrap();
    let number = |member| hidden("rsa", member);
    let components = RsaComponents {
        d: number("d"),
        p: number("p"),
        q: number("q"),
        dp: number("dp"),
        dq: number("dq"),
        qi: number("qi"),
    };
    assert_eq!(format!("{components:?}"), "RsaComponents(redacted)");
    let rsa = RsaPublicKey::from_components(&octets("rsa", "n"), &octets("rsa", "e")).unwrap();
    let rsa = RsaPrivateKey::new(rsa, components).unwrap();
    assert_eq!(format!("{rsa:?}"), "RsaPrivateKey(2048 bits, redacted)");
    let ec = EcPublicKey::from_coordinates(Curve::P256, &octets("ec", "x"), &octets("ec", "y")).unwrap();
    let ec = EcPrivateKey::new(ec, hidden("ec", "d")).unwrap();
    assert_eq!(format!("{ec:?}"), "EcPrivateKey(P-256, redacted)");
    let ed = Ed25519PrivateKey::new(hidden("ed", "d"), None).unwrap();
    assert_eq!(format!("{ed:?}"), "Ed25519PrivateKey(redacted)");
    assert_eq!(format!("{:?}", EcPrivateKey::generate_pkcs8(Curve::P384).unwrap()), "GeneratedEcKey(redacted)");
    assert_eq!(format!("{:?}", HmacKey::new(Hash::Sha256, &[7; 32]).unwrap()), "HmacKey(redacted)");
}

#[test]
fn keys_are_compared_by_what_they_hold() {
    for name in ["hs", "rsa", "ec", "ed"] {
        assert!(private(name) == private(name), "{name}");
        assert!(private(name) != private(name).with_key_id("1").unwrap(), "{name}");
    }
    assert!(private("ec") != private("ed"));
    assert!(private("hs") != private("dir256"));
    let secret = |octet: u8, length: usize| Secret::from_bytes(vec![octet; length]).unwrap();
    assert!(secret(7, 32) == secret(7, 32));
    assert!(secret(7, 32) != secret(8, 32));
    assert!(secret(7, 32) != secret(7, 33));
}

#[test]
fn a_public_half_holds_nothing_private() {
    for name in ["rsa", "ec", "ed"] {
        let public = private(name).public_jwk().unwrap();
        assert!(Jwk::from_json(&public.to_json()).is_ok(), "{name}");
        let mut expected = known(name);
        expected
            .as_object_mut()
            .unwrap()
            .retain(|member, _| !["d", "p", "q", "dp", "dq", "qi"].contains(&member.as_str()));
        assert_eq!(serde_json::from_str::<Value>(&public.to_json()).unwrap(), expected);
        let signing = SigningKey::from_jwk(&private(name)).unwrap();
        let published = signing.public_jwk().unwrap();
        assert_eq!(published.public_key(), public.public_key());
        assert_eq!(published.public_key_use(), Some("sig"));
    }
    assert!(private("hs").public_jwk().is_none());
    let shared = SigningKey::from_secret(HS256, &Secret::from_bytes([7; 32]).unwrap()).unwrap();
    assert!(shared.public_jwk().is_none());
    // A thumbprint of a shared secret would tell about it.
    assert_eq!(private("hs").with_thumbprint_key_id().key_id(), None);
    assert_eq!(shared.with_thumbprint_key_id().key_id(), None);
}

#[test]
fn operations_are_turned_round_with_the_key() {
    for (private_operations, public_operations) in [
        (json!(["sign"]), json!(["verify"])),
        (json!(["sign", "verify"]), json!(["verify"])),
        (json!(["decrypt", "unwrapKey"]), json!(["encrypt", "wrapKey"])),
        (json!([]), json!([])),
    ] {
        let mut jwk = known("ec");
        jwk["key_ops"] = private_operations;
        let jwk = PrivateJwk::from_json(&jwk.to_string()).unwrap();
        let public = jwk.public_jwk().unwrap();
        assert_eq!(json!(public.key_operations().unwrap()), public_operations);
        let verifies = public_operations == json!(["verify"]);
        assert_eq!(VerifyingKey::from_jwk(&public).is_ok(), verifies);
        assert_eq!(SigningKey::from_jwk(&jwk).is_ok(), verifies);
    }
}

#[test]
fn generated_keys_differ() {
    for algorithm in [HS256, HS384, HS512, ES256, ES384, EdDSA] {
        let one = PrivateJwk::generate(algorithm).unwrap();
        let other = PrivateJwk::generate(algorithm).unwrap();
        assert!(one != other, "{algorithm}");
        assert_eq!(one.algorithm(), Some(algorithm.name()));
        assert!(PrivateJwk::from_json(&one.expose_json()).unwrap() == one);
        let key = SigningKey::from_jwk(&one).unwrap();
        let verifies = VerifyingKey::from_private_jwk_as(algorithm, &one).unwrap();
        let signature = key.sign_message(b"message").unwrap();
        assert!(verifies.verify_signature(b"message", &signature).is_ok());
        assert!(verifies.verify_signature(b"another", &signature).is_err());
    }
}
