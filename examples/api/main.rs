//! An API that is protected with access tokens.
//!
//! `cargo run --example api` starts an issuer and the API on this machine, sends requests to it, prints what is answered, and ends. `cargo run --example api -- serve`
//! stays up, and says what to try.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod demonstration;
mod issuer;

use axum::routing::{get, post};
use axum::{Json, Router};
use carnet::oauth::AccessTokenVerifier;
use carnet::prelude::*;
use carnet::tower::{Authenticated, Bearer, ProtectLayer};
use demonstration::{client, show};
use issuer::{Issuer, listen};
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;

/// What the issuer calls this API: tokens for it have this in `aud`.
const AUDIENCE: &str = "https://orders.example.com/";

/// The API, and all that it has to do with tokens.
fn api(issuer: &str) -> Result<Router, Box<dyn Error>> {
    // Keys are fetched from where the issuer's metadata say, and kept up to date. Of an issuer over https, that is `RemoteJwks::discover(issuer)?`.
    let keys = RemoteJwks::builder_for_issuer(issuer).dangerous_allow_http_loopback().build()?;
    let verifier = AccessTokenVerifier::builder(keys, issuer, AUDIENCE).build()?;
    let protect = ProtectLayer::builder(verifier).realm("orders").build()?;
    Ok(Router::new()
        .route("/healthz", get(|| async { "well" })) // behind no layer: public
        .route("/orders", get(orders).layer(protect.all_of(["orders:read"])))
        .route("/orders", post(order).layer(protect.all_of(["orders:write"])))
        .route("/admin", get(admin).layer(protect.any_role(["admin"]))) // the claim `roles`; elsewhere: .roles_at(["realm_access", "roles"])
        .route("/offers", get(offers).layer(protect.optional())))
}

/// Claims that are this API's own business. What every access token has is at `claims.token()`.
#[derive(Deserialize)]
struct Claims {
    tenant: Option<String>,
}

async fn orders(claims: Bearer<Claims>) -> Json<Value> {
    // Scopes say what a client may do. Whose orders these are is for the handler to know.
    Json(json!({"orders_of": claims.token().subject(), "tenant": claims.tenant}))
}

async fn order(token: Authenticated) -> String {
    format!("ordered for {} by the client {}", token.subject().unwrap_or("-"), token.client_id().unwrap_or("-"))
}

async fn admin(token: Authenticated) -> String {
    format!("{} may do everything", token.subject().unwrap_or("-"))
}

async fn offers(token: Option<Authenticated>) -> String {
    match token {
        Some(token) => format!("offers for {}", token.subject().unwrap_or("-")),
        None => "offers for everybody".to_owned(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = Issuer::start().await?;
    let (listener, address) = listen().await?;
    let api = api(issuer.name())?;
    tokio::spawn(async move { axum::serve(listener, api).await });
    println!("The issuer is {}, the API is {address}", issuer.name());
    if std::env::args().any(|argument| argument == "serve") {
        return wait(&issuer, &address).await;
    }

    let http = client();
    let get = |path: &str| http.get(format!("{address}{path}"));
    let post = |path: &str| http.post(format!("{address}{path}"));
    let token = |claims: Value| issuer.sign(&issuer.token(AUDIENCE, "user-1").claims(&claims));
    let reader = token(json!({"client_id": "web", "scope": "orders:read", "tenant": "acme"}))?;

    show("what is public", get("/healthz"), 200).await?;
    show("no token", get("/orders"), 401).await?;
    show("a token", get("/orders").bearer_auth(&reader), 200).await?;
    show("a token whose scopes are not enough", post("/orders").bearer_auth(&reader), 403).await?;
    let writer = token(json!({"client_id": "web", "scope": "orders:write"}))?;
    show("a token whose scopes are", post("/orders").bearer_auth(&writer), 200).await?;
    let expired = issuer.token(AUDIENCE, "user-1").claims(&json!({"client_id": "web"})).at(1_700_000_000);
    show("an expired token", get("/orders").bearer_auth(issuer.sign(&expired)?), 401).await?;
    let elsewhere = issuer.token("https://invoices.example.com/", "user-1").claims(&json!({"client_id": "web"}));
    show("a token for another API", get("/orders").bearer_auth(issuer.sign(&elsewhere)?), 401).await?;
    show("a subject without the role", get("/admin").bearer_auth(&reader), 403).await?;
    let admin = token(json!({"client_id": "web", "roles": ["admin"]}))?;
    show("a subject with the role", get("/admin").bearer_auth(&admin), 200).await?;
    show("no token, where none is needed", get("/offers"), 200).await?;
    show("a bad token, where none is needed", get("/offers").bearer_auth("a.b.c"), 401).await?;

    issuer.rotate()?;
    let renewed = token(json!({"client_id": "web", "scope": "orders:read", "tenant": "acme"}))?;
    show("a token of a new key, which nobody has seen", get("/orders").bearer_auth(&renewed), 200).await?;
    Ok(())
}

/// Says what to try, and stays up until the program is ended.
async fn wait(issuer: &Issuer, address: &str) -> Result<(), Box<dyn Error>> {
    let grant = json!({"audience": AUDIENCE, "subject": "user-1", "client_id": "web", "scope": "orders:read"});
    println!("TOKEN=$(curl -s {}/development/token --json '{grant}')", issuer.name());
    println!("curl -i {address}/orders");
    println!("curl -i {address}/orders -H \"Authorization: Bearer $TOKEN\"");
    println!("curl -i {address}/orders -H \"Authorization: Bearer $TOKEN\" -X POST");
    println!("curl -i {address}/offers");
    std::future::pending().await
}
