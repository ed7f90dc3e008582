//! Payloads that come in pieces, and keys that are elsewhere.
#![cfg(test)]

use carnet_core::Limits;
use carnet_jwa::Algorithm::{self, ES256, HS256, HS384, HS512};
use carnet_jwa::{Signature, SigningFailed};
use carnet_jwk::{AsyncSigner, KeyRing, PrivateJwk, Secret, Signer, SigningFuture, SigningKey};
use carnet_jws::{GeneralJwsBuilder, JwsBuilder, JwsError, JwsVerifier, SignError};
use std::io::{self, Read};
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};

/// A key of every algorithm that this build can make one for. RSA keys take long to make, so there is one for all.
fn keys() -> Vec<SigningKey> {
    static RSA: LazyLock<Option<PrivateJwk>> = LazyLock::new(|| {
        let key = PrivateJwk::generate_rsa(Algorithm::RS256, 2048).ok()?;
        Some(PrivateJwk::from_pem(&key.expose_pem().unwrap()).unwrap()) // without its "alg"
    });
    let key = |algorithm: &Algorithm| match algorithm.key_kind()?.key_type() {
        "RSA" => Some(SigningKey::from_jwk_as(*algorithm, RSA.as_ref()?).unwrap()),
        _ => Some(SigningKey::generate(*algorithm).unwrap()),
    };
    let secret = Secret::from_bytes([7; 64]).unwrap();
    let shared = [HS256, HS384, HS512].map(|algorithm| SigningKey::from_secret(algorithm, &secret).unwrap());
    let keys: Vec<_> = shared.into_iter().chain(Algorithm::ALL.iter().filter_map(key)).collect();
    assert!(keys.len() >= 6);
    keys
}

/// Gives a few octets at a time, of numbers that go round.
struct Pieces {
    left: usize,
    given: usize,
}

#[expect(clippy::arithmetic_side_effects, reason = "small numbers")]
impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.given += 1;
        if self.given % 7 == 3 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let length = (self.given * 1009 % 65_000).min(self.left).min(buffer.len());
        let length = if self.left > 0 { length.max(1) } else { 0 };
        buffer[..length].fill(b'x');
        self.left -= length;
        Ok(length)
    }
}

fn pieces(left: usize) -> Pieces {
    Pieces { left, given: 0 }
}

#[test]
fn pieces_are_signed_and_verified_as_the_whole() {
    let length = 300_001;
    let whole = vec![b'x'; length];
    for key in keys() {
        let algorithm = key.algorithm();
        let verifier = JwsVerifier::new(key.verifying_key()).algorithms([algorithm]).unencoded_payload();
        for builder in [JwsBuilder::new(), JwsBuilder::new().unencoded_payload()] {
            let token = builder.sign_detached_reader(pieces(length), &key).unwrap().unwrap();
            assert_eq!(verifier.verify_detached(&token, &whole).unwrap().algorithm(), algorithm);
            assert!(verifier.verify_detached_reader(&token, pieces(length)).unwrap().is_ok());
            for other in [length - 1, length + 1, 0] {
                let refused = verifier.verify_detached_reader(&token, pieces(other)).unwrap().unwrap_err();
                assert_eq!(refused, JwsError::InvalidSignature, "{algorithm}");
            }
            let whole = builder.detached().sign(&whole, &key).unwrap();
            assert!(verifier.verify_detached_reader(&whole, pieces(length)).unwrap().is_ok());
        }
    }
}

#[test]
fn what_is_held_in_memory_is_bounded_and_the_rest_is_not() {
    let mut limits = Limits::default();
    limits.detached_octets = 1000;
    for key in keys() {
        let verifier = JwsVerifier::new(key.verifying_key()).algorithms([key.algorithm()]).limits(limits);
        let token = |length| JwsBuilder::new().sign_detached_reader(pieces(length), &key).unwrap().unwrap();
        assert!(verifier.verify_detached_reader(&token(1000), pieces(1000)).unwrap().is_ok());
        let over = verifier.verify_detached_reader(&token(1001), pieces(1001)).unwrap();
        match key.stream() {
            Some(_) => assert!(over.is_ok(), "{key:?}"),
            None => assert_eq!(over.unwrap_err().code(), "too_large", "{key:?}"),
        }
    }
}

#[test]
fn a_reader_that_fails_says_so_itself() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    for key in keys() {
        let signed = JwsBuilder::new().sign_detached_reader(Broken, &key);
        assert_eq!(signed.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        let token = JwsBuilder::new().detached().sign(b"x", &key).unwrap();
        let verifier = JwsVerifier::new(key.verifying_key()).algorithms([key.algorithm()]);
        assert_eq!(verifier.verify_detached_reader(&token, Broken).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        // A token that is refused before its payload matters leaves the reader alone.
        assert!(verifier.verify_detached_reader("a..b", Broken).unwrap().is_err());
    }
}

#[test]
fn unprotected_parameters_do_not_fit_into_a_compact_token() {
    let key = SigningKey::generate(ES256).unwrap();
    let builder = JwsBuilder::new().unprotected("kid", "1");
    assert_eq!(builder.sign_detached_reader(&b""[..], &key).unwrap().unwrap_err(), SignError::UnprotectedInCompact);
}

/// A key that is elsewhere: it answers at the second question, with `failure` or with a signature.
struct Elsewhere {
    key: SigningKey,
    failure: Option<&'static str>,
}

impl AsyncSigner for Elsewhere {
    fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    fn key_id(&self) -> Option<&str> {
        Some("elsewhere")
    }

    fn sign_message<'a>(&'a self, message: &'a [u8]) -> SigningFuture<'a> {
        let mut asked = false;
        Box::pin(std::future::poll_fn(move |context| {
            if !std::mem::replace(&mut asked, true) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(match self.failure {
                Some(reason) => Err(SigningFailed::because(reason)),
                None => Signature::from_bytes(self.key.algorithm(), &self.key.sign_message(message)?),
            })
        }))
    }
}

fn wait<T>(future: impl Future<Output = T> + Send) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

#[test]
fn a_key_elsewhere_signs_what_a_key_here_does() {
    for key in keys() {
        let key = Elsewhere { key, failure: None };
        let verifier = JwsVerifier::new(key.key.verifying_key()).algorithms([key.algorithm()]).unencoded_payload();
        let compact = wait(JwsBuilder::new().typ("JWT").sign_async(b"payload", &key)).unwrap();
        let verified = verifier.verify(&compact).unwrap();
        assert_eq!((verified.payload(), verified.header().key_id()), (&b"payload"[..], Some("elsewhere")));
        let special = wait(JwsBuilder::new().unencoded_payload().detached().sign_async(b"pay.load", &key)).unwrap();
        assert!(verifier.verify_detached(&special, b"pay.load").is_ok());
        let json = wait(JwsBuilder::new().unprotected("a", &1).sign_json_async(b"payload", &key)).unwrap();
        assert_eq!(verifier.verify_json(&json).unwrap().payload(), b"payload");
    }
}

#[test]
fn a_key_elsewhere_may_fail_and_says_why() {
    let key = Elsewhere { key: SigningKey::generate(ES256).unwrap(), failure: Some("the service answers 503") };
    let dynamic: &dyn AsyncSigner = &key;
    for builder in [JwsBuilder::new(), JwsBuilder::new().detached()] {
        let error = wait(builder.sign_async(b"payload", dynamic)).unwrap_err();
        assert_eq!((error.code(), &*error.to_string()), ("signing_failed", "signing failed: the service answers 503"));
    }
    let unencoded = JwsBuilder::new().unencoded_payload();
    assert_eq!(wait(unencoded.sign_async(b"pay.load", dynamic)).unwrap_err().code(), "payload_invalid");
}

/// A key in hardware, say, that knows no streams and no ready headers.
struct Plain(SigningKey);

impl Signer for Plain {
    fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }

    fn sign_message(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        self.0.sign_message(message)
    }
}

#[test]
fn any_signer_signs_in_every_form() {
    let plain = Plain(SigningKey::generate(ES256).unwrap().with_key_id("not asked").unwrap());
    let shared: Arc<dyn Signer> = Arc::new(Plain(SigningKey::generate(ES256).unwrap()));
    let verifier = JwsVerifier::new(plain.0.verifying_key());
    let token = JwsBuilder::new().typ("JWT").sign(b"payload", &plain).unwrap();
    assert!(verifier.verify(&token).is_ok(), "a token without kid is tried with every key of its algorithm");
    let general = GeneralJwsBuilder::new(JwsBuilder::new().key_id("not asked"), &plain)
        .signature(JwsBuilder::new(), &shared)
        .sign(b"payload")
        .unwrap();
    assert_eq!(verifier.verify_json(&general).unwrap().signature().index(), 0);
    let detached =
        JwsBuilder::new().key_id("not asked").sign_detached_reader(&b"payload"[..], &plain).unwrap().unwrap();
    assert!(verifier.verify_detached(&detached, b"payload").is_ok());
}

#[test]
fn a_ring_signs_with_its_current_key_and_verifies_what_it_signed_before() {
    let secret = |octet: u8| Secret::from_bytes([octet; 32]).unwrap();
    let ring = KeyRing::from_secrets(HS256, &secret(1), []).unwrap();
    let verifier = JwsVerifier::new(ring.clone());
    let old = JwsBuilder::new().sign(b"old", &ring.current()).unwrap();
    ring.switch_to(SigningKey::from_secret(HS256, &secret(2)).unwrap());
    let new = JwsBuilder::new().sign(b"new", &ring.current()).unwrap();
    assert!(verifier.verify(&old).is_ok() && verifier.verify(&new).is_ok());
    ring.forget_previous(0);
    assert!(verifier.verify(&old).is_err() && verifier.verify(&new).is_ok());
    let jwk = PrivateJwk::generate(ES256).unwrap();
    ring.replace_all(SigningKey::from_jwk(&jwk).unwrap());
    assert!(verifier.verify(&new).is_err());
}

/// Says that it read more than there was room for.
struct Boastful(bool);

#[expect(clippy::arithmetic_side_effects, reason = "small numbers")]
impl Read for Boastful {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(if std::mem::replace(&mut self.0, false) { buffer.len() + 1 } else { 0 })
    }
}

#[test]
fn a_reader_that_breaks_its_contract_is_an_error_of_the_reader() {
    for key in keys() {
        let verifier = JwsVerifier::new(key.verifying_key()).algorithms([key.algorithm()]);
        let empty = JwsBuilder::new().detached().sign(b"", &key).unwrap();
        assert!(verifier.verify_detached_reader(&empty, io::empty()).unwrap().is_ok());
        let error = verifier.verify_detached_reader(&empty, Boastful(true)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Other);
        assert!(JwsBuilder::new().sign_detached_reader(Boastful(true), &key).is_err());
    }
}
