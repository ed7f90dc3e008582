//! Attacks on keys and what is said about them. Each test is named after its row in the list of attacks, part B.
#![cfg(test)]

#[path = "support/forge.rs"]
mod forge;

use carnet::prelude::*;
use carnet::{Limits, PolicyError, base64url};
use forge::{forge, hmac, lenient, outcome};
use serde_json::{Value, json};
use testkit::vectors;

const CLAIMS: &str = r#"{"sub":"admin","exp":4102444800}"#;

fn generate(algorithm: Algorithm) -> (SigningKey, VerifyingKey) {
    let key = SigningKey::generate(algorithm).unwrap();
    let verifying = VerifyingKey::from_jwk(&key.public_jwk().unwrap()).unwrap();
    (key, verifying)
}

/// The public members alone.
fn bare(key: &SigningKey) -> Value {
    let jwk: Value = serde_json::from_str(&key.public_jwk().unwrap().to_json()).unwrap();
    let members = jwk.as_object().unwrap().clone();
    let own = ["kty", "crv", "x", "y", "n", "e"];
    members.into_iter().filter(|(name, _)| own.contains(&name.as_str())).collect()
}

fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

fn known_keys() -> Value {
    vectors::load("attacks/attack_tokens.json")["keys"].clone()
}

fn import(jwk: &Value) -> Result<(), &'static str> {
    Jwk::from_json(&jwk.to_string()).map(drop).map_err(|error| error.code())
}

fn import_private(jwk: &Value) -> Result<(), &'static str> {
    PrivateJwk::from_json(&jwk.to_string()).map(drop).map_err(|error| error.code())
}

#[test]
fn b01_embedded_key() {
    let (genuine, trusted) = generate(ES256);
    let (attacker, _) = generate(ES256);
    let embedded = bare(&attacker);
    let verifier = lenient(trusted.clone());
    for header in [json!({"alg": "ES256", "jwk": embedded}), json!({"alg": "ES256", "kid": "1", "jwk": embedded})] {
        let header = header.to_string();
        assert_eq!(outcome(&verifier, &forge(&header, CLAIMS, &attacker)), "invalid_signature");
        // It is no reason to refuse a genuine token either: it is not looked at as a key.
        assert_eq!(outcome(&verifier, &forge(&header, CLAIMS, &genuine)), "accepted");
    }
    let named = lenient(trusted.with_key_id("1"));
    let header = json!({"alg": "ES256", "kid": "1", "jwk": embedded}).to_string();
    assert_eq!(outcome(&named, &forge(header, CLAIMS, &attacker)), "invalid_signature");
    // Without any key there is no verifier, so that the embedded one cannot step in.
    let none = Verifier::builder(VerifyingKeys::default()).any_issuer().any_audience().build();
    assert_eq!(none.unwrap_err(), PolicyError::NoKeys);
}

#[test]
fn b02_embedded_private_or_symmetric_key() {
    let (key, trusted) = generate(ES256);
    let verifier = lenient(trusted);
    let public = bare(&key);
    for jwk in [
        with(public.clone(), "d", json!("AAAA")),
        with(public.clone(), "d", Value::Null),
        with(public.clone(), "p", json!("AQAB")),
        with(public.clone(), "k", json!("AAAA")),
        with(public.clone(), "priv", json!("AAAA")),
        json!({"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8"}),
        json!({"kty": "oct"}),
    ] {
        let header = json!({"alg": "ES256", "jwk": jwk}).to_string();
        assert_eq!(outcome(&verifier, &forge(header, CLAIMS, &key)), "malformed", "{jwk}");
    }
    let escaped = format!(r#"{{"alg":"ES256","jwk":{}}}"#, public.to_string().replacen('{', r#"{"\u0064":"AAAA","#, 1));
    assert_eq!(outcome(&verifier, &forge(escaped, CLAIMS, &key)), "malformed");
}

#[test]
fn b03_key_urls_are_text() {
    let (key, trusted) = generate(ES256);
    let (attacker, _) = generate(ES256);
    let verifier = lenient(trusted);
    for url in [
        "https://evil.example/jwks.json",
        "file:///etc/passwd",
        "http://169.254.169.254/",
        "https://good.example@evil.example",
        "https://good.example.evil.example/",
        "",
    ] {
        for name in ["jku", "x5u"] {
            let header = json!({"alg": "ES256", name: url}).to_string();
            assert_eq!(outcome(&verifier, &forge(&header, CLAIMS, &attacker)), "invalid_signature", "{name} {url}");
            assert_eq!(outcome(&verifier, &forge(&header, CLAIMS, &key)), "accepted", "{name} {url}");
        }
    }
    for value in ["1", "null", "[]", r#"{"a":1}"#] {
        let header = format!(r#"{{"alg":"ES256","jku":{value}}}"#);
        assert_eq!(outcome(&verifier, &forge(header, CLAIMS, &key)), "malformed", "{value}");
    }
}

#[test]
fn b05_hostile_key_ids() {
    let (key, trusted) = generate(ES256);
    let verifier = lenient(trusted.clone().with_key_id("1"));
    let judge = |kid: Value| outcome(&verifier, &forge(json!({"alg": "ES256", "kid": kid}).to_string(), CLAIMS, &key));
    assert_eq!(judge(json!("1")), "accepted");
    for kid in [
        "../../../dev/null",
        "/dev/null",
        "' UNION SELECT 'k",
        "a|sleep 5",
        "1 ",
        " 1",
        "\u{ff11}",
        "__proto__",
        "%31",
        "",
        "\u{1b}[31m\r\nforged: log line",
        "${jndi:ldap://evil.example/a}",
    ] {
        assert_eq!(judge(json!(kid)), "unknown_key", "{kid:?}");
    }
    assert_eq!(judge(json!("k".repeat(1024))), "unknown_key");
    for kid in
        [json!("k".repeat(1025)), json!({"1": 1}), json!(1), json!(["1"]), json!(null), json!(true), json!("1\0")]
    {
        assert_eq!(judge(kid.clone()), "malformed", "{kid}");
    }
    let not_utf8 = forge(b"{\"alg\":\"ES256\",\"kid\":\"\xff\"}", CLAIMS, &key);
    assert_eq!(outcome(&verifier, &not_utf8), "malformed");
    let long = forge(json!({"alg": "ES256", "kid": "k".repeat(1_000_000)}).to_string(), CLAIMS, &key);
    assert_eq!(outcome(&verifier, &long), "too_large");

    // What a log shows of it is one printable line.
    let token = forge(json!({"alg": "ES256", "kid": "\u{1b}[31m\r\n'\"\u{202e}"}).to_string(), CLAIMS, &key);
    let message = verifier.verify::<Value>(&token).unwrap_err().to_string();
    assert!(message.chars().all(|character| character.is_ascii_graphic() || character == ' '), "{message}");

    // Empty is a name, and missing is none.
    let named_empty = lenient(
        [trusted.clone().with_key_id(""), generate(ES256).1.with_key_id("1")].into_iter().collect::<VerifyingKeys>(),
    );
    assert_eq!(outcome(&named_empty, &forge(r#"{"alg":"ES256","kid":""}"#, CLAIMS, &key)), "accepted");
    let others = lenient([trusted, generate(ES256).1.with_key_id("1")].into_iter().collect::<VerifyingKeys>());
    assert_eq!(outcome(&others, &forge(r#"{"alg":"ES256","kid":""}"#, CLAIMS, &key)), "unknown_key");
    assert_eq!(outcome(&others, &forge(r#"{"alg":"ES256"}"#, CLAIMS, &key)), "accepted");
}

#[test]
fn b08_shared_secret_in_a_set() {
    let k = base64url::encode(&[7; 64]);
    let (signing, _) = hmac(HS256);
    let token = forge(r#"{"alg":"HS256","kid":"1"}"#, CLAIMS, &signing);
    let (ec, _) = generate(ES256);
    let set = json!({"keys": [{"kty": "oct", "k": k, "kid": "1"}, with(bare(&ec), "kid", json!("2"))]}).to_string();
    let set = JwkSet::from_json(&set).unwrap();
    assert_eq!(outcome(&lenient(set.verifying_keys()), &token), "unknown_key");
    assert_eq!(set.verifying_keys().skipped()[0].index, 0);
    let asked_for = set.verifying_keys_with(&KeyRules::new().symmetric(HS256));
    assert_eq!(outcome(&lenient(asked_for), &token), "accepted");
    let other = set.verifying_keys_with(&KeyRules::new().symmetric(HS512));
    assert_eq!(outcome(&lenient(other), &token), "algorithm_not_allowed");
    assert!(!set.to_json().contains(&k), "a secret is published");
}

#[test]
fn b09_private_key_in_a_set() {
    let keys = known_keys();
    let set = json!({"keys": [keys["rsa"], keys["ec"], keys["ed"]]}).to_string();
    let set = JwkSet::from_json(&set).unwrap();
    assert_eq!(set.private_entries(), [0, 1, 2]);
    assert_eq!(set.verifying_keys().len(), 3);
    let written: Value = serde_json::from_str(&set.to_json()).unwrap();
    for jwk in written["keys"].as_array().unwrap() {
        for member in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(jwk[member].is_null(), "{member} is published");
        }
    }
    assert_eq!(import(&keys["ec"]), Err("invalid_key"), "a private key is no Jwk");
}

#[test]
fn b10_keys_for_something_else() {
    let (key, _) = generate(ES256);
    let token = forge(r#"{"alg":"ES256"}"#, CLAIMS, &key);
    let judge = |members: &[(&str, Value)]| {
        let jwk = members.iter().fold(bare(&key), |jwk, (name, value)| with(jwk, name, value.clone()));
        let set = JwkSet::from_json(&json!({"keys": [jwk]}).to_string()).unwrap();
        let keys = set.verifying_keys();
        match keys.skipped().first() {
            Some(skipped) => {
                assert!(keys.is_empty());
                skipped.reason.code()
            }
            None => outcome(&lenient(keys), &token),
        }
    };
    for good in [
        vec![],
        vec![("use", json!("sig"))],
        vec![("key_ops", json!(["verify"]))],
        vec![("key_ops", json!(["sign", "verify"])), ("use", json!("sig"))],
        vec![("alg", json!("ES256"))],
    ] {
        assert_eq!(judge(&good), "accepted", "{good:?}");
    }
    for wrong in ["enc", "SIG", "sig ", "", "tls"] {
        assert_eq!(judge(&[("use", json!(wrong))]), "key_not_for_this", "{wrong}");
    }
    for operations in [json!([]), json!(["encrypt"]), json!(["sign"]), json!(["deriveKey"]), json!(["Verify"])] {
        assert_eq!(judge(&[("key_ops", operations.clone())]), "key_not_for_this", "{operations}");
    }
    for alg in ["A256GCM", "A256KW", "RSA-OAEP", "ECDH-ES", "dir", "none", "Ed448"] {
        assert_eq!(judge(&[("alg", json!(alg))]), "unsupported_algorithm", "{alg}");
    }
    assert_eq!(judge(&[("alg", json!("es256"))]), "unknown_algorithm");
    for alg in ["ES384", "RS256", "HS256", "EdDSA", "ES512", "ES256K", "ML-DSA-65"] {
        assert_eq!(judge(&[("alg", json!(alg))]), "key_mismatch", "{alg}");
    }
    for contradictory in [
        vec![("use", json!("enc")), ("key_ops", json!(["verify"]))],
        vec![("use", json!("sig")), ("key_ops", json!(["verify", "encrypt"]))],
        vec![("use", json!("sig")), ("key_ops", json!(["deriveBits"]))],
        vec![("key_ops", json!(["verify", "verify"]))],
        vec![("key_ops", json!("verify"))],
        vec![("key_ops", json!(["verify", 1]))],
        vec![("key_ops", json!(null))],
        vec![("use", json!(["sig"]))],
        vec![("alg", json!(["ES256"]))],
        vec![("kid", json!(1))],
    ] {
        assert_eq!(judge(&contradictory), "invalid_key", "{contradictory:?}");
    }
    // A symmetric key is bound by what it says, too.
    let oct = |name: &str, value: Value| {
        let jwk = with(json!({"kty": "oct", "k": base64url::encode(&[7; 64])}), name, value).to_string();
        let bound = PrivateJwk::from_json(&jwk).and_then(|jwk| VerifyingKey::from_private_jwk_as(HS256, &jwk));
        bound.map_err(|error| error.code()).err()
    };
    assert_eq!(oct("alg", json!("HS256")), None);
    assert_eq!(oct("alg", json!("HS512")), Some("key_not_for_this"));
    assert_eq!(oct("alg", json!("A256GCM")), Some("unsupported_algorithm"));
    assert_eq!(oct("alg", json!("RS256")), Some("key_mismatch"));
    assert_eq!(oct("use", json!("enc")), Some("key_not_for_this"));
    assert_eq!(oct("key_ops", json!(["wrapKey"])), Some("key_not_for_this"));
}

#[test]
fn b11_one_key_id_twice() {
    let ((old, _), (new, _), (stranger, _)) = (generate(ES256), generate(ES256), generate(ES256));
    let named = |key: &SigningKey| with(bare(key), "kid", json!("1"));
    let token = |key: &SigningKey| forge(r#"{"alg":"ES256","kid":"1"}"#, CLAIMS, key);
    let rotating = JwkSet::from_json(&json!({"keys": [named(&old), named(&new)]}).to_string()).unwrap();
    let verifier = lenient(rotating.verifying_keys());
    assert_eq!(outcome(&verifier, &token(&old)), "accepted");
    assert_eq!(outcome(&verifier, &token(&new)), "accepted");
    assert_eq!(outcome(&verifier, &token(&stranger)), "invalid_signature");

    // A public key and a secret under one name: only the key of the algorithm is tried.
    let mixed =
        json!({"keys": [named(&old), {"kty": "oct", "k": base64url::encode(&[7; 64]), "kid": "1"}]}).to_string();
    let mixed = JwkSet::from_json(&mixed).unwrap();
    let mac = forge(r#"{"alg":"HS256","kid":"1"}"#, CLAIMS, &hmac(HS256).0);
    let verifier = lenient(mixed.verifying_keys());
    assert_eq!(outcome(&verifier, &token(&old)), "accepted");
    assert_eq!(outcome(&verifier, &mac), "algorithm_not_allowed");
    let verifier = lenient(mixed.verifying_keys_with(&KeyRules::new().symmetric(HS256)));
    assert_eq!(outcome(&verifier, &token(&old)), "accepted");
    assert_eq!(outcome(&verifier, &mac), "accepted");
    assert_eq!(outcome(&verifier, &forge(r#"{"alg":"HS256","kid":"1"}"#, CLAIMS, &old)), "invalid_signature");
}

#[test]
fn b12_one_bad_key_does_not_spoil_the_set() {
    let (key, _) = generate(ES256);
    let good = with(bare(&key), "kid", json!("good"));
    let bad = [
        json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA", "kid": "pq"}),
        json!({"kty": "MAGIC"}),
        json!({}),
        json!({"kty": 1}),
        json!({"kty": "EC"}),
        json!({"kty": "RSA", "n": "!!!", "e": "AQAB"}),
        json!({"kty": "RSA", "n": "", "e": ""}),
        json!({"kty": "OKP", "crv": "X25519", "x": "AAAA"}),
        json!({"keys": []}),
        json!("a string"),
        json!(17),
        json!(null),
        json!([]),
        json!([[]]),
        json!(true),
    ];
    for place in [0, bad.len() / 2, bad.len()] {
        let mut keys = bad.to_vec();
        keys.insert(place, good.clone());
        let set = JwkSet::from_json(&json!({ "keys": keys }).to_string()).unwrap();
        let keys = set.verifying_keys();
        assert_eq!((keys.len(), keys.skipped().len()), (1, bad.len()));
        assert!(keys.skipped().iter().all(|skipped| skipped.index != place));
        assert_eq!(outcome(&lenient(keys), &forge(r#"{"alg":"ES256","kid":"good"}"#, CLAIMS, &key)), "accepted");
    }
    // A member twice spoils its own entry.
    let twice = format!(r#"{{"keys":[{good},{{"kty":"EC","kty":"EC"}},{{"kty":"oct","k":"AA","\u006b":"AA"}}]}}"#);
    assert_eq!(JwkSet::from_json(&twice).unwrap().verifying_keys().len(), 1);
    // What is no set is an error, and never an empty set.
    for text in
        ["", "[]", "{}", r#"{"keys":null}"#, r#"{"keys":{}}"#, r#"{"keys":[],"keys":[]}"#, "<html>", r#"{"keys":["#]
    {
        assert!(JwkSet::from_json(text).is_err(), "{text}");
    }
}

#[test]
fn b13_trials_are_bounded() {
    let (signing, verifying) = generate(EdDSA);
    let token = forge(r#"{"alg":"EdDSA"}"#, CLAIMS, &signing);
    let others: Vec<_> = (0..9).map(|_| generate(EdDSA).1).collect();
    let verifier = |before: usize, trials: Option<usize>| {
        let keys: VerifyingKeys = others[..before].iter().cloned().chain([verifying.clone()]).collect();
        let mut limits = Limits::default();
        limits.key_trials = trials.unwrap_or(limits.key_trials);
        Verifier::builder(keys).any_issuer().any_audience().limits(limits).build().unwrap()
    };
    assert_eq!(outcome(&verifier(7, None), &token), "accepted", "the eighth key");
    assert_eq!(outcome(&verifier(8, None), &token), "invalid_signature", "the ninth key");
    assert_eq!(outcome(&verifier(8, Some(9)), &token), "accepted");
    assert_eq!(outcome(&verifier(1, Some(1)), &token), "invalid_signature");

    // Keys of other algorithms and other names are not trials.
    let ec = generate(ES256).1;
    let many = (0..100).map(|_| ec.clone()).chain([verifying.clone()]);
    assert_eq!(outcome(&lenient(many.collect::<VerifyingKeys>()), &token), "accepted");
    let named = (0..100).map(|n| others[0].clone().with_key_id(n.to_string()));
    let keys: VerifyingKeys = named.chain([verifying.with_key_id("100")]).collect();
    let token = forge(r#"{"alg":"EdDSA","kid":"100"}"#, CLAIMS, &signing);
    assert_eq!(outcome(&lenient(keys), &token), "accepted");
}

#[test]
fn b14_members_of_ec_keys() {
    let keys = known_keys();
    let public = json!({"kty": "EC", "crv": "P-256", "x": keys["ec"]["x"], "y": keys["ec"]["y"]});
    assert_eq!(import(&public), Ok(()));
    let x = base64url::decode(keys["ec"]["x"].as_str().unwrap()).unwrap();
    let zeros = base64url::encode(&[0; 32]);
    let p = "_____wAAAAEAAAAAAAAAAAAAAAD_______________8";
    for coordinate in ["x", "y"] {
        for value in [
            json!(base64url::encode(&x[..31])),
            json!(base64url::encode(&[&[0], &x[..]].concat())),
            json!(base64url::encode(&[&x[..], &[0]].concat())),
            json!(base64url::encode(&[&[2], &x[..]].concat())),
            json!(base64url::encode(&[&[4], &x[..], &x[..]].concat())),
            json!(zeros),
            json!(p),
            json!(base64url::encode(&[0xff; 32])),
            json!(""),
            json!("=".repeat(43)),
            json!(null),
            json!(true),
            json!([]),
        ] {
            assert_eq!(
                import(&with(public.clone(), coordinate, value.clone())),
                Err("invalid_key"),
                "{coordinate} {value}"
            );
        }
    }
    assert_eq!(import(&json!({"kty": "EC", "crv": "P-256", "x": zeros, "y": zeros})), Err("invalid_key"), "(0, 0)");
    assert_eq!(import(&json!({"kty": "EC", "crv": "P-384", "x": public["x"], "y": public["y"]})), Err("invalid_key"));
    assert_eq!(import(&json!({"kty": "EC", "crv": "P-256", "x": public["y"], "y": public["x"]})), Err("invalid_key"));
    assert_eq!(import(&json!({"kty": "EC", "x": public["x"], "y": public["y"]})), Err("invalid_key"), "no crv");

    let order = "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE";
    let d = base64url::decode(keys["ec"]["d"].as_str().unwrap()).unwrap();
    assert_eq!(import_private(&keys["ec"]), Ok(()));
    for value in [
        order,
        &zeros,
        "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVI", // n + 1
        &base64url::encode(&[0xff; 32]),
        &base64url::encode(&[&[0; 31][..], &[1]].concat()), // of another key
        &base64url::encode(&d[1..]),
        &base64url::encode(&[&[0], &d[..]].concat()),
        "",
    ] {
        assert_eq!(import_private(&with(keys["ec"].clone(), "d", json!(value))), Err("invalid_key"), "{value}");
    }
}

#[test]
fn b14_members_of_okp_keys() {
    let keys = known_keys();
    let x = base64url::decode(keys["ed"]["x"].as_str().unwrap()).unwrap();
    let public = json!({"kty": "OKP", "crv": "Ed25519", "x": keys["ed"]["x"]});
    assert_eq!(import(&public), Ok(()));
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut not_canonical = [0xff; 32];
    not_canonical[0] = 0xee;
    not_canonical[31] = 0x7f;
    for octets in [&x[..31], &[&x[..], &[0]].concat(), &[0; 32], &identity, &not_canonical, &[0xff; 32], &[2; 57], &[]]
    {
        let jwk = with(public.clone(), "x", json!(base64url::encode(octets)));
        assert_eq!(import(&jwk), Err("invalid_key"), "{octets:?}");
    }
    assert_eq!(import_private(&keys["ed"]), Ok(()));
    for seed in [[0; 32].as_slice(), &[7; 31], &[7; 33], &[7; 64], &[]] {
        let jwk = with(keys["ed"].clone(), "d", json!(base64url::encode(seed)));
        assert_eq!(import_private(&jwk), Err("invalid_key"), "{} octets", seed.len());
    }
}

#[test]
fn b14_members_of_rsa_keys() {
    let rsa = known_keys()["rsa"].clone();
    let public = json!({"kty": "RSA", "n": rsa["n"], "e": rsa["e"]});
    assert_eq!(import(&public), Ok(()));
    let octets = |member: &str| base64url::decode(rsa[member].as_str().unwrap()).unwrap();
    for member in ["n", "e"] {
        let padded = base64url::encode(&[&[0], &octets(member)[..]].concat());
        assert_eq!(
            import(&with(public.clone(), member, json!(padded))),
            Err("invalid_key"),
            "{member} with a zero before it"
        );
        assert_eq!(import(&with(public.clone(), member, json!(""))), Err("invalid_key"));
    }
    assert_eq!(import_private(&rsa), Ok(()));
    for member in ["d", "p", "q", "dp", "dq", "qi"] {
        let mut missing = rsa.clone();
        missing.as_object_mut().unwrap().remove(member);
        assert_eq!(import_private(&missing), Err("invalid_key"), "without {member}");
        let mut altered = octets(member);
        *altered.last_mut().unwrap() ^= 2;
        for value in [altered, [&[0], &octets(member)[..]].concat(), octets("n"), vec![1], vec![0], vec![]] {
            let jwk = with(rsa.clone(), member, json!(base64url::encode(&value)));
            assert_eq!(import_private(&jwk), Err("invalid_key"), "{member} = {value:?}");
        }
    }
    let mut only_d = rsa.clone();
    for member in ["p", "q", "dp", "dq", "qi"] {
        only_d.as_object_mut().unwrap().remove(member);
    }
    assert_eq!(import_private(&only_d), Err("unsupported_key"));
    let third_prime = json!([{"r": "AQAB", "d": "AQAB", "t": "AQAB"}]);
    assert_eq!(import_private(&with(rsa.clone(), "oth", third_prime)), Err("invalid_key"));
    // The primes the other way round, and their exponents with them: qi no longer fits.
    let swapped = [("p", "q"), ("q", "p"), ("dp", "dq"), ("dq", "dp")];
    let swapped = swapped.iter().fold(rsa.clone(), |jwk, (to, from)| with(jwk, to, rsa[*from].clone()));
    assert_eq!(import_private(&swapped), Err("invalid_key"));
}

#[test]
fn b15_one_thumbprint_a_key() {
    let public = json!({"kty": "RSA", "n": known_keys()["rsa"]["n"], "e": "AQAB"});
    assert_eq!(import(&public), Ok(()));
    for other_spelling in ["AAEAAQ", "AAABAAE", "AQAB=", "AQAC"] {
        assert_ne!(import(&with(public.clone(), "e", json!(other_spelling))), Ok(()), "{other_spelling}");
    }
    // Only the members of the key count, whatever else stands there and in whatever order.
    let okp = r#"{"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"1","alg":"EdDSA","use":"sig","crv":"Ed25519","kty":"OKP","y":"AAAA"}"#;
    let jwk = Jwk::from_json(okp).unwrap();
    assert_eq!(jwk.thumbprint().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let fully_specified = Jwk::from_json(&okp.replace("EdDSA", "Ed25519")).unwrap();
    assert_eq!(fully_specified.thumbprint(), jwk.thumbprint());
}
