//! A service whose keys come from an issuer over HTTP, which is slow, down, hostile or in order (parts A, B and G of the attacks; row 14).

use crate::hostile;
use crate::shop::{API, ISSUER, Shop, assert_passed, assert_refused};
use carnet::oauth::AccessTokenVerifier;
use carnet::prelude::*;
use carnet::remote::{Clock, KeyState, RemoteJwksBuilder};
use carnet::testing::Issuer;
use carnet::tower::ProtectLayer;
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::http_server::{HttpServer, Reply};

const UNKNOWN: &str = r#"Bearer realm="api", error="invalid_token", error_description="The access token is invalid""#;

/// A clock that goes when it is told to.
#[derive(Clone, Default)]
struct Manual(Arc<AtomicU64>);

impl Clock for Manual {
    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.0.load(SeqCst))
    }

    fn since_epoch(&self) -> Duration {
        Duration::from_secs(1_800_000_000).saturating_add(self.elapsed())
    }
}

impl Manual {
    fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, SeqCst);
    }
}

struct Set {
    server: HttpServer,
    clock: Manual,
    keys: RemoteJwks,
    shop: Shop,
}

impl Set {
    /// A service, and the server of its issuer, which answers so from the start.
    async fn new(reply: impl FnOnce(&HttpServer, &str) -> Reply) -> Self {
        Self::with(reply, |builder| builder).await
    }

    async fn with(
        reply: impl FnOnce(&HttpServer, &str) -> Reply,
        settings: impl FnOnce(RemoteJwksBuilder) -> RemoteJwksBuilder,
    ) -> Self {
        let issuer = Issuer::new(ISSUER).unwrap();
        let server = HttpServer::start(|_| Reply::status(500)).await;
        let reply = reply(&server, &issuer.jwk_set().to_json());
        server.answer(move |_| reply.clone());
        let clock = Manual::default();
        let builder = RemoteJwks::builder(&format!("{}/jwks.json", server.origin())).dangerous_allow_http_loopback();
        let builder = builder.clock(clock.clone()).timeout(Duration::from_millis(300));
        let keys = settings(builder).build().unwrap();
        let at = issuer.clock();
        let verifier = AccessTokenVerifier::builder(keys.clone(), ISSUER, API).policy(|policy| policy.clock(at));
        let shop = Shop::behind(issuer, ProtectLayer::new(verifier.build().unwrap())).await;
        Self { server, clock, keys, shop }
    }

    fn is_well(&self) {
        let jwks = self.shop.issuer.jwk_set().to_json();
        self.server.answer(move |_| Reply::json(jwks.clone()));
    }

    async fn attempt_has_ended(&self) {
        while self.keys.status().is_fetching {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn in_order(_: &HttpServer, jwks: &str) -> Reply {
    Reply::json(jwks)
}

/// Every hostile issuer: at the start the service says 503 to those who might be genuine, and 401 to all others; later it goes on with the keys it has.
#[tokio::test]
async fn a_hostile_issuer_closes_the_service_for_nobody_it_has_let_in() {
    let issuer = Issuer::new(ISSUER).unwrap();
    let probe = HttpServer::start(|_| Reply::status(500)).await;
    let cases = hostile::replies(&probe, &issuer.jwk_set().to_json());
    assert!(cases.len() >= 18);
    for (what, reply, _) in cases {
        let set = Set::new(|_, _| reply.clone()).await;
        let (shop, token) = (&set.shop, set.shop.token());
        let response = shop.with_bearer("/read", &token).await;
        assert_refused(&response, 503, "key_source_unavailable", &[]);
        let wait: u64 = response.one("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{what}: {wait}");
        assert_eq!(shop.get("/read", &[]).await.status, 401, "{what}");
        assert_eq!(shop.with_bearer("/read", "a.b.c").await.status, 401, "{what}");
        let (message, signature) = token.rsplit_once('.').unwrap();
        for malformed in
            [format!("{token} {token}"), format!("{message}.{signature}!"), format!("{message}.{signature}\u{e9}")]
        {
            assert_eq!(shop.with_bearer("/read", &malformed).await.status, 400, "{what}: {malformed}");
        }
        assert_eq!(shop.get("/optional", &[]).await.status, 200, "{what}");

        set.is_well();
        set.clock.advance(60);
        assert_passed(&shop.with_bearer("/read", &token).await, "GET by user-1");

        let again = reply.clone();
        set.server.answer(move |_| again.clone());
        // Ten minutes fresh, then an hour stale.
        for seconds in [601, 1800, 1700] {
            set.clock.advance(seconds);
            assert_passed(&shop.with_bearer("/read", &token).await, "GET by user-1");
            set.attempt_has_ended().await;
            assert_eq!(set.keys.status().state, KeyState::Stale, "{what}");
        }
        set.clock.advance(200);
        assert_refused(&shop.with_bearer("/read", &token).await, 503, "key_source_unavailable", &[]);
        assert_eq!(set.keys.status().state, KeyState::Dead, "{what}");
        set.is_well();
        set.clock.advance(60);
        assert_passed(&shop.with_bearer("/read", &token).await, "GET by user-1");
    }
}

#[tokio::test]
async fn an_issuer_that_is_down() {
    let set = Set::new(in_order).await;
    let (shop, token) = (&set.shop, set.shop.token());
    drop(set.server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_refused(&shop.with_bearer("/read", &token).await, 503, "key_source_unavailable", &[]);
}

#[tokio::test]
async fn an_issuer_that_flaps_is_not_noticed() {
    let set = Set::new(in_order).await;
    let token = set.shop.token();
    assert_passed(&set.shop.with_bearer("/read", &token).await, "GET by user-1");
    for round in 0..10 {
        if round % 2 == 0 {
            set.server.answer(|_| Reply::status(503))
        } else {
            set.is_well()
        }
        set.clock.advance(605);
        assert_passed(&set.shop.with_bearer("/read", &token).await, "GET by user-1");
        set.attempt_has_ended().await;
        set.clock.advance(61);
        assert_passed(&set.shop.with_bearer("/read", &token).await, "GET by user-1");
        set.attempt_has_ended().await;
    }
    assert!(set.keys.status().failed >= 5 && set.keys.status().refreshed >= 5, "{:?}", set.keys.status());
}

#[tokio::test]
async fn one_bad_key_takes_no_other_with_it() {
    let bad = r#"{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"bad"},{"kty":"XYZ"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},7"#;
    let set = Set::new(|_, jwks| Reply::json(jwks.replacen('[', &format!("[{bad},"), 1))).await;
    assert_passed(&set.shop.with_bearer("/read", &set.shop.token()).await, "GET by user-1");
}

/// B8: a shared secret that is published is nobody's.
#[tokio::test]
async fn a_published_secret_verifies_nothing() {
    let oct =
        r#"{"kty":"oct","kid":"oct","alg":"HS256","k":"YW4gZXhhbXBsZSBvZiBhIHNlY3JldCB0aGF0IGlzIGxvbmcgZW5vdWdo"}"#;
    let set = Set::new(|_, jwks| Reply::json(jwks.replacen('[', &format!("[{oct},"), 1))).await;
    let secret = Secret::from_bytes("an example of a secret that is long enough").unwrap();
    let key = || SigningKey::from_secret(HS256, &secret).unwrap();
    let token =
        set.shop.issuer.token(API).typ("at+jwt").subject("user-1").random_id().claims(&json!({"client_id": "web"}));
    for key in [key(), key().with_key_id("oct").unwrap()] {
        let response = set.shop.with_bearer("/any", &token.clone().sign(&key).unwrap()).await;
        assert_eq!(response.status, 401, "{response:?}");
    }
}

/// B16: what is withdrawn is refused with the next fetch, and what is new is found by the first token it signs.
#[tokio::test]
async fn a_withdrawn_key_is_gone_with_the_next_fetch() {
    let set = Set::new(in_order).await;
    let old = set.shop.token();
    assert_passed(&set.shop.with_bearer("/read", &old).await, "GET by user-1");
    let key = SigningKey::generate(EdDSA).unwrap().with_key_id("new").unwrap();
    let published: JwkSet = key.public_jwk().into_iter().collect();
    let published = Arc::new(Mutex::new(published.to_json()));
    set.server.answer(move |_| Reply::json(published.lock().unwrap().clone()));
    let token =
        set.shop.issuer.token(API).typ("at+jwt").subject("user-1").random_id().claims(&json!({"client_id": "web"}));
    let new = token.sign(&key).unwrap();
    assert_passed(&set.shop.with_bearer("/any", &new).await, "GET by user-1");
    assert_refused(&set.shop.with_bearer("/any", &old).await, 401, "unknown_key", &[UNKNOWN]);
    assert_eq!(set.server.requests().len(), 2);
}

/// A request that goes away while the keys are fetched takes nothing from the next one.
#[tokio::test]
async fn a_dropped_request_cancels_nothing() {
    let set = Set::new(|_, jwks| Reply::Endless(slow_head(jwks), Vec::new(), Duration::from_millis(50))).await;
    let stream = tokio::net::TcpStream::connect(set.shop.address).await.unwrap();
    let request = format!("GET /read HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\n\r\n", set.shop.token());
    stream.writable().await.unwrap();
    stream.try_write(request.as_bytes()).unwrap();
    while set.server.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    drop(stream);
    set.attempt_has_ended().await;
    assert_passed(&set.shop.with_bearer("/read", &set.shop.token()).await, "GET by user-1");
    assert_eq!(set.server.requests().len(), 1);
}

/// A whole response, after which the server goes on as if there were more.
fn slow_head(jwks: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{jwks}", jwks.len())
        .into_bytes()
}

/// A megabyte of header fields is refused before anything is read of it, and takes nothing from others.
#[tokio::test]
async fn a_megabyte_of_headers() {
    let set = Set::new(in_order).await;
    for field in [
        format!("authorization: Bearer {}", "a".repeat(1024 * 1024)),
        format!("x-filler: {}", "a".repeat(1024 * 1024)),
        (0..20_000).map(|number| format!("x-{number}: {}\r\n", "a".repeat(40))).collect::<String>() + "x: y",
    ] {
        let response = set.shop.get("/any", &[&field]).await;
        assert!([400, 431].contains(&response.status), "{}", response.status);
        assert!(response.body.len() < 1000 && !response.body.contains("aaaa"));
    }
    assert_passed(&set.shop.with_bearer("/read", &set.shop.token()).await, "GET by user-1");
}
