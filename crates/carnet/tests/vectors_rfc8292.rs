//! VAPID: the token and the key of RFC 8292, section 2.4.
#![cfg(test)]

use carnet::base64url;
use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc8292() {
    let file = vectors::load("rfc/rfc8292.json");
    let mut outcomes = Outcomes::new("rfc8292");
    for vector in file["vectors"].as_array().unwrap() {
        let id = vector["id"].as_str().unwrap();
        let token = vector["compact"].as_str().unwrap();
        let (jwk, claims) = (&vector["public_key"], &vector["claims"]);
        let (expiry, push_service) = (claims["exp"].as_i64().unwrap(), claims["aud"].as_str().unwrap());
        let key = VerifyingKey::from_jwk(&Jwk::from_json(&jwk.to_string()).unwrap()).unwrap();
        for (case, audience, now, expected) in [
            ("", push_service, expiry - 1, claims.to_string()),
            ("/at-exp", push_service, expiry, "token_expired".to_owned()),
            ("/other-push-service", "https://push.example.com", expiry - 1, "audience_mismatch".to_owned()),
        ] {
            let builder = Verifier::builder(key.clone()).any_issuer().audience(audience).algorithms([ES256]).at(now);
            let got = match builder.build().unwrap().verify::<Value>(token) {
                Ok(verified) => verified.into_claims().to_string(),
                Err(error) => error.code().to_owned(),
            };
            outcomes.check(&format!("{id}{case}"), &expected, &got);
        }
        // The parameter `k` of the header Authorization is the point uncompressed (section 3.2).
        let coordinate = |name: &str| base64url::decode(jwk[name].as_str().unwrap()).unwrap();
        let point = base64url::encode(&[&[4], &coordinate("x")[..], &coordinate("y")].concat());
        outcomes.check(&format!("{id}/k"), vector["k_uncompressed_point_b64u"].as_str().unwrap(), &point);
    }
    outcomes.finish();
}
