//! `carnet key`.

use crate::desk::{Desk, SECRET, key_file, rfc7515_key};
use serde_json::{Value, json};

#[test]
fn generates_a_private_jwk_for_each_algorithm() {
    let desk = Desk::new();
    for (alg, kty) in
        [("ES256", "EC"), ("ES384", "EC"), ("EdDSA", "OKP"), ("Ed25519", "OKP"), ("HS256", "oct"), ("HS512", "oct")]
    {
        let key = desk.run(&["key", "generate", "--alg", alg]).json();
        assert_eq!(key["kty"], kty);
        assert_eq!(key["alg"], if alg == "Ed25519" { "EdDSA" } else { alg });
        assert!(key["d"].is_string() || key["k"].is_string());
        assert_ne!(key, desk.run(&["key", "generate", "--alg", alg]).json());
    }
}

#[test]
fn generates_no_other_key() {
    let desk = Desk::new();
    let generate = |alg| desk.run(&["key", "generate", "--alg", alg]);
    generate("RS256")
        .fails_with(2, "error[unsupported_key]: keys of the kind \"RSA\" cannot be used here: ring cannot generate");
    generate("none")
        .fails_with(2, "error[unsupported_algorithm]: the algorithm none is not supported: it leaves tokens");
    generate("es256").fails_with(2, "error[unknown_algorithm]: \"es256\" is not a registered algorithm");
    generate("\u{1b}[31m").fails_with(2, "error[unknown_algorithm]: \"\\u{1b}[31m\" is not");
}

#[test]
fn takes_the_public_half() {
    let desk = Desk::new();
    let key = desk.run(&["key", "generate", "--alg", "ES256"]).line();
    let mut expected: Value = serde_json::from_str(&key).unwrap();
    expected.as_object_mut().unwrap().remove("d").unwrap();
    desk.put("key.json", &key);
    assert_eq!(desk.run(&["key", "public", "key.json"]).json(), expected);
    assert_eq!(desk.run_with(&["key", "public", "-"], &[], &key).json(), expected);
    // A public key stays one.
    desk.put("public.json", expected.to_string());
    assert_eq!(desk.run(&["key", "public", "public.json"]).json(), expected);
}

#[test]
fn takes_the_public_half_of_pem() {
    let desk = Desk::new();
    let public = |path| desk.put("key.pem", key_file(path)).run(&["key", "public", "key.pem"]).line();
    // The two halves of a pair.
    assert_eq!(public("golang-jwt/jwt/test/ec256-private.pem"), public("golang-jwt/jwt/test/ec256-public.pem"));
    assert_eq!(public("golang-jwt/jwt/test/ed25519-private.pem"), public("golang-jwt/jwt/test/ed25519-public.pem"));
    assert_eq!(public("tests/rsa/private_jwtio.pem"), public("tests/rsa/public_jwtio.pem"));
    let rsa: Value = serde_json::from_str(&public("tests/rsa/public_rsa_key_pkcs1.pem")).unwrap();
    assert_eq!(rsa["kty"], "RSA");
    assert_eq!(rsa.as_object().unwrap().len(), 3);
}

#[test]
fn takes_the_public_halves_of_a_set() {
    let desk = Desk::new();
    let key = |alg| desk.run(&["key", "generate", "--alg", alg]).json();
    let (one, two, secret) = (key("ES256"), key("EdDSA"), key("HS256"));
    let magic = json!({"kty": "MAGIC", "kid": "\u{202e}m"});
    desk.put("keys.json", json!({"keys": [one, secret, two, magic]}).to_string());
    let outcome = desk.run(&["key", "public", "keys.json"]);
    assert_eq!(outcome.code, 0);
    let set: Value = serde_json::from_str(&outcome.out).unwrap();
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|key| key.get("d").is_none() && key.get("k").is_none()));
    assert_eq!((&keys[0]["x"], &keys[1]["x"]), (&one["x"], &two["x"]));
    assert_eq!(
        outcome.err,
        "warning: \"keys.json\": left out: entry 3 (kid \"\\u{202e}m\"): keys of the kind \"MAGIC\" cannot be used here: \
         the supported values of \"kty\" are RSA, EC, OKP and oct\n\
         warning: \"keys.json\": left out: shared secrets, which have no public half: 1\n"
    );

    desk.put("secrets.json", json!({"keys": [secret]}).to_string());
    desk.run(&["key", "public", "secrets.json"]).fails(
        2,
        "error[no_usable_key]: \"secrets.json\": the set has no public key\n\
         note: shared secrets, which have no public half: 1",
    );
}

#[test]
fn members_are_kept_and_shown_on_one_line() {
    let desk = Desk::new();
    let mut key: Value = serde_json::from_str(&rfc7515_key("A.3", "public_key")).unwrap();
    key["kid"] = json!("k\u{9b}1");
    let text = serde_json::to_string_pretty(&key).unwrap().replacen('{', "{\n  \"n\": [1,\n  \"\u{202e}\"],", 1);
    let line = desk.put("key.json", &text).run(&["key", "public", "key.json"]).line();
    assert!(line.contains(r#""n":[1,"\u202e"]"#) && line.contains(r#""kid":"k\u009b1""#), "{line}");
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
}

#[test]
fn a_shared_secret_has_no_public_half() {
    let desk = Desk::new();
    let key = desk.run(&["key", "generate", "--alg", "HS256"]).line();
    desk.put("key.json", key);
    desk.run(&["key", "public", "key.json"])
        .fails_with(2, "error[unsupported_key]: \"key.json\": a shared secret (\"kty\":\"oct\") has no public half");
}

#[test]
fn files_that_are_no_key_are_told_apart() {
    let desk = Desk::new();
    let public = |octets: &[u8]| desk.put("f", octets).run(&["key", "public", "f"]);
    public(b"").fails_with(2, "error[invalid_key]: \"f\": no key: neither a JWK or a JWK Set");
    public(SECRET.as_bytes()).fails_with(2, "error[invalid_key]: \"f\": no key");
    public(b"\x30\x82\xff").fails_with(2, "error[invalid_key]: \"f\": not text: ");
    public(b"{}").fails(2, "error[invalid_key]: \"f\": the key has no member \"kty\"");
    public(b"{\"kty\":\"EC\",\"kty\":\"EC\"}")
        .fails(2, "error[invalid_key]: \"f\": the key is not strict JSON: the member \"kty\" occurs twice");
    public(b"{\"keys\":3}").fails(2, "error[invalid_key]: \"f\": the key's member \"keys\" is not an array");
    public(key_file("tests/keys/testkey_rsa.pub").as_bytes())
        .fails_with(2, "error[invalid_key]: \"f\": an OpenSSH public key");
    public(key_file("node-jsonwebtoken/test/pub.pem").as_bytes())
        .fails_with(2, "error[invalid_key]: \"f\": this is a certificate");
    public(key_file("test/privateSecure.pem").as_bytes())
        .fails_with(2, "error[invalid_key]: \"f\": the private key is encrypted");
    public(key_file("test/ec512-public.pem").as_bytes())
        .fails_with(2, "error[unsupported_key]: \"f\": keys of the kind \"P-521\"");
    public(&[b' '; 100_000]).fails_with(2, "error[invalid_key]");
    let long = format!("{{\"kty\":\"{}\"}}", "x".repeat(100_000));
    public(long.as_bytes()).fails(2, "error[too_large]: \"f\": longer than the limit of 65536 octets");
    public(&vec![b' '; 16 * 1024 * 1024 + 1])
        .fails(2, "error[too_large]: \"f\": longer than the limit of 16777216 octets");
}

#[test]
fn files_that_cannot_be_read() {
    let desk = Desk::new();
    desk.run(&["key", "public", "absent.json"]).fails(2, "error[unreadable_file]: \"absent.json\": no such file");
    desk.run(&["key", "public", "."]).fails_with(2, "error[unreadable_file]: \".\": ");
    desk.run(&["key", "public", "\u{1b}]0;x"]).fails(2, "error[unreadable_file]: \"\\u{1b}]0;x\": no such file");
    desk.run(&["key", "public", "-"]).fails_with(2, "error[invalid_key]: standard input: no key");
}
