//! Key files of other libraries' tests: what each is read as.
#![cfg(test)]

use carnet::jws::JwsVerifier;
use carnet::prelude::*;
use carnet::{KeyError, base64url};
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

const BACKEND: &str = if cfg!(feature = "aws-lc-rs") { "aws-lc-rs" } else { "ring" };

#[test]
fn key_files() {
    let files = vectors::load("key-files/key_files.json");
    let files = files["files"].as_array().unwrap();
    let expected = vectors::load("key-files/expected.json");
    let mut outcomes = Outcomes::new("key_files");
    for file in files {
        let name = name(file);
        // What differs between the backends has one column for each.
        let both = &expected["files"][&name];
        let own = if both["ring"].is_object() { &both[BACKEND] } else { both };
        let mut words = own["expect"].as_str().unwrap().to_owned();
        if let Some(thumbprint) = own["thumbprint"].as_str() {
            words = format!("{words} {thumbprint}");
        }
        outcomes.check(&name, &words, &read(file, files));
    }
    assert_eq!(expected["files"].as_object().unwrap().len(), files.len());
    outcomes.finish();
}

fn name(file: &Value) -> String {
    format!("{}:{}", file["repo"].as_str().unwrap(), file["path"].as_str().unwrap())
}

/// What the file is: the first reading that succeeds.
fn read(file: &Value, files: &[Value]) -> String {
    let Some(text) = file["text"].as_str() else { return read_octets(&octets(file)) };
    if file["kind"] == "token" {
        return read_token(text, files);
    }
    if let Ok(set) = JwkSet::from_json(text) {
        return format!("set of {}", set.verifying_keys().len());
    }
    if text.contains("-----BEGIN CERTIFICATE-----") {
        assert_eq!(Jwk::from_pem(text).unwrap_err().code(), "invalid_key", "a certificate is asked for by name");
        return told("certificate of", Jwk::from_x509_pem(text));
    }
    let private = PrivateJwk::from_pem(text).or_else(|_| PrivateJwk::from_json(text));
    if let Ok(key) = &private {
        return describe("private", &key.public_jwk().unwrap());
    }
    match (text.contains("-----BEGIN"), text.contains("PRIVATE KEY")) {
        (true, true) => told("private", PrivateJwk::from_pem(text).map(|key| key.public_jwk().unwrap())),
        (true, false) => told("public", Jwk::from_pem(text)),
        // Of a private key the reason why it is none, and not that it should be public.
        (false, _) if text.contains(r#""d""#) => told("private", private.map(|key| key.public_jwk().unwrap())),
        (false, _) => told("public", Jwk::from_json(text)),
    }
}

fn told(half: &str, key: Result<Jwk, KeyError>) -> String {
    key.map_or_else(|error| format!("refused {}", error.code()), |key| describe(half, &key))
}

fn read_octets(octets: &[u8]) -> String {
    if let Ok(key) = PrivateJwk::from_der(octets) {
        assert!(Secret::from_bytes(octets).is_err(), "a private key is taken as a secret");
        return describe("private", &key.public_jwk().unwrap());
    }
    match (Jwk::from_der(octets), Secret::from_bytes(octets)) {
        (Ok(key), _) => describe("public", &key),
        (Err(_), Ok(secret)) => format!("secret of {}", secret.expose().len()),
        (Err(error), Err(_)) => format!("refused {}", error.code()),
    }
}

fn describe(half: &str, jwk: &Jwk) -> String {
    let key = jwk.public_key();
    let kind = match (key.kind().variant(), key.bits()) {
        (Some((_, name)), _) => name.to_owned(),
        (None, bits) => format!("RSA {}", bits.unwrap()),
    };
    format!("{half} {kind} {}", jwk.thumbprint())
}

/// A token of the same folder as the key that made it.
fn read_token(token: &str, files: &[Value]) -> String {
    let signer = "jwt_sig_ed25519_private.pem";
    let pem = files.iter().find(|file| file["path"].as_str().unwrap().ends_with(signer)).unwrap();
    let key = PrivateJwk::from_pem(pem["text"].as_str().unwrap()).unwrap();
    let key = VerifyingKey::from_private_jwk_as(EdDSA, &key).unwrap();
    match JwsVerifier::new(key).verify(token.trim_end()) {
        Ok(_) => format!("token of {signer}"),
        Err(error) => format!("refused {}", error.code()),
    }
}

/// The files hold standard base64 with padding.
fn octets(file: &Value) -> Vec<u8> {
    let text = file["base64"].as_str().unwrap().trim_end_matches('=').replace('+', "-").replace('/', "_");
    base64url::decode(&text).unwrap()
}
