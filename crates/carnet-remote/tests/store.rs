//! Keys that are kept across a restart.
#![cfg(test)]
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

#[expect(dead_code, reason = "other tests use all of it")]
#[path = "support/desk.rs"]
mod desk;

use carnet_jwk::{KeyMiss, KeySource};
use carnet_remote::{FileStore, KeyState, KeyStore, RemoteJwks};
use desk::{Desk, JWKS_URI, Memory, ended, names, settle};
use std::time::Duration;

fn with_store(desk: &Desk, store: impl KeyStore + 'static) -> RemoteJwks {
    desk.equip(RemoteJwks::builder(JWKS_URI)).store(store).build().unwrap()
}

#[tokio::test]
async fn a_restart_during_an_outage_still_verifies() {
    let (desk, memory) = (Desk::new(&["a"]), Memory::default());
    with_store(&desk, memory.clone()).warm().await.unwrap();
    settle().await;
    assert!(memory.0.lock().unwrap().is_some());

    desk.server.go_down();
    desk.server.hold(true);
    desk.clock.set(1800);
    let again = with_store(&desk, memory.clone());
    assert!(again.refresh(KeyMiss::Keys { key_id: Some("a") }).await.unwrap());
    assert!(again.status().is_fetching, "no waiting for the fetch");
    assert_eq!(names(&again).unwrap(), ["a"]);
    let status = again.status();
    assert_eq!((status.state, status.age), (KeyState::Stale, Some(Duration::from_secs(1800))));
    desk.server.hold(false);
    // As long as it would have without the restart.
    assert_eq!(status.usable_for, Some(Duration::from_secs(4200 - 1800)));
    ended(&again).await;
    assert!(desk.events().iter().any(|event| event.starts_with("Restored { keys: 1, age: 1800s }")));

    // When the issuer is back, its keys take their place.
    desk.server.publish(&desk.keys.set(&["b"]));
    again.force_reload().await.unwrap();
    assert_eq!(names(&again).unwrap(), ["b"]);
    settle().await;
    desk.server.go_down();
    let third = with_store(&desk, memory);
    third.warm().await.unwrap();
    assert_eq!(names(&third).unwrap(), ["b"]);
}

/// A token whose key is newer than what was kept waits for the fetch.
#[tokio::test]
async fn a_key_that_was_not_kept_is_waited_for() {
    let (desk, memory) = (Desk::new(&["a"]), Memory::default());
    with_store(&desk, memory.clone()).warm().await.unwrap();
    settle().await;
    desk.server.publish(&desk.keys.set(&["a", "b"]));
    let again = with_store(&desk, memory);
    assert!(again.refresh(KeyMiss::Keys { key_id: Some("b") }).await.unwrap());
    assert_eq!(names(&again).unwrap(), ["a", "b"]);
}

/// The clock of a process that begins says nothing about how old keys are.
#[tokio::test]
async fn the_age_of_kept_keys_is_that_of_the_keys() {
    let (desk, memory) = (Desk::new(&["a"]), Memory::default());
    with_store(&desk, memory.clone()).warm().await.unwrap();
    settle().await;
    desk.server.go_down();
    desk.clock.restart(1800);
    let again = with_store(&desk, memory);
    again.warm().await.unwrap();
    assert_eq!(again.status().age, Some(Duration::from_secs(1800)));
    desk.clock.set(10);
    assert_eq!(again.status().age, Some(Duration::from_secs(1810)));
}

#[tokio::test]
async fn restored_keys_are_fetched_again_at_once() {
    let (desk, memory) = (Desk::new(&["a"]), Memory::default());
    with_store(&desk, memory.clone()).warm().await.unwrap();
    settle().await;
    desk.server.publish(&desk.keys.set(&["b"]));
    let again = with_store(&desk, memory.clone());
    again.warm().await.unwrap();
    ended(&again).await;
    assert_eq!(names(&again).unwrap(), ["b"]);
    // Who asks for a fetch gets what it brings, and not what was kept.
    desk.server.publish(&desk.keys.set(&["c"]));
    let third = with_store(&desk, memory);
    third.force_reload().await.unwrap();
    assert_eq!(names(&third).unwrap(), ["c"]);
}

#[tokio::test]
async fn what_is_too_old_or_not_ours_is_not_believed() {
    let (desk, memory) = (Desk::new(&["a"]), Memory::default());
    with_store(&desk, memory.clone()).warm().await.unwrap();
    settle().await;
    let kept = memory.0.lock().unwrap().clone().unwrap();
    let text = String::from_utf8(kept.clone()).unwrap();
    desk.server.go_down();

    let restored = |octets: Vec<u8>, now: u64, uri: &'static str| {
        desk.clock.set(now);
        *memory.0.lock().unwrap() = Some(octets);
        let remote = desk.equip(RemoteJwks::builder(uri)).store(memory.clone()).build().unwrap();
        async move { remote.warm().await.is_ok() }
    };
    assert!(restored(kept.clone(), 4199, JWKS_URI).await);
    assert!(!restored(kept.clone(), 4200, JWKS_URI).await, "dead by now");
    assert!(!restored(kept.clone(), 10, "https://auth.example.com/other.json").await, "of another source");
    let other = |name: &str, value: &str| {
        let mut members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
        members.insert(name.to_owned(), serde_json::from_str(value).unwrap());
        serde_json::to_vec(&members).unwrap()
    };
    assert!(restored(other("version", "1"), 10, JWKS_URI).await);
    assert!(restored(other("fetched_at", "86400070"), 10, JWKS_URI).await, "clocks differ by a minute");
    for (name, value) in [
        ("version", "2"),
        ("fetched_at", "99999999999"),
        // More than a minute before it was fetched (at 0).
        ("fetched_at", "86400071"),
        ("jwks", r#""{\"keys\":[]}""#),
        ("jwks", r#""""#),
        ("usable_until", "0"),
        ("more", "1"),
    ] {
        assert!(!restored(other(name, value), 10, JWKS_URI).await, "{name} {value}");
    }
    // Whoever writes a far end into the store gains no more than the longest that keys may live.
    assert!(restored(other("usable_until", "99999999999"), 7199, JWKS_URI).await);
    assert!(!restored(other("usable_until", "99999999999"), 7200, JWKS_URI).await);
    for broken in ["", "{", "null", "[]", "\u{0}"] {
        assert!(!restored(broken.as_bytes().to_vec(), 10, JWKS_URI).await, "{broken:?}");
    }
    assert!(desk.events().iter().any(|event| event.starts_with("StoreFailed")));
}

#[tokio::test]
async fn a_file_keeps_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path().join("keys.json"));
    let desk = Desk::new(&["a"]);
    let remote = with_store(&desk, store.clone());
    remote.warm().await.unwrap();
    for _ in 0..200 {
        if store.path().exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(store.load().await.unwrap().is_some());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");

    desk.server.go_down();
    let again = with_store(&desk, store.clone());
    again.warm().await.unwrap();
    assert_eq!(names(&again).unwrap(), ["a"]);
    store.save(b"other octets").await.unwrap();
    assert_eq!(store.load().await.unwrap().unwrap(), b"other octets");
}

/// A file that is no set of keys, however long it is, does not fill the memory.
#[tokio::test]
async fn a_file_has_a_longest_length() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path().join("keys.json"));
    let file = std::fs::File::create(store.path()).unwrap();
    for (octets, taken) in [(32 * 1024 * 1024, true), (32 * 1024 * 1024 + 1, false)] {
        file.set_len(octets).unwrap();
        assert_eq!(store.load().await.is_ok(), taken, "{octets}");
    }
}

/// A store that hangs.
struct Hanging;

impl KeyStore for Hanging {
    fn load(&self) -> carnet_remote::StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(std::future::pending())
    }

    fn save<'a>(&'a self, _: &'a [u8]) -> carnet_remote::StoreFuture<'a, ()> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_store_that_hangs_leaves_time_to_fetch() {
    let desk = Desk::new(&["a"]);
    let remote = desk.equip(RemoteJwks::builder(JWKS_URI)).store(Hanging).timeout(Duration::from_millis(400));
    let remote = remote.build().unwrap();
    remote.warm().await.unwrap();
    assert_eq!(names(&remote).unwrap(), ["a"]);
    // Nor does it hold up the next one.
    remote.force_reload().await.unwrap();
    assert!(desk.events().iter().any(|event| event.starts_with("StoreFailed") && event.contains("no answer in time")));
}

/// A store that does not work costs nothing but its use.
#[tokio::test]
async fn a_store_that_fails_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = FileStore::new(folder.path().join("no").join("such").join("keys.json"));
    assert_eq!(missing.load().await.unwrap(), None);
    assert!(missing.save(b"x").await.is_err());
    let folder_in_its_place = FileStore::new(folder.path());
    assert!(folder_in_its_place.load().await.is_err());

    let desk = Desk::new(&["a"]);
    let remote = with_store(&desk, folder_in_its_place);
    remote.warm().await.unwrap();
    assert_eq!(names(&remote).unwrap(), ["a"]);
    assert!(desk.events().iter().any(|event| event.starts_with("StoreFailed")));
}
