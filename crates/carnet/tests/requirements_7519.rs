//! What RFC 7519 demands and no other test shows. Each test is named after its section; `test-vectors/requirements.toml` links them.
#![cfg(test)]

#[path = "support/forge.rs"]
mod forge;

use carnet::base64url;
use carnet::jws::{JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use forge::{forge, hmac, lenient, outcome};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::vectors;

const HEADER: &str = r#"{"alg":"HS256"}"#;
const CLAIMS: &str = r#"{"sub":"admin","exp":4102444800}"#;

fn segments(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn rfc7519_4_claims_that_are_not_understood_are_ignored() {
    let (key, verifying) = hmac(HS256);
    let verifier = lenient(verifying);
    for more in [
        r#""unheard of":1"#,
        r#""":null"#,
        r#""https://example.com/is_root":true"#,
        r#""EXP":1,"Nbf":"never""#,
        r#""nonce":[],"events":{"a":{"b":[1.5]}}"#,
    ] {
        let token = forge(HEADER, format!(r#"{{"sub":"admin",{more}}}"#), &key);
        let verified = verifier.verify::<Value>(&token).unwrap();
        assert_eq!(verified.registered().subject(), Some("admin"), "{more}");
    }
}

#[test]
fn rfc7519_4_names_of_claims_are_written_once() {
    let (key, verifying) = hmac(HS256);
    let claims = json!({"role": "user", "sub": "admin"});
    let builder = || Token::builder().never_expires().claims(&claims);
    let token = builder().issuer("i").audience("a").audience("b").random_id().sign(&key).unwrap();
    // The verifier refuses a name given twice.
    let verified = lenient(verifying).verify::<Value>(&token).unwrap();
    assert_eq!(verified.claims_json().matches(r#""aud":"#).count(), 1);
    assert_eq!(builder().subject("user").sign(&key).unwrap_err().code(), "claim_set_twice");
}

#[test]
fn rfc7519_4_1_times_are_written_as_numbers() {
    let (key, _) = hmac(HS256);
    let builder = || Token::builder().issued_at(1);
    let token = builder().not_before_at(2).expires_at(3).sign(&key).unwrap();
    let claims = base64url::decode(segments(&token)[1]).unwrap();
    assert_eq!(claims, br#"{"exp":3,"nbf":2,"iat":1}"#);
    for wrong in [json!("1750000000"), json!(null), json!(true), json!([1]), json!({}), json!(1e300)] {
        for claim in ["exp", "nbf", "iat"] {
            let claims = json!({claim: wrong});
            let builder = Token::builder().without_issued_at().claims(&claims);
            let builder = if claim == "exp" { builder } else { builder.never_expires() };
            assert_eq!(builder.sign(&key).unwrap_err().code(), "claim_invalid", "{claims}");
        }
    }
}

/// `exp` and `nbf` with the clock at each side of them, and a leeway of minutes at most unless more is said.
#[test]
fn rfc7519_4_1_4_and_5_times_bound_a_life() {
    let (key, verifying) = hmac(HS256);
    let token = Token::builder().not_before_at(1000).expires_at(2000).issued_at(1000).sign(&key).unwrap();
    let at = |now: i64, leeway: u64| {
        let builder = Verifier::builder(verifying.clone()).any_issuer().any_audience().at(now);
        outcome(&builder.leeway(Duration::from_secs(leeway)).build().unwrap(), &token)
    };
    for (leeway, first, last) in [(0, 1000, 1999), (60, 940, 2059)] {
        assert_eq!(at(first - 1, leeway), "token_not_yet_valid");
        assert_eq!((at(first, leeway), at(last, leeway)), ("accepted", "accepted"));
        assert_eq!(at(last + 1, leeway), "token_expired");
    }
    // None is taken where none is given.
    let without = Verifier::builder(verifying).any_issuer().any_audience().at(2000).build().unwrap();
    assert_eq!(outcome(&without, &token), "token_expired");
}

#[test]
fn rfc7519_7_1_a_token_is_a_jws_of_its_claims() {
    let (key, verifying) = hmac(HS256);
    let claims = json!({"http://example.com/is_root": true});
    let token = Token::builder().issuer("joe").expires_at(1_300_819_380).without_issued_at().claims(&claims).sign(&key);
    let token = token.unwrap();
    let jws = JwsVerifier::new(verifying).verify(&token).unwrap();
    let payload = r#"{"iss":"joe","exp":1300819380,"http://example.com/is_root":true}"#;
    assert_eq!(jws.payload(), payload.as_bytes());
    assert_eq!(jws.header().as_json(), r#"{"alg":"HS256","typ":"JWT"}"#);
    // The same octets as a JWS made of the same message.
    assert_eq!(token, JwsBuilder::new().typ("JWT").sign(payload.as_bytes(), &key).unwrap());
}

/// The steps of section 7.2, each failing by itself under a good signature.
#[test]
fn rfc7519_7_2_every_step_is_a_condition() {
    let (key, verifying) = hmac(HS256);
    let verifier = lenient(verifying);
    let genuine = forge(HEADER, CLAIMS, &key);
    assert_eq!(outcome(&verifier, &genuine), "accepted");
    let [header, payload, signature] = segments(&genuine);
    let signed = |input: String| {
        let mac = key.sign_message(input.as_bytes()).unwrap();
        format!("{input}.{}", base64url::encode(&mac))
    };
    for (step, token, expected) in [
        ("1: a period", [header, payload, signature].concat(), "malformed"),
        ("3: base64url of the header", signed(format!("{header}=.{payload}")), "malformed"),
        ("3: white space", signed(format!("{} {}.{payload}", &header[..4], &header[4..])), "malformed"),
        ("4: UTF-8 of the header", forge(b"{\"alg\":\"HS256\",\"a\":\"\xff\"}", CLAIMS, &key), "malformed"),
        ("4: a JSON object", forge(r#"["HS256"]"#, CLAIMS, &key), "malformed"),
        (
            "5: parameters understood",
            forge(r#"{"alg":"HS256","x":1,"crit":["x"]}"#, CLAIMS, &key),
            "unsupported_critical",
        ),
        ("5: of the right syntax", forge(r#"{"alg":"HS256","kid":1}"#, CLAIMS, &key), "malformed"),
        ("6: a JWS", format!("{header}.{payload}.{signature}.{signature}.{signature}"), "encrypted_token"),
        ("7: its signature", format!("{header}.{payload}.{}", base64url::encode(&[0; 32])), "invalid_signature"),
        ("8: a message that is a JWT itself", forge(r#"{"alg":"HS256","cty":"JWT"}"#, &genuine, &key), "malformed"),
        ("9: base64url of the message", signed(format!("{header}.{payload}=")), "malformed"),
        ("10: UTF-8 of the message", forge(HEADER, b"{\"a\":\"\xff\"}", &key), "malformed"),
        ("10: a JSON object", forge(HEADER, r#"["admin"]"#, &key), "malformed"),
        ("10: a whole one", forge(HEADER, &CLAIMS[..CLAIMS.len() - 1], &key), "malformed"),
    ] {
        assert_eq!(outcome(&verifier, &token), expected, "step {step}");
    }
}

/// Names, values of registered claims and header parameters alike: octet for octet once escapes are read.
#[test]
fn rfc7519_7_3_strings_are_compared_as_they_are() {
    let (key, verifying) = hmac(HS256);
    let builder = Verifier::builder(verifying).issuer("https://caf\u{e9}.example/").audience("a").subject("S");
    let verifier = builder.expiry_optional().build().unwrap();
    let judge = |claims: &str| outcome(&verifier, &forge(HEADER, claims, &key));
    for same in [
        "{\"iss\":\"https://caf\u{e9}.example/\",\"aud\":\"a\",\"sub\":\"S\"}",
        r#"{"\u0069ss":"https:\/\/caf\u00e9.example\/","aud":["\u0061"],"sub":"\u0053"}"#,
    ] {
        assert_eq!(judge(same), "accepted", "{same}");
    }
    for (other, expected) in [
        (r#"{"iss":"https://cafe\u0301.example/","aud":"a","sub":"S"}"#, "issuer_mismatch"),
        (r#"{"iss":"https://CAF\u00c9.example/","aud":"a","sub":"S"}"#, "issuer_mismatch"),
        (r#"{"iss":"https://caf%C3%A9.example/","aud":"a","sub":"S"}"#, "issuer_mismatch"),
        (r#"{"iss":"https://caf\u00e9.example/","aud":"A","sub":"S"}"#, "audience_mismatch"),
        (r#"{"iss":"https://caf\u00e9.example/","aud":"a","sub":"s"}"#, "subject_mismatch"),
        (r#"{"Iss":"https://caf\u00e9.example/","aud":"a","sub":"S"}"#, "claim_missing"),
    ] {
        assert_eq!(judge(other), expected, "{other}");
    }
}

/// What every implementation must have but `none`, and what it is recommended to have, under each backend.
#[test]
fn rfc7519_8_algorithms_of_every_build() {
    let rsa = PrivateJwk::from_json(&vectors::load("attacks/attack_tokens.json")["keys"]["rsa"].to_string()).unwrap();
    for key in [hmac(HS256).0, SigningKey::from_jwk_as(RS256, &rsa).unwrap(), SigningKey::generate(ES256).unwrap()] {
        let token = Token::builder().issuer("i").audience("a").expires_in(Duration::from_secs(60)).sign(&key).unwrap();
        let verifier = Verifier::builder(key.verifying_key()).issuer("i").audience("a").build().unwrap();
        assert_eq!(verifier.verify::<Value>(&token).unwrap().header().algorithm(), key.algorithm().name());
    }
}
