//! Key files of other libraries' tests: what each is read as.
#![cfg(test)]

use carnet::base64url;
use carnet::jws::JwsVerifier;
use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn key_files() {
    let files = vectors::load("key-files/key_files.json");
    let files = files["files"].as_array().unwrap();
    let expected = vectors::load("key-files/expected.json");
    let mut outcomes = Outcomes::new("key_files");
    for file in files {
        let name = name(file);
        let expected = &expected["files"][&name];
        let mut words = expected["expect"].as_str().unwrap().to_owned();
        if let Some(thumbprint) = expected["thumbprint"].as_str() {
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
    let private = PrivateJwk::from_pem(text).or_else(|_| PrivateJwk::from_json(text));
    let public = || Jwk::from_pem(text).or_else(|_| Jwk::from_json(text));
    match private {
        Ok(key) => describe("private", &key.public_jwk().unwrap()),
        Err(_) => public().map_or_else(|_| "refused".to_owned(), |key| describe("public", &key)),
    }
}

fn read_octets(octets: &[u8]) -> String {
    if let Ok(key) = PrivateJwk::from_der(octets) {
        assert!(Secret::from_bytes(octets).is_err(), "a private key is taken as a secret");
        return describe("private", &key.public_jwk().unwrap());
    }
    match (Jwk::from_der(octets), Secret::from_bytes(octets)) {
        (Ok(key), _) => describe("public", &key),
        (Err(_), Ok(secret)) => format!("secret of {}", secret.expose().len()),
        (Err(_), Err(_)) => "refused".to_owned(),
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
        Err(_) => "refused".to_owned(),
    }
}

/// The files hold standard base64 with padding.
fn octets(file: &Value) -> Vec<u8> {
    let text = file["base64"].as_str().unwrap().trim_end_matches('=').replace('+', "-").replace('/', "_");
    base64url::decode(&text).unwrap()
}
