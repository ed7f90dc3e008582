use carnet::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    tenant: String,
}

fn verify(key: VerifyingKey, token: &str) {
    let verifier = Verifier::builder(key)
        .any_issuer()
        .any_audience()
        .check(|claims: &Claims| if claims.tenant == "acme" { Ok(()) } else { Err(Rejection::claim("tenant")) })
        .build()
        .unwrap();
    let _ = verifier.verify::<serde_json::Value>(token);
}

fn main() {}
