//! Measures every case and prints the tables of RESULTS.md.
//!
//! The contenders of a case take turns in batches of about 5 ms, each round beginning with another one, so that whatever else the
//! machine does falls on all of them alike. Counted is the time that the thread had the processor. Of each contender the median over the
//! rounds is printed; a ratio or a difference is the median of the ratios or differences within a round.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use carnet_benches::{BACKEND, Case, Contender, Task, Who, cases};
use cpu_time::ThreadTime;

/// How long a batch takes, about.
const BATCH: Duration = Duration::from_millis(5);

/// Nanoseconds for each contender and round.
struct Times {
    task: Task,
    algorithm: &'static str,
    rounds: Vec<Vec<(Who, f64)>>,
}

fn main() -> ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_else(|| "4".to_owned());
    let Some(seconds) = argument.parse().ok().filter(|seconds| (1..=600).contains(seconds)) else {
        eprintln!("usage: ratios [SECONDS]: how long each case is measured, 4 without a number");
        return ExitCode::from(2);
    };
    let all: Vec<Times> = cases().into_iter().map(|case| measure(case, Duration::from_secs(seconds))).collect();
    println!("{}", verify_table(&all));
    println!("{}", sign_table(&all));
    println!("{}", target_table(&all));
    ExitCode::SUCCESS
}

fn measure(mut case: Case, duration: Duration) -> Times {
    let batches: Vec<u64> = case.contenders.iter_mut().map(batch).collect();
    let end = Instant::now() + duration;
    let mut rounds = Vec::new();
    while Instant::now() < end || rounds.len() < 10 {
        let first = rounds.len() % batches.len();
        let mut round = Vec::with_capacity(batches.len());
        for index in (0..batches.len()).map(|turn| (first + turn) % batches.len()) {
            let (contender, times) = (&mut case.contenders[index], batches[index]);
            contender.run(1); // the turn before left the caches to another
            let start = ThreadTime::now();
            contender.run(times);
            #[expect(clippy::cast_precision_loss, reason = "a batch has far fewer operations than 2^52")]
            let nanoseconds = start.elapsed().as_secs_f64() * 1e9 / times as f64;
            round.push((contender.who, nanoseconds));
        }
        rounds.push(round);
    }
    eprintln!("{} {}: {} rounds", case.task, case.algorithm, rounds.len());
    Times { task: case.task, algorithm: case.algorithm, rounds }
}

/// How many operations make a batch.
fn batch(contender: &mut Contender) -> u64 {
    let mut times = 1;
    loop {
        let start = ThreadTime::now();
        contender.run(times);
        let elapsed = start.elapsed();
        if elapsed >= BATCH / 4 {
            let factor = BATCH.as_secs_f64() / elapsed.as_secs_f64();
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "small positive numbers"
            )]
            return ((times as f64 * factor) as u64).max(1);
        }
        times *= 2;
    }
}

/// A median over the rounds, and the interval that holds the true one in 95 of 100 runs.
#[derive(Clone, Copy)]
struct Median {
    value: f64,
    low: f64,
    high: f64,
}

impl Median {
    /// By order statistics: the ranks one deviation of the sign test away from the middle, twice.
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let away = values.len().isqrt();
        let middle = values.len() / 2;
        let at = |rank: usize| values.get(rank.min(values.len().saturating_sub(1))).copied();
        Some(Self { value: at(middle)?, low: at(middle.saturating_sub(away))?, high: at(middle + away)? })
    }

    fn margin(self) -> f64 {
        (self.high - self.low) / 2.0
    }

    fn judge(self, most: f64) -> &'static str {
        match self {
            Self { high, .. } if high <= most => "met",
            Self { low, .. } if low > most => "**missed**",
            _ => "too close to tell",
        }
    }
}

impl Times {
    /// The median over the rounds of what `value` makes of a round.
    fn median(&self, value: impl Fn(&dyn Fn(Who) -> Option<f64>) -> Option<f64>) -> Option<Median> {
        let of = |round: &[(Who, f64)], who| round.iter().find(|(own, _)| *own == who).map(|(_, time)| *time);
        Median::of(self.rounds.iter().filter_map(|round| value(&|who| of(round, who))).collect())
    }

    fn time(&self, who: Who) -> Option<Median> {
        self.median(|of| of(who))
    }

    /// How many times as long as jsonwebtoken.
    fn ratio(&self, who: Who) -> Option<Median> {
        self.median(|of| Some(of(who)? / of(Who::Jsonwebtoken)?))
    }

    /// The nanoseconds that are added to the bare primitive.
    fn added(&self, who: Who) -> Option<Median> {
        self.median(|of| Some(of(who)? - of(Who::Backend)?))
    }
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
        cell(times.ratio(*who).map(|ratio| format!("{:.2}", ratio.value)));
    }
    for who in ours {
        let share =
            |added: Median| Some(format!("{} ({:+.1} %)", difference(added), added.value / floor?.value * 100.0));
        cell(times.added(*who).and_then(share));
    }
    table.push('\n');
}

fn microseconds(nanoseconds: f64) -> String {
    let digits = if nanoseconds < 10_000.0 { 3 } else { 1 };
    format!("{:.digits$} µs", nanoseconds / 1000.0)
}

fn difference(added: Median) -> String {
    format!("{:+.2} ± {:.2} µs", added.value / 1000.0, added.margin() / 1000.0)
}

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
                own(Task::Verify, "HS256", Most::Ratio(0.45)),
                target(Task::Verify, "HS256", Who::CarnetBorrowed, Most::Ratio(0.40)),
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
        ratios.into_iter().flat_map(both).collect()
    }

    /// A row of the table: what is aimed at, what was measured, whether it is met.
    fn row(&self, times: &Times) -> Option<[String; 3]> {
        let how = if self.who == Who::CarnetBorrowed { ", borrowed" } else { "" };
        let (aim, measured, verdict) = match self.most {
            Most::Ratio(most) => {
                let ratio = times.ratio(self.who)?;
                let measured = format!("{:.3} ± {:.3} ×", ratio.value, ratio.margin());
                (format!("at most {most:.2} × jsonwebtoken"), measured, ratio.judge(most))
            }
            Most::Beyond(share, nanoseconds) => {
                let (added, floor) = (times.added(self.who)?, times.time(Who::Backend)?);
                let most = floor.value * share + nanoseconds;
                let share = if share > 0.0 { format!("{:.0} % + ", share * 100.0) } else { String::new() };
                let aim =
                    format!("at most {BACKEND} + {share}{:.1} µs, here {:+.2} µs", nanoseconds / 1000.0, most / 1000.0);
                (aim, difference(added), added.judge(most))
            }
        };
        Some([format!("{} {}{how}: {aim}", self.algorithm, self.task), measured, verdict.to_owned()])
    }
}

/// What was aimed at, and what came of it.
fn target_table(all: &[Times]) -> String {
    let mut table = String::from("| target | measured | |\n|---|--:|---|\n");
    for target in Target::all() {
        let of = |times: &&Times| times.task == target.task && times.algorithm == target.algorithm;
        if let Some([aim, measured, verdict]) = all.iter().find(of).and_then(|times| target.row(times)) {
            let _ = writeln!(table, "| {aim} | {measured} | {verdict} |");
        }
    }
    table
}
