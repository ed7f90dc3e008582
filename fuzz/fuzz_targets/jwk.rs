//! Keys: what is read can be written and is read again as the same; public stays public; files of every kind are read or refused.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carnet::{Jwk, JwkSet, KeyRules, PrivateJwk, PrivateJwkSet, SigningKey, VerifyingKey};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// Members that no public key has.
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

const PUBLIC_LABELS: [&str; 2] = ["PUBLIC KEY", "RSA PUBLIC KEY"];
const PRIVATE_LABELS: [&str; 3] = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];

fuzz_target!(|data: &[u8]| {
    der(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    json(text);
    sets(text);
    if let Ok(jwk) = Jwk::from_pem(text) {
        public(&jwk);
    }
    if let Ok(jwk) = PrivateJwk::from_pem(text) {
        private(&jwk);
    }
});

fn json(text: &str) {
    let (open, secret) = (Jwk::from_json(text), PrivateJwk::from_json(text));
    assert!(open.is_err() || secret.is_err(), "a key is public or private");
    if let Ok(jwk) = open {
        public(&jwk);
    }
    if let Ok(jwk) = secret {
        private(&jwk);
    }
}

fn public(jwk: &Jwk) {
    let json = jwk.to_json();
    let again = Jwk::from_json(&json).expect("what is written is read");
    assert_eq!(*jwk, again);
    assert_eq!(json, again.to_json());
    assert_eq!(jwk.thumbprint(), again.thumbprint());
    let value: Value = serde_json::from_str(&json).expect("a key is JSON");
    assert!(PRIVATE.iter().all(|member| value.get(member).is_none()), "a public key has no private member");
    if let Ok(key) = VerifyingKey::from_jwk(jwk) {
        assert!(jwk.public_key().fits(key.algorithm()));
        assert!(key.verify_signature(b"message", &[]).is_err());
        assert!(key.verify_signature(b"message", &[0; 64]).is_err());
    }
}

fn private(jwk: &PrivateJwk) {
    let json = jwk.expose_json();
    let again = PrivateJwk::from_json(&json).expect("what is written is read");
    assert_eq!(*jwk, again);
    assert_eq!(*json, *again.expose_json());
    assert_eq!(jwk.public_jwk().is_none(), jwk.is_symmetric());
    if let Some(half) = jwk.public_jwk() {
        public(&half);
    }
    let Ok(key) = SigningKey::from_jwk(jwk) else { return };
    let Ok(signature) = key.sign_message(b"message") else {
        return; // numbers that fit together and are not prime
    };
    if let Ok(verifying) = VerifyingKey::from_private_jwk_as(key.algorithm(), jwk) {
        assert!(verifying.verify_signature(b"message", &signature).is_ok());
        assert!(verifying.verify_signature(b"massage", &signature).is_err());
    }
}

fn sets(text: &str) {
    if let Ok(set) = PrivateJwkSet::from_json(text) {
        set.iter().for_each(private);
    }
    let Ok(set) = JwkSet::from_json(text) else { return };
    set.iter().for_each(public);
    let again = JwkSet::from_json(&set.to_json()).expect("what is written is read");
    assert!(set.iter().eq(again.iter()));
    assert!(again.skipped().is_empty() && again.private_entries().is_empty(), "a set that is written is public");
    let keys = set.verifying_keys_with(&KeyRules::new().symmetric(carnet::Algorithm::HS256));
    assert!(keys.len() >= set.verifying_keys().len());
}

/// A file is the same key with and without its PEM clothes.
fn der(octets: &[u8]) {
    let mut pems = PUBLIC_LABELS.iter().filter_map(|label| Jwk::from_pem(&pem(label, octets)).ok()).peekable();
    match Jwk::from_der(octets) {
        Ok(jwk) => {
            public(&jwk);
            assert!(pems.peek().is_some() && pems.all(|other| other == jwk));
        }
        Err(_) => assert!(pems.peek().is_none()),
    }
    let mut pems = PRIVATE_LABELS.iter().filter_map(|label| PrivateJwk::from_pem(&pem(label, octets)).ok()).peekable();
    match PrivateJwk::from_der(octets) {
        Ok(jwk) => {
            private(&jwk);
            assert!(pems.peek().is_some() && pems.all(|other| other == jwk));
        }
        Err(_) => assert!(pems.peek().is_none()),
    }
}

fn pem(label: &str, octets: &[u8]) -> String {
    let text = STANDARD.encode(octets);
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|from| &text[from..text.len().min(from + 64)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
