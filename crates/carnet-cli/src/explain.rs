//! `carnet explain`: says of every check whether a token passes it.

use crate::algorithms;
use crate::failure::Failure;
use crate::json_text;
use crate::output;
use crate::token_argument::TokenArgument;
use crate::verify::policy::PolicyArguments;
use anstyle::{AnsiColor, Style};
use carnet::{Check, Explanation, Outcome};
use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;

/// What `carnet explain --help` ends with.
const EXAMPLES: &str = "\
Examples:
  carnet explain --keys jwks.json --issuer https://auth.example.com/ --audience api://my-service - < token.txt
  carnet explain --secret-env JWT_SECRET --any-issuer --any-audience --json - < token.txt

Exit codes:
  0  accepted
  1  rejected; the check that failed says why
  2  nothing was judged: wrong usage, an unreadable file, an unusable key";

/// Says of every check of carnet verify whether the token passes it, what is expected, and what the token says.
///
/// What the claims say is shown only once the signature has been found valid. Nothing leaves the machine.
#[derive(Args)]
#[command(after_long_help = algorithms::help(EXAMPLES))]
pub(crate) struct ExplainArguments {
    /// The token; - is standard input, where one line end after it is dropped.
    token: TokenArgument,

    #[command(flatten)]
    policy: PolicyArguments,

    /// Writes one JSON object: accepted, code and checks.
    #[arg(long)]
    json: bool,
}

/// Runs `carnet explain`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &ExplainArguments) -> Result<(), Failure> {
    let (verifier, unused) = arguments.policy.verifier(&arguments.token)?;
    let token = arguments.token.read()?;
    let explanation = verifier.explain(&token);
    match arguments.json {
        true => output::result(&in_json(&explanation))?,
        false => output::styled(&in_words(&explanation))?,
    }
    match explanation.code() {
        None => Ok(()),
        Some(code @ ("unknown_key" | "algorithm_not_allowed")) => {
            Err(Failure::rejected(code, "the token is rejected").with_notes(unused))
        }
        Some(code) => Err(Failure::rejected(code, "the token is rejected")),
    }
}

/// What `--json` writes. What the token says is passed on as it was written.
#[derive(Serialize)]
struct Report<'a> {
    accepted: bool,
    code: Option<&'static str>,
    checks: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    outcome: &'static str,
    expected: Option<&'a str>,
    actual: Option<Box<RawValue>>,
    time: Option<String>,
    remark: Option<&'a str>,
}

fn in_json(explanation: &Explanation) -> String {
    let line = |check| Line {
        name: Check::name(check),
        outcome: match check.outcome() {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::NotReached => "not reached",
        },
        expected: check.expected(),
        actual: check.actual().and_then(raw),
        time: time(check),
        remark: check.remark(),
    };
    let checks = explanation.checks().iter().map(line).collect();
    let report = Report { accepted: explanation.is_accepted(), code: explanation.code(), checks };
    json_text::one_line(&serde_json::to_string(&report).unwrap_or_default())
}

/// JSON as it is, or, where it was cut, as a string.
fn raw(json: &str) -> Option<Box<RawValue>> {
    let raw = RawValue::from_string(json.to_owned());
    raw.or_else(|_| serde_json::value::to_raw_value(json)).ok()
}

fn in_words(explanation: &Explanation) -> String {
    let width = explanation.checks().iter().map(|check| check.name().chars().count()).max().unwrap_or_default().min(20);
    explanation.checks().iter().map(|check| line(check, width)).collect()
}

fn line(check: &Check, width: usize) -> String {
    let style = Style::new();
    let (style, sign) = match check.outcome() {
        Outcome::Passed => (style.fg_color(Some(AnsiColor::Green.into())), "pass"),
        Outcome::Failed => (style.fg_color(Some(AnsiColor::Red.into())).bold(), "FAIL"),
        Outcome::NotReached => (style.dimmed(), "-   "),
    };
    let mut line = format!("{style}{sign}  {:width$}{style:#}", check.name());
    let parts = [
        ("expected", check.expected().map(str::to_owned)),
        ("is", check.actual().map(str::to_owned)),
        ("", remark(check)),
    ];
    for (label, text) in parts {
        if let Some(text) = text {
            line.push_str("  ");
            if !label.is_empty() {
                line.push_str(label);
                line.push(' ');
            }
            line.push_str(&text);
        }
    }
    line.push('\n');
    line
}

/// The remark with the time that it is about, in parentheses.
fn remark(check: &Check) -> Option<String> {
    let parts: Vec<String> = time(check).into_iter().chain(check.remark().map(str::to_owned)).collect();
    (!parts.is_empty()).then(|| format!("({})", parts.join("; ")))
}

/// What a claim that is a time says, as a date.
fn time(check: &Check) -> Option<String> {
    let is_time = ["exp", "nbf", "iat"].contains(&check.name());
    let seconds = check.actual().filter(|_| is_time)?.parse().ok()?;
    Some(jiff::Timestamp::from_second(seconds).ok()?.to_string())
}
