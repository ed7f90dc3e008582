//! JWT: the examples of RFC 7519, section 3.1, section 6.1 and appendix A.
#![cfg(test)]

use carnet::base64url;
use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

/// `exp` of the examples.
const EXPIRY: i64 = 1_300_819_380;

#[test]
fn rfc7519() {
    let file = vectors::load("rfc/rfc7519.json");
    let mut outcomes = Outcomes::new("rfc7519");
    let vectors = file["vectors"].as_array().unwrap();
    let secret = VerifyingKey::from_private_jwk_as(HS256, &private(&vectors[0]["key"])).unwrap();
    for vector in vectors {
        let id = vector["id"].as_str().unwrap();
        let token = vector["compact"].as_str().unwrap();
        let claims = vector["claims"].to_string();
        let judged = |now| verdict(&secret, now, token);
        match vector["type"].as_str().unwrap() {
            "jws-compact" => {
                outcomes.check(id, &claims, &judged(EXPIRY - 1));
                outcomes.check(&format!("{id}/at-exp"), "token_expired", &judged(EXPIRY));
                let key = SigningKey::from_jwk_as(HS256, &private(&vector["key"])).unwrap();
                let signature = key.sign_message(vector["signing_input"].as_str().unwrap().as_bytes()).unwrap();
                let expected = vector["signature_b64u"].as_str().unwrap();
                outcomes.check(&format!("{id}/sign"), expected, &base64url::encode(&signature));
            }
            "jwt-unsecured" => {
                outcomes.check(id, "algorithm_not_allowed", &judged(EXPIRY - 1));
                let decoded = carnet::dangerous::decode::<Value>(token).unwrap();
                outcomes.check(&format!("{id}/decode"), &claims, &decoded.claims().to_string());
            }
            encrypted => {
                assert!(encrypted.starts_with("jwt-encrypted") || encrypted.starts_with("jwt-nested"), "{id}");
                assert_eq!(judged(EXPIRY - 1), "encrypted_token", "{id}");
                outcomes.refused(id, "a verifier of signed tokens does not decrypt");
                if let Some(inner) = vector["inner_jws"].as_str() {
                    let jwk = Jwk::from_json(&public_half(&vector["verification_key"])).unwrap();
                    let key = VerifyingKey::from_jwk_as(RS256, &jwk).unwrap();
                    outcomes.check(&format!("{id}/inner"), &claims, &verdict(&key, EXPIRY - 1, inner));
                }
            }
        }
    }
    outcomes.finish();
}

/// The claims, or the code of the error.
fn verdict(key: &VerifyingKey, now: i64, token: &str) -> String {
    let verifier = Verifier::builder(key.clone()).issuer("joe").any_audience().at(now).build().unwrap();
    match verifier.verify::<Value>(token) {
        Ok(verified) => verified.into_claims().to_string(),
        Err(error) => error.code().to_owned(),
    }
}

fn private(jwk: &Value) -> PrivateJwk {
    PrivateJwk::from_json(&jwk.to_string()).unwrap()
}

fn public_half(jwk: &Value) -> String {
    match private(jwk).public_jwk() {
        Some(public) => public.to_json(),
        None => panic!("a shared secret"),
    }
}
