//! The checks of the claims of a genuine token.

use super::length::Length;
use super::{Check, Outcome};
use crate::policy::{ClaimRule, Policy, Subject, TimeRules};
use crate::rejection::Rejection;
use carnet_core::{NumericDate, Quoted, is_hidden};

/// The longest value that is shown, in octets.
const LONGEST: usize = 200;

/// What a check is about.
#[derive(Clone, Copy)]
enum About<'p> {
    /// A registered claim, by its name.
    Registered(&'static str),
    /// The time from `iat` to `exp`.
    Lifetime,
    /// The header's `typ`.
    Type,
    /// A claim that must be there.
    Required(&'p str),
    /// A claim that must not.
    Forbidden(&'p str),
    /// A claim with a rule.
    Rule(&'p ClaimRule),
    /// `scope` and `scp`.
    Scope,
}

impl<'p> About<'p> {
    fn name(self) -> &'p str {
        match self {
            Self::Registered(name) => name,
            Self::Required(name) | Self::Forbidden(name) => name,
            Self::Lifetime => "lifetime",
            Self::Type => "typ",
            Self::Rule(rule) => rule.name(),
            Self::Scope => "scope",
        }
    }

    /// What the policy has against the token here. `None` where what it would look at is missing, which is said elsewhere.
    fn judge(self, policy: &Policy, token: &Subject<'_>, rejections: &[Rejection]) -> Option<Vec<Rejection>> {
        let of = |is_own: &dyn Fn(&Rejection) -> bool| rejections.iter().filter(|one| is_own(one)).cloned().collect();
        let places = token.registered.places;
        Some(match self {
            Self::Registered(name) => {
                let mut found: Vec<Rejection> = of(&|one| is_of_registered(one, name));
                found.extend(presence(policy, token, name));
                found
            }
            Self::Lifetime if places.issued_at.is_none() || places.expires_at.is_none() => return None,
            Self::Lifetime => of(&|one| matches!(one, Rejection::LifetimeTooLong { .. })),
            Self::Type => of(&|one| matches!(one, Rejection::WrongTyp { .. })),
            Self::Required(name) => match token.member(name) {
                Some(_) => Vec::new(),
                None => vec![Rejection::ClaimMissing { claim: Quoted::new(name) }],
            },
            Self::Forbidden(name) => match token.member_or_null(name).is_some() {
                true => vec![Rejection::ClaimForbidden { claim: Quoted::new(name) }],
                false => Vec::new(),
            },
            Self::Rule(rule) => rule.check(token).into_iter().collect(),
            Self::Scope => of(&|one| match one {
                Rejection::InsufficientScope { .. } => true,
                Rejection::ClaimInvalid { claim } => ["scope", "scp"].iter().any(|name| *claim == Quoted::new(name)),
                _ => false,
            }),
        })
    }
}

/// What is wrong with a registered claim before its value is looked at, and with `jti`, of whose rejection a rule of the caller's may be the reason too.
fn presence(policy: &Policy, token: &Subject<'_>, name: &str) -> Option<Rejection> {
    let (places, claim) = (token.registered.places, || Quoted::new(name));
    if places.wrong.iter().any(|wrong| wrong == name) {
        return Some(Rejection::ClaimInvalid { claim: claim() });
    }
    let is_there = places.present.iter().any(|present| present == name);
    if !is_there {
        let needed = policy.required_registered().any(|needed| needed == name);
        return needed.then(|| Rejection::ClaimMissing { claim: claim() });
    }
    let is_another_id = policy.id.as_deref().is_some_and(|id| token.registered.id() != Some(id));
    (name == "jti" && is_another_id).then(|| Rejection::ClaimMismatch { claim: claim() })
}

/// Whether it is about the value of a registered claim of this name, and no rule of the caller's can be its reason.
fn is_of_registered(rejection: &Rejection, name: &str) -> bool {
    match rejection {
        Rejection::Expired { .. } => name == "exp",
        Rejection::NotYetValid { .. } => name == "nbf",
        Rejection::IssuedInFuture { .. } | Rejection::TooOld { .. } => name == "iat",
        Rejection::IssuerMismatch => name == "iss",
        Rejection::AudienceMismatch => name == "aud",
        Rejection::SubjectMismatch => name == "sub",
        _ => false,
    }
}

/// What is checked of the claims by a policy, in its order, and what is expected.
pub(super) fn unreached(policy: &Policy) -> impl Iterator<Item = Check> {
    let check =
        |(about, expected): (About<'_>, String)| Check::new(about.name(), Outcome::NotReached).expects(expected);
    expectations(policy).into_iter().map(check)
}

/// Says of each check what became of it.
pub(super) fn explain(
    policy: &Policy,
    now: i64,
    token: &Subject<'_>,
    rejections: &[Rejection],
    checks: &mut Vec<Check>,
) {
    let expectations = expectations(policy);
    for (about, expected) in &expectations {
        let found = about.judge(policy, token, rejections);
        let outcome = match &found {
            None => Outcome::NotReached,
            Some(found) if found.is_empty() => Outcome::Passed,
            Some(_) => Outcome::Failed,
        };
        let mut remarks: Vec<String> = found.unwrap_or_default().iter().map(remark).collect();
        if let (About::Registered(name), Outcome::Passed) = (about, outcome) {
            remarks.extend(when(name, now, token));
        }
        let mut check = Check::new(about.name(), outcome).expects(expected);
        check.actual = actual(*about, token);
        check.remark = (!remarks.is_empty()).then(|| remarks.join("; "));
        checks.push(check);
    }
    // Registered claims of the wrong type that nothing asked for.
    for name in token.registered.places.wrong.iter() {
        if !expectations.iter().any(|(about, _)| matches!(about, About::Registered(own) if *own == name)) {
            let mut check = Check::new(name, Outcome::Failed);
            check.remark = Some(remark(&Rejection::ClaimInvalid { claim: Quoted::new(name) }));
            checks.push(check);
        }
    }
}

/// What is checked, and what is expected of each.
fn expectations(policy: &Policy) -> Vec<(About<'_>, String)> {
    let Policy { times, issuers, audiences, subject, id, types, required, forbidden, claims, scopes, .. } = policy;
    let leeway = |seconds: i64| if seconds == 0 { String::new() } else { format!(", with a leeway of {seconds} s") };
    let quoted =
        |names: &[String]| names.iter().map(|name| Quoted::new(name).to_string()).collect::<Vec<_>>().join(" or ");
    let needed: Vec<&str> = policy.required_registered().collect();
    let or_absent = |name: &str| if needed.contains(&name) { "" } else { ", or absent" };
    let TimeRules { max_age, max_lifetime, no_future_issued_at, .. } = *times;
    let mut all = vec![
        (About::Registered("exp"), format!("a time to come{}{}", leeway(times.leeway.expires_at), or_absent("exp"))),
        (About::Registered("nbf"), format!("a time gone by{}{}", leeway(times.leeway.not_before), or_absent("nbf"))),
    ];
    let issued_at = leeway(times.leeway.issued_at);
    match max_age {
        Some(age) => all.push((About::Registered("iat"), format!("at most {} ago{issued_at}", length(age)))),
        None if no_future_issued_at => {
            all.push((About::Registered("iat"), format!("a time gone by{issued_at}{}", or_absent("iat"))));
        }
        None => {}
    }
    if let Some(lifetime) = max_lifetime {
        all.push((About::Lifetime, format!("at most {} from iat to exp", length(lifetime))));
    }
    let named = [("iss", issuers.as_slice()), ("aud", audiences), ("sub", subject.as_slice()), ("jti", id.as_slice())];
    let named = named.into_iter().filter(|(_, values)| !values.is_empty());
    all.extend(named.map(|(name, values)| (About::Registered(name), quoted(values))));
    for name in needed {
        if !all.iter().any(|(about, _)| matches!(about, About::Registered(own) if *own == name)) {
            all.push((About::Registered(name), "any value".to_owned()));
        }
    }
    if !types.is_empty() {
        all.push((About::Type, format!("{}{}", quoted(types), if policy.type_optional { ", or absent" } else { "" })));
    }
    all.extend(required.iter().map(|name| (About::Required(name), "any value".to_owned())));
    all.extend(forbidden.iter().map(|name| (About::Forbidden(name), "to be absent".to_owned())));
    all.extend(claims.iter().map(|rule| (About::Rule(rule), rule.expected())));
    if !scopes.is_empty() {
        let one_of = scopes.one_of.iter().map(|scopes| format!("one of {}", quoted(scopes)));
        let wanted: Vec<String> = scopes.all.iter().map(|scope| Quoted::new(scope).to_string()).chain(one_of).collect();
        all.push((About::Scope, wanted.join(" and ")));
    }
    all
}

/// What the token says, as JSON.
fn actual(about: About<'_>, token: &Subject<'_>) -> Option<String> {
    let text = token.registered.text;
    let claim = |name: &str| {
        let member = token.member_or_null(name)?;
        Some(shown(member.value_text(text)))
    };
    match about {
        About::Type => token.header.typ().and_then(|typ| serde_json::to_string(typ).ok()).map(|typ| shown(&typ)),
        About::Lifetime => None,
        About::Scope => ["scope", "scp"].into_iter().find(|name| token.member(name).is_some()).and_then(claim),
        about => claim(about.name()),
    }
}

/// JSON on one line, cut where it is long, with escapes for what nobody sees or what steers a terminal.
fn shown(json: &str) -> String {
    let mut text = String::new();
    for character in json.chars() {
        if text.len() >= LONGEST {
            text.push('\u{2026}');
            break;
        }
        if matches!(character, '\t' | '\n' | '\r') {
            text.push(' '); // between values: within a string they are escaped
        } else if is_hidden(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(character);
        }
    }
    text
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
        format!("a leeway of {seconds} s or more would have been enough")
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
