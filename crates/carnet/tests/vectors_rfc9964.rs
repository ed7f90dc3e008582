//! ML-DSA in JOSE: RFC 9964, appendix A.1.
#![cfg(test)]

use carnet::base64url;
use carnet::jws::{JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use serde_json::{Value, json};
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc9964() {
    let file = vectors::load("rfc/rfc9964.json");
    let mut outcomes = Outcomes::new("rfc9964");
    for vector in file["vectors"].as_array().unwrap() {
        let id = vector["id"].as_str().unwrap();
        match vector["alg"].as_str().unwrap().parse() {
            Ok(algorithm) => check(&mut outcomes, id, algorithm, vector),
            Err(error) => {
                let key = Jwk::from_json(&vector["public_key"].to_string()).unwrap_err();
                assert_eq!((key.code(), error.code()), ("unsupported_key", "unsupported_algorithm"));
                outcomes.refused(id, &error.to_string());
            }
        }
    }
    outcomes.finish();
}

fn check(outcomes: &mut Outcomes, id: &str, algorithm: Algorithm, vector: &Value) {
    let mut case = |name: &str, expected: &str, got: &str| outcomes.check(&format!("{id}/{name}"), expected, got);
    let parsed = |json: &str| serde_json::from_str::<Value>(json).unwrap().to_string();
    let private = PrivateJwk::from_json(&vector["key"].to_string()).unwrap();
    let public = Jwk::from_json(&vector["public_key"].to_string()).unwrap();

    // The key in each of its forms, and made of its seed alone.
    case("private", &vector["key"].to_string(), &parsed(&private.expose_json()));
    case("public", &vector["public_key"].to_string(), &parsed(&public.to_json()));
    case("public-half", &parsed(&public.to_json()), &parsed(&private.public_jwk().unwrap().to_json()));
    let from_der = PrivateJwk::from_der(&private.expose_der().unwrap()).unwrap();
    case("seed", &bare(&private), &bare(&from_der));
    let seed = vectors::hex(vector["seed_hex"].as_str().unwrap());
    case("priv", vector["key"]["priv"].as_str().unwrap(), &base64url::encode(&seed));
    let from_spki = Jwk::from_der(&public.to_der().unwrap()).unwrap();
    case("spki", "same", if from_spki.public_key() == public.public_key() { "same" } else { "different" });

    let thumbprint = vector["thumbprint_b64u"].as_str().unwrap();
    case("thumbprint", thumbprint, &public.thumbprint().to_string());
    case("kid", thumbprint, public.key_id().unwrap());
    let canonical = Jwk::from_json(vector["thumbprint_canonical_json"].as_str().unwrap()).unwrap();
    case("thumbprint/canonical", thumbprint, &canonical.thumbprint().to_string());
    case("thumbprint/private", thumbprint, &private.thumbprint_with(carnet::jwa::Hash::Sha256).to_string());

    let compact = vector["compact"].as_str().unwrap();
    let payload = vector["payload_utf8"].as_str().unwrap();
    let verifier = JwsVerifier::new(VerifyingKey::from_jwk(&public).unwrap()).algorithms([algorithm]);
    let verdict = |token: &str| match verifier.verify(token) {
        Ok(jws) => String::from_utf8(jws.payload().to_vec()).unwrap(),
        Err(error) => error.code().to_owned(),
    };
    case("signature", payload, &verdict(compact));
    // Signing is hedged (FIPS 204, section 3.4): all but the signature is the same.
    let key = SigningKey::from_jwk(&private).unwrap();
    let built = JwsBuilder::new().sign(payload.as_bytes(), &key).unwrap();
    let (input, signature) = built.rsplit_once('.').unwrap();
    case("build/input", vector["signing_input"].as_str().unwrap(), input);
    case("build/length", &vector["signature_b64u"].as_str().unwrap().len().to_string(), &signature.len().to_string());
    case("build", payload, &verdict(&built));
}

/// The members of the key alone.
fn bare(jwk: &PrivateJwk) -> String {
    let members: Value = serde_json::from_str(&jwk.expose_json()).unwrap();
    json!([members["kty"], members["alg"], members["pub"], members["priv"]]).to_string()
}
