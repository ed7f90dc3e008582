//! What is said of a token, check by check.
#![cfg(test)]

#[expect(dead_code, reason = "other tests use all of it")]
#[path = "support/forge.rs"]
mod forge;

use carnet::policy::{Decided, Untyped};
use carnet::prelude::*;
use carnet::{Explanation, Outcome, VerifierBuilder};
use forge::{forge, hmac};
use serde_json::{Value, json};
use std::time::Duration;

const NOW: i64 = 1_750_000_000;

type Builder = VerifierBuilder<VerifyingKeys, Decided, Decided, Untyped>;

fn builder() -> Builder {
    Verifier::builder(hmac(HS256).1)
        .issuer("https://auth.example.com/")
        .audience("api")
        .at(NOW)
        .max_age(Duration::from_secs(600))
        .claim_one_of("role", ["user", "admin"])
        .forbidden_claims(["nonce"])
        .scope("read")
}

fn good() -> Value {
    json!({
        "iss": "https://auth.example.com/", "aud": ["api"], "exp": NOW + 90, "iat": NOW - 90, "role": "user", "scope": "read write",
        "secret": "a value of the token"
    })
}

fn explain(builder: Builder, header: &str, claims: &Value) -> Explanation {
    let verifier = builder.build().unwrap();
    let token = forge(header, claims.to_string(), &hmac(HS256).0);
    let explanation = verifier.explain(&token);
    // It says what verifying does.
    assert_eq!(explanation.code(), verifier.verify::<Value>(&token).err().map(|error| error.code()));
    assert_eq!(explanation.is_accepted(), explanation.checks().iter().all(|check| check.outcome() == Outcome::Passed));
    explanation
}

const HEADER: &str = r#"{"alg":"HS256"}"#;

#[test]
fn a_token_that_is_accepted() {
    insta::assert_snapshot!(explain(builder(), HEADER, &good()).to_string(), @r##"
    pass  form
    pass  alg  expected HS256
    pass  crit
    pass  key
    pass  signature
    pass  claims
    pass  exp  expected a time to come  is 1750000090  (in 1 min 30 s)
    pass  nbf  expected a time gone by, or absent
    pass  iat  expected at most 10 min ago  is 1749999910  (1 min 30 s ago)
    pass  iss  expected "https://auth.example.com/"  is "https://auth.example.com/"
    pass  aud  expected "api"  is ["api"]
    pass  nonce  expected to be absent
    pass  role  expected "user" or "admin"  is "user"
    pass  scope  expected "read"  is "read write"
    "##);
}

#[test]
fn a_genuine_token_that_is_rejected() {
    let mut claims = good();
    claims["exp"] = json!(NOW - 192);
    claims["nbf"] = json!(NOW + 7200);
    claims["iat"] = json!(NOW - 1000);
    claims["iss"] = json!("https://evil.example/\u{1b}[31m");
    claims["aud"] = json!("web");
    claims["nonce"] = json!(1);
    claims["role"] = json!("x".repeat(300));
    claims["scope"] = json!("write");
    claims["sub"] = json!(7);
    insta::assert_snapshot!(explain(builder(), HEADER, &claims).to_string(), @r##"
    pass  form
    pass  alg  expected HS256
    pass  crit
    pass  key
    pass  signature
    pass  claims
    FAIL  exp  expected a time to come  is 1749999808  (expired 3 min 12 s ago; a leeway of 193 s or more would have been enough)
    FAIL  nbf  expected a time gone by, or absent  is 1750007200  (valid in 2 h; no leeway would have helped (3600 s is the most))
    FAIL  iat  expected at most 10 min ago  is 1749999000  (issued 16 min 40 s ago, 6 min 40 s too long)
    FAIL  iss  expected "https://auth.example.com/"  is "https://evil.example/\u001b[31m"  (the token's issuer ("iss") is not the one required)
    FAIL  aud  expected "api"  is "web"  (the token is for another audience ("aud"))
    FAIL  nonce  expected to be absent  is 1  (the claim "nonce" must not be there)
    FAIL  role  expected "user" or "admin"  is "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…  (the claim "role" has another value than the one required)
    FAIL  scope  expected "read"  is "write"  (the token does not grant the scope "read")
    FAIL  sub  (the claim "sub" is invalid: a string is needed)
    "##);
}

#[test]
fn e13_nothing_of_a_token_shows_before_its_signature_holds() {
    let verifier = builder().build().unwrap();
    let genuine = forge(HEADER, good().to_string(), &hmac(HS256).0);
    let forged = format!("{}AAAA", &genuine[..genuine.len() - 4]);
    let other = SigningKey::from_secret(HS256, &Secret::from_bytes([9; 32]).unwrap()).unwrap();
    for (token, failed, code) in [
        (forged, "signature", "invalid_signature"),
        (forge(HEADER, good().to_string(), &other), "signature", "invalid_signature"),
        (forge(r#"{"alg":"HS384"}"#, good().to_string(), &hmac(HS384).0), "alg", "algorithm_not_allowed"),
        (forge(r#"{"alg":"none"}"#, good().to_string(), &other), "alg", "algorithm_not_allowed"),
        (
            forge(r#"{"alg":"HS256","x":1,"crit":["x"]}"#, good().to_string(), &hmac(HS256).0),
            "crit",
            "unsupported_critical",
        ),
        ("a.b".to_owned(), "form", "malformed"),
        (forge(HEADER, "[]", &hmac(HS256).0), "claims", "malformed"),
    ] {
        let explanation = verifier.explain(&token);
        assert_eq!(explanation.code(), Some(code));
        let checks = explanation.checks();
        let place = checks.iter().position(|check| check.outcome() == Outcome::Failed).unwrap();
        assert_eq!(checks[place].name(), failed);
        assert!(checks[..place].iter().all(|check| check.outcome() == Outcome::Passed));
        assert!(checks[place + 1..].iter().all(|check| check.outcome() == Outcome::NotReached));
        assert!(checks.iter().all(|check| check.actual().is_none()));
        for value in ["read write", "a value", "1750000090"] {
            assert!(!explanation.to_string().contains(value), "{value}");
        }
        assert!(checks.iter().any(|check| check.name() == "role"), "what was not reached is listed too");
    }
}

#[test]
fn checks_of_the_callers_own() {
    #[derive(serde::Deserialize)]
    struct Claims {
        tenant: String,
    }
    let key = hmac(HS256).0;
    let verifier = Verifier::builder(hmac(HS256).1)
        .any_issuer()
        .any_audience()
        .expiry_optional()
        .check(|claims: &Claims| if claims.tenant == "acme" { Ok(()) } else { Err(Rejection::claim("tenant")) })
        .check(|_: &Claims| Ok(()))
        .build()
        .unwrap();
    for (claims, code, outcomes) in [
        (
            json!({"tenant": "acme"}),
            None,
            vec![("type", Outcome::Passed), ("check", Outcome::Passed), ("check", Outcome::Passed)],
        ),
        (
            json!({"tenant": "x"}),
            Some("check_failed"),
            vec![("type", Outcome::Passed), ("check", Outcome::Failed), ("check", Outcome::Passed)],
        ),
        (json!({"tenant": 1}), Some("claim_invalid"), vec![("type", Outcome::Failed), ("check", Outcome::NotReached)]),
        (json!({}), Some("claim_missing"), vec![("type", Outcome::Failed), ("check", Outcome::NotReached)]),
    ] {
        let token = forge(HEADER, claims.to_string(), &key);
        let explanation = verifier.explain(&token);
        assert_eq!(explanation.code(), code, "{claims}");
        assert_eq!(verifier.verify(&token).err().map(|error| error.code()), code);
        let own = explanation.checks().iter().filter(|check| ["type", "check"].contains(&check.name()));
        assert_eq!(own.map(|check| (check.name(), check.outcome())).collect::<Vec<_>>(), outcomes, "{claims}");
    }
}

/// Each line says what became of its own rule, also where names meet.
#[test]
fn rules_of_one_name_are_told_apart() {
    let lines = |builder: Builder, header: &str, claims: &Value| -> Vec<String> {
        let explanation = explain(builder, header, claims);
        explanation.checks().iter().skip(8).map(ToString::to_string).collect()
    };
    let any = || Verifier::builder(hmac(HS256).1).any_issuer().any_audience().expiry_optional().at(NOW);
    let typed = r#"{"alg":"HS256","typ":"JWT"}"#;
    let both = || any().typ("JWT").claim("typ", "Bearer");
    assert_eq!(
        lines(both(), typed, &json!({"typ": "Bearer"})),
        [r#"pass  typ  expected "JWT"  is "JWT""#, r#"pass  typ  expected "Bearer"  is "Bearer""#]
    );
    let wrong = lines(both(), typed, &json!({"typ": "ID"}));
    assert_eq!(wrong[0], r#"pass  typ  expected "JWT"  is "JWT""#);
    assert!(wrong[1].starts_with(r#"FAIL  typ  expected "Bearer"  is "ID""#));
    let same = lines(any().same_claims("sub", "client_id"), HEADER, &json!({"sub": "a"}));
    assert!(
        same[0]
            .starts_with(r#"FAIL  sub  expected the same as "client_id"  is "a"  (the claim "client_id" is missing"#)
    );
    let two = lines(any().claim_one_of("a", [1, 2]).claim("a", 2), HEADER, &json!({"a": 1}));
    assert!(two[0].starts_with("pass") && two[1].starts_with("FAIL"));
    let life = lines(any().max_lifetime(Duration::from_secs(60)), HEADER, &json!({"exp": NOW + 5}));
    assert_eq!(life[0], "-     lifetime  expected at most 1 min from iat to exp");
    assert_eq!(life[1], r#"FAIL  iat  expected any value  (the claim "iat" is missing)"#);
    let required = lines(any().required_claims(["sub", "x"]), HEADER, &json!({"sub": "a"}));
    assert_eq!(required[0], r#"pass  sub  expected any value  is "a""#);
    assert!(required[1].starts_with("FAIL  x  expected any value"));
    let ids = lines(any().id("y").claim("jti", "x"), HEADER, &json!({"jti": "y"}));
    assert_eq!(ids[0], r#"pass  jti  expected "y"  is "y""#);
    assert!(ids[1].starts_with(r#"FAIL  jti  expected "x"  is "y""#));
    let other_id = lines(any().id("y"), HEADER, &json!({"jti": "x"}));
    assert!(other_id[0].starts_with(r#"FAIL  jti  expected "y"  is "x""#));
    let there = lines(any().required_claims(["jti"]).claim("jti", "x"), HEADER, &json!({"jti": "y"}));
    assert_eq!(there[0], r#"pass  jti  expected any value  is "y""#);
    for (builder, name) in [
        (any().same_claims("x", "nbf"), "nbf"),
        (any().claim("exp", 1), "exp"),
        (any().reject_future_issued_at().same_claims("x", "iat"), "iat"),
    ] {
        let explanation = explain(builder, HEADER, &json!({"x": 1}));
        let own: Vec<_> = explanation.checks().iter().filter(|check| check.name() == name).collect();
        assert_eq!(own[0].outcome(), Outcome::Passed, "{name}");
    }
    let scopes = || any().scope("b");
    assert_eq!(lines(scopes(), HEADER, &json!({"scp": ["b"]})), [r#"pass  scope  expected "b"  is ["b"]"#]);
    assert_eq!(lines(scopes(), HEADER, &json!({"scope": null, "scp": "b"})), [r#"pass  scope  expected "b"  is "b""#]);
    let odd_typ = lines(any().typ("JWT"), "{\"alg\":\"HS256\",\"typ\":\"é\u{200b}\"}", &json!({}));
    assert!(odd_typ[0].starts_with("FAIL  typ  expected \"JWT\"  is \"é\\u200b\""), "{}", odd_typ[0]);
    let long = |last: &str| format!("{}{last}", "n".repeat(80));
    let long_names = any().claim(long("a"), 1).claim(long("b"), 1);
    let told = lines(long_names, HEADER, &json!({ long("a"): 1, long("b"): 2 }));
    assert!(told[0].starts_with("pass") && told[1].starts_with("FAIL"));
}

#[test]
fn what_nobody_sees_is_shown_as_an_escape() {
    let verifier =
        Verifier::builder(hmac(HS256).1).any_issuer().any_audience().expiry_optional().claim("a", "b").build().unwrap();
    let claims = "{\"a\":\"b\u{200b}\u{202e}\u{9b}31m\u{2800}\u{3164}\u{fe0f}\u{e0041}\u{1f600}é\",\n \"x\":1}";
    let explanation = verifier.explain(&forge(HEADER, claims, &hmac(HS256).0));
    let check = explanation.checks().iter().find(|check| check.name() == "a").unwrap();
    assert_eq!(check.actual(), Some(r#""b\u200b\u202e\u009b31m\u2800\u3164\ufe0f\udb40\udc41😀é""#));
}
