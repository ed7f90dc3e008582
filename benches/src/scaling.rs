//! Whether threads hinder each other: how much more HS256 is verified in two at once than in one, by carnet and by the bare HMAC.
//!
//! Here the clock on the wall counts, and not the time of a thread: waiting for another is what is looked for. Each rate is the best of
//! 5 rounds, since what else the machine does can only lower it.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::backend::hmac;
use crate::claims::Owned;
use crate::keys::{self, Keys, Raw};
use crate::{sign, verify};

const ROUNDS: u32 = 5;

/// How many are verified between two looks at the clock.
const BATCH: u32 = 256;

/// How many are verified in a second, in all threads together.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rates {
    /// In one thread.
    pub one: f64,
    /// In two at once.
    pub two: f64,
}

impl Rates {
    /// How many times as many two threads do.
    #[must_use]
    pub fn scaling(self) -> f64 {
        self.two / self.one
    }
}

/// The rates of carnet, of which all threads share one verifier, and of the bare HMAC, of which they share one key. All that together takes
/// so long. `None` on one processor.
///
/// # Panics
/// When carnet refuses the token.
#[must_use]
pub fn scaling(duration: Duration) -> Option<(Rates, Rates)> {
    if thread::available_parallelism().map_or(1, usize::from) < 2 {
        return None;
    }
    let keys = keys::all();
    let keys = keys.iter().find(|keys| keys.name == "HS256")?;
    let (carnet, backend) = (carnet(keys), backend(keys)?);
    let (mut ours, mut bare) = (Rates::default(), Rates::default());
    let share = duration / (4 * ROUNDS);
    for _ in 0..ROUNDS {
        ours.one = ours.one.max(rate(1, share, &carnet));
        bare.one = bare.one.max(rate(1, share, &backend));
        ours.two = ours.two.max(rate(2, share, &carnet));
        bare.two = bare.two.max(rate(2, share, &backend));
    }
    Some((ours, bare))
}

fn carnet(keys: &Keys) -> impl Fn() + Sync {
    let (verifier, token) = (verify::verifier(keys), sign::with_carnet(&keys.signing_key(), None));
    move || {
        black_box(verifier.verify::<Owned>(black_box(&token)).expect("the token is good"));
    }
}

fn backend(keys: &Keys) -> Option<impl Fn() + Sync> {
    let Raw::Hmac(key) = keys.raw() else { return None };
    let token = sign::with_carnet(&keys.signing_key(), None);
    let (message, _) = token.rsplit_once('.')?;
    let message = message.as_bytes().to_vec();
    let tag = hmac::sign(&key, &message);
    Some(move || hmac::verify(&key, black_box(&message), tag.as_ref()).expect("the tag is good"))
}

/// How often so many threads do it in a second, all together.
fn rate(threads: usize, duration: Duration, operation: &(impl Fn() + Sync)) -> f64 {
    let start = Barrier::new(threads);
    let work = || {
        (0..BATCH).for_each(|_| operation()); // caches fill
        start.wait();
        let start = Instant::now();
        let mut times = 0.0;
        loop {
            (0..BATCH).for_each(|_| operation());
            times += f64::from(BATCH);
            let elapsed = start.elapsed();
            if elapsed >= duration {
                return times / elapsed.as_secs_f64();
            }
        }
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().map(|thread| thread.join().expect("the thread verifies")).sum()
    })
}
