//! `carnet explain`.

use crate::desk::Desk;
use serde_json::{Value, json};

const SECRET: &str = "an example of a secret that is long enough";
const POLICY: [&str; 8] = ["--secret-file", "secret", "--issuer", "a", "--audience", "b", "--now", "1750000000"];

fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("secret", SECRET);
    desk
}

fn token(desk: &Desk, claims: &Value) -> String {
    desk.put("claims", claims.to_string());
    let sign = ["sign", "--secret-file", "secret", "--claims", "@claims", "--never-expires"];
    let expires = ["sign", "--secret-file", "secret", "--claims", "@claims"];
    desk.run(if claims.get("exp").is_some() { &expires } else { &sign }).line()
}

fn explain(desk: &Desk, more: &[&str], token: &str) -> crate::desk::Outcome {
    desk.run(&[&["explain"][..], &POLICY, more, &[token]].concat())
}

#[test]
fn an_accepted_token() {
    let desk = desk();
    let token = token(&desk, &json!({"iss": "a", "aud": "b", "exp": 1_750_000_192, "iat": 1_750_000_000}));
    let outcome = explain(&desk, &[], &token);
    assert_eq!((outcome.code, outcome.err.as_str()), (0, ""));
    let lines: Vec<&str> = outcome.out.lines().collect();
    assert_eq!(lines[0], "pass  form");
    assert_eq!(
        lines[6],
        "pass  exp        expected a time to come  is 1750000192  (2025-06-15T15:09:52Z; in 3 min 12 s)"
    );
    assert_eq!(lines[8], "pass  iss        expected \"a\"  is \"a\"");
    assert!(!outcome.out.contains('\u{1b}'), "no colours in a file");
    assert!(lines.iter().all(|line| !line.ends_with(' ')), "{}", outcome.out);
}

#[test]
fn a_rejected_token_and_what_would_have_helped() {
    let desk = desk();
    let token = token(&desk, &json!({"iss": "a", "aud": "c", "exp": 1_749_999_970, "iat": 1_749_000_000}));
    let outcome = explain(&desk, &[], &token);
    assert_eq!((outcome.code, outcome.err.as_str()), (1, "error[token_expired]: the token is rejected\n"));
    assert!(
        outcome
            .out
            .contains("(2025-06-15T15:06:10Z; expired 30 s ago; a leeway of 31 s or more would have been enough)")
    );
    assert!(outcome.out.contains("FAIL  aud        expected \"b\"  is \"c\""));
    // The leeway that was named is enough.
    let outcome = explain(&desk, &["--leeway", "31s"], &token);
    assert_eq!(outcome.err, "error[audience_mismatch]: the token is rejected\n");
    // It is what verifying says.
    let verify = desk.run(&[&["verify"][..], &POLICY, &["--leeway", "31s", &token]].concat());
    assert!(verify.code == 1 && verify.err.starts_with("error[audience_mismatch]"));
}

#[test]
fn nothing_of_a_forged_token_is_shown() {
    let desk = desk();
    let token = token(&desk, &json!({"iss": "a", "aud": "b", "exp": 1_750_000_192, "sub": "somebody"}));
    let forged = format!("{}AAAA", &token[..token.len() - 4]);
    let outcome = explain(&desk, &[], &forged);
    assert_eq!((outcome.code, outcome.err.as_str()), (1, "error[invalid_signature]: the token is rejected\n"));
    assert!(!outcome.out.contains("somebody") && !outcome.out.contains("1750000192"));
    assert!(outcome.out.contains("FAIL  signature  (the signature is invalid)"));
    assert!(outcome.out.contains("-     exp        expected a time to come"));
}

#[test]
fn for_machines() {
    let desk = desk();
    let token = token(&desk, &json!({"iss": "a", "aud": ["b"], "exp": 1_749_999_970}));
    let outcome = explain(&desk, &["--json"], &token);
    assert_eq!(outcome.code, 1);
    let said: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!((&said["accepted"], &said["code"]), (&json!(false), &json!("token_expired")));
    let check = |name: &str| {
        let checks = said["checks"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == name).unwrap().clone()
    };
    assert_eq!(
        check("exp"),
        json!({
            "name": "exp", "outcome": "failed", "expected": "a time to come", "actual": 1_749_999_970, "time": "2025-06-15T15:06:10Z",
            "remark": "expired 30 s ago; a leeway of 31 s or more would have been enough"
        })
    );
    assert_eq!((&check("aud")["outcome"], &check("aud")["actual"]), (&json!("passed"), &json!(["b"])));
    assert_eq!(check("signature")["outcome"], "passed");
}

/// Whoever reads the object at exit code 1 finds one, whatever was given for a token.
#[test]
fn for_machines_where_there_is_no_token() {
    let desk = desk();
    let given =
        |input: &[u8], more: &[&str]| desk.run_with(&[&["explain"][..], &POLICY, more, &["-"]].concat(), &[], input);
    let large = vec![b'a'; 2 * 1024 * 1024];
    for (input, code, sentence) in [
        (&b"garbage"[..], "malformed", "segments"),
        (b"", "malformed", "standard input has no token"),
        (b"\n", "malformed", "standard input has no token"),
        (b"\xff\x00", "malformed", "segments"),
        (b"Bearer a.b.c", "malformed", "the Authorization header"),
        (b"\"a.b.c\"", "malformed", "the token stands in quotes"),
        (b"{\"payload\":\"\"}", "malformed", "this is JSON"),
        (&large, "too_large", "limit"),
    ] {
        let outcome = given(input, &["--json"]);
        assert_eq!((outcome.code, outcome.err), (1, format!("error[{code}]: the token is rejected\n")));
        let said: Value = serde_json::from_str(&outcome.out).unwrap();
        assert_eq!((&said["accepted"], &said["code"]), (&json!(false), &json!(code)));
        let form = &said["checks"][0];
        assert_eq!((&form["name"], &form["outcome"]), (&json!("form"), &json!("failed")));
        assert!(form["remark"].as_str().unwrap().contains(sentence), "{form}");
        let rest = &said["checks"].as_array().unwrap()[1..];
        assert!(!rest.is_empty() && rest.iter().all(|check| check["outcome"] == "not_reached"), "{said}");
        let words = given(input, &[]);
        assert!(words.out.starts_with("FAIL  form") && words.out.contains(sentence), "{}", words.out);
    }
    // Nothing was judged.
    desk.put("token", "a.b.c");
    explain(&desk, &["--json"], "token").fails_with(2, "error[usage]: the token's place has the name of a file");
}

/// A genuine token's claims come from whoever had them signed: they must neither steer a terminal nor hide in it.
#[test]
fn what_nobody_sees_is_escaped() {
    let hidden = [
        "\u{1b}",
        "\u{7f}",
        "\u{9b}",
        "\u{202e}",
        "\u{200b}",
        "\u{2028}",
        "\u{feff}",
        "\u{e0001}",
        "\u{3164}",
        "\u{2800}",
        "\u{fe0f}",
    ];
    let desk = desk();
    for character in hidden {
        let audience = format!("b{character}c");
        let token = token(&desk, &json!({"iss": "a", "aud": audience, "exp": 1_750_000_192}));
        for mode in [&[][..], &["--json"]] {
            let outcome = explain(&desk, mode, &token);
            assert_eq!(outcome.err, "error[audience_mismatch]: the token is rejected\n");
            assert!(!outcome.out.contains(character), "{} is shown as it is", character.escape_unicode());
            let line = outcome.out.lines().find(|line| line.contains("aud")).unwrap();
            assert!(line.contains("b\\u"), "{line}");
        }
        let said: Value = serde_json::from_str(&explain(&desk, &["--json"], &token).out).unwrap();
        let checks = said["checks"].as_array().unwrap();
        assert_eq!(checks.iter().find(|check| check["name"] == "aud").unwrap()["actual"], json!(audience));
    }
}
