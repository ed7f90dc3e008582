//! `carnet sign`.

use crate::desk::{Desk, SECRET, decode, key_file, rfc7515_key, rfc7515_token};
use serde_json::{Value, json};

const NOW: [&str; 2] = ["--now", "1000000000"];

/// Signs with a secret at a fixed time, so that the token is always the same.
fn sign(desk: &Desk, arguments: &[&str]) -> crate::desk::Outcome {
    desk.put("secret", SECRET);
    desk.run(&[&["sign", "--secret-file", "secret"], &NOW[..], arguments].concat())
}

#[test]
fn every_claim_and_parameter_has_an_option() {
    let desk = Desk::new();
    let token = sign(
        &desk,
        &[
            "--issuer",
            "https://i/",
            "--subject",
            "s",
            "--audience",
            "a",
            "--audience",
            "b",
            "--expires-in",
            "1h30m",
            "--not-before",
            "0s",
            "--id",
            "1",
            "--typ",
            "at+jwt",
            "--kid",
            "k",
            "--header",
            "lang=\"en\"",
            "--header",
            "v=1",
            "--claims",
            " {\"scope\" : \"read\", \"n\":12345678901234567890123, \"a\":1.10}\n",
        ],
    );
    let (header, claims) = decode(&token.line());
    assert_eq!(header, r#"{"alg":"HS256","typ":"at+jwt","kid":"k","lang":"en","v":1}"#);
    assert_eq!(
        claims,
        r#"{"iss":"https://i/","sub":"s","aud":["a","b"],"exp":1000005400,"nbf":1000000000,"iat":1000000000,"jti":"1","scope":"read","n":12345678901234567890123,"a":1.10}"#
    );
}

#[test]
fn what_is_filled_in() {
    let desk = Desk::new();
    let (header, claims) = decode(&sign(&desk, &["--expires-in", "15m", "--audience", "a"]).line());
    assert_eq!(header, r#"{"alg":"HS256","typ":"JWT"}"#);
    assert_eq!(claims, r#"{"aud":"a","exp":1000000900,"iat":1000000000}"#);
    let (_, claims) = decode(&sign(&desk, &["--never-expires", "--not-before", "@5"]).line());
    assert_eq!(claims, r#"{"nbf":5,"iat":1000000000}"#);
    let id = || {
        serde_json::from_str::<Value>(&decode(&sign(&desk, &["--never-expires", "--random-id"]).line()).1).unwrap()["jti"].clone()
    };
    assert_eq!(id().as_str().unwrap().len(), 22);
    assert_ne!(id(), id());
}

#[test]
fn an_expiry_is_given_or_waived() {
    let desk = Desk::new();
    sign(&desk, &[]).fails(
        2,
        "error[no_expiry]: the token has no expiry: set one with --expires-in 15m or with exp in the claims, or say --never-expires",
    );
    assert!(sign(&desk, &["--claims", r#"{"exp":2000000000}"#]).line().starts_with("eyJ"));
    for also in [&["--expires-in", "1h"][..], &["--never-expires"]] {
        sign(&desk, &[&["--claims", r#"{"exp":2000000000}"#], also].concat())
            .fails_with(2, "error[claim_set_twice]: the claim \"exp\" is set");
    }
    sign(&desk, &["--expires-in", "15250284452471w"]).fails_with(2, "error[claim_invalid]: the claim \"exp\"");
}

#[test]
fn claims_come_from_a_word_a_file_or_standard_input() {
    let desk = Desk::new();
    desk.put("secret", SECRET).put("claims.json", "{\n  \"a\": [1, \"x y\"]\n}\n");
    let sign = |claims, input: &str| {
        desk.run_with(
            &["sign", "--secret-file", "secret", "--now", "1", "--never-expires", "--claims", claims],
            &[],
            input,
        )
    };
    let expected = r#"{"iat":1,"a":[1,"x y"]}"#;
    assert_eq!(decode(&sign(r#"{"a":[1,"x y"]}"#, "").line()).1, expected);
    assert_eq!(decode(&sign("@claims.json", "").line()).1, expected);
    assert_eq!(decode(&sign("-", "{\"a\":[1,\"x y\"]}").line()).1, expected);
    assert_eq!(decode(&sign("@-", "{\"a\":[1,\"x y\"]}").line()).1, expected);

    sign("claims.json", "")
        .fails_with(2, "error[not_claims]: the claims (--claims) are not JSON; a file is named with @");
    sign("[1]", "").fails(2, "error[not_claims]: the claims (--claims) are JSON, but not a JSON object");
    sign("{} {}", "").fails_with(2, "error[not_claims]");
    sign(r#"{"a":1,"\u0061":2}"#, "")
        .fails_with(2, "error[not_claims]: the claims (--claims) must be a JSON object with distinct names");
    sign(r#"{"iss":1}"#, "").fails_with(2, "error[claim_invalid]: the claim \"iss\"");
    for (claims, source) in [("-", "standard input"), ("@empty", "\"empty\"")] {
        desk.put("empty", "\n");
        sign(claims, "").fails(
            2,
            &format!("error[not_claims]: {source} is empty, and the claims (--claims) are read from it; a token without any is made without --claims"),
        );
    }
    sign("@absent.json", "").fails(2, "error[unreadable_file]: \"absent.json\": no such file");
    desk.put("octets", b"{\"a\":\"\xff\"}");
    sign("@octets", "").fails(2, "error[not_claims]: \"octets\": the claims are not text");
}

#[test]
fn two_things_cannot_come_from_standard_input() {
    let desk = Desk::new();
    desk.run(&["sign", "--key", "-", "--claims", "-", "--never-expires"])
        .fails(2, "error[usage]: the key (--key) and the claims (--claims) cannot both come from standard input (-)");
    desk.run(&["sign", "--secret-file", "-", "--claims", "@-", "--never-expires"]).fails(
        2,
        "error[usage]: the secret (--secret-file) and the claims (--claims) cannot both come from standard input (-)",
    );
}

#[test]
fn secrets_come_from_a_file_a_variable_or_standard_input() {
    let desk = Desk::new();
    let token = sign(&desk, &["--never-expires"]).line();
    let rest = ["--never-expires", NOW[0], NOW[1]];
    for file in [format!("{SECRET}\n"), format!("{SECRET}\r\n")] {
        desk.put("line", &file);
        assert_eq!(desk.run(&[&["sign", "--secret-file", "line"], &rest[..]].concat()).line(), token);
        assert_eq!(desk.run_with(&[&["sign", "--secret-file", "-"], &rest[..]].concat(), &[], &file).line(), token);
    }
    let from_env = |value: &str, rest: &[&str]| {
        let env = [("CARNET_TEST_SECRET", value)];
        desk.run_with(&[&["sign", "--secret-env", "CARNET_TEST_SECRET"], rest].concat(), &env, "")
    };
    assert_eq!(from_env(SECRET, &rest).line(), token);
    // A line end in a variable is part of the secret, and so are several at the end of a file.
    assert_ne!(from_env(&format!("{SECRET}\n"), &rest).line(), token);
    desk.put("lines", format!("{SECRET}\n\n"));
    assert_ne!(desk.run(&[&["sign", "--secret-file", "lines"], &rest[..]].concat()).line(), token);

    desk.run(&[&["sign", "--secret-env", "CARNET_TEST_UNSET"], &rest[..]].concat())
        .fails_with(2, "error[secret_unavailable]: the environment variable CARNET_TEST_UNSET is not set");
    from_env("short", &rest)
        .fails_with(2, "error[weak_key]: the secret in the environment variable CARNET_TEST_SECRET has 5 octets");
    desk.put("short", "short\n");
    desk.run(&[&["sign", "--secret-file", "short"], &rest[..]].concat())
        .fails_with(2, "error[weak_key]: \"short\": the shared secret has 5 octets");
    desk.run(&[&["sign", "--secret-file", "absent.json"], &rest[..]].concat())
        .fails_with(2, "error[unreadable_file]: --secret-file: no such file; its name is not repeated here");
    desk.put("key.pem", key_file("tests/rsa/public_jwtio.pem"));
    desk.run(&[&["sign", "--secret-file", "key.pem"], &rest[..]].concat())
        .fails_with(2, "error[weak_key]: \"key.pem\": the octets given as a shared secret look like a PEM file");
}

#[test]
fn a_key_given_as_a_secret_is_pointed_to_its_option() {
    let desk = Desk::new();
    let token = rfc7515_token("A.1");
    desk.put("private.json", rfc7515_key("A.3", "key")).put("public.pem", key_file("tests/rsa/public_jwtio.pem"));
    let policy = ["--any-issuer", "--any-audience"];
    let asked = [["sign", "--never-expires"].to_vec(), [&["verify", &token][..], &policy].concat()];
    for arguments in asked {
        for file in ["private.json", "public.pem"] {
            let outcome = desk.run(&[&arguments[..], &["--secret-file", file]].concat());
            outcome
                .fails_with(2, &format!("error[weak_key]: \"{file}\": the octets given as a shared secret look like"));
            let note =
                "\nnote: a file with a key is given with --key where it signs, and with --keys where it verifies\n";
            assert!(outcome.err.ends_with(note) && !outcome.err.contains("generate"), "{}", outcome.err);
        }
    }
}

#[test]
fn a_secret_is_for_hs256_or_the_algorithm_named() {
    let desk = Desk::new();
    desk.put("long", SECRET.repeat(2));
    let sign = |alg| desk.run(&["sign", "--secret-file", "long", "--never-expires", "--alg", alg]);
    for alg in ["HS256", "HS384", "HS512"] {
        assert!(decode(&sign(alg).line()).0.contains(alg));
    }
    sign("ES256").fails_with(2, "error[key_mismatch]: \"long\": ES256 cannot be used with");
    sign("none").fails_with(2, "error[unsupported_algorithm]");
    desk.put("long", SECRET);
    sign("HS512").fails_with(2, "error[weak_key]: \"long\"");
}

#[test]
fn a_key_signs_with_its_own_algorithm_or_the_one_named() {
    let desk = Desk::new();
    let sign = |key: &str, rest: &[&str]| {
        desk.put("key", key);
        desk.run(&[&["sign", "--key", "key", "--never-expires"], rest].concat())
    };
    let alg = |outcome: crate::desk::Outcome| {
        serde_json::from_str::<Value>(&decode(&outcome.line()).0).unwrap()["alg"].as_str().unwrap().to_owned()
    };
    let es256 = desk.run(&["key", "generate", "--alg", "ES256"]).line();
    assert_eq!(alg(sign(&es256, &[])), "ES256");
    assert_eq!(alg(sign(&es256, &["--alg", "ES256"])), "ES256");
    sign(&es256, &["--alg", "ES384"])
        .fails(2, "error[key_not_for_this]: \"key\": the key's \"alg\" is ES256, so it cannot be used with ES384; ask for ES256, or make a key for ES384");

    let rsa = rfc7515_key("A.2", "key");
    assert_eq!(alg(sign(&rsa, &[])), "RS256");
    assert_eq!(alg(sign(&rsa, &["--alg", "PS384"])), "PS384");
    sign(&rsa, &["--alg", "ES256"]).fails(2, "error[key_mismatch]: \"key\": ES256 cannot be used with an RSA key");

    for (path, own) in [
        ("tests/rsa/private_jwtio.pem", "RS256"),
        ("golang-jwt/jwt/test/ec256-private.pem", "ES256"),
        ("golang-jwt/jwt/test/ec384-private.pem", "ES384"),
        ("golang-jwt/jwt/test/ed25519-private.pem", "EdDSA"),
    ] {
        assert_eq!(alg(sign(&key_file(path), &[])), own);
    }
    assert_eq!(alg(sign(&key_file("tests/rsa/private_jwtio.pem"), &["--alg", "PS256"])), "PS256");

    let oct = rfc7515_key("A.1", "key");
    sign(&oct, &[]).fails(
        2,
        "error[invalid_key]: \"key\": the shared secret does not name its algorithm (\"alg\"); name it with --alg HS256",
    );
    assert_eq!(alg(sign(&oct, &["--alg", "HS512"])), "HS512");

    let encrypts = json!({"kty": "oct", "k": "A".repeat(43), "use": "enc", "alg": "HS256"}).to_string();
    sign(&encrypts, &[]).fails(
        2,
        "error[key_not_for_this]: \"key\": the key's \"use\" does not allow signing; it must be \"sig\" or absent",
    );
}

#[test]
fn the_key_may_come_from_standard_input() {
    let desk = Desk::new();
    let mut key = desk.run(&["key", "generate", "--alg", "EdDSA"]).json();
    key["kid"] = json!("mine");
    let token = desk.run_with(&["sign", "--key", "-", "--never-expires"], &[], key.to_string()).line();
    assert_eq!(decode(&token).0, r#"{"alg":"EdDSA","typ":"JWT","kid":"mine"}"#);
}

#[test]
fn what_is_no_private_key_does_not_sign() {
    let desk = Desk::new();
    let sign = |key: &str| desk.put("key", key).run(&["sign", "--key", "key", "--never-expires"]);
    let public = "error[invalid_key]: \"key\": this is a public key and a private one is needed to sign";
    sign(&rfc7515_key("A.2", "public_key")).fails(2, public);
    sign(&key_file("tests/rsa/public_jwtio.pem")).fails(2, public);
    let set = json!({"keys": [serde_json::from_str::<Value>(&rfc7515_key("A.2", "key")).unwrap()]});
    sign(&set.to_string()).fails_with(2, "error[invalid_key]: \"key\": this is a JWK Set, and one key signs");
    sign("{\"keys\":[").fails_with(2, "error[invalid_key]: \"key\": the key is not strict JSON");
    sign(SECRET).fails_with(2, "error[invalid_key]: \"key\": no key");
    desk.run(&["sign", "--key", "absent.json", "--never-expires"])
        .fails_with(2, "error[unreadable_file]: \"absent.json\"");
}

#[test]
fn header_parameters_follow_the_librarys_rules() {
    let desk = Desk::new();
    let header = |parameter| sign(&desk, &["--never-expires", "--header", parameter]);
    for (parameter, way) in [
        ("alg=\"none\"", "\"alg\" comes from the key; where the key leaves it open, choose with --alg"),
        ("kid=\"k\"", "\"kid\" comes from the key, or from --kid"),
        ("typ=\"t\"", "\"typ\" is set with --typ"),
        ("b64=false", "\"b64\" must not be used by a JSON Web Token (RFC 7797 section 7)"),
        ("zip=\"DEF\"", "\"zip\" belongs to encryption (a JWE), and nothing is encrypted here"),
    ] {
        header(parameter).fails(2, &format!("error[header_invalid]: the header parameter {way}"));
    }
    header("crit=[\"a\"]").fails_with(2, "error[header_invalid]: the header parameter \"crit\" lists extensions");
    header("a={\"b\":1,\"b\":2}").fails_with(2, "error[header_invalid]: the header would be refused");
    header("n=1e400").fails_with(2, "error[header_invalid]: the header would be refused");
    assert_eq!(decode(&header("n=1.10").line()).0, r#"{"alg":"HS256","typ":"JWT","n":1.10}"#);
    sign(&desk, &["--never-expires", "--header", "a=1", "--header", "a=2"])
        .fails_with(2, "error[header_invalid]: the header parameter \"a\" is set twice");
}

#[test]
fn a_token_that_verifiers_find_too_long_is_warned_of() {
    let desk = Desk::new();
    desk.put("claims.json", json!({ "a": "x".repeat(50_000) }).to_string());
    let outcome = sign(&desk, &["--claims", "@claims.json", "--never-expires"]);
    assert_eq!(outcome.code, 0);
    assert!(outcome.err.starts_with("warning: the token has 66"), "{}", outcome.err);
    assert!(outcome.err.contains("carnet verify takes at most 65536"), "{}", outcome.err);
}

#[test]
fn values_are_not_empty() {
    let desk = Desk::new();
    for option in ["--typ", "--kid", "--issuer", "--subject", "--audience", "--id"] {
        sign(&desk, &["--never-expires", option, ""]).fails_with(2, &format!("error[usage]: {option} <"));
    }
}
