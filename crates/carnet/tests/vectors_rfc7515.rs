//! JWS: the compact serializations of RFC 7515, appendices A, E and F, and the octets of appendix C.
#![cfg(test)]

use carnet::base64url;
use carnet::jws::{JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc7515() {
    let file = vectors::load("rfc/rfc7515.json");
    let mut outcomes = Outcomes::new("rfc7515");
    let vectors = file["vectors"].as_array().unwrap();
    let secret = &vectors[0]["key"];
    for vector in vectors {
        let id = vector["id"].as_str().unwrap();
        match vector["type"].as_str().unwrap() {
            "jws-compact" if vector["alg"] == "ES512" => refuse_p521(&mut outcomes, id, vector),
            "jws-compact" => check_compact(&mut outcomes, id, vector),
            "jws-compact-unsecured" | "jws-compact-negative" => {
                let got = verdict(HS256, secret, vector["compact"].as_str().unwrap());
                outcomes.check(id, "algorithm_not_allowed", &got);
            }
            // Detached payloads are not read; the text is then a token with an empty payload, which nobody signed.
            "jws-compact-detached" => {
                let got = verdict(HS256, secret, vector["detached_compact"].as_str().unwrap());
                outcomes.check(id, "invalid_signature", &got);
            }
            "base64url" => {
                let octets = vectors::hex(vector["octets_hex"].as_str().unwrap());
                outcomes.check(id, vector["base64url"].as_str().unwrap(), &base64url::encode(&octets));
            }
            // JSON serializations and certificates are not read yet.
            "jws-json-general" | "jws-json-flattened" | "x5c-chain" => {}
            other => panic!("{id}: unknown type {other}"),
        }
    }
    outcomes.finish();
}

/// The signature verifies, over the given payload, and signing makes the same octets where the algorithm has it so.
fn check_compact(outcomes: &mut Outcomes, id: &str, vector: &Value) {
    let algorithm: Algorithm = vector["alg"].as_str().unwrap().parse().unwrap();
    let compact = vector["compact"].as_str().unwrap();
    let payload = vectors::hex(vector["payload_hex"].as_str().unwrap());
    let expected = format!("valid over {payload:?}");
    outcomes.check(id, &expected, &verdict(algorithm, &vector["key"], compact));

    let key = private(&vector["key"]);
    let key = SigningKey::from_jwk_as(algorithm, &key).unwrap();
    let signature = key.sign_message(vector["signing_input"].as_str().unwrap().as_bytes()).unwrap();
    if vector["deterministic"] == true {
        let expected = vector["signature_b64u"].as_str().unwrap();
        outcomes.check(&format!("{id}/sign"), expected, &base64url::encode(&signature));
    } else {
        let signed = format!("{}.{}", vector["signing_input"].as_str().unwrap(), base64url::encode(&signature));
        outcomes.check(&format!("{id}/sign"), &expected, &verdict(algorithm, &vector["key"], &signed));
    }
    // Only A.2 has a header as the builder writes it; that of A.1 has line ends in it, and A.3 is randomized.
    if vector["deterministic"] == true && vector["protected_header"].as_object().unwrap().len() == 1 {
        let built = JwsBuilder::new().sign(&payload, &key).unwrap();
        outcomes.check(&format!("{id}/build"), compact, &built);
    }
}

fn verdict(algorithm: Algorithm, jwk: &Value, compact: &str) -> String {
    let key = VerifyingKey::from_private_jwk_as(algorithm, &private(jwk)).unwrap();
    match JwsVerifier::new(key).verify(compact) {
        Ok(jws) => format!("valid over {:?}", jws.payload()),
        Err(error) => error.code().to_owned(),
    }
}

fn private(jwk: &Value) -> PrivateJwk {
    PrivateJwk::from_json(&jwk.to_string()).unwrap()
}

fn refuse_p521(outcomes: &mut Outcomes, id: &str, vector: &Value) {
    let algorithm = "ES512".parse::<Algorithm>().unwrap_err();
    assert_eq!(algorithm.code(), "unsupported_algorithm");
    let key = Jwk::from_json(&vector["public_key"].to_string()).unwrap_err();
    assert_eq!(key.code(), "unsupported_key");
    outcomes.refused(id, &key.to_string());
}
