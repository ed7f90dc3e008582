//! One server whose paths are called in turns, some tenths of a second each: what the machine does meanwhile, which is more from one second to the next than a layer
//! costs, is the same for all of them.

use std::convert::Infallible;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use ::carnet::tower::{ProtectedRouter, ProtectedRouterFuture};
use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use futures_util::future::Either;
use tower_service::Service;

use super::carnet::{self, ANSWERED, Remembers};
use crate::keys::Keys;

/// What is at `/0`, `/1` and so on.
pub(super) const NAMES: [&str; 7] = [
    "bare",
    "a layer that does nothing",
    "carnet, tokens remembered",
    "carnet, signature cache",
    "the signature alone",
    "carnet",
    "carnet, tokens remembered, around the router",
];

/// How much of a turn passes before requests count, in percent: those of the turn before have been answered then.
const BEFORE: u64 = 20;

/// How much of it does not count at its end, in percent: whoever counts may be late.
const AFTER: u64 = 10;

/// Each has a router of its own, with one path.
#[derive(Clone)]
pub(super) struct Turns {
    routers: [Router; 6],
    around: ProtectedRouter,
}

impl Turns {
    pub(super) fn new(keys: &Keys, token: &str) -> Self {
        let verifier = |remembers| carnet::verifier(keys, remembers);
        let routers = [
            ("/0", carnet::bare()),
            ("/1", carnet::passing()),
            ("/2", carnet::protected(verifier(Remembers::Tokens))),
            ("/3", carnet::protected(verifier(Remembers::Signatures))),
            ("/4", carnet::signature(keys, token)),
            ("/5", carnet::protected(verifier(Remembers::Nothing))),
        ];
        let routers = routers.map(|(path, answers)| Router::new().route(path, answers).with_state(()));
        let around = Router::new().route("/6", carnet::bare());
        Self { routers, around: carnet::around(verifier(Remembers::Tokens), around) }
    }
}

impl Service<Request> for Turns {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<<Router as Service<Request>>::Future, ProtectedRouterFuture>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let [_, digit, ..] = request.uri().path().as_bytes() else { panic!("/0, /1 and so on") };
        match self.routers.get_mut(usize::from(digit.wrapping_sub(b'0'))) {
            Some(router) => Either::Left(router.call(request)),
            None => Either::Right(self.around.call(request)),
        }
    }
}

/// Answers in a second in each turn of this many milliseconds, for so many rounds of all. It is the time since 1970 that says whose turn it is, for the client as well. A round in which this thread
/// was late for the end of a turn is left out.
#[must_use]
pub fn turns(millis: u64, rounds: usize) -> Vec<Vec<f64>> {
    let turns = u64::try_from(NAMES.len()).expect("there are few");
    let first = (micros() / 1000 / millis / turns + 1) * turns;
    let rate = |turn: u64| {
        let begin = until(turn * millis * 1000 + millis * 10 * BEFORE);
        let before = ANSWERED.load(Relaxed);
        let end = until((turn + 1) * millis * 1000 - millis * 10 * AFTER);
        let answered = ANSWERED.load(Relaxed) - before;
        (micros() < (turn + 1) * millis * 1000).then_some(answered as f64 * 1e6 / (end - begin) as f64)
    };
    let round = |first| (first..first + turns).map(rate).collect::<Vec<_>>();
    let all = (first..).step_by(NAMES.len()).take(rounds).map(round);
    all.filter_map(|round| round.into_iter().collect()).collect()
}

/// The time when it was this time.
fn until(then: u64) -> u64 {
    loop {
        let now = micros();
        if now >= then {
            return now;
        }
        sleep(Duration::from_micros(then - now));
    }
}

fn micros() -> u64 {
    let now = SystemTime::UNIX_EPOCH.elapsed().expect("it is later than 1970");
    now.as_micros().try_into().expect("it is not that late")
}
