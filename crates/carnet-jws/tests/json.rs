//! Signing and verifying JSON serializations, detached payloads, and reading without verifying.
#![expect(clippy::unwrap_used, reason = "a test")]

use carnet_core::{Limits, ParseError, base64url};
use carnet_jwa::Algorithm::{ES256, EdDSA, HS256, HS512};
use carnet_jwk::{KeySource, KeySourceError, LocalKeys, PrivateJwk, Secret, SigningKey, VerifyingKey, VerifyingKeys};
use carnet_jws::{GeneralJwsBuilder, JwsBuilder, JwsError, JwsVerifier, SignError, dangerous};
use serde_json::{Value, json};

fn secret() -> Secret {
    Secret::from_bytes([7; 64]).unwrap()
}

fn signing() -> SigningKey {
    SigningKey::from_secret(HS256, &secret()).unwrap()
}

fn verifying() -> VerifyingKey {
    VerifyingKey::from_secret(HS256, &secret()).unwrap()
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn payloads_of_any_kind() {
    let verifier = JwsVerifier::new(verifying());
    for payload in [&b""[..], b"\0\xff", b"{}", b"not json"] {
        let text = JwsBuilder::new().sign_json(payload, &signing()).unwrap();
        let verified = verifier.verify_json(&text).unwrap();
        assert_eq!(verified.payload(), payload);
        let signature = verified.signature();
        assert_eq!(signature.protected().unwrap().as_json(), r#"{"alg":"HS256"}"#);
        assert_eq!((signature.index(), signature.algorithm()), (0, HS256));
        assert!(signature.unprotected().is_none());
        assert_eq!(verified.into_payload(), payload);
    }
}

#[test]
fn headers_of_both_kinds() {
    let key = signing().with_key_id("of the key").unwrap();
    let builder = JwsBuilder::new().typ("x").header("n", &[1, 2]).unprotected("m", &json!({"a": null}));
    let text = builder.sign_json(b"", &key).unwrap();
    let verified = JwsVerifier::new(verifying().with_key_id("of the key")).verify_json(&text).unwrap();
    let signature = verified.signature();
    let (protected, unprotected) = (signature.protected().unwrap(), signature.unprotected().unwrap());
    assert_eq!(protected.as_json(), r#"{"alg":"HS256","typ":"x","kid":"of the key","n":[1,2]}"#);
    assert_eq!(unprotected.as_json(), r#"{"m":{"a":null}}"#);
    assert_eq!(unprotected.parameter::<Value>("m"), Ok(Some(json!({"a": null}))));
    assert_eq!(unprotected.parameter::<u8>("n"), Ok(None), "nothing of the protected header");
    assert_eq!((unprotected.algorithm(), unprotected.key_id()), (None, None));
    assert_eq!(signature.key_id(), Some("of the key"));

    // A `kid` outside takes the place of the one inside.
    let text = JwsBuilder::new().unprotected("kid", "of the key").sign_json(b"", &key).unwrap();
    let verified = JwsVerifier::new(verifying().with_key_id("of the key")).verify_json(&text).unwrap();
    assert_eq!(verified.signature().protected().unwrap().key_id(), None);
    assert_eq!(verified.signature().unprotected().unwrap().key_id(), Some("of the key"));

    // Nothing inside: then there is no protected header, and what is signed begins with the dot.
    let text = JwsBuilder::new().unprotected_algorithm().sign_json(b"x", &signing()).unwrap();
    assert_eq!(value(&text)["protected"], Value::Null);
    let mac = signing().sign_message(b".eA").unwrap();
    assert_eq!(value(&text)["signature"], base64url::encode(&mac));
    let verified = JwsVerifier::new(verifying()).unprotected_algorithm().verify_json(&text).unwrap();
    assert!(verified.signature().protected().is_none());
    assert_eq!(verified.signature().unprotected().unwrap().algorithm(), Some("HS256"));
}

#[test]
fn what_cannot_be_set() {
    let refused = |builder: JwsBuilder<'_>| builder.sign_json(b"", &signing()).unwrap_err();
    for name in ["alg", "crit", "b64", "enc", "zip"] {
        assert!(matches!(refused(JwsBuilder::new().unprotected(name, &1)), SignError::Header(_)), "{name}");
    }
    for name in ["alg", "kid", "typ", "cty", "crit", "b64", "enc", "zip", "jwk", "x5c", "jku", "epk", "p2c"] {
        assert!(matches!(refused(JwsBuilder::new().critical(name, &1)), SignError::Header(_)), "{name}");
        assert!(JwsBuilder::new().critical(name, &1).sign(b"", &signing()).is_err(), "{name}");
    }
    for builder in [
        JwsBuilder::new().critical("x", &1).critical("x", &1),
        JwsBuilder::new().header("x", &1).critical("x", &1),
        JwsBuilder::new().critical("x", &1).header("x", &1),
        JwsBuilder::new().unprotected("x", &1).unprotected("x", &1),
        JwsBuilder::new().unprotected("x", &1).critical("x", &1),
        JwsBuilder::new().unprotected("x", "\0"),
        JwsBuilder::new().unprotected("kid", &1),
        (0..9).fold(JwsBuilder::new(), |builder, n| builder.critical(&format!("x{n}"), &n)),
    ] {
        assert_eq!(refused(builder).code(), "header_invalid");
    }
    let filled = |octets: usize| JwsBuilder::new().unprotected("x", &"x".repeat(octets.saturating_sub(8)));
    assert!(filled(8192).sign_json(b"", &signing()).is_ok());
    assert_eq!(refused(filled(8193)), SignError::TooLarge { limit: 8192 });

    for builder in [JwsBuilder::new().unprotected("x", &1), JwsBuilder::new().unprotected_algorithm()] {
        assert_eq!(builder.sign(b"", &signing()).unwrap_err(), SignError::UnprotectedInCompact);
    }
}

#[test]
fn critical_parameters_are_listed_after_b64() {
    let builder = JwsBuilder::new().critical("x", &1).critical("y", &2).unencoded_payload();
    let token = builder.sign(b"plain", &signing()).unwrap();
    let verifier = JwsVerifier::new(verifying()).understands(["x"]).understands(["y"]).unencoded_payload();
    assert_eq!(verifier.understood_extensions(), ["x", "y"]);
    let verified = verifier.verify(&token).unwrap();
    assert_eq!(verified.payload(), b"plain");
    let header = verified.header();
    assert_eq!(header.as_json(), r#"{"alg":"HS256","x":1,"y":2,"b64":false,"crit":["b64","x","y"]}"#);
    assert!(header.has_unencoded_payload() && header.critical().eq(["b64", "x", "y"]));
}

#[test]
fn general_serializations() {
    let keys = [SigningKey::generate(ES256).unwrap(), SigningKey::generate(EdDSA).unwrap(), signing()];
    let builder = keys[1..].iter().fold(GeneralJwsBuilder::new(JwsBuilder::new(), &keys[0]), |general, key| {
        general.signature(JwsBuilder::new().unprotected("n", &1), key)
    });
    let text = builder.sign(b"payload").unwrap();
    let public = |key: &SigningKey| VerifyingKey::from_jwk(&key.public_jwk().unwrap()).unwrap();
    let all: VerifyingKeys = [public(&keys[0]), public(&keys[1]), verifying()].into_iter().collect();
    let verified = JwsVerifier::new(all).require_all().verify_json(&text).unwrap();
    let algorithms: Vec<_> = verified.signatures().map(|signature| signature.algorithm()).collect();
    assert_eq!(algorithms, [ES256, EdDSA, HS256]);

    // Each signature is the one that the flattened serialization of the same parts has (RFC 7515 §7.2.1).
    let flattened = JwsBuilder::new().unprotected("n", &1).sign_json(b"payload", &keys[1]).unwrap();
    assert_eq!(value(&text)["signatures"][1]["signature"], value(&flattened)["signature"]);
    let compact = JwsBuilder::new().sign(b"payload", &keys[1]).unwrap();
    assert_eq!(value(&flattened)["signature"], compact.rsplit_once('.').unwrap().1);

    let (key, plain) = (signing(), JwsBuilder::new);
    for (other, setting) in [(plain().unencoded_payload(), "unencoded_payload"), (plain().detached(), "detached")] {
        let general = GeneralJwsBuilder::new(plain(), &key).signature(other, &key);
        assert_eq!(general.sign(b"").unwrap_err(), SignError::SignaturesDiffer { setting });
    }
    let with = |count: usize| {
        (1..count).fold(GeneralJwsBuilder::new(plain(), &key), |general, _| general.signature(plain(), &key)).sign(b"")
    };
    assert!(JwsVerifier::new(verifying()).require_all().verify_json(&with(16).unwrap()).is_ok());
    assert_eq!(with(17).unwrap_err(), SignError::TooManySignatures { limit: 16 });
    let bad = GeneralJwsBuilder::new(plain(), &key).signature(plain().header("alg", &1), &key);
    assert_eq!(bad.sign(b"").unwrap_err().code(), "header_invalid");
}

#[test]
fn detached_payloads_are_taken_out_of_any_serialization() {
    let verifier = JwsVerifier::new(verifying()).unencoded_payload();
    for unencoded in [false, true] {
        let builder = if unencoded { JwsBuilder::new().unencoded_payload() } else { JwsBuilder::new() };
        let detached = builder.clone().detached();
        let payload = b"a payload of some length";
        let compact = detached.sign(payload, &signing()).unwrap();
        let attached = builder.sign(payload, &signing()).unwrap();
        let [header, middle, signature] = compact.split('.').collect::<Vec<_>>()[..] else { panic!("three segments") };
        assert_eq!(middle, "");
        assert!(attached.starts_with(header) && attached.ends_with(signature), "the same signature");
        let verified = verifier.verify_detached(&compact, payload).unwrap();
        assert_eq!(verified.protected().unwrap().has_unencoded_payload(), unencoded);
        assert_eq!((verified.index(), verified.algorithm()), (0, HS256));

        let json = detached.sign_json(payload, &signing()).unwrap();
        assert_eq!(value(&json)["payload"], Value::Null);
        assert_eq!(verifier.verify_json_detached(&json, payload).unwrap().signature().index(), 0);
        let general = GeneralJwsBuilder::new(detached.clone(), &signing()).sign(payload).unwrap();
        assert_eq!(verifier.verify_json_detached(&general, payload).unwrap().signatures().count(), 1);
    }
}

#[test]
fn keys_that_cannot_be_had_say_nothing_about_the_token() {
    struct Down;
    impl KeySource for Down {
        type Snapshot<'a> = &'a VerifyingKeys;
        fn snapshot(&self) -> Result<&VerifyingKeys, KeySourceError> {
            Err(KeySourceError::new("the issuer is down"))
        }
    }
    impl LocalKeys for Down {}
    let good = JwsBuilder::new().sign_json(b"", &signing()).unwrap();
    assert_eq!(JwsVerifier::new(Down).verify_json(&good).unwrap_err().code(), "key_source_unavailable");
    // Not even asked for where no signature could be accepted.
    let none = good.replace("eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJub25lIn0");
    assert_eq!(JwsVerifier::new(Down).verify_json(&none).unwrap_err().code(), "algorithm_not_allowed");
    let detached = JwsBuilder::new().detached().sign(b"", &signing()).unwrap();
    assert_eq!(JwsVerifier::new(Down).verify_detached(&detached, b"").unwrap_err().code(), "key_source_unavailable");
}

#[test]
fn the_key_of_the_result_is_the_verifiers() {
    // Two keys of one algorithm and no `kid` in the token: the result says which it was.
    let other = VerifyingKey::from_secret(HS256, &Secret::from_bytes([8; 64]).unwrap()).unwrap();
    let keys: VerifyingKeys = [other.with_key_id("other"), verifying().with_key_id("this")].into_iter().collect();
    let text = JwsBuilder::new().sign_json(b"", &signing()).unwrap();
    let verified = JwsVerifier::new(keys.clone()).verify_json(&text).unwrap();
    assert_eq!(verified.signature().key_id(), Some("this"));
    let detached = JwsBuilder::new().detached().sign(b"", &signing()).unwrap();
    assert_eq!(JwsVerifier::new(keys).verify_detached(&detached, b"").unwrap().key_id(), Some("this"));
    let wrong = VerifyingKey::from_secret(HS512, &secret()).unwrap();
    let error = JwsVerifier::new(wrong).verify_json(&text).unwrap_err();
    assert!(matches!(error, JwsError::AlgorithmNotAllowed { .. }), "{error}");
}

#[test]
fn reading_without_verifying() {
    let key = SigningKey::from_jwk(&PrivateJwk::generate(ES256).unwrap()).unwrap();
    let general = GeneralJwsBuilder::new(JwsBuilder::new().typ("x"), &key)
        .signature(JwsBuilder::new().unprotected("kid", "1"), &key)
        .sign(b"somebody's")
        .unwrap();
    let decoded = dangerous::decode_json(&general, &Limits::default()).unwrap();
    assert_eq!(decoded.payload(), Some(&b"somebody's"[..]));
    let [one, other] = decoded.signatures() else { panic!("two signatures") };
    assert_eq!(
        (one.protected().unwrap().typ(), one.unprotected().is_none(), one.octets().len()),
        (Some("x"), true, 64)
    );
    assert_eq!(other.unprotected().unwrap().key_id(), Some("1"));

    let detached = JwsBuilder::new().detached().sign_json(b"", &key).unwrap();
    assert_eq!(dangerous::decode_json(&detached, &Limits::default()).unwrap().payload(), None);
    let error = dangerous::decode_json("a.b.c", &Limits::default()).unwrap_err();
    assert!(matches!(error, ParseError::Json(_)), "{error}");
}
