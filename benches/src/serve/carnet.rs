//! A service that nothing protects, and one behind carnet's layer, both on axum 0.8.

use axum::routing::get;
use axum::{Json, Router};
use carnet::SignatureCache;
use carnet::oauth::AccessTokenVerifier;
use carnet::tower::{Authenticated, ProtectLayer};

use super::Answer;
use crate::claims::{AUDIENCE, ISSUER, SUBJECT};
use crate::keys::Keys;

pub(super) fn bare() -> Router {
    async fn answer() -> Json<Answer> {
        Json(Answer::new(SUBJECT))
    }
    Router::new().route("/", get(answer))
}

pub(super) fn protected(verifier: AccessTokenVerifier) -> Router {
    async fn answer(token: Authenticated) -> Json<Answer> {
        Json(Answer::new(token.subject().unwrap_or_default()))
    }
    Router::new().route("/", get(answer).layer(ProtectLayer::new(verifier)))
}

/// As RFC 9068 has it.
pub(super) fn verifier(keys: &Keys, cache: bool) -> AccessTokenVerifier {
    let mut builder = AccessTokenVerifier::builder(keys.verifying_keys(), ISSUER, AUDIENCE);
    if cache {
        let cache = SignatureCache::new(10_000).expect("the system gives random octets");
        builder = builder.policy(|policy| policy.signature_cache(cache));
    }
    builder.build().expect("the policy is sound")
}
