//! What the manual says of other libraries stands in the right rows, and what it says of this one is so.
#![cfg(test)]

#[expect(dead_code, reason = "other tests use all of it")]
#[path = "support/forge.rs"]
mod forge;

use carnet::TokenError;
use carnet::policy::{Decided, Untyped};
use carnet::prelude::*;
use carnet::{VerifierBuilder, VerifyError};
use forge::{forge, hmac, outcome};
use std::time::Duration;

const NOW: i64 = 1_800_000_000;
const MANUAL: &str = include_str!("../src/manual/errors.md");

/// The cell of jsonwebtoken (1) or jose (2) in the row of a code.
fn cell(code: &str, library: usize) -> &'static str {
    let row = MANUAL.lines().find(|line| line.starts_with(&format!("| `{code}` |"))).unwrap();
    row.split(" |").nth(library).unwrap()
}

/// As jsonwebtoken 9.0 and jose 6.2 were seen to answer.
#[test]
fn messages_are_in_their_rows() {
    for (code, message) in [
        ("malformed", "jwt must be provided"),
        ("malformed", "jwt must be a string"),
        ("malformed", "jwt malformed"),
        ("invalid_signature", "invalid signature"),
        ("invalid_signature", "jwt signature is required"),
        ("algorithm_not_allowed", "jwt signature is required"),
        ("issuer_mismatch", "jwt issuer invalid. expected: …"),
        ("audience_mismatch", "jwt audience invalid. expected: …"),
        ("subject_mismatch", "jwt subject invalid. expected: …"),
        ("claim_mismatch", "jwt jwtid invalid. expected: …"),
        ("claim_mismatch", "jwt nonce invalid. expected: …"),
        ("key_mismatch", "secretOrPublicKey must be a symmetric key when using HS256"),
        ("key_mismatch", "secretOrPublicKey must be an asymmetric key when using RS256"),
        ("invalid_key", "`Error`: secretOrPrivateKey must have a value"),
        ("secret_unavailable", "`Error`: secretOrPrivateKey must have a value"),
        ("weak_key", "`Error`: secretOrPrivateKey has a minimum key size of 2048 bits"),
    ] {
        assert!(cell(code, 1).contains(message), "{code}: {message}");
    }
    for (code, name) in [("weak_key", "`TypeError`"), ("key_mismatch", "`TypeError`"), ("not_claims", "`TypeError`")] {
        assert!(cell(code, 2).contains(name), "{code}: {name}");
    }
}

type Builder = VerifierBuilder<VerifyingKeys, Decided, Decided, Untyped>;

fn builder() -> Builder {
    Verifier::builder(hmac(HS256).1).any_issuer().any_audience().at(NOW)
}

fn judge(builder: Builder, header: &str, claims: &str) -> &'static str {
    outcome(&builder.build().unwrap(), &forge(header, claims, &hmac(HS256).0))
}

#[test]
fn what_behaves_differently() {
    const HEADER: &str = r#"{"alg":"HS256"}"#;
    let claims = |more: &str| format!(r#"{{"exp":1800000900{more}}}"#);
    assert_eq!(judge(builder(), HEADER, &claims("")), "accepted");

    assert_eq!(judge(builder(), HEADER, "{}"), "claim_missing");
    assert_eq!(judge(builder().expiry_optional(), HEADER, "{}"), "accepted");
    assert_eq!(judge(builder().expiry_optional(), HEADER, r#"{"exp":1}"#), "token_expired");

    assert_eq!(judge(builder(), r#"{"alg":"HS256","crit":["x"],"x":1}"#, &claims("")), "unsupported_critical");
    assert_eq!(judge(builder(), r#"{"alg":"HS256","crit":["b64"],"b64":false}"#, &claims("")), "unsupported_critical");

    let future = claims(r#","iat":1800000060"#);
    assert_eq!(judge(builder(), HEADER, &future), "accepted");
    assert_eq!(judge(builder().max_age(Duration::from_secs(900)), HEADER, &future), "issued_in_future");
    assert_eq!(judge(builder().reject_future_issued_at(), HEADER, &future), "issued_in_future");

    for wrong in [r#","iss":1"#, r#","sub":1"#, r#","aud":1"#, r#","iat":"x""#] {
        assert_eq!(judge(builder(), HEADER, &claims(wrong)), "claim_invalid");
    }
    assert_eq!(judge(builder(), HEADER, &claims(r#","a":1,"a":2"#)), "malformed");

    let verifier = builder().build().unwrap();
    let token = forge(HEADER, claims(""), &hmac(HS256).0);
    for around in [format!("{token}="), format!("{token}\n"), String::new()] {
        assert_eq!(outcome(&verifier, &around), "malformed");
    }
    let unsigned = token.rsplit_once('.').unwrap().0.to_owned() + ".";
    assert_eq!(outcome(&verifier, &unsigned), "invalid_signature");
}

#[test]
fn several_faults_of_one_token() {
    let verifier = Verifier::builder(hmac(HS256).1).issuer("a").any_audience().at(NOW).build().unwrap();
    let refused = |claims| verifier.verify::<serde_json::Value>(&forge(r#"{"alg":"HS256"}"#, claims, &hmac(HS256).0));
    let is_expired_only = |error: &VerifyError| matches!(error.rejections(), [Rejection::Expired { .. }]);
    let both = refused(r#"{"iss":"b","exp":1}"#).unwrap_err();
    assert_eq!((both.code(), both.rejections().len(), is_expired_only(&both)), ("token_expired", 2, false));
    assert!(is_expired_only(&refused(r#"{"iss":"a","exp":1}"#).unwrap_err()));
}

#[test]
fn subjects_with_a_colon() {
    let sign = |subject| Token::builder().subject(subject).expires_at(1_800_000_900).at(NOW).sign(&hmac(HS256).0);
    assert_eq!(sign("17:bob").as_ref().map_err(TokenError::code), Err("claim_not_uri"));
    assert!(sign("user:17").is_ok());
    for subject in ["17:bob", "user:17"] {
        let claims = format!(r#"{{"exp":1800000900,"sub":"{subject}"}}"#);
        assert_eq!(judge(builder().subject(subject), r#"{"alg":"HS256"}"#, &claims), "accepted");
    }
}
