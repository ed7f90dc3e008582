//! Forged and malformed tokens: none gets through, and the controls do.
#![cfg(test)]

use carnet::base64url;
use carnet::jws::JwsVerifier;
use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

/// Before the `exp` of the tokens that are no matter of claims.
const NOW: i64 = 1_750_000_000;

#[test]
fn attacks() {
    let file = vectors::load("attacks/attack_tokens.json");
    let mut outcomes = Outcomes::new("attacks");
    for case in file["cases"].as_array().unwrap() {
        // Encrypted tokens are not read yet.
        if case["category"] == "jwe" {
            continue;
        }
        let id = case["id"].as_str().unwrap();
        if case["category"] == "jws-json" {
            check_json(&mut outcomes, id, &file["keys"], case);
            continue;
        }
        let now = case["now"].as_i64().unwrap_or(NOW);
        let keys = every_key(&file["keys"][case["verify_with"].as_str().unwrap()]);
        let verifier = Verifier::builder(keys).any_issuer().any_audience().expiry_optional().at(now).build().unwrap();
        let got = match verifier.verify::<Value>(case["token"].as_str().unwrap()) {
            Ok(_) => "accept",
            Err(_) => "reject",
        };
        let expected = match case["expect"].as_str().unwrap() {
            "accept" => "accept",
            "reject" | "accept with detached payload (as JWS), reject as JWT" => "reject",
            either if either.starts_with("accept or reject") => got,
            other => panic!("{id}: unknown outcome {other}"),
        };
        outcomes.check(id, expected, got);
    }

    for case in vectors::load("attacks/mac_key_forms.json")["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let octets = base64url::decode(case["secret_b64u"].as_str().unwrap()).unwrap();
        let secret = if Secret::from_bytes(&octets).is_ok() { "accept" } else { "reject" };
        outcomes.check(&format!("{id}/secret"), "reject", secret);
        let verifier = Verifier::builder(every_key(&file["keys"][case["verify_with"].as_str().unwrap()]));
        let verifier = verifier.any_issuer().any_audience().at(NOW).build().unwrap();
        let code = verifier.verify::<Value>(case["token"].as_str().unwrap()).map_or_else(|e| e.code(), |_| "accept");
        outcomes.check(&format!("{id}/token"), "algorithm_not_allowed", code);
    }
    outcomes.finish();
}

/// A JSON serialization, for its own verifier and for that of JSON Web Tokens, which never takes one.
fn check_json(outcomes: &mut Outcomes, id: &str, keys: &Value, case: &Value) {
    let keys = every_key(&keys[case["verify_with"].as_str().unwrap()]);
    let text = case["token_text"].as_str().unwrap();
    let got = match JwsVerifier::new(keys.clone()).verify_json(text) {
        Ok(verified) => format!("accept, signature {}", verified.signature().index()),
        Err(_) => "reject".to_owned(),
    };
    let expected = match case["expect"].as_str().unwrap() {
        "reject" => "reject",
        "accept" => "accept, signature 0",
        // One good signature is enough, and it is named.
        "policy" if id == "general-one-bad-signature" => "accept, signature 1",
        other => panic!("{id}: unknown outcome {other}"),
    };
    outcomes.check(id, expected, &got);
    if id == "general-one-bad-signature" {
        let all = JwsVerifier::new(keys.clone()).require_all().verify_json(text).unwrap_err();
        outcomes.check(&format!("{id}/all"), "invalid_signature", all.code());
    }
    let jwt = Verifier::builder(keys).any_issuer().any_audience().at(NOW).build().unwrap().verify::<Value>(text);
    outcomes.check(&format!("{id}/jwt"), "malformed", jwt.map_or_else(|error| error.code(), |_| "accept"));
}

/// The key with each algorithm it fits, so that nothing is refused merely for a want of keys.
fn every_key(jwk: &Value) -> VerifyingKeys {
    let jwk = PrivateJwk::from_json(&jwk.to_string()).unwrap();
    let bound = |&algorithm: &Algorithm| VerifyingKey::from_private_jwk_as(algorithm, &jwk).ok();
    Algorithm::ALL.iter().filter_map(bound).collect()
}
