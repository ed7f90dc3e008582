use super::Subject;
use crate::rejection::Rejection;
use carnet_core::Quoted;
use carnet_core::json::{self, Duplicates, Object};
use carnet_core::limits::MAX_JSON_DEPTH;
use core::fmt;
use serde_json::Value;
use std::borrow::Cow;

/// What is asked of one claim.
#[derive(Clone)]
pub(crate) struct ClaimRule {
    name: String,
    accepts: Accepts,
    /// Whether a token without the claim passes.
    optional: bool,
}

#[derive(Clone)]
enum Accepts {
    /// One of these values, as JSON.
    OneOf(Vec<String>),
    /// The value of another claim.
    SameAs(String),
}

impl ClaimRule {
    pub(crate) fn one_of(name: String, values: &[Value], optional: bool) -> Self {
        // `null` is no value: a claim that is `null` is missing.
        let values = values.iter().filter(|value| !value.is_null()).map(ToString::to_string).collect();
        Self { name, accepts: Accepts::OneOf(values), optional }
    }

    pub(crate) const fn same_as(name: String, other: String) -> Self {
        Self { name, accepts: Accepts::SameAs(other), optional: false }
    }

    /// The claim.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What is accepted, for a person.
    pub(crate) fn expected(&self) -> String {
        match &self.accepts {
            Accepts::OneOf(values) => {
                let absent = if self.optional { ", or absent" } else { "" };
                format!("{}{absent}", values.join(" or "))
            }
            Accepts::SameAs(other) => format!("the same as {}", Quoted::new(other)),
        }
    }

    /// Whether it could never be met.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.accepts {
            Accepts::OneOf(values) => self.name.is_empty() || values.is_empty(),
            Accepts::SameAs(other) => self.name.is_empty() || other.is_empty(),
        }
    }

    pub(crate) fn check(&self, token: &Subject<'_>) -> Option<Rejection> {
        let claim = || Quoted::new(&self.name);
        let Some(member) = token.member(&self.name) else {
            return (!self.optional).then(|| Rejection::ClaimMissing { claim: claim() });
        };
        let text = token.registered.text;
        let accepted = match &self.accepts {
            Accepts::OneOf(values) => values.iter().any(|value| are_equal(member.value_text(text), value)),
            Accepts::SameAs(other) => match token.member(other) {
                Some(other) => are_equal(member.value_text(text), other.value_text(text)),
                None => return Some(Rejection::ClaimMissing { claim: Quoted::new(other) }),
            },
        };
        (!accepted).then(|| Rejection::ClaimMismatch { claim: claim() })
    }
}

/// Whether two values say the same, to the last digit: strings unescaped, numbers as they are written, arrays in their order, objects in any. An object with a name twice is equal to
/// none.
fn are_equal(one: &str, other: &str) -> bool {
    let start = |text: &str| text.bytes().next();
    match (start(one), start(other)) {
        (Some(b'"'), Some(b'"')) => string(one) == string(other),
        (Some(b'['), Some(b'[')) => {
            let (mut one, mut other) = (json::elements(one), json::elements(other));
            loop {
                match (one.next(), other.next()) {
                    (None, None) => return true,
                    (Some(one), Some(other)) if are_equal(one.text(), other.text()) => {}
                    _ => return false,
                }
            }
        }
        (Some(b'{'), Some(b'{')) => {
            let scan = |text| Object::scan(text, MAX_JSON_DEPTH, Duplicates::RefusedEverywhere);
            let (Ok(one), Ok(other)) = (scan(one), scan(other)) else { return false };
            one.members().count() == other.members().count()
                && one.members().all(|(name, member)| {
                    other.raw(&name).is_some_and(|other| are_equal(member.value_text(one.text()), other))
                })
        }
        _ => one == other,
    }
}

/// A string, unescaped.
fn string(json: &str) -> Cow<'_, str> {
    let inner = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut text = String::new();
    json::unescape_onto(inner, &mut text);
    Cow::Owned(text)
}

impl fmt::Debug for ClaimRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be meant for one login only (`nonce`).
        write!(f, "ClaimRule({})", Quoted::new(&self.name))
    }
}
