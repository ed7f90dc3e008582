//! Tokens that were revoked, and lists that fail (part b5 of the semantics; rows 6 and 14).

use crate::client::Client;
use crate::shop::{API, ISSUER};
use crate::shop::{Shop, assert_passed, assert_refused};
use carnet::oauth::{AccessToken, AccessTokenVerifier, DpopVerifier};
use carnet::prelude::*;
use carnet::testing::Issuer;
use carnet::tower::{CookieCredentials, ProtectLayer, Revocation, RevocationError, RevocationFuture, RevocationList};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const INVALID: &str = r#"Bearer realm="api", error="invalid_token", error_description="The access token is invalid""#;

#[derive(Clone, Copy)]
enum Mood {
    Well,
    Down,
    Silent,
    Slow(Duration),
}

#[derive(Clone)]
struct List(Arc<Entries>);

struct Entries {
    asked: AtomicUsize,
    revoked: Mutex<(Mood, Vec<String>)>,
}

impl List {
    fn new() -> Self {
        Self(Arc::new(Entries { asked: AtomicUsize::new(0), revoked: Mutex::new((Mood::Well, Vec::new())) }))
    }

    fn is(&self, mood: Mood) {
        self.0.revoked.lock().unwrap().0 = mood;
    }

    fn revoke(&self, id: &str) {
        self.0.revoked.lock().unwrap().1.push(id.to_owned());
    }

    fn asked(&self) -> usize {
        self.0.asked.load(SeqCst)
    }
}

impl RevocationList for List {
    fn is_revoked<'a>(&'a self, token: &'a AccessToken) -> RevocationFuture<'a> {
        self.0.asked.fetch_add(1, SeqCst);
        let (mood, revoked) = self.0.revoked.lock().unwrap().clone();
        Box::pin(async move {
            match mood {
                Mood::Well => {}
                Mood::Down => return Err(RevocationError::new("the list is down")),
                Mood::Silent => std::future::pending().await,
                Mood::Slow(time) => tokio::time::sleep(time).await,
            }
            Ok(token.registered().id().is_some_and(|id| revoked.iter().any(|own| own == id)))
        })
    }
}

async fn shop(revocation: impl FnOnce(List) -> Revocation) -> (Shop, List) {
    let list = List::new();
    let revocation = revocation(list.clone());
    (Shop::with(|settings| settings.revocation(revocation)).await, list)
}

#[tokio::test]
async fn a_revoked_token_is_invalid_at_once_or_after_a_moment() {
    let (shop, list) = shop(Revocation::always).await;
    let token = shop.token_with(&json!({"jti": "one"}));
    assert_passed(&shop.with_bearer("/any", &token).await, "GET by user-1");
    list.revoke("one");
    assert_refused(&shop.with_bearer("/any", &token).await, 401, "token_revoked", &[INVALID]);
    assert_eq!(list.asked(), 2);
    // What is refused anyway is not asked for.
    assert_eq!(shop.with_bearer("/any", "a.b.c").await.status, 401);
    assert_eq!(list.asked(), 2);

    let kept = Duration::from_millis(800);
    let (shop, list) = self::shop(|list| Revocation::cached(list).kept_for(kept)).await;
    let token = shop.token_with(&json!({"jti": "one"}));
    let other = shop.token_with(&json!({"jti": "two"}));
    for _ in 0..5 {
        assert_passed(&shop.with_bearer("/any", &token).await, "GET by user-1");
    }
    assert_eq!(list.asked(), 1);
    list.revoke("one");
    assert_passed(&shop.with_bearer("/any", &other).await, "GET by user-1");
    assert_eq!(list.asked(), 2, "each token is asked for by itself");
    tokio::time::sleep(kept).await;
    assert_refused(&shop.with_bearer("/any", &token).await, 401, "token_revoked", &[INVALID]);
    tokio::time::sleep(kept).await;
    assert_refused(&shop.with_bearer("/any", &token).await, 401, "token_revoked", &[INVALID]);
    assert_eq!(list.asked(), 3, "that a token was revoked is kept until it expires");
}

/// However far away the expiry is: it bounds how long an answer is kept, and is the issuer's to choose.
#[tokio::test]
async fn a_revoked_token_that_expires_in_the_year_9999() {
    let (shop, list) = shop(|list| Revocation::cached(list).kept_for(Duration::MAX)).await;
    list.revoke("one");
    let token = |id: &str| {
        let token = shop.issuer.access_token(API).subject("user-1").id(id.to_owned()).expires_at(253_402_300_799);
        shop.issuer.sign(&token.claims(&json!({"client_id": "web"}))).unwrap()
    };
    for _ in 0..7 {
        assert_refused(&shop.with_bearer("/any", &token("one")).await, 401, "token_revoked", &[INVALID]);
        assert_passed(&shop.with_bearer("/any", &token("two")).await, "GET by user-1");
    }
    assert_eq!(list.asked(), 2);
}

/// A token is named by its issuer and its `jti`, whatever its text.
#[tokio::test]
async fn another_text_of_the_same_token_is_the_same_token() {
    let (shop, list) = shop(Revocation::cached).await;
    let [one, again] = ["a", "b"].map(|salt| shop.token_with(&json!({"jti": "one", "salt": salt})));
    list.revoke("one");
    assert_refused(&shop.with_bearer("/any", &one).await, 401, "token_revoked", &[INVALID]);
    assert_refused(&shop.with_bearer("/any", &again).await, 401, "token_revoked", &[INVALID]);
    assert_eq!(list.asked(), 1);
}

/// However the token came.
#[tokio::test]
async fn revoked_tokens_are_refused_from_cookies_and_with_proofs() {
    let (list, client) = (List::new(), Client::new());
    let asking = list.clone();
    let shop = Shop::of(|issuer, builder| {
        let proofs = DpopVerifier::builder([ES256]).clock(issuer.clock()).build().unwrap();
        let cookie = CookieCredentials::new("__Host-at", "https://app.example.com").unwrap();
        builder.revocation(Revocation::cached(asking)).cookie(cookie).dpop(proofs, "https://api.example.com")
    });
    let shop = shop.await;
    list.revoke("one");
    let cookie = format!("cookie: __Host-at={}", shop.token_with(&json!({"jti": "one"})));
    let response = shop.get("/any", &[&cookie]).await;
    assert!(response.status == 401 && response.body.contains("token_revoked"), "{response:?}");
    let bound = shop.token_with(&json!({"cnf": client.confirmation(), "jti": "one"}));
    let response = client.get(&shop, "/any", &bound).await;
    assert!(response.status == 401 && response.body.contains("token_revoked"), "{response:?}");
    assert_eq!(client.get(&shop, "/any", &client.token(&shop)).await.status, 200);
}

/// A name is the issuer's own.
#[tokio::test]
async fn the_same_jti_of_another_issuer_is_another_token() {
    let (issuer, list) = (Issuer::new(ISSUER).unwrap(), List::new());
    let policy = Verifier::builder(issuer.jwk_set().verifying_keys()).issuers([ISSUER, "https://other.example/"]);
    let policy = policy.audience(API).clock(issuer.clock()).build().unwrap();
    let builder = ProtectLayer::builder(AccessTokenVerifier::with_policy(policy));
    let protect = builder.revocation(Revocation::cached(list.clone())).build().unwrap();
    let shop = Shop::behind(issuer, protect).await;
    for issuer in [ISSUER, "https://other.example/"] {
        let token = shop.issuer.token(API).issuer(issuer).subject("user-1").id("one");
        assert_eq!(shop.with_bearer("/any", &shop.issuer.sign(&token).unwrap()).await.status, 200);
    }
    assert_eq!(list.asked(), 2);
}

/// Requests that go away while the list is asked take nothing from those that wait, and do not hide that it hangs.
#[tokio::test]
async fn dropped_requests_are_nobodys_loss() {
    let (shop, list) = shop(|list| Revocation::cached(list).timeout(Duration::from_millis(300))).await;
    list.is(Mood::Slow(Duration::from_millis(100)));
    let gone = async |token: &str| {
        let request = format!("GET /any HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n");
        let stream = tokio::net::TcpStream::connect(shop.address).await.unwrap();
        stream.writable().await.unwrap();
        stream.try_write(request.as_bytes()).unwrap();
        stream
    };
    let until = async |asked: usize| {
        while list.asked() < asked {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let token = shop.token();
    let first = gone(&token).await;
    until(1).await;
    drop(first);
    for _ in 0..250 {
        drop(gone(&token).await);
    }
    assert_passed(&shop.with_bearer("/any", &token).await, "GET by user-1");
    assert!(list.asked() <= 10, "{}", list.asked());

    list.is(Mood::Silent);
    let before = list.asked();
    for number in 1..=5 {
        let stream = gone(&shop.token()).await;
        until(before + number).await;
        drop(stream);
    }
    tokio::time::sleep(Duration::from_millis(320)).await;
    let response = shop.with_bearer("/any", &shop.token()).await;
    assert_refused(&response, 503, "revocation_unavailable", &[]);
    assert_eq!(list.asked(), before + 5, "those that were dropped are failures, and the list is left alone");
}

#[tokio::test]
async fn tokens_without_jti_are_asked_for_every_time() {
    let (issuer, list) = (Issuer::new(ISSUER).unwrap(), List::new());
    let clock = issuer.clock();
    let builder = AccessTokenVerifier::builder(issuer.jwk_set().verifying_keys(), ISSUER, API).lenient();
    let verifier = builder.policy(|policy| policy.clock(clock)).build().unwrap();
    let protect = ProtectLayer::builder(verifier).revocation(Revocation::cached(list.clone())).build().unwrap();
    let shop = Shop::behind(issuer, protect).await;
    let token = shop.issuer.token(API).subject("user-1").claims(&json!({"scope": "orders:read"}));
    let token = shop.issuer.sign(&token).unwrap();
    for _ in 0..3 {
        assert_passed(&shop.with_bearer("/any", &token).await, "GET by user-1");
    }
    assert_eq!(list.asked(), 3);
}

#[tokio::test]
async fn of_many_requests_at_once_one_asks() {
    let (shop, list) = shop(Revocation::cached).await;
    list.is(Mood::Slow(Duration::from_millis(100)));
    let (shop, token) = (Arc::new(shop), Arc::new(String::new()));
    let token = Arc::new([&**token, &shop.token()].concat());
    let requests: Vec<_> = (0..16)
        .map(|_| {
            let (shop, token) = (Arc::clone(&shop), Arc::clone(&token));
            tokio::spawn(async move { shop.with_bearer("/any", &token).await.status })
        })
        .collect();
    for request in requests {
        assert_eq!(request.await.unwrap(), 200);
    }
    assert_eq!(list.asked(), 1);
}

/// Row 14: a list that fails closes the service with 503, and says when to come again.
#[tokio::test]
async fn a_list_that_fails_closes_the_service() {
    for mood in [Mood::Down, Mood::Silent] {
        for make in [Revocation::always, Revocation::cached] {
            let (shop, list) = shop(|list| make(list).timeout(Duration::from_millis(50))).await;
            list.is(mood);
            let token = shop.token();
            for _ in 0..5 {
                let response = shop.with_bearer("/any", &token).await;
                assert_refused(&response, 503, "revocation_unavailable", &[]);
                assert_eq!(response.one("retry-after"), Some("1"));
            }
            assert_eq!(list.asked(), 5);
            assert_refused(&shop.with_bearer("/any", &token).await, 503, "revocation_unavailable", &[]);
            assert_eq!(list.asked(), 5, "after five failures in a row it is left alone");
            list.is(Mood::Well);
            tokio::time::sleep(Duration::from_millis(1010)).await;
            assert_passed(&shop.with_bearer("/any", &token).await, "GET by user-1");
            assert_eq!(list.asked(), 6);
        }
    }
}

#[tokio::test]
async fn failing_open_is_bounded_by_the_age_of_tokens() {
    let list = List::new();
    let revocation = Revocation::always(list.clone()).dangerous_fail_open(Duration::from_secs(60));
    let shop = Shop::with(|settings| settings.revocation(revocation.clone())).await;
    let token = shop.token_with(&json!({"jti": "one"}));
    list.is(Mood::Down);
    shop.issuer.advance(Duration::from_secs(60));
    assert_passed(&shop.with_bearer("/any", &token).await, "GET by user-1");
    assert_eq!(revocation.accepted_unasked(), 1);
    shop.issuer.advance(Duration::from_secs(1));
    assert_refused(&shop.with_bearer("/any", &token).await, 503, "revocation_unavailable", &[]);
    list.is(Mood::Well);
    list.revoke("one");
    assert_refused(&shop.with_bearer("/any", &token).await, 401, "token_revoked", &[INVALID]);
    assert_eq!(revocation.accepted_unasked(), 1);
}
