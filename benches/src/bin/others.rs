//! Measures verification by carnet, josekit and jwt-simple, as [`carnet_benches::measure`] says, and prints their table of RESULTS.md.

use std::process::ExitCode;
use std::time::Duration;

use carnet_benches::measure::{Times, measure, microseconds, ratio};
use carnet_benches::{Who, other_cases};

fn main() -> ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_else(|| "4".to_owned());
    let Some(seconds) = argument.parse().ok().filter(|seconds| (1..=600).contains(seconds)) else {
        eprintln!("usage: others [SECONDS]: how long each case is measured, 4 without a number");
        return ExitCode::from(2);
    };
    println!(
        "| verify | carnet | josekit | jwt-simple | carnet ÷ josekit | carnet ÷ jwt-simple |\n|---|--:|--:|--:|--:|--:|"
    );
    for case in other_cases() {
        println!("{}", row(&measure(case, Duration::from_secs(seconds))));
    }
    ExitCode::SUCCESS
}

fn row(times: &Times) -> String {
    let time = |who| times.time(who).map(|time| microseconds(time.value)).unwrap_or_default();
    let ratio = |other| times.ratio(Who::CarnetOwned, other).map(ratio).unwrap_or_default();
    let cells = [
        times.algorithm.to_owned(),
        time(Who::CarnetOwned),
        time(Who::Josekit),
        time(Who::JwtSimple),
        ratio(Who::Josekit),
        ratio(Who::JwtSimple),
    ];
    format!("| {} |", cells.join(" | "))
}
