//! Tokens in cookies, and requests that other sites make (part b8 of the semantics; rows 4 and 15).

use crate::shop::{Shop, assert_passed, assert_refused};
use carnet::prelude::*;
use carnet::tower::{CookieCredentials, CsrfTokens};
use serde_json::json;

const PAGE: &str = "https://app.example.com";
const SAME_ORIGIN: &str = "sec-fetch-site: same-origin";

fn cookie() -> CookieCredentials {
    CookieCredentials::new("__Host-at", PAGE).unwrap()
}

fn tokens() -> CsrfTokens {
    let secret = Secret::from_bytes("a secret for tokens against forged requests").unwrap();
    CsrfTokens::new(KeyRing::from_secrets(HS256, &secret, []).unwrap()).unwrap()
}

async fn shop() -> Shop {
    Shop::with(|settings| settings.cookie(cookie())).await
}

#[tokio::test]
async fn a_cookie_counts_where_there_is_no_header() {
    let shop = shop().await;
    let at = format!("cookie: theme=dark; __Host-at={}; lang=en", shop.token());
    assert_passed(&shop.get("/read", &[&at]).await, "GET by user-1");
    assert_passed(&shop.get("/optional", &[&at]).await, "GET by user-1");
    let missing = &[r#"Bearer realm="api""#];
    assert_refused(&shop.get("/any", &["cookie: theme=dark"]).await, 401, "credentials_missing", missing);
    assert_passed(&shop.get("/optional", &["cookie: theme=dark"]).await, "GET by nobody");
    let empty = shop.get("/optional", &["cookie: __Host-at="]).await;
    assert_eq!(empty.status, 401, "present and bad is not anonymous");
    let twice = format!("{at}; __Host-at=x");
    let malformed =
        &[r#"Bearer realm="api", error="invalid_request", error_description="The credentials are malformed""#];
    assert_refused(&shop.get("/any", &[&twice]).await, 400, "invalid_request", malformed);
    let plain = Shop::open().await;
    let at = format!("cookie: __Host-at={}", plain.token());
    assert_refused(&plain.get("/any", &[&at]).await, 401, "credentials_missing", missing);
}

/// Row 4.
#[tokio::test]
async fn a_header_beats_the_cookie_and_never_gives_way_to_it() {
    let shop = shop().await;
    let at = format!("cookie: __Host-at={}", shop.token());
    let other = shop
        .issuer
        .token(crate::shop::API)
        .typ("at+jwt")
        .subject("user-2")
        .random_id()
        .claims(&json!({"client_id": "web"}));
    let other = format!("authorization: Bearer {}", shop.issuer.sign(&other).unwrap());
    assert_passed(&shop.get("/any", &[&at, &other]).await, "GET by user-2");
    // A header is no cookie: no other site can send it.
    assert_passed(&shop.send("POST", "/any", &[&at, &other]).await, "POST by user-2");
    for (header, status) in
        [("authorization: Bearer a.b.c", 401), ("authorization: Bearer", 400), ("authorization: Basic YTpi", 401)]
    {
        assert_eq!(shop.get("/any", &[&at, header]).await.status, status, "{header}");
        assert_eq!(shop.get("/optional", &[&at, header]).await.status, status, "{header}");
    }
    let strict = Shop::with(|settings| settings.cookie(cookie().reject_ambiguous())).await;
    assert_eq!(strict.get("/any", &[&at, &other]).await.status, 400);
    assert_passed(&strict.get("/any", &[&other, "cookie: theme=dark"]).await, "GET by user-2");
    assert_passed(&strict.get("/any", &[&at]).await, "GET by user-1");
}

/// Row 15.
#[tokio::test]
async fn what_changes_something_must_come_from_a_page_of_the_service() {
    let shop = Shop::with(|settings| settings.cookie(cookie().trusted_origins(["https://admin.example.com"]).unwrap()));
    let shop = shop.await;
    let at = format!("cookie: __Host-at={}", shop.token());
    let ours = "origin: https://app.example.com";
    let passed: [&[&str]; 8] = [
        &[SAME_ORIGIN],
        &["sec-fetch-site: none"],
        &[ours],
        &["origin: https://admin.example.com"],
        &[SAME_ORIGIN, ours],
        &["sec-fetch-site: same-site", ours],
        &["sec-fetch-site: cross-site", "origin: https://admin.example.com"],
        &[SAME_ORIGIN, "origin: https://behind-a-proxy.example"],
    ];
    for fields in passed {
        for method in ["POST", "PUT", "PATCH", "DELETE", "REPORT"] {
            let response = shop.send(method, "/read", &[&[&*at], fields].concat()).await;
            assert_passed(&response, &format!("{method} by user-1"));
        }
    }
    let refused: [&[&str]; 13] = [
        &[],
        &["sec-fetch-site: cross-site"],
        &["sec-fetch-site: same-site"],
        &["sec-fetch-site: Same-Origin"],
        &["sec-fetch-site: "],
        &["origin: null"],
        &["origin: https://evil.example"],
        &["origin: http://app.example.com"],
        &["origin: https://app.example.com.evil.example"],
        &["origin: https://app.example.com:8443"],
        &[ours, "origin: https://evil.example"],
        &[SAME_ORIGIN, "sec-fetch-site: cross-site"],
        &["referer: https://app.example.com/page"],
    ];
    for fields in refused {
        for method in ["POST", "DELETE", "REPORT"] {
            let response = shop.send(method, "/read", &[&[&*at], fields].concat()).await;
            assert_refused(&response, 403, "csrf_refused", &[]);
        }
        for method in ["GET", "OPTIONS"] {
            let response = shop.send(method, "/read", &[&[&*at], fields].concat()).await;
            assert_passed(&response, &format!("{method} by user-1"));
        }
        for protocol in ["upgrade: websocket", "upgrade: WebSocket", "upgrade: h2c"] {
            let socket = ["connection: upgrade", protocol];
            let response = shop.get("/read", &[&[&*at], &socket[..], fields].concat()).await;
            assert_refused(&response, 403, "csrf_refused", &[]);
        }
    }
    // A token that is not accepted is told first, and says nothing about origins.
    assert_eq!(shop.send("POST", "/read", &["cookie: __Host-at=a.b.c"]).await.status, 401);
}

#[tokio::test]
async fn without_an_origin_a_token_of_the_session_is_needed() {
    let shop = Shop::with(|settings| settings.cookie(cookie().csrf_tokens(tokens()))).await;
    let at = format!("cookie: __Host-at={}", shop.token_with(&json!({"sid": "session-1"})));
    let [own, other] = ["session-1", "session-2"].map(|session| tokens().issue(session).unwrap());
    let post = async |cookie: &str, field: &str, more: &[&str]| {
        let (cookie, field) = (format!("{at}; __Host-csrf={cookie}"), format!("x-csrf-token: {field}"));
        shop.send("POST", "/read", &[&[&*cookie, &*field], more].concat()).await
    };
    assert_passed(&post(&own, &own, &[]).await, "POST by user-1");
    for (cookie, field) in [(&other, &other), (&own, &other), (&other, &own), (&"x".to_owned(), &"x".to_owned())] {
        assert_refused(&post(cookie, field, &[]).await, 403, "csrf_refused", &[]);
    }
    // Whatever else it has, a request that another site made is refused.
    assert_refused(&post(&own, &own, &["sec-fetch-site: cross-site"]).await, 403, "csrf_refused", &[]);
    assert_refused(&post(&own, &own, &["origin: null"]).await, 403, "csrf_refused", &[]);
    let only_field = shop.send("POST", "/read", &[&at, &format!("x-csrf-token: {own}")]).await;
    assert_refused(&only_field, 403, "csrf_refused", &[]);

    let (token, id) = (shop.token_with(&json!({"jti": "id-1"})), tokens().issue("id-1").unwrap());
    let fields = [format!("cookie: __Host-at={token}; __Host-csrf={id}"), format!("x-csrf-token: {id}")];
    assert_passed(&shop.send("POST", "/read", &[&fields[0], &fields[1]]).await, "POST by user-1");
}
