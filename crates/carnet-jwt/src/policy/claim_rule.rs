use super::Subject;
use crate::rejection::Rejection;
use carnet_core::Quoted;
use carnet_core::json::{Kind, Member};
use core::fmt;
use serde_json::Value;

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
    /// One of these values, compared as JSON: an array with its elements in their order, and 1 is not 1.0.
    OneOf(Vec<Value>),
    /// The value of another claim.
    SameAs(String),
}

impl ClaimRule {
    pub(crate) const fn one_of(name: String, values: Vec<Value>, optional: bool) -> Self {
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
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                let absent = if self.optional { ", or absent" } else { "" };
                format!("{}{absent}", values.join(" or "))
            }
            Accepts::SameAs(other) => format!("the same as {}", Quoted::new(other)),
        }
    }

    /// Whether it could never be met.
    pub(crate) fn is_empty(&self) -> bool {
        let Accepts::OneOf(values) = &self.accepts else { return self.name.is_empty() };
        self.name.is_empty() || values.is_empty()
    }

    pub(crate) fn check(&self, token: &Subject<'_>) -> Option<Rejection> {
        let claim = || Quoted::new(&self.name);
        let Some(member) = token.member(&self.name) else {
            return (!self.optional).then(|| Rejection::ClaimMissing { claim: claim() });
        };
        let text = token.registered.text;
        let accepted = match &self.accepts {
            Accepts::OneOf(values) => is_one_of(member, text, values),
            Accepts::SameAs(other) => match token.member(other) {
                Some(other) => are_equal(member, other, text),
                None => return Some(Rejection::ClaimMissing { claim: Quoted::new(other) }),
            },
        };
        (!accepted).then(|| Rejection::ClaimMismatch { claim: claim() })
    }
}

fn is_one_of(member: &Member, text: &str, values: &[Value]) -> bool {
    if member.kind().is_string() {
        return member.string(text).is_some_and(|own| values.iter().any(|value| value.as_str() == Some(&*own)));
    }
    let own: Option<Value> = serde_json::from_str(member.value_text(text)).ok();
    own.is_some_and(|own| values.contains(&own))
}

fn are_equal(one: &Member, other: &Member, text: &str) -> bool {
    if one.kind() == Kind::String && other.kind() == Kind::String {
        return one.value_text(text) == other.value_text(text);
    }
    let value = |member: &Member| serde_json::from_str::<Value>(member.value_text(text)).ok();
    value(one).is_some_and(|own| Some(own) == value(other))
}

impl fmt::Debug for ClaimRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be meant for one login only (`nonce`).
        write!(f, "ClaimRule({})", Quoted::new(&self.name))
    }
}
