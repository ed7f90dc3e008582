//! A client with a key of its own, which proves with each request that it has it (RFC 9449).

use crate::shop::Shop;
use carnet::jws::JwsBuilder;
use carnet::prelude::*;
use serde_json::{Value, json};
use testkit::http_client::Response;

pub(crate) struct Client {
    key: SigningKey,
    jwk: Jwk,
}

impl Client {
    pub(crate) fn new() -> Self {
        let key = SigningKey::generate(ES256).unwrap();
        let jwk = key.public_jwk().unwrap();
        Self { key, jwk }
    }

    /// A token that is bound to the key.
    pub(crate) fn token(&self, shop: &Shop) -> String {
        shop.token_with(&json!({"cnf": self.confirmation()}))
    }

    /// What binds a token to the key.
    pub(crate) fn confirmation(&self) -> Value {
        json!({"jkt": self.jwk.thumbprint().to_string()})
    }

    /// The claims of a proof for this token and `GET` of this path, now.
    pub(crate) fn claims(shop: &Shop, token: &str, path: &str) -> Value {
        let ath = carnet::base64url::encode(&crate::shop::sha256(token.as_bytes()));
        let id = carnet::base64url::encode(&fresh());
        json!({"jti": id, "htm": "GET", "htu": format!("https://api.example.com{path}"), "iat": shop.issuer.now(), "ath": ath})
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let builder = JwsBuilder::new().typ("dpop+jwt").header("jwk", &self.jwk);
        builder.sign(claims.to_string().as_bytes(), &self.key).unwrap()
    }

    pub(crate) fn proof(&self, shop: &Shop, token: &str, path: &str) -> String {
        self.sign(&Self::claims(shop, token, path))
    }

    /// Sends the token with a proof, as it should.
    pub(crate) async fn get(&self, shop: &Shop, path: &str, token: &str) -> Response {
        send(shop, path, token, &self.proof(shop, token, path)).await
    }
}

/// 16 octets that were not there before.
fn fresh() -> [u8; 16] {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut octets = [7; 16];
    octets[..8].copy_from_slice(&COUNT.fetch_add(1, Relaxed).to_be_bytes());
    octets
}

pub(crate) async fn send(shop: &Shop, path: &str, token: &str, proof: &str) -> Response {
    shop.get(path, &[&format!("authorization: DPoP {token}"), &format!("dpop: {proof}")]).await
}
