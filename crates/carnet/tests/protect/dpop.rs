//! Tokens that are bound to a key (RFC 9449; rows 10 to 13).

use crate::client::{Client, send};
use crate::shop::{API, ISSUER, Shop, assert_passed, assert_refused};
use carnet::oauth::{DpopBuilder, DpopNonces, DpopVerifier, ReplayFuture, ReplayStore, ReplayStoreError};
use carnet::prelude::*;
use serde_json::json;
use std::time::Duration;

const BASE: &str = "https://api.example.com";
const BEARER: &str = r#"Bearer realm="api""#;

fn refused(error: &str, description: &str) -> String {
    format!(r#"DPoP realm="api", error="{error}", error_description="{description}", algs="ES256 EdDSA""#)
}

fn proofs(shop: &carnet::testing::Issuer) -> DpopBuilder {
    DpopVerifier::builder([ES256, EdDSA]).clock(shop.clock())
}

/// A service that takes both schemes.
async fn shop() -> Shop {
    with(|builder| builder).await
}

async fn with(settings: impl FnOnce(DpopBuilder) -> DpopBuilder) -> Shop {
    Shop::of(|issuer, builder| builder.dpop(settings(proofs(issuer)).build().unwrap(), BASE)).await
}

#[tokio::test]
async fn a_token_with_its_proof_goes_through_once() {
    let (shop, client) = (shop().await, Client::new());
    let token = client.token(&shop);
    assert_passed(&client.get(&shop, "/read", &token).await, "GET by user-1");
    assert_passed(&client.get(&shop, "/read", &token).await, "GET by user-1");
    let proof = client.proof(&shop, &token, "/any");
    assert_passed(&send(&shop, "/any?page=2", &token, &proof).await, "GET by user-1");
    let invalid = refused("invalid_dpop_proof", "The DPoP proof is invalid");
    assert_refused(&send(&shop, "/any", &token, &proof).await, 401, "invalid_dpop_proof", &[BEARER, &invalid]);
    // Bearer tokens are taken beside.
    assert_passed(&shop.with_bearer("/read", &shop.token()).await, "GET by user-1");
}

/// Row 1 with both schemes, and row 3 on each.
#[tokio::test]
async fn both_schemes_are_offered() {
    let shop = shop().await;
    let dpop = r#"DPoP realm="api", scope="orders:read", algs="ES256 EdDSA""#;
    let bearer = r#"Bearer realm="api", scope="orders:read""#;
    assert_refused(&shop.get("/read", &[]).await, 401, "credentials_missing", &[bearer, dpop]);
    let two = ["authorization: Bearer a", "authorization: DPoP a"];
    let malformed = r#"error="invalid_request", error_description="The credentials are malformed""#;
    let bearer = format!(r#"Bearer realm="api", {malformed}"#);
    let dpop = format!(r#"DPoP realm="api", {malformed}, algs="ES256 EdDSA""#);
    assert_refused(&shop.get("/any", &two).await, 400, "invalid_request", &[&bearer, &dpop]);
    // An error is said of the scheme that was used alone.
    assert_refused(&shop.get("/any", &["authorization: DPoP a b"]).await, 400, "invalid_request", &[BEARER, &dpop]);
    let plain = r#"DPoP realm="api", algs="ES256 EdDSA""#;
    assert_refused(&shop.get("/any", &["authorization: Bearer a b"]).await, 400, "invalid_request", &[&bearer, plain]);
}

/// Row 10.
#[tokio::test]
async fn a_proof_that_is_missing_or_wrong_is_an_invalid_proof() {
    let (shop, client) = (shop().await, Client::new());
    let token = client.token(&shop);
    let authorization = format!("authorization: DPoP {token}");
    let invalid = refused("invalid_dpop_proof", "The DPoP proof is invalid");
    let expected = [BEARER, &*invalid];
    assert_refused(&shop.get("/any", &[&authorization]).await, 401, "invalid_dpop_proof", &expected);
    let proof = format!("dpop: {}", client.proof(&shop, &token, "/any"));
    assert_refused(&shop.get("/any", &[&authorization, &proof, &proof]).await, 401, "invalid_dpop_proof", &expected);
    let now = shop.issuer.now();
    for (name, value) in [
        ("htm", json!("POST")),
        ("htm", json!("get")),
        ("htu", json!("https://api.example.com/read")),
        ("htu", json!("http://api.example.com/any")),
        ("htu", json!("https://evil.example/any")),
        ("iat", json!(now - 66)),
        ("iat", json!(now + 6)),
        ("jti", json!(null)),
    ] {
        let mut claims = Client::claims(&shop, &token, "/any");
        claims[name] = value;
        let response = send(&shop, "/any", &token, &client.sign(&claims)).await;
        assert_refused(&response, 401, "invalid_dpop_proof", &expected);
    }
    for proof in ["", "a.b.c", &token] {
        assert_refused(&send(&shop, "/any", &token, proof).await, 401, "invalid_dpop_proof", &expected);
    }
    // The proof that was sent twice and refused was not used up.
    assert_passed(&shop.get("/any", &[&authorization, &proof]).await, "GET by user-1");
}

/// Row 11.
#[tokio::test]
async fn a_proof_of_another_key_or_for_another_token_does_not_bind() {
    let (shop, client, thief) = (shop().await, Client::new(), Client::new());
    let token = client.token(&shop);
    let invalid = refused("invalid_token", "Invalid DPoP key binding");
    let expected = [BEARER, &*invalid];
    assert_refused(&thief.get(&shop, "/any", &token).await, 401, "dpop_binding_mismatch", &expected);
    let for_another = client.proof(&shop, &client.token(&shop), "/any");
    assert_refused(&send(&shop, "/any", &token, &for_another).await, 401, "dpop_binding_mismatch", &expected);
    let unbound = shop.token();
    assert_refused(&client.get(&shop, "/any", &unbound).await, 401, "dpop_binding_mismatch", &expected);
    let by_certificate = shop.token_with(&json!({"cnf": {"x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"}}));
    assert_refused(&client.get(&shop, "/any", &by_certificate).await, 401, "dpop_binding_mismatch", &expected);
    // The token itself comes first.
    shop.issuer.advance(Duration::from_secs(3600));
    let expired = refused("invalid_token", "The access token expired");
    assert_refused(&client.get(&shop, "/any", &token).await, 401, "token_expired", &[BEARER, &expired]);
}

/// Row 7 and row 14 with the scheme that was used.
#[tokio::test]
async fn other_refusals_are_those_of_the_scheme() {
    let (shop, client) = (shop().await, Client::new());
    let token = client.token(&shop);
    let scope = r#"scope="orders:read orders:write""#;
    let dpop = format!(r#"DPoP realm="api", {scope}, error="insufficient_scope", algs="ES256 EdDSA""#);
    let bearer = format!(r#"Bearer realm="api", {scope}"#);
    assert_refused(&client.get(&shop, "/write", &token).await, 403, "insufficient_scope", &[&bearer, &dpop]);

    struct Down;
    impl ReplayStore for Down {
        fn record<'a>(&'a self, _: carnet::oauth::ProofId, _: i64, _: i64) -> ReplayFuture<'a> {
            Box::pin(async { Err(ReplayStoreError::new("down").with_retry_after(Duration::from_millis(2500))) })
        }
    }
    struct Silent;
    impl ReplayStore for Silent {
        fn record<'a>(&'a self, _: carnet::oauth::ProofId, _: i64, _: i64) -> ReplayFuture<'a> {
            Box::pin(std::future::pending())
        }
    }
    let shop = with(|builder| builder.replay_store(Silent)).await;
    let begun = std::time::Instant::now();
    let response = client.get(&shop, "/any", &client.token(&shop)).await;
    assert_refused(&response, 503, "replay_store_unavailable", &[]);
    assert!(begun.elapsed() < Duration::from_secs(15));
    let shop = with(|builder| builder.replay_store(Down)).await;
    let response = client.get(&shop, "/any", &client.token(&shop)).await;
    assert_refused(&response, 503, "replay_store_unavailable", &[]);
    assert_eq!(response.one("retry-after"), Some("3"));
}

/// Row 12.
#[tokio::test]
async fn a_nonce_is_asked_for_and_the_next_one_comes_along() {
    let secret = Secret::from_bytes("a secret for the nonces of proofs").unwrap();
    let nonces = DpopNonces::new(&secret, Duration::from_secs(300)).unwrap();
    let (shop, client) = (with(|builder| builder.nonces(nonces)).await, Client::new());
    let token = client.token(&shop);
    let needed = refused("use_dpop_nonce", "The proof needs the nonce of DPoP-Nonce");
    let with_nonce = async |nonce: &str| {
        let mut claims = Client::claims(&shop, &token, "/any");
        claims["nonce"] = json!(nonce);
        send(&shop, "/any", &token, &client.sign(&claims)).await
    };
    let response = client.get(&shop, "/any", &token).await;
    assert_refused(&response, 401, "use_dpop_nonce", &[BEARER, &needed]);
    let first = response.one("dpop-nonce").unwrap().to_owned();
    let response = with_nonce(&first).await;
    assert_passed(&response, "GET by user-1");
    assert_eq!(response.one("dpop-nonce"), None, "it is still the current one");

    shop.issuer.advance(Duration::from_secs(300));
    let response = with_nonce(&first).await;
    assert_passed(&response, "GET by user-1");
    let second = response.one("dpop-nonce").unwrap().to_owned();
    assert_eq!(response.one("cache-control"), Some("no-store"));
    assert_ne!(first, second);

    shop.issuer.advance(Duration::from_secs(300));
    for nonce in [&*first, "", "made-up", &format!("{second}x")] {
        let response = with_nonce(nonce).await;
        assert_refused(&response, 401, "use_dpop_nonce", &[BEARER, &needed]);
        assert!(response.one("dpop-nonce").is_some_and(|nonce| nonce != first && nonce != second));
    }
    assert_passed(&with_nonce(&second).await, "GET by user-1");
    // Whoever has not shown a token and its key gets none for another mistake, and whoever has gets it with any answer.
    for response in [shop.get("/any", &[]).await, send(&shop, "/any", &token, "a.b.c").await] {
        assert_eq!((response.status, response.one("dpop-nonce")), (401, None));
    }
    let mut claims = Client::claims(&shop, &token, "/write");
    claims["nonce"] = json!(second);
    let response = send(&shop, "/write", &token, &client.sign(&claims)).await;
    assert_eq!(response.status, 403);
    assert!(response.one("dpop-nonce").is_some_and(|nonce| nonce != second));
}

/// Row 13, also where proofs are not taken at all.
#[tokio::test]
async fn a_bound_token_is_no_bearer_token() {
    let client = Client::new();
    let invalid = r#"Bearer realm="api", error="invalid_token", error_description="The access token is invalid""#;
    let shop = shop().await;
    let token = client.token(&shop);
    let offered = r#"DPoP realm="api", algs="ES256 EdDSA""#;
    assert_refused(&shop.with_bearer("/any", &token).await, 401, "sender_constrained_token", &[invalid, offered]);
    // A proof beside it does not make it better.
    let proof = format!("dpop: {}", client.proof(&shop, &token, "/any"));
    let fields = [&*format!("authorization: Bearer {token}"), &*proof];
    assert_refused(&shop.get("/any", &fields).await, 401, "sender_constrained_token", &[invalid, offered]);
    // Nor does it that the service remembers the token.
    for _ in 0..2 {
        assert_passed(&client.get(&shop, "/any", &token).await, "GET by user-1");
    }
    assert_refused(&shop.with_bearer("/any", &token).await, 401, "sender_constrained_token", &[invalid, offered]);

    let without = Shop::open().await;
    assert_refused(
        &without.with_bearer("/any", &client.token(&without)).await,
        401,
        "sender_constrained_token",
        &[invalid],
    );
    assert_eq!(client.get(&without, "/any", &client.token(&without)).await.status, 401);
}

#[tokio::test]
async fn proofs_alone_can_be_demanded() {
    let client = Client::new();
    let shop = Shop::of(|issuer, builder| {
        let cookie = carnet::tower::CookieCredentials::new("__Host-at", "https://app.example.com").unwrap();
        builder.cookie(cookie).dpop_only(proofs(issuer).build().unwrap(), BASE)
    });
    let shop = shop.await;
    let offered = [r#"DPoP realm="api", algs="ES256 EdDSA""#];
    assert_refused(&shop.with_bearer("/any", &shop.token()).await, 401, "credentials_missing", &offered);
    let cookie = format!("cookie: __Host-at={}", shop.token());
    assert_refused(&shop.get("/any", &[&cookie]).await, 401, "credentials_missing", &offered);
    assert_passed(&client.get(&shop, "/any", &client.token(&shop)).await, "GET by user-1");
}

/// The URI is that of the configuration, whatever the request calls the server; a prefix that a proxy took away is put back.
#[tokio::test]
async fn a_proof_is_for_the_configured_base() {
    let client = Client::new();
    let shop =
        Shop::of(|issuer, builder| builder.dpop(proofs(issuer).build().unwrap(), "https://api.example.com/v1/")).await;
    let token = client.token(&shop);
    let of = |htu: &str| {
        let mut claims = Client::claims(&shop, &token, "/any");
        claims["htu"] = json!(htu);
        client.sign(&claims)
    };
    assert_passed(&send(&shop, "/any", &token, &of("https://api.example.com/v1/any")).await, "GET by user-1");
    let named = format!("http://{}/any", shop.address);
    for htu in ["https://api.example.com/any", &named] {
        assert_eq!(send(&shop, "/any", &token, &of(htu)).await.status, 401);
    }
    for base in
        ["api.example.com", "http://api.example.com", "https://u@api.example.com", "https://api.example.com?x", ""]
    {
        let issuer = carnet::testing::Issuer::new(ISSUER).unwrap();
        let dpop = proofs(&issuer).build().unwrap();
        let built = carnet::tower::ProtectLayer::builder(crate::shop::verifier(&issuer)).dpop(dpop, base).build();
        assert_eq!(built.unwrap_err().code(), "invalid_protection", "{base} {API}");
    }
}
