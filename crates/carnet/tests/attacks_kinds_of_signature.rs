//! Attacks on the signatures that only one backend has: ES512, ES256K, ML-DSA. Each test is named after its row in the list of attacks, part C.
//! A build without these algorithms refuses their keys and tokens, which every test sees to before it goes on.
#![cfg(test)]

#[path = "support/forge.rs"]
mod forge;
#[path = "support/one_backend.rs"]
mod one_backend;

use carnet::base64url;
use carnet::prelude::*;
use forge::{Lenient, forge, lenient, outcome};
use one_backend::{CLAIMS, available, generated, import, import_private, published, with};
use serde_json::{Value, json};
use testkit::vectors;

/// The orders of the base points.
const ORDERS: [(Algorithm, &str); 2] = [
    (
        ES512,
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ),
    (ES256K, "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
];

fn ecdsa() -> Vec<(Algorithm, Vec<u8>)> {
    let here = available();
    let orders = ORDERS.into_iter().filter(|(algorithm, _)| here.contains(algorithm));
    orders.map(|(algorithm, order)| (algorithm, vectors::hex(order))).collect()
}

fn ml_dsa() -> Vec<Algorithm> {
    available().into_iter().filter(|algorithm| algorithm.name().starts_with("ML-DSA")).collect()
}

/// A genuine token, and a verifier that takes it.
fn genuine(algorithm: Algorithm) -> (SigningKey, String, Lenient<VerifyingKeys>) {
    let key = SigningKey::generate(algorithm).unwrap();
    let token = forge(json!({"alg": algorithm.name()}).to_string(), CLAIMS, &key);
    let verifier = lenient(key.verifying_key());
    assert_eq!(outcome(&verifier, &token), "accepted");
    (key, token, verifier)
}

fn resigned(token: &str, signature: &[u8]) -> String {
    format!("{}.{}", token.rsplit_once('.').unwrap().0, base64url::encode(signature))
}

fn signature(token: &str) -> Vec<u8> {
    base64url::decode(token.rsplit_once('.').unwrap().1).unwrap()
}

/// `from − take` or `from + take`, most significant octet first, within the length of `from`.
#[expect(clippy::arithmetic_side_effects, reason = "octets and a carry fit")]
fn arithmetic(from: &[u8], take: &[u8], subtract: bool) -> Vec<u8> {
    let mut carry = 0_i16;
    let mut result: Vec<u8> = from
        .iter()
        .zip(take)
        .rev()
        .map(|(&from, &take)| {
            let sum = if subtract {
                i16::from(from) - i16::from(take) - carry
            } else {
                i16::from(from) + i16::from(take) + carry
            };
            carry = i16::from(!(0..256).contains(&sum));
            sum.rem_euclid(256).to_le_bytes()[0]
        })
        .collect();
    result.reverse();
    result
}

#[test]
fn c01_psychic_signatures() {
    for (algorithm, order) in ecdsa() {
        let (_, token, verifier) = genuine(algorithm);
        let zero = vec![0; order.len()];
        let mut one = zero.clone();
        *one.last_mut().unwrap() = 1;
        let below = arithmetic(&order, &one, true);
        let above = arithmetic(&order, &one, false);
        let largest = vec![0xff; order.len()];
        let own = signature(&token);
        let (r, s) = own.split_at(order.len());
        let edges = [&zero[..], &one, &below, &order, &above, &largest];
        for first in edges.iter().copied().chain([r]) {
            for second in edges.iter().copied().chain([s]) {
                if (first, second) != (r, s) {
                    let forged = resigned(&token, &[first, second].concat());
                    assert_eq!(
                        outcome(&verifier, &forged),
                        "invalid_signature",
                        "{algorithm}: {first:02x?} {second:02x?}"
                    );
                }
            }
        }
        // r + n and s + n, where they have room.
        for (first, second) in [(arithmetic(r, &order, false), s.to_vec()), (r.to_vec(), arithmetic(s, &order, false))]
        {
            assert_eq!(outcome(&verifier, &resigned(&token, &[first, second].concat())), "invalid_signature");
        }
    }
}

/// SEQUENCE { INTEGER r, INTEGER s }.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let from = number.iter().position(|&octet| octet != 0).unwrap();
        let sign = if number[from] >= 0x80 { &[0][..] } else { &[] };
        let contents = [sign, &number[from..]].concat();
        [&[2, u8::try_from(contents.len()).unwrap()], &contents[..]].concat()
    };
    let contents = [integer(r), integer(s)].concat();
    let length = u8::try_from(contents.len()).unwrap();
    let start = if length < 0x80 { vec![0x30, length] } else { vec![0x30, 0x81, length] };
    [start, contents].concat()
}

#[test]
fn c02_form_and_length_of_ecdsa_signatures() {
    for (algorithm, order) in ecdsa() {
        let (_, token, verifier) = genuine(algorithm);
        let own = signature(&token);
        assert_eq!(own.len(), 2 * order.len(), "{algorithm}: 132 octets for P-521");
        let (r, s) = own.split_at(order.len());
        let judge = |signature: &[u8]| outcome(&verifier, &resigned(&token, signature));
        assert_eq!(judge(&der(r, s)), "invalid_signature", "DER");
        assert_eq!(judge(&[s, r].concat()), "invalid_signature", "s before r");
        assert_eq!(judge(r), "invalid_signature", "r alone");
        assert_eq!(judge(&[&own[..], &own[..]].concat()), "invalid_signature", "twice");
        assert_eq!(judge(&[&[0], r, &[0], s].concat()), "invalid_signature", "each with a zero before it");
        assert_eq!(judge(&[&r[1..], s].concat()), "invalid_signature", "r without its first octet");
        assert_eq!(judge(&[r, &s[1..]].concat()), "invalid_signature", "s without its first octet");
        assert_eq!(judge(&[&r[1..], &s[1..]].concat()), "invalid_signature", "both without");
        for length in (0..own.len()).chain([own.len() + 1, own.len() + 2, 63, 64, 65, 131, 133, 139, 512]) {
            if length != own.len() {
                let mut other = own.clone();
                other.resize(length, 0);
                assert_eq!(judge(&other), "invalid_signature", "{algorithm}: {length} octets");
                other.rotate_right(length.saturating_sub(own.len()));
                assert_eq!(judge(&other), "invalid_signature", "{algorithm}: {length} octets, zeros first");
            }
        }
    }
}

/// The first octet of r and of s on P-521 is 0 or 1, so that 131 octets are half of what signers without padding make.
#[test]
fn c02_stripped_zeros_of_p521() {
    for (algorithm, _) in ecdsa().into_iter().filter(|(algorithm, _)| *algorithm == ES512) {
        let (key, _, verifier) = genuine(algorithm);
        let mut stripped = 0;
        for n in 0..16 {
            let token = forge(r#"{"alg":"ES512"}"#, json!({ "n": n }).to_string(), &key);
            let own = signature(&token);
            assert_eq!(own.len(), 132);
            for place in [0, 66] {
                if own[place] == 0 {
                    let without = [&own[..place], &own[place + 1..]].concat();
                    assert_eq!(outcome(&verifier, &resigned(&token, &without)), "invalid_signature", "131 octets");
                    let shifted = [&without[..], &[0]].concat();
                    assert_eq!(outcome(&verifier, &resigned(&token, &shifted)), "invalid_signature");
                    stripped += 1;
                }
            }
        }
        assert!(stripped > 0);
    }
}

/// As on the other curves, the standard allows it: neither token nor signature is an identity. No rule of low s is made up for secp256k1.
#[test]
fn c03_the_other_half_of_an_ecdsa_signature() {
    for (algorithm, order) in ecdsa() {
        let (_, token, verifier) = genuine(algorithm);
        let own = signature(&token);
        let (r, s) = own.split_at(order.len());
        let other = resigned(&token, &[r, &arithmetic(&order, s, true)].concat());
        assert_ne!(other, token);
        assert_eq!(outcome(&verifier, &other), "accepted", "{algorithm}");
    }
}

#[test]
fn c07_lengths() {
    let here = ml_dsa();
    for (algorithm, octets) in [(ML_DSA_44, 2420), (ML_DSA_65, 3309), (ML_DSA_87, 4627)] {
        if !here.contains(&algorithm) {
            continue; // seen to by `available`
        }
        let (_, token, verifier) = genuine(algorithm);
        let own = signature(&token);
        assert_eq!(own.len(), octets);
        for length in [0, 1, 32, 64, 2420, 3309, 4627, octets - 1, octets + 1, 2 * octets] {
            if length != octets {
                for filling in [0, 0xff] {
                    let mut other = own.clone();
                    other.resize(length, filling);
                    assert_eq!(
                        outcome(&verifier, &resigned(&token, &other)),
                        "invalid_signature",
                        "{algorithm}: {length}"
                    );
                }
            }
        }
        for constant in [0, 0xff, 0x55] {
            assert_eq!(outcome(&verifier, &resigned(&token, &vec![constant; octets])), "invalid_signature");
        }
    }
}

/// RFC 9964 section 5 has the pure algorithm with an empty context. A signature with any other context, of HashML-DSA, or without the separator between
/// them, was made for something else.
#[test]
fn c07_contexts_and_variants() {
    let here = ml_dsa();
    let file = vectors::load("attacks/ml_dsa_variants.json");
    for case in file["tokens"].as_array().unwrap() {
        let (alg, token) = (case["alg"].as_str().unwrap(), case["token"].as_str().unwrap());
        let Ok(algorithm) = alg.parse::<Algorithm>() else { continue };
        assert!(here.contains(&algorithm));
        let key = VerifyingKey::from_jwk(&Jwk::from_json(&published(algorithm).to_string()).unwrap()).unwrap();
        let expected = if case["expect"] == "accept" { "accepted" } else { "invalid_signature" };
        assert_eq!(outcome(&lenient(key), token), expected, "{alg}: {}", case["case"]);
    }
}

/// Where the parts of a signature are (FIPS 204 table 1 and 2): the challenge, z in so many bits a coefficient, the hints.
struct Layout {
    challenge: usize,
    z_bits: usize,
    coefficients: usize,
    omega: usize,
    rows: usize,
}

fn layout(algorithm: Algorithm) -> Layout {
    match algorithm {
        ML_DSA_44 => Layout { challenge: 32, z_bits: 18, coefficients: 4 * 256, omega: 80, rows: 4 },
        ML_DSA_65 => Layout { challenge: 48, z_bits: 20, coefficients: 5 * 256, omega: 55, rows: 6 },
        _ => Layout { challenge: 64, z_bits: 20, coefficients: 7 * 256, omega: 75, rows: 8 },
    }
}

impl Layout {
    #[expect(clippy::arithmetic_side_effects, reason = "small constants")]
    fn hints(&self) -> usize {
        self.challenge + self.z_bits * self.coefficients / 8
    }
}

/// The hints are a list in order, with where each row ends, and zeros after it: one spelling only (RUSTSEC-2026-0076, -0077, -0125).
#[test]
fn c07_spellings_of_hints() {
    for algorithm in ml_dsa() {
        let layout = layout(algorithm);
        let (key, _, verifier) = genuine(algorithm);
        let (mut swapped, mut doubled, mut padded) = (0, 0, 0);
        for n in 0..4 {
            let token = forge(json!({"alg": algorithm.name()}).to_string(), json!({ "n": n }).to_string(), &key);
            assert_eq!(outcome(&verifier, &token), "accepted");
            let own = signature(&token);
            let (places, ends) = (layout.hints(), layout.hints() + layout.omega);
            assert_eq!(own.len(), ends + layout.rows);
            let judge = |change: &dyn Fn(&mut Vec<u8>), what: &str| {
                let mut altered = own.clone();
                change(&mut altered);
                if altered != own {
                    assert_eq!(
                        outcome(&verifier, &resigned(&token, &altered)),
                        "invalid_signature",
                        "{algorithm}: {what}"
                    );
                }
                usize::from(altered != own)
            };
            let used = usize::from(own[ends + layout.rows - 1]);
            for row in 0..layout.rows {
                let from = if row == 0 { 0 } else { usize::from(own[ends + row - 1]) };
                for place in from + 1..usize::from(own[ends + row]) {
                    swapped += judge(&|octets| octets.swap(places + place - 1, places + place), "out of order");
                    doubled += judge(&|octets| octets[places + place] = octets[places + place - 1], "the same twice");
                }
                for end in [layout.omega + 1, layout.omega + layout.rows + 1, 0x80, 0xff] {
                    judge(&|octets| octets[ends + row] = u8::try_from(end).unwrap(), "a row that ends behind the list");
                }
                judge(&|octets| octets[ends + row] = 0, "a row that ends before it begins");
                judge(&|octets| octets[ends + row] = octets[ends + row].wrapping_sub(1), "one hint fewer");
            }
            for place in used..layout.omega {
                padded += judge(&|octets| octets[places + place] = 1, "something behind the last hint");
            }
            judge(&|octets| octets[places..].fill(0), "no hints");
            judge(&|octets| octets[places..].fill(0xff), "nothing but hints");
            judge(&|octets| octets[ends..].fill(u8::try_from(layout.omega).unwrap()), "every row ends at the limit");
            judge(
                &|octets| {
                    (octets[places..ends].iter_mut().enumerate())
                        .for_each(|(place, hint)| *hint = u8::try_from(place).unwrap());
                    octets[ends..].fill(0xff);
                },
                "a list in order that is read beyond its end",
            );
        }
        assert!(swapped > 0 && doubled > 0 && padded > 0, "{algorithm}");
    }
}

/// Every coefficient of z is below γ1 − β, which its encoding does not say.
#[test]
fn c07_norm_of_z() {
    for algorithm in ml_dsa() {
        let layout = layout(algorithm);
        let (_, token, verifier) = genuine(algorithm);
        let own = signature(&token);
        let judge = |signature: &[u8]| outcome(&verifier, &resigned(&token, signature));
        for coefficient in [0, 1, 255, 256, layout.coefficients - 1] {
            for extreme in [false, true] {
                let mut altered = own.clone();
                for bit in coefficient * layout.z_bits..(coefficient + 1) * layout.z_bits {
                    let (octet, mask) = (layout.challenge + bit / 8, 1 << (bit % 8));
                    if extreme { altered[octet] |= mask } else { altered[octet] &= !mask }
                }
                assert_eq!(judge(&altered), "invalid_signature", "{algorithm}: coefficient {coefficient}, {extreme}");
            }
        }
        for constant in [0, 0xff] {
            let mut altered = own.clone();
            altered[layout.challenge..layout.hints()].fill(constant);
            assert_eq!(judge(&altered), "invalid_signature", "{algorithm}: all of z");
        }
        for octet in 0..layout.challenge {
            let mut altered = own.clone();
            altered[octet] ^= 1;
            assert_eq!(judge(&altered), "invalid_signature", "{algorithm}: octet {octet} of the challenge");
        }
    }
}

#[test]
fn c08_the_halves_of_a_key_belong_together() {
    for algorithm in available() {
        let (one, other) = (generated(algorithm), generated(algorithm));
        let half = if one["kty"] == "AKP" { "priv" } else { "d" };
        assert_eq!(import_private(&one), Ok(()));
        assert_eq!(import_private(&with(one.clone(), half, other[half].clone())), Err("invalid_key"), "{algorithm}");
    }
}

/// What the attacks alter is genuine before, and belongs to one key and one payload.
#[test]
fn controls() {
    for algorithm in available() {
        let (key, token, verifier) = genuine(algorithm);
        assert_eq!(key.algorithm(), algorithm);
        assert_eq!(import(&published(algorithm)), Ok(()));
        // Another key's signature, and the same over other claims.
        let (_, other, _) = genuine(algorithm);
        assert_eq!(outcome(&verifier, &other), "invalid_signature", "{algorithm}");
        let claims = base64url::encode(Value::from("{}").to_string().as_bytes());
        let parts: Vec<&str> = token.split('.').collect();
        let moved = format!("{}.{claims}.{}", parts[0], parts[2]);
        assert_eq!(outcome(&verifier, &moved), "invalid_signature", "{algorithm}");
    }
}
