//! PASSporT: the tokens of RFC 8225, section 7.1 and appendix A. The key printed with them is that of the first one alone, and its `iat` is a
//! string: a good JWS, and no JSON Web Token.
#![cfg(test)]

use carnet::jws::{JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc8225() {
    let file = vectors::load("rfc/rfc8225.json");
    let mut outcomes = Outcomes::new("rfc8225");
    for vector in file["vectors"].as_array().unwrap() {
        let id = vector["id"].as_str().unwrap();
        let [token, payload, public_pem, private_pem] =
            ["compact", "payload_utf8", "public_key_pem_spki", "private_key_pem_pkcs8"]
                .map(|member| vector[member].as_str().unwrap());
        let public = VerifyingKey::from_pem(ES256, public_pem).unwrap();
        let of_private = SigningKey::from_pem(ES256, private_pem).unwrap().verifying_key();
        for (name, pem_key) in [("public_key_from_pem", &public), ("public_key_of_private_pem", &of_private)] {
            let jwk = Jwk::from_json(&vector[name].to_string()).unwrap();
            let from_jwk = VerifyingKey::from_jwk(&jwk).unwrap();
            // The printed key that belongs to the token is not said to be private.
            let expected = match vector["verified"] == true && name == "public_key_from_pem" {
                true => payload,
                false => "invalid_signature",
            };
            outcomes.check(&format!("{id}/{name}/pem"), expected, &as_jws(pem_key, token));
            outcomes.check(&format!("{id}/{name}/jwk"), expected, &as_jws(&from_jwk, token));
        }
        let expected = if vector["verified"] == true { "claim_invalid: iat" } else { "invalid_signature: " };
        outcomes.check(&format!("{id}/jwt"), expected, &as_jwt(&public, token));
        // It is the string alone that keeps it from being one.
        if vector["verified"] == true {
            let signing = SigningKey::from_pem(ES256, private_pem).unwrap();
            let token = JwsBuilder::new()
                .typ("passport")
                .sign(payload.replace(r#""1443208345""#, "1443208345").as_bytes(), &signing);
            outcomes.check(&format!("{id}/iat-as-a-number"), "accepted", &as_jwt(&of_private, &token.unwrap()));
        }
    }
    outcomes.finish();
}

/// The payload, or the code of the error.
fn as_jws(key: &VerifyingKey, token: &str) -> String {
    match JwsVerifier::new(key.clone()).verify(token) {
        Ok(jws) => str::from_utf8(jws.payload()).unwrap().to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

/// `accepted`, or the code of the error and the claims that it names.
fn as_jwt(key: &VerifyingKey, token: &str) -> String {
    let builder = Verifier::builder(key.clone()).any_issuer().any_audience().typ("passport").expiry_optional();
    let Err(error) = builder.at(1_471_375_418).build().unwrap().verify::<Value>(token) else {
        return "accepted".into();
    };
    let named: Vec<&str> =
        ["iat", "dest", "orig"].into_iter().filter(|name| error.to_string().contains(name)).collect();
    format!("{}: {}", error.code(), named.join(" "))
}
