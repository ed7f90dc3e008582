use super::report::{Report, Told};
use crate::published::{Answer, Published};
use crate::refresh_error::RefreshError;
use crate::schedule::{CacheRules, Jitter, KeyState, Moment, Schedule};
use crate::source::Discovered;
use carnet_core::Quoted;
use carnet_jwk::{Jwk, JwkSet};
use core::time::Duration;
use http::HeaderValue;
use std::collections::HashSet;

/// The longest entity tag that is sent back, in octets.
const LONGEST_TAG: usize = 256;

/// After so many failures in a row the keys may have moved.
const FAILURES_IN_DOUBT: u32 = 3;

/// What changes, behind one lock that is never held while anything waits.
pub(super) struct State {
    pub(super) schedule: Schedule,
    pub(super) discovered: Option<Discovered>,
    pub(super) held: Option<HeldSet>,
    pub(super) progress: Progress,
    /// Whether the store was read, or there is none.
    pub(super) store_was_read: bool,
    pub(super) refreshed: u64,
    pub(super) failed: u64,
    pub(super) missed: u64,
    pub(super) suppressed: u64,
}

/// How far things have gone, for those who wait.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    /// The number of the last attempt that has ended.
    pub(super) attempts: u64,
    /// The number of the last one that succeeded.
    pub(super) succeeded: u64,
    /// Whether keys were restored.
    pub(super) restored: bool,
    /// Why the last one failed, if it did.
    pub(super) error: Option<RefreshError>,
}

impl Progress {
    /// Whether anything has happened since.
    pub(super) const fn is_beyond(&self, seen: &Self) -> bool {
        self.attempts > seen.attempts || (self.restored && !seen.restored)
    }
}

/// The set that is held, as it was published.
pub(super) struct HeldSet {
    pub(super) text: String,
    set: JwkSet,
    pub(super) etag: Option<HeaderValue>,
}

impl State {
    pub(super) const fn new(rules: CacheRules, has_store: bool) -> Self {
        Self {
            schedule: Schedule::new(rules),
            discovered: None,
            held: None,
            progress: Progress { attempts: 0, succeeded: 0, restored: false, error: None },
            store_was_read: !has_store,
            refreshed: 0,
            failed: 0,
            missed: 0,
            suppressed: 0,
        }
    }

    /// Whether there are keys that verify.
    pub(super) fn has_keys(&self, now: Moment) -> bool {
        matches!(self.schedule.state(now), KeyState::Fresh | KeyState::Stale)
    }

    /// The attempt of this number ended. Says what is to be told, and which keys take the place of the `held_keys`; nothing, if another has taken its place.
    pub(super) fn end(
        &mut self,
        number: u64,
        now: Moment,
        outcome: Result<(Answer, Option<Duration>), RefreshError>,
        held_keys: usize,
        jitter: Jitter,
    ) -> Report {
        let mut report = Report::default();
        if number != self.schedule.number() {
            return report;
        }
        self.progress.attempts = number;
        match outcome {
            Ok((answer, fresh_for)) => {
                self.schedule.succeeded(now, fresh_for, jitter);
                self.refreshed = self.refreshed.saturating_add(1);
                self.progress.succeeded = number;
                self.progress.error = None;
                self.take(now, answer, held_keys, &mut report);
            }
            Err(error) => {
                self.schedule.failed(now, jitter);
                self.failed = self.failed.saturating_add(1);
                if let Some(discovered) = &mut self.discovered {
                    discovered.in_doubt |= error.says_gone() || self.schedule.failures() >= FAILURES_IN_DOUBT;
                }
                let usable_for = self.schedule.dead_at().map(|at| at.saturating_sub(now));
                if let Some(held) = &mut self.held {
                    // It may be what the server does not like.
                    held.etag = None;
                }
                self.progress.error = Some(error.clone());
                report.add(Told::Failed { error, usable_for: usable_for.filter(|left| !left.is_zero()) });
            }
        }
        report
    }

    fn take(&mut self, now: Moment, answer: Answer, held_keys: usize, report: &mut Report) {
        let fresh_for = self.schedule.stale_at().unwrap_or(now).saturating_sub(now);
        let published = match answer {
            Answer::Keys(published) => *published,
            Answer::Unchanged => return report.add(Told::Refreshed { keys: held_keys, changed: false, fresh_for }),
        };
        if let Some(held) = self.held.as_mut().filter(|held| held.text == published.text) {
            held.etag = published.etag.filter(is_short);
            return report.add(Told::Refreshed { keys: held_keys, changed: false, fresh_for });
        }
        report.add(Told::Refreshed { keys: published.keys.len(), changed: true, fresh_for });
        if let Some(held) = &self.held {
            let (added, removed) = (names_without(&published.set, &held.set), names_without(&held.set, &published.set));
            if !(added.is_empty() && removed.is_empty()) {
                report.add(Told::Rotated { added, removed });
            }
        }
        self.put(published, report);
    }

    /// Keys that were kept across a restart.
    pub(super) fn restore(&mut self, now: Moment, kept: Published, age: Duration, usable_for: Duration) -> Report {
        let mut report = Report::default();
        if self.schedule.restored(now, age, usable_for) {
            self.progress.restored = true;
            report.add(Told::Restored { keys: kept.keys.len(), age });
            self.put(kept, &mut report);
        }
        report
    }

    /// Puts a set in the place of the last one.
    fn put(&mut self, published: Published, report: &mut Report) {
        let Published { text, set, keys, etag, odd_content_type } = published;
        let mut exposed: Vec<usize> = set.private_entries().iter().copied().chain(set.secret_entries()).collect();
        exposed.sort_unstable();
        if !exposed.is_empty() {
            report.add(Told::Exposed(exposed));
        }
        if !keys.skipped().is_empty() {
            report.add(Told::Skipped(keys.skipped().to_vec()));
        }
        if let Some(content_type) = odd_content_type {
            report.add(Told::UnusualContentType(content_type));
        }
        report.keys = Some(keys);
        self.held = Some(HeldSet { text, set, etag: etag.filter(is_short) });
    }
}

fn is_short(tag: &HeaderValue) -> bool {
    tag.len() <= LONGEST_TAG
}

/// The names of the keys that one set has and the other has not.
fn names_without(set: &JwkSet, other: &JwkSet) -> Vec<Quoted> {
    let identity = |jwk: &Jwk| (jwk.key_id().map(str::to_owned), jwk.thumbprint().octets().to_vec());
    let others: HashSet<_> = other.iter().map(identity).collect();
    let name = |jwk: &Jwk| jwk.key_id().map_or_else(|| Quoted::new(&jwk.thumbprint().to_string()), Quoted::new);
    set.iter().filter(|jwk| !others.contains(&identity(jwk))).map(name).collect()
}
