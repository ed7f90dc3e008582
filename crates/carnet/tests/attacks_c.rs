//! Attacks on signatures. Each test is named after its row in the list of attacks, part C.
#![cfg(test)]

#[path = "support/forge.rs"]
mod forge;

use carnet::base64url;
use carnet::prelude::*;
use forge::{forge, hmac, lenient, outcome};
use serde_json::json;
use testkit::vectors;

const CLAIMS: &str = r#"{"sub":"admin","exp":4102444800}"#;

/// The orders of the base points of P-256 and P-384.
const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const P384_ORDER: &str =
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";
/// The order of the base point of Ed25519, least significant octet first.
const ED25519_ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

fn generate(algorithm: Algorithm) -> (SigningKey, VerifyingKey) {
    let key = SigningKey::generate(algorithm).unwrap();
    let verifying = VerifyingKey::from_jwk(&key.public_jwk().unwrap()).unwrap();
    (key, verifying)
}

fn rsa(algorithm: Algorithm) -> (SigningKey, VerifyingKey) {
    let jwk = vectors::load("attacks/attack_tokens.json")["keys"]["rsa"].to_string();
    let jwk = PrivateJwk::from_json(&jwk).unwrap();
    let signing = SigningKey::from_jwk_as(algorithm, &jwk).unwrap();
    (signing, VerifyingKey::from_private_jwk_as(algorithm, &jwk).unwrap())
}

/// A token under another signature.
fn resigned(token: &str, signature: &[u8]) -> String {
    let (input, _) = token.rsplit_once('.').unwrap();
    format!("{input}.{}", base64url::encode(signature))
}

fn signature(token: &str) -> Vec<u8> {
    base64url::decode(token.rsplit_once('.').unwrap().1).unwrap()
}

/// `from − take`, most significant octet first, of numbers of one length where nothing is borrowed at the end.
fn subtract(from: &[u8], take: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut difference: Vec<u8> = from
        .iter()
        .zip(take)
        .rev()
        .map(|(&from, &take)| {
            let left = i16::from(from).wrapping_sub(i16::from(take)).wrapping_sub(borrow);
            borrow = i16::from(left < 0);
            left.rem_euclid(256).to_le_bytes()[0]
        })
        .collect();
    assert_eq!(borrow, 0);
    difference.reverse();
    difference
}

/// `one + other`, most significant octet first, of numbers of one length; the sum has one octet more.
fn add(one: &[u8], other: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let mut sum: Vec<u8> = one
        .iter()
        .zip(other)
        .rev()
        .map(|(&one, &other)| {
            let [low, high] = u16::from(one).wrapping_add(u16::from(other)).wrapping_add(carry).to_le_bytes();
            carry = u16::from(high);
            low
        })
        .collect();
    sum.push(carry.to_le_bytes()[0]);
    sum.reverse();
    sum
}

#[test]
fn c01_psychic_signatures() {
    for (algorithm, order) in [(ES256, P256_ORDER), (ES384, P384_ORDER)] {
        let (key, verifying) = generate(algorithm);
        let verifier = lenient(verifying);
        let token = forge(json!({"alg": algorithm.name()}).to_string(), CLAIMS, &key);
        assert_eq!(outcome(&verifier, &token), "accepted");

        let order = vectors::hex(order);
        let zero = vec![0; order.len()];
        let mut one = zero.clone();
        *one.last_mut().unwrap() = 1;
        let below = subtract(&order, &one);
        let above = add(&order, &one)[1..].to_vec();
        let largest = vec![0xff; order.len()];
        let genuine = signature(&token);
        let (r, s) = genuine.split_at(order.len());
        let edges = [&zero[..], &one, &below, &order, &above, &largest];
        for first in edges.iter().copied().chain([r]) {
            for second in edges.iter().copied().chain([s]) {
                if first == r && second == s {
                    continue;
                }
                let forged = [first, second].concat();
                assert_eq!(outcome(&verifier, &resigned(&token, &forged)), "invalid_signature", "{forged:02x?}");
            }
        }
    }
    // As the advisories print them.
    let (key, verifying) = generate(ES256);
    let verifier = lenient(verifying);
    let token = forge(r#"{"alg":"ES256"}"#, CLAIMS, &key);
    let (input, _) = token.rsplit_once('.').unwrap();
    let twice_the_order = "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVH_____AAAAAP__________vOb6racXnoTzucrC_GMlUQ";
    for signature in [&"A".repeat(86), twice_the_order] {
        assert_eq!(outcome(&verifier, &format!("{input}.{signature}")), "invalid_signature");
    }
}

#[test]
fn c02_form_and_length_of_ecdsa_signatures() {
    for algorithm in [ES256, ES384] {
        let (key, verifying) = generate(algorithm);
        let verifier = lenient(verifying);
        let token = forge(json!({"alg": algorithm.name()}).to_string(), CLAIMS, &key);
        let genuine = signature(&token);
        let (r, s) = genuine.split_at(genuine.len() / 2);
        let judge = |signature: &[u8]| outcome(&verifier, &resigned(&token, signature));

        assert_eq!(judge(&der(r, s)), "invalid_signature", "DER");
        assert_eq!(judge(&[s, r].concat()), "invalid_signature", "s before r");
        assert_eq!(judge(r), "invalid_signature", "r alone");
        assert_eq!(judge(&[&genuine[..], &genuine[..]].concat()), "invalid_signature", "twice");
        assert_eq!(judge(&[&[0], r, &[0], s].concat()), "invalid_signature", "each with a zero before it");
        for length in (0..genuine.len()).chain([genuine.len() + 1, genuine.len() + 2, 128, 131, 132, 133, 512]) {
            let mut cut_or_padded = genuine.clone();
            cut_or_padded.resize(length, 0);
            assert_eq!(judge(&cut_or_padded), "invalid_signature", "{length} octets");
            cut_or_padded.rotate_right(length.saturating_sub(genuine.len()));
            if length != genuine.len() {
                assert_eq!(judge(&cut_or_padded), "invalid_signature", "{length} octets, zeros first");
            }
        }
    }
}

/// SEQUENCE { INTEGER r, INTEGER s }, in its short form.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let from = number.iter().position(|&octet| octet != 0).unwrap();
        let sign = if number[from] >= 0x80 { &[0][..] } else { &[] };
        let contents = [sign, &number[from..]].concat();
        [&[2, u8::try_from(contents.len()).unwrap()], &contents[..]].concat()
    };
    let contents = [integer(r), integer(s)].concat();
    [&[0x30, u8::try_from(contents.len()).unwrap()], &contents[..]].concat()
}

#[test]
fn c02_a_stripped_zero_is_missed() {
    // One in 128 signatures has a leading zero octet in r or s.
    let (key, verifying) = generate(ES256);
    let verifier = lenient(verifying);
    let stripped = (0..10_000).find_map(|n| {
        let token = forge(r#"{"alg":"ES256"}"#, json!({ "n": n }).to_string(), &key);
        let genuine = signature(&token);
        let without = |place: usize| [&genuine[..place], &genuine[place + 1..]].concat();
        let place = [0, 32].into_iter().find(|&place| genuine[place] == 0)?;
        assert_eq!(outcome(&verifier, &token), "accepted");
        Some(resigned(&token, &without(place)))
    });
    assert_eq!(outcome(&verifier, &stripped.unwrap()), "invalid_signature");
}

/// What the standard allows: an ECDSA token has two signatures, so that neither token nor signature is an identity.
#[test]
fn c03_the_other_half_of_an_ecdsa_signature() {
    for (algorithm, order) in [(ES256, P256_ORDER), (ES384, P384_ORDER)] {
        let (key, verifying) = generate(algorithm);
        let verifier = lenient(verifying);
        let token = forge(json!({"alg": algorithm.name()}).to_string(), CLAIMS, &key);
        let genuine = signature(&token);
        let (r, s) = genuine.split_at(genuine.len() / 2);
        let other = resigned(&token, &[r, &subtract(&vectors::hex(order), s)].concat());
        assert_ne!(other, token);
        assert_eq!(outcome(&verifier, &other), "accepted");
    }
}

#[test]
fn c03_ed25519_has_one_signature() {
    let (key, verifying) = generate(EdDSA);
    let verifier = lenient(verifying);
    let token = forge(r#"{"alg":"EdDSA"}"#, CLAIMS, &key);
    let genuine = signature(&token);
    let (r, s) = genuine.split_at(32);
    let judge = |r: &[u8], s: &[u8]| outcome(&verifier, &resigned(&token, &[r, s].concat()));
    assert_eq!(judge(r, s), "accepted");

    // S + L, S + 2L, … as long as 32 octets hold it.
    let order = vectors::hex(ED25519_ORDER);
    let mut more = s.to_vec();
    for times in 1..=14 {
        let reversed = |octets: &[u8]| octets.iter().rev().copied().collect::<Vec<u8>>();
        let sum = add(&reversed(&more), &reversed(&order));
        more = reversed(&sum[1..]);
        assert_eq!(judge(r, &more), "invalid_signature", "S + {times} L");
    }
    for bit in 252..256 {
        let mut high = s.to_vec();
        high[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(judge(r, &high), "invalid_signature", "bit {bit} of S");
    }
    assert_eq!(judge(r, &order), "invalid_signature");
    assert_eq!(judge(r, &[0; 32]), "invalid_signature");
    let mut sign = r.to_vec();
    sign[31] ^= 0x80;
    assert_eq!(judge(&sign, s), "invalid_signature");

    // R of small order and in forms that are not canonical; with S = 0 they verify under such keys, which are refused.
    for point in SMALL_ORDER {
        let point = vectors::hex(point);
        assert_eq!(judge(&point, &[0; 32]), "invalid_signature");
        assert_eq!(judge(&point, s), "invalid_signature");
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url::encode(&point)}).to_string();
        assert_eq!(Jwk::from_json(&jwk).unwrap_err().code(), "invalid_key");
    }
    for length in [0, 1, 32, 63, 65, 96, 128] {
        let mut other = genuine.clone();
        other.resize(length, 0);
        assert_eq!(outcome(&verifier, &resigned(&token, &other)), "invalid_signature", "{length} octets");
    }
}

/// The eight points of small order on Ed25519, and their spellings with y ≥ p or the wrong sign of zero.
const SMALL_ORDER: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

#[test]
fn c04_range_and_length_of_rsa_signatures() {
    for algorithm in [RS256, PS256] {
        let (key, verifying) = rsa(algorithm);
        let jwk = vectors::load("attacks/attack_tokens.json")["keys"]["rsa"].clone();
        let n = base64url::decode(jwk["n"].as_str().unwrap()).unwrap();
        let verifier = lenient(verifying);
        let token = forge(json!({"alg": algorithm.name()}).to_string(), CLAIMS, &key);
        let genuine = signature(&token);
        let judge = |signature: &[u8]| outcome(&verifier, &resigned(&token, signature));
        assert_eq!(judge(&genuine), "accepted");

        let zero = vec![0; 256];
        let mut one = zero.clone();
        one[255] = 1;
        for forged in [
            zero.clone(),
            one.clone(),
            subtract(&n, &one),
            n.clone(),
            add(&n, &one)[1..].to_vec(),
            add(&n, &genuine),
            subtract(&n, &genuine),
            vec![0xff; 256],
            [&[0], &genuine[..]].concat(),
            [&genuine[..], &[0]].concat(),
            genuine[1..].to_vec(),
            genuine[..255].to_vec(),
            genuine[..128].to_vec(),
            vec![],
            vec![0],
            vec![1],
            vec![0; 255],
            vec![0; 257],
            vec![0; 512],
        ] {
            assert_eq!(judge(&forged), "invalid_signature", "{algorithm}: {} octets", forged.len());
        }
    }
}

#[test]
fn c04_hash_of_another_algorithm() {
    let verifying: VerifyingKeys = [RS256, RS384, RS512].map(|algorithm| rsa(algorithm).1).into_iter().collect();
    let verifier = lenient(verifying);
    for says in [RS256, RS384, RS512] {
        for signs in [RS256, RS384, RS512] {
            let token = forge(json!({"alg": says.name()}).to_string(), CLAIMS, &rsa(signs).0);
            let expected = if says == signs { "accepted" } else { "invalid_signature" };
            assert_eq!(outcome(&verifier, &token), expected, "{signs} under {says}");
        }
    }
}

/// The cube root of a padding of eight octets, the digest of this very token, and whatever follows: no private key is needed
/// for it where the exponent is 3 and the padding is not compared to its end.
#[test]
fn c04_cube_root_forgery() {
    let groups = vectors::load("wycheproof/rsa_signature_2048_sha256_test.json");
    let jwk = &groups["testGroups"][1]["keyJwk"];
    assert_eq!(jwk["e"], "Aw");
    let verifying = VerifyingKey::from_jwk(&Jwk::from_json(&jwk.to_string()).unwrap()).unwrap();
    let input = format!("{}.{}", base64url::encode(br#"{"alg":"RS256"}"#), base64url::encode(CLAIMS.as_bytes()));
    let root = vectors::hex(
        "32cbfd4a7adc7905583d767520f51640759176d37826f2ef63ae3dc7aa030d7c6ef2bfbb107c5d69a5facb2298e8c1a4880ec61c33\
         3889fb8fcd62a958b0cc7371164ea6ccb7a00c9790a1eed47479a12d32b0840c",
    );
    let mut forged = vec![0; 256 - root.len()];
    forged.extend(root);
    let token = format!("{input}.{}", base64url::encode(&forged));
    assert_eq!(outcome(&lenient(verifying), &token), "invalid_signature");
}

#[test]
fn c05_pss_of_another_hash() {
    let verifying: VerifyingKeys = [PS256, PS384, PS512, RS256].map(|algorithm| rsa(algorithm).1).into_iter().collect();
    let verifier = lenient(verifying);
    for says in [PS256, PS384, PS512] {
        for signs in [PS256, PS384, PS512, RS256] {
            let token = forge(json!({"alg": says.name()}).to_string(), CLAIMS, &rsa(signs).0);
            let expected = if says == signs { "accepted" } else { "invalid_signature" };
            assert_eq!(outcome(&verifier, &token), expected, "{signs} under {says}");
        }
    }
    // Salts that are not as long as the hash are cases of the attack tokens and of Wycheproof.
    let file = vectors::load("attacks/attack_tokens.json");
    for case in file["cases"].as_array().unwrap() {
        if case["id"].as_str().unwrap().starts_with("ps256-") {
            assert_eq!(outcome(&verifier, case["token"].as_str().unwrap()), "invalid_signature", "{}", case["id"]);
        }
    }
}

#[test]
fn c06_only_the_whole_mac() {
    for (algorithm, octets) in [(HS256, 32), (HS384, 48), (HS512, 64)] {
        let (key, verifying) = hmac(algorithm);
        let verifier = lenient(verifying);
        let token = forge(json!({"alg": algorithm.name()}).to_string(), CLAIMS, &key);
        let genuine = signature(&token);
        assert_eq!(genuine.len(), octets);
        let judge = |tag: &[u8]| outcome(&verifier, &resigned(&token, tag));
        for length in 0..octets {
            assert_eq!(judge(&genuine[..length]), "invalid_signature", "{length} of {octets} octets");
            assert_eq!(judge(&genuine[octets - length..]), "invalid_signature", "the last {length} of {octets} octets");
        }
        for more in 1..=octets {
            let padded = [&genuine[..], &vec![0; more]].concat();
            assert_eq!(judge(&padded), "invalid_signature", "{more} octets more");
        }
        assert_eq!(judge(&vec![0; octets]), "invalid_signature");
        for bit in 0..octets * 8 {
            let mut flipped = genuine.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(judge(&flipped), "invalid_signature", "bit {bit}");
        }
        // The MAC of another algorithm under the same secret, and that of another secret.
        for other in [HS256, HS384, HS512].into_iter().filter(|&other| other != algorithm) {
            let token = forge(json!({"alg": algorithm.name()}).to_string(), CLAIMS, &hmac(other).0);
            assert_eq!(outcome(&verifier, &token), "invalid_signature");
        }
        let stranger = Secret::from_bytes([8; 64]).unwrap();
        let stranger = SigningKey::from_secret(algorithm, &stranger).unwrap();
        let token = forge(json!({"alg": algorithm.name()}).to_string(), CLAIMS, &stranger);
        assert_eq!(outcome(&verifier, &token), "invalid_signature");
    }
}

#[test]
fn c08_the_halves_of_a_key_belong_together() {
    for algorithm in [ES256, ES384, EdDSA] {
        let one = PrivateJwk::generate(algorithm).unwrap();
        let other = PrivateJwk::generate(algorithm).unwrap();
        let value = |jwk: &PrivateJwk| serde_json::from_str::<serde_json::Value>(&jwk.expose_json()).unwrap();
        let mut mixed = value(&one);
        mixed["d"] = value(&other)["d"].clone();
        assert_eq!(PrivateJwk::from_json(&mixed.to_string()).unwrap_err().code(), "invalid_key", "{algorithm}");
    }
}
