//! JWK Sets that are published, over a real server.
#![cfg(test)]
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

#[path = "support/wire.rs"]
mod wire;

use axum::Router;
use carnet_jwa::Algorithm::{self, ES256, EdDSA, HS256};
use carnet_jwk::{JwkSet, KeyRing, PrivateJwk, Secret, SigningKey, VerifyingKey};
use carnet_tower::{JwksHandler, MaxAgeError, jwks_handler};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use testkit::http_client::Response as Reply;
use wire::{ask, problem_code, serve};

const JWKS: &str = "/.well-known/jwks.json";

fn key(kid: &str) -> SigningKey {
    SigningKey::generate(EdDSA).unwrap().with_key_id(kid).unwrap()
}

async fn publish(handler: JwksHandler) -> SocketAddr {
    serve(Router::new().route_service(JWKS, handler)).await
}

async fn get(address: SocketAddr, fields: &str) -> Reply {
    ask(address, &format!("GET {JWKS}"), fields).await
}

fn kids(reply: &Reply) -> Vec<String> {
    let set: Value = serde_json::from_str(&reply.body).unwrap();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_ring_is_published_with_the_next_key_and_rotates() {
    let ring = KeyRing::new(key("a")).with_next(key("b"));
    let address = publish(jwks_handler(ring.clone())).await;
    let first = get(address, "").await;
    assert_eq!(first.status, 200);
    assert_eq!(first.one("content-type"), Some("application/jwk-set+json"));
    assert_eq!(first.one("cache-control"), Some("public, max-age=600"));
    assert_eq!(first.one("access-control-allow-origin"), Some("*"));
    assert_eq!(first.one("content-length"), Some(first.body.len().to_string().as_str()));
    assert_eq!(kids(&first), ["b", "a"]);
    let tag = first.one("etag").unwrap().to_owned();
    assert!(tag.starts_with('"') && tag.len() == 45, "a strong tag: {tag}");

    // Nothing has changed.
    let held = get(address, &format!("If-None-Match: \"other\", W/{tag}\r\n")).await;
    assert_eq!((held.status, held.body.as_str()), (304, ""));
    assert_eq!(held.one("etag"), Some(tag.as_str()));
    assert_eq!(held.one("cache-control"), Some("public, max-age=600"));
    assert_eq!(held.one("access-control-allow-origin"), Some("*"));
    assert_eq!(held.one("content-type"), None);
    // RFC 9110 §8.6: that of the 200, or none.
    assert!(held.one("content-length").is_none_or(|length| length == first.body.len().to_string()), "{held:?}");

    // Every way in which a ring changes is seen by the next request.
    type Change = fn(&KeyRing);
    let changes: [(Change, &[&str]); 5] = [
        (|ring| ring.rotate(key("c")).unwrap(), &["c", "b", "a"]),
        (|ring| ring.forget_previous(0), &["c", "b"]),
        (|ring| ring.switch_to(key("d")), &["c", "d", "b"]),
        (|ring| drop(ring.clone().with_next(key("e"))), &["e", "d", "b"]),
        (|ring| ring.replace_all(key("f")), &["f"]),
    ];
    let mut last = tag;
    for (change, expected) in changes {
        change(&ring);
        let now = get(address, &format!("If-None-Match: {last}\r\n")).await;
        assert_eq!((now.status, kids(&now)), (200, expected.iter().map(ToString::to_string).collect()));
        last = now.one("etag").unwrap().to_owned();
        assert_eq!(get(address, &format!("If-None-Match: {last}\r\n")).await.status, 304);
    }
}

#[tokio::test]
async fn what_is_published_is_public() {
    // Of each private key, the members that must not be seen; of the secrets, every form in which they could be.
    let algorithms: Vec<Algorithm> =
        [EdDSA, ES256, Algorithm::ES384].into_iter().filter(|alg| alg.is_available()).collect();
    let mut canaries = Vec::new();
    let mut keys = algorithms.iter().map(|algorithm| {
        let private = PrivateJwk::generate(*algorithm).unwrap().with_thumbprint_key_id();
        let members: Value = serde_json::from_str(&private.expose_json()).unwrap();
        canaries.push(members["d"].as_str().unwrap().to_owned());
        SigningKey::from_jwk(&private).unwrap()
    });
    let mut ring = KeyRing::new(keys.next().unwrap()).with_next(keys.next().unwrap());
    ring = ring.with_previous(keys.next().unwrap().verifying_key());
    drop(keys);
    let canary = b"canary-canary-canary-canary-canary";
    let secret = Secret::from_bytes(canary).unwrap();
    ring = ring.with_previous(VerifyingKey::from_secret(HS256, &secret).unwrap());
    let secrets = KeyRing::from_secrets(HS256, &secret, [&secret]).unwrap();
    let encoded = carnet_core::base64url::encode(canary);
    // A set in which somebody put a private key and a secret.
    let careless = format!(
        "{{\"keys\":[{},{{\"kty\":\"oct\",\"k\":\"{encoded}\"}}]}}",
        PrivateJwk::generate(EdDSA).unwrap().expose_json().as_str()
    );
    let careless_d = serde_json::from_str::<Value>(&careless).unwrap()["keys"][0]["d"].as_str().unwrap().to_owned();
    canaries.extend([careless_d, encoded, "canary".to_owned()]);

    for (handler, published) in
        [(jwks_handler(ring), 2), (jwks_handler(secrets), 0), (jwks_handler(JwkSet::from_json(&careless).unwrap()), 1)]
    {
        let debug = format!("{handler:?}");
        let reply = get(publish(handler).await, "").await;
        let set: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(set["keys"].as_array().unwrap().len(), published);
        for canary in &canaries {
            assert!(!reply.body.contains(canary.as_str()) && !debug.contains(canary.as_str()));
        }
        for key in set["keys"].as_array().unwrap() {
            for (member, _) in key.as_object().unwrap() {
                assert!(!["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"].contains(&member.as_str()), "{member}");
            }
            assert_ne!(key["kty"], "oct");
        }
    }
}

#[tokio::test]
async fn max_age_is_bounded() {
    let set = || [key("a")].iter().filter_map(SigningKey::public_jwk).collect::<JwkSet>();
    let seconds = Duration::from_secs;
    for handler in [jwks_handler(set()), jwks_handler(KeyRing::new(key("a")))] {
        for refused in [Duration::ZERO, Duration::from_millis(999), seconds(86_401), Duration::MAX] {
            let error: MaxAgeError = handler.clone().max_age(refused).unwrap_err();
            assert_eq!(error.code(), "invalid_max_age", "{refused:?}");
        }
        for (taken, written) in
            [(seconds(1), 1), (Duration::from_millis(1999), 1), (seconds(300), 300), (seconds(86_400), 86_400)]
        {
            let reply = get(publish(handler.clone().max_age(taken).unwrap()).await, "").await;
            assert_eq!(reply.one("cache-control"), Some(format!("public, max-age={written}").as_str()));
            assert_eq!(kids(&reply), ["a"]);
        }
    }
}

#[tokio::test]
async fn a_document_answers_its_methods() {
    let address = publish(jwks_handler(KeyRing::new(key("a")))).await;
    let get = get(address, "").await;

    let head = ask(address, &format!("HEAD {JWKS}"), "").await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    for name in ["content-type", "content-length", "cache-control", "etag", "access-control-allow-origin"] {
        assert_eq!(head.one(name), get.one(name), "{name}");
    }
    let held = ask(address, &format!("HEAD {JWKS}"), &format!("If-None-Match: {}\r\n", get.one("etag").unwrap())).await;
    assert_eq!((held.status, held.body.as_str()), (304, ""));

    let preflight = "Origin: https://app.example\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: mcp-protocol-version\r\n";
    let options = ask(address, &format!("OPTIONS {JWKS}"), preflight).await;
    assert_eq!((options.status, options.body.as_str()), (204, ""));
    assert_eq!(options.one("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(options.one("access-control-allow-origin"), Some("*"));
    assert_eq!(options.one("access-control-allow-methods"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(options.one("access-control-allow-headers"), Some("*"));
    assert_eq!(options.one("access-control-allow-credentials"), None);
    assert_eq!(options.one("content-length"), None, "RFC 9110 §8.6");

    for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW", "get"] {
        let reply = ask(address, &format!("{method} {JWKS}"), "Content-Length: 0\r\n").await;
        assert_eq!(reply.status, 405, "{method}");
        assert_eq!(reply.one("allow"), Some("GET, HEAD, OPTIONS"));
        assert_eq!(problem_code(&reply), "method_not_allowed");
    }
}

#[tokio::test]
async fn a_body_is_not_waited_for() {
    let address = publish(jwks_handler(KeyRing::new(key("a")))).await;
    for (method, status) in [("POST", 405), ("GET", 200)] {
        // A gigabyte is announced, and none of it comes.
        let reply = ask(address, &format!("{method} {JWKS}"), "Content-Length: 1000000000\r\n").await;
        assert_eq!(reply.status, status, "{method}");
    }
}
