//! carnet among the programs of `scripts/compare/run`. Without arguments it prints what all of them read; with them it measures itself as
//! the others do: `outside FILE carnet ALGORITHM SECONDS`.

use std::process::ExitCode;
use std::time::Duration;

use carnet_benches::BACKEND;
use carnet_benches::outside::{nanoseconds, tasks};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() {
        println!("{}", tasks());
        return ExitCode::SUCCESS;
    }
    let [file, _, algorithm, seconds] = arguments.as_slice() else {
        eprintln!("usage: outside [FILE carnet ALGORITHM SECONDS]");
        return ExitCode::from(2);
    };
    let duration = seconds.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let (Ok(tasks), Some(duration)) = (std::fs::read_to_string(file), duration) else {
        eprintln!("there is no such file, or this is no number");
        return ExitCode::from(2);
    };
    let nanoseconds = nanoseconds(&tasks, algorithm, duration);
    println!(r#"{{"runtime":"{BACKEND}","nanoseconds":{nanoseconds}}}"#);
    ExitCode::SUCCESS
}
