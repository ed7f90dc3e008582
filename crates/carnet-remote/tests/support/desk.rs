//! An issuer in memory and a clock that stands still.

use carnet_jwa::Algorithm::EdDSA;
use carnet_jwk::{JwkSet, KeySource, SigningKey};
use carnet_remote::{
    Clock, Fetch, FetchError, FetchFuture, KeyEvent, KeyStore, RemoteJwks, RemoteJwksBuilder, StoreFuture,
};
use http::{Request, Response};
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

pub(crate) const JWKS_URI: &str = "https://auth.example.com/jwks.json";

/// A clock that tests set, in milliseconds. It began 1000 days after 1970-01-01.
#[derive(Clone, Default)]
pub(crate) struct ManualClock {
    elapsed: Arc<AtomicU64>,
    /// What went by before the clock began.
    before: Arc<AtomicU64>,
}

impl ManualClock {
    pub(crate) fn set(&self, seconds: u64) {
        self.elapsed.store(seconds.saturating_mul(1000), Ordering::SeqCst);
    }

    /// Begins anew, so many seconds later: as in another process.
    pub(crate) fn restart(&self, later: u64) {
        self.before.fetch_add(later, Ordering::SeqCst);
        self.elapsed.store(0, Ordering::SeqCst);
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.elapsed.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.elapsed.load(Ordering::SeqCst))
    }

    fn since_epoch(&self) -> Duration {
        let before = Duration::from_secs(self.before.load(Ordering::SeqCst));
        Duration::from_secs(1000 * 24 * 3600).saturating_add(before).saturating_add(self.elapsed())
    }
}

pub(crate) type Answer = Result<Response<Vec<u8>>, FetchError>;
type Handler = dyn Fn(&Request<()>) -> Answer + Send + Sync;
type Held = dyn Fn(&Request<()>) -> bool + Send + Sync;

/// A server in memory: what it answers can be exchanged, and it can be made to hold its answers back.
#[derive(Clone)]
pub(crate) struct Server {
    handler: Arc<Mutex<Arc<Handler>>>,
    requests: Arc<Mutex<Vec<Request<()>>>>,
    open: watch::Sender<bool>,
    /// Which requests are never answered.
    held: Arc<Mutex<Arc<Held>>>,
}

impl Server {
    pub(crate) fn new(handler: impl Fn(&Request<()>) -> Answer + Send + Sync + 'static) -> Self {
        let (handler, held): (Arc<Handler>, Arc<Held>) = (Arc::new(handler), Arc::new(|_: &Request<()>| false));
        let (handler, held) = (Arc::new(Mutex::new(handler)), Arc::new(Mutex::new(held)));
        Self { handler, requests: Arc::default(), open: watch::Sender::new(true), held }
    }

    /// From now on it answers so.
    pub(crate) fn answer(&self, handler: impl Fn(&Request<()>) -> Answer + Send + Sync + 'static) {
        *self.handler.lock().unwrap() = Arc::new(handler);
    }

    /// From now on it answers every request with this set.
    pub(crate) fn publish(&self, set: &str) {
        let set = set.to_owned();
        self.answer(move |_| json(&set));
    }

    /// From now on nobody reaches it.
    pub(crate) fn go_down(&self) {
        self.answer(|_| Err(FetchError::Unreachable { reason: "the cable is out".to_owned() }));
    }

    /// Holds its answers back until it is let go.
    pub(crate) fn hold(&self, hold: bool) {
        self.open.send_replace(!hold);
    }

    /// Never answers these requests from now on.
    pub(crate) fn hold_those(&self, held: impl Fn(&Request<()>) -> bool + Send + Sync + 'static) {
        *self.held.lock().unwrap() = Arc::new(held);
    }

    pub(crate) fn requests(&self) -> Vec<Request<()>> {
        self.requests.lock().unwrap().clone()
    }

    /// How many requests there were.
    pub(crate) fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    pub(crate) fn urls(&self) -> Vec<String> {
        self.requests().iter().map(|request| request.uri().to_string()).collect()
    }
}

impl Fetch for Server {
    fn fetch<'a>(&'a self, request: Request<()>, _: usize) -> FetchFuture<'a> {
        Box::pin(async move {
            self.requests.lock().unwrap().push(request.clone());
            let held = Arc::clone(&self.held.lock().unwrap());
            if held(&request) {
                std::future::pending::<()>().await;
            }
            self.open.subscribe().wait_for(|open| *open).await.unwrap();
            let handler = Arc::clone(&self.handler.lock().unwrap());
            handler(&request)
        })
    }
}

/// A response with a set.
pub(crate) fn json(body: &str) -> Answer {
    Ok(Response::builder().header("content-type", "application/jwk-set+json").body(body.into()).unwrap())
}

/// A response with a status and header fields.
pub(crate) fn response(status: u16, fields: &[(&str, &str)], body: &str) -> Answer {
    let builder =
        fields.iter().fold(Response::builder().status(status), |builder, (name, value)| builder.header(*name, *value));
    Ok(builder.body(body.into()).unwrap())
}

/// A key of this name, the same for each name in one test.
#[derive(Default)]
pub(crate) struct Keys(Mutex<BTreeMap<String, SigningKey>>);

impl Keys {
    /// The public keys of these names, as a set.
    pub(crate) fn set(&self, names: &[&str]) -> String {
        let mut keys = self.0.lock().unwrap();
        let jwks = names.iter().map(|name| {
            let key = keys
                .entry((*name).to_owned())
                .or_insert_with(|| SigningKey::generate(EdDSA).unwrap().with_key_id(*name).unwrap());
            key.public_jwk().unwrap()
        });
        jwks.collect::<JwkSet>().to_json()
    }
}

/// A store in memory.
#[derive(Clone, Default)]
pub(crate) struct Memory(pub(crate) Arc<Mutex<Option<Vec<u8>>>>);

impl KeyStore for Memory {
    fn load(&self) -> StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(async { Ok(self.0.lock().unwrap().clone()) })
    }

    fn save<'a>(&'a self, octets: &'a [u8]) -> StoreFuture<'a, ()> {
        Box::pin(async {
            *self.0.lock().map_err(|_| io::Error::other("poisoned"))? = Some(octets.to_vec());
            Ok(())
        })
    }
}

/// Everything a test needs.
pub(crate) struct Desk {
    pub(crate) keys: Keys,
    pub(crate) server: Server,
    pub(crate) clock: ManualClock,
    pub(crate) events: Arc<Mutex<Vec<String>>>,
}

impl Desk {
    /// A server that publishes the keys of these names.
    pub(crate) fn new(names: &[&str]) -> Self {
        let keys = Keys::default();
        let set = keys.set(names);
        let server = Server::new(move |_| json(&set));
        Self { keys, server, clock: ManualClock::default(), events: Arc::default() }
    }

    /// What is common to all tests.
    pub(crate) fn equip(&self, builder: RemoteJwksBuilder) -> RemoteJwksBuilder {
        let events = Arc::clone(&self.events);
        let observe = move |event: KeyEvent<'_>| events.lock().unwrap().push(format!("{event:?}"));
        builder.client(self.server.clone()).clock(self.clock.clone()).observer(observe)
    }

    pub(crate) fn remote(&self) -> RemoteJwks {
        self.equip(RemoteJwks::builder(JWKS_URI)).build().unwrap()
    }

    /// What happened since this was asked last.
    pub(crate) fn events(&self) -> Vec<String> {
        std::mem::take(&mut self.events.lock().unwrap())
    }
}

/// The names of the keys that verify, or nothing where there are none to be had.
pub(crate) fn names(remote: &RemoteJwks) -> Option<Vec<String>> {
    let keys = remote.snapshot().ok()?;
    Some(keys.iter().filter_map(|key| key.key_id().map(str::to_owned)).collect())
}

/// Lets other tasks go on until they wait for something.
pub(crate) async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

/// Waits until nothing is being fetched, and what follows a fetch is done.
pub(crate) async fn ended(remote: &RemoteJwks) {
    settle().await;
    for _ in 0..5000 {
        if !remote.status().is_fetching {
            return settle().await;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("the fetch does not end");
}
