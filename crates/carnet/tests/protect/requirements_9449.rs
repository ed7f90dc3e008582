//! What RFC 9449 demands of a resource server that answers in HTTP. `test-vectors/requirements.toml` links these tests, and those of `dpop.rs`.

use crate::challenge::Challenge;
use crate::client::{Client, send};
use crate::shop::{ISSUER, Shop, assert_passed, verifier, who};
use axum::Router;
use axum::http::HeaderName;
use axum::routing::any;
use carnet::oauth::{DpopNonces, DpopVerifier};
use carnet::prelude::*;
use carnet::testing::Issuer;
use carnet::tower::ProtectLayer;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;
use testkit::http_client::Response;

const BASE: &str = "https://api.example.com";

fn proofs(issuer: &Issuer) -> DpopVerifier {
    DpopVerifier::builder([ES256, EdDSA]).clock(issuer.clock()).build().unwrap()
}

/// A service that takes both schemes.
async fn both() -> Shop {
    Shop::of(|issuer, builder| builder.dpop(proofs(issuer), BASE)).await
}

/// A service that takes tokens with proofs alone.
async fn proofs_only() -> Shop {
    Shop::of(|issuer, builder| builder.dpop_only(proofs(issuer), BASE)).await
}

/// The error of the challenge for DPoP, with 401.
#[track_caller]
fn dpop_error(response: &Response) -> String {
    assert_eq!(response.status, 401, "{response:?}");
    Challenge::of(response, "DPoP").get("error").unwrap_or("none").to_owned()
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

/// Rules 1 and 2 of the list.
#[tokio::test]
async fn rfc9449_4_3_one_field_with_one_proof() {
    let (shop, client) = (both().await, Client::new());
    let token = client.token(&shop);
    let authorization = format!("authorization: DPoP {token}");
    let proof = || client.proof(&shop, &token, "/any");
    let (one, other) = (proof(), proof());
    for fields in [
        vec![format!("dpop: {one}"), format!("dpop: {one}")],
        vec![format!("dpop: {one}"), format!("dpop: {other}")],
        vec![format!("dpop: {one}"), "dpop: ".to_owned()],
        vec![format!("dpop: {one}"), format!("DPOP: {other}")],
        vec![format!("dpop: {one}, {other}")],
        vec![format!("dpop: {one},{one}")],
        vec![format!("dpop: {one} {one}")],
        vec!["dpop: ".to_owned()],
        vec!["dpop: a.b".to_owned()],
        vec![format!("dpop: {one}\u{e9}")],
        vec![format!("dpop: DPoP {one}")],
        vec![format!("dpop: {}.a.a", "a".repeat(8 * 1024))],
    ] {
        let mut all = vec![authorization.as_str()];
        all.extend(fields.iter().map(String::as_str));
        assert_eq!(dpop_error(&shop.get("/any", &all).await), "invalid_dpop_proof", "{fields:?}");
    }
    assert_eq!(shop.calls(), 0);
    for proof in [one, other] {
        assert_passed(&send(&shop, "/any", &token, &proof).await, "GET by user-1");
    }
}

/// Rules 8 and 9, and normalization. What a request says of the server changes nothing: the base is configured.
#[tokio::test]
async fn rfc9449_4_3_method_and_uri_are_those_of_the_request() {
    let (shop, client) = (both().await, Client::new());
    let token = client.token(&shop);
    let authorization = format!("authorization: DPoP {token}");
    let request = async |method: &str, target: &str, fields: &[&str], htm: &str, htu: &str| {
        let claims = with(with(Client::claims(&shop, &token, "/any"), "htm", json!(htm)), "htu", json!(htu));
        let proof = format!("dpop: {}", client.sign(&claims));
        shop.send(method, target, &[&[&*authorization, &*proof], fields].concat()).await
    };
    let strangers =
        ["x-forwarded-host: evil.example", "forwarded: host=evil.example;proto=http", "x-forwarded-proto: http"];
    let ours = "https://api.example.com/any";
    for htu in [ours, "HTTPS://API.example.com:443/a/../%61ny?x=2#top"] {
        for (target, fields) in [("/any?x=1", &[][..]), ("/any", &strangers), ("http://evil.example/any", &[])] {
            for method in ["GET", "POST", "REPORT"] {
                let response = request(method, target, fields, method, htu).await;
                assert_passed(&response, &format!("{method} by user-1"));
            }
        }
    }
    let calls = shop.calls();
    let host = format!("http://{}/any", shop.address);
    for (method, htm, htu) in [
        ("GET", "POST", ours),
        ("GET", "get", ours),
        ("POST", "GET", ours),
        ("GET", "GET", "https://api.example.com/read"),
        ("GET", "GET", "https://api.example.com/any/"),
        ("GET", "GET", "https://api.example.com/Any"),
        ("GET", "GET", "http://api.example.com/any"),
        ("GET", "GET", "https://evil.example/any"),
        ("GET", "GET", "http://evil.example/any"),
        ("GET", "GET", &host),
        ("GET", "GET", "/any"),
    ] {
        for (target, fields) in [("/any", &[][..]), ("/any", &strangers), ("http://evil.example/any", &[])] {
            let response = request(method, target, fields, htm, htu).await;
            assert_eq!(dpop_error(&response), "invalid_dpop_proof", "{method} {target} {htm} {htu}");
        }
    }
    assert_eq!(shop.calls(), calls);
}

/// A router that nests takes a part of the path away, which is put back.
#[tokio::test]
async fn rfc9449_4_3_the_whole_uri_counts_below_a_nested_router() {
    let (issuer, client) = (Issuer::new(ISSUER).unwrap(), Client::new());
    let builder = ProtectLayer::builder(verifier(&issuer)).dpop(proofs(&issuer), "https://api.example.com");
    let inner = Router::new().route("/any", any(who).layer(builder.build().unwrap()));
    let shop = Shop::routed(issuer, Router::new().nest("/v1", inner)).await;
    let token = client.token(&shop);
    let whole = client.proof(&shop, &token, "/v1/any");
    let rest = client.proof(&shop, &token, "/any");
    assert_eq!(dpop_error(&send(&shop, "/v1/any", &token, &rest).await), "invalid_dpop_proof");
    assert_passed(&send(&shop, "/v1/any", &token, &whole).await, "GET by user-1");
}

#[tokio::test]
async fn rfc9449_7_a_request_has_token_and_proof() {
    let client = Client::new();
    for shop in [both().await, proofs_only().await] {
        let token = client.token(&shop);
        let claims = || Client::claims(&shop, &token, "/any");
        let without_proof = shop.get("/any", &[&format!("authorization: DPoP {token}")]).await;
        assert_eq!(dpop_error(&without_proof), "invalid_dpop_proof");
        let proof = client.sign(&claims());
        let without_token = shop.get("/any", &[&format!("dpop: {proof}")]).await;
        assert_eq!(dpop_error(&without_token), "none");
        let without_ath = client.sign(&with(claims(), "ath", Value::Null));
        assert_eq!(dpop_error(&send(&shop, "/any", &token, &without_ath).await), "invalid_token");
        let for_another = client.proof(&shop, &client.token(&shop), "/any");
        assert_eq!(dpop_error(&send(&shop, "/any", &token, &for_another).await), "invalid_token");
        assert_eq!(shop.calls(), 0);
        assert_passed(&send(&shop, "/any", &token, &proof).await, "GET by user-1");
        assert_eq!(shop.calls(), 1);
    }
}

/// Of a good request one thing is changed at a time.
#[tokio::test]
async fn rfc9449_7_1_no_access_unless_all_is_right() {
    let (shop, client, thief) = (both().await, Client::new(), Client::new());
    let header = json!({"typ": "at+jwt", "alg": "ES256"});
    let claims = with(shop.claims(), "cnf", client.confirmation());
    let token = shop.forge(&header, &claims);
    let now = shop.issuer.now();

    for (name, value) in [
        ("exp", json!(now)),
        ("nbf", json!(now + 1)),
        ("iss", json!("https://other.example/")),
        ("aud", json!("https://other.example/")),
        ("cnf", Value::Null),
        ("cnf", json!({})),
        ("cnf", thief.confirmation()),
        ("cnf", json!({"x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"})),
    ] {
        let token = shop.forge(&header, &with(claims.clone(), name, value));
        assert_eq!(dpop_error(&client.get(&shop, "/any", &token).await), "invalid_token", "{name}");
    }
    let forged = format!("{}A.{}", &token[..token.len() - 87], &token[token.len() - 86..]);
    assert_eq!(dpop_error(&client.get(&shop, "/any", &forged).await), "invalid_token");
    assert_eq!(dpop_error(&thief.get(&shop, "/any", &token).await), "invalid_token");

    let proof = |name: &str, value: Value| client.sign(&with(Client::claims(&shop, &token, "/any"), name, value));
    let good = proof("jti", json!("good"));
    let mut bad = vec![
        proof("iat", json!(now - 66)),
        proof("iat", json!(now + 6)),
        proof("iat", Value::Null),
        proof("jti", Value::Null),
        proof("htm", json!("POST")),
        proof("htu", json!("https://api.example.com/read")),
    ];
    // Of another proof: the signature, and the header with its key.
    let (others, its): (Vec<&str>, Vec<&str>) = (bad[0].split('.').collect(), good.split('.').collect());
    let of_thief = thief.sign(&Client::claims(&shop, &token, "/any"));
    let key_of_thief = of_thief.split('.').next().unwrap();
    let none = carnet::base64url::encode(br#"{"typ":"dpop+jwt","alg":"none"}"#);
    let forged = [
        [its[0], its[1], others[2]].join("."),
        [its[0], others[1], its[2]].join("."),
        [key_of_thief, its[1], its[2]].join("."),
        [&*none, its[1], ""].join("."),
        [its[0], its[1], ""].join("."),
    ];
    bad.extend(forged);
    let secret = Secret::from_bytes("a secret of 32 octets that both know").unwrap();
    let mac = SigningKey::from_secret(HS256, &secret).unwrap();
    let jwk = json!({"kty": "oct", "k": carnet::base64url::encode(secret.expose())});
    let symmetric = json!({"typ": "dpop+jwt", "alg": "HS256", "jwk": jwk}).to_string();
    let message = [&*carnet::base64url::encode(symmetric.as_bytes()), its[1]].join(".");
    let signature = mac.sign_message(message.as_bytes()).unwrap();
    bad.push(format!("{message}.{}", carnet::base64url::encode(&signature)));
    for proof in bad {
        assert_eq!(dpop_error(&send(&shop, "/any", &token, &proof).await), "invalid_dpop_proof", "{proof}");
    }
    assert_eq!(shop.calls(), 0);

    assert_passed(&send(&shop, "/any", &token, &good).await, "GET by user-1");
    assert_eq!(dpop_error(&send(&shop, "/any", &token, &good).await), "invalid_dpop_proof", "again");
    assert_eq!(shop.calls(), 1);
}

#[tokio::test]
async fn rfc9449_7_1_it_is_not_for_proxies() {
    let client = Client::new();
    for shop in [both().await, proofs_only().await] {
        let token = client.token(&shop);
        let proof = format!("dpop: {}", client.proof(&shop, &token, "/any"));
        let to_a_proxy = shop.get("/any", &[&format!("proxy-authorization: DPoP {token}"), &proof]).await;
        let plain = shop.get("/any", &[]).await;
        assert_eq!(to_a_proxy.all("www-authenticate"), plain.all("www-authenticate"));
        let refused = shop.get("/any", &[&format!("authorization: DPoP {token}")]).await;
        let malformed = shop.get("/any", &["authorization: DPoP a b"]).await;
        for (response, status) in [(to_a_proxy, 401), (plain, 401), (refused, 401), (malformed, 400)] {
            assert_eq!(response.status, status);
            assert!(response.all("proxy-authenticate").is_empty());
            assert!(Challenge::all(&response).iter().any(|challenge| challenge.scheme == "DPoP"));
        }
        assert_eq!(shop.calls(), 0);
    }
}

/// Also where the field is too long to be read on; and of a field in which no scheme can be told, each tells it.
#[tokio::test]
async fn rfc9449_7_2_the_challenge_of_the_scheme_that_was_used_tells_the_error() {
    let (both, proofs_only) = (both().await, proofs_only().await);
    let long = "a".repeat(8 * 1024);
    for (field, bearer, dpop) in [
        (format!("Bearer {long}"), true, false),
        (format!("DPoP {long}"), false, true),
        ("Bearer a b".to_owned(), true, false),
        ("DPoP a b".to_owned(), false, true),
        (String::new(), true, true),
        ("\u{e9}".to_owned(), true, true),
    ] {
        let field = format!("authorization: {field}");
        let response = both.get("/any", &[&field]).await;
        assert_eq!(response.status, 400, "{response:?}");
        for (scheme, tells) in [("Bearer", bearer), ("DPoP", dpop)] {
            let error = Challenge::of(&response, scheme).get("error").map(str::to_owned);
            assert_eq!(
                error.as_deref(),
                tells.then_some("invalid_request"),
                "{scheme} {}",
                &field[..20.min(field.len())]
            );
        }
        if dpop {
            let response = proofs_only.get("/any", &[&field]).await;
            assert_eq!(response.status, 400);
            assert_eq!(Challenge::all(&response).len(), 1);
            assert_eq!(Challenge::of(&response, "DPoP").get("error"), Some("invalid_request"));
        }
    }
}

/// Also where the service behind the layer sets the field itself.
#[tokio::test]
async fn rfc9449_8_a_nonce_comes_in_one_field() {
    let (issuer, client) = (Issuer::new(ISSUER).unwrap(), Client::new());
    let secret = Secret::from_bytes("a secret for the nonces of proofs").unwrap();
    let nonces = DpopNonces::new(&secret, Duration::from_secs(60)).unwrap();
    let dpop = DpopVerifier::builder([ES256]).clock(issuer.clock()).nonces(nonces).build().unwrap();
    let protect = ProtectLayer::builder(verifier(&issuer)).dpop(dpop, BASE).build().unwrap();
    let nonce_field = HeaderName::from_static("dpop-nonce");
    let sets_it = any(async move || ([(nonce_field, "of the service")], "served")).layer(protect.clone());
    // One layer inside another.
    let twice = any(who).layer::<_, Infallible>(protect.all_of(["orders:read"])).layer(protect.clone());
    let router = Router::new().route("/any", any(who).layer(protect)).route("/sets", sets_it).route("/twice", twice);
    let shop = Shop::routed(issuer, router).await;
    let token = client.token(&shop);
    let get = async |path: &str, nonce: Value| {
        let claims = with(Client::claims(&shop, &token, path), "nonce", nonce);
        send(&shop, path, &token, &client.sign(&claims)).await
    };

    for path in ["/any", "/sets", "/twice"] {
        for nonce in [Value::Null, json!(1), json!("made-up")] {
            let response = get(path, nonce).await;
            assert_eq!(dpop_error(&response), "use_dpop_nonce");
            assert_eq!(response.all("dpop-nonce").len(), 1);
            assert_eq!(response.one("cache-control"), Some("no-store"));
        }
    }
    assert_eq!(shop.calls(), 0);
    let first = get("/any", Value::Null).await.one("dpop-nonce").unwrap().to_owned();
    for path in ["/any", "/twice"] {
        assert_passed(&get(path, json!(first)).await, "GET by user-1");
    }
    assert_passed(&get("/sets", json!(first)).await, "served");

    // Of the period before: it is taken, and the next one comes along.
    shop.issuer.advance(Duration::from_secs(60));
    let second = get("/any", json!("made-up")).await.one("dpop-nonce").unwrap().to_owned();
    assert_ne!(first, second);
    for path in ["/any", "/sets", "/twice"] {
        let response = get(path, json!(first)).await;
        assert_eq!((response.status, response.all("dpop-nonce")), (200, vec![&*second]), "{path}");
    }
    // Of the one before that: it is not.
    shop.issuer.advance(Duration::from_secs(60));
    assert_eq!(dpop_error(&get("/any", json!(first)).await), "use_dpop_nonce");

    // Without nonces none is given, whatever was wrong.
    let shop = both().await;
    let bad = client.sign(&with(Client::claims(&shop, &token, "/any"), "jti", Value::Null));
    for response in [shop.get("/any", &[]).await, send(&shop, "/any", &client.token(&shop), &bad).await] {
        assert_eq!(response.status, 401);
        assert!(response.all("dpop-nonce").is_empty());
    }
}
