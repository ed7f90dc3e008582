//! Ed25519 in JOSE: RFC 8037, appendices A.1 to A.4, and the example of the cookbook. X25519 and X448 (A.6, A.7) are refused.
#![cfg(test)]

use carnet::jws::{JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc8037() {
    let file = vectors::load("rfc/rfc8037.json");
    let mut outcomes = Outcomes::new("rfc8037");
    for vector in file["vectors"].as_array().unwrap() {
        let id = vector["id"].as_str().unwrap();
        let jwk = vector["jwk"].to_string();
        match vector["type"].as_str().unwrap() {
            "jwk" if vector["jwk"]["d"].is_string() => {
                let key = PrivateJwk::from_json(&jwk).unwrap();
                let written: serde_json::Value = serde_json::from_str(&key.expose_json()).unwrap();
                outcomes.check(id, &jwk, &written.to_string());
            }
            "jwk" => {
                let written: serde_json::Value =
                    serde_json::from_str(&Jwk::from_json(&jwk).unwrap().to_json()).unwrap();
                outcomes.check(id, &jwk, &written.to_string());
            }
            "jwk-thumbprint" => {
                let thumbprint = Jwk::from_json(&jwk).unwrap().thumbprint().to_string();
                outcomes.check(id, vector["thumbprint_b64u"].as_str().unwrap(), &thumbprint);
            }
            "jws-compact" => {
                let compact = vector["compact"].as_str().unwrap();
                let payload = vectors::hex(vector["payload_hex"].as_str().unwrap());
                let key = PrivateJwk::from_json(&vector["key"].to_string()).unwrap();
                let built = JwsBuilder::new().sign(&payload, &SigningKey::from_jwk(&key).unwrap()).unwrap();
                outcomes.check(&format!("{id}/build"), compact, &built);
                let key = Jwk::from_json(&vector["public_key"].to_string()).unwrap();
                let verifier = JwsVerifier::new(VerifyingKey::from_jwk(&key).unwrap());
                let verified = verifier.verify(compact).map(|jws| jws.payload().to_vec());
                outcomes.check(id, &format!("{:?}", Ok::<_, ()>(payload)), &format!("{verified:?}"));
            }
            "ecdh-okp" => {
                let error = Jwk::from_json(&vector["recipient_public_jwk"].to_string()).unwrap_err();
                assert_eq!(error.code(), "unsupported_key", "{id}");
                outcomes.refused(id, &error.to_string());
            }
            other => panic!("{id}: unknown type {other}"),
        }
    }

    let vector = vectors::load("rfc7520-cookbook/curve25519/jws.json");
    let (payload, compact) = (&vector["input"]["payload"], &vector["output"]["compact"]);
    let (payload, compact) = (payload.as_str().unwrap(), compact.as_str().unwrap());
    let jwk = PrivateJwk::from_json(&vector["input"]["key"].to_string()).unwrap();
    let built = JwsBuilder::new().sign(payload.as_bytes(), &SigningKey::from_jwk_as(EdDSA, &jwk).unwrap()).unwrap();
    outcomes.check("cookbook/build", compact, &built);
    let verifier = JwsVerifier::new(VerifyingKey::from_jwk(&jwk.public_jwk().unwrap()).unwrap());
    let verified = verifier.verify(compact).unwrap();
    outcomes.check("cookbook", payload, str::from_utf8(verified.payload()).unwrap());
    outcomes.finish();
}
