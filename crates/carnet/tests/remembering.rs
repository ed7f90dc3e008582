//! Tokens that come again: what is remembered of them, and what is asked each time.
#![cfg(test)]

use carnet::prelude::*;
use carnet::{KeyRing, KeySource, KeySourceError, LocalKeys, RememberingVerifier, VerifyingKeys};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, LazyLock, Mutex, RwLock, RwLockReadGuard, Weak};
use std::time::Duration;

const ISSUED: i64 = 1_000_000;

fn key(kid: &str) -> SigningKey {
    SigningKey::generate(ES256).unwrap().with_key_id(kid).unwrap()
}

/// A clock that is set by hand.
#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn at(now: i64) -> Self {
        Self(Arc::new(AtomicI64::new(now)))
    }

    fn set(&self, now: i64) {
        self.0.store(now, SeqCst);
    }
}

/// Keys that a test exchanges, or takes away.
#[derive(Clone)]
struct Exchanged(Arc<Mutex<Option<VerifyingKeys>>>);

impl Exchanged {
    fn set(&self, keys: Option<&VerifyingKeys>) {
        *self.0.lock().unwrap() = keys.cloned();
    }
}

impl KeySource for Exchanged {
    type Snapshot<'a> = Arc<VerifyingKeys>;

    fn snapshot(&self) -> Result<Arc<VerifyingKeys>, KeySourceError> {
        self.0.lock().unwrap().clone().map(Arc::new).ok_or_else(|| KeySourceError::new("there are none"))
    }
}

impl LocalKeys for Exchanged {}

type Remembering<K = VerifyingKeys> = RememberingVerifier<Value, K>;

fn verifier(keys: impl Into<VerifyingKeys>, clock: &Hand, tokens: usize) -> Remembering {
    let Hand(clock) = clock.clone();
    let builder = Verifier::builder(keys.into()).issuer("a").audience("b").clock(move || clock.load(SeqCst));
    builder.build().unwrap().remembering(tokens)
}

fn token(key: &SigningKey, number: usize) -> String {
    let token = Token::builder().issuer("a").audience("b").issued_at(ISSUED).expires_at(ISSUED + 600);
    token.claims(&json!({"number": number})).sign(key).unwrap()
}

fn code(outcome: Result<Arc<Verified<Value>>, VerifyError>) -> &'static str {
    outcome.map_or_else(|error| error.code(), |_| "ok")
}

/// Whether a token is read once for both calls.
fn is_remembered<K: LocalKeys>(verifier: &Remembering<K>, token: &str) -> bool {
    Arc::ptr_eq(&verifier.verify(token).unwrap(), &verifier.verify(token).unwrap())
}

#[test]
fn a_token_is_read_once_and_every_other_is_another() {
    let key = key("1");
    let verifier = verifier(key.verifying_key(), &Hand::at(ISSUED), 100);
    let token = token(&key, 7);
    let first = verifier.verify(&token).unwrap();
    assert!(Arc::ptr_eq(&first, &verifier.verify(&token).unwrap()));
    assert!(Arc::ptr_eq(&first, &verifier.clone().verify(&token).unwrap()), "clones have one memory");
    assert_eq!((first.claims()["number"].as_u64(), first.registered().issuer()), (Some(7), Some("a")));
    assert_eq!(first.header().key_id(), Some("1"));
    // Each character counts, of the header, the payload and the signature, and nothing may be before, between or behind them.
    for (place, character) in token.char_indices() {
        let replacement = if character == 'A' { "B" } else { "A" };
        let altered = format!("{}{replacement}{}", &token[..place], &token[place + 1..]);
        assert!(verifier.verify(&altered).is_err(), "{place}");
        assert!(verifier.verify(&format!("{}.{}", &token[..place], &token[place..])).is_err(), "{place}");
    }
    for altered in [format!("{token}."), format!("{token}="), format!(" {token}"), format!("A{token}")] {
        assert!(verifier.verify(&altered).is_err());
    }
    let (message, signature) = token.rsplit_once('.').unwrap();
    assert!(verifier.verify(signature).is_err() && verifier.verify(&format!(".{signature}")).is_err());
    assert!(verifier.verify(message).is_err() && verifier.verify("").is_err() && verifier.verify(".").is_err());
    assert!(Arc::ptr_eq(&first, &verifier.verify(&token).unwrap()));
}

#[test]
fn without_room_nothing_is_remembered() {
    let key = key("1");
    let verifier = verifier(key.verifying_key(), &Hand::at(ISSUED), 0);
    assert!(!is_remembered(&verifier, &token(&key, 1)));
}

/// The limits of `exp`, `nbf`, `iat` and the age, to both sides, of a token that is remembered.
#[test]
fn times_are_asked_of_every_token() {
    let key = key("1");
    let hand = Hand::at(ISSUED + 100);
    let Hand(clock) = hand.clone();
    let builder = Verifier::builder(key.verifying_key()).any_issuer().any_audience().clock(move || clock.load(SeqCst));
    let verifier = builder.max_age(Duration::from_secs(300)).build().unwrap().remembering::<Value>(4);
    let sign = |not_before: i64, expires_at: i64| {
        Token::builder().issued_at(ISSUED).not_before_at(not_before).expires_at(expires_at).sign(&key).unwrap()
    };
    let token = sign(ISSUED + 50, ISSUED + 200);
    let long = sign(ISSUED - 100, ISSUED + 1000);
    let kept = verifier.verify(&token).unwrap();
    assert_eq!(code(verifier.verify(&long)), "ok");
    for (token, now, expected) in [
        (&token, ISSUED + 199, "ok"),
        (&token, ISSUED + 200, "token_expired"),
        (&token, i64::MAX, "token_expired"),
        (&token, ISSUED + 50, "ok"),
        (&token, ISSUED + 49, "token_not_yet_valid"),
        (&token, i64::MIN, "token_not_yet_valid"),
        (&long, ISSUED + 300, "ok"),
        (&long, ISSUED + 301, "token_too_old"),
        (&long, ISSUED, "ok"),
        (&long, ISSUED - 1, "issued_in_future"),
    ] {
        hand.set(now);
        let plain = verifier.verifier().verify::<Value>(token);
        assert_eq!(code(verifier.verify(token)), expected, "{now}");
        assert_eq!(plain.map_or_else(|error| error.code(), |_| "ok"), expected, "{now}");
    }
    hand.set(ISSUED + 100);
    assert!(Arc::ptr_eq(&kept, &verifier.verify(&token).unwrap()), "it was remembered all the time");
}

#[test]
fn what_was_refused_is_not_remembered() {
    let (own, other) = (key("1"), key("1"));
    let hand = Hand::at(ISSUED + 600);
    let verifier = verifier(own.verifying_key(), &hand, 4);
    let forged = token(&other, 1);
    let genuine = token(&own, 1);
    for _ in 0..3 {
        assert_eq!(code(verifier.verify(&forged)), "invalid_signature");
        assert_eq!(code(verifier.verify(&genuine)), "token_expired");
    }
    hand.set(ISSUED);
    assert_eq!((code(verifier.verify(&forged)), code(verifier.verify(&genuine))), ("invalid_signature", "ok"));
}

#[test]
fn the_callers_check_is_made_for_every_token() {
    let key = key("1");
    let verifier = verifier(key.verifying_key(), &Hand::at(ISSUED), 4);
    let token = token(&key, 7);
    let made = Cell::new(0);
    let for_number = |number: u64| {
        let outcome = verifier.verify_with(&token, |claims, header| {
            made.set(made.get() + 1);
            assert_eq!(header.key_id(), Some("1"));
            if claims["number"] == number { Vec::new() } else { vec![Rejection::claim("number")] }
        });
        code(outcome)
    };
    assert_eq!([7, 8, 7, 9].map(for_number), ["ok", "check_failed", "ok", "check_failed"]);
    assert_eq!(made.get(), 4);
}

#[test]
fn a_key_that_leaves_takes_what_it_verified_along() {
    let ring = KeyRing::new(key("1")).with_next(key("2"));
    let verifier = Verifier::builder(ring.clone()).any_issuer().any_audience().build().unwrap().remembering::<Value>(8);
    let sign = || Token::builder().expires_in(Duration::from_secs(600)).sign(&ring.current()).unwrap();
    let token = sign();
    let first = verifier.verify(&token).unwrap();
    assert!(Arc::ptr_eq(&first, &verifier.verify(&token).unwrap()));
    ring.rotate(key("3")).unwrap();
    assert!(!Arc::ptr_eq(&first, &verifier.verify(&token).unwrap()), "other keys verify it anew");
    assert!(is_remembered(&verifier, &token));
    ring.forget_previous(0);
    assert_eq!(code(verifier.verify(&token)), "unknown_key");
    assert!(is_remembered(&verifier, &sign()));
}

/// What keys verified does not count for others, nor for the same ones in another set; and those that come back find nothing but what they verified themselves.
#[test]
fn each_set_of_keys_has_its_own_tokens() {
    let (one, other) = (key("1"), key("2"));
    let (ones, others): (VerifyingKeys, VerifyingKeys) = (one.verifying_key().into(), other.verifying_key().into());
    let keys = Exchanged(Arc::new(Mutex::new(Some(ones.clone()))));
    let verifier = Verifier::builder(keys.clone()).issuer("a").audience("b").at(ISSUED).build().unwrap();
    let verifier = verifier.remembering::<Value>(16);
    let (token, foreign) = (token(&one, 1), token(&other, 1));
    assert!(is_remembered(&verifier, &token));
    assert_eq!(code(verifier.verify(&foreign)), "unknown_key");
    keys.set(Some(&others));
    assert_eq!((code(verifier.verify(&token)), code(verifier.verify(&foreign))), ("unknown_key", "ok"));
    keys.set(Some(&ones));
    let kept = verifier.verify(&token).unwrap();
    assert_eq!(code(verifier.verify(&foreign)), "unknown_key");
    keys.set(None);
    assert_eq!(code(verifier.verify(&token)), "key_source_unavailable");
    // The same key in another set.
    keys.set(Some(&one.verifying_key().into()));
    assert!(!Arc::ptr_eq(&kept, &verifier.verify(&token).unwrap()));
}

/// There are never more tokens than there is room for, and the last one is among them.
#[test]
fn memory_is_bounded() {
    let key = key("1");
    for room in [1, 4, 5, 40] {
        let verifier = verifier(key.verifying_key(), &Hand::at(ISSUED), room);
        let mut seen: Vec<Weak<_>> = Vec::new();
        for number in 0..room * 5 {
            let token = token(&key, number);
            seen.push(Arc::downgrade(&verifier.verify(&token).unwrap()));
            assert!(is_remembered(&verifier, &token), "what came last is there");
            let alive = seen.iter().filter(|token| token.strong_count() > 0).count();
            assert!(alive <= room.next_multiple_of(4), "{alive} of {room}");
        }
    }
}

/// What older keys verified makes room.
#[test]
fn tokens_of_older_keys_give_way() {
    let keys = [key("1"), key("2")];
    let sets: [VerifyingKeys; 2] = [0, 1].map(|number: usize| keys[number].verifying_key().into());
    let source = Exchanged(Arc::new(Mutex::new(Some(sets[0].clone()))));
    let verifier = Verifier::builder(source.clone()).any_issuer().any_audience().at(ISSUED).build().unwrap();
    let verifier = verifier.remembering::<Value>(4);
    let tokens = [0, 1].map(|set: usize| [0, 1, 2, 3].map(|number| token(&keys[set], number)));
    for (set, tokens) in sets.iter().zip(&tokens) {
        source.set(Some(set));
        for token in tokens {
            verifier.verify(token).unwrap();
        }
        assert!(tokens.iter().all(|token| is_remembered(&verifier, token)));
    }
    source.set(Some(&sets[0]));
    let alive: HashSet<bool> = tokens[0].iter().map(|token| is_remembered(&verifier, token)).collect();
    assert_eq!(alive, HashSet::from([true]), "and they give way themselves");
}

#[test]
fn several_threads_have_one_memory() {
    let key = key("1");
    let verifier = verifier(key.verifying_key(), &Hand::at(ISSUED), 16);
    let tokens: Vec<String> = (0..40).map(|number| token(&key, number)).collect();
    let forged: Vec<String> = tokens.iter().map(|token| format!("{}AAAA", &token[..token.len() - 4])).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for (number, (token, forged)) in tokens.iter().zip(&forged).enumerate() {
                    assert_eq!(verifier.verify(token).unwrap().claims()["number"], number);
                    assert!(verifier.verify(forged).is_err());
                }
            });
        }
    });
}

#[test]
fn nothing_of_a_token_is_shown() {
    let key = key("1");
    let verifier = verifier(key.verifying_key(), &Hand::at(ISSUED), 4);
    let token = token(&key, 424_242);
    let verified = verifier.verify(&token).unwrap();
    let shown = format!("{verifier:?} {verified:?}");
    assert!(!shown.contains("424242") && token.split('.').all(|part| !shown.contains(part)));
}

/// Secrets sign tokens too, and these are remembered as well.
#[test]
fn tokens_of_shared_secrets_are_remembered() {
    let secret = Secret::from_bytes([7; 32]).unwrap();
    let (signing, keys) = (SigningKey::from_secret(HS256, &secret), VerifyingKey::from_secret(HS256, &secret));
    let verifier = verifier(keys.unwrap(), &Hand::at(ISSUED), 4);
    assert!(is_remembered(&verifier, &token(&signing.unwrap(), 1)));
}

static KEYS: LazyLock<[SigningKey; 2]> = LazyLock::new(|| [key("1"), key("2")]);
static TOKENS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut tokens = Vec::new();
    for key in &*KEYS {
        for (issuer, not_before, expires_at) in [("a", 0, 60), ("a", 30, 90), ("a", 100, 101), ("other", 0, 100)] {
            let token = Token::builder().issuer(issuer).audience("b").issued_at(ISSUED);
            let token = token.not_before_at(ISSUED + not_before).expires_at(ISSUED + expires_at);
            tokens.push(token.sign(key).unwrap());
        }
    }
    let forged = format!("{}AAAA", &tokens[0][..tokens[0].len() - 4]);
    tokens.extend([forged, "a.b.c".to_owned()]);
    tokens
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever comes when, and under whichever keys, the outcome is that of a verifier which remembers nothing.
    #[test]
    fn the_outcome_is_that_without_a_memory(steps in prop::collection::vec((0..10_usize, -10..120_i64, 0..4_usize), 1..60)) {
        let hand = Hand::at(ISSUED);
        let Hand(clock) = hand.clone();
        let sets: Vec<VerifyingKeys> = vec![
            KEYS.iter().map(SigningKey::verifying_key).collect(),
            KEYS[0].verifying_key().into(),
            KEYS[1].verifying_key().into(),
        ];
        let source = Exchanged(Arc::new(Mutex::new(None)));
        let builder = Verifier::builder(source.clone()).issuer("a").audience("b").clock(move || clock.load(SeqCst));
        let verifier = builder.max_age(Duration::from_secs(80)).build().unwrap().remembering::<Value>(4);
        for (number, after, set) in steps {
            hand.set(ISSUED.saturating_add(after));
            source.set(sets.get(set));
            let token = &TOKENS[number];
            let plain = verifier.verifier().verify::<Value>(token).map(|token| token.claims_json().to_owned());
            let remembered = verifier.verify(token).map(|token| token.claims_json().to_owned());
            prop_assert_eq!(plain.map_err(|error| error.to_string()), remembered.map_err(|error| error.to_string()));
        }
    }
}

/// Keys behind a lock, whose snapshot holds it.
struct Locked(RwLock<VerifyingKeys>);

impl KeySource for Locked {
    type Snapshot<'a> = RwLockReadGuard<'a, VerifyingKeys>;

    fn snapshot(&self) -> Result<RwLockReadGuard<'_, VerifyingKeys>, KeySourceError> {
        self.0.read().map_err(|_| KeySourceError::new("a writer panicked"))
    }
}

impl LocalKeys for Locked {}

/// What a check does, rotate keys even, it does after the keys were let go of.
#[test]
fn the_callers_check_may_exchange_the_keys() {
    let key = key("1");
    let keys = Arc::new(Locked(RwLock::new(key.verifying_key().into())));
    let verifier = Verifier::builder(Arc::clone(&keys)).any_issuer().any_audience().at(ISSUED).build().unwrap();
    let verifier = verifier.remembering::<Value>(4);
    let token = token(&key, 1);
    for _ in 0..3 {
        let outcome = verifier.verify_with(&token, |_, _| {
            assert!(keys.0.try_write().is_ok());
            Vec::new()
        });
        assert!(outcome.is_ok());
    }
    assert!(is_remembered(&verifier, &token));
}

/// Whoever verifies a token at the same time as others does not give it a second place.
#[test]
fn a_token_has_one_place() {
    let key = key("1");
    let (verifier, token) = (verifier(key.verifying_key(), &Hand::at(ISSUED), 4), token(&key, 1));
    let inner = Cell::new(None);
    // While it was verified here, somebody else verified and remembered it.
    let outer = verifier.verify_with(&token, |_, _| {
        inner.set(Some(verifier.verify(&token).unwrap()));
        Vec::new()
    });
    let (outer, inner) = (outer.unwrap(), inner.into_inner().unwrap());
    assert!(!Arc::ptr_eq(&outer, &inner) && Arc::strong_count(&inner) == 1, "the later one took its place");
    assert!(Arc::ptr_eq(&outer, &verifier.verify(&token).unwrap()));
}
