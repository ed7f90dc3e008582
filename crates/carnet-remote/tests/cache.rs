//! What happens when: each row of the policy about time, with a clock that stands still and a server in memory.
#![cfg(test)]
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

#[expect(dead_code, reason = "other tests use all of it")]
#[path = "support/desk.rs"]
mod desk;

use carnet_jwk::{KeyMiss, KeySource};
use carnet_remote::{FetchError, KeyState, RefreshError, RemoteJwks};
use desk::{Desk, JWKS_URI, ended, json, names, response, settle};
use std::time::Duration;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A token with a key of this name has come.
async fn miss(remote: &RemoteJwks, key_id: &str) -> Result<bool, Option<Duration>> {
    remote.refresh(KeyMiss::Key { key_id: Some(key_id) }).await.map_err(|error| error.retry_after())
}

#[tokio::test]
async fn nothing_is_fetched_before_it_is_needed() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    settle().await;
    assert_eq!((desk.server.count(), remote.status().state), (0, KeyState::Empty));

    assert!(remote.refresh(KeyMiss::Keys { key_id: None }).await.unwrap());
    assert_eq!(names(&remote).unwrap(), ["a"]);
    let status = remote.status();
    assert_eq!((status.state, status.keys, status.refreshed), (KeyState::Fresh, 1, 1));
    assert_eq!((status.fresh_for, status.usable_for), (Some(seconds(600)), Some(seconds(4200))));
}

#[tokio::test]
async fn without_keys_whoever_asks_causes_a_fetch_and_an_error_that_says_when_to_come_again() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    let error = remote.snapshot().unwrap_err();
    assert_eq!(error.retry_after(), Some(seconds(1)));
    assert!(error.to_string().contains("https://auth.example.com/jwks.json have not been fetched yet"), "{error}");
    ended(&remote).await;
    assert_eq!(names(&remote).unwrap(), ["a"], "the next one finds them");
    assert_eq!(desk.server.count(), 1);
}

#[tokio::test]
async fn warm_fetches_once() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    remote.warm().await.unwrap();
    remote.warm().await.unwrap();
    assert_eq!(desk.server.count(), 1);

    // Once a second at most, whoever asks for it how often.
    let down = Desk::new(&["a"]);
    down.server.go_down();
    let remote = down.remote();
    for _ in 0..100 {
        assert_eq!(remote.warm().await.unwrap_err().code(), "unreachable");
    }
    assert_eq!(down.server.count(), 1);
    down.clock.advance(seconds(1));
    remote.warm().await.unwrap_err();
    assert_eq!(down.server.count(), 2);
}

/// Each who waits wakes while others are told: with one lock too many held, all of them would wait for ever.
#[test]
fn many_who_wait_while_attempts_end() {
    let desk = Desk::new(&["a"]);
    desk.server.go_down();
    let remote = desk.remote();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let (sender, done) = std::sync::mpsc::channel();
    for _ in 0..200 {
        let (remote, sender) = (remote.clone(), sender.clone());
        runtime.spawn(async move {
            for _ in 0..100 {
                assert!(remote.force_reload().await.is_err());
                tokio::task::yield_now().await;
            }
            sender.send(()).unwrap();
        });
    }
    let ended = (0..200).take_while(|_| done.recv_timeout(Duration::from_secs(30)).is_ok()).count();
    // First of all, since threads that wait for ever would hold up the end of this one.
    runtime.shutdown_background();
    assert_eq!(ended, 200);
}

/// An attempt whose runtime does not go on is given up, and what it brings later is not believed.
#[test]
fn a_runtime_that_stands_still_is_not_waited_for() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (idle, at_work) = (runtime(), runtime());
    desk.server.hold(true);
    idle.block_on(async {
        assert!(remote.snapshot().is_err());
        settle().await;
    });
    assert!(remote.status().is_fetching);
    desk.clock.set(9);
    assert!(remote.status().is_fetching);
    desk.clock.set(10);
    assert!(!remote.status().is_fetching);
    desk.server.hold(false);
    at_work.block_on(remote.warm()).unwrap();
    assert_eq!(desk.server.count(), 2);
    let refreshed = remote.status().refreshed;
    desk.server.publish(&desk.keys.set(&["b"]));
    idle.block_on(settle_for_a_while());
    assert_eq!((names(&remote).unwrap(), remote.status().refreshed), (vec!["a".to_owned()], refreshed));
}

async fn settle_for_a_while() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// Whatever an observer does, nothing comes of it.
#[tokio::test]
async fn an_observer_that_panics() {
    let desk = Desk::new(&["a"]);
    let observer = |_: carnet_remote::KeyEvent<'_>| panic!("an observer's own fault");
    let remote = desk.equip(RemoteJwks::builder(JWKS_URI)).observer(observer).build().unwrap();
    remote.warm().await.unwrap();
    desk.server.answer(|_| panic!("a client's own fault"));
    assert_eq!(remote.force_reload().await.unwrap_err().code(), "broken_off");
    desk.server.publish(&desk.keys.set(&["b"]));
    remote.force_reload().await.unwrap();
    assert_eq!(names(&remote).unwrap(), ["b"]);
}

/// A tag that the server does not take back is not sent again, and one that is too long never.
#[tokio::test]
async fn tags_that_servers_do_not_like() {
    for (length, sent) in [(10, true), (256, true), (257, false), (20_000, false)] {
        let desk = Desk::new(&["a"]);
        let set = desk.keys.set(&["a"]);
        let tag = "t".repeat(length);
        desk.server.answer(move |request| match request.headers().contains_key("if-none-match") {
            true => response(431, &[], ""),
            false => response(200, &[("content-type", "application/json"), ("etag", &tag)], &set),
        });
        let remote = desk.remote();
        remote.warm().await.unwrap();
        assert_eq!(remote.force_reload().await.is_err(), sent, "{length} octets");
        remote.force_reload().await.unwrap();
    }
}

/// G1, G8: one fetch, in a task of its own.
#[tokio::test]
async fn all_who_wait_share_one_fetch_and_dropping_them_cancels_nothing() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    desk.server.hold(true);
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let remote = remote.clone();
            tokio::spawn(async move { remote.refresh(KeyMiss::Keys { key_id: None }).await })
        })
        .collect();
    settle().await;
    assert_eq!(desk.server.count(), 1);
    assert!(remote.status().is_fetching);
    for waiter in &waiting {
        waiter.abort();
    }
    settle().await;
    desk.server.hold(false);
    ended(&remote).await;
    assert_eq!(names(&remote).unwrap(), ["a"]);
    assert_eq!(desk.server.count(), 1);
}

#[tokio::test]
async fn keys_are_refreshed_ahead_and_nobody_waits() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    remote.warm().await.unwrap();
    desk.server.publish(&desk.keys.set(&["a", "b"]));
    // At 80 % of ten minutes, give or take a tenth.
    desk.clock.set(431);
    assert_eq!(names(&remote).unwrap(), ["a"]);
    settle().await;
    assert_eq!(desk.server.count(), 1);
    desk.clock.set(529);
    desk.server.hold(true);
    for _ in 0..10 {
        assert_eq!(names(&remote).unwrap(), ["a"], "at once, with the keys that are there");
    }
    settle().await;
    assert_eq!(desk.server.count(), 2);
    desk.server.hold(false);
    ended(&remote).await;
    assert_eq!(names(&remote).unwrap(), ["a", "b"]);
}

#[tokio::test]
async fn stale_keys_serve_until_they_are_dead_and_then_it_is_503() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    remote.warm().await.unwrap();
    desk.server.go_down();
    for now in [600, 1200, 4199] {
        desk.clock.set(now);
        assert_eq!(names(&remote).unwrap(), ["a"], "after {now} s");
        ended(&remote).await;
        assert_eq!(remote.status().state, KeyState::Stale);
    }
    desk.clock.set(4200);
    let error = remote.snapshot().unwrap_err();
    assert!(error.to_string().contains("too old: the server cannot be reached: the cable is out"), "{error}");
    assert_eq!((remote.status().state, remote.status().keys), (KeyState::Dead, 0));
    ended(&remote).await;

    // One attempt a second, shared, until it is back.
    let before = desk.server.count();
    assert_eq!(remote.refresh(KeyMiss::Keys { key_id: None }).await.unwrap_err().retry_after(), Some(seconds(1)));
    assert_eq!(desk.server.count(), before);
    desk.clock.advance(seconds(1));
    desk.server.publish(&desk.keys.set(&["b"]));
    assert!(remote.refresh(KeyMiss::Keys { key_id: None }).await.unwrap());
    assert_eq!(names(&remote).unwrap(), ["b"]);
}

/// G2, G3: whatever comes in place of a set is a failure, and the keys stay.
#[tokio::test]
async fn what_is_no_set_never_takes_the_place_of_one() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    remote.warm().await.unwrap();
    let good = desk.keys.set(&["b"]);
    let set = [("content-type", "application/json")];
    let encryption_only = good.replace("\"kid\"", "\"use\":\"enc\",\"kid\"");
    let cases = [
        (response(500, &set, &good), "unexpected_status"),
        (response(404, &set, &good), "unexpected_status"),
        (response(201, &set, &good), "unexpected_status"),
        (response(206, &set, &good), "unexpected_status"),
        (response(304, &set, ""), "unexpected_status"),
        (response(301, &[("location", JWKS_URI)], &good), "unexpected_status"),
        (response(302, &[("location", "http://169.254.169.254/")], &good), "unexpected_status"),
        (response(307, &[("location", "file:///etc/passwd")], &good), "unexpected_status"),
        (response(200, &[("content-type", "text/html; charset=utf-8")], &good), "unexpected_content_type"),
        (response(200, &[("content-type", "TEXT/HTML")], &good), "unexpected_content_type"),
        (response(200, &[set[0], ("content-encoding", "gzip")], &good), "unexpected_content_type"),
        (json(""), "not_a_jwk_set"),
        (json("null"), "not_a_jwk_set"),
        (json("[]"), "not_a_jwk_set"),
        (json("{}"), "not_a_jwk_set"),
        (json("<html></html>"), "not_a_jwk_set"),
        (json(r#"{"keys":null}"#), "not_a_jwk_set"),
        (json(r#"{"keys":{}}"#), "not_a_jwk_set"),
        (json(r#"{"keys":[],"keys":[]}"#), "not_a_jwk_set"),
        (json(&format!("\u{feff}{good}")), "not_a_jwk_set"),
        (response(200, &set, "\u{0}"), "not_a_jwk_set"),
        (json(r#"{"keys":[]}"#), "no_usable_keys"),
        (json(r#"{"keys":[{"kty":"MAGIC"},{},1]}"#), "no_usable_keys"),
        (json(&encryption_only), "no_usable_keys"),
        (
            json(
                r#"{"keys":[{"kty":"oct","kid":"b","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]}"#,
            ),
            "no_usable_keys",
        ),
        (Err(FetchError::TimedOut), "timed_out"),
        (Err(FetchError::TooLarge { limit: 1 }), "too_large"),
    ];
    for (failures, (answer, code)) in (1..).zip(cases) {
        let told = format!("{answer:?}");
        desk.server.answer(move |_| answer.clone());
        let error = remote.force_reload().await.unwrap_err();
        assert_eq!(error.code(), code, "{told}");
        assert_eq!(names(&remote).unwrap(), ["a"], "{told}");
        let status = remote.status();
        assert_eq!((status.failed, status.last_error), (failures, Some(error)));
    }
    desk.server.publish(&good);
    remote.force_reload().await.unwrap();
    assert_eq!(names(&remote).unwrap(), ["b"]);
    assert_eq!(remote.status().last_error, None);
}

#[tokio::test]
async fn statically_hosted_sets_have_all_kinds_of_types() {
    let desk = Desk::new(&["a"]);
    let set = desk.keys.set(&["a"]);
    for content_type in [
        Some("application/jwk-set+json"),
        Some("Application/JSON; charset=utf-8"),
        Some("text/json"),
        Some("text/plain"),
        Some("application/octet-stream"),
        None,
    ] {
        let fields: Vec<_> = content_type.into_iter().map(|value| ("content-type", value)).collect();
        let answer = response(200, &fields, &set);
        desk.server.answer(move |_| answer.clone());
        let odd = content_type.is_none_or(|value| !value.to_lowercase().contains("json"));
        desk.events();
        desk.remote().warm().await.unwrap();
        let told = desk.events().iter().filter(|event| event.starts_with("UnusualContentType")).count();
        assert_eq!(told, usize::from(odd), "{content_type:?}");

        let strict = desk.equip(RemoteJwks::builder(JWKS_URI)).strict_content_type().build().unwrap();
        assert_eq!(strict.warm().await.is_err(), odd, "{content_type:?}");
    }
}

/// G5.
#[tokio::test]
async fn sets_are_bounded_in_length_and_number() {
    let desk = Desk::new(&["a"]);
    let padded = |octets: usize| {
        let set = desk.keys.set(&["a"]);
        format!("{set}{}", " ".repeat(octets - set.len()))
    };
    let with_entries = |entries: usize| {
        let set = desk.keys.set(&["a"]);
        let junk = r#","more":1},{"kty":"MAGIC""#.repeat(entries - 1);
        set.replacen('}', &format!("{junk}}}"), 1)
    };
    for (body, code) in [
        (padded(256 * 1024), None),
        (padded(256 * 1024 + 1), Some("too_large")),
        (with_entries(256), None),
        (with_entries(257), Some("not_a_jwk_set")),
    ] {
        desk.server.publish(&body);
        assert_eq!(desk.remote().warm().await.err().map(|error| error.code()), code, "{} octets", body.len());
    }
    desk.server.publish(&with_entries(257));
    let large = desk.equip(RemoteJwks::builder(JWKS_URI)).max_keys(257).build().unwrap();
    large.warm().await.unwrap();
    desk.server.publish(&padded(1001));
    let small = desk.equip(RemoteJwks::builder(JWKS_URI)).max_octets(1000).build().unwrap();
    assert_eq!(small.warm().await.unwrap_err().code(), "too_large", "whatever the client let through");
}

/// G7.
#[tokio::test]
async fn what_the_issuer_says_of_freshness_is_kept_within_bounds() {
    let desk = Desk::new(&["a"]);
    let set = desk.keys.set(&["a"]);
    for (fields, fresh_for) in [
        (&[][..], 600),
        (&[("cache-control", "max-age=300")], 300),
        (&[("cache-control", "max-age=300"), ("age", "100")], 200),
        (&[("cache-control", "max-age=31536000")], 3600),
        (&[("cache-control", "max-age=0")], 60),
        (&[("cache-control", "no-store")], 60),
        (&[("cache-control", "max-age=300"), ("age", "301")], 60),
    ] {
        let answer = response(200, &[&[("content-type", "application/json")], fields].concat(), &set);
        desk.server.answer(move |_| answer.clone());
        let remote = desk.remote();
        remote.warm().await.unwrap();
        assert_eq!(remote.status().fresh_for, Some(seconds(fresh_for)), "{fields:?}");
    }
    let own = desk.equip(RemoteJwks::builder(JWKS_URI)).fresh_for(seconds(5)..=seconds(10)).stale_for(seconds(1));
    let own = own.build().unwrap();
    own.warm().await.unwrap();
    assert_eq!((own.status().fresh_for, own.status().usable_for), (Some(seconds(5)), Some(seconds(6))));
}

#[tokio::test]
async fn an_unknown_key_is_looked_for_once_in_thirty_seconds_and_then_refused_at_once() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    remote.warm().await.unwrap();
    desk.server.publish(&desk.keys.set(&["a", "b"]));
    assert_eq!(miss(&remote, "b").await, Ok(true));
    assert_eq!((names(&remote).unwrap().len(), desk.server.count()), (2, 2));
    desk.events();
    for stranger in 0..100 {
        assert_eq!(miss(&remote, &format!("random-{stranger}")).await, Ok(false));
    }
    assert_eq!(desk.server.count(), 2);
    assert_eq!(desk.events(), vec!["Suppressed"; 100]);
    assert_eq!((remote.status().missed, remote.status().suppressed), (101, 100));
    assert_eq!(miss(&remote, "a").await, Ok(true), "a key that has come since the token was looked at");
    assert_eq!(desk.server.count(), 2);

    desk.clock.advance(seconds(29));
    assert_eq!(miss(&remote, "c").await, Ok(false));
    desk.clock.advance(seconds(1));
    desk.server.go_down();
    assert_eq!(miss(&remote, "c").await, Err(Some(seconds(30))), "not the token's fault");
    assert_eq!(miss(&remote, "c").await, Ok(false), "from the last attempt, not from the last success");
    assert_eq!(desk.server.count(), 3);
}

#[tokio::test]
async fn a_reload_is_bounded_unless_it_is_forced() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    remote.reload().await.unwrap();
    remote.reload().await.unwrap();
    let error = remote.reload().await.unwrap_err();
    assert_eq!(error, RefreshError::TooSoon { wait: seconds(30) });
    remote.force_reload().await.unwrap();
    assert_eq!(desk.server.count(), 3);
    // Also where the last one failed.
    desk.server.go_down();
    desk.clock.advance(seconds(30));
    assert_eq!(remote.reload().await.unwrap_err().code(), "unreachable");
    assert_eq!(remote.reload().await.unwrap_err().code(), "too_soon");
}

#[tokio::test]
async fn failures_put_the_next_attempt_off() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    remote.warm().await.unwrap();
    desk.server.go_down();
    // Used ten times a second for a minute after the keys are stale.
    desk.clock.set(600);
    for _ in 0..600 {
        names(&remote).unwrap();
        ended(&remote).await;
        desk.clock.advance(Duration::from_millis(100));
    }
    let attempts = desk.server.count() - 1;
    assert!((2..=60).contains(&attempts), "{attempts}: at most one a second");
    assert_eq!(remote.status().failed, u64::try_from(attempts).unwrap());
}

#[tokio::test]
async fn unchanged_sets_are_asked_for_by_their_tag() {
    let desk = Desk::new(&["a"]);
    let set = desk.keys.set(&["a"]);
    desk.server.answer(move |request| match request.headers().get("if-none-match") {
        Some(tag) if tag == "\"1\"" => response(304, &[("cache-control", "max-age=100")], ""),
        _ => response(200, &[("content-type", "application/json"), ("etag", "\"1\"")], &set),
    });
    let remote = desk.remote();
    remote.warm().await.unwrap();
    let before = remote.snapshot().unwrap();
    remote.force_reload().await.unwrap();
    assert_eq!(remote.status().fresh_for, Some(seconds(100)));
    assert!(std::ptr::eq(before.known_headers(), remote.snapshot().unwrap().known_headers()), "the same keys");
    assert!(desk.events().last().unwrap().contains("changed: false"));
    let tags: Vec<_> =
        desk.server.requests().iter().map(|request| request.headers().contains_key("if-none-match")).collect();
    assert_eq!(tags, [false, true]);
    assert_eq!(desk.server.requests()[0].headers()["accept"], "application/jwk-set+json, application/json");
}

#[tokio::test]
async fn the_same_set_again_leaves_the_keys_as_they_are() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    remote.warm().await.unwrap();
    let before = remote.snapshot().unwrap();
    remote.force_reload().await.unwrap();
    assert!(std::ptr::eq(before.known_headers(), remote.snapshot().unwrap().known_headers()));
}

/// B16: a set takes the place of the last one as a whole.
#[tokio::test]
async fn rotation_is_told_and_a_withdrawn_key_is_gone() {
    let desk = Desk::new(&["a", "b"]);
    let remote = desk.remote();
    remote.warm().await.unwrap();
    assert_eq!(desk.events(), ["Refreshed { keys: 2, changed: true, fresh_for: 600s }"]);
    desk.server.publish(&desk.keys.set(&["b", "c"]));
    remote.force_reload().await.unwrap();
    assert_eq!(
        desk.events(),
        ["Refreshed { keys: 2, changed: true, fresh_for: 600s }", r#"Rotated { added: ["c"], removed: ["a"] }"#]
    );
    assert_eq!(names(&remote).unwrap(), ["b", "c"]);
}

/// B8, and the services' rule that one bad key spoils no other.
#[tokio::test]
async fn entries_that_are_no_keys_of_ours_are_told_and_left_out() {
    let desk = Desk::new(&["a"]);
    let private = carnet_jwk::PrivateJwk::generate(carnet_jwa::Algorithm::EdDSA).unwrap();
    let private = private.with_key_id("p").unwrap().expose_json();
    let good = desk.keys.set(&["a"]);
    let secret = r#"{"kty":"oct","kid":"s","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;
    let set = good.replacen('[', &format!(r#"[{{"kty":"MAGIC"}},{secret},{},"#, *private), 1);
    desk.server.publish(&set);
    let remote = desk.remote();
    remote.warm().await.unwrap();
    assert_eq!(names(&remote).unwrap(), ["p", "a"]);
    let events = desk.events();
    assert!(events.contains(&"Exposed { entries: [1, 2] }".to_owned()), "{events:?}");
    let skipped = events.iter().find(|event| event.starts_with("Skipped")).unwrap();
    assert!(skipped.contains("index: 0") && skipped.contains("index: 1") && !skipped.contains("AyM1"), "{skipped}");
}

#[tokio::test]
async fn an_attempt_that_hangs_or_panics_is_a_failure_and_no_more() {
    let desk = Desk::new(&["a"]);
    let remote = desk.equip(RemoteJwks::builder(JWKS_URI)).timeout(Duration::from_millis(50)).build().unwrap();
    desk.server.hold(true);
    assert_eq!(remote.warm().await.unwrap_err().code(), "timed_out");
    desk.server.hold(false);
    settle().await;
    desk.server.answer(|_| panic!("a client's own fault"));
    assert_eq!(remote.force_reload().await.unwrap_err().code(), "broken_off");
    desk.server.publish(&desk.keys.set(&["a"]));
    remote.force_reload().await.unwrap();
    assert_eq!(names(&remote).unwrap(), ["a"]);
}

/// Whoever waits gives up in time, also where the attempt does not end: here, its runtime stands still.
#[test]
fn whoever_waits_gives_up_in_time() {
    let desk = Desk::new(&["a"]);
    let remote = desk.equip(RemoteJwks::builder(JWKS_URI)).timeout(Duration::from_millis(100)).build().unwrap();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (idle, at_work) = (runtime(), runtime());
    desk.server.hold(true);
    idle.block_on(async {
        assert!(remote.snapshot().is_err());
        settle().await;
    });
    assert_eq!(at_work.block_on(remote.warm()).unwrap_err().code(), "timed_out");
}

/// Whoever verifies outside of a runtime is told so, and nothing panics.
#[test]
fn without_a_runtime() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    assert!(remote.snapshot().is_err());
    let mut warm = std::pin::pin!(remote.warm());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = warm.as_mut().poll(&mut context) else { panic!("it waits") };
    assert_eq!(error.code(), "no_runtime");
    assert_eq!(desk.server.count(), 0);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(remote.warm()).unwrap();
    desk.clock.set(599);
    assert_eq!(names(&remote).unwrap(), ["a"], "keys that are there verify");
    drop(runtime);
    desk.clock.set(700);
    assert_eq!(names(&remote).unwrap(), ["a"]);
}

/// A runtime that ends takes its tasks along; another goes on.
#[test]
fn a_runtime_that_ends_ends_the_attempt() {
    let desk = Desk::new(&["a"]);
    let remote = desk.remote();
    desk.server.hold(true);
    let first = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    first.block_on(async {
        assert!(remote.snapshot().is_err());
        settle().await;
        assert!(remote.status().is_fetching);
    });
    drop(first);
    assert!(!remote.status().is_fetching);
    assert_eq!(remote.status().last_error.unwrap().code(), "broken_off");
    desk.server.hold(false);
    desk.clock.advance(seconds(1));
    let second = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    second.block_on(remote.warm()).unwrap();
}

#[test]
fn settings_that_cannot_be() {
    let build = |builder: carnet_remote::RemoteJwksBuilder| {
        let desk = Desk::new(&["a"]);
        desk.equip(builder).build().map(|_| ()).unwrap_err().to_string()
    };
    let remote = || RemoteJwks::builder(JWKS_URI);
    let hour = 3600;
    for at_its_limit in [
        remote().stale_for(seconds(24 * hour)),
        remote().stale_for(Duration::ZERO),
        remote().cooldown(seconds(1)),
        remote().fresh_for(seconds(1)..=seconds(24 * hour)),
        remote().fresh_by_default(seconds(24 * hour)),
        remote().timeout(Duration::from_millis(1)),
        remote().timeout(seconds(600)),
        remote().max_keys(10_000).max_octets(16 * 1024 * 1024),
        remote().max_keys(1).max_octets(1),
    ] {
        assert!(Desk::new(&["a"]).equip(at_its_limit).build().is_ok());
    }
    for (builder, expected) in [
        (RemoteJwks::builder("http://auth.example.com/jwks.json"), "the URL is not https"),
        (RemoteJwks::builder("auth.example.com"), "not an absolute URL"),
        (RemoteJwks::builder_for_issuer("https://auth.example.com/?tenant=1"), "an issuer has no query"),
        (remote().stale_for(seconds(24 * hour + 1)), "stale_for is to be from 0ns to 86400s"),
        (remote().cooldown(Duration::from_millis(999)), "cooldown is to be from 1s to 86400s"),
        (remote().fresh_for(seconds(0)..=seconds(60)), "fresh_for (the least) is to be from 1s to 60s"),
        (remote().fresh_for(seconds(61)..=seconds(60)), "fresh_for (the least) is to be from 1s to 60s"),
        (remote().timeout(Duration::ZERO), "timeout is to be from 1ms to 600s"),
        (remote().timeout(seconds(601)), "timeout is to be from 1ms to 600s"),
        (remote().fresh_for(seconds(1)..=seconds(24 * hour + 1)), "fresh_for (the most) is to be from 1s to 86400s"),
        (remote().max_octets(16 * 1024 * 1024 + 1), "max_octets is to be from 1 to 16777216"),
        (remote().fresh_by_default(Duration::ZERO), "fresh_by_default is to be from 1s to 86400s"),
        (remote().max_keys(0), "max_keys is to be from 1 to 10000"),
        (remote().max_keys(10_001), "max_keys is to be from 1 to 10000"),
        (remote().max_octets(0), "max_octets is to be from 1 to 16777216"),
    ] {
        let told = build(builder);
        assert!(told.contains(expected), "{told}");
    }
}
