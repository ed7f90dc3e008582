use crate::authenticated::Authenticated;
use crate::refusal::Refusal;
use crate::scopes::Scopes;
use core::fmt;
use core::time::Duration;
use http::request::Parts;
use std::sync::Arc;

type Check = dyn Fn(&Authenticated, &Parts) -> Result<(), Refusal> + Send + Sync;

/// What a route asks of a token beyond that it is genuine.
#[derive(Clone, Default)]
pub(crate) struct Requirement {
    pub(crate) scopes: Arc<Scopes>,
    /// Of each list, one.
    pub(crate) roles: Vec<Vec<String>>,
    /// Of each list, one.
    pub(crate) authentication_contexts: Vec<Vec<String>>,
    pub(crate) max_age: Option<Duration>,
    pub(crate) checks: Vec<Arc<Check>>,
    pub(crate) is_optional: bool,
}

impl Requirement {
    /// Asks it, in the order of what a client can do about it: log in again, ask for more, nothing.
    pub(crate) fn check(&self, token: &Authenticated, parts: &Parts) -> Result<(), Refusal> {
        token.require_authentication(&self.authentication_contexts, self.max_age)?;
        token.require(&self.scopes)?;
        for roles in &self.roles {
            token.require_any_role(roles)?;
        }
        self.checks.iter().try_for_each(|check| check(token, parts))
    }
}

impl fmt::Debug for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scopes, roles, authentication_contexts, max_age, checks, is_optional } = self;
        f.debug_struct("Requirement")
            .field("scopes", scopes)
            .field("roles", roles)
            .field("authentication_contexts", authentication_contexts)
            .field("max_age", max_age)
            .field("checks", &checks.len())
            .field("is_optional", is_optional)
            .finish()
    }
}
