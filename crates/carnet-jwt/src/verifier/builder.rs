use super::{Typed, Untyped, Verifier};
use crate::clock::Clock;
use crate::policy::{ClaimRule, Leeway, Policy};
use crate::policy_error::PolicyError;
use crate::rejection::Rejection;
use carnet_core::header::is_registered;
use carnet_core::limits::MAX_LEEWAY;
use carnet_core::{Limits, Quoted};
use carnet_jwa::Algorithm;
use carnet_jwk::{IntoKeySource, KeySource};
use carnet_jws::{JwsVerifier, SignatureCache};
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;
use serde::de::DeserializeOwned;
use serde_json::Value;
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

/// Those asked for.
#[derive(Debug, Clone, Copy, Default)]
struct Leeways {
    expires_at: Duration,
    not_before: Duration,
    issued_at: Duration,
}

impl Leeways {
    fn settled(self) -> Result<Leeway, PolicyError> {
        let seconds = |leeway: Duration| match leeway <= MAX_LEEWAY {
            true => i64::try_from(leeway.as_secs()).map_err(|_| PolicyError::LeewayTooLarge),
            false => Err(PolicyError::LeewayTooLarge),
        };
        let Self { expires_at, not_before, issued_at } = self;
        Ok(Leeway {
            expires_at: seconds(expires_at)?,
            not_before: seconds(not_before)?,
            issued_at: seconds(issued_at)?,
        })
    }
}

/// Builds a [`Verifier`]. Issuer and audience must each be named or waived by name; everything else has a default.
#[must_use]
pub struct VerifierBuilder<K, I, A, T> {
    jws: JwsVerifier<K>,
    policy: Policy,
    leeways: Leeways,
    /// The first thing that was asked for and cannot be, told by `build`.
    mistake: Option<PolicyError>,
    checks: T,
    decisions: PhantomData<fn() -> (I, A)>,
}

impl<K: KeySource> VerifierBuilder<K, Undecided, Undecided, Untyped> {
    pub(super) fn new(keys: impl IntoKeySource<Source = K>) -> Self {
        Self {
            jws: JwsVerifier::new(keys),
            policy: Policy::default(),
            leeways: Leeways::default(),
            mistake: None,
            checks: Untyped,
            decisions: PhantomData,
        }
    }
}

impl<K, I, A, T> VerifierBuilder<K, I, A, T> {
    fn decide<J, B>(self) -> VerifierBuilder<K, J, B, T> {
        let Self { jws, policy, leeways, mistake, checks, decisions: PhantomData } = self;
        VerifierBuilder { jws, policy, leeways, mistake, checks, decisions: PhantomData }
    }
}

impl<K, I, A, T> VerifierBuilder<K, I, A, T> {
    /// A list of which none would mean any.
    fn listed<S: Into<String>>(&mut self, what: &'static str, names: impl IntoIterator<Item = S>) -> Vec<String> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.is_empty() {
            self.fail(PolicyError::Empty { what });
        }
        names
    }

    fn fail(&mut self, mistake: PolicyError) {
        self.mistake.get_or_insert(mistake);
    }
}

impl<K, A, T> VerifierBuilder<K, Undecided, A, T> {
    /// Requires `iss` to be exactly this string. There are no patterns, and a trailing slash matters.
    pub fn issuer(self, issuer: impl Into<String>) -> VerifierBuilder<K, Decided, A, T> {
        self.issuers([issuer])
    }

    /// Requires `iss` to be exactly one of these strings.
    ///
    /// **All of them are believed with the same keys**: whoever has a key can speak as any of these issuers. It is for the several names of one issuer. For
    /// several issuers, each with keys of its own, see [`VerifierSet`](crate::VerifierSet).
    pub fn issuers<S: Into<String>>(
        mut self,
        issuers: impl IntoIterator<Item = S>,
    ) -> VerifierBuilder<K, Decided, A, T> {
        self.policy.issuers = self.listed("issuer", issuers);
        self.decide()
    }

    /// Waives the check of `iss`: any issuer whose tokens these keys verify, or none.
    pub fn any_issuer(self) -> VerifierBuilder<K, Decided, A, T> {
        self.decide()
    }
}

impl<K, I, T> VerifierBuilder<K, I, Undecided, T> {
    /// Requires `aud` to be or to contain exactly this string.
    pub fn audience(self, audience: impl Into<String>) -> VerifierBuilder<K, I, Decided, T> {
        self.audiences([audience])
    }

    /// Requires `aud` to be or to contain exactly one of these strings: the several names of one service.
    pub fn audiences<S: Into<String>>(
        mut self,
        audiences: impl IntoIterator<Item = S>,
    ) -> VerifierBuilder<K, I, Decided, T> {
        self.policy.audiences = self.listed("audience", audiences);
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

    /// Remembers in this cache which tokens have a valid signature, and looks there first; see [`SignatureCache`]. Everything else is checked for every token. Without
    /// this call nothing is remembered.
    pub fn signature_cache(mut self, cache: SignatureCache) -> Self {
        self.jws = self.jws.signature_cache(cache);
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
    pub fn typ(self, typ: impl Into<String>) -> Self {
        self.types([typ])
    }

    /// Requires the header's `typ` to be one of these.
    pub fn types<S: Into<String>>(mut self, types: impl IntoIterator<Item = S>) -> Self {
        self.policy.types = self.listed("typ", types);
        self.policy.type_optional = false;
        self
    }

    /// Requires the header's `typ` to be one of these where it is there; a token without it passes.
    pub fn optional_types<S: Into<String>>(mut self, types: impl IntoIterator<Item = S>) -> Self {
        self = self.types(types);
        self.policy.type_optional = true;
        self
    }

    /// Requires `sub` to be exactly this string.
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.policy.subject = Some(subject.into());
        self
    }

    /// Requires `jti` to be exactly this string. That a token is used once only is for whoever keeps a record of them.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.policy.id = Some(id.into());
        self
    }

    /// Requires `nonce` to be exactly this string: the one that was sent with the request that this token answers.
    pub fn nonce(mut self, nonce: impl Into<String>) -> Self {
        let nonce = nonce.into();
        if nonce.is_empty() {
            // Of a session that lost it, say.
            self.fail(PolicyError::Empty { what: "nonce" });
        }
        self.claim("nonce", nonce)
    }

    /// Requires these claims to be there and not `null`.
    pub fn required_claims<S: Into<String>>(mut self, claims: impl IntoIterator<Item = S>) -> Self {
        self.policy.required.extend(claims.into_iter().map(Into::into));
        self
    }

    /// Rejects a token that has any of these claims, whatever its value: what another kind of token has and this one must not
    /// ([RFC 8725 §3.12](https://www.rfc-editor.org/rfc/rfc8725#section-3.12)).
    pub fn forbidden_claims<S: Into<String>>(mut self, claims: impl IntoIterator<Item = S>) -> Self {
        self.policy.forbidden.extend(claims.into_iter().map(Into::into));
        self
    }

    /// Requires a claim to be there with exactly this value. Values are compared as JSON, numbers by their exact value (`1` is
    /// `1.0`, and no digit is rounded away), of an array every element in its place, and of an object every member in any. `null` is no value.
    ///
    /// ```
    /// # use carnet_jwa::Algorithm::HS256;
    /// # use carnet_jwk::{Secret, SigningKey, VerifyingKey};
    /// # use carnet_jwt::{Token, Verifier};
    /// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
    /// # let (key, verifying) = (SigningKey::from_secret(HS256, &secret)?, VerifyingKey::from_secret(HS256, &secret)?);
    /// let verifier = Verifier::builder(verifying)
    ///     .any_issuer()
    ///     .any_audience()
    ///     .claim("email_verified", true)
    ///     .claim_one_of("role", ["user", "admin"])
    ///     .optional_claim_one_of("tenant", ["acme"])
    ///     .build()?;
    /// let token = |claims| Token::builder().expires_in(core::time::Duration::from_secs(60)).claims(&claims).sign(&key);
    /// let verify = |token: String| verifier.verify::<serde_json::Value>(&token).map(drop).map_err(|error| error.code());
    /// assert!(verify(token(serde_json::json!({"email_verified": true, "role": "user"}))?).is_ok());
    /// assert_eq!(verify(token(serde_json::json!({"email_verified": "true", "role": "user"}))?), Err("claim_mismatch"));
    /// assert_eq!(verify(token(serde_json::json!({"email_verified": true}))?), Err("claim_missing"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn claim(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claim_one_of(name, [value])
    }

    /// Requires a claim to be there with one of these values; see [`claim`](Self::claim).
    pub fn claim_one_of<V: Into<Value>>(self, name: impl Into<String>, values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        self.claim_rule(ClaimRule::one_of(name.into(), &values, false))
    }

    /// Requires a claim to have one of these values where it is there; a token without it, or with `null`, passes.
    pub fn optional_claim_one_of<V: Into<Value>>(
        self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        self.claim_rule(ClaimRule::one_of(name.into(), &values, true))
    }

    /// Requires two claims to be there with the same value: `sub` and `client_id`, say, of a token that a program got for itself.
    pub fn same_claims(self, one: impl Into<String>, other: impl Into<String>) -> Self {
        self.claim_rule(ClaimRule::same_as(one.into(), other.into()))
    }

    fn claim_rule(mut self, rule: ClaimRule) -> Self {
        if let Some(mistake) = rule.mistake() {
            self.fail(mistake);
        }
        self.policy.claims.push(rule);
        self
    }

    /// Requires the token to grant this scope: a word of `scope` ([RFC 8693 §4.2](https://www.rfc-editor.org/rfc/rfc8693#section-4.2)), or one of `scp`, a string or an
    /// array, which some issuers write in its place.
    pub fn scope(self, scope: impl Into<String>) -> Self {
        self.scopes([scope])
    }

    /// Requires the token to grant every one of these scopes; see [`scope`](Self::scope).
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.policy.scopes.all.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// Requires the token to grant at least one of these scopes; see [`scope`](Self::scope).
    pub fn one_of_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes = self.listed("scope", scopes);
        self.policy.scopes.one_of.push(scopes);
        self
    }

    /// How far clocks may differ: added to `exp`, taken from `nbf` and `iat`. In whole seconds, a fraction is left out; default 0, at most one hour.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeways = Leeways { expires_at: leeway, not_before: leeway, issued_at: leeway };
        self
    }

    /// As [`leeway`](Self::leeway), for `exp` alone.
    pub fn expiry_leeway(mut self, leeway: Duration) -> Self {
        self.leeways.expires_at = leeway;
        self
    }

    /// As [`leeway`](Self::leeway), for `nbf` alone.
    pub fn not_before_leeway(mut self, leeway: Duration) -> Self {
        self.leeways.not_before = leeway;
        self
    }

    /// As [`leeway`](Self::leeway), for `iat` alone, where it is checked.
    pub fn issued_at_leeway(mut self, leeway: Duration) -> Self {
        self.leeways.issued_at = leeway;
        self
    }

    /// Requires `iat`, not in the future and at most this long ago. Whole seconds.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.policy.times.max_age = Some(seconds(max_age));
        self
    }

    /// Requires `iat` and `exp`, and at most this long from the one to the other, whatever the time is now. Whole seconds.
    pub fn max_lifetime(mut self, max_lifetime: Duration) -> Self {
        self.policy.times.max_lifetime = Some(seconds(max_lifetime));
        self
    }

    /// Rejects a token whose `iat` lies in the future; one without `iat` passes. [`max_age`](Self::max_age) does this too.
    pub fn reject_future_issued_at(mut self) -> Self {
        self.policy.times.no_future_issued_at = true;
        self
    }

    /// Accepts tokens without `exp`, which never expire. An `exp` that is there is checked all the same.
    pub fn expiry_optional(mut self) -> Self {
        self.policy.times.expiry_optional = true;
        self
    }

    /// Takes the time from here instead of the system, in seconds since 1970-01-01T00:00:00Z.
    pub fn clock(mut self, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.policy.times.clock = Clock::Custom(Arc::new(clock));
        self
    }

    /// Verifies as if it were always this time, in seconds since 1970-01-01T00:00:00Z: for tests and for tokens of the past.
    pub fn at(mut self, now: i64) -> Self {
        self.policy.times.clock = Clock::Fixed(now);
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
        let Self { jws, policy, leeways, mistake, checks: Untyped, decisions } = self;
        VerifierBuilder { jws, policy, leeways, mistake, checks: Typed { checks: vec![Arc::new(check)] }, decisions }
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
        let Self { jws, mut policy, leeways, mistake, checks, decisions: PhantomData } = self;
        if let Some(mistake) = mistake {
            return Err(mistake);
        }
        if let Some(what) = empty_name(&policy) {
            return Err(PolicyError::Empty { what });
        }
        if let Some(scope) = policy.scopes.names().find(|scope| scope.contains(' ')) {
            return Err(PolicyError::NotAScope { scope: Quoted::new(scope) });
        }
        policy.times.leeway = leeways.settled()?;
        policy.settle_required();
        if let Some(claim) = policy.forbidden.iter().find(|claim| policy.requires(claim)) {
            return Err(PolicyError::RequiredAndForbidden { claim: Quoted::new(claim) });
        }
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
        Ok(Verifier { jws, policy: Arc::new(policy), checks })
    }
}

/// What is the empty string and must not be: such a name would mean nothing, and is a mistake of a configuration.
fn empty_name(policy: &Policy) -> Option<&'static str> {
    let Policy { issuers, audiences, subject, id, types, required, forbidden, scopes, .. } = policy;
    let has_empty = |names: &[String]| names.iter().any(String::is_empty);
    let lists: [(&str, &[String]); 7] = [
        ("issuer", issuers),
        ("audience", audiences),
        ("subject", subject.as_slice()),
        ("jti", id.as_slice()),
        ("typ", types),
        ("required claim", required),
        ("forbidden claim", forbidden),
    ];
    let scope = scopes.names().any(String::is_empty).then_some("scope");
    lists.into_iter().find(|(_, names)| has_empty(names)).map(|(what, _)| what).or(scope)
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

impl<K, I, A, T> fmt::Debug for VerifierBuilder<K, I, A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifierBuilder").field("jws", &self.jws).field("policy", &self.policy).finish_non_exhaustive()
    }
}
