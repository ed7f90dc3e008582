//! Thumbprints: the example of RFC 7638, section 3.1, also as a URI (RFC 9278).
#![cfg(test)]

use carnet::prelude::*;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc7638() {
    let file = vectors::load("rfc/rfc7638_rfc9278.json");
    let mut outcomes = Outcomes::new("rfc7638");
    for vector in file["vectors"].as_array().unwrap() {
        let id = vector["id"].as_str().unwrap();
        let jwk = Jwk::from_json(&vector["jwk"].to_string()).unwrap();
        let expected = vector["thumbprint_b64u"].as_str().unwrap();
        outcomes.check(id, expected, &jwk.thumbprint().to_string());
        let digest = format!("{:?}", vectors::hex(vector["digest_hex"].as_str().unwrap()));
        outcomes.check(&format!("{id}/octets"), &digest, &format!("{:?}", jwk.thumbprint().octets()));
        // The members that go into it, and no others.
        let canonical = Jwk::from_json(vector["canonical_json"].as_str().unwrap()).unwrap();
        outcomes.check(&format!("{id}/canonical"), expected, &canonical.thumbprint().to_string());
        let uri = vector["thumbprint_uri_rfc9278"].as_str().unwrap();
        outcomes.check(&format!("{id}/uri"), uri, &jwk.thumbprint().uri());
        let named = jwk.with_thumbprint_key_id();
        outcomes.check(&format!("{id}/kid"), expected, named.key_id().unwrap());
    }
    outcomes.finish();
}
