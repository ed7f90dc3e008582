//! The layer around services that are none of axum's.
#![cfg(test)]
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

use bytes::Bytes;
use carnet_jwa::Algorithm::{ES256, HS256};
use carnet_jwk::{Secret, SigningKey, VerifyingKey};
use carnet_jwt::{Token, Verifier};
use carnet_oauth::{AccessToken, AccessTokenVerifier, DpopVerifier};
use carnet_tower::{Authenticated, ProtectLayer, Revocation, RevocationFuture, RevocationList};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use sha2::Digest;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tower_layer::Layer;
use tower_service::Service;

fn secret() -> Secret {
    Secret::from_bytes(b"an example of 32 octets or more.").unwrap()
}

fn verifier(audience: &str) -> AccessTokenVerifier {
    let key = VerifyingKey::from_secret(HS256, &secret()).unwrap();
    AccessTokenVerifier::with_policy(Verifier::builder(key).issuer("shop").audience(audience).build().unwrap())
}

fn token(audience: &str) -> String {
    let token =
        Token::builder().issuer("shop").audience(audience).subject("user-1").expires_in(Duration::from_secs(60));
    token.sign(&SigningKey::from_secret(HS256, &secret()).unwrap()).unwrap()
}

/// A request whose body is no stream of anything.
fn request(token: &str) -> Request<u32> {
    Request::get("/").header("authorization", format!("Bearer {token}")).header("cookie", "a=b").body(7).unwrap()
}

/// Says who is there, and demands to have been polled ready itself.
#[derive(Default)]
struct Inner {
    is_ready: bool,
    calls: Arc<AtomicUsize>,
}

impl Clone for Inner {
    /// A clone is not ready because the original is.
    fn clone(&self) -> Self {
        Self { is_ready: false, calls: Arc::clone(&self.calls) }
    }
}

impl Service<Request<u32>> for Inner {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<u32>) -> Self::Future {
        assert!(std::mem::take(&mut self.is_ready), "called without having been ready");
        self.calls.fetch_add(1, SeqCst);
        let hidden = ["authorization", "cookie"].iter().all(|name| request.headers()[*name].is_sensitive());
        assert!(hidden, "{:?}", request.headers());
        let token = Authenticated::find_in(request.extensions()).unwrap();
        assert_eq!(Authenticated::require_in(request.extensions()).is_ok(), token.is_some());
        let subject = token.as_ref().and_then(|token| token.subject()).unwrap_or("nobody");
        ready(Ok(Response::new(Full::from(format!("{subject} {}", request.body())))))
    }
}

async fn answer<S, B>(service: &mut S, request: Request<u32>) -> (StatusCode, String)
where
    S: Service<Request<u32>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body<Error: std::fmt::Debug>,
{
    assert!(service.poll_ready(&mut Context::from_waker(Waker::noop())).is_ready());
    let (parts, body) = service.call(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn the_service_that_was_ready_is_the_one_that_is_called() {
    let mut service = ProtectLayer::new(verifier("api")).layer(Inner::default());
    for _ in 0..3 {
        assert_eq!(answer(&mut service, request(&token("api"))).await, (StatusCode::OK, "user-1 7".to_owned()));
    }
    let (status, body) = answer(&mut service, request("a.b.c")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(body.contains(r#""code":"malformed""#), "{body}");
    assert_eq!(answer(&mut service.clone(), request(&token("api"))).await.0, StatusCode::OK);
}

/// What is not even text is malformed, at once or where something would be waited for.
#[tokio::test]
async fn octets_that_are_no_text() {
    let at_once = ProtectLayer::builder(verifier("api"));
    let waiting = ProtectLayer::builder(verifier("api")).revocation(Revocation::always(Slow));
    let lenient = ProtectLayer::builder(verifier("api")).malformed_as_invalid_token();
    for (builder, expected) in
        [(at_once, StatusCode::BAD_REQUEST), (waiting, StatusCode::BAD_REQUEST), (lenient, StatusCode::UNAUTHORIZED)]
    {
        let mut service = builder.build().unwrap().layer(Inner::default());
        for octets in [b"Bearer a\xff".as_slice(), b"Bearer \xc3\xa9.b.c"] {
            let mut request = request("x");
            request.headers_mut().insert("authorization", http::HeaderValue::from_bytes(octets).unwrap());
            assert_eq!(answer(&mut service, request).await.0, expected);
        }
    }
}

#[tokio::test]
async fn a_refused_request_reaches_nobody() {
    let inner = Inner::default();
    let calls = Arc::clone(&inner.calls);
    let mut service = ProtectLayer::new(verifier("api")).all_of(["write"]).layer(inner);
    assert_eq!(answer(&mut service, request(&token("api"))).await.0, StatusCode::FORBIDDEN);
    assert_eq!(answer(&mut service, request("x")).await.0, StatusCode::UNAUTHORIZED);
    assert!(service.poll_ready(&mut Context::from_waker(Waker::noop())).is_ready());
    drop(service.call(request(&token("api"))));
    assert_eq!(calls.load(SeqCst), 0);
}

/// What another service let in counts for nothing; what the same one did is not asked again.
#[tokio::test]
async fn a_token_counts_for_the_service_that_verified_it() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let counted =
        Verifier::builder(VerifyingKey::from_secret(HS256, &secret()).unwrap()).issuer("shop").audience("api");
    let counted = counted.clock(move || {
        count.fetch_add(1, SeqCst);
        std::time::UNIX_EPOCH.elapsed().unwrap().as_secs().try_into().unwrap()
    });
    let protect = ProtectLayer::new(AccessTokenVerifier::with_policy(counted.build().unwrap()));
    let mut twice = protect.layer(protect.clone().layer(Inner::default()));
    assert_eq!(answer(&mut twice, request(&token("api"))).await.0, StatusCode::OK);
    assert_eq!(asked.load(SeqCst), 1, "verified once");

    let other = ProtectLayer::new(verifier("other"));
    let mut both = protect.layer(other.layer(Inner::default()));
    assert_eq!(answer(&mut both, request(&token("api"))).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(answer(&mut both, request(&token("other"))).await.0, StatusCode::UNAUTHORIZED);
    // Nobody's for the inner one is nobody's, whoever it was for the outer one.
    let public = ProtectLayer::builder(verifier("other")).public_paths(["/"]).build().unwrap();
    let mut both = protect.layer(public.layer(Inner::default()));
    assert_eq!(answer(&mut both, request(&token("api"))).await, (StatusCode::OK, "nobody 7".to_owned()));
    let mut both = public.layer(protect.layer(Inner::default()));
    assert_eq!(answer(&mut both, request(&token("api"))).await, (StatusCode::OK, "user-1 7".to_owned()));
}

/// An inner layer asks for what it requires although the outer one has verified the token.
#[tokio::test]
async fn requirements_add_up() {
    let protect = ProtectLayer::new(verifier("api"));
    let mut service = protect.layer(protect.all_of(["write"]).layer(Inner::default()));
    assert_eq!(answer(&mut service, request(&token("api"))).await.0, StatusCode::FORBIDDEN);
    let denying = protect.check(|token, parts| match parts.method.as_str() {
        "GET" => Err(token.denied()),
        _ => Ok(()),
    });
    let mut service = protect.layer(denying.layer(Inner::default()));
    let (status, body) = answer(&mut service, request(&token("api"))).await;
    assert!(status == StatusCode::FORBIDDEN && body.contains("access_denied"), "{status} {body}");
    let mut post = request(&token("api"));
    *post.method_mut() = http::Method::POST;
    assert_eq!(answer(&mut service, post).await.0, StatusCode::OK);
}

#[test]
fn a_request_that_has_been_through_no_layer() {
    let extensions = http::Extensions::new();
    for refusal in
        [Authenticated::find_in(&extensions).unwrap_err(), Authenticated::require_in(&extensions).unwrap_err()]
    {
        assert_eq!((refusal.status(), refusal.code()), (StatusCode::INTERNAL_SERVER_ERROR, "not_protected"));
    }
}

/// A list that has to be waited for.
struct Slow;

impl RevocationList for Slow {
    fn is_revoked<'a>(&'a self, _: &'a AccessToken) -> RevocationFuture<'a> {
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(false)
        })
    }
}

/// Where something has to be waited for, the service that was ready waits too, and a request that goes away reaches nobody.
#[tokio::test]
async fn a_request_that_waits_has_the_service_that_was_ready() {
    let inner = Inner::default();
    let calls = Arc::clone(&inner.calls);
    let builder = ProtectLayer::builder(verifier("api")).revocation(Revocation::always(Slow));
    let mut service = builder.build().unwrap().layer(inner);
    for _ in 0..3 {
        assert_eq!(answer(&mut service, request(&token("api"))).await, (StatusCode::OK, "user-1 7".to_owned()));
    }
    assert_eq!(calls.load(SeqCst), 3);
    assert!(service.poll_ready(&mut Context::from_waker(Waker::noop())).is_ready());
    let mut pending = Box::pin(service.call(request(&token("api"))));
    assert!(pending.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(pending);
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(calls.load(SeqCst), 3);
}

/// What is no path does not become a part of the host.
#[tokio::test]
async fn a_proof_for_a_target_that_is_no_path() {
    let client = SigningKey::generate(ES256).unwrap();
    let jwk = client.public_jwk().unwrap();
    let bound = serde_json::json!({"cnf": {"jkt": jwk.thumbprint().to_string()}});
    let token = Token::builder().issuer("shop").audience("api").expires_in(Duration::from_secs(60)).claims(&bound);
    let token = token.sign(&SigningKey::from_secret(HS256, &secret()).unwrap()).unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let ath = carnet_core::base64url::encode(&sha2::Sha256::digest(&token));
    let proof = |htu: &str| {
        let claims = serde_json::json!({"jti": htu, "htm": "OPTIONS", "htu": htu, "iat": now, "ath": ath});
        let builder = carnet_jws::JwsBuilder::new().typ("dpop+jwt").header("jwk", &jwk);
        builder.sign(claims.to_string().as_bytes(), &client).unwrap()
    };
    let dpop = DpopVerifier::builder([ES256]).build().unwrap();
    let protect = ProtectLayer::builder(verifier("api")).dpop(dpop, "https://api.example.com").build().unwrap();
    for (target, htu, status) in [
        ("/", "https://api.example.com/", StatusCode::OK),
        ("*", "https://api.example.com*", StatusCode::UNAUTHORIZED),
        ("*", "https://api.example.com/*", StatusCode::UNAUTHORIZED),
    ] {
        let request = Request::options(target).header("authorization", format!("DPoP {token}")).header("cookie", "a=b");
        let request = request.header("dpop", proof(htu)).body(7).unwrap();
        assert_eq!(answer(&mut protect.layer(Inner::default()), request).await.0, status, "{target} {htu}");
    }
}
