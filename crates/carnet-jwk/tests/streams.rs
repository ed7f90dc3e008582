//! Messages that come piece by piece: what is signed and verified is the whole.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use carnet_jwa::Algorithm;
use carnet_jwk::{PrivateJwk, SigningKey};
use serde_json::Value;

/// A key for every algorithm that this build has.
fn keys() -> Vec<SigningKey> {
    let file = testkit::vectors::load("key-forms/forms.json");
    let rsa: &Value = &file["keys"][0]["jwk"];
    let rsa = PrivateJwk::from_json(&rsa.to_string()).unwrap();
    let key = |&algorithm: &Algorithm| match rsa.public_jwk().unwrap().public_key().fits(algorithm) {
        true => SigningKey::from_jwk_as(algorithm, &rsa).unwrap(),
        false => SigningKey::generate(algorithm).unwrap(),
    };
    Algorithm::ALL.iter().filter(|algorithm| algorithm.is_available()).map(key).collect()
}

/// EdDSA and ML-DSA need the whole message at once, and ring has no way in for a hash.
fn streams(algorithm: Algorithm) -> bool {
    let by_hash = !matches!(algorithm.name(), "EdDSA" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87");
    algorithm.is_symmetric() || (by_hash && cfg!(feature = "aws-lc-rs"))
}

/// The same octets for the same message.
fn is_deterministic(algorithm: Algorithm) -> bool {
    algorithm.is_symmetric() || algorithm.name().starts_with("RS")
}

fn pieces(message: &[u8], length: usize) -> Vec<&[u8]> {
    message.chunks(length.max(1)).collect()
}

fn signed(key: &SigningKey, pieces: &[&[u8]]) -> Vec<u8> {
    let mut stream = key.stream().unwrap();
    pieces.iter().for_each(|piece| stream.update(piece));
    stream.sign().unwrap().to_vec()
}

fn verifies(key: &SigningKey, pieces: &[&[u8]], signature: &[u8]) -> bool {
    let mut stream = key.verifying_key().stream().unwrap();
    pieces.iter().for_each(|piece| stream.update(piece));
    stream.verify(signature).is_ok()
}

#[test]
fn which_algorithms_stream() {
    for key in keys() {
        let algorithm = key.algorithm();
        assert_eq!(key.stream().is_some(), streams(algorithm), "{algorithm}");
        assert_eq!(key.verifying_key().stream().is_some(), streams(algorithm), "{algorithm}");
    }
}

#[test]
fn pieces_are_the_whole() {
    let message: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    for key in keys().into_iter().filter(|key| streams(key.algorithm())) {
        let algorithm = key.algorithm();
        for text in [&message[..], b"", b"x", &message[..63], &message[..64], &message[..65], &message[..129]] {
            let whole = key.sign_message(text).unwrap();
            for length in [1, 3, 64, 127, 128, 4096, 20_000] {
                let pieces = pieces(text, length);
                let made = signed(&key, &pieces);
                assert!(key.verifying_key().verify_signature(text, &made).is_ok(), "{algorithm}, pieces of {length}");
                assert!(verifies(&key, &pieces, &whole), "{algorithm}, pieces of {length}");
                assert!(verifies(&key, &[text], &made));
                if is_deterministic(algorithm) {
                    assert_eq!(made, *whole, "{algorithm}, pieces of {length}");
                }
            }
            // Empty pieces are nothing.
            assert!(verifies(&key, &[b"", text, b"", b""], &whole), "{algorithm}");
            let made = signed(&key, &[b"", b"", text, b""]);
            assert!(key.verifying_key().verify_signature(text, &made).is_ok(), "{algorithm}");
        }
    }
}

#[test]
fn any_changed_piece_is_refused() {
    let message: Vec<u8> = (0..=255).cycle().take(1000).collect();
    for key in keys().into_iter().filter(|key| streams(key.algorithm())) {
        let algorithm = key.algorithm();
        let pieces = pieces(&message, 100);
        let signature = signed(&key, &pieces);
        assert!(verifies(&key, &pieces, &signature));
        for place in 0..pieces.len() {
            for octet in [0, 50, 99] {
                let mut altered = pieces[place].to_vec();
                altered[octet] ^= 1;
                let mut other = pieces.clone();
                other[place] = &altered;
                assert!(!verifies(&key, &other, &signature), "{algorithm}: piece {place}, octet {octet}");
            }
            let mut missing = pieces.clone();
            missing.remove(place);
            assert!(!verifies(&key, &missing, &signature), "{algorithm}: without piece {place}");
            let mut twice = pieces.clone();
            twice.insert(place, pieces[place]);
            assert!(!verifies(&key, &twice, &signature), "{algorithm}: piece {place} twice");
            if place > 0 {
                let mut swapped = pieces.clone();
                swapped.swap(place - 1, place);
                assert!(!verifies(&key, &swapped, &signature), "{algorithm}: pieces {place} and the one before");
            }
        }
        assert!(!verifies(&key, &[], &signature) && !verifies(&key, &[&message, b"\0"], &signature));
        // What one-shot verification refuses of signatures, a stream refuses as well.
        for length in [0, 1, signature.len() - 1, signature.len() + 1, 2 * signature.len()] {
            let mut other = signature.clone();
            other.resize(length, 0);
            assert!(!verifies(&key, &pieces, &other), "{algorithm}: {length} octets");
        }
        assert!(!verifies(&key, &pieces, &[&[0], &signature[..]].concat()), "{algorithm}: a zero before it");
        for place in [0, signature.len() / 2, signature.len() - 1] {
            let mut other = signature.clone();
            other[place] ^= 1;
            assert!(!verifies(&key, &pieces, &other), "{algorithm}: octet {place}");
        }
        assert!(!verifies(&key, &pieces, &vec![0; signature.len()]), "{algorithm}: zeros");
    }
}

/// A message may come from a socket, so both kinds of stream go from thread to thread.
#[test]
fn streams_can_be_sent() {
    for key in keys().into_iter().filter(|key| streams(key.algorithm())) {
        let (signing, verifying) = (key.stream().unwrap(), key.verifying_key().stream().unwrap());
        let made = std::thread::scope(|scope| {
            scope
                .spawn(move || {
                    let mut signing = signing;
                    signing.update(b"message");
                    signing.sign().unwrap()
                })
                .join()
                .unwrap()
        });
        let verified = std::thread::spawn(move || {
            let mut verifying = verifying;
            verifying.update(b"message");
            verifying.verify(&made)
        });
        assert!(verified.join().unwrap().is_ok());
    }
}

/// Two streams of one key do not meet.
#[test]
fn streams_side_by_side() {
    for key in keys().into_iter().filter(|key| streams(key.algorithm())) {
        let (mut one, mut other) = (key.stream().unwrap(), key.stream().unwrap());
        for _ in 0..10 {
            one.update(b"one");
            other.update(b"other");
        }
        let (one, other) = (one.sign().unwrap(), other.sign().unwrap());
        let verifying = key.verifying_key();
        assert!(verifying.verify_signature("one".repeat(10).as_bytes(), &one).is_ok());
        assert!(verifying.verify_signature("other".repeat(10).as_bytes(), &other).is_ok());
        assert!(verifying.verify_signature("one".repeat(10).as_bytes(), &other).is_err());
    }
}
