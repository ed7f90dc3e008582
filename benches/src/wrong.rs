//! Tokens that must be refused: what shows that all verifiers check the same.

use carnet::prelude::Token;

use crate::claims::{AUDIENCE, EXPIRES_AT, ISSUED_AT, ISSUER, custom};
use crate::keys::Keys;

/// Genuine tokens that are wrong in one thing each, and one whose signature is: the name of the thing, and the token.
pub(crate) fn wrong_tokens(keys: &Keys) -> [(&'static str, String); 4] {
    let key = keys.signing_key();
    let token = |issuer, audience, expires_at| {
        let token = Token::builder().issuer(issuer).audience(audience).expires_at(expires_at).issued_at(ISSUED_AT);
        token.claims(&custom()).sign(&key).expect("carnet signs")
    };
    let good = token(ISSUER, AUDIENCE, EXPIRES_AT);
    let other = token(ISSUER, AUDIENCE, EXPIRES_AT - 1);
    let (message, _) = good.rsplit_once('.').expect("a token has three segments");
    let (_, signature) = other.rsplit_once('.').expect("a token has three segments");
    [
        ("signature", format!("{message}.{signature}")),
        ("issuer", token("https://other.example.com/", AUDIENCE, EXPIRES_AT)),
        ("audience", token(ISSUER, "api://other-service", EXPIRES_AT)),
        ("expiry", token(ISSUER, AUDIENCE, ISSUED_AT + 1)),
    ]
}
