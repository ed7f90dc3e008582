use super::{Typed, Untyped, Verifier};
use crate::clock::Clock;
use crate::policy::Policy;
use crate::policy_error::PolicyError;
use crate::rejection::Rejection;
use carnet_core::header::is_registered;
use carnet_core::limits::MAX_LEEWAY;
use carnet_core::{Limits, Quoted};
use carnet_jwa::Algorithm;
use carnet_jwk::{IntoKeySource, KeySource};
use carnet_jws::JwsVerifier;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A decision of the policy that has not been made yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Undecided;

/// A decision of the policy that has been made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decided;

/// What [`VerifierBuilder::build`] needs to know of the issuer.
#[diagnostic::on_unimplemented(
    message = "the issuer has not been decided",
    label = "call `.issuer(\"…\")` or `.any_issuer()` before `.build()`"
)]
pub trait IssuerDecided: sealed::Sealed {}

/// What [`VerifierBuilder::build`] needs to know of the audience.
#[diagnostic::on_unimplemented(
    message = "the audience has not been decided",
    label = "call `.audience(\"…\")` or `.any_audience()` before `.build()`"
)]
pub trait AudienceDecided: sealed::Sealed {}

impl IssuerDecided for Decided {}
impl AudienceDecided for Decided {}

mod sealed {
    #[expect(unnameable_types, reason = "nobody else decides")]
    pub trait Sealed {}
    impl Sealed for super::Decided {}
}

/// Builds a [`Verifier`]. Issuer and audience must each be named or waived by name; everything else has a default.
#[must_use]
pub struct VerifierBuilder<K, I, A, T> {
    jws: JwsVerifier<K>,
    policy: Policy,
    leeway: Duration,
    checks: T,
    decisions: PhantomData<fn() -> (I, A)>,
}

impl<K: KeySource> VerifierBuilder<K, Undecided, Undecided, Untyped> {
    pub(super) fn new(keys: impl IntoKeySource<Source = K>) -> Self {
        Self {
            jws: JwsVerifier::new(keys),
            policy: Policy::default(),
            leeway: Duration::ZERO,
            checks: Untyped,
            decisions: PhantomData,
        }
    }
}

impl<K, I, A, T> VerifierBuilder<K, I, A, T> {
    fn decide<J, B>(self) -> VerifierBuilder<K, J, B, T> {
        let Self { jws, policy, leeway, checks, decisions: PhantomData } = self;
        VerifierBuilder { jws, policy, leeway, checks, decisions: PhantomData }
    }
}

impl<K, A, T> VerifierBuilder<K, Undecided, A, T> {
    /// Requires `iss` to be exactly this string. There are no patterns, and a trailing slash matters.
    pub fn issuer(mut self, issuer: impl Into<String>) -> VerifierBuilder<K, Decided, A, T> {
        self.policy.issuer = Some(issuer.into());
        self.decide()
    }

    /// Waives the check of `iss`: any issuer whose tokens these keys verify, or none.
    pub fn any_issuer(self) -> VerifierBuilder<K, Decided, A, T> {
        self.decide()
    }
}

impl<K, I, T> VerifierBuilder<K, I, Undecided, T> {
    /// Requires `aud` to be or to contain exactly this string.
    pub fn audience(mut self, audience: impl Into<String>) -> VerifierBuilder<K, I, Decided, T> {
        self.policy.audience = Some(audience.into());
        self.decide()
    }

    /// Waives the check of `aud`: a token that was issued for another service is accepted too.
    pub fn any_audience(self) -> VerifierBuilder<K, I, Decided, T> {
        self.decide()
    }
}

impl<K: KeySource, I, A, T> VerifierBuilder<K, I, A, T> {
    /// Allows only these algorithms. Without this call: those the keys are bound to. Keys are never rebound.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.jws = self.jws.algorithms(algorithms);
        self
    }

    /// Replaces the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.jws = self.jws.limits(limits);
        self
    }

    /// Declares extensions that the caller understands, so that tokens may list them in `crit`
    /// ([RFC 7515 §4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11)). **The caller takes it on to process them**: read their parameters from
    /// [`Verified::header`](crate::Verified::header) of every token.
    ///
    /// `b64` cannot be declared, since a JSON Web Token must not use it
    /// ([RFC 7797 §7](https://www.rfc-editor.org/rfc/rfc7797#section-7)), nor can a parameter that JOSE itself defines: [`build`](Self::build) refuses
    /// both.
    pub fn understands<S: Into<String>>(mut self, extensions: impl IntoIterator<Item = S>) -> Self {
        self.jws = self.jws.understands(extensions);
        self
    }
}

impl<K, I, A, T> VerifierBuilder<K, I, A, T> {
    /// Requires the header's `typ`, compared as media types are (RFC 7515 §4.1.9). A token without `typ` is then rejected.
    pub fn typ(mut self, typ: impl Into<String>) -> Self {
        self.policy.typ = Some(typ.into());
        self
    }

    /// Requires `sub` to be exactly this string.
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.policy.subject = Some(subject.into());
        self
    }

    /// Requires these claims to be there and not `null`.
    pub fn required_claims<S: Into<String>>(mut self, claims: impl IntoIterator<Item = S>) -> Self {
        self.policy.required.extend(claims.into_iter().map(Into::into));
        self
    }

    /// How far clocks may differ: added to `exp`, taken from `nbf` and `iat`. Whole seconds, default 0, at most one hour.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Requires `iat`, not in the future and at most this long ago. Whole seconds.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.policy.max_age = Some(i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX));
        self
    }

    /// Accepts tokens without `exp`, which never expire. An `exp` that is there is checked all the same.
    pub fn expiry_optional(mut self) -> Self {
        self.policy.expiry_optional = true;
        self
    }

    /// Takes the time from here instead of the system, in seconds since 1970-01-01T00:00:00Z.
    pub fn clock(mut self, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.policy.clock = Clock::Custom(Arc::new(clock));
        self
    }

    /// Verifies as if it were always this time, in seconds since 1970-01-01T00:00:00Z: for tests and for tokens of the past.
    pub fn at(mut self, now: i64) -> Self {
        self.policy.clock = Clock::Fixed(now);
        self
    }
}

impl<K, I, A> VerifierBuilder<K, I, A, Untyped> {
    /// Adds a check on the claims, which fixes their type: [`Verifier::verify`] then takes none.
    ///
    /// It runs on every genuine token whose claims fit, also on one that other checks have rejected, so that all that is wrong is reported
    /// together. A verifier with checks has [`verify`](Verifier::verify) and no `verify_in`. It must have no effects: what is done once a token (noting its `jti`, say) belongs behind `verify`.
    ///
    /// ```
    /// # use carnet_jwk::{Secret, VerifyingKey};
    /// # use carnet_jwt::{Rejection, Verifier};
    /// # #[derive(serde::Deserialize)] struct Claims { tenant: String }
    /// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
    /// # let key = VerifyingKey::from_secret(carnet_jwa::Algorithm::HS256, &secret)?;
    /// let verifier = Verifier::builder(key)
    ///     .any_issuer()
    ///     .any_audience()
    ///     .check(|claims: &Claims| if claims.tenant == "acme" { Ok(()) } else { Err(Rejection::claim("tenant")) })
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check<C: DeserializeOwned>(
        self,
        check: impl Fn(&C) -> Result<(), Rejection> + Send + Sync + 'static,
    ) -> VerifierBuilder<K, I, A, Typed<C>> {
        let Self { jws, policy, leeway, checks: Untyped, decisions } = self;
        VerifierBuilder { jws, policy, leeway, checks: Typed { checks: vec![Arc::new(check)] }, decisions }
    }
}

impl<K, I, A, C> VerifierBuilder<K, I, A, Typed<C>> {
    /// Adds another check on the claims. All checks run, and all that fail are reported.
    pub fn check(mut self, check: impl Fn(&C) -> Result<(), Rejection> + Send + Sync + 'static) -> Self {
        self.checks.checks.push(Arc::new(check));
        self
    }
}

impl<K: KeySource, I, A, T> VerifierBuilder<K, I, A, T> {
    /// Ends the policy.
    ///
    /// # Errors
    /// [`PolicyError`] for an empty name, a leeway above one hour, an extension that is none, no keys, no algorithm, or keys that no allowed algorithm
    /// fits.
    pub fn build(self) -> Result<Verifier<K, T>, PolicyError>
    where
        I: IssuerDecided,
        A: AudienceDecided,
    {
        let Self { jws, mut policy, leeway, checks, decisions: PhantomData } = self;
        let named = [
            ("issuer", policy.issuer.as_deref()),
            ("audience", policy.audience.as_deref()),
            ("subject", policy.subject.as_deref()),
            ("typ", policy.typ.as_deref()),
        ];
        let required = policy.required.iter().map(|claim| ("required claim", Some(claim.as_str())));
        if let Some((what, _)) = named.into_iter().chain(required).find(|(_, name)| *name == Some("")) {
            return Err(PolicyError::Empty { what });
        }
        if leeway > MAX_LEEWAY {
            return Err(PolicyError::LeewayTooLarge);
        }
        policy.leeway = i64::try_from(leeway.as_secs()).map_err(|_| PolicyError::LeewayTooLarge)?;
        policy.settle_required();
        let no_extension = |name: &&String| name.is_empty() || *name == "b64" || is_registered(name);
        if let Some(name) = jws.understood_extensions().iter().find(no_extension) {
            return Err(PolicyError::NoExtension { name: Quoted::new(name) });
        }
        if jws.allowed_algorithms().is_empty() {
            return Err(PolicyError::NoAlgorithms);
        }
        if jws.keys().is_fixed()
            && let Ok(keys) = jws.keys().snapshot()
        {
            if keys.is_empty() {
                return Err(PolicyError::NoKeys);
            }
            if !jws.allowed_algorithms().iter().any(|&algorithm| keys.has_algorithm(algorithm)) {
                return Err(PolicyError::NoKeyForAlgorithms);
            }
        }
        Ok(Verifier { jws, policy, checks })
    }
}

impl<K, I, A, T> fmt::Debug for VerifierBuilder<K, I, A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifierBuilder").field("jws", &self.jws).field("policy", &self.policy).finish_non_exhaustive()
    }
}
