//! What is remembered of a token, and what is not.
#![cfg(test)]

use carnet::SignatureCache;
use carnet::jws::{JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use carnet::{KeyRing, VerifyError};
use serde::de::IgnoredAny;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

fn key(kid: &str) -> SigningKey {
    SigningKey::generate(ES256).unwrap().with_key_id(kid).unwrap()
}

fn counts(cache: &SignatureCache) -> (u64, u64) {
    (cache.hits(), cache.misses())
}

#[test]
fn exactly_this_token_under_this_key() {
    let (one, other) = (key("1"), key("2"));
    let cache = SignatureCache::new(100).unwrap();
    let verifier = |key: &SigningKey| JwsVerifier::new(key.verifying_key()).signature_cache(cache.clone());
    let token = JwsBuilder::new().key_id("1").sign(b"payload", &one).unwrap();
    assert!(verifier(&one).verify(&token).is_ok());
    assert_eq!(counts(&cache), (0, 1));
    assert!(verifier(&one).verify(&token).is_ok());
    assert_eq!(counts(&cache), (1, 1));
    // Another key of the same name, and the same key under another algorithm's name.
    let namesake = VerifyingKey::from_jwk(&other.public_jwk().unwrap()).unwrap().with_key_id("1");
    assert!(JwsVerifier::new(namesake).signature_cache(cache.clone()).verify(&token).is_err());
    // The same public key read anew is the same key.
    let again = VerifyingKey::from_jwk(&one.public_jwk().unwrap()).unwrap();
    assert!(JwsVerifier::new(again).signature_cache(cache.clone()).verify(&token).is_ok());
    assert_eq!(counts(&cache), (2, 2));
    // Every other token is another: each character of it counts.
    for (place, character) in token.char_indices() {
        let replacement = if character == 'A' { "B" } else { "A" };
        let altered = format!("{}{replacement}{}", &token[..place], &token[place + 1..]);
        assert!(verifier(&one).verify(&altered).is_err(), "{place}");
    }
    assert_eq!(cache.hits(), 2);
}

#[test]
fn failures_are_not_remembered_and_secrets_are_not_looked_for() {
    let cache = SignatureCache::new(100).unwrap();
    let (one, other) = (key("1"), key("1"));
    let forged = JwsBuilder::new().sign(b"payload", &other).unwrap();
    let verifier = JwsVerifier::new(one.verifying_key()).signature_cache(cache.clone());
    for _ in 0..3 {
        assert!(verifier.verify(&forged).is_err());
    }
    assert_eq!(counts(&cache), (0, 3));
    let secret = Secret::from_bytes([7; 32]).unwrap();
    let token = JwsBuilder::new().sign(b"x", &SigningKey::from_secret(HS256, &secret).unwrap()).unwrap();
    let verifier = JwsVerifier::new(VerifyingKey::from_secret(HS256, &secret).unwrap()).signature_cache(cache.clone());
    assert!(verifier.verify(&token).is_ok() && verifier.verify(&token).is_ok());
    assert_eq!(counts(&cache), (0, 3));
}

#[test]
fn everything_else_is_checked_for_every_token() {
    let key = key("1");
    let cache = SignatureCache::new(100).unwrap();
    let now = Arc::new(AtomicI64::new(1000));
    let clock = Arc::clone(&now);
    let builder = || Verifier::builder(key.verifying_key()).issuer("a").audience("b").signature_cache(cache.clone());
    let verifier = builder().clock(move || clock.load(Relaxed)).build().unwrap();
    let token = Token::builder().issuer("a").audience("b").expires_at(2000).at(1000).sign(&key).unwrap();
    assert!(verifier.verify::<IgnoredAny>(&token).is_ok() && verifier.verify::<IgnoredAny>(&token).is_ok());
    now.store(2000, Relaxed);
    assert_eq!(verifier.verify::<IgnoredAny>(&token).unwrap_err().code(), "token_expired");
    assert_eq!(counts(&cache), (2, 1));
    // Another policy and another list of algorithms over the same cache.
    let strict = builder().required_claims(["x"]).at(1000).build().unwrap();
    assert_eq!(strict.verify::<IgnoredAny>(&token).unwrap_err().code(), "claim_missing");
    let other = builder().algorithms([ES256, ES384]).at(1000).typ("at+jwt").build().unwrap();
    assert_eq!(other.verify::<IgnoredAny>(&token).unwrap_err().code(), "wrong_typ");
    let none = JwsVerifier::new(key.verifying_key()).algorithms([RS256]).signature_cache(cache.clone());
    assert_eq!(none.verify(&token).unwrap_err().code(), "algorithm_not_allowed");
}

#[test]
fn a_key_that_leaves_takes_what_it_verified_along() {
    let cache = SignatureCache::new(100).unwrap();
    let ring = KeyRing::new(key("1")).with_next(key("2"));
    let verifier =
        Verifier::builder(ring.clone()).any_issuer().any_audience().signature_cache(cache.clone()).build().unwrap();
    let token = Token::builder().expires_in(std::time::Duration::from_secs(60)).sign(&ring.current()).unwrap();
    for _ in 0..2 {
        assert!(verifier.verify::<IgnoredAny>(&token).is_ok());
    }
    ring.rotate(key("3")).unwrap();
    assert!(verifier.verify::<IgnoredAny>(&token).is_ok(), "it verifies still");
    assert_eq!(cache.hits(), 2);
    ring.forget_previous(0);
    assert!(matches!(verifier.verify::<IgnoredAny>(&token), Err(VerifyError::UnknownKey { .. })));
    assert_eq!(cache.hits(), 2);
}

#[test]
fn memory_is_fixed_and_old_entries_give_way() {
    for entries in [0, 1, 4, 5, 100] {
        let cache = SignatureCache::new(entries).unwrap();
        let kept = entries.div_ceil(4).max(1) * 4;
        assert!(format!("{cache:?}").starts_with(&format!("SignatureCache {{ entries: {kept}, hits: 0, misses: 0")));
        let key = key("1");
        let verifier = JwsVerifier::new(key.verifying_key()).signature_cache(cache.clone());
        let tokens: Vec<String> =
            (0..kept * 3).map(|n| JwsBuilder::new().sign(n.to_string().as_bytes(), &key).unwrap()).collect();
        for token in tokens.iter().chain(&tokens) {
            assert!(verifier.verify(token).is_ok());
        }
        assert!(cache.hits() <= u64::try_from(kept).unwrap(), "{entries}");
        let last = tokens.last().unwrap();
        let before = cache.hits();
        assert!(verifier.verify(last).is_ok() && cache.hits() == before + 1, "what came last is there");
    }
}

#[test]
fn several_threads_use_one_cache() {
    let key = key("1");
    let cache = SignatureCache::new(64).unwrap();
    let verifier = JwsVerifier::new(key.verifying_key()).signature_cache(cache.clone());
    let tokens: Vec<String> = (0..40_u8).map(|n| JwsBuilder::new().sign(&[n], &key).unwrap()).collect();
    let forged: Vec<String> = tokens.iter().map(|token| format!("{}AAAA", &token[..token.len() - 4])).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for (n, (token, forged)) in (0_u8..).zip(tokens.iter().zip(&forged)) {
                    assert_eq!(verifier.verify(token).unwrap().payload(), [n]);
                    assert!(verifier.verify(forged).is_err());
                }
            });
        }
    });
    assert_eq!(cache.hits() + cache.misses(), 4 * 80);
}
