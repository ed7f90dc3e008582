//! `carnet jws`.

use crate::desk::{Desk, SECRET, key_file, rfc7515, rfc7515_token};
use serde_json::Value;

/// A payload that is no text.
const PAYLOAD: &[u8] = b"any octets\n\x00\xff\r\n";

/// A desk with a payload, two keys and their public halves.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("payload", PAYLOAD).put("secret", SECRET);
    for (name, algorithm) in [("ec", "ES256"), ("ed", "EdDSA")] {
        let key = desk.run(&["key", "generate", "--alg", algorithm]).line();
        desk.put(&format!("{name}.json"), &key);
        let public = desk.run(&["key", "public", &format!("{name}.json")]).line();
        desk.put(&format!("{name}.pub"), public);
    }
    desk
}

#[test]
fn every_serialization_gives_the_payload_back() {
    let desk = desk();
    for serialization in ["compact", "flattened", "general"] {
        let sign = ["jws", "sign", "--key", "ec.json", "--serialization", serialization, "payload"];
        let token = desk.run(&sign).line();
        assert_eq!(token.starts_with('{'), serialization != "compact");
        let verified = desk.run_octets(&["jws", "verify", "--keys", "ec.pub", "-"], format!("{token}\n"));
        assert_eq!((verified.code, &*verified.out, &*verified.err), (0, PAYLOAD, ""), "{serialization}");
        desk.run(&["jws", "verify", "--keys", "ed.pub", &token]).fails_with(1, "error[algorithm_not_allowed]");

        let detached = desk.run(&[&sign[..], &["--detached"]].concat()).line();
        let verify = ["jws", "verify", "--keys", "ec.pub", "--payload", "payload", &detached];
        assert_eq!(
            desk.run(&verify),
            desk.run(&["jws", "verify", "--keys", "ec.pub", "--payload", "payload", &detached])
        );
        let verified = desk.run(&verify);
        assert_eq!((verified.code, &*verified.out, &*verified.err), (0, "", ""), "{serialization}");
        desk.run(&["jws", "verify", "--keys", "ec.pub", "--payload", "ec.pub", &detached])
            .fails(1, "error[invalid_signature]: the signature is invalid");
    }
}

#[test]
fn the_payload_may_come_through_a_pipe() {
    let desk = desk();
    let token = desk.run_with(&["jws", "sign", "--key", "ed.json", "--detached", "-"], &[], PAYLOAD).line();
    let verified = desk.run_with(&["jws", "verify", "--keys", "ed.pub", "--payload", "-", &token], &[], PAYLOAD);
    assert_eq!((verified.code, &*verified.err), (0, ""));
    desk.run(&["jws", "verify", "--keys", "-", "--payload", "-", &token]).fails_with(2, "error[usage]");
    let note = "note: PAYLOAD is the name of a file, or - for standard input";
    for rest in [&[][..], &["--detached"]] {
        desk.run(&[&["jws", "sign", "--key", "ed.json", "no-such-file.txt"], rest].concat())
            .fails(2, &format!("error[unreadable_file]: \"no-such-file.txt\": no such file\n{note}"));
        desk.run(&[&["jws", "sign", "--key", "ed.json", "my text"], rest].concat()).fails(
            2,
            &format!(
                "error[unreadable_file]: there is no file of the name given as PAYLOAD \
                 (the name is not repeated, since it may be a secret)\n{note}"
            ),
        );
    }
}

#[test]
fn several_keys_make_a_general_serialization() {
    let desk = desk();
    let sign = ["jws", "sign", "--key", "ec.json", "--key", "ed.json", "payload"];
    desk.run(&sign)
        .fails(2, "error[usage]: only a general serialization has several signatures: --serialization general");
    let token = desk.run(&[&sign[..], &["--serialization", "general"]].concat());
    let token = token.json();
    assert_eq!(token["signatures"].as_array().unwrap().len(), 2);
    let token = token.to_string();
    for keys in ["ec.pub", "ed.pub"] {
        assert_eq!(desk.run_octets(&["jws", "verify", "--keys", keys, &token], "").out, PAYLOAD);
        desk.run(&["jws", "verify", "--require-all", "--keys", keys, &token])
            .fails_with(1, "error[algorithm_not_allowed]");
    }
    let set = |name: &str| std::fs::read_to_string(desk.path(name)).unwrap();
    desk.put("both", format!("{{\"keys\":[{},{}]}}", set("ec.pub"), set("ed.pub")));
    assert_eq!(desk.run_octets(&["jws", "verify", "--require-all", "--keys", "both", &token], "").out, PAYLOAD);
}

#[test]
fn headers_of_every_sort() {
    let desk = desk();
    let token = desk
        .run(&[
            "jws",
            "sign",
            "--secret-file",
            "secret",
            "--alg",
            "HS256",
            "--serialization",
            "flattened",
            "--typ",
            "t",
            "--cty",
            "c",
            "--kid",
            "k",
            "--header",
            "a=1",
            "--critical",
            "ext=true",
            "--unprotected",
            "note=\"x\"",
            "payload",
        ])
        .json();
    let protected = carnet::base64url::decode(token["protected"].as_str().unwrap()).unwrap();
    assert_eq!(
        String::from_utf8(protected).unwrap(),
        r#"{"alg":"HS256","typ":"t","cty":"c","kid":"k","a":1,"ext":true,"crit":["ext"]}"#
    );
    assert_eq!(token["header"], serde_json::json!({"note": "x"}));
    let token = token.to_string();
    let verify = ["jws", "verify", "--secret-file", "secret", &token];
    desk.run(&verify).fails_with(1, "error[unsupported_critical]");
    assert_eq!(desk.run_octets(&[&verify[..], &["--understands", "ext"]].concat(), "").out, PAYLOAD);
    desk.run(&["jws", "sign", "--secret-file", "secret", "--unprotected", "a=1", "payload"])
        .fails_with(2, "error[header_invalid]");
    desk.run(&["jws", "sign", "--secret-file", "secret", "--header", "alg=\"none\"", "payload"])
        .fails_with(2, "error[header_invalid]");
}

#[test]
fn unencoded_payloads() {
    let desk = desk();
    desk.put("text", "$02");
    let token = desk.run(&["jws", "sign", "--secret-file", "secret", "--unencoded", "text"]).line();
    assert!(token.contains(".$02."));
    let verify = ["jws", "verify", "--secret-file", "secret", &token];
    desk.run(&verify).fails_with(1, "error[unsupported_critical]: the payload is signed as it is");
    assert_eq!(desk.run(&[&verify[..], &["--unencoded"]].concat()).out, "$02");
    desk.run(&["jws", "sign", "--secret-file", "secret", "--unencoded", "payload"])
        .fails_with(2, "error[payload_invalid]");
}

#[test]
fn the_examples_of_the_specification() {
    let desk = desk();
    for section in ["A.1", "A.2", "A.3"] {
        let vector: Value = rfc7515(section);
        desk.put("key", vector["key"].to_string());
        let alg = vector["alg"].as_str().unwrap_or("HS256").to_owned();
        let verified = desk.run_octets(&["jws", "verify", "--keys", "key", "--alg", &alg, &rfc7515_token(section)], "");
        assert_eq!((verified.code, &*verified.err), (0, ""), "{section}");
        assert!(verified.out.starts_with(b"{\"iss\":\"joe\""));
    }
    desk.run(&["jws", "verify", "--secret-file", "secret", &rfc7515_token("A.5")])
        .fails_with(1, "error[algorithm_not_allowed]");
}

#[test]
fn ed25519_is_written_as_it_is_asked_for() {
    let desk = desk();
    let header = |token: &str| crate::desk::decode(token).0;
    let key = desk.run(&["key", "generate", "--alg", "Ed25519"]).line();
    assert!(key.contains(r#""alg":"Ed25519""#));
    desk.put("ed25519.json", key);
    for (key, more, alg) in
        [("ed25519.json", &[][..], "Ed25519"), ("ed.json", &[], "EdDSA"), ("ed.json", &["--alg", "Ed25519"], "Ed25519")]
    {
        let token = desk.run(&[&["jws", "sign", "--key", key, "ed.pub"], more].concat()).line();
        assert_eq!(header(&token), format!(r#"{{"alg":"{alg}"}}"#), "{key} {more:?}");
        let token = desk.run(&[&["sign", "--key", key, "--never-expires"], more].concat()).line();
        assert_eq!(header(&token), format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#), "{key} {more:?}");
    }
    let converted = desk.run(&["key", "convert", "--to", "jwk", "--alg", "Ed25519", "ed.pub"]).line();
    assert!(converted.contains(r#""alg":"Ed25519""#));
}

#[test]
fn what_is_signed_is_verified() {
    let desk = desk();
    let payload = std::fs::File::create(desk.path("large")).unwrap();
    // The token is longer than the longest payload.
    payload.set_len(49 * 1024 * 1024).unwrap();
    let token = desk.run(&["jws", "sign", "--secret-file", "secret", "large"]).line();
    assert!(token.len() > 64 * 1024 * 1024);
    let verified = desk.run_octets(&["jws", "verify", "--secret-file", "secret", "-"], token);
    assert_eq!((verified.code, &*verified.err), (0, ""));
    assert!(verified.out.len() == 49 * 1024 * 1024 && verified.out.iter().all(|octet| *octet == 0));
}

#[test]
fn what_could_not_be_verified_is_not_signed() {
    let desk = desk();
    std::fs::File::create(desk.path("large")).unwrap().set_len(64 * 1024 * 1024 + 1).unwrap();
    desk.run(&["jws", "sign", "--secret-file", "secret", "large"]).fails(
        2,
        "error[too_large]: the payload is longer than the limit of 67108864 octets; \
         leave the payload out of the token with --detached; in compact serialization it may have any length",
    );
    // All of it is needed at once, and so no form takes it.
    for rest in [&[][..], &["--serialization", "general"], &["--serialization", "flattened", "--detached"]] {
        desk.run(&[&["jws", "sign", "--key", "ed.json", "large"], rest].concat()).fails(
            2,
            "error[too_large]: the payload is longer than the limit of 67108864 octets; \
             of a key for EdDSA, it must fit in memory: sign a digest of it, or use a key for another algorithm with --detached",
        );
    }
    let outcome = desk.run(&["jws", "sign", "--key", "ed.json", "--detached", "large"]);
    outcome.fails_with(
        2,
        "error[too_large]: the payload is longer than 67108864 octets, and this key needs all of it in memory",
    );
    // Unencoded in JSON, one octet may take six.
    desk.put("large", vec![1; 15 * 1024 * 1024]);
    desk.run(&["jws", "sign", "--secret-file", "secret", "--serialization", "flattened", "--unencoded", "large"])
        .fails_with(2, "error[too_large]: the token is longer than the limit of ");
}

#[test]
fn each_signature_has_a_key_and_a_kid_of_its_own() {
    let desk = desk();
    let sign = |rest: &[&str]| desk.run(&[&["jws", "sign", "payload", "--serialization", "general"], rest].concat());
    sign(&["--key", "ec.json", "--key", "ed.json", "--kid", "mine"])
        .fails_with(2, "error[usage]: --kid would give the signatures of all keys one key ID; leave it out");
    assert!(sign(&["--key", "ec.json", "--kid", "mine"]).line().contains("signatures"));
    sign(&["--key", "ec.json", "--key", "ed.json", "--unprotected", "kid=\"mine\""]).fails_with(
        2,
        "error[usage]: --unprotected kid would give the signatures of all keys one key ID; leave it out",
    );
    // Of one key, it takes the place of the protected one.
    desk.put("named.json", desk.run(&["key", "convert", "ec.json", "--to", "jwk", "--kid", "k"]).line());
    let token = sign(&["--key", "named.json", "--unprotected", "kid=\"mine\""]).json();
    assert_eq!(token["signatures"][0]["header"], serde_json::json!({"kid": "mine"}));
    assert_eq!(token["signatures"][0]["protected"], carnet::base64url::encode(br#"{"alg":"ES256"}"#));
    desk.put("also.json", desk.run(&["key", "convert", "ed.json", "--to", "jwk", "--kid", "k"]).line());
    sign(&["--key", "named.json", "--key", "also.json"])
        .fails_with(2, "error[usage]: \"also.json\": this key has the same key ID (kid) as \"named.json\", and");

    // The same key in another form, and a shared secret.
    desk.put("ec.pem", desk.run(&["key", "convert", "ec.json", "--to", "pem"]).text());
    desk.put("oct.json", desk.run(&["key", "generate", "--alg", "HS256"]).line());
    desk.put("again.json", std::fs::read_to_string(desk.path("oct.json")).unwrap());
    for (one, other) in [("ec.json", "ec.json"), ("ec.json", "ec.pem"), ("oct.json", "again.json")] {
        sign(&["--key", one, "--key", "ed.json", "--key", other]).fails(
            2,
            &format!(
                "error[usage]: \"{other}\": this is the same key as \"{one}\", \
                 and a second signature by one key proves nothing more; name each key once"
            ),
        );
    }
}

#[test]
fn an_algorithm_is_for_the_keys_that_leave_theirs_open() {
    let desk = desk();
    desk.put("rsa.pem", key_file("tests/rsa/private_jwtio.pem"));
    desk.put("ec.pem", desk.run(&["key", "convert", "ec.json", "--to", "pem"]).text());
    let sign = |rest: &[&str]| desk.run(&[&["jws", "sign", "payload", "--serialization", "general"], rest].concat());
    let algorithms = |rest: &[&str]| {
        let token = sign(rest).json();
        let signatures = token["signatures"].as_array().unwrap().iter();
        let protected = |signature: &Value| {
            let octets = carnet::base64url::decode(signature["protected"].as_str().unwrap()).unwrap();
            let header: Value = serde_json::from_slice(&octets).unwrap();
            header["alg"].as_str().unwrap().to_owned()
        };
        signatures.map(protected).collect::<Vec<_>>()
    };
    let keys = ["--key", "ed.json", "--key", "rsa.pem", "--key", "ec.pem"];
    assert_eq!(algorithms(&keys), ["EdDSA", "RS256", "ES256"]);
    assert_eq!(algorithms(&[&keys[..], &["--alg", "PS384"]].concat()), ["EdDSA", "PS384", "ES256"]);
    let keys = ["--key", "ed.json", "--key", "ec.pem"];
    assert_eq!(algorithms(&[&keys[..], &["--alg", "Ed25519"]].concat()), ["Ed25519", "ES256"]);
    // Nothing takes it, or what leaves it open does not.
    let note = "note: carnet key convert FILE --to jwk --alg ALG binds a single key";
    let outcome = sign(&[&keys[..], &["--alg", "PS256"]].concat());
    outcome.fails_with(
        2,
        "error[key_not_for_this]: \"ed.json\": the key's \"alg\" is EdDSA, so it cannot be used with PS256",
    );
    assert!(outcome.err.contains(note), "{}", outcome.err);
    let outcome = sign(&["--key", "ec.json", "--key", "rsa.pem", "--alg", "ES256"]);
    outcome.fails_with(2, "error[key_mismatch]: \"rsa.pem\": ES256 cannot be used with an RSA key");
    assert!(outcome.err.contains(note), "{}", outcome.err);
}

#[test]
fn header_parameters_are_not_empty() {
    let desk = desk();
    for option in ["--typ", "--cty", "--kid"] {
        let outcome = desk.run(&["jws", "sign", "--key", "ec.json", option, "", "payload"]);
        assert_eq!((outcome.code, outcome.out.as_str()), (2, ""));
        let start = format!("error[usage]: {option} <");
        assert!(outcome.err.starts_with(&start) && outcome.err.contains("the value is empty"), "{}", outcome.err);
    }
}

#[test]
fn who_signed_is_shown() {
    let desk = Desk::new();
    desk.put("payload", PAYLOAD).put("empty", "");
    for (name, algorithm) in [("ec", "ES256"), ("ed", "EdDSA")] {
        desk.put(name, desk.run(&["key", "generate", "--alg", algorithm, "--kid", &format!("{name}\u{9b}1")]).line());
        desk.put(&format!("{name}.pub"), desk.run(&["key", "public", name]).line());
    }
    desk.put("both", desk.run(&["jwks", "build", "ec.pub", "ed.pub"]).line());
    let sign = |rest: &[&str]| desk.run(&[&["jws", "sign", "payload"], rest].concat()).line();
    let show = |keys: &str, token: &str, rest: &[&str]| {
        desk.run(&[&["jws", "verify", "--header", "--keys", keys, token], rest].concat()).text()
    };
    let ec = "{\"index\":0,\"kid\":\"ec\\u009b1\",\"protected\":{\"alg\":\"ES256\",\"kid\":\"ec\\u009b1\"}}\n";
    let ed = "{\"index\":1,\"kid\":\"ed\\u009b1\",\"protected\":{\"alg\":\"EdDSA\",\"kid\":\"ed\\u009b1\"}}\n";
    for form in ["compact", "flattened", "general"] {
        let token = sign(&["--key", "ec", "--serialization", form]);
        assert_eq!(show("ec.pub", &token, &[]), ec, "{form}");
        assert_eq!(show("both", &token, &[]), ec, "{form}");
        let token = sign(&["--key", "ec", "--serialization", form, "--detached"]);
        assert_eq!(show("both", &token, &["--payload", "payload"]), ec, "{form}");
    }
    let both = sign(&["--key", "ec", "--key", "ed", "--serialization", "general"]);
    assert_eq!(show("ed.pub", &both, &[]), ed);
    // Without --require-all, the first that verifies ends the work.
    assert_eq!(show("both", &both, &[]), ec);
    assert_eq!(show("both", &both, &["--require-all"]), format!("{ec}{ed}"));

    // The extension that was taken on is there to be read, and a key without kid has none.
    desk.put("pem", desk.run(&["key", "public", "--format", "pem", "ec"]).text());
    let token = sign(&["--key", "ec", "--kid", "k", "--critical", "v=1.10"]);
    assert_eq!(
        show("pem", &token, &["--understands", "v"]),
        "{\"index\":0,\"kid\":null,\"protected\":{\"alg\":\"ES256\",\"kid\":\"k\",\"v\":1.10,\"crit\":[\"v\"]}}\n"
    );
    // Nothing is shown of what is not verified.
    desk.run(&["jws", "verify", "--header", "--keys", "ed.pub", &token]).fails_with(1, "error[algorithm_not_allowed]");
}

#[test]
fn a_detached_payload_is_asked_for() {
    let desk = desk();
    desk.put("empty", "");
    let verify = |token: &str| desk.run(&["jws", "verify", "--keys", "ec.pub", token]);
    let advice = "the token does not carry its payload (it is detached); give it with --payload FILE";
    for (form, start) in [
        ("compact", "error[invalid_signature]: the signature is invalid over an empty payload; "),
        ("flattened", "error[malformed]: "),
        ("general", "error[malformed]: "),
    ] {
        let sign = ["jws", "sign", "--key", "ec.json", "--serialization", form, "--detached"];
        verify(&desk.run(&[&sign[..], &["payload"]].concat()).line()).fails(1, &format!("{start}{advice}"));
        // An empty payload is one.
        let empty = desk.run(&["jws", "sign", "--key", "ec.json", "--serialization", form, "empty"]).line();
        assert_eq!(verify(&empty).text(), "", "{form}");
    }
    // Many leave an empty member in the place of the payload.
    let token = desk.run(&["jws", "sign", "--key", "ec.json", "--serialization", "flattened", "--detached", "payload"]);
    let token = token.line().replacen('{', "{\"payload\":\"\",", 1);
    verify(&token).fails_with(1, "error[invalid_signature]: the signature is invalid over an empty payload; the token");
    // The other way round.
    let attached = desk.run(&["jws", "sign", "--key", "ec.json", "payload"]).line();
    desk.run(&["jws", "verify", "--keys", "ec.pub", "--payload", "payload", &attached])
        .fails_with(1, "error[malformed]: the token carries its payload; leave --payload out");
}

#[test]
fn what_to_do_is_said_in_options() {
    let desk = desk();
    desk.put("text", "$02").put("plain", "abcd");
    let unencoded =
        "the payload is signed as it is, without base64url (\"b64\" is false, RFC 7797); accept that with --unencoded";
    for payload in ["text", "plain"] {
        let token = desk.run(&["jws", "sign", "--secret-file", "secret", "--unencoded", payload]).line();
        desk.run(&["jws", "verify", "--secret-file", "secret", &token])
            .fails(1, &format!("error[unsupported_critical]: {unencoded}"));
    }
    let token = ["jws", "sign", "--secret-file", "secret", "--unencoded", "--serialization", "flattened", "text"];
    desk.run(&["jws", "verify", "--secret-file", "secret", &desk.run(&token).line()])
        .fails(1, &format!("error[unsupported_critical]: {unencoded}"));
    let outcome = desk.run(&["jws", "verify", "--secret-file", "secret", "--understands", "b64", "a.b.c"]);
    outcome.fails_with(2, "error[usage]: --understands <NAME>: b64 is not accepted like this; accept payloads without base64url with --unencoded\n");

    let token = desk.run(&["jws", "sign", "--secret-file", "secret", "--critical", "ext=1", "payload"]).line();
    desk.run(&["jws", "verify", "--secret-file", "secret", &token]).fails(
        1,
        "error[unsupported_critical]: the token demands the extension \"ext\" (\"crit\"); \
         if you do what it asks for, accept it with --understands NAME",
    );
    desk.run(&["jws", "sign", "--secret-file", "secret", "--unprotected", "a=1", "payload"])
        .fails_with(2, "error[header_invalid]: a compact serialization has no unprotected header (--unprotected); make another with --serialization flattened");
    desk.run(&["jws", "sign", "--secret-file", "secret", "--unencoded", "payload"])
        .fails_with(2, "error[payload_invalid]: the unencoded payload has octets");
    let sign = [
        "jws",
        "sign",
        "--secret-file",
        "secret",
        "--serialization",
        "flattened",
        "--unprotected",
        "alg=\"HS256\"",
        "payload",
    ];
    desk.run(&sign).fails_with(2, "error[header_invalid]: ");
    for option in ["--header", "--critical"] {
        desk.run(&["jws", "sign", "--secret-file", "secret", option, "b64=false", "payload"]).fails(
            2,
            "error[header_invalid]: the header parameter \"b64\" is set, and put into \"crit\", by --unencoded alone",
        );
    }
    let sign = |option: &str, parameter: &str| {
        let parameter = format!("{parameter}=\"x\"");
        let words =
            ["jws", "sign", "--secret-file", "secret", "--serialization", "general", option, &parameter, "payload"];
        desk.run(&words)
    };
    for option in ["--header", "--critical"] {
        for (name, way) in [
            ("kid", "comes from the key, or from --kid"),
            ("typ", "is set with --typ"),
            ("alg", "comes from the key; where the key leaves it open, choose with --alg"),
            ("crit", "lists what is set with --critical"),
            ("cty", "is set with --cty"),
            ("enc", "belongs to encryption (a JWE), and nothing is encrypted here"),
            ("zip", "belongs to encryption (a JWE), and nothing is encrypted here"),
        ] {
            sign(option, name).fails(2, &format!("error[header_invalid]: the header parameter \"{name}\" {way}"));
        }
    }
    for name in ["alg", "crit", "b64", "enc", "zip"] {
        sign("--unprotected", name).fails_with(2, &format!("error[header_invalid]: the header parameter \"{name}\" "));
    }
    assert_eq!(sign("--unprotected", "kid").code, 0);
    // {"alg":"HS256"} in the unprotected header alone.
    let token = r#"{"payload":"","header":{"alg":"HS256"},"signature":"AA"}"#;
    desk.run(&["jws", "verify", "--secret-file", "secret", token]).fails_with(
        1,
        "error[malformed]: the header is not a JOSE header: \"alg\" is only in the unprotected header, where anybody can change it; \
         accept it there with --unprotected-algorithm",
    );
}
