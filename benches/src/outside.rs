//! The comparison between processes, `scripts/compare/run`: what its programs read, and the one of carnet.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use carnet::prelude::{Algorithm, Jwk, JwkSet, Secret, Verifier, VerifyingKey, VerifyingKeys};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::claims::{AUDIENCE, ISSUER, Owned};
use crate::keys::{self, Keys};
use crate::sign;
use crate::wrong::wrong_tokens;

/// How long the processor has for waking up.
const WARM_UP: Duration = Duration::from_millis(500);

/// How long a batch takes, about, in nanoseconds.
const BATCH: f64 = 10e6;

#[derive(Serialize, Deserialize)]
struct Tasks {
    issuer: String,
    audience: String,
    tasks: BTreeMap<String, Task>,
}

#[derive(Serialize, Deserialize)]
struct Task {
    token: String,
    /// Tokens that are wrong in one thing each, by its name.
    wrong: BTreeMap<String, String>,
    /// The public key, or the secret.
    jwk: Value,
    /// The public key as PEM.
    pem: Option<String>,
}

/// What all programs read, as JSON: for each algorithm a token, a key, and tokens that must be refused.
///
/// # Panics
/// When a key cannot be read.
#[must_use]
pub fn tasks() -> String {
    let tasks = keys::all().iter().map(|keys| (keys.name.to_owned(), task(keys))).collect();
    let tasks = Tasks { issuer: ISSUER.to_owned(), audience: AUDIENCE.to_owned(), tasks };
    serde_json::to_string_pretty(&tasks).expect("it has a form in JSON")
}

fn task(keys: &Keys) -> Task {
    let wrong = wrong_tokens(keys).into_iter().map(|(what, token)| (what.to_owned(), token)).collect();
    Task {
        token: sign::with_carnet(&keys.signing_key(), None),
        wrong,
        jwk: serde_json::from_str(&keys.jwk()).expect("a JWK is JSON"),
        pem: keys.public_pem(),
    }
}

/// How many nanoseconds carnet takes to verify the token of a task: the median over batches of about 10 ms, by the clock on the wall.
///
/// # Panics
/// When the text is not one of [`tasks`], or carnet accepts or refuses what it must not.
#[must_use]
pub fn nanoseconds(tasks: &str, algorithm: &str, duration: Duration) -> f64 {
    let tasks: Tasks = serde_json::from_str(tasks).expect("the file has the form");
    let task = tasks.tasks.get(algorithm).expect("the file has the algorithm");
    let verifier = Verifier::builder(task.keys()).issuer(tasks.issuer).audience(tasks.audience);
    let verifier = verifier.build().expect("the policy is sound");
    assert!(verifier.verify::<Owned>(&task.token).expect("carnet accepts the token").claims().is_right());
    for (what, wrong) in &task.wrong {
        assert!(verifier.verify::<Owned>(wrong).is_err(), "carnet looks at the {what}");
    }
    let batch = |times: u32| {
        let start = Instant::now();
        for _ in 0..times {
            black_box(verifier.verify::<Owned>(black_box(&task.token)).expect("the token is good"));
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(times)
    };
    let (mut times, start) = (1, Instant::now());
    while start.elapsed() < WARM_UP {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
        let fitting = (BATCH / batch(times)) as u32;
        times = fitting.max(1);
    }
    let (mut measured, start) = (Vec::new(), Instant::now());
    while start.elapsed() < duration || measured.len() < 5 {
        measured.push(batch(times));
    }
    measured.sort_by(f64::total_cmp);
    measured[measured.len() / 2]
}

impl Task {
    /// What a service has: the secret, or the published set.
    fn keys(&self) -> VerifyingKeys {
        if let Some(secret) = self.jwk.get("k") {
            let secret = secret.as_str().expect("a secret is text");
            let secret = Secret::from_base64url(secret).expect("the secret is long enough");
            return VerifyingKey::from_secret(Algorithm::HS256, &secret).expect("carnet takes it").into();
        }
        let jwk = Jwk::from_json(&self.jwk.to_string()).expect("carnet reads the JWK");
        [jwk].into_iter().collect::<JwkSet>().verifying_keys()
    }
}
