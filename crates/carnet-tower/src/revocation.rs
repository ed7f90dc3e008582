//! Whether a genuine token was revoked.

mod answers;
mod breaker;

use answers::Answers;
use breaker::Breaker;
use carnet_oauth::AccessToken;
use core::fmt;
use core::pin::Pin;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use core::time::Duration;
use std::sync::Arc;

/// How long a list is waited for.
const TIMEOUT: Duration = Duration::from_secs(1);
/// For how long an answer is kept, if nothing else is said.
const KEPT: Duration = Duration::from_secs(5);

/// The answer of a [`RevocationList`].
pub type RevocationFuture<'a> = Pin<Box<dyn Future<Output = Result<bool, RevocationError>> + Send + 'a>>;

/// A list could not be asked. Says nothing about the token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevocationError {
    reason: String,
}

impl RevocationError {
    /// With a reason for the operator's log. Nothing of it gets into a response.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl fmt::Display for RevocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "whether a token was revoked cannot be found out: {}", self.reason)
    }
}

impl core::error::Error for RevocationError {}

/// Knows which tokens were revoked: a table, a Redis, a service that is asked.
///
/// A token is named by its `iss` and `jti`, or a session by its `sid`. **Never list tokens by their text or a digest of it**: a signature can be
/// written in several ways, and the same token then has another text. Keep an entry until the token's `exp` and the verifier's leeway have passed: until then the token is accepted.
///
/// ```
/// use carnet_oauth::AccessToken;
/// use carnet_tower::{RevocationError, RevocationFuture, RevocationList};
/// use std::collections::HashSet;
/// use std::sync::RwLock;
///
/// #[derive(Default)]
/// struct Revoked(RwLock<HashSet<(String, String)>>);
///
/// impl RevocationList for Revoked {
///     fn is_revoked<'a>(&'a self, token: &'a AccessToken) -> RevocationFuture<'a> {
///         Box::pin(async move {
///             let revoked = self.0.read().map_err(|_| RevocationError::new("a writer panicked"))?;
///             let (Some(issuer), Some(id)) = (token.registered().issuer(), token.registered().id()) else {
///                 return Err(RevocationError::new("the token has no name to revoke it by"));
///             };
///             Ok(revoked.contains(&(issuer.to_owned(), id.to_owned())))
///         })
///     }
/// }
/// ```
pub trait RevocationList: Send + Sync {
    /// Whether the token was revoked. It is genuine, and accepted otherwise.
    ///
    /// The future fails with a [`RevocationError`] where that cannot be said, and is dropped where it takes too long.
    fn is_revoked<'a>(&'a self, token: &'a AccessToken) -> RevocationFuture<'a>;
}

/// How a [`RevocationList`] is asked, and what happens while it gives no answer. Cloning it is cheap, and shares what is kept.
///
/// **A list that fails closes the service**: 503 with `Retry-After`, and not 401, after which clients would drop their sessions and log in again all at once.
/// After five failures in a row it is left alone for a moment (250 ms to 1 s), and 503 is answered at once.
///
/// ```
/// use carnet_tower::{Revocation, RevocationList};
/// use std::time::Duration;
/// # fn check(list: impl RevocationList + 'static) {
/// let revocation = Revocation::cached(list).kept_for(Duration::from_secs(2)); // a token that is revoked is accepted for 2 s more at most
/// # let _ = revocation;
/// # }
/// ```
#[derive(Clone)]
pub struct Revocation(Arc<Settings>);

struct Settings {
    list: Arc<dyn RevocationList>,
    answers: Option<Answers>,
    timeout: Duration,
    /// The largest age of tokens that are accepted unasked while the list fails.
    fail_open: Option<Duration>,
    breaker: Breaker,
    accepted_unasked: AtomicU64,
}

impl Revocation {
    /// Asks the list for every request.
    pub fn always(list: impl RevocationList + 'static) -> Self {
        Self::of(list, None)
    }

    /// Asks the list for a token once in five seconds, however many requests come with it. A token that is revoked is accepted for as long at most. That it was revoked is kept until it
    /// expires. Tokens without `jti` are asked for every time.
    pub fn cached(list: impl RevocationList + 'static) -> Self {
        Self::of(list, Some(KEPT))
    }

    fn of(list: impl RevocationList + 'static, kept: Option<Duration>) -> Self {
        Self(Arc::new(Settings {
            list: Arc::new(list),
            answers: kept.map(Answers::new),
            timeout: TIMEOUT,
            fail_open: None,
            breaker: Breaker::default(),
            accepted_unasked: AtomicU64::new(0),
        }))
    }

    fn setting(self, set: impl FnOnce(&mut Settings)) -> Self {
        let Settings { list, answers, timeout, fail_open, .. } = &*self.0;
        let mut settings = Settings {
            list: Arc::clone(list),
            answers: answers.as_ref().map(|answers| Answers::new(answers.kept())),
            timeout: *timeout,
            fail_open: *fail_open,
            breaker: Breaker::default(),
            accepted_unasked: AtomicU64::new(0),
        };
        set(&mut settings);
        Self(Arc::new(settings))
    }

    /// For how long the answer that a token was not revoked is [kept](Self::cached), in place of five seconds. It has no meaning for [`always`](Self::always).
    #[must_use]
    pub fn kept_for(self, kept: Duration) -> Self {
        self.setting(|settings| settings.answers = settings.answers.as_ref().map(|_| Answers::new(kept)))
    }

    /// How long the list is waited for, in place of a second.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        self.setting(|settings| settings.timeout = timeout)
    }

    /// **Accepts tokens while the list fails**, if they were issued (`iat`) at most this long ago: revoked ones too. Each one is a warning in the log and counted in
    /// [`accepted_unasked`](Self::accepted_unasked). Tokens without `iat` are not accepted.
    #[must_use]
    pub fn dangerous_fail_open(self, max_token_age: Duration) -> Self {
        self.setting(|settings| settings.fail_open = Some(max_token_age))
    }

    /// How many requests were let through although the list failed.
    #[must_use]
    pub fn accepted_unasked(&self) -> u64 {
        self.0.accepted_unasked.load(Relaxed)
    }

    /// Whether the token was revoked; `now` in seconds since 1970-01-01T00:00:00Z.
    pub(crate) async fn is_revoked(&self, token: &AccessToken, now: i64) -> Result<bool, Duration> {
        let settings = &*self.0;
        let answer = match settings.kept(token).await {
            Some(revoked) => Ok(revoked),
            None => self.ask(token, now).await,
        };
        match answer {
            Ok(revoked) => Ok(revoked),
            Err(_) if settings.accepts_unasked(token, now) => {
                settings.accepted_unasked.fetch_add(1, Relaxed);
                tracing::warn!(
                    "whether a token was revoked is not known, and it was accepted: the revocation list fails"
                );
                Ok(false)
            }
            Err(wait) => {
                tracing::warn!(
                    "whether a token was revoked is not known, and the request was refused: the revocation list fails"
                );
                Err(wait)
            }
        }
    }
}

impl Revocation {
    /// Asks in a task of its own, so that requests that are dropped neither hide that the list hangs nor make those who wait for the same answer begin anew.
    async fn ask(&self, token: &AccessToken, now: i64) -> Result<bool, Duration> {
        let (settings, token) = (Arc::clone(&self.0), token.clone());
        let task = tokio::spawn(async move {
            match (&settings.answers, answers::name(&token)) {
                (Some(answers), Some(name)) => {
                    answers.ask_once(name, answers::rest(&token, now), settings.ask(&token)).await
                }
                _ => settings.ask(&token).await,
            }
        });
        // A list that panics, or a runtime that ends.
        task.await.unwrap_or_else(|_| Err(self.0.breaker.failed()))
    }
}

impl Settings {
    async fn kept(&self, token: &AccessToken) -> Option<bool> {
        match (&self.answers, answers::name(token)) {
            (Some(answers), Some(name)) => answers.kept_for_token(&name).await,
            _ => None,
        }
    }

    /// Asks the list, unless it has failed too often. The error is after what time to try again.
    async fn ask(&self, token: &AccessToken) -> Result<bool, Duration> {
        self.breaker.admit()?;
        match tokio::time::timeout(self.timeout, self.list.is_revoked(token)).await {
            Ok(Ok(revoked)) => {
                self.breaker.succeeded();
                Ok(revoked)
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "the list of revoked tokens fails");
                Err(self.breaker.failed())
            }
            Err(_) => {
                tracing::warn!(timeout = ?self.timeout, "the list of revoked tokens does not answer in time");
                Err(self.breaker.failed())
            }
        }
    }

    fn accepts_unasked(&self, token: &AccessToken, now: i64) -> bool {
        let issued = token.registered().issued_at().map(|at| at.floor());
        self.fail_open.zip(issued).is_some_and(|(age, issued)| {
            let age = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
            issued.saturating_add(age) >= now
        })
    }
}

impl fmt::Debug for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { answers, timeout, fail_open, .. } = &*self.0;
        f.debug_struct("Revocation")
            .field("kept", &answers.as_ref().map(Answers::kept))
            .field("timeout", timeout)
            .field("fail_open", fail_open)
            .finish_non_exhaustive()
    }
}
