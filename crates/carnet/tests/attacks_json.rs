//! Attacks on the JSON serializations and on detached and unencoded payloads. Each test is named after its row in the list of attacks; what holds for
//! compact tokens is tried on every serialization by `support/serializations.rs`.
#![cfg(test)]

#[path = "support/forge_json.rs"]
mod forge_json;

use carnet::jws::{EmbeddedKeyVerifier, GeneralJwsBuilder, JwsBuilder, JwsError, JwsVerifier};
use carnet::prelude::*;
use carnet::{Limits, base64url};
use forge_json::{code, detached_code, flattened, general, part, secret, verifier, with_text};
use serde_json::{Value, json};

const PAYLOAD: &str = "a payload";

fn generate(algorithm: Algorithm) -> (SigningKey, VerifyingKey) {
    let key = SigningKey::generate(algorithm).unwrap();
    let verifying = VerifyingKey::from_jwk(&key.public_jwk().unwrap()).unwrap();
    (key, verifying)
}

#[test]
fn a01_alg_none_in_either_header() {
    let good = part(Some(r#"{"alg":"HS256"}"#), None, PAYLOAD);
    assert_eq!(code(&verifier(), &flattened(PAYLOAD, &good)), "accepted");
    for (protected, unprotected) in [
        (Some(r#"{"alg":"none"}"#), None),
        (Some(r#"{"typ":"x"}"#), Some(json!({"alg": "none"}))),
        (None, Some(json!({"alg": "none"}))),
        (None, Some(json!({"alg": "nOnE"}))),
        (None, Some(json!({"alg": ""}))),
        (None, Some(json!({"alg": "zzz"}))),
    ] {
        for signature in ["", "AA", good["signature"].as_str().unwrap()] {
            let mut forged = part(protected, unprotected.clone(), PAYLOAD);
            forged["signature"] = json!(signature);
            for text in [flattened(PAYLOAD, &forged), general(PAYLOAD, std::slice::from_ref(&forged))] {
                let expected = if unprotected.is_none() { "algorithm_not_allowed" } else { "malformed" };
                assert_eq!(code(&verifier(), &text), expected, "{text}");
                assert_eq!(code(&verifier().unprotected_algorithm(), &text), "algorithm_not_allowed", "{text}");
            }
        }
    }
}

#[test]
fn a07_an_unprotected_algorithm_never_chooses() {
    let asks = verifier().unprotected_algorithm();
    // The same name in both, whatever it says.
    for (inner, outer) in [("HS256", "HS256"), ("RS256", "HS256"), ("HS256", "none")] {
        let both = part(Some(&json!({ "alg": inner }).to_string()), Some(json!({ "alg": outer })), PAYLOAD);
        for text in [flattened(PAYLOAD, &both), general(PAYLOAD, std::slice::from_ref(&both))] {
            assert_eq!(code(&asks, &text), "malformed", "{inner} and {outer}");
            assert_eq!(code(&verifier(), &text), "malformed", "{inner} and {outer}");
        }
    }
    // Only unprotected: read when asked for, and equal to the key's.
    for (alg, expected) in
        [("HS256", "accepted"), ("HS384", "algorithm_not_allowed"), ("RS256", "algorithm_not_allowed")]
    {
        for protected in [None, Some(r#"{"typ":"x"}"#)] {
            let outer = part(protected, Some(json!({ "alg": alg })), PAYLOAD);
            for text in [flattened(PAYLOAD, &outer), general(PAYLOAD, std::slice::from_ref(&outer))] {
                assert_eq!(code(&asks, &text), expected, "{alg}");
                assert_eq!(code(&verifier(), &text), "malformed", "{alg}, not asked for");
            }
            let text = flattened(PAYLOAD, &outer)
                .replace(&format!(r#""payload":"{}","#, base64url::encode(PAYLOAD.as_bytes())), "");
            assert_eq!(detached_code(&asks, &text, PAYLOAD), expected, "{alg}");
            assert_eq!(detached_code(&verifier(), &text, PAYLOAD), "malformed", "{alg}");
        }
    }
    // Nowhere.
    for absent in [part(Some(r#"{"typ":"x"}"#), None, PAYLOAD), part(None, Some(json!({"kid": "1"})), PAYLOAD)] {
        assert_eq!(code(&asks, &flattened(PAYLOAD, &absent)), "malformed");
    }
    // A public key never becomes a secret by way of the unprotected header.
    let (ec, public) = generate(ES256);
    let mac = part(None, Some(json!({"alg": "HS256"})), PAYLOAD);
    assert_eq!(
        code(&JwsVerifier::new(public).unprotected_algorithm(), &flattened(PAYLOAD, &mac)),
        "algorithm_not_allowed"
    );
    let text = JwsBuilder::new().unprotected_algorithm().sign_json(PAYLOAD.as_bytes(), &ec).unwrap();
    assert_eq!(code(&asks, &text), "algorithm_not_allowed");
}

#[test]
fn b01_an_embedded_key_is_trusted_by_its_own_verifier_alone() {
    let ((_, trusted), (attacker, _)) = (generate(ES256), generate(ES256));
    let jwk: Value = serde_json::from_str(&attacker.public_jwk().unwrap().to_json()).unwrap();
    let builder = JwsBuilder::new().header("jwk", &jwk);
    let compact = builder.sign(PAYLOAD.as_bytes(), &attacker).unwrap();
    let json = builder.sign_json(PAYLOAD.as_bytes(), &attacker).unwrap();
    let general = GeneralJwsBuilder::new(builder, &attacker).sign(PAYLOAD.as_bytes()).unwrap();
    let configured = JwsVerifier::new(trusted);
    assert_eq!(configured.verify(&compact).unwrap_err().code(), "invalid_signature");
    assert_eq!(code(&configured, &json), "invalid_signature");
    assert_eq!(code(&configured, &general), "invalid_signature");

    let embedded = EmbeddedKeyVerifier::new([ES256, EdDSA]).unwrap();
    let thumbprint = attacker.public_jwk().unwrap().thumbprint();
    let verified = embedded.verify(&compact).unwrap();
    assert_eq!((verified.jws().payload(), verified.jwk().thumbprint()), (PAYLOAD.as_bytes(), thumbprint));
    for text in [&json, &general] {
        let (jws, jwk) = embedded.verify_json(text).unwrap().into_parts();
        assert_eq!((jws.payload(), jwk.thumbprint()), (PAYLOAD.as_bytes(), thumbprint));
        assert_eq!(jws.signature().key_id(), None);
    }
    // Each serialization has its call.
    assert_eq!(embedded.verify(&json).unwrap_err().code(), "malformed");
    assert_eq!(embedded.verify_json(&compact).unwrap_err().code(), "malformed");

    // Another payload, another key, another algorithm, no key, an unprotected key, two keys.
    let [header, _, signature] = compact.split('.').collect::<Vec<_>>()[..] else { panic!("three segments") };
    assert_eq!(embedded.verify(&format!("{header}.AAAA.{signature}")).unwrap_err().code(), "invalid_signature");
    let (other, _) = generate(ES256);
    let foreign = JwsBuilder::new().header("jwk", &jwk).sign(b"", &other).unwrap();
    assert_eq!(embedded.verify(&foreign).unwrap_err().code(), "invalid_signature");
    let narrow = EmbeddedKeyVerifier::new([EdDSA]).unwrap();
    assert_eq!(narrow.verify(&compact).unwrap_err().code(), "algorithm_not_allowed");
    assert_eq!(narrow.verify_json(&json).unwrap_err().code(), "algorithm_not_allowed");
    let without = JwsBuilder::new().sign(b"", &attacker).unwrap();
    assert_eq!(embedded.verify(&without).unwrap_err(), carnet::jws::EmbeddedKeyError::Missing);
    let outside = JwsBuilder::new().unprotected("jwk", &jwk).sign_json(b"", &attacker).unwrap();
    assert_eq!(embedded.verify_json(&outside).unwrap_err(), carnet::jws::EmbeddedKeyError::Missing);
    let only_outside = JwsBuilder::new().unprotected_algorithm().unprotected("jwk", &jwk).sign_json(b"", &attacker);
    assert_eq!(embedded.verify_json(&only_outside.unwrap()).unwrap_err().code(), "malformed");
    let two = GeneralJwsBuilder::new(JwsBuilder::new().header("jwk", &jwk), &attacker)
        .signature(JwsBuilder::new().header("jwk", &jwk), &attacker);
    assert_eq!(embedded.verify_json(&two.sign(b"").unwrap()).unwrap_err().code(), "malformed");
    let none = format!("{}.{}.", base64url::encode(json!({"alg": "none", "jwk": jwk}).to_string().as_bytes()), "e30");
    assert_eq!(embedded.verify(&none).unwrap_err().code(), "algorithm_not_allowed");

    for symmetric in [HS256, HS384, HS512] {
        assert_eq!(EmbeddedKeyVerifier::new([ES256, symmetric]).unwrap_err().code(), "invalid_policy");
    }
    assert_eq!(EmbeddedKeyVerifier::new([]).unwrap_err().code(), "invalid_policy");
}

#[test]
fn b02_private_and_symmetric_embedded_keys() {
    let (key, _) = generate(ES256);
    let public: Value = serde_json::from_str(&key.public_jwk().unwrap().to_json()).unwrap();
    let embedded = EmbeddedKeyVerifier::new([ES256]).unwrap();
    for (name, value) in [("d", json!("AAAA")), ("k", json!("AAAA")), ("p", json!("AQAB")), ("priv", json!(null))] {
        let mut jwk = public.clone();
        jwk[name] = value;
        let header = json!({"alg": "ES256", "jwk": jwk}).to_string();
        let token = with_text(&header, PAYLOAD, &key);
        assert_eq!(embedded.verify(&token).unwrap_err().code(), "malformed", "{name}");
        assert!(JwsBuilder::new().header("jwk", &jwk).sign(b"", &key).is_err());
        assert!(JwsBuilder::new().unprotected("jwk", &jwk).sign_json(b"", &key).is_err());
        let mut outside = part(Some(r#"{"alg":"HS256"}"#), Some(json!({ "jwk": jwk })), PAYLOAD);
        assert_eq!(code(&verifier(), &flattened(PAYLOAD, &outside)), "malformed", "{name}");
        outside["header"] = json!({"jwk": {"kty": "oct"}});
        assert_eq!(code(&verifier(), &flattened(PAYLOAD, &outside)), "malformed");
    }
    // Of other shapes than a key.
    for jwk in ["{}", r#"{"kty":"MAGIC"}"#, r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#, r#"{"kty":1}"#] {
        let token = with_text(&format!(r#"{{"alg":"ES256","jwk":{jwk}}}"#), PAYLOAD, &key);
        assert_ne!(embedded.verify(&token).map_or_else(|error| error.code(), |_| "accepted"), "accepted", "{jwk}");
    }
    // A point off its curve, and a key that is too weak.
    let mut off = public.clone();
    off["y"] = off["x"].clone();
    let token = with_text(&json!({"alg": "ES256", "jwk": off}).to_string(), PAYLOAD, &key);
    assert_eq!(embedded.verify(&token).unwrap_err().code(), "invalid_key");
    let weak = json!({"kty": "RSA", "n": base64url::encode(&[0xff; 128]), "e": "AQAB"});
    let token = with_text(&json!({"alg": "RS256", "jwk": weak}).to_string(), PAYLOAD, &key);
    assert_eq!(EmbeddedKeyVerifier::new([RS256]).unwrap().verify(&token).unwrap_err().code(), "weak_key");
}

#[test]
fn b03_urls_and_certificates_are_text_in_either_header() {
    for (name, value) in [
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("file:///etc/passwd")),
        ("x5c", json!(["MAAA"])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
    ] {
        let protected = json!({"alg": "HS256", name: value}).to_string();
        let inner = part(Some(&protected), None, PAYLOAD);
        let outer = part(Some(r#"{"alg":"HS256"}"#), Some(json!({ name: value })), PAYLOAD);
        for part in [inner, outer] {
            assert_eq!(code(&verifier(), &flattened(PAYLOAD, &part)), "accepted", "{name}");
            let mut forged = part;
            forged["signature"] = json!("AAAA");
            assert_eq!(code(&verifier(), &flattened(PAYLOAD, &forged)), "invalid_signature", "{name}");
        }
        let wrong = part(Some(r#"{"alg":"HS256"}"#), Some(json!({ name: 1 })), PAYLOAD);
        assert_eq!(code(&verifier(), &flattened(PAYLOAD, &wrong)), "malformed", "{name}");
    }
}

#[test]
fn b05_unprotected_key_ids() {
    let (_, key) = secret(HS256);
    let named = JwsVerifier::new(key.with_key_id("1"));
    let judge = |kid: Value| {
        let part = part(Some(r#"{"alg":"HS256"}"#), Some(json!({ "kid": kid })), PAYLOAD);
        code(&named, &general(PAYLOAD, &[part]))
    };
    assert_eq!(judge(json!("1")), "accepted");
    for kid in ["../../../dev/null", "' UNION SELECT 'k", "", "1 ", "\u{1b}[31m"] {
        assert_eq!(judge(json!(kid)), "unknown_key", "{kid:?}");
    }
    assert_eq!(judge(json!("k".repeat(1024))), "unknown_key");
    for kid in [json!("k".repeat(1025)), json!(1), json!({}), json!(null), json!(["1"]), json!("1\0")] {
        assert_eq!(judge(kid.clone()), "malformed", "{kid}");
    }
    // What an attacker changes in the unprotected header loses the key, and wins nothing.
    let text = JwsBuilder::new().unprotected("kid", "1").sign_json(PAYLOAD.as_bytes(), &secret(HS256).0).unwrap();
    assert_eq!(code(&named, &text), "accepted");
    assert_eq!(code(&named, &text.replace(r#"{"kid":"1"}"#, r#"{"kid":"2"}"#)), "unknown_key");
    let error = named.verify_json(&text.replace(r#"{"kid":"1"}"#, r#"{"kid":"\u001b[31m"}"#)).unwrap_err().to_string();
    assert!(error.chars().all(|character| character.is_ascii_graphic() || character == ' '), "{error}");
}

#[test]
fn b10_embedded_keys_for_something_else() {
    let (key, _) = generate(ES256);
    let public: Value = serde_json::from_str(&key.public_jwk().unwrap().to_json()).unwrap();
    let embedded = EmbeddedKeyVerifier::new([ES256, ES384, RS256, EdDSA]).unwrap();
    let judge = |alg: &str, members: &[(&str, Value)]| {
        let mut jwk = public.clone();
        for name in ["use", "alg"] {
            jwk.as_object_mut().unwrap().remove(name);
        }
        for (name, value) in members {
            jwk[name] = value.clone();
        }
        let token = with_text(&json!({"alg": alg, "jwk": jwk}).to_string(), PAYLOAD, &key);
        embedded.verify(&token).map_or_else(|error| error.code(), |_| "accepted")
    };
    assert_eq!(judge("ES256", &[]), "accepted");
    assert_eq!(judge("ES256", &[("use", json!("sig")), ("alg", json!("ES256"))]), "accepted");
    assert_eq!(judge("ES256", &[("key_ops", json!(["verify"]))]), "accepted");
    assert_eq!(judge("ES256", &[("use", json!("enc"))]), "key_not_for_this");
    assert_eq!(judge("ES256", &[("key_ops", json!(["deriveKey"]))]), "key_not_for_this");
    assert_eq!(judge("ES256", &[("key_ops", json!(["verify", "verify"]))]), "invalid_key");
    assert_eq!(judge("ES256", &[("alg", json!("ECDH-ES"))]), "unsupported_algorithm");
    // a11: the header's algorithm is one of the list, and the key is another's.
    for alg in ["ES384", "RS256", "EdDSA"] {
        assert_eq!(judge(alg, &[]), "key_mismatch", "{alg}");
        assert_eq!(judge("ES256", &[("alg", json!(alg))]), "key_mismatch", "{alg}");
    }
}

#[test]
fn b13_trials_of_each_signature_are_bounded() {
    // Every key is tried for a signature without kid: eight of them, whatever the other signatures of the token cost.
    let others: Vec<(SigningKey, VerifyingKey)> = (0..16)
        .map(|n| {
            let secret = Secret::from_bytes([n + 10; 64]).unwrap();
            (SigningKey::from_secret(HS256, &secret).unwrap(), VerifyingKey::from_secret(HS256, &secret).unwrap())
        })
        .collect();
    let good = part(Some(r#"{"alg":"HS256"}"#), None, PAYLOAD);
    let mut bad = good.clone();
    bad["signature"] = json!("AAAA");
    let behind = |before: usize, wrong: usize| {
        let before = others[..before].iter().map(|(_, key)| key.clone());
        let keys: VerifyingKeys = before.chain([secret(HS256).1]).collect();
        let mut signatures = vec![bad.clone(); wrong];
        signatures.push(good.clone());
        JwsVerifier::new(keys).verify_json(&general(PAYLOAD, &signatures)).map(|verified| verified.signature().index())
    };
    assert_eq!(behind(7, 0), Ok(0), "the eighth key");
    let exhausted = behind(8, 0).unwrap_err();
    assert_eq!(exhausted, JwsError::TrialsExhausted { limit: 8 }, "the ninth key");
    assert_eq!(exhausted.code(), "invalid_signature");
    assert_eq!(behind(7, 15), Ok(15), "a stranger's signatures in front of it take nothing from it");
    assert_eq!(behind(8, 15), Err(exhausted));

    // All of eight signers, none of whom has a kid.
    let (keys, eight) = (others[..8].iter().map(|(_, key)| key.clone()), &others[..8]);
    let verifier = JwsVerifier::new(keys.collect::<VerifyingKeys>()).require_all();
    let first = GeneralJwsBuilder::new(JwsBuilder::new(), &eight[7].0);
    let all = eight[..7].iter().fold(first, |general, (key, _)| general.signature(JwsBuilder::new(), key));
    let verified = verifier.verify_json(&all.sign(PAYLOAD.as_bytes()).unwrap()).unwrap();
    let keys: Vec<_> = verified.signatures().map(|signature| signature.key_index()).collect();
    assert_eq!(keys, [7, 0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn b13_a_large_payload_is_not_hashed_for_every_key_and_signature() {
    let keys = |count: u8| {
        let key = |n: u8| VerifyingKey::from_secret(HS256, &Secret::from_bytes([n + 10; 64]).unwrap()).unwrap();
        (0..count).map(key).chain([secret(HS256).1]).collect::<VerifyingKeys>()
    };
    let mut limits = Limits::default();
    (limits.token_octets, limits.detached_octets) = (4096, 4096);
    let verify = |octets: usize, wrong: usize, keys: VerifyingKeys| {
        let payload = "x".repeat(octets);
        let good = part(Some(r#"{"alg":"HS256"}"#), None, &payload);
        let mut bad = good.clone();
        bad["signature"] = json!("AAAA");
        let mut signatures = vec![bad; wrong];
        signatures.push(good);
        let text = json!({ "signatures": signatures }).to_string();
        JwsVerifier::new(keys).limits(limits).verify_json_detached(&text, payload.as_bytes()).map(drop)
    };
    // Sixteen signatures at the limits: one trial for each, and seven more.
    assert_eq!(verify(3000, 15, keys(0)), Ok(()));
    assert!(matches!(verify(3000, 15, keys(7)), Err(JwsError::TrialsExhausted { .. })));
    assert_eq!(verify(400, 15, keys(7)), Ok(()), "of a small payload, each signature has its eight");
    assert_eq!(verify(3000, 0, keys(7)), Ok(()));
}

#[test]
fn c10_one_signature_several_times_is_by_one_key() {
    let good = part(Some(r#"{"alg":"HS256"}"#), None, PAYLOAD);
    let (key, other) = (secret(HS256).1, generate(ES256).1);
    let verifier = JwsVerifier::new([other, key].into_iter().collect::<VerifyingKeys>()).require_all();
    let verified = verifier.verify_json(&general(PAYLOAD, &[good.clone(), good.clone(), good])).unwrap();
    let keys: Vec<_> = verified.signatures().map(|signature| signature.key_index()).collect();
    assert_eq!(keys, [1, 1, 1]);
}

#[test]
fn c10_several_signatures() {
    let ((one, one_key), (other, other_key), (_, stranger)) = (generate(ES256), generate(EdDSA), generate(ES256));
    let both = GeneralJwsBuilder::new(JwsBuilder::new().header("n", &0), &one)
        .signature(JwsBuilder::new().header("n", &1).unprotected("m", &1), &other)
        .sign(PAYLOAD.as_bytes())
        .unwrap();
    let which = |keys: Vec<VerifyingKey>, text: &str| {
        let verified = JwsVerifier::new(keys.into_iter().collect::<VerifyingKeys>()).verify_json(text);
        verified.map_err(|error| error.code()).map(|verified| {
            assert_eq!(verified.payload(), PAYLOAD.as_bytes());
            assert_eq!(verified.signatures().count(), 1, "nothing of the others shows");
            let signature = verified.signature();
            // The headers are those of the signature that verified.
            let n = signature.protected().unwrap().parameter::<usize>("n").unwrap().unwrap();
            assert_eq!(n, signature.index());
            assert_eq!(signature.unprotected().is_some(), n == 1);
            n
        })
    };
    assert_eq!(which(vec![one_key.clone(), other_key.clone()], &both), Ok(0));
    assert_eq!(which(vec![one_key.clone()], &both), Ok(0));
    assert_eq!(which(vec![other_key.clone()], &both), Ok(1));
    assert_eq!(which(vec![stranger.clone()], &both), Err("invalid_signature"));
    assert_eq!(which(vec![secret(HS256).1], &both), Err("algorithm_not_allowed"));

    // One good and one bad, in either order.
    let mut value: Value = serde_json::from_str(&both).unwrap();
    value["signatures"][0]["signature"] = json!("AAAA");
    assert_eq!(which(vec![one_key.clone(), other_key.clone()], &value.to_string()), Ok(1));
    assert_eq!(which(vec![one_key.clone()], &value.to_string()), Err("invalid_signature"));
    let swapped = json!([value["signatures"][1], value["signatures"][0]]);
    value["signatures"] = swapped;
    let keys: VerifyingKeys = [one_key.clone(), other_key.clone()].into_iter().collect();
    assert_eq!(JwsVerifier::new(keys.clone()).verify_json(&value.to_string()).unwrap().signature().index(), 0);

    // All of them, when that is asked for.
    let strict = JwsVerifier::new(keys.clone()).require_all();
    let indices: Vec<_> = strict.verify_json(&both).unwrap().signatures().map(|signature| signature.index()).collect();
    assert_eq!(indices, [0, 1]);
    assert_eq!(code(&strict, &value.to_string()), "invalid_signature");
    assert_eq!(code(&JwsVerifier::new(one_key.clone()).require_all(), &both), "algorithm_not_allowed");
    assert_eq!(code(&JwsVerifier::new(one_key).require_all().algorithms([EdDSA]), &both), "algorithm_not_allowed");

    // A signature is over its own header: one cannot be had from another's.
    let mut mixed: Value = serde_json::from_str(&both).unwrap();
    mixed["signatures"][1]["protected"] = mixed["signatures"][0]["protected"].clone();
    assert_eq!(which(vec![other_key], &mixed.to_string()), Err("algorithm_not_allowed"));

    // None, too many, and as many as may be.
    let good = part(Some(r#"{"alg":"HS256"}"#), None, PAYLOAD);
    let mut bad = good.clone();
    bad["signature"] = json!("AAAA");
    let with = |count: usize| {
        let mut signatures = vec![bad.clone(); count.saturating_sub(1)];
        signatures.extend((count > 0).then(|| good.clone()));
        code(&verifier(), &general(PAYLOAD, &signatures))
    };
    assert_eq!((with(0), with(1), with(16), with(17)), ("malformed", "accepted", "accepted", "too_large"));
    let many = general("", &vec![json!({"protected": "e", "signature": ""}); 1000]);
    assert_eq!(code(&verifier(), &many), "too_large");
    let mut limits = Limits::default();
    limits.signatures = 17;
    assert_eq!(code(&verifier().limits(limits), &general(PAYLOAD, &[vec![bad; 16], vec![good]].concat())), "accepted");
}

#[test]
fn c10_the_failure_of_the_signature_that_got_furthest_is_told() {
    let named = JwsVerifier::new(secret(HS256).1.with_key_id("1"));
    let signature = |header: &str| {
        let mut part = part(Some(header), None, PAYLOAD);
        part["signature"] = json!("AAAA");
        part
    };
    let outside = json!({"header": {"alg": "HS256"}, "signature": "AAAA"});
    let ranks = [
        (outside, "malformed"),
        (signature(r#"{"alg":"RS256"}"#), "algorithm_not_allowed"),
        (signature(r#"{"alg":"HS256","x":1,"crit":["x"]}"#), "unsupported_critical"),
        (signature(r#"{"alg":"HS256","kid":"2"}"#), "unknown_key"),
        (signature(r#"{"alg":"HS256","kid":"1"}"#), "invalid_signature"),
    ];
    for furthest in 0..ranks.len() {
        let mut signatures: Vec<Value> = ranks[..=furthest].iter().map(|(signature, _)| signature.clone()).collect();
        assert_eq!(code(&named, &general(PAYLOAD, &signatures)), ranks[furthest].1);
        signatures.reverse();
        assert_eq!(code(&named, &general(PAYLOAD, &signatures)), ranks[furthest].1);
        // With all required, the first that fails is told.
        assert_eq!(code(&named.clone().require_all(), &general(PAYLOAD, &signatures)), ranks[furthest].1);
    }
    // None of them keeps a good one from being found.
    let mut signatures: Vec<Value> = ranks.into_iter().map(|(signature, _)| signature).collect();
    signatures.push(part(Some(r#"{"alg":"HS256"}"#), Some(json!({"kid": "1"})), PAYLOAD));
    assert_eq!(named.verify_json(&general(PAYLOAD, &signatures)).unwrap().signature().index(), 5);
}
