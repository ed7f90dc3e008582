//! Verifiers of one type over keys of several kinds, some of which are fetched.
#![cfg(test)]
#![cfg(all(feature = "remote", feature = "testing"))]

use carnet::prelude::*;
use carnet::testing::Issuer;
use carnet::{
    DynKeys, DynLocalKeys, KeyMiss, KeySource, KeySourceError, LocalKeys, PolicyError, VerifierBuilder, VerifierSet,
    policy::Decided, policy::Untyped,
};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::http_server::{HttpServer, Reply};

const AUDIENCE: &str = "api://my-service";

/// No parameter for the kind of keys.
struct Service {
    issuers: VerifierSet<DynKeys>,
}

fn builder(keys: &DynKeys, issuer: &Issuer) -> VerifierBuilder<DynKeys, Decided, Decided, Untyped> {
    Verifier::builder(keys.clone()).issuer(issuer.name()).audience(AUDIENCE).clock(issuer.clock())
}

fn key(name: &str) -> SigningKey {
    SigningKey::generate(EdDSA).unwrap().with_key_id(name).unwrap()
}

async fn code(service: &Service, token: &str) -> &'static str {
    match service.issuers.verify_async::<Value>(token).await {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

#[tokio::test]
async fn a_set_of_verifiers_over_fetched_keys_a_ring_and_fixed_ones() {
    let fetched = Issuer::new("https://fetched.example/").unwrap();
    let (rotating, fixed) = (fetched.beside("rotating").unwrap(), fetched.beside("fixed").unwrap());
    let jwks = fetched.jwk_set().to_json();
    let server = HttpServer::start(move |_| Reply::json(jwks.clone())).await;
    let remote = RemoteJwks::builder(&format!("{}/jwks.json", server.origin())).dangerous_allow_http_loopback();
    let remote = remote.build().unwrap();
    let ring = KeyRing::new(key("first")).with_next(key("second"));
    let verifiers = [
        (DynKeys::new(remote.clone()), &fetched),
        (DynKeys::new(ring.clone()), &rotating),
        (DynKeys::new(fixed.verifying_keys()), &fixed),
    ];
    let verifiers = verifiers.map(|(keys, issuer)| builder(&keys, issuer).build().unwrap());
    let service = Service { issuers: VerifierSet::new(verifiers).unwrap() };
    let by = |issuer: &Issuer, key: &SigningKey| issuer.token(AUDIENCE).sign(key).unwrap();
    let genuine = fetched.sign(&fetched.token(AUDIENCE)).unwrap();

    assert_eq!(code(&service, &by(&rotating, &ring.current())).await, "ok");
    assert_eq!(code(&service, &fixed.sign(&fixed.token(AUDIENCE)).unwrap()).await, "ok");
    assert_eq!(code(&service, &by(&fixed, &key("stranger"))).await, "unknown_key");
    assert!(server.requests().is_empty(), "tokens of other issuers cause no fetch");
    assert_eq!(code(&service, &genuine).await, "ok");
    assert_eq!(server.requests().len(), 1);
    // No issuer speaks for another.
    assert_eq!(code(&service, &by(&fetched, &fixed.signing_keys()[0])).await, "invalid_signature");

    // Each source goes on behind it: a ring that rotates, and an issuer whose new key is looked for.
    ring.rotate(key("third")).unwrap();
    assert_eq!(code(&service, &by(&rotating, &ring.current())).await, "ok");
    let new = key("new");
    let set: JwkSet = fetched.jwk_set().iter().cloned().chain(new.public_jwk()).collect();
    server.answer(move |_| Reply::json(set.to_json()));
    assert_eq!(code(&service, &by(&fetched, &new)).await, "ok");
    assert_eq!((server.requests().len(), remote.status().missed), (2, 1));
    assert_eq!(code(&service, &by(&fetched, &key("random"))).await, "unknown_key");
    assert_eq!(server.requests().len(), 2, "and bounds by itself how often");
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_no_fault_of_the_token() {
    let issuer = Issuer::new("https://auth.example.com/").unwrap();
    let server = HttpServer::start(|_| Reply::status(503)).await;
    let remote = RemoteJwks::builder(&server.origin()).dangerous_allow_http_loopback().build().unwrap();
    let keys = DynKeys::new(remote.clone());
    let shown = format!("{keys:?}");
    assert!(shown.contains("RemoteJwks"), "{shown}");
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!((server.requests().len(), remote.status().is_fetching), (0, false), "showing it has nothing fetched");

    let verifier = builder(&keys, &issuer).build().unwrap();
    let error = verifier.verify_async::<Value>(&issuer.sign(&issuer.token(AUDIENCE)).unwrap()).await.unwrap_err();
    assert_eq!(error.code(), "key_source_unavailable");
    assert!(error.to_string().contains("status 503"), "{error}");
    assert_eq!(keys.snapshot().unwrap_err().retry_after(), remote.snapshot().unwrap_err().retry_after());
    // Clones have the same keys.
    let jwks = issuer.jwk_set().to_json();
    server.answer(move |_| Reply::json(jwks.clone()));
    let clone = keys.clone();
    remote.force_reload().await.unwrap();
    assert!([keys, clone].iter().all(|keys| keys.snapshot().is_ok_and(|keys| keys.len() == 2)));
}

#[test]
fn fixed_keys_are_known_to_be_fixed_and_no_key_is_shown() {
    let issuer = Issuer::new("i").unwrap();
    let fixed = DynKeys::new(
        VerifyingKey::from_secret(
            HS512,
            &Secret::from_bytes(*b"canary-canary-canary-canary-canary-canary-canary-canary-canary-64").unwrap(),
        )
        .unwrap(),
    );
    assert!(fixed.is_fixed() && !DynKeys::new(KeyRing::new(key("a"))).is_fixed());
    assert_eq!(builder(&fixed, &issuer).algorithms([ES256]).build().unwrap_err(), PolicyError::NoKeyForAlgorithms);
    assert!(!format!("{fixed:?}").contains("canary"));
}

/// Keys at hand that can be looked for all the same, in a file that is read anew for instance.
struct Reread {
    first: VerifyingKeys,
    second: VerifyingKeys,
    looked: AtomicUsize,
}

impl KeySource for Reread {
    type Snapshot<'a> = &'a VerifyingKeys;

    fn snapshot(&self) -> Result<&VerifyingKeys, KeySourceError> {
        Ok(if self.looked.load(Ordering::SeqCst) == 0 { &self.first } else { &self.second })
    }

    async fn refresh(&self, miss: KeyMiss<'_>) -> Result<bool, KeySourceError> {
        assert_eq!(miss, KeyMiss::Key { key_id: Some("second") });
        self.looked.fetch_add(1, Ordering::SeqCst);
        Ok(true)
    }
}

impl LocalKeys for Reread {}

/// Whichever of the two hides its type, a source is asked for keys that it lacks.
#[tokio::test]
async fn sources_without_their_type_are_asked_for_missing_keys() {
    async fn verify<K: KeySource>(keys: K, issuer: &Issuer, token: &str) -> Result<Verified<Value>, VerifyError> {
        let verifier = Verifier::builder(keys).issuer(issuer.name()).audience(AUDIENCE).clock(issuer.clock());
        verifier.build().unwrap().verify_async(token).await
    }
    let (issuer, first, second) = (Issuer::new("i").unwrap(), key("first"), key("second"));
    let token = issuer.token(AUDIENCE).sign(&second).unwrap();
    let source = || {
        let keys = |key: &SigningKey| VerifyingKeys::from(key.verifying_key());
        Arc::new(Reread { first: keys(&first), second: keys(&second), looked: AtomicUsize::new(0) })
    };
    let (one, local, both) = (source(), source(), source());
    verify(DynKeys::new(Arc::clone(&one)), &issuer, &token).await.unwrap();
    verify(DynLocalKeys::new(Arc::clone(&local)), &issuer, &token).await.unwrap();
    verify(DynKeys::from(DynLocalKeys::new(Arc::clone(&both))), &issuer, &token).await.unwrap();
    assert!([one, local, both].iter().all(|source| source.looked.load(Ordering::SeqCst) == 1));
}
