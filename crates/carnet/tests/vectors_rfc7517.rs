//! JWK: the keys and sets of RFC 7517, section 3 and appendices A and B.
#![cfg(test)]

use carnet::prelude::*;
use carnet::{PrivateJwkSet, SkippedKey};
use serde_json::{Value, json};
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc7517() {
    let file = vectors::load("rfc/rfc7517.json");
    let mut outcomes = Outcomes::new("rfc7517");
    let mut check = |case: &str, expected: &Value, got: &Value| {
        outcomes.check(case, &expected.to_string(), &got.to_string());
    };
    let vector = |id: &str| file["vectors"].as_array().unwrap().iter().find(|vector| vector["id"] == id).unwrap();

    for id in ["rfc7517-3", "rfc7517-B"] {
        let given = &vector(id)["jwk"];
        let jwk = Jwk::from_json(&given.to_string()).unwrap();
        check(&format!("{id}/round-trip"), given, &parsed(&jwk.to_json()));
        check(&format!("{id}/kid"), &given["kid"], &json!(jwk.key_id()));
        check(&format!("{id}/use"), &given["use"], &json!(jwk.public_key_use()));
        check(&format!("{id}/verifies"), &json!(true), &json!(VerifyingKey::from_jwk(&jwk).is_ok()));
    }

    // Appendix B: the certificate is read, and it is that of this key and of no other.
    let given = &vector("rfc7517-B")["jwk"];
    let jwk = Jwk::from_json(&given.to_string()).unwrap();
    check("rfc7517-B/certificates", &json!(1), &json!(jwk.certificates().len()));
    let from_certificate = Jwk::from_x509_der(&jwk.certificates()[0]).unwrap();
    check("rfc7517-B/x5c", &given["x5c"], &parsed(&from_certificate.to_json())["x5c"]);
    check("rfc7517-B/key", &json!(true), &json!(from_certificate.public_key() == jwk.public_key()));
    check("rfc7517-B/remarks", &json!(0), &json!(jwk.remarks().len()));
    let mut other = vector("rfc7517-A.1")["jwks"]["keys"][1].clone();
    other["x5c"] = given["x5c"].clone();
    check("rfc7517-B/other-key", &json!("invalid_key"), &json!(Jwk::from_json(&other.to_string()).unwrap_err().code()));

    let public = &vector("rfc7517-A.1")["jwks"];
    let set = JwkSet::from_json(&public.to_string()).unwrap();
    check("rfc7517-A.1/round-trip", public, &parsed(&set.to_json()));
    // The first key is for encryption.
    check("rfc7517-A.1/verifies", &json!(["2011-04-29"]), &key_ids(&set.verifying_keys()));
    check("rfc7517-A.1/skipped", &json!([[0, "key_not_for_this"]]), &skipped(set.verifying_keys().skipped()));

    let private = &vector("rfc7517-A.2")["jwks"];
    let set = JwkSet::from_json(&private.to_string()).unwrap();
    check("rfc7517-A.2/only-public-halves", public, &parsed(&set.to_json()));
    check("rfc7517-A.2/reported", &json!([0, 1]), &json!(set.private_entries()));
    check("rfc7517-A.2/verifies", &json!(["2011-04-29"]), &key_ids(&set.verifying_keys()));
    let set = PrivateJwkSet::from_json(&private.to_string()).unwrap();
    check("rfc7517-A.2/round-trip", &private["keys"], &exposed(&set));
    let signs: Vec<&str> =
        set.iter().map(|jwk| SigningKey::from_jwk(jwk).map_or_else(|e| e.code(), |_| "ok")).collect();
    check("rfc7517-A.2/signs", &json!(["key_not_for_this", "ok"]), &json!(signs));

    let symmetric = &vector("rfc7517-A.3")["jwks"];
    let set = JwkSet::from_json(&symmetric.to_string()).unwrap();
    check("rfc7517-A.3/publishes-nothing", &json!({"keys": []}), &parsed(&set.to_json()));
    check("rfc7517-A.3/verifies-nothing-unasked", &json!(0), &json!(set.verifying_keys().len()));
    let admitted = set.verifying_keys_with(&KeyRules::new().symmetric(HS256));
    check("rfc7517-A.3/verifies", &json!([symmetric["keys"][1]["kid"]]), &key_ids(&admitted));
    check("rfc7517-A.3/skipped", &json!([[0, "unsupported_algorithm"]]), &skipped(admitted.skipped()));
    let set = PrivateJwkSet::from_json(&symmetric.to_string()).unwrap();
    check("rfc7517-A.3/round-trip", &symmetric["keys"], &exposed(&set));

    // Appendix C is an encrypted key, and those are not read yet. What it encrypts is.
    let decrypted = &vector("rfc7517-C")["plaintext_jwk"];
    let jwk = PrivateJwk::from_json(&decrypted.to_string()).unwrap();
    check("rfc7517-C/plaintext", decrypted, &parsed(&jwk.expose_json()));
    outcomes.finish();
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn key_ids(keys: &VerifyingKeys) -> Value {
    keys.iter().map(VerifyingKey::key_id).collect()
}

fn skipped(skipped: &[SkippedKey]) -> Value {
    skipped.iter().map(|skipped| json!([skipped.index, skipped.reason.code()])).collect()
}

fn exposed(set: &PrivateJwkSet) -> Value {
    set.iter().map(|jwk| parsed(&jwk.expose_json())).collect()
}
