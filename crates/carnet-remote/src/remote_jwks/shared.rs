use super::attempt;
use super::state::{Progress, State};
use crate::address::Schemes;
use crate::clock::Clock;
use crate::event::{KeyEvent, KeyObserver};
use crate::fetch::{Fetch, FetchError};
use crate::published::ResponseRules;
use crate::refresh_error::RefreshError;
use crate::schedule::{CacheRules, KeyState, Moment, SHORTEST_WAIT, Search};
use crate::source::Source;
use crate::status::RemoteStatus;
use crate::store::KeyStore;
use arc_swap::{ArcSwap, Guard};
use carnet_jwk::{KeyMiss, KeySourceError, VerifyingKeys};
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::Handle;
use tokio::sync::watch;

/// What the builder decides.
pub(super) struct Settings {
    pub(super) source: Source,
    pub(super) schemes: Schemes,
    pub(super) client: Box<dyn Fetch>,
    pub(super) store: Option<Box<dyn KeyStore>>,
    pub(super) clock: Box<dyn Clock>,
    pub(super) observer: Option<Box<dyn KeyObserver>>,
    pub(super) response: ResponseRules,
    pub(super) cache: CacheRules,
    /// For a whole attempt, and for whoever waits for one.
    pub(super) timeout: Duration,
}

/// What the clones of a `RemoteJwks` share.
pub(super) struct Shared {
    pub(super) settings: Settings,
    keys: ArcSwap<VerifyingKeys>,
    /// In nanoseconds of the clock: until when `keys` verify, and from when on their use is worth the lock. Both follow `state`.
    dead_at: AtomicU64,
    next_use: AtomicU64,
    state: Mutex<State>,
    /// That of the state, for those who wait.
    progress: watch::Sender<Progress>,
    /// Keeps the order of what is saved.
    pub(super) saving: tokio::sync::Mutex<()>,
}

impl Shared {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            state: Mutex::new(State::new(settings.cache, settings.store.is_some())),
            settings,
            keys: ArcSwap::from_pointee(VerifyingKeys::default()),
            dead_at: AtomicU64::new(0),
            next_use: AtomicU64::new(0),
            progress: watch::Sender::new(Progress { attempts: 0, succeeded: 0, restored: false, error: None }),
            saving: tokio::sync::Mutex::new(()),
        }
    }

    /// The state. A panic of somebody who held it left it whole: nothing in there calls out.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Moment {
        self.settings.clock.elapsed()
    }

    /// Closes a change of the state: the keys and the times that are read without the lock follow it, then those who wait are woken.
    pub(super) fn publish(&self, state: MutexGuard<'_, State>, keys: Option<VerifyingKeys>) {
        if let Some(keys) = keys {
            self.keys.store(Arc::new(keys));
        }
        // After the keys: whoever reads this time finds the keys it is for, or newer ones.
        self.dead_at.store(state.schedule.dead_at().map_or(0, nanoseconds), Ordering::Release);
        self.next_use.store(nanoseconds(state.schedule.next_use()), Ordering::Relaxed);
        let progress = state.progress.clone();
        // Whoever waits may look at the state: never are both locks held.
        drop(state);
        self.progress.send_if_modified(|seen| {
            let is_beyond = progress.is_beyond(seen);
            if is_beyond {
                *seen = progress;
            }
            is_beyond
        });
    }

    /// How many keys are held, dead or alive.
    pub(super) fn held_keys(&self) -> usize {
        self.keys.load().len()
    }

    #[inline]
    pub(super) fn snapshot(self: &Arc<Self>) -> Result<Guard<Arc<VerifyingKeys>>, KeySourceError> {
        let now = self.now();
        let at = nanoseconds(now);
        if at >= self.next_use.load(Ordering::Relaxed) {
            self.used(now);
        }
        if at < self.dead_at.load(Ordering::Acquire) { Ok(self.keys.load()) } else { Err(self.unavailable(now)) }
    }

    /// Fetches in the background, if it is time.
    #[cold]
    fn used(self: &Arc<Self>, now: Moment) {
        let Ok(runtime) = Handle::try_current() else {
            // Outside of a runtime nothing can be fetched in the background: not asked for every token.
            return self.next_use.store(nanoseconds(now.saturating_add(SHORTEST_WAIT)), Ordering::Relaxed);
        };
        let mut state = self.lock();
        let begins = state.schedule.used(now).then(|| state.schedule.number());
        // Also where nothing begins, so that the time that was read is the right one again.
        self.publish(state, None);
        if let Some(number) = begins {
            attempt::spawn(&runtime, self, number);
        }
    }

    #[cold]
    fn unavailable(&self, now: Moment) -> KeySourceError {
        let state = self.lock();
        let source = self.settings.source.name();
        let reason = match (&state.progress.error, state.schedule.state(now)) {
            (Some(error), KeyState::Dead) => format!("those of {source} are too old: {error}"),
            (Some(error), _) => format!("{source}: {error}"),
            (None, KeyState::Empty) => format!("those of {source} have not been fetched yet"),
            (None, _) => format!("those of {source} are too old"),
        };
        KeySourceError::new(reason).with_retry_after(SHORTEST_WAIT)
    }

    /// Looks for keys that a token lacks; see [`KeySource::refresh`](carnet_jwk::KeySource::refresh).
    pub(super) async fn look_for(self: &Arc<Self>, miss: KeyMiss<'_>) -> Result<bool, KeySourceError> {
        match self.begin_search(miss)? {
            Searched::AtHand => Ok(true),
            Searched::InVain => {
                self.observe(KeyEvent::Suppressed);
                Ok(false)
            }
            Searched::Turn(turn) => turn.await.map(|()| true).map_err(|error| {
                let error = self.failed(&error);
                let (now, state) = (self.now(), self.lock());
                // With keys, the next search is after the cooldown; without, in a second.
                let wait = if state.has_keys(now) { state.schedule.cooldown_left(now) } else { SHORTEST_WAIT };
                error.with_retry_after(wait.max(SHORTEST_WAIT))
            }),
        }
    }

    fn begin_search(
        self: &Arc<Self>,
        miss: KeyMiss<'_>,
    ) -> Result<Searched<impl Future<Output = Result<(), RefreshError>> + Send + use<>>, KeySourceError> {
        let runtime = Handle::try_current().map_err(|_| self.failed(&RefreshError::NoRuntime))?;
        let now = self.now();
        let mut state = self.lock();
        let has_keys = state.has_keys(now);
        match miss {
            // Since the token was looked at.
            KeyMiss::Keys { .. } if has_keys => return Ok(Searched::AtHand),
            KeyMiss::Key { key_id, .. } if has_keys && self.has_key(key_id) => return Ok(Searched::AtHand),
            KeyMiss::Keys { .. } => {}
            _ => state.missed = state.missed.saturating_add(1),
        }
        match state.schedule.missed(now) {
            Search::Wait(_) if !has_keys => {
                drop(state);
                Err(self.unavailable(now))
            }
            Search::Wait(_) => {
                state.suppressed = state.suppressed.saturating_add(1);
                Ok(Searched::InVain)
            }
            search => {
                let wanted = match miss {
                    KeyMiss::Keys { key_id } => Wanted::Keys { key_id: key_id.map(str::to_owned) },
                    _ => Wanted::Fetched,
                };
                Ok(Searched::Turn(self.turn(&runtime, state, search, wanted)))
            }
        }
    }

    fn failed(&self, error: &RefreshError) -> KeySourceError {
        KeySourceError::new(format!("{}: {error}", self.settings.source.name()))
    }

    pub(super) async fn warm(self: &Arc<Self>) -> Result<(), RefreshError> {
        let turn = self.turn_if(Wanted::Keys { key_id: None }, |state, now| {
            (!state.has_keys(now)).then(|| state.schedule.missed(now))
        })?;
        match turn {
            Some(turn) => turn.await,
            None => Ok(()),
        }
    }

    pub(super) async fn reload(self: &Arc<Self>, force: bool) -> Result<(), RefreshError> {
        let turn = self.turn_if(Wanted::Fetched, |state, now| {
            Some(if force { state.schedule.forced(now) } else { state.schedule.missed(now) })
        })?;
        match turn {
            Some(turn) => turn.await,
            None => Ok(()),
        }
    }

    /// The attempt to wait for, if `decide` says that there is to be one.
    fn turn_if<D: FnOnce(&mut State, Moment) -> Option<Search>>(
        self: &Arc<Self>,
        wanted: Wanted,
        decide: D,
    ) -> Result<Option<impl Future<Output = Result<(), RefreshError>> + Send + use<D>>, RefreshError> {
        let runtime = Handle::try_current().map_err(|_| RefreshError::NoRuntime)?;
        let mut state = self.lock();
        match decide(&mut state, self.now()) {
            None => Ok(None),
            // Why there are no keys says more than that it is too soon.
            Some(Search::Wait(wait)) => match state.progress.error.clone() {
                Some(error) if wanted != Wanted::Fetched => Err(error),
                _ => Err(RefreshError::TooSoon { wait }),
            },
            Some(search) => Ok(Some(self.turn(&runtime, state, search, wanted))),
        }
    }

    /// Waits for the attempt under way, which begins here if the schedule says so. The lock is open before anything waits.
    fn turn(
        self: &Arc<Self>,
        runtime: &Handle,
        state: MutexGuard<'_, State>,
        search: Search,
        wanted: Wanted,
    ) -> impl Future<Output = Result<(), RefreshError>> + Send + use<> {
        // Subscribed under the lock: nothing that happens from now on is missed.
        let (mut progress, before) = (self.progress.subscribe(), state.progress.clone());
        if search == Search::Begin {
            let number = state.schedule.number();
            self.publish(state, None);
            attempt::spawn(runtime, self, number);
        }
        let shared = Arc::clone(self);
        async move {
            let ended = progress.wait_for(|now| match &wanted {
                Wanted::Fetched => now.attempts > before.attempts,
                Wanted::Keys { key_id } => {
                    now.attempts > before.attempts || (now.is_beyond(&before) && shared.has_key(key_id.as_deref()))
                }
            });
            // Copied, so that nothing of the channel is held any longer.
            let ended =
                tokio::time::timeout(shared.settings.timeout, ended).await.map(|now| now.map(|now| now.clone()));
            match ended {
                // Of the attempts that have ended meanwhile, one that succeeded is enough.
                Ok(Ok(now)) if now.succeeded > before.attempts => Ok(()),
                // Restored perhaps, while the fetch failed.
                Ok(Ok(now)) => match now.error {
                    Some(_) if wanted != Wanted::Fetched && shared.lock().has_keys(shared.now()) => Ok(()),
                    Some(error) => Err(error),
                    None => Ok(()),
                },
                Ok(Err(_)) => Err(RefreshError::BrokenOff),
                Err(_) if wanted != Wanted::Fetched && shared.lock().has_keys(shared.now()) => Ok(()),
                Err(_) => Err(FetchError::TimedOut.into()),
            }
        }
    }

    /// Whether one of the keys has this name; any will do for a token that names none.
    fn has_key(&self, key_id: Option<&str>) -> bool {
        self.keys.load().candidates(key_id).next().is_some()
    }

    pub(super) fn status(&self) -> RemoteStatus {
        let now = self.now();
        let state = self.lock();
        let left = |until: Option<Moment>| until.map(|until| until.saturating_sub(now)).filter(|left| !left.is_zero());
        let jwks_uri = match &self.settings.source {
            Source::Jwks(address) => Some(address),
            Source::Issuer { .. } => state.discovered.as_ref().map(|discovered| &discovered.address),
        };
        RemoteStatus {
            state: state.schedule.state(now),
            keys: if state.has_keys(now) { self.held_keys() } else { 0 },
            age: state.schedule.age(now),
            fresh_for: left(state.schedule.stale_at()),
            usable_for: left(state.schedule.dead_at()),
            is_fetching: state.schedule.is_fetching(now),
            jwks_uri: jwks_uri.map(|address| address.as_str().to_owned()),
            refreshed: state.refreshed,
            failed: state.failed,
            missed: state.missed,
            suppressed: state.suppressed,
            last_error: state.progress.error.clone(),
        }
    }
}

/// What is waited for.
#[derive(Clone, PartialEq, Eq)]
enum Wanted {
    /// Any keys that verify, one of this name among them; once the fetch has ended, whatever there is.
    Keys { key_id: Option<String> },
    /// Those that the issuer has now.
    Fetched,
}

/// What a search for keys comes to.
enum Searched<F> {
    /// They are there.
    AtHand,
    /// There was a search a moment ago.
    InVain,
    /// They are being fetched.
    Turn(F),
}

/// To the observer and the log.
impl KeyObserver for Shared {
    fn observe(&self, event: KeyEvent<'_>) {
        #[cfg(feature = "tracing")]
        crate::event::trace(self.settings.source.name(), event);
        if let Some(observer) = &self.settings.observer {
            // Its panic is its own: this may be said while another one unwinds.
            let _ = catch_unwind(AssertUnwindSafe(|| observer.observe(event)));
        }
    }
}

#[inline]
fn nanoseconds(moment: Moment) -> u64 {
    u64::try_from(moment.as_nanos()).unwrap_or(u64::MAX)
}
