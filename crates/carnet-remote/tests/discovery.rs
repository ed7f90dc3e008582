//! From an issuer to its keys: RFC 8414 §3 and OpenID Connect Discovery §4.
#![cfg(test)]
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

#[expect(dead_code, reason = "other tests use all of it")]
#[path = "support/desk.rs"]
mod desk;

use carnet_remote::{FetchError, RemoteJwks};
use desk::{Answer, Desk, json, names, response};
use std::time::Duration;

const ISSUER: &str = "https://auth.example.com/tenant/1";
const OAUTH: &str = "https://auth.example.com/.well-known/oauth-authorization-server/tenant/1";
const OIDC_INSERTED: &str = "https://auth.example.com/.well-known/openid-configuration/tenant/1";
const OIDC_APPENDED: &str = "https://auth.example.com/tenant/1/.well-known/openid-configuration";
const KEYS: &str = "https://keys.example.net/v1";

fn metadata(issuer: &str, jwks_uri: &str) -> Answer {
    let metadata = format!(
        r#"{{"issuer":"{issuer}","jwks_uri":"{jwks_uri}","response_types_supported":["code"],"x":{{"y":[1]}}}}"#
    );
    response(200, &[("content-type", "application/json")], &metadata)
}

fn not_found() -> Answer {
    response(404, &[("content-type", "text/html")], "<h1>Not found</h1>")
}

/// An issuer whose metadata are in one place, as `metadata` says, and whose keys are at `KEYS`.
fn desk(place: &'static str, metadata: impl Fn() -> Answer + Send + Sync + 'static) -> Desk {
    let desk = Desk::new(&[]);
    let set = desk.keys.set(&["a"]);
    desk.server.answer(move |request| match request.uri().to_string() {
        uri if uri == place => metadata(),
        uri if uri == KEYS => {
            let mut answer = json(&set).unwrap();
            answer.headers_mut().insert("etag", "\"1\"".parse().unwrap());
            Ok(answer)
        }
        _ => not_found(),
    });
    desk
}

fn discover(desk: &Desk) -> RemoteJwks {
    desk.equip(RemoteJwks::builder_for_issuer(ISSUER)).build().unwrap()
}

#[tokio::test]
async fn the_places_are_tried_in_order_until_one_has_metadata() {
    for (place, tried) in [
        (OAUTH, vec![OAUTH]),
        (OIDC_INSERTED, vec![OAUTH, OIDC_INSERTED]),
        (OIDC_APPENDED, vec![OAUTH, OIDC_INSERTED, OIDC_APPENDED]),
    ] {
        let desk = desk(place, || metadata(ISSUER, KEYS));
        let remote = discover(&desk);
        assert_eq!(remote.status().jwks_uri, None);
        remote.warm().await.unwrap();
        assert_eq!(desk.server.urls(), [&tried[..], &[KEYS]].concat());
        assert_eq!(names(&remote).unwrap(), ["a"]);
        assert_eq!(remote.status().jwks_uri.as_deref(), Some(KEYS));
    }
}

/// A firewall before one place, or a page that is too long.
#[tokio::test]
async fn a_place_out_of_order_does_not_stop_the_search() {
    for broken in [
        FetchError::Unreachable { reason: "reset".to_owned() },
        FetchError::TooLarge { limit: 1 },
        FetchError::TimedOut,
    ] {
        let desk = Desk::new(&[]);
        let set = desk.keys.set(&["a"]);
        desk.server.answer(move |request| match request.uri().to_string() {
            uri if uri == OIDC_APPENDED => metadata(ISSUER, KEYS),
            uri if uri == KEYS => json(&set),
            uri if uri == OAUTH => Err(broken.clone()),
            _ => response(200, &[("content-encoding", "gzip")], ""),
        });
        discover(&desk).warm().await.unwrap();
    }
}

/// Metadata that hang leave the keys where they were.
#[tokio::test]
async fn metadata_that_hang_do_not_stop_keys_whose_address_is_known() {
    let desk = desk(OAUTH, || metadata(ISSUER, KEYS));
    let remote =
        desk.equip(RemoteJwks::builder_for_issuer(ISSUER)).timeout(Duration::from_millis(400)).build().unwrap();
    remote.warm().await.unwrap();
    desk.server.hold_those(|request| *request.uri() == *OAUTH);
    desk.clock.set(25 * 3600);
    remote.force_reload().await.unwrap();
    assert_eq!(names(&remote).unwrap(), ["a"]);
}

#[tokio::test]
async fn a_site_that_answers_every_path_with_its_page_has_metadata_elsewhere() {
    let desk = Desk::new(&[]);
    let set = desk.keys.set(&["a"]);
    desk.server.answer(move |request| match request.uri().to_string() {
        uri if uri == OIDC_APPENDED => metadata(ISSUER, KEYS),
        uri if uri == KEYS => json(&set),
        uri if uri == OAUTH => response(200, &[("content-type", "text/html")], "<html>"),
        _ => response(200, &[("content-type", "application/json")], "{}"),
    });
    discover(&desk).warm().await.unwrap();
}

/// G6, and what comes in place of metadata.
#[tokio::test]
async fn metadata_that_are_refused() {
    let text = |body: &'static str| move || response(200, &[("content-type", "application/json")], body);
    let refused = |desk: Desk| async move {
        let error = discover(&desk).warm().await.unwrap_err();
        assert!(
            !desk.server.urls().iter().any(|url| url.contains("evil") || url.starts_with("http:")),
            "{:?}",
            desk.server.urls()
        );
        (error.code(), desk.server.count())
    };
    // Another issuer: nothing else is tried.
    for other in [
        "https://auth.example.com/tenant/1/",
        "https://auth.example.com/tenant/2",
        "HTTPS://auth.example.com/tenant/1",
        "https://evil.example/",
        "",
    ] {
        assert_eq!(
            refused(desk(OAUTH, move || metadata(other, KEYS))).await,
            ("metadata_issuer_mismatch", 1),
            "{other}"
        );
    }
    for uri in [
        "http://keys.example.net/v1",
        "http://127.0.0.1/v1",
        "https://user:password@evil.example/",
        "file:///etc/passwd",
        "keys.json",
        "https://keys.example.net/v1#x",
        "",
    ] {
        assert_eq!(refused(desk(OAUTH, move || metadata(ISSUER, uri))).await, ("jwks_uri_refused", 1), "{uri}");
    }
    // The last place, and there is nothing.
    for body in [
        "[]",
        "{",
        r#"{"issuer":"https://auth.example.com/tenant/1"}"#,
        r#"{"jwks_uri":"https://keys.example.net/v1"}"#,
        r#"{"issuer":["https://auth.example.com/tenant/1"],"jwks_uri":"https://keys.example.net/v1"}"#,
        r#"{"issuer":"https://auth.example.com/tenant/1","jwks_uri":1}"#,
        r#"{"issuer":"https://auth.example.com/tenant/1","jwks_uri":"https://keys.example.net/v1","jwks_uri":"https://evil.example/"}"#,
    ] {
        assert_eq!(refused(desk(OIDC_APPENDED, text(body))).await, ("not_metadata", 3), "{body}");
    }
    assert_eq!(refused(desk("https://elsewhere.example/", || metadata(ISSUER, KEYS))).await, ("no_metadata", 3));
    let redirect = || response(302, &[("location", "https://evil.example/")], "");
    assert_eq!(refused(desk(OAUTH, redirect)).await, ("no_metadata", 3));
}

#[tokio::test]
async fn metadata_are_believed_for_a_day() {
    let desk = desk(OAUTH, || metadata(ISSUER, KEYS));
    let remote = discover(&desk);
    remote.warm().await.unwrap();
    let fetched = || desk.server.urls().iter().filter(|url| *url == OAUTH).count();
    for (hours, expected) in [(1, 1), (23, 1), (24, 2), (47, 2), (48, 3)] {
        desk.clock.set(hours * 3600);
        remote.force_reload().await.unwrap();
        assert_eq!(fetched(), expected, "after {hours} h");
    }
    // Metadata that cannot be had are no reason to do without keys.
    let set = desk.keys.set(&["b"]);
    desk.server.answer(move |request| if *request.uri() == *KEYS { json(&set) } else { not_found() });
    desk.clock.set(100 * 3600);
    remote.force_reload().await.unwrap();
    assert_eq!(names(&remote).unwrap(), ["b"]);
}

#[tokio::test]
async fn keys_that_have_moved_are_found_again() {
    const MOVED: &str = "https://keys.example.net/v2";
    let desk = desk(OAUTH, || metadata(ISSUER, KEYS));
    let remote = discover(&desk);
    remote.warm().await.unwrap();
    let move_away = |gone: fn() -> Answer| {
        let set = desk.keys.set(&["b"]);
        desk.server.answer(move |request| match request.uri().to_string() {
            uri if uri == OAUTH => metadata(ISSUER, MOVED),
            uri if uri == MOVED => {
                assert!(!request.headers().contains_key("if-none-match"), "the tag of another address");
                json(&set)
            }
            _ => gone(),
        });
    };
    // Gone: they are looked up by the next attempt.
    move_away(|| response(410, &[], ""));
    assert_eq!(remote.force_reload().await.unwrap_err().code(), "unexpected_status");
    remote.force_reload().await.unwrap();
    assert_eq!(names(&remote).unwrap(), ["b"]);
    assert_eq!(remote.status().jwks_uri.as_deref(), Some(MOVED));
}

#[tokio::test]
async fn keys_that_stay_out_of_reach_are_looked_up_after_three_failures() {
    let desk = desk(OAUTH, || metadata(ISSUER, KEYS));
    let remote = discover(&desk);
    remote.warm().await.unwrap();
    let set = desk.keys.set(&["b"]);
    const MOVED: &str = "https://keys.example.net/v2";
    desk.server.answer(move |request| match request.uri().to_string() {
        uri if uri == OAUTH => metadata(ISSUER, MOVED),
        uri if uri == MOVED => json(&set),
        _ => response(500, &[], ""),
    });
    for _ in 0..3 {
        remote.force_reload().await.unwrap_err();
    }
    remote.force_reload().await.unwrap();
    assert_eq!(names(&remote).unwrap(), ["b"]);
}

/// What a metadata document says of another issuer stops the attempt, also where there were good metadata before.
#[tokio::test]
async fn metadata_that_turn_to_another_issuer_are_no_outage() {
    let desk = desk(OAUTH, || metadata(ISSUER, KEYS));
    let remote = discover(&desk);
    remote.warm().await.unwrap();
    desk.server.answer(|_| metadata("https://evil.example/", "https://evil.example/keys"));
    desk.clock.advance(Duration::from_secs(25 * 3600));
    assert_eq!(remote.force_reload().await.unwrap_err().code(), "metadata_issuer_mismatch");
    assert!(desk.server.urls().iter().all(|url| !url.contains("evil")));
}
