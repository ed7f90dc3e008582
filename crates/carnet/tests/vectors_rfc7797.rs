//! Unencoded payloads: the examples of RFC 7797 and those the cookbook has of it.
#![cfg(test)]

use carnet::jws::{GeneralJwsBuilder, JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc7797() {
    let mut outcomes = Outcomes::new("rfc7797");
    for vector in vectors::load("rfc/rfc7797.json")["vectors"].as_array().unwrap() {
        let id = vector["id"].as_str().unwrap();
        let unencoded = vector["type"] == "jws b64=false";
        let case = Case::new(&vector["key"], vector["payload_utf8"].as_str().unwrap(), unencoded);
        for (form, member) in
            [("compact", "compact"), ("detached", "compact_detached"), ("json_flat", "json_flattened")]
        {
            if let Some(text) = vector.get(member) {
                case.check(&mut outcomes, id, form, text);
            }
        }
    }
    for file in ["4.2.hmac-sha2_b64_false", "hmac-sha2_b64_false"] {
        let vector = vectors::load(format!("rfc7520-cookbook/rfc7797/{file}.json"));
        let case = Case::new(&vector["input"]["key"], vector["input"]["payload"].as_str().unwrap(), true);
        for (form, text) in vector["output"].as_object().unwrap() {
            case.check(&mut outcomes, file, form, text);
        }
    }
    outcomes.finish();
}

struct Case<'a> {
    key: SigningKey,
    verifier: JwsVerifier<VerifyingKeys>,
    payload: &'a str,
    unencoded: bool,
}

impl<'a> Case<'a> {
    fn new(jwk: &Value, payload: &'a str, unencoded: bool) -> Self {
        let jwk = PrivateJwk::from_json(&jwk.to_string()).unwrap();
        let key = SigningKey::from_jwk_as(HS256, &jwk).unwrap();
        let verifier = JwsVerifier::new(VerifyingKey::from_private_jwk_as(HS256, &jwk).unwrap());
        Self { key, verifier, payload, unencoded }
    }

    /// The text verifies when it is asked for, is refused when it is not, is no JWT in any case, and is made again octet for octet.
    fn check(&self, outcomes: &mut Outcomes, id: &str, form: &str, text: &Value) {
        let expected = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
        let asked = self.verifier.clone().unencoded_payload();
        outcomes.check(&format!("{id}/{form}"), self.payload, &self.verdict(&asked, form, &expected));
        let not_asked = self.verdict(&self.verifier, form, &expected);
        if self.unencoded {
            let refused = ["unsupported_critical", "malformed"].contains(&not_asked.as_str());
            outcomes.check(&format!("{id}/{form}/not-asked-for"), "true", &refused.to_string());
        } else {
            outcomes.check(&format!("{id}/{form}/not-asked-for"), self.payload, &not_asked);
        }
        let keys = VerifyingKeys::clone(self.verifier.keys());
        let jwt = Verifier::builder(keys).any_issuer().any_audience().build().unwrap().verify::<Value>(&expected);
        outcomes.check(&format!("{id}/{form}/jwt"), "refused", if jwt.is_err() { "refused" } else { "accepted" });

        if id.starts_with("4.2.") {
            return; // made without "crit", which the builder never leaves out
        }
        let builder = if self.unencoded { JwsBuilder::new().unencoded_payload() } else { JwsBuilder::new() };
        let payload = self.payload.as_bytes();
        let built = match form {
            "compact" => builder.sign(payload, &self.key),
            "detached" => builder.detached().sign(payload, &self.key),
            "json_flat" => builder.sign_json(payload, &self.key),
            "json" => GeneralJwsBuilder::new(builder, &self.key).sign(payload),
            other => panic!("{id}: unknown serialization {other}"),
        };
        let built = built.unwrap();
        let built = serde_json::from_str::<Value>(&built).map_or_else(|_| built.clone(), |value| value.to_string());
        outcomes.check(&format!("{id}/{form}/build"), &expected, &built);
    }

    fn verdict(&self, verifier: &JwsVerifier<VerifyingKeys>, form: &str, text: &str) -> String {
        let payload = self.payload.as_bytes();
        let result = match form {
            "compact" => verifier.verify(text).map(|jws| jws.payload().to_vec()),
            "detached" => verifier.verify_detached(text, payload).map(|_| payload.to_vec()),
            _ => verifier.verify_json(text).map(|jws| jws.payload().to_vec()),
        };
        result.map_or_else(|error| error.code().to_owned(), |octets| String::from_utf8(octets).unwrap())
    }
}
