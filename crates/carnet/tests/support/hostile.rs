//! What the servers of issuers answer that are out of order, or in the wrong hands.

use std::time::Duration;
use testkit::http_server::{HttpServer, Reply};

/// What it is, what is answered in place of this set, and the code of the failure.
pub(crate) fn replies(server: &HttpServer, jwks: &str) -> Vec<(&'static str, Reply, &'static str)> {
    let typed = |body: &[u8]| Reply::Full(200, vec![("content-type", "application/json".to_owned())], body.to_vec());
    let redirect =
        |status: u16, to: &str| Reply::Full(status, vec![("location", to.to_owned())], jwks.as_bytes().to_vec());
    let head = |fields: &str| format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{fields}\r\n").into_bytes();
    let chunk = |octets: usize| format!("{octets:x}\r\n{}\r\n", " ".repeat(octets)).into_bytes();
    let compressed = Reply::Full(
        200,
        vec![("content-type", "application/json".to_owned()), ("content-encoding", "gzip".to_owned())],
        jwks.as_bytes().to_vec(),
    );
    let elsewhere = format!("{}/elsewhere", server.origin());
    let moment = Duration::from_millis(10);
    vec![
        ("a redirect", redirect(302, &elsewhere), "unexpected_status"),
        ("a permanent redirect", redirect(308, &elsewhere), "unexpected_status"),
        ("a redirect to another scheme", redirect(302, "file:///etc/passwd"), "unexpected_status"),
        ("silence", Reply::Silence, "timed_out"),
        (
            "a head that never ends",
            Reply::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"x: y\r\n".to_vec(), moment),
            "timed_out",
        ),
        ("a body that drips", Reply::Endless(head("content-length: 100000\r\n"), b" ".to_vec(), moment), "timed_out"),
        (
            "a body without end",
            Reply::Endless(head("transfer-encoding: chunked\r\n"), chunk(64 * 1024), Duration::ZERO),
            "too_large",
        ),
        (
            "a length of a gigabyte",
            Reply::Endless(head("content-length: 1000000000\r\n"), vec![b' '; 1024], moment),
            "too_large",
        ),
        (
            "a body one octet too long",
            typed(format!("{jwks}{}", " ".repeat((256 * 1024 + 1_usize).saturating_sub(jwks.len()))).as_bytes()),
            "too_large",
        ),
        (
            "half a body",
            Reply::Raw([head("content-length: 1000\r\n"), b"{\"keys\":[".to_vec()].concat()),
            "unreachable",
        ),
        ("no HTTP", Reply::Raw(b"SSH-2.0-OpenSSH\r\n".to_vec()), "unreachable"),
        ("nothing", Reply::Raw(Vec::new()), "unreachable"),
        ("compression", compressed, "unexpected_content_type"),
        (
            "HTML",
            Reply::Full(200, vec![("content-type", "text/html".to_owned())], b"<html>".to_vec()),
            "unexpected_content_type",
        ),
        ("an empty body", typed(b""), "not_a_jwk_set"),
        ("no keys", typed(br#"{"keys":[]}"#), "no_usable_keys"),
        ("many entries", typed(format!(r#"{{"keys":[{}1]}}"#, "1,".repeat(100_000)).as_bytes()), "not_a_jwk_set"),
        ("deep nesting", typed(format!(r#"{{"keys":[{}]}}"#, "[".repeat(200_000)).as_bytes()), "not_a_jwk_set"),
    ]
}
