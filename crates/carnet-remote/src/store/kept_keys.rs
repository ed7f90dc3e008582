use core::time::Duration;
use serde::{Deserialize, Serialize};

/// Clocks of machines differ; what is younger than this may be from the future.
const SKEW: Duration = Duration::from_secs(60);

/// A set of keys as it is kept across restarts.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptKeys {
    version: u32,
    /// Whose keys they are: the issuer, or the URL, that is configured.
    source: String,
    /// When they were last known to be the issuer's, in seconds since 1970-01-01T00:00:00Z.
    fetched_at: u64,
    /// When they stop verifying.
    usable_until: u64,
    /// The set as it was published.
    jwks: String,
}

impl KeptKeys {
    pub(crate) const fn new(source: String, now: Duration, usable_for: Duration, jwks: String) -> Self {
        let usable_until = now.as_secs().saturating_add(usable_for.as_secs());
        Self { version: 1, source, fetched_at: now.as_secs(), usable_until, jwks }
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The set, its age, and how long it verifies. Nothing where it is another source's, from the future or too old.
    pub(crate) fn read(octets: &[u8], source: &str, now: Duration) -> Option<(String, Duration, Duration)> {
        let kept: Self = serde_json::from_slice(octets).ok()?;
        let (fetched_at, usable_until) = (Duration::from_secs(kept.fetched_at), Duration::from_secs(kept.usable_until));
        let usable_for = usable_until.saturating_sub(now);
        let is_it = kept.version == 1 && kept.source == source && fetched_at <= now.saturating_add(SKEW);
        (is_it && !usable_for.is_zero()).then(|| (kept.jwks, now.saturating_sub(fetched_at), usable_for))
    }
}
