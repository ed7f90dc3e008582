//! Keys and secrets keep what they hold to themselves.
#![cfg(test)]

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
    for (name, public, private) in [
        ("rsa", "PublicKey(an RSA key)", "PrivateKey(an RSA key, redacted)"),
        ("ec", "PublicKey(an EC key on P-256)", "PrivateKey(an EC key on P-256, redacted)"),
        ("ed", "PublicKey(an Ed25519 key)", "PrivateKey(an Ed25519 key, redacted)"),
    ] {
        let jwk = Jwk::from_json(&self::private(name).public_jwk().unwrap().to_json()).unwrap();
        let kind = jwk.public_key().kind();
        assert_eq!(format!("{:?}", jwk.public_key()), public);
        let members = kind.private_members().iter();
        let members = members.map(|member| base64url::secret::decode(known(name)[member].as_str().unwrap()).unwrap());
        let key = carnet::jwa::PrivateKey::new(jwk.public_key().clone(), members.collect()).unwrap();
        assert_eq!(format!("{key:?}"), private);
        assert_eq!(format!("{kind:?}"), format!("KeyKind({})", kind.description()));
    }
    let key = SigningKey::from_secret(HS256, &Secret::from_bytes([7; 32]).unwrap()).unwrap();
    assert_eq!(format!("{:?}", key.sign_message(b"message").unwrap()), "Signature(32 octets)");
    assert_eq!(format!("{:?}", key.stream().unwrap()), "SigningStream");
    assert_eq!(format!("{:?}", key.verifying_key().stream().unwrap()), "VerifyingStream");
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
    // Whatever octet differs, and by whatever bit: none is passed over where the comparison takes the same time for all.
    let jwk = |octets: &[u8]| {
        let jwk = json!({"kty": "oct", "k": base64url::encode(octets)}).to_string();
        PrivateJwk::from_json(&jwk).unwrap()
    };
    let octets = [7; 64];
    for bit in 0..512 {
        let mut other = octets;
        other[bit / 8] ^= 1 << (bit % 8);
        assert!(Secret::from_bytes(octets).unwrap() != Secret::from_bytes(other).unwrap(), "bit {bit}");
        assert!(jwk(&octets) != jwk(&other), "bit {bit}");
    }
    assert!(jwk(&octets) == jwk(&octets) && jwk(&octets) != jwk(&octets[..63]));
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
    let generates = |algorithm: &Algorithm| {
        algorithm.is_available() && algorithm.key_kind().is_none_or(|kind| kind.key_type() != "RSA")
    };
    for algorithm in Algorithm::ALL.iter().copied().filter(generates) {
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
