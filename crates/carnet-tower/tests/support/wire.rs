//! A server on loopback, and requests to it that are sent as they are.

use axum::Router;
use std::net::SocketAddr;
use testkit::http_client::{Response, exchange};
use tokio::net::TcpListener;

/// Serves on 127.0.0.1 until the test ends; handlers find the peer in `ConnectInfo`.
pub(crate) async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    address
}

/// The body as problem details, of which the code is returned.
pub(crate) fn problem_code(response: &Response) -> String {
    assert_eq!(response.one("content-type"), Some("application/problem+json"), "{response:?}");
    assert_eq!(response.one("cache-control"), Some("no-store"));
    let problem: serde_json::Value = serde_json::from_str(&response.body).unwrap();
    assert_eq!(problem["status"], response.status);
    problem["code"].as_str().unwrap().to_owned()
}

/// Sends a request with this first line and these fields, without a body.
pub(crate) async fn ask(address: SocketAddr, line: &str, fields: &str) -> Response {
    exchange(address, format!("{line} HTTP/1.1\r\nHost: localhost\r\n{fields}Connection: close\r\n\r\n").as_bytes())
        .await
}
