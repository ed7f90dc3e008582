//! Keys that change while tokens come, at a real server whose keys come over HTTP: nobody is refused who should not be, and nobody is accepted any longer.

use crate::shop::{API, ISSUER, Shop};
use carnet::oauth::AccessTokenVerifier;
use carnet::prelude::*;
use carnet::remote::Clock;
use carnet::testing::Issuer;
use carnet::tower::ProtectLayer;
use serde_json::{Value, json};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use testkit::http_client::{Connection, Response};
use testkit::http_server::{HttpServer, Reply};

const ROTATIONS: usize = 50;
const CONNECTIONS: usize = 4;

/// What the issuer lets its keys be fresh for, in seconds.
const MAX_AGE: u64 = 60;
/// Longer than the time between two fetches that unknown keys cause, and not long enough for keys to be fetched for their age.
const COOLDOWN: Duration = Duration::from_secs(31);

/// A clock that stands still until it is set forward.
#[derive(Default)]
struct Hand(AtomicU64);

impl Hand {
    fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_secs(), SeqCst);
    }
}

impl Clock for Hand {
    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.0.load(SeqCst))
    }

    fn since_epoch(&self) -> Duration {
        self.elapsed()
    }
}

/// What is published, and of how many changes whoever asked last knows.
#[derive(Default)]
struct Published {
    set: String,
    changes: usize,
    served: usize,
}

/// The numbers of keys, which only ever grow: what may be expected of a token depends on when it was sent and when it was answered.
#[derive(Default)]
struct Keys {
    /// The one that signs: published, and there was time to fetch it.
    present: AtomicUsize,
    /// All before this one are not published any more.
    withdrawn: AtomicUsize,
    /// All before this one were withdrawn, and the keys were fetched since.
    refused: AtomicUsize,
    /// How many tokens were judged.
    accepted: AtomicUsize,
    rejected: AtomicUsize,
    /// How many came while their key was being withdrawn, so that either answer is right.
    between: AtomicUsize,
}

impl Keys {
    /// Sends a token by this key and judges the answer.
    async fn send(&self, connection: &mut Connection, number: usize, token: &str) {
        let must_fail = number < self.refused.load(SeqCst);
        let response = connection.exchange(&format!("GET /read HTTP/1.1\r\nauthorization: Bearer {token}")).await;
        let must_pass = number >= self.withdrawn.load(SeqCst);
        let accepted = is_accepted(&response);
        assert!(!(must_fail && accepted), "key {number} was withdrawn, and is accepted");
        assert!(!must_pass || accepted, "key {number} is published, and refused: {response:?}");
        let count = match (must_fail, must_pass) {
            (true, _) => &self.rejected,
            (_, true) => &self.accepted,
            _ => &self.between,
        };
        count.fetch_add(1, SeqCst);
    }

    fn counts(&self) -> [usize; 2] {
        [&self.accepted, &self.rejected].map(|count| count.load(SeqCst))
    }
}

/// There are two answers and no third: no failure of the server above all.
#[track_caller]
fn is_accepted(response: &Response) -> bool {
    if response.status == 200 {
        assert_eq!(response.body, "GET by user-1");
        return true;
    }
    let body: Value = serde_json::from_str(&response.body).unwrap_or_default();
    assert_eq!((response.status, &body["code"]), (401, &json!("unknown_key")), "{response:?}");
    false
}

/// Looks again and again, for a while.
async fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
}

/// An issuer publishes a key, signs with it when everybody could have fetched it, and withdraws the one before: fifty times, while clients send tokens by the present key, by the one before
/// and by those that are withdrawn. New keys are found by the first token that they signed, which is a miss; that one was withdrawn is learnt when the keys have reached their age.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_rotations_behind_the_layer() {
    let issuer = Issuer::new(ISSUER).unwrap();
    let signing: Vec<SigningKey> = (0..=ROTATIONS)
        .map(|number| SigningKey::generate(ES256).unwrap().with_key_id(format!("key-{number}")).unwrap())
        .collect();
    let claims = json!({"client_id": "web", "scope": "orders:read"});
    let token = |key: &SigningKey| {
        issuer.token(API).typ("at+jwt").subject("user-1").random_id().claims(&claims).sign(key).unwrap()
    };
    let tokens: Arc<Vec<String>> = Arc::new(signing.iter().map(token).collect());

    let published: Arc<Mutex<Published>> = Arc::default();
    let publish = |numbers: Range<usize>| {
        let set: JwkSet = signing[numbers].iter().filter_map(SigningKey::public_jwk).collect();
        let mut published = published.lock().unwrap();
        published.set = set.to_json();
        published.changes += 1;
    };
    let answers = Arc::clone(&published);
    let server = HttpServer::start(move |_| {
        let mut published = answers.lock().unwrap();
        published.served = published.changes;
        let fields =
            vec![("content-type", "application/json".to_owned()), ("cache-control", format!("max-age={MAX_AGE}"))];
        Reply::Full(200, fields, published.set.clone().into_bytes())
    })
    .await;
    publish(0..1);

    let hand = Arc::new(Hand::default());
    let remote = RemoteJwks::builder(&format!("{}/jwks.json", server.origin())).dangerous_allow_http_loopback();
    let remote = remote.clock(Arc::clone(&hand)).build().unwrap();
    let clock = issuer.clock();
    let verifier = AccessTokenVerifier::builder(remote.clone(), ISSUER, API).policy(move |policy| policy.clock(clock));
    let shop = Shop::behind(issuer.clone(), ProtectLayer::new(verifier.build().unwrap().remember_tokens(64))).await;

    let (keys, done) = (Arc::new(Keys::default()), Arc::new(AtomicBool::new(false)));
    let load: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (keys, tokens, done, address) =
                (Arc::clone(&keys), Arc::clone(&tokens), Arc::clone(&done), shop.address);
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await;
                while !done.load(SeqCst) {
                    let present = keys.present.load(SeqCst);
                    for number in [present, present.saturating_sub(1), keys.refused.load(SeqCst).saturating_sub(1), 0] {
                        keys.send(&mut connection, number, &tokens[number]).await;
                    }
                }
            })
        })
        .collect();
    // Under load: some tokens are judged in each state that there is.
    let some = async |what: &str| {
        let before = keys.counts();
        until(what, || keys.counts()[0] > before[0] + 8).await;
    };
    let mut connection = Connection::open(shop.address).await;
    some("tokens are accepted").await;
    for number in 0..ROTATIONS {
        // A new key. Its first token comes when a miss may have the keys fetched.
        publish(number..number + 2);
        hand.advance(COOLDOWN);
        keys.present.store(number + 1, SeqCst);
        keys.send(&mut connection, number + 1, &tokens[number + 1]).await;
        some("tokens are accepted while two keys are published").await;

        // The one before goes. From here on its tokens may be refused; when the keys were fetched, they must be.
        keys.withdrawn.store(number + 1, SeqCst);
        publish(number + 1..number + 2);
        hand.advance(Duration::from_secs(MAX_AGE));
        let is_known = || {
            let published = published.lock().unwrap();
            published.served == published.changes && !remote.status().is_fetching
        };
        until("the keys are fetched when they have reached their age", is_known).await;
        keys.refused.store(number + 1, SeqCst);
        keys.send(&mut connection, number, &tokens[number]).await;
        some("tokens are accepted while one key is published").await;
    }
    done.store(true, SeqCst);
    for connection in load {
        connection.await.unwrap();
    }
    let ([accepted, rejected], between) = (keys.counts(), keys.between.load(SeqCst));
    eprintln!("{accepted} accepted, {rejected} refused, {between} in between, {} fetches", server.requests().len());
    assert!(accepted > 16 * ROTATIONS && rejected > ROTATIONS, "{accepted} accepted, {rejected} refused");
    assert_eq!(remote.status().failed, 0);
}
