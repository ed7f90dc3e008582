//! Protecting an HTTP API with tokens.
//!
//! | for | see |
//! |---|---|
//! | letting only requests with an access token through | [`ProtectLayer`] |
//! | the token in a handler: its claims, what it grants, refusing more than the route does | `Bearer` and [`Authenticated`] of axum's extractors, [`Refusal`] |
//! | tokens in cookies, and requests that other sites make | [`CookieCredentials`], [`CsrfTokens`] |
//! | tokens that were revoked | [`Revocation`], [`RevocationList`] |
//! | the service's own keys for others | [`jwks_handler`] |
//! | where to get a token for the service (RFC 9728) | [`ProtectedResource`] |
//! | nothing without TLS | [`RequireHttpsLayer`] |
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

mod authenticated;
#[cfg(feature = "axum")]
mod bearer;
mod challenge;
mod challenges;
mod config_error;
mod cookie;
mod cookie_value;
mod credentials;
mod csrf;
mod document;
mod guard;
mod jwks_handler;
mod possession;
mod problem;
mod protect;
mod protected_resource;
mod refusal;
mod require_https;
mod requirement;
mod revocation;
mod scheme;
mod scopes;
mod target;
mod terms;
mod url;
mod verifies_tokens;

pub use authenticated::Authenticated;
#[cfg(feature = "axum")]
pub use bearer::Bearer;
pub use config_error::ProtectConfigError;
pub use cookie::CookieCredentials;
pub use csrf::CsrfTokens;
pub use ipnet::IpNet;
pub use jwks_handler::{JwksHandler, MaxAgeError, jwks_handler};
pub use protect::{Protect, ProtectBuilder, ProtectFuture, ProtectLayer};
#[cfg(feature = "axum")]
pub use protect::{ProtectedRouter, ProtectedRouterFuture};
pub use protected_resource::{
    ProtectedResource, ProtectedResourceBuilder, ProtectedResourceError, ProtectedResourceHandler,
};
pub use refusal::Refusal;
pub use require_https::{OverTls, PeerAddress, RequireHttps, RequireHttpsError, RequireHttpsFuture, RequireHttpsLayer};
pub use revocation::{Revocation, RevocationError, RevocationFuture, RevocationList};
pub use scopes::ScopeHierarchy;
pub use url::UrlError;
