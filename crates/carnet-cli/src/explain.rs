//! `carnet explain`: says of every check whether a token passes it.

use crate::algorithms;
use crate::failure::Failure;
use crate::json_text;
use crate::output;
use crate::token_argument::TokenArgument;
use crate::verify::policy::PolicyArguments;
use anstyle::{AnsiColor, Style};
use carnet::{Check, Explanation, Outcome, Verifier};
use clap::Args;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// What `carnet explain --help` ends with.
const EXAMPLES: &str = "\
Examples:
  carnet explain --keys jwks.json --issuer https://auth.example.com/ --audience api://my-service - < token.txt
  carnet explain --secret-env JWT_SECRET --any-issuer --any-audience --json - < token.txt

Exit codes:
  0  accepted
  1  rejected; the checks that failed say why, and standard error has one line error[CODE] for the first of them
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

    /// Writes one JSON object: accepted, code and checks. It is written whenever the exit code is 0 or 1.
    ///
    /// Each check has a name, an outcome (passed, failed or not_reached), and, null where there is none: what is expected, the actual claim, the time that
    /// the claim says, and a remark.
    #[arg(long)]
    json: bool,
}

/// Runs `carnet explain`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &ExplainArguments) -> Result<(), Failure> {
    let (verifier, unused) = arguments.policy.verifier(&arguments.token)?;
    let report = match arguments.token.read() {
        Ok(token) => Report::of(&verifier.explain(&token)),
        Err(failure) => match failure.rejection() {
            None => return Err(failure),
            Some((code, sentence)) => Report::of_no_token(&verifier, code, sentence),
        },
    };
    match arguments.json {
        true => output::result(&report.in_json())?,
        false => output::styled(&report.in_words())?,
    }
    match report.code.as_deref() {
        None => Ok(()),
        Some(code @ ("unknown_key" | "algorithm_not_allowed")) => {
            Err(Failure::rejected(code, "the token is rejected").with_notes(unused))
        }
        Some(code) => Err(Failure::rejected(code, "the token is rejected")),
    }
}

/// What is reported, and what `--json` writes. What the token says is passed on as it was written.
#[derive(Serialize)]
struct Report {
    accepted: bool,
    code: Option<String>,
    checks: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    name: String,
    outcome: &'static str,
    expected: Option<String>,
    actual: Option<Json>,
    time: Option<String>,
    remark: Option<String>,
}

const PASSED: &str = "passed";
const FAILED: &str = "failed";
const NOT_REACHED: &str = "not_reached";

impl Report {
    fn of(explanation: &Explanation) -> Self {
        Self {
            accepted: explanation.is_accepted(),
            code: explanation.code().map(str::to_owned),
            checks: explanation.checks().iter().map(Line::of).collect(),
        }
    }

    /// Of what the library is not shown, since it is visibly no token: the form is what fails, and the sentence says why.
    fn of_no_token(verifier: &Verifier, code: &str, sentence: &str) -> Self {
        let mut report = Self::of(&verifier.explain(""));
        report.code = Some(code.to_owned());
        for failed in report.checks.iter_mut().filter(|check| check.outcome == FAILED) {
            failed.remark = Some(sentence.to_owned());
        }
        report
    }

    fn in_json(&self) -> String {
        json_text::one_line(&serde_json::to_string(self).unwrap_or_default())
    }

    fn in_words(&self) -> String {
        let width = self.checks.iter().map(|check| check.name.chars().count()).max().unwrap_or_default().min(20);
        self.checks.iter().map(|check| check.in_words(width)).collect()
    }
}

impl Line {
    fn of(check: &Check) -> Self {
        Self {
            name: check.name().to_owned(),
            outcome: match check.outcome() {
                Outcome::Passed => PASSED,
                Outcome::Failed => FAILED,
                Outcome::NotReached => NOT_REACHED,
            },
            expected: check.expected().map(str::to_owned),
            actual: check.actual().map(|json| Json(json.to_owned())),
            time: time(check),
            remark: check.remark().map(str::to_owned),
        }
    }

    fn in_words(&self, width: usize) -> String {
        let style = Style::new();
        let (style, sign) = match self.outcome {
            PASSED => (style.fg_color(Some(AnsiColor::Green.into())), "pass"),
            FAILED => (style.fg_color(Some(AnsiColor::Red.into())).bold(), "FAIL"),
            _ => (style.dimmed(), "-   "),
        };
        let mut line = format!("{style}{sign}  {}{style:#}", self.name);
        let expected = self.expected.as_ref().map(|expected| format!("  expected {expected}"));
        let actual = self.actual.as_ref().map(|actual| format!("  is {}", actual.0));
        let remark = self.comment().map(|remark| format!("  ({remark})"));
        let rest: String = [expected, actual, remark].into_iter().flatten().collect();
        if !rest.is_empty() {
            let padding = width.saturating_sub(self.name.chars().count());
            line.extend(core::iter::repeat_n(' ', padding));
        }
        line + &rest + "\n"
    }

    /// The remark, after the time that it is about.
    fn comment(&self) -> Option<String> {
        let parts: Vec<&str> = self.time.iter().chain(&self.remark).map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// JSON, perhaps cut.
struct Json(String);

impl Serialize for Json {
    /// As it is, or, where it was cut, as a string.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match RawValue::from_string(self.0.clone()) {
            Ok(json) => json.serialize(serializer),
            Err(_) => self.0.serialize(serializer),
        }
    }
}

/// What a claim that is a time says, as a date.
fn time(check: &Check) -> Option<String> {
    let is_time = ["exp", "nbf", "iat"].contains(&check.name());
    let seconds = check.actual().filter(|_| is_time)?.parse().ok()?;
    Some(jiff::Timestamp::from_second(seconds).ok()?.to_string())
}
