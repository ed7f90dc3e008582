//! Issuing and verifying tokens, from the outside in. Run it with `cargo run --example quickstart`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use carnet::prelude::*;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    verify_a_token_of_the_specification()?;
    share_a_secret()?;
    run_an_issuer_and_a_service()
}

/// The ID token of OpenID Connect Core 1.0 appendix A.2, under the key of A.7, at its own time: July 2011.
fn verify_a_token_of_the_specification() -> Result<(), Box<dyn Error>> {
    #[derive(Deserialize)]
    struct Vectors {
        vectors: Vec<Vector>,
    }
    #[derive(Deserialize)]
    struct Vector {
        id: String,
        #[serde(default)]
        compact: String,
        #[serde(default)]
        public_key: serde_json::Value,
    }
    #[derive(Deserialize)]
    struct IdToken {
        name: String,
        nonce: String,
    }

    let vectors: Vectors = serde_json::from_str(include_str!("../test-vectors/oidc-core/oidc_core.json"))?;
    let vector = vectors.vectors.iter().find(|vector| vector.id == "oidc-core-A.2-errata2").ok_or("no vector")?;

    let keys = JwkSet::from_json(&format!("{{\"keys\":[{}]}}", vector.public_key))?.verifying_keys();
    let verifier = Verifier::builder(keys)
        .issuer("https://server.example.com")
        .audience("s6BhdRkqt3")
        .algorithms([RS256])
        .at(1_311_281_000)
        .build()?;
    let verified: Verified<IdToken> = verifier.verify(&vector.compact)?;
    let subject = verified.registered().subject().unwrap_or_default();
    let IdToken { name, nonce } = verified.claims();
    println!(
        "1. OpenID Connect Core A.2: {name} (subject {subject}, nonce {nonce}), verified with the RS256 key of A.7"
    );
    Ok(())
}

/// One service that signs and verifies for itself.
fn share_a_secret() -> Result<(), Box<dyn Error>> {
    // A real program reads it from its environment: Secret::from_env("JWT_SECRET")?
    let secret = Secret::from_bytes("an example of a secret that is long enough")?;
    let token = Token::builder()
        .issuer("shop")
        .audience("shop")
        .subject("user-1")
        .expires_in(Duration::from_secs(900))
        .sign(&SigningKey::from_secret(HS256, &secret)?)?;

    let verifier =
        Verifier::builder(VerifyingKey::from_secret(HS256, &secret)?).issuer("shop").audience("shop").build()?;
    let verified = verifier.verify::<serde_json::Value>(&token)?;
    println!("2. Shared secret: subject {} verified with HS256", verified.registered().subject().unwrap_or_default());
    Ok(())
}

#[derive(Serialize, Deserialize)]
struct Access {
    scope: String,
}

/// An issuer publishes its key; a service that has only the published set accepts its tokens, and nothing else.
fn run_an_issuer_and_a_service() -> Result<(), Box<dyn Error>> {
    // The issuer.
    let key = SigningKey::generate(ES256)?.with_thumbprint_key_id();
    let published = key.public_jwk().into_iter().collect::<JwkSet>().to_json();
    let issue = |life: Duration, now: i64| {
        Token::builder()
            .issuer("https://auth.example.com/")
            .subject("user-1")
            .audience("api://my-service")
            .typ("at+jwt")
            .expires_in(life)
            .random_id()
            .claims(&Access { scope: "messages:read".to_owned() })
            .at(now)
            .sign(&key)
    };
    println!("3. The issuer publishes {published}");

    // The service.
    let now = 1_800_000_000;
    let verifier = Verifier::builder(JwkSet::from_json(&published)?.verifying_keys())
        .issuer("https://auth.example.com/")
        .audience("api://my-service")
        .typ("at+jwt")
        .at(now)
        .build()?;

    let token = issue(Duration::from_secs(900), now)?;
    let verified: Verified<Access> = verifier.verify(&token)?;
    println!("   accepted: {} may {}", verified.registered().subject().unwrap_or_default(), verified.claims().scope);

    let rejected = |what: &str, token: &str| match verifier.verify::<Access>(token) {
        Ok(_) => Err(format!("{what} was accepted")),
        Err(error) => {
            println!("   rejected: {what}: {}: {error}", error.code());
            Ok(())
        }
    };
    rejected("one octet of the payload changed", &tampered(&token)?)?;
    rejected("expired an hour ago", &issue(Duration::from_secs(900), now - 4500)?)?;
    rejected("\"alg\":\"none\" and no signature", &unsigned(&token)?)?;
    Ok(())
}

/// The token with one character of its payload exchanged.
fn tampered(token: &str) -> Result<String, Box<dyn Error>> {
    let (header, rest) = token.split_once('.').ok_or("no header")?;
    let (payload, signature) = rest.split_once('.').ok_or("no payload")?;
    let (first, others) = payload.split_at(payload.len() / 2);
    let exchanged = if others.starts_with('A') { 'B' } else { 'A' };
    let others: String = others.chars().skip(1).collect();
    Ok(format!("{header}.{first}{exchanged}{others}.{signature}"))
}

/// The token as an attacker would have it: the same claims, no algorithm, no signature.
fn unsigned(token: &str) -> Result<String, Box<dyn Error>> {
    let payload = token.split('.').nth(1).ok_or("no payload")?;
    Ok(format!("{}.{payload}.", carnet::base64url::encode(br#"{"alg":"none","typ":"at+jwt"}"#)))
}
