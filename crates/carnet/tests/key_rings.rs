//! Verifiers that hold a ring of keys while it rotates.
#![cfg(test)]

#[path = "support/forge.rs"]
mod forge;

use carnet::prelude::*;
use carnet::{Limits, LocalKeys};
use forge::{forge, hmac, lenient, outcome};
use serde_json::json;

const CLAIMS: &str = r#"{"sub":"alice","exp":4102444800}"#;

fn key(name: &str) -> SigningKey {
    SigningKey::generate(ES256).unwrap().with_key_id(name).unwrap()
}

fn issued(ring: &KeyRing) -> String {
    Token::builder().subject("alice").expires_at(4_102_444_800).at(1_700_000_000).sign(&ring.current()).unwrap()
}

fn trying<K: LocalKeys>(keys: K, trials: usize) -> Verifier<K> {
    let mut limits = Limits::default();
    limits.key_trials = trials;
    Verifier::builder(keys).any_issuer().any_audience().limits(limits).at(1_750_000_000).build().unwrap()
}

#[test]
fn a_verifier_sees_every_rotation() {
    let ring = KeyRing::new(key("a")).with_next(key("b"));
    let verifier = lenient(ring.clone());
    let (of_a, next) = (issued(&ring), ring.next().unwrap());
    assert_eq!(outcome(&verifier, &of_a), "accepted");
    // The next key is known to others already, and nothing is accepted under it before it signs.
    let header = json!({"alg": "ES256", "kid": "b"}).to_string();
    let of_b = forge(&header, CLAIMS, &next);
    assert_eq!(outcome(&verifier, &of_b), "unknown_key");

    ring.rotate(key("c")).unwrap();
    assert_eq!(outcome(&verifier, &of_a), "accepted", "the previous key verifies");
    assert_eq!(outcome(&verifier, &of_b), "accepted");
    assert_eq!(outcome(&verifier, &issued(&ring)), "accepted");
    ring.forget_previous(0);
    assert_eq!(outcome(&verifier, &of_a), "unknown_key", "and is forgotten when its tokens have expired");
    assert_eq!(outcome(&verifier, &of_b), "accepted");

    ring.switch_to(key("d"));
    assert_eq!(outcome(&verifier, &of_b), "accepted");
    assert_eq!(outcome(&verifier, &issued(&ring)), "accepted");
    let of_c = forge(json!({"alg": "ES256", "kid": "c"}).to_string(), CLAIMS, &ring.next().unwrap());
    ring.replace_all(key("e"));
    for old in [&of_a, &of_b, &of_c] {
        assert_eq!(outcome(&verifier, old), "unknown_key", "after a leak nothing old is accepted");
    }
    assert_eq!(outcome(&verifier, &issued(&ring)), "accepted");
}

/// The set is exchanged in one step, and a key that is gone is gone for every verifier.
#[test]
fn b16_a_revoked_key_does_not_survive() {
    let ring = KeyRing::new(key("a"));
    let verifiers = [lenient(ring.clone()), lenient(ring.clone())];
    let old = issued(&ring);
    assert!(verifiers.iter().all(|verifier| outcome(verifier, &old) == "accepted"));
    ring.replace_all(key("a")); // under the same name
    assert!(verifiers.iter().all(|verifier| outcome(verifier, &old) == "invalid_signature"));
}

#[test]
fn tokens_without_a_key_id_are_tried_with_the_current_secret_first() {
    let secret = |octet: u8| Secret::from_bytes([octet; 64]).unwrap();
    let ring = KeyRing::from_secrets(HS256, &secret(1), &[secret(2), secret(3)]).unwrap();
    let token =
        |octet: u8| forge(r#"{"alg":"HS256"}"#, CLAIMS, &SigningKey::from_secret(HS256, &secret(octet)).unwrap());
    for (trials, accepted) in [(1, 1), (2, 2), (3, 3), (8, 3)] {
        let verifier = trying(ring.clone(), trials);
        for octet in 1..=4 {
            let expected = if octet <= accepted { "accepted" } else { "invalid_signature" };
            assert_eq!(outcome(&verifier, &token(octet)), expected, "secret {octet} in {trials} trials");
        }
    }
    // Rotated, the old one is the second to be tried.
    ring.switch_to(SigningKey::from_secret(HS256, &secret(4)).unwrap());
    let verifier = trying(ring, 2);
    assert_eq!([1, 2, 4].map(|octet| outcome(&verifier, &token(octet))), ["accepted", "invalid_signature", "accepted"]);
}

#[test]
fn a_ring_accepts_no_other_algorithm() {
    let ring = KeyRing::new(key("a"));
    let verifier = lenient(ring);
    let mac = forge(json!({"alg": "HS256", "kid": "a"}).to_string(), CLAIMS, &hmac(HS256).0);
    assert_eq!(outcome(&verifier, &mac), "algorithm_not_allowed");
    assert_eq!(outcome(&verifier, "eyJhbGciOiJub25lIn0.e30."), "algorithm_not_allowed");
}
