//! One attempt to fetch keys, in a task of its own.

use super::shared::Shared;
use crate::address::Address;
use crate::event::{KeyEvent, KeyObserver};
use crate::fetch::FetchError;
use crate::published::{self, Answer, Published};
use crate::refresh_error::RefreshError;
use crate::schedule::Jitter;
use crate::source::{self, Discovered, Source};
use crate::store::{KeptKeys, KeyStore};
use core::time::Duration;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// What is asked for in a request for keys.
const KEY_TYPES: &str = "application/jwk-set+json, application/json";

type Outcome = Result<(Answer, Option<Duration>), RefreshError>;

/// Begins the attempt of this number, which the schedule counts as begun.
pub(super) fn spawn(runtime: &Handle, shared: &Arc<Shared>, number: u64) {
    let attempt = Attempt { shared: Arc::clone(shared), number, is_over: false };
    runtime.spawn(attempt.run());
}

/// Ends in the schedule whatever becomes of the task: a client that panics, or a runtime that ends, fails the attempt.
struct Attempt {
    shared: Arc<Shared>,
    number: u64,
    is_over: bool,
}

impl Attempt {
    async fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        let attempt = async {
            if let Some(store) = shared.settings.store.as_deref() {
                restore(&shared, store).await;
            }
            fetch_keys(&shared).await
        };
        let outcome = timeout(shared.settings.timeout, attempt).await.unwrap_or(Err(FetchError::TimedOut.into()));
        let succeeded = outcome.is_ok();
        self.end(outcome);
        if succeeded && let Some(store) = shared.settings.store.as_deref() {
            save(&shared, store).await;
        }
    }

    fn end(&mut self, outcome: Outcome) {
        self.is_over = true;
        let (shared, held_keys) = (&self.shared, self.shared.held_keys());
        let now = shared.now();
        let mut state = shared.lock();
        let mut report = state.end(self.number, now, outcome, held_keys, Jitter(fastrand::f64()));
        shared.publish(state, report.keys.take());
        report.tell(&**shared);
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.is_over {
            self.end(Err(RefreshError::BrokenOff));
        }
    }
}

async fn fetch_keys(shared: &Shared) -> Outcome {
    let settings = &shared.settings;
    let address = jwks_uri(shared).await?;
    let etag = shared.lock().held.as_ref().and_then(|held| held.etag.clone());
    let max_octets = settings.response.max_octets;
    let response = source::get(&*settings.client, &address, KEY_TYPES, etag.as_ref(), max_octets).await?;
    let (asked_about_held, rules) = (etag.is_some(), settings.response.clone());
    off_the_way(move || published::read(response, asked_about_held, &rules)).await
}

/// Checking keys takes up to half a millisecond each: not in the way of those who serve requests.
async fn off_the_way<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, RefreshError> + Send + 'static,
) -> Result<T, RefreshError> {
    tokio::task::spawn_blocking(read).await.unwrap_or(Err(RefreshError::BrokenOff))
}

/// Where the keys are, which may have to be found out first.
async fn jwks_uri(shared: &Shared) -> Result<Address, RefreshError> {
    let settings = &shared.settings;
    let (issuer, places) = match &settings.source {
        Source::Jwks(address) => return Ok(address.clone()),
        Source::Issuer { issuer, metadata } => (issuer, metadata),
    };
    let known = shared.lock().discovered.clone();
    if let Some(known) = known.as_ref().filter(|known| !known.is_due(shared.now())) {
        return Ok(known.address.clone());
    }
    let found = source::discover(issuer, places, &*settings.client, settings.schemes, &settings.response);
    let found = match &known {
        // Metadata that hang leave time to fetch the keys where they were.
        Some(_) => {
            let share = settings.timeout.div_f32(2.0);
            timeout(share, found).await.unwrap_or(Err(FetchError::TimedOut.into()))
        }
        None => found.await,
    };
    match found {
        Ok(address) => {
            let (now, mut state) = (shared.now(), shared.lock());
            if known.is_some_and(|known| known.address != address)
                && let Some(held) = &mut state.held
            {
                // The tag says nothing about what is at another address.
                held.etag = None;
            }
            state.discovered = Some(Discovered::new(address.clone(), now));
            Ok(address)
        }
        // Metadata that name another issuer, or a place where no keys are fetched, are no outage.
        Err(error @ (RefreshError::IssuerMismatch { .. } | RefreshError::JwksUri(_))) => Err(error),
        Err(error) => known.map(|known| known.address).ok_or(error),
    }
}

/// Takes the keys that were kept, once: those of this source that are not too old.
async fn restore(shared: &Shared, store: &dyn KeyStore) {
    if core::mem::replace(&mut shared.lock().store_was_read, true) {
        return;
    }
    // A store that hangs leaves time to fetch.
    let octets = match timeout(shared.settings.timeout.div_f32(4.0), store.load()).await {
        Ok(Ok(Some(octets))) => octets,
        Ok(Ok(None)) => return,
        Ok(Err(error)) => return shared.observe(KeyEvent::StoreFailed { reason: &error.to_string() }),
        Err(_) => return shared.observe(KeyEvent::StoreFailed { reason: "no answer in time" }),
    };
    let since_epoch = shared.settings.clock.since_epoch();
    let Some((jwks, age, usable_for)) = KeptKeys::read(&octets, shared.settings.source.name(), since_epoch) else {
        return shared.observe(KeyEvent::StoreFailed { reason: "what was kept is too old, or another source's" });
    };
    let rules = shared.settings.response.clone();
    match off_the_way(move || Published::read(jwks, &rules)).await {
        Ok(kept) => {
            let (now, mut state) = (shared.now(), shared.lock());
            let mut report = state.restore(now, kept, age, usable_for);
            shared.publish(state, report.keys.take());
            report.tell(shared);
        }
        Err(error) => shared.observe(KeyEvent::StoreFailed { reason: &error.to_string() }),
    }
}

/// Keeps the keys that are held.
async fn save(shared: &Shared, store: &dyn KeyStore) {
    let _in_turn = shared.saving.lock().await;
    let kept = {
        let (now, state) = (shared.now(), shared.lock());
        let usable_for = state.schedule.dead_at().unwrap_or_default().saturating_sub(now);
        let age = state.schedule.age(now).unwrap_or_default();
        let fetched_at = shared.settings.clock.since_epoch().saturating_sub(age);
        let Some(held) = &state.held else { return };
        KeptKeys::new(
            shared.settings.source.name().to_owned(),
            fetched_at,
            usable_for.saturating_add(age),
            held.text.clone(),
        )
    };
    match timeout(shared.settings.timeout, store.save(&kept.to_json())).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => shared.observe(KeyEvent::StoreFailed { reason: &error.to_string() }),
        Err(_) => shared.observe(KeyEvent::StoreFailed { reason: "no answer in time" }),
    }
}
