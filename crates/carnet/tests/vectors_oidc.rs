//! The ID tokens of OpenID Connect Core 1.0, appendix A, in the texts of both errata sets.
#![cfg(test)]

use carnet::prelude::*;
use serde_json::{Value, json};
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn oidc() {
    let file = vectors::load("oidc-core/oidc_core.json");
    let mut outcomes = Outcomes::new("oidc");
    for vector in file["vectors"].as_array().unwrap() {
        // Hashes of access tokens and codes are not computed yet.
        if vector["type"] == "half-hash" {
            continue;
        }
        let id = vector["id"].as_str().unwrap();
        let claims = &vector["claims"];
        let issuer = claims["iss"].as_str().unwrap();
        let at_its_time = claims["iat"].as_i64().unwrap();
        let verdict = |issuer, now| verdict(vector, issuer, claims["aud"].as_str().unwrap(), now);

        outcomes.check(id, &claims.to_string(), &verdict(issuer, Some(at_its_time)));
        outcomes.check(&format!("{id}/now"), "token_expired", &verdict(issuer, None));
        let other_scheme = match issuer.strip_prefix("https:") {
            Some(rest) => format!("http:{rest}"),
            None => issuer.replace("http:", "https:"),
        };
        outcomes.check(&format!("{id}/other-issuer"), "issuer_mismatch", &verdict(&other_scheme, Some(at_its_time)));
    }
    outcomes.finish();
}

/// The claims, or the code of the error; without a time, by the clock of the system.
fn verdict(vector: &Value, issuer: &str, audience: &str, now: Option<i64>) -> String {
    let set = json!({"keys": [vector["public_key"]]}).to_string();
    let keys = JwkSet::from_json(&set).unwrap().verifying_keys();
    let mut builder = Verifier::builder(keys).issuer(issuer).audience(audience).algorithms([RS256]);
    if let Some(now) = now {
        builder = builder.at(now);
    }
    match builder.build().unwrap().verify::<Value>(vector["compact"].as_str().unwrap()) {
        Ok(verified) => verified.into_claims().to_string(),
        Err(error) => error.code().to_owned(),
    }
}
