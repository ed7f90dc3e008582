//! Verifying with keys that may have to be looked for.

use super::{Typed, Untyped, Verifier};
use crate::glance::{Glance, MAX_SOUGHT_KEY_ID};
use crate::registered::Registered;
use crate::rejection::Rejection;
use crate::verified::Verified;
use crate::verify_error::VerifyError;
use carnet_core::{Header, Quoted};
use carnet_jwk::{KeyMiss, KeySource};
use serde::de::DeserializeOwned;

impl<K: KeySource> Verifier<K, Untyped> {
    /// As [`verify`](Self::verify), for keys of any source: where there is no key for the token, or are no keys at all, the source is asked once to
    /// [look for them](KeySource::refresh), and the token then verified again. With keys that are at hand it never waits.
    ///
    /// The source is asked only where the token's form, `alg` and `crit` are in order; and, where there are keys, its `kid` has at most 256 octets, and its `iss` and `exp`, which nobody has verified
    /// yet, would be accepted. A signature that does not hold is no reason to ask.
    ///
    /// Dropping the future is safe at any time. It is `Send` and runs on every executor, as far as the source does.
    ///
    /// # Errors
    /// As [`verify`](Self::verify). [`KeySource`](VerifyError::KeySource) where the keys could not be had, or not be looked for: 503 and not 401.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { futures_lite(run()) }
    /// # fn futures_lite<F: Future>(future: F) -> F::Output {
    /// #     let mut future = std::pin::pin!(future);
    /// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// #     loop { if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) { return output; } }
    /// # }
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// use carnet_jwa::Algorithm::HS256;
    /// use carnet_jwk::{Secret, SigningKey, VerifyingKey};
    /// use carnet_jwt::{Token, Verifier};
    /// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
    /// # let token = Token::builder().never_expires().subject("user-1").sign(&SigningKey::from_secret(HS256, &secret)?)?;
    /// # let keys = VerifyingKey::from_secret(HS256, &secret)?;
    /// let verifier = Verifier::builder(keys).any_issuer().any_audience().expiry_optional().build()?;
    /// let verified = verifier.verify_async::<serde_json::Value>(&token).await?;
    /// assert_eq!(verified.registered().subject(), Some("user-1"));
    /// # Ok(()) }
    /// ```
    pub async fn verify_async<C: DeserializeOwned>(&self, token: &str) -> Result<Verified<C>, VerifyError> {
        match self.verify_now(token) {
            Err(error) if lacks_keys(&error) => Box::pin(self.look_for_keys(token, error)).await?,
            outcome => return outcome,
        }
        self.verify_now(token)
    }

    /// As [`verify_with`](Self::verify_with), for keys of any source; see [`verify_async`](Self::verify_async).
    ///
    /// # Errors
    /// As there.
    pub async fn verify_with_async<C: DeserializeOwned>(
        &self,
        token: &str,
        check: impl Fn(&C, Registered<'_>, Header<'_>) -> Vec<Rejection>,
    ) -> Result<Verified<C>, VerifyError> {
        match self.verify_now_with(token, &check) {
            Err(error) if lacks_keys(&error) => Box::pin(self.look_for_keys(token, error)).await?,
            outcome => return outcome,
        }
        self.verify_now_with(token, &check)
    }
}

impl<K: KeySource, C: DeserializeOwned> Verifier<K, Typed<C>> {
    /// As [`verify`](Self::verify), for keys of any source; see [`verify_async`](Verifier::verify_async) of a verifier without checks.
    ///
    /// # Errors
    /// As there, the checks' own [`Rejection`](crate::Rejection)s among those of [`VerifyError::Rejected`].
    pub async fn verify_async(&self, token: &str) -> Result<Verified<C>, VerifyError> {
        match self.verify_now(token) {
            Err(error) if lacks_keys(&error) => Box::pin(self.look_for_keys(token, error)).await?,
            outcome => return outcome,
        }
        self.verify_now(token)
    }
}

pub(super) const fn lacks_keys(error: &VerifyError) -> bool {
    matches!(error, VerifyError::KeySource(_) | VerifyError::UnknownKey { .. })
}

const fn is_sought(key_id: &str) -> bool {
    key_id.len() <= MAX_SOUGHT_KEY_ID
}

impl<K: KeySource, T> Verifier<K, T> {
    /// Has the source look for the keys that `error` says are lacking. It is boxed where it is awaited: hardly a token needs it, and every future would be as large.
    ///
    /// An error where a second try would end as the first.
    pub(super) async fn look_for_keys(&self, token: &str, error: VerifyError) -> Result<(), VerifyError> {
        let glance = Glance::at(token, self.jws.current_limits()).map_err(VerifyError::Parse)?;
        let key_id = glance.key_id();
        let miss = match error {
            // Whatever the token says: to find out that it is refused takes keys, and they are on their way already, since somebody asked for them.
            VerifyError::KeySource(_) => KeyMiss::Keys { key_id: key_id.filter(|key_id| is_sought(key_id)) },
            _ if !self.could_accept(&glance) => {
                return Err(VerifyError::UnknownKey { key_id: key_id.map(Quoted::new) });
            }
            _ => KeyMiss::Key { key_id },
        };
        match self.jws.keys().refresh(miss).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(error),
            Err(unavailable) => Err(VerifyError::KeySource(unavailable)),
        }
    }

    /// Whether the policy would take the token's issuer and expiry, if they are genuine.
    fn could_accept(&self, glance: &Glance) -> bool {
        let (claims, times) = (glance.claims(), &self.policy.times);
        let issuers = &self.policy.issuers;
        let ours = issuers.is_empty() || claims.issuer().is_some_and(|issuer| issuers.iter().any(|own| own == issuer));
        let alive = claims.expires_at().map_or(times.expiry_optional, |at| !times.is_past(at));
        let short = glance.key_id().is_none_or(is_sought);
        ours && alive && short && !glance.has_wrong_claims()
    }
}
