mod awaiting;
mod builder;
mod config;
mod explanation;
mod remembering;
mod set;

pub use builder::{AudienceDecided, Decided, IssuerDecided, Undecided, VerifierBuilder};
pub use config::VerifierConfig;
pub use explanation::{Check, Explanation, Outcome};
pub use remembering::RememberingVerifier;
pub use set::VerifierSet;

use crate::buffer::TokenBuffer;
use crate::claims::{self, ClaimsError};
use crate::policy::{Policy, Subject};
use crate::registered::Registered;
use crate::rejection::{Rejected, Rejection};
use crate::verified::{Verified, VerifiedRef};
use crate::verify_error::VerifyError;
use carnet_core::Header;
use carnet_jwk::{IntoKeySource, KeySource, LocalKeys, VerifyingKeys};
use carnet_jws::JwsVerifier;
use core::fmt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A verifier without typed checks: every call names the claims type it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Untyped;

/// A verifier with typed checks: the claims type is `C` in every call, so that no check can be passed by.
pub struct Typed<C> {
    checks: Vec<Arc<TypedCheck<C>>>,
}

type TypedCheck<C> = dyn Fn(&C) -> Result<(), Rejection> + Send + Sync;

impl<C> Clone for Typed<C> {
    fn clone(&self) -> Self {
        Self { checks: self.checks.clone() }
    }
}

impl<C> fmt::Debug for Typed<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Typed({} checks)", self.checks.len())
    }
}

/// Verifies JSON Web Tokens against one policy. Made by [`Verifier::builder`], shared freely between threads. Without parameters the type is
/// a verifier over [`VerifyingKeys`], which is what a field of a program's state mostly is.
///
/// **Checked**, in this order: form and limits; `alg` allowed; `crit`; a key that fits; the signature; then `exp` and `nbf`; the JSON types of all
/// registered claims; `typ`, issuer, audience, subject, required claims and age as far as the policy names them; that the claims fit the caller's
/// type; the caller's own checks. Nothing about claims shows before the signature holds.
///
/// **Not checked**: whether the token was revoked, used before (`jti`), or is bound to a client.
///
/// ```
/// use carnet_jwa::Algorithm::HS256;
/// use carnet_jwk::{Secret, SigningKey, VerifyingKey};
/// use carnet_jwt::{Token, Verifier};
/// use std::time::Duration;
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Claims { scope: String }
///
/// let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
/// let token = Token::builder()
///     .issuer("https://auth.example.com/")
///     .audience("api://my-service")
///     .expires_in(Duration::from_secs(900))
///     .claims(&Claims { scope: "read".into() })
///     .sign(&SigningKey::from_secret(HS256, &secret)?)?;
///
/// let verifier = Verifier::builder(VerifyingKey::from_secret(HS256, &secret)?)
///     .issuer("https://auth.example.com/")
///     .audience("api://my-service")
///     .build()?;
/// let verified = verifier.verify::<Claims>(&token)?;
/// assert_eq!(verified.claims().scope, "read");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Verifier<K = VerifyingKeys, T = Untyped> {
    jws: JwsVerifier<K>,
    policy: Arc<Policy>,
    checks: T,
}

impl Verifier<(), Untyped> {
    /// Starts a policy over keys: a [`VerifyingKey`](carnet_jwk::VerifyingKey), [`VerifyingKeys`](carnet_jwk::VerifyingKeys), or another
    /// [`KeySource`](carnet_jwk::KeySource).
    ///
    /// `build` exists only once issuer and audience have been named or waived:
    ///
    /// ```compile_fail
    /// # let secret = carnet_jwk::Secret::from_bytes([7; 32]).unwrap();
    /// # let key = carnet_jwk::VerifyingKey::from_secret(carnet_jwa::Algorithm::HS256, &secret).unwrap();
    /// carnet_jwt::Verifier::builder(key).issuer("https://auth.example.com/").build(); // the audience has not been decided
    /// ```
    ///
    /// ```compile_fail
    /// # let secret = carnet_jwk::Secret::from_bytes([7; 32]).unwrap();
    /// # let key = carnet_jwk::VerifyingKey::from_secret(carnet_jwa::Algorithm::HS256, &secret).unwrap();
    /// carnet_jwt::Verifier::builder(key).audience("api://my-service").build(); // the issuer has not been decided
    /// ```
    pub fn builder<I: IntoKeySource>(keys: I) -> VerifierBuilder<I::Source, Undecided, Undecided, Untyped> {
        VerifierBuilder::new(keys)
    }
}

impl<K, T> Verifier<K, T> {
    /// The time of the verifier's clock, in seconds since 1970-01-01T00:00:00Z, for checks of times that it does not know.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.policy.times.clock.now()
    }

    /// The leeway for `iat` in seconds, for such checks.
    #[must_use]
    pub fn issued_at_leeway(&self) -> i64 {
        self.policy.times.leeway.issued_at
    }
}

/// The claims, if they fit and the policy has nothing against the token.
#[inline]
fn accept<'b, C: Deserialize<'b>>(
    subject: Subject<'b>,
    policy: &Policy,
    checks: impl FnOnce(&C, &mut Vec<Rejection>),
) -> Result<C, VerifyError> {
    let mut rejections = policy.check(policy.times.clock.now(), &subject);
    let text = subject.registered.text;
    match claims::read::<C>(text, subject.members) {
        Ok(claims) => {
            checks(&claims, &mut rejections);
            if rejections.is_empty() { Ok(claims) } else { Err(rejected(rejections, None, text)) }
        }
        Err(error) => Err(rejected(rejections, Some(error), text)),
    }
}

#[cold]
fn rejected(mut rejections: Vec<Rejection>, unfit: Option<ClaimsError>, text: &str) -> VerifyError {
    let unfit = unfit.map(Rejection::from);
    // A registered claim of the wrong type does not fit the caller's type either: said once.
    rejections.extend(unfit.filter(|unfit| !rejections.contains(unfit)));
    VerifyError::Rejected(Box::new(Rejected::new(rejections, text)))
}

impl<K: KeySource> Verifier<K, Untyped> {
    #[inline]
    fn verify_now<C: DeserializeOwned>(&self, token: &str) -> Result<Verified<C>, VerifyError> {
        let mut buffer = TokenBuffer::new();
        buffer.take_room_of_the_thread();
        let claims = buffer.fill(token, &self.jws).and_then(|subject| accept(subject, &self.policy, |_, _| ()));
        buffer.give_room_back();
        claims.map(|claims| Verified::new(buffer, claims))
    }

    fn verify_now_with<C: DeserializeOwned>(
        &self,
        token: &str,
        check: impl FnOnce(&C, Registered<'_>, Header<'_>) -> Vec<Rejection>,
    ) -> Result<Verified<C>, VerifyError> {
        let mut buffer = TokenBuffer::new();
        buffer.take_room_of_the_thread();
        let claims = buffer.fill(token, &self.jws).and_then(|subject| {
            let check = |claims: &C, rejections: &mut Vec<Rejection>| {
                rejections.extend(check(claims, subject.registered, subject.header));
            };
            accept(subject, &self.policy, check)
        });
        buffer.give_room_back();
        claims.map(|claims| Verified::new(buffer, claims))
    }
}

impl<K: LocalKeys> Verifier<K, Untyped> {
    /// Verifies a token and reads its claims into `C`: any `Deserialize`, such as a struct with the custom claims, or
    /// [`serde_json::Value`](https://docs.rs/serde_json). What is accepted does not depend on `C`, except that the claims must fit it.
    ///
    /// # Errors
    /// Before anything of the claims is looked at: [`VerifyError::Parse`], [`AlgorithmNotAllowed`](VerifyError::AlgorithmNotAllowed),
    /// [`UnsupportedCritical`](VerifyError::UnsupportedCritical), [`KeySource`](VerifyError::KeySource), [`UnknownKey`](VerifyError::UnknownKey),
    /// [`InvalidSignature`](VerifyError::InvalidSignature). Of a genuine token: [`NotClaims`](VerifyError::NotClaims), and
    /// [`Rejected`](VerifyError::Rejected) with every check it failed.
    pub fn verify<C: DeserializeOwned>(&self, token: &str) -> Result<Verified<C>, VerifyError> {
        self.verify_now(token)
    }

    /// As [`verify`](Self::verify), with a check for this one token: that it answers this request, say. It is made once the claims fit their type, and what it has
    /// against the token is told with what the policy has.
    ///
    /// ```
    /// # use carnet_jwa::Algorithm::HS256;
    /// # use carnet_jwk::{Secret, SigningKey, VerifyingKey};
    /// use carnet_jwt::{Rejection, Token, Verifier};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Claims { order: u32 }
    ///
    /// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
    /// # let token = Token::builder().never_expires().claims(&serde_json::json!({"order": 7}))
    /// #     .sign(&SigningKey::from_secret(HS256, &secret)?)?;
    /// # let verifier = Verifier::builder(VerifyingKey::from_secret(HS256, &secret)?)
    /// #     .any_issuer().any_audience().expiry_optional().build()?;
    /// let for_order = |number: u32| {
    ///     verifier.verify_with(&token, |claims: &Claims, _, _| match claims.order == number {
    ///         true => Vec::new(),
    ///         false => vec![Rejection::claim("order")],
    ///     })
    /// };
    /// assert!(for_order(7).is_ok());
    /// assert_eq!(for_order(8).unwrap_err().code(), "check_failed");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`verify`](Self::verify), the check's own rejections among those of [`VerifyError::Rejected`].
    pub fn verify_with<C: DeserializeOwned>(
        &self,
        token: &str,
        check: impl FnOnce(&C, Registered<'_>, Header<'_>) -> Vec<Rejection>,
    ) -> Result<Verified<C>, VerifyError> {
        self.verify_now_with(token, check)
    }

    /// As [`verify`](Self::verify), with claims that may borrow from `buffer`, and without allocations once the buffer has grown.
    ///
    /// A verifier with a [`check`](VerifierBuilder::check) of its own has no such call: its claims type is owned.
    ///
    /// A field `&str` takes strings without escapes only; where an issuer may escape (PHP writes `https:\/\/`), use
    /// `#[serde(borrow)] Cow<'a, str>`.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    ///
    /// ```
    /// # use carnet_jwa::Algorithm::HS256;
    /// # use carnet_jwk::{Secret, SigningKey, VerifyingKey};
    /// use carnet_jwt::{Token, TokenBuffer, Verifier};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Claims<'a> { scope: &'a str }
    ///
    /// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
    /// # let token = Token::builder().never_expires().claims(&serde_json::json!({"scope": "read"}))
    /// #     .sign(&SigningKey::from_secret(HS256, &secret)?)?;
    /// # let verifier = Verifier::builder(VerifyingKey::from_secret(HS256, &secret)?)
    /// #     .any_issuer().any_audience().expiry_optional().build()?;
    /// let mut buffer = TokenBuffer::new(); // one a thread or a connection, used for every token
    /// let verified = verifier.verify_in::<Claims>(&mut buffer, &token)?;
    /// assert_eq!(verified.claims().scope, "read");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify_in<'b, C: Deserialize<'b>>(
        &self,
        buffer: &'b mut TokenBuffer,
        token: &str,
    ) -> Result<VerifiedRef<'b, C>, VerifyError> {
        let subject = buffer.fill(token, &self.jws)?;
        let Subject { header, registered, .. } = subject;
        let claims = accept(subject, &self.policy, |_, _| ())?;
        Ok(VerifiedRef::new(header, registered, claims))
    }
}

impl<K: KeySource, C: DeserializeOwned> Verifier<K, Typed<C>> {
    fn verify_now(&self, token: &str) -> Result<Verified<C>, VerifyError> {
        let mut buffer = TokenBuffer::new();
        buffer.take_room_of_the_thread();
        let claims = buffer.fill(token, &self.jws).and_then(|subject| {
            accept(subject, &self.policy, |claims, rejections| {
                rejections.extend(self.checks.checks.iter().filter_map(|check| check(claims).err()));
            })
        });
        buffer.give_room_back();
        claims.map(|claims| Verified::new(buffer, claims))
    }
}

impl<K: LocalKeys, C: DeserializeOwned> Verifier<K, Typed<C>> {
    /// Verifies a token, reads its claims and runs every check on them.
    ///
    /// # Errors
    /// As a [`Verifier`] without checks, the checks' own [`Rejection`]s among those of [`VerifyError::Rejected`].
    pub fn verify(&self, token: &str) -> Result<Verified<C>, VerifyError> {
        self.verify_now(token)
    }
}

impl<K, T> fmt::Debug for Verifier<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("jws", &self.jws).field("policy", &self.policy).finish_non_exhaustive()
    }
}
