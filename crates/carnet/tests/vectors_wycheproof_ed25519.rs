//! Ed25519 verification against Wycheproof.
#![cfg(test)]

use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn wycheproof_ed25519() {
    let mut outcomes = Outcomes::new("wycheproof_ed25519");
    let vectors = vectors::load("wycheproof/ed25519_test.json");
    for (number, group) in vectors["testGroups"].as_array().unwrap().iter().enumerate() {
        let der = Jwk::from_der(&hex(&group["publicKeyDer"])).unwrap();
        let pem = Jwk::from_pem(group["publicKeyPem"].as_str().unwrap()).unwrap();
        let jwk = Jwk::from_json(&group["publicKeyJwk"].to_string()).unwrap();
        let same = der.public_key() == pem.public_key() && der.public_key() == jwk.public_key();
        outcomes.check(
            &format!("group {number}"),
            "one key in every form",
            if same { "one key in every form" } else { "different keys" },
        );

        let key = VerifyingKey::from_jwk_as(EdDSA, &jwk).unwrap();
        for test in group["tests"].as_array().unwrap() {
            let got = match key.verify_signature(&hex(&test["msg"]), &hex(&test["sig"])) {
                Ok(()) => "valid",
                Err(_) => "invalid",
            };
            outcomes.check(&test["tcId"].to_string(), test["result"].as_str().unwrap(), got);
        }
    }
    outcomes.finish();
}

fn hex(text: &Value) -> Vec<u8> {
    vectors::hex(text.as_str().unwrap())
}
