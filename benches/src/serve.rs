//! What a layer costs a service: servers of axum that answer the same, one behind nothing and the others behind what lets only requests
//! with a token through, for `scripts/throughput`.
//!
//! All are in one process and share one runtime. All answer with the same octets, the subject of the token as JSON. carnet's layer stands before the very handler that
//! nothing stands before elsewhere; the handlers of the others are given the claims, since they cannot do without. Keys are read once, before.

mod carnet;
mod others;
mod turns;

pub use turns::turns;

use std::net::SocketAddr;
use std::time::Duration;

use ::carnet::prelude::Token;
use axum::ServiceExt;
use axum::extract::Request;
use carnet::Remembers;
use cpu_time::ThreadTime;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use turns::Turns;

use crate::claims::{AUDIENCE, EXPIRES_AT, ISSUED_AT, ISSUER, SUBJECT, TOKEN_ID, custom};
use crate::keys::{self, Keys};

/// How many are verified between two looks at the clock.
const BATCH: u32 = 64;

/// What a program that measures must know.
#[derive(Debug, Serialize)]
pub struct Serving {
    /// A good token.
    pub token: String,
    /// The answer to it.
    pub body: String,
    /// Tokens that must be refused, and what is wrong with them.
    pub wrong: Vec<(&'static str, String)>,
    /// Where the servers are.
    pub servers: Vec<(&'static str, SocketAddr)>,
    /// Where one server answers at `/0`, `/1` and so on.
    pub in_turns: SocketAddr,
    /// What is there.
    pub turns: [&'static str; 7],
}

/// What a verification takes of the processor, in nanoseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Verifying {
    /// Of a token that is verified for the first time.
    pub signature: f64,
    /// Of one whose signature is remembered.
    pub cached: f64,
    /// Of one that is remembered itself.
    pub remembered: f64,
}

/// The answer of all servers.
#[derive(Debug, Serialize)]
struct Answer {
    subject: String,
}

impl Answer {
    fn new(subject: &str) -> Self {
        Self { subject: subject.to_owned() }
    }
}

/// What the others read of the claims.
#[derive(Debug, Clone, Deserialize)]
struct Subject {
    sub: String,
}

/// Starts all servers on free ports of this machine.
///
/// # Panics
/// When a key cannot be read, or there is no free port.
#[must_use]
pub fn start(runtime: &Runtime) -> Serving {
    let keys = es256();
    let (servers, in_turns) = runtime.block_on(async {
        let mut servers = Vec::new();
        let at_root = |answers| axum::Router::new().route("/", answers);
        let protected = |remembers| at_root(carnet::protected(carnet::verifier(&keys, remembers)));
        for (name, router) in [
            ("bare", at_root(carnet::bare())),
            ("a layer that does nothing", at_root(carnet::passing())),
            ("the signature alone", at_root(carnet::signature(&keys, &token(&keys)))),
            ("carnet, tokens remembered", protected(Remembers::Tokens)),
            ("carnet, signature cache", protected(Remembers::Signatures)),
            ("carnet", protected(Remembers::Nothing)),
            ("axum-jwt-auth", others::axum_jwt_auth(&keys)),
        ] {
            let (listener, address) = listen().await;
            tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
            servers.push((name, address));
        }
        let around = carnet::around(carnet::verifier(&keys, Remembers::Tokens), at_root(carnet::bare()));
        let (listener, address) = listen().await;
        tokio::spawn(async move { axum::serve(listener, around.into_make_service()).await.expect("it serves") });
        servers.push(("carnet, tokens remembered, around the router", address));
        for (name, router) in
            [("bare, axum 0.7", others::bare()), ("jwt-authorizer", others::jwt_authorizer(&keys).await)]
        {
            let (listener, address) = listen().await;
            tokio::spawn(async move { axum_07::serve(listener, router).await.expect("it serves") });
            servers.push((name, address));
        }
        let (listener, address) = listen().await;
        let turns = ServiceExt::<Request>::into_make_service(Turns::new(&keys, &token(&keys)));
        tokio::spawn(async move { axum::serve(listener, turns).await.expect("it serves") });
        (servers, address)
    });
    let body = serde_json::to_string(&Answer::new(SUBJECT)).expect("it has a form in JSON");
    Serving { token: token(&keys), body, wrong: wrong(&keys), servers, in_turns, turns: turns::NAMES }
}

/// Measures verification by what [`start`] protects with, by the time that this thread had the processor, for so long each.
///
/// # Panics
/// When the token is refused.
#[must_use]
pub fn verifying(duration: Duration) -> Verifying {
    let keys = es256();
    let token = token(&keys);
    let [signature, cached, remembered] =
        [Remembers::Nothing, Remembers::Signatures, Remembers::Tokens].map(|remembers| {
            let verifier = carnet::verifier(&keys, remembers);
            let verify = || {
                std::hint::black_box(verifier.verify(std::hint::black_box(&token)).expect("the token is good"));
            };
            (0..BATCH).for_each(|_| verify());
            let (start, mut times) = (ThreadTime::now(), 0.0);
            loop {
                (0..BATCH).for_each(|_| verify());
                times += f64::from(BATCH);
                let elapsed = start.elapsed();
                if elapsed >= duration {
                    return elapsed.as_secs_f64() * 1e9 / times;
                }
            }
        });
    Verifying { signature, cached, remembered }
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("it has an address");
    (listener, address)
}

fn es256() -> Keys {
    keys::all().into_iter().find(|keys| keys.name == "ES256").expect("there is one")
}

/// An access token as RFC 9068 has it, with the claims that everything is measured with.
fn access_token<'t>(issuer: &'t str, audience: &'t str, expires_at: i64) -> ::carnet::TokenBuilder<'t> {
    let token = Token::builder().typ("at+jwt").issuer(issuer).audience(audience).subject(SUBJECT).id(TOKEN_ID);
    let mut claims = serde_json::to_value(custom()).expect("they have a form in JSON");
    claims["client_id"] = "web".into();
    token.expires_at(expires_at).issued_at(ISSUED_AT).claims(&claims)
}

fn token(keys: &Keys) -> String {
    access_token(ISSUER, AUDIENCE, EXPIRES_AT).sign(&keys.signing_key()).expect("carnet signs")
}

/// Tokens that are wrong in one thing each.
fn wrong(keys: &Keys) -> Vec<(&'static str, String)> {
    let sign = |issuer, audience, expires_at| {
        access_token(issuer, audience, expires_at).sign(&keys.signing_key()).expect("carnet signs")
    };
    let (good, other) = (token(keys), sign(ISSUER, AUDIENCE, EXPIRES_AT - 1));
    let (message, _) = good.rsplit_once('.').expect("a token has three segments");
    let (_, signature) = other.rsplit_once('.').expect("a token has three segments");
    vec![
        ("signature", format!("{message}.{signature}")),
        ("issuer", sign("https://other.example.com/", AUDIENCE, EXPIRES_AT)),
        ("audience", sign(ISSUER, "api://other-service", EXPIRES_AT)),
        ("expiry", sign(ISSUER, AUDIENCE, ISSUED_AT + 1)),
    ]
}
