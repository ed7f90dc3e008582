//! When to fetch: the state of a cache and what each event makes of it. No clock, no network, no randomness: all are arguments.

#[cfg(test)]
mod tests;

use core::time::Duration;

/// A moment on a clock that never goes back.
pub(crate) type Moment = Duration;

/// The shortest time between two attempts that nobody forced.
pub(crate) const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// The longest time that failures put off the next attempt for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What keys a source has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the states of RFC 9111 and RFC 5861; a new one must be thought about by all"
)]
pub enum KeyState {
    /// None yet.
    Empty,
    /// Some, as fresh as the issuer asks for.
    Fresh,
    /// Some that should have been fetched again by now, and still verify.
    Stale,
    /// None any more: the last ones are too old.
    Dead,
}

/// How long keys are kept, and how often they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CacheRules {
    /// The least and the most that keys are fresh for, whatever the issuer says.
    pub(crate) fresh_for: (Duration, Duration),
    /// How long keys are fresh for where the issuer says nothing.
    pub(crate) fresh_by_default: Duration,
    /// How long keys verify after they were fresh.
    pub(crate) stale_for: Duration,
    /// The shortest time between two attempts because of a missing key.
    pub(crate) cooldown: Duration,
    /// After this time an attempt counts no more: its runtime is not at work, perhaps. Longer than an attempt takes.
    pub(crate) patience: Duration,
}

impl Default for CacheRules {
    fn default() -> Self {
        Self {
            fresh_for: (Duration::from_secs(60), Duration::from_secs(3600)),
            fresh_by_default: Duration::from_secs(600),
            stale_for: Duration::from_secs(3600),
            cooldown: Duration::from_secs(30),
            patience: Duration::from_secs(10),
        }
    }
}

/// What to do about keys that somebody lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    /// Fetch. The schedule counts it as begun.
    Begin,
    /// Wait for the fetch that is under way.
    Join,
    /// Neither: it was tried a moment ago.
    Wait(Duration),
}

/// A number from 0 up to 1, drawn anew for each call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Jitter(pub(crate) f64);

/// When to fetch.
#[derive(Debug)]
pub(crate) struct Schedule {
    rules: CacheRules,
    held: Option<Held>,
    /// Whether the last attempt is under way.
    fetching: bool,
    /// The number of the last attempt, of any kind.
    number: u64,
    /// When it began.
    attempted: Option<Moment>,
    /// The last attempt because of a missing key.
    sought: Option<Moment>,
    /// Attempts that failed since one succeeded.
    failures: u32,
    /// Until when failures put off what nobody waits for.
    put_off_until: Moment,
}

/// The times of the keys that are held.
#[derive(Debug, Clone, Copy)]
struct Held {
    since: Moment,
    /// How old they were then.
    age: Duration,
    refresh_at: Moment,
    stale_at: Moment,
    dead_at: Moment,
}

impl Schedule {
    pub(crate) const fn new(rules: CacheRules) -> Self {
        Self {
            rules,
            held: None,
            fetching: false,
            number: 0,
            attempted: None,
            sought: None,
            failures: 0,
            put_off_until: Moment::ZERO,
        }
    }

    pub(crate) fn state(&self, now: Moment) -> KeyState {
        match self.held {
            None => KeyState::Empty,
            Some(held) if now < held.stale_at => KeyState::Fresh,
            Some(held) if now < held.dead_at => KeyState::Stale,
            Some(_) => KeyState::Dead,
        }
    }

    /// How long ago the keys that are held were last known to be the issuer's.
    pub(crate) fn age(&self, now: Moment) -> Option<Duration> {
        self.held.map(|held| now.saturating_sub(held.since).saturating_add(held.age))
    }

    /// When the keys that are held stop being fresh.
    pub(crate) fn stale_at(&self) -> Option<Moment> {
        self.held.map(|held| held.stale_at)
    }

    /// When the keys that are held stop verifying.
    pub(crate) fn dead_at(&self) -> Option<Moment> {
        self.held.map(|held| held.dead_at)
    }

    /// Whether an attempt is under way.
    pub(crate) fn is_fetching(&self, now: Moment) -> bool {
        self.fetching && now < self.given_up_at()
    }

    fn given_up_at(&self) -> Moment {
        self.attempted.unwrap_or_default().saturating_add(self.rules.patience)
    }

    /// The number of the last attempt.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// After what time a missing key may be looked for again.
    pub(crate) fn cooldown_left(&self, now: Moment) -> Duration {
        self.sought.map_or(Duration::ZERO, |sought| sought.saturating_add(self.rules.cooldown).saturating_sub(now))
    }

    /// How many attempts failed since one succeeded.
    pub(crate) const fn failures(&self) -> u32 {
        self.failures
    }

    /// From when on [`used`](Self::used) may ask for an attempt: while one is under way, not before it is given up.
    pub(crate) fn next_use(&self) -> Moment {
        if self.fetching {
            return self.given_up_at();
        }
        let Some(held) = self.held else { return self.next_attempt() };
        // Once dead, failures put nothing off any more.
        let put_off = self.put_off_until.max(held.refresh_at);
        if put_off < held.dead_at { put_off } else { held.dead_at.max(self.next_attempt()) }
    }

    /// The keys are used, or would be if there were any. Whether to fetch in the background, which then counts as begun.
    pub(crate) fn used(&mut self, now: Moment) -> bool {
        let due = now >= self.next_use();
        if due {
            self.begin(now);
        }
        due
    }

    /// Somebody has a token whose key is not there, and waits.
    pub(crate) fn missed(&mut self, now: Moment) -> Search {
        if self.is_fetching(now) {
            return Search::Join;
        }
        let without_keys = matches!(self.state(now), KeyState::Empty | KeyState::Dead);
        let from = if without_keys {
            self.next_attempt()
        } else {
            self.sought.map_or(Moment::ZERO, |sought| sought.saturating_add(self.rules.cooldown))
        };
        if now < from {
            return Search::Wait(from.saturating_sub(now));
        }
        // Claimed before anything is fetched, whatever comes of it.
        if !without_keys {
            self.sought = Some(now);
        }
        self.begin(now);
        Search::Begin
    }

    /// Somebody who may wants the keys fetched now.
    pub(crate) fn forced(&mut self, now: Moment) -> Search {
        if self.is_fetching(now) {
            return Search::Join;
        }
        self.begin(now);
        Search::Begin
    }

    const fn begin(&mut self, now: Moment) {
        self.fetching = true;
        self.number = self.number.saturating_add(1);
        self.attempted = Some(now);
    }

    /// Without keys, somebody always waits: no longer than this.
    fn next_attempt(&self) -> Moment {
        self.attempted.map_or(Moment::ZERO, |attempted| attempted.saturating_add(SHORTEST_WAIT))
    }

    /// The attempt brought keys, or the word that they are still the same. `fresh_for` is what the issuer said of them.
    pub(crate) fn succeeded(&mut self, now: Moment, fresh_for: Option<Duration>, jitter: Jitter) {
        let (least, most) = self.rules.fresh_for;
        let fresh_for = fresh_for.unwrap_or(self.rules.fresh_by_default).clamp(least, most);
        let stale_at = now.saturating_add(fresh_for);
        self.held = Some(Held {
            since: now,
            age: Duration::ZERO,
            // At 80 % of it, give or take a tenth: those who started together do not come together.
            refresh_at: now.saturating_add(fresh_for.mul_f64(0.8 * (0.9 + 0.2 * jitter.0))),
            stale_at,
            dead_at: stale_at.saturating_add(self.rules.stale_for),
        });
        (self.fetching, self.failures, self.put_off_until) = (false, 0, Moment::ZERO);
    }

    /// The attempt brought nothing. What is held stays until it is dead.
    pub(crate) fn failed(&mut self, now: Moment, jitter: Jitter) {
        let doubled = SHORTEST_WAIT.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX));
        let wait = doubled.min(LONGEST_WAIT).mul_f64(jitter.0).max(SHORTEST_WAIT);
        self.fetching = false;
        self.failures = self.failures.saturating_add(1);
        self.put_off_until = now.saturating_add(wait);
    }

    /// Keys that were kept across a restart, as old as `age`: they are stale, and verify as long as they would have without the restart. Whether they still do.
    pub(crate) fn restored(&mut self, now: Moment, age: Duration, usable_for: Duration) -> bool {
        let (_, most) = self.rules.fresh_for;
        let left = usable_for.min(most.saturating_add(self.rules.stale_for).saturating_sub(age));
        if left.is_zero() || self.held.is_some() {
            return false;
        }
        self.held = Some(Held { since: now, age, refresh_at: now, stale_at: now, dead_at: now.saturating_add(left) });
        true
    }
}
