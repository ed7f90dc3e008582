//! What remote keys say to `tracing`, and what they never say.
#![cfg(test)]
#![cfg(all(feature = "remote", feature = "testing", feature = "tracing"))]

#[path = "support/recorder.rs"]
mod recorder;

use carnet::prelude::*;
use carnet::remote::{Clock, Fetch, FetchError, FetchFuture, KeyStore, RemoteJwksBuilder, StoreFuture};
use carnet::testing::Issuer;
use http::{Request, Response};
use recorder::{Line, Recorder};
use serde_json::{Value, json};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tracing::Level;

const JWKS_URI: &str = "https://auth.example.com/jwks.json";
const AUDIENCE: &str = "api://my-service";

type Answer = Result<Response<Vec<u8>>, FetchError>;

/// A server in memory.
#[derive(Clone)]
struct Server(Arc<Mutex<Answer>>);

impl Server {
    fn new(set: &str) -> Self {
        let server = Self(Arc::new(Mutex::new(Err(FetchError::TimedOut))));
        server.publish(set);
        server
    }

    fn publish(&self, set: &str) {
        self.answer(200, "application/jwk-set+json", set);
    }

    fn answer(&self, status: u16, content_type: &str, body: &str) {
        let response = Response::builder().status(status).header("content-type", content_type);
        *self.0.lock().unwrap() = Ok(response.body(body.into()).unwrap());
    }

    fn fail(&self, error: FetchError) {
        *self.0.lock().unwrap() = Err(error);
    }
}

impl Fetch for Server {
    fn fetch<'a>(&'a self, _: Request<()>, _: usize) -> FetchFuture<'a> {
        Box::pin(async { self.0.lock().unwrap().clone() })
    }
}

/// Stands still.
struct Still;

impl Clock for Still {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn since_epoch(&self) -> Duration {
        Duration::from_secs(1_800_000_000)
    }
}

/// Has something, or is out of order.
#[derive(Clone, Default)]
struct Store(Arc<Mutex<Option<Vec<u8>>>>);

impl KeyStore for Store {
    fn load(&self) -> StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(async { Ok(self.0.lock().unwrap().clone()) })
    }

    fn save<'a>(&'a self, _: &'a [u8]) -> StoreFuture<'a, ()> {
        Box::pin(async { Err(io::Error::other("the disk is full")) })
    }
}

fn remote(server: &Server) -> RemoteJwksBuilder {
    RemoteJwks::builder(JWKS_URI).client(server.clone()).clock(Still)
}

/// A line about these keys.
fn line(level: Level, message: &str, fields: &[(&'static str, &str)]) -> Line {
    let source = ("source", JWKS_URI);
    let fields = fields.iter().chain([&source]).map(|(name, value)| (*name, (*value).to_owned())).collect();
    Line { level, target: "carnet::remote".to_owned(), message: message.to_owned(), fields }
}

fn refreshed(keys: &str, changed: &str) -> Line {
    line(Level::DEBUG, "keys refreshed", &[("keys", keys), ("changed", changed), ("fresh_for", "600s")])
}

fn key(name: &str) -> SigningKey {
    SigningKey::generate(EdDSA).unwrap().with_key_id(name).unwrap()
}

fn set(keys: &[&SigningKey]) -> String {
    keys.iter().filter_map(|key| key.public_jwk()).collect::<JwkSet>().to_json()
}

#[tokio::test]
async fn refreshed_rotated_failed_and_suppressed() {
    let (recorder, issuer) = (Recorder::default(), Issuer::new("https://auth.example.com/").unwrap());
    let _recording = recorder.begin();
    let (a, b, c) = (key("a"), key("b"), key("c"));
    let server = Server::new(&set(&[&a, &b]));
    let keys = remote(&server).build().unwrap();
    let verifier = Verifier::builder(keys.clone()).issuer(issuer.name()).audience(AUDIENCE).clock(issuer.clock());
    let verifier = verifier.build().unwrap();
    let verify = async |key: &SigningKey| {
        let token = issuer.token(AUDIENCE).subject("user-1").sign(key).unwrap();
        verifier.verify_async::<Value>(&token).await.map(|_| ()).map_err(|error| error.code())
    };

    assert_eq!(verify(&a).await, Ok(()));
    assert_eq!(recorder.take(), [refreshed("2", "true")], "and no line for each token");
    assert_eq!(verify(&b).await, Ok(()));
    assert_eq!(recorder.take(), []);

    // The key is looked for, and is there.
    server.publish(&set(&[&b, &c]));
    assert_eq!(verify(&c).await, Ok(()));
    let rotated = line(Level::INFO, "keys rotated", &[("added", r#"["c"]"#), ("removed", r#"["a"]"#)]);
    assert_eq!(recorder.take(), [refreshed("2", "true"), rotated]);

    // The next one is not looked for so soon.
    assert_eq!(verify(&a).await, Err("unknown_key"));
    assert_eq!(recorder.take(), [line(Level::DEBUG, "unknown key, looked for a moment ago", &[])]);

    keys.force_reload().await.unwrap();
    assert_eq!(recorder.take(), [refreshed("2", "false")]);

    server.answer(503, "text/plain", "");
    keys.force_reload().await.unwrap_err();
    let said = [
        ("code", "unexpected_status"),
        ("error", "the server answers with the status 503"),
        ("usable_for", "Some(4200s)"),
    ];
    assert_eq!(recorder.take(), [line(Level::WARN, "keys not refreshed", &said)]);

    server.fail(FetchError::TimedOut);
    let others = remote(&server).build().unwrap();
    others.warm().await.unwrap_err();
    let said = [("code", "timed_out"), ("error", "no answer in time"), ("usable_for", "None")];
    assert_eq!(recorder.take(), [line(Level::WARN, "keys not refreshed", &said)]);
}

#[tokio::test]
async fn skipped_exposed_restored_and_not_kept() {
    let recorder = Recorder::default();
    let _recording = recorder.begin();
    let secret = json!({"kty": "oct", "kid": "s", "k": "Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeQ"});
    let keys =
        json!({"keys": [secret, serde_json::from_str::<Value>(&key("a").public_jwk().unwrap().to_json()).unwrap()]});
    let server = Server::new("");
    server.answer(200, "text/plain", &keys.to_string());
    let store = Store::default();
    let of = |server: &Server| remote(server).store(store.clone()).build().unwrap();
    of(&server).warm().await.unwrap();
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    let lines = recorder.take();
    let skipped = &lines[2];
    assert_eq!((skipped.level, &*skipped.message), (Level::WARN, "keys skipped"));
    assert!(skipped.fields["entries"].contains("entry 0 (kid") && !skipped.text().contains("Y2FuYXJ5"), "{skipped:?}");
    assert_eq!(
        [&lines[..2], &lines[3..]].concat(),
        [
            refreshed("1", "true"),
            line(Level::ERROR, "private keys or secrets published", &[("entries", "[0]")]),
            line(Level::WARN, "unusual content type", &[("content_type", r#""text/plain""#)]),
            line(Level::WARN, "keys not kept", &[("reason", "the disk is full")]),
        ]
    );

    let kept = json!({
        "version": 1, "source": JWKS_URI, "fetched_at": 1_799_999_940, "usable_until": 1_800_001_000, "jwks": set(&[&key("a")])
    });
    *store.0.lock().unwrap() = Some(kept.to_string().into_bytes());
    server.fail(FetchError::TimedOut);
    of(&server).warm().await.unwrap();
    let restored = line(Level::INFO, "keys restored", &[("keys", "1"), ("age", "60s")]);
    assert_eq!(recorder.take()[0], restored);
}

/// Whatever an issuer sends, and whatever comes with a token: no secret gets into a log, no octet that a terminal obeys, and no more than a few lines of text.
#[tokio::test]
async fn nothing_of_a_token_a_key_or_a_page() {
    let (recorder, issuer) = (Recorder::default(), Issuer::new("https://auth.example.com/").unwrap());
    let _recording = recorder.begin();
    let private: Value = serde_json::from_str(&PrivateJwk::generate(EdDSA).unwrap().expose_json()).unwrap();
    let (secret, d) = ("Q0FOQVJZLUNBTkFSWS1DQU5BUlktQ0FOQVJZLUNBTkFSWS0", private["d"].as_str().unwrap().to_owned());
    let odd = "canary\u{1b}[2J\r\n\u{202e}".repeat(700);
    let many = |member: &dyn Fn(usize) -> Value| json!({"keys": (0..48).map(member).collect::<Vec<_>>()}).to_string();
    let public = |number: usize| {
        serde_json::from_str::<Value>(&key(&format!("key-{number}")).public_jwk().unwrap().to_json()).unwrap()
    };
    let named = |number: usize, name: &str| {
        let mut key = public(number);
        key["kid"] = name.into();
        key
    };
    // The longest name that a key may have, made of the longest escapes.
    let longest = "\u{10ffff}".repeat(64);
    let sets = [
        many(&|number| named(number, &format!("{number}{longest}"))),
        many(&public),
        many(&|number| if number == 0 { public(0) } else { json!({"kty": "oct", "kid": odd, "k": secret}) }),
        many(&|number| if number == 0 { public(0) } else { json!({"kty": odd, "kid": odd, "alg": odd, "x": odd}) }),
        json!({"keys": [public(0), private, {"kty": "oct", "k": secret}]}).to_string(),
        json!({"keys": [named(0, &odd)]}).to_string(),
        json!({"keys": [named(0, &odd[..200])]}).to_string(),
    ];
    let server = Server::new(&set(&[&key("a")]));
    let keys = remote(&server).max_octets(16 * 1024 * 1024).timeout(Duration::from_secs(60)).build().unwrap();
    keys.warm().await.unwrap();
    for set in &sets {
        server.publish(set);
        // Some are sets, some are not.
        let _ = keys.force_reload().await;
    }
    let typed = |content_type: &str, body: &str| server.answer(200, content_type, body);
    typed("text/html", &format!("<html>{odd}"));
    keys.force_reload().await.unwrap_err();
    typed("application/json", &format!("<html>{odd}"));
    keys.force_reload().await.unwrap_err();
    typed(&format!("text/{}", "canary".repeat(2000)), &sets[1]);
    keys.force_reload().await.unwrap();
    server.fail(FetchError::Unreachable { reason: odd.clone() });
    keys.force_reload().await.unwrap_err();

    // Metadata of another issuer, and a place to fetch from that is none.
    for metadata in [json!({"issuer": odd, "jwks_uri": odd}), json!({"issuer": issuer.name(), "jwks_uri": odd})] {
        typed("application/json", &metadata.to_string());
        let discovered = RemoteJwks::builder_for_issuer(issuer.name()).client(server.clone()).clock(Still);
        discovered.build().unwrap().warm().await.unwrap_err();
    }

    // Tokens: with a key that is there, with one that is looked for, and with one that is not.
    server.publish(&issuer.jwk_set().to_json());
    keys.force_reload().await.unwrap();
    let verifier =
        Verifier::builder(keys).issuer(issuer.name()).audience(AUDIENCE).clock(issuer.clock()).build().unwrap();
    let claims = |token: carnet::TokenBuilder<'static>| token.subject("canary-subject").random_id();
    let mut tokens = vec![issuer.sign(&claims(issuer.token(AUDIENCE))).unwrap()];
    for name in ["canary-kid-1\u{1b}[2J", "canary-kid-2\u{202e}"] {
        tokens.push(claims(issuer.token(AUDIENCE)).sign(&key(name)).unwrap());
    }
    for token in &tokens {
        let _ = verifier.verify_async::<Value>(token).await;
    }

    let lines = recorder.take();
    let count = |message: &str| lines.iter().filter(|line| line.message == message).count();
    assert!(count("keys refreshed") >= 7 && count("keys rotated") >= 5, "{lines:#?}");
    assert!(count("keys not refreshed") >= 5 && count("keys skipped") >= 3, "{lines:#?}");
    assert_eq!((count("unknown key, looked for a moment ago"), count("unusual content type")), (1, 1));
    let signatures: Vec<&str> = tokens.iter().flat_map(|token| token.split('.')).collect();
    for line in &lines {
        let text = line.text();
        for canary in [secret, &d, "canary-subject", "canary-kid", "<html>"].iter().chain(&signatures) {
            assert!(!text.contains(canary), "{canary}: {text}");
        }
        let raw = line.fields.values().chain([&line.message, &line.target]);
        assert!(!raw.clone().any(|text| text.chars().any(carnet::is_hidden)), "{text}");
        assert!(raw.map(String::len).sum::<usize>() < 16 * 1024, "{} octets: {}", text.len(), line.message);
    }
}
