//! An issuer for the tests of services, so that they need no provider, no network and no waiting.
//!
//! **Its keys are published with this crate, and everybody knows them.** Never let a service believe them outside its tests: put the feature `testing` under
//! `[dev-dependencies]` alone.

use crate::policy::{Decided, Untyped};
use carnet_jwk::{JwkSet, KeyError, PrivateJwk, SigningKey, VerifyingKeys};
use carnet_jwt::{Token, TokenBuilder, TokenError, Verifier, VerifierBuilder};
use carnet_oauth::{AccessTokenBuilder, AccessTokenVerifier};
use core::sync::atomic::{AtomicI64, Ordering::Relaxed};
use core::time::Duration;
use std::sync::Arc;

/// Known to everybody.
const KEYS: [&str; 2] = [
    r#"{"crv":"P-256","kty":"EC","x":"58Vu5ntGen6rgjfZN1XWh31WuGxlNiJ3ZkS5vXMbbc0","y":"T9ZKtYLsxVa7Y0XK3e6P82D1NixxNKC6-kCLz6nX3rg","kid":"carnet-testing-1","alg":"ES256","d":"Sd0aAT7RBCqx8EEo7MDRY-Q5uULjlBz_oNMacM48hZY"}"#,
    r#"{"crv":"Ed25519","kty":"OKP","x":"fEmpxz5rEKohhVBrlQzpvc8cR4Ifz4WkRWO2Bff3DbE","kid":"carnet-testing-2","alg":"EdDSA","d":"TCKaZ7-KHYc2Xm31ekwRKM7J3nLtao9eZ3oalxK_yps"}"#,
];

/// When the clock begins: 2026-01-01T00:00:00Z.
const BEGINNING: i64 = 1_767_225_600;

/// An issuer with fixed keys and a clock that stands still until it is set.
///
/// ```
/// use carnet::testing::Issuer;
/// use std::time::Duration;
///
/// let issuer = Issuer::new("https://auth.example.com/")?;
/// // What the service does: here with the issuer's keys and clock.
/// let verifier = issuer.verifier("api://my-service").build()?;
///
/// let token = issuer.sign(&issuer.token("api://my-service").subject("user-1").claims(&serde_json::json!({"scope": "read"})))?;
/// assert!(verifier.verify::<serde_json::Value>(&token).is_ok());
///
/// issuer.advance(Duration::from_secs(3600));
/// assert_eq!(verifier.verify::<serde_json::Value>(&token).unwrap_err().code(), "token_expired");
///
/// // A token that somebody else signed.
/// let forged = issuer.token("api://my-service").sign(&issuer.strange_key()?)?;
/// assert_eq!(verifier.verify::<serde_json::Value>(&forged).unwrap_err().code(), "invalid_signature");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Issuer {
    name: String,
    keys: Arc<[SigningKey; 2]>,
    now: Arc<AtomicI64>,
}

impl Issuer {
    /// An issuer of this name (`iss`), with a key for ES256 and one for EdDSA, whose clock stands at 2026-01-01T00:00:00Z.
    ///
    /// **All issuers made like this have the same keys**, whatever their names: a service that mixes up the keys of two of them would not be found out. The second one
    /// is made with [`beside`](Self::beside).
    ///
    /// # Errors
    /// [`KeyError::Algorithm`] in a build without a backend.
    pub fn new(name: impl Into<String>) -> Result<Self, KeyError> {
        let [one, other] = KEYS.map(|key| SigningKey::from_jwk(&PrivateJwk::from_json(key)?));
        Ok(Self { name: name.into(), keys: Arc::new([one?, other?]), now: Arc::new(AtomicI64::new(BEGINNING)) })
    }

    /// Another issuer, with keys of its own that are made anew, under the same `kid`s, and the clock of this one: for services that believe several.
    ///
    /// ```
    /// use carnet::VerifierSet;
    /// use carnet::testing::Issuer;
    /// let one = Issuer::new("https://one.example/")?;
    /// let two = one.beside("https://two.example/")?;
    /// let verifiers = VerifierSet::new([one.verifier("api").build()?, two.verifier("api").build()?])?;
    ///
    /// let genuine = two.sign(&two.token("api").subject("user-1"))?;
    /// assert!(verifiers.verify::<serde_json::Value>(&genuine).is_ok());
    /// // The second issuer does not speak for the first.
    /// let forged = two.sign(&two.token("api").issuer(one.name()))?;
    /// assert_eq!(verifiers.verify::<serde_json::Value>(&forged).unwrap_err().code(), "invalid_signature");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`SigningKey::generate`].
    pub fn beside(&self, name: impl Into<String>) -> Result<Self, KeyError> {
        let [one, other] = &*self.keys;
        let keys = Arc::new([another(one)?, another(other)?]);
        Ok(Self { name: name.into(), keys, now: Arc::clone(&self.now) })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The time of its clock, in seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now.load(Relaxed)
    }

    /// Sets the clock, for every clone and for the verifiers and tokens that were made before.
    pub fn set_now(&self, now: i64) {
        self.now.store(now, Relaxed);
    }

    /// Sets the clock forward, by whole seconds.
    pub fn advance(&self, by: Duration) {
        self.now.fetch_add(i64::try_from(by.as_secs()).unwrap_or_default(), Relaxed);
    }

    /// The clock, for [`VerifierBuilder::clock`] and [`TokenBuilder::clock`].
    pub fn clock(&self) -> impl Fn() -> i64 + Send + Sync + 'static {
        let now = Arc::clone(&self.now);
        move || now.load(Relaxed)
    }

    /// Its public keys, as it would publish them: for the service's own `JwkSet`, or [`to_json`](JwkSet::to_json) for an address that the test serves.
    #[must_use]
    pub fn jwk_set(&self) -> JwkSet {
        self.keys.iter().filter_map(SigningKey::public_jwk).collect()
    }

    /// Its public keys, for a verifier.
    #[must_use]
    pub fn verifying_keys(&self) -> VerifyingKeys {
        self.keys.iter().map(SigningKey::verifying_key).collect()
    }

    /// A verifier as a service would build it, by this issuer's name, keys and clock. More can be asked for.
    pub fn verifier(&self, audience: &str) -> VerifierBuilder<VerifyingKeys, Decided, Decided, Untyped> {
        Verifier::builder(self.verifying_keys()).issuer(&self.name).audience(audience).clock(self.clock())
    }

    /// A verifier of access tokens (RFC 9068) as an API would build it, by this issuer's name, keys and clock; for `carnet::tower::ProtectLayer`, say. A `policy` of your own is added to it.
    ///
    /// ```
    /// use carnet::testing::Issuer;
    /// let issuer = Issuer::new("https://auth.example.com/")?;
    /// let verifier = issuer.access_token_verifier("https://api.example.com/").build()?;
    /// let token = issuer.access_token("https://api.example.com/").subject("user-1");
    /// let token = issuer.sign(&token.claims(&serde_json::json!({"client_id": "web", "scope": "orders:read"})))?;
    /// assert!(verifier.verify(&token)?.has_scope("orders:read"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn access_token_verifier(&self, audience: &str) -> AccessTokenBuilder<VerifyingKeys> {
        let builder = AccessTokenVerifier::builder(self.verifying_keys(), self.name.clone(), audience);
        builder.policy(|policy| policy.clock(self.clock()))
    }

    /// An access token that would be accepted once it has a subject and, among its claims, a `client_id`: by this issuer, issued now, good for an hour, of the type `at+jwt`, with a `jti`.
    pub fn access_token(&self, audience: &str) -> TokenBuilder<'static> {
        self.token(audience).typ("at+jwt").random_id()
    }

    /// A token that would be accepted: by this issuer, issued now, good for an hour. What is set again replaces it.
    pub fn token(&self, audience: &str) -> TokenBuilder<'static> {
        let token = Token::builder().issuer(self.name.clone()).audience(audience.to_owned());
        token.expires_in(Duration::from_secs(3600)).clock(self.clock())
    }

    /// Signs with its first key, by ES256.
    ///
    /// # Errors
    /// As [`TokenBuilder::sign`].
    pub fn sign(&self, token: &TokenBuilder<'_>) -> Result<String, TokenError> {
        let [first, _] = &*self.keys;
        token.sign(first)
    }

    /// Its keys: for ES256 and for EdDSA.
    #[must_use]
    pub fn signing_keys(&self) -> &[SigningKey] {
        &*self.keys
    }

    /// Another key under the name of the first: what is signed with it is a forgery.
    ///
    /// # Errors
    /// As [`SigningKey::generate`].
    pub fn strange_key(&self) -> Result<SigningKey, KeyError> {
        let [first, _] = &*self.keys;
        another(first)
    }
}

/// A key made anew, under the name of another.
fn another(key: &SigningKey) -> Result<SigningKey, KeyError> {
    SigningKey::generate(key.algorithm())?.with_key_id(key.key_id().unwrap_or_default())
}
