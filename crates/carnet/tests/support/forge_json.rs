//! JSON serializations as an attacker would make them: any headers, any payload, and a signature all the same.

use carnet::jws::JwsVerifier;
use carnet::prelude::*;
use carnet::{LocalKeys, base64url};
use serde_json::{Value, json};

/// Both ends of one secret of 64 octets.
pub(crate) fn secret(algorithm: Algorithm) -> (SigningKey, VerifyingKey) {
    let secret = Secret::from_bytes([7; 64]).unwrap();
    (SigningKey::from_secret(algorithm, &secret).unwrap(), VerifyingKey::from_secret(algorithm, &secret).unwrap())
}

/// A verifier with the one key that [`part`] signs with.
pub(crate) fn verifier() -> JwsVerifier<VerifyingKeys> {
    JwsVerifier::new(secret(HS256).1)
}

/// One signature over a payload in base64url, with exactly these headers, made with HS256 whatever they say.
pub(crate) fn part(protected: Option<&str>, unprotected: Option<Value>, payload: &str) -> Value {
    part_over(protected, unprotected, base64url::encode(payload.as_bytes()).as_bytes())
}

/// As [`part`], over any octets after the dot.
pub(crate) fn part_over(protected: Option<&str>, unprotected: Option<Value>, payload: &[u8]) -> Value {
    let encoded = protected.map(|header| base64url::encode(header.as_bytes()));
    let message = [encoded.as_deref().unwrap_or_default().as_bytes(), b".", payload].concat();
    let mac = secret(HS256).0.sign_message(&message).unwrap();
    let mut part = json!({"signature": base64url::encode(&mac)});
    if let Some(encoded) = encoded {
        part["protected"] = json!(encoded);
    }
    if let Some(unprotected) = unprotected {
        part["header"] = unprotected;
    }
    part
}

pub(crate) fn flattened(payload: &str, part: &Value) -> String {
    let mut text = part.clone();
    text["payload"] = json!(base64url::encode(payload.as_bytes()));
    text.to_string()
}

pub(crate) fn general(payload: &str, parts: &[Value]) -> String {
    json!({"payload": base64url::encode(payload.as_bytes()), "signatures": parts}).to_string()
}

/// A compact token with exactly this header.
pub(crate) fn with_text(header: &str, payload: &str, key: &SigningKey) -> String {
    let input = format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(payload.as_bytes()));
    format!("{input}.{}", base64url::encode(&key.sign_message(input.as_bytes()).unwrap()))
}

/// `accepted`, or the code of the error.
pub(crate) fn code<K: LocalKeys>(verifier: &JwsVerifier<K>, text: &str) -> &'static str {
    verifier.verify_json(text).map_or_else(|error| error.code(), |_| "accepted")
}

/// As [`code`], over a payload that is not in the text.
pub(crate) fn detached_code<K: LocalKeys>(verifier: &JwsVerifier<K>, text: &str, payload: &str) -> &'static str {
    verifier.verify_json_detached(text, payload.as_bytes()).map_or_else(|error| error.code(), |_| "accepted")
}
