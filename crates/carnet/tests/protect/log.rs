//! What the operator's log says of requests that are refused, and what it never says.

use crate::client::{Client, send};
use crate::recorder::Recorder;
use crate::shop::Shop;
use carnet::oauth::{AccessToken, DpopVerifier, ProofId, ReplayFuture, ReplayStore, ReplayStoreError};
use carnet::prelude::*;
use carnet::tower::{Revocation, RevocationError, RevocationFuture, RevocationList};
use serde_json::json;
use tracing::Level;

const CANARY: &str = "canary-7f3a";

struct Down;

impl RevocationList for Down {
    fn is_revoked<'a>(&'a self, _: &'a AccessToken) -> RevocationFuture<'a> {
        Box::pin(async { Err(RevocationError::new("no route to the list")) })
    }
}

impl ReplayStore for Down {
    fn record<'a>(&'a self, _: ProofId, _: i64, _: i64) -> ReplayFuture<'a> {
        Box::pin(async { Err(ReplayStoreError::new("no route to the record")) })
    }
}

/// Everything that goes wrong is said once, at the level of whose business it is; no token and no claim is in it.
#[tokio::test]
async fn why_a_request_was_refused_is_in_the_log() {
    let recorder = Recorder::default();
    let _guard = recorder.begin();
    let (shop, client) = (Shop::open().await, Client::new());
    let said = |level: Level, words: &str| {
        let lines = recorder.take();
        let found = lines.iter().any(|line| line.level == level && line.text().contains(words));
        assert!(found, "{level} {words}: {lines:?}");
        for line in lines.iter().filter(|line| line.target.starts_with("carnet")) {
            assert!(!line.text().contains(CANARY) && !line.text().contains("eyJ"), "{}", line.text());
        }
    };
    let foreign =
        shop.issuer.access_token("https://other.example/").subject(CANARY).claims(&json!({"client_id": CANARY}));
    shop.with_bearer("/any", &shop.issuer.sign(&foreign).unwrap()).await;
    said(Level::DEBUG, "audience");
    shop.with_bearer("/any", &shop.token_with(&json!({"client_id": null, "tenant": CANARY}))).await;
    said(Level::DEBUG, "client_id");
    shop.get("/any", &[]).await;
    said(Level::DEBUG, "credentials_missing");
    shop.with_bearer("/unprotected", &shop.token()).await;
    said(Level::ERROR, "ProtectLayer");

    let revoking = Shop::with(|settings| settings.revocation(Revocation::always(Down))).await;
    revoking.with_bearer("/any", &revoking.token_with(&json!({"jti": CANARY}))).await;
    said(Level::WARN, "no route to the list");

    let recording = Shop::of(|issuer, builder| {
        let proofs = DpopVerifier::builder([ES256]).clock(issuer.clock()).replay_store(Down).build().unwrap();
        builder.dpop(proofs, "https://api.example.com")
    });
    let recording = recording.await;
    let token = client.token(&recording);
    client.get(&recording, "/any", &token).await;
    said(Level::WARN, "no route to the record");
    send(&recording, "/any", &token, &client.proof(&recording, &token, "/elsewhere")).await;
    said(Level::DEBUG, "DPoP proof was not accepted");
}
