//! What a token must say to be accepted.

use crate::clock::Clock;
use crate::registered::{Name, Names, Registered};
use crate::rejection::Rejection;
use carnet_core::json::{Kind, Member};
use carnet_core::{Header, Quoted, media_type};

/// What a policy looks at: a token whose signature holds.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'b> {
    pub(crate) header: Header<'b>,
    pub(crate) members: &'b [Member],
    pub(crate) registered: Registered<'b>,
}

/// The checks that need no claims type. Everything not set here is not checked; `exp`, `nbf` and the JSON types of registered claims always are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    pub(crate) issuer: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) typ: Option<String>,
    pub(crate) required: Vec<String>,
    required_registered: Names,
    /// Seconds, at most an hour.
    pub(crate) leeway: i64,
    /// Seconds.
    pub(crate) max_age: Option<i64>,
    pub(crate) expiry_optional: bool,
    pub(crate) clock: Clock,
}

impl Policy {
    /// Every check a token fails, the weightiest first. Allocates nothing for a token that passes.
    pub(crate) fn check(&self, token: &Subject<'_>) -> Vec<Rejection> {
        let mut rejections = Vec::new();
        self.check_times(token, &mut rejections);
        self.check_values(token, &mut rejections);
        rejections
    }

    fn check_times(&self, token: &Subject<'_>, rejections: &mut Vec<Rejection>) {
        let (now, leeway, places) = (self.clock.now(), self.leeway, token.registered.places);
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
            if now.saturating_sub(issued_at.floor()) > max_age.saturating_add(leeway) {
                rejections.push(Rejection::TooOld { issued_at, now, max_age, leeway });
            }
        }
    }

    fn check_values(&self, token: &Subject<'_>, rejections: &mut Vec<Rejection>) {
        let Registered { text, places, .. } = token.registered;
        let quoted = Quoted::new;
        rejections.extend(places.wrong.iter().map(|claim| Rejection::ClaimInvalid { claim: quoted(claim) }));
        let absent = self.required_registered.without(places.present);
        rejections.extend(absent.iter().map(|claim| Rejection::ClaimMissing { claim: quoted(claim) }));
        for claim in &self.required {
            let member = token.members.iter().find(|member| member.is_named(claim, text));
            if member.is_none_or(|member| member.kind() == Kind::Null) {
                rejections.push(Rejection::ClaimMissing { claim: quoted(claim) });
            }
        }
        // What is missing or of the wrong type has been said; here is what is there and is another.
        let differs = |required: &Option<String>, actual: Option<&str>| {
            required.as_deref().zip(actual).is_some_and(|(required, actual)| required != actual)
        };
        if differs(&self.issuer, token.registered.issuer()) {
            rejections.push(Rejection::IssuerMismatch);
        }
        if let Some(required) = &self.audience
            && places.present.without(places.wrong).has(Name::Audience)
            && !token.registered.audience().any(|audience| audience == required)
        {
            rejections.push(Rejection::AudienceMismatch);
        }
        if differs(&self.subject, token.registered.subject()) {
            rejections.push(Rejection::SubjectMismatch);
        }
        if let Some(required) = &self.typ
            && !token.header.typ().is_some_and(|typ| media_type::matches(typ, required))
        {
            rejections.push(Rejection::WrongTyp { required: required.clone() });
        }
    }

    /// Notes which claims must be there: those a check needs, and those asked for.
    pub(crate) fn settle_required(&mut self) {
        let needed = [
            (Name::ExpiresAt, !self.expiry_optional),
            (Name::IssuedAt, self.max_age.is_some()),
            (Name::Issuer, self.issuer.is_some()),
            (Name::Audience, self.audience.is_some()),
            (Name::Subject, self.subject.is_some()),
        ];
        let asked = self.required.iter().filter_map(|claim| Name::read(claim));
        for name in needed.into_iter().filter_map(|(name, needed)| needed.then_some(name)).chain(asked) {
            self.required_registered.insert(name);
        }
        self.required.retain(|claim| Name::read(claim).is_none());
        self.required.sort_unstable();
        self.required.dedup();
    }
}
