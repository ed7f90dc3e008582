use crate::refresh_error::RefreshError;
use carnet_core::Quoted;
use carnet_jwk::SkippedKey;
#[cfg(feature = "tracing")]
use core::fmt;
use core::time::Duration;

/// Something that happened to remote keys, for metrics and logs: [`RemoteJwksBuilder::observer`](crate::RemoteJwksBuilder::observer).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum KeyEvent<'a> {
    /// The keys were fetched, or are still the same.
    #[non_exhaustive]
    Refreshed {
        /// How many verify.
        keys: usize,
        /// Whether the set is another than before.
        changed: bool,
        /// Until they are stale.
        fresh_for: Duration,
    },
    /// Keys came or went. Follows [`Refreshed`](Self::Refreshed), except for the first keys.
    #[non_exhaustive]
    Rotated {
        /// The `kid` of each new key; of a key without one, its thumbprint (RFC 7638).
        added: &'a [Quoted],
        /// The same of each key that was withdrawn. Tokens they signed are refused from now on.
        removed: &'a [Quoted],
    },
    /// Some entries of a new set are not used.
    #[non_exhaustive]
    Skipped {
        /// Which, and why.
        entries: &'a [SkippedKey],
    },
    /// Entries of a new set hold private keys or secrets, for everybody to see. Tell the issuer. The public half of a private key is used; a secret never is.
    #[non_exhaustive]
    Exposed {
        /// Which entries, counted from 0.
        entries: &'a [usize],
    },
    /// The set came with a media type that is not JSON's, and was read all the same.
    #[non_exhaustive]
    UnusualContentType {
        /// What the response says; empty where it says nothing.
        content_type: &'a Quoted,
    },
    /// An attempt failed.
    #[non_exhaustive]
    Failed {
        /// Why.
        error: &'a RefreshError,
        /// How long the keys that are there will go on verifying; `None` if there are none.
        usable_for: Option<Duration>,
    },
    /// A token with an unknown key caused no attempt, since there was one a moment ago. A flood of them is a flood of strangers' tokens.
    Suppressed,
    /// Keys that were kept across a restart are used until new ones come.
    #[non_exhaustive]
    Restored {
        /// How many verify.
        keys: usize,
        /// How old they are.
        age: Duration,
    },
    /// The keys could not be kept, or those kept not be read.
    #[non_exhaustive]
    StoreFailed {
        /// Why.
        reason: &'a str,
    },
}

/// Is told what happens. Called in the place where it happens, sometimes once for a token: it should return at once.
pub trait KeyObserver: Send + Sync {
    /// Something happened.
    fn observe(&self, event: KeyEvent<'_>);
}

impl<F: Fn(KeyEvent<'_>) + Send + Sync> KeyObserver for F {
    fn observe(&self, event: KeyEvent<'_>) {
        self(event);
    }
}

/// Writes each event as an event of `tracing`, with the target `carnet::remote`. What an issuer says is in there only as [`Quoted`] has it or cut as short, and in few pieces.
#[cfg(feature = "tracing")]
pub(crate) fn trace(source: &str, event: KeyEvent<'_>) {
    use tracing::{debug, error, info, warn};
    const TARGET: &str = "carnet::remote";
    match event {
        KeyEvent::Refreshed { keys, changed, fresh_for } => {
            debug!(target: TARGET, source, keys, changed, ?fresh_for, "keys refreshed");
        }
        KeyEvent::Rotated { added, removed } => {
            info!(target: TARGET, source, added = ?Few(added), removed = ?Few(removed), "keys rotated");
        }
        KeyEvent::Skipped { entries } => {
            let entries: Vec<String> = entries.iter().map(ToString::to_string).collect();
            warn!(target: TARGET, source, entries = ?Few(&entries), "keys skipped");
        }
        KeyEvent::Exposed { entries } => {
            error!(target: TARGET, source, entries = ?Few(entries), "private keys or secrets published");
        }
        KeyEvent::UnusualContentType { content_type } => {
            warn!(target: TARGET, source, ?content_type, "unusual content type");
        }
        KeyEvent::Failed { error, usable_for } => {
            warn!(target: TARGET, source, code = error.code(), %error, ?usable_for, "keys not refreshed");
        }
        KeyEvent::Suppressed => debug!(target: TARGET, source, "unknown key, looked for a moment ago"),
        KeyEvent::Restored { keys, age } => info!(target: TARGET, source, keys, ?age, "keys restored"),
        KeyEvent::StoreFailed { reason } => warn!(target: TARGET, source, reason, "keys not kept"),
    }
}

/// The first of many: no set of keys makes a line without end.
#[cfg(feature = "tracing")]
struct Few<'a, T>(&'a [T]);

#[cfg(feature = "tracing")]
impl<T: fmt::Debug> fmt::Debug for Few<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 16;
        let mut list = f.debug_list();
        list.entries(self.0.iter().take(MOST));
        let left_out = self.0.len().saturating_sub(MOST);
        if left_out > 0 {
            list.entry(&format_args!("and {left_out} more"));
        }
        list.finish()
    }
}
