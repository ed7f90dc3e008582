//! JWS: the examples of RFC 7515, appendices A, E and F, the certificates of B and the octets of C.
#![cfg(test)]

use carnet::base64url;
use carnet::jws::{JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use serde_json::{Value, json};
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc7515() {
    let file = vectors::load("rfc/rfc7515.json");
    let mut outcomes = Outcomes::new("rfc7515");
    let vectors = file["vectors"].as_array().unwrap();
    let secret = &vectors[0]["key"];
    for vector in vectors {
        let id = vector["id"].as_str().unwrap();
        match vector["type"].as_str().unwrap() {
            "jws-compact" => match vector["alg"].as_str().unwrap().parse::<Algorithm>() {
                Ok(algorithm) => {
                    check_compact(&mut outcomes, id, algorithm, vector);
                    check_detached(&mut outcomes, id, algorithm, vector);
                }
                Err(error) => {
                    // A key without an algorithm is of no use either.
                    let key = Jwk::from_json(&vector["public_key"].to_string());
                    assert!(key.and_then(|key| VerifyingKey::from_jwk(&key)).is_err());
                    outcomes.refused(id, &error.to_string());
                }
            },
            "jws-compact-unsecured" => {
                let got = verdict(HS256, secret, vector["compact"].as_str().unwrap());
                outcomes.check(id, "algorithm_not_allowed", &got);
            }
            "jws-compact-negative" => check_critical(&mut outcomes, id, secret, vector),
            // The text is also a token with an empty payload, which nobody signed.
            "jws-compact-detached" => {
                let compact = vector["detached_compact"].as_str().unwrap();
                outcomes.check(&format!("{id}/attached"), "invalid_signature", &verdict(HS256, secret, compact));
                let verifier = JwsVerifier::new(verifying(HS256, secret));
                let payload = vectors::hex(vector["payload_hex"].as_str().unwrap());
                let got = verifier.verify_detached(compact, &payload).map_or_else(|error| error.code(), |_| "valid");
                outcomes.check(id, "valid", got);
                let flattened = vector["detached_json_flattened"].to_string();
                let got = verifier.verify_json_detached(&flattened, &payload);
                outcomes.check(&format!("{id}/json"), "valid", got.map_or_else(|error| error.code(), |_| "valid"));
            }
            "base64url" => {
                let octets = vectors::hex(vector["octets_hex"].as_str().unwrap());
                outcomes.check(id, vector["base64url"].as_str().unwrap(), &base64url::encode(&octets));
            }
            "jws-json-general" => check_general(&mut outcomes, id, vector),
            "jws-json-flattened" => check_flattened(&mut outcomes, id, vector),
            "x5c-chain" => check_chain(&mut outcomes, id, vector),
            other => panic!("{id}: unknown type {other}"),
        }
    }
    outcomes.finish();
}

/// The signature verifies, over the given payload, and signing makes the same octets where the algorithm has it so.
fn check_compact(outcomes: &mut Outcomes, id: &str, algorithm: Algorithm, vector: &Value) {
    let compact = vector["compact"].as_str().unwrap();
    let payload = vectors::hex(vector["payload_hex"].as_str().unwrap());
    let expected = format!("valid over {payload:?}");
    outcomes.check(id, &expected, &verdict(algorithm, &vector["key"], compact));

    let key = signing(algorithm, &vector["key"]);
    let signature = key.sign_message(vector["signing_input"].as_str().unwrap().as_bytes()).unwrap();
    if vector["deterministic"] == true {
        let expected = vector["signature_b64u"].as_str().unwrap();
        outcomes.check(&format!("{id}/sign"), expected, &base64url::encode(&signature));
    } else {
        let signed = format!("{}.{}", vector["signing_input"].as_str().unwrap(), base64url::encode(&signature));
        outcomes.check(&format!("{id}/sign"), &expected, &verdict(algorithm, &vector["key"], &signed));
    }
    // Only A.2 has a header as the builder writes it; that of A.1 has line ends in it, and A.3 is randomized.
    if vector["deterministic"] == true && vector["protected_header"].as_object().unwrap().len() == 1 {
        let built = JwsBuilder::new().sign(&payload, &key).unwrap();
        outcomes.check(&format!("{id}/build"), compact, &built);
    }
}

/// Appendix F, from the examples before it: the payload is taken out of the token and handed over beside it.
fn check_detached(outcomes: &mut Outcomes, id: &str, algorithm: Algorithm, vector: &Value) {
    let [protected, payload, signature] =
        ["protected_b64u", "payload_hex", "signature_b64u"].map(|member| vector[member].as_str().unwrap().to_owned());
    let (payload, compact) = (vectors::hex(&payload), format!("{protected}..{signature}"));
    let flattened = json!({"protected": protected, "signature": signature}).to_string();
    let general = json!({"signatures": [{"protected": protected, "signature": signature}]}).to_string();
    let verifier = JwsVerifier::new(verifying(algorithm, &vector["key"])).algorithms([algorithm]);
    let other = [&payload[..], b" "].concat();
    let code = |result: Result<(), carnet::jws::JwsError>| result.map_or_else(|error| error.code(), |()| "valid");
    for (case, payload, expected) in
        [("detached", &payload, "valid"), ("detached/other-payload", &other, "invalid_signature")]
    {
        let got = code(verifier.verify_detached(&compact, payload).map(drop));
        outcomes.check(&format!("{id}/{case}"), expected, got);
        let got = verifier.verify_detached_reader(&compact, &payload[..]).unwrap();
        outcomes.check(&format!("{id}/{case}/reader"), expected, code(got.map(drop)));
        for (form, text) in [("flattened", &flattened), ("general", &general)] {
            let got = code(verifier.verify_json_detached(text, payload).map(drop));
            outcomes.check(&format!("{id}/{case}/{form}"), expected, got);
        }
    }
    let attached = vector["compact"].as_str().unwrap();
    let got = code(verifier.verify_detached(attached, &payload).map(drop));
    outcomes.check(&format!("{id}/detached/carries-it"), "malformed", got);
}

/// Appendix E: an unknown critical extension. The example has no signature; one with a signature is refused for the extension.
fn check_critical(outcomes: &mut Outcomes, id: &str, secret: &Value, vector: &Value) {
    outcomes.check(id, "algorithm_not_allowed", &verdict(HS256, secret, vector["compact"].as_str().unwrap()));
    let header = vector["protected_octets_utf8"].as_str().unwrap().replace("\"none\"", "\"HS256\"");
    let payload = base64url::encode(vector["payload_utf8"].as_str().unwrap().as_bytes());
    let protected = base64url::encode(header.as_bytes());
    let mac = signing(HS256, secret).sign_message(format!("{protected}.{payload}").as_bytes()).unwrap();
    let signature = base64url::encode(&mac);
    let compact = format!("{protected}.{payload}.{signature}");
    let json = json!({"payload": payload, "protected": protected, "signature": signature}).to_string();

    let verifier = JwsVerifier::new(verifying(HS256, secret));
    let declared = verifier.clone().understands(["http://example.com/UNDEFINED"]);
    for (case, verifier, expected) in [("signed", &verifier, "unsupported_critical"), ("declared", &declared, "valid")]
    {
        let got = verifier.verify(&compact).map_or_else(|error| error.code(), |_| "valid");
        outcomes.check(&format!("{id}/{case}"), expected, got);
        let got = verifier.verify_json(&json).map_or_else(|error| error.code(), |_| "valid");
        outcomes.check(&format!("{id}/{case}/json"), expected, got);
    }
}

/// A.6: each key verifies its own signature, both together all of them.
fn check_general(outcomes: &mut Outcomes, id: &str, vector: &Value) {
    let text = vector["json_general"].to_string();
    let payload = vectors::hex(vector["payload_hex"].as_str().unwrap());
    let mut keys = Vec::new();
    for (index, key) in vector["keys"].as_array().unwrap().iter().enumerate() {
        let header = &vector["joined_headers"][index];
        let (algorithm, kid) = (header["alg"].as_str().unwrap().parse().unwrap(), header["kid"].as_str().unwrap());
        let key_of_signature = verifying(algorithm, &key["jwk"]).with_key_id(kid);
        let verified = JwsVerifier::new(key_of_signature.clone()).verify_json(&text).unwrap();
        let signature = verified.signature();
        let said = json!({
            "alg": signature.protected().unwrap().algorithm(),
            "kid": signature.unprotected().unwrap().key_id(),
        });
        outcomes.check(&format!("{id}/{index}"), &header.to_string(), &said.to_string());
        outcomes.check(&format!("{id}/{index}/which"), &index.to_string(), &signature.index().to_string());
        outcomes.check(&format!("{id}/{index}/payload"), &format!("{payload:?}"), &format!("{:?}", verified.payload()));
        outcomes.check(&format!("{id}/{index}/key"), kid, signature.key_id().unwrap());
        keys.push(key_of_signature);

        let element = &vector["json_general"]["signatures"][index];
        build_one(outcomes, &format!("{id}/{index}"), algorithm, &key["jwk"], kid, &payload, element);
    }
    let all = JwsVerifier::new(keys.iter().cloned().collect::<VerifyingKeys>()).require_all().verify_json(&text);
    outcomes.check(&format!("{id}/all"), "2", &all.unwrap().signatures().count().to_string());
    let one_missing = JwsVerifier::new(keys.swap_remove(1)).require_all().verify_json(&text);
    outcomes.check(&format!("{id}/all/one-missing"), "unknown_key", one_missing.unwrap_err().code());
}

fn check_flattened(outcomes: &mut Outcomes, id: &str, vector: &Value) {
    let text = vector["json_flattened"].to_string();
    let payload = vectors::hex(vector["payload_hex"].as_str().unwrap());
    let verified = JwsVerifier::new(verifying(ES256, &vector["key"])).verify_json(&text).unwrap();
    outcomes.check(id, &format!("{payload:?}"), &format!("{:?}", verified.payload()));
    let kid = vector["json_flattened"]["header"]["kid"].as_str().unwrap();
    build_one(outcomes, id, ES256, &vector["key"], kid, &payload, &vector["json_flattened"]);
}

/// The same parts made anew: the same signature, where the algorithm has it so.
fn build_one(
    outcomes: &mut Outcomes,
    case: &str,
    algorithm: Algorithm,
    jwk: &Value,
    kid: &str,
    payload: &[u8],
    expected: &Value,
) {
    let key = signing(algorithm, jwk);
    let text = JwsBuilder::new().unprotected("kid", kid).sign_json(payload, &key).unwrap();
    let built: Value = serde_json::from_str(&text).unwrap();
    for member in ["protected", "header"] {
        outcomes.check(&format!("{case}/build/{member}"), &expected[member].to_string(), &built[member].to_string());
    }
    if algorithm == RS256 {
        outcomes.check(&format!("{case}/build"), &expected["signature"].to_string(), &built["signature"].to_string());
    }
    let verified = JwsVerifier::new(verifying(algorithm, jwk)).verify_json(&text).unwrap();
    outcomes.check(&format!("{case}/build/verify"), &format!("{payload:?}"), &format!("{:?}", verified.payload()));
}

fn verdict(algorithm: Algorithm, jwk: &Value, compact: &str) -> String {
    match JwsVerifier::new(verifying(algorithm, jwk)).algorithms([algorithm]).verify(compact) {
        Ok(jws) => format!("valid over {:?}", jws.payload()),
        Err(error) => error.code().to_owned(),
    }
}

fn private(jwk: &Value) -> PrivateJwk {
    PrivateJwk::from_json(&jwk.to_string()).unwrap()
}

fn signing(algorithm: Algorithm, jwk: &Value) -> SigningKey {
    SigningKey::from_jwk_as(algorithm, &private(jwk)).unwrap()
}

fn verifying(algorithm: Algorithm, jwk: &Value) -> VerifyingKey {
    VerifyingKey::from_private_jwk_as(algorithm, &private(jwk)).unwrap()
}

/// Appendix B: a chain of three. The first holds the key, and a key with the chain is read, with another first it is not.
fn check_chain(outcomes: &mut Outcomes, id: &str, vector: &Value) {
    let chain = vector["x5c"].as_array().unwrap();
    let leaf = chain[0].as_str().unwrap();
    let jwk = Jwk::from_x509_pem(&format!("-----BEGIN CERTIFICATE-----\n{leaf}\n-----END CERTIFICATE-----\n")).unwrap();
    let numbers = &vector["leaf_public_numbers"];
    let given = json!({"kty": "RSA", "n": numbers["n_b64u"], "e": base64url::encode(&numbers["e"].as_u64().unwrap().to_be_bytes()[5..])});
    let expected = Jwk::from_json(&given.to_string()).unwrap();
    outcomes.check(&format!("{id}/leaf"), &expected.to_json(), &Jwk::from(jwk.public_key().clone()).to_json());

    let with = |chain: &[Value]| {
        let mut jwk = given.clone();
        jwk["x5c"] = json!(chain);
        jwk["x5t"] = vector["x5t_b64u"].clone();
        jwk["x5t#S256"] = vector["x5t_s256_b64u"].clone();
        Jwk::from_json(&jwk.to_string())
    };
    let whole = with(chain).unwrap();
    outcomes.check(&format!("{id}/certificates"), "3", &whole.certificates().len().to_string());
    outcomes.check(&format!("{id}/remarks"), "[]", &format!("{:?}", whole.remarks()));
    let turned: Vec<Value> = chain.iter().rev().cloned().collect();
    outcomes.check(&format!("{id}/other-leaf"), "invalid_key", with(&turned).unwrap_err().code());
}
