use super::{Explanation, Typed, Untyped, Verifier};
use crate::buffer::TokenBuffer;
use crate::glance::Glance;
use crate::policy_error::PolicyError;
use crate::verified::{Verified, VerifiedRef};
use crate::verify_error::VerifyError;
use carnet_core::{Limits, Quoted};
use carnet_jwk::{KeySource, LocalKeys, VerifyingKeys};
use core::fmt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// Several issuers, each with its own keys, audience and policy: tokens are given to the [`Verifier`] of the issuer they name.
///
/// A token of one issuer is never verified with the keys of another: `iss` chooses the verifier before anything is verified, and that verifier then requires
/// it to be one of its own. What was read of the token to choose reaches nobody.
///
/// ```
/// use carnet_jwa::Algorithm::HS256;
/// use carnet_jwk::{Secret, SigningKey, VerifyingKey};
/// use carnet_jwt::{Token, Verifier, VerifierSet};
/// # let key = |octet| Secret::from_bytes([octet; 32]);
/// let verifier = |issuer: &str, secret: &Secret| -> Result<_, Box<dyn std::error::Error>> {
///     Ok(Verifier::builder(VerifyingKey::from_secret(HS256, secret)?).issuer(issuer).audience("api").build()?)
/// };
/// let (one, other) = (key(1)?, key(2)?);
/// let issuers = VerifierSet::new([verifier("https://one.example/", &one)?, verifier("https://other.example/", &other)?])?;
///
/// let token = |issuer: &str, secret: &Secret| -> Result<String, Box<dyn std::error::Error>> {
///     let token = Token::builder().issuer(issuer).audience("api").expires_in(core::time::Duration::from_secs(60));
///     Ok(token.sign(&SigningKey::from_secret(HS256, secret)?)?)
/// };
/// assert!(issuers.verify::<serde_json::Value>(&token("https://other.example/", &other)?).is_ok());
/// // The other's key does not speak for the one.
/// let forged = issuers.verify::<serde_json::Value>(&token("https://one.example/", &other)?);
/// assert_eq!(forged.unwrap_err().code(), "invalid_signature");
/// let stranger = issuers.verify::<serde_json::Value>(&token("https://third.example/", &one)?);
/// assert_eq!(stranger.unwrap_err().code(), "unknown_issuer");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// All verifiers are of one type. Where the keys of one come from a [`KeyRing`](carnet_jwk::KeyRing) and those of another from a file, say, give each a
/// [`DynLocalKeys`](carnet_jwk::DynLocalKeys); where some are fetched from the issuer, a [`DynKeys`](carnet_jwk::DynKeys).
#[derive(Clone)]
pub struct VerifierSet<K = VerifyingKeys, T = Untyped> {
    verifiers: Vec<Verifier<K, T>>,
    by_issuer: HashMap<Box<str>, usize>,
    /// The loosest of all: each verifier applies its own.
    limits: Limits,
}

impl<K: KeySource, T> VerifierSet<K, T> {
    /// Joins verifiers that each name their issuer or issuers.
    ///
    /// # Errors
    /// [`PolicyError::NoIssuers`] without verifiers, [`PolicyError::IssuerNotNamed`] for one that takes any issuer, and [`PolicyError::IssuerTwice`] where two name the
    /// same one.
    pub fn new(verifiers: impl IntoIterator<Item = Verifier<K, T>>) -> Result<Self, PolicyError> {
        let verifiers: Vec<_> = verifiers.into_iter().collect();
        let mut by_issuer = HashMap::new();
        let mut limits = Limits::default();
        for (place, verifier) in verifiers.iter().enumerate() {
            if verifier.policy.issuers.is_empty() {
                return Err(PolicyError::IssuerNotNamed);
            }
            for issuer in &verifier.policy.issuers {
                if by_issuer.insert(issuer.as_str().into(), place).is_some_and(|other| other != place) {
                    return Err(PolicyError::IssuerTwice { issuer: Quoted::new(issuer) });
                }
            }
            let own = verifier.jws.current_limits();
            limits.token_octets = limits.token_octets.max(own.token_octets);
            limits.header_octets = limits.header_octets.max(own.header_octets);
            limits.json_depth = limits.json_depth.max(own.json_depth);
            limits.key_id_octets = limits.key_id_octets.max(own.key_id_octets);
        }
        if verifiers.is_empty() {
            return Err(PolicyError::NoIssuers);
        }
        Ok(Self { verifiers, by_issuer, limits })
    }

    /// The verifiers.
    pub fn verifiers(&self) -> impl Iterator<Item = &Verifier<K, T>> {
        self.verifiers.iter()
    }

    /// The verifier for what an unverified token says of its issuer.
    fn choose(&self, token: &str) -> Result<&Verifier<K, T>, VerifyError> {
        let glance = Glance::at(token, &self.limits).map_err(VerifyError::Parse)?;
        let place = glance.claims().issuer().and_then(|issuer| self.by_issuer.get(issuer));
        place.and_then(|place| self.verifiers.get(*place)).ok_or(VerifyError::UnknownIssuer)
    }
}

impl<K: LocalKeys> VerifierSet<K, Untyped> {
    /// Verifies a token with the verifier of its issuer; see [`Verifier::verify`].
    ///
    /// # Errors
    /// [`VerifyError::Parse`] and [`VerifyError::UnknownIssuer`], and as [`Verifier::verify`].
    pub fn verify<C: DeserializeOwned>(&self, token: &str) -> Result<Verified<C>, VerifyError> {
        self.choose(token)?.verify(token)
    }

    /// As [`verify`](Self::verify), with claims that may borrow from `buffer`; see [`Verifier::verify_in`]. Choosing the verifier allocates.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_in<'b, C: Deserialize<'b>>(
        &self,
        buffer: &'b mut TokenBuffer,
        token: &str,
    ) -> Result<VerifiedRef<'b, C>, VerifyError> {
        self.choose(token)?.verify_in(buffer, token)
    }
}

impl<K: LocalKeys, C: DeserializeOwned> VerifierSet<K, Typed<C>> {
    /// Verifies a token with the verifier of its issuer, whose checks all run.
    ///
    /// # Errors
    /// [`VerifyError::Parse`] and [`VerifyError::UnknownIssuer`], and as [`Verifier::verify`].
    pub fn verify(&self, token: &str) -> Result<Verified<C>, VerifyError> {
        self.choose(token)?.verify(token)
    }
}

impl<K: LocalKeys> VerifierSet<K, Untyped> {
    /// What becomes of a token, check by check; see [`Verifier::explain`]. Of a token of no issuer that is known, that alone is said.
    #[must_use]
    pub fn explain(&self, token: &str) -> Explanation {
        self.choose(token).map_or_else(|error| Explanation::of_no_verifier(&error), |verifier| verifier.explain(token))
    }
}

impl<K: LocalKeys, C: DeserializeOwned> VerifierSet<K, Typed<C>> {
    /// What becomes of a token, check by check; see [`Verifier::explain`]. Of a token of no issuer that is known, that alone is said.
    #[must_use]
    pub fn explain(&self, token: &str) -> Explanation {
        self.choose(token).map_or_else(|error| Explanation::of_no_verifier(&error), |verifier| verifier.explain(token))
    }
}

impl<K: KeySource> VerifierSet<K, Untyped> {
    /// As [`verify`](Self::verify), for keys of any source; see [`Verifier::verify_async`]. Only the token's own issuer is asked for keys.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub async fn verify_async<C: DeserializeOwned>(&self, token: &str) -> Result<Verified<C>, VerifyError> {
        self.choose(token)?.verify_async(token).await
    }
}

impl<K: KeySource, C: DeserializeOwned> VerifierSet<K, Typed<C>> {
    /// As [`verify`](Self::verify), for keys of any source; see [`Verifier::verify_async`]. Only the token's own issuer is asked for keys.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub async fn verify_async(&self, token: &str) -> Result<Verified<C>, VerifyError> {
        self.choose(token)?.verify_async(token).await
    }
}

impl<K, T> fmt::Debug for VerifierSet<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.verifiers).finish()
    }
}
