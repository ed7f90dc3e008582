//! Measuring: the contenders of a case take turns in batches of about 5 ms, each round beginning with another one, so that whatever else
//! the machine does falls on all of them alike. Counted is the time that the thread had the processor. Of each contender the median over
//! the rounds is told; a ratio or a difference is the median of the ratios or differences within a round.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

use crate::{Case, Contender, Task, Who};

/// How long a batch takes, about.
const BATCH: Duration = Duration::from_millis(5);

/// What was measured of a case: nanoseconds for each contender and round.
#[derive(Debug)]
pub struct Times {
    /// The task.
    pub task: Task,
    /// The algorithm's name.
    pub algorithm: &'static str,
    rounds: Vec<Vec<(Who, f64)>>,
}

/// Lets the contenders take turns for so long, and for 10 rounds at least.
#[must_use]
pub fn measure(mut case: Case, duration: Duration) -> Times {
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
#[derive(Debug, Clone, Copy)]
pub struct Median {
    /// The median.
    pub value: f64,
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

    /// Half the interval.
    #[must_use]
    pub fn margin(self) -> f64 {
        (self.high - self.low) / 2.0
    }

    /// Whether it is at most so much.
    #[must_use]
    pub fn judge(self, most: f64) -> &'static str {
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

    /// The nanoseconds.
    #[must_use]
    pub fn time(&self, who: Who) -> Option<Median> {
        self.median(|of| of(who))
    }

    /// How many times as long as another.
    #[must_use]
    pub fn ratio(&self, who: Who, other: Who) -> Option<Median> {
        self.median(|of| Some(of(who)? / of(other)?))
    }

    /// The nanoseconds that are added to the bare primitive.
    #[must_use]
    pub fn added(&self, who: Who) -> Option<Median> {
        self.median(|of| Some(of(who)? - of(Who::Backend)?))
    }
}

/// Nanoseconds, as a cell of a table has them.
#[must_use]
pub fn microseconds(nanoseconds: f64) -> String {
    let digits = if nanoseconds < 10_000.0 { 3 } else { 1 };
    format!("{:.digits$} µs", nanoseconds / 1000.0)
}

/// A difference, as a cell of a table has it.
#[must_use]
pub fn difference(added: Median) -> String {
    format!("{:+.2} ± {:.2} µs", added.value / 1000.0, added.margin() / 1000.0)
}

/// A ratio, as a cell of a table has it.
#[must_use]
pub fn ratio(ratio: Median) -> String {
    format!("{:.3} ± {:.3} ×", ratio.value, ratio.margin())
}
