//! The layer for HTTP services in a real server of axum: each row of what it answers.

use crate::shop::who;
use crate::shop::{Shop, assert_passed, assert_refused};
use axum::Router;
use axum::routing::any;
use carnet::oauth::AccessToken;
use carnet::prelude::*;
use carnet::testing::Issuer;
use carnet::tower::{ProtectLayer, Revocation, RevocationFuture, RevocationList};
use serde_json::json;
use std::time::Duration;

const READ: &str = r#"Bearer realm="api", scope="orders:read""#;
const INVALID: &str = r#"Bearer realm="api", error="invalid_token", error_description="The access token is invalid""#;
const EXPIRED: &str = r#"Bearer realm="api", error="invalid_token", error_description="The access token expired""#;
const MALFORMED: &str =
    r#"Bearer realm="api", error="invalid_request", error_description="The credentials are malformed""#;

#[tokio::test]
async fn a_token_goes_through_and_the_handler_knows_whose_it_is() {
    let shop = Shop::open().await;
    for path in ["/any", "/read", "/either", "/optional"] {
        assert_passed(&shop.with_bearer(path, &shop.token()).await, "GET by user-1");
    }
    let lower = format!("authorization: bearer    {}", shop.token());
    assert_passed(&shop.get("/read", &[&lower]).await, "GET by user-1");
}

/// Row 1.
#[tokio::test]
async fn no_credentials_are_challenged_without_an_error() {
    let shop = Shop::open().await;
    assert_refused(&shop.get("/any", &[]).await, 401, "credentials_missing", &[r#"Bearer realm="api""#]);
    assert_refused(&shop.get("/read", &[]).await, 401, "credentials_missing", &[READ]);
    for other in ["Basic dXNlcjpwYXNz", "Negotiate", "DPoP abc", r#"Digest username="a""#, "Bearerx abc"] {
        let field = format!("authorization: {other}");
        assert_refused(&shop.get("/read", &[&field]).await, 401, "credentials_missing", &[READ]);
    }
    let shop = Shop::with(|settings| {
        settings.realm("the shop").resource_metadata("https://api.example.com/.well-known/oauth-protected-resource")
    });
    let full = r#"Bearer realm="the shop", scope="orders:read orders:write", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource""#;
    assert_refused(&shop.await.get("/write", &[]).await, 401, "credentials_missing", &[full]);
}

/// Row 2.
#[tokio::test]
async fn malformed_credentials_are_a_bad_request() {
    let shop = Shop::open().await;
    let long = format!("Bearer {}", "a".repeat(8186));
    for value in [
        "",
        "Bearer",
        "Bearer  ",
        "Bearer =",
        "Bearer a b",
        "Bearer a,b",
        "Bearer \"a\"",
        "Bearer\ta",
        "Bearer a\u{e9}",
        &long,
    ] {
        let field = format!("authorization: {value}");
        assert_refused(&shop.get("/any", &[&field]).await, 400, "invalid_request", &[MALFORMED]);
    }
    // One octet less is read, and is no token.
    let field = format!("authorization: {}", &long[..8192]);
    assert_refused(&shop.get("/any", &[&field]).await, 401, "malformed", &[INVALID]);

    let shop = Shop::with(|settings| settings.malformed_as_invalid_token()).await;
    assert_refused(&shop.get("/any", &["authorization: Bearer a b"]).await, 401, "malformed", &[INVALID]);
    let twice = ["authorization: Bearer a", "authorization: Bearer a"];
    assert_refused(&shop.get("/any", &twice).await, 400, "invalid_request", &[MALFORMED]);
    // Two methods are two, whatever one of them is.
    let both = shop.get("/any?access_token=a", &["authorization: Bearer a b"]).await;
    assert_refused(&both, 400, "invalid_request", &[MALFORMED]);
}

/// A list that every request waits for.
struct NothingRevoked;

impl RevocationList for NothingRevoked {
    fn is_revoked<'a>(&'a self, _: &'a AccessToken) -> RevocationFuture<'a> {
        Box::pin(async { Ok(false) })
    }
}

/// Row 2: what is around a token is read as the grammar has it, although the token itself is known.
#[tokio::test]
async fn a_token_that_is_remembered_excuses_nothing() {
    for shop in
        [Shop::open().await, Shop::with(|settings| settings.revocation(Revocation::always(NothingRevoked))).await]
    {
        let token = shop.token();
        for _ in 0..2 {
            assert_passed(&shop.with_bearer("/read", &token).await, "GET by user-1");
        }
        let calls = shop.calls();
        let not_of_the_grammar = [
            format!("\t{token}"),
            format!(" \t{token}"),
            format!("{token},"),
            format!("{token} x"),
            format!("{token}, Bearer {token}"),
            format!("\"{token}\""),
            format!("{token}\u{e9}"),
            format!("={token}"),
        ];
        for value in not_of_the_grammar {
            let response = shop.get("/any", &[&format!("authorization: Bearer {value}")]).await;
            assert_refused(&response, 400, "invalid_request", &[MALFORMED]);
        }
        for value in [format!("{token}="), format!("{token}."), format!("+{token}")] {
            assert_refused(&shop.with_bearer("/any", &value).await, 401, "malformed", &[INVALID]);
        }
        assert_eq!(shop.calls(), calls);
        assert_passed(&shop.with_bearer("/read", &token).await, "GET by user-1");
    }
}

/// Row 3.
#[tokio::test]
async fn two_methods_are_a_bad_request() {
    let shop = Shop::open().await;
    let valid = format!("authorization: Bearer {}", shop.token());
    for fields in [[&*valid, &*valid], [&*valid, "authorization: Basic YTpi"], ["authorization: Basic YTpi", &*valid]] {
        assert_refused(&shop.get("/any", &fields).await, 400, "invalid_request", &[MALFORMED]);
    }
    let query = format!("/any?access_token={}", shop.token());
    assert_refused(&shop.get(&query, &[&valid]).await, 400, "invalid_request", &[MALFORMED]);
}

/// Row 5, and RFC 6750 §2.2: neither the query nor the body is a place for tokens.
#[tokio::test]
async fn tokens_elsewhere_are_ignored() {
    let shop = Shop::open().await;
    let query = format!("/read?access_token={}", shop.token());
    assert_refused(&shop.get(&query, &[]).await, 401, "credentials_missing", &[READ]);
    let body = format!("access_token={}", shop.token());
    let form = ["content-type: application/x-www-form-urlencoded"];
    let response = shop.send_body("POST", "/read", &form, &body).await;
    assert_refused(&response, 401, "credentials_missing", &[READ]);
}

/// Row 6: every reason has the same challenge, expiry aside, and its own code.
#[tokio::test]
async fn tokens_that_are_not_accepted_are_invalid() {
    let shop = Shop::open().await;
    let issuer = &shop.issuer;
    let base = |audience| issuer.token(audience).typ("at+jwt").subject("user-1").random_id();
    let claims = json!({"client_id": "web"});
    let sign = |builder: carnet::TokenBuilder<'_>| issuer.sign(&builder.claims(&claims)).unwrap();
    let stranger = base(crate::shop::API).claims(&claims).sign(&issuer.strange_key().unwrap()).unwrap();
    let unknown = SigningKey::generate(EdDSA).unwrap().with_key_id("unheard-of").unwrap();
    let unknown = base(crate::shop::API).claims(&claims).sign(&unknown).unwrap();
    let secret = Secret::from_bytes("an example of a secret that is long enough").unwrap();
    let symmetric =
        base(crate::shop::API).claims(&claims).sign(&SigningKey::from_secret(HS256, &secret).unwrap()).unwrap();
    let bound = json!({"client_id": "web", "cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}});
    for (token, code) in [
        ("abc".to_owned(), "malformed"),
        ("a.b.c".to_owned(), "malformed"),
        (stranger, "invalid_signature"),
        (unknown, "unknown_key"),
        (symmetric, "algorithm_not_allowed"),
        ("eyJhbGciOiJub25lIn0.e30.".to_owned(), "algorithm_not_allowed"),
        (sign(base(crate::shop::API).typ("JWT")), "wrong_typ"),
        (sign(base(crate::shop::API).issuer("https://other.example/")), "issuer_mismatch"),
        (sign(base("https://other.example/")), "audience_mismatch"),
        (sign(base(crate::shop::API).not_before_at(issuer.now() + 100)), "token_not_yet_valid"),
        (issuer.sign(&base(crate::shop::API)).unwrap(), "claim_missing"),
        (issuer.sign(&base(crate::shop::API).claims(&bound)).unwrap(), "sender_constrained_token"),
    ] {
        assert_refused(&shop.with_bearer("/any", &token).await, 401, code, &[INVALID]);
    }
    let token = shop.token();
    shop.issuer.advance(Duration::from_secs(3600));
    assert_refused(&shop.with_bearer("/any", &token).await, 401, "token_expired", &[EXPIRED]);
    let read = r#"Bearer realm="api", scope="orders:read", error="invalid_token", error_description="The access token expired""#;
    assert_refused(&shop.with_bearer("/read", &token).await, 401, "token_expired", &[read]);
}

/// Row 7: one challenge has all that the operation needs.
#[tokio::test]
async fn too_few_scopes_are_forbidden() {
    let shop = Shop::with(|settings| settings.realm("shop").resource_metadata("https://api.example.com/m")).await;
    let challenge = |scope: &str| {
        format!(
            r#"Bearer realm="shop", scope="{scope}", error="insufficient_scope", resource_metadata="https://api.example.com/m""#
        )
    };
    let token = shop.token();
    let refused = shop.with_bearer("/write", &token).await;
    assert_refused(&refused, 403, "insufficient_scope", &[&challenge("orders:read orders:write")]);
    let none = shop.token_with(&json!({"scope": "orders:readers orders"}));
    let either = challenge("orders:read orders:admin");
    assert_refused(&shop.with_bearer("/either", &none).await, 403, "insufficient_scope", &[&either]);
    assert_refused(
        &shop.with_bearer("/optional", &none).await,
        403,
        "insufficient_scope",
        &[&challenge("orders:read")],
    );
    for enough in
        [json!({"scope": "x orders:write orders:read"}), json!({"scope": null, "scp": ["orders:write", "orders:read"]})]
    {
        let enough = shop.token_with(&enough);
        assert_passed(&shop.with_bearer("/write", &enough).await, "GET by user-1");
    }

    let shop = Shop::with(|settings| {
        settings.scope_hierarchy(|granted: &str, required: &str| granted == "orders" && required.starts_with("orders:"))
    })
    .await;
    let broad = shop.token_with(&json!({"scope": "orders"}));
    for path in ["/read", "/write", "/either"] {
        assert_passed(&shop.with_bearer(path, &broad).await, "GET by user-1");
    }
}

/// Row 7 again, of a scope that the verifier's own policy requires.
#[tokio::test]
async fn a_scope_of_the_policy_is_a_scope() {
    let issuer = Issuer::new(crate::shop::ISSUER).unwrap();
    let clock = issuer.clock();
    let builder = carnet::oauth::AccessTokenVerifier::builder(
        issuer.jwk_set().verifying_keys(),
        crate::shop::ISSUER,
        crate::shop::API,
    );
    let verifier = builder.scope("shop").policy(|policy| policy.clock(clock)).build().unwrap();
    let shop = Shop::behind(issuer, ProtectLayer::new(verifier)).await;
    let challenge = r#"Bearer realm="api", scope="orders:read shop", error="insufficient_scope""#;
    assert_refused(&shop.with_bearer("/read", &shop.token()).await, 403, "insufficient_scope", &[challenge]);
    let token = shop.token();
    shop.issuer.advance(Duration::from_secs(3600));
    assert_refused(&shop.with_bearer("/any", &token).await, 401, "token_expired", &[EXPIRED]);
}

/// Row 8: no challenge, since no other token of this client would help.
#[tokio::test]
async fn a_role_that_is_missing_is_denied() {
    let shop = Shop::open().await;
    for claims in
        [json!({}), json!({"roles": ["admins", "user"]}), json!({"roles": {"admin": true}}), json!({"roles": null})]
    {
        assert_refused(&shop.with_bearer("/admin", &shop.token_with(&claims)).await, 403, "access_denied", &[]);
    }
    for claims in [json!({"roles": ["user", "owner"]}), json!({"roles": "admin"})] {
        assert_passed(&shop.with_bearer("/admin", &shop.token_with(&claims)).await, "GET by user-1");
    }
    for (path, claims) in [
        (&["realm_access", "roles"][..], json!({"realm_access": {"roles": ["admin"]}, "roles": ["user"]})),
        (&["cognito:groups"], json!({"cognito:groups": ["admin"]})),
        (&["https://example.com/roles"], json!({"https://example.com/roles": ["admin"]})),
    ] {
        let shop = Shop::with(|settings| settings.roles_at(path.iter().copied())).await;
        assert_passed(&shop.with_bearer("/admin", &shop.token_with(&claims)).await, "GET by user-1");
        let elsewhere = shop.token_with(&json!({"roles": ["admin"]}));
        assert_refused(&shop.with_bearer("/admin", &elsewhere).await, 403, "access_denied", &[]);
    }
}

/// Row 9 (RFC 9470).
#[tokio::test]
async fn a_login_that_is_old_or_weak_is_not_enough() {
    let shop = Shop::open().await;
    let old = r#"Bearer realm="api", error="insufficient_user_authentication", max_age="300""#;
    let weak =
        r#"Bearer realm="api", error="insufficient_user_authentication", acr_values="urn:example:mfa urn:example:hw""#;
    let now = shop.issuer.now();
    for claims in [json!({}), json!({"auth_time": now - 301})] {
        let response = shop.with_bearer("/recent", &shop.token_with(&claims)).await;
        assert_refused(&response, 401, "insufficient_user_authentication", &[old]);
    }
    assert_passed(
        &shop.with_bearer("/recent", &shop.token_with(&json!({"auth_time": now - 300}))).await,
        "GET by user-1",
    );
    for claims in [json!({}), json!({"acr": "urn:example:password"})] {
        let response = shop.with_bearer("/strong", &shop.token_with(&claims)).await;
        assert_refused(&response, 401, "insufficient_user_authentication", &[weak]);
    }
    assert_passed(
        &shop.with_bearer("/strong", &shop.token_with(&json!({"acr": "urn:example:hw"}))).await,
        "GET by user-1",
    );
}

/// Row 16. A preflight is answered and reaches nobody; it passes where that was asked for.
#[tokio::test]
async fn preflights_need_no_token_and_other_options_do() {
    let shop = Shop::open().await;
    let preflight = ["origin: https://app.example.com", "access-control-request-method: DELETE"];
    for path in ["/read", "/admin", "/optional"] {
        let response = shop.send("OPTIONS", path, &preflight).await;
        assert_eq!((response.status, &*response.body), (204, ""), "{response:?}");
        assert!(!response.fields.iter().any(|(name, _)| name.starts_with("access-control")), "{response:?}");
    }
    assert_eq!(shop.calls(), 0);
    for fields in [&preflight[..1], &preflight[1..], &[]] {
        assert_refused(&shop.send("OPTIONS", "/read", fields).await, 401, "credentials_missing", &[READ]);
    }
    assert_refused(&shop.send("DELETE", "/read", &preflight).await, 401, "credentials_missing", &[READ]);

    let passing = Shop::with(|settings| settings.pass_preflights()).await;
    assert_passed(&passing.send("OPTIONS", "/read", &preflight).await, "OPTIONS by nobody");
    assert_eq!(passing.send("OPTIONS", "/read", &preflight[1..]).await.status, 401);
    // Browsers send no credentials with one: what has some is no preflight.
    for shop in [shop, passing] {
        let invalid = "authorization: Bearer a.b.c";
        let response = shop.send("OPTIONS", "/read", &[&preflight[..], &[invalid]].concat()).await;
        assert_eq!(response.status, 401);
    }
}

/// Row 17: absent is anonymous, and whatever is there and not accepted is refused.
#[tokio::test]
async fn optional_is_not_lenient() {
    let shop = Shop::open().await;
    assert_passed(&shop.get("/optional", &[]).await, "GET by nobody");
    assert_passed(&shop.get(&format!("/optional?access_token={}", shop.token()), &[]).await, "GET by nobody");
    let invalid = r#"Bearer realm="api", scope="orders:read", error="invalid_token", error_description="The access token is invalid""#;
    assert_refused(&shop.with_bearer("/optional", "abc").await, 401, "malformed", &[invalid]);
    assert_refused(&shop.get("/optional", &["authorization: Basic YTpi"]).await, 401, "credentials_missing", &[READ]);
    let malformed = r#"Bearer realm="api", scope="orders:read", error="invalid_request", error_description="The credentials are malformed""#;
    assert_refused(&shop.get("/optional", &["authorization: "]).await, 400, "invalid_request", &[malformed]);
}

/// RFC 9470: a client is told of everything that a login needs, so that mending one thing does not break another.
#[tokio::test]
async fn a_login_is_asked_for_once() {
    let issuer = Issuer::new(crate::shop::ISSUER).unwrap();
    let protect = ProtectLayer::new(crate::shop::verifier(&issuer));
    let minutes = |minutes| Duration::from_secs(60).saturating_mul(minutes);
    let both = protect.max_authentication_age(minutes(5)).authentication_contexts(["mfa", "hw"]);
    let both = both.max_authentication_age(minutes(60)).authentication_contexts(["hw", "mfa"]);
    let none = protect.authentication_contexts([""; 0]);
    let routes = Router::new().route("/both", any(who).layer(both)).route("/none", any(who).layer(none));
    let shop = Shop::routed(issuer, routes).await;
    let now = shop.issuer.now();
    let needed = r#"Bearer realm="api", error="insufficient_user_authentication", acr_values="mfa hw", max_age="300""#;
    for claims in [
        json!({"acr": "mfa", "auth_time": now - 301}),
        json!({"acr": "password", "auth_time": now}),
        json!({"acr": "mfa", "auth_time": now + 61}),
        json!({}),
    ] {
        let response = shop.with_bearer("/both", &shop.token_with(&claims)).await;
        assert_refused(&response, 401, "insufficient_user_authentication", &[needed]);
    }
    let enough = shop.token_with(&json!({"acr": "hw", "auth_time": now + 60}));
    assert_passed(&shop.with_bearer("/both", &enough).await, "GET by user-1");
    assert_eq!(shop.with_bearer("/none", &enough).await.status, 401, "none of nothing is enough");
}

#[tokio::test]
async fn a_handler_without_a_layer_is_a_mistake_and_not_open() {
    let shop = Shop::open().await;
    assert_refused(&shop.with_bearer("/unprotected", &shop.token()).await, 500, "not_protected", &[]);
    assert_refused(&shop.get("/unprotected", &[]).await, 500, "not_protected", &[]);
}
