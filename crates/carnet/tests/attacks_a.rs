//! Attacks on the choice of the algorithm. Each test is named after its row in the list of attacks, part A.
#![cfg(test)]

#[path = "support/forge.rs"]
mod forge;

use carnet::prelude::*;
use carnet::{KeyError, PolicyError, base64url};
use forge::{forge, hmac, lenient, outcome};
use serde_json::{Value, json};
use testkit::vectors;

const CLAIMS: &str = r#"{"sub":"admin","exp":4102444800}"#;

/// The keys that the attack tokens were made with and for.
fn known_keys() -> Value {
    vectors::load("attacks/attack_tokens.json")["keys"].clone()
}

fn rsa() -> PrivateJwk {
    PrivateJwk::from_json(&known_keys()["rsa"].to_string()).unwrap()
}

fn verifies(algorithm: Algorithm, key: &SigningKey) -> VerifyingKey {
    VerifyingKey::from_jwk_as(algorithm, &key.public_jwk().unwrap()).unwrap()
}

#[test]
fn a01_alg_none() {
    let (key, verifying) = hmac(HS256);
    let ec = SigningKey::generate(ES256).unwrap();
    let keys: VerifyingKeys =
        [verifying, verifies(ES256, &ec), verifies(RS256, &SigningKey::from_jwk(&rsa()).unwrap())]
            .into_iter()
            .collect();
    let verifier = lenient(keys);
    let genuine = forge(r#"{"alg":"HS256"}"#, CLAIMS, &key);
    assert_eq!(outcome(&verifier, &genuine), "accepted");
    let (_, signature) = genuine.rsplit_once('.').unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}", base64url::encode(CLAIMS.as_bytes()));

    for end in [".", ".AA", &format!(".{signature}"), &format!(".{}", "A".repeat(86))] {
        assert_eq!(outcome(&verifier, &format!("{unsigned}{end}")), "algorithm_not_allowed", "{end}");
    }
    assert_eq!(outcome(&verifier, &unsigned), "malformed", "without the second dot");
    assert_eq!("none".parse::<Algorithm>().unwrap_err().code(), "unsupported_algorithm");
}

#[test]
fn a02_spellings_of_algorithms() {
    let (key, verifying) = hmac(HS256);
    let verifier = lenient(verifying);
    let judge = |header: &str| {
        // With a genuine MAC and without any.
        let signed = forge(header, CLAIMS, &key);
        let (input, _) = signed.rsplit_once('.').unwrap();
        let (signed, bare) = (outcome(&verifier, &signed), outcome(&verifier, &format!("{input}.")));
        assert_eq!(signed, bare, "{header}");
        signed
    };
    for alg in [
        "nOnE",
        "NONE",
        " none",
        "none ",
        "",
        "hs256",
        "Hs256",
        " HS256",
        "HS256 ",
        "HS-256",
        "HS2566",
        "HS25",
        "HMACSHA256",
        "ＨＳ256",
        "dir",
        "A128KW",
    ] {
        assert_eq!(judge(&json!({ "alg": alg }).to_string()), "algorithm_not_allowed", "{alg:?}");
    }
    for alg in [r#""none\u0000""#, r#""HS256\u0000""#, "null", r#"["none"]"#, r#"["HS256"]"#, "{}", "1", "true"] {
        assert_eq!(judge(&format!(r#"{{"alg":{alg}}}"#)), "malformed", "{alg}");
    }
    assert_eq!(judge("{}"), "malformed", "no alg");
    assert_eq!(outcome(&verifier, &format!("e30.{}.", base64url::encode(CLAIMS.as_bytes()))), "malformed");
    // An escape in a string is the same string.
    assert_eq!(outcome(&verifier, &forge(r#"{"\u0061lg":"\u0048S256"}"#, CLAIMS, &key)), "accepted");
}

#[test]
fn a03_unknown_algorithm_with_an_empty_mac() {
    let (key, verifying) = hmac(HS256);
    let verifier = lenient(verifying);
    for alg in ["zzz", "HS1", "MD5", "XX512"] {
        let token = forge(json!({ "alg": alg }).to_string(), CLAIMS, &key);
        let (input, _) = token.rsplit_once('.').unwrap();
        assert_eq!(outcome(&verifier, &format!("{input}.")), "algorithm_not_allowed", "{alg}");
    }
}

/// The public forms of the keys, as PEM, DER, OpenSSH, certificate, JWK and set, and each with what gets before or into a file.
#[test]
fn a04_public_key_as_hmac_secret() {
    let keys = known_keys();
    let cases = vectors::load("attacks/mac_key_forms.json");
    for case in cases["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let text = case["secret_b64u"].as_str().unwrap();
        let octets = base64url::decode(text).unwrap();

        let error = Secret::from_bytes(&octets).unwrap_err();
        assert!(matches!(error, KeyError::SecretLooksLikeKey { .. }), "{id}: {error}");
        assert_eq!(Secret::from_base64url(text).unwrap_err(), error, "{id}");
        let jwk = json!({"kty": "oct", "alg": "HS256", "k": text}).to_string();
        assert_eq!(PrivateJwk::from_json(&jwk).unwrap_err(), error, "{id}");
        let set = JwkSet::from_json(&json!({"keys": [{"kty": "oct", "k": text}]}).to_string()).unwrap();
        assert_eq!(set.skipped()[0].reason, error, "{id}");

        // The verifier that the token is meant for holds the public key, and a MAC secret besides.
        let jwk = PrivateJwk::from_json(&keys[case["verify_with"].as_str().unwrap()].to_string()).unwrap();
        let public = VerifyingKey::from_jwk(&jwk.public_jwk().unwrap()).unwrap();
        let token = case["token"].as_str().unwrap();
        assert_eq!(outcome(&lenient(public.clone()), token), "algorithm_not_allowed", "{id}");
        let both: VerifyingKeys = [public, hmac(HS256).1].into_iter().collect();
        assert_eq!(outcome(&lenient(both), token), "invalid_signature", "{id}");
    }
}

#[test]
fn a04_at_any_place() {
    let key = SigningKey::generate(ES256).unwrap().public_jwk().unwrap();
    let mut generated: Vec<Vec<u8>> = vec![key.to_json().into_bytes()];
    for case in vectors::load("attacks/mac_key_forms.json")["cases"].as_array().unwrap() {
        if case["id"].as_str().unwrap().ends_with("as-is") {
            generated.push(base64url::decode(case["secret_b64u"].as_str().unwrap()).unwrap());
        }
    }
    for form in generated {
        for before in [0, 1, 2, 3, 31, 32, 255, 4096] {
            for after in [0, 1, 64] {
                let octets = [&vec![0x5a; before][..], &form, &vec![0xa5; after]].concat();
                let error = Secret::from_bytes(octets).unwrap_err();
                assert_eq!(error.code(), "weak_key", "{before} octets before");
            }
        }
    }
}

#[test]
fn a04_a_public_key_never_reaches_hmac() {
    let keys = known_keys();
    for name in ["rsa", "ec", "ed"] {
        let jwk = PrivateJwk::from_json(&keys[name].to_string()).unwrap();
        let public = jwk.public_jwk().unwrap();
        for algorithm in [HS256, HS384, HS512] {
            let error = VerifyingKey::from_jwk_as(algorithm, &public).unwrap_err();
            assert_eq!(error.code(), "key_mismatch", "{name}");
            let error = VerifyingKey::from_private_jwk_as(algorithm, &jwk).unwrap_err();
            assert_eq!(error.code(), "key_mismatch", "{name}");
            assert_eq!(SigningKey::from_jwk_as(algorithm, &jwk).unwrap_err().code(), "key_mismatch", "{name}");
        }
    }
}

#[test]
fn a05_rsa_key_without_alg_for_hs256() {
    let file = vectors::load("attacks/attack_tokens.json");
    let empty_key = file["cases"].as_array().unwrap().iter().find(|case| case["id"] == "hs256-empty-key").unwrap();
    let public = rsa().public_jwk().unwrap();
    assert_eq!(public.algorithm(), None);
    let set = JwkSet::from_json(&format!(r#"{{"keys":[{}]}}"#, public.to_json())).unwrap();
    // Not even rules that ask for shared secrets make one of an RSA key.
    let rules = KeyRules::new().symmetric(HS256);
    for keys in [set.verifying_keys(), set.verifying_keys_with(&rules)] {
        let verifier = lenient(keys);
        assert_eq!(outcome(&verifier, empty_key["token"].as_str().unwrap()), "algorithm_not_allowed");
    }
    assert!(set.verifying_keys_with(&KeyRules::new().rsa_without_alg(HS256)).is_empty());
}

#[test]
fn a06_the_key_decides_and_the_allow_list_narrows() {
    let public = rsa().public_jwk().unwrap();
    let with_alg = |alg: &str| Jwk::from_json(&public.to_json().replacen('{', &format!(r#"{{"alg":"{alg}","#), 1));
    let bound_to_ps256 = VerifyingKey::from_jwk(&with_alg("PS256").unwrap()).unwrap();
    let build = |keys: VerifyingKeys, allowed: &[Algorithm]| {
        Verifier::builder(keys).any_issuer().any_audience().algorithms(allowed.iter().copied()).build()
    };
    // Allowed is what no key is bound to: a mistake, told when the verifier is built.
    let refused = build(bound_to_ps256.clone().into(), &[RS256]).unwrap_err();
    assert_eq!(refused, PolicyError::NoKeyForAlgorithms);
    assert_eq!(with_alg("HS256").unwrap_err().code(), "key_mismatch");
    assert_eq!(VerifyingKey::from_jwk_as(RS256, &with_alg("PS256").unwrap()).unwrap_err().code(), "key_not_for_this");

    // The header says RS256 and the signature is one of PS256, and the other way round.
    let pss = SigningKey::from_jwk_as(PS256, &rsa()).unwrap();
    let pkcs1 = SigningKey::from_jwk_as(RS256, &rsa()).unwrap();
    let bound_to_rs256 = verifies(RS256, &pkcs1);
    for (header, key) in [(r#"{"alg":"RS256"}"#, &pss), (r#"{"alg":"PS256"}"#, &pkcs1)] {
        let token = forge(header, CLAIMS, key);
        for keys in [vec![&bound_to_rs256], vec![&bound_to_ps256], vec![&bound_to_rs256, &bound_to_ps256]] {
            let verifier = lenient(keys.into_iter().cloned().collect::<VerifyingKeys>());
            let code = outcome(&verifier, &token);
            assert!(["invalid_signature", "algorithm_not_allowed"].contains(&code), "{header}: {code}");
        }
    }
    // A genuine token of an algorithm that a key is bound to and the list leaves out.
    let both: VerifyingKeys = [bound_to_rs256, bound_to_ps256].into_iter().collect();
    let narrow = build(both, &[PS256]).unwrap();
    assert_eq!(outcome(&narrow, &forge(r#"{"alg":"RS256"}"#, CLAIMS, &pkcs1)), "algorithm_not_allowed");
    assert_eq!(outcome(&narrow, &forge(r#"{"alg":"PS256"}"#, CLAIMS, &pss)), "accepted");
}

/// The list that counts where none is given is the same in every build, so that no feature adds to what is accepted.
#[test]
fn a06_no_backend_adds_to_the_default_list() {
    let default = [HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA];
    for &algorithm in Algorithm::ALL.iter().filter(|algorithm| algorithm.is_available()) {
        let (key, verifying) = match algorithm.is_symmetric() {
            true => hmac(algorithm),
            false => {
                let key = match rsa().public_jwk().unwrap().public_key().fits(algorithm) {
                    true => SigningKey::from_jwk_as(algorithm, &rsa()).unwrap(),
                    false => SigningKey::generate(algorithm).unwrap(),
                };
                let verifying = key.verifying_key();
                (key, verifying)
            }
        };
        let token = forge(json!({"alg": algorithm.name()}).to_string(), CLAIMS, &key);
        assert_eq!(outcome(&lenient(verifying.clone()), &token), "accepted", "{algorithm}");
        let build = |keys: VerifyingKeys| Verifier::builder(keys).any_issuer().any_audience().build();
        if default.contains(&algorithm) {
            assert_eq!(outcome(&build(verifying.into()).unwrap(), &token), "accepted", "{algorithm}");
        } else {
            assert_eq!(build(verifying.clone().into()).unwrap_err(), PolicyError::NoKeyForAlgorithms, "{algorithm}");
            let beside: VerifyingKeys = [verifying, hmac(HS256).1].into_iter().collect();
            assert_eq!(outcome(&build(beside).unwrap(), &token), "algorithm_not_allowed", "{algorithm}");
        }
    }
}

#[test]
fn a08_empty_keys() {
    assert_eq!(Secret::from_bytes([]).unwrap_err().code(), "weak_key");
    assert_eq!(Secret::from_bytes([0; 31]).unwrap_err().code(), "weak_key");
    assert_eq!(Secret::from_hex("").unwrap_err().code(), "weak_key");
    assert_eq!(Secret::from_base64url("").unwrap_err().code(), "weak_key");
    let error = PrivateJwk::from_json(r#"{"kty":"oct","alg":"HS256","k":""}"#).unwrap_err();
    assert!(matches!(error, KeyError::InvalidMember { member: "k", .. }), "{error}");
    for k in ["", r#","k":null"#, r#","k":[]"#, r#","k":[null]"#] {
        assert_eq!(PrivateJwk::from_json(&format!(r#"{{"kty":"oct"{k}}}"#)).unwrap_err().code(), "invalid_key");
    }
    let set = JwkSet::from_json(r#"{"keys":[{"kty":"oct","alg":"HS256","k":""},{"kty":"oct","k":"AA"}]}"#).unwrap();
    let keys = set.verifying_keys_with(&KeyRules::new().symmetric(HS256));
    assert_eq!((keys.len(), keys.skipped().len()), (0, 2));
}

#[test]
fn a09_nothing_to_verify_with() {
    let build = |keys: VerifyingKeys| Verifier::builder(keys).any_issuer().any_audience().build().unwrap_err();
    assert_eq!(build(VerifyingKeys::default()), PolicyError::NoKeys);
    assert_eq!(build(JwkSet::from_json(r#"{"keys":[]}"#).unwrap().verifying_keys()), PolicyError::NoKeys);
    let unusable = r#"{"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8"},{"kty":"AKP"}]}"#;
    assert_eq!(build(JwkSet::from_json(unusable).unwrap().verifying_keys()), PolicyError::NoKeys);
    let none_allowed = Verifier::builder(hmac(HS256).1).any_issuer().any_audience().algorithms([]).build();
    assert_eq!(none_allowed.unwrap_err(), PolicyError::NoAlgorithms);
}

#[test]
fn a11_curve_and_algorithm() {
    let p256 = SigningKey::generate(ES256).unwrap();
    let p384 = SigningKey::generate(ES384).unwrap();
    let ed25519 = SigningKey::generate(EdDSA).unwrap();
    let bare = |key: &SigningKey| {
        let mut members: Value = serde_json::from_str(&key.public_jwk().unwrap().to_json()).unwrap();
        members.as_object_mut().unwrap().remove("alg");
        members
    };
    for (key, algorithm) in [(&p384, ES256), (&p256, ES384), (&p256, EdDSA), (&ed25519, ES256), (&p256, RS256)] {
        let jwk = Jwk::from_json(&bare(key).to_string()).unwrap();
        assert_eq!(VerifyingKey::from_jwk_as(algorithm, &jwk).unwrap_err().code(), "key_mismatch");
        let mut members = bare(key);
        members["alg"] = json!(algorithm.name());
        assert_eq!(Jwk::from_json(&members.to_string()).unwrap_err().code(), "key_mismatch");
    }
    // An algorithm of other keys does not fit, whether this build has it or not; one that nobody has is no algorithm for anything.
    for (alg, expected) in [
        ("ES512", "key_mismatch"),
        ("ES256K", "key_mismatch"),
        ("ML-DSA-44", "key_mismatch"),
        ("Ed448", "unsupported_algorithm"),
    ] {
        let mut members = bare(&p256);
        members["alg"] = json!(alg);
        let bound = Jwk::from_json(&members.to_string()).and_then(|jwk| VerifyingKey::from_jwk(&jwk));
        assert_eq!(bound.unwrap_err().code(), expected, "{alg} on P-256");
    }
    // Other keys of 32 octets under the names of Ed25519.
    for crv in ["X25519", "Ed448", "X448", "ed25519", ""] {
        let mut members = bare(&ed25519);
        members["crv"] = json!(crv);
        assert_eq!(Jwk::from_json(&members.to_string()).unwrap_err().code(), "unsupported_key", "{crv}");
    }
    // And in tokens: a good signature under the name of another curve.
    for (name, key) in [("ES384", &p256), ("ES256", &p384), ("ES256", &ed25519), ("EdDSA", &p256), ("ES256K", &p256)] {
        let token = forge(json!({ "alg": name }).to_string(), CLAIMS, key);
        let verifier = lenient(verifies(key.algorithm(), key));
        assert_eq!(outcome(&verifier, &token), "algorithm_not_allowed", "{name}");
        let every: VerifyingKeys =
            [&p256, &p384, &ed25519].map(|key| verifies(key.algorithm(), key)).into_iter().collect();
        assert_ne!(outcome(&lenient(every), &token), "accepted", "{name}");
    }
}

#[test]
fn a11_both_names_of_ed25519() {
    let key = SigningKey::generate(EdDSA).unwrap();
    let verifier = lenient(verifies(EdDSA, &key));
    for (name, expected) in [
        ("EdDSA", "accepted"),
        ("Ed25519", "accepted"),
        ("Ed448", "algorithm_not_allowed"),
        ("EDDSA", "algorithm_not_allowed"),
    ] {
        let token = forge(json!({ "alg": name }).to_string(), CLAIMS, &key);
        assert_eq!(outcome(&verifier, &token), expected, "{name}");
    }
    // Whichever the issuer writes, its tokens and its published key agree.
    let key = key.with_fully_specified_name().with_key_id("1").unwrap();
    let set = JwkSet::from_json(&format!(r#"{{"keys":[{}]}}"#, key.public_jwk().unwrap().to_json())).unwrap();
    let token = Token::builder().never_expires().sign(&key).unwrap();
    let verified = lenient(set.verifying_keys()).verify::<Value>(&token).unwrap();
    assert_eq!(verified.header().algorithm(), "Ed25519");
}

#[test]
fn a12_short_secrets() {
    for (algorithm, octets) in [(HS256, 32), (HS384, 48), (HS512, 64)] {
        for (length, good) in [(octets - 1, false), (octets, true), (octets + 1, true)] {
            let k = base64url::encode(&vec![0x5a; length]);
            let jwk = json!({"kty": "oct", "k": k, "alg": algorithm.name()}).to_string();
            let jwk = PrivateJwk::from_json(&jwk).unwrap();
            assert_eq!(
                VerifyingKey::from_private_jwk_as(algorithm, &jwk).is_ok(),
                good,
                "{algorithm}, {length} octets"
            );
            assert_eq!(SigningKey::from_jwk(&jwk).is_ok(), good, "{algorithm}, {length} octets");
            let secret = Secret::from_bytes(vec![0x5a; length]);
            let bound = secret.and_then(|secret| VerifyingKey::from_secret(algorithm, &secret));
            assert_eq!(bound.map_err(|error| error.code()).err(), (!good).then_some("weak_key"));
        }
    }
}

#[test]
fn a12_rsa_sizes_and_exponents() {
    let key = |n: &[u8], e: &[u8]| {
        let jwk = json!({"kty": "RSA", "n": base64url::encode(n), "e": base64url::encode(e)}).to_string();
        Jwk::from_json(&jwk).map_err(|error| error.code()).err()
    };
    let modulus = |bits: usize| {
        let mut n = vec![0xa5; bits.div_ceil(8)];
        n[0] = 1 << ((bits - 1) % 8);
        *n.last_mut().unwrap() |= 1;
        n
    };
    let f4: &[u8] = &[1, 0, 1];
    for bits in [512, 1024, 1536, 2040, 2041, 2042, 2043, 2044, 2045, 2046, 2047, 8193, 16_384, 16_385, 32_768] {
        assert_eq!(key(&modulus(bits), f4), Some("weak_key"), "{bits}");
    }
    for bits in [2048, 2049, 2050, 3072, 4096, 8192] {
        assert_eq!(key(&modulus(bits), f4), None, "{bits}");
    }
    let mut even = modulus(2048);
    *even.last_mut().unwrap() = 0xa4;
    assert_eq!(key(&even, f4), Some("invalid_key"));
    let n = modulus(2048);
    let exponents: &[&[u8]] = &[
        &[],
        &[0],
        &[1],
        &[2],
        &[4],
        &[1, 0, 0],
        &[2, 0, 0, 0, 1],
        &[1, 0, 0, 0, 0, 0, 0, 0, 1], // 2^64 + 1: 1 where only 64 bits are looked at
        &[1, 0, 0, 0, 0, 0, 0, 0, 3],
        &[0x10, 0, 0, 0, 0x1, 0, 1], // 65537 in its low 32 bits
        &n,
    ];
    for e in exponents {
        assert_eq!(key(&n, e), Some("invalid_key"), "{e:?}");
    }
}

#[test]
fn a12_roca_modulus() {
    // 65537^123456789 modulo every prime up to 167, so that all of them bear the mark.
    let marked = "\
    2EMoDoEiGDK0WtIWK0sAi9miWCUVKAJ5HR8IStsMdunvAaxXHb8PCsfLsI7BROFoDQjeWcCL-TTTtJBdS0q3oGvu9TXb2W5MEmScj0Rh\
    rDjOq9zKfY52cgbBo1uezr4ri_-HnMJxFxVH0G015Dpcn78s-2AZqwNRqRn9PICwHXTtOZqZ7tgGSYwH8MmywAHMaLUcjzKyDn_S4L-L\
    oTkj0pO2gLndySn9aPgm-55Oi-fnMVPxjemU6rFhdJazPWdEh0cOBxt5SzI3RwEud9MHPGAjaA79KcDwVSZyMCkt3L6RlkNP-MVov5xP\
    wAUTSC2uskTspRAXnQyB46udXqIYqw";
    let jwk = |n: &str| Jwk::from_json(&json!({"kty": "RSA", "n": n, "e": "AQAB"}).to_string());
    let error = jwk(marked).unwrap_err();
    assert_eq!(error.code(), "weak_key");
    assert!(error.to_string().contains("CVE-2017-15361"), "{error}");
    // Two more, and the mark is gone.
    let unmarked = marked.strip_suffix("Yqw").unwrap().to_owned() + "YrQ";
    assert!(jwk(&unmarked).is_ok());
}
