//! `carnet inspect`: shows what is in a token, and believes none of it.

mod distance;

use crate::failure::Failure;
use crate::json_text;
use crate::moment;
use crate::output;
use crate::token_argument::TokenArgument;
use carnet::dangerous::DecodeError;
use carnet::{NumericDate, dangerous};
use clap::Args;
use core::fmt::Write;
use distance::Distance;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What `carnet inspect --help` ends with.
const EXAMPLES: &str = "\
Examples:
  carnet inspect - < token.txt
  carnet inspect \"$TOKEN\"

Exit codes: 0 with the report on standard output; 1 when the token cannot be decoded; 2 for wrong usage.";

/// What stands above every report.
const WARNING: &str =
    "NOT VERIFIED: nobody has checked the signature. Anybody can have written what follows; believe none of it.";

/// Shows a token's header, claims and times without verifying it.
///
/// Nothing that is shown may be believed: that takes carnet verify.
/// Times are shown in UTC and as they are from now; characters that could steer a terminal are shown as JSON escapes.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct InspectArguments {
    /// The token; - is standard input, where one line end after it is dropped.
    token: TokenArgument,

    /// Tells times as from this one, in seconds since 1970-01-01 UTC.
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    now: Option<i64>,
}

/// Runs `carnet inspect`.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &InspectArguments) -> Result<(), Failure> {
    let token = arguments.token.read()?;
    let decoded = dangerous::decode::<Box<RawValue>>(&token).map_err(|error| {
        let advice = match &error {
            DecodeError::Parse(error) => arguments.token.advice(error),
            _ => None,
        };
        Failure::from(error).with_notes(advice)
    })?;
    let claims = decoded.claims().get();
    let mut report = format!(
        "{WARNING}\n\nheader\n{}\n\nclaims\n{}\n\n",
        json_text::indented(decoded.header().as_json()),
        json_text::indented(claims)
    );
    let times = times(claims, arguments.now.unwrap_or_else(moment::now));
    if !times.is_empty() {
        report.push_str("times\n");
        report.push_str(&times);
        report.push('\n');
    }
    report.push_str("signature\n");
    match decoded.signature_octets() {
        0 => report.push_str("none"),
        octets => {
            let _ = write!(report, "{octets} octets, not checked");
        }
    }
    output::result(&report)
}

/// A claim that holds a time.
struct Time {
    name: &'static str,
    /// How long ago it was or how soon it will be, in words.
    tell: fn(NumericDate, i64) -> String,
    /// Whether a value that is no time is worth a line.
    registered: bool,
}

const TIMES: [Time; 5] = [
    Time { name: "exp", tell: expiry, registered: true },
    Time { name: "nbf", tell: beginning, registered: true },
    Time { name: "iat", tell: event, registered: true },
    Time { name: "auth_time", tell: event, registered: false },
    Time { name: "updated_at", tell: event, registered: false },
];

/// A line for each claim that is a time.
fn times(claims: &str, now: i64) -> String {
    let claims: BTreeMap<String, &RawValue> = serde_json::from_str(claims).unwrap_or_default();
    let mut lines = String::new();
    for Time { name, tell, registered } in TIMES {
        let Some(value) = claims.get(name) else { continue };
        match NumericDate::from_json(value.get()).and_then(|date| Some((date, utc(date)?))) {
            Some((date, utc)) => {
                let _ = writeln!(lines, "{name:<10}  {utc}  {}", tell(date, now));
            }
            None if registered => {
                let _ = writeln!(lines, "{name:<10}  not a time: no number, or outside the years 1 to 9999");
            }
            None => {}
        }
    }
    lines
}

/// A time as RFC 3339 has it. `jiff::Timestamp` ends some hours before the year 10000; a date without a zone does not.
fn utc(date: NumericDate) -> Option<String> {
    let epoch = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);
    let utc = epoch.checked_add(jiff::SignedDuration::from_secs(date.floor())).ok()?;
    Some(format!("{utc}Z"))
}

/// As a verifier without leeway sees it: `exp` is rounded down, and reached means expired.
fn expiry(date: NumericDate, now: i64) -> String {
    match Distance::new(now, date.floor()) {
        Distance::Now => "expires now".to_owned(),
        Distance::Future(distance) => format!("expires in {distance}"),
        Distance::Past(distance) => format!("expired {distance} ago"),
    }
}

/// As a verifier without leeway sees it: `nbf` is rounded up, and reached means valid.
fn beginning(date: NumericDate, now: i64) -> String {
    match Distance::new(now, date.ceil()) {
        Distance::Now => "valid from now on".to_owned(),
        Distance::Future(distance) => format!("not valid yet, in {distance}"),
        Distance::Past(distance) => format!("valid since {distance} ago"),
    }
}

fn event(date: NumericDate, now: i64) -> String {
    match Distance::new(now, date.floor()) {
        Distance::Now => "now".to_owned(),
        Distance::Future(distance) => format!("in {distance}"),
        Distance::Past(distance) => format!("{distance} ago"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_they_are_from_now() {
        let claims = r#"{"exp":1300819380,"nbf":1300819380.5,"iat":"x","auth_time":1e9,"updated_at":"2011","x":1}"#;
        assert_eq!(
            times(claims, 1_300_819_380),
            "exp         2011-03-22T18:43:00Z  expires now\n\
             nbf         2011-03-22T18:43:00Z  not valid yet, in 1 s\n\
             iat         not a time: no number, or outside the years 1 to 9999\n\
             auth_time   2001-09-09T01:46:40Z  9 years ago\n"
        );
        assert_eq!(times("{}", 0), "");
        assert_eq!(
            times(r#"{"exp":253402300799,"iat":-62135596800}"#, 0),
            "exp         9999-12-31T23:59:59Z  expires in 8029 years\n\
             iat         0001-01-01T00:00:00Z  1968 years ago\n"
        );
        assert!(times(r#"{"exp":253402300800}"#, i64::MAX).contains("not a time"));
        assert!(times(r#"{"exp":0}"#, i64::MIN).contains("expires in"));
    }
}
