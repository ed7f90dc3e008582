//! What demands HTTPS, over a real server and exact requests.
#![cfg(test)]

#[path = "support/wire.rs"]
mod wire;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::Extensions;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use carnet_tower::{IpNet, OverTls, PeerAddress, RequireHttpsLayer, jwks_handler};
use std::future::{Ready, ready};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use testkit::http_client::{Response as Reply, exchange};
use tower_layer::Layer;
use tower_service::Service;
use wire::{ask, problem_code, serve};

const HSTS: &str = "strict-transport-security";

fn layer() -> RequireHttpsLayer {
    RequireHttpsLayer::new("api.example.com").unwrap()
}

fn connected(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip())
}

/// Believes whoever connects from this machine.
fn behind_a_proxy() -> RequireHttpsLayer {
    layer().trusted_proxies(["127.0.0.0/8".parse::<IpNet>().unwrap()]).peer_address(connected)
}

/// An application that answers every path and method, behind the layer.
async fn protected(layer: RequireHttpsLayer) -> SocketAddr {
    let app = Router::new().fallback(any(|request: Request| async move { request.uri().path().to_owned() }));
    serve(app.layer(layer)).await
}

fn is_redirect(reply: &Reply, location: &str) {
    assert_eq!((reply.status, reply.body.as_str()), (308, ""), "{reply:?}");
    assert_eq!(reply.one("location"), Some(location));
    assert_eq!(reply.one("cache-control"), Some("no-store"));
    assert_eq!(reply.one(HSTS), None, "RFC 6797 §7.2");
}

fn is_refused(reply: &Reply) {
    assert_eq!((reply.status, problem_code(reply).as_str()), (403, "https_required"), "{reply:?}");
    assert_eq!(reply.one("location"), None);
    assert_eq!(reply.one(HSTS), None, "RFC 6797 §7.2");
    assert_eq!(reply.one("www-authenticate"), None);
}

#[tokio::test]
async fn what_is_read_is_redirected_and_what_is_sent_is_refused() {
    let address = protected(layer()).await;
    is_redirect(&ask(address, "GET /a/b?c=d%20e&f", "").await, "https://api.example.com/a/b?c=d%20e&f");
    is_redirect(&ask(address, "HEAD /a/b?c=d", "").await, "https://api.example.com/a/b?c=d");
    is_redirect(&ask(address, "GET /", "Authorization: Bearer token\r\n").await, "https://api.example.com/");
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "get"] {
        is_refused(&ask(address, &format!("{method} /a"), "Content-Length: 0\r\n").await);
    }
    is_refused(&ask(address, "OPTIONS *", "").await);
    // What was sent along is not waited for.
    is_refused(&ask(address, "POST /a", "Content-Length: 1000000000\r\n").await);

    let with_port = protected(RequireHttpsLayer::new("[2001:db8::1]:8443").unwrap()).await;
    is_redirect(&ask(with_port, "GET /a", "").await, "https://[2001:db8::1]:8443/a");
}

/// Whatever a request says, it is sent to the configured host.
#[tokio::test]
async fn nobody_is_sent_elsewhere() {
    let address = protected(layer()).await;
    for fields in [
        "X-Forwarded-Host: evil.example\r\n",
        "Forwarded: host=evil.example;proto=https\r\n",
        "X-Original-URL: //evil.example\r\nX-Rewrite-URL: //evil.example\r\n",
    ] {
        is_redirect(&ask(address, "GET /a", fields).await, "https://api.example.com/a");
    }
    for (target, location) in [
        ("//evil.example/", "https://api.example.com//evil.example/"),
        ("///evil.example", "https://api.example.com///evil.example"),
        ("/@evil.example", "https://api.example.com/@evil.example"),
        ("/.evil.example", "https://api.example.com/.evil.example"),
        ("/%2F%2Fevil.example", "https://api.example.com/%2F%2Fevil.example"),
        ("/%5C%5Cevil.example", "https://api.example.com/%5C%5Cevil.example"),
        ("/%0d%0aSet-Cookie:%20a=b", "https://api.example.com/%0d%0aSet-Cookie:%20a=b"),
        ("/?next=//evil.example", "https://api.example.com/?next=//evil.example"),
        ("http://evil.example/a?b", "https://api.example.com/a?b"),
        ("http://evil.example", "https://api.example.com/"),
        ("https://evil.example/a", "https://api.example.com/a"),
    ] {
        for host in ["evil.example", "api.example.com", "api.example.com@evil.example"] {
            let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            is_redirect(&exchange(address, request.as_bytes()).await, location);
        }
    }
    for target in ["/\\evil.example/", "/\\\\evil.example/", "/a?b=\\evil.example", "/\"", "/a|b", "/%", "/%zz"] {
        is_refused(&ask(address, &format!("GET {target}"), "").await);
    }
    // Without Host, as HTTP/1.0 allows.
    is_redirect(&exchange(address, b"GET /a HTTP/1.0\r\n\r\n").await, "https://api.example.com/a");
}

#[tokio::test]
async fn a_proxy_that_is_named_is_believed_by_its_last_word() {
    let trusted = protected(behind_a_proxy()).await;
    let stranger =
        protected(layer().trusted_proxies(["10.0.0.0/8".parse::<IpNet>().unwrap()]).peer_address(connected)).await;
    let nobody = protected(layer().peer_address(connected)).await;
    // Who connected is not known.
    let unknown = protected(layer().trusted_proxies(["127.0.0.0/8".parse::<IpNet>().unwrap()])).await;
    for (fields, over_tls) in [
        ("X-Forwarded-Proto: https\r\n", true),
        ("x-forwarded-proto: HTTPS\r\n", true),
        ("X-Forwarded-Proto: http,https\r\n", true),
        ("X-Forwarded-Proto: http\r\nX-Forwarded-Proto: https\r\n", true),
        ("X-Forwarded-Proto: https,http\r\n", false),
        ("X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http\r\n", false),
        ("X-Forwarded-Proto: https\r\nX-Forwarded-Proto: \r\n", false),
        ("X-Forwarded-Proto: http\r\n", false),
        ("X-Forwarded-Scheme: https\r\n", false),
        ("Forwarded: proto=https\r\n", false),
        ("X-Forwarded-Ssl: on\r\nFront-End-Https: on\r\n", false),
        ("", false),
    ] {
        let reply = ask(trusted, "POST /a", &format!("{fields}Content-Length: 0\r\n")).await;
        match over_tls {
            true => {
                assert_eq!((reply.status, reply.body.as_str()), (200, "/a"), "{fields}");
                assert_eq!(reply.one(HSTS), Some("max-age=31536000"));
            }
            false => is_refused(&reply),
        }
        for address in [stranger, nobody, unknown] {
            is_refused(&ask(address, "POST /a", &format!("{fields}Content-Length: 0\r\n")).await);
            is_redirect(&ask(address, "GET /a", fields).await, "https://api.example.com/a");
        }
    }
    // The scheme of a target is the client's word, also where a proxy is trusted.
    let absolute = b"POST https://api.example.com/a HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    is_refused(&exchange(trusted, absolute).await);
}

/// A listener for `[::]` shows IPv4 peers as IPv6.
#[tokio::test]
async fn the_peer_may_be_told_by_whoever_accepts() {
    for (peer, expected) in [("127.0.0.1", 200), ("::ffff:127.0.0.1", 200), ("::1", 403), ("10.0.0.1", 403)] {
        let peer: IpAddr = peer.parse().unwrap();
        let tell = from_fn(move |mut request: Request, next: Next| async move {
            request.extensions_mut().insert(PeerAddress::from(SocketAddr::new(peer, 50_000)));
            next.run(request).await
        });
        let demand = layer().trusted_proxies([IpAddr::from([127, 0, 0, 1])]);
        let app = Router::new().fallback(any(|| async {})).layer(demand).layer(tell);
        let reply = ask(serve(app).await, "POST /", "X-Forwarded-Proto: https\r\nContent-Length: 0\r\n").await;
        assert_eq!(reply.status, expected, "{peer}");
    }
}

/// Marks requests as whoever accepts TLS connections does.
async fn over_tls(demand: RequireHttpsLayer) -> SocketAddr {
    let mark = from_fn(|mut request: Request, next: Next| async move {
        request.extensions_mut().insert(OverTls::new());
        next.run(request).await
    });
    let handler = || async { ([(HSTS, "max-age=1"), ("x-own", "kept")], "hello") };
    serve(Router::new().fallback(any(handler)).layer(demand).layer(mark)).await
}

#[tokio::test]
async fn hsts_is_said_over_tls_and_once() {
    let seconds = Duration::from_secs;
    for (demand, expected) in [
        (layer(), "max-age=31536000"),
        (layer().hsts_include_subdomains(), "max-age=31536000; includeSubDomains"),
        (layer().hsts_max_age(seconds(300)), "max-age=300"),
        (layer().hsts_max_age(Duration::from_millis(1999)).hsts_include_subdomains(), "max-age=1; includeSubDomains"),
        (layer().hsts_include_subdomains().hsts_max_age(Duration::ZERO), "max-age=0; includeSubDomains"),
        (layer().without_hsts().hsts_max_age(seconds(5)), "max-age=5"),
        // What the application says by itself.
        (layer().without_hsts(), "max-age=1"),
        (layer().exempt("/").unwrap(), "max-age=31536000"),
    ] {
        let address = over_tls(demand).await;
        for line in ["GET /", "POST /", "OPTIONS /", "GET /\\"] {
            let reply = ask(address, line, "Content-Length: 0\r\n").await;
            assert_eq!((reply.status, reply.body.as_str()), (200, "hello"), "{line}");
            assert_eq!((reply.one(HSTS), reply.one("x-own")), (Some(expected), Some("kept")));
        }
    }
}

#[tokio::test]
async fn a_path_is_exempt_by_itself() {
    let address = protected(layer().exempt("/healthz").unwrap().exempt("/ready/").unwrap()).await;
    for line in ["GET /healthz", "HEAD /healthz", "POST /healthz", "GET /healthz?verbose", "GET /ready/"] {
        let reply = ask(address, line, "Content-Length: 0\r\n").await;
        assert_eq!((reply.status, reply.one(HSTS)), (200, None), "{line}");
    }
    for path in [
        "/healthz/",
        "/healthz/x",
        "/healthzx",
        "/Healthz",
        "/%68ealthz",
        "//healthz",
        "/x/../healthz",
        "/?/healthz",
        "/ready",
    ] {
        is_refused(&ask(address, &format!("POST {path}"), "Content-Length: 0\r\n").await);
        is_redirect(&ask(address, &format!("GET {path}"), "").await, &format!("https://api.example.com{path}"));
    }
}

/// Answers of services behind the layer are the same, whatever their kind; and layers of this kind can be put around each other.
#[tokio::test]
async fn layers_nest_around_documents_and_routers() {
    let inner = Router::new().route_service("/jwks.json", jwks_handler(carnet_jwk::JwkSet::default()));
    let app = Router::new().nest("/keys", inner).layer(layer().without_hsts()).layer(behind_a_proxy());
    let address = serve(app).await;
    is_redirect(&ask(address, "GET /keys/jwks.json", "").await, "https://api.example.com/keys/jwks.json");
    // Believed outside, and not inside, where no proxy is named.
    let reply = ask(address, "GET /keys/jwks.json", "X-Forwarded-Proto: https\r\n").await;
    assert_eq!((reply.status, reply.one("location")), (308, Some("https://api.example.com/keys/jwks.json")));

    let both = behind_a_proxy().layer(behind_a_proxy().layer(jwks_handler(carnet_jwk::JwkSet::default())));
    let address = serve(Router::new().route_service("/", both)).await;
    let reply = ask(address, "GET /", "X-Forwarded-Proto: https\r\n").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "{\"keys\":[]}"));
    assert_eq!(reply.one(HSTS), Some("max-age=31536000"));
}

/// Ready only where it was asked to be; a clone was not.
#[derive(Default)]
struct Particular {
    ready: bool,
    calls: Arc<AtomicUsize>,
}

impl Clone for Particular {
    fn clone(&self) -> Self {
        Self { ready: false, calls: Arc::clone(&self.calls) }
    }
}

impl Service<Request> for Particular {
    type Response = Response;
    type Error = &'static str;
    type Future = Ready<Result<Response, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.ready = true;
        Poll::Ready(if self.calls.load(Ordering::SeqCst) < 2 { Ok(()) } else { Err("worn out") })
    }

    fn call(&mut self, request: Request) -> Self::Future {
        assert!(self.ready, "called without being asked whether it is ready");
        self.ready = false;
        self.calls.fetch_add(1, Ordering::SeqCst);
        ready(match request.uri().path() {
            "/error" => Err("an error"),
            _ => Ok("hello".into_response()),
        })
    }
}

#[tokio::test]
async fn the_service_that_was_asked_is_the_one_that_is_called() {
    let inner = Particular::default();
    let calls = Arc::clone(&inner.calls);
    let mut service = layer().layer(inner);
    let request = |uri: &str, tls: bool| {
        let mut request = Request::builder().uri(uri).body(Body::empty()).unwrap();
        if tls {
            request.extensions_mut().insert(OverTls::new());
        }
        request
    };
    let mut asked = async |uri: &str, tls: bool| {
        std::future::poll_fn(|cx| service.poll_ready(cx)).await?;
        service.call(request(uri, tls)).await.map(|response| response.status().as_u16())
    };
    assert_eq!(asked("/", false).await, Ok(308));
    assert_eq!(calls.load(Ordering::SeqCst), 0, "a request that is refused does not reach the service");
    assert_eq!(asked("/", true).await, Ok(200));
    assert_eq!(asked("/error", true).await, Err("an error"));
    assert_eq!(asked("/", true).await, Err("worn out"));
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}
