//! A client with its key, a server with its clock, and an issuer.

use carnet_core::base64url;
use carnet_jwa::Algorithm::{self, ES256, EdDSA, HS256};
use carnet_jwk::{Secret, SigningKey, VerifyingKey, VerifyingKeys};
use carnet_jws::JwsBuilder;
use carnet_oauth::{
    AccessToken, AccessTokenVerifier, DpopBuilder, DpopError, DpopProof, DpopProofError, DpopRequest, DpopVerifier,
    ProofId, Recorded, ReplayFuture, ReplayStore, ReplayStoreError,
};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Mutex;

pub(crate) const NOW: i64 = 1_750_000_000;
pub(crate) const METHOD: &str = "GET";
pub(crate) const URI: &str = "https://api.example.com/orders";
pub(crate) const ISSUER: &str = "https://auth.example.com/";
pub(crate) const AUDIENCE: &str = "https://api.example.com/";

/// None of what is awaited here ever waits.
pub(crate) fn now<F: Future + Send>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("pending"),
    }
}

pub(crate) fn key() -> SigningKey {
    SigningKey::generate(ES256).unwrap()
}

pub(crate) fn secret() -> Secret {
    Secret::from_bytes([7; 32]).unwrap()
}

pub(crate) fn thumbprint(key: &SigningKey) -> String {
    key.public_jwk().unwrap().thumbprint().to_string()
}

pub(crate) fn proof_claims() -> Value {
    json!({"jti": "-BwC3ESc6acc2lTc", "htm": METHOD, "htu": URI, "iat": NOW})
}

/// The claims with one changed, or without it where the value is `null`.
pub(crate) fn with(mut claims: Value, name: &str, value: Value) -> Value {
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    claims
}

pub(crate) fn sign_proof(key: &SigningKey, claims: &Value) -> String {
    sign_payload(key, &claims.to_string())
}

pub(crate) fn sign_payload(key: &SigningKey, payload: &str) -> String {
    let jwk = key.public_jwk().unwrap();
    JwsBuilder::new().typ("dpop+jwt").header("jwk", &jwk).sign(payload.as_bytes(), key).unwrap()
}

/// What no builder makes: any header and any payload with a signature that holds.
pub(crate) fn sign_header(key: &SigningKey, header: &Value, payload: &str) -> String {
    let encode = |text: &str| base64url::encode(text.as_bytes());
    let message = format!("{}.{}", encode(&header.to_string()), encode(payload));
    let signature = key.sign_message(message.as_bytes()).unwrap();
    format!("{message}.{}", base64url::encode(&signature))
}

/// A proof for an access token, with this `jti`.
pub(crate) fn proof_for(key: &SigningKey, token: &str, id: &str) -> String {
    let claims = with(with(proof_claims(), "ath", json!(hash(token))), "jti", json!(id));
    sign_proof(key, &claims)
}

pub(crate) fn hash(token: &str) -> String {
    base64url::encode(&Sha256::digest(token))
}

pub(crate) fn dpop() -> DpopBuilder {
    DpopVerifier::builder([ES256, EdDSA]).at(NOW)
}

pub(crate) fn request() -> DpopRequest<'static> {
    DpopRequest::new(METHOD, URI)
}

/// What a new verifier says of claims at this time.
pub(crate) fn judge_at(time: i64, claims: &Value) -> Result<DpopProof, DpopError> {
    now(dpop().at(time).build().unwrap().verify_async(&sign_proof(&key(), claims), &request()))
}

pub(crate) fn judge(claims: &Value) -> Result<DpopProof, DpopError> {
    judge_at(NOW, claims)
}

/// What is wrong with a proof, of which something is.
pub(crate) fn fault<T>(outcome: Result<T, DpopError>) -> DpopProofError {
    match outcome.map(|_| ()) {
        Err(DpopError::Proof(error)) => error,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn code<T>(outcome: Result<T, DpopError>) -> &'static str {
    outcome.map_or_else(|error| error.code(), |_| "ok")
}

pub(crate) fn api() -> AccessTokenVerifier<VerifyingKeys> {
    let key = VerifyingKey::from_secret(HS256, &secret()).unwrap();
    AccessTokenVerifier::builder(key, ISSUER, AUDIENCE).policy(|policy| policy.at(NOW)).build().unwrap()
}

/// An access token with this `cnf`, or none.
pub(crate) fn token(cnf: Value) -> String {
    let claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 600, "iat": NOW, "sub": "user-1", "client_id": "web", "jti": "1"
    });
    sign_token(&with(claims, "cnf", cnf).to_string())
}

pub(crate) fn sign_token(claims: &str) -> String {
    let key = SigningKey::from_secret(HS256, &secret()).unwrap();
    JwsBuilder::new().typ("at+jwt").sign(claims.as_bytes(), &key).unwrap()
}

pub(crate) fn bound_token(key: &SigningKey) -> String {
    token(json!({"jkt": thumbprint(key)}))
}

pub(crate) fn present(token: &str, proof: &str, dpop: &DpopVerifier) -> Result<AccessToken, DpopError> {
    now(api().verify_dpop_async(token, proof, &request(), dpop))
}

/// Remembers whatever it was asked, and fails where it is told to.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) recorded: Mutex<Vec<(ProofId, i64, i64)>>,
    pub(crate) is_down: bool,
}

impl ReplayStore for Ledger {
    fn record<'a>(&'a self, proof: ProofId, expires_at: i64, now: i64) -> ReplayFuture<'a> {
        Box::pin(async move {
            let mut recorded = self.recorded.lock().unwrap();
            let seen = recorded.iter().any(|(known, ..)| *known == proof);
            recorded.push((proof, expires_at, now));
            match (self.is_down, seen) {
                (true, _) => Err(ReplayStoreError::new("the database is down")),
                (false, true) => Ok(Recorded::Seen),
                (false, false) => Ok(Recorded::First),
            }
        })
    }
}

pub(crate) const ASYMMETRIC: [Algorithm; 3] = [ES256, EdDSA, Algorithm::ES384];
