//! `htu` against the request's URI: RFC 3986 §6.2.2 and §6.2.3, without query and fragment.

use crate::desk::*;
use carnet_oauth::{DpopProofError, DpopRequest};
use serde_json::json;

/// `None` where they match.
fn compare(htu: &str, uri: &str) -> Option<DpopProofError> {
    let proof = sign_proof(&key(), &with(proof_claims(), "htu", json!(htu)));
    let outcome = now(dpop().build().unwrap().verify_async(&proof, &DpopRequest::new(METHOD, uri)));
    outcome.map_or_else(|error| Some(fault::<()>(Err(error))), |_| None)
}

#[test]
fn uris_that_are_the_same() {
    for (htu, uri) in [
        ("https://api.example.com/orders", "https://api.example.com/orders"),
        // Case of scheme and host.
        ("HTTPS://api.example.com/orders", "https://api.example.com/orders"),
        ("https://API.Example.COM/orders", "https://api.example.com/orders"),
        ("https://api.example.com/orders", "Https://Api.example.com/orders"),
        // Percent-encoding.
        ("https://api.example.com/%7euser", "https://api.example.com/~user"),
        ("https://api.example.com/%6F%72ders", "https://api.example.com/orders"),
        ("https://api.example.com/a%2fb", "https://api.example.com/a%2Fb"),
        ("https://api.example.com/caf%c3%a9", "https://api.example.com/caf%C3%A9"),
        ("https://%61pi.example.com/", "https://api.example.com/"),
        // Dot segments.
        ("https://api.example.com/./orders", "https://api.example.com/orders"),
        ("https://api.example.com/a/../orders", "https://api.example.com/orders"),
        ("https://api.example.com/../orders", "https://api.example.com/orders"),
        ("https://api.example.com/a/%2e%2E/orders", "https://api.example.com/orders"),
        ("https://api.example.com/orders/.", "https://api.example.com/orders/"),
        // Default port.
        ("https://api.example.com:443/orders", "https://api.example.com/orders"),
        ("https://api.example.com/orders", "https://api.example.com:443/orders"),
        ("https://api.example.com:/orders", "https://api.example.com/orders"),
        ("http://localhost:80/orders", "http://localhost/orders"),
        ("http://localhost:8080/orders", "http://LOCALHOST:8080/orders"),
        // Empty path.
        ("https://api.example.com", "https://api.example.com/"),
        ("https://api.example.com/", "https://api.example.com"),
        ("https://api.example.com?x=1", "https://api.example.com/"),
        // Addresses.
        ("https://[2001:DB8:0:0::1]/orders", "https://[2001:db8::1]/orders"),
        ("https://127.0.0.1/orders", "https://127.0.0.1/orders"),
        // Query and fragment, of both.
        ("https://api.example.com/orders?page=2", "https://api.example.com/orders"),
        ("https://api.example.com/orders", "https://api.example.com/orders?page=2"),
        ("https://api.example.com/orders?page=1#top", "https://api.example.com/orders?page=2"),
        ("https://api.example.com/orders#top", "https://api.example.com/orders#bottom"),
        ("https://api.example.com/orders", "https://api.example.com/orders?q={\"a\"|b}&c=http://x/?y#z"),
    ] {
        assert_eq!(compare(htu, uri), None, "{htu} {uri}");
    }
}

#[test]
fn uris_that_are_not_the_same() {
    for htu in [
        "http://api.example.com/orders",
        "https://api.example.com/Orders",
        "https://api.example.com/orders/",
        "https://api.example.com/order",
        "https://api.example.com//orders",
        "https://api.example.com/orders%2F",
        "https://api.example.com/orders;a",
        "https://api.example.com/a/orders",
        "https://api.example.com/orders/..",
        "https://api.example.com/%256Frders",
        "https://api.example.com:80/orders",
        "https://api.example.com:8443/orders",
        "https://api.example.com:444/orders",
        "https://api.example.com./orders",
        "https://api.example.org/orders",
        "https://api.example.com.evil.example/orders",
        "https://evil.example/https://api.example.com/orders",
        "https://evil.example?https://api.example.com/orders",
        "https://evil.example#https://api.example.com/orders",
        // Who calls whom is not to be guessed.
        "https://user@api.example.com/orders",
        "https://user:password@api.example.com/orders",
        "https://@api.example.com/orders",
        "https://api.example.com@evil.example/orders",
        "https://api.example.com\\@evil.example/orders",
        // No absolute URIs of HTTP.
        "",
        "/orders",
        "//api.example.com/orders",
        "api.example.com/orders",
        "https:/orders",
        "https:orders",
        "https:///orders",
        "https://:443/orders",
        "ftp://api.example.com/orders",
        "javascript://api.example.com/orders",
        // No URIs.
        "https://api.example.com/orders ",
        " https://api.example.com/orders",
        "https://api.example.com/or\tders",
        "https://api.example.com/%6",
        "https://api.example.com/%zz",
        "https://api.example.com/ordérs",
        "https://äpi.example.com/orders",
        "https://[::1/orders",
        "https://api.example.com:port/orders",
    ] {
        assert_eq!(compare(htu, URI), Some(DpopProofError::UriMismatch), "{htu}");
    }
}

/// A server that gives no such URI is at fault, whatever the proof says.
#[test]
fn the_servers_own_uri_must_be_absolute() {
    for uri in [
        "",
        "/orders",
        "//api.example.com/orders",
        "api.example.com/orders",
        "urn:orders",
        "ftp://a/orders",
        "https:///orders",
        "https://user@api.example.com/orders",
    ] {
        assert_eq!(compare(URI, uri), Some(DpopProofError::RequestUri), "{uri}");
        assert_eq!(compare(uri, uri), Some(DpopProofError::RequestUri), "{uri}");
    }
}

/// What costs time is bounded by the length of the proof, and ends.
#[test]
fn long_uris() {
    let long = format!("https://api.example.com/{}", "a/../".repeat(1000));
    assert_eq!(compare(&long, "https://api.example.com/"), None);
    let long = format!("https://api.example.com/{}", "%2e%2e/".repeat(700));
    assert_eq!(compare(&long, "https://api.example.com/"), None);
}
