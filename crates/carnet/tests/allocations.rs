//! Verifying allocates nothing that it need not.
#![cfg(test)]

use carnet::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use testkit::alloc::{CountingAllocator, count_allocations};
use testkit::vectors;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[derive(Serialize, Deserialize)]
struct Owned {
    scope: String,
    email: String,
    roles: Vec<String>,
}

#[derive(Deserialize)]
struct Borrowed<'a> {
    scope: &'a str,
    email: &'a str,
    #[serde(borrow)]
    roles: [&'a str; 2],
}

const KEY_ID: &str = "2024-01-01-key-1";

fn keys() -> Vec<(SigningKey, VerifyingKey)> {
    let rsa = vectors::load("attacks/attack_tokens.json")["keys"]["rsa"].to_string();
    let rsa = PrivateJwk::from_json(&rsa).unwrap().with_key_id(KEY_ID).unwrap();
    let bound = |algorithm| {
        let jwk = match algorithm {
            RS256 | PS256 => rsa.clone(),
            _ => PrivateJwk::generate(algorithm).unwrap().with_key_id(KEY_ID).unwrap(),
        };
        let verifying = VerifyingKey::from_private_jwk_as(algorithm, &jwk).unwrap();
        (SigningKey::from_jwk_as(algorithm, &jwk).unwrap(), verifying)
    };
    let once_a_family = [HS256, HS384, HS512, ES256, ES384, EdDSA, RS256, PS256, ES512, ES256K, ML_DSA_44];
    once_a_family.into_iter().filter(|algorithm| algorithm.is_available()).map(bound).collect()
}

fn token(key: &SigningKey) -> String {
    let token = Token::builder()
        .issuer("https://auth.example.com/")
        .subject("auth0|6123456789abcdef01234567")
        .audience("api://my-service")
        .expires_at(4_102_444_800)
        .issued_at(1_700_000_000)
        .claims(&Owned {
            scope: "openid profile email messages:read messages:write".to_owned(),
            email: "john.doe@example.com".to_owned(),
            roles: vec!["admin".to_owned(), "user".to_owned()],
        });
    token.sign(key).unwrap()
}

fn verifier(key: VerifyingKey) -> Verifier<VerifyingKeys> {
    let algorithm = key.algorithm();
    let builder =
        Verifier::builder(key).algorithms([algorithm]).issuer("https://auth.example.com/").audience("api://my-service");
    builder.typ("JWT").subject("auth0|6123456789abcdef01234567").required_claims(["iat", "scope"]).build().unwrap()
}

/// What the backend itself allocates to verify with a key, measured without a verifier around it.
fn of_the_backend(key: &VerifyingKey, token: &str) -> usize {
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = carnet::base64url::decode(signature).unwrap();
    count_allocations(|| key.verify_signature(input.as_bytes(), &signature).unwrap())
}

#[test]
fn borrowed_claims_in_a_warm_buffer() {
    for (signing, verifying) in keys() {
        let algorithm = signing.algorithm();
        let token = token(&signing);
        let backend = of_the_backend(&verifying, &token);
        // Only ring's arithmetic of RSA takes room; what aws-lc-rs takes is C's, which is not counted.
        let takes_room = matches!(algorithm, RS256 | PS256) && !cfg!(feature = "aws-lc-rs");
        assert_eq!(backend > 0, takes_room, "{algorithm}: {backend}");

        let verifier = verifier(verifying);
        let mut buffer = TokenBuffer::new();
        let verified = verifier.verify_in::<Borrowed<'_>>(&mut buffer, &token).unwrap();
        let Borrowed { scope, email, roles } = verified.into_claims();
        assert_eq!(scope, "openid profile email messages:read messages:write");
        assert_eq!((email, roles), ("john.doe@example.com", ["admin", "user"]));

        let warm = count_allocations(|| verifier.verify_in::<Borrowed<'_>>(&mut buffer, &token).map(drop).unwrap());
        assert_eq!(warm, backend, "{algorithm}");
    }
}

#[test]
fn a_plain_signature_is_written_into_its_token() {
    let (signing, _) = keys().swap_remove(0);
    let payload = [7; 300];
    let of_the_backend = count_allocations(|| signing.sign_message(&payload).unwrap());
    let builder = carnet::jws::JwsBuilder::new().typ("JWT");
    let counted = count_allocations(|| builder.sign(&payload, &signing).unwrap());
    assert_eq!(counted, of_the_backend + 1, "the token itself");
}

#[test]
fn refusals_in_a_warm_buffer() {
    let (signing, verifying) = keys().swap_remove(0);
    let verifier = verifier(verifying);
    let token = token(&signing);
    let mut buffer = TokenBuffer::new();
    let _ = verifier.verify_in::<Borrowed<'_>>(&mut buffer, &token).unwrap();
    // The last character has two bits of the tag's last octet and four that must be zero.
    let other = if token.ends_with('A') { 'E' } else { 'A' };
    let forged = format!("{}{other}", &token[..token.len() - 1]);
    for refused in [&forged[..], "", "a.b.c", &".".repeat(60_000), &"A".repeat(1_000_000)] {
        let count =
            count_allocations(|| verifier.verify_in::<Borrowed<'_>>(&mut buffer, refused).map(drop).unwrap_err());
        assert_eq!(count, 0, "{}", refused.len());
    }
}

#[test]
fn owned_claims() {
    for (signing, verifying) in keys() {
        let algorithm = signing.algorithm();
        let token = token(&signing);
        let backend = of_the_backend(&verifying, &token);
        let verifier = verifier(verifying);
        let claims = json!({"scope": "s", "email": "e", "roles": ["a", "b"]}).to_string();
        let of_the_claims = count_allocations(|| serde_json::from_str::<Owned>(&claims).unwrap());
        let beyond = |count: usize, claims: usize| count - claims - backend;

        let _ = verifier.verify::<Owned>(&token).unwrap(); // its header is recognised from now on
        let owned = count_allocations(|| verifier.verify::<Owned>(&token).unwrap());
        // The decoded octets.
        assert!(beyond(owned, of_the_claims) <= 1, "{algorithm}: {}", beyond(owned, of_the_claims));
        let ignored = count_allocations(|| verifier.verify::<serde::de::IgnoredAny>(&token).unwrap());
        assert!(beyond(ignored, 0) <= 1, "{algorithm}: {}", beyond(ignored, 0));
    }
}

#[test]
fn escapes_go_to_the_side() {
    let (signing, verifying) = keys().swap_remove(0);
    let claims = r#"{"iss":"https:\/\/auth.example.com\/","sub":"auth0|6123456789abcdef01234567","aud":["a","api:\/\/my-service"],
        "exp":4102444800,"iat":1700000000,"scope":"\u006f","\u0065mail":"e","roles":["admin","user"]}"#;
    let payload = carnet::base64url::encode(claims.as_bytes());
    let input = format!("{}.{payload}", signing_header(&token(&signing)));
    let mac = signing.sign_message(input.as_bytes()).unwrap();
    let token = format!("{input}.{}", carnet::base64url::encode(&mac));
    let verifier = verifier(verifying);
    let mut buffer = TokenBuffer::new();
    let _ = verifier.verify_in::<Value>(&mut buffer, &token).unwrap();
    let warm =
        count_allocations(|| verifier.verify_in::<serde::de::IgnoredAny>(&mut buffer, &token).map(drop).unwrap());
    // An escaped name is unescaped to be compared; no value is.
    assert!(warm <= 8, "{warm}");
}

fn signing_header(token: &str) -> &str {
    token.split_once('.').unwrap().0
}
