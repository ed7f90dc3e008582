//! `carnet key convert`.

use crate::desk::{CERTIFICATE, Desk, Outcome, der_of, generated, key_file, rfc7515_key};
use serde_json::{Value, json};

fn convert(desk: &Desk, key: impl AsRef<[u8]>, rest: &[&str]) -> Outcome {
    desk.put("key", key).run(&[&["key", "convert", "key", "--to"], rest].concat())
}

#[test]
fn every_key_survives_the_way_to_pem_and_back() {
    let desk = Desk::new();
    for alg in generated().into_iter().filter(|alg| !alg.starts_with("HS")) {
        let private = desk.run(&["key", "generate", "--alg", alg, "--kid", "thumbprint"]).line();
        let public = desk.run_with(&["key", "public", "-"], &[], &private).line();
        for (key, label) in [(&private, "PRIVATE KEY"), (&public, "PUBLIC KEY")] {
            let pem = convert(&desk, key, &["pem"]).text();
            assert!(pem.starts_with(&format!("-----BEGIN {label}-----\n")), "{alg}");
            assert!(pem.lines().all(|line| line.len() <= 64));
            // A private key is still one, and nothing but its members is lost: they are given again.
            assert_eq!(convert(&desk, &pem, &["jwk", "--alg", alg, "--kid", "thumbprint"]).line(), **key);
            assert_eq!(convert(&desk, der_of(&pem), &["pem"]).text(), pem);
        }
    }
}

#[test]
fn pem_of_others_is_written_as_they_wrote_it() {
    let desk = Desk::new();
    for (path, form) in [
        ("golang-jwt/jwt/test/ed25519-private.pem", "pem"),
        ("golang-jwt/jwt/test/ed25519-public.pem", "pem"),
        ("golang-jwt/jwt/test/ec256-public.pem", "pem"),
        ("golang-jwt/jwt/test/ec256-private.pem", "sec1"),
        ("golang-jwt/jwt/test/ec384-private.pem", "sec1"),
        ("tests/rsa/private_jwtio.pem", "pkcs1"),
        ("tests/rsa/public_jwtio.pem", "pem"),
        ("tests/rsa/public_rsa_key_pkcs1.pem", "pkcs1"),
    ] {
        let pem = key_file(path);
        // By way of each other form.
        let jwk = convert(&desk, &pem, &["jwk"]).line();
        let general = convert(&desk, &jwk, &["pem"]).text();
        assert_eq!(convert(&desk, &general, &[form]).text().trim_end(), pem.trim_end(), "{path}");
    }
}

#[test]
fn from_standard_input_and_a_certificate() {
    let desk = Desk::new();
    let jwk = desk.run_with(&["key", "convert", "-", "--to", "jwk", "--alg", "ES256"], &[], CERTIFICATE).json();
    assert_eq!((jwk["alg"].as_str(), jwk["x5c"].as_array().unwrap().len()), (Some("ES256"), 1));
    assert!(convert(&desk, CERTIFICATE, &["pem"]).text().starts_with("-----BEGIN PUBLIC KEY-----\n"));
}

#[test]
fn alg_and_kid_are_set_and_all_else_stays() {
    let desk = Desk::new();
    let mut key: Value = serde_json::from_str(&rfc7515_key("A.2", "key")).unwrap();
    key["alg"] = json!("RS256");
    key["use"] = json!("sig");
    key["note"] = json!([1, "\u{202e}"]);
    let same = convert(&desk, key.to_string(), &["jwk"]).line();
    assert!(same.contains(r#""note":[1,"\u202e"]"#), "{same}");
    assert_eq!(serde_json::from_str::<Value>(&same).unwrap(), key);
    let other = convert(&desk, key.to_string(), &["jwk", "--alg", "PS384", "--kid", "new"]).json();
    key["alg"] = json!("PS384");
    key["kid"] = json!("new");
    assert_eq!(other, key);
    // A shared secret stays one.
    let secret = convert(&desk, rfc7515_key("A.1", "key"), &["jwk", "--alg", "HS512", "--kid", "s"]).json();
    assert_eq!((&secret["alg"], &secret["kid"], secret["k"].is_string()), (&json!("HS512"), &json!("s"), true));
}

#[test]
fn what_cannot_be_converted() {
    let desk = Desk::new();
    let rsa = rfc7515_key("A.2", "key");
    let (ec, ec_public) = (rfc7515_key("A.3", "key"), rfc7515_key("A.3", "public_key"));
    let secret = rfc7515_key("A.1", "key");
    let no_room = "error[usage]: --alg and --kid are members of a JWK (--to jwk), and no other form has room for them";
    for rest in [&["pem", "--alg", "ES256"][..], &["sec1", "--kid", "thumbprint"], &["der", "--kid", "x"]] {
        convert(&desk, &ec, rest).fails(2, no_room);
    }
    convert(&desk, &ec, &["jwk", "--alg", "ES384"])
        .fails(2, "error[key_mismatch]: \"key\": ES384 cannot be used with an EC key on P-256");
    convert(&desk, &ec_public, &["jwk", "--alg", "HS256"])
        .fails(2, "error[key_mismatch]: \"key\": HS256 cannot be used with an EC key on P-256");
    convert(&desk, &secret, &["jwk", "--alg", "RS256"])
        .fails(2, "error[key_mismatch]: \"key\": RS256 cannot be used with a shared secret");
    convert(&desk, &ec, &["jwk", "--alg", "none"]).fails_with(2, "error[unsupported_algorithm]: the algorithm none");
    convert(&desk, &secret, &["jwk", "--kid", "thumbprint"])
        .fails_with(2, "error[usage]: the thumbprint of a shared secret is no kid");
    let of_one_type = "PKCS#1 is a form of RSA keys and SEC1 one of EC keys; PKCS#8 and SPKI are for all";
    for (key, form, kind) in [(&ec, "pkcs1", "EC"), (&ec_public, "pkcs1", "EC"), (&rsa, "sec1", "RSA")] {
        convert(&desk, key, &[form]).fails(
            2,
            &format!("error[unsupported_key]: \"key\": this key (\"{kind}\") cannot be used here: {of_one_type}"),
        );
    }
    convert(&desk, &ec_public, &["sec1"]).fails(
        2,
        "error[unsupported_key]: \"key\": this key (\"public in SEC1\") cannot be used here: \
         SEC1 is a form of private EC keys; write a public one with --to pem or --to der",
    );
    for (form, name) in [("pem", "PKCS#8"), ("pkcs1", "PKCS#1"), ("sec1", "SEC1")] {
        convert(&desk, &secret, &[form]).fails(
            2,
            &format!(
                "error[unsupported_key]: \"key\": this key (\"oct in {name}\") cannot be used here: \
                 there is no such form of a shared secret; keep it as a JWK"
            ),
        );
    }
    convert(&desk, "{\"keys\":[]}", &["jwk"]).fails(
        2,
        "error[invalid_key]: \"key\": this is a JWK Set, and one key is converted; put it into a file of its own",
    );
    convert(&desk, "hello", &["jwk"]).fails_with(2, "error[invalid_key]: \"key\": no key");
    desk.run(&["key", "convert", "absent.json", "--to", "jwk"])
        .fails(2, "error[unreadable_file]: \"absent.json\": no such file");
    assert_eq!(convert(&desk, &ec, &["spki"]).code, 2);
}

#[test]
fn nothing_secret_is_in_a_message() {
    let desk = Desk::new();
    for (section, members) in [("A.1", &["k"][..]), ("A.2", &["d", "p", "q", "dp", "dq", "qi"]), ("A.3", &["d"])] {
        let text = rfc7515_key(section, "key");
        let key: Value = serde_json::from_str(&text).unwrap();
        desk.put("key", &text);
        let mut broken = key.clone();
        broken[members[0]] = json!(format!("{}AAAA", key[members[0]].as_str().unwrap()));
        desk.put("broken", broken.to_string()).put("cut", &text[..text.len() - 10]);
        let mut commands: Vec<Vec<&str>> = Vec::new();
        for file in ["key", "broken", "cut"] {
            for form in ["pem", "pkcs1", "sec1"] {
                commands.push(vec!["key", "convert", file, "--to", form]);
            }
            commands.push(vec!["key", "check", file, "--alg", "ES384"]);
            commands.push(vec!["key", "thumbprint", file]);
            commands.push(vec!["key", "public", file]);
            commands.push(vec!["jwks", "build", file]);
            commands.push(vec!["jwks", "show", file]);
            commands.push(vec!["sign", "--key", file, "--alg", "ES384", "--never-expires"]);
            commands.push(vec!["verify", "--keys", file, "--any-issuer", "--any-audience", "a.b.c"]);
        }
        for command in commands {
            let outcome = desk.run(&command);
            for member in members {
                let secret = &key[*member].as_str().unwrap()[..20];
                assert!(!outcome.err.contains(secret), "{command:?}");
                assert!(command[1] == "convert" || !outcome.out.contains(secret), "{command:?}");
            }
        }
    }
}

#[test]
fn der_is_what_is_in_the_pem() {
    let desk = Desk::new();
    let der = |file: &str, form| desk.run_octets(&["key", "convert", file, "--to", form], "");
    for (key, forms) in [
        (rfc7515_key("A.2", "key"), &[("pem", "der"), ("pkcs1", "pkcs1-der")][..]),
        (rfc7515_key("A.2", "public_key"), &[("pem", "der"), ("pkcs1", "pkcs1-der")]),
        (rfc7515_key("A.3", "key"), &[("pem", "der"), ("sec1", "sec1-der")]),
        (rfc7515_key("A.3", "public_key"), &[("pem", "der")]),
    ] {
        for (pem, form) in forms {
            let pem = convert(&desk, &key, &[pem]).text();
            let written = der("key", form);
            assert_eq!((written.code, &*written.err), (0, ""), "{form}");
            assert!(written.out == der_of(&pem), "{form}");
            // And it is read again.
            assert_eq!(convert(&desk, &written.out, &["pem"]).code, 0);
        }
    }
    desk.put("key", rfc7515_key("A.1", "key"));
    for (form, name) in [("der", "PKCS#8"), ("pkcs1-der", "PKCS#1"), ("sec1-der", "SEC1")] {
        let refused = der("key", form);
        assert_eq!((refused.code, refused.out.len()), (2, 0));
        assert!(refused.err.contains(&format!("\"oct in {name}\"")), "{}", refused.err);
    }
}
