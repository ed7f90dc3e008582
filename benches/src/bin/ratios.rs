//! Measures every case and prints the tables of RESULTS.md.
//!
//! The contenders of a case take turns in batches of about 5 ms, each round beginning with another one, so that whatever else the
//! machine does falls on all of them alike. Counted is the time that the thread had the processor. Of each contender the median over the
//! rounds is printed; a ratio or a difference is the median of the ratios or differences within a round.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use carnet_benches::{Case, Contender, Task, Who, cases};
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
        self.median(|of| Some(of(who)? - of(Who::Ring)?))
    }
}

fn verify_table(all: &[Times]) -> String {
    let mut table = String::from(
        "| verify | carnet | carnet, borrowed | jsonwebtoken | ring alone | carnet ÷ jsonwebtoken | borrowed ÷ jsonwebtoken | carnet − ring | borrowed − ring |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for times in all.iter().filter(|times| times.task == Task::Verify) {
        row(&mut table, times, &[Who::CarnetOwned, Who::CarnetBorrowed]);
    }
    table
}

fn sign_table(all: &[Times]) -> String {
    let mut table = String::from(
        "| sign | carnet | jsonwebtoken | ring alone | carnet ÷ jsonwebtoken | carnet − ring |\n|---|--:|--:|--:|--:|--:|\n",
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
    let ring = times.time(Who::Ring);
    cell(Some(times.algorithm.to_owned()));
    for who in ours.iter().chain(&[Who::Jsonwebtoken, Who::Ring]) {
        cell(times.time(*who).map(|time| microseconds(time.value)));
    }
    for who in ours {
        cell(times.ratio(*who).map(|ratio| format!("{:.2}", ratio.value)));
    }
    for who in ours {
        let share =
            |added: Median| Some(format!("{} ({:+.1} %)", difference(added), added.value / ring?.value * 100.0));
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

/// What was aimed at, and what came of it.
fn target_table(all: &[Times]) -> String {
    let mut table = String::from("| target | measured | |\n|---|--:|---|\n");
    let mut row = |target: String, measured: String, verdict: &str| {
        let _ = writeln!(table, "| {target} | {measured} | {verdict} |");
    };
    for times in all {
        let algorithm = times.algorithm;
        match (times.task, algorithm) {
            (Task::Verify, "HS256") => {
                for (who, how, most) in [(Who::CarnetOwned, "", 0.45), (Who::CarnetBorrowed, ", borrowed", 0.40)] {
                    let Some(ratio) = times.ratio(who) else { continue };
                    let measured = format!("{:.2} ± {:.2} ×", ratio.value, ratio.margin());
                    row(format!("HS256 verify{how}: at most {most:.2} × jsonwebtoken"), measured, ratio.judge(most));
                }
            }
            (task, _) => {
                let (Some(added), Some(ring)) = (times.added(Who::CarnetOwned), times.time(Who::Ring)) else {
                    continue;
                };
                let (aim, most) = match task {
                    Task::Verify => ("ring + 5 % + 1.2 µs", ring.value * 0.05 + 1200.0),
                    Task::Sign => ("ring + 1 µs", 1000.0),
                };
                let most_here = most / 1000.0;
                let target = format!("{algorithm} {task}: at most {aim}, here {most_here:+.2} µs");
                row(target, difference(added), added.judge(most));
            }
        }
    }
    table
}
