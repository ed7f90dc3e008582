//! What RFC 7515 demands and no other test shows. Each test is named after its section; `test-vectors/requirements.toml` links them.
#![cfg(test)]

#[path = "support/forge.rs"]
mod forge;

use carnet::base64url;
use carnet::jws::{GeneralJwsBuilder, JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use forge::{forge, hmac, lenient, outcome};
use serde_json::{Value, json};

const CLAIMS: &str = r#"{"sub":"admin","exp":4102444800}"#;

fn header_of(token: &str) -> Value {
    serde_json::from_slice(&base64url::decode(token.split_once('.').unwrap().0).unwrap()).unwrap()
}

/// A StringOrURI with a colon must be a URI; the one that a JWS has is `alg`, and what can be written there is one of these.
#[test]
fn rfc7515_2_names_of_algorithms_have_no_colon() {
    for algorithm in Algorithm::ALL {
        assert!(algorithm.name().is_ascii() && !algorithm.name().contains(':'), "{algorithm}");
    }
    let (key, _) = hmac(HS256);
    let error = JwsBuilder::new().header("alg", "not a URI: HS256").sign(b"", &key).unwrap_err();
    assert_eq!(error.code(), "header_invalid");
    let token = forge(r#"{"alg":"not a URI: HS256"}"#, CLAIMS, &key);
    assert_eq!(outcome(&lenient(hmac(HS256).1), &token), "algorithm_not_allowed");
}

#[test]
fn rfc7515_4_1_4_kid_is_a_case_sensitive_string() {
    let (key, verifying) = hmac(HS256);
    let verifier = lenient(verifying.with_key_id("Key"));
    for (kid, expected) in [
        (r#""Key""#, "accepted"),
        (r#""key""#, "unknown_key"),
        (r#""KEY""#, "unknown_key"),
        ("1", "malformed"),
        (r#"["Key"]"#, "malformed"),
        ("null", "malformed"),
    ] {
        let token = forge(format!(r#"{{"alg":"HS256","kid":{kid}}}"#), CLAIMS, &key);
        assert_eq!(outcome(&verifier, &token), expected, "{kid}");
    }
    // Nothing but a string can be written.
    assert_eq!(JwsBuilder::new().header("kid", &1).sign(b"", &key).unwrap_err().code(), "header_invalid");
    assert_eq!(JwsBuilder::new().unprotected("kid", &1).sign_json(b"", &key).unwrap_err().code(), "header_invalid");
}

#[test]
fn rfc7515_4_1_9_typ_is_compared_without_application() {
    let (key, verifying) = hmac(HS256);
    let judge = |required: &str, typ: &str| {
        let builder = Verifier::builder(verifying.clone()).any_issuer().any_audience().typ(required);
        outcome(&builder.build().unwrap(), &forge(json!({"alg": "HS256", "typ": typ}).to_string(), CLAIMS, &key))
    };
    for (one, other) in
        [("example", "application/example"), ("example", "EXAMPLE"), ("secevent+jwt", "application/secevent+jwt")]
    {
        assert_eq!((judge(one, other), judge(other, one)), ("accepted", "accepted"), "{one} and {other}");
    }
    // Where another slash appears nothing is put before it, and so nothing may be left out.
    let (whole, cut) = (r#"application/example;part="1/2""#, r#"example;part="1/2""#);
    assert_eq!((judge(whole, whole), judge(cut, cut)), ("accepted", "accepted"));
    assert_eq!((judge(whole, cut), judge(cut, whole)), ("wrong_typ", "wrong_typ"));
    assert_eq!((judge("text/example", "example"), judge("example", "text/example")), ("wrong_typ", "wrong_typ"));
}

#[test]
fn rfc7515_4_1_9_typ_is_written_without_application() {
    let (key, _) = hmac(HS256);
    let builder = || Token::builder().never_expires();
    assert_eq!(header_of(&builder().sign(&key).unwrap())["typ"], "JWT");
    assert_eq!(header_of(&builder().typ("example").sign(&key).unwrap())["typ"], "example");
    assert_eq!(header_of(&JwsBuilder::new().typ("example").sign(b"", &key).unwrap())["typ"], "example");
}

#[test]
fn rfc7515_4_1_11_crit_is_written_with_its_names_and_never_empty() {
    let (key, verifying) = hmac(HS256);
    assert_eq!(header_of(&JwsBuilder::new().sign(b"", &key).unwrap()), json!({"alg": "HS256"}));
    assert_eq!(header_of(&Token::builder().never_expires().sign(&key).unwrap()).get("crit"), None);
    for builder in [JwsBuilder::new().critical("x", &1), JwsBuilder::new().critical("x", &1).critical("y", &json!({}))]
    {
        let token = builder.sign(b"", &key).unwrap();
        let header = header_of(&token);
        let names = header["crit"].as_array().unwrap();
        assert!(!names.is_empty() && names.iter().all(|name| header.get(name.as_str().unwrap()).is_some()));
        assert!(JwsVerifier::new(verifying.clone()).understands(["x", "y"]).verify(&token).is_ok());
        assert_eq!(
            JwsVerifier::new(verifying.clone()).understands(["y"]).verify(&token).unwrap_err().code(),
            "unsupported_critical"
        );
        // In JSON it is within the protected header, and nowhere else.
        let text: Value = serde_json::from_str(&builder.sign_json(b"", &key).unwrap()).unwrap();
        assert!(text.get("header").is_none());
        assert!(header_of(&format!("{}.", text["protected"].as_str().unwrap())).get("crit").is_some());
    }
    for written in [JwsBuilder::new().header("crit", &json!([])), JwsBuilder::new().unprotected("crit", &json!(["x"]))]
    {
        assert_eq!(written.sign_json(b"", &key).unwrap_err().code(), "header_invalid");
    }
}

/// Octet for octet once escapes are read: neither case nor canonical equivalence makes two strings one.
#[test]
fn rfc7515_5_3_strings_are_compared_unescaped_and_as_they_are() {
    let (key, verifying) = hmac(HS256);
    let verifier = lenient(verifying.with_key_id("caf\u{e9}"));
    for (kid, expected) in [
        ("caf\u{e9}", "accepted"),
        (r"caf\u00e9", "accepted"),
        (r"\u0063af\u00E9", "accepted"),
        ("cafe\u{301}", "unknown_key"), // the same in another normal form
        (r"cafe\u0301", "unknown_key"),
        ("CAF\u{c9}", "unknown_key"),
    ] {
        let token = forge(format!(r#"{{"alg":"HS256","k\u0069d":"{kid}"}}"#), CLAIMS, &key);
        assert_eq!(outcome(&verifier, &token), expected, "{kid}");
    }
    // Names as well: these three are three parameters.
    let token = forge("{\"alg\":\"HS256\",\"\u{e9}\":1,\"e\u{301}\":2,\"\u{c9}\":3}", CLAIMS, &key);
    assert_eq!(outcome(&lenient(hmac(HS256).1), &token), "accepted");
}

#[test]
fn rfc7515_6_the_key_is_named() {
    let key = SigningKey::generate(EdDSA).unwrap().with_thumbprint_key_id();
    let named = key.public_jwk().unwrap().thumbprint().to_string();
    assert_eq!(header_of(&JwsBuilder::new().sign(b"", &key).unwrap())["kid"], *named);
    assert_eq!(header_of(&Token::builder().never_expires().sign(&key).unwrap())["kid"], *named);
    let json: Value = serde_json::from_str(&JwsBuilder::new().sign_json(b"", &key).unwrap()).unwrap();
    assert_eq!(header_of(&format!("{}.", json["protected"].as_str().unwrap()))["kid"], *named);
    // And what is published has the name too.
    assert_eq!(key.public_jwk().unwrap().key_id(), Some(&*named));
}

#[test]
fn rfc7515_7_2_1_members_are_written_where_they_must_be() {
    let (key, _) = hmac(HS256);
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let protected_only = JwsBuilder::new();
    let both = JwsBuilder::new().unprotected("x", &1);
    let unprotected_only = JwsBuilder::new().unprotected_algorithm();
    for (builder, headers) in
        [(protected_only, &["protected"][..]), (both, &["header", "protected"]), (unprotected_only, &["header"])]
    {
        let flattened = value(&builder.sign_json(b"payload", &key).unwrap());
        let expected = |others: &[&str]| {
            let mut names: Vec<String> = [headers, others].concat().into_iter().map(str::to_owned).collect();
            names.sort();
            names
        };
        assert_eq!(names(&flattened), expected(&["payload", "signature"]));
        let general = value(&GeneralJwsBuilder::new(builder, &key).sign(b"payload").unwrap());
        assert_eq!(names(&general), ["payload", "signatures"]);
        let signatures = general["signatures"].as_array().unwrap();
        assert_eq!(names(&signatures[0]), expected(&["signature"]));
        assert_eq!(general["payload"], base64url::encode(b"payload"));
        for member in ["protected", "header", "signature"] {
            assert_eq!(signatures[0][member], flattened[member], "{member}");
        }
    }
}

/// RFC 7515 names the G clef.
#[test]
fn rfc7515_10_13_characters_beyond_the_basic_plane_are_kept() {
    let (key, verifying) = hmac(HS256);
    let clef = "\u{1d11e}";
    let verifier = lenient(verifying.clone().with_key_id(clef));
    for kid in [clef, r"\uD834\uDD1E", r"\ud834\udd1e"] {
        let token = forge(
            format!(r#"{{"alg":"HS256","kid":"{kid}","{kid}":"{kid}"}}"#),
            format!(r#"{{"{kid}":"{kid}"}}"#),
            &key,
        );
        let verified = verifier.verify::<Value>(&token).unwrap();
        assert_eq!(verified.header().key_id(), Some(clef));
        assert_eq!(verified.header().parameter::<String>(clef).unwrap().as_deref(), Some(clef));
        assert_eq!(verified.claims()[clef], clef);
    }
    for other in ["\u{1d11f}", "\u{d11e}", r"\ud11e"] {
        let token = forge(format!(r#"{{"alg":"HS256","kid":"{other}"}}"#), CLAIMS, &key);
        assert_eq!(outcome(&verifier, &token), "unknown_key", "{other}");
    }
    let written = JwsBuilder::new().header(clef, clef).sign(b"", &key).unwrap();
    let read = JwsVerifier::new(verifying).verify(&written).unwrap();
    assert_eq!(read.header().parameter::<String>(clef).unwrap().as_deref(), Some(clef));
}
