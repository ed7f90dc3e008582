//! `carnet jwks build`.

use crate::desk::{CERTIFICATE, Desk, generated, key_file, rfc7515_key};
use serde_json::{Value, json};

fn generate(desk: &Desk, alg: &str, kid: &str) -> Value {
    desk.run(&["key", "generate", "--alg", alg, "--kid", kid]).json()
}

#[test]
fn publishes_the_public_halves_of_every_kind_of_key() {
    let desk = Desk::new();
    let algorithms: Vec<_> = generated().into_iter().filter(|alg| !alg.starts_with("HS")).collect();
    for alg in &algorithms {
        desk.put(alg, generate(&desk, alg, "thumbprint").to_string());
    }
    let set = desk.run(&[&["jwks", "build"], &algorithms[..]].concat()).json();
    assert_eq!(set.as_object().unwrap().len(), 1);
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), algorithms.len());
    for (key, alg) in keys.iter().zip(&algorithms) {
        assert_eq!(*key, desk.run(&["key", "public", alg]).json());
        assert!(["d", "p", "q", "dp", "dq", "qi", "k", "priv"].iter().all(|member| key.get(member).is_none()));
    }
}

#[test]
fn takes_keys_in_every_form() {
    let desk = Desk::new();
    desk.put("a.pem", key_file("golang-jwt/jwt/test/ec256-private.pem"));
    desk.put("b.pem", key_file("tests/rsa/public_jwtio.pem"));
    desk.put("c.pem", CERTIFICATE);
    desk.put("d.json", generate(&desk, "EdDSA", "mine").to_string());
    let build = ["jwks", "build", "--kid", "thumbprint", "a.pem", "b.pem", "c.pem", "d.json"];
    let set = desk.run(&build).line();
    let keys: Value = serde_json::from_str(&set).unwrap();
    for (file, key) in ["a.pem", "b.pem", "c.pem"].iter().zip(keys["keys"].as_array().unwrap()) {
        assert_eq!(key["kid"], desk.run(&["key", "thumbprint", file]).line());
    }
    // A kid that is there stays, since tokens name it.
    assert_eq!(keys["keys"][3]["kid"], "mine");

    // A set grows by a key.
    desk.put("old.json", &set).put("next.json", generate(&desk, "ES384", "next").to_string());
    let grown = desk.run(&["jwks", "build", "old.json", "next.json"]).json();
    assert_eq!(grown["keys"].as_array().unwrap()[..4], keys["keys"].as_array().unwrap()[..]);
    assert_eq!(grown["keys"][4]["kid"], "next");
    // From standard input, and read again as it is.
    assert_eq!(desk.run_with(&["jwks", "build", "-"], &[], &set).line(), set);
}

#[test]
fn every_key_has_a_kid_of_its_own() {
    let desk = Desk::new();
    desk.put("none.json", rfc7515_key("A.3", "public_key"));
    desk.put("a.json", generate(&desk, "ES256", "a\u{1b}").to_string());
    desk.put("b.json", generate(&desk, "EdDSA", "a\u{1b}").to_string());
    desk.run(&["jwks", "build", "a.json", "none.json"])
        .fails(2, "error[invalid_key]: \"none.json\": the key has no member \"kid\"; fill it in with --kid thumbprint");
    let taken = "error[invalid_key]: \"b.json\": the key's member \"kid\" is \"a\\u{1b}\", which a key from \"a.json\" has already";
    desk.run(&["jwks", "build", "a.json", "b.json"]).fails(2, taken);
    desk.run(&["jwks", "build", "--kid", "thumbprint", "a.json", "b.json"]).fails(2, taken);
    // One key twice.
    let twice = desk.run(&["jwks", "build", "--kid", "thumbprint", "none.json", "none.json"]);
    twice.fails(2, "error[usage]: \"none.json\": this is the same key as in \"none.json\"; leave one of them out");
    let named = desk.run(&["jwks", "build", "--kid", "x", "none.json"]);
    assert_eq!((named.code, named.out.as_str()), (2, ""));
    assert!(named.err.contains("only thumbprint is possible here"), "{}", named.err);
}

#[test]
fn secrets_are_not_published() {
    let desk = Desk::new();
    let secret = generate(&desk, "HS256", "s");
    desk.put("secret.json", secret.to_string()).put("key.json", generate(&desk, "ES256", "k").to_string());
    desk.run(&["jwks", "build", "key.json", "secret.json"]).fails(
        2,
        "error[unsupported_key]: \"secret.json\": a shared secret (\"kty\":\"oct\") has no public half; whoever verifies needs the secret itself",
    );
    desk.put(
        "set.json",
        json!({"keys": [rfc7515_key("A.3", "public_key").parse::<Value>().unwrap(), secret]}).to_string(),
    );
    desk.run(&["jwks", "build", "--kid", "thumbprint", "set.json"]).fails(
        2,
        "error[unsupported_key]: \"set.json\": the set holds shared secrets, which are not to be published, in entry 1 (counted from 0)",
    );
}

#[test]
fn what_cannot_be_read_is_not_left_out_in_silence() {
    let desk = Desk::new();
    desk.put("set.json", json!({"keys": [{"kty": "MAGIC", "kid": "m"}]}).to_string());
    desk.run(&["jwks", "build", "set.json"]).fails_with(
        2,
        "error[invalid_key]: \"set.json\": the set has entries that cannot be used, and none is left out in silence; \
         carnet key public leaves them out and says so\n\
         note: entry 0 (kid \"m\"): this key (\"MAGIC\") cannot be used here: ",
    );
    desk.put("hello", "hello");
    desk.run(&["jwks", "build", "hello"]).fails_with(2, "error[invalid_key]: \"hello\": no key");
    desk.run(&["jwks", "build", "absent.json"]).fails(2, "error[unreadable_file]: \"absent.json\": no such file");
    desk.run(&["jwks", "build", "-", "-"])
        .fails(2, "error[usage]: only one of the files can come from standard input (-)");
    assert_eq!(desk.run(&["jwks", "build"]).code, 2);
}

#[test]
fn an_empty_set_is_not_published() {
    let desk = Desk::new();
    desk.put("empty.json", "{\"keys\":[]}").put("key.json", generate(&desk, "ES256", "k").to_string());
    desk.run(&["jwks", "build", "empty.json"]).fails_with(2, "error[no_usable_key]: there is no key in what was given");
    // It may grow.
    assert_eq!(desk.run(&["jwks", "build", "empty.json", "key.json"]).json()["keys"].as_array().unwrap().len(), 1);
}
