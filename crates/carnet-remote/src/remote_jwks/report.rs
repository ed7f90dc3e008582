use crate::event::{KeyEvent, KeyObserver};
use crate::refresh_error::RefreshError;
use carnet_core::Quoted;
use carnet_jwk::{SkippedKey, VerifyingKeys};
use core::time::Duration;

/// What came of an attempt, to be told once the lock is open: an observer may do what it likes.
#[derive(Default)]
pub(super) struct Report {
    told: Vec<Told>,
    /// Keys that take the place of the last ones.
    pub(super) keys: Option<VerifyingKeys>,
}

/// A [`KeyEvent`] that owns what it tells.
pub(super) enum Told {
    Refreshed { keys: usize, changed: bool, fresh_for: Duration },
    Rotated { added: Vec<Quoted>, removed: Vec<Quoted> },
    Skipped(Vec<SkippedKey>),
    Exposed(Vec<usize>),
    UnusualContentType(Quoted),
    Failed { error: RefreshError, usable_for: Option<Duration> },
    Restored { keys: usize, age: Duration },
}

impl Report {
    pub(super) fn add(&mut self, told: Told) {
        self.told.push(told);
    }

    pub(super) fn tell(&self, observer: &impl KeyObserver) {
        for told in &self.told {
            observer.observe(match told {
                &Told::Refreshed { keys, changed, fresh_for } => KeyEvent::Refreshed { keys, changed, fresh_for },
                Told::Rotated { added, removed } => KeyEvent::Rotated { added, removed },
                Told::Skipped(entries) => KeyEvent::Skipped { entries },
                Told::Exposed(entries) => KeyEvent::Exposed { entries },
                Told::UnusualContentType(content_type) => KeyEvent::UnusualContentType { content_type },
                Told::Failed { error, usable_for } => KeyEvent::Failed { error, usable_for: *usable_for },
                &Told::Restored { keys, age } => KeyEvent::Restored { keys, age },
            });
        }
    }
}
