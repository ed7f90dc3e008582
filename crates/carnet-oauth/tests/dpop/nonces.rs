//! Nonces of the server: RFC 9449 §8 and §9.

use crate::desk::*;
use carnet_jwa::Algorithm::ES256;
use carnet_jwk::Secret;
use carnet_oauth::{DpopError, DpopNonces, DpopPolicyError, DpopProof, DpopVerifier};
use core::sync::atomic::{AtomicI64, Ordering::Relaxed};
use core::time::Duration;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

const PERIOD: i64 = 60;

fn nonces(octet: u8, seconds: i64) -> DpopNonces {
    let secret = Secret::from_bytes([octet; 32]).unwrap();
    DpopNonces::new(&secret, Duration::from_secs(seconds.try_into().unwrap())).unwrap()
}

/// A server whose clock is set.
fn server(clock: &Arc<AtomicI64>, nonces: DpopNonces) -> DpopVerifier {
    let clock = Arc::clone(clock);
    DpopVerifier::builder([ES256]).nonces(nonces).clock(move || clock.load(Relaxed)).build().unwrap()
}

fn send(server: &DpopVerifier, time: i64, nonce: Value) -> Result<DpopProof, DpopError> {
    let claims = with(with(proof_claims(), "iat", json!(time)), "nonce", nonce);
    now(server.verify_async(&sign_proof(&key(), &claims), &request()))
}

#[test]
fn nonces_rotate() {
    // The first second of a period.
    let start = NOW.div_euclid(PERIOD) * PERIOD;
    let clock = Arc::new(AtomicI64::new(start));
    let server = server(&clock, nonces(1, PERIOD));
    let first = server.current_nonce().unwrap();
    assert!(first.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet)));
    let mut given = BTreeSet::from([first.clone()]);
    for (time, changed, taken, is_current) in [
        (start, false, true, true),
        (start + PERIOD - 1, false, true, true),
        (start + PERIOD, true, true, false),
        (start + 2 * PERIOD - 1, true, true, false),
        (start + 2 * PERIOD, true, false, false),
        (start + 3 * PERIOD, true, false, false),
    ] {
        clock.store(time, Relaxed);
        let current = server.current_nonce().unwrap();
        assert_eq!(current != first, changed, "{time}");
        let outcome = send(&server, time, json!(first));
        match &outcome {
            Ok(proof) => assert_eq!((taken, proof.uses_current_nonce()), (true, is_current), "{time}"),
            Err(error) => assert_eq!((taken, error), (false, &DpopError::NonceRequired), "{time}"),
        }
        let with_current = send(&server, time, json!(current)).unwrap();
        assert!(with_current.uses_current_nonce());
        assert_eq!(with_current.nonce(), Some(current.as_str()));
        given.insert(current);
    }
    assert_eq!(given.len(), 4, "a new one each period");
}

#[test]
fn what_is_no_nonce_of_this_server() {
    let clock = Arc::new(AtomicI64::new(NOW));
    let server = server(&clock, nonces(1, PERIOD));
    let its = server.current_nonce().unwrap();
    assert!(send(&server, NOW, json!(its)).is_ok());
    let others = [nonces(2, PERIOD), nonces(1, PERIOD + 1), nonces(1, 1)];
    let foreign = others.map(|nonces| json!(super::nonces::server(&clock, nonces).current_nonce().unwrap()));
    for nonce in [
        Value::Null,
        json!(""),
        json!("eyJ7S_zG.eyJH0-Z.HX4w-7v"),
        json!(1),
        json!([its]),
        json!(format!("{its}=")),
        json!(format!(" {its}")),
        json!(its[1..]),
        json!(its[..42]),
        json!(its.to_lowercase()),
        json!(format!("{its}{its}")),
    ]
    .into_iter()
    .chain(foreign)
    {
        let outcome = send(&server, NOW, nonce.clone());
        assert_eq!(outcome.as_ref().unwrap_err(), &DpopError::NonceRequired, "{nonce}");
        assert_eq!(code(outcome), "use_dpop_nonce");
    }
}

/// Of a replica whose clock is ahead: the client is given another.
#[test]
fn a_nonce_of_a_time_to_come() {
    let clock = Arc::new(AtomicI64::new(NOW + PERIOD));
    let server = server(&clock, nonces(1, PERIOD));
    let ahead = server.current_nonce().unwrap();
    clock.store(NOW, Relaxed);
    assert_eq!(send(&server, NOW, json!(ahead)).unwrap_err(), DpopError::NonceRequired);
}

/// Replicas agree by the secret and the time alone, and forget nothing when they start anew.
#[test]
fn replicas_with_one_secret_agree() {
    let clock = Arc::new(AtomicI64::new(NOW));
    let (one, other) = (server(&clock, nonces(1, PERIOD)), server(&clock, nonces(1, PERIOD)));
    let nonce = one.current_nonce().unwrap();
    assert_eq!(other.current_nonce().as_ref(), Some(&nonce));
    clock.fetch_add(PERIOD, Relaxed);
    assert!(send(&other, NOW + PERIOD, json!(nonce)).is_ok());
}

/// Where no nonces are asked for, what a client puts there means nothing.
#[test]
fn without_nonces() {
    for nonce in [json!("any"), json!(1), json!({})] {
        let proof = judge(&with(proof_claims(), "nonce", nonce)).unwrap();
        assert_eq!((proof.nonce(), proof.uses_current_nonce()), (None, true));
    }
}

/// A wrong time is told first: a new nonce would not help.
#[test]
fn the_nonce_does_not_take_the_place_of_the_time() {
    let clock = Arc::new(AtomicI64::new(NOW));
    let server = server(&clock, nonces(1, PERIOD));
    let its = server.current_nonce().unwrap();
    assert_eq!(code(send(&server, NOW - 66, json!(its))), "invalid_dpop_proof");
    assert_eq!(code(send(&server, NOW - 66, Value::Null)), "invalid_dpop_proof");
}

#[test]
fn periods_and_secrets() {
    let secret = Secret::from_bytes([1; 32]).unwrap();
    let new = |period| DpopNonces::new(&secret, period).map(drop);
    for (period, fits) in [
        (Duration::from_secs(1), true),
        (Duration::from_secs(3600), true),
        (Duration::ZERO, false),
        (Duration::from_millis(999), false),
        (Duration::from_millis(3_600_001), false),
        (Duration::MAX, false),
    ] {
        assert_eq!(new(period).err(), (!fits).then_some(DpopPolicyError::NoncePeriod), "{period:?}");
    }
    assert_eq!(new(Duration::ZERO).unwrap_err().code(), "invalid_policy");
    // Times before 1970 have periods of their own, of full length.
    let clock = Arc::new(AtomicI64::new(-1));
    let server = server(&clock, nonces(1, PERIOD));
    let before = server.current_nonce();
    for (time, same) in [(-PERIOD, true), (-PERIOD - 1, false), (0, false), (i64::MIN, false), (i64::MAX, false)] {
        clock.store(time, Relaxed);
        assert_eq!(server.current_nonce() == before, same, "{time}");
    }
    clock.store(i64::MIN, Relaxed);
    assert!(send(&server, NOW, json!("x")).is_err());
    assert!(!format!("{:?}", nonces(1, PERIOD)).contains("1, 1"));
}
