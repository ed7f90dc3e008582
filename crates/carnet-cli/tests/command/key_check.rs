//! `carnet key check`.

use crate::desk::{CERTIFICATE, Desk, Outcome, key_file, rfc7515_key};
use serde_json::{Value, json};

/// RFC 7515 appendix A.3.
const P256_THUMBPRINT: &str = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U";

fn check(desk: &Desk, key: impl AsRef<[u8]>, rest: &[&str]) -> Outcome {
    desk.put("key", key).run(&[&["key", "check", "key"], rest].concat())
}

fn jwk(section: &str, member: &str) -> Value {
    serde_json::from_str(&rfc7515_key(section, member)).unwrap()
}

/// The value of a line of the report.
fn line<'a>(report: &'a str, name: &str) -> Vec<&'a str> {
    report
        .lines()
        .filter_map(|line| line.split_once("  ").filter(|(own, _)| *own == name))
        .map(|(_, value)| value.trim_start())
        .collect()
}

#[test]
fn says_what_a_key_is() {
    let desk = Desk::new();
    let mut key = jwk("A.3", "key");
    key["kid"] = json!("2026-11\u{1b}[31m");
    key["use"] = json!("sig");
    key["alg"] = json!("ES256");
    key["key_ops"] = json!(["sign", "verify"]);
    key["x5u"] = json!("https://example.com/");
    key["x5t"] = json!("00");
    assert_eq!(
        check(&desk, key.to_string(), &["--alg", "ES256"]).text(),
        format!(
            "type        EC P-256\n\
             half        private\n\
             kid         \"2026-11\\u{{1b}}[31m\"\n\
             alg         ES256\n\
             use         sig\n\
             key_ops     sign, verify\n\
             thumbprint  {P256_THUMBPRINT}\n\
             remark      \"x5t\" is not base64url of a SHA-1 digest, and is ignored\n\
             remark      \"x5u\" is never followed\n\
             signs       ES256\n\
             verifies    ES256\n\
             ES256       may use it for signing and verifying\n"
        )
    );
    let public = desk.run(&["key", "public", "key"]).line();
    let report = check(&desk, public, &[]).text();
    assert_eq!(line(&report, "half"), ["public"]);
    assert_eq!(line(&report, "key_ops"), ["verify"]);
    assert_eq!(line(&report, "thumbprint"), [P256_THUMBPRINT]);
    assert_eq!(line(&report, "signs"), ["nothing: this is a public key"]);
    assert_eq!(line(&report, "verifies"), ["ES256"]);
}

#[test]
fn says_what_keys_that_leave_it_open_are_for() {
    let desk = Desk::new();
    let report = check(&desk, rfc7515_key("A.2", "key"), &[]).text();
    assert_eq!(line(&report, "type"), ["RSA 2048 bits"]);
    assert_eq!(line(&report, "alg"), ["none"]);
    let rsa = ["RS256, RS384, RS512, PS256, PS384, PS512"];
    assert_eq!((line(&report, "signs"), line(&report, "verifies")), (rsa.to_vec(), rsa.to_vec()));

    let report = check(&desk, rfc7515_key("A.1", "key"), &[]).text();
    assert_eq!(line(&report, "type"), ["oct 512 bits"]);
    assert_eq!(line(&report, "half"), ["shared secret"]);
    assert_eq!(line(&report, "thumbprint"), ["not shown: it lets whoever sees it test guesses of the secret"]);
    assert_eq!(line(&report, "verifies"), ["HS256, HS384, HS512"]);

    let report = check(&desk, key_file("golang-jwt/jwt/test/ed25519-public.pem"), &[]).text();
    assert_eq!(line(&report, "type"), ["OKP Ed25519"]);
    assert_eq!(line(&report, "verifies"), ["EdDSA"]);

    let report = check(&desk, CERTIFICATE, &["--alg", "ES256"]).text();
    assert_eq!(line(&report, "x5c"), ["1, and the first holds this key; nothing else of them is checked"]);
    assert_eq!(line(&report, "ES256"), ["may use it for verifying"]);
    // From standard input too.
    assert_eq!(desk.run_with(&["key", "check", "-", "--alg", "ES256"], &[], CERTIFICATE).text(), report);
}

#[test]
fn a_key_that_is_not_for_this_is_exit_code_1() {
    let desk = Desk::new();
    let rejects = |key: &Value, rest: &[&str], sentence: &str| {
        let outcome = check(&desk, key.to_string(), rest);
        assert_eq!((outcome.code, outcome.err.as_str()), (1, format!("{sentence}\n").as_str()), "{key} {rest:?}");
        // What it is, is said all the same.
        assert!(outcome.out.starts_with("type        "));
        outcome.out
    };
    let mut key = jwk("A.2", "key");
    rejects(&key, &["--alg", "ES256"], "error[key_mismatch]: \"key\": ES256 cannot be used with an RSA key");
    rejects(&key, &["--alg", "HS256"], "error[key_mismatch]: \"key\": HS256 cannot be used with an RSA key");
    key["alg"] = json!("PS256");
    assert_eq!(check(&desk, key.to_string(), &["--alg", "PS256"]).code, 0);
    let other = "error[key_not_for_this]: \"key\": the key's \"alg\" is PS256, so it cannot be used with RS256; ask for PS256, or make a key for RS256";
    rejects(&key, &["--alg", "RS256"], other);
    key["use"] = json!("enc");
    let report = rejects(
        &key,
        &[],
        "error[key_not_for_this]: \"key\": the key's \"use\" does not allow verifying signatures; it must be \"sig\" or absent",
    );
    assert_eq!(
        line(&report, "signs"),
        ["nothing: the key's \"use\" does not allow signing; it must be \"sig\" or absent"]
    );
    key["alg"] = json!("RSA-OAEP");
    rejects(
        &key,
        &[],
        "error[unsupported_algorithm]: \"key\": the algorithm RSA-OAEP is not supported: it encrypts and does not sign",
    );

    let weak = json!({"kty": "oct", "k": "c2hvcnQ"});
    let report = check(&desk, weak.to_string(), &[]);
    assert_eq!((report.code, line(&report.out, "type")), (1, vec!["oct 40 bits"]));
    assert!(report.err.starts_with("error[weak_key]: \"key\": "), "{}", report.err);
    let makes = |alg| format!("\nnote: carnet key generate --alg {alg} makes a shared secret that is long enough\n");
    assert!(report.err.ends_with(&makes("HS256")), "{}", report.err);
    for weak in [weak, json!({"kty": "oct", "k": "c2hvcnQ", "alg": "HS384"})] {
        let report = check(&desk, weak.to_string(), &["--alg", "HS384"]);
        assert!(report.err.ends_with(&makes("HS384")), "{}", report.err);
    }
    let report = check(&desk, json!({"kty": "oct", "k": "c2hvcnQ", "alg": "HS512"}).to_string(), &[]);
    assert!(report.err.ends_with(&makes("HS512")), "{}", report.err);

    let short = carnet::base64url::encode(&[0x81; 128]);
    check(&desk, json!({"kty": "RSA", "n": short, "e": "AQAB"}).to_string(), &[]).fails(
        1,
        "error[weak_key]: \"key\": the RSA modulus has 1024 bits, and 2048 to 8192 are allowed\n\
         note: make a new key, such as with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072",
    );
}

#[test]
fn a_key_may_be_for_one_purpose_only() {
    let desk = Desk::new();
    let mut key = jwk("A.1", "key");
    key["alg"] = json!("HS256");
    for (operation, purpose, other) in [("sign", "signing", "verifies"), ("verify", "verifying", "signs")] {
        key["key_ops"] = json!([operation]);
        let report = check(&desk, key.to_string(), &["--alg", "HS256"]).text();
        assert_eq!(line(&report, "HS256"), [format!("may use it for {purpose}")]);
        assert!(line(&report, other)[0].starts_with("nothing: the key's \"key_ops\" does not allow "));
        assert_eq!(check(&desk, key.to_string(), &[]).code, 0);
    }
}

#[test]
fn a_faulty_key_is_exit_code_1_and_the_member_is_named() {
    let desk = Desk::new();
    let faulty = |key: &Value, sentence: &str| {
        check(&desk, key.to_string(), &[]).fails(1, &format!("error[invalid_key]: \"key\": {sentence}"));
    };
    let (ec, rsa) = (jwk("A.3", "key"), jwk("A.2", "key"));
    let with = |key: &Value, member: &str, value: Value| {
        let mut key = key.clone();
        key[member] = value;
        key
    };
    faulty(
        &with(&ec, "x", json!("AA")),
        "the key's member \"x\" does not have the length of a coordinate of its curve",
    );
    faulty(&with(&ec, "x", json!("AA==")), "the key's member \"x\" is not base64url without padding");
    faulty(&with(&ec, "kid", json!(7)), "the key's member \"kid\" is not a string");
    faulty(
        &with(&with(&ec, "use", json!("enc")), "key_ops", json!(["sign"])),
        "the key's member \"key_ops\" contradicts \"use\"",
    );
    faulty(&json!({"kty": "RSA", "n": rsa["n"]}), "the key has no member \"e\"");
    faulty(
        &with(&rsa, "oth", json!([])),
        "the key's member \"oth\" makes this an RSA key of more than two primes, which is not supported",
    );
    let wrong = check(&desk, with(&ec, "d", jwk("A.2", "key")["d"].clone()).to_string(), &[]);
    wrong.fails_with(1, "error[invalid_key]: \"key\": the key's member \"d\" ");
    check(&desk, with(&ec, "alg", json!("RS256")).to_string(), &[])
        .fails(1, "error[key_mismatch]: \"key\": RS256 cannot be used with an EC key on P-256");
    check(&desk, key_file("test/privateSecure.pem"), &[])
        .fails_with(1, "error[invalid_key]: \"key\": the private key is encrypted");
    check(&desk, key_file("tests/keys/jwk_okp_key_Ed448.json"), &[])
        .fails_with(1, "error[unsupported_key]: \"key\": this key (\"Ed448\") cannot be used here");
}

#[test]
fn whatever_is_read_and_refused_is_exit_code_1() {
    let desk = Desk::new();
    check(&desk, "hello", &[]).fails_with(1, "error[invalid_key]: \"key\": no key: neither");
    check(&desk, "{\"keys\":[]}", &[])
        .fails(1, "error[invalid_key]: \"key\": this is a JWK Set; carnet jwks show tells about each entry");
    check(&desk, vec![b' '; 16 * 1024 * 1024 + 1], &[])
        .fails(1, "error[too_large]: \"key\": longer than the limit of 16777216 octets");
    let help = desk.run(&["key", "check", "--help"]).text();
    for words in ["A JWK Set is refused: carnet jwks show", "  1  what was read is refused", "  2  nothing was judged"]
    {
        assert!(help.contains(words), "{help}");
    }
}

#[test]
fn what_is_not_judged_is_exit_code_2() {
    let desk = Desk::new();
    desk.run(&["key", "check", "absent.json"]).fails(2, "error[unreadable_file]: \"absent.json\": no such file");
    check(&desk, CERTIFICATE, &["--alg", "es256"]).fails_with(2, "error[unknown_algorithm]: the value of --alg is not");
    check(&desk, CERTIFICATE, &["--alg", "none"]).fails_with(2, "error[unsupported_algorithm]: the algorithm none");
}
