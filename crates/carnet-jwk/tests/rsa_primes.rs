//! RSA keys whose modulus can be factored because of its primes.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

use carnet_jwk::PrivateJwk;

#[test]
fn a12_primes_of_different_sizes_or_close_to_each_other() {
    let file = testkit::vectors::load("key-forms/rsa_primes.json");
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 7);
    for case in cases {
        let judged = PrivateJwk::from_json(&case["jwk"].to_string()).map_or_else(|error| error.code(), |_| "taken");
        assert_eq!(judged, case["expect"], "{}", case["name"]);
    }
}
