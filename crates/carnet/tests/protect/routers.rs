//! Layers of one service at several places: in routers that nest, one around the other, and handlers that ask for more.

use crate::client::{Client, send};
use crate::shop::{API, ISSUER, Shop, assert_passed, assert_refused, verifier, who};
use axum::Router;
use axum::extract::Path;
use axum::routing::{any, get};
use carnet::oauth::{AccessTokenVerifier, DpopVerifier};
use carnet::prelude::*;
use carnet::testing::Issuer;
use carnet::tower::{Authenticated, Bearer, ProtectLayer, Refusal};
use serde::Deserialize;
use serde_json::json;

fn challenge(scope: &str) -> String {
    format!(r#"Bearer realm="api", scope="{scope}", error="insufficient_scope""#)
}

/// Around a router the layer is as before a route, and before all that the router does.
#[tokio::test]
async fn a_layer_around_a_router_protects_what_it_does_not_know() {
    let issuer = Issuer::new(ISSUER).unwrap();
    let protect = ProtectLayer::builder(verifier(&issuer)).public_paths(["/healthz"]).build().unwrap();
    let router = Router::new()
        .route("/any", get(who))
        .route("/healthz", any(who))
        .route("/write", any(who).layer(protect.all_of(["orders:write"])))
        .route(
            "/{user}/orders",
            get(async |Path(user): Path<String>, token: Authenticated| {
                format!("{user}: {}", token.subject().unwrap_or("-"))
            }),
        )
        .nest("/nested", Router::new().route("/any", any(who)));
    let shop = Shop::around(issuer, &protect, router).await;

    for path in ["/any", "/nested/any", "/user-1/orders", "/no-such-path", "/", "/healthz/"] {
        assert_refused(&shop.get(path, &[]).await, 401, "credentials_missing", &[r#"Bearer realm="api""#]);
        assert_eq!(shop.with_bearer(path, "a.b.c").await.status, 401, "{path}");
    }
    assert_eq!(shop.send("POST", "/any", &[]).await.status, 401);
    assert_passed(&shop.get("/healthz", &[]).await, "GET by nobody");
    assert_eq!(shop.calls(), 1);

    let token = shop.token();
    for path in ["/any", "/nested/any"] {
        assert_passed(&shop.with_bearer(path, &token).await, "GET by user-1");
    }
    assert_passed(&shop.with_bearer("/jane/orders", &token).await, "jane: user-1");
    assert_eq!(shop.with_bearer("/no-such-path", &token).await.status, 404);
    let post = shop.send("POST", "/any", &[&format!("authorization: Bearer {token}")]).await;
    assert_eq!(post.status, 405);
    assert_refused(&shop.with_bearer("/write", &token).await, 403, "insufficient_scope", &[&challenge("orders:write")]);
    let token = shop.token_with(&json!({"scope": "orders:write"}));
    assert_passed(&shop.with_bearer("/write", &token).await, "GET by user-1");
    let preflight = ["origin: https://a.example", "access-control-request-method: GET"];
    assert_eq!(shop.send("OPTIONS", "/any", &preflight).await.status, 204);
}

/// What is waited for is waited for there too.
#[tokio::test]
async fn a_layer_around_a_router_waits_for_proofs() {
    let issuer = Issuer::new(ISSUER).unwrap();
    let proofs = DpopVerifier::builder([ES256, EdDSA]).clock(issuer.clock()).build().unwrap();
    let builder = ProtectLayer::builder(verifier(&issuer)).dpop(proofs, "https://api.example.com");
    let shop = Shop::around(issuer, &builder.build().unwrap(), Router::new().route("/any", any(who))).await;
    let client = Client::new();
    let token = client.token(&shop);
    assert_passed(&client.get(&shop, "/any", &token).await, "GET by user-1");
    assert_eq!(shop.with_bearer("/any", &token).await.status, 401);
    assert_eq!(client.get(&shop, "/no-such-path", &token).await.status, 404);
}

/// A path that is public is that path, wherever the layer stands.
#[tokio::test]
async fn a_public_path_is_the_one_that_the_client_called() {
    let issuer = Issuer::new(ISSUER).unwrap();
    let builder = ProtectLayer::builder(verifier(&issuer)).public_paths(["/", "/healthz", "/docs/open"]);
    let protect = builder.build().unwrap();
    let admin = Router::new()
        .route("/", any(who).layer(protect.all_of(["admin"])))
        .route("/{user}", any(who).layer(protect.all_of(["admin"])));
    let docs = Router::new().route("/open", any(who).layer(protect.clone()));
    let routes = Router::new()
        .route("/", any(who).layer(protect.clone()))
        .route("/healthz", any(who).layer(protect.clone()))
        .route("/healthz/{more}", any(who).layer(protect.clone()))
        .nest("/admin", admin.layer(protect.clone()))
        .nest("/docs", docs);
    let shop = Shop::routed(issuer, routes.fallback(any(who).layer(protect))).await;
    for path in ["/", "/healthz", "/healthz?deep=1", "/docs/open"] {
        assert_passed(&shop.get(path, &[]).await, "GET by nobody");
        assert_passed(&shop.send("POST", path, &[]).await, "POST by nobody");
    }
    for path in [
        "/admin",
        "/admin/healthz",
        "/healthz/",
        "/healthz/x",
        "/healthzz",
        "//healthz",
        "/%68ealthz",
        "/HEALTHZ",
        "/docs",
        "/open",
        "/docs/open/",
        "/admin?x=/healthz",
        "/healthz;x",
        "/./healthz",
    ] {
        assert_eq!(shop.get(path, &[]).await.status, 401, "{path}");
    }
    assert_eq!(shop.with_bearer("/admin/healthz", &shop.token()).await.status, 403);
}

/// One set of settings serves every place; the proof is for what the client called.
#[tokio::test]
async fn a_proof_is_for_the_whole_path_of_a_nested_router() {
    let (issuer, client) = (Issuer::new(ISSUER).unwrap(), Client::new());
    let proofs = DpopVerifier::builder([ES256, EdDSA]).clock(issuer.clock()).build().unwrap();
    let protect = ProtectLayer::builder(verifier(&issuer)).dpop(proofs, "https://api.example.com").build().unwrap();
    let inner = || Router::new().route("/orders", any(who).layer(protect.clone()));
    let deep = Router::new().nest("/admin", Router::new().nest("/v1", inner()));
    let shop = Shop::routed(issuer, deep.merge(inner())).await;
    let token = client.token(&shop);
    for path in ["/orders", "/admin/v1/orders"] {
        assert_passed(&client.get(&shop, path, &token).await, "GET by user-1");
    }
    for (path, called) in
        [("/admin/v1/orders", "/orders"), ("/orders", "/admin/v1/orders"), ("/admin/v1/orders", "/v1/orders")]
    {
        let proof = client.proof(&shop, &token, called);
        assert_eq!(send(&shop, path, &token, &proof).await.status, 401, "{path} {called}");
    }
}

/// Whichever layer refuses, its challenge has what all of them need: a client that asks for it gets through.
#[tokio::test]
async fn a_challenge_names_all_that_the_operation_needs() {
    async fn delete(token: Authenticated) -> Result<String, Refusal> {
        token.require_scopes(["files:delete"])?;
        token.require_any_scope(["files:force", "files:owner"])?;
        Ok("deleted".to_owned())
    }
    let issuer = Issuer::new(ISSUER).unwrap();
    let protect = ProtectLayer::new(verifier(&issuer));
    let files = Router::new().route("/files", get(delete).layer(protect.all_of(["files:write"])));
    let shop = Shop::routed(issuer, files.layer(protect.all_of(["mcp:use"]))).await;
    let with = async |scope: &str| shop.with_bearer("/files", &shop.token_with(&json!({"scope": scope}))).await;
    for (granted, needed) in [
        ("files:write", "mcp:use"),
        ("mcp:use", "mcp:use files:write"),
        ("mcp:use files:write", "mcp:use files:write files:delete"),
        ("mcp:use files:write files:delete", "mcp:use files:write files:force files:owner"),
    ] {
        assert_refused(&with(granted).await, 403, "insufficient_scope", &[&challenge(needed)]);
    }
    assert_passed(&with("files:owner mcp:use files:write files:delete").await, "deleted");
}

#[derive(Deserialize)]
struct Tenant {
    tenant: String,
}

/// What a handler of axum asks for.
#[tokio::test]
async fn handlers_ask_for_claims_scopes_and_roles() {
    let issuer = Issuer::new(ISSUER).unwrap();
    let builder = ProtectLayer::builder(verifier(&issuer));
    let builder = builder.scope_hierarchy(|granted: &str, required: &str| granted == "all" && !required.is_empty());
    let protect = builder.build().unwrap();
    let routes = Router::new()
        .route("/tenant", get(|claims: Bearer<Tenant>| async move { claims.tenant.clone() }))
        .route("/into", get(|claims: Bearer<Tenant>| async move { claims.into_claims().tenant }))
        .route(
            "/maybe",
            get(|claims: Option<Bearer<Tenant>>| async move {
                claims.map_or("-".to_owned(), |claims| claims.claims().tenant.clone())
            }),
        )
        .route(
            "/grants",
            get(|token: Authenticated| async move { format!("{} {}", token.grants("a"), token.grants("")) }),
        )
        .route("/role", get(|token: Authenticated| async move { token.require_any_role(["admin"]).map(|()| "admin") }))
        .route("/other", get(|token: Authenticated| async move { token.denied() }))
        .layer(protect.optional());
    let shop = Shop::routed(issuer, routes).await;
    let token = shop.token_with(&json!({"tenant": "acme", "roles": ["admin"], "scope": "all"}));
    for (path, body) in
        [("/tenant", "acme"), ("/into", "acme"), ("/maybe", "acme"), ("/grants", "true false"), ("/role", "admin")]
    {
        assert_passed(&shop.with_bearer(path, &token).await, body);
    }
    assert_refused(&shop.with_bearer("/other", &token).await, 403, "access_denied", &[]);
    assert_passed(&shop.get("/maybe", &[]).await, "-");
    assert_refused(&shop.get("/tenant", &[]).await, 401, "credentials_missing", &[r#"Bearer realm="api""#]);
    assert_refused(&shop.with_bearer("/role", &shop.token()).await, 403, "access_denied", &[]);
    assert_passed(&shop.with_bearer("/grants", &shop.token_with(&json!({"scope": "b a"}))).await, "true false");
    assert_passed(&shop.with_bearer("/grants", &shop.token_with(&json!({"scope": "b"}))).await, "false false");
    // Claims that do not fit are a token that is not for this, and not a value that was made up.
    let invalid = r#"Bearer realm="api", error="invalid_token", error_description="The access token is invalid""#;
    for claims in [json!({}), json!({"tenant": 7})] {
        for path in ["/tenant", "/maybe"] {
            let response = shop.with_bearer(path, &shop.token_with(&claims)).await;
            assert_refused(&response, 401, "claim_invalid", &[invalid]);
        }
    }
}

/// A service that issues its own tokens with a shared secret: a policy of its own.
#[tokio::test]
async fn tokens_of_the_services_own_making() {
    let issuer = Issuer::new(ISSUER).unwrap();
    let secret = Secret::from_bytes("an example of a secret that is long enough").unwrap();
    let (key, keys) =
        (SigningKey::from_secret(HS256, &secret).unwrap(), VerifyingKey::from_secret(HS256, &secret).unwrap());
    let policy = Verifier::builder(keys).issuer("shop").audience(API).clock(issuer.clock()).build().unwrap();
    let protect = ProtectLayer::new(AccessTokenVerifier::with_policy(policy));
    let shop = Shop::routed(issuer, Router::new().route("/", any(who).layer(protect))).await;
    let token = shop.issuer.token(API).issuer("shop").subject("user-7");
    assert_passed(&shop.with_bearer("/", &token.sign(&key).unwrap()).await, "GET by user-7");
}
