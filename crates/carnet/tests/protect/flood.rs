//! Strangers who send tokens with random names of keys at full speed (G1), at a real server whose keys come over HTTP.

use crate::shop::{API, ISSUER, Shop, sha256};
use carnet::oauth::AccessTokenVerifier;
use carnet::prelude::*;
use carnet::testing::Issuer;
use carnet::tower::ProtectLayer;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};
use testkit::http_client::Connection;
use testkit::http_server::{HttpServer, Reply, Request};

const REQUESTS: usize = 10_000;
const ROUNDS: usize = 10;
const CONNECTIONS: usize = 8;
const CALLERS: usize = 2;
/// How long the issuer takes for the fetch that the strangers cause: less than it is waited for, and longer than anything else here.
const SLOW: Duration = Duration::from_secs(2);

/// A token that could be genuine but for its key, which nobody has heard of: 32 random octets name it.
fn strange(issuer: &Issuer, number: usize, key: &SigningKey) -> String {
    let key_id = carnet::base64url::encode(&sha256(&number.to_be_bytes()));
    let claims = json!({"client_id": "web", "scope": "orders:read"});
    let token = issuer.token(API).typ("at+jwt").subject("user-1").random_id().claims(&claims);
    token.key_id(key_id).sign(key).unwrap()
}

fn request(token: &str) -> String {
    format!("GET /read HTTP/1.1\r\nauthorization: Bearer {token}")
}

/// An issuer in threads of its own, where it may be slow.
async fn slow_issuer(jwks: String) -> HttpServer {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    // A runtime cannot be dropped within another one.
    let runtime = Box::leak(Box::new(runtime));
    let asked = AtomicUsize::new(0);
    let answer = move |_: &Request| {
        if asked.fetch_add(1, Relaxed) == 1 {
            std::thread::sleep(SLOW);
        }
        Reply::json(jwks.clone())
    };
    runtime.spawn(HttpServer::start(answer)).await.unwrap()
}

/// What those who have a valid token saw while others kept the server busy.
struct Round {
    took: Duration,
    latencies: Vec<Duration>,
}

impl Round {
    fn p99(&self) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let above = sorted.len().div_ceil(100);
        sorted.into_iter().rev().nth(above.saturating_sub(1)).unwrap()
    }
}

/// Sends these requests over as many connections as there are lists, each as fast as the server answers, and a valid token over two more for as long. Every one of the requests is answered with this
/// status, and every valid token with 200.
async fn round(address: SocketAddr, load: &[Arc<Vec<String>>], status: u16, code: Value, valid: &str) -> Round {
    let done = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (done, request) = (Arc::clone(&done), request(valid));
            tokio::spawn(async move {
                let (mut connection, mut latencies) = (Connection::open(address).await, Vec::new());
                while !done.load(Relaxed) || latencies.is_empty() {
                    let begun = Instant::now();
                    let response = connection.exchange(&request).await;
                    latencies.push(begun.elapsed());
                    assert_eq!((response.status, &*response.body), (200, "GET by user-1"), "{response:?}");
                }
                latencies
            })
        })
        .collect();
    let begun = Instant::now();
    let load: Vec<_> = load
        .iter()
        .map(|requests| {
            let (requests, code) = (Arc::clone(requests), code.clone());
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await;
                for request in &*requests {
                    let response = connection.exchange(request).await;
                    let body: Value = serde_json::from_str(&response.body).unwrap_or_default();
                    assert_eq!((response.status, &body["code"]), (status, &code), "{response:?}");
                }
            })
        })
        .collect();
    for connection in load {
        connection.await.unwrap();
    }
    let took = begun.elapsed();
    done.store(true, Relaxed);
    let mut latencies = Vec::new();
    for caller in callers {
        latencies.extend(caller.await.unwrap());
    }
    Round { took, latencies }
}

/// Requests of this round, in lists of the same length.
fn lists(token: impl Fn(usize) -> String) -> Vec<Arc<Vec<String>>> {
    let each = REQUESTS / ROUNDS / CONNECTIONS;
    let all: Vec<String> = (0..CONNECTIONS.saturating_mul(each)).map(|number| request(&token(number))).collect();
    all.chunks(each).map(|list| Arc::new(list.to_vec())).collect()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Ten thousand random names: the issuer is asked once more, each of them is refused, and nobody else notices.
///
/// "Nobody else notices" compares with the same number of requests from the same number of connections that carry a valid token, each sent as soon as the one before is answered. So the
/// processors are as busy in the one as in the other, and what is left is what strangers could do that others cannot: hold a lock, have everybody wait for a fetch, fill a table. A
/// stranger's token costs the server no more than a valid one, whose signature is verified. Rounds of both take turns, and what counts is the median of how many times as long
/// the 99th percentile is in the one as in the other that came just before: what else the machine does falls on both. The strangers' one fetch is slow, and no valid token may wait for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_random_key_ids() {
    let issuer = Issuer::new(ISSUER).unwrap();
    let server = slow_issuer(issuer.jwk_set().to_json()).await;
    let keys = RemoteJwks::builder(&format!("{}/jwks.json", server.origin())).dangerous_allow_http_loopback();
    let keys = keys.build().unwrap();
    let clock = issuer.clock();
    let verifier = AccessTokenVerifier::builder(keys.clone(), ISSUER, API).policy(move |policy| policy.clock(clock));
    let shop = Shop::behind(issuer, ProtectLayer::new(verifier.build().unwrap().remember_tokens(64))).await;
    let (valid, stranger) = (shop.token(), SigningKey::generate(ES256).unwrap());
    let quiet = lists(|_| valid.clone());
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let mut first = None;
    for number in 0..ROUNDS {
        without.push(round(shop.address, &quiet, 200, Value::Null, &valid).await);
        let flood = lists(|request| strange(&shop.issuer, number * REQUESTS + request, &stranger));
        let begun = *first.get_or_insert_with(Instant::now);
        with.push(round(shop.address, &flood, 401, json!("unknown_key"), &valid).await);
        // The first fetch is of whoever came first; the second is the strangers', and there is another one after 30 s if the flood takes as long.
        let fetches = u64::try_from(server.requests().len()).unwrap();
        assert!(fetches <= 2 + begun.elapsed().as_secs() / 30, "{fetches} fetches in {:?}", begun.elapsed());
    }
    let longest = with[0].latencies.iter().max().unwrap();
    assert!(with[0].took >= SLOW && *longest < SLOW, "a valid token waited for the strangers' fetch: {longest:?}");

    let status = keys.status();
    assert_eq!(status.missed, 10_000);
    assert!(status.refreshed >= 2, "a stranger's token does have the keys looked for: {status:?}");

    let seconds = |round: &Round| round.p99().as_secs_f64();
    let ratio = median(with.iter().zip(&without).map(|(with, without)| seconds(with) / seconds(without)));
    let (flooded, quiet) = (median(with.iter().map(seconds)), median(without.iter().map(seconds)));
    let (flooded, quiet) = (Duration::from_secs_f64(flooded), Duration::from_secs_f64(quiet));
    let seen = |rounds: &[Round]| rounds.iter().map(|round| round.latencies.len()).sum::<usize>();
    let (seen, others) = (seen(&with), seen(&without));
    eprintln!(
        "p99 of valid tokens: {flooded:?} beside strangers ({seen}), {quiet:?} beside others ({others}), {ratio:.2} ×"
    );
    assert!(ratio <= 2.0, "valid tokens wait {ratio:.2} times as long beside strangers: {flooded:?} and {quiet:?}");
}
