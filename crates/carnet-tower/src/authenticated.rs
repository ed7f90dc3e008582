use crate::refusal::Refusal;
use crate::scheme::Scheme;
use crate::scopes::{self, Scopes};
use crate::terms::Terms;
use carnet_oauth::AccessToken;
use core::fmt;
use core::ops::Deref;
use core::time::Duration;
use http::Extensions;
use serde_json::Value;
use std::sync::Arc;

/// The access token of a request, verified: what a [`ProtectLayer`](crate::ProtectLayer) puts into the request's extensions. Cloning it is cheap, and `Debug` shows no claims.
///
/// It is an [`AccessToken`], and knows besides how the service answers: what it refuses has the status and the challenges of a request that the layer refuses itself.
///
/// ```
/// use carnet_tower::{Authenticated, Refusal};
///
/// /// A tool of a server that needs more than its route does.
/// fn delete_file(token: &Authenticated) -> Result<(), Refusal> {
///     token.require_scopes(["files:read", "files:write"])?; // else 403 insufficient_scope, with both in the challenge
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Authenticated {
    token: AccessToken,
    terms: Arc<Terms>,
    used: Scheme,
    /// What the layers before the handler required: a challenge names all that the operation needs. `None` where they required nothing.
    required: Option<Arc<Scopes>>,
}

/// A request that goes on without a token, since it needs none; in the extensions, where it says nothing beside an [`Authenticated`].
#[derive(Clone)]
pub(crate) struct Anonymous {
    pub(crate) terms: Arc<Terms>,
}

impl Authenticated {
    /// The token of a request, from its extensions: for services that are not of axum, whose handlers have extractors. `None` where the layer let the request through without one.
    ///
    /// # Errors
    /// A [`Refusal`] with 500, `not_protected`, and a line in the log, where the request has been through no layer.
    pub fn find_in(extensions: &Extensions) -> Result<Option<Self>, Refusal> {
        match (extensions.get::<Self>(), extensions.get::<Anonymous>()) {
            (Some(token), _) => Ok(Some(token.clone())),
            (None, Some(_)) => Ok(None),
            (None, None) => Err(Refusal::not_protected()),
        }
    }

    /// As [`find_in`](Self::find_in), where there must be one.
    ///
    /// # Errors
    /// As there, and a [`Refusal`] with 401, `credentials_missing`, where there is none.
    pub fn require_in(extensions: &Extensions) -> Result<Self, Refusal> {
        Self::find_in(extensions)?.ok_or_else(|| match extensions.get::<Anonymous>() {
            Some(Anonymous { terms }) => Refusal::missing(&terms.challenges, ""),
            None => Refusal::not_protected(),
        })
    }

    pub(crate) const fn new(token: AccessToken, terms: Arc<Terms>, used: Scheme) -> Self {
        Self { token, terms, used, required: None }
    }

    /// The same, after another layer that requires these scopes.
    pub(crate) fn requiring(mut self, scopes: &Arc<Scopes>) -> Self {
        match &mut self.required {
            _ if scopes.is_empty() => {}
            None => self.required = Some(Arc::clone(scopes)),
            Some(required) => Arc::make_mut(required).and(scopes),
        }
        self
    }

    fn required(&self) -> String {
        self.required.as_ref().map(|scopes| scopes.text()).unwrap_or_default()
    }

    /// How it was presented.
    pub(crate) const fn scheme(&self) -> Scheme {
        self.used
    }

    /// The token.
    #[must_use]
    pub const fn token(&self) -> &AccessToken {
        &self.token
    }

    /// Whether the token grants this scope, or one that implies it in the service's [`ScopeHierarchy`](crate::ScopeHierarchy).
    #[must_use]
    pub fn grants(&self, scope: &str) -> bool {
        scopes::grants(self.scopes(), scope, self.terms.hierarchy.as_ref())
    }

    /// Demands that all of these scopes are granted.
    ///
    /// # Errors
    /// A [`Refusal`] with 403, `insufficient_scope`, and a challenge that names all of them.
    pub fn require_scopes<S: AsRef<str>>(&self, scopes: impl IntoIterator<Item = S>) -> Result<(), Refusal> {
        let mut required = Scopes::default();
        required.and_all(scopes);
        self.require(&required)
    }

    /// Demands that one of these scopes is granted.
    ///
    /// # Errors
    /// As [`require_scopes`](Self::require_scopes).
    pub fn require_any_scope<S: AsRef<str>>(&self, scopes: impl IntoIterator<Item = S>) -> Result<(), Refusal> {
        let mut required = Scopes::default();
        required.and_any(scopes);
        self.require(&required)
    }

    /// The roles, from where [`ProtectBuilder::roles_at`](crate::ProtectBuilder::roles_at) says: a list of texts, or one text.
    #[must_use]
    pub fn roles(&self) -> Vec<String> {
        let Ok(claims) = self.claims::<Value>() else { return Vec::new() };
        let path = &self.terms.roles_at;
        match path.iter().try_fold(&claims, |value, name| value.as_object()?.get(name)) {
            Some(Value::String(role)) => vec![role.clone()],
            Some(Value::Array(roles)) => roles.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        }
    }

    /// Demands that the subject has one of these roles.
    ///
    /// # Errors
    /// A [`Refusal`] with 403, `access_denied`, and without a challenge: no other token of this client would help.
    pub fn require_any_role<S: AsRef<str>>(&self, roles: impl IntoIterator<Item = S>) -> Result<(), Refusal> {
        let own = self.roles();
        let has = roles.into_iter().any(|role| own.iter().any(|own| own == role.as_ref()));
        if has { Ok(()) } else { Err(Refusal::denied()) }
    }

    /// A refusal with 403, `access_denied`, and without a challenge: for what is not the subject's to see or to change.
    #[must_use]
    pub fn denied(&self) -> Refusal {
        Refusal::denied()
    }

    pub(crate) fn require(&self, scopes: &Scopes) -> Result<(), Refusal> {
        let Self { terms, used, .. } = self;
        if scopes.are_granted(|| self.scopes(), terms.hierarchy.as_ref()) {
            return Ok(());
        }
        let all = scopes::join(self.required().split(' ').chain(scopes.text().split(' ')));
        Err(Refusal::insufficient_scope(&terms.challenges, &all, Some(*used)))
    }

    /// Demands that the subject was authenticated in one of the ways of each list, and not too long ago.
    pub(crate) fn require_authentication(
        &self,
        contexts: &[Vec<String>],
        max_age: Option<Duration>,
    ) -> Result<(), Refusal> {
        let Self { terms, used, .. } = self;
        let own = self.authentication_context();
        let is_strong = contexts.iter().all(|list| list.iter().any(|context| Some(context.as_str()) == own));
        let max_age = max_age.map(|age| i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
        let is_recent = max_age.is_none_or(|age| {
            let at = self.authenticated_at();
            at.is_some_and(|at| is_within(at, age, terms.verifier.now()))
        });
        if is_strong && is_recent {
            return Ok(());
        }
        // Both, whichever is wanting: a login that mends one of them must not lack the other.
        let acr_values = scopes::join(contexts.iter().flatten().map(String::as_str));
        let max_age = max_age.map(|age| age.to_string());
        let needed = (Some(acr_values.as_str()), max_age.as_deref());
        Err(Refusal::authentication(&terms.challenges, &self.required(), Some(*used), needed))
    }

    /// Of a token whose claims do not fit what a handler asks for.
    #[cfg(feature = "axum")]
    pub(crate) fn unfit(&self) -> Refusal {
        let Self { terms, used, .. } = self;
        Refusal::invalid_token(&terms.challenges, "", Some(*used), "claim_invalid", "The access token is invalid")
    }

    /// Whether it was verified for the same service: under the same settings.
    pub(crate) fn is_of(&self, terms: &Arc<Terms>) -> bool {
        Arc::ptr_eq(&self.terms, terms)
    }
}

/// Clocks that differ by more are out of order, in seconds.
const LEEWAY: i64 = 60;

/// Whether a time is at most so long ago, and not to come.
const fn is_within(at: i64, age: i64, now: i64) -> bool {
    at.saturating_add(age) >= now && at <= now.saturating_add(LEEWAY)
}

impl Deref for Authenticated {
    type Target = AccessToken;

    fn deref(&self) -> &AccessToken {
        self.token()
    }
}

impl fmt::Debug for Authenticated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Authenticated").field(self.token()).finish()
    }
}
