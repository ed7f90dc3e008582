//! What RFC 6750 demands of a resource server that answers in HTTP, and RFC 9068 section 4 with it. `test-vectors/requirements.toml` links these tests, and those of `table.rs`.

use crate::challenge::Challenge;
use crate::client::{Client, send};
use crate::shop::{API, ISSUER, Shop, assert_passed, assert_refused, verifier, who};
use axum::Router;
use axum::routing::any;
use carnet::oauth::{AccessTokenVerifier, DpopVerifier};
use carnet::prelude::*;
use carnet::testing::Issuer;
use carnet::tower::{ProtectBuilder, ProtectLayer};
use carnet::{KeyMiss, KeySource, KeySourceError};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use testkit::http_client::Response;

const METADATA: &str = "https://api.example.com/.well-known/oauth-protected-resource";
/// Characters that no value may have.
const HOSTILE: &str = "a\"b\\c\r\nd\u{e9}\u{7f}\0";

fn full(settings: ProtectBuilder) -> ProtectBuilder {
    settings.realm("the shop").resource_metadata(METADATA)
}

/// Requests for `path` without a token that enables access, each in another way, and one whose token grants too little for `/write`.
async fn refusals(shop: &Shop, path: &str) -> Vec<Response> {
    let forged = shop.issuer.token(API).typ("at+jwt").sign(&shop.issuer.strange_key().unwrap()).unwrap();
    let mut expired = shop.claims();
    expired["exp"] = json!(shop.issuer.now());
    let expired = shop.forge(&json!({"typ": "at+jwt", "alg": "ES256"}), &expired);
    let bearer = |token: &str| format!("authorization: Bearer {token}");
    let mut responses = Vec::new();
    for (fields, status) in [
        (vec![], 401),
        (vec!["authorization: Basic YTpi".to_owned()], 401),
        (vec![bearer("abc")], 401),
        (vec![bearer(&forged)], 401),
        (vec![bearer(&expired)], 401),
        (vec![bearer(&shop.token()), bearer(&shop.token())], 400),
        (vec![bearer("a b")], 400),
        (vec!["authorization: ".to_owned()], 400),
    ] {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let response = shop.get(path, &fields).await;
        assert_eq!(response.status, status, "{fields:?}");
        responses.push(response);
    }
    let response = shop.with_bearer("/write", &shop.token()).await;
    assert_eq!(response.status, 403);
    responses.push(response);
    assert_eq!(shop.calls(), 0);
    responses
}

/// With no token in the header there is none, and beside one in the header the body says nothing. It need not even have come.
#[tokio::test]
async fn rfc6750_2_2_the_body_is_never_read() {
    let shop = Shop::open().await;
    let form = "content-type: application/x-www-form-urlencoded";
    let authorization = format!("authorization: Bearer {}", shop.token());
    for body in [format!("access_token={}", shop.token()), "access_token=a.b.c".to_owned(), String::new()] {
        // An empty one is announced, and does not come.
        let announced: &[&str] = if body.is_empty() { &[form, "content-length: 20"] } else { &[form] };
        let response = shop.send_body("POST", "/read", announced, &body).await;
        let missing = r#"Bearer realm="api", scope="orders:read""#;
        assert_refused(&response, 401, "credentials_missing", &[missing]);
        let calls = shop.calls();
        let response = shop.send_body("POST", "/read", &[announced, &[&*authorization]].concat(), &body).await;
        assert_passed(&response, "POST by user-1");
        assert_eq!(shop.calls(), calls + 1);
    }
}

#[tokio::test]
async fn rfc6750_3_every_refusal_has_a_challenge() {
    for (shop, path) in [(Shop::with(full).await, "/write"), (Shop::open().await, "/any")] {
        for response in refusals(&shop, path).await {
            let challenges = Challenge::all(&response);
            assert_eq!(challenges.len(), 1, "{response:?}");
            assert_eq!(challenges[0].scheme, "Bearer");
            assert!(!challenges[0].parameters.is_empty());
        }
    }
}

/// What the test above shows has one exception: where more scope would not help.
#[tokio::test]
async fn rfc6750_3_what_no_other_token_can_change_has_no_challenge() {
    let issuer = Issuer::new(ISSUER).unwrap();
    let protect = ProtectLayer::builder(verifier(&issuer)).build().unwrap();
    let owners = protect.check(|token, _| if token.subject() == Some("owner") { Ok(()) } else { Err(token.denied()) });
    let shop = Shop::routed(issuer, Router::new().route("/any", any(who).layer(owners))).await;
    assert_refused(&shop.with_bearer("/any", &shop.token()).await, 403, "access_denied", &[]);
    assert_eq!(shop.calls(), 0);
    let mut claims = shop.claims();
    claims["sub"] = json!("owner");
    let owner = shop.forge(&json!({"typ": "at+jwt", "alg": "ES256"}), &claims);
    assert_passed(&shop.with_bearer("/any", &owner).await, "GET by owner");
}

/// Also where one layer is inside another, of the same service or of another.
#[tokio::test]
async fn rfc6750_3_no_parameter_stands_twice() {
    let all = ["orders:read orders:write"];
    let twice = async |of_another: bool| {
        let issuer = Issuer::new(ISSUER).unwrap();
        let build = || full(ProtectLayer::builder(verifier(&issuer))).build().unwrap();
        let inner = build();
        let outer = if of_another { build().optional() } else { inner.all_of(all) };
        let route = any(who).layer::<_, Infallible>(inner.all_of(all)).layer(outer);
        Shop::routed(issuer, Router::new().route("/write", route)).await
    };
    for shop in [Shop::with(full).await, twice(false).await, twice(true).await] {
        for response in refusals(&shop, "/write").await {
            assert_eq!(response.all("www-authenticate").len(), 1, "{response:?}");
            let challenge = Challenge::of(&response, "Bearer");
            for (name, value) in &challenge.parameters {
                assert_eq!(challenge.get(name), Some(value.as_str()));
            }
            assert_eq!(challenge.get("realm"), Some("the shop"));
            assert_eq!(challenge.get("resource_metadata"), Some(METADATA));
        }
        let response = shop.with_bearer("/write", &shop.token()).await;
        let challenge = Challenge::of(&response, "Bearer");
        assert_eq!((challenge.get("scope"), challenge.get("error")), (Some(all[0]), Some("insufficient_scope")));
    }
}

/// %x20-21 / %x23-5B / %x5D-7E, and in a scope one space between two words.
fn assert_characters(response: &Response) {
    for challenge in Challenge::all(response) {
        for (name, value) in &challenge.parameters {
            let fits = |octet| matches!(octet, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
            assert!(!value.is_empty() && value.bytes().all(fits), "{name}: {value:?}");
            assert!(name != "scope" || value.split(' ').all(|word| !word.is_empty()), "{value:?}");
        }
    }
}

#[tokio::test]
async fn rfc6750_3_values_have_only_the_characters_they_may() {
    let issuer = Issuer::new(ISSUER).unwrap();
    let builder = || ProtectLayer::builder(verifier(&issuer));
    for realm in ["", "a\"", "a\\", "a\r\nb", "\u{e9}", "\u{7f}", "\0"] {
        assert_eq!(builder().realm(realm).build().unwrap_err().code(), "invalid_protection", "{realm:?}");
    }
    assert!(builder().realm("~ the #1 shop!").build().is_ok());

    // What a token says is never repeated.
    let shop = Shop::open().await;
    let header = json!({"typ": "at+jwt", "alg": "ES256"});
    let unknown = SigningKey::generate(EdDSA).unwrap().with_key_id(HOSTILE.replace('\0', "")).unwrap();
    let mut tokens = vec![shop.issuer.token(API).typ("at+jwt").sign(&unknown).unwrap(), "a\"b\\c\u{e9}".to_owned()];
    for name in ["iss", "aud", "sub", "client_id", "scope", "jti", "exp"] {
        let mut claims = shop.claims();
        claims[name] = json!(HOSTILE);
        tokens.push(shop.forge(&header, &claims));
    }
    for name in ["typ", "kid"] {
        let mut header = header.clone();
        header[name] = json!(HOSTILE);
        tokens.push(shop.forge(&header, &shop.claims()));
    }
    for token in tokens {
        let response = shop.with_bearer("/write", &token).await;
        assert!([400, 401, 403].contains(&response.status), "{response:?}");
        assert_characters(&response);
        let challenge = Challenge::of(&response, "Bearer");
        let texts = [challenge.get("error_description"), challenge.get("error")];
        assert!(texts.iter().flatten().all(|text| !text.contains("a\"b") && !text.contains("ab")), "{challenge:?}");
        assert_eq!(challenge.get("scope"), Some("orders:read orders:write"));
    }
    assert_eq!(shop.calls(), 0);
}

/// Of a route, they are no mistake that stops the service: the route is closed, and the challenge is in order.
#[tokio::test]
async fn rfc6750_3_scopes_that_nobody_can_have_are_not_shown_as_they_are() {
    for (required, shown) in [
        (&[HOSTILE][..], Some("abcd")),
        (&["orders:read", "orders:\"write"], Some("orders:read orders:write")),
        (&["orders:read", "\u{e9}"], Some("orders:read")),
        (&["\"", "orders:read"], Some("orders:read")),
        (&["\"\\"], None),
    ] {
        let issuer = Issuer::new(ISSUER).unwrap();
        let protect = ProtectLayer::new(verifier(&issuer)).all_of(required);
        let shop = Shop::routed(issuer, Router::new().route("/any", any(who).layer(protect))).await;
        for (name, scopes) in
            [("scope", json!(shown.unwrap_or("x"))), ("scope", json!(required.join(" "))), ("scp", json!(required))]
        {
            let mut claims = shop.claims();
            claims[name] = scopes;
            let token = shop.forge(&json!({"typ": "at+jwt", "alg": "ES256"}), &claims);
            let response = shop.with_bearer("/any", &token).await;
            assert!([401, 403].contains(&response.status), "{response:?}");
            assert_characters(&response);
            assert_eq!(Challenge::of(&response, "Bearer").get("scope"), shown);
        }
        assert_eq!(shop.calls(), 0);
    }
}

/// Whose keys cannot be had.
struct Away;

impl KeySource for Away {
    type Snapshot<'a> = Arc<VerifyingKeys>;

    fn snapshot(&self) -> Result<Arc<VerifyingKeys>, KeySourceError> {
        Err(KeySourceError::new("away"))
    }

    async fn refresh(&self, _: KeyMiss<'_>) -> Result<bool, KeySourceError> {
        Err(KeySourceError::new("still away"))
    }
}

/// Each rule of RFC 9068 section 4 broken alone, with both schemes.
#[tokio::test]
async fn rfc9068_4_errors_are_those_of_rfc6750() {
    let shop = Shop::of(|issuer, builder| {
        builder.dpop(DpopVerifier::builder([ES256]).clock(issuer.clock()).build().unwrap(), "https://api.example.com")
    });
    let (shop, client) = (shop.await, Client::new());
    let header = json!({"typ": "at+jwt", "alg": "ES256"});
    let with = |mut object: Value, name: &str, value: Value| {
        if value.is_null() {
            object.as_object_mut().unwrap().remove(name);
        } else {
            object[name] = value;
        }
        object
    };
    let stranger = shop.issuer.strange_key().unwrap();
    for (is_bound, scheme, other) in [(false, "Bearer", "DPoP"), (true, "DPoP", "Bearer")] {
        let claims = if is_bound { with(shop.claims(), "cnf", client.confirmation()) } else { shop.claims() };
        let present = async |token: &str| match is_bound {
            true => client.get(&shop, "/any", token).await,
            false => shop.with_bearer("/any", token).await,
        };
        assert_passed(&present(&shop.forge(&header, &claims)).await, "GET by user-1");
        let calls = shop.calls();

        let good = shop.forge(&header, &claims);
        let (message, _) = good.rsplit_once('.').unwrap();
        let by_another = stranger.sign_message(message.as_bytes()).unwrap();
        let mut tokens = vec![
            shop.forge(&with(header.clone(), "typ", json!("JWT")), &claims),
            shop.forge(&with(header.clone(), "typ", Value::Null), &claims),
            shop.forge(&header, &with(claims.clone(), "iss", json!("https://auth.example.org/"))),
            shop.forge(&header, &with(claims.clone(), "aud", json!("https://api.example.org/"))),
            format!("{message}.{}", carnet::base64url::encode(&by_another)),
            format!("{message}."),
            shop.forge(&with(header.clone(), "alg", json!("none")), &claims),
            // One that is encrypted, one that is opaque, and an ID token.
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
            "mF_9.B5f-4.1JqM".to_owned(),
            shop.forge(&json!({"alg": "ES256"}), &with(claims.clone(), "nonce", json!("n"))),
        ];
        for claim in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
            tokens.push(shop.forge(&header, &with(claims.clone(), claim, Value::Null)));
        }
        let expired = shop.forge(&header, &with(claims.clone(), "exp", json!(shop.issuer.now())));
        tokens.push(expired.clone());
        for token in tokens {
            let response = present(&token).await;
            assert_eq!(response.status, 401, "{response:?}");
            let challenge = Challenge::of(&response, scheme);
            assert_eq!(challenge.get("error"), Some("invalid_token"), "{challenge:?}");
            let what = if token == expired { "The access token expired" } else { "The access token is invalid" };
            assert_eq!(challenge.get("error_description"), Some(what));
            assert!(Challenge::of(&response, other).has_no_error());
        }
        assert_eq!(shop.calls(), calls);
    }

    // Without keys nothing is known of the token.
    let issuer = Issuer::new(ISSUER).unwrap();
    let clock = issuer.clock();
    let builder = AccessTokenVerifier::builder(Away, ISSUER, API).policy(|policy| policy.clock(clock));
    let dpop = DpopVerifier::builder([ES256]).clock(issuer.clock()).build().unwrap();
    let protect = ProtectLayer::builder(builder.build().unwrap()).dpop(dpop, "https://api.example.com");
    let shop = Shop::behind(issuer, protect.build().unwrap()).await;
    let bound = client.token(&shop);
    for response in [
        shop.with_bearer("/any", &shop.token()).await,
        send(&shop, "/any", &bound, &client.proof(&shop, &bound, "/any")).await,
    ] {
        assert_refused(&response, 503, "key_source_unavailable", &[]);
        assert!(response.one("retry-after").is_some_and(|wait| wait.parse::<u32>().is_ok_and(|wait| wait > 0)));
    }
}
