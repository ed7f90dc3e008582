//! Attacks on claims. Each test is named after its row in the list of attacks, part E.
#![cfg(test)]

#[path = "support/forge.rs"]
mod forge;

use carnet::policy::Decided;
use carnet::prelude::*;
use carnet::{PolicyError, VerifierBuilder};
use forge::{forge, hmac, lenient, outcome};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

const HEADER: &str = r#"{"alg":"HS256"}"#;
const NOW: i64 = 1_750_000_000;

type Builder = VerifierBuilder<VerifyingKeys, Decided, Decided, carnet::policy::Untyped>;

/// Nothing named, everything else as it is by default.
fn builder() -> Builder {
    Verifier::builder(hmac(HS256).1).any_issuer().any_audience().at(NOW)
}

fn token(claims: &str) -> String {
    forge(HEADER, claims, &hmac(HS256).0)
}

fn judge(builder: Builder, claims: &str) -> &'static str {
    outcome(&builder.build().unwrap(), &token(claims))
}

/// The codes of everything that was rejected.
fn codes(builder: Builder, claims: &str) -> Vec<&'static str> {
    let error = builder.build().unwrap().verify::<Value>(&token(claims)).unwrap_err();
    error.rejections().iter().map(Rejection::code).collect()
}

#[test]
fn e01_times_of_the_wrong_type() {
    for value in [
        r#""9999999999""#,
        r#""4102444800""#,
        r#""never""#,
        r#""""#,
        "true",
        "false",
        "null",
        "[]",
        "[4102444800]",
        "{}",
    ] {
        for claim in ["exp", "nbf", "iat"] {
            let claims = format!(r#"{{"{claim}":{value}}}"#);
            // Not even where the claim is not required.
            assert_eq!(judge(builder().expiry_optional(), &claims), "claim_invalid", "{claims}");
            assert_eq!(codes(builder().expiry_optional(), &claims), ["claim_invalid"], "{claims}");
        }
    }
    // Present and wrong is not missing, too.
    assert_eq!(codes(builder(), r#"{"exp":"4102444800"}"#), ["claim_invalid"]);
    let max_age = builder().max_age(Duration::from_secs(60)).required_claims(["exp", "iat"]);
    assert_eq!(codes(max_age, r#"{"exp":null,"iat":null}"#), ["claim_invalid", "claim_invalid"]);
}

#[test]
fn e02_numbers() {
    let judge = |claim: &str, number: &str| judge(builder().expiry_optional(), &format!(r#"{{"{claim}":{number}}}"#));
    for (number, expected) in [
        ("-1", "token_expired"),
        ("-0", "token_expired"),
        ("0", "token_expired"),
        ("0.0", "token_expired"),
        ("1.5", "token_expired"),
        ("-1.5", "token_expired"),
        ("1e9", "token_expired"),
        ("1749999999.999", "token_expired"),
        ("1750000000", "token_expired"),
        ("1750000000.999", "token_expired"),
        ("1.75e9", "token_expired"),
        ("1750000001", "accepted"),
        ("1.750000001e9", "accepted"),
        ("1750000001.999", "accepted"),
        ("17500000010e-1", "accepted"),
        ("4102444800", "accepted"),
        ("253402300799", "accepted"),
        ("253402300800", "claim_invalid"),
        ("9007199254740993", "claim_invalid"),
        ("9223372036854775807", "claim_invalid"),
        ("9223372036854775808", "claim_invalid"),
        ("18446744073709551615", "claim_invalid"),
        ("18446744073709551616", "claim_invalid"),
        ("-9223372036854775808", "claim_invalid"),
        ("-9223372036854775809", "claim_invalid"),
        ("-62135596800", "token_expired"),
        ("-62135596801", "claim_invalid"),
        ("1e300", "claim_invalid"),
        ("1e308", "claim_invalid"),
        ("1e400", "malformed"),
        ("-1e400", "malformed"),
        ("1E+309", "malformed"),
        ("NaN", "malformed"),
        ("Infinity", "malformed"),
        ("-Infinity", "malformed"),
        ("0x10", "malformed"),
        ("01", "malformed"),
        ("+1", "malformed"),
        ("1.", "malformed"),
        (".5", "malformed"),
        ("1_0", "malformed"),
        ("4102444800n", "malformed"),
        ("--1", "malformed"),
    ] {
        assert_eq!(judge("exp", number), expected, "exp {number}");
        // nbf and iat accept what lies in the past.
        for claim in ["nbf", "iat"] {
            let expected = match expected {
                "token_expired" => "accepted",
                "accepted" if claim == "nbf" => "token_not_yet_valid",
                other => other,
            };
            // A second that has begun has not been reached.
            let expected = if (claim, number) == ("nbf", "1750000000.999") { "token_not_yet_valid" } else { expected };
            assert_eq!(judge(claim, number), expected, "{claim} {number}");
        }
    }
}

/// However many digits it has, a fraction is rounded against the token.
#[test]
fn e02_fractions_beyond_a_double() {
    let judge = |claim: &str, number: &str| judge(builder().expiry_optional(), &format!(r#"{{"{claim}":{number}}}"#));
    assert_eq!(judge("exp", "1750000000.99999"), "token_expired");
    assert_eq!(judge("exp", "1750000000.99999999999999999999"), "token_expired");
    assert_eq!(judge("nbf", "1750000000.00001"), "token_not_yet_valid");
    assert_eq!(judge("nbf", "1750000000.00000000000000000001"), "token_not_yet_valid");
}

#[test]
fn e03_boundaries() {
    let at = |leeway: u64, claims: &str| judge(builder().leeway(Duration::from_secs(leeway)), claims);
    let exp = |seconds: i64| json!({"exp": NOW + seconds}).to_string();
    let nbf = |seconds: i64| json!({"exp": NOW + 100_000, "nbf": NOW + seconds}).to_string();
    for (leeway, first_expired, last_valid) in [(0, 0, 0), (1, -1, 1), (60, -60, 60), (3600, -3600, 3600)] {
        assert_eq!(at(leeway, &exp(first_expired)), "token_expired");
        assert_eq!(at(leeway, &exp(first_expired + 1)), "accepted");
        assert_eq!(at(leeway, &nbf(last_valid)), "accepted");
        assert_eq!(at(leeway, &nbf(last_valid + 1)), "token_not_yet_valid");
    }
    // Fractions of a second never lengthen a life.
    assert_eq!(judge(builder().leeway(Duration::from_millis(999)), &exp(0)), "token_expired");
    for too_large in [Duration::from_secs(3601), Duration::from_millis(3_600_001), Duration::MAX] {
        assert_eq!(builder().leeway(too_large).build().unwrap_err(), PolicyError::LeewayTooLarge);
    }
    assert_eq!(
        codes(builder(), &json!({"exp": NOW, "nbf": NOW + 1}).to_string()),
        ["token_expired", "token_not_yet_valid"]
    );
    // Clocks at the ends of what they can show.
    for now in [i64::MIN, i64::MAX] {
        let verifier = builder().at(now).leeway(Duration::from_secs(3600)).max_age(Duration::MAX).build().unwrap();
        let token = token(&json!({"exp": 4_102_444_800_i64, "nbf": 0, "iat": 0}).to_string());
        assert_ne!(outcome(&verifier, &token), "accepted", "{now}");
    }
}

#[test]
fn e04_age() {
    let max_age = || builder().expiry_optional().max_age(Duration::from_secs(60));
    let iat = |seconds: i64| json!({"iat": NOW + seconds}).to_string();
    for (seconds, expected) in [(0, "accepted"), (-60, "accepted"), (-61, "token_too_old"), (1, "issued_in_future")] {
        assert_eq!(judge(max_age(), &iat(seconds)), expected, "{seconds}");
    }
    for (seconds, expected) in [(-70, "accepted"), (-71, "token_too_old"), (10, "accepted"), (11, "issued_in_future")] {
        assert_eq!(judge(max_age().leeway(Duration::from_secs(10)), &iat(seconds)), expected, "{seconds}");
    }
    assert_eq!(judge(max_age(), "{}"), "claim_missing");
    assert_eq!(judge(max_age(), r#"{"iat":null}"#), "claim_invalid");
    assert_eq!(judge(max_age(), r#"{"iat":"1750000000"}"#), "claim_invalid");
    assert_eq!(judge(max_age(), r#"{"iat":-62135596800}"#), "token_too_old");
    assert_eq!(judge(builder().expiry_optional().max_age(Duration::ZERO), &iat(-1)), "token_too_old");
    assert_eq!(judge(builder().expiry_optional().max_age(Duration::MAX), &iat(-1)), "accepted");
    // Without a largest age, `iat` is only read.
    assert_eq!(judge(builder().expiry_optional(), &iat(1000)), "accepted");
}

#[test]
fn e05_missing_expiry() {
    assert_eq!(codes(builder(), "{}"), ["claim_missing"]);
    assert_eq!(judge(builder(), r#"{"expires":4102444800,"Exp":4102444800}"#), "claim_missing");
    assert_eq!(judge(builder().expiry_optional(), "{}"), "accepted");
    assert_eq!(judge(builder().expiry_optional(), r#"{"exp":1}"#), "token_expired");
    assert_eq!(judge(builder().expiry_optional().required_claims(["exp"]), "{}"), "claim_missing");
}

#[test]
fn e05_required_claims() {
    let required = || builder().expiry_optional().required_claims(["tenant", "jti"]);
    assert_eq!(judge(required(), r#"{"tenant":"","jti":"1"}"#), "accepted");
    assert_eq!(codes(required(), r#"{"tenant":null,"jti":"1"}"#), ["claim_missing"]);
    assert_eq!(codes(required(), r#"{"Tenant":1}"#), ["claim_missing", "claim_missing"]);
    assert_eq!(codes(required(), r#"{"t\u0065nant":1,"jti":null}"#), ["claim_invalid"]);
    // What is missing is said once, whoever demands it.
    assert_eq!(codes(builder().required_claims(["exp", "exp"]), "{}"), ["claim_missing"]);
    let twice = builder().expiry_optional().max_age(Duration::from_secs(60)).required_claims(["iat"]);
    assert_eq!(codes(twice, "{}"), ["claim_missing"]);
    assert_eq!(codes(builder().expiry_optional().required_claims(["tenant", "tenant"]), "{}"), ["claim_missing"]);
    let empty = builder().required_claims([""]).build().unwrap_err();
    assert_eq!(empty, PolicyError::Empty { what: "required claim" });
}

#[test]
fn e06_audience() {
    let verifier = |audience: &str| {
        let builder = Verifier::builder(hmac(HS256).1).any_issuer().audience(audience).expiry_optional().at(NOW);
        builder.build().unwrap()
    };
    let judge = |audience: &str, aud: &str| outcome(&verifier(audience), &token(&format!(r#"{{"aud":{aud}}}"#)));
    for aud in [r#""a""#, r#"["a"]"#, r#"["b","a"]"#, r#"["a","a"]"#, r#"["","a"]"#, r#""\u0061""#, r#"["b","\u0061"]"#]
    {
        assert_eq!(judge("a", aud), "accepted", "{aud}");
    }
    for aud in [
        r#"[]"#,
        r#"[""]"#,
        r#""""#,
        r#""xax""#,
        r#""ax""#,
        r#""xa""#,
        r#""A""#,
        r#""a ""#,
        r#""a/""#,
        r#"["xax","b"]"#,
        r#""a,b""#,
        r#""a b""#,
        r#""*""#,
        r#"["*"]"#,
        r#"".*""#,
    ] {
        assert_eq!(judge("a", aud), "audience_mismatch", "{aud}");
    }
    for aud in [
        r#"[1,"a"]"#,
        r#"["a",1]"#,
        r#"["a",null]"#,
        r#"["a",["b"]]"#,
        r#"[["a"]]"#,
        r#"{"a":1}"#,
        "null",
        "1",
        "true",
        r#"[{"a":1}]"#,
    ] {
        assert_eq!(judge("a", aud), "claim_invalid", "{aud}");
        // Neither where any audience will do.
        let any = lenient(hmac(HS256).1);
        assert_eq!(outcome(&any, &token(&format!(r#"{{"aud":{aud}}}"#))), "claim_invalid", "{aud}");
    }
    assert_eq!(outcome(&verifier("a"), &token("{}")), "claim_missing");
    assert_eq!(outcome(&verifier("a"), &token(r#"{"AUD":"a"}"#)), "claim_missing");
    assert_eq!(judge("https://api.example.com", r#""https://api.example.com/""#), "audience_mismatch");
    assert_eq!(judge("https://api.example.com", r#""https://API.example.com""#), "audience_mismatch");
    assert_eq!(judge("https://api.example.com/", r#""https:\/\/api.example.com\/""#), "accepted");
    // An audience that is expected and empty is a mistake of the program.
    let empty = Verifier::builder(hmac(HS256).1).any_issuer().audience("").build().unwrap_err();
    assert_eq!(empty, PolicyError::Empty { what: "audience" });
}

#[test]
fn e07_issuer() {
    let verifier = |issuer: &str| {
        let builder = Verifier::builder(hmac(HS256).1).issuer(issuer).any_audience().expiry_optional().at(NOW);
        builder.build().unwrap()
    };
    let google = "https://google.com";
    let judge = |iss: &str| outcome(&verifier(google), &token(&format!(r#"{{"iss":{iss}}}"#)));
    assert_eq!(judge(r#""https://google.com""#), "accepted");
    assert_eq!(judge(r#""https:\/\/google.com""#), "accepted");
    for iss in [
        r#""https://goo""#,
        r#""google.com""#,
        r#""https://google.com.evil.example""#,
        r#""https://google.com/""#,
        r#""HTTPS://google.com""#,
        r#""https://Google.com""#,
        r#""http://google.com""#,
        r#""https://google.com ""#,
        r#""""#,
        r#""h""#,
        r#""https://evil.example/https://google.com""#,
        r#""*""#,
        r#"".*""#,
    ] {
        assert_eq!(judge(iss), "issuer_mismatch", "{iss}");
    }
    for iss in
        [r#"["https://google.com","https://evil.example"]"#, r#"["https://google.com"]"#, "null", "1", "{}", "true"]
    {
        assert_eq!(judge(iss), "claim_invalid", "{iss}");
        let any = lenient(hmac(HS256).1);
        assert_eq!(outcome(&any, &token(&format!(r#"{{"iss":{iss}}}"#))), "claim_invalid", "{iss}");
    }
    assert_eq!(outcome(&verifier(google), &token("{}")), "claim_missing");
    let empty = Verifier::builder(hmac(HS256).1).issuer("").any_audience().build().unwrap_err();
    assert_eq!(empty, PolicyError::Empty { what: "issuer" });
}

#[test]
fn e09_subject_and_token_id() {
    for value in ["1", "null", "true", "[]", r#"["admin"]"#, "{}"] {
        for claim in ["sub", "jti"] {
            let claims = format!(r#"{{"{claim}":{value}}}"#);
            assert_eq!(judge(builder().expiry_optional(), &claims), "claim_invalid", "{claims}");
            assert_eq!(
                codes(builder().expiry_optional().required_claims([claim]), &claims),
                ["claim_invalid"],
                "{claims}"
            );
        }
    }
    let alice = || builder().expiry_optional().subject("alice");
    assert_eq!(judge(alice(), r#"{"sub":"alice"}"#), "accepted");
    assert_eq!(judge(alice(), r#"{"sub":"Alice"}"#), "subject_mismatch");
    assert_eq!(judge(alice(), r#"{"sub":""}"#), "subject_mismatch");
    assert_eq!(judge(alice(), "{}"), "claim_missing");
    assert_eq!(builder().subject("").build().unwrap_err(), PolicyError::Empty { what: "subject" });
    // Empty is not missing, and is told as what it is.
    let verified =
        builder().expiry_optional().build().unwrap().verify::<Value>(&token(r#"{"sub":"","jti":""}"#)).unwrap();
    assert_eq!((verified.registered().subject(), verified.registered().id()), (Some(""), Some("")));
}

#[derive(Debug, Deserialize)]
struct Flags {
    email_verified: bool,
    #[serde(default)]
    admin: bool,
}

#[test]
fn e10_flags_are_not_coerced() {
    let verify = |claims: &str| builder().expiry_optional().build().unwrap().verify::<Flags>(&token(claims));
    let flags = verify(r#"{"email_verified":true}"#).unwrap().into_claims();
    assert!(flags.email_verified && !flags.admin);
    for value in [r#""false""#, r#""true""#, "1", "0", "null", "[]", r#""""#] {
        let error = verify(&format!(r#"{{"email_verified":{value}}}"#)).unwrap_err();
        assert_eq!(error.code(), "claim_invalid", "{value}");
    }
    assert_eq!(verify("{}").unwrap_err().code(), "claim_missing");
}

#[test]
fn e11_type_of_the_token() {
    let judge = |required: &str, header: &str| {
        let verifier = builder().expiry_optional().typ(required).build().unwrap();
        outcome(&verifier, &forge(header, "{}", &hmac(HS256).0))
    };
    let typ = |typ: &str| json!({"alg": "HS256", "typ": typ}).to_string();
    for same in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
        assert_eq!(judge("at+jwt", &typ(same)), "accepted", "{same}");
        assert_eq!(judge("application/at+jwt", &typ(same)), "accepted", "{same}");
    }
    for other in [
        "JWT",
        "jwt",
        "id+jwt",
        "logout+jwt",
        "rt+jwt",
        "at+jwt ",
        " at+jwt",
        "text/at+jwt",
        "",
        "at",
        "application/",
        "application/application/at+jwt",
    ] {
        assert_eq!(judge("at+jwt", &typ(other)), "wrong_typ", "{other}");
    }
    assert_eq!(judge("at+jwt", HEADER), "wrong_typ", "no typ");
    assert_eq!(judge("at+jwt", r#"{"alg":"HS256","typ":["at+jwt"]}"#), "malformed");
    assert_eq!(judge("at+jwt", r#"{"alg":"HS256","typ":null}"#), "malformed");
    assert_eq!(judge("at+jwt", r#"{"alg":"HS256","cty":"at+jwt"}"#), "wrong_typ");
    assert_eq!(builder().typ("").build().unwrap_err(), PolicyError::Empty { what: "typ" });
    // Where no type is required, any will do.
    let verifier = builder().expiry_optional().build().unwrap();
    assert_eq!(outcome(&verifier, &forge(typ("secevent+jwt"), "{}", &hmac(HS256).0)), "accepted");
}

#[test]
fn e13_the_signature_comes_first() {
    let everything_wrong = r#"{"exp":1,"nbf":4102444800,"iss":1,"aud":[],"sub":null}"#;
    let verifier =
        Verifier::builder(hmac(HS256).1).issuer("i").audience("a").subject("s").typ("t").at(NOW).build().unwrap();
    let genuine = token(everything_wrong);
    let (input, _) = genuine.rsplit_once('.').unwrap();
    for forged in [format!("{input}."), format!("{input}.{}", "A".repeat(43)), format!("{input}.AAAA")] {
        let error = verifier.verify::<Value>(&forged).unwrap_err();
        assert_eq!(error, VerifyError::InvalidSignature);
        assert!(error.rejections().is_empty());
    }
    // Nor does a payload that is none say more under a bad signature.
    let nonsense = token("nonsense");
    assert_eq!(outcome(&verifier, &nonsense), "malformed");
    let (input, _) = nonsense.rsplit_once('.').unwrap();
    assert_eq!(outcome(&verifier, &format!("{input}.AAAA")), "invalid_signature");

    // A genuine one tells all, the weightiest first.
    let error = verifier.verify::<Value>(&genuine).unwrap_err();
    let codes: Vec<_> = error.rejections().iter().map(Rejection::code).collect();
    let expected =
        ["token_expired", "token_not_yet_valid", "claim_invalid", "claim_invalid", "audience_mismatch", "wrong_typ"];
    assert_eq!(codes, expected);
    let VerifyError::Rejected(rejected) = error else { panic!("rejected") };
    assert_eq!(rejected.authentic_claims::<Value>().unwrap()["exp"], 1);
}

#[test]
fn e13_a_buffer_forgets() {
    let verifier = builder().expiry_optional().build().unwrap();
    let mut buffer = TokenBuffer::new();
    let good = token(r#"{"sub":"good","aud":["a","b"]}"#);
    for bad in [token(r#"{"sub":"bad","exp":1}"#), token("nonsense"), good.replace('.', "A."), "x".repeat(100_000)] {
        let verified = verifier.verify_in::<Value>(&mut buffer, &good).unwrap();
        assert_eq!(verified.registered().subject(), Some("good"));
        assert!(verifier.verify_in::<Value>(&mut buffer, &bad).is_err());
    }
    let verified = verifier.verify_in::<Value>(&mut buffer, &token("{}")).unwrap();
    assert_eq!(verified.registered().subject(), None);
    assert_eq!(verified.registered().audience().count(), 0);
}

#[test]
fn e15_claims_that_do_not_fit_are_an_error() {
    #[derive(Debug, Default, Deserialize)]
    struct Claims {
        #[serde(default)]
        is_admin: bool,
        #[serde(default)]
        roles: Vec<String>,
    }
    let verify = |claims: &str| builder().expiry_optional().build().unwrap().verify::<Claims>(&token(claims));
    let given = verify("{}").unwrap().into_claims();
    assert!(!given.is_admin && given.roles.is_empty());
    for claims in [
        r#"{"is_admin":"no"}"#,
        r#"{"is_admin":null}"#,
        r#"{"roles":"admin"}"#,
        r#"{"roles":["a",1]}"#,
        r#"{"roles":null}"#,
    ] {
        assert_eq!(verify(claims).unwrap_err().code(), "claim_invalid", "{claims}");
    }
    // A check sees claims only once they fit, and only of genuine tokens.
    let checked = builder()
        .expiry_optional()
        .check(|claims: &Claims| if claims.is_admin { Ok(()) } else { Err(Rejection::claim("is_admin")) });
    let checked = checked
        .check(|claims| if claims.roles.is_empty() { Err(Rejection::claim("roles")) } else { Ok(()) })
        .build()
        .unwrap();
    let codes = |claims: &str| -> Vec<_> {
        match checked.verify(&token(claims)) {
            Ok(_) => vec!["accepted"],
            Err(error) => error.rejections().iter().map(Rejection::code).collect(),
        }
    };
    assert_eq!(codes(r#"{"is_admin":true,"roles":["a"]}"#), ["accepted"]);
    assert_eq!(codes("{}"), ["check_failed", "check_failed"]);
    assert_eq!(codes(r#"{"is_admin":1}"#), ["claim_invalid"]);
    assert_eq!(codes(r#"{"exp":1}"#), ["token_expired", "check_failed", "check_failed"]);
}
