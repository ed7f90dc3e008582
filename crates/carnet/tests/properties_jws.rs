//! What holds for every payload, header and text of a JWS.
#![cfg(test)]

use carnet::Limits;
use carnet::base64url;
use carnet::jws::{GeneralJwsBuilder, JwsBuilder, JwsVerifier, dangerous};
use carnet::prelude::*;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// One key of each kind that signs fast, with what verifies its signatures.
static KEYS: LazyLock<Vec<(SigningKey, VerifyingKey)>> = LazyLock::new(|| {
    let secret = Secret::from_bytes([7; 64]).unwrap();
    let mut keys: Vec<_> = [ES256, EdDSA]
        .map(|algorithm| {
            let key = SigningKey::generate(algorithm).unwrap();
            let verifying = VerifyingKey::from_jwk(&key.public_jwk().unwrap()).unwrap();
            (key, verifying)
        })
        .into();
    keys.push((SigningKey::from_secret(HS256, &secret).unwrap(), VerifyingKey::from_secret(HS256, &secret).unwrap()));
    keys
});

/// Names that no setter is for, and text without U+0000.
const NAME: &str = "x[a-z\\\\\"é/]{0,6}";
const TEXT: &str = "[^\0]{0,12}";

fn parameters() -> impl Strategy<Value = Vec<(String, Value)>> {
    let value = prop_oneof![
        TEXT.prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        Just(Value::Null),
        vec(TEXT, 0..3).prop_map(|texts| json!({ "a": texts })),
    ];
    btree_map(NAME, value, 0..4).prop_map(|members| members.into_iter().collect())
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 0..60), TEXT.prop_map(String::into_bytes)]
}

/// Each parameter goes into one of the two headers, and some are critical.
fn builder<'a>(parameters: &[(String, Value)], critical: usize, outside: usize) -> JwsBuilder<'a> {
    parameters.iter().enumerate().fold(JwsBuilder::new(), |builder, (index, (name, value))| {
        match (index == critical, index % 3 == outside) {
            (true, _) => builder.critical(name, value),
            (_, true) => builder.unprotected(name, value),
            _ => builder.header(name, value),
        }
    })
}

proptest! {
    #[test]
    fn what_is_signed_as_json_verifies(
        payload in payload(), parameters in parameters(), key in 0_usize..3, critical in 0_usize..5, outside in 0_usize..4,
    ) {
        let (signing, verifying) = &KEYS[key];
        let builder = builder(&parameters, critical, outside);
        let verifier = JwsVerifier::new(verifying.clone()).understands(parameters.iter().map(|(name, _)| name.clone()));
        let flattened = builder.sign_json(&payload, signing).unwrap();
        let general = GeneralJwsBuilder::new(builder.clone(), signing).sign(&payload).unwrap();
        for text in [&flattened, &general] {
            let verified = verifier.verify_json(text).unwrap();
            prop_assert_eq!(verified.payload(), &payload);
            let (protected, unprotected) = (verified.signature().protected().unwrap(), verified.signature().unprotected());
            for (name, value) in &parameters {
                let inside = protected.parameter::<Value>(name).unwrap();
                let outside = unprotected.and_then(|header| header.parameter::<Value>(name).unwrap());
                // `null` is read as absent by `Option`, so the texts are compared where it is that.
                prop_assert!(inside.is_none() || outside.is_none());
                prop_assert_eq!(inside.or(outside).unwrap_or(Value::Null), value.clone());
            }
            let decoded = dangerous::decode_json(text, &Limits::default()).unwrap();
            prop_assert_eq!(decoded.payload(), Some(&payload[..]));
        }
    }

    #[test]
    fn a_detached_signature_is_the_attached_one(payload in payload(), unencoded in any::<bool>(), json in any::<bool>()) {
        let (signing, verifying) = &KEYS[2]; // which signs the same twice
        let verifier = JwsVerifier::new(verifying.clone()).unencoded_payload();
        let attached = if unencoded { JwsBuilder::new().unencoded_payload() } else { JwsBuilder::new() };
        let detached = attached.clone().detached();
        if json {
            let text = detached.sign_json(&payload, signing).unwrap();
            prop_assert!(verifier.verify_json_detached(&text, &payload).is_ok());
            if let Ok(whole) = attached.sign_json(&payload, signing) {
                let signature = |text: &str| serde_json::from_str::<Value>(text).unwrap()["signature"].clone();
                prop_assert_eq!(signature(&whole), signature(&text));
                prop_assert!(verifier.verify_json(&whole).unwrap().payload() == payload);
            } else {
                prop_assert!(unencoded && (payload.contains(&0) || std::str::from_utf8(&payload).is_err()));
            }
        } else {
            let token = detached.sign(&payload, signing).unwrap();
            prop_assert!(verifier.verify_detached(&token, &payload).is_ok());
            prop_assert!(verifier.verify_detached_reader(&token, &payload[..]).unwrap().is_ok());
            if let Ok(whole) = attached.sign(&payload, signing) {
                prop_assert_eq!(whole.rsplit_once('.').unwrap().1, token.rsplit_once('.').unwrap().1);
                prop_assert!(verifier.verify(&whole).unwrap().payload() == payload);
            } else {
                prop_assert!(unencoded && payload.iter().any(|octet| !(0x20..0x7f).contains(octet) || *octet == b'.'));
            }
        }
        let other = [&payload[..], b"x"].concat();
        prop_assert!(verifier.verify_detached(&detached.sign(&payload, signing).unwrap(), &other).is_err());
    }

    #[test]
    fn nothing_but_what_was_signed_verifies_after_a_bit_was_flipped(
        payload in payload(), parameters in parameters(), key in 0_usize..3, place in any::<prop::sample::Index>(), bit in 0_u8..8,
        form in 0_u8..3,
    ) {
        let (signing, verifying) = &KEYS[key];
        let verifier = JwsVerifier::new(verifying.clone()).unencoded_payload();
        let builder = builder(&parameters, usize::MAX, 1);
        let text = match form {
            0 => builder.sign_json(&payload, signing).unwrap(),
            1 => GeneralJwsBuilder::new(builder.clone(), signing).signature(builder, signing).sign(&payload).unwrap(),
            _ => builder.unencoded_payload().sign_json(base64url::encode(&payload).as_bytes(), signing).unwrap(),
        };
        let genuine = verifier.verify_json(&text).unwrap();
        let mut octets = text.clone().into_bytes();
        let at = place.index(octets.len());
        octets[at] ^= 1 << bit;
        let Ok(altered) = String::from_utf8(octets) else { return Ok(()) };
        if let Ok(verified) = verifier.verify_json(&altered) {
            prop_assert_eq!(verified.payload(), genuine.payload(), "{}", altered);
            let (was, is) = (genuine.signature().protected().unwrap(), verified.signature().protected().unwrap());
            prop_assert_eq!(was.as_json(), is.as_json());
        }
    }

    #[test]
    fn any_text_is_an_error_or_its_own_payload(text in r#"\{("(payload|protected|header|signature|signatures|x)":("[A-Za-z0-9_-]{0,6}"|\{\}|\[\]|\[\{\}\]|1),?){0,5}\}"#) {
        let verifier = JwsVerifier::new(KEYS[2].1.clone());
        prop_assert!(verifier.verify_json(&text).is_err());
        prop_assert!(verifier.verify(&text).is_err());
        let _ = dangerous::decode_json(&text, &Limits::default());
    }
}

/// Every bit of one text, since chance may pass one by.
#[test]
fn every_flipped_bit_of_one_text() {
    let (signing, verifying) = &KEYS[2];
    let verifier = JwsVerifier::new(verifying.clone());
    let text = JwsBuilder::new().unprotected("kid", "1").sign_json(b"a payload", signing).unwrap();
    let mut accepted = 0;
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut octets = text.clone().into_bytes();
            octets[at] ^= 1 << bit;
            let Ok(altered) = String::from_utf8(octets) else { continue };
            if let Ok(verified) = verifier.verify_json(&altered) {
                assert_eq!(verified.payload(), b"a payload", "{altered}");
                assert_eq!(verified.signature().protected().unwrap().as_json(), r#"{"alg":"HS256"}"#, "{altered}");
                accepted += 1;
            }
        }
    }
    // What may change is in the unprotected header: its one name and value, and the name `header` itself.
    assert!((20..120).contains(&accepted), "{accepted}");
}
