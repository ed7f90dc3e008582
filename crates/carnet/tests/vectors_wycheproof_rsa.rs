//! RSA verification against Wycheproof. What is merely acceptable there is refused here, and so is a PSS salt that is
//! not as long as the hash (RFC 7518, section 3.5).
#![cfg(test)]

use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn wycheproof_rsa() {
    let mut outcomes = Outcomes::new("wycheproof_rsa");
    for (algorithm, file) in [
        (RS256, "rsa_signature_2048_sha256_test.json"),
        (RS384, "rsa_signature_2048_sha384_test.json"),
        (RS512, "rsa_signature_2048_sha512_test.json"),
        (RS512, "rsa_signature_4096_sha512_test.json"),
        (PS256, "rsa_pss_2048_sha256_mgf1_0_test.json"),
        (PS256, "rsa_pss_2048_sha256_mgf1_32_test.json"),
        (PS384, "rsa_pss_2048_sha384_mgf1_48_test.json"),
        (PS512, "rsa_pss_4096_sha512_mgf1_64_test.json"),
    ] {
        let vectors = vectors::load(format!("wycheproof/{file}"));
        let name = file.trim_end_matches("_test.json");
        for (number, group) in vectors["testGroups"].as_array().unwrap().iter().enumerate() {
            let jwk = Jwk::from_der(&hex(&group["publicKeyDer"])).unwrap();
            outcomes.check(&format!("{name}/group {number}"), "one key in every form", forms(&jwk, group));
            let key = VerifyingKey::from_jwk_as(algorithm, &jwk).unwrap();
            for test in group["tests"].as_array().unwrap() {
                let got = match key.verify_signature(&hex(&test["msg"]), &hex(&test["sig"])) {
                    Ok(()) => "valid",
                    Err(_) => "invalid",
                };
                outcomes.check(&format!("{name}/{}", test["tcId"]), expected(group, test), got);
                assert_eq!(in_pieces(&key, test), got, "{name}/{}: a stream says something else", test["tcId"]);
            }
        }
    }
    outcomes.finish();
}

fn expected(group: &Value, test: &Value) -> &'static str {
    let hash_octets = match group["sha"].as_str().unwrap() {
        "SHA-256" => 32,
        "SHA-384" => 48,
        "SHA-512" => 64,
        other => panic!("unknown hash {other}"),
    };
    let ruled_out =
        group["type"] == "RsassaPssVerify" && (group["sLen"] != hash_octets || group["mgfSha"] != group["sha"]);
    if test["result"] == "valid" && !ruled_out { "valid" } else { "invalid" }
}

/// The key as SPKI and PKCS#1, in DER and PEM, and, where it is given, as JWK.
fn forms(der: &Jwk, group: &Value) -> &'static str {
    let mut forms = vec![
        Jwk::from_pem(group["publicKeyPem"].as_str().unwrap()).unwrap(),
        Jwk::from_der(&hex(&group["publicKeyAsn"])).unwrap(),
    ];
    for name in ["publicKeyJwk", "keyJwk"] {
        if group[name].is_object() {
            forms.push(Jwk::from_json(&group[name].to_string()).unwrap());
        }
    }
    let same = forms.iter().all(|form| form.public_key() == der.public_key());
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
