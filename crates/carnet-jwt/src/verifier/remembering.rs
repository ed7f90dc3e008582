//! Verifying tokens that were verified before.

mod memory;

use super::awaiting::lacks_keys;
use super::{Untyped, Verifier, rejected};
use crate::rejection::Rejection;
use crate::verified::Verified;
use crate::verify_error::VerifyError;
use carnet_core::Header;
use carnet_jwk::{KeySource, LocalKeys, VerifyingKeys};
use core::fmt;
use memory::{Memory, Sought};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A [`Verifier`] that remembers the tokens it accepted, as it read them: for services to which a client sends one token with every request. Made by [`Verifier::remembering`].
///
/// | of a token that comes again | |
/// |---|---|
/// | it is the same token, octet for octet | asked |
/// | the keys are the very ones that verified it | asked; keys that were exchanged, whatever has changed about them, begin anew ([`VerifyingKeys::generation`]) |
/// | the keys can be had | asked |
/// | everything about times: `exp`, `nbf`, `iat`, ages | asked |
/// | the caller's own check | asked |
/// | form, signature, what else the policy asks of the header and the claims, that the claims fit `C` | remembered: of the same octets it is the same always |
///
/// So the outcome is that of the verifier without a memory, at any time and for any token, if reading `C` depends on nothing but the token. All who present a token share one `C`. What was refused is not
/// remembered.
///
/// A token is recognised by its header and payload and by a salted SHA-256 digest of its signature, which itself is not kept: what is in memory is not enough to make a request with.
///
/// **Memory**: 8 octets for each token that there is room for, taken at once, and about thrice its length, with what its `C` takes besides, for each that is there, until another takes its place: expired
/// ones too. There is no lock. Only who has valid tokens can fill it, and what is written over costs a verification.
///
/// A [`SignatureCache`](carnet_jws::SignatureCache) takes 32 octets a token and serves several verifiers, but a token is read each time, which takes longer than all that is left to do here.
///
/// ```
/// # use carnet_jwa::Algorithm::HS256;
/// # use carnet_jwk::{Secret, SigningKey, VerifyingKey};
/// use carnet_jwt::{Token, Verifier};
/// use std::sync::Arc;
///
/// #[derive(serde::Deserialize)]
/// struct Claims { scope: String }
///
/// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
/// # let token = Token::builder().never_expires().claims(&serde_json::json!({"scope": "read"}))
/// #     .sign(&SigningKey::from_secret(HS256, &secret)?)?;
/// # let verifier = Verifier::builder(VerifyingKey::from_secret(HS256, &secret)?)
/// #     .any_issuer().any_audience().expiry_optional().build()?;
/// let verifier = verifier.remembering::<Claims>(10_000);
/// let first = verifier.verify(&token)?;
/// let second = verifier.verify(&token)?;
/// assert_eq!(second.claims().scope, "read");
/// assert!(Arc::ptr_eq(&first, &second)); // read once
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RememberingVerifier<C, K = VerifyingKeys> {
    verifier: Verifier<K>,
    memory: Arc<Memory<C>>,
}

impl<K> Verifier<K, Untyped> {
    /// The same verifier with a memory for so many tokens, rounded up to a multiple of 4; with 0, it remembers nothing. Clones of it have one memory.
    #[must_use]
    pub fn remembering<C: DeserializeOwned>(self, tokens: usize) -> RememberingVerifier<C, K> {
        RememberingVerifier { verifier: self, memory: Arc::new(Memory::new(tokens)) }
    }
}

impl<C, K> RememberingVerifier<C, K> {
    /// The verifier, which remembers nothing.
    #[must_use]
    pub const fn verifier(&self) -> &Verifier<K> {
        &self.verifier
    }

    /// Takes the verifier out, which remembers nothing. Clones go on with what they have.
    #[must_use]
    pub fn into_verifier(self) -> Verifier<K> {
        self.verifier
    }
}

impl<C: DeserializeOwned, K: KeySource> RememberingVerifier<C, K> {
    /// As [`verify_with_async`](Self::verify_with_async) for whoever can do without a future where the keys are at hand. `None` where they are not, and
    /// `verify_with_async` looks for them, and of what is not text.
    ///
    /// The octets are not looked at before a token that is remembered is found to be them. The check is then given no header, and asks only what may have changed since it was: of a memory, every
    /// check that is ever made must ask all else.
    #[doc(hidden)]
    pub fn verify_at_hand(
        &self,
        token: &[u8],
        check: impl FnOnce(&C, Option<Header<'_>>) -> Vec<Rejection>,
    ) -> Option<Result<Arc<Verified<C>>, VerifyError>> {
        let sought = self.seek(token);
        if let Some(verified) = self.recall(sought.as_ref()) {
            return Some(self.judge(verified, |verified| check(verified.claims(), None)));
        }
        let token = str::from_utf8(token).ok()?;
        let outcome = self.verify_anew(token, sought.as_ref(), |claims, header| check(claims, Some(header)));
        let may_look = outcome.as_ref().is_err_and(lacks_keys) && !self.verifier.jws.keys().is_fixed();
        if may_look { None } else { Some(outcome) }
    }

    fn verify_now(
        &self,
        token: &str,
        check: impl FnOnce(&C, Header<'_>) -> Vec<Rejection>,
    ) -> Result<Arc<Verified<C>>, VerifyError> {
        let sought = self.seek(token.as_bytes());
        match self.recall(sought.as_ref()) {
            Some(verified) => self.judge(verified, |verified| check(verified.claims(), verified.header())),
            None => self.verify_anew(token, sought.as_ref(), check),
        }
    }

    /// What is too long is refused later, and not looked at.
    fn seek<'t>(&self, token: &'t [u8]) -> Option<Sought<'t>> {
        let fits = token.len() <= self.verifier.jws.current_limits().token_octets;
        if fits { self.memory.seek(token) } else { None }
    }

    /// The keys are let go of before anything of the caller's is called.
    fn recall(&self, sought: Option<&Sought<'_>>) -> Option<Arc<Verified<C>>> {
        let sought = sought?;
        let generation = self.verifier.jws.keys().snapshot().ok()?.generation();
        self.memory.recall(sought, generation)
    }

    fn verify_anew(
        &self,
        token: &str,
        sought: Option<&Sought<'_>>,
        check: impl FnOnce(&C, Header<'_>) -> Vec<Rejection>,
    ) -> Result<Arc<Verified<C>>, VerifyError> {
        let mut verified = self.verifier.verify_now_with(token, |claims, _, header| check(claims, header))?;
        let Some((sought, generation)) = sought.zip(verified.generation()) else { return Ok(Arc::new(verified)) };
        verified.shrink();
        let verified = Arc::new(verified);
        self.memory.remember(sought, generation, &verified);
        Ok(verified)
    }

    /// Asks what may have changed since this policy accepted the token.
    fn judge(
        &self,
        verified: Arc<Verified<C>>,
        check: impl FnOnce(&Verified<C>) -> Vec<Rejection>,
    ) -> Result<Arc<Verified<C>>, VerifyError> {
        let times = &self.verifier.policy.times;
        let mut rejections = Vec::new();
        times.check(times.clock.now(), verified.places(), &mut rejections);
        rejections.append(&mut check(&verified));
        match rejections.is_empty() {
            true => Ok(verified),
            false => Err(rejected(rejections, None, verified.claims_json())),
        }
    }

    /// As [`Verifier::verify_async`].
    ///
    /// # Errors
    /// As there.
    pub async fn verify_async(&self, token: &str) -> Result<Arc<Verified<C>>, VerifyError> {
        self.verify_with_async(token, |_, _| Vec::new()).await
    }

    /// As [`Verifier::verify_with_async`]. The check is made for every token, those that are remembered too. Of the registered claims it sees those that `C` has.
    ///
    /// # Errors
    /// As there.
    pub async fn verify_with_async(
        &self,
        token: &str,
        check: impl Fn(&C, Header<'_>) -> Vec<Rejection>,
    ) -> Result<Arc<Verified<C>>, VerifyError> {
        match self.verify_now(token, &check) {
            Err(error) if lacks_keys(&error) => Box::pin(self.verifier.look_for_keys(token, error)).await?,
            outcome => return outcome,
        }
        self.verify_now(token, &check)
    }
}

impl<C: DeserializeOwned, K: LocalKeys> RememberingVerifier<C, K> {
    /// As [`Verifier::verify`].
    ///
    /// # Errors
    /// As there.
    pub fn verify(&self, token: &str) -> Result<Arc<Verified<C>>, VerifyError> {
        self.verify_now(token, |_, _| Vec::new())
    }

    /// As [`Verifier::verify_with`]. The check is made for every token, those that are remembered too. Of the registered claims it sees those that `C` has.
    ///
    /// # Errors
    /// As there.
    pub fn verify_with(
        &self,
        token: &str,
        check: impl FnOnce(&C, Header<'_>) -> Vec<Rejection>,
    ) -> Result<Arc<Verified<C>>, VerifyError> {
        self.verify_now(token, check)
    }
}

impl<C, K: Clone> Clone for RememberingVerifier<C, K> {
    fn clone(&self) -> Self {
        Self { verifier: self.verifier.clone(), memory: Arc::clone(&self.memory) }
    }
}

impl<C, K> fmt::Debug for RememberingVerifier<C, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RememberingVerifier").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}
