//! A server for the Model Context Protocol, revision 2026-07-28, over HTTP, whose tools need different scopes.
//!
//! `cargo run --example mcp` starts an issuer and the server on this machine, does what a client does from its first request on, prints what is answered, and ends.
//! `cargo run --example mcp -- serve` stays up, and says what to try.
//!
//! What the protocol's authorization asks of a server is in `app`: the metadata of the resource (RFC 9728), challenges that lead there, tokens for this resource alone, scopes that
//! imply others. That the tools never see a token is in `protocol`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../api/demonstration.rs"]
mod demonstration;
#[path = "../api/issuer.rs"]
mod issuer;
mod protocol;
mod tools;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use carnet::oauth::AccessTokenVerifier;
use carnet::prelude::*;
use carnet::tower::{ProtectLayer, ProtectedResource};
use demonstration::{client, show};
use issuer::{Issuer, listen};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::error::Error;

/// The server at this address.
fn app(issuer: &str, address: &str) -> Result<Router, Box<dyn Error>> {
    // Who this is, and who issues tokens for it. The scopes are those to begin with; challenges name the others when they are needed.
    let resource = ProtectedResource::builder(format!("{address}/mcp"))
        .authorization_server(issuer)
        .scopes_supported(["files:read"])
        .name("Files")
        .dangerous_allow_http_loopback()
        .build()?;

    // Of an issuer over https: `RemoteJwks::discover(issuer)?`.
    let keys = RemoteJwks::builder_for_issuer(issuer).dangerous_allow_http_loopback().build()?;
    // The audience is the resource: tokens for any other are refused.
    let verifier = AccessTokenVerifier::builder(keys, issuer, resource.resource()).build()?;
    let protect = ProtectLayer::builder(verifier)
        .realm("files")
        .resource_metadata(resource.url())
        .scope_hierarchy(tools::implies)
        .build()?
        .all_of(["files:read"]);

    Ok(Router::new()
        .route("/mcp", post(protocol::answer).route_layer(protect)) // other methods: 405
        .route_layer(from_fn(refuse_other_origins))
        .route_service(resource.path(), resource.service())
        .with_state(tools::Files::default()))
}

/// No web page has any business here, so one that gets here by rebinding a name of its own is refused.
async fn refuse_other_origins(request: Request, next: Next) -> Response {
    if request.headers().contains_key("origin") {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = Issuer::start().await?;
    let (listener, address) = listen().await?;
    let server = app(issuer.name(), &address)?;
    tokio::spawn(async move { axum::serve(listener, server).await });
    println!("The issuer is {}, the server is {address}/mcp", issuer.name());
    if std::env::args().any(|argument| argument == "serve") {
        return wait(&issuer, &address).await;
    }

    let http = client();
    let send = |method: &str, params: Value| message(&http, &address, method, params);
    let call = |name: &str, arguments: Value| send("tools/call", json!({"name": name, "arguments": arguments}));
    let grant = |resource: &str, scope: &str| {
        issuer.sign(&issuer.token(resource, "user-1").claims(&json!({"client_id": "desktop", "scope": scope})))
    };
    let resource = format!("{address}/mcp");

    show("a client without a token is told where to read", send("server/discover", json!({})), 401).await?;
    let metadata = http.get(format!("{address}/.well-known/oauth-protected-resource/mcp"));
    show("there it finds the issuer, and gets a token for this resource", metadata, 200).await?;
    let reader = grant(&resource, "files:read")?;
    show("now it discovers the server", send("server/discover", json!({})).bearer_auth(&reader), 200).await?;
    show("and its tools", send("tools/list", json!({})).bearer_auth(&reader), 200).await?;
    let read = || call("read_file", json!({"path": "letter.txt"}));
    show("a tool that the token is enough for", read().bearer_auth(&reader), 200).await?;
    let write = || call("write_file", json!({"path": "letter.txt", "text": "Dear Jane"}));
    show("a tool that needs more: all of it is in one challenge", write().bearer_auth(&reader), 403).await?;
    let writer = grant(&resource, "files:write")?;
    show("a broader scope stands for the narrower one", write().bearer_auth(&writer), 200).await?;
    let delete = || call("delete_file", json!({"path": "letter.txt"}));
    show("but for no broader one", delete().bearer_auth(&writer), 403).await?;
    show("the broadest is for all", delete().bearer_auth(grant(&resource, "files:admin")?), 200).await?;
    let elsewhere = grant("https://calendar.example.com/mcp", "files:admin")?;
    show("a token for another server", read().bearer_auth(elsewhere), 401).await?;
    show("a web page of somewhere else", read().bearer_auth(&reader).header("origin", "https://evil.example"), 403)
        .await?;
    let older = read().bearer_auth(&reader).header("mcp-protocol-version", "2025-11-25");
    show("fields that contradict the body", older, 400).await?;

    issuer.rotate()?;
    let renewed = grant(&resource, "files:read")?;
    show("and a token of a key that nobody has seen", send("server/discover", json!({})).bearer_auth(renewed), 200)
        .await?;
    Ok(())
}

/// A request as the protocol has it: what others on the way may want to know is in header fields too.
fn message(http: &reqwest::Client, address: &str, method: &str, mut params: Value) -> RequestBuilder {
    let request = http
        .post(format!("{address}/mcp"))
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", protocol::VERSION)
        .header("mcp-method", method);
    let request = match params.get("name").and_then(Value::as_str) {
        Some(name) => request.header("mcp-name", name),
        None => request,
    };
    if let Some(params) = params.as_object_mut() {
        params.insert("_meta".to_owned(), meta());
    }
    request.json(&json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
}

fn meta() -> Value {
    json!({protocol::VERSION_KEY: protocol::VERSION, protocol::CAPABILITIES_KEY: {}})
}

/// Says what to try, and stays up until the program is ended.
async fn wait(issuer: &Issuer, address: &str) -> Result<(), Box<dyn Error>> {
    let grant = json!({"audience": format!("{address}/mcp"), "subject": "user-1", "client_id": "desktop", "scope": "files:read"});
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta()}});
    println!("TOKEN=$(curl -s {}/development/token --json '{grant}')", issuer.name());
    println!("curl -i {address}/mcp --json '{list}'");
    println!("curl -s {address}/.well-known/oauth-protected-resource/mcp");
    println!(
        "curl -s {address}/mcp -H \"Authorization: Bearer $TOKEN\" -H 'MCP-Protocol-Version: {}' -H 'Mcp-Method: tools/list' --json '{list}'",
        protocol::VERSION
    );
    std::future::pending().await
}
