//! `carnet key public`.

use crate::desk::{CERTIFICATE, CERTIFIED_KEY, Desk, der_of, key_file, rfc7515_key};
use serde_json::{Value, json};

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
        "warning: \"keys.json\": left out: entry 3 (kid \"\\u{202e}m\"): this key (\"MAGIC\") cannot be used here: \
         the supported kinds are RSA, EC (P-256, P-384; with aws-lc-rs also P-521, secp256k1), OKP (Ed25519), with aws-lc-rs AKP (ML-DSA), and oct\n\
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
fn writes_pem() {
    let desk = Desk::new();
    for (private, public) in [
        ("golang-jwt/jwt/test/ec256-private.pem", "golang-jwt/jwt/test/ec256-public.pem"),
        ("golang-jwt/jwt/test/ed25519-private.pem", "golang-jwt/jwt/test/ed25519-public.pem"),
        ("tests/rsa/private_jwtio.pem", "tests/rsa/public_jwtio.pem"),
    ] {
        let pem = desk.put("key", key_file(private)).run(&["key", "public", "--format", "pem", "key"]).text();
        assert_eq!(pem.trim_end(), key_file(public).trim_end());
        // What was written is read, and written alike.
        assert_eq!(desk.run_with(&["key", "public", "--format", "pem", "-"], &[], &pem).text(), pem);
    }
}

#[test]
fn names_the_key() {
    let desk = Desk::new();
    desk.put("key.json", rfc7515_key("A.3", "key"));
    let thumbprint = desk.run(&["key", "thumbprint", "key.json"]).line();
    assert_eq!(desk.run(&["key", "public", "--kid", "thumbprint", "key.json"]).json()["kid"], thumbprint.as_str());
    let named = desk.run(&["key", "public", "--kid", "2026", "key.json"]).line();
    assert_eq!(serde_json::from_str::<Value>(&named).unwrap()["kid"], "2026");
    // The name it has is replaced.
    let renamed = desk.run_with(&["key", "public", "--kid", "thumbprint", "-"], &[], &named).json();
    assert_eq!(renamed["kid"], thumbprint.as_str());

    let set = json!({"keys": [serde_json::from_str::<Value>(&named).unwrap()]}).to_string();
    let set = desk.run_with(&["key", "public", "--kid", "thumbprint", "-"], &[], set).json();
    assert_eq!(set["keys"][0]["kid"], thumbprint.as_str());
}

#[test]
fn what_has_no_room_for_it_is_refused() {
    let desk = Desk::new();
    desk.put("key.json", rfc7515_key("A.3", "key"));
    desk.run(&["key", "public", "--format", "pem", "--kid", "thumbprint", "key.json"])
        .fails(2, "error[usage]: PEM has no room for a key ID (--kid); write a JWK");
    desk.put("set.json", json!({"keys": []}).to_string());
    desk.run(&["key", "public", "--format", "pem", "set.json"])
        .fails(2, "error[invalid_key]: \"set.json\": this is a JWK Set, which has no PEM form; take one key of it");
    desk.run(&["key", "public", "--kid", "a", "set.json"]).fails(
        2,
        "error[invalid_key]: \"set.json\": this is a JWK Set, whose keys cannot all have one name; use --kid thumbprint",
    );
    desk.run(&["key", "public", "--kid", &"x".repeat(1025), "key.json"])
        .fails(2, "error[invalid_key]: the key's member \"kid\" is longer than 1024 octets");
}

#[test]
fn takes_the_key_of_a_certificate() {
    let desk = Desk::new();
    let public = |octets: &[u8]| desk.put("f", octets).run(&["key", "public", "f"]).json();
    let certified = public(CERTIFICATE.as_bytes());
    let own = public(CERTIFIED_KEY.as_bytes());
    assert_eq!((&certified["x"], &certified["y"]), (&own["x"], &own["y"]));
    let base64: String = CERTIFICATE.lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(certified["x5c"], json!([base64]));
    // And of the same in DER, and of the JWK that has it.
    assert_eq!(public(&der_of(CERTIFICATE)), certified);
    assert_eq!(public(certified.to_string().as_bytes()), certified);
}
