//! What every error about tokens, policies and algorithms says, word for word, with its code.
//!
//! Not to be had in a test: JSON of 4 GiB, and an operating system without random octets.
#![cfg(test)]

#[path = "support/lines.rs"]
mod lines;

use carnet::dangerous::DecodeError;
use carnet::jws::{JwsBuilder, JwsVerifier, SignError};
use carnet::prelude::*;
use carnet::{KeySource, KeySourceError, Limits, LocalKeys, PolicyError, TokenError, base64url};
use lines::{line, listing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

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
    let mac = signing().sign_message(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url::encode(&mac))
}

fn verify(builder: impl FnOnce(VerifierBuilderOfKeys) -> VerifierBuilderOfKeys, token: &str) -> String {
    let start = Verifier::builder(verifying()).any_issuer().any_audience().expiry_optional().at(NOW);
    let error = builder(start).build().unwrap().verify::<Value>(token).unwrap_err();
    line(error.code(), &error)
}

type VerifierBuilderOfKeys =
    carnet::VerifierBuilder<VerifyingKeys, carnet::policy::Decided, carnet::policy::Decided, carnet::policy::Untyped>;

/// `{"alg":"HS256"}`
const HS256_HEADER: &str = "eyJhbGciOiJIUzI1NiJ9";

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
        refused(&format!("{HS256_HEADER}.e3=.e30")),
        refused(&format!("{HS256_HEADER}.e30.Q")),
        refused(&format!("bearer {HS256_HEADER}.e30.AAAA")),
        refused(&format!("{HS256_HEADER}.e30.AAAA\r\n")),
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
    insta::assert_snapshot!(listing(lines), @r##"
    too_large: the token is longer than the limit of 65536 octets
    malformed: the token is not three base64url segments joined by two dots (a JWS in compact form)
    encrypted_token: the token has five segments: it is encrypted (a JWE), and a verifier of signed tokens does not decrypt
    malformed: the header is not base64url without padding (RFC 4648 section 5): only A-Z a-z 0-9 - _ in their one canonical form
    malformed: the payload is not base64url without padding (RFC 4648 section 5): only A-Z a-z 0-9 - _ in their one canonical form
    malformed: the signature is not base64url without padding (RFC 4648 section 5): only A-Z a-z 0-9 - _ in their one canonical form
    malformed: something stands around the token: give it without the scheme ("Bearer ") of the Authorization field, without spaces and line ends
    malformed: something stands around the token: give it without the scheme ("Bearer ") of the Authorization field, without spaces and line ends
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
    malformed: the header is not a JOSE header: "b64" is in the header and "crit" does not list it (RFC 7797 section 6)
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
    insta::assert_snapshot!(listing(lines), @r##"
    algorithm_not_allowed: the token's algorithm "none" is not allowed here, or no key for it is configured
    algorithm_not_allowed: the token's algorithm "RS256" is not allowed here, or no key for it is configured
    unsupported_critical: the token demands the extension "x" ("crit"), which is not supported; accept it with understands, if you do what it demands
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
            line(error.code(), &error)
        },
        fits::<Inner>(r#"{"address":{"street":1}}"#),
        fits::<Inner>(r#"{"address":{}}"#),
        fits::<Inner>("{}"),
        fits::<Vec<u8>>("{}"),
        {
            let builder = Verifier::builder(verifying()).any_issuer().any_audience().expiry_optional();
            let builder = builder.check(|_: &Value| Err(Rejection::claim("tenant")));
            let error = builder.build().unwrap().verify(&token(json!({"tenant": "other"}))).unwrap_err();
            line(error.code(), &error)
        },
    ];
    insta::assert_snapshot!(listing(lines), @r##"
    token_expired: the token expired at 1750000000 and it is 1750000000 (leeway 0 s)
    token_not_yet_valid: the token is not valid before 1750000061 and it is 1750000000 (leeway 60 s)
    issued_in_future: the token was issued at 1750000001, in the future: it is 1750000000 (leeway 0 s)
    token_too_old: the token was issued at 1749999939 and it is 1750000000: older than 60 s (leeway 0 s)
    wrong_typ: the token's "typ" is not "at+jwt"
    subject_mismatch: the token's subject ("sub") is not the one required
    claim_missing: the claim "tenant" is missing
    claim_invalid: the claim "exp" is invalid: a number is needed, the seconds since 1970-01-01T00:00:00Z, of the years 1 to 9999
    token_expired: the token expired at 1 and it is 1750000000 (leeway 0 s); the claim "aud" is invalid: a string or an array of strings is needed; the claim "tenant" is missing; the token's "typ" is not "at+jwt"
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
    line(error.code(), &error)
}

#[test]
fn tokens_that_are_only_decoded() {
    let decode = |token: &str| {
        let error: DecodeError = carnet::dangerous::decode::<Inner>(token).unwrap_err();
        line(error.code(), &error)
    };
    let lines = vec![
        decode("e30.e30"),
        decode(&signed(r#"{"alg":"none"}"#, "null")),
        decode(&signed(r#"{"alg":"none"}"#, r#"{"address":{"street":["no"]}}"#)),
        line("", &base64url::decode("QR").unwrap_err()),
        line("", &verifying().verify_signature(b"", b"").unwrap_err()),
    ];
    insta::assert_snapshot!(listing(lines), @r##"
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
    let error = |error: PolicyError| line(error.code(), &error);
    let waived = || builder().any_issuer().any_audience();
    let lines = vec![
        error(builder().issuer("").any_audience().build().unwrap_err()),
        error(builder().any_issuer().audience("").build().unwrap_err()),
        error(waived().subject("").build().unwrap_err()),
        error(waived().typ("").build().unwrap_err()),
        error(waived().required_claims([""]).build().unwrap_err()),
        error(waived().claim("role", Value::Null).build().unwrap_err()),
        error(waived().same_claims("sub", "sub").build().unwrap_err()),
        error(waived().claim("x", 1).forbidden_claims(["x"]).build().unwrap_err()),
        error(waived().scope("read write").build().unwrap_err()),
        error(waived().leeway(Duration::from_secs(3601)).build().unwrap_err()),
        error(waived().understands(["b64"]).build().unwrap_err()),
        error(waived().algorithms([]).build().unwrap_err()),
        error(waived().algorithms([RS256]).build().unwrap_err()),
        error(Verifier::builder(VerifyingKeys::default()).any_issuer().any_audience().build().unwrap_err()),
    ];
    insta::assert_snapshot!(listing(lines), @r##"
    invalid_policy: the issuer given to the verifier is empty; name one, or waive the check in the program with any_issuer
    invalid_policy: the audience given to the verifier is empty; name one, or waive the check in the program with any_audience
    invalid_policy: the subject given to the verifier is empty; name one, or leave the check out
    invalid_policy: the typ given to the verifier is empty; name one, or leave the check out
    invalid_policy: the required claim given to the verifier is empty; name one, or leave the check out
    invalid_policy: the claim "role" is to have one of no values, which no token can; name one that is not null, or leave the check out
    invalid_policy: the claim "sub" is compared with itself; name another claim
    invalid_policy: the claim "x" is needed by one check and forbidden by another, so no token can pass; leave one of them out
    invalid_policy: "read write" is more than one scope; give each by itself with scopes or one_of_scopes
    invalid_policy: the leeway is above 3600 s; leeway is for clocks that differ, not for longer lives
    invalid_policy: "b64" is no extension that a JSON Web Token can demand with "crit"; declare only names that JOSE itself does not define, and never b64 (RFC 7797 section 7)
    invalid_policy: the list of allowed algorithms is empty
    invalid_policy: no key is bound to an allowed algorithm; ES512, ES256K and ML-DSA are allowed only where .algorithms() names them, and .algorithms() never rebinds a key: bind it with VerifyingKey::from_jwk_as, or RSA keys of a set with KeyRules::rsa_without_alg
    invalid_policy: there is no key to verify with; see what VerifyingKeys::skipped says about the set
    "##);
}

/// What serde_json cannot write.
#[derive(Serialize)]
struct Unwritable(std::collections::BTreeMap<(u8, u8), u8>);

#[test]
fn tokens_that_cannot_be_made() {
    let unwritable = Unwritable([((1, 2), 3)].into());
    let error = |error: TokenError| line(error.code(), &error);
    let builder = || Token::builder().never_expires();
    let token = |builder: carnet::TokenBuilder<'_>| error(builder.sign(&signing()).unwrap_err());
    let jws = |builder: JwsBuilder<'_>| {
        let error: SignError = builder.sign(b"", &signing()).unwrap_err();
        line(error.code(), &error)
    };
    let lines = vec![
        token(Token::builder()),
        token(Token::builder().expires_at(1).claims(&json!({"exp": 2}))),
        token(builder().claims("text")),
        token(builder().claims(&unwritable)),
        token(builder().claims(&json!({"aud": 1}))),
        token(builder().subject("17: a name")),
        token(Token::builder().expires_at(i64::MAX)),
        token(builder().header("alg", "none")),
        jws(JwsBuilder::new().header("crit", &["x"])),
        jws(JwsBuilder::new().header("x", &1).header("x", &2)),
        jws(JwsBuilder::new().header("x", &unwritable)),
        jws(JwsBuilder::new().critical("kid", "1")),
        jws(JwsBuilder::new().unprotected("x", &1)),
        jws(JwsBuilder::new().header("x5c", &1)),
        jws(JwsBuilder::new().header("x", &"x".repeat(9000))),
    ];
    insta::assert_snapshot!(listing(lines), @r##"
    no_expiry: the token has no expiry: set one with expires_in or expires_at, or say never_expires
    claim_set_twice: the claim "exp" is set by the builder and in the claims; set it in one place
    not_claims: the claims must be written as a JSON object (a struct or a map) with distinct names, at most 64 levels deep and without U+0000
    not_claims: the claims must be written as a JSON object (a struct or a map) with distinct names, at most 64 levels deep and without U+0000
    claim_invalid: the claim "aud" has the wrong JSON type, holds U+0000, or is a time outside the years 1 to 9999
    claim_not_uri: the claim "sub" has a colon and is not a URI (RFC 7519 section 2): leave out the colon, or write a scheme before it and percent-encode what a URI may not hold
    claim_invalid: the claim "exp" has the wrong JSON type, holds U+0000, or is a time outside the years 1 to 9999
    header_invalid: the header parameter "alg" comes from the key (of a JWS in JSON serialization, unprotected_algorithm puts it into the unprotected header)
    header_invalid: the header parameter "crit" is written by critical
    header_invalid: the header parameter "x" is set twice
    header_invalid: the header parameter "x" has a value that cannot be written as JSON
    header_invalid: the header parameter "kid" is no extension, and "crit" may not list it like this
    header_invalid: a compact serialization has no unprotected header; make a JSON serialization with sign_json, or protect the parameter
    header_invalid: the header would be refused: "x5c" has the wrong JSON type
    too_large: the header is longer than the limit of 8192 octets
    "##);
}

#[test]
fn algorithms() {
    let named = |name: &str| {
        let error = name.parse::<Algorithm>().unwrap_err();
        line(error.code(), &error)
    };
    let names = ["none", "Ed448", "RSA-OAEP", "dir", "A256GCM", "hs256", "", "x\n"];
    insta::assert_snapshot!(listing(names.map(named)), @r##"
    unsupported_algorithm: the algorithm none is not supported: it leaves tokens unsigned, and carnet neither makes nor accepts those
    unsupported_algorithm: the algorithm Ed448 is not supported: no backend has it
    unsupported_algorithm: the algorithm RSA-OAEP is not supported: it encrypts and does not sign
    unsupported_algorithm: the algorithm dir is not supported: it encrypts and does not sign
    unsupported_algorithm: the algorithm A256GCM is not supported: it encrypts and does not sign
    unknown_algorithm: "hs256" is not a registered algorithm; names are compared octet for octet, such as HS256, RS256, ES256 or EdDSA
    unknown_algorithm: "" is not a registered algorithm; names are compared octet for octet, such as HS256, RS256, ES256 or EdDSA
    unknown_algorithm: "x\n" is not a registered algorithm; names are compared octet for octet, such as HS256, RS256, ES256 or EdDSA
    "##);
}

/// Algorithms that one backend has and the other does not: each build says which it is.
#[test]
fn algorithms_of_one_backend() {
    let names = ["ES512", "ES256K", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"];
    for name in names {
        let own = Algorithm::ALL.iter().find(|algorithm| algorithm.name() == name).unwrap();
        assert_eq!(own.is_available(), cfg!(feature = "aws-lc-rs"), "{name}");
        let said = name.parse::<Algorithm>().map_err(|error| line(error.code(), &error));
        let refused = format!(
            "unsupported_algorithm: the algorithm {name} is not supported: ring does not have it; turn on carnet's feature aws-lc-rs"
        );
        assert_eq!(said, if cfg!(feature = "aws-lc-rs") { Ok(*own) } else { Err(refused) });
    }
    let others = Algorithm::ALL.iter().filter(|algorithm| !names.contains(&algorithm.name()));
    assert!(others.clone().count() == 12 && others.clone().all(|algorithm| algorithm.is_available()));
}

#[test]
fn limits_are_named() {
    let mut limits = Limits::default();
    (limits.token_octets, limits.keys_per_set) = (10, 1);
    let verifier = Verifier::builder(verifying()).any_issuer().any_audience().limits(limits).build().unwrap();
    let token = verifier.verify::<Value>("eyJhbGciOiJIUzI1NiJ9.e30.AAAA").unwrap_err();
    let set = JwkSet::from_json_with(r#"{"keys":[1,2]}"#, &limits).unwrap_err();
    insta::assert_snapshot!(listing([line(token.code(), &token), line(set.code(), &set)]), @r##"
    too_large: the token is longer than the limit of 10 octets
    invalid_key: the key's member "keys" has more entries than the limit; raise Limits::keys_per_set, 10 000 at most
    "##);
}
