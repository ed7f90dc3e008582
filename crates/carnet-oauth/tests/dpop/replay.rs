//! No proof is taken twice: RFC 9449 §11.1.

use crate::desk::*;
use carnet_oauth::{
    DpopError, DpopProofError, DpopRequest, DpopVerifier, MemoryReplayStore, ProofId, Recorded, ReplayStore,
    ReplayStoreError,
};
use core::sync::atomic::{AtomicI64, AtomicUsize, Ordering::Relaxed};
use core::time::Duration;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Barrier};
use std::thread;

#[test]
fn the_second_time_is_refused() {
    let key = key();
    let token = bound_token(&key);
    let verifier = dpop().build().unwrap();
    let proof = proof_for(&key, &token, "1");
    assert!(present(&token, &proof, &verifier).is_ok());
    // By a clone too, and as another text of the same `jti` and key.
    let again = proof_for(&key, &token, "1");
    for (proof, verifier) in [(&proof, &verifier), (&proof, &verifier.clone()), (&again, &verifier)] {
        assert_eq!(fault(present(&token, proof, verifier)), DpopProofError::Replayed);
    }
    assert!(present(&token, &proof_for(&key, &token, "2"), &verifier).is_ok());
    // Another key's proof of the same `jti` is another.
    let other = crate::desk::key();
    let its = bound_token(&other);
    assert!(present(&its, &proof_for(&other, &its, "1"), &verifier).is_ok());
}

/// By the key and not by the URI: the name of a proof is for one request, wherever it goes.
#[test]
fn another_uri_makes_no_other_proof() {
    let key = key();
    let verifier = dpop().build().unwrap();
    assert!(now(verifier.verify_async(&sign_proof(&key, &proof_claims()), &request())).is_ok());
    let elsewhere = sign_proof(&key, &with(proof_claims(), "htu", json!("https://api.example.com/bills")));
    let request = DpopRequest::new(METHOD, "https://api.example.com/bills");
    assert_eq!(fault(now(verifier.verify_async(&elsewhere, &request))), DpopProofError::Replayed);
}

#[test]
fn what_is_recorded() {
    let key = key();
    let ledger = Arc::new(Ledger::default());
    let verifier = dpop().replay_store(Arc::clone(&ledger)).build().unwrap();
    let iat = serde_json::from_str("1749999999.5").unwrap();
    let proof = sign_proof(&key, &with(proof_claims(), "iat", iat));
    now(verifier.verify_async(&proof, &request())).unwrap();
    let jwk = key.public_jwk().unwrap();
    let id = Sha256::new().chain_update(jwk.thumbprint().octets()).chain_update("-BwC3ESc6acc2lTc").finalize();
    // 60 s, 5 s of leeway, and the second in which it is still taken.
    let expected = (ProofId::from_octets(id.into()), NOW - 1 + 60 + 5 + 1, NOW);
    assert_eq!(*ledger.recorded.lock().unwrap(), [expected]);
    assert_eq!(expected.0.octets()[..], id[..]);
    assert_eq!(expected.0.to_string(), carnet_core::base64url::encode(&id));
}

/// So that what cannot be used fills nothing.
#[test]
fn what_fails_is_not_recorded() {
    let (key, stranger) = (key(), key());
    let token = bound_token(&key);
    let ledger = Arc::new(Ledger::default());
    let verifier = dpop().replay_store(Arc::clone(&ledger)).build().unwrap();
    let proof = proof_for(&key, &token, "1");
    for (token, proof, expected) in [
        (token.as_str(), proof_for(&stranger, &token, "1"), "dpop_binding_mismatch"),
        (&token, proof_for(&key, "other", "1"), "dpop_binding_mismatch"),
        (&token, sign_proof(&key, &proof_claims()), "dpop_binding_mismatch"),
        (&crate::desk::token(serde_json::Value::Null), proof.clone(), "dpop_binding_mismatch"),
        (&format!("{token}AAAA"), proof.clone(), "invalid_signature"),
        (&token, sign_proof(&key, &with(proof_claims(), "iat", json!(NOW - 66))), "invalid_dpop_proof"),
        (&token, format!("{proof}AAAA"), "invalid_dpop_proof"),
    ] {
        assert_eq!(code(present(token, &proof, &verifier)), expected, "{proof}");
    }
    assert_eq!(code(now(verifier.verify_async(&proof, &request()))), "invalid_dpop_proof", "for an access token");
    assert!(ledger.recorded.lock().unwrap().is_empty());
    // And was not used up by it.
    assert_eq!(code(present(&token, &proof, &verifier)), "ok");
    assert_eq!(ledger.recorded.lock().unwrap().len(), 1);
}

#[test]
fn a_store_that_fails_lets_nobody_in() {
    let key = key();
    let token = bound_token(&key);
    let down = || Ledger { is_down: true, ..Ledger::default() };
    let verifier = dpop().replay_store(down()).build().unwrap();
    let failed = DpopError::ReplayStore(ReplayStoreError::new("the database is down"));
    for _ in 0..2 {
        let outcome = present(&token, &proof_for(&key, &token, "1"), &verifier).map(drop);
        assert_eq!(outcome, Err(failed.clone()));
        let outcome = now(verifier.verify_async(&sign_proof(&key, &proof_claims()), &request())).map(drop);
        assert_eq!(outcome, Err(failed.clone()));
    }
    assert_eq!(failed.code(), "replay_store_unavailable");
    let shared: Arc<dyn ReplayStore> = Arc::new(down());
    let verifier = dpop().replay_store(shared).build().unwrap();
    assert_eq!(code(present(&token, &proof_for(&key, &token, "1"), &verifier)), "replay_store_unavailable");
}

fn id(number: u64) -> ProofId {
    ProofId::from_octets(Sha256::digest(number.to_be_bytes()).into())
}

#[test]
fn a_full_store_refuses_until_there_is_room() {
    let store = MemoryReplayStore::new(3);
    for number in 0..3 {
        assert_eq!(now(store.record(id(number), 100 + i64::try_from(number).unwrap(), 50)), Ok(Recorded::First));
    }
    let full = now(store.record(id(3), 110, 60)).unwrap_err();
    assert_eq!(full.retry_after(), Some(Duration::from_secs(40)));
    assert_eq!(now(store.record(id(1), 101, 60)), Ok(Recorded::Seen), "what was seen is told all the same");
    assert!(now(store.record(id(3), 110, 99)).is_err());
    // The first expires in second 100.
    assert_eq!(now(store.record(id(3), 110, 100)), Ok(Recorded::First));
    assert_eq!(now(store.record(id(1), 101, 100)), Ok(Recorded::Seen));
    assert!(now(store.record(id(4), 111, 100)).is_err());
    assert!(format!("{store:?}").contains("proofs: 3"), "{store:?}");

    assert!(now(MemoryReplayStore::new(0).record(id(0), 100, 50)).is_err());
    // Through the verifier.
    let key = key();
    let token = bound_token(&key);
    let verifier = dpop().replay_store(MemoryReplayStore::new(1)).build().unwrap();
    assert_eq!(code(present(&token, &proof_for(&key, &token, "1"), &verifier)), "ok");
    assert_eq!(code(present(&token, &proof_for(&key, &token, "2"), &verifier)), "replay_store_unavailable");
    assert_eq!(fault(present(&token, &proof_for(&key, &token, "1"), &verifier)), DpopProofError::Replayed);
}

/// A hundred times as many as there is room for come and go.
#[test]
fn the_store_does_not_grow() {
    let store = MemoryReplayStore::new(100);
    for number in 0..10_000 {
        let time = i64::try_from(number).unwrap() / 10;
        assert_eq!(now(store.record(id(number), time + 10, time)), Ok(Recorded::First), "{number}");
        assert_eq!(now(store.record(id(number), time + 10, time)), Ok(Recorded::Seen), "{number}");
    }
    assert!(format!("{store:?}").contains("proofs: 100"), "{store:?}");
}

/// What has been dropped is not taken for new, whatever the clock does.
#[test]
fn a_clock_that_is_set_back_forgets_nothing() {
    let store = MemoryReplayStore::default();
    assert_eq!(now(store.record(id(0), 100, 50)), Ok(Recorded::First));
    assert_eq!(now(store.record(id(1), 300, 200)), Ok(Recorded::First));
    for again in [0, 2] {
        let unknown = now(store.record(id(again), 100, 50)).unwrap_err();
        assert!(unknown.to_string().contains("the clock went back"), "{unknown}");
    }
    assert_eq!(now(store.record(id(1), 300, 50)), Ok(Recorded::Seen));
    assert_eq!(now(store.record(id(2), 101, 50)), Ok(Recorded::First), "later than whatever was dropped");
}

/// A proof is taken in the last second of its time, and never in the next; in neither is it taken twice.
#[test]
fn the_last_second() {
    let clock = Arc::new(AtomicI64::new(NOW));
    let server = |clock: &Arc<AtomicI64>| {
        let clock = Arc::clone(clock);
        dpop().clock(move || clock.load(Relaxed)).build().unwrap()
    };
    let verifier = server(&clock);
    let key = key();
    let send = |id: &str| {
        now(verifier.verify_async(&sign_proof(&key, &with(proof_claims(), "jti", json!(id))), &request())).map(drop)
    };
    assert_eq!(send("1"), Ok(()));
    clock.store(NOW + 65, Relaxed);
    assert_eq!(fault(send("1")), DpopProofError::Replayed);
    assert_eq!(send("2"), Ok(()));
    assert_eq!(fault(send("2")), DpopProofError::Replayed);
    clock.store(NOW + 66, Relaxed);
    for id in ["1", "2", "3"] {
        assert!(matches!(fault(send(id)), DpopProofError::TooOld { .. }));
    }
    // Nothing has come since, so nothing was dropped yet.
    clock.store(NOW + 65, Relaxed);
    assert_eq!(fault(send("2")), DpopProofError::Replayed);
}

/// Keys may be waited for, and the proof grow too old meanwhile: then no record could tell it from a new one.
#[test]
fn a_proof_that_grows_old_while_keys_are_fetched() {
    // Of the two looks at the clock, the second is later.
    let looks = AtomicI64::new(0);
    let clock = move || NOW + 65 + looks.fetch_add(1, Relaxed).min(1);
    let ledger = Arc::new(Ledger::default());
    let verifier = dpop().clock(clock).replay_store(Arc::clone(&ledger)).build().unwrap();
    let key = key();
    let token = bound_token(&key);
    assert!(matches!(fault(present(&token, &proof_for(&key, &token, "1"), &verifier)), DpopProofError::TooOld { .. }));
    assert!(ledger.recorded.lock().unwrap().is_empty());
}

#[test]
fn of_many_at_the_same_time_one_passes() {
    let verifier = DpopVerifier::builder(ASYMMETRIC).at(NOW).build().unwrap();
    let key = key();
    let token = bound_token(&key);
    for round in 0..20 {
        let proof = proof_for(&key, &token, &round.to_string());
        let (start, passed, refused) = (Barrier::new(4), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    match present(&token, &proof, &verifier).map(drop) {
                        Ok(()) => passed.fetch_add(1, Relaxed),
                        Err(DpopError::Proof(DpopProofError::Replayed)) => refused.fetch_add(1, Relaxed),
                        Err(other) => panic!("{other:?}"),
                    };
                });
            }
        });
        assert_eq!((passed.into_inner(), refused.into_inner()), (1, 3));
    }
}
