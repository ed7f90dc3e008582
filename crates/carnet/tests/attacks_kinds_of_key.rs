//! Attacks with the kinds of key that only one backend has: P-521, secp256k1, ML-DSA. Each test is named after its row in the list of attacks, parts
//! A and B. A build without these algorithms refuses their keys and tokens, which every test sees to before it goes on.
#![cfg(test)]

#[path = "support/forge.rs"]
mod forge;
#[path = "support/one_backend.rs"]
mod one_backend;

use carnet::prelude::*;
use carnet::{KeyError, Limits, PolicyError, base64url};
use forge::{forge, hmac, lenient, outcome};
use one_backend::{CLAIMS, OF_ONE_BACKEND, available, bare, generated, import, import_private, published, with};
use serde_json::{Value, json};
use testkit::vectors;

fn without(mut jwk: Value, name: &str) -> Value {
    jwk.as_object_mut().unwrap().remove(name);
    jwk
}

fn signing(jwk: &Value) -> SigningKey {
    SigningKey::from_jwk(&PrivateJwk::from_json(&jwk.to_string()).unwrap()).unwrap()
}

fn generate(algorithm: Algorithm) -> (SigningKey, VerifyingKey) {
    let key = SigningKey::generate(algorithm).unwrap();
    let verifying = key.verifying_key();
    (key, verifying)
}

fn token(alg: &str, key: &SigningKey) -> String {
    forge(json!({ "alg": alg }).to_string(), CLAIMS, key)
}

/// One element of DER.
fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let length = &length[length.iter().position(|octet| *octet != 0).unwrap()..];
    let start = match length {
        [short] if *short < 0x80 => vec![tag, *short],
        long => [&[tag, 0x80 | u8::try_from(long.len()).unwrap()], long].concat(),
    };
    [&start[..], contents].concat()
}

/// The key as SPKI, written by hand: a build without the algorithm must know the form all the same.
fn spki(algorithm: Algorithm) -> Vec<u8> {
    let jwk = published(algorithm);
    let member = |name: &str| base64url::decode(jwk[name].as_str().unwrap()).unwrap();
    let (identifier, bits) = match algorithm {
        ES512 => (vectors::hex("06072a8648ce3d020106052b81040023"), [&[4], &member("x")[..], &member("y")].concat()),
        ES256K => (vectors::hex("06072a8648ce3d020106052b8104000a"), [&[4], &member("x")[..], &member("y")].concat()),
        ML_DSA_44 => (vectors::hex("0609608648016503040311"), member("pub")),
        ML_DSA_65 => (vectors::hex("0609608648016503040312"), member("pub")),
        _ => (vectors::hex("0609608648016503040313"), member("pub")),
    };
    let spki = der(0x30, &[der(0x30, &identifier), der(3, &[&[0], &bits[..]].concat())].concat());
    match Jwk::from_der(&spki) {
        Ok(read) => assert_eq!(bare(&serde_json::from_str(&read.to_json()).unwrap()), jwk),
        Err(error) => assert!(!algorithm.is_available() && error.code() == "unsupported_key"),
    }
    spki
}

/// base64 with padding, in lines of 64 characters or in one.
fn base64(octets: &[u8], line: usize) -> String {
    let text = base64url::encode(octets).replace('-', "+").replace('_', "/");
    let padded = format!("{text}{}", "=".repeat(text.len().wrapping_neg() % 4));
    padded.as_bytes().chunks(line).map(|line| str::from_utf8(line).unwrap()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a04_public_key_as_hmac_secret() {
    available();
    for algorithm in OF_ONE_BACKEND {
        let (jwk, spki) = (published(algorithm), spki(algorithm));
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", base64(&spki, 64));
        let forms = [
            spki.clone(),
            pem.clone().into_bytes(),
            pem.trim_end().replace('\n', "\r\n").into_bytes(),
            base64(&spki, 64).into_bytes(),
            base64(&spki, usize::MAX).into_bytes(),
            base64(&spki, usize::MAX).replace('+', "-").replace('/', "_").into_bytes(),
            jwk.to_string().into_bytes(),
            json!({"keys": [jwk]}).to_string().into_bytes(),
            base64(pem.as_bytes(), 76).into_bytes(),
            base64(pem.as_bytes(), usize::MAX).into_bytes(),
            base64(jwk.to_string().as_bytes(), usize::MAX).into_bytes(),
            pem.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            pem.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ];
        for (place, form) in forms.iter().enumerate() {
            for before in ["", " ", "\n", "\u{feff}", "\u{200b}", "# a comment\n", "xxx"] {
                let octets = [before.as_bytes(), form].concat();
                let Err(error) = Secret::from_bytes(&octets) else { panic!("{algorithm}, form {place}: a secret") };
                assert!(matches!(error, KeyError::SecretLooksLikeKey { .. }), "{algorithm}, form {place}: {error}");
                let oct = json!({"kty": "oct", "k": base64url::encode(&octets)});
                assert_eq!(import_private(&oct), Err("weak_key"), "{algorithm}, form {place}");
            }
        }
        // Digits of one case or both, and nothing else.
        for form in &forms {
            let digits: String = form.iter().map(|octet| format!("{octet:02x}")).collect();
            assert!(Secret::from_bytes(&digits).is_err() && Secret::from_bytes(digits.to_uppercase()).is_err());
        }
        // Of three octets each can be the first of a group of base64.
        for skip in 0..3 {
            for form in [pem.as_bytes(), jwk.to_string().as_bytes()] {
                let shifted = base64(&[&vec![0xa5; skip][..], form].concat(), usize::MAX);
                assert!(Secret::from_bytes(shifted).is_err(), "{algorithm}, base64 after {skip} octets");
            }
            let shifted = base64(&[&vec![0xa5; skip][..], &spki].concat(), usize::MAX);
            assert!(Secret::from_bytes(shifted).is_err(), "{algorithm}, base64 after {skip} octets");
        }
    }
}

/// RSA keys of other sizes than 2048 bits, without armour: another beginning of PKCS#1, another place of the object identifier.
#[test]
fn a04_rsa_keys_without_armour() {
    let keys = vectors::load("backends/tokens.json")["keys"].clone();
    for name in ["rsa2048", "rsa3072", "rsa4096", "rsa8192", "rsae3"] {
        let jwk = Jwk::from_json(&keys[name].to_string()).unwrap();
        let forms = [jwk.to_der().unwrap(), jwk.to_pkcs1_der().unwrap()];
        for (form, octets) in ["SPKI", "PKCS#1"].iter().zip(&forms) {
            assert!(Secret::from_bytes(octets).is_err(), "{name}, {form} in DER");
            for line in [64, usize::MAX] {
                assert!(Secret::from_bytes(base64(octets, line)).is_err(), "{name}, {form} in base64");
            }
        }
    }
}

#[test]
fn a04_private_key_as_hmac_secret() {
    for algorithm in available() {
        let jwk = PrivateJwk::generate(algorithm).unwrap();
        let mut forms = vec![jwk.expose_der().unwrap().to_vec(), jwk.expose_pem().unwrap().as_bytes().to_vec()];
        forms.push(base64(&jwk.expose_der().unwrap(), usize::MAX).into_bytes());
        if let Ok(sec1) = jwk.expose_sec1_der() {
            forms.extend([base64(&sec1, usize::MAX).into_bytes(), sec1.to_vec()]);
        }
        for (place, form) in forms.iter().enumerate() {
            assert!(Secret::from_bytes(form).is_err(), "{algorithm}, form {place}");
        }
    }
}

#[test]
fn a04_a_public_key_never_reaches_hmac() {
    for algorithm in available() {
        let private = PrivateJwk::generate(algorithm).unwrap();
        let public = Jwk::from_json(&published(algorithm).to_string()).unwrap();
        for mac in [HS256, HS384, HS512] {
            // An AKP key has its `alg` to say so already.
            let code = VerifyingKey::from_jwk_as(mac, &public).unwrap_err().code();
            assert_eq!(code, if public.algorithm().is_some() { "key_not_for_this" } else { "key_mismatch" });
            let unbound = PrivateJwk::from_json(&generated(algorithm).to_string()).unwrap();
            for jwk in [&private, &unbound] {
                assert!(
                    VerifyingKey::from_private_jwk_as(mac, jwk).is_err() && SigningKey::from_jwk_as(mac, jwk).is_err()
                );
            }
        }
    }
}

#[test]
fn a05_keys_without_alg_are_no_secrets() {
    let here = available();
    let keys: Vec<Value> = OF_ONE_BACKEND.map(|algorithm| without(published(algorithm), "alg")).into();
    let set = JwkSet::from_json(&json!({ "keys": keys }).to_string()).unwrap();
    let verifying = set.verifying_keys_with(&KeyRules::new().symmetric(HS256).rsa_without_alg(HS256));
    let bound: Vec<Algorithm> = verifying.iter().map(VerifyingKey::algorithm).collect();
    let by_curve: Vec<Algorithm> = here.into_iter().filter(|algorithm| [ES512, ES256K].contains(algorithm)).collect();
    assert_eq!(bound, by_curve, "by their curves, and AKP not at all");
    assert_eq!(verifying.skipped().len(), OF_ONE_BACKEND.len() - bound.len());
    for skipped in verifying.skipped() {
        let missing = KeyError::MissingMember { member: "alg" };
        assert!(skipped.reason == missing || skipped.reason.code() == "unsupported_key", "{skipped}");
    }
}

#[test]
fn a06_the_key_decides_and_the_allow_list_narrows() {
    if available().is_empty() {
        return; // what is left to attack was refused above
    }
    // Two curves whose signatures have the same form and length.
    let ((p256, verifies_p256), (k256, verifies_k256)) = (generate(ES256), generate(ES256K));
    let build = |keys: Vec<&VerifyingKey>, allowed: &[Algorithm]| {
        let keys: VerifyingKeys = keys.into_iter().cloned().collect();
        Verifier::builder(keys).any_issuer().any_audience().algorithms(allowed.iter().copied()).build()
    };
    let both = build(vec![&verifies_p256, &verifies_k256], &[ES256, ES256K]).unwrap();
    assert_eq!(outcome(&both, &token("ES256", &p256)), "accepted");
    assert_eq!(outcome(&both, &token("ES256K", &k256)), "accepted");
    assert_eq!(outcome(&both, &token("ES256", &k256)), "invalid_signature");
    assert_eq!(outcome(&both, &token("ES256K", &p256)), "invalid_signature");
    let narrow = build(vec![&verifies_p256, &verifies_k256], &[ES256]).unwrap();
    assert_eq!(outcome(&narrow, &token("ES256K", &k256)), "algorithm_not_allowed");
    assert_eq!(build(vec![&verifies_k256], &[ES256]).unwrap_err(), PolicyError::NoKeyForAlgorithms);
    let wrong = with(generated(ES256K), "alg", json!("ES256"));
    assert_eq!(import_private(&wrong), Err("key_mismatch"));
}

#[test]
fn a08_empty_keys() {
    for algorithm in available() {
        let key = generated(algorithm);
        for member in key.as_object().unwrap().keys().filter(|name| !["kty", "crv", "alg"].contains(&name.as_str())) {
            for value in [json!(""), json!(null), json!([]), json!("AA")] {
                let altered = with(key.clone(), member, value.clone());
                assert_eq!(import_private(&altered), Err("invalid_key"), "{algorithm}: {member} = {value}");
            }
            let public = ["d", "priv"].contains(&member.as_str());
            assert_eq!(import_private(&without(key.clone(), member)), Err("invalid_key"), "{public} {member}");
        }
    }
}

#[test]
fn a09_nothing_to_verify_with() {
    let here = available();
    let keys: Vec<Value> = OF_ONE_BACKEND.map(published).into();
    let keys = JwkSet::from_json(&json!({ "keys": keys }).to_string()).unwrap().verifying_keys();
    let build = |keys: VerifyingKeys| Verifier::builder(keys).any_issuer().any_audience().build().unwrap_err();
    let expected = if here.is_empty() { PolicyError::NoKeys } else { PolicyError::NoKeyForAlgorithms };
    assert_eq!(build(keys), expected);
}

#[test]
fn a11_every_key_with_every_other_algorithm() {
    let here = available();
    let rsa = PrivateJwk::from_json(&vectors::load("attacks/attack_tokens.json")["keys"]["rsa"].to_string()).unwrap();
    let mut keys: Vec<PrivateJwk> = [&[ES256, ES384, EdDSA][..], &here]
        .concat()
        .into_iter()
        .map(|algorithm| PrivateJwk::generate(algorithm).unwrap())
        .collect();
    keys.push(rsa);
    for jwk in &keys {
        let public = jwk.public_jwk().unwrap();
        let own = |algorithm: Algorithm| public.public_key().fits(algorithm);
        let bare = Jwk::from(public.public_key().clone());
        for &algorithm in Algorithm::ALL {
            let bound = VerifyingKey::from_jwk_as(algorithm, &bare).map_err(|error| error.code());
            let expected = match (algorithm.is_available(), own(algorithm)) {
                (false, _) => Some("unsupported_algorithm"),
                // The alg of an AKP key is a member of the key itself.
                (true, false) if bare.algorithm().is_some() => Some("key_not_for_this"),
                (true, false) => Some("key_mismatch"),
                (true, true) => None,
            };
            assert_eq!(bound.err(), expected, "{algorithm} with {public:?}");
            if expected.is_some() {
                assert!(SigningKey::from_jwk_as(algorithm, jwk).is_err());
                assert!(VerifyingKey::from_private_jwk_as(algorithm, jwk).is_err());
            }
        }
    }
    // A good signature under the name of each other algorithm, before a verifier that has every key.
    let signing: Vec<SigningKey> = keys.iter().map(|jwk| SigningKey::from_jwk(jwk).unwrap()).collect();
    let every: VerifyingKeys = signing.iter().map(SigningKey::verifying_key).collect();
    let verifier = lenient(every);
    for key in &signing {
        for alg in Algorithm::ALL.iter().map(|algorithm| algorithm.name()).chain(["Ed448", "ML-DSA-44-ES256", "none"]) {
            let expected = alg.parse() == Ok(key.algorithm());
            assert_eq!(outcome(&verifier, &token(alg, key)) == "accepted", expected, "{} as {alg}", key.algorithm());
        }
    }
}

#[test]
fn a11_one_parameter_set_for_another() {
    let here = available();
    for &algorithm in here.iter().filter(|algorithm| algorithm.name().starts_with("ML-DSA")) {
        for other in ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"].into_iter().filter(|other| *other != algorithm.name()) {
            let key = with(generated(algorithm), "alg", json!(other));
            assert_eq!(import_private(&key), Err("invalid_key"), "{algorithm} as {other}");
            assert_eq!(import(&with(published(algorithm), "alg", json!(other))), Err("invalid_key"));
        }
        for other in ["ml-dsa-44", "ML-DSA", "ML-DSA-44 ", "", "HashML-DSA-44", "ES256", "EdDSA", "HS256"] {
            let code = import(&with(published(algorithm), "alg", json!(other)));
            assert_eq!(code, Err("unsupported_key"), "{algorithm} as {other}");
        }
    }
    for &(crv, alg) in [("P-521", ES512), ("secp256k1", ES256K)].iter().filter(|(_, alg)| here.contains(alg)) {
        for other in ["P-256", "P-384", "P-521", "secp256k1", "Ed25519", "p-521", "secp521r1", "K-256", ""] {
            if other != crv {
                assert!(import(&with(published(alg), "crv", json!(other))).is_err(), "{crv} as {other}");
            }
        }
    }
}

#[test]
fn a12_sizes_of_new_rsa_keys() {
    available();
    for bits in [0, 1, 8, 512, 1024, 2040, 2047, 2049, 3071, 4095, 8193, 16_384, usize::MAX] {
        let error = PrivateJwk::generate_rsa(RS256, bits).unwrap_err();
        assert_eq!(error.code(), "unsupported_key", "{bits}: {error}");
    }
    if cfg!(feature = "aws-lc-rs") {
        let key = PrivateJwk::generate_rsa(PS256, 2048).unwrap();
        assert_eq!(key.public_jwk().unwrap().public_key().bits(), Some(2048));
        assert_eq!(key.algorithm(), Some("PS256"));
    } else {
        assert_eq!(PrivateJwk::generate_rsa(RS256, 2048).unwrap_err().code(), "unsupported_key");
    }
}

#[test]
fn b05_hostile_key_ids() {
    for algorithm in available() {
        let key = generated(algorithm);
        for kid in [json!(1), json!({}), json!(null), json!(["1"]), json!("a\0b"), json!("k".repeat(1025))] {
            assert_eq!(
                import_private(&with(key.clone(), "kid", kid.clone())),
                Err("invalid_key"),
                "{algorithm}: {kid}"
            );
        }
        let (key, verifying) = generate(algorithm);
        let verifier = lenient(verifying.with_key_id("1"));
        let judge = |kid: Value| {
            outcome(&verifier, &forge(json!({"alg": algorithm.name(), "kid": kid}).to_string(), CLAIMS, &key))
        };
        assert_eq!(judge(json!("1")), "accepted");
        assert_eq!(judge(json!("2")), "unknown_key");
        assert_eq!(judge(json!("")), "unknown_key");
        assert_eq!(judge(json!("../../../dev/null")), "unknown_key");
        assert_eq!(judge(json!(1)), "malformed");
    }
}

#[test]
fn b09_private_key_in_a_set() {
    let here = available();
    for algorithm in OF_ONE_BACKEND {
        let (private, name) = match algorithm {
            ES512 => (vectors::load("rfc7520-cookbook/jwk/3_2.ec_private_key.json"), "d"),
            ES256K => (with(published(ES256K), "d", json!(base64url::encode(&[1; 32]))), "d"),
            _ => (with(published(algorithm), "priv", json!(base64url::encode(&[0; 32]))), "priv"),
        };
        let set = JwkSet::from_json(&json!({"keys": [private]}).to_string()).unwrap();
        // Reported, whether or not this build can use the public half.
        assert_eq!(set.private_entries(), [0], "{algorithm}");
        assert_eq!(set.len(), usize::from(here.contains(&algorithm)), "{algorithm}");
        let written: Value = serde_json::from_str(&set.to_json()).unwrap();
        assert!(written["keys"].as_array().unwrap().iter().all(|jwk| jwk[name].is_null()), "{algorithm}");
        assert!(!set.to_json().contains(private[name].as_str().unwrap()), "{algorithm}");
        assert!(import(&private).is_err(), "a private key is no Jwk");
    }
}

#[test]
fn b10_keys_for_something_else() {
    for algorithm in available() {
        let (key, _) = generate(algorithm);
        let public = bare(&serde_json::from_str(&key.public_jwk().unwrap().to_json()).unwrap());
        let genuine = token(algorithm.name(), &key);
        let judge = |members: &[(&str, Value)]| {
            let jwk = members.iter().fold(public.clone(), |jwk, (name, value)| with(jwk, name, value.clone()));
            let keys = JwkSet::from_json(&json!({"keys": [jwk]}).to_string()).unwrap().verifying_keys();
            keys.skipped().first().map_or_else(|| outcome(&lenient(keys.clone()), &genuine), |key| key.reason.code())
        };
        assert_eq!(judge(&[]), "accepted");
        assert_eq!(judge(&[("use", json!("sig")), ("key_ops", json!(["verify"]))]), "accepted");
        assert_eq!(judge(&[("use", json!("enc"))]), "key_not_for_this", "{algorithm}");
        for operations in [json!([]), json!(["sign"]), json!(["encrypt"]), json!(["deriveKey"])] {
            assert_eq!(judge(&[("key_ops", operations)]), "key_not_for_this", "{algorithm}");
        }
        assert_eq!(judge(&[("key_ops", json!(["verify", "verify"]))]), "invalid_key");
        assert_eq!(judge(&[("use", json!("enc")), ("key_ops", json!(["verify"]))]), "invalid_key");
        // `alg` of an AKP key is a member of the key, and names what kind it is.
        let akp = public["kty"] == "AKP";
        assert_eq!(judge(&[("alg", json!("ECDH-ES"))]), if akp { "unsupported_key" } else { "unsupported_algorithm" });
        assert_eq!(judge(&[("alg", json!("ES256"))]), if akp { "unsupported_key" } else { "key_mismatch" });
    }
}

#[test]
fn b11_one_key_id_for_keys_of_every_algorithm() {
    let here = available();
    let signing: Vec<SigningKey> =
        [&[ES256, EdDSA][..], &here].concat().into_iter().map(|algorithm| generate(algorithm).0).collect();
    let named: Vec<Value> = signing
        .iter()
        .map(|key| serde_json::from_str(&key.public_jwk().unwrap().with_key_id("1").unwrap().to_json()).unwrap())
        .collect();
    let keys = JwkSet::from_json(&json!({ "keys": named }).to_string()).unwrap().verifying_keys();
    assert_eq!(keys.len(), signing.len());
    // Of one trial it is the first, since keys of other algorithms are none.
    let mut limits = Limits::default();
    limits.key_trials = 1;
    let builder = Verifier::builder(keys).any_issuer().any_audience().limits(limits);
    let verifier = builder.algorithms(Algorithm::ALL.iter().copied()).build().unwrap();
    for key in &signing {
        let header = json!({"alg": key.algorithm().name(), "kid": "1"}).to_string();
        assert_eq!(outcome(&verifier, &forge(&header, CLAIMS, key)), "accepted", "{}", key.algorithm());
        let stranger = generate(key.algorithm()).0;
        assert_eq!(outcome(&verifier, &forge(&header, CLAIMS, &stranger)), "invalid_signature");
    }
}

#[test]
fn b12_one_bad_key_does_not_spoil_the_set() {
    available();
    let mut bad: Vec<Value> = vec![
        json!({"kty": "AKP"}),
        json!({"kty": "AKP", "alg": 1, "pub": "AAAA"}),
        json!({"kty": "AKP", "alg": "ML-DSA-44"}),
        json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "*"}),
        json!({"kty": "AKP", "alg": "ML-DSA-99", "pub": "AAAA"}),
        json!({"kty": "AKP", "alg": "SLH-DSA-SHA2-128s", "pub": "AAAA"}),
        json!({"kty": "EC", "crv": "P-521"}),
        json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}),
        json!({"kty": "OKP", "crv": "Ed448", "x": base64url::encode(&[3; 57])}),
    ];
    for algorithm in OF_ONE_BACKEND {
        let jwk = published(algorithm);
        let member = if jwk["kty"] == "AKP" { "pub" } else { "y" };
        let short = &jwk[member].as_str().unwrap()[4..];
        bad.push(with(jwk.clone(), member, json!(short)));
    }
    let (key, _) = generate(ES256);
    let good: Value = serde_json::from_str(&key.public_jwk().unwrap().to_json()).unwrap();
    for place in 0..=bad.len() {
        let mut keys = bad.clone();
        keys.insert(place, good.clone());
        let keys = JwkSet::from_json(&json!({ "keys": keys }).to_string()).unwrap().verifying_keys();
        assert_eq!((keys.len(), keys.skipped().len()), (1, bad.len()));
        assert!(keys.skipped().iter().all(|skipped| skipped.index != place));
        assert_eq!(outcome(&lenient(keys), &token("ES256", &key)), "accepted");
    }
}

#[test]
fn b13_trials_are_bounded() {
    for algorithm in available() {
        let (signing, verifying) = generate(algorithm);
        let other = generate(algorithm).1;
        let keys = |before: usize| -> VerifyingKeys {
            (0..before).map(|_| other.clone()).chain([verifying.clone()]).collect()
        };
        let token = token(algorithm.name(), &signing);
        assert_eq!(outcome(&lenient(keys(7)), &token), "accepted", "{algorithm}: the eighth key");
        assert_eq!(outcome(&lenient(keys(8)), &token), "invalid_signature", "{algorithm}: the ninth key");
        // Keys of other algorithms are not trials.
        let others = (0..100).map(|_| hmac(HS256).1).chain([verifying.clone()]);
        assert_eq!(outcome(&lenient(others.collect::<VerifyingKeys>()), &token), "accepted");
    }
}

/// Prime and order of each curve.
fn curve(algorithm: Algorithm) -> (Vec<u8>, Vec<u8>) {
    let numbers = match algorithm {
        ES512 => (
            format!("01ff{}", "ff".repeat(64)),
            "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa\
             51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"
                .replace(' ', ""),
        ),
        _ => (
            format!("{}fefffffc2f", "ff".repeat(27)),
            "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141".to_owned(),
        ),
    };
    (vectors::hex(&numbers.0), vectors::hex(&numbers.1))
}

#[test]
fn b14_members_of_ec_keys() {
    for algorithm in available().into_iter().filter(|algorithm| [ES512, ES256K].contains(algorithm)) {
        let key = generated(algorithm);
        let public = without(key.clone(), "d");
        assert_eq!((import(&public), import_private(&key)), (Ok(()), Ok(())));
        let (prime, order) = curve(algorithm);
        let octets = prime.len();
        let decoded = |name: &str| base64url::decode(key[name].as_str().unwrap()).unwrap();
        let encoded = |octets: &[u8]| json!(base64url::encode(octets));
        for coordinate in ["x", "y"] {
            let value = decoded(coordinate);
            for wrong in [
                encoded(&value[1..]),
                encoded(&value[..octets - 1]),
                encoded(&[&[0], &value[..]].concat()),
                encoded(&[&value[..], &[0]].concat()),
                encoded(&[&[4], &value[..]].concat()),
                encoded(&vec![0; octets]),
                encoded(&prime),
                encoded(&vec![0xff; octets]),
                encoded(&[2; 133]),
                json!(""),
                json!(null),
                json!(format!("{}=", key[coordinate].as_str().unwrap())),
            ] {
                let code = import(&with(public.clone(), coordinate, wrong.clone()));
                assert_eq!(code, Err("invalid_key"), "{algorithm}: {coordinate} = {wrong}");
            }
        }
        let zero = encoded(&vec![0; octets]);
        assert_eq!(
            import(&with(with(public.clone(), "x", zero.clone()), "y", zero.clone())),
            Err("invalid_key"),
            "(0, 0)"
        );
        let turned = with(with(public.clone(), "x", key["y"].clone()), "y", key["x"].clone());
        assert_eq!(import(&turned), Err("invalid_key"), "y before x");

        let mut above = order.clone();
        *above.last_mut().unwrap() += 1;
        let mut one = vec![0; octets];
        one[octets - 1] = 1;
        let d = decoded("d");
        for wrong in [
            zero,
            encoded(&order),
            encoded(&above),
            encoded(&vec![0xff; octets]),
            encoded(&one), // of another key
            encoded(&d[1..]),
            encoded(&[&[0], &d[..]].concat()),
            encoded(&[&d[..], &[0]].concat()),
            json!(""),
        ] {
            assert_eq!(
                import_private(&with(key.clone(), "d", wrong.clone())),
                Err("invalid_key"),
                "{algorithm}: d = {wrong}"
            );
        }
    }
}

/// A coordinate of P-521 has 66 octets, the first of which is 0 or 1, so that half of all keys are tempting to shorten.
#[test]
fn b14_stripped_zeros_of_p521() {
    for algorithm in available().into_iter().filter(|algorithm| *algorithm == ES512) {
        let mut stripped = 0;
        for _ in 0..12 {
            let key = generated(algorithm);
            for member in ["x", "y", "d"] {
                let octets = base64url::decode(key[member].as_str().unwrap()).unwrap();
                assert_eq!(octets.len(), 66, "written with its zeros");
                if octets[0] == 0 {
                    let shorter = with(key.clone(), member, json!(base64url::encode(&octets[1..])));
                    assert_eq!(import_private(&shorter), Err("invalid_key"), "{member}");
                    stripped += 1;
                }
            }
        }
        assert!(stripped > 0);
    }
}

#[test]
fn b14_members_of_akp_keys() {
    let sizes = [(ML_DSA_44, 1312), (ML_DSA_65, 1952), (ML_DSA_87, 2592)];
    for (algorithm, octets) in sizes.into_iter().filter(|(algorithm, _)| available().contains(algorithm)) {
        let key = generated(algorithm);
        let public = without(key.clone(), "priv");
        assert_eq!((import(&public), import_private(&key)), (Ok(()), Ok(())));
        let decoded = base64url::decode(key["pub"].as_str().unwrap()).unwrap();
        assert_eq!(decoded.len(), octets);
        for length in
            [0, 1, 32, octets - 1, octets + 1, 2 * octets, 1312, 1952, 2592].into_iter().filter(|n| *n != octets)
        {
            let mut other = decoded.clone();
            other.resize(length, 0);
            let jwk = with(public.clone(), "pub", json!(base64url::encode(&other)));
            assert_eq!(import(&jwk), Err("invalid_key"), "{algorithm}: pub of {length} octets");
        }
        // `alg` says what kind of key it is.
        assert_eq!(import(&without(public.clone(), "alg")), Err("invalid_key"), "alg missing");
        assert_eq!(import(&with(public.clone(), "alg", json!(null))), Err("invalid_key"));
        assert_eq!(import_private(&without(key.clone(), "alg")), Err("invalid_key"));
        assert_eq!(import(&without(public.clone(), "pub")), Err("invalid_key"));
        assert_eq!(import_private(&without(key.clone(), "pub")), Err("invalid_key"), "the public half is required");
        assert_eq!(import_private(&public), Err("invalid_key"), "priv missing");
        // The seed has 32 octets; the expanded key of FIPS 204 is another thing.
        for length in [0, 1, 31, 33, 64, 2560, 4032, 4896] {
            let jwk = with(key.clone(), "priv", json!(base64url::encode(&vec![7; length])));
            assert_eq!(import_private(&jwk), Err("invalid_key"), "{algorithm}: priv of {length} octets");
        }
        let other = generated(algorithm);
        assert_eq!(
            import_private(&with(key.clone(), "priv", other["priv"].clone())),
            Err("invalid_key"),
            "another seed"
        );
        assert_eq!(import_private(&with(key.clone(), "pub", other["pub"].clone())), Err("invalid_key"), "another pub");
        let mut altered = decoded.clone();
        altered[0] ^= 1;
        assert_eq!(import_private(&with(key.clone(), "pub", json!(base64url::encode(&altered)))), Err("invalid_key"));
        // Members of other kinds make no other key of it.
        let as_ec = with(with(with(key.clone(), "kty", json!("EC")), "crv", json!("P-256")), "x", key["pub"].clone());
        assert_eq!(import_private(&as_ec), Err("invalid_key"));
        assert_eq!(import_private(&with(key.clone(), "kty", json!("akp"))), Err("unsupported_key"));
        assert!(SigningKey::from_jwk(&PrivateJwk::from_json(&key.to_string()).unwrap()).is_ok());
    }
}

#[test]
fn b15_one_thumbprint_a_key() {
    for algorithm in available() {
        let public = published(algorithm);
        let jwk = Jwk::from_json(&public.to_string()).unwrap();
        // Only the members that RFC 7638 section 3.2 and RFC 9964 section 6 name count, in whatever order, and nothing private.
        let mut odd = with(with(public.clone(), "use", json!("sig")), "x5t", json!("abc"));
        odd = with(with(odd, "kid", json!("1")), "zzz", json!({"a": 1}));
        if public["kty"] == "EC" {
            odd = with(odd, "alg", json!(algorithm.name()));
        }
        assert_eq!(Jwk::from_json(&odd.to_string()).unwrap().thumbprint(), jwk.thumbprint(), "{algorithm}");
        let generated = PrivateJwk::from_json(&generated(algorithm).to_string()).unwrap();
        let hash = carnet::jwa::Hash::Sha256;
        assert_eq!(generated.thumbprint_with(hash), generated.public_jwk().unwrap().thumbprint(), "{algorithm}");
        // A signing key publishes the same key.
        let key = SigningKey::from_jwk(&generated).unwrap().with_thumbprint_key_id();
        assert_eq!(key.key_id(), Some(&*generated.thumbprint_with(hash).to_string()));
        assert_eq!(key.public_jwk().unwrap().thumbprint(), generated.thumbprint_with(hash));
    }
    // The same octets as a key of two parameter sets would be one thumbprint without `alg` in it.
    let names: Vec<String> = available()
        .into_iter()
        .filter(|algorithm| algorithm.name().starts_with("ML-DSA"))
        .map(|algorithm| Jwk::from_json(&published(algorithm).to_string()).unwrap().thumbprint().to_string())
        .collect();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
}

/// What is bound by a JWK signs and verifies as it says, so that the refusals above are not those of a broken key.
#[test]
fn controls() {
    for algorithm in available() {
        let key = signing(&generated(algorithm));
        assert_eq!(key.algorithm(), algorithm);
        assert_eq!(outcome(&lenient(key.verifying_key()), &token(algorithm.name(), &key)), "accepted");
    }
}
