//! Measures every case and prints the tables of RESULTS.md, as [`carnet_benches::measure`] says.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use carnet_benches::measure::{Median, Times, difference, measure, microseconds, ratio};
use carnet_benches::scaling::{Rates, scaling};
use carnet_benches::{BACKEND, Task, Who, cases};

fn main() -> ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_else(|| "4".to_owned());
    let Some(seconds) = argument.parse().ok().filter(|seconds| (1..=600).contains(seconds)) else {
        eprintln!("usage: ratios [SECONDS]: how long each case is measured, 4 without a number");
        return ExitCode::from(2);
    };
    let all: Vec<Times> = cases().into_iter().map(|case| measure(case, Duration::from_secs(seconds))).collect();
    println!("{}", verify_table(&all));
    println!("{}", sign_table(&all));
    println!("{}", repeat_table(&all));
    let rates = scaling(Duration::from_secs(seconds));
    println!("{}", scaling_table(rates));
    println!("{}", target_table(&all, rates));
    ExitCode::SUCCESS
}

fn verify_table(all: &[Times]) -> String {
    let mut table = format!(
        "| verify | carnet | carnet, borrowed | jsonwebtoken | {BACKEND} alone | carnet ÷ jsonwebtoken | borrowed ÷ jsonwebtoken | carnet − {BACKEND} | borrowed − {BACKEND} |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for times in all.iter().filter(|times| times.task == Task::Verify) {
        row(&mut table, times, &[Who::CarnetOwned, Who::CarnetBorrowed]);
    }
    table
}

fn sign_table(all: &[Times]) -> String {
    let mut table = format!(
        "| sign | carnet | jsonwebtoken | {BACKEND} alone | carnet ÷ jsonwebtoken | carnet − {BACKEND} |\n|---|--:|--:|--:|--:|--:|\n",
    );
    for times in all.iter().filter(|times| times.task == Task::Sign) {
        row(&mut table, times, &[Who::CarnetOwned]);
    }
    table
}

fn repeat_table(all: &[Times]) -> String {
    let mut table = String::from(
        "| the same token again | carnet | through the signature cache | cached ÷ uncached |\n|---|--:|--:|--:|\n",
    );
    for times in all.iter().filter(|times| times.task == Task::Repeat) {
        let time = |who| times.time(who).map(|time| microseconds(time.value)).unwrap_or_default();
        let ratio = times.ratio(Who::CarnetCached, Who::CarnetOwned).map(ratio).unwrap_or_default();
        let (uncached, cached) = (time(Who::CarnetOwned), time(Who::CarnetCached));
        let _ = writeln!(table, "| {} | {uncached} | {cached} | {ratio} |", times.algorithm);
    }
    table
}

fn scaling_table(rates: Option<(Rates, Rates)>) -> String {
    let mut table =
        String::from("| HS256 verify, millions a second | 1 thread | 2 threads | 2 ÷ 1 |\n|---|--:|--:|--:|\n");
    let Some((carnet, backend)) = rates else { return table + "| on one processor not measured | | | |\n" };
    for (who, rates) in [("carnet", carnet), (&*format!("{BACKEND} alone"), backend)] {
        let (one, two) = (rates.one / 1e6, rates.two / 1e6);
        let _ = writeln!(table, "| {who} | {one:.3} | {two:.3} | {:.2} |", rates.scaling());
    }
    table
}

fn row(table: &mut String, times: &Times, ours: &[Who]) {
    table.push('|');
    let mut cell = |text: Option<String>| {
        let _ = write!(table, " {} |", text.unwrap_or_default());
    };
    let floor = times.time(Who::Backend);
    cell(Some(times.algorithm.to_owned()));
    for who in ours.iter().chain(&[Who::Jsonwebtoken, Who::Backend]) {
        cell(times.time(*who).map(|time| microseconds(time.value)));
    }
    for who in ours {
        cell(times.ratio(*who, Who::Jsonwebtoken).map(|ratio| format!("{:.2}", ratio.value)));
    }
    for who in ours {
        let share =
            |added: Median| Some(format!("{} ({:+.1} %)", difference(added), added.value / floor?.value * 100.0));
        cell(times.added(*who).and_then(share));
    }
    table.push('\n');
}

/// Of the scaling of the bare HMAC to two threads.
const LEAST_SCALING: f64 = 0.95;

/// What is aimed at.
struct Target {
    task: Task,
    algorithm: &'static str,
    who: Who,
    most: Most,
}

/// The most that something may take.
enum Most {
    /// Of the time of jsonwebtoken.
    Ratio(f64),
    /// As [`Most::Ratio`], hoped for and no more than that.
    Stretch(f64),
    /// Of carnet's own time without the signature cache.
    OfUncached(f64),
    /// Beyond the bare primitive: a share of its time, and nanoseconds.
    Beyond(f64, f64),
}

impl Target {
    /// Those of this build's backend.
    fn all() -> Vec<Self> {
        let target = |task, algorithm, who, most| Self { task, algorithm, who, most };
        let own = |task, algorithm, most| target(task, algorithm, Who::CarnetOwned, most);
        if BACKEND == "ring" {
            let mut targets = vec![
                own(Task::Verify, "HS256", Most::Ratio(0.36)),
                own(Task::Verify, "HS256", Most::Stretch(0.31)),
                target(Task::Verify, "HS256", Who::CarnetBorrowed, Most::Ratio(0.30)),
                target(Task::Verify, "HS256", Who::CarnetBorrowed, Most::Stretch(0.25)),
            ];
            targets.extend(["RS256", "ES256", "EdDSA"].map(|name| own(Task::Verify, name, Most::Beyond(0.05, 1200.0))));
            let signed = ["HS256", "RS256", "ES256", "EdDSA"];
            targets.extend(signed.map(|name| own(Task::Sign, name, Most::Beyond(0.0, 1000.0))));
            return targets;
        }
        let ratios = [
            (Task::Verify, "RS256", 0.80),
            (Task::Verify, "ES256", 0.96),
            (Task::Verify, "EdDSA", 1.00),
            (Task::Sign, "RS256", 0.40),
            (Task::Sign, "ES256", 0.65),
            (Task::Sign, "EdDSA", 0.60),
        ];
        let both =
            |(task, name, most)| [own(task, name, Most::Ratio(most)), own(task, name, Most::Beyond(0.03, 1200.0))];
        let cached = target(Task::Repeat, "ES256", Who::CarnetCached, Most::OfUncached(0.025));
        ratios.into_iter().flat_map(both).chain([cached]).collect()
    }

    /// A row of the table: what is aimed at, what was measured, whether it is met.
    fn row(&self, times: &Times) -> Option<[String; 3]> {
        let how = match self.who {
            Who::CarnetBorrowed => ", borrowed",
            Who::CarnetCached => " through the signature cache",
            _ => "",
        };
        let (aim, measured, verdict) = match self.most {
            Most::Ratio(most) => {
                let measured = times.ratio(self.who, Who::Jsonwebtoken)?;
                (format!("at most {most:.2} × jsonwebtoken"), ratio(measured), measured.judge(most).to_owned())
            }
            Most::Stretch(most) => {
                let measured = times.ratio(self.who, Who::Jsonwebtoken)?;
                let verdict = format!("for information: {}", measured.judge(most).trim_matches('*'));
                (format!("perhaps at most {most:.2} × jsonwebtoken"), ratio(measured), verdict)
            }
            Most::OfUncached(most) => {
                let measured = times.ratio(self.who, Who::CarnetOwned)?;
                (format!("at most {most:.3} × carnet without it"), ratio(measured), measured.judge(most).to_owned())
            }
            Most::Beyond(share, nanoseconds) => {
                let (added, floor) = (times.added(self.who)?, times.time(Who::Backend)?);
                let most = floor.value * share + nanoseconds;
                let share = if share > 0.0 { format!("{:.0} % + ", share * 100.0) } else { String::new() };
                let aim =
                    format!("at most {BACKEND} + {share}{:.1} µs, here {:+.2} µs", nanoseconds / 1000.0, most / 1000.0);
                (aim, difference(added), added.judge(most).to_owned())
            }
        };
        Some([format!("{} {}{how}: {aim}", self.algorithm, self.task), measured, verdict])
    }
}

/// What was aimed at, and what came of it.
fn target_table(all: &[Times], rates: Option<(Rates, Rates)>) -> String {
    let mut table = String::from("| target | measured | |\n|---|--:|---|\n");
    for target in Target::all() {
        let of = |times: &&Times| times.task == target.task && times.algorithm == target.algorithm;
        if let Some([aim, measured, verdict]) = all.iter().find(of).and_then(|times| target.row(times)) {
            let _ = writeln!(table, "| {aim} | {measured} | {verdict} |");
        }
    }
    if let Some((carnet, backend)) = rates {
        let kept = carnet.scaling() / backend.scaling();
        let verdict = if kept >= LEAST_SCALING { "met" } else { "**missed**" };
        let aim = format!("at least {LEAST_SCALING:.2} × that of {BACKEND} alone");
        let _ = writeln!(table, "| HS256 verify, scaling to 2 threads: {aim} | {kept:.3} × | {verdict} |");
    }
    table
}
