use crate::refresh_error::RefreshError;
use crate::schedule::KeyState;
use core::time::Duration;

/// How a [`RemoteJwks`](crate::RemoteJwks) is, for health checks and metrics. The counts are since it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoteStatus {
    /// What keys there are.
    pub state: KeyState,
    /// How many verify; 0 once they are dead.
    pub keys: usize,
    /// Since when they are known to be the issuer's; `None` if there never were any.
    pub age: Option<Duration>,
    /// Until they are stale.
    pub fresh_for: Option<Duration>,
    /// Until they are dead.
    pub usable_for: Option<Duration>,
    /// Whether they are being fetched at the moment.
    pub is_fetching: bool,
    /// Where from; `None` where that has not been discovered yet.
    pub jwks_uri: Option<String>,
    /// Attempts that succeeded.
    pub refreshed: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Tokens whose key was not there.
    pub missed: u64,
    /// Those of them that caused no attempt, since there was one a moment ago.
    pub suppressed: u64,
    /// Why the last attempt failed; `None` if it succeeded.
    pub last_error: Option<RefreshError>,
}
