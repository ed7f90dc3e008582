//! `carnet verify` with one key.

use crate::desk::{Desk, JOE_EXPIRES, Outcome, SECRET, key_file, rfc7515, rfc7515_key, rfc7515_token};
use serde_json::json;

const ANY: [&str; 2] = ["--any-issuer", "--any-audience"];
const JOE: &str = r#""claims":{"iss":"joe","exp":1300819380,"http://example.com/is_root":true}}"#;

/// Verifies as of a second before the tokens of RFC 7515 expire.
fn verify(desk: &Desk, key: &str, token: &str, rest: &[&str]) -> Outcome {
    let arguments = ["verify", "--keys", "key", "--now", "1300819379"];
    desk.put("key", key).run(&[&arguments[..], rest, &[token]].concat())
}

#[test]
fn rfc7515_appendix_a1_with_an_oct_jwk() {
    let desk = Desk::new();
    let (key, token) = (rfc7515_key("A.1", "key"), rfc7515_token("A.1"));
    let accepted = verify(&desk, &key, &token, &[&ANY[..], &["--alg", "HS256"]].concat());
    assert_eq!(accepted.line(), format!(r#"{{"header":{{"typ":"JWT","alg":"HS256"}},{JOE}"#));
    verify(&desk, &key, &token, &ANY).fails(
        2,
        "error[invalid_key]: \"key\": the shared secret does not name its algorithm (\"alg\"); name it with --alg HS256",
    );
    verify(&desk, &key, &token, &[&ANY[..], &["--alg", "HS512"]].concat())
        .fails(1, "error[algorithm_not_allowed]: the token's algorithm \"HS256\" is not allowed here, or no key for it is configured");
    verify(&desk, &key, &token, &[&ANY[..], &["--alg", "RS256"]].concat())
        .fails_with(2, "error[key_mismatch]: \"key\": RS256 cannot be used with");
    let mut own = rfc7515("A.1")["key"].clone();
    own["alg"] = json!("HS256");
    assert!(verify(&desk, &own.to_string(), &token, &ANY).line().ends_with(JOE));
}

#[test]
fn rfc7515_appendix_a2_with_either_half() {
    let desk = Desk::new();
    let token = rfc7515_token("A.2");
    for member in ["public_key", "key"] {
        let key = rfc7515_key("A.2", member);
        let accepted = verify(&desk, &key, &token, &ANY);
        assert_eq!(accepted.line(), format!(r#"{{"header":{{"alg":"RS256"}},{JOE}"#));
        assert!(
            verify(&desk, &key, &token, &[&ANY[..], &["--alg", "ES256", "--alg", "RS256"]].concat())
                .line()
                .ends_with(JOE)
        );
        // Bound to the first that fits; the other is allowed and has no key.
        verify(&desk, &key, &token, &[&ANY[..], &["--alg", "PS256", "--alg", "RS256"]].concat())
            .fails_with(1, "error[algorithm_not_allowed]: the token's algorithm \"RS256\"");
    }
}

#[test]
fn rfc7515_appendix_a3_and_a5() {
    let desk = Desk::new();
    let key = rfc7515_key("A.3", "public_key");
    assert!(verify(&desk, &key, &rfc7515_token("A.3"), &ANY).line().ends_with(JOE));
    verify(&desk, &key, &rfc7515_token("A.5"), &ANY)
        .fails_with(1, "error[algorithm_not_allowed]: the token's algorithm \"none\"");
    verify(&desk, &key, &rfc7515_token("A.5"), &[&ANY[..], &["--alg", "none"]].concat())
        .fails_with(2, "error[unsupported_algorithm]: the algorithm none is not supported");
}

#[test]
fn a04_public_key_as_hmac_secret() {
    let desk = Desk::new();
    // A forger signs with the text of the public key; here, what the command says to whoever would help.
    let pem = key_file("tests/rsa/public_jwtio.pem");
    let token = rfc7515_token("A.1");
    verify(&desk, &pem, &token, &[&ANY[..], &["--alg", "HS256"]].concat())
        .fails(2, "error[key_mismatch]: \"key\": HS256 cannot be used with an RSA key");
    verify(&desk, &pem, &token, &[&ANY[..], &["--alg", "HS256", "--alg", "RS256"]].concat())
        .fails_with(1, "error[algorithm_not_allowed]: the token's algorithm \"HS256\"");
    desk.put("key.pem", &pem);
    desk.run(&[&["verify", "--secret-file", "key.pem", &token], &ANY[..]].concat())
        .fails_with(2, "error[weak_key]: \"key.pem\": the octets given as a shared secret look like a PEM file");
}

#[test]
fn the_token_or_the_key_may_come_from_standard_input() {
    let desk = Desk::new();
    let (key, token) = (rfc7515_key("A.2", "public_key"), rfc7515_token("A.2"));
    desk.put("key", &key);
    let now = ["verify", "--now", "1300819379", "--any-issuer", "--any-audience", "--keys"];
    let from_input = |input: &[u8]| desk.run_with(&[&now[..], &["key", "-"]].concat(), &[], input);
    for end in ["", "\n", "\r\n"] {
        assert!(from_input(format!("{token}{end}").as_bytes()).line().ends_with(JOE));
    }
    for (start, end) in [("", "\n\n"), ("", " "), (" ", ""), ("", " \n"), ("", "\r"), ("\n", ""), ("\u{feff}", "")] {
        from_input(format!("{start}{token}{end}").as_bytes()).fails_with(1, "error[malformed]: ");
    }
    from_input(b"\xff\xff").fails_with(1, "error[malformed]: the token is not three base64url segments");
    for (text, sentence) in [
        (format!("Bearer {token}"), "\"Bearer \" is the scheme of the Authorization header and no part of the token"),
        (format!("{token}\n\n"), "more than one line end follows the token"),
        (format!(" {token}"), "white space stands before the token"),
        (format!("{token} "), "white space follows the token"),
        (format!("\u{feff}{token}"), "a byte order mark (UTF-8 BOM) stands before the token"),
        (format!("\"{token}\"\n"), "the token stands in quotes"),
        (String::new(), "standard input has no token; give it one, such as - < FILE"),
        ("\n".to_owned(), "standard input has no token"),
    ] {
        from_input(text.as_bytes()).fails_with(1, &format!("error[malformed]: {sentence}"));
    }
    desk.run(&[&now[..], &["key", ""]].concat()).fails_with(1, "error[malformed]: the token is empty; give the token");
    desk.run(&[&now[..], &["key", &format!("bearer {token}")]].concat())
        .fails_with(1, "error[malformed]: \"Bearer \" is");
    from_input(&vec![b'a'; 65_537]).fails(1, "error[too_large]: the token is longer than the limit of 65536 octets");
    from_input(&vec![b'a'; 2_000_000]).fails(1, "error[too_large]: the token is longer than the limit of 65536 octets");

    let outcome = desk.run_with(&[&now[..], &["-", &token]].concat(), &[], &key);
    assert!(outcome.line().ends_with(JOE));
    desk.run(&[&now[..], &["-", "-"]].concat())
        .fails(2, "error[usage]: the keys (--keys) and the token cannot both come from standard input (-)");
    desk.run(&["verify", "--secret-file", "-", "--any-issuer", "--any-audience", "-"])
        .fails(2, "error[usage]: the secret (--secret-file) and the token cannot both come from standard input (-)");
}

#[test]
fn pem_keys_of_every_kind() {
    let desk = Desk::new();
    for (private, public) in [
        ("tests/rsa/private_jwtio.pem", "tests/rsa/public_jwtio.pem"),
        ("golang-jwt/jwt/test/ec256-private.pem", "golang-jwt/jwt/test/ec256-public.pem"),
        ("tests/keys/ec-p384-private.pem", "tests/keys/ec-p384-public.pem"),
        ("golang-jwt/jwt/test/ed25519-private.pem", "golang-jwt/jwt/test/ed25519-public.pem"),
    ] {
        let (private, public) = (key_file(private), key_file(public));
        let token =
            desk.put("k", &private).run(&["sign", "--key", "k", "--claims", "{\"n\":1}", "--expires-in", "1h"]).line();
        for key in [&private, &public] {
            let verified = desk.put("k", key).run(&[&["verify", "--keys", "k", &token], &ANY[..]].concat()).json();
            assert_eq!(verified["claims"]["n"], 1);
        }
    }
    let rsa = key_file("tests/rsa/private_jwtio.pem");
    let token = desk.put("k", &rsa).run(&["sign", "--key", "k", "--alg", "PS256", "--never-expires"]).line();
    desk.put("k", key_file("tests/rsa/public_jwtio.pem"));
    let verify =
        |rest: &[&str]| desk.run(&[&["verify", "--keys", "k", "--no-expiry", &token], &ANY[..], rest].concat());
    assert_eq!(verify(&["--alg", "PS256"]).json()["header"]["alg"], "PS256");
    verify(&[]).fails_with(1, "error[algorithm_not_allowed]: the token's algorithm \"PS256\"");
}

#[test]
fn secrets_verify_what_secrets_sign() {
    let desk = Desk::new();
    let secret = SECRET.repeat(2);
    let env = [("CARNET_TEST_SECRET", secret.as_str())];
    desk.put("secret", format!("{secret}\n"));
    let rest = ["--any-issuer", "--any-audience", "--no-expiry"];
    for alg in [&[][..], &["--alg", "HS256"], &["--alg", "HS384"], &["--alg", "HS512"]] {
        let token = desk
            .run_with(&[&["sign", "--secret-env", "CARNET_TEST_SECRET", "--never-expires"], alg].concat(), &env, "")
            .line();
        let file = desk.run(&[&["verify", "--secret-file", "secret", &token], &rest[..], alg].concat());
        let variable = desk.run_with(
            &[&["verify", "--secret-env", "CARNET_TEST_SECRET", &token], &rest[..], alg].concat(),
            &env,
            "",
        );
        let input = desk.run_with(&[&["verify", "--secret-file", "-", &token], &rest[..], alg].concat(), &[], &secret);
        assert_eq!(file.line(), variable.line());
        assert_eq!(input.code, 0);
        let other = [("CARNET_TEST_SECRET", SECRET)];
        let forged =
            desk.run_with(&[&["verify", "--secret-env", "CARNET_TEST_SECRET", &token], &rest[..]].concat(), &other, "");
        assert_eq!(forged.code, 1);
    }
    desk.run(&[&["verify", "--secret-env", "CARNET_TEST_UNSET", "a.b.c"], &rest[..]].concat())
        .fails_with(2, "error[secret_unavailable]: the environment variable CARNET_TEST_UNSET is not set");
    desk.run(&[&["verify", "--secret-file", "absent.json", "a.b.c"], &rest[..]].concat())
        .fails_with(2, "error[unreadable_file]: --secret-file: no such file; its name is not repeated here");
    desk.run(&[&["verify", "--secret-file", "secret", "--alg", "ES256", "a.b.c"], &rest[..]].concat())
        .fails_with(2, "error[key_mismatch]: \"secret\": ES256 cannot be used with");
}

#[test]
fn every_failed_check_is_a_line_and_no_claim_is_shown() {
    let desk = Desk::new();
    let (key, token) = (rfc7515_key("A.2", "public_key"), rfc7515_token("A.2"));
    desk.put("key", &key);
    let arguments = ["verify", "--keys", "key", &token, "--now", JOE_EXPIRES];
    let outcome = desk.run(&[&arguments[..], &["--issuer", "jane", "--audience", "us", "--typ", "at+jwt"]].concat());
    assert_eq!((outcome.code, outcome.out.as_str()), (1, ""));
    let mut lines: Vec<&str> = outcome.err.lines().collect();
    assert_eq!(
        lines.remove(0),
        "error[token_expired]: the token expired at 1300819380 and it is 1300819380 (leeway 0 s)"
    );
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "error[claim_missing]: the claim \"aud\" is missing",
            "error[issuer_mismatch]: the token's issuer (\"iss\") is not the one required",
            "error[wrong_typ]: the token's type (\"typ\") is not the one required (--typ)",
        ]
    );
    let other = if token.ends_with('A') { 'E' } else { 'A' };
    let forged = format!("{}{other}", &token[..token.len() - 1]);
    desk.run(&[&["verify", "--keys", "key", &forged], &ANY[..]].concat())
        .fails(1, "error[invalid_signature]: the signature is invalid");
    desk.run(&[&["verify", "--keys", "key", "a.b"], &ANY[..]].concat()).fails_with(1, "error[malformed]");
    desk.run(&[&["verify", "--keys", "key", "a.b.c.d.e"], &ANY[..]].concat()).fails_with(1, "error[encrypted_token]");
}

#[test]
fn the_policy() {
    let desk = Desk::new();
    desk.put("secret", SECRET);
    let sign = |rest: &[&str]| desk.run(&[&["sign", "--secret-file", "secret", "--now", "1000"], rest].concat()).line();
    let verify = |token: &str, rest: &[&str]| desk.run(&[&["verify", "--secret-file", "secret", token], rest].concat());
    let token = sign(&[
        "--issuer",
        "i",
        "--audience",
        "a",
        "--audience",
        "b",
        "--expires-in",
        "1m",
        "--not-before",
        "10s",
        "--typ",
        "at+jwt",
    ]);
    let at = |now, rest: &[&str]| verify(&token, &[&["--issuer", "i", "--audience", "b", "--now", now], rest].concat());
    assert_eq!(at("1010", &["--typ", "at+jwt"]).json()["claims"]["aud"], json!(["a", "b"]));
    at("1009", &[]).fails_with(1, "error[token_not_yet_valid]: the token is not valid before 1010 and it is 1009");
    assert_eq!(at("1009", &["--leeway", "1s"]).code, 0);
    assert_eq!(at("1059", &[]).code, 0);
    at("1060", &["--no-expiry"]).fails_with(1, "error[token_expired]");
    assert_eq!(at("1060", &["--leeway", "1m"]).code, 0);
    at("-5", &[]).fails_with(1, "error[token_not_yet_valid]");
    at("1010", &["--typ", "JWT"])
        .fails(1, "error[wrong_typ]: the token's type (\"typ\") is not the one required (--typ)");
    at("1010", &["--leeway", "61m"]).fails_with(2, "error[invalid_policy]: the leeway is above 3600 s");
    at("1010", &["--typ", ""])
        .fails_with(2, "error[invalid_policy]: the typ (--typ) is empty; give one, or leave the option out");
    verify(&token, &["--now", "1010", "--issuer", "i/", "--any-audience"]).fails_with(1, "error[issuer_mismatch]");
    verify(&token, &["--now", "1010", "--any-issuer", "--audience", "c"]).fails_with(1, "error[audience_mismatch]");
    verify(&token, &["--now", "1010", "--issuer", "", "--any-audience"]).fails_with(
        2,
        "error[invalid_policy]: the issuer (--issuer) is empty; give one, or waive the check with --any-issuer",
    );

    let eternal = sign(&["--never-expires"]);
    verify(&eternal, &ANY).fails(1, "error[claim_missing]: the claim \"exp\" is missing");
    assert_eq!(
        verify(&eternal, &[&ANY[..], &["--no-expiry"]].concat()).line(),
        r#"{"header":{"alg":"HS256","typ":"JWT"},"claims":{"iat":1000}}"#
    );
}

#[test]
fn what_is_printed_is_what_was_signed() {
    let desk = Desk::new();
    desk.put("secret", SECRET);
    let claims = "{\"z\":12345678901234567890123,\"a\":1.10,\"s\":\"\u{202e}\u{9b}31m é\",\"z2\":{\"b\":1,\"b\":2}}";
    let token =
        desk.run(&["sign", "--secret-file", "secret", "--now", "1", "--never-expires", "--claims", claims]).line();
    let line = desk.run(&[&["verify", "--secret-file", "secret", "--no-expiry", &token], &ANY[..]].concat()).line();
    let shown = r#"{"iat":1,"z":12345678901234567890123,"a":1.10,"s":"\u202e\u009b31m é","z2":{"b":1,"b":2}}}"#;
    assert_eq!(line, format!(r#"{{"header":{{"alg":"HS256","typ":"JWT"}},"claims":{shown}"#));
}

#[test]
fn keys_that_cannot_be_used() {
    let desk = Desk::new();
    let token = rfc7515_token("A.2");
    let verify = |key: &str| verify(&desk, key, &token, &ANY);
    verify(&key_file("test/privateSecure.pem"))
        .fails_with(2, "error[invalid_key]: \"key\": the private key is encrypted");
    verify(&key_file("tests/keys/jwk_okp_key_Ed448.json"))
        .fails_with(2, "error[unsupported_key]: \"key\": this key (\"Ed448\"");
    verify("hello").fails_with(2, "error[invalid_key]: \"key\": no key");
    let mut key = rfc7515("A.2")["public_key"].clone();
    key["use"] = json!("enc");
    verify(&key.to_string())
        .fails(2, "error[key_not_for_this]: \"key\": the key's \"use\" does not allow verifying signatures; it must be \"sig\" or absent");
    key["use"] = json!("sig");
    key["alg"] = json!("RSA-OAEP");
    verify(&key.to_string())
        .fails_with(2, "error[unsupported_algorithm]: \"key\": the algorithm RSA-OAEP is not supported");
    key["alg"] = json!("PS256");
    verify(&key.to_string()).fails_with(1, "error[algorithm_not_allowed]");
    desk.put("key", key.to_string());
    desk.run(&[&["verify", "--keys", "key", "--alg", "RS256", &token], &ANY[..]].concat())
        .fails(2, "error[key_not_for_this]: \"key\": the key's \"alg\" is PS256, so it cannot be used with RS256; ask for PS256, or make a key for RS256");
    desk.run(&[&["verify", "--keys", "absent.json", &token], &ANY[..]].concat())
        .fails(2, "error[unreadable_file]: \"absent.json\": no such file");
    desk.run(&[&["verify", "--keys", "key", "--alg", "rs256", &token], &ANY[..]].concat())
        .fails_with(2, "error[unknown_algorithm]: the value of --alg is not a registered algorithm");
}

#[test]
fn critical_extensions_are_pointed_to_the_command_that_takes_them() {
    let desk = Desk::new();
    desk.put("secret", SECRET).put("claims", "{}");
    let sign = |rest: &[&str]| desk.run(&[&["jws", "sign", "--secret-file", "secret", "claims"], rest].concat()).line();
    let verify = |token: &str| desk.run(&[&["verify", "--secret-file", "secret", token], &ANY[..]].concat());
    verify(&sign(&["--critical", "ext=1"])).fails(
        1,
        "error[unsupported_critical]: the token demands the extension \"ext\" (\"crit\"), and carnet verify does none; \
         where you do what it asks for, use carnet jws verify --understands NAME and check the claims yourself",
    );
}

#[test]
fn other_jws_are_pointed_to_the_command_for_them() {
    let desk = Desk::new();
    desk.put("secret", SECRET).put("letter", "a letter").put("claims", "{}");
    let sign = |rest: &[&str]| desk.run(&[&["jws", "sign", "--secret-file", "secret"], rest].concat()).line();
    let verify = |token: &str| desk.run(&[&["verify", "--secret-file", "secret", token], &ANY[..]].concat());
    verify(&sign(&["letter"])).fails(
        1,
        "error[malformed]: the payload is not a set of claims: not a JSON object; \
         a token with any other payload is verified by carnet jws verify",
    );
    verify(&sign(&["--serialization", "flattened", "claims"]))
        .fails_with(1, "error[malformed]: this is JSON, and a JSON Web Token is three");
    verify(&sign(&["--detached", "claims"])).fails(
        1,
        "error[invalid_signature]: the signature is invalid\n\
         note: the token does not carry its payload (it is detached): carnet jws verify --payload FILE verifies it",
    );
}

#[test]
fn a_missing_secret_can_be_made() {
    let desk = Desk::new();
    desk.put("short", "short");
    for rest in [["--secret-file", "short"], ["--secret-file", "absent.json"], ["--secret-env", "CARNET_TEST_UNSET"]] {
        let outcome = desk.run(&[&["verify", "a.b.c"], &rest[..], &ANY[..]].concat());
        assert_eq!(outcome.code, 2);
        assert!(outcome.err.contains("note: carnet key generate --alg HS256 makes a shared secret"), "{}", outcome.err);
    }
    // As it says.
    desk.put("key.json", desk.run(&["key", "generate", "--alg", "HS256"]).line());
    let token = desk.run(&["sign", "--key", "key.json", "--expires-in", "1m"]).line();
    assert_eq!(desk.run(&[&["verify", "--keys", "key.json", &token], &ANY[..]].concat()).code, 0);
}
