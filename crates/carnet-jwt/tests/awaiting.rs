//! When a verifier has its source look for keys, and what it makes of the answer.
#![cfg(test)]
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

use carnet_jwa::Algorithm::HS256;
use carnet_jwk::{KeyMiss, KeySource, KeySourceError, Secret, SigningKey, VerifyingKey, VerifyingKeys};
use carnet_jwt::{Token, Verifier, VerifierSet, VerifyError};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use serde_json::Value;
use std::sync::{Arc, Mutex};

const ISSUER: &str = "https://auth.example.com/";
const NOW: i64 = 1_000;

/// What a search for keys ends in.
#[derive(Clone)]
enum Search {
    Nothing,
    Found(Vec<&'static str>),
    Failed,
}

/// A source that writes down what it is asked for.
struct Scripted {
    keys: Mutex<Option<Arc<VerifyingKeys>>>,
    search: Search,
    misses: Mutex<Vec<String>>,
}

impl KeySource for Scripted {
    type Snapshot<'a> = Arc<VerifyingKeys>;

    fn snapshot(&self) -> Result<Arc<VerifyingKeys>, KeySourceError> {
        self.keys.lock().unwrap().clone().ok_or_else(|| KeySourceError::new("nothing yet"))
    }

    async fn refresh(&self, miss: KeyMiss<'_>) -> Result<bool, KeySourceError> {
        self.misses.lock().unwrap().push(match miss {
            KeyMiss::Keys { key_id } => format!("keys, {key_id:?} among them"),
            KeyMiss::Key { key_id, .. } => format!("key {key_id:?}"),
            _ => unreachable!(),
        });
        match &self.search {
            Search::Nothing => Ok(false),
            Search::Found(names) => {
                *self.keys.lock().unwrap() = Some(keys(names));
                Ok(true)
            }
            Search::Failed => Err(KeySourceError::new("no answer").with_retry_after(Duration::from_secs(3))),
        }
    }
}

fn secret(name: &str) -> Secret {
    Secret::from_bytes(format!("{name:.>32}").into_bytes()).unwrap()
}

fn signing(name: &str) -> SigningKey {
    SigningKey::from_secret(HS256, &secret(name)).unwrap().with_key_id(name).unwrap()
}

fn keys(names: &[&str]) -> Arc<VerifyingKeys> {
    Arc::new(names.iter().map(|name| signing(name).verifying_key()).collect())
}

fn source(keys_at_first: Option<&[&str]>, search: Search) -> Arc<Scripted> {
    Arc::new(Scripted { keys: Mutex::new(keys_at_first.map(keys)), search, misses: Mutex::default() })
}

fn verifier(source: &Arc<Scripted>) -> Verifier<Arc<Scripted>> {
    Verifier::builder(Arc::clone(source)).issuer(ISSUER).audience("api").algorithms([HS256]).at(NOW).build().unwrap()
}

fn token(key: &str, issuer: &str, expires_at: i64) -> String {
    let builder = Token::builder().issuer(issuer).audience("api").at(expires_at.saturating_sub(60));
    builder.expires_in(Duration::from_secs(60)).sign(&signing(key)).unwrap()
}

/// None of these sources ever waits.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("pending"),
    }
}

fn code(source: &Arc<Scripted>, token: &str) -> &'static str {
    match now(verifier(source).verify_async::<Value>(token)) {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

fn misses(source: &Scripted) -> Vec<String> {
    source.misses.lock().unwrap().clone()
}

#[test]
fn keys_at_hand_are_enough() {
    let source = source(Some(&["a"]), Search::Failed);
    assert_eq!(code(&source, &token("a", ISSUER, 2_000)), "ok");
    assert!(misses(&source).is_empty());
}

#[test]
fn an_unknown_key_is_looked_for_once() {
    let new = token("b", ISSUER, 2_000);
    let found = source(Some(&["a"]), Search::Found(vec!["a", "b"]));
    assert_eq!(code(&found, &new), "ok");
    assert_eq!(misses(&found), [r#"key Some("b")"#]);

    let in_vain = source(Some(&["a"]), Search::Found(vec!["a", "c"]));
    assert_eq!(code(&in_vain, &new), "unknown_key");
    assert_eq!(misses(&in_vain).len(), 1, "once for each token");

    let nothing = source(Some(&["a"]), Search::Nothing);
    assert_eq!(code(&nothing, &new), "unknown_key");
}

#[test]
fn a_failed_search_is_not_the_tokens_fault() {
    for keys_at_first in [None, Some(["a"].as_slice())] {
        let source = source(keys_at_first, Search::Failed);
        let error = now(verifier(&source).verify_async::<Value>(&token("b", ISSUER, 2_000))).unwrap_err();
        let VerifyError::KeySource(error) = error else { panic!("{error:?}") };
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
    }
}

/// The first token after a start gets the answer that every later one gets.
#[test]
fn what_is_wrong_with_a_token_is_said_once_there_are_keys() {
    for (token, expected) in [
        (token("a", ISSUER, NOW), "token_expired"),
        (token("a", "https://other.example/", 2_000), "issuer_mismatch"),
        (token("b", ISSUER, NOW), "unknown_key"),
    ] {
        let source = source(None, Search::Found(vec!["a"]));
        assert_eq!((code(&source, &token), code(&source, &token)), (expected, expected));
    }
}

#[test]
fn where_there_are_no_keys_at_all_they_are_awaited() {
    let source = source(None, Search::Found(vec!["a"]));
    assert_eq!(code(&source, &token("a", ISSUER, 2_000)), "ok");
    assert_eq!(misses(&source), [r#"keys, Some("a") among them"#]);
}

/// Each of these would be refused whatever the keys are. Where there are none at all, it takes keys to say so.
#[test]
fn hopeless_tokens_cause_no_search() {
    let other_algorithm = {
        let key = SigningKey::from_secret(carnet_jwa::Algorithm::HS512, &Secret::from_bytes([b'.'; 64]).unwrap());
        let builder = Token::builder().issuer(ISSUER).audience("api").at(NOW).expires_in(Duration::from_secs(60));
        builder.sign(&key.unwrap().with_key_id("b").unwrap()).unwrap()
    };
    let with_claims = |claims: &str| {
        let builder = carnet_jws::JwsBuilder::new();
        builder.sign(claims.as_bytes(), &signing("b")).unwrap()
    };
    let forged = {
        let mut token = token("a", ISSUER, 2_000);
        let last = token.pop().unwrap();
        token.push(if last == 'A' { 'E' } else { 'A' });
        token
    };
    for (token, with_keys, without) in [
        ("garbage".to_owned(), "malformed", "malformed"),
        (other_algorithm, "algorithm_not_allowed", "algorithm_not_allowed"),
        (token("b", "https://other.example/", 2_000), "unknown_key", "key_source_unavailable"),
        (token("b", ISSUER, NOW), "unknown_key", "key_source_unavailable"),
        (token(&"k".repeat(257), ISSUER, 2_000), "unknown_key", "key_source_unavailable"),
        (with_claims(r#"{"aud":"api","exp":2000}"#), "unknown_key", "key_source_unavailable"),
        (with_claims(r#"{"iss":"https://auth.example.com/","aud":"api"}"#), "unknown_key", "key_source_unavailable"),
        (with_claims(r#"{"iss":"https://auth.example.com/","exp":"2000"}"#), "unknown_key", "key_source_unavailable"),
        (
            with_claims(r#"{"iss":"https://auth.example.com/","exp":2000,"nbf":"x"}"#),
            "unknown_key",
            "key_source_unavailable",
        ),
        (with_claims("no claims"), "unknown_key", "key_source_unavailable"),
        (forged, "invalid_signature", "key_source_unavailable"),
    ] {
        let some = source(Some(&["a"]), Search::Nothing);
        assert_eq!(code(&some, &token), with_keys, "{token}");
        assert!(misses(&some).is_empty(), "{token}");

        let none = source(None, Search::Nothing);
        assert_eq!(code(&none, &token), without, "{token}");
        assert_eq!(misses(&none).len(), usize::from(without == "key_source_unavailable"), "{token}");
        assert!(misses(&none).iter().all(|miss| !miss.contains("kkk")), "{token}");
    }
}

#[test]
fn the_longest_key_id_that_is_looked_for() {
    let source = source(Some(&["a"]), Search::Nothing);
    assert_eq!(code(&source, &token(&"k".repeat(256), ISSUER, 2_000)), "unknown_key");
    assert_eq!(misses(&source).len(), 1);
}

#[test]
fn leeway_counts_and_an_optional_expiry_too() {
    let source = source(Some(&["a"]), Search::Nothing);
    let lenient = Verifier::builder(Arc::clone(&source)).issuer(ISSUER).audience("api").algorithms([HS256]);
    let lenient = lenient.leeway(Duration::from_secs(10)).expiry_optional().at(NOW).build().unwrap();
    let builder = Token::builder().issuer(ISSUER).audience("api").never_expires().at(NOW);
    let endless = builder.sign(&signing("b")).unwrap();
    for (token, asked) in [(token("b", ISSUER, NOW - 9), 1), (endless, 1), (token("b", ISSUER, NOW - 10), 0)] {
        source.misses.lock().unwrap().clear();
        assert_eq!(now(lenient.verify_async::<Value>(&token)).unwrap_err().code(), "unknown_key");
        assert_eq!(misses(&source).len(), asked, "{token}");
    }
}

#[test]
fn typed_checks_run_on_the_second_try_as_well() {
    let source = source(None, Search::Found(vec!["a"]));
    let typed = Verifier::builder(Arc::clone(&source)).issuer(ISSUER).audience("api").algorithms([HS256]).at(NOW);
    let typed = typed.check(|_: &Value| Err(carnet_jwt::Rejection::claim("tenant"))).build().unwrap();
    assert_eq!(now(typed.verify_async(&token("a", ISSUER, 2_000))).unwrap_err().code(), "check_failed");
}

/// Attack B6: two issuers have a key of the same name.
#[test]
fn only_the_tokens_own_issuer_is_asked() {
    let (one, other) = (source(Some(&["1"]), Search::Nothing), source(None, Search::Found(vec!["1"])));
    let of = |source: &Arc<Scripted>, issuer: &str| {
        let builder = Verifier::builder(Arc::clone(source)).issuer(issuer).audience("api").algorithms([HS256]);
        builder.at(NOW).build().unwrap()
    };
    let set = VerifierSet::new([of(&one, ISSUER), of(&other, "https://other.example/")]).unwrap();
    assert!(now(set.verify_async::<Value>(&token("1", "https://other.example/", 2_000))).is_ok());
    assert_eq!((misses(&one).len(), misses(&other).len()), (0, 1));
    let stranger = now(set.verify_async::<Value>(&token("1", "https://third.example/", 2_000))).unwrap_err();
    assert_eq!(stranger.code(), "unknown_issuer");
    assert_eq!((misses(&one).len(), misses(&other).len()), (0, 1));
}

/// A web framework moves it between threads.
#[test]
fn the_future_is_send() {
    fn is_send<T: Send>(_: T) {}
    let source = source(None, Search::Nothing);
    is_send(verifier(&source).verify_async::<Value>(""));
    let key = VerifyingKey::from_secret(HS256, &secret("a")).unwrap();
    is_send(Verifier::builder(key).any_issuer().any_audience().build().unwrap().verify_async::<Value>(""));
}
