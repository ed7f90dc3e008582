//! A verifier over the keys of an issuer that is reached over HTTP, on this machine.
#![cfg(test)]
#![cfg(all(feature = "remote", feature = "testing"))]

#[cfg(test)]
#[path = "support/hostile.rs"]
mod hostile;

use carnet::prelude::*;
use carnet::remote::{KeyState, RemoteJwksBuilder};
use carnet::testing::Issuer;
use carnet::{KeySource, VerifyError};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use testkit::http_server::{HttpServer, Reply};

const AUDIENCE: &str = "api://my-service";

fn remote(server: &HttpServer) -> RemoteJwksBuilder {
    RemoteJwks::builder(&format!("{}/jwks.json", server.origin())).dangerous_allow_http_loopback()
}

fn verifier(keys: RemoteJwks, issuer: &Issuer) -> Verifier<RemoteJwks> {
    Verifier::builder(keys).issuer(issuer.name()).audience(AUDIENCE).clock(issuer.clock()).build().unwrap()
}

/// An issuer, and a server that publishes its keys at any path.
async fn issuer() -> (Issuer, HttpServer) {
    let issuer = Issuer::new("https://auth.example.com/").unwrap();
    let jwks = issuer.jwk_set().to_json();
    (issuer, HttpServer::start(move |_| Reply::json(jwks.clone())).await)
}

fn token(issuer: &Issuer) -> String {
    issuer.sign(&issuer.token(AUDIENCE).subject("user-1")).unwrap()
}

/// As [`token`], by a key of this name that nobody publishes.
fn token_of(issuer: &Issuer, key_id: &str) -> String {
    let key = SigningKey::generate(EdDSA).unwrap().with_key_id(key_id).unwrap();
    issuer.token(AUDIENCE).subject("user-1").sign(&key).unwrap()
}

async fn code(verifier: &Verifier<RemoteJwks>, token: &str) -> &'static str {
    match verifier.verify_async::<Value>(token).await {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

#[tokio::test]
async fn from_an_issuer_to_verified_claims() {
    let server = HttpServer::start(|_| Reply::status(500)).await;
    let issuer = Issuer::new(server.origin()).unwrap();
    let (jwks, origin) = (issuer.jwk_set().to_json(), server.origin());
    server.answer(move |request| match &*request.path {
        "/.well-known/openid-configuration" => {
            Reply::json(format!(r#"{{"issuer":"{origin}","jwks_uri":"{origin}/keys"}}"#))
        }
        "/keys" => Reply::json(jwks.clone()),
        _ => Reply::status(404),
    });
    let keys = RemoteJwks::builder_for_issuer(&server.origin()).dangerous_allow_http_loopback().build().unwrap();
    let verifier = verifier(keys, &issuer);
    let verified = verifier.verify_async::<Value>(&token(&issuer)).await.unwrap();
    assert_eq!(verified.registered().subject(), Some("user-1"));
    assert_eq!(verifier.verify_async::<Value>(&token(&issuer)).await.unwrap().header().algorithm(), "ES256");
    assert_eq!(
        server.paths(),
        ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration", "/keys"],
        "and nothing for the second token"
    );
}

/// Three different errors: 503, 401 and 401.
#[tokio::test]
async fn no_keys_an_unknown_key_and_a_bad_token_are_told_apart() {
    let (issuer, server) = issuer().await;
    let verifier = verifier(remote(&server).build().unwrap(), &issuer);
    let forged = issuer.token(AUDIENCE).subject("user-1").sign(&issuer.strange_key().unwrap()).unwrap();
    assert_eq!(code(&verifier, &forged).await, "invalid_signature");
    assert_eq!(code(&verifier, &token_of(&issuer, "stranger")).await, "unknown_key");
    assert_eq!(code(&verifier, "garbage").await, "malformed");

    let down = Verifier::builder(remote(&server).build().unwrap()).issuer(issuer.name()).audience(AUDIENCE);
    let down = down.clock(issuer.clock()).build().unwrap();
    server.answer(|_| Reply::status(503));
    let error = down.verify_async::<Value>(&token(&issuer)).await.unwrap_err();
    assert_eq!(error.code(), "key_source_unavailable");
    let VerifyError::KeySource(error) = error else { panic!("{error:?}") };
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert!(error.to_string().contains("the server answers with the status 503"), "{error}");
}

/// B7: what a token says is never fetched, and of most that are hopeless nothing is fetched at all.
#[tokio::test]
async fn tokens_decide_nothing_about_what_is_fetched() {
    let (issuer, server) = issuer().await;
    let verifier = verifier(remote(&server).build().unwrap(), &issuer);
    verifier.verify_async::<Value>(&token(&issuer)).await.unwrap();
    assert_eq!(server.paths(), ["/jwks.json"]);

    let named = |key_id: &str| SigningKey::generate(EdDSA).unwrap().with_key_id(key_id).unwrap();
    let by = |iss: &str| issuer.token(AUDIENCE).issuer(iss).sign(&named("x")).unwrap();
    issuer.set_now(issuer.now() - 7200);
    let expired = issuer.token(AUDIENCE).sign(&named("x")).unwrap();
    issuer.set_now(issuer.now() + 7200);
    for hopeless in [
        by(&format!("{}/evil", server.origin())),
        by("https://auth.example.com/../../x"),
        by("https://auth.example.com.evil.example/"),
        expired,
        issuer.token(AUDIENCE).sign(&named(&"k".repeat(257))).unwrap(),
    ] {
        assert_eq!(code(&verifier, &hopeless).await, "unknown_key");
    }
    let pointing = issuer.token(AUDIENCE).header("jku", &format!("{}/evil", server.origin()));
    let pointing = pointing.header("x5u", &format!("{}/evil", server.origin()));
    assert_eq!(code(&verifier, &pointing.sign(&issuer.strange_key().unwrap()).unwrap()).await, "invalid_signature");
    assert_eq!(server.paths(), ["/jwks.json"]);
    let odd = pointing.sign(&named("../../x?y#z")).unwrap();
    assert_eq!(code(&verifier, &odd).await, "unknown_key");
    assert_eq!(server.paths(), ["/jwks.json", "/jwks.json"]);
}

/// Part G of the attacks over a real connection: each of these is a failure within its time and its bounds.
#[tokio::test]
async fn hostile_servers() {
    let (issuer, server) = issuer().await;
    let jwks = issuer.jwk_set().to_json();
    let timeout = Duration::from_millis(400);
    for (what, reply, expected) in hostile::replies(&server, &jwks) {
        let remote = remote(&server).timeout(timeout).build().unwrap();
        remote.warm().await.unwrap_or_else(|error| panic!("before {what}: {error}"));
        let before = (server.sent(), server.requests().len());
        server.answer(move |_| reply.clone());
        let begun = Instant::now();
        let error = remote.force_reload().await.unwrap_err();
        assert_eq!(error.code(), expected, "{what}: {error}");
        assert!(begun.elapsed() < timeout * 3, "{what} took {:?}", begun.elapsed());
        assert_eq!(server.requests().len(), before.1 + 1, "{what}: nothing is followed");
        assert!(!server.paths().iter().any(|path| path.contains("elsewhere")));
        // A few buffers' worth may be on the way.
        assert!(server.sent() - before.0 < 8 * 1024 * 1024, "{what}: {} octets were sent", server.sent() - before.0);
        assert_eq!(remote.status().state, KeyState::Fresh, "{what}: the keys stay");
        assert!(remote.snapshot().is_ok());
        let jwks = jwks.clone();
        server.answer(move |_| Reply::json(jwks.clone()));
    }
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    let (_, server) = issuer().await;
    let remote = remote(&server).build().unwrap();
    drop(server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = remote.warm().await.unwrap_err();
    assert_eq!(error.code(), "unreachable");
    assert!(!error.to_string().contains("/jwks.json"), "the URL is said once, by who knows it: {error}");
}

/// G1: whoever sends tokens with random names of keys causes one fetch in half a minute, and takes nothing from those with known keys.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_random_key_ids() {
    let (issuer, server) = issuer().await;
    let remote = remote(&server).build().unwrap();
    let verifier = Arc::new(verifier(remote.clone(), &issuer));
    let genuine = token(&issuer);
    assert_eq!(code(&verifier, &genuine).await, "ok");
    let (issuer, genuine) = (Arc::new(issuer), Arc::new(genuine));
    let flood: Vec<_> = (0..8)
        .map(|connection| {
            let (verifier, issuer, genuine) = (Arc::clone(&verifier), Arc::clone(&issuer), Arc::clone(&genuine));
            tokio::spawn(async move {
                for number in 0..125 {
                    let token = token_of(&issuer, &format!("random-{connection}-{number}"));
                    assert_eq!(code(&verifier, &token).await, "unknown_key");
                    assert_eq!(code(&verifier, &genuine).await, "ok");
                }
            })
        })
        .collect();
    for connection in flood {
        connection.await.unwrap();
    }
    assert_eq!(server.requests().len(), 2, "the first one, and one for all the strangers");
    let status = remote.status();
    assert_eq!((status.missed, status.suppressed >= 900), (1000, true));
}

/// An issuer that publishes a key before it signs with it, and withdraws one after its last token: fifty rotations under load, and no wrong answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_rotations_under_load() {
    const ROTATIONS: usize = 50;
    let issuer = Arc::new(Issuer::new("https://auth.example.com/").unwrap());
    let key = |number: usize| SigningKey::generate(EdDSA).unwrap().with_key_id(format!("key-{number}")).unwrap();
    let keys: Arc<Vec<SigningKey>> = Arc::new((0..=ROTATIONS + 1).map(key).collect());
    let published: Arc<Mutex<String>> = Arc::default();
    let publish = |numbers: std::ops::RangeInclusive<usize>| {
        let set: JwkSet = keys[numbers].iter().filter_map(SigningKey::public_jwk).collect();
        *published.lock().unwrap() = set.to_json();
    };
    publish(0..=1);
    let set = Arc::clone(&published);
    let server = HttpServer::start(move |_| Reply::json(set.lock().unwrap().clone())).await;
    let remote = remote(&server).build().unwrap();
    remote.warm().await.unwrap();
    let verifier = Arc::new(verifier(remote.clone(), &issuer));

    let (current, done, verified) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    // Which key each of the tasks is about to sign with: none is withdrawn while a token of it is on its way.
    let in_use: Arc<Vec<AtomicUsize>> = Arc::new((0..4).map(|_| AtomicUsize::new(usize::MAX)).collect());
    let load: Vec<_> = (0..4)
        .map(|task| {
            let in_use = Arc::clone(&in_use);
            let (keys, current, done, verified) =
                (Arc::clone(&keys), Arc::clone(&current), Arc::clone(&done), Arc::clone(&verified));
            let (verifier, issuer) = (Arc::clone(&verifier), Arc::clone(&issuer));
            tokio::spawn(async move {
                while !done.load(Ordering::SeqCst) {
                    let number = current.load(Ordering::SeqCst);
                    in_use[task].store(number, Ordering::SeqCst);
                    if number == current.load(Ordering::SeqCst) {
                        let token = issuer.token(AUDIENCE).sign(&keys[number]).unwrap();
                        assert_eq!(code(&verifier, &token).await, "ok");
                        verified.fetch_add(1, Ordering::SeqCst);
                    }
                    in_use[task].store(usize::MAX, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for number in 0..ROTATIONS {
        // The next key signs; everybody has fetched it. The one before goes on being published for tokens that are on their way.
        current.store(number + 1, Ordering::SeqCst);
        publish(number..=number + 2);
        remote.force_reload().await.unwrap();
        while in_use.iter().any(|task| task.load(Ordering::SeqCst) == number) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let last_of_old = issuer.token(AUDIENCE).sign(&keys[number]).unwrap();
        assert_eq!(code(&verifier, &last_of_old).await, "ok", "rotation {number}");
        publish(number + 1..=number + 2);
        remote.force_reload().await.unwrap();
        assert_eq!(code(&verifier, &last_of_old).await, "unknown_key", "rotation {number}: withdrawn");
    }
    done.store(true, Ordering::SeqCst);
    for task in load {
        task.await.unwrap();
    }
    assert!(verified.load(Ordering::SeqCst) > ROTATIONS);
}

/// A key that nobody fetched yet is found by the first token it signs.
#[tokio::test]
async fn a_key_that_signs_before_it_was_fetched() {
    let (issuer, server) = issuer().await;
    let verifier = verifier(remote(&server).build().unwrap(), &issuer);
    assert_eq!(code(&verifier, &token(&issuer)).await, "ok");
    let new = SigningKey::generate(EdDSA).unwrap().with_key_id("new").unwrap();
    let set: JwkSet = issuer.jwk_set().iter().cloned().chain(new.public_jwk()).collect();
    server.answer(move |_| Reply::json(set.to_json()));
    assert_eq!(code(&verifier, &issuer.token(AUDIENCE).sign(&new).unwrap()).await, "ok");
    assert_eq!(server.requests().len(), 2);
}
