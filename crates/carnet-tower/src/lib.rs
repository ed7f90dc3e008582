//! Protecting an HTTP API with tokens.
//!
//! [`ProtectLayer`] is a layer of `tower` that lets requests with an access token through, and [`Bearer`] gives its claims to a handler of axum.
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

mod authenticated;
#[cfg(feature = "axum")]
mod bearer;
mod challenge;
mod challenges;
mod config_error;
mod cookie;
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
mod scopes;
mod url;

pub use authenticated::Authenticated;
#[cfg(feature = "axum")]
pub use bearer::Bearer;
pub use config_error::ProtectConfigError;
pub use cookie::CookieCredentials;
pub use csrf::CsrfTokens;
pub use ipnet::IpNet;
pub use jwks_handler::{JwksHandler, MaxAgeError, jwks_handler};
pub use protect::{Protect, ProtectBuilder, ProtectFuture, ProtectLayer};
pub use protected_resource::{
    ProtectedResource, ProtectedResourceBuilder, ProtectedResourceError, ProtectedResourceHandler, UrlError,
};
pub use refusal::Refusal;
pub use require_https::{OverTls, PeerAddress, RequireHttps, RequireHttpsError, RequireHttpsFuture, RequireHttpsLayer};
pub use revocation::{Revocation, RevocationError, RevocationFuture, RevocationList};
pub use scopes::ScopeHierarchy;
