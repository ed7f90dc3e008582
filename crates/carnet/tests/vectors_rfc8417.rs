//! Security event tokens: the claims of RFC 8417, section 2.1, and the unsecured token of section 2.4, which is refused.
#![cfg(test)]

use carnet::jws::JwsBuilder;
use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc8417() {
    let file = vectors::load("rfc/rfc8417.json");
    let mut outcomes = Outcomes::new("rfc8417");
    let secret = Secret::from_bytes([7; 32]).unwrap();
    let signing = SigningKey::from_secret(HS256, &secret).unwrap();
    for vector in file["vectors"].as_array().unwrap() {
        let (id, claims) = (vector["id"].as_str().unwrap(), vector["claims"].to_string());
        let verify = |token: &str, typ: &str, audience: &str| {
            let key = VerifyingKey::from_secret(HS256, &secret).unwrap();
            let builder = Verifier::builder(key).issuer(vector["claims"]["iss"].as_str().unwrap());
            // An event has happened and does not expire.
            let verifier = builder.audience(audience).typ(typ).required_claims(["jti", "iat", "events"]);
            match verifier.expiry_optional().build().unwrap().verify::<Value>(token) {
                Ok(verified) => verified.into_claims().to_string(),
                Err(error) => error.code().to_owned(),
            }
        };
        let audiences = match &vector["claims"]["aud"] {
            Value::String(one) => vec![one.as_str()],
            Value::Array(several) => several.iter().map(|audience| audience.as_str().unwrap()).collect(),
            other => panic!("{id}: an audience of {other}"),
        };
        // The claims as they are printed, signed here.
        let set = JwsBuilder::new().typ("secevent+jwt").sign(claims.as_bytes(), &signing).unwrap();
        let untyped = JwsBuilder::new().sign(claims.as_bytes(), &signing).unwrap();
        for audience in &audiences {
            outcomes.check(&format!("{id}/{audience}"), &claims, &verify(&set, "secevent+jwt", audience));
        }
        outcomes.check(&format!("{id}/nobody"), "audience_mismatch", &verify(&set, "secevent+jwt", "nobody"));
        outcomes.check(&format!("{id}/as-access-token"), "wrong_typ", &verify(&set, "at+jwt", audiences[0]));
        outcomes.check(&format!("{id}/untyped"), "wrong_typ", &verify(&untyped, "secevent+jwt", audiences[0]));
        if let Some(unsecured) = vector["compact"].as_str() {
            assert_eq!(vector["type"], "jwt-unsecured (SET)", "{id}");
            let got = verify(unsecured, "secevent+jwt", audiences[0]);
            outcomes.check(&format!("{id}/unsecured"), "algorithm_not_allowed", &got);
            let decoded = carnet::dangerous::decode::<Value>(unsecured).unwrap();
            outcomes.check(&format!("{id}/decode"), &claims, &decoded.claims().to_string());
            let typ = decoded.header().typ().unwrap().to_owned();
            outcomes.check(&format!("{id}/typ"), "secevent+jwt", &typ);
        }
    }
    outcomes.finish();
}
