//! `carnet verify` with a JWK Set.

use crate::desk::{Desk, Outcome, SECRET, key_file, rfc7515, rfc7515_token};
use serde_json::{Value, json};

/// Verifies as of a second before the tokens of RFC 7515 expire.
fn verify(desk: &Desk, keys: &[Value], token: &str, rest: &[&str]) -> Outcome {
    let arguments = ["verify", "--keys", "set.json", "--now", "1300819379", "--any-issuer", "--any-audience", token];
    desk.put("set.json", json!({"keys": keys}).to_string()).run(&[&arguments[..], rest].concat())
}

fn key(section: &str, member: &str) -> Value {
    rfc7515(section)[member].clone()
}

#[test]
fn the_key_is_chosen_from_the_set() {
    let desk = Desk::new();
    let keys = [key("A.3", "public_key"), key("A.2", "public_key")];
    for section in ["A.2", "A.3"] {
        assert_eq!(verify(&desk, &keys, &rfc7515_token(section), &[]).json()["claims"]["iss"], "joe");
    }
    assert_eq!(verify(&desk, &keys, &rfc7515_token("A.2"), &["--alg", "RS256"]).code, 0);
    verify(&desk, &keys, &rfc7515_token("A.3"), &["--alg", "RS256"])
        .fails_with(1, "error[algorithm_not_allowed]: the token's algorithm \"ES256\"");
    // From standard input too.
    let set = json!({"keys": keys}).to_string();
    let arguments =
        ["verify", "--keys", "-", "--now", "1300819379", "--any-issuer", "--any-audience", &rfc7515_token("A.2")];
    assert_eq!(desk.run_with(&arguments, &[], set).code, 0);
}

#[test]
fn an_rsa_key_without_alg_is_bound_to_the_first_rsa_algorithm_named() {
    let desk = Desk::new();
    desk.put("key", key("A.2", "key").to_string());
    let token = desk.run(&["sign", "--key", "key", "--alg", "PS256", "--never-expires"]).line();
    let keys = [key("A.2", "public_key")];
    let verify = |rest: &[&str]| verify(&desk, &keys, &token, &[&["--no-expiry"], rest].concat());
    assert_eq!(verify(&["--alg", "ES256", "--alg", "PS256", "--alg", "RS256"]).code, 0);
    verify(&["--alg", "RS256", "--alg", "PS256"]).fails_with(1, "error[algorithm_not_allowed]");
    verify(&[]).fails_with(1, "error[algorithm_not_allowed]");
}

#[test]
fn shared_secrets_of_a_set_are_admitted_by_name() {
    let desk = Desk::new();
    let mut secret = key("A.1", "key");
    let (public, token) = (key("A.2", "public_key"), rfc7515_token("A.1"));
    assert_eq!(verify(&desk, &[public.clone(), secret.clone()], &token, &["--alg", "HS256"]).code, 0);
    verify(&desk, &[public.clone(), secret.clone()], &token, &[])
        .fails_with(1, "error[algorithm_not_allowed]: the token's algorithm \"HS256\"");
    secret["kid"] = json!("s\u{1b}");
    verify(&desk, &[secret.clone()], &token, &[]).fails(
        2,
        "error[no_usable_key]: \"set.json\": no key of the set can verify a token\n\
         note: \"set.json\": entry 0 (kid \"s\\u{1b}\"): a shared secret of a set is used only for an algorithm named with --alg, such as HS256",
    );
    // One with an alg of its own is admitted for that alone.
    secret["alg"] = json!("HS512");
    verify(&desk, &[secret.clone()], &token, &["--alg", "HS256"]).fails_with(2, "error[no_usable_key]");
    verify(&desk, &[secret], &token, &["--alg", "HS256", "--alg", "HS512"])
        .fails_with(1, "error[algorithm_not_allowed]: the token's algorithm \"HS256\"");
}

#[test]
fn a_set_without_a_usable_key_says_why() {
    let desk = Desk::new();
    let mut encrypts = key("A.2", "public_key");
    encrypts["use"] = json!("enc");
    let magic = json!({"kty": "MAGIC", "kid": "m"});
    verify(&desk, &[encrypts, magic], &rfc7515_token("A.2"), &[]).fails(
        2,
        "error[no_usable_key]: \"set.json\": no key of the set can verify a token\n\
         note: \"set.json\": entry 0: the key's \"use\" does not allow verifying signatures; it must be \"sig\" or absent\n\
         note: \"set.json\": entry 1 (kid \"m\"): this key (\"MAGIC\") cannot be used here: the supported kinds are RSA, EC (P-256, P-384; with aws-lc-rs also P-521, secp256k1), OKP (Ed25519), with aws-lc-rs AKP (ML-DSA), and oct",
    );
    verify(&desk, &[], "a.b.c", &[])
        .fails(2, "error[no_usable_key]: \"set.json\": no key of the set can verify a token");
    verify(&desk, &[key("A.2", "public_key"), key("A.3", "public_key")], "a.b.c", &["--alg", "EdDSA"]).fails(
        2,
        "error[no_usable_key]: \"set.json\": no key of the set is for an algorithm named with --alg; they are for RS256, ES256",
    );
    desk.put("only.json", key_file("tests/keys/jwk_keyset_only_unknown_alg.json"));
    desk.run(&["verify", "--keys", "only.json", "--any-issuer", "--any-audience", "a.b.c"]).fails_with(
        2,
        "error[no_usable_key]: \"only.json\": no key of the set can verify a token\nnote: \"only.json\": entry 0 (kid ",
    );
    desk.put("bad.json", "{\"keys\":{}}");
    desk.run(&["verify", "--keys", "bad.json", "--any-issuer", "--any-audience", "a.b.c"])
        .fails(2, "error[invalid_key]: \"bad.json\": the key's member \"keys\" is not an array");
}

#[test]
fn skipped_entries_are_told_when_the_key_is_missing_and_not_otherwise() {
    let desk = Desk::new();
    let mut known = key("A.2", "public_key");
    known["kid"] = json!("known");
    let magic = json!({"kty": "MAGIC", "kid": "lost"});
    desk.put("key", key("A.2", "key").to_string());
    let sign = |kid| desk.run(&["sign", "--key", "key", "--kid", kid, "--never-expires"]).line();
    let keys = [known, magic];
    assert_eq!(verify(&desk, &keys, &sign("known"), &["--no-expiry"]).json()["header"]["kid"], "known");
    verify(&desk, &keys, &sign("lost"), &["--no-expiry"]).fails(
        1,
        "error[unknown_key]: no key has the token's key ID \"lost\"\n\
         note: \"set.json\": entry 1 (kid \"lost\"): this key (\"MAGIC\") cannot be used here: the supported kinds are RSA, EC (P-256, P-384; with aws-lc-rs also P-521, secp256k1), OKP (Ed25519), with aws-lc-rs AKP (ML-DSA), and oct",
    );
}

#[test]
fn private_keys_in_a_set_are_warned_of() {
    let desk = Desk::new();
    let keys = [key("A.3", "public_key"), key("A.2", "key"), key("A.3", "key")];
    let outcome = verify(&desk, &keys, &rfc7515_token("A.2"), &[]);
    assert_eq!(outcome.code, 0);
    assert_eq!(serde_json::from_str::<Value>(&outcome.out).unwrap()["claims"]["iss"], "joe");
    assert_eq!(
        outcome.err,
        "warning: \"set.json\": the set holds private keys, in entries 1, 2 (counted from 0); if it was published, exchange them\n"
    );
    let one = verify(&desk, &keys[..2], &rfc7515_token("A.2"), &[]);
    assert!(one.err.contains("private keys, in entry 1 (counted from 0)"), "{}", one.err);
}

#[test]
fn sets_may_be_large() {
    let desk = Desk::new();
    let mut keys = vec![json!({}); 9_999];
    keys.push(key("A.2", "public_key"));
    assert_eq!(verify(&desk, &keys, &rfc7515_token("A.2"), &[]).code, 0);
    keys.push(json!({}));
    verify(&desk, &keys, &rfc7515_token("A.2"), &[])
        .fails_with(2, "error[invalid_key]: \"set.json\": the set has more entries than are read, 10 000");
}

#[test]
fn a_set_from_the_secrets_of_a_service() {
    let desk = Desk::new();
    let secret = |kid: &str, octets: &str, alg: &str| json!({"kty": "oct", "kid": kid, "k": carnet::base64url::encode(octets.as_bytes()), "alg": alg});
    let (old, new) = (SECRET.replace("an", "my"), SECRET.to_owned());
    let keys = [secret("old", &old, "HS256"), secret("new", &new, "HS256")];
    desk.put("new.json", keys[1].to_string());
    let token = desk.run(&["sign", "--key", "new.json", "--never-expires"]).line();
    assert_eq!(verify(&desk, &keys, &token, &["--no-expiry", "--alg", "HS256"]).json()["header"]["kid"], "new");
}
