//! What is asked of a signer, and when.
#![cfg(test)]

use carnet_jwa::Algorithm::{self, HS256};
use carnet_jwa::{Signature, SigningFailed};
use carnet_jwk::{AsyncSigner, Secret, Signer, SigningFuture, SigningKey};
use carnet_jws::{GeneralJwsBuilder, JwsBuilder, JwsVerifier, SignError};
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

/// A key somewhere else, where every signature costs something.
struct Counted {
    key: SigningKey,
    asked: AtomicUsize,
    name: &'static str,
}

impl Counted {
    fn new() -> Self {
        let secret = Secret::from_bytes([7; 32]).unwrap();
        Self { key: SigningKey::from_secret(HS256, &secret).unwrap(), asked: AtomicUsize::new(0), name: "HS256" }
    }
}

impl Signer for Counted {
    fn algorithm(&self) -> Algorithm {
        HS256
    }

    fn algorithm_name(&self) -> &str {
        self.name
    }

    fn sign_message(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        self.asked.fetch_add(1, Relaxed);
        self.key.sign_message(message)
    }
}

impl AsyncSigner for Counted {
    fn algorithm(&self) -> Algorithm {
        HS256
    }

    fn algorithm_name(&self) -> &str {
        self.name
    }

    fn sign_message<'a>(&'a self, message: &'a [u8]) -> SigningFuture<'a> {
        Box::pin(async move { Signer::sign_message(self, message) })
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing to wait for"),
    }
}

#[test]
fn a_signer_is_asked_only_once_all_else_is_right() {
    let key = Counted::new();
    let plain = JwsBuilder::new;
    let unencoded = || plain().unencoded_payload();
    let general = |other| GeneralJwsBuilder::new(plain(), &key).signature(other, &key);
    let refused: Vec<Result<String, SignError>> = vec![
        unencoded().sign(b"a.b", &key),
        wait(unencoded().sign_async(b"a.b", &key)),
        unencoded().sign_json(b"\xff", &key),
        unencoded().sign_json(b"\0", &key),
        wait(unencoded().sign_json_async(b"\xff", &key)),
        GeneralJwsBuilder::new(unencoded(), &key).sign(b"\xff"),
        general(unencoded()).sign(b"a"),
        general(plain().detached()).sign(b"a"),
        general(plain().header("alg", &1)).sign(b"a"),
        plain().unprotected("x", &1).sign(b"a", &key),
        plain().unprotected("x", &1).sign_detached_reader(&b"a"[..], &key).unwrap(),
        plain().unprotected("alg", &1).sign_json(b"a", &key),
    ];
    for (place, refused) in refused.into_iter().enumerate() {
        assert!(refused.is_err(), "{place}");
    }
    assert_eq!(key.asked.load(Relaxed), 0);
    assert!(general(plain()).sign(b"a").is_ok());
    assert_eq!(key.asked.load(Relaxed), 2);
}

#[test]
fn a_signer_cannot_call_its_algorithm_something_else() {
    for name in ["none", "HS512", "hs256", "HS256 ", ""] {
        let key = Counted { name, ..Counted::new() };
        let builder = || JwsBuilder::new().typ("JWT");
        for refused in [
            builder().sign(b"{}", &key),
            builder().header("x", &1).sign(b"{}", &key),
            builder().sign_json(b"{}", &key),
            builder().unprotected_algorithm().sign_json(b"{}", &key),
            wait(builder().sign_async(b"{}", &key)),
            builder().sign_detached_reader(&b"{}"[..], &key).unwrap(),
        ] {
            assert!(matches!(refused, Err(SignError::Header(error)) if error.name.to_string() == "\"alg\""), "{name}");
        }
        assert_eq!(key.asked.load(Relaxed), 0);
    }
}

#[test]
fn headers_as_deep_as_a_verifier_takes_them() {
    let key = Counted::new();
    let verifier = JwsVerifier::new(key.key.verifying_key());
    let deep = |levels: usize| {
        let value: serde_json::Value =
            serde_json::from_str(&format!("{}{}", "[".repeat(levels), "]".repeat(levels))).unwrap();
        value
    };
    // The header is one level itself, the token around it one, and an array of signatures two more.
    let protected = |levels| JwsBuilder::new().header("x", &deep(levels));
    let unprotected = |levels| JwsBuilder::new().unprotected("x", &deep(levels));
    let general = |builder| GeneralJwsBuilder::new(builder, &key).sign(b"");
    assert!(verifier.verify(&protected(63).sign(b"", &key).unwrap()).is_ok());
    assert!(protected(64).sign(b"", &key).is_err());
    for builder in [protected(63), unprotected(62)] {
        assert!(verifier.verify_json(&builder.sign_json(b"", &key).unwrap()).is_ok());
    }
    assert!(unprotected(63).sign_json(b"", &key).is_err());
    for builder in [protected(63), unprotected(60)] {
        assert!(verifier.verify_json(&general(builder).unwrap()).is_ok());
    }
    assert!(general(unprotected(61)).is_err());
}
