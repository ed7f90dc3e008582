//! A stand-in for an authorization server: it publishes its metadata and its keys over HTTP as a real one does, and gives out tokens to whoever asks. Only on this
//! machine, and never to be copied.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use carnet::prelude::*;
use carnet::tower::jwks_handler;
use carnet::{KeyError, TokenBuilder, TokenError};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::error::Error;
use std::time::Duration;
use tokio::net::TcpListener;

#[derive(Clone)]
pub(crate) struct Issuer {
    name: String,
    keys: KeyRing,
}

/// What is asked for at `POST /development/token`.
#[derive(Deserialize, Serialize)]
struct Grant {
    #[serde(skip_serializing)]
    audience: String,
    #[serde(skip_serializing)]
    subject: String,
    client_id: String,
    scope: String,
    #[serde(default)]
    roles: Vec<String>,
}

impl Issuer {
    /// Starts it on a free port.
    pub(crate) async fn start() -> Result<Self, Box<dyn Error>> {
        let (listener, name) = listen().await?;
        let issuer = Self { name, keys: KeyRing::new(new_key()?) };
        let metadata = json!({"issuer": issuer.name, "jwks_uri": format!("{}/keys", issuer.name)});
        let router = Router::new()
            .route("/.well-known/oauth-authorization-server", get(Json(metadata)))
            .route_service("/keys", jwks_handler(issuer.keys.clone()))
            .route("/development/token", post(grant))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(issuer)
    }

    /// What its tokens have in `iss`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// An access token as RFC 9068 has it, but for `client_id`, which is among the claims that are added.
    pub(crate) fn token(&self, audience: &str, subject: &str) -> TokenBuilder<'static> {
        Token::builder()
            .typ("at+jwt")
            .issuer(self.name.clone())
            .audience(audience.to_owned())
            .subject(subject.to_owned())
            .expires_in(Duration::from_secs(600))
            .random_id()
    }

    pub(crate) fn sign(&self, token: &TokenBuilder<'_>) -> Result<String, TokenError> {
        token.sign(&self.keys.current())
    }

    /// Signs with a key from now on that nobody has seen. A real issuer publishes it for a while before: `KeyRing::with_next` and `rotate`.
    pub(crate) fn rotate(&self) -> Result<(), KeyError> {
        self.keys.switch_to(new_key()?);
        Ok(())
    }
}

fn new_key() -> Result<SigningKey, KeyError> {
    SigningKey::generate(ES256).map(SigningKey::with_thumbprint_key_id)
}

async fn grant(State(issuer): State<Issuer>, Json(grant): Json<Grant>) -> Result<String, StatusCode> {
    let token = issuer.token(&grant.audience, &grant.subject).claims(&grant);
    issuer.sign(&token).map_err(|_| StatusCode::BAD_REQUEST)
}

/// A free port of this machine, and its address.
pub(crate) async fn listen() -> Result<(TcpListener, String), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    Ok((listener, address))
}
