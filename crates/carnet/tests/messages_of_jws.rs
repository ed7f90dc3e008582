//! What every error about JSON serializations, detached and unencoded payloads and embedded keys says, word for word, with its code.
#![cfg(test)]

#[path = "support/forge_json.rs"]
mod forge_json;
#[path = "support/lines.rs"]
mod lines;

use carnet::jws::{EmbeddedKeyVerifier, GeneralJwsBuilder, JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use carnet::{Limits, base64url};
use forge_json::{code, detached_code, flattened, general, part, part_over, secret, verifier, with_text};
use lines::{line, listing};
use serde_json::{Value, json};

const HEADER: &str = r#"{"alg":"HS256"}"#;

#[test]
fn texts_that_are_no_json_serialization() {
    let refused = |text: &str| {
        let error = verifier().verify_json(text).unwrap_err();
        assert_eq!(code(&verifier(), text), error.code());
        line(error.code(), &error)
    };
    let headers = |protected: Option<&str>, unprotected: Option<Value>| {
        refused(&flattened("", &part(protected, unprotected, "")))
    };
    let good = part(Some(HEADER), None, "");
    let with = |name: &str, value: Value| {
        let mut text: Value = serde_json::from_str(&flattened("", &good)).unwrap();
        text[name] = value;
        refused(&text.to_string())
    };
    let without = |name: &str| {
        let mut text: Value = serde_json::from_str(&flattened("", &good)).unwrap();
        text.as_object_mut().unwrap().remove(name);
        refused(&text.to_string())
    };
    let raw = part_over(Some(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#), None, b"");
    let lines = vec![
        refused("a.b.c"),
        refused(r#"{"payload":"","payload":""}"#),
        refused(&"x".repeat(65_537)),
        with("payload", json!(1)),
        with("header", json!("e30")),
        with("signatures", json!([])),
        with("ciphertext", json!("")),
        refused(r#"{"ciphertext":"","protected":"e30"}"#),
        without("payload"),
        without("protected"),
        without("signature"),
        refused(r#"{"payload":"","signatures":{}}"#),
        refused(r#"{"payload":"","signatures":[1]}"#),
        refused(r#"{"payload":"","signatures":[]}"#),
        refused(&general("", &vec![good.clone(); 17])),
        refused(&json!({"payload": "", "signatures": [good, raw]}).to_string()),
        headers(Some("{}"), Some(json!({"alg": "HS256"}))),
        headers(Some(HEADER), Some(json!({"alg": "HS256"}))),
        headers(Some(HEADER), Some(json!({"crit": ["x"], "x": 1}))),
        headers(None, Some(json!({"alg": "HS256"}))),
        headers(Some(r#"{"typ":"x"}"#), None),
        headers(Some(r#"{"alg":"none"}"#), None),
        headers(Some(r#"{"alg":"HS256","b64":true,"crit":["b64"]}"#), None),
        with("signature", json!("AAAA")),
    ];
    insta::assert_snapshot!(listing(lines), @r##"
    malformed: the token is not a JWS in JSON serialization: not a JSON object
    malformed: the token is not a JWS in JSON serialization: the member "payload" occurs twice
    too_large: the token is longer than the limit of 65536 octets
    malformed: the token is not a JWS in JSON serialization: the member "payload" is not a string
    malformed: the token is not a JWS in JSON serialization: the member "header" is not an object
    malformed: the token is not a JWS in JSON serialization: the member "protected" stands beside "signatures"; a JWS is flattened or general, and not both
    malformed: the token is not a JWS in JSON serialization: the member "ciphertext" belongs to an encrypted token (a JWE); a text is one or the other
    encrypted_token: the token has a member "ciphertext": it is encrypted (a JWE), and a verifier of signed tokens does not decrypt
    malformed: the token carries no payload (it has no member "payload"): it is detached, and verified together with the payload that travels beside it
    malformed: the token is not a JWS in JSON serialization: the member "protected" is missing, and so is "header"; the algorithm must be in one of them
    malformed: the token is not a JWS in JSON serialization: the member "signature" is missing
    malformed: the token is not a JWS in JSON serialization: the member "signatures" is not an array
    malformed: the token is not a JWS in JSON serialization: the member "signatures" has an element that is not an object
    malformed: the token is not a JWS in JSON serialization: the member "signatures" is empty, and nothing is signed then
    too_large: the token has more signatures than the limit of 16
    malformed: some signatures of the token are over the encoded and some over the unencoded payload (RFC 7797 section 3)
    malformed: the header is not a JOSE header: it has no members and must then be left out (RFC 7515 section 7.2.1)
    malformed: the header is not a JOSE header: "alg" is in the protected and in the unprotected header (RFC 7515 section 7.2.1)
    malformed: the header is not a JOSE header: "crit" is in the unprotected header and must be integrity-protected
    malformed: the header is not a JOSE header: "alg" is only in the unprotected header, where anybody can change it; a verifier reads it there only when told so with unprotected_algorithm
    malformed: the header is not a JOSE header: "alg" is missing
    algorithm_not_allowed: the token's algorithm "none" is not allowed here, or no key for it is configured
    unsupported_critical: the token demands the extension "b64" ("crit"), which is not supported; accept it with unencoded_payload, unless the token is a JSON Web Token, which must not have it (RFC 7797 section 7)
    invalid_signature: the signature is invalid
    "##);
}

#[test]
fn payloads_beside_the_token() {
    let key = secret(HS256).0;
    let (attached, detached) =
        (JwsBuilder::new().sign(b"x", &key).unwrap(), JwsBuilder::new().detached().sign(b"x", &key).unwrap());
    let mut limits = Limits::default();
    limits.detached_octets = 1;
    let error = |token: &str, payload: &[u8]| {
        let error = verifier().limits(limits).verify_detached(token, payload).unwrap_err();
        line(error.code(), &error)
    };
    let json = JwsBuilder::new().sign_json(b"x", &key).unwrap();
    assert_eq!(detached_code(&verifier(), &json, "x"), "malformed");
    let unencoded = {
        let token = format!("{}.\n.AAAA", base64url::encode(br#"{"alg":"HS256","b64":false,"crit":["b64"]}"#));
        let error = verifier().unencoded_payload().verify(&token).unwrap_err();
        line(error.code(), &error)
    };
    insta::assert_snapshot!(listing([error(&attached, b"x"), error(&detached, b"xx"), error(&detached, b"y"), unencoded]), @r##"
    malformed: the token carries a payload, and one was given beside it; verify the token's own, or leave it out (RFC 7515 appendix F)
    too_large: the payload is longer than the limit of 1 octets
    invalid_signature: the signature is invalid
    malformed: the unencoded payload has characters other than printable ASCII without the dot (RFC 7797 section 5.2)
    "##);
}

#[test]
fn embedded_keys() {
    let key = SigningKey::generate(ES256).unwrap();
    let verifier = EmbeddedKeyVerifier::new([ES256]).unwrap();
    let refused = |header: Value| {
        let error = verifier.verify(&with_text(&header.to_string(), "", &key)).unwrap_err();
        line(error.code(), &error)
    };
    let jwk: Value = serde_json::from_str(&key.public_jwk().unwrap().to_json()).unwrap();
    let mut for_encryption = jwk.clone();
    for_encryption["use"] = json!("enc");
    let policy = |algorithms: &[Algorithm]| {
        let error = EmbeddedKeyVerifier::new(algorithms.iter().copied()).unwrap_err();
        line(error.code(), &error)
    };
    let two = GeneralJwsBuilder::new(JwsBuilder::new().header("jwk", &jwk), &key)
        .signature(JwsBuilder::new().header("jwk", &jwk), &key)
        .sign(b"")
        .unwrap();
    let two = verifier.verify_json(&two).unwrap_err();
    let lines = vec![
        refused(json!({"alg": "ES256"})),
        refused(json!({"alg": "RS256", "jwk": jwk})),
        refused(json!({"alg": "ES256", "jwk": for_encryption})),
        line(two.code(), &two),
        policy(&[]),
        policy(&[ES256, HS256]),
    ];
    insta::assert_snapshot!(listing(lines), @r##"
    malformed: the protected header has no "jwk"; the sender must put its public key there
    algorithm_not_allowed: the token's algorithm "RS256" is not allowed here, or no key for it is configured
    key_not_for_this: the key in the header ("jwk") is not taken: the key's "use" does not allow verifying signatures; it must be "sig" or absent
    malformed: the token is not a JWS in JSON serialization: the member "signatures" has several elements, and one embedded key speaks for one signature
    invalid_policy: the list of allowed algorithms is empty; name those that senders may use
    invalid_policy: HS256 needs a shared secret, which is never in a token; name algorithms with public keys
    "##);
}

#[test]
fn what_cannot_be_signed() {
    let key = secret(HS256).0;
    let json = |builder: JwsBuilder<'_>, payload: &[u8]| {
        let error = builder.sign_json(payload, &key).unwrap_err();
        line(error.code(), &error)
    };
    let compact = |builder: JwsBuilder<'_>, payload: &[u8]| {
        let error = builder.sign(payload, &key).unwrap_err();
        line(error.code(), &error)
    };
    let several = |others: Vec<JwsBuilder<'static>>| {
        let first = GeneralJwsBuilder::new(JwsBuilder::new(), &key);
        let error =
            others.into_iter().fold(first, |general, other| general.signature(other, &key)).sign(b"").unwrap_err();
        line(error.code(), &error)
    };
    let lines = vec![
        json(JwsBuilder::new().unprotected("alg", "none"), b""),
        json(JwsBuilder::new().header("x", &1).unprotected("x", &1), b""),
        json(JwsBuilder::new().unencoded_payload(), b"\0"),
        compact(JwsBuilder::new().unencoded_payload(), b"$.02"),
        several(vec![JwsBuilder::new().detached()]),
        several(vec![JwsBuilder::new(); 16]),
        {
            let down = JwsVerifier::new(secret(HS256).1).verify_detached_reader("", std::io::empty()).unwrap();
            let error = down.unwrap_err();
            line(error.code(), &error)
        },
    ];
    insta::assert_snapshot!(listing(lines), @r##"
    header_invalid: the header parameter "alg" comes from the key (of a JWS in JSON serialization, unprotected_algorithm puts it into the unprotected header)
    header_invalid: the header would be refused: "x" is in the protected and in the unprotected header (RFC 7515 section 7.2.1)
    payload_invalid: the unencoded payload is not UTF-8 or holds U+0000, which a JSON serialization cannot hold (RFC 7797 section 5.3); leave it out of the token with detached
    payload_invalid: the unencoded payload has octets other than printable ASCII without the dot, which a compact serialization cannot hold (RFC 7797 section 5.2); leave it out of the token with detached
    header_invalid: some signatures have detached and some do not, and there is one payload; set it for all or none
    too_large: there are more signatures than the limit of 16
    malformed: the token is not three base64url segments joined by two dots (a JWS in compact form)
    "##);
}
