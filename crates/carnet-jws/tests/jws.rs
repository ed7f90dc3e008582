//! Payloads of any kind, the order of checks, and the limits at the limit and one beyond.
#![expect(clippy::unwrap_used, reason = "a test")]

use carnet_core::{Limits, ParseError, Part, base64url};
use carnet_jwa::Algorithm::{EdDSA, HS256, HS512};
use carnet_jwk::{KeySource, KeySourceError, LocalKeys, Secret, SigningKey, VerifyingKey, VerifyingKeys};
use carnet_jws::{JwsBuffer, JwsBuilder, JwsError, JwsVerifier, dangerous};

fn secret() -> Secret {
    Secret::from_bytes([7; 64]).unwrap()
}

fn signing() -> SigningKey {
    SigningKey::from_secret(HS256, &secret()).unwrap()
}

fn verifying() -> VerifyingKey {
    VerifyingKey::from_secret(HS256, &secret()).unwrap()
}

/// A token with any header, correctly signed.
fn with_header(header: &str, payload: &[u8]) -> String {
    let input = format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(payload));
    let tag = signing().sign_message(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url::encode(&tag))
}

#[test]
fn payloads_of_any_kind() {
    let verifier = JwsVerifier::new(verifying());
    for payload in [&b""[..], b"\0\xff", b"{}", b"not json"] {
        let token = JwsBuilder::new().sign(payload, &signing()).unwrap();
        let verified = verifier.verify(&token).unwrap();
        assert_eq!(verified.payload(), payload);
        assert_eq!(verified.header().as_json(), r#"{"alg":"HS256"}"#);
    }
}

#[test]
fn header_parameters() {
    let token = JwsBuilder::new().typ("x").content_type("text/plain").key_id("a\"b").header("n", &[1, 2]);
    let token = token.sign(b"", &signing()).unwrap();
    let verified = JwsVerifier::new(verifying()).verify(&token).unwrap();
    let header = verified.header();
    assert_eq!((header.typ(), header.content_type(), header.key_id()), (Some("x"), Some("text/plain"), Some("a\"b")));
    assert_eq!(header.parameter::<Vec<u8>>("n"), Ok(Some(vec![1, 2])));
    for reserved in ["alg", "kid", "typ", "cty", "crit", "b64", "enc", "zip"] {
        assert_eq!(JwsBuilder::new().header(reserved, &1).sign(b"", &signing()).unwrap_err().code(), "header_invalid");
    }
    assert!(JwsBuilder::new().header("n", &1).header("n", &1).sign(b"", &signing()).is_err());
    assert!(JwsBuilder::new().header("jwk", &serde_json::json!({"kty": "oct"})).sign(b"", &signing()).is_err());
    assert!(JwsBuilder::new().header("n", &"x".repeat(8192)).sign(b"", &signing()).is_err());
    assert!(JwsBuilder::new().key_id("x".repeat(1025)).sign(b"", &signing()).is_err());
    assert!(signing().with_key_id("x".repeat(1025)).is_err());
    assert!(signing().with_key_id("\0").is_err());
}

#[test]
fn a_key_with_its_header_ready_writes_what_the_builder_writes() {
    let key = SigningKey::generate(EdDSA).unwrap().with_key_id("k\u{e9}").unwrap().with_fully_specified_name();
    let token = JwsBuilder::new().typ("JWT").sign(b"", &key).unwrap();
    let decoded = dangerous::decode(&token, &Limits::default()).unwrap();
    assert_eq!(decoded.header().as_json(), r#"{"alg":"Ed25519","typ":"JWT","kid":"ké"}"#);
}

#[test]
fn limits_at_the_limit_and_one_beyond() {
    let verifier = JwsVerifier::new(verifying());
    let header = |octets: usize| {
        let start = r#"{"alg":"HS256","x":""#;
        format!("{start}{}\"}}", "x".repeat(octets.saturating_sub(start.len()).saturating_sub(2)))
    };
    assert!(verifier.verify(&with_header(&header(8192), b"")).is_ok());
    for over in [8193, 8194, 8195, 8196, 20_000] {
        let error = verifier.verify(&with_header(&header(over), b"")).unwrap_err();
        assert_eq!(error, JwsError::Parse(ParseError::TooLarge { part: Part::Header, limit: 8192 }), "{over}");
    }

    let token = with_header(r#"{"alg":"HS256"}"#, b"payload");
    let mut limits = Limits::default();
    limits.token_octets = token.len();
    assert!(JwsVerifier::new(verifying()).limits(limits).verify(&token).is_ok());
    limits.token_octets = limits.token_octets.saturating_sub(1);
    assert_eq!(JwsVerifier::new(verifying()).limits(limits).verify(&token).unwrap_err().code(), "too_large");
}

#[test]
fn a_buffer_gives_nothing_out_after_a_failure() {
    let verifier = JwsVerifier::new(verifying());
    let token = with_header(r#"{"alg":"HS256"}"#, b"payload");
    let mut buffer = JwsBuffer::new();
    assert!(buffer.verified().is_none());
    assert_eq!(verifier.verify_in(&mut buffer, &token).unwrap().payload(), b"payload");
    assert!(buffer.verified().is_some());
    for bad in ["", "a.b.c", &token[..token.len().saturating_sub(2)], &format!("{token}A")] {
        assert!(verifier.verify_in(&mut buffer, bad).is_err());
        assert!(
            buffer.verified().is_none() && buffer.verified_payload().is_none() && buffer.verified_and_room().is_none()
        );
    }
}

#[test]
fn form_then_algorithm_then_key_then_signature() {
    let other = VerifyingKey::from_secret(HS512, &secret()).unwrap().with_key_id("a");
    let keys: VerifyingKeys = [verifying().with_key_id("b"), other].into_iter().collect();
    let verifier = JwsVerifier::new(keys);
    let code =
        |header: &str| verifier.verify(&format!("{}..AAAA", base64url::encode(header.as_bytes()))).unwrap_err().code();
    assert_eq!(code(r#"{"alg":"none","crit":[],"kid":"z"}"#), "malformed");
    assert_eq!(code(r#"{"alg":"none","crit":["x"],"x":1,"kid":"z"}"#), "algorithm_not_allowed");
    assert_eq!(code(r#"{"alg":"HS256","crit":["x"],"x":1,"kid":"z"}"#), "unsupported_critical");
    assert_eq!(code(r#"{"alg":"HS256","kid":"z"}"#), "unknown_key");
    assert_eq!(code(r#"{"alg":"HS256","kid":"a"}"#), "algorithm_not_allowed");
    assert_eq!(code(r#"{"alg":"HS256","kid":"b"}"#), "invalid_signature");
}

#[test]
fn keys_that_cannot_be_had_say_nothing_about_the_token() {
    struct Down;
    impl KeySource for Down {
        type Snapshot<'a> = &'a VerifyingKeys;
        fn snapshot(&self) -> Result<&VerifyingKeys, KeySourceError> {
            Err(KeySourceError::new("the issuer is down"))
        }
    }
    impl LocalKeys for Down {}
    let error = JwsVerifier::new(Down).verify(&with_header(r#"{"alg":"HS256"}"#, b"")).unwrap_err();
    assert_eq!(error.code(), "key_source_unavailable");
    assert_eq!(error.to_string(), "the keys are not available: the issuer is down");
}

#[test]
fn which_key_verified() {
    let secret = |octet: u8| Secret::from_bytes([octet; 32]).unwrap();
    let key = |octet| VerifyingKey::from_secret(HS256, &secret(octet)).unwrap();
    let sign = |octet| JwsBuilder::new().sign(b"x", &SigningKey::from_secret(HS256, &secret(octet)).unwrap()).unwrap();
    let keys = [key(1).with_key_id("one"), key(2).with_key_id(""), key(3)];
    let verifier = JwsVerifier::new(keys.into_iter().collect::<VerifyingKeys>());
    let mut buffer = JwsBuffer::new();
    for (octet, expected) in [(1, Some("one")), (2, Some("")), (3, None)] {
        let verified = verifier.verify(&sign(octet)).unwrap();
        assert_eq!((verified.algorithm(), verified.key_id()), (HS256, expected));
        assert_eq!((verified.payload(), verified.header().key_id()), (&b"x"[..], None), "the token names none");
        let verified = verifier.verify_in(&mut buffer, &sign(octet)).unwrap();
        assert_eq!((verified.algorithm(), verified.key_id(), verified.payload()), (HS256, expected, &b"x"[..]));
        assert_eq!(buffer.verified().unwrap().key_id(), expected);
    }
}

#[test]
fn an_unencoded_payload_that_was_not_asked_for_is_an_extension_in_every_serialization() {
    let unencoded = JwsBuilder::new().unencoded_payload();
    let verifier = JwsVerifier::new(verifying());
    for payload in ["!", "YWJj", ""] {
        let compact = unencoded.sign(payload.as_bytes(), &signing()).unwrap();
        let json = unencoded.sign_json(payload.as_bytes(), &signing()).unwrap();
        let codes = [verifier.verify(&compact).unwrap_err().code(), verifier.verify_json(&json).unwrap_err().code()];
        assert_eq!(codes, ["unsupported_critical"; 2], "{payload:?}");
        let asked = verifier.clone().unencoded_payload();
        assert_eq!(asked.verify(&compact).unwrap().payload(), payload.as_bytes());
        assert_eq!(asked.verify_json(&json).unwrap().payload(), payload.as_bytes());
    }
}
