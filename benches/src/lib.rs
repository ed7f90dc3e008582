//! What is measured: the same work done by carnet, by jsonwebtoken 11 and by the bare primitive of the backend that carnet stands on
//! (ring, or with the feature `aws-lc-rs` that).
//!
//! [`cases`] makes the cases. Everything that a program does once (reading keys, building a policy) happens there; what a
//! [`Contender`] runs is the work of one request. Before anything is measured, each library has read the other's token.
//!
//! With the feature `peers` there are verifications by josekit and jwt-simple too, as cases of their own; [`outside`] is for the comparison
//! with libraries of other languages.

mod backend;
mod claims;
mod exchange;
mod keys;
pub mod measure;
#[cfg(feature = "peers")]
mod others;
pub mod outside;
pub mod scaling;
#[cfg(feature = "serve")]
pub mod serve;
mod sign;
mod verify;
mod wrong;

use std::fmt;

/// One task under one algorithm, done in several ways.
#[derive(Debug)]
pub struct Case {
    /// The task.
    pub task: Task,
    /// The algorithm's name.
    pub algorithm: &'static str,
    /// Who does it, the bare primitive last.
    pub contenders: Vec<Contender>,
}

impl Case {
    /// The contender of this kind, where the case has one.
    pub fn contender(&mut self, who: Who) -> Option<&mut Contender> {
        self.contenders.iter_mut().find(|contender| contender.who == who)
    }
}

/// What carnet stands on in this build.
pub const BACKEND: &str = if cfg!(feature = "aws-lc-rs") { "aws-lc-rs" } else { "ring" };

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// From the token's text to checked claims in the caller's type.
    Verify,
    /// From the claims to the token's text.
    Sign,
    /// As [`Task::Verify`], of a token that was verified before.
    Repeat,
}

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// carnet, into claims that own their strings.
    CarnetOwned,
    /// carnet, into claims that borrow from a buffer used before.
    CarnetBorrowed,
    /// carnet through its signature cache, into claims that own their strings.
    CarnetCached,
    /// jsonwebtoken 11 on aws-lc-rs.
    Jsonwebtoken,
    /// josekit on the OpenSSL of the system.
    Josekit,
    /// jwt-simple with its feature `pure-rust`.
    JwtSimple,
    /// The signature primitive of carnet's backend alone, over the same octets.
    Backend,
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Verify => "verify",
            Self::Sign => "sign",
            Self::Repeat => "repeat",
        })
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CarnetOwned => "carnet",
            Self::CarnetBorrowed => "carnet-borrowed",
            Self::CarnetCached => "carnet-cached",
            Self::Jsonwebtoken => "jsonwebtoken",
            Self::Josekit => "josekit",
            Self::JwtSimple => "jwt-simple",
            Self::Backend => BACKEND,
        })
    }
}

/// One way of doing a task.
pub struct Contender {
    /// Who.
    pub who: Who,
    run: Box<dyn FnMut(u64)>,
}

impl Contender {
    fn new(who: Who, mut operation: impl FnMut() + 'static) -> Self {
        // The loop is inside, so that the call through the pointer is paid once a batch.
        let run = move |times| {
            for _ in 0..times {
                operation();
            }
        };
        Self { who, run: Box::new(run) }
    }

    /// Does it so many times.
    pub fn run(&mut self, times: u64) {
        (self.run)(times);
    }
}

impl fmt::Debug for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contender({})", self.who)
    }
}

/// Every case, after each library has accepted the tokens of the other.
///
/// # Panics
/// When a key cannot be read, or a library refuses a token it must accept.
#[must_use]
pub fn cases() -> Vec<Case> {
    let keys = keys::all();
    keys.iter().for_each(exchange::assert_both_ways);
    let repeated = keys.iter().filter(|keys| keys.name == "ES256").map(verify::repeated);
    keys.iter().flat_map(|keys| [verify::case(keys), sign::case(keys)]).chain(repeated).collect()
}

/// Verification by other libraries, after each has accepted the token and refused those that are wrong in one thing.
///
/// # Panics
/// When a key cannot be read, or a library accepts or refuses what it must not.
#[cfg(feature = "peers")]
#[must_use]
pub fn other_cases() -> Vec<Case> {
    keys::all().iter().map(others::case).collect()
}
