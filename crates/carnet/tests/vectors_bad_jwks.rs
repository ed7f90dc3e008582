//! JWKs that must be refused, and the controls that must not.
#![cfg(test)]

use carnet::KeyError;
use carnet::prelude::*;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn bad_jwks() {
    let file = vectors::load("attacks/bad_jwks.json");
    let mut outcomes = Outcomes::new("bad_jwks");
    for case in file["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let expect = case["expect"].as_str().unwrap();
        // "reject for signing", "reject or ignore": in each of them the key must not come into use.
        let expected = if expect.starts_with("reject") { "reject" } else { expect };
        let got = if usable(case["jwk_text"].as_str().unwrap()).is_ok() { "accept" } else { "reject" };
        outcomes.check(id, expected, got);
    }
    outcomes.finish();
}

/// Reads the key for what it is and binds it to its algorithm.
fn usable(text: &str) -> Result<(), KeyError> {
    let private = text.contains(r#""d""#) || text.contains(r#""k""#);
    if private {
        SigningKey::from_jwk(&PrivateJwk::from_json(text)?).map(drop)
    } else {
        VerifyingKey::from_jwk(&Jwk::from_json(text)?).map(drop)
    }
}
