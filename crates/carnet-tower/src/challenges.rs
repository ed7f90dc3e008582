use crate::challenge::Challenge;
use crate::scheme::{Scheme, Schemes};
use http::HeaderValue;

/// What every challenge of a protected service says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenges {
    pub(crate) schemes: Schemes,
    pub(crate) realm: String,
    pub(crate) resource_metadata: Option<String>,
    /// The algorithms of proofs.
    pub(crate) dpop_algorithms: Option<String>,
}

/// What is wrong, for one of the schemes or for each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChallengeError<'a> {
    pub(crate) code: &'static str,
    pub(crate) description: Option<&'static str>,
    /// The scheme that was used; `None` where it cannot be said.
    pub(crate) used: Option<Scheme>,
    pub(crate) acr_values: Option<&'a str>,
    pub(crate) max_age: Option<&'a str>,
}

impl<'a> ChallengeError<'a> {
    pub(crate) const fn new(code: &'static str, description: Option<&'static str>, used: Option<Scheme>) -> Self {
        Self { code, description, used, acr_values: None, max_age: None }
    }
}

impl Challenges {
    /// A challenge for each scheme that is taken, the error with the one that was used ([RFC 9449 §7.2](https://www.rfc-editor.org/rfc/rfc9449#section-7.2)).
    pub(crate) fn values(&self, scope: &str, error: Option<ChallengeError<'_>>) -> Vec<HeaderValue> {
        let schemes = [(Scheme::Bearer, self.schemes.bearer), (Scheme::Dpop, self.schemes.dpop)];
        let taken = schemes.into_iter().filter_map(|(scheme, taken)| taken.then_some(scheme));
        taken.filter_map(|scheme| self.of(scheme, scope, error)).collect()
    }

    fn of(&self, scheme: Scheme, scope: &str, error: Option<ChallengeError<'_>>) -> Option<HeaderValue> {
        let error = error.filter(|error| error.used.is_none_or(|used| used == scheme));
        let name = match scheme {
            Scheme::Bearer => "Bearer",
            Scheme::Dpop => "DPoP",
        };
        let challenge = Challenge::new(name).parameter("realm", &self.realm).parameter("scope", scope);
        let challenge = challenge
            .optional("error", error.map(|error| error.code))
            .optional("error_description", error.and_then(|error| error.description))
            .optional("acr_values", error.and_then(|error| error.acr_values))
            .optional("max_age", error.and_then(|error| error.max_age))
            .optional("resource_metadata", self.resource_metadata.as_deref());
        let algorithms = self.dpop_algorithms.as_deref().filter(|_| scheme == Scheme::Dpop);
        challenge.optional("algs", algorithms).into_value()
    }
}
