use carnet_oauth::AccessToken;
use core::time::Duration;
use moka::Expiry;
use moka::future::Cache;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Instant;

/// Tokens whose answers are kept: about 10 MB.
const CAPACITY: u64 = 100_000;

/// Answers of a list, for a while. Of requests that come at once with one token, one asks.
pub(super) struct Answers {
    cache: Cache<[u8; 32], Answer>,
    kept: Duration,
}

#[derive(Clone, Copy)]
enum Answer {
    NotRevoked,
    /// Until the token expires, which is after this time.
    Revoked(Duration),
}

struct Expires {
    kept: Duration,
}

impl Expires {
    const fn after(&self, answer: Answer) -> Duration {
        match answer {
            Answer::NotRevoked => self.kept,
            Answer::Revoked(rest) => rest,
        }
    }
}

impl Expiry<[u8; 32], Answer> for Expires {
    fn expire_after_create(&self, _: &[u8; 32], answer: &Answer, _: Instant) -> Option<Duration> {
        Some(self.after(*answer))
    }

    fn expire_after_update(&self, _: &[u8; 32], answer: &Answer, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(self.after(*answer))
    }
}

impl Answers {
    pub(super) fn new(kept: Duration) -> Self {
        Self { cache: Cache::builder().max_capacity(CAPACITY).expire_after(Expires { kept }).build(), kept }
    }

    pub(super) const fn kept(&self) -> Duration {
        self.kept
    }

    /// The answer that is kept.
    pub(super) async fn kept_for_token(&self, name: &[u8; 32]) -> Option<bool> {
        self.cache.get(name).await.map(Answer::is_revoked)
    }

    /// The answer that is kept, or that of `asking`, which is asked once for all who ask at once. A failure is not kept. To be run to its end: whoever drops it makes another begin anew, and that only so often.
    pub(super) async fn ask_once(
        &self,
        name: [u8; 32],
        rest: Option<Duration>,
        asking: impl Future<Output = Result<bool, Duration>>,
    ) -> Result<bool, Duration> {
        let answer = async {
            Ok(match asking.await? {
                true => Answer::Revoked(rest.unwrap_or(self.kept)),
                false => Answer::NotRevoked,
            })
        };
        let answer = self.cache.try_get_with(name, answer).await;
        answer.map(Answer::is_revoked).map_err(|wait: Arc<Duration>| *wait)
    }
}

impl Answer {
    const fn is_revoked(self) -> bool {
        matches!(self, Self::Revoked(_))
    }
}

/// A digest of `iss` and `jti`, so that all names have one size.
pub(super) fn name(token: &AccessToken) -> Option<[u8; 32]> {
    let (issuer, id) = (token.registered().issuer().unwrap_or_default(), token.registered().id()?);
    let length = u64::try_from(issuer.len()).unwrap_or(u64::MAX).to_be_bytes();
    Some(Sha256::new().chain_update(length).chain_update(issuer).chain_update(id).finalize().into())
}

/// How long the token lives.
pub(super) fn rest(token: &AccessToken, now: i64) -> Option<Duration> {
    let expires = token.registered().expires_at()?.ceil();
    u64::try_from(expires.saturating_sub(now)).ok().map(Duration::from_secs)
}
