use super::{CacheRules, Jitter, KeyState, Moment, Schedule, Search};
use core::time::Duration;

const MIDDLE: Jitter = Jitter(0.5);
const MOST: Jitter = Jitter(0.999_999);

const fn at(seconds: u64) -> Moment {
    Duration::from_secs(seconds)
}

/// A schedule whose keys were fetched at 0 with a `max-age`.
fn fetched(max_age: Option<u64>) -> Schedule {
    let mut schedule = Schedule::new(CacheRules::default());
    assert_eq!(schedule.missed(at(0)), Search::Begin);
    schedule.succeeded(at(0), max_age.map(Duration::from_secs), MIDDLE);
    schedule
}

#[test]
fn keys_are_empty_fresh_stale_and_dead_in_turn() {
    let schedule = fetched(Some(100));
    assert_eq!(Schedule::new(CacheRules::default()).state(at(0)), KeyState::Empty);
    assert_eq!(schedule.state(at(99)), KeyState::Fresh);
    assert_eq!(schedule.state(at(100)), KeyState::Stale);
    assert_eq!(schedule.state(at(3699)), KeyState::Stale);
    assert_eq!(schedule.state(at(3700)), KeyState::Dead);
}

#[test]
fn what_the_issuer_says_is_kept_within_bounds() {
    for (said, fresh_for) in
        [(None, 600), (Some(0), 60), (Some(59), 60), (Some(61), 61), (Some(3600), 3600), (Some(31_536_000), 3600)]
    {
        assert_eq!(fetched(said).stale_at(), Some(at(fresh_for)), "max-age {said:?}");
    }
}

#[test]
fn keys_are_fetched_again_at_four_fifths_of_their_time_give_or_take_a_tenth() {
    for (jitter, refresh_at) in [(Jitter(0.0), 72.0), (MIDDLE, 80.0), (Jitter(1.0), 88.0)] {
        let mut schedule = fetched(None);
        schedule.succeeded(at(0), Some(at(100)), jitter);
        let due = Duration::from_secs_f64(refresh_at);
        assert!(!schedule.used(due - Duration::from_millis(1)));
        assert!(schedule.used(due + Duration::from_millis(1)));
        assert!(!schedule.used(due + Duration::from_millis(2)), "one at a time");
    }
}

#[test]
fn stale_keys_are_fetched_by_whoever_uses_them() {
    let mut schedule = fetched(Some(100));
    assert!(schedule.used(at(3600)));
    schedule.succeeded(at(3600), Some(at(100)), MIDDLE);
    assert_eq!(schedule.state(at(3699)), KeyState::Fresh);
}

#[test]
fn failures_double_the_wait_up_to_a_minute_and_leave_the_keys() {
    let mut schedule = fetched(Some(60));
    let mut now = at(60);
    for wait in [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0] {
        assert!(schedule.used(now));
        schedule.failed(now, MOST);
        let due = now + Duration::from_secs_f64(wait);
        assert!(!schedule.used(due - Duration::from_millis(2)), "after {wait} s");
        assert_eq!(schedule.state(now), KeyState::Stale);
        now = due + Duration::from_millis(1);
    }
    assert_eq!(schedule.failures(), 8);
    assert!(schedule.used(now));
    schedule.succeeded(now, None, MIDDLE);
    assert_eq!(schedule.failures(), 0);
    assert_eq!(schedule.state(now), KeyState::Fresh);
}

#[test]
fn the_wait_after_a_failure_is_any_part_of_it_and_a_second_at_least() {
    let mut schedule = fetched(Some(60));
    for _ in 0..10 {
        schedule.forced(at(60));
        schedule.failed(at(60), Jitter(0.0));
    }
    assert!(!schedule.used(at(60)));
    assert!(schedule.used(at(61)));
}

#[test]
fn many_failures_do_not_overflow() {
    let mut schedule = fetched(None);
    for _ in 0..100 {
        schedule.forced(at(60));
        schedule.failed(Moment::MAX, MOST);
    }
    assert_eq!(schedule.failures(), 100);
}

#[test]
fn a_missing_key_is_looked_for_once_in_a_cooldown_whatever_came_of_it() {
    for succeeds in [true, false] {
        let mut schedule = fetched(None);
        assert_eq!(schedule.missed(at(5)), Search::Begin, "the first fetch was for nobody's missing key");
        assert_eq!(schedule.missed(at(5)), Search::Join);
        match succeeds {
            true => schedule.succeeded(at(6), None, MIDDLE),
            false => schedule.failed(at(6), MIDDLE),
        }
        assert_eq!(schedule.missed(at(6)), Search::Wait(at(29)), "from the attempt's beginning");
        assert_eq!(schedule.missed(at(34)), Search::Wait(at(1)));
        assert_eq!(schedule.missed(at(35)), Search::Begin);
    }
}

#[test]
fn a_missing_key_is_looked_for_while_failures_put_off_what_nobody_waits_for() {
    let mut schedule = fetched(Some(60));
    for now in 100..110 {
        schedule.forced(at(now));
        schedule.failed(at(now), MOST);
    }
    assert!(!schedule.used(at(110)));
    assert_eq!(schedule.missed(at(110)), Search::Begin);
}

#[test]
fn without_keys_there_is_an_attempt_a_second() {
    let mut schedule = Schedule::new(CacheRules::default());
    for now in 0..20 {
        assert_eq!(schedule.missed(at(now)), Search::Begin);
        assert_eq!(schedule.missed(at(now)), Search::Join);
        schedule.failed(at(now), MOST);
        assert_eq!(schedule.missed(at(now) + Duration::from_millis(999)), Search::Wait(Duration::from_millis(1)));
        assert!(!schedule.used(at(now) + Duration::from_millis(999)));
    }
    assert!(schedule.used(at(20)));
}

#[test]
fn dead_keys_are_looked_for_like_none() {
    let mut schedule = fetched(Some(60));
    for now in [60, 100, 200, 500, 1000] {
        schedule.forced(at(now));
        schedule.failed(at(now), MOST);
    }
    schedule.forced(at(3659));
    schedule.failed(at(3659), MOST);
    assert!(!schedule.used(at(3659)));
    assert!(schedule.used(at(3660)), "failures put nothing off once the keys are dead");
    schedule.failed(at(3660), MOST);
    assert_eq!(schedule.missed(at(3660)), Search::Wait(at(1)));
    assert_eq!(schedule.missed(at(3661)), Search::Begin);
}

#[test]
fn an_attempt_may_be_forced_and_is_still_one_at_a_time() {
    let mut schedule = fetched(None);
    assert_eq!(schedule.forced(at(0)), Search::Begin);
    assert_eq!(schedule.forced(at(0)), Search::Join);
}

/// The bound that services rely on: of however many misses at whatever times, two fetches in 30 seconds.
#[test]
fn a_flood_of_misses_causes_two_fetches_in_any_thirty_seconds() {
    let mut schedule = Schedule::new(CacheRules::default());
    let mut fetches = Vec::new();
    for tenth in 0..36_000_u64 {
        let now = Duration::from_millis(tenth * 100);
        if schedule.used(now) || schedule.missed(now) == Search::Begin {
            fetches.push(now);
            schedule.succeeded(now, Some(at(60)), Jitter(f64::from(u32::try_from(tenth % 10).unwrap()) / 10.0));
        }
    }
    for window in fetches.windows(3) {
        assert!(window[2] - window[0] >= at(30), "{window:?}");
    }
    assert!(fetches.len() > 100);
}

#[test]
fn kept_keys_verify_as_long_as_they_would_have() {
    let minutes = |minutes: u64| at(minutes * 60);
    for (age, usable_for, left) in [
        (minutes(10), minutes(60), Some(minutes(60))),
        // No longer than the longest that fresh keys would.
        (minutes(90), minutes(60), Some(minutes(30))),
        (minutes(120), minutes(60), None),
        (minutes(10), minutes(0), None),
    ] {
        let mut schedule = Schedule::new(CacheRules::default());
        assert_eq!(schedule.restored(minutes(1000), age, usable_for), left.is_some());
        let Some(left) = left else { continue };
        assert_eq!(schedule.state(minutes(1000)), KeyState::Stale);
        assert_eq!(schedule.dead_at(), Some(minutes(1000) + left));
        assert!(schedule.used(minutes(1000)), "they are fetched again at once");
        assert!(!schedule.restored(minutes(1000), age, usable_for), "and never put in the place of others");
    }
}
