//! A service of axum that is protected, on this machine, with an issuer whose clock is set.

use axum::Router;
use axum::extract::State;
use axum::http::Method;
use axum::routing::{any, get};
use carnet::oauth::AccessTokenVerifier;
use carnet::testing::Issuer;
use carnet::tower::{Authenticated, Bearer, ProtectBuilder, ProtectLayer};
use serde_json::{Value, json};
use sha2::Digest;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use testkit::http_client::{Response, exchange};

pub(crate) const ISSUER: &str = "https://auth.example.com/";
pub(crate) const API: &str = "https://api.example.com/";

pub(crate) struct Shop {
    pub(crate) address: SocketAddr,
    pub(crate) issuer: Issuer,
    calls: Calls,
}

/// How many requests came through to a handler.
pub(crate) type Calls = Arc<AtomicUsize>;

/// Of the issuer's access tokens for this API.
pub(crate) fn verifier(issuer: &Issuer) -> AccessTokenVerifier {
    issuer.access_token_verifier(API).build().unwrap().remember_tokens(16)
}

pub(crate) fn sha256(octets: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(octets).into()
}

/// Serves this on a free port.
pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// Says who is there.
pub(crate) async fn who(State(calls): State<Calls>, method: Method, token: Option<Bearer<Value>>) -> String {
    calls.fetch_add(1, Relaxed);
    match token {
        Some(token) => format!("{method} by {}", token.token().subject().unwrap_or("-")),
        None => format!("{method} by nobody"),
    }
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::with(|settings| settings).await
    }

    /// A service with routes that ask for different things.
    pub(crate) async fn with(settings: impl FnOnce(ProtectBuilder) -> ProtectBuilder) -> Self {
        Self::of(|_, builder| settings(builder)).await
    }

    /// The same with settings that need the issuer's clock.
    pub(crate) async fn of(settings: impl FnOnce(&Issuer, ProtectBuilder) -> ProtectBuilder) -> Self {
        let issuer = Issuer::new(ISSUER).unwrap();
        let protect = settings(&issuer, ProtectLayer::builder(verifier(&issuer))).build().unwrap();
        Self::behind(issuer, protect).await
    }

    pub(crate) async fn behind(issuer: Issuer, protect: ProtectLayer) -> Self {
        let router = Router::new()
            .route("/any", any(who).layer(protect.clone()))
            .route("/read", any(who).layer(protect.all_of(["orders:read"])))
            .route("/write", any(who).layer(protect.all_of(["orders:read", "orders:write"])))
            .route("/either", any(who).layer(protect.any_of(["orders:read", "orders:admin"])))
            .route("/admin", any(who).layer(protect.any_role(["admin", "owner"])))
            .route("/recent", any(who).layer(protect.max_authentication_age(Duration::from_secs(300))))
            .route("/strong", any(who).layer(protect.authentication_contexts(["urn:example:mfa", "urn:example:hw"])))
            .route("/optional", any(who).layer(protect.all_of(["orders:read"]).optional()))
            .route("/open", get(|| async { "open" }).layer(protect.clone()))
            .route("/unprotected", any(|_: Authenticated| async { "never" }));
        Self::routed(issuer, router).await
    }

    /// A service with routes of its own.
    pub(crate) async fn routed(issuer: Issuer, router: Router<Calls>) -> Self {
        let calls = Calls::default();
        Self { address: serve(router.with_state(Arc::clone(&calls))).await, issuer, calls }
    }

    /// A service whose whole router is behind a layer.
    pub(crate) async fn around(issuer: Issuer, protect: &ProtectLayer, router: Router<Calls>) -> Self {
        let calls = Calls::default();
        let app = protect.around(router.with_state(Arc::clone(&calls)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app.into_make_service()).await.unwrap() });
        Self { address, issuer, calls }
    }

    /// How many requests came through to a handler.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Relaxed)
    }

    /// A token with these claims beside those that every access token has. It lives for an hour.
    pub(crate) fn token_with(&self, claims: &Value) -> String {
        let mut all = json!({"client_id": "web", "scope": "orders:read"});
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let builder = self.issuer.token(API).typ("at+jwt").subject("user-1");
        let builder = if all["jti"].is_null() { builder.random_id() } else { builder };
        let builder = builder.claims(&all);
        self.issuer.sign(&builder).unwrap()
    }

    pub(crate) fn token(&self) -> String {
        self.token_with(&json!({}))
    }

    /// The claims that an access token must have.
    pub(crate) fn claims(&self) -> Value {
        let now = self.issuer.now();
        json!({"iss": ISSUER, "aud": API, "exp": now.saturating_add(3600), "iat": now, "sub": "user-1", "client_id": "web", "jti": "1"})
    }

    /// A token of exactly this header and these claims, whatever they say, with a signature that holds.
    pub(crate) fn forge(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| carnet::base64url::encode(value.to_string().as_bytes());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = self.issuer.signing_keys()[0].sign_message(message.as_bytes()).unwrap();
        format!("{message}.{}", carnet::base64url::encode(&signature))
    }

    pub(crate) async fn send(&self, method: &str, path: &str, fields: &[&str]) -> Response {
        self.send_body(method, path, fields, "").await
    }

    pub(crate) async fn send_body(&self, method: &str, path: &str, fields: &[&str], body: &str) -> Response {
        let length = format!("content-length: {}", body.len());
        let line = format!("{method} {path} HTTP/1.1");
        let length = if body.is_empty() { "connection: close" } else { &*length };
        let head = [&[&*line, "host: api.example.com", "connection: close", length], fields].concat().join("\r\n");
        exchange(self.address, format!("{head}\r\n\r\n{body}").as_bytes()).await
    }

    pub(crate) async fn get(&self, path: &str, fields: &[&str]) -> Response {
        self.send("GET", path, fields).await
    }

    pub(crate) async fn with_bearer(&self, path: &str, token: &str) -> Response {
        self.get(path, &[&format!("authorization: Bearer {token}")]).await
    }
}

/// What every refusal has: the status, the challenges, our code, and that no cache keeps it.
#[track_caller]
pub(crate) fn assert_refused(response: &Response, status: u16, code: &str, challenges: &[&str]) {
    assert_eq!(response.status, status, "{response:?}");
    assert_eq!(response.all("www-authenticate"), challenges, "{response:?}");
    assert_eq!(response.one("content-type"), Some("application/problem+json"));
    assert_eq!(response.one("cache-control"), Some("no-store"));
    let problem: Value = serde_json::from_str(&response.body).unwrap();
    assert_eq!((&problem["status"], &problem["code"]), (&json!(status), &json!(code)), "{problem}");
    assert_eq!(problem.as_object().unwrap().len(), 4, "{problem}");
}

#[track_caller]
pub(crate) fn assert_passed(response: &Response, body: &str) {
    assert_eq!((response.status, &*response.body), (200, body), "{response:?}");
    assert!(response.all("www-authenticate").is_empty());
}
