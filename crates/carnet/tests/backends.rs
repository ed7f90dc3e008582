//! The backend decides which algorithms there are, and nothing else: of those that both have, either accepts the same tokens with the same keys.
//!
//! Each build is held to the same committed verdicts, so that the two cannot drift apart unnoticed.
#![cfg(test)]

use carnet::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use testkit::vectors;

const NOW: i64 = 1_750_000_000;

/// The algorithms of both backends.
const COMMON: [Algorithm; 12] = [HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA];

fn verdict(keys: VerifyingKeys, now: i64, token: &str) -> &'static str {
    let builder = Verifier::builder(keys).any_issuer().any_audience().expiry_optional().at(now);
    match builder.algorithms(COMMON).build().map(|verifier| verifier.verify::<Value>(token).map(drop)) {
        Ok(Ok(())) => "accepted",
        Ok(Err(error)) => error.code(),
        Err(error) => error.code(),
    }
}

#[test]
fn both_accept_the_same_attack_tokens() {
    let file = vectors::load("attacks/attack_tokens.json");
    let expected = vectors::load("backends/verdicts.json");
    let mut judged = 0;
    for case in file["cases"].as_array().unwrap() {
        // JSON serializations have no token.
        let Some(token) = case["token"].as_str().filter(|_| case["category"] != "jwe") else { continue };
        let jwk = PrivateJwk::from_json(&file["keys"][case["verify_with"].as_str().unwrap()].to_string()).unwrap();
        let bound = |&algorithm: &Algorithm| VerifyingKey::from_private_jwk_as(algorithm, &jwk).ok();
        let got = verdict(COMMON.iter().filter_map(bound).collect(), case["now"].as_i64().unwrap_or(NOW), token);
        assert_eq!(expected["attacks"][case["id"].as_str().unwrap()], got, "{}", case["id"]);
        judged += 1;
    }
    assert_eq!(judged, expected["attacks"].as_object().unwrap().len());
}

/// Tokens made under each backend, with keys at the edges of what may verify: sizes that are no multiple of 8 or 64, and odd exponents.
#[test]
fn both_accept_the_tokens_of_the_other() {
    let file = vectors::load("backends/tokens.json");
    let mut made_under: BTreeMap<String, u32> = BTreeMap::new();
    for case in file["tokens"].as_array().unwrap() {
        let [id, alg, made, token] = ["id", "alg", "made_under", "token"].map(|member| case[member].as_str().unwrap());
        let algorithm: Algorithm = alg.parse().unwrap();
        assert!(COMMON.contains(&algorithm));
        let keys = &file["keys"][case["key"].as_str().unwrap()];
        let key = match keys["kty"] == "oct" {
            true => PrivateJwk::from_json(&keys.to_string())
                .and_then(|jwk| VerifyingKey::from_private_jwk_as(algorithm, &jwk)),
            false => Jwk::from_json(&keys.to_string()).and_then(|jwk| VerifyingKey::from_jwk_as(algorithm, &jwk)),
        };
        let keys: VerifyingKeys = [key.unwrap()].into_iter().collect();
        assert_eq!(verdict(keys.clone(), NOW, token), "accepted", "{id}");
        // And refuses the same with one bit of the signature turned.
        let (input, signature) = token.rsplit_once('.').unwrap();
        let mut signature = carnet::base64url::decode(signature).unwrap();
        *signature.last_mut().unwrap() ^= 1;
        let forged = format!("{input}.{}", carnet::base64url::encode(&signature));
        assert_eq!(verdict(keys, NOW, &forged), "invalid_signature", "{id}");
        *made_under.entry(made.to_owned()).or_default() += 1;
    }
    assert!(made_under["ring"] >= 12 && made_under["aws-lc-rs"] >= 12 && made_under["openssl"] >= 12, "{made_under:?}");
}
