//! What a token must say to be accepted.

use crate::buffer::TokenBuffer;
use crate::clock::Clock;
use crate::rejection::Rejection;
use carnet_core::json::Kind;
use carnet_core::{Quoted, media_type};

/// The checks that need no claims type. Everything not set here is not checked; `exp`, `nbf` and the JSON types of registered claims always are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    pub(crate) issuer: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) typ: Option<String>,
    pub(crate) required: Vec<String>,
    /// Seconds, at most an hour.
    pub(crate) leeway: i64,
    /// Seconds.
    pub(crate) max_age: Option<i64>,
    pub(crate) expiry_optional: bool,
    pub(crate) clock: Clock,
}

impl Policy {
    /// Every check a token fails, the weightiest first. Allocates nothing for a token that passes.
    pub(crate) fn check(&self, token: &TokenBuffer) -> Vec<Rejection> {
        let mut rejections = Vec::new();
        self.check_times(token, &mut rejections);
        self.check_values(token, &mut rejections);
        rejections
    }

    fn check_times(&self, token: &TokenBuffer, rejections: &mut Vec<Rejection>) {
        let (now, leeway, places) = (self.clock.now(), self.leeway, token.places());
        if let Some(expires_at) = places.expires_at.filter(|at| at.floor().saturating_add(leeway) <= now) {
            rejections.push(Rejection::Expired { expires_at, now, leeway });
        }
        if let Some(not_before) = places.not_before.filter(|at| at.ceil() > now.saturating_add(leeway)) {
            rejections.push(Rejection::NotYetValid { not_before, now, leeway });
        }
        if let (Some(max_age), Some(issued_at)) = (self.max_age, places.issued_at) {
            if issued_at.ceil() > now.saturating_add(leeway) {
                rejections.push(Rejection::IssuedInFuture { issued_at, now, leeway });
            }
            if now.saturating_sub(issued_at.ceil()) > max_age.saturating_add(leeway) {
                rejections.push(Rejection::TooOld { issued_at, now, max_age });
            }
        }
    }

    fn check_values(&self, token: &TokenBuffer, rejections: &mut Vec<Rejection>) {
        let registered = token.registered();
        let wrong = |claim: &str| token.places().wrong().any(|wrong| wrong == claim);
        for claim in token.places().wrong() {
            rejections.push(Rejection::ClaimInvalid { claim: Quoted::new(claim) });
        }
        if let Some(required) = &self.typ {
            let typ = token.jws.verified().and_then(|jws| jws.header().typ());
            if !typ.is_some_and(|typ| media_type::matches(typ, required)) {
                rejections.push(Rejection::WrongTyp { required: required.clone() });
            }
        }
        let mut missing = |claim: &str| rejections.push(Rejection::ClaimMissing { claim: Quoted::new(claim) });
        if !self.expiry_optional && registered.expires_at().is_none() && !wrong("exp") {
            missing("exp");
        }
        if self.max_age.is_some() && registered.issued_at().is_none() && !wrong("iat") {
            missing("iat");
        }
        for claim in &self.required {
            let absent = |claim: &str| {
                let text = token.text();
                let member = token.members().iter().find(|member| member.is_named(claim, text));
                member.is_none_or(|member| member.kind() == Kind::Null)
            };
            // Reported once, be it required twice.
            let said = ["exp", "iss", "aud", "sub"].contains(&claim.as_str()) && self.requires(claim);
            if !said && !wrong(claim) && absent(claim) {
                missing(claim);
            }
        }
        let text = |required: &Option<String>, claim, actual: Option<&str>, mismatch| match (required, actual) {
            (Some(_), None) if !wrong(claim) => Some(Rejection::ClaimMissing { claim: Quoted::new(claim) }),
            (Some(required), Some(actual)) if actual != required => Some(mismatch),
            _ => None,
        };
        rejections.extend(text(&self.issuer, "iss", registered.issuer(), Rejection::IssuerMismatch));
        if let Some(required) = &self.audience {
            if !registered.has_audience() {
                rejections.push(Rejection::ClaimMissing { claim: Quoted::new("aud") });
            } else if !wrong("aud") && !registered.audience().any(|audience| audience == required) {
                rejections.push(Rejection::AudienceMismatch);
            }
        }
        rejections.extend(text(&self.subject, "sub", registered.subject(), Rejection::SubjectMismatch));
    }

    /// Whether a check of its own already demands a claim.
    fn requires(&self, claim: &str) -> bool {
        match claim {
            "exp" => !self.expiry_optional,
            "iss" => self.issuer.is_some(),
            "aud" => self.audience.is_some(),
            "sub" => self.subject.is_some(),
            _ => false,
        }
    }
}
