//! The cookbook, RFC 7520: the keys of sections 3.1 to 3.5 and the signatures of section 4, in every serialization printed there.
#![cfg(test)]

use carnet::KeyError;
use carnet::jws::{GeneralJwsBuilder, JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use serde_json::{Value, json};
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
        ("4.5", "4_5.signature_with_detached_content.json"),
        ("4.6", "4_6.protecting_specific_header_fields.json"),
        ("4.7", "4_7.protecting_content_only.json"),
        ("4.8", "4_8.multiple_signatures.json"),
    ] {
        let vector = vectors::load(format!("rfc7520-cookbook/jws/{file}"));
        if section == "4.8" {
            check_multiple(&mut outcomes, section, &vector);
            continue;
        }
        let algorithm = vector["input"]["alg"].as_str().unwrap();
        match algorithm.parse() {
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

/// The headers as the cookbook has them: what it leaves unprotected is set apart.
fn builder<'a>(signing: &Value) -> JwsBuilder<'a> {
    let mut builder = JwsBuilder::new();
    for (name, value) in signing["unprotected"].as_object().into_iter().flatten() {
        builder = match name.as_str() {
            "alg" => builder.unprotected_algorithm(),
            name => builder.unprotected(name, value),
        };
    }
    builder
}

/// Each serialization verifies over the payload, and signing makes the same one, octet for octet where the algorithm has it so.
fn check_signature(outcomes: &mut Outcomes, section: &str, algorithm: Algorithm, vector: &Value) {
    let jwk = PrivateJwk::from_json(&vector["input"]["key"].to_string()).unwrap();
    let payload = vector["input"]["payload"].as_str().unwrap();
    let key = SigningKey::from_jwk_as(algorithm, &jwk).unwrap();
    let builder = builder(&vector["signing"]);
    let detached = section == "4.5";
    let builder = if detached { builder.detached() } else { builder };

    let verifier =
        JwsVerifier::new(VerifyingKey::from_private_jwk_as(algorithm, &jwk).unwrap()).algorithms([algorithm]);
    let verifier = if section == "4.7" { verifier.unprotected_algorithm() } else { verifier };
    let verdict = |form: &str, text: &str| {
        let result = match (form, detached) {
            ("compact", true) => {
                verifier.verify_detached(text, payload.as_bytes()).map(|_| payload.as_bytes().to_vec())
            }
            ("compact", false) => verifier.verify(text).map(|jws| jws.payload().to_vec()),
            (_, true) => verifier.verify_json_detached(text, payload.as_bytes()).map(|_| payload.as_bytes().to_vec()),
            (_, false) => verifier.verify_json(text).map(|jws| jws.payload().to_vec()),
        };
        result.map_or_else(|error| error.code().to_owned(), |octets| String::from_utf8(octets).unwrap())
    };
    for (form, text) in vector["output"].as_object().unwrap() {
        let expected = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
        outcomes.check(&format!("{section}/{form}"), payload, &verdict(form, &expected));

        let built = match form.as_str() {
            "compact" => builder.sign(payload.as_bytes(), &key),
            "json_flat" => builder.sign_json(payload.as_bytes(), &key),
            "json" => GeneralJwsBuilder::new(builder.clone(), &key).sign(payload.as_bytes()),
            other => panic!("{section}: unknown serialization {other}"),
        };
        let built = built.unwrap();
        if vector["reproducible"] == true {
            let same_order =
                serde_json::from_str::<Value>(&built).map_or_else(|_| built.clone(), |value| value.to_string());
            outcomes.check(&format!("{section}/{form}/build"), &expected, &same_order);
        } else {
            outcomes.check(&format!("{section}/{form}/build"), payload, &verdict(form, &built));
        }
    }
    if section == "4.7" {
        let not_asked = JwsVerifier::new(VerifyingKey::from_private_jwk_as(algorithm, &jwk).unwrap());
        for form in ["json", "json_flat"] {
            let refused = not_asked.verify_json(&vector["output"][form].to_string()).unwrap_err();
            outcomes.check(&format!("{section}/{form}/not-asked-for"), "malformed", refused.code());
        }
    }
}

/// Three signatures, of which each is verified by its own key, and the second has its algorithm unprotected.
fn check_multiple(outcomes: &mut Outcomes, section: &str, vector: &Value) {
    let payload = vector["input"]["payload"].as_str().unwrap();
    let text = vector["output"]["json"].to_string();
    let mut refused = false;
    let mut keys = Vec::new();
    let names = vector["input"]["alg"].as_array().unwrap();
    for (index, jwk) in vector["input"]["key"].as_array().unwrap().iter().enumerate() {
        let case = format!("{section}/{index}");
        let algorithm = match names[index].as_str().unwrap().parse::<Algorithm>() {
            Ok(algorithm) => algorithm,
            Err(error) => {
                outcomes.refused(&case, &error.to_string());
                refused = true;
                continue;
            }
        };
        let jwk = PrivateJwk::from_json(&jwk.to_string()).unwrap();
        let verifying = VerifyingKey::from_private_jwk_as(algorithm, &jwk).unwrap();
        let verifier = JwsVerifier::new(verifying.clone()).algorithms([algorithm]).unprotected_algorithm();
        let verified = verifier.verify_json(&text).unwrap();
        assert_eq!(verified.payload(), payload.as_bytes());
        outcomes.check(&case, &index.to_string(), &verified.signature().index().to_string());
        keys.push(verifying);

        let key = SigningKey::from_jwk_as(algorithm, &jwk).unwrap();
        let built = builder(&vector["signing"][index]).sign_json(payload.as_bytes(), &key).unwrap();
        let mut built: Value = serde_json::from_str(&built).unwrap();
        built.as_object_mut().unwrap().remove("payload");
        let mut expected = vector["signing"][index]["json"].clone();
        if !matches!(algorithm, RS256 | HS256) {
            (built["signature"], expected["signature"]) = (json!(null), json!(null));
        }
        outcomes.check(&format!("{case}/build"), &expected.to_string(), &built.to_string());
    }
    let verifier = JwsVerifier::new(keys.into_iter().collect::<VerifyingKeys>());
    let verifier = verifier.algorithms(Algorithm::ALL.iter().copied()).unprotected_algorithm();
    let all = verifier.require_all().verify_json(&text);
    let expected = if refused { "algorithm_not_allowed" } else { "3 signatures" };
    let got =
        all.map_or_else(|error| error.code().to_owned(), |all| format!("{} signatures", all.signatures().count()));
    outcomes.check(&format!("{section}/all"), expected, &got);
}
