mod builder;
mod future;
mod judgement;
#[cfg(feature = "axum")]
mod router;
mod service;

pub use builder::ProtectBuilder;
pub use future::ProtectFuture;
#[cfg(feature = "axum")]
pub use router::{ProtectedRouter, ProtectedRouterFuture};
pub use service::Protect;

use crate::authenticated::Authenticated;
use crate::guard::Guard;
use crate::refusal::Refusal;
use crate::requirement::Requirement;
use carnet_jwk::KeySource;
use carnet_oauth::AccessTokenVerifier;
use core::time::Duration;
use http::request::Parts;
use std::sync::Arc;
use tower_layer::Layer;

/// Lets only requests with an access token through to a service, and answers the others as RFC 6750, RFC 9449 and RFC 9470 have it. A [`tower`](tower_layer) layer for
/// every service over the types of `http`: axum, tonic, hyper.
///
/// **Checked**, in this order: the form of the credentials; the token, by the [`AccessTokenVerifier`]; of a cookie, that a page of the service made the request; that
/// the token was not [revoked](ProtectBuilder::revocation), where that is set; and what the route [requires](Self::all_of). The token is then in the request's extensions ([`Authenticated`]), and `Authorization` is marked sensitive.
///
/// **Not checked**: whether the object that is asked for is the subject's, which only the handler knows ([`Authenticated::denied`]). Tokens are never taken from the query or the body.
///
/// A value is made once and each route has its own of it: what it requires is in its challenges, and a request that passes two of them is verified once.
///
/// | the request has | answer |
/// |---|---|
/// | no credentials, or those of another scheme | 401, a challenge without an error |
/// | an `Authorization` that is malformed, or over 8 KiB; two of them | 400 `invalid_request` |
/// | a token that is not accepted | 401 `invalid_token` |
/// | a token whose scopes are not enough | 403 `insufficient_scope`, with all that are needed |
/// | a token whose subject may not | 403, without a challenge |
/// | a token, while the keys cannot be had | 503 with `Retry-After` |
/// | no credentials, and is a CORS preflight (`OPTIONS` with `Origin` and `Access-Control-Request-Method`) | 204 and nothing else: a CORS layer belongs around this one ([or](ProtectBuilder::pass_preflights)) |
///
/// For browsers, the CORS layer exposes what answers are understood by: `Access-Control-Expose-Headers: WWW-Authenticate, DPoP-Nonce`.
///
/// ```
/// use carnet_jwk::VerifyingKeys;
/// use carnet_oauth::AccessTokenVerifier;
/// use carnet_tower::ProtectLayer;
/// # fn layers(keys: VerifyingKeys) -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = AccessTokenVerifier::builder(keys, "https://auth.example.com/", "https://api.example.com/").build()?;
/// let protect = ProtectLayer::new(verifier);
/// let (read, write) = (protect.all_of(["orders:read"]), protect.all_of(["orders:read", "orders:write"]));
/// // axum: Router::new().route("/orders", get(list).layer(read).merge(post(create).layer(write)))
/// # let _ = (read, write);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct ProtectLayer(Arc<Inner>);

/// In one, since a layer is cloned for each request.
#[derive(Debug)]
struct Inner {
    guard: Arc<Guard>,
    requirement: Requirement,
}

impl ProtectLayer {
    /// Takes bearer tokens that this verifier accepts, from the `Authorization` header.
    #[must_use]
    pub fn new<K: KeySource + 'static>(verifier: AccessTokenVerifier<K>) -> Self {
        Self::builder(verifier).finish()
    }

    /// The same with settings: a realm, cookies, proofs of possession, where the metadata of the resource are.
    pub fn builder<K: KeySource + 'static>(verifier: AccessTokenVerifier<K>) -> ProtectBuilder {
        ProtectBuilder::new(Box::new(verifier))
    }

    fn of(guard: Guard) -> Self {
        Self(Arc::new(Inner { guard: Arc::new(guard), requirement: Requirement::default() }))
    }

    /// Requires all of these scopes besides: 403 otherwise. A text may hold several, with spaces between them; of none, nothing more is required. One that cannot be a scope (empty, or with characters that scopes do not have) is granted by no
    /// token, and said in the log.
    #[must_use]
    pub fn all_of<S: AsRef<str>>(&self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.requiring(|requirement| Arc::make_mut(&mut requirement.scopes).and_all(scopes))
    }

    /// Requires one of these scopes besides: 403 otherwise. Of a text that holds several, all are needed. Of none, none is granted.
    #[must_use]
    pub fn any_of<S: AsRef<str>>(&self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.requiring(|requirement| Arc::make_mut(&mut requirement.scopes).and_any(scopes))
    }

    /// Requires one of these [roles](ProtectBuilder::roles_at) besides: 403 otherwise, without a challenge.
    #[must_use]
    pub fn any_role<S: Into<String>>(&self, roles: impl IntoIterator<Item = S>) -> Self {
        self.requiring(|requirement| requirement.roles.push(roles.into_iter().map(Into::into).collect()))
    }

    /// Requires that the subject was authenticated at most this long ago (`auth_time`), in whole seconds: 401 `insufficient_user_authentication` otherwise
    /// ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)). Of several, the shortest counts.
    #[must_use]
    pub fn max_authentication_age(&self, max_age: Duration) -> Self {
        self.requiring(|requirement| {
            requirement.max_age = Some(requirement.max_age.map_or(max_age, |own| own.min(max_age)))
        })
    }

    /// Requires besides that the subject was authenticated in one of these ways (`acr`): 401 `insufficient_user_authentication` otherwise.
    #[must_use]
    pub fn authentication_contexts<S: Into<String>>(&self, contexts: impl IntoIterator<Item = S>) -> Self {
        self.requiring(|requirement| {
            requirement.authentication_contexts.push(contexts.into_iter().map(Into::into).collect());
        })
    }

    /// Asks something of one's own besides. [`Authenticated`] makes the refusals: `|token, request| token.require_scopes([…])`, or `Err(token.denied())`.
    ///
    /// The check comes before the body is read and must not block; what needs to wait belongs into the handler.
    #[must_use]
    pub fn check(&self, check: impl Fn(&Authenticated, &Parts) -> Result<(), Refusal> + Send + Sync + 'static) -> Self {
        self.requiring(|requirement| requirement.checks.push(Arc::new(check)))
    }

    /// Lets requests without credentials through, as nobody's. Credentials that are there and not accepted are refused all the same.
    #[must_use]
    pub fn optional(&self) -> Self {
        self.requiring(|requirement| requirement.is_optional = true)
    }

    fn requiring(&self, add: impl FnOnce(&mut Requirement)) -> Self {
        let mut requirement = self.0.requirement.clone();
        add(&mut requirement);
        Self(Arc::new(Inner { guard: Arc::clone(&self.0.guard), requirement }))
    }
}

impl<S> Layer<S> for ProtectLayer {
    type Service = Protect<S>;

    fn layer(&self, inner: S) -> Protect<S> {
        Protect::new(inner, self.clone())
    }
}
