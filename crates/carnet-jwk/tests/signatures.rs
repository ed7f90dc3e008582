//! Signatures from outside the process: the lengths that an algorithm has, and DER as key management services give it.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use carnet_jwa::{Algorithm, Signature};
use carnet_jwk::SigningKey;

/// The ECDSA algorithms that this build has, with the length of r and of s.
fn ecdsa() -> Vec<(Algorithm, usize)> {
    let all = [(Algorithm::ES256, 32), (Algorithm::ES384, 48), (Algorithm::ES512, 66), (Algorithm::ES256K, 32)];
    let here: Vec<_> = all.into_iter().filter(|(algorithm, _)| algorithm.is_available()).collect();
    assert_eq!(here.len(), if cfg!(feature = "aws-lc-rs") { 4 } else { 2 });
    here
}

fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u8::try_from(contents.len()).unwrap();
    let start = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
    [&start[..], contents].concat()
}

/// An INTEGER that is not negative, in its one form.
fn integer(number: &[u8]) -> Vec<u8> {
    let from = number.iter().position(|octet| *octet != 0).unwrap_or(number.len().saturating_sub(1));
    let sign = if number[from] >= 0x80 { &[0][..] } else { &[] };
    element(2, &[sign, &number[from..]].concat())
}

fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    element(0x30, &[integer(r), integer(s)].concat())
}

#[test]
fn lengths_of_each_algorithm() {
    let lengths = |algorithm: Algorithm| -> Vec<usize> {
        (0..=5000).filter(|length| Signature::from_bytes(algorithm, &vec![1; *length]).is_ok()).collect()
    };
    for &algorithm in Algorithm::ALL {
        let expected: Vec<usize> = match algorithm.name() {
            _ if !algorithm.is_available() => vec![],
            "HS256" => vec![32],
            "HS384" => vec![48],
            "HS512" => vec![64],
            "ES256" | "ES256K" | "EdDSA" => vec![64],
            "ES384" => vec![96],
            "ES512" => vec![132],
            "ML-DSA-44" => vec![2420],
            "ML-DSA-65" => vec![3309],
            "ML-DSA-87" => vec![4627],
            _ => (256..=1024).collect(), // RSA of 2048 to 8192 bits
        };
        assert_eq!(lengths(algorithm), expected, "{algorithm}");
        if let Some(&length) = expected.first() {
            assert_eq!(*Signature::from_bytes(algorithm, &vec![7; length]).unwrap(), *vec![7; length]);
        }
        let error = Signature::from_bytes(algorithm, &[7; 65]).unwrap_err().to_string();
        let said = if algorithm.is_available() { "has 65 octets" } else { "turn on carnet's feature aws-lc-rs" };
        assert!(error.contains(said) && error.contains(algorithm.name()), "{error}");
    }
}

#[test]
fn what_signs_elsewhere_in_der() {
    for (algorithm, octets) in ecdsa() {
        let key = SigningKey::generate(algorithm).unwrap();
        let mut short = 0;
        // Numbers that begin with a zero octet, as one of 256 does, are shorter in DER, and filled up again.
        for n in 0..2000_u32 {
            let signature = key.sign_message(&n.to_be_bytes()).unwrap();
            let (r, s) = signature.split_at(octets);
            short += u32::from(r[0] == 0) + u32::from(s[0] == 0);
            let made = Signature::from_ecdsa_der(algorithm, &der(r, s)).unwrap();
            assert_eq!(*made, *signature, "{algorithm}");
            assert!(key.verifying_key().verify_signature(&n.to_be_bytes(), &made).is_ok());
            if n > 20 && short > 2 {
                break;
            }
        }
        assert!(short > 0, "{algorithm}");
    }
}

#[test]
fn numbers_at_the_edges() {
    for (algorithm, octets) in ecdsa() {
        let number = |value: u8, length: usize| {
            let mut number = vec![0; octets];
            number[octets - length..].fill(value);
            number
        };
        for (r, s) in [
            (number(1, 1), number(2, 1)),
            (number(0, 1), number(0, 1)), // verifies nowhere, which is not looked at here
            (number(0x7f, octets), number(0x80, octets)),
            (number(0xff, octets), number(0xff, octets)),
            (number(0x80, octets - 1), number(0x7f, octets - 1)),
            (number(0xff, 1), number(0x80, 1)),
        ] {
            let made = Signature::from_ecdsa_der(algorithm, &der(&r, &s)).unwrap();
            assert_eq!(*made, *[&r[..], &s].concat(), "{algorithm}");
        }
        // One octet more than the curve has room for, with a sign octet before it and without.
        for value in [1, 0x7f, 0x80, 0xff] {
            let (long, good) = (vec![value; octets + 1], vec![1; octets]);
            assert!(Signature::from_ecdsa_der(algorithm, &der(&long, &good)).is_err(), "{algorithm}: r too long");
            assert!(Signature::from_ecdsa_der(algorithm, &der(&good, &long)).is_err(), "{algorithm}: s too long");
        }
    }
}

#[test]
fn what_is_no_signature_in_der() {
    for (algorithm, octets) in ecdsa() {
        let good = integer(&vec![1; octets]);
        let sequence = |contents: &[&[u8]]| element(0x30, &contents.concat());
        assert!(Signature::from_ecdsa_der(algorithm, &sequence(&[&good, &good])).is_ok());
        let whole = sequence(&[&good, &good]);
        let padded = element(2, &[&[0], &vec![1; octets][..]].concat());
        let cases: [(&str, Vec<u8>); 19] = [
            ("nothing", vec![]),
            ("an empty sequence", sequence(&[])),
            ("r alone", sequence(&[&good])),
            ("three numbers", sequence(&[&good, &good, &good])),
            ("something behind it", [&whole[..], &[0]].concat()),
            ("something within it", sequence(&[&good, &good, &[0]])),
            ("NULL within it", sequence(&[&good, &good, &[5, 0]])),
            ("cut short", whole[..whole.len() - 1].to_vec()),
            ("a negative r", sequence(&[&element(2, &[0x80, 1]), &good])),
            ("a negative s", sequence(&[&good, &element(2, &vec![0xff; octets])])),
            ("minus one", sequence(&[&element(2, &[0xff]), &good])),
            ("a zero octet before r", sequence(&[&padded, &good])),
            ("two zero octets before s", sequence(&[&good, &element(2, &[0, 0, 0x80])])),
            ("an INTEGER of no octets", sequence(&[&element(2, &[]), &good])),
            ("OCTET STRINGs", sequence(&[&element(4, &[1]), &element(4, &[1])])),
            ("a SET", element(0x31, &[&good[..], &good].concat())),
            ("the form of JWS", vec![1; 2 * octets]),
            ("an indefinite length", [&[0x30, 0x80][..], &good, &good, &[0, 0]].concat()),
            (
                "a length in long form",
                [&[0x30, 0x82, 0, u8::try_from(whole.len()).unwrap()][..], &good, &good].concat(),
            ),
        ];
        for (what, octets) in cases {
            let error = Signature::from_ecdsa_der(algorithm, &octets).unwrap_err();
            assert!(error.to_string().contains("not an ECDSA signature"), "{algorithm}, {what}: {error}");
        }
    }
}

#[test]
fn der_of_another_algorithm() {
    let of_p256 = der(&[0xff; 32], &[0xff; 32]);
    for &algorithm in Algorithm::ALL {
        let made = Signature::from_ecdsa_der(algorithm, &of_p256);
        let ecdsa = ecdsa().into_iter().find(|(own, _)| *own == algorithm);
        // Numbers of a smaller curve fit into a larger one, and verify nothing there.
        assert_eq!(made.as_deref().map(<[u8]>::len).ok(), ecdsa.map(|(_, octets)| 2 * octets), "{algorithm}");
    }
    let of_p384 = der(&[0xff; 48], &[0xff; 48]);
    assert!(Signature::from_ecdsa_der(Algorithm::ES256, &of_p384).is_err());
}
