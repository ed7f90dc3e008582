//! A service that nothing protects, and one behind carnet's layer, both on axum 0.8.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carnet::SignatureCache;
use carnet::oauth::AccessTokenVerifier;
use carnet::tower::{ProtectLayer, ProtectedRouter};

use super::Answer;
use crate::backend::PublicKey;
use crate::backend::signature::ECDSA_P256_SHA256_FIXED;
use crate::claims::{AUDIENCE, ISSUER, SUBJECT};
use crate::keys::Keys;

/// How many requests the handler was called for.
pub(super) static ANSWERED: AtomicU64 = AtomicU64::new(0);

/// The handler of all these services.
async fn answer() -> Json<Answer> {
    ANSWERED.fetch_add(1, Relaxed);
    Json(Answer::new(SUBJECT))
}

pub(super) fn bare() -> MethodRouter {
    get(answer)
}

/// Behind a middleware of axum that does nothing: what any layer costs.
pub(super) fn passing() -> MethodRouter {
    get(answer).layer(from_fn(async |request: Request, next: Next| next.run(request).await))
}

/// Nothing is looked at, but for each request the backend verifies the token's signature: what that costs a service, whose code and tables the system's network code has
/// driven out of the processor's caches from one request to the next.
pub(super) fn signature(keys: &Keys, token: &str) -> MethodRouter {
    let (message, signature) = token.rsplit_once('.').expect("a token has three segments");
    let message: Arc<[u8]> = message.as_bytes().into();
    let signature: Arc<[u8]> = URL_SAFE_NO_PAD.decode(signature).expect("a signature is base64url").into();
    let key = Arc::new(PublicKey::new(&ECDSA_P256_SHA256_FIXED, &keys.raw().public()));
    get(async move || {
        key.verify(&message, &signature);
        answer().await
    })
}

pub(super) fn protected(verifier: AccessTokenVerifier) -> MethodRouter {
    get(answer).layer(ProtectLayer::new(verifier))
}

pub(super) fn around(verifier: AccessTokenVerifier, router: Router) -> ProtectedRouter {
    ProtectLayer::new(verifier).around(router)
}

/// As RFC 9068 has it.
pub(super) fn verifier(keys: &Keys, remembers: Remembers) -> AccessTokenVerifier {
    let mut builder = AccessTokenVerifier::builder(keys.verifying_keys(), ISSUER, AUDIENCE);
    if matches!(remembers, Remembers::Signatures) {
        let cache = SignatureCache::new(10_000).expect("the system gives random octets");
        builder = builder.policy(|policy| policy.signature_cache(cache));
    }
    let verifier = builder.build().expect("the policy is sound");
    if matches!(remembers, Remembers::Tokens) { verifier.remember_tokens(10_000) } else { verifier }
}

/// What a verifier keeps in memory.
#[derive(Clone, Copy)]
pub(super) enum Remembers {
    Nothing,
    Signatures,
    Tokens,
}
