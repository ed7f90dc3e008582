//! What a policy can ask of the claims, one rule at a time.
#![cfg(test)]

#[expect(dead_code, reason = "other tests use all of it")]
#[path = "support/forge.rs"]
mod forge;

use carnet::policy::{Decided, Untyped};
use carnet::prelude::*;
use carnet::{Audience, DynLocalKeys, PolicyError, Scope, VerifierBuilder, VerifierConfig, VerifierSet};
use forge::{forge, hmac, outcome};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

const NOW: i64 = 1_750_000_000;

type Builder = VerifierBuilder<VerifyingKeys, Decided, Decided, Untyped>;

fn builder() -> Builder {
    Verifier::builder(hmac(HS256).1).any_issuer().any_audience().expiry_optional().at(NOW)
}

fn token(claims: &Value) -> String {
    forge(r#"{"alg":"HS256"}"#, claims.to_string(), &hmac(HS256).0)
}

/// What becomes of claims under a policy.
fn judge(builder: Builder, claims: &Value) -> &'static str {
    outcome(&builder.build().unwrap(), &token(claims))
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn one_of_several_issuers_and_audiences() {
    let build = || Verifier::builder(hmac(HS256).1).issuers(["a", "b"]).audiences(["x", "y"]).expiry_optional();
    for (iss, aud, expected) in [
        (json!("a"), json!("x"), "accepted"),
        (json!("b"), json!(["z", "y"]), "accepted"),
        (json!("c"), json!("x"), "issuer_mismatch"),
        (json!("a, b"), json!("x"), "issuer_mismatch"),
        (json!("a"), json!("xy"), "audience_mismatch"),
        (json!("a"), json!([]), "audience_mismatch"),
        (json!(["a"]), json!("x"), "claim_invalid"),
        (json!("a"), json!(null), "claim_invalid"),
    ] {
        assert_eq!(judge(build(), &json!({"iss": iss, "aud": aud})), expected, "{iss} {aud}");
    }
    assert_eq!(judge(build(), &json!({"iss": "a"})), "claim_missing");
    // None would mean any, and that is said by name.
    let none: [&str; 0] = [];
    let builder = || Verifier::builder(hmac(HS256).1);
    assert_eq!(builder().issuers(none).any_audience().build().unwrap_err(), PolicyError::Empty { what: "issuer" });
    assert_eq!(builder().any_issuer().audiences(none).build().unwrap_err(), PolicyError::Empty { what: "audience" });
    assert_eq!(builder().issuers(["a", ""]).any_audience().build().unwrap_err(), PolicyError::Empty { what: "issuer" });
}

#[test]
fn exact_values_of_any_claim() {
    for (name, value, other) in [
        ("s", json!("a"), json!("A")),
        ("s", json!("\u{e9}"), json!("e\u{301}")),
        ("n", json!(1), json!("1")),
        ("n", json!(1), json!(1.5)),
        ("n", json!(-0.5), json!(0.5)),
        ("b", json!(true), json!("true")),
        ("b", json!(false), json!(0)),
        ("a", json!([1, 2]), json!([2, 1])),
        ("o", json!({"x": [1], "y": null}), json!({"x": [1]})),
        ("", json!("unnamed"), json!("")),
    ] {
        let rule = || builder().claim(name, value.clone());
        if name.is_empty() {
            assert_eq!(rule().build().unwrap_err(), PolicyError::Empty { what: "claim" });
            continue;
        }
        assert_eq!(judge(rule(), &json!({ name: value })), "accepted", "{name} {value}");
        assert_eq!(judge(rule(), &json!({ name: other })), "claim_mismatch", "{name} {other}");
        assert_eq!(judge(rule(), &json!({})), "claim_missing");
        assert_eq!(judge(rule(), &json!({ name: null })), "claim_missing");
    }
    // Members of an object in another order are the same object; names and values with escapes are what they say.
    let rule = builder().claim("o", json!({"x": 1, "y": 2})).claim("role", "admin");
    let text = r#"{"o":{"y":2,"x":1},"\u0072ole":"\u0061dmin"}"#;
    assert_eq!(outcome(&rule.build().unwrap(), &forge(r#"{"alg":"HS256"}"#, text, &hmac(HS256).0)), "accepted");
}

#[test]
fn one_of_several_values_and_absent_only_if_said_so() {
    let rule = || builder().claim_one_of("role", ["user", "admin"]);
    let optional = || builder().optional_claim_one_of("role", ["user", "admin"]);
    for (claims, required, optionally) in [
        (json!({"role": "user"}), "accepted", "accepted"),
        (json!({"role": "admin"}), "accepted", "accepted"),
        (json!({"role": "root"}), "claim_mismatch", "claim_mismatch"),
        (json!({"role": ["user"]}), "claim_mismatch", "claim_mismatch"),
        (json!({"role": ""}), "claim_mismatch", "claim_mismatch"),
        (json!({"role": null}), "claim_missing", "accepted"),
        (json!({}), "claim_missing", "accepted"),
    ] {
        assert_eq!((judge(rule(), &claims), judge(optional(), &claims)), (required, optionally), "{claims}");
    }
    let none: [&str; 0] = [];
    assert_eq!(
        builder().claim_one_of("role", none).build().unwrap_err(),
        PolicyError::NoValue { claim: "role".into() }
    );
    // A claim that is required as well is missing once.
    let both = builder().claim("role", "user").required_claims(["role"]).build().unwrap();
    assert_eq!(both.verify::<Value>(&token(&json!({}))).unwrap_err().rejections().len(), 1);
}

#[test]
fn claims_that_must_not_be_there_or_must_agree() {
    let forbids = || builder().forbidden_claims(["nonce", "act"]);
    assert_eq!(judge(forbids(), &json!({"sub": "a"})), "accepted");
    for claims in [json!({"nonce": "n"}), json!({"act": {}}), json!({"nonce": null})] {
        assert_eq!(judge(forbids(), &claims), "claim_forbidden", "{claims}");
    }
    let same = || builder().same_claims("sub", "client_id");
    for (claims, expected) in [
        (json!({"sub": "a", "client_id": "a"}), "accepted"),
        (json!({"sub": "a", "client_id": "b"}), "claim_mismatch"),
        (json!({"sub": "a"}), "claim_missing"),
        (json!({"client_id": "a"}), "claim_missing"),
        (json!({}), "claim_missing"),
    ] {
        assert_eq!(judge(same(), &claims), expected, "{claims}");
    }
    let escaped = r#"{"sub":"a\/","client_id":"a/"}"#;
    assert_eq!(outcome(&same().build().unwrap(), &forge(r#"{"alg":"HS256"}"#, escaped, &hmac(HS256).0)), "accepted");
}

#[test]
fn names_of_one_token() {
    assert_eq!(judge(builder().id("1"), &json!({"jti": "1"})), "accepted");
    assert_eq!(judge(builder().id("1"), &json!({"jti": "2"})), "claim_mismatch");
    assert_eq!(judge(builder().id("1"), &json!({})), "claim_missing");
    assert_eq!(judge(builder().id("1"), &json!({"jti": 1})), "claim_invalid");
    assert_eq!(judge(builder().nonce("n"), &json!({"nonce": "n"})), "accepted");
    assert_eq!(judge(builder().nonce("n"), &json!({"nonce": "m"})), "claim_mismatch");
    assert_eq!(judge(builder().nonce("n"), &json!({})), "claim_missing");
    let types = || builder().types(["at+jwt", "JWT"]);
    let typed = |typ: &str| forge(format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#), "{}", &hmac(HS256).0);
    for (typ, expected) in
        [("at+jwt", "accepted"), ("application/AT+JWT", "accepted"), ("jwt", "accepted"), ("dpop+jwt", "wrong_typ")]
    {
        assert_eq!(outcome(&types().build().unwrap(), &typed(typ)), expected, "{typ}");
    }
    assert_eq!(judge(types(), &json!({})), "wrong_typ");
}

#[test]
fn a_leeway_for_each_time() {
    let late = json!({"exp": NOW - 29});
    let early = json!({"nbf": NOW + 30});
    let future = json!({"iat": NOW + 30});
    let each = || {
        builder()
            .expiry_leeway(seconds(30))
            .not_before_leeway(seconds(30))
            .issued_at_leeway(seconds(30))
            .reject_future_issued_at()
    };
    for claims in [&late, &early, &future] {
        assert_eq!(judge(each(), claims), "accepted", "{claims}");
        assert_eq!(judge(builder().leeway(seconds(30)).reject_future_issued_at(), claims), "accepted", "{claims}");
    }
    assert_eq!(judge(each().expiry_leeway(seconds(29)), &late), "token_expired");
    assert_eq!(judge(each().not_before_leeway(seconds(29)), &early), "token_not_yet_valid");
    assert_eq!(judge(each().issued_at_leeway(seconds(29)), &future), "issued_in_future");
    // The last word counts.
    assert_eq!(judge(builder().expiry_leeway(seconds(30)).leeway(seconds(0)), &late), "token_expired");
    for too_large in [
        builder().expiry_leeway(seconds(3601)),
        builder().not_before_leeway(seconds(3601)),
        builder().issued_at_leeway(seconds(3601)),
    ] {
        assert_eq!(too_large.build().unwrap_err(), PolicyError::LeewayTooLarge);
    }
}

#[test]
fn lifetimes_and_times_to_come() {
    let rule = || builder().max_lifetime(seconds(3600));
    for (iat, exp, expected) in [
        (json!(NOW), json!(NOW + 3600), "accepted"),
        (json!(NOW), json!(NOW + 3601), "lifetime_too_long"),
        (json!(NOW), json!(1_750_003_600.5), "lifetime_too_long"),
        (json!(1_749_999_999.5), json!(NOW + 3600), "lifetime_too_long"),
        (json!(NOW + 100), json!(NOW + 200), "accepted"),
        (json!(-62_135_596_800_i64), json!(253_402_300_799_i64), "lifetime_too_long"),
    ] {
        assert_eq!(judge(rule(), &json!({"iat": iat, "exp": exp})), expected, "{iat} {exp}");
    }
    // Both are needed, whatever else was waived.
    assert_eq!(judge(rule(), &json!({"exp": NOW + 10})), "claim_missing");
    assert_eq!(judge(rule(), &json!({"iat": NOW})), "claim_missing");
    let future = || builder().reject_future_issued_at();
    assert_eq!(judge(future(), &json!({"iat": NOW})), "accepted");
    assert_eq!(judge(future(), &json!({"iat": NOW + 1})), "issued_in_future");
    assert_eq!(judge(future(), &json!({})), "accepted");
    assert_eq!(judge(builder(), &json!({"iat": NOW + 1})), "accepted", "RFC 7519 does not forbid it");
}

#[test]
fn scopes() {
    let all = || builder().scopes(["read", "write"]);
    let one = || builder().one_of_scopes(["read", "admin"]);
    for (claims, every, any) in [
        (json!({"scope": "read write"}), "accepted", "accepted"),
        (json!({"scope": "write  x read"}), "accepted", "accepted"),
        (json!({"scope": "read"}), "insufficient_scope", "accepted"),
        (json!({"scope": "admin"}), "insufficient_scope", "accepted"),
        (json!({"scope": "reader write"}), "insufficient_scope", "insufficient_scope"),
        (json!({"scope": ""}), "insufficient_scope", "insufficient_scope"),
        (json!({"scp": ["read", "write"]}), "accepted", "accepted"),
        (json!({"scp": "read write"}), "accepted", "accepted"),
        (json!({"scp": ["read write"]}), "insufficient_scope", "insufficient_scope"),
        (json!({"scope": "read", "scp": ["write"]}), "accepted", "accepted"),
        (json!({"scope": ["read", "write"]}), "claim_invalid", "claim_invalid"),
        (json!({"scp": ["read", 1, "write"]}), "claim_invalid", "claim_invalid"),
        (json!({"scp": {"read": 1}}), "claim_invalid", "claim_invalid"),
        (json!({"scope": null}), "insufficient_scope", "insufficient_scope"),
        (json!({}), "insufficient_scope", "insufficient_scope"),
    ] {
        assert_eq!((judge(all(), &claims), judge(one(), &claims)), (every, any), "{claims}");
    }
    let escaped = r#"{"scope":"re\u0061d write"}"#;
    assert_eq!(outcome(&all().build().unwrap(), &forge(r#"{"alg":"HS256"}"#, escaped, &hmac(HS256).0)), "accepted");
    let none: [&str; 0] = [];
    assert!(builder().one_of_scopes(none).build().is_err());
    assert_eq!(builder().scope("").build().unwrap_err(), PolicyError::Empty { what: "scope" });
    let two = builder().one_of_scopes(["read write"]).build().unwrap_err();
    assert_eq!(two, PolicyError::NotAScope { scope: "read write".into() });
}

#[test]
fn everything_that_is_wrong_is_told() {
    let builder = builder()
        .id("1")
        .nonce("n")
        .forbidden_claims(["x"])
        .claim("role", "admin")
        .scope("read")
        .max_lifetime(seconds(1))
        .reject_future_issued_at();
    let claims =
        json!({"iat": NOW + 5, "exp": NOW + 100, "jti": "2", "nonce": "m", "x": 1, "role": "user", "scope": "write"});
    let error = builder.build().unwrap().verify::<Value>(&token(&claims)).unwrap_err();
    let codes: Vec<_> = error.rejections().iter().map(Rejection::code).collect();
    assert_eq!(
        codes,
        [
            "issued_in_future",
            "lifetime_too_long",
            "claim_forbidden",
            "claim_mismatch",
            "claim_mismatch",
            "claim_mismatch",
            "insufficient_scope"
        ]
    );
    assert!(!error.to_string().contains("user"));
}

#[test]
fn e08_each_issuer_with_its_own_keys_and_audience() {
    let key = |octet: u8| Secret::from_bytes([octet; 32]).unwrap();
    let verifier = |issuer: &str, audience: &str, octet| {
        let key = VerifyingKey::from_secret(HS256, &key(octet)).unwrap();
        Verifier::builder(key).issuer(issuer).audience(audience).expiry_optional().build().unwrap()
    };
    let set = VerifierSet::new([verifier("a", "x", 1), verifier("b", "y", 2)]).unwrap();
    let token = |claims: Value, octet| {
        forge(r#"{"alg":"HS256"}"#, claims.to_string(), &SigningKey::from_secret(HS256, &key(octet)).unwrap())
    };
    let judge = |claims: Value, octet| match set.verify::<Value>(&token(claims, octet)) {
        Ok(_) => "accepted",
        Err(error) => error.code(),
    };
    assert_eq!(judge(json!({"iss": "a", "aud": "x"}), 1), "accepted");
    assert_eq!(judge(json!({"iss": "b", "aud": "y"}), 2), "accepted");
    // A token of one with the key of the other, and for the audience of the other.
    assert_eq!(judge(json!({"iss": "a", "aud": "x"}), 2), "invalid_signature");
    assert_eq!(judge(json!({"iss": "b", "aud": "y"}), 1), "invalid_signature");
    assert_eq!(judge(json!({"iss": "a", "aud": "y"}), 1), "audience_mismatch");
    for iss in [json!("c"), json!("A"), json!("a "), json!(["a"]), json!(1), json!(null), json!("")] {
        assert_eq!(judge(json!({"iss": iss, "aud": "x"}), 1), "unknown_issuer", "{iss}");
    }
    assert_eq!(judge(json!({"aud": "x"}), 1), "unknown_issuer");
    assert_eq!(set.verify::<Value>("a.b").unwrap_err().code(), "malformed");
    let twice =
        forge(r#"{"alg":"HS256"}"#, r#"{"iss":"a","iss":"b"}"#, &SigningKey::from_secret(HS256, &key(1)).unwrap());
    assert_eq!(set.verify::<Value>(&twice).unwrap_err().code(), "unknown_issuer");
    // Borrowed claims, and typed checks.
    let mut buffer = TokenBuffer::new();
    let good = token(json!({"iss": "a", "aud": "x"}), 1);
    assert!(set.verify_in::<serde::de::IgnoredAny>(&mut buffer, &good).is_ok());
    assert_eq!(set.verifiers().count(), 2);

    let any = Verifier::builder(hmac(HS256).1).any_issuer().any_audience().build().unwrap();
    assert_eq!(VerifierSet::new([any]).unwrap_err(), PolicyError::IssuerNotNamed);
    let none: [Verifier; 0] = [];
    assert_eq!(VerifierSet::new(none).unwrap_err(), PolicyError::NoIssuers);
    let twice = VerifierSet::new([verifier("a", "x", 1), verifier("a", "y", 2)]).unwrap_err();
    assert!(matches!(twice, PolicyError::IssuerTwice { .. }));
}

#[test]
fn e14_a_configured_policy_can_waive_nothing() {
    let read = |text: &str| serde_json::from_str::<VerifierConfig>(text);
    for refused in [
        "{}",
        r#"{"issuer": "a"}"#,
        r#"{"audience": "a"}"#,
        r#"{"issuer": "a", "audience": "b", "any_issuer": true}"#,
        r#"{"issuer": "a", "audience": "b", "expiry_optional": true}"#,
        r#"{"issuer": "a", "audience": "b", "insecure_skip_signature": true}"#,
        r#"{"issuer": "a", "audience": "b", "algorithms": ["none"]}"#,
        r#"{"issuer": "a", "audience": "b", "algorithms": ["hs256"]}"#,
        r#"{"issuer": "a", "audience": "b", "leeway": -1}"#,
        r#"{"issuer": null, "audience": "b"}"#,
        r#"{"issuer": "a", "audience": "b", "issuer": "c"}"#,
    ] {
        assert!(read(refused).is_err(), "{refused}");
    }
    let build = |text: &str| Verifier::from_config(hmac(HS256).1, &read(text).unwrap());
    for (refused, code) in [
        (r#"{"issuer": [], "audience": "b"}"#, PolicyError::Empty { what: "issuer" }),
        (r#"{"issuer": "a", "audience": ""}"#, PolicyError::Empty { what: "audience" }),
        (r#"{"issuer": "a", "audience": "b", "leeway": 3601}"#, PolicyError::LeewayTooLarge),
        (r#"{"issuer": "a", "audience": "b", "algorithms": []}"#, PolicyError::NoAlgorithms),
        (r#"{"issuer": "a", "audience": "b", "claims": {"role": []}}"#, PolicyError::NoValue { claim: "role".into() }),
    ] {
        assert_eq!(build(refused).unwrap_err(), code, "{refused}");
    }
    let full = r#"{
        "issuer": ["a", "b"], "audience": "x", "algorithms": ["HS256"], "typ": "at+jwt", "subject": "s", "leeway": 5, "max_age": 60,
        "max_lifetime": 120, "required_claims": ["r"], "forbidden_claims": ["f"], "claims": {"role": ["user", "admin"], "n": 1}, "scopes": ["read"]
    }"#;
    let verifier = build(full).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let good = json!({"iss": "b", "aud": "x", "sub": "s", "iat": now, "exp": now + 60, "r": 1, "role": "admin", "n": 1, "scope": "read"});
    let judge = |claims: &Value| {
        outcome(&verifier, &forge(r#"{"alg":"HS256","typ":"at+jwt"}"#, claims.to_string(), &hmac(HS256).0))
    };
    assert_eq!(judge(&good), "accepted");
    for (claim, value, expected) in [
        ("iss", json!("c"), "issuer_mismatch"),
        ("aud", json!("y"), "audience_mismatch"),
        ("sub", json!("t"), "subject_mismatch"),
        ("exp", json!(now + 121), "lifetime_too_long"),
        ("iat", json!(now - 70), "token_too_old"),
        ("r", json!(null), "claim_missing"),
        ("f", json!(1), "claim_forbidden"),
        ("role", json!("root"), "claim_mismatch"),
        ("n", json!("1"), "claim_mismatch"),
        ("scope", json!("write"), "insufficient_scope"),
    ] {
        let mut claims = good.clone();
        claims[claim] = value;
        assert_eq!(judge(&claims), expected, "{claim}");
    }
}

#[test]
fn claims_types_for_audience_and_scope() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Claims {
        aud: Audience,
        scope: Scope,
    }
    let read = |text: &str| serde_json::from_str::<Claims>(text);
    for (text, audiences, scopes) in [
        (r#"{"aud":"a","scope":"r w"}"#, &["a"][..], &["r", "w"][..]),
        (r#"{"aud":["a","b"],"scope":["r","w"]}"#, &["a", "b"], &["r", "w"]),
        (r#"{"aud":[],"scope":""}"#, &[], &[]),
    ] {
        let claims = read(text).unwrap();
        assert_eq!(claims.aud.iter().collect::<Vec<_>>(), audiences);
        assert_eq!(claims.scope.iter().collect::<Vec<_>>(), scopes);
        assert_eq!(read(&serde_json::to_string(&claims).unwrap()).unwrap(), claims, "{text}");
    }
    for bad in [
        r#"{"aud":1,"scope":""}"#,
        r#"{"aud":[1],"scope":""}"#,
        r#"{"aud":"a","scope":1}"#,
        r#"{"aud":null,"scope":""}"#,
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
    let one = Claims { aud: "a".into(), scope: ["r w", "x"].into_iter().collect() };
    assert_eq!(serde_json::to_string(&one).unwrap(), r#"{"aud":"a","scope":"r w x"}"#);
}

#[test]
fn dates_in_a_claims_type() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Claims {
        auth_time: carnet::NumericDate,
        #[serde(flatten)]
        more: std::collections::BTreeMap<String, carnet::NumericDate>,
    }
    for (text, floor, ceil) in [
        ("0", 0, 0),
        ("-1", -1, -1),
        ("1.5", 1, 2),
        ("-1.5", -2, -1),
        ("1.7e9", 1_700_000_000, 1_700_000_000),
        ("1e-9", 0, 1),
        ("253402300799", 253_402_300_799, 253_402_300_799),
        ("-62135596800", -62_135_596_800, -62_135_596_800),
    ] {
        let claims: Claims = serde_json::from_str(&format!(r#"{{"auth_time":{text},"other":{text}}}"#)).unwrap();
        for date in [claims.auth_time, claims.more["other"]] {
            assert_eq!((date.floor(), date.ceil()), (floor, ceil), "{text}");
        }
        let written = serde_json::to_value(&claims).unwrap();
        assert_eq!(written, json!({"auth_time": floor, "other": floor}));
    }
    for text in ["253402300800", "-62135596801", "1e300", "9223372036854775808", "\"1\"", "null", "true", "[]"] {
        assert!(serde_json::from_str::<carnet::NumericDate>(text).is_err(), "{text}");
    }
}

/// Numbers by their value, with nothing lost on the way.
#[test]
fn values_are_compared_exactly() {
    let judge = |builder: Builder, claims: &str| {
        outcome(&builder.build().unwrap(), &forge(r#"{"alg":"HS256"}"#, claims, &hmac(HS256).0))
    };
    let same = || builder().same_claims("a", "b");
    for (claims, expected) in [
        (r#"{"a":100000000000000000001,"b":100000000000000000002}"#, "claim_mismatch"),
        (r#"{"a":100000000000000000001,"b":100000000000000000001}"#, "accepted"),
        (r#"{"a":0.1,"b":0.10000000000000000001}"#, "claim_mismatch"),
        (r#"{"a":{"x":1,"x":2},"b":{"x":9,"x":2}}"#, "claim_mismatch"),
        (r#"{"a":{"x":1,"x":2},"b":{"x":1,"x":2}}"#, "claim_mismatch"),
        (r#"{"a":{"x":[1,"\u0061"],"y":null},"b":{"y":null, "\u0078":[1 , "a"]}}"#, "accepted"),
        (r#"{"a":[1],"b":[1,2]}"#, "claim_mismatch"),
        (r#"{"a":[1,2],"b":[1]}"#, "claim_mismatch"),
        (r#"{"a":{"x":1},"b":{"x":1,"y":1}}"#, "claim_mismatch"),
        (r#"{"a":{"x":1,"y":1},"b":{"x":1}}"#, "claim_mismatch"),
        (r#"{"a":{"x":{"z":1,"z":1}},"b":{"x":{"z":1,"z":1}}}"#, "claim_mismatch"),
        (r#"{"a":1,"b":1.0}"#, "accepted"),
        (r#"{"a":1e2,"b":100}"#, "accepted"),
        (r#"{"a":1E+21,"b":1000000000000000000000.00}"#, "accepted"),
        (r#"{"a":-0.0120,"b":-12e-3}"#, "accepted"),
        (r#"{"a":0.0e5,"b":-0}"#, "accepted"),
        (r#"{"a":-1,"b":1}"#, "claim_mismatch"),
        (r#"{"a":10,"b":1}"#, "claim_mismatch"),
        (r#"{"a":0.1,"b":0.01}"#, "claim_mismatch"),
        (r#"{"a":1e-400,"b":2e-400}"#, "claim_mismatch"),
        (r#"{"a":1e-99999999999999999999,"b":1e-99999999999999999998}"#, "claim_mismatch"),
        (r#"{"a":1e-99999999999999999999,"b":1e-99999999999999999999}"#, "accepted"),
        (r#"{"a":"1","b":1}"#, "claim_mismatch"),
        (r#"{"a":true,"b":true}"#, "accepted"),
    ] {
        assert_eq!(judge(same(), claims), expected, "{claims}");
    }
    assert_eq!(judge(builder().claim("a", json!({"x": 2})), r#"{"a":{"x":1,"x":2}}"#), "claim_mismatch");
    // What could never be met is a mistake.
    let null = Value::Null;
    assert_eq!(builder().claim("a", null).build().unwrap_err(), PolicyError::NoValue { claim: "a".into() });
    assert_eq!(builder().same_claims("a", "a").build().unwrap_err(), PolicyError::SameAsItself { claim: "a".into() });
    assert_eq!(builder().nonce("").build().unwrap_err(), PolicyError::Empty { what: "nonce" });
    for contradiction in [
        builder().required_claims(["x"]),
        builder().claim("x", 1),
        builder().same_claims("x", "y"),
        builder().required_claims(["exp", "x"]),
    ] {
        let error = contradiction.forbidden_claims(["x"]).build().unwrap_err();
        assert_eq!(error, PolicyError::RequiredAndForbidden { claim: "x".into() });
    }
    for registered in ["exp", "iss"] {
        let verifier = Verifier::builder(hmac(HS256).1).issuer("i").any_audience().forbidden_claims([registered]);
        assert_eq!(verifier.build().unwrap_err(), PolicyError::RequiredAndForbidden { claim: registered.into() });
    }
    assert!(builder().optional_claim_one_of("x", [1]).forbidden_claims(["x"]).build().is_ok());
    assert_eq!(builder().same_claims("a", "").build().unwrap_err(), PolicyError::Empty { what: "claim" });
    let twice = r#"{"issuer": "a", "audience": "b", "claims": {"r": ["a"], "r": ["a", "evil"]}}"#;
    assert!(serde_json::from_str::<VerifierConfig>(twice).is_err());
    for bad in [r#"["read write"]"#, r#"["", "a"]"#] {
        assert!(serde_json::from_str::<Scope>(bad).is_err(), "{bad}");
    }
}

/// Many members, all with escapes: comparing them takes no time to speak of. With a search for each it took seconds.
#[test]
fn large_objects_are_compared_in_reasonable_time() {
    let members: Vec<String> = (0..14_000).map(|number| format!(r#""\u0061{number}":1"#)).collect();
    let object = format!("{{{}}}", members.join(","));
    let claims = format!(r#"{{"a":{object},"b":{object}}}"#);
    let mut limits = carnet::Limits::default();
    limits.token_octets = 1024 * 1024;
    let verifier = builder().same_claims("a", "b").limits(limits).build().unwrap();
    let token = forge(r#"{"alg":"HS256"}"#, &claims, &hmac(HS256).0);
    let begun = std::time::Instant::now();
    assert_eq!(outcome(&verifier, &token), "accepted");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[test]
fn rejections_say_what_is_needed() {
    let told = |builder: Builder, claims: &Value| {
        let error = builder.build().unwrap().verify::<Value>(&token(claims)).unwrap_err();
        error.to_string()
    };
    for (builder, claims, expected) in [
        (builder().one_of_scopes(["a", "b"]), json!({"scope": "c"}), r#"the token grants none of the scopes "a", "b""#),
        (builder().scope("a"), json!({}), r#"the token does not grant the scope "a""#),
        (
            builder().same_claims("sub", "client_id"),
            json!({"sub": "a", "client_id": "b"}),
            r#"the claims "sub" and "client_id" do not say the same"#,
        ),
        (builder(), json!({"sub": 1}), r#"the claim "sub" is invalid: a string is needed"#),
        (builder(), json!({"aud": 1}), r#"the claim "aud" is invalid: a string or an array of strings is needed"#),
        (
            builder(),
            json!({"nbf": "1"}),
            r#"the claim "nbf" is invalid: a number is needed, the seconds since 1970-01-01T00:00:00Z, of the years 1 to 9999"#,
        ),
    ] {
        assert_eq!(told(builder, &claims), expected);
    }
}

/// A policy from a file says what the same calls say, and nothing else can be in it.
#[test]
fn every_member_of_a_configured_policy() {
    let config = json!({
        "issuer": ["i", "j"], "audience": "a", "algorithms": ["HS256"], "typ": ["JWT", "at+jwt"], "subject": "s",
        "required_claims": ["x"], "forbidden_claims": ["nonce"], "claims": {"role": ["user", "admin"], "n": 1},
        "optional_claims": {"tenant": "acme"}, "same_claims": {"sub": "client_id"}, "scopes": ["read"],
        "one_of_scopes": ["write", "list"], "leeway": 10, "expiry_leeway": 20, "not_before_leeway": 30, "issued_at_leeway": 40,
        "max_age": 600, "max_lifetime": 900, "reject_future_issued_at": true
    });
    let now = 1_000_000;
    let verifier = serde_json::from_value::<VerifierConfig>(config.clone()).unwrap().builder(hmac(HS256).1).at(now);
    let verifier = verifier.build().unwrap();
    let good = json!({
        "iss": "j", "aud": ["b", "a"], "sub": "s", "client_id": "s", "exp": now - 19, "nbf": now + 30, "iat": now + 40, "x": 0, "role": "user",
        "n": 1, "scope": "read list"
    });
    let judge = |claims: &Value| {
        let token = forge(r#"{"alg":"HS256","typ":"JWT"}"#, claims.to_string(), &hmac(HS256).0);
        outcome(&verifier, &token)
    };
    assert_eq!(judge(&good), "accepted");
    for (claim, value, expected) in [
        ("iss", json!("k"), "issuer_mismatch"),
        ("aud", json!("b"), "audience_mismatch"),
        ("sub", json!("t"), "subject_mismatch"),
        ("client_id", json!("t"), "claim_mismatch"),
        ("exp", json!(now - 20), "token_expired"),
        ("nbf", json!(now + 31), "token_not_yet_valid"),
        ("iat", json!(now + 41), "issued_in_future"),
        ("iat", json!(now - 641), "token_too_old"),
        ("x", json!(null), "claim_missing"),
        ("nonce", json!("n"), "claim_forbidden"),
        ("role", json!("root"), "claim_mismatch"),
        ("n", json!(2), "claim_mismatch"),
        ("tenant", json!("other"), "claim_mismatch"),
        ("tenant", json!("acme"), "accepted"),
        ("scope", json!("list"), "insufficient_scope"),
        ("scope", json!("read"), "insufficient_scope"),
    ] {
        let mut claims = good.clone();
        claims[claim] = value;
        assert_eq!(judge(&claims), expected, "{claim} {claims}");
    }
    let mut long = good.clone();
    (long["iat"], long["exp"]) = (json!(now - 600), json!(now + 301));
    assert_eq!(judge(&long), "lifetime_too_long");
    let untyped = forge(r#"{"alg":"HS256"}"#, good.to_string(), &hmac(HS256).0);
    assert_eq!(outcome(&verifier, &untyped), "wrong_typ");

    let refused = |config: &Value| serde_json::from_value::<VerifierConfig>(config.clone()).unwrap_err().to_string();
    for member in config.as_object().unwrap().keys() {
        let mut unfilled = config.clone();
        unfilled[member] = Value::Null;
        refused(&unfilled);
    }
    for unknown in ["any_issuer", "expiry_optional", "clock", "Issuer", "leeways"] {
        let mut config = config.clone();
        config[unknown] = json!(true);
        assert!(refused(&config).contains("unknown field"), "{unknown}");
    }
    assert_eq!(
        refused(&json!({"issuer": "i", "audience": 1})),
        "invalid type: integer `1`, expected a string or a list of strings"
    );
    assert!(refused(&json!(["i", "a"])).contains("expected an object with the members of a policy"));
    assert!(refused(&json!({"audience": "a"})).contains("missing field `issuer`"));
    assert!(refused(&json!({"issuer": "i"})).contains("missing field `audience`"));
    let config = serde_json::from_value::<VerifierConfig>(json!({"issuer": [], "audience": "a"})).unwrap();
    let empty = Verifier::from_config(hmac(HS256).1, &config).unwrap_err();
    assert_eq!(empty, PolicyError::Empty { what: "issuer" });
}

/// Issuers whose keys come from sources of several kinds.
#[test]
fn a_set_of_verifiers_over_keys_of_several_kinds() {
    let ring = KeyRing::new(hmac(HS256).0);
    let verifier = |issuer: &str, keys: DynLocalKeys| {
        Verifier::builder(keys).issuer(issuer).any_audience().expiry_optional().build().unwrap()
    };
    let ours = verifier("ours", DynLocalKeys::new(ring.clone()));
    let theirs = verifier("theirs", DynLocalKeys::new(hmac(HS512).1));
    let set = VerifierSet::new([ours, theirs]).unwrap();
    let token = |issuer: &str, algorithm| {
        let claims = json!({ "iss": issuer }).to_string();
        forge(format!(r#"{{"alg":"{algorithm}"}}"#), claims, &hmac(algorithm).0)
    };
    let code = |token: &str| set.verify::<Value>(token).err().map(|error| error.code());
    assert_eq!(code(&token("ours", HS256)), None);
    assert_eq!(code(&token("theirs", HS512)), None);
    assert_eq!(code(&token("theirs", HS256)), Some("algorithm_not_allowed"));
    // The ring goes on behind it.
    ring.replace_all(SigningKey::from_secret(HS256, &Secret::from_bytes([9; 32]).unwrap()).unwrap());
    assert_eq!(code(&token("ours", HS256)), Some("invalid_signature"));
    // Keys that never change are known to, and so a policy that fits none is found out.
    let unfit = Verifier::builder(DynLocalKeys::new(hmac(HS512).1)).any_issuer().any_audience().algorithms([HS256]);
    assert_eq!(unfit.build().unwrap_err(), PolicyError::NoKeyForAlgorithms);

    for (token, name, code) in
        [(token("third", HS256), "iss", "unknown_issuer"), ("garbage".to_owned(), "form", "malformed")]
    {
        let explanation = set.explain(&token);
        assert_eq!(explanation.code(), Some(code));
        let failed = explanation.checks().iter().find(|check| check.outcome() == carnet::Outcome::Failed).unwrap();
        assert_eq!(failed.name(), name);
        assert!(explanation.checks().iter().all(|check| check.actual().is_none()));
    }
    assert_eq!(set.explain(&token("theirs", HS512)).code(), None);
}
