//! Request objects: the token of RFC 9101, section 4, which has no `exp`.
#![cfg(test)]

use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc9101() {
    let file = vectors::load("rfc/rfc9101.json");
    let mut outcomes = Outcomes::new("rfc9101");
    for vector in file["vectors"].as_array().unwrap() {
        let id = vector["id"].as_str().unwrap();
        let token = vector["compact"].as_str().unwrap();
        let payload = vector["payload_utf8"].as_str().unwrap();
        let jwk = vector["public_key"].to_string();
        let keys = JwkSet::from_json(&format!(r#"{{"keys":[{jwk}]}}"#)).unwrap().verifying_keys();
        let builder = || {
            Verifier::builder(keys.clone())
                .issuer("s6BhdRkqt3")
                .audience("https://server.example.com")
                .algorithms([RS256])
        };
        let verdict = |verifier: Verifier<VerifyingKeys>, token: &str| match verifier.verify::<Value>(token) {
            Ok(verified) => verified.claims_json().to_owned(),
            Err(error) => error.code().to_owned(),
        };
        outcomes.check(id, payload, &verdict(builder().expiry_optional().build().unwrap(), token));
        outcomes.check(&format!("{id}/expiry-required"), "claim_missing", &verdict(builder().build().unwrap(), token));
        let with_age = builder().expiry_optional().max_age(std::time::Duration::from_secs(60)).build().unwrap();
        outcomes.check(&format!("{id}/age-required"), "claim_missing", &verdict(with_age, token));
        let typed = builder().expiry_optional().typ("oauth-authz-req+jwt").build().unwrap();
        outcomes.check(&format!("{id}/typ-required"), "wrong_typ", &verdict(typed, token));
        // Under another key ID the key is not found.
        let renamed = JwkSet::from_json(&format!(r#"{{"keys":[{jwk}]}}"#).replace("k2bdc", "another")).unwrap();
        let renamed = Verifier::builder(renamed.verifying_keys()).any_issuer().any_audience().build().unwrap();
        outcomes.check(&format!("{id}/other-kid"), "unknown_key", &verdict(renamed, token));
    }
    outcomes.finish();
}
