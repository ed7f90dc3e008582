//! What a token must say to be accepted.

mod claim_rule;
mod scope_rule;
mod times;

pub(crate) use claim_rule::ClaimRule;
pub(crate) use scope_rule::ScopeRule;
pub(crate) use times::{Leeway, TimeRules};

use crate::registered::{Name, Names, Registered};
use crate::rejection::Rejection;
use carnet_core::json::{self, Kind, Member};
use carnet_core::{Header, Quoted, media_type};

/// What a policy looks at: a token whose signature holds.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'b> {
    pub(crate) header: Header<'b>,
    pub(crate) members: &'b [Member],
    pub(crate) registered: Registered<'b>,
}

impl<'b> Subject<'b> {
    /// A claim that is there and not `null`.
    pub(crate) fn member(&self, name: &str) -> Option<&'b Member> {
        self.member_or_null(name).filter(|member| member.kind() != Kind::Null)
    }

    /// A claim that is there, also as `null`.
    pub(crate) fn member_or_null(&self, name: &str) -> Option<&'b Member> {
        json::find(self.members, name, self.registered.text)
    }
}

/// The checks that need no claims type. Everything not set here is not checked; `exp`, `nbf` and the JSON types of registered claims always are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    pub(crate) times: TimeRules,
    /// Any of them. None where any issuer will do.
    pub(crate) issuers: Vec<String>,
    /// Any of them. None where any audience will do.
    pub(crate) audiences: Vec<String>,
    pub(crate) subject: Option<String>,
    pub(crate) id: Option<String>,
    /// Any of them.
    pub(crate) types: Vec<String>,
    /// Whether a token without `typ` passes.
    pub(crate) type_optional: bool,
    pub(crate) required: Vec<String>,
    pub(crate) forbidden: Vec<String>,
    pub(crate) claims: Vec<ClaimRule>,
    pub(crate) scopes: ScopeRule,
    required_registered: Names,
}

impl Policy {
    /// Every check a token fails, the weightiest first. Allocates nothing for a token that passes, unless a claim with a rule or a scope has escapes or
    /// is an object.
    pub(crate) fn check(&self, now: i64, token: &Subject<'_>) -> Vec<Rejection> {
        let mut rejections = Vec::new();
        self.times.check(now, token.registered.places, &mut rejections);
        self.check_presence(token, &mut rejections);
        self.check_values(token, &mut rejections);
        self.scopes.check(token, &mut rejections);
        rejections
    }

    fn check_presence(&self, token: &Subject<'_>, rejections: &mut Vec<Rejection>) {
        let places = token.registered.places;
        let quoted = Quoted::new;
        let absent = self.required_registered.without(places.present);
        if !(places.wrong.is_empty() && absent.is_empty()) {
            rejections.extend(places.wrong.iter().map(|claim| Rejection::ClaimInvalid { claim: quoted(claim) }));
            rejections.extend(absent.iter().map(|claim| Rejection::ClaimMissing { claim: quoted(claim) }));
        }
        let missing = self.required.iter().filter(|claim| token.member(claim).is_none());
        rejections.extend(missing.map(|claim| Rejection::ClaimMissing { claim: quoted(claim) }));
        // Also as `null`: whoever forbids a claim does not want to see it in any form.
        let forbidden = self.forbidden.iter().filter(|claim| token.member_or_null(claim).is_some());
        rejections.extend(forbidden.map(|claim| Rejection::ClaimForbidden { claim: quoted(claim) }));
    }

    /// What is missing or of the wrong type has been said; here is what is there and is another.
    fn check_values(&self, token: &Subject<'_>, rejections: &mut Vec<Rejection>) {
        let Registered { places, .. } = token.registered;
        let is_another = |accepted: &[String], actual: Option<&str>| {
            actual.is_some_and(|actual| !accepted.is_empty() && accepted.iter().all(|accepted| accepted != actual))
        };
        if is_another(&self.issuers, token.registered.issuer()) {
            rejections.push(Rejection::IssuerMismatch);
        }
        if !self.audiences.is_empty()
            && places.present.without(places.wrong).has(Name::Audience)
            && !token.registered.audience().any(|audience| self.audiences.iter().any(|own| own == audience))
        {
            rejections.push(Rejection::AudienceMismatch);
        }
        if is_another(self.subject.as_slice(), token.registered.subject()) {
            rejections.push(Rejection::SubjectMismatch);
        }
        if is_another(self.id.as_slice(), token.registered.id()) {
            rejections.push(Rejection::ClaimMismatch { claim: Quoted::new("jti") });
        }
        if !self.types.is_empty() {
            let is_one = |typ: &str| self.types.iter().any(|required| media_type::matches(typ, required));
            if !token.header.typ().map_or(self.type_optional, is_one) {
                rejections.push(Rejection::WrongTyp { required: self.types.join(" or ") });
            }
        }
        for rejection in self.claims.iter().filter_map(|rule| rule.check(token)) {
            // A claim that is required as well has been said to be missing.
            if !rejections.contains(&rejection) {
                rejections.push(rejection);
            }
        }
    }

    /// Registered claims that must be there.
    pub(crate) fn required_registered(&self) -> impl Iterator<Item = &'static str> {
        self.required_registered.iter()
    }

    /// Whether a token without this claim is rejected.
    pub(crate) fn requires(&self, claim: &str) -> bool {
        self.required_registered().any(|name| name == claim)
            || self.required.iter().any(|name| name == claim)
            || self.claims.iter().any(|rule| rule.name() == claim && rule.is_required())
    }

    /// Notes which claims must be there: those a check needs, and those asked for.
    pub(crate) fn settle_required(&mut self) {
        let TimeRules { max_age, max_lifetime, expiry_optional, .. } = self.times;
        let needed = [
            (Name::ExpiresAt, !expiry_optional || max_lifetime.is_some()),
            (Name::IssuedAt, max_age.is_some() || max_lifetime.is_some()),
            (Name::Issuer, !self.issuers.is_empty()),
            (Name::Audience, !self.audiences.is_empty()),
            (Name::Subject, self.subject.is_some()),
            (Name::Id, self.id.is_some()),
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
