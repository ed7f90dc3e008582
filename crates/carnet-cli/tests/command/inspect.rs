//! `carnet inspect`.

use crate::desk::{Desk, SECRET, rfc7515_key, rfc7515_token};

const WARNING: &str =
    "NOT VERIFIED: nobody has checked the signature. Anybody can have written what follows; believe none of it.\n";

#[test]
fn shows_a_token_and_believes_nothing() {
    let desk = Desk::new();
    let outcome = desk.run(&["inspect", &rfc7515_token("A.1"), "--now", "1300000000"]);
    assert_eq!((outcome.code, outcome.err.as_str()), (0, ""));
    assert_eq!(
        outcome.out,
        format!(
            "{WARNING}\n\
             header\n{{\n  \"typ\": \"JWT\",\n  \"alg\": \"HS256\"\n}}\n\n\
             claims\n{{\n  \"iss\": \"joe\",\n  \"exp\": 1300819380,\n  \"http://example.com/is_root\": true\n}}\n\n\
             times\nexp         2011-03-22T18:43:00Z  expires in 9 days\n\n\
             signature\n32 octets, not checked\n"
        )
    );
}

#[test]
fn shows_unsigned_and_forged_tokens_alike() {
    let desk = Desk::new();
    let unsigned = desk.run(&["inspect", &rfc7515_token("A.5")]);
    assert_eq!((unsigned.code, unsigned.err.as_str()), (0, ""));
    assert!(unsigned.out.starts_with(WARNING) && unsigned.out.ends_with("\nsignature\nnone\n"), "{}", unsigned.out);
    assert!(unsigned.out.contains("\"alg\": \"none\""));
    assert!(unsigned.out.contains("exp         2011-03-22T18:43:00Z  expired "));
}

#[test]
fn times_are_shown_as_they_are_from_now() {
    let desk = Desk::new();
    desk.put("secret", SECRET);
    let claims =
        r#"{"nbf":1000000000.5,"iat":999996400,"auth_time":999740800,"updated_at":"yesterday","exp":1000000900}"#;
    let token = desk.run(&["sign", "--secret-file", "secret", "--claims", claims]).line();
    let times = |now| {
        let report = desk.run(&["inspect", "--now", now, &token]).out;
        report.split_once("times\n").unwrap().1.split_once("\n\n").unwrap().0.to_owned()
    };
    assert_eq!(
        times("1000000000"),
        "exp         2001-09-09T02:01:40Z  expires in 15 min\n\
         nbf         2001-09-09T01:46:40Z  not valid yet, in 1 s\n\
         iat         2001-09-09T00:46:40Z  1 h ago\n\
         auth_time   2001-09-06T01:46:40Z  3 days ago"
    );
    assert!(times("1000000900").contains("expires now"));
    assert!(times("1000260100").contains("exp         2001-09-09T02:01:40Z  expired 3 days ago"));
}

#[test]
fn times_need_not_be_there() {
    let desk = Desk::new();
    desk.put("secret", SECRET);
    // {} signed by nobody.
    let outcome = desk.run(&["inspect", "eyJhbGciOiJub25lIn0.e30."]);
    assert_eq!(
        outcome.out,
        format!("{WARNING}\nheader\n{{\n  \"alg\": \"none\"\n}}\n\nclaims\n{{}}\n\nsignature\nnone\n")
    );
}

#[test]
fn nothing_shown_can_steer_a_terminal() {
    let desk = Desk::new();
    let claims = "{\"\u{202e}\":\"\u{9b}31m\u{7f}\\u001b[31m\u{2066}\"}";
    let token = format!("eyJhbGciOiJub25lIn0.{}.", carnet::base64url::encode(claims.as_bytes()));
    let report = desk.run(&["inspect", &token]).out;
    assert!(report.contains(r#""\u202e": "\u009b31m\u007f\u001b[31m\u2066""#), "{report}");
    assert!(report.chars().all(|character| character == '\n' || !character.is_control()));
}

#[test]
fn the_token_may_come_from_standard_input() {
    let desk = Desk::new();
    let token = rfc7515_token("A.2");
    let expected = desk.run(&["inspect", "--now", "5", &token]);
    for end in ["", "\n", "\r\n"] {
        assert_eq!(desk.run_with(&["inspect", "--now", "5", "-"], &[], format!("{token}{end}")), expected);
    }
    desk.run_with(&["inspect", "-"], &[], format!("{token}\n\n")).fails_with(1, "error[malformed]");
}

#[test]
fn what_cannot_be_decoded_is_exit_code_1() {
    let desk = Desk::new();
    let inspect = |token: &str| desk.run(&["inspect", token]);
    inspect("hello").fails_with(1, "error[malformed]: the token is not three base64url segments joined by two dots");
    inspect("").fails_with(1, "error[malformed]");
    inspect("a.b.c.d.e").fails_with(1, "error[encrypted_token]: the token has five segments");
    inspect("e30.e30.").fails_with(1, "error[malformed]: the header is not a JOSE header: \"alg\" is missing");
    inspect("eyJhbGciOiJub25lIn0.W10.")
        .fails(1, "error[malformed]: the payload is not a set of claims: not a JSON object; a token with any other payload is verified by carnet jws verify");
    inspect(r#"{"payload":"","signatures":[]}"#)
        .fails_with(1, "error[malformed]: this is JSON, and a JSON Web Token is three");
    inspect(&"a".repeat(65_537)).fails_with(1, "error[too_large]");
}

#[test]
fn the_name_of_a_file_is_no_token() {
    let desk = Desk::new();
    desk.put("token.txt", rfc7515_token("A.1"));
    let slip = desk.run(&["inspect", "token.txt"]);
    assert_eq!((slip.code, slip.out.as_str()), (2, ""));
    assert_eq!(
        slip.err,
        "error[usage]: the token's place has the name of a file; give - for the token and read the file: - < FILE\n"
    );
    // What is none may have been meant as one.
    let note = "\nnote: if this is the name of a file: - < FILE\n";
    desk.put("key.json", rfc7515_key("A.3", "public_key"));
    for command in [
        &["inspect"][..],
        &["verify", "--keys", "key.json", "--any-issuer", "--any-audience"],
        &["jws", "verify", "--keys", "key.json"],
    ] {
        let run = |word: &str| desk.run(&[command, &[word]].concat());
        for word in ["no-such-file", "token.jwt"] {
            run(word).fails_with(1, "error[malformed]: the token is not three base64url segments");
            assert!(run(word).err.ends_with(note), "{}", run(word).err);
        }
        for word in ["a.b.c", "a.b.c.d.e", "{\"payload\":1}"] {
            assert!(run(word).code == 1 && !run(word).err.contains("note: if"), "{}", run(word).err);
        }
    }
}
