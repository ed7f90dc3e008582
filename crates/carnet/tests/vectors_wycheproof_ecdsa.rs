//! ECDSA verification against Wycheproof, on every curve, with signatures as r ‖ s.
#![cfg(test)]

use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn wycheproof_ecdsa() {
    let mut outcomes = Outcomes::new("wycheproof_ecdsa");
    for (algorithm, file) in [
        (ES256, "ecdsa_secp256r1_sha256_p1363_test.json"),
        (ES384, "ecdsa_secp384r1_sha384_p1363_test.json"),
        (ES512, "ecdsa_secp521r1_sha512_p1363_test.json"),
        (ES256K, "ecdsa_secp256k1_sha256_p1363_test.json"),
    ] {
        let vectors = vectors::load(format!("wycheproof/{file}"));
        for (number, group) in vectors["testGroups"].as_array().unwrap().iter().enumerate() {
            let jwk = match Jwk::from_der(&hex(&group["publicKeyDer"])) {
                Ok(jwk) => jwk,
                Err(error) => {
                    assert!(!algorithm.is_available() && error.code() == "unsupported_key", "{algorithm}: {error}");
                    for test in group["tests"].as_array().unwrap() {
                        outcomes.refused(&format!("{algorithm}/{}", test["tcId"]), &error.to_string());
                    }
                    continue;
                }
            };
            outcomes.check(&format!("{algorithm}/group {number}"), "one key in every form", forms(&jwk, group));
            let key = VerifyingKey::from_jwk_as(algorithm, &jwk).unwrap();
            for test in group["tests"].as_array().unwrap() {
                let got = match key.verify_signature(&hex(&test["msg"]), &hex(&test["sig"])) {
                    Ok(()) => "valid",
                    Err(_) => "invalid",
                };
                outcomes.check(&format!("{algorithm}/{}", test["tcId"]), test["result"].as_str().unwrap(), got);
                assert_eq!(in_pieces(&key, test), got, "{algorithm}/{}: a stream says something else", test["tcId"]);
            }
        }
    }
    outcomes.finish();
}

/// The key as DER, PEM, coordinates and, where it is given, as JWK.
fn forms(der: &Jwk, group: &Value) -> &'static str {
    let pem = Jwk::from_pem(group["publicKeyPem"].as_str().unwrap()).unwrap();
    let mut same = pem.public_key() == der.public_key();
    if group["publicKeyJwk"].is_object() {
        let jwk = Jwk::from_json(&group["publicKeyJwk"].to_string()).unwrap();
        same &= jwk.public_key() == der.public_key();
    }
    let uncompressed = hex(&group["publicKey"]["uncompressed"]);
    let coordinates: Vec<_> = der.public_key().members().map(|(_, octets)| octets).collect();
    same &= uncompressed == [&[4], &*coordinates.concat()].concat();
    if same { "one key in every form" } else { "different keys" }
}

/// The same message octet by octet, where the backend takes it so.
fn in_pieces(key: &VerifyingKey, test: &Value) -> &'static str {
    let Some(mut stream) = key.stream() else {
        assert!(!ES512.is_available(), "aws-lc-rs takes pieces");
        return if key.verify_signature(&hex(&test["msg"]), &hex(&test["sig"])).is_ok() { "valid" } else { "invalid" };
    };
    for octet in hex(&test["msg"]) {
        stream.update(&[octet]);
    }
    if stream.verify(&hex(&test["sig"])).is_ok() { "valid" } else { "invalid" }
}

fn hex(text: &Value) -> Vec<u8> {
    vectors::hex(text.as_str().unwrap())
}
