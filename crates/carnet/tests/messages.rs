//! What every error says, word for word, with its code.
#![cfg(test)]

use carnet::dangerous::DecodeError;
use carnet::jws::{JwsBuilder, JwsVerifier, SignError};
use carnet::prelude::*;
use carnet::{
    KeyError, KeySource, KeySourceError, Limits, LocalKeys, PolicyError, PrivateJwkSet, TokenError, base64url,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Display;
use std::time::Duration;
use testkit::vectors;

const NOW: i64 = 1_750_000_000;

fn secret() -> Secret {
    Secret::from_bytes([7; 64]).unwrap()
}

fn verifying() -> VerifyingKey {
    VerifyingKey::from_secret(HS256, &secret()).unwrap()
}

fn signing() -> SigningKey {
    SigningKey::from_secret(HS256, &secret()).unwrap()
}

fn signed(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    let input = format!("{}.{}", base64url::encode(header.as_ref()), base64url::encode(payload.as_ref()));
    let mut mac = Vec::new();
    signing().sign_message(input.as_bytes(), &mut mac).unwrap();
    format!("{input}.{}", base64url::encode(&mac))
}

fn line(code: &str, message: impl Display) -> String {
    format!("{code}: {message}")
}

fn snapshot(lines: Vec<String>) -> String {
    lines.join("\n")
}

/// Whoever prints the chain of causes must find each cause's words in it once.
fn assert_sources(error: &(dyn Error + 'static)) {
    let mut cause = error.source();
    while let Some(source) = cause {
        assert!(error.to_string().contains(&source.to_string()), "{error} / {source}");
        cause = source.source();
    }
}

fn verify(builder: impl FnOnce(VerifierBuilderOfKeys) -> VerifierBuilderOfKeys, token: &str) -> String {
    let start = Verifier::builder(verifying()).any_issuer().any_audience().expiry_optional().at(NOW);
    let error = builder(start).build().unwrap().verify::<Value>(token).unwrap_err();
    assert_sources(&error);
    line(error.code(), &error)
}

type VerifierBuilderOfKeys =
    carnet::VerifierBuilder<VerifyingKeys, carnet::policy::Decided, carnet::policy::Decided, carnet::policy::Untyped>;

#[test]
fn tokens_that_are_none() {
    let refused = |token: &str| verify(|builder| builder, token);
    let header = |header: &str| refused(&signed(header, "{}"));
    let payload = |payload: &[u8]| refused(&signed(r#"{"alg":"HS256"}"#, payload));
    let lines = vec![
        refused(&"x".repeat(65_537)),
        refused(""),
        refused("e30.e30.e30.e30.e30"),
        refused("!.e30.e30"),
        refused("e30.e3=.e30"),
        refused("e30.e30.Q"),
        header(&format!(r#"{{"alg":"HS256","x":"{}"}}"#, "x".repeat(9000))),
        header("[]"),
        header("{"),
        header("{}x"),
        header("{}"),
        header(r#"{"alg":"HS256","alg":"none"}"#),
        header(r#"{"alg":"\ud800"}"#),
        header(r#"{"alg":"\u0000"}"#),
        header(r#"{"alg":"HS256","x":1e400}"#),
        header(&format!(r#"{{"alg":"HS256","x":{}1{}}}"#, "[".repeat(64), "]".repeat(64))),
        refused(&signed(b"\xff", "{}")),
        header(r#"{"alg":1}"#),
        header(r#"{"alg":"HS256","crit":[]}"#),
        header(r#"{"alg":"HS256","b64":false}"#),
        header(&format!(r#"{{"alg":"HS256","kid":"{}"}}"#, "k".repeat(1025))),
        header(r#"{"alg":"HS256","jwk":{"kty":"oct"}}"#),
        payload(b"[]"),
        payload(b"\xff"),
        payload(br#"{"a":1,"a":2}"#),
    ];
    insta::assert_snapshot!(snapshot(lines), @r##"
    too_large: the token is longer than the limit of 65536 octets
    malformed: the token is not three base64url segments joined by two dots (a JWS in compact form)
    encrypted_token: the token has five segments: it is encrypted (a JWE), and a verifier of signed tokens does not decrypt
    malformed: the header is not base64url without padding (RFC 4648 section 5): only A-Z a-z 0-9 - _ in their one canonical form
    malformed: the payload is not base64url without padding (RFC 4648 section 5): only A-Z a-z 0-9 - _ in their one canonical form
    malformed: the signature is not base64url without padding (RFC 4648 section 5): only A-Z a-z 0-9 - _ in their one canonical form
    too_large: the header is longer than the limit of 8192 octets
    malformed: the header is not a JOSE header: not a JSON object
    malformed: the header is not a JOSE header: not JSON at octet 1
    malformed: the header is not a JOSE header: something follows the JSON object at octet 2
    malformed: the header is not a JOSE header: "alg" is missing
    malformed: the header is not a JOSE header: the member "alg" occurs twice
    malformed: the header is not a JOSE header: half of a surrogate pair at octet 8
    malformed: the header is not a JOSE header: a NUL character at octet 8
    malformed: the header is not a JOSE header: a number out of range at octet 19
    malformed: the header is not a JOSE header: JSON nested deeper than 64 levels
    malformed: the header is not a JOSE header: not UTF-8
    malformed: the header is not a JOSE header: "alg" has the wrong JSON type
    malformed: the header is not a JOSE header: "crit" is not a non-empty list of distinct extension names that are present in the header (RFC 7515 section 4.1.11)
    malformed: the header is not a JOSE header: "b64" is false and "crit" does not list it (RFC 7797 section 6)
    malformed: the header is not a JOSE header: "kid" is longer than the limit of 1024 octets
    malformed: the header is not a JOSE header: "jwk" holds a private or symmetric key, which nobody may send
    malformed: the payload is not a set of claims: not a JSON object
    malformed: the payload is not a set of claims: not UTF-8
    malformed: the payload is not a set of claims: the member "a" occurs twice
    "##);
}

/// A source as it is while its keys are not to be had, or have not arrived yet.
struct Source(Result<VerifyingKeys, KeySourceError>);

impl KeySource for Source {
    type Snapshot<'a> = &'a VerifyingKeys;

    fn snapshot(&self) -> Result<&VerifyingKeys, KeySourceError> {
        self.0.as_ref().map_err(Clone::clone)
    }
}

impl LocalKeys for Source {}

#[test]
fn tokens_that_are_not_verified() {
    let named = |token: &str| {
        let verifier =
            Verifier::builder(verifying().with_key_id("2026-11")).any_issuer().any_audience().build().unwrap();
        let error = verifier.verify::<Value>(token).unwrap_err();
        line(error.code(), &error)
    };
    let source = |keys: Result<VerifyingKeys, KeySourceError>| {
        let verifier = Verifier::builder(Source(keys)).any_issuer().any_audience().build().unwrap();
        let error = verifier.verify::<Value>(&signed(r#"{"alg":"HS256"}"#, "{}")).unwrap_err();
        assert_sources(&error);
        line(error.code(), &error)
    };
    let lines = vec![
        named(&signed(r#"{"alg":"none"}"#, "{}")),
        named(&signed(r#"{"alg":"RS256"}"#, "{}")),
        named(&signed(r#"{"alg":"HS256","x":1,"crit":["x"]}"#, "{}")),
        named(&signed(r#"{"alg":"HS256","kid":"2026-\"12\"\n"}"#, "{}")),
        named("eyJhbGciOiJIUzI1NiJ9.e30.AAAA"),
        source(Ok(VerifyingKeys::default())),
        source(Err(KeySourceError::new("the file keys.json is being written"))),
    ];
    insta::assert_snapshot!(snapshot(lines), @r##"
    algorithm_not_allowed: the token's algorithm "none" is not allowed here, or no key for it is configured
    algorithm_not_allowed: the token's algorithm "RS256" is not allowed here, or no key for it is configured
    unsupported_critical: the token demands the extension "x" ("crit"), which is not supported
    unknown_key: no key has the token's key ID "2026-\"12\"\n"
    invalid_signature: the signature is invalid
    unknown_key: there is no key to verify the token with
    key_source_unavailable: the keys are not available: the file keys.json is being written
    "##);
}

#[test]
fn jws_errors_say_the_same() {
    for token in ["", "e30.e30.e30.e30.e30", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA"] {
        let jws = JwsVerifier::new(verifying()).verify(token).unwrap_err();
        let jwt = Verifier::builder(verifying()).any_issuer().any_audience().build().unwrap();
        let jwt = jwt.verify::<Value>(token).unwrap_err();
        assert_eq!((jws.code(), jws.to_string()), (jwt.code(), jwt.to_string()));
        assert_sources(&jws);
    }
}

#[test]
fn genuine_tokens_that_are_rejected() {
    let token = |claims: Value| signed(r#"{"alg":"HS256","typ":"JWT"}"#, claims.to_string());
    let minute = Duration::from_secs(60);
    let lines = vec![
        verify(|builder| builder, &token(json!({"exp": NOW}))),
        verify(|builder| builder.leeway(minute), &token(json!({"nbf": NOW + 61}))),
        verify(|builder| builder.max_age(minute), &token(json!({"iat": NOW + 1}))),
        verify(|builder| builder.max_age(minute), &token(json!({"iat": NOW - 61}))),
        verify(|builder| builder.typ("at+jwt"), &token(json!({}))),
        verify(|builder| builder.subject("alice"), &token(json!({"sub": "mallory"}))),
        verify(|builder| builder.required_claims(["tenant"]), &token(json!({}))),
        verify(|builder| builder, &token(json!({"exp": "never"}))),
        verify(|builder| builder.typ("at+jwt").required_claims(["tenant"]), &token(json!({"exp": 1, "aud": 1}))),
        {
            let builder = Verifier::builder(verifying()).issuer("https://a.example").audience("api").at(NOW);
            let claims = json!({"exp": NOW + 1, "iss": "https://b.example", "aud": "web"});
            let error = builder.build().unwrap().verify::<Value>(&token(claims)).unwrap_err();
            line(error.code(), error)
        },
        fits::<Inner>(r#"{"address":{"street":1}}"#),
        fits::<Inner>(r#"{"address":{}}"#),
        fits::<Inner>("{}"),
        fits::<Vec<u8>>("{}"),
        {
            let builder = Verifier::builder(verifying()).any_issuer().any_audience().expiry_optional();
            let builder = builder.check(|_: &Value| Err(Rejection::claim("tenant")));
            let error = builder.build().unwrap().verify(&token(json!({"tenant": "other"}))).unwrap_err();
            assert_sources(&error);
            line(error.code(), error)
        },
    ];
    insta::assert_snapshot!(snapshot(lines), @r##"
    token_expired: the token expired at 1750000000 and it is 1750000000 (leeway 0 s)
    token_not_yet_valid: the token is not valid before 1750000061 and it is 1750000000 (leeway 60 s)
    issued_in_future: the token was issued at 1750000001, in the future: it is 1750000000 (leeway 0 s)
    token_too_old: the token was issued at 1749999939 and it is 1750000000: older than 60 s
    wrong_typ: the token's "typ" is not "at+jwt"
    subject_mismatch: the token's subject ("sub") is not the one required
    claim_missing: the claim "tenant" is missing
    claim_invalid: the claim "exp" is invalid: its JSON type or range is wrong
    token_expired: the token expired at 1 and it is 1750000000 (leeway 0 s); the claim "aud" is invalid: its JSON type or range is wrong; the claim "tenant" is missing; the token's "typ" is not "at+jwt"
    issuer_mismatch: the token's issuer ("iss") is not the one required; the token is for another audience ("aud")
    claim_invalid: the claim "address.street" is invalid: its JSON type or range is wrong
    claim_missing: the claim "address.street" is missing
    claim_missing: the claim "address" is missing
    claim_invalid: the claims do not fit the type they are read into
    check_failed: the claim "tenant" was refused by a check of the application
    "##);
}

#[derive(Debug, Deserialize)]
struct Inner {
    #[expect(dead_code, reason = "only read into")]
    address: Address,
}

#[derive(Debug, Deserialize)]
struct Address {
    #[expect(dead_code, reason = "only read into")]
    street: String,
}

fn fits<C: serde::de::DeserializeOwned>(claims: &str) -> String {
    let verifier = Verifier::builder(verifying()).any_issuer().any_audience().expiry_optional().build().unwrap();
    let error = verifier.verify::<C>(&signed(r#"{"alg":"HS256"}"#, claims)).map(drop).unwrap_err();
    line(error.code(), error)
}

#[test]
fn tokens_that_are_only_decoded() {
    let decode = |token: &str| {
        let error: DecodeError = carnet::dangerous::decode::<Inner>(token).unwrap_err();
        assert_sources(&error);
        line(error.code(), error)
    };
    let lines = vec![
        decode("e30.e30"),
        decode(&signed(r#"{"alg":"none"}"#, "null")),
        decode(&signed(r#"{"alg":"none"}"#, r#"{"address":{"street":["no"]}}"#)),
        line("", base64url::decode("QR").unwrap_err()),
        line("", verifying().verify_signature(b"", b"").unwrap_err()),
    ];
    insta::assert_snapshot!(snapshot(lines), @r##"
    malformed: the token is not three base64url segments joined by two dots (a JWS in compact form)
    malformed: the payload is not a set of claims: not a JSON object
    claim_invalid: the claim "address.street" does not fit the type it is read into
    : not base64url without padding (RFC 4648 section 5): only A-Z a-z 0-9 - _ in their one canonical form
    : the signature is invalid
    "##);
}

#[test]
fn policies() {
    let builder = || Verifier::builder(verifying());
    let error = |error: PolicyError| line(error.code(), error);
    let waived = || builder().any_issuer().any_audience();
    let lines = vec![
        error(builder().issuer("").any_audience().build().unwrap_err()),
        error(builder().any_issuer().audience("").build().unwrap_err()),
        error(waived().subject("").build().unwrap_err()),
        error(waived().typ("").build().unwrap_err()),
        error(waived().required_claims([""]).build().unwrap_err()),
        error(waived().leeway(Duration::from_secs(3601)).build().unwrap_err()),
        error(waived().algorithms([]).build().unwrap_err()),
        error(waived().algorithms([RS256]).build().unwrap_err()),
        error(Verifier::builder(VerifyingKeys::default()).any_issuer().any_audience().build().unwrap_err()),
    ];
    insta::assert_snapshot!(snapshot(lines), @r##"
    invalid_policy: the issuer given to the verifier is empty; name one, or waive the check by name
    invalid_policy: the audience given to the verifier is empty; name one, or waive the check by name
    invalid_policy: the subject given to the verifier is empty; name one, or waive the check by name
    invalid_policy: the typ given to the verifier is empty; name one, or waive the check by name
    invalid_policy: the required claim given to the verifier is empty; name one, or waive the check by name
    invalid_policy: the leeway is above 3600 s; leeway is for clocks that differ, not for longer lives
    invalid_policy: the list of allowed algorithms is empty
    invalid_policy: no key is bound to an allowed algorithm; .algorithms() narrows and never rebinds a key
    invalid_policy: there is no key to verify with; see what VerifyingKeys::skipped says about the set
    "##);
}

/// What serde_json cannot write.
#[derive(Serialize)]
struct Unwritable(std::collections::BTreeMap<(u8, u8), u8>);

#[test]
fn tokens_that_cannot_be_made() {
    let unwritable = Unwritable([((1, 2), 3)].into());
    let error = |error: TokenError| {
        assert_sources(&error);
        line(error.code(), error)
    };
    let builder = || Token::builder().never_expires();
    let token = |builder: carnet::TokenBuilder<'_>| error(builder.sign(&signing()).unwrap_err());
    let jws = |builder: JwsBuilder<'_>| {
        let error: SignError = builder.sign(b"", &signing()).unwrap_err();
        line(error.code(), error)
    };
    let lines = vec![
        token(Token::builder()),
        token(Token::builder().expires_at(1).claims(&json!({"exp": 2}))),
        token(builder().claims("text")),
        token(builder().claims(&unwritable)),
        token(builder().claims(&json!({"aud": 1}))),
        token(Token::builder().expires_at(i64::MAX)),
        token(builder().header("alg", "none")),
        jws(JwsBuilder::new().header("crit", &["x"])),
        jws(JwsBuilder::new().header("x", &1).header("x", &2)),
        jws(JwsBuilder::new().header("x", &unwritable)),
        jws(JwsBuilder::new().header("x5c", &1)),
        jws(JwsBuilder::new().header("x", &"x".repeat(9000))),
    ];
    insta::assert_snapshot!(snapshot(lines), @r##"
    no_expiry: the token has no expiry: set one with expires_in or expires_at, or say never_expires
    claim_set_twice: the claim "exp" is set by the builder and in the claims; set it in one place
    not_claims: the claims must be written as a JSON object with distinct names: a struct or a map
    not_claims: the claims must be written as a JSON object with distinct names: a struct or a map
    claim_invalid: the claim "aud" has the wrong JSON type, or is a time outside the years 1 to 9999
    claim_invalid: the claim "exp" has the wrong JSON type, or is a time outside the years 1 to 9999
    header_invalid: the header parameter "alg" is not a parameter to be set like this
    header_invalid: the header parameter "crit" is not a parameter to be set like this
    header_invalid: the header parameter "x" is set twice
    header_invalid: the header parameter "x" has a value that cannot be written as JSON
    header_invalid: the header would be refused: "x5c" has the wrong JSON type
    too_large: the header is longer than the limit of 8192 octets
    "##);
}

#[test]
fn algorithms() {
    let named = |name: &str| {
        let error = name.parse::<Algorithm>().unwrap_err();
        line(error.code(), error)
    };
    let names = ["none", "ES512", "ES256K", "Ed448", "ML-DSA-44", "RSA-OAEP", "dir", "A256GCM", "hs256", "", "x\n"];
    insta::assert_snapshot!(snapshot(names.map(named).into()), @r##"
    unsupported_algorithm: the algorithm none is not supported: it leaves tokens unsigned, and carnet neither makes nor accepts those
    unsupported_algorithm: the algorithm ES512 is not supported: ring has no P-521
    unsupported_algorithm: the algorithm ES256K is not supported: ring has no secp256k1
    unsupported_algorithm: the algorithm Ed448 is not supported: no backend has it
    unsupported_algorithm: the algorithm ML-DSA-44 is not supported: ring has no ML-DSA
    unsupported_algorithm: the algorithm RSA-OAEP is not supported: it encrypts and does not sign
    unsupported_algorithm: the algorithm dir is not supported: it encrypts and does not sign
    unsupported_algorithm: the algorithm A256GCM is not supported: it encrypts and does not sign
    unknown_algorithm: "hs256" is not a registered algorithm; names are compared octet for octet, such as HS256, RS256, ES256 or EdDSA
    unknown_algorithm: "" is not a registered algorithm; names are compared octet for octet, such as HS256, RS256, ES256 or EdDSA
    unknown_algorithm: "x\n" is not a registered algorithm; names are compared octet for octet, such as HS256, RS256, ES256 or EdDSA
    "##);
}

fn key_error(error: &KeyError) -> String {
    assert_sources(error);
    line(error.code(), error)
}

fn known(name: &str) -> Value {
    vectors::load("attacks/attack_tokens.json")["keys"][name].clone()
}

#[test]
fn jwks() {
    let public = |jwk: &str| key_error(&Jwk::from_json(jwk).unwrap_err());
    let private = |jwk: &Value| key_error(&PrivateJwk::from_json(&jwk.to_string()).unwrap_err());
    let with = |name: &str, member: &str, value: Value| {
        let mut jwk = known(name);
        jwk[member] = value;
        jwk
    };
    let without = |name: &str, members: &[&str]| {
        let mut jwk = known(name);
        jwk.as_object_mut().unwrap().retain(|member, _| !members.contains(&member.as_str()));
        jwk
    };
    let ec = || without("ec", &["d"]);
    let altered = |member: &str, value: Value| {
        let mut jwk = ec();
        jwk[member] = value;
        public(&jwk.to_string())
    };
    let rsa = |n: &[u8], e: &[u8]| {
        public(&json!({"kty": "RSA", "n": base64url::encode(n), "e": base64url::encode(e)}).to_string())
    };
    let odd = |octets: usize| [&[0x80], &vec![1; octets - 1][..]].concat();
    let lines = vec![
        public("{"),
        public(&" ".repeat(65_537)),
        public("{}"),
        public(r#"{"keys":[]}"#),
        public(r#"{"kty":1}"#),
        public(r#"{"kty":"MAGIC"}"#),
        public(r#"{"kty":"oct"}"#),
        public(r#"{"kty":"EC","crv":"P-521"}"#),
        public(r#"{"kty":"EC","crv":"secp256k1"}"#),
        public(r#"{"kty":"OKP","crv":"Ed448"}"#),
        public(r#"{"kty":"OKP","crv":"X25519"}"#),
        public(r#"{"kty":"OKP","crv":"P-256"}"#),
        public(&known("ec").to_string()),
        altered("x", json!("AA==")),
        altered("x", json!("AA")),
        altered("y", known("ec")["x"].clone()),
        altered("kid", json!("k".repeat(1025))),
        altered("key_ops", json!("verify")),
        altered("key_ops", json!(["verify", "verify"])),
        public(
            &json!({"kty": "EC", "use": "enc", "key_ops": ["verify"], "crv": "P-256", "x": ec()["x"], "y": ec()["y"]})
                .to_string(),
        ),
        altered("alg", json!("ES384")),
        public(r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#),
        public(r#"{"kty":"OKP","crv":"Ed25519","x":"AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#),
        public(r#"{"kty":"OKP","crv":"Ed25519","x":"7v_______________________________________38"}"#),
        public(r#"{"kty":"OKP","crv":"Ed25519","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#),
        rsa(&[], &[3]),
        rsa(&[0, 1], &[3]),
        rsa(&odd(128), &[3]),
        rsa(&[&odd(255)[..], &[2]].concat(), &[3]),
        rsa(&odd(256), &[2]),
        rsa(&odd(256), &[1]),
        private(&without("ec", &["d"])),
        private(&with("ec", "d", json!("AA"))),
        private(&with("ec", "d", json!(base64url::encode(&[1; 32])))),
        private(&with("ed", "d", json!("AA"))),
        private(&with("ed", "d", json!(base64url::encode(&[1; 32])))),
        private(&with("rsa", "oth", json!([]))),
        private(&without("rsa", &["p", "q", "dp", "dq", "qi"])),
        private(&without("rsa", &["qi"])),
        private(&with("rsa", "d", json!("AQ"))),
        private(&with("rsa", "d", json!("AAE"))),
        private(&with("rsa", "d", json!(""))),
        private(&with("rsa", "d", json!(base64url::encode(&[1; 300])))),
        private(&json!({"kty": "oct", "k": ""})),
        private(&json!({"kty": "oct", "k": base64url::encode(br#"{"kty":"oct"}"#)})),
        private(&json!({"kty": "oct", "k": "AAAA", "alg": "ES256"})),
    ];
    insta::assert_snapshot!(snapshot(lines), @r##"
    invalid_key: the key is not strict JSON: not JSON at octet 1
    too_large: longer than the limit of 65536 octets
    invalid_key: the key has no member "kty"
    invalid_key: the key's member "keys" makes this a JWK Set: read it with JwkSet::from_json
    invalid_key: the key's member "kty" is not a string
    unsupported_key: keys of the kind "MAGIC" cannot be used here: the supported values of "kty" are RSA, EC, OKP and oct
    unsupported_key: keys of the kind "oct" cannot be used here: it is a shared secret and has no public half; read it with PrivateJwk::from_json
    unsupported_key: keys of the kind "P-521" cannot be used here: ring has no P-521; use P-256 or P-384
    unsupported_key: keys of the kind "secp256k1" cannot be used here: ring has no secp256k1; use P-256 or P-384
    unsupported_key: keys of the kind "Ed448" cannot be used here: no backend has it; use Ed25519
    unsupported_key: keys of the kind "X25519" cannot be used here: it agrees on keys and does not sign; use Ed25519
    unsupported_key: keys of the kind "P-256" cannot be used here: the supported curves are P-256, P-384 and Ed25519
    invalid_key: the key's member "d" makes this a private or symmetric key: read it with PrivateJwk::from_json, and publish only its public half
    invalid_key: the key's member "x" is not base64url without padding
    invalid_key: the key's member "x" does not have the length of a coordinate of its curve
    invalid_key: the key's member "x" and "y" are not the coordinates of a point on the curve
    invalid_key: the key's member "kid" is longer than 1024 octets
    invalid_key: the key's member "key_ops" is not an array of strings
    invalid_key: the key's member "key_ops" names an operation twice
    invalid_key: the key's member "key_ops" contradicts "use"
    key_mismatch: ES384 cannot be used with an EC key on P-256
    invalid_key: the key's member "x" does not have the 32 octets of an Ed25519 public key
    invalid_key: the key's member "x" is not a point on Ed25519
    invalid_key: the key's member "x" is not the canonical form of its point
    invalid_key: the key's member "x" is a point of small order, under which anybody can sign
    invalid_key: the key's member "n" is empty
    invalid_key: the key's member "n" has leading zero octets
    weak_key: the RSA modulus has 1024 bits, and 2048 to 8192 are allowed
    invalid_key: the key's member "n" is even
    invalid_key: the key's member "e" is even
    invalid_key: the key's member "e" is not at least 3 and below 2^33
    invalid_key: the key has no member "d"
    invalid_key: the key's member "d" does not have the length of its curve
    invalid_key: the key's member "d" does not belong to the public half
    invalid_key: the key's member "d" does not have the 32 octets of an Ed25519 seed
    invalid_key: the key's member "d" does not belong to the public half
    invalid_key: the key's member "oth" makes this an RSA key of more than two primes, which is not supported
    unsupported_key: keys of the kind "RSA" cannot be used here: a private RSA key needs the members p, q, dp, dq and qi; export the key with them
    invalid_key: the key has no member "qi"
    invalid_key: the key's member "d" does not fit the other numbers of the key
    invalid_key: the key's member "d" has leading zero octets
    invalid_key: the key's member "d" is empty
    invalid_key: the key's member "d" is larger than the modulus
    invalid_key: the key's member "k" is empty
    weak_key: the octets given as a shared secret look like a JWK; load that as a key for its own algorithm, never as an HMAC secret
    key_mismatch: ES256 cannot be used with a shared secret
    "##);
}

#[test]
fn keys_in_use() {
    let jwk = |name: &str, member: &str, value: Value| {
        let mut jwk = known(name);
        jwk[member] = value;
        PrivateJwk::from_json(&jwk.to_string()).unwrap()
    };
    let verifies =
        |algorithm, jwk: &PrivateJwk| key_error(&VerifyingKey::from_private_jwk_as(algorithm, jwk).unwrap_err());
    let public = |jwk: &PrivateJwk| key_error(&VerifyingKey::from_jwk(&jwk.public_jwk().unwrap()).unwrap_err());
    let signs = |jwk: &PrivateJwk| key_error(&SigningKey::from_jwk(jwk).unwrap_err());
    let set = |text: &str| key_error(&JwkSet::from_json(text).unwrap_err());
    let many = format!(r#"{{"keys":[{}1]}}"#, "1,".repeat(256));
    let lines = vec![
        public(&jwk("ec", "use", json!("enc"))),
        public(&jwk("ec", "key_ops", json!(["deriveKey"]))),
        public(&jwk("ec", "alg", json!("ECDH-ES"))),
        signs(&jwk("ec", "use", json!("enc"))),
        signs(&jwk("hs", "kid", json!("1"))),
        verifies(ES384, &jwk("ec", "kid", json!("1"))),
        verifies(RS256, &jwk("rsa", "alg", json!("PS256"))),
        verifies(HS256, &jwk("kw128", "kid", json!("1"))),
        key_error(&VerifyingKey::from_secret(HS512, &Secret::from_bytes([7; 63]).unwrap()).unwrap_err()),
        key_error(&VerifyingKey::from_secret(ES256, &secret()).unwrap_err()),
        key_error(&PrivateJwk::generate(RS256).unwrap_err()),
        set("[]"),
        set("{}"),
        set(r#"{"keys":{}}"#),
        set(&many),
        set(&" ".repeat(16 * 1024 * 1024 + 1)),
        JwkSet::from_json(r#"{"keys":[{"kty":"oct","kid":"1","k":"AAAA"}]}"#).unwrap().verifying_keys().skipped()[0]
            .to_string(),
        JwkSet::from_json(r#"{"keys":[1]}"#).unwrap().skipped()[0].to_string(),
        PrivateJwkSet::from_json(
            &json!({"keys": [jwk("ec", "kid", json!("2")).public_jwk().map(|jwk| jwk.to_json()), {"kty": "EC"}]})
                .to_string(),
        )
        .unwrap()
        .skipped()[1]
            .to_string(),
    ];
    insta::assert_snapshot!(snapshot(lines), @r##"
    key_not_for_this: the key's "use" does not allow verifying signatures
    key_not_for_this: the key's "key_ops" does not allow verifying signatures
    unsupported_algorithm: the algorithm ECDH-ES is not supported: it encrypts and does not sign
    key_not_for_this: the key's "use" does not allow signing
    invalid_key: the key has no member "alg"
    key_mismatch: ES384 cannot be used with an EC key on P-256
    key_not_for_this: the key's "alg" does not allow the algorithm asked for
    weak_key: the shared secret has 16 octets, and this algorithm needs at least 32
    weak_key: the shared secret has 63 octets, and at least 64 are needed; make one with: openssl rand -base64 64
    key_mismatch: ES256 cannot be used with a shared secret
    unsupported_key: keys of the kind "RSA" cannot be used here: ring cannot generate RSA keys; this will come with the feature aws-lc-rs. Until then: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072
    invalid_key: the key is not strict JSON: not a JSON object
    invalid_key: the key has no member "keys"
    invalid_key: the key's member "keys" is not an array
    invalid_key: the key's member "keys" has more entries than the limit; raise Limits::keys_per_set, 10 000 at most
    too_large: longer than the limit of 16777216 octets
    entry 0 (kid "1"): a shared secret in a set verifies only where symmetric keys are asked for by name (KeyRules::symmetric)
    entry 0: the key is not strict JSON: not a JSON object
    entry 1: the key has no member "crv"
    "##);
}

#[test]
fn secrets() {
    let error = |secret: Result<Secret, KeyError>| key_error(&secret.unwrap_err());
    let files = vectors::load("attacks/mac_key_forms.json");
    let form = |id: &str| {
        let case = files["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap();
        error(Secret::from_base64url(case["secret_b64u"].as_str().unwrap()))
    };
    let lines = vec![
        error(Secret::from_bytes([7; 31])),
        error(Secret::from_hex("0g")),
        error(Secret::from_base64url("QQ==")),
        error(Secret::from_env("CARNET_TEST_UNSET")),
        // Set wherever Cargo runs a test.
        error(Secret::from_env("CARGO_PKG_VERSION")),
        error(Secret::from_env_hex("CARGO_PKG_NAME")),
        error(Secret::from_env_base64url("CARGO_MANIFEST_DIR")),
        form("rsa-spki-pem-as-is"),
        form("rsa-spki-der-as-is"),
        form("rsa-pkcs1-der-as-is"),
        form("rsa-openssh-line-as-is"),
        form("rsa-jwk-json-as-is"),
        form("ec-spki-der-as-is"),
        form("ed-spki-der-as-is"),
    ];
    insta::assert_snapshot!(snapshot(lines), @r##"
    weak_key: the shared secret has 31 octets, and at least 32 are needed; make one with: openssl rand -base64 32
    invalid_key: the secret is not pairs of hexadecimal digits
    invalid_key: the secret is not base64url without padding
    secret_unavailable: the environment variable CARNET_TEST_UNSET is not set; set it to a secret of at least 32 octets
    weak_key: the secret in the environment variable CARGO_PKG_VERSION has 5 octets, and at least 32 are needed; make one with: openssl rand -base64 32
    secret_unavailable: the environment variable CARGO_PKG_NAME does not hold pairs of hexadecimal digits
    secret_unavailable: the environment variable CARGO_MANIFEST_DIR does not hold base64url without padding
    weak_key: the octets given as a shared secret look like a PEM file; load that as a key for its own algorithm, never as an HMAC secret
    weak_key: the octets given as a shared secret look like an RSA key in DER; load that as a key for its own algorithm, never as an HMAC secret
    weak_key: the octets given as a shared secret look like an RSA key in DER; load that as a key for its own algorithm, never as an HMAC secret
    weak_key: the octets given as a shared secret look like an OpenSSH key; load that as a key for its own algorithm, never as an HMAC secret
    weak_key: the octets given as a shared secret look like a JWK; load that as a key for its own algorithm, never as an HMAC secret
    weak_key: the octets given as a shared secret look like an EC key in DER; load that as a key for its own algorithm, never as an HMAC secret
    weak_key: the octets given as a shared secret look like an Ed25519 key in DER; load that as a key for its own algorithm, never as an HMAC secret
    "##);
}

#[test]
fn key_files() {
    let files = vectors::load("key-files/key_files.json");
    let file = |path: &str| {
        let files = files["files"].as_array().unwrap();
        files.iter().find(|file| file["path"] == path).unwrap()["text"].as_str().unwrap().to_owned()
    };
    let public = |pem: &str| key_error(&Jwk::from_pem(pem).unwrap_err());
    let private = |pem: &str| key_error(&PrivateJwk::from_pem(pem).unwrap_err());
    let good = file("test/ec256-public.pem");
    let lines = vec![
        public(""),
        public(&" ".repeat(65_537)),
        public(&format!("{good}{good}")),
        public(&good.replace("END", "end")),
        public(&good.replace("MFkw", "!!!!")),
        public(&good.replace("MFkw", "MFkx")),
        public(&good.replace("PUBLIC KEY", "CERTIFICATE REQUEST")),
        public(&file("test/pub.pem")),
        public(&file("test/ec256-private.pem")),
        private(&good),
        public(&file("test/dsa-public.pem")),
        public(&file("test/ecdsa-public.pem")),
        public(&file("test/ec512-public.pem")),
        public(&file("tests/keys/ec-secp256k1-public.pem")),
        private(&file("test/rsa-pss-private.pem")),
        private(&file("tests/keys/okp-ed448-private.pem")),
        private(&file("test/privateSecure.pem")),
        private("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"),
        private("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"),
        private("-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n"),
        key_error(&Jwk::from_der(b"no DER").unwrap_err()),
        key_error(&PrivateJwk::from_der(b"no DER").unwrap_err()),
        key_error(&Jwk::from_der(&[0; 65_537]).unwrap_err()),
    ];
    insta::assert_snapshot!(snapshot(lines), @r##"
    invalid_key: there is no PEM block: it begins with -----BEGIN PUBLIC KEY----- or -----BEGIN PRIVATE KEY-----
    too_large: longer than the limit of 65536 octets
    invalid_key: there are several PEM blocks with keys; keep one to a file
    invalid_key: the PEM block is broken: its base64, line ends or label are not as RFC 7468 has them
    invalid_key: the PEM block is broken: its base64, line ends or label are not as RFC 7468 has them
    invalid_key: the DER is broken, encrypted, or holds no key that is read here: SPKI, PKCS#8, PKCS#1 or SEC1
    invalid_key: the PEM block is no PUBLIC KEY, RSA PUBLIC KEY, PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY
    invalid_key: this is a certificate; take its public key with: openssl x509 -in FILE -pubkey -noout
    invalid_key: this is a private key and a public one is needed; write its public half with: openssl pkey -in FILE -pubout
    invalid_key: this is a public key and a private one is needed to sign
    unsupported_key: keys of the kind "1.2.840.10040.4.1" cannot be used here: no supported algorithm uses this kind of key
    unsupported_key: keys of the kind "EC with explicit parameters" cannot be used here: only named curves are read: they cannot be altered
    unsupported_key: keys of the kind "P-521" cannot be used here: ring has no P-521; use P-256 or P-384
    unsupported_key: keys of the kind "secp256k1" cannot be used here: ring has no secp256k1; use P-256 or P-384
    unsupported_key: keys of the kind "RSASSA-PSS" cannot be used here: its parameters are not read; make it an ordinary RSA key, which PS256 takes as well
    unsupported_key: keys of the kind "Ed448" cannot be used here: no backend has it; use Ed25519
    invalid_key: the private key is encrypted; decrypt it with: openssl pkey -in FILE -out KEY.pem
    invalid_key: the private key is encrypted; decrypt it with: openssl pkey -in FILE -out KEY.pem
    invalid_key: this is an OpenSSH key; rewrite it with: ssh-keygen -p -m PKCS8 -f FILE
    invalid_key: DSA keys are not supported: no JOSE algorithm uses them
    invalid_key: the DER is broken, encrypted, or holds no key that is read here: SPKI, PKCS#8, PKCS#1 or SEC1
    invalid_key: the DER is broken, encrypted, or holds no key that is read here: SPKI, PKCS#8, PKCS#1 or SEC1
    too_large: longer than the limit of 65536 octets
    "##);
}

#[test]
fn limits_are_named() {
    let mut limits = Limits::default();
    (limits.token_octets, limits.keys_per_set) = (10, 1);
    let verifier = Verifier::builder(verifying()).any_issuer().any_audience().limits(limits).build().unwrap();
    let token = verifier.verify::<Value>("eyJhbGciOiJIUzI1NiJ9.e30.AAAA").unwrap_err();
    let set = JwkSet::from_json_with(r#"{"keys":[1,2]}"#, &limits).unwrap_err();
    insta::assert_snapshot!(snapshot(vec![line(token.code(), token), key_error(&set)]), @r##"
    too_large: the token is longer than the limit of 10 octets
    invalid_key: the key's member "keys" has more entries than the limit; raise Limits::keys_per_set, 10 000 at most
    "##);
}
