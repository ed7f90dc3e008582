//! Does one case so many times and nothing else, for `valgrind --tool=callgrind`:
//!
//! ```text
//! cargo build --release --manifest-path benches/Cargo.toml --bin count
//! valgrind --tool=callgrind --collect-atstart=no --toggle-collect='*count::measured*' benches/target/release/count verify HS256 carnet 1000
//! ```

use std::process::ExitCode;

use carnet_benches::{Case, Contender};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [task, algorithm, who, times] = arguments.as_slice() else {
        eprintln!(
            "usage: count verify|sign|repeat HS256|RS256|ES256|EdDSA carnet|carnet-borrowed|carnet-cached|jsonwebtoken|ring|aws-lc-rs TIMES"
        );
        return ExitCode::from(2);
    };
    let wanted = |case: &Case| case.task.to_string() == *task && case.algorithm == algorithm;
    let mut cases = carnet_benches::cases();
    let contenders = cases.iter_mut().filter(|case| wanted(case)).flat_map(|case| &mut case.contenders);
    let contender = contenders.into_iter().find(|contender| contender.who.to_string() == *who);
    let (Some(contender), Ok(times)) = (contender, times.parse()) else {
        eprintln!("there is no such case, or this is no number");
        return ExitCode::from(2);
    };
    contender.run(16); // buffers grow, caches fill
    measured(contender, times);
    ExitCode::SUCCESS
}

/// What the profile is of.
#[inline(never)]
fn measured(contender: &mut Contender, times: u64) {
    contender.run(times);
}
