//! What the builder fills in, and what it refuses to write.
#![expect(clippy::unwrap_used, reason = "a test")]

use carnet_jwa::Algorithm::HS256;
use carnet_jwk::{Secret, SigningKey, VerifyingKey};
use carnet_jwt::{Token, TokenBuilder, TokenError, Verifier, dangerous};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

fn key() -> SigningKey {
    SigningKey::from_secret(HS256, &Secret::from_bytes([7; 32]).unwrap()).unwrap()
}

/// The header and the claims as they were written.
fn written(builder: &TokenBuilder<'_>) -> (String, String) {
    let token = builder.sign(&key()).unwrap();
    let decoded = dangerous::decode::<Value>(&token).unwrap();
    (decoded.header().as_json().to_owned(), decoded.claims_json().to_owned())
}

fn error(builder: TokenBuilder<'_>) -> TokenError {
    builder.sign(&key()).unwrap_err()
}

#[test]
fn claims_in_the_order_of_their_importance() {
    let builder = Token::builder()
        .id("i")
        .audience("a")
        .subject("s")
        .issuer("i\"")
        .not_before_in(Duration::from_secs(5))
        .expires_in(Duration::from_secs(60))
        .claims(&json!({"x": [1]}))
        .at(1000);
    let (header, claims) = written(&builder);
    assert_eq!(header, r#"{"alg":"HS256","typ":"JWT"}"#);
    assert_eq!(claims, r#"{"iss":"i\"","sub":"s","aud":"a","exp":1060,"nbf":1005,"iat":1000,"jti":"i","x":[1]}"#);
    assert_eq!(written(&builder).1, claims, "a builder is not used up");
}

#[test]
fn what_is_filled_in_and_what_is_not() {
    assert_eq!(written(&Token::builder().never_expires().at(5)).1, r#"{"iat":5}"#);
    assert_eq!(written(&Token::builder().never_expires().without_issued_at()).1, "{}");
    assert_eq!(written(&Token::builder().expires_at(9).issued_at(-3)).1, r#"{"exp":9,"iat":-3}"#);
    assert_eq!(
        written(&Token::builder().never_expires().audience("a").audience("b").at(5)).1,
        r#"{"aud":["a","b"],"iat":5}"#
    );
    let (header, _) = written(&Token::builder().never_expires().typ("at+jwt").key_id("k").header("n", "v"));
    assert_eq!(header, r#"{"alg":"HS256","typ":"at+jwt","kid":"k","n":"v"}"#);
    // Claims of the caller's count as said.
    assert_eq!(written(&Token::builder().claims(&json!({"exp": 9, "iat": 1.5}))).1, r#"{"exp":9,"iat":1.5}"#);
}

#[test]
fn random_ids_are_128_bits_and_differ() {
    let builder = Token::builder().never_expires().random_id();
    let id = |()| {
        dangerous::decode::<Value>(&builder.sign(&key()).unwrap()).unwrap().claims()["jti"].as_str().unwrap().to_owned()
    };
    let (one, other) = (id(()), id(()));
    assert_eq!(carnet_core::base64url::decode(&one).unwrap().len(), 16);
    assert_ne!(one, other);
}

#[test]
fn an_expiry_is_set_or_waived() {
    assert_eq!(error(Token::builder()), TokenError::NoExpiry);
    assert_eq!(error(Token::builder().claims(&json!({"exp": 9})).never_expires()).code(), "claim_set_twice");
}

#[test]
fn nothing_is_set_twice() {
    let set = || Token::builder().never_expires();
    for (builder, claim) in [
        (set().issuer("x"), "iss"),
        (set().subject("x"), "sub"),
        (set().audience("x"), "aud"),
        (Token::builder().expires_at(1), "exp"),
        (set().not_before_at(1), "nbf"),
        (set().issued_at(1), "iat"),
        (set().id("x"), "jti"),
    ] {
        let value = if ["exp", "nbf", "iat"].contains(&claim) { json!(1) } else { json!("x") };
        let error = error(builder.claims(&BTreeMap::from([(claim, value)])));
        assert_eq!(
            error.to_string(),
            format!("the claim \"{claim}\" is set by the builder and in the claims; set it in one place")
        );
    }
}

#[test]
fn names_that_only_begin_like_a_registered_one() {
    let claims = json!({"exp\n": "a", "\"iss": 1, "su": 2});
    let (_, written) = written(&Token::builder().issuer("i").expires_at(9).without_issued_at().claims(&claims));
    assert_eq!(written, r#"{"iss":"i","exp":9,"\"iss":1,"exp\n":"a","su":2}"#);
}

#[test]
fn a_registered_name_written_in_pieces_is_one() {
    struct Pieces;
    impl serde::Serialize for Pieces {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            struct Name;
            impl serde::Serialize for Name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(&format_args!("{}{}", "is", 's'))
                }
            }
            serializer.collect_map([(Name, "evil")])
        }
    }
    let error = error(Token::builder().issuer("good").never_expires().claims(&Pieces));
    assert_eq!(error.code(), "claim_set_twice");
}

#[test]
fn claims_must_be_what_a_verifier_takes() {
    let claims = |claims: Value| error(Token::builder().never_expires().claims(&claims));
    for no_object in [json!(null), json!([]), json!("x"), json!(1)] {
        assert_eq!(claims(no_object), TokenError::NotClaims);
    }
    assert_eq!(claims(json!({"sub": 1})), TokenError::ClaimInvalid { claim: "sub" });
    assert_eq!(claims(json!({"aud": [1]})), TokenError::ClaimInvalid { claim: "aud" });
    assert_eq!(claims(json!({"nbf": "1"})), TokenError::ClaimInvalid { claim: "nbf" });
    assert_eq!(claims(json!({"nbf": 1e300})), TokenError::ClaimInvalid { claim: "nbf" });
    assert_eq!(error(Token::builder().expires_in(Duration::MAX)), TokenError::ClaimInvalid { claim: "exp" });
    assert_eq!(error(Token::builder().expires_at(253_402_300_800)), TokenError::ClaimInvalid { claim: "exp" });
    #[derive(serde::Serialize)]
    struct Twice {
        a: u8,
        #[serde(rename = "a")]
        b: u8,
    }
    assert_eq!(error(Token::builder().never_expires().claims(&Twice { a: 1, b: 2 })), TokenError::NotClaims);
    assert_eq!(error(Token::builder().never_expires().claims(&BTreeMap::from([((1, 2), 3)]))), TokenError::NotClaims);
}

#[test]
fn what_has_a_colon_is_a_uri() {
    let builder = || Token::builder().never_expires();
    for good in [
        "",
        "user-1",
        "auth0|6123",
        "Jürgen, at home",
        "https://auth.example.com/",
        "api://my-service",
        "urn:example:a",
        "user:17",
        "did:web:example.com",
        "tel:+1-816-555-1212",
        "http://[::1]:8080/?q=1#f",
        "https://example.com/%C3%A9",
    ] {
        let claims = json!({"iss": good, "sub": good, "aud": [good, good]});
        for builder in [builder().issuer(good).subject(good).audience(good), builder().claims(&claims)] {
            assert!(builder.sign(&key()).is_ok(), "{good}");
        }
    }
    for bad in [
        ":",
        "17:user",
        "My App: the service",
        "a/b:c",
        "https://exämple.com/",
        "https://a b/",
        "urn:a%b",
        "http://[::1/",
        "a:b#c#d",
        "a:\u{7f}",
        "a:<b>",
    ] {
        for (claim, set) in [
            ("iss", builder().issuer(bad)),
            ("sub", builder().subject(bad)),
            ("aud", builder().audience(bad)),
            ("aud", builder().audience("a").audience(bad)),
            ("iss", builder().claims(&json!({"iss": bad}))),
            ("sub", builder().claims(&json!({"sub": bad}))),
            ("aud", builder().claims(&json!({"aud": bad}))),
            ("aud", builder().claims(&json!({"aud": ["a", "b", bad]}))),
        ] {
            assert_eq!(error(set), TokenError::NotStringOrUri { claim }, "{bad}");
        }
        // `jti` may be any string.
        assert!(builder().id(bad).sign(&key()).is_ok());
    }
}

#[test]
fn empty_claims_in_any_spelling() {
    let empty = serde_json::value::RawValue::from_string("{ \n }".to_owned()).unwrap();
    let token = Token::builder().issuer("i").never_expires().claims(&empty).sign(&key()).unwrap();
    let verifying = VerifyingKey::from_secret(HS256, &Secret::from_bytes([7; 32]).unwrap()).unwrap();
    let verifier = Verifier::builder(verifying).issuer("i").any_audience().expiry_optional().build().unwrap();
    assert!(verifier.verify::<Value>(&token).is_ok());
}
