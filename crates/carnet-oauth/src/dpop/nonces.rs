use super::policy_error::DpopPolicyError;
use carnet_core::base64url;
use carnet_jwa::Algorithm::HS256;
use carnet_jwk::{Secret, SigningKey, VerifyingKey};
use core::fmt;
use core::time::Duration;
use std::sync::Arc;

/// The nonces that a server gives to its clients ([RFC 9449 §8 and §9](https://www.rfc-editor.org/rfc/rfc9449#section-8)), so that nobody can make proofs for a time to come. Cheap to clone.
///
/// A nonce is a MAC of the number of the current period. Nothing is stored, and every replica with the same secret and period gives out and takes the same ones. **Taken** are those of the current
/// period and of the one before, so a nonce lives for one period at least and two at most. All clients get the same, as often as they like: a nonce says when, and `jti` says which.
///
/// **Not for** the nonces of ID tokens, which a client makes.
///
/// ```
/// use carnet_jwk::Secret;
/// use carnet_jwa::Algorithm::ES256;
/// use carnet_oauth::{DpopNonces, DpopVerifier};
/// use core::time::Duration;
/// // In a service: Secret::from_env("DPOP_NONCE_SECRET")?, the same for all replicas, and for nothing else.
/// let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
/// let nonces = DpopNonces::new(&secret, Duration::from_secs(120))?;
/// let dpop = DpopVerifier::builder([ES256]).nonces(nonces).build()?;
/// assert!(dpop.current_nonce().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct DpopNonces(Arc<Mac>);

struct Mac {
    making: SigningKey,
    checking: VerifyingKey,
    /// Seconds, at least 1.
    period: i64,
}

/// The longest period.
const MAX_PERIOD: Duration = Duration::from_secs(3600);

impl DpopNonces {
    /// Nonces by this secret, with a new one each period: in whole seconds, a fraction is left out; 1 s to 1 h. A minute or two are usual.
    ///
    /// # Errors
    /// [`DpopPolicyError::NoncePeriod`] for another period, [`DpopPolicyError::NonceSecret`] for a secret of less than 32 octets.
    pub fn new(secret: &Secret, period: Duration) -> Result<Self, DpopPolicyError> {
        let seconds = i64::try_from(period.as_secs()).ok().filter(|seconds| *seconds > 0 && period <= MAX_PERIOD);
        let period = seconds.ok_or(DpopPolicyError::NoncePeriod)?;
        let making = SigningKey::from_secret(HS256, secret).map_err(DpopPolicyError::NonceSecret)?;
        let checking = making.verifying_key();
        Ok(Self(Arc::new(Mac { making, checking, period })))
    }

    /// The nonce of this time. `None` only if the backend cannot sign, which no HMAC key has been seen to do.
    pub(super) fn at(&self, now: i64) -> Option<String> {
        let mac = self.0.making.sign_message(&self.message(self.number(now))).ok()?;
        Some(base64url::encode(&mac))
    }

    /// Whether a nonce is taken at this time, and is the current one.
    pub(super) fn recognise(&self, nonce: &str, now: i64) -> Option<bool> {
        let mac = base64url::decode(nonce).ok()?;
        let current = self.number(now);
        let is_of = |number| self.0.checking.verify_signature(&self.message(number), &mac).is_ok();
        if is_of(current) {
            return Some(true);
        }
        current.checked_sub(1).is_some_and(is_of).then_some(false)
    }

    /// Which period a time is in.
    fn number(&self, now: i64) -> i64 {
        now.div_euclid(self.0.period)
    }

    /// What the MAC is of. The spaces tell it from everything that is signed as a JWS, should the secret be used twice against all advice.
    fn message(&self, number: i64) -> Vec<u8> {
        format!("carnet DPoP nonce, period {} s, number {number}", self.0.period).into_bytes()
    }
}

impl fmt::Debug for DpopNonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopNonces").field("period", &self.0.period).finish_non_exhaustive()
    }
}
