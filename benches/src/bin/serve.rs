//! Serves what [`carnet_benches::serve`] says, for `scripts/throughput`: prints as JSON where, and for each line that it reads what a
//! verification takes. Ends when nothing more can be read.

use std::io::BufRead as _;
use std::process::ExitCode;
use std::time::Duration;

use carnet_benches::serve::{start, verifying};

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
    for _ in std::io::stdin().lock().lines() {
        let verifying = verifying(Duration::from_millis(200));
        println!("{}", serde_json::to_string(&verifying).expect("it has a form in JSON"));
    }
    runtime.shutdown_background();
    ExitCode::SUCCESS
}
