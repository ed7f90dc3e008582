//! Rings of keys that follow each other.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![cfg(test)]

use carnet_jwa::Algorithm::{self, ES256, EdDSA, HS256, HS512};
use carnet_jwk::{KeyRing, KeySource, PrivateJwk, Secret, SigningKey, VerifyingKey};

fn key(name: &str) -> SigningKey {
    SigningKey::generate(EdDSA).unwrap().with_key_id(name).unwrap()
}

/// Who signs, who verifies in which order, and what is published.
fn state(ring: &KeyRing) -> (Vec<String>, Vec<String>, Vec<String>) {
    let named = |name: Option<&str>| name.unwrap_or("-").to_owned();
    let signs = [Some(ring.current()), ring.next()].into_iter().flatten().map(|key| named(key.key_id())).collect();
    let verifies = ring.verifying_keys().iter().map(|key| named(key.key_id())).collect();
    let published = ring.published().iter().map(|jwk| named(jwk.key_id())).collect();
    (signs, verifies, published)
}

#[track_caller]
fn assert_state(ring: &KeyRing, signs: &[&str], verifies: &[&str], published: &[&str]) {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(state(ring), (owned(signs), owned(verifies), owned(published)));
}

#[test]
fn a_rotation_step_by_step() {
    let ring = KeyRing::new(key("a"));
    assert_state(&ring, &["a"], &["a"], &["a"]);
    // Nobody could have fetched a key that was not published.
    let error = ring.rotate(key("x")).unwrap_err();
    assert_eq!(error.code(), "unsupported_key");
    assert!(error.to_string().contains("with_next") && error.to_string().contains("switch_to"), "{error}");
    assert_state(&ring, &["a"], &["a"], &["a"]);

    let ring = ring.with_next(key("b"));
    assert_state(&ring, &["a", "b"], &["a"], &["b", "a"]); // published, and verifies nothing yet
    ring.rotate(key("c")).unwrap();
    assert_state(&ring, &["b", "c"], &["b", "a"], &["c", "b", "a"]);
    ring.rotate(key("d")).unwrap();
    assert_state(&ring, &["c", "d"], &["c", "b", "a"], &["d", "c", "b", "a"]);
    ring.forget_previous(1);
    assert_state(&ring, &["c", "d"], &["c", "b"], &["d", "c", "b"]);
    ring.forget_previous(7);
    assert_state(&ring, &["c", "d"], &["c", "b"], &["d", "c", "b"]);
    ring.switch_to(key("e"));
    assert_state(&ring, &["e", "d"], &["e", "c", "b"], &["d", "e", "c", "b"]);
    ring.forget_previous(0);
    assert_state(&ring, &["e", "d"], &["e"], &["d", "e"]);
    ring.replace_all(key("f"));
    assert_state(&ring, &["f"], &["f"], &["f"]);
}

#[test]
fn the_published_set_is_that_of_others() {
    let ring = KeyRing::new(key("a")).with_next(key("b"));
    ring.rotate(key("c")).unwrap();
    // What is published verifies what any of the three signs, and holds nothing private.
    let published = ring.published();
    assert!(!published.to_json().contains("\"d\"") && published.private_entries().is_empty());
    let keys = published.verifying_keys();
    for signing in [ring.current(), ring.next().unwrap()] {
        let signature = signing.sign_message(b"message").unwrap();
        let candidates: Vec<_> = keys.candidates(signing.key_id()).collect();
        assert_eq!(candidates.len(), 1);
        assert!(candidates[0].verify_signature(b"message", &signature).is_ok());
    }
    // The next key verifies there before it does here.
    assert_eq!(ring.verifying_keys().candidates(Some("c")).count(), 0);
    assert_eq!(keys.candidates(Some("c")).count(), 1);
}

#[test]
fn previous_keys_from_elsewhere() {
    let old = key("old");
    let ring = KeyRing::new(key("a")).with_previous(old.verifying_key());
    assert_state(&ring, &["a"], &["a", "old"], &["a"]); // there is no public key to publish
    let ring = KeyRing::new(key("a")).with_previous_jwk(old.public_jwk().unwrap()).unwrap();
    assert_state(&ring, &["a"], &["a", "old"], &["a", "old"]);
    let ring = ring.with_previous(key("older").verifying_key()).with_next(key("b"));
    ring.rotate(key("c")).unwrap();
    assert_state(&ring, &["b", "c"], &["b", "a", "old", "older"], &["c", "b", "a", "old"]);
    let for_encryption = old.public_jwk().unwrap().to_json().replace("\"sig\"", "\"enc\"");
    let for_encryption = carnet_jwk::Jwk::from_json(&for_encryption).unwrap();
    assert_eq!(KeyRing::new(key("a")).with_previous_jwk(for_encryption).unwrap_err().code(), "key_not_for_this");
}

#[test]
fn all_clones_are_one_ring() {
    let ring = KeyRing::new(key("a")).with_next(key("b"));
    let (signer, verifier) = (ring.clone(), ring.clone());
    let before = verifier.snapshot().unwrap();
    ring.rotate(key("c")).unwrap();
    assert_eq!(signer.current().key_id(), Some("b"));
    assert_eq!(verifier.snapshot().unwrap().iter().next().unwrap().key_id(), Some("b"));
    // A snapshot stays as it is, for the token that is being verified.
    assert_eq!(before.iter().map(|key| key.key_id().unwrap()).collect::<Vec<_>>(), ["a"]);
    assert!(!ring.is_fixed(), "its keys change, so that none can be refused beforehand");
    assert_eq!(state(&ring), state(&verifier));
}

#[test]
fn rings_of_secrets() {
    let secret = |octet: u8| Secret::from_bytes([octet; 64]).unwrap();
    let ring = KeyRing::from_secrets(HS256, &secret(1), &[secret(2), secret(3)]).unwrap();
    let mac = |octet: u8| SigningKey::from_secret(HS256, &secret(octet)).unwrap().sign_message(b"message").unwrap();
    assert_eq!(*ring.current().sign_message(b"message").unwrap(), *mac(1), "the current one signs");
    // A token without `kid` is tried with the current secret, then with the previous ones.
    let keys = ring.verifying_keys();
    let order: Vec<u8> = keys
        .candidates(None)
        .map(|key| (1..=3).find(|&octet| key.verify_signature(b"message", &mac(octet)).is_ok()).unwrap())
        .collect();
    assert_eq!(order, [1, 2, 3]);
    assert!(ring.published().is_empty() && ring.published().secret_entries().count() == 0);
    ring.switch_to(SigningKey::from_secret(HS256, &secret(4)).unwrap());
    assert_eq!(ring.verifying_keys().len(), 4);
    assert!(ring.published().is_empty());
    assert_eq!(KeyRing::from_secrets(ES256, &secret(1), []).unwrap_err().code(), "key_mismatch");
    let short = Secret::from_bytes([1; 63]).unwrap();
    assert_eq!(KeyRing::from_secrets(HS512, &short, []).unwrap_err().code(), "weak_key");
    assert_eq!(KeyRing::from_secrets(HS512, &secret(1), [&short]).unwrap_err().code(), "weak_key");
}

/// Cargo sets these for a test: one of enough octets, one empty, one short.
#[test]
fn rings_from_the_environment() {
    const LONG: &str = "CARGO_PKG_DESCRIPTION";
    let ring = |current: &str, previous: &str| KeyRing::from_env(HS256, current, previous);
    assert!(std::env::var(LONG).unwrap().len() >= 32 && std::env::var("CARGO_PKG_NAME").unwrap().len() < 32);
    let alone = ring(LONG, "CARNET_TEST_UNSET").unwrap();
    assert_eq!(alone.verifying_keys().len(), 1, "there need be no previous secret");
    let secret = Secret::from_env(LONG).unwrap();
    let expected = SigningKey::from_secret(HS256, &secret).unwrap().sign_message(b"message").unwrap();
    assert_eq!(*alone.current().sign_message(b"message").unwrap(), *expected);
    assert_eq!(ring(LONG, LONG).unwrap().verifying_keys().len(), 1, "one secret twice is one");

    let message = |current, previous| ring(current, previous).map(drop).unwrap_err().to_string();
    assert_eq!(
        message("CARNET_TEST_UNSET", LONG),
        "the environment variable CARNET_TEST_UNSET is not set; set it to a secret of at least 32 octets"
    );
    assert_eq!(
        message("CARGO_PKG_LICENSE_FILE", LONG),
        "the environment variable CARGO_PKG_LICENSE_FILE is empty; set it to a secret of at least 32 octets"
    );
    // What is set must be good: a mistyped previous secret would refuse every token that is alive.
    assert_eq!(
        message(LONG, "CARGO_PKG_LICENSE_FILE"),
        "the environment variable CARGO_PKG_LICENSE_FILE is empty; set it to a secret of at least 32 octets"
    );
    assert_eq!(
        message(LONG, "CARGO_PKG_NAME"),
        "the secret in the environment variable CARGO_PKG_NAME has 10 octets, and at least 32 are needed; make one with: openssl rand -hex 64"
    );
    assert_eq!(ring(LONG, "CARGO_PKG_NAME").unwrap_err().code(), "weak_key");
    assert_eq!(KeyRing::from_env(Algorithm::RS256, LONG, "CARNET_TEST_UNSET").unwrap_err().code(), "key_mismatch");
}

#[test]
fn debug_shows_no_key() {
    let ring = KeyRing::new(key("a")).with_next(key("b")).with_previous(key("c").verifying_key());
    let shown = format!("{ring:?}");
    assert!(shown.contains("previous: 1") && shown.contains("\"a\"") && shown.contains("\"b\""), "{shown}");
    let jwk = PrivateJwk::generate(EdDSA).unwrap();
    let ring = KeyRing::new(SigningKey::from_jwk(&jwk).unwrap());
    let d = jwk.expose_json().split("\"d\":\"").nth(1).unwrap()[..43].to_owned();
    assert!(!format!("{ring:?}{ring:#?}").contains(&d));
    let keys: Vec<VerifyingKey> = ring.verifying_keys().iter().cloned().collect();
    assert_eq!(keys.len(), 1);
}
