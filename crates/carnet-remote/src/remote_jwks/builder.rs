use super::RemoteJwks;
use super::shared::{Settings, Shared};
use crate::address::{AddressError, Schemes};
use crate::clock::{Clock, SystemClock};
use crate::event::KeyObserver;
use crate::fetch::{Fetch, FetchError};
use crate::published::ResponseRules;
use crate::schedule::{CacheRules, SHORTEST_WAIT};
use crate::source::Source;
use crate::store::KeyStore;
use carnet_core::limits::{MAX_KEYS_PER_SET, MAX_SET_OCTETS};
use carnet_jwa::Algorithm;
use carnet_jwk::KeyRules;
use core::fmt;
use core::ops::RangeInclusive;
use core::time::Duration;
use std::sync::Arc;

/// The longest that keys may verify after they were fresh.
const MAX_STALE_FOR: Duration = Duration::from_secs(24 * 3600);

/// Settings of a [`RemoteJwks`]. What is not set is as its documentation says.
#[must_use]
pub struct RemoteJwksBuilder {
    of: Of,
    schemes: Schemes,
    client: Option<Box<dyn Fetch>>,
    store: Option<Box<dyn KeyStore>>,
    clock: Option<Box<dyn Clock>>,
    observer: Option<Box<dyn KeyObserver>>,
    response: ResponseRules,
    cache: CacheRules,
    timeout: Duration,
}

#[derive(Debug)]
enum Of {
    Jwks(String),
    Issuer(String),
}

impl RemoteJwksBuilder {
    fn new(of: Of) -> Self {
        Self {
            of,
            schemes: Schemes::default(),
            client: None,
            store: None,
            clock: None,
            observer: None,
            response: ResponseRules::default(),
            cache: CacheRules::default(),
            timeout: Duration::from_secs(5),
        }
    }

    pub(super) fn of_jwks(jwks_uri: &str) -> Self {
        Self::new(Of::Jwks(jwks_uri.to_owned()))
    }

    pub(super) fn of_issuer(issuer: &str) -> Self {
        Self::new(Of::Issuer(issuer.to_owned()))
    }

    /// Fetches with this client, in place of [`ReqwestFetch`](crate::ReqwestFetch).
    pub fn client(mut self, client: impl Fetch + 'static) -> Self {
        self.client = Some(Box::new(client));
        self
    }

    /// Keeps the last good keys there, for a start while the issuer is down.
    pub fn store(mut self, store: impl KeyStore + 'static) -> Self {
        self.store = Some(Box::new(store));
        self
    }

    /// Tells this observer what happens.
    pub fn observer(mut self, observer: impl KeyObserver + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Takes the time from this clock: for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// The least and the most that keys are fresh for, whatever `Cache-Control` says: from 1 s to 24 h. Default 60 s to 1 h.
    pub const fn fresh_for(mut self, least_and_most: RangeInclusive<Duration>) -> Self {
        self.cache.fresh_for = (*least_and_most.start(), *least_and_most.end());
        self
    }

    /// How long keys are fresh for where `Cache-Control` does not say. Default 10 min.
    pub const fn fresh_by_default(mut self, time: Duration) -> Self {
        self.cache.fresh_by_default = time;
        self
    }

    /// How long keys go on verifying after they were fresh, while they cannot be fetched: at most 24 h. Default 1 h.
    ///
    /// # Security
    /// As long can somebody who keeps this program from the issuer use a key that the issuer has withdrawn.
    pub const fn stale_for(mut self, time: Duration) -> Self {
        self.cache.stale_for = time;
        self
    }

    /// The shortest time between two fetches that tokens with unknown keys cause: at least 1 s. Default 30 s.
    pub const fn cooldown(mut self, time: Duration) -> Self {
        self.cache.cooldown = time;
        self
    }

    /// How long a fetch may take as a whole, discovery included, and how long a token waits for one. Default 5 s.
    pub const fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// The longest response, in octets. Default 256 KiB, at most 16 MiB.
    pub const fn max_octets(mut self, octets: usize) -> Self {
        self.response.max_octets = octets;
        self
    }

    /// The most entries of a set; one with more is a failure. Default 256, at most 10 000.
    pub const fn max_keys(mut self, keys: usize) -> Self {
        self.response.max_keys = keys;
        self
    }

    /// Refuses responses with another media type than `application/jwk-set+json` or `application/json`, which by default are only told to the
    /// observer, since static hosts send all kinds. HTML is refused always.
    pub const fn strict_content_type(mut self) -> Self {
        self.response.strict_content_type = true;
        self
    }

    /// Binds RSA keys without `alg` to this algorithm, in place of RS256.
    pub fn rsa_without_alg(mut self, algorithm: Algorithm) -> Self {
        self.response.key_rules = KeyRules::new().rsa_without_alg(algorithm);
        self
    }

    /// Takes `http` too, if the host is this machine (127.0.0.0/8, `[::1]` or `localhost`): for tests and development.
    ///
    /// # Security
    /// Whoever can listen on that port decides which tokens are accepted.
    pub const fn dangerous_allow_http_loopback(mut self) -> Self {
        self.schemes = Schemes::HttpsOrLoopback;
        self
    }

    /// The keys.
    ///
    /// # Errors
    /// [`RemoteConfigError`].
    pub fn build(self) -> Result<RemoteJwks, RemoteConfigError> {
        let Self { of, schemes, client, store, clock, observer, response, cache, timeout } = self;
        let source = match &of {
            Of::Jwks(jwks_uri) => Source::jwks(jwks_uri, schemes),
            Of::Issuer(issuer) => Source::issuer(issuer, schemes),
        };
        let source = source.map_err(RemoteConfigError::Address)?;
        let (least, most) = cache.fresh_for;
        in_range("fresh_for (the least)", least, SHORTEST_WAIT..=most)?;
        in_range("fresh_for (the most)", most, SHORTEST_WAIT..=MAX_STALE_FOR)?;
        in_range("fresh_by_default", cache.fresh_by_default, SHORTEST_WAIT..=MAX_STALE_FOR)?;
        in_range("stale_for", cache.stale_for, Duration::ZERO..=MAX_STALE_FOR)?;
        in_range("cooldown", cache.cooldown, SHORTEST_WAIT..=MAX_STALE_FOR)?;
        in_range("timeout", timeout, Duration::from_millis(1)..=Duration::from_secs(600))?;
        in_range("max_keys", response.max_keys, 1..=MAX_KEYS_PER_SET)?;
        in_range("max_octets", response.max_octets, 1..=MAX_SET_OCTETS)?;
        // An attempt ends by itself after `timeout`, if its runtime is at work.
        let cache = CacheRules { patience: timeout.saturating_mul(2), ..cache };
        let client = match client {
            Some(client) => client,
            None => default_client()?,
        };
        let clock = clock.unwrap_or_else(|| Box::new(SystemClock::start()));
        let settings = Settings { source, schemes, client, store, clock, observer, response, cache, timeout };
        Ok(RemoteJwks(Arc::new(Shared::new(settings))))
    }
}

fn in_range<T: PartialOrd + fmt::Debug>(
    setting: &'static str,
    value: T,
    range: RangeInclusive<T>,
) -> Result<(), RemoteConfigError> {
    if range.contains(&value) {
        return Ok(());
    }
    let (least, most) = (format!("{:?}", range.start()), format!("{:?}", range.end()));
    Err(RemoteConfigError::OutOfRange { setting, least, most })
}

#[cfg(feature = "reqwest")]
fn default_client() -> Result<Box<dyn Fetch>, RemoteConfigError> {
    Ok(Box::new(crate::ReqwestFetch::new().map_err(RemoteConfigError::Client)?))
}

#[cfg(not(feature = "reqwest"))]
fn default_client() -> Result<Box<dyn Fetch>, RemoteConfigError> {
    Err(RemoteConfigError::NoClient)
}

impl fmt::Debug for RemoteJwksBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteJwksBuilder").field("of", &self.of).finish_non_exhaustive()
    }
}

/// Settings of a [`RemoteJwks`] that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RemoteConfigError {
    /// The URL or the issuer is not one to fetch keys from.
    Address(AddressError),
    /// A setting is out of its range.
    OutOfRange {
        /// Which.
        setting: &'static str,
        /// The least it may be.
        least: String,
        /// The most.
        most: String,
    },
    /// The HTTP client cannot be made.
    Client(FetchError),
    /// There is no HTTP client in this build: turn on the feature `reqwest`, or give one with [`client`](RemoteJwksBuilder::client).
    NoClient,
}

impl RemoteConfigError {
    /// The stable code, `invalid_remote_settings`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_remote_settings"
    }
}

impl fmt::Display for RemoteConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(error) => error.fmt(f),
            Self::OutOfRange { setting, least, most } => write!(f, "{setting} is to be from {least} to {most}"),
            Self::Client(error) => write!(f, "the HTTP client cannot be made: {error}"),
            Self::NoClient => f.write_str("there is no HTTP client: turn on the feature \"reqwest\", or give one"),
        }
    }
}

impl core::error::Error for RemoteConfigError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Address(error) => Some(error),
            Self::Client(error) => Some(error),
            Self::OutOfRange { .. } | Self::NoClient => None,
        }
    }
}
