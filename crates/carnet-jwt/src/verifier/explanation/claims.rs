//! The checks of the claims of a genuine token.

use super::length::Length;
use super::{Check, Outcome, is_about};
use crate::policy::{Policy, Subject, TimeRules};
use crate::rejection::Rejection;
use carnet_core::{NumericDate, Quoted};

/// The longest value that is shown, in octets.
const LONGEST: usize = 200;

/// What is checked of the claims by a policy, in its order.
pub(super) fn names(policy: &Policy) -> impl Iterator<Item = String> {
    expectations(policy).into_iter().map(|(name, _)| name)
}

/// Says of each check what became of it.
pub(super) fn explain(
    policy: &Policy,
    now: i64,
    token: &Subject<'_>,
    rejections: &[Rejection],
    checks: &mut Vec<Check>,
) {
    let mut told = vec![false; rejections.len()];
    for (name, expected) in expectations(policy) {
        let mut remarks = Vec::new();
        for (rejection, told) in rejections.iter().zip(&mut told).filter(|(rejection, _)| is_about(rejection, &name)) {
            *told = true;
            remarks.push(remark(rejection));
        }
        let outcome = if remarks.is_empty() { Outcome::Passed } else { Outcome::Failed };
        if outcome == Outcome::Passed {
            remarks.extend(when(&name, now, token));
        }
        let mut check = Check::new(&*name, outcome).expects(expected);
        check.actual = actual(&name, token);
        check.remark = (!remarks.is_empty()).then(|| remarks.join("; "));
        checks.push(check);
    }
    // Registered claims of the wrong type that nothing asked for.
    for (rejection, _) in rejections.iter().zip(&told).filter(|(_, told)| !**told) {
        let mut check = Check::new(rejection.subject().to_string().replace('"', ""), Outcome::Failed);
        check.remark = Some(remark(rejection));
        checks.push(check);
    }
}

/// The names of what is checked, and what is expected of each.
fn expectations(policy: &Policy) -> Vec<(String, String)> {
    let Policy { times, issuers, audiences, subject, id, types, required, forbidden, claims, scopes, .. } = policy;
    let leeway = |seconds: i64| if seconds == 0 { String::new() } else { format!(", with a leeway of {seconds} s") };
    let quoted =
        |names: &[String]| names.iter().map(|name| Quoted::new(name).to_string()).collect::<Vec<_>>().join(" or ");
    let TimeRules { max_age, max_lifetime, no_future_issued_at, expiry_optional, .. } = *times;
    let or_absent = if expiry_optional && max_lifetime.is_none() { ", or absent" } else { "" };
    let mut all = vec![
        ("exp".to_owned(), format!("a time to come{}{or_absent}", leeway(times.leeway.expires_at))),
        ("nbf".to_owned(), format!("a time gone by{}, or absent", leeway(times.leeway.not_before))),
    ];
    let issued_at = leeway(times.leeway.issued_at);
    match max_age {
        Some(age) => all.push(("iat".to_owned(), format!("at most {} ago{issued_at}", length(age)))),
        None if no_future_issued_at => all.push(("iat".to_owned(), format!("a time gone by{issued_at}, or absent"))),
        None if max_lifetime.is_some() => all.push(("iat".to_owned(), "a time".to_owned())),
        None => {}
    }
    if let Some(lifetime) = max_lifetime {
        all.push(("lifetime".to_owned(), format!("at most {} from iat to exp", length(lifetime))));
    }
    let named = [
        ("iss", issuers.as_slice()),
        ("aud", audiences.as_slice()),
        ("sub", subject.as_slice()),
        ("jti", id.as_slice()),
        ("typ", types.as_slice()),
    ];
    let named = named.into_iter().filter(|(_, values)| !values.is_empty());
    all.extend(named.map(|(name, values)| (name.to_owned(), quoted(values))));
    for name in required {
        if !claims.iter().any(|rule| rule.name() == name) {
            all.push((name.clone(), "any value".to_owned()));
        }
    }
    all.extend(forbidden.iter().map(|name| (name.clone(), "to be absent".to_owned())));
    all.extend(claims.iter().map(|rule| (rule.name().to_owned(), rule.expected())));
    if !scopes.is_empty() {
        let one_of = scopes.one_of.iter().map(|scopes| format!("one of {}", quoted(scopes)));
        let wanted: Vec<String> = scopes.all.iter().map(|scope| Quoted::new(scope).to_string()).chain(one_of).collect();
        all.push(("scope".to_owned(), wanted.join(" and ")));
    }
    all
}

/// What the token says, as JSON.
fn actual(name: &str, token: &Subject<'_>) -> Option<String> {
    if name == "typ" {
        return token.header.typ().map(|typ| Quoted::new(typ).to_string());
    }
    let text = token.registered.text;
    let shown = |name: &str| {
        let member = token.members.iter().find(|member| member.is_named(name, text))?;
        let json = member.value_text(text);
        let end = json.char_indices().map(|(place, _)| place).find(|place| *place >= LONGEST);
        let (json, dots) = end.and_then(|end| json.get(..end)).map_or((json, ""), |start| (start, "\u{2026}"));
        // Nothing in it may steer a terminal.
        Some(
            json.chars()
                .map(|character| if character.is_control() { ' ' } else { character })
                .chain(dots.chars())
                .collect(),
        )
    };
    match name {
        "lifetime" => None,
        "scope" => shown("scope").or_else(|| shown("scp")),
        name => shown(name),
    }
}

/// Why a check failed, and what would have helped.
fn remark(rejection: &Rejection) -> String {
    match *rejection {
        Rejection::Expired { expires_at, now, .. } => {
            // `exp` itself is too late by one second.
            let late = now.saturating_sub(expires_at.floor());
            format!("expired {} ago; {}", length(late), would_have_helped(late.saturating_add(1)))
        }
        Rejection::NotYetValid { not_before, now, .. } => {
            let early = not_before.ceil().saturating_sub(now);
            format!("valid in {}; {}", length(early), would_have_helped(early))
        }
        Rejection::IssuedInFuture { issued_at, now, .. } => {
            let early = issued_at.ceil().saturating_sub(now);
            format!("issued {} from now; {}", length(early), would_have_helped(early))
        }
        Rejection::TooOld { issued_at, now, max_age, .. } => {
            let age = now.saturating_sub(issued_at.floor());
            format!("issued {} ago, {} too long", length(age), length(age.saturating_sub(max_age)))
        }
        Rejection::LifetimeTooLong { issued_at, expires_at, .. } => {
            format!("it is {}", length(expires_at.ceil().saturating_sub(issued_at.floor())))
        }
        ref other => other.to_string(),
    }
}

fn would_have_helped(seconds: i64) -> String {
    let most = i64::try_from(carnet_core::limits::MAX_LEEWAY.as_secs()).unwrap_or(i64::MAX);
    if seconds > most {
        format!("no leeway would have helped ({most} s is the most)")
    } else {
        format!("a leeway of {seconds} s or more would have accepted it")
    }
}

/// How far a time is from now.
fn when(name: &str, now: i64, token: &Subject<'_>) -> Option<String> {
    let places = token.registered.places;
    let distance = |at: NumericDate| {
        let seconds = at.floor().saturating_sub(now);
        if seconds < 0 { format!("{} ago", length(seconds)) } else { format!("in {}", length(seconds)) }
    };
    match name {
        "exp" => places.expires_at.map(distance),
        "nbf" => places.not_before.map(distance),
        "iat" => places.issued_at.map(distance),
        _ => None,
    }
}

const fn length(seconds: i64) -> Length {
    Length(seconds.unsigned_abs())
}
