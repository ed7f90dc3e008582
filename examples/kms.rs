//! Signing with a key that never leaves a key management service. Run it with `cargo run --example kms`.
//!
//! The service here is a stand-in that runs in the same program; it is asked over HTTP as a real one is, and it answers in DER as real ones do. What
//! comes back is verified before it is used: a signature is only as good as the way it came.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use carnet::jwa::{Signature, SigningFailed};
use carnet::prelude::*;
use carnet::{AsyncSigner, SigningFuture};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (service, public) = mock::start().await?;

    // The issuer is configured with the service's address and with the key's public half, and knows nothing secret. The public half was taken down when
    // the key was made. It is not asked for over the connection whose answers it is to check.
    let kms = Kms::new(&service, Jwk::from_pem(&public)?.with_key_id("token-signing")?)?;
    let token = Token::builder()
        .issuer("https://auth.example.com/")
        .audience("api://my-service")
        .subject("user-1")
        .expires_in(Duration::from_secs(900))
        .sign_async(&kms)
        .await?;
    println!("issued   {}…", token.get(..40).unwrap_or_default());

    // Everybody else verifies as always.
    let published: JwkSet = [kms.public.clone()].into_iter().collect();
    let verifier = Verifier::builder(JwkSet::from_json(&published.to_json())?.verifying_keys())
        .issuer("https://auth.example.com/")
        .audience("api://my-service")
        .build()?;
    let verified: Verified<serde_json::Value> = verifier.verify(&token)?;
    println!("verified {:?}", verified.registered().subject());

    // Somebody on the way alters what the service answers: nothing is issued.
    let altered = Kms { path: "sign-altered", ..kms };
    let refused = Token::builder().never_expires().sign_async(&altered).await;
    println!("refused  {}", refused.err().ok_or("an altered signature was used")?);
    Ok(())
}

/// A key in the service.
struct Kms {
    http: reqwest::Client,
    service: String,
    path: &'static str,
    public: Jwk,
    verifying: VerifyingKey,
}

#[derive(Serialize, Deserialize)]
struct Request {
    /// base64url
    message: String,
}

#[derive(Serialize, Deserialize)]
struct Answer {
    /// base64url of DER
    signature: String,
}

impl Kms {
    fn new(service: &str, public: Jwk) -> Result<Self, Box<dyn Error>> {
        // A client needs to know whose cryptography TLS is to use, even though the stand-in is asked over plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
        let verifying = VerifyingKey::from_jwk_as(ES256, &public)?;
        Ok(Self { http, service: service.to_owned(), path: "sign", public, verifying })
    }

    async fn ask(&self, message: &[u8]) -> Result<Signature, Box<dyn Error + Send + Sync>> {
        let request = Request { message: carnet::base64url::encode(message) };
        let answer = self.http.post(format!("{}/{}", self.service, self.path)).json(&request).send().await?;
        let answer: Answer = answer.error_for_status()?.json().await?;
        let signature = Signature::from_ecdsa_der(ES256, &carnet::base64url::decode(&answer.signature)?)?;
        self.verifying.verify_signature(message, &signature)?;
        Ok(signature)
    }
}

impl AsyncSigner for Kms {
    fn algorithm(&self) -> Algorithm {
        ES256
    }

    fn key_id(&self) -> Option<&str> {
        self.public.key_id()
    }

    fn sign_message<'a>(&'a self, message: &'a [u8]) -> SigningFuture<'a> {
        Box::pin(async move { self.ask(message).await.map_err(|error| SigningFailed::because(error.to_string())) })
    }
}

/// The stand-in for the service.
mod mock {
    use super::{Answer, Request};
    use axum::extract::State;
    use axum::http::StatusCode;
    use axum::routing::post;
    use axum::{Json, Router};
    use carnet::base64url;
    use carnet::prelude::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
    use std::error::Error;
    use std::sync::Arc;

    /// Starts the service with a new key, and gives its address and the key's public half.
    pub(super) async fn start() -> Result<(String, String), Box<dyn Error>> {
        let jwk = PrivateJwk::generate(ES256)?;
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &jwk.expose_der()?, &random);
        let public = jwk.public_jwk().ok_or("an EC key has a public half")?.to_pem()?;
        let pair = pair.map_err(|_| "ring reads the key")?;

        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let service = Router::new()
            .route("/sign", post(sign))
            .route("/sign-altered", post(sign_altered))
            .with_state(Arc::new(pair));
        tokio::spawn(async move { axum::serve(listener, service).await });
        Ok((address, public))
    }

    async fn sign(
        State(pair): State<Arc<EcdsaKeyPair>>,
        Json(request): Json<Request>,
    ) -> Result<Json<Answer>, StatusCode> {
        let message = base64url::decode(&request.message).map_err(|_| StatusCode::BAD_REQUEST)?;
        let der = pair.sign(&SystemRandom::new(), &message).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok(Json(Answer { signature: base64url::encode(der.as_ref()) }))
    }

    /// Signs another message than the one that was asked for.
    async fn sign_altered(pair: State<Arc<EcdsaKeyPair>>, _: Json<Request>) -> Result<Json<Answer>, StatusCode> {
        sign(pair, Json(Request { message: base64url::encode(b"another message") })).await
    }
}
