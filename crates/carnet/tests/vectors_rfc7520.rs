//! The cookbook, RFC 7520: the keys of sections 3.1 to 3.5 and the signatures of sections 4.1 to 4.4.
#![cfg(test)]

use carnet::KeyError;
use carnet::base64url;
use carnet::jws::{JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc7520() {
    let mut outcomes = Outcomes::new("rfc7520");
    check_keys(&mut outcomes);
    for (section, file) in [
        ("4.1", "4_1.rsa_v15_signature.json"),
        ("4.2", "4_2.rsa-pss_signature.json"),
        ("4.3", "4_3.ecdsa_signature.json"),
        ("4.4", "4_4.hmac-sha2_integrity_protection.json"),
    ] {
        let vector = vectors::load(format!("rfc7520-cookbook/jws/{file}"));
        match vector["input"]["alg"].as_str().unwrap().parse() {
            Ok(algorithm) => check_signature(&mut outcomes, section, algorithm, &vector),
            Err(error) => outcomes.refused(section, &error.to_string()),
        }
    }
    outcomes.finish();
}

fn check_keys(outcomes: &mut Outcomes) {
    let read = |file: &str| vectors::load(format!("rfc7520-cookbook/jwk/{file}"));
    let value = |json: &str| serde_json::from_str::<Value>(json).unwrap().to_string();

    for (section, file) in [("3.1", "3_1.ec_public_key.json"), ("3.3", "3_3.rsa_public_key.json")] {
        let public = read(file).to_string();
        match Jwk::from_json(&public) {
            Ok(jwk) => outcomes.check(section, &public, &value(&jwk.to_json())),
            Err(error) => outcomes.refused(section, &without_p521(section, &error)),
        }
    }
    for (section, file, public) in [
        ("3.2", "3_2.ec_private_key.json", Some("3_1.ec_public_key.json")),
        ("3.4", "3_4.rsa_private_key.json", Some("3_3.rsa_public_key.json")),
        ("3.5", "3_5.symmetric_key_mac_computation.json", None),
    ] {
        let private = read(file).to_string();
        let jwk = match PrivateJwk::from_json(&private) {
            Ok(jwk) => jwk,
            Err(error) => {
                outcomes.refused(section, &without_p521(section, &error));
                continue;
            }
        };
        outcomes.check(section, &private, &value(&jwk.expose_json()));
        let expected = public.map_or("none".to_owned(), |public| read(public).to_string());
        let half = jwk.public_jwk().map_or("none".to_owned(), |half| value(&half.to_json()));
        outcomes.check(&format!("{section}/public-half"), &expected, &half);
    }
}

/// Why the keys on P-521 are not read where there is no ES512.
fn without_p521(section: &str, error: &KeyError) -> String {
    assert!(["3.1", "3.2"].contains(&section) && !ES512.is_available() && error.code() == "unsupported_key");
    error.to_string()
}

fn check_signature(outcomes: &mut Outcomes, section: &str, algorithm: Algorithm, vector: &Value) {
    let jwk = PrivateJwk::from_json(&vector["input"]["key"].to_string()).unwrap();
    let payload = vector["input"]["payload"].as_str().unwrap();
    let compact = vector["output"]["compact"].as_str().unwrap();

    let verifier =
        JwsVerifier::new(VerifyingKey::from_private_jwk_as(algorithm, &jwk).unwrap()).algorithms([algorithm]);
    let verdict = |token: &str| match verifier.verify(token) {
        Ok(jws) => String::from_utf8(jws.payload().to_vec()).unwrap(),
        Err(error) => error.code().to_owned(),
    };
    outcomes.check(section, payload, &verdict(compact));

    let key = SigningKey::from_jwk_as(algorithm, &jwk).unwrap();
    let built = JwsBuilder::new().sign(payload.as_bytes(), &key).unwrap();
    if vector["reproducible"] == true {
        outcomes.check(&format!("{section}/build"), compact, &built);
        let signature = key.sign_message(vector["signing"]["sig-input"].as_str().unwrap().as_bytes()).unwrap();
        let expected = vector["signing"]["sig"].as_str().unwrap();
        outcomes.check(&format!("{section}/sign"), expected, &base64url::encode(&signature));
    } else {
        // Salts of PSS and nonces of ECDSA differ from time to time; all before the signature is the same.
        let (input, _) = built.rsplit_once('.').unwrap();
        outcomes.check(&format!("{section}/input"), vector["signing"]["sig-input"].as_str().unwrap(), input);
        outcomes.check(&format!("{section}/build"), payload, &verdict(&built));
    }
}
