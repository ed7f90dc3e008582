use super::Subject;
use crate::policy_error::PolicyError;
use crate::rejection::Rejection;
use carnet_core::Quoted;
use carnet_core::json::{self, Duplicates, Member, Object};
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

    /// Why it would be a mistake: nothing could meet it, or anything.
    pub(crate) fn mistake(&self) -> Option<PolicyError> {
        let quoted = || Quoted::new(&self.name);
        match &self.accepts {
            _ if self.name.is_empty() => Some(PolicyError::Empty { what: "claim" }),
            Accepts::OneOf(values) if values.is_empty() => Some(PolicyError::NoValue { claim: quoted() }),
            Accepts::SameAs(other) if other.is_empty() => Some(PolicyError::Empty { what: "claim" }),
            Accepts::SameAs(other) if *other == self.name => Some(PolicyError::SameAsItself { claim: quoted() }),
            _ => None,
        }
    }

    /// Whether a token without the claim is rejected.
    pub(crate) const fn is_required(&self) -> bool {
        !self.optional
    }

    pub(crate) fn check(&self, token: &Subject<'_>) -> Option<Rejection> {
        let claim = || Quoted::new(&self.name);
        let Some(member) = token.member(&self.name) else {
            return (!self.optional).then(|| Rejection::ClaimMissing { claim: claim() });
        };
        let text = token.registered.text;
        let is_value = |value: &str| are_equal(member.value_text(text), value);
        match &self.accepts {
            Accepts::OneOf(values) if values.iter().any(|value| is_value(value)) => None,
            Accepts::OneOf(_) => Some(Rejection::ClaimMismatch { claim: claim() }),
            Accepts::SameAs(other) => match token.member(other) {
                Some(member) if is_value(member.value_text(text)) => None,
                Some(_) => Some(Rejection::ClaimsDiffer { claim: claim(), other: Quoted::new(other) }),
                None => Some(Rejection::ClaimMissing { claim: Quoted::new(other) }),
            },
        }
    }
}

/// Whether two values say the same: strings unescaped, numbers by their exact value, arrays in their order, objects in any. An object with a name twice is
/// equal to none.
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
            let (Some(one), Some(other)) = (members(one), members(other)) else { return false };
            one.len() == other.len()
                && one.iter().zip(&other).all(|(one, other)| one.0 == other.0 && are_equal(one.1, other.1))
        }
        (Some(b'-' | b'0'..=b'9'), Some(b'-' | b'0'..=b'9')) => {
            one == other || Decimal::read(one).is_some_and(|one| Decimal::read(other) == Some(one))
        }
        _ => one == other,
    }
}

/// The members of an object in the order of their names, which are distinct, each with its value.
fn members(object: &str) -> Option<Vec<(Cow<'_, str>, &str)>> {
    let object = Object::scan(object, MAX_JSON_DEPTH, Duplicates::RefusedAtTop).ok()?;
    let value = |member: &Member| member.value_text(object.text());
    let mut members: Vec<_> = object.members().map(|(name, member)| (name, value(member))).collect();
    members.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    Some(members)
}

/// The exact value of a number: `digits` times ten to the `exponent`, without zeros at either end.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Reads a number of JSON. Nothing of one whose exponent has more digits than anybody needs.
    fn read(number: &str) -> Option<Self> {
        let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let unsigned = whole.strip_prefix('-');
        let digits = format!("{}{fraction}", unsigned.unwrap_or(whole));
        let significant = digits.trim_end_matches('0');
        let below_one = i64::try_from(fraction.len()).ok()?;
        let zeros = i64::try_from(digits.len().saturating_sub(significant.len())).ok()?;
        let exponent = exponent.parse::<i64>().ok()?.checked_sub(below_one)?.checked_add(zeros)?;
        let significant = significant.trim_start_matches('0');
        // There is one zero.
        let is_zero = significant.is_empty();
        Some(Self {
            negative: unsigned.is_some() && !is_zero,
            digits: significant.to_owned(),
            exponent: if is_zero { 0 } else { exponent },
        })
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
