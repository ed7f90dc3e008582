//! HMAC verification against Wycheproof. JOSE rules out cut tags and keys shorter than the hash (RFC 7518, section 3.2).
#![cfg(test)]

use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn wycheproof_hmac() {
    let mut outcomes = Outcomes::new("wycheproof_hmac");
    for (algorithm, bits, file) in [
        (HS256, 256, "hmac_sha256_test.json"),
        (HS384, 384, "hmac_sha384_test.json"),
        (HS512, 512, "hmac_sha512_test.json"),
    ] {
        let vectors = vectors::load(format!("wycheproof/{file}"));
        for group in vectors["testGroups"].as_array().unwrap() {
            for test in group["tests"].as_array().unwrap() {
                let case = format!("{algorithm}/{}", test["tcId"]);
                let expected = if group["keySize"].as_u64().unwrap() < bits {
                    "refused key"
                } else if group["tagSize"].as_u64().unwrap() < bits {
                    "invalid"
                } else {
                    test["result"].as_str().unwrap()
                };
                outcomes.check(&case, expected, verdict(algorithm, test));
                if expected == "valid" {
                    let tag = format!("{:?}", hex(&test["tag"]));
                    outcomes.check(&format!("{case}/sign"), &tag, &format!("{:?}", sign(algorithm, test)));
                }
            }
        }
    }
    outcomes.finish();
}

fn verdict(algorithm: Algorithm, test: &Value) -> &'static str {
    let key = Secret::from_bytes(hex(&test["key"])).and_then(|secret| VerifyingKey::from_secret(algorithm, &secret));
    let verified = key.map(|key| {
        let mut stream = key.stream().unwrap();
        hex(&test["msg"]).chunks(7).for_each(|piece| stream.update(piece));
        let whole = key.verify_signature(&hex(&test["msg"]), &hex(&test["tag"]));
        assert_eq!(stream.verify(&hex(&test["tag"])), whole, "{}: a stream says something else", test["tcId"]);
        whole
    });
    match verified {
        Ok(Ok(())) => "valid",
        Ok(Err(_)) => "invalid",
        Err(error) => {
            assert_eq!(error.code(), "weak_key");
            "refused key"
        }
    }
}

fn sign(algorithm: Algorithm, test: &Value) -> Vec<u8> {
    let secret = Secret::from_bytes(hex(&test["key"])).unwrap();
    SigningKey::from_secret(algorithm, &secret).unwrap().sign_message(&hex(&test["msg"])).unwrap().to_vec()
}

fn hex(text: &Value) -> Vec<u8> {
    vectors::hex(text.as_str().unwrap())
}
