//! ML-DSA verification against Wycheproof. JOSE has an empty context (RFC 9964, section 5), so that a signature with another is none.
#![cfg(test)]

use carnet::base64url;
use carnet::prelude::*;
use serde_json::{Value, json};
use testkit::exceptions::Outcomes;
use testkit::vectors;

/// The length of a public key.
const OCTETS: usize = 1312;

#[test]
fn wycheproof_ml_dsa() {
    let mut outcomes = Outcomes::new("wycheproof_ml_dsa");
    for file in ["mldsa_44_verify_test.1.json", "mldsa_44_verify_test.2.json"] {
        for group in vectors::load(format!("wycheproof/{file}"))["testGroups"].as_array().unwrap() {
            let tests = group["tests"].as_array().unwrap();
            let public = hex(&group["publicKey"]);
            let jwk = json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": base64url::encode(&public)}).to_string();
            let jwk = match (Jwk::from_json(&jwk), Jwk::from_der(&hex(&group["publicKeyDer"]))) {
                (Ok(jwk), Ok(der)) => {
                    let same = if jwk.public_key() == der.public_key() { "same" } else { "different" };
                    outcomes.check(&format!("{}/forms", tests[0]["tcId"]), "same", same);
                    jwk
                }
                (Err(error), Err(der)) => {
                    assert_eq!(error.code(), der.code());
                    for test in tests {
                        let id = test["tcId"].to_string();
                        if ML_DSA_44.is_available() {
                            // The length is the one thing a public key can have wrong.
                            assert_ne!(public.len(), OCTETS, "{id}: {error}");
                            outcomes.check(&id, "invalid", if error.code() == "invalid_key" { "invalid" } else { "" });
                        } else {
                            assert_eq!(error.code(), "unsupported_key");
                            outcomes.refused(&id, &error.to_string());
                        }
                    }
                    continue;
                }
                (one, other) => panic!("{}: {one:?}, as DER {other:?}", tests[0]["tcId"]),
            };
            let key = VerifyingKey::from_jwk(&jwk).unwrap();
            for test in tests {
                let got = match key.verify_signature(&hex(&test["msg"]), &hex(&test["sig"])) {
                    Ok(()) => "valid",
                    Err(_) => "invalid",
                };
                let empty_context = test["ctx"].as_str().is_none_or(str::is_empty);
                let expected = if empty_context { test["result"].as_str().unwrap() } else { "invalid" };
                outcomes.check(&test["tcId"].to_string(), expected, got);
            }
        }
    }
    outcomes.finish();
}

fn hex(text: &Value) -> Vec<u8> {
    vectors::hex(text.as_str().unwrap())
}
