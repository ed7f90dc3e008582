//! No error and no `Debug` shows what a token, a key or a claim holds.
#![cfg(test)]

use carnet::dangerous::DecodeError;
use carnet::jws::{JwsBuffer, JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use carnet::{Limits, PrivateJwkSet, base64url};
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Debug;
use testkit::vectors;

/// Planted wherever something is to be kept from view.
const CANARY: &str = "canary-0f1e2d3c4b5a";

const NOW: i64 = 1_750_000_000;

fn secret() -> Secret {
    Secret::from_bytes(format!("{CANARY}{CANARY}{CANARY}{CANARY}")).unwrap()
}

fn signing() -> SigningKey {
    SigningKey::from_secret(HS256, &secret()).unwrap()
}

fn verifying() -> VerifyingKey {
    VerifyingKey::from_secret(HS256, &secret()).unwrap()
}

fn forge(header: &str, payload: &str) -> String {
    let input = format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(payload.as_bytes()));
    let mac = signing().sign_message(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url::encode(&mac))
}

/// Nothing of the canary, as text, base64url, hexadecimal or list of octets, nor of what is passed as `also`.
#[track_caller]
fn assert_silent(shown: &str, also: &[&str]) {
    let octets = CANARY.as_bytes();
    let hexadecimal: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let list = format!("{octets:?}");
    let list = list.trim_matches(['[', ']']);
    let encoded: Vec<String> = (0..3).map(|skip| base64url::encode(&octets[skip..][..15])).collect();
    let spellings = [CANARY, &hexadecimal, list].into_iter().chain(encoded.iter().map(String::as_str));
    for spelling in spellings.chain(also.iter().copied()) {
        assert!(!shown.contains(spelling), "{spelling} in {shown}");
        assert!(!shown.to_uppercase().contains(&spelling.to_uppercase()), "{spelling} in {shown}");
    }
}

/// An error with all its causes, as a person and as a log sees it.
#[track_caller]
fn assert_error_is_silent(error: &(dyn Error + 'static), also: &[&str]) {
    let mut next = Some(error);
    while let Some(error) = next {
        assert_silent(&format!("{error} {error:?} {error:#?}"), also);
        next = error.source();
    }
}

#[track_caller]
fn assert_debug_is_silent(value: &impl Debug, also: &[&str]) {
    assert_silent(&format!("{value:?} {value:#?}"), also);
}

fn segments(token: &str) -> Vec<&str> {
    token.split('.').collect()
}

#[test]
fn tokens_and_their_claims() {
    #[derive(Deserialize)]
    struct Claims {
        #[expect(dead_code, reason = "only read into")]
        note: String,
    }
    let claims = json!({"iss": CANARY, "sub": CANARY, "aud": [CANARY], "jti": CANARY, "note": CANARY, "exp": NOW + 1});
    let header = json!({"alg": "HS256", "x": CANARY, "jku": CANARY, "cty": CANARY}).to_string();
    let token = forge(&header, &claims.to_string());
    let also = segments(&token);
    let verifier = Verifier::builder(verifying()).any_issuer().any_audience().at(NOW).build().unwrap();
    assert_debug_is_silent(&verifier, &also);

    let verified = verifier.verify::<Claims>(&token).unwrap();
    assert_debug_is_silent(&verified, &also);
    assert_debug_is_silent(&verified.header(), &also);
    assert_debug_is_silent(&verified.registered(), &also);
    let mut buffer = TokenBuffer::new();
    assert_debug_is_silent(&verifier.verify_in::<Claims>(&mut buffer, &token).unwrap(), &also);
    assert_debug_is_silent(&buffer, &also);
    let decoded = carnet::dangerous::decode::<Claims>(&token).unwrap();
    assert_debug_is_silent(&decoded, &also);
    assert_debug_is_silent(&carnet::jws::dangerous::decode(&token, &Limits::default()).unwrap(), &also);

    let jws = JwsVerifier::new(verifying());
    assert_debug_is_silent(&jws, &also);
    assert_debug_is_silent(&jws.verify(&token).unwrap(), &also);
    let mut buffer = JwsBuffer::new();
    assert_debug_is_silent(&jws.verify_in(&mut buffer, &token).unwrap(), &also);
    assert_debug_is_silent(&buffer, &also);
}

#[test]
fn errors_about_tokens() {
    let good = json!({"exp": NOW + 1, "note": CANARY}).to_string();
    let header = r#"{"alg":"HS256"}"#;
    let token = forge(header, &good);
    let with_header = |members: &str| forge(&format!(r#"{{"alg":"HS256","x":"{CANARY}",{members}}}"#), &good);
    let with_claims = |members: &str| forge(header, &format!(r#"{{"note":"{CANARY}",{members}}}"#));
    let verifier = Verifier::builder(verifying().with_key_id("1"));
    let verifier = verifier.issuer(format!("{CANARY}-wanted")).audience("api").subject("alice").typ("at+jwt").at(NOW);
    let verifier = verifier.max_age(std::time::Duration::from_secs(1)).required_claims(["tenant"]).build().unwrap();
    for token in [
        CANARY.to_owned(),
        format!("{CANARY}.{CANARY}.{CANARY}"),
        format!("{CANARY}!.{CANARY}!.{CANARY}!"),
        format!("{CANARY}.{CANARY}.{CANARY}.{CANARY}.{CANARY}"),
        CANARY.repeat(10_000),
        format!("{token}{CANARY}"),
        token.replace('.', "=."),
        forge(&format!(r#"{{"alg":"HS256"}}{CANARY}"#), &good),
        forge(&format!(r#"{{"alg":"HS256","x":{CANARY}}}"#), &good),
        with_header(r#""x":1"#),
        with_header(r#""kid":1"#),
        with_header(&format!(r#""kid":["{CANARY}"]"#)),
        with_header(&format!(r#""jwk":{{"kty":"oct","k":"{CANARY}"}}"#)),
        with_header(&format!(r#""crit":"{CANARY}""#)),
        with_header(r#""kid":"2""#),
        forge(&format!(r#"{{"alg":"none","x":"{CANARY}"}}"#), &good),
        format!("{}.{}", token.rsplit_once('.').unwrap().0, base64url::encode(CANARY.as_bytes())),
        forge(header, CANARY),
        forge(header, &format!(r#"["{CANARY}"]"#)),
        with_claims(r#""note":1"#),
        with_claims(&format!(r#""exp":"{CANARY}""#)),
        with_claims(&format!(r#""iss":["{CANARY}"],"aud":{{"a":"{CANARY}"}},"sub":1,"jti":["{CANARY}"]"#)),
        with_claims(&format!(r#""iss":"{CANARY}","aud":"{CANARY}","sub":"{CANARY}","jti":"{CANARY}","iat":1,"exp":1"#)),
    ] {
        let error = verifier.verify::<Value>(&token).unwrap_err();
        assert_error_is_silent(&error, &[]);
        assert_debug_is_silent(&error.rejections(), &[]);
        let error = carnet::dangerous::decode::<u8>(&token).map(drop).unwrap_err();
        assert_error_is_silent(&error, &[]);
        let verifier = JwsVerifier::new(verifying().with_key_id("1")).algorithms([RS256]);
        assert_error_is_silent(&verifier.verify(&token).unwrap_err(), &[]);
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
#[expect(dead_code, reason = "only read into")]
struct Strict {
    role: Option<Role>,
    count: Option<u8>,
    flag: Option<bool>,
    list: Option<Vec<char>>,
    unit: Option<()>,
    address: Option<std::net::IpAddr>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Admin,
}

#[test]
fn claims_that_do_not_fit() {
    let verifier =
        Verifier::builder(verifying()).any_issuer().any_audience().expiry_optional().at(NOW).build().unwrap();
    for value in [json!(CANARY), json!([CANARY]), json!({ "a": CANARY }), json!(918_273_645)] {
        for claim in ["role", "count", "flag", "list", "unit", "address", "unknown"] {
            let token = forge(r#"{"alg":"HS256"}"#, &json!({ claim: value }).to_string());
            let Err(error) = verifier.verify::<Strict>(&token) else { panic!("{claim}: {value}") };
            assert_error_is_silent(&error, &["918273645"]);
            let Err(DecodeError::Claims(error)) = carnet::dangerous::decode::<Strict>(&token) else {
                panic!("{claim}")
            };
            assert_error_is_silent(&error, &["918273645"]);
            // What a genuine token is rejected for does not show it either.
            let VerifyError::Rejected(rejected) = verifier.verify::<Strict>(&token).unwrap_err() else { panic!() };
            assert_debug_is_silent(&rejected, &["918273645"]);
            assert_error_is_silent(&rejected.authentic_claims::<Strict>().unwrap_err(), &["918273645"]);
        }
    }
}

#[test]
fn claims_refused_by_a_check() {
    let verifier = Verifier::builder(verifying()).any_issuer().any_audience().expiry_optional();
    let verifier = verifier.check(|claims: &Value| match claims["note"].as_str() {
        Some(CANARY) => Err(Rejection::claim("note")),
        _ => Ok(()),
    });
    let verifier = verifier.build().unwrap();
    assert_debug_is_silent(&verifier, &[]);
    let error = verifier.verify(&forge(r#"{"alg":"HS256"}"#, &json!({"note": CANARY}).to_string())).unwrap_err();
    assert_eq!(error.code(), "check_failed");
    assert_error_is_silent(&error, &[]);
}

#[test]
fn keys_and_secrets() {
    assert_debug_is_silent(&secret(), &[]);
    assert_debug_is_silent(&signing(), &[]);
    assert_debug_is_silent(&verifying(), &[]);
    let k = base64url::encode(secret().expose());
    let oct = json!({"kty": "oct", "k": k, "alg": "HS256", "x": CANARY}).to_string();
    assert_debug_is_silent(&PrivateJwk::from_json(&oct).unwrap(), &[&k]);
    let set = format!(r#"{{"keys":[{oct}]}}"#);
    assert_debug_is_silent(&PrivateJwkSet::from_json(&set).unwrap(), &[&k]);
    let set = JwkSet::from_json(&set).unwrap();
    assert_debug_is_silent(&set, &[&k]);
    assert_debug_is_silent(&set.verifying_keys(), &[&k]);
    assert_debug_is_silent(&set.verifying_keys_with(&KeyRules::new().symmetric(HS256)), &[&k]);
    assert_silent(&set.to_json(), &[&k]);
}

#[test]
fn errors_about_keys() {
    let keys = vectors::load("attacks/attack_tokens.json")["keys"].clone();
    let canary = base64url::encode(format!("{CANARY}{CANARY}").as_bytes());
    for name in ["rsa", "ec", "ed", "hs"] {
        let members = keys[name].as_object().unwrap();
        for altered in members.keys().filter(|member| !["kty", "crv"].contains(&member.as_str())) {
            for value in [json!(CANARY), json!(canary), json!([CANARY]), json!(format!("{canary}="))] {
                let mut jwk = keys[name].clone();
                jwk[altered] = value;
                jwk["alg"] = json!("ES384");
                let text = jwk.to_string();
                let other: Vec<&str> = members
                    .iter()
                    .filter(|(name, _)| *name != altered && name.len() < 3)
                    .filter_map(|(_, value)| value.as_str())
                    .filter(|value| value.len() > 20)
                    .collect();
                for error in [PrivateJwk::from_json(&text).err(), Jwk::from_json(&text).err()].into_iter().flatten() {
                    assert_error_is_silent(&error, &other);
                }
                let set = JwkSet::from_json(&format!(r#"{{"keys":[{text}]}}"#)).unwrap();
                assert_debug_is_silent(&set, &other);
                for skipped in set.verifying_keys().skipped() {
                    assert_silent(&format!("{skipped} {skipped:?}"), &other);
                }
            }
        }
    }
    for text in [CANARY.to_owned(), format!("{{\"kty\":{CANARY}"), format!(r#"{{"kty":"EC"}}{CANARY}"#)] {
        assert_error_is_silent(&Jwk::from_json(&text).unwrap_err(), &[]);
        assert_error_is_silent(&PrivateJwk::from_json(&text).unwrap_err(), &[]);
        assert_error_is_silent(&JwkSet::from_json(&text).unwrap_err(), &[]);
        assert_error_is_silent(&Jwk::from_pem(&text).unwrap_err(), &[]);
        assert_error_is_silent(&PrivateJwk::from_der(text.as_bytes()).unwrap_err(), &[]);
    }
    for label in ["PUBLIC KEY", "PRIVATE KEY", "CERTIFICATE", CANARY] {
        let pem = format!("-----BEGIN {label}-----\n{CANARY}\n-----END {label}-----\n");
        assert_error_is_silent(&Jwk::from_pem(&pem).unwrap_err(), &[]);
        assert_error_is_silent(&PrivateJwk::from_pem(&pem).unwrap_err(), &[]);
    }
    assert_error_is_silent(&Secret::from_bytes(CANARY).unwrap_err(), &[]);
    assert_error_is_silent(&Secret::from_bytes(format!("-----BEGIN {CANARY}{CANARY}")).unwrap_err(), &[]);
    assert_error_is_silent(&Secret::from_hex(CANARY).unwrap_err(), &[]);
    assert_error_is_silent(&Secret::from_base64url(&format!("{canary}=")).unwrap_err(), &[]);
}

#[test]
fn builders() {
    let claims = json!({"note": CANARY, "exp": "never"});
    let token = Token::builder().issuer(CANARY).subject(CANARY).audience(CANARY).id(CANARY).claims(&claims);
    assert_debug_is_silent(&token, &[]);
    assert_error_is_silent(&token.sign(&signing()).unwrap_err(), &[]);
    let jws = JwsBuilder::new().header("x5c", CANARY);
    assert_error_is_silent(&jws.sign(CANARY.as_bytes(), &signing()).unwrap_err(), &[]);
}

#[test]
fn builders_of_any_payload() {
    assert_debug_is_silent(&JwsBuilder::new().header("x", CANARY), &[]);
}
