//! JWS: the compact serializations of RFC 7515, appendices A, E and F, the certificates of B and the octets of C.
#![cfg(test)]

use carnet::base64url;
use carnet::jws::{JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use serde_json::{Value, json};
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
            "jws-compact" => match vector["alg"].as_str().unwrap().parse::<Algorithm>() {
                Ok(algorithm) => check_compact(&mut outcomes, id, algorithm, vector),
                Err(error) => {
                    // A key without an algorithm is of no use either.
                    let key = Jwk::from_json(&vector["public_key"].to_string());
                    assert!(key.and_then(|key| VerifyingKey::from_jwk(&key)).is_err());
                    outcomes.refused(id, &error.to_string());
                }
            },
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
            "x5c-chain" => check_chain(&mut outcomes, id, vector),
            // JSON serializations are not read yet.
            "jws-json-general" | "jws-json-flattened" => {}
            other => panic!("{id}: unknown type {other}"),
        }
    }
    outcomes.finish();
}

/// The signature verifies, over the given payload, and signing makes the same octets where the algorithm has it so.
fn check_compact(outcomes: &mut Outcomes, id: &str, algorithm: Algorithm, vector: &Value) {
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
    match JwsVerifier::new(key).algorithms([algorithm]).verify(compact) {
        Ok(jws) => format!("valid over {:?}", jws.payload()),
        Err(error) => error.code().to_owned(),
    }
}

fn private(jwk: &Value) -> PrivateJwk {
    PrivateJwk::from_json(&jwk.to_string()).unwrap()
}

/// Appendix B: a chain of three. The first holds the key, and a key with the chain is read, with another first it is not.
fn check_chain(outcomes: &mut Outcomes, id: &str, vector: &Value) {
    let chain = vector["x5c"].as_array().unwrap();
    let leaf = chain[0].as_str().unwrap();
    let jwk = Jwk::from_x509_pem(&format!("-----BEGIN CERTIFICATE-----\n{leaf}\n-----END CERTIFICATE-----\n")).unwrap();
    let numbers = &vector["leaf_public_numbers"];
    let given = json!({"kty": "RSA", "n": numbers["n_b64u"], "e": base64url::encode(&numbers["e"].as_u64().unwrap().to_be_bytes()[5..])});
    let expected = Jwk::from_json(&given.to_string()).unwrap();
    outcomes.check(&format!("{id}/leaf"), &expected.to_json(), &Jwk::from(jwk.public_key().clone()).to_json());

    let with = |chain: &[Value]| {
        let mut jwk = given.clone();
        jwk["x5c"] = json!(chain);
        jwk["x5t"] = vector["x5t_b64u"].clone();
        jwk["x5t#S256"] = vector["x5t_s256_b64u"].clone();
        Jwk::from_json(&jwk.to_string())
    };
    let whole = with(chain).unwrap();
    outcomes.check(&format!("{id}/certificates"), "3", &whole.certificates().len().to_string());
    outcomes.check(&format!("{id}/remarks"), "[]", &format!("{:?}", whole.remarks()));
    let turned: Vec<Value> = chain.iter().rev().cloned().collect();
    outcomes.check(&format!("{id}/other-leaf"), "invalid_key", with(&turned).unwrap_err().code());
}
