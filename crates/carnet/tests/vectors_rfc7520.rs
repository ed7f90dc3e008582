//! The cookbook, RFC 7520: the keys of sections 3.3 to 3.5 and the signatures of sections 4.1, 4.2 and 4.4.
#![cfg(test)]

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
        ("4.4", "4_4.hmac-sha2_integrity_protection.json"),
    ] {
        check_signature(&mut outcomes, section, &vectors::load(format!("rfc7520-cookbook/jws/{file}")));
    }
    outcomes.finish();
}

fn check_keys(outcomes: &mut Outcomes) {
    let read = |file: &str| vectors::load(format!("rfc7520-cookbook/jwk/{file}"));
    let value = |json: &str| serde_json::from_str::<Value>(json).unwrap().to_string();

    let public = read("3_3.rsa_public_key.json").to_string();
    outcomes.check("3.3", &public, &value(&Jwk::from_json(&public).unwrap().to_json()));
    for (section, file) in [("3.4", "3_4.rsa_private_key.json"), ("3.5", "3_5.symmetric_key_mac_computation.json")] {
        let private = read(file).to_string();
        let jwk = PrivateJwk::from_json(&private).unwrap();
        outcomes.check(section, &private, &value(&jwk.expose_json()));
        let expected = if section == "3.4" { &public } else { "none" };
        let half = jwk.public_jwk().map_or("none".to_owned(), |half| value(&half.to_json()));
        outcomes.check(&format!("{section}/public-half"), expected, &half);
    }
}

fn check_signature(outcomes: &mut Outcomes, section: &str, vector: &Value) {
    let algorithm: Algorithm = vector["input"]["alg"].as_str().unwrap().parse().unwrap();
    let jwk = PrivateJwk::from_json(&vector["input"]["key"].to_string()).unwrap();
    let payload = vector["input"]["payload"].as_str().unwrap();
    let compact = vector["output"]["compact"].as_str().unwrap();

    let verifier = JwsVerifier::new(VerifyingKey::from_private_jwk_as(algorithm, &jwk).unwrap());
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
        // PSS salts differ from time to time; all before the signature is the same.
        let (input, _) = built.rsplit_once('.').unwrap();
        outcomes.check(&format!("{section}/input"), vector["signing"]["sig-input"].as_str().unwrap(), input);
        outcomes.check(&format!("{section}/build"), payload, &verdict(&built));
    }
}
