//! What RFC 7797 demands and no other test shows. Each test is named after its section; `test-vectors/requirements.toml` links them.
#![cfg(test)]

use carnet::base64url;
use carnet::jws::{GeneralJwsBuilder, JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use serde_json::{Value, json};

fn keys() -> (SigningKey, VerifyingKey) {
    let secret = Secret::from_bytes([7; 32]).unwrap();
    (SigningKey::from_secret(HS256, &secret).unwrap(), VerifyingKey::from_secret(HS256, &secret).unwrap())
}

fn protected(encoded: &str) -> Value {
    serde_json::from_slice(&base64url::decode(encoded).unwrap()).unwrap()
}

#[test]
fn rfc7797_3_b64_is_written_protected_and_alike_in_all_signatures() {
    let (key, _) = keys();
    let unencoded = || JwsBuilder::new().unencoded_payload();
    for (builder, name) in
        [(unencoded().unprotected("b64", &false), "unprotected"), (unencoded().header("b64", &false), "by hand")]
    {
        assert_eq!(builder.sign_json(b"", &key).unwrap_err().code(), "header_invalid", "{name}");
    }
    let general = GeneralJwsBuilder::new(unencoded(), &key).signature(unencoded(), &key).sign(b"$.02").unwrap();
    let general: Value = serde_json::from_str(&general).unwrap();
    for signature in general["signatures"].as_array().unwrap() {
        let header = protected(signature["protected"].as_str().unwrap());
        assert_eq!((&header["b64"], &header["crit"]), (&json!(false), &json!(["b64"])));
        assert!(signature.get("header").is_none());
    }
    let differ = GeneralJwsBuilder::new(unencoded(), &key).signature(JwsBuilder::new(), &key).sign(b"$.02");
    assert_eq!(differ.unwrap_err().code(), "header_invalid");
}

/// What can be told without a version of Unicode is: U+0378 is assigned in none so far, and is taken.
#[test]
fn rfc7797_5_3_payloads_are_utf_8_and_code_points_are_not_looked_up() {
    let (key, verifying) = keys();
    let (builder, verifier) = (JwsBuilder::new().unencoded_payload(), JwsVerifier::new(verifying).unencoded_payload());
    for payload in ["$.02", "caf\u{e9}", "\u{378}", "\u{10ffff}"] {
        let token = builder.sign_json(payload.as_bytes(), &key).unwrap();
        assert_eq!(verifier.verify_json(&token).unwrap().payload(), payload.as_bytes());
    }
    for payload in [&b"\xff"[..], b"\xed\xa0\x80", b"a\0"] {
        assert!(builder.sign_json(payload, &key).is_err(), "{payload:?}");
    }
}

#[test]
fn rfc7797_6_crit_names_b64_wherever_it_is_written() {
    let (key, _) = keys();
    for builder in [
        JwsBuilder::new().unencoded_payload(),
        JwsBuilder::new().unencoded_payload().detached(),
        JwsBuilder::new().unencoded_payload().critical("x", &1),
    ] {
        let compact = builder.sign(b"payload", &key).unwrap();
        let json: Value = serde_json::from_str(&builder.sign_json(b"payload", &key).unwrap()).unwrap();
        for encoded in [compact.split('.').next().unwrap(), json["protected"].as_str().unwrap()] {
            let header = protected(encoded);
            assert_eq!(header["b64"], false);
            assert!(header["crit"].as_array().unwrap().contains(&json!("b64")));
        }
    }
}

#[test]
fn rfc7797_7_b64_is_left_out_where_it_would_be_true() {
    let (key, verifying) = keys();
    let compact = JwsBuilder::new().sign(b"payload", &key).unwrap();
    let json: Value = serde_json::from_str(&JwsBuilder::new().sign_json(b"payload", &key).unwrap()).unwrap();
    for encoded in [compact.split('.').next().unwrap(), json["protected"].as_str().unwrap()] {
        assert_eq!(protected(encoded), json!({"alg": "HS256"}));
    }
    assert_eq!(JwsBuilder::new().header("b64", &true).sign(b"", &key).unwrap_err().code(), "header_invalid");
    assert_eq!(JwsBuilder::new().critical("b64", &true).sign(b"", &key).unwrap_err().code(), "header_invalid");
    // Where one needs an unencoded payload to be possible, both are read.
    let asked = JwsVerifier::new(verifying).unencoded_payload();
    assert_eq!(asked.verify(&compact).unwrap().payload(), b"payload");
}

#[test]
fn rfc7797_7_a_jwt_is_never_unencoded() {
    let (key, verifying) = keys();
    // It cannot be written.
    let token = || Token::builder().never_expires();
    for builder in [token().header("b64", &false), token().critical("b64", &false), token().critical("b64", &true)] {
        assert_eq!(builder.sign(&key).unwrap_err().code(), "header_invalid");
    }
    // Nor is it read, whatever a verifier understands.
    let builder = || Verifier::builder(verifying.clone()).any_issuer().any_audience().expiry_optional();
    assert_eq!(builder().understands(["b64"]).build().unwrap_err().code(), "invalid_policy");
    let verifier = builder().understands(["x"]).build().unwrap();
    for payload in ["{}", "e30"] {
        let unencoded = JwsBuilder::new().unencoded_payload().sign(payload.as_bytes(), &key).unwrap();
        assert_eq!(verifier.verify::<Value>(&unencoded).unwrap_err().code(), "unsupported_critical", "{payload}");
    }
}
