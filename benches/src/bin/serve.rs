//! Serves what [`carnet_benches::serve`] says, for `scripts/throughput`: prints as JSON where, for each line `verify` that it reads what a
//! verification takes, and for each line `turns MILLISECONDS ROUNDS` what was answered in each turn. Ends when nothing more can be read.

use std::io::BufRead as _;
use std::process::ExitCode;
use std::time::Duration;

use carnet_benches::serve::{start, turns, verifying};

fn main() -> ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_else(|| "1".to_owned());
    let Some(workers) = argument.parse().ok().filter(|workers| (1..=256).contains(workers)) else {
        eprintln!("usage: serve [WORKERS]: how many threads serve, 1 without a number");
        return ExitCode::from(2);
    };
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(workers).enable_all().build().expect("there are threads");
    let serving = start(&runtime);
    println!("{}", serde_json::to_string(&serving).expect("it has a form in JSON"));
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("it is text");
        let told = match line.split(' ').collect::<Vec<_>>()[..] {
            ["verify"] => serde_json::to_string(&verifying(Duration::from_millis(200))),
            ["turns", millis, rounds] => {
                let millis = millis.parse().expect("it is a number");
                serde_json::to_string(&turns(millis, rounds.parse().expect("it is a number")))
            }
            _ => panic!("`verify`, or `turns MILLISECONDS ROUNDS`"),
        };
        println!("{}", told.expect("it has a form in JSON"));
    }
    runtime.shutdown_background();
    ExitCode::SUCCESS
}
