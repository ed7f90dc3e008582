use super::ProtectLayer;
use crate::challenge::is_parameter;
use crate::challenges::Challenges;
use crate::config_error::ProtectConfigError;
use crate::cookie::CookieCredentials;
use crate::guard::{Admission, Guard};
use crate::possession::Possession;
use crate::revocation::Revocation;
use crate::scheme;
use crate::scopes::ScopeHierarchy;
use crate::terms::Terms;
use crate::url::{self, Schemes, UrlError};
use crate::verifies_tokens::VerifiesTokens;
use carnet_oauth::DpopVerifier;
use core::fmt;
use std::sync::Arc;

/// Builds a [`ProtectLayer`].
#[must_use]
pub struct ProtectBuilder {
    terms: Terms,
    admission: Admission,
}

impl ProtectBuilder {
    pub(super) fn new(verifier: Box<dyn VerifiesTokens>) -> Self {
        let schemes = scheme::Schemes { bearer: true, dpop: false };
        let challenges =
            Challenges { schemes, realm: "api".to_owned(), resource_metadata: None, dpop_algorithms: None };
        let terms = Terms { verifier, challenges, hierarchy: None, roles_at: vec!["roles".to_owned()] };
        Self { terms, admission: Admission::default() }
    }

    /// Names the realm in challenges. Without it, `api`, since a challenge must say something ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
    pub fn realm(mut self, realm: impl Into<String>) -> Self {
        self.terms.challenges.realm = realm.into();
        self
    }

    /// Says in each challenge where the metadata of this resource are ([RFC 9728 §5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1)): [`ProtectedResource::url`](crate::ProtectedResource::url).
    pub fn resource_metadata(mut self, url: impl Into<String>) -> Self {
        self.terms.challenges.resource_metadata = Some(url.into());
        self
    }

    /// Takes tokens from a cookie too.
    pub fn cookie(mut self, cookie: CookieCredentials) -> Self {
        self.admission.cookie = Some(cookie);
        self
    }

    /// Takes tokens that are bound to a key too, with the scheme `DPoP` and a proof ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)). `base_url` is where clients believe the service to be,
    /// `https://api.example.com`: proofs are for it and the path of the request, whatever `Host` says. A part of the path that a proxy takes away belongs to
    /// `base_url`; what a nested router of axum takes away is put back.
    ///
    /// Tokens that are bound are refused as bearer tokens, with this and without it. A proof is recorded before revocation and scopes are looked at; whoever has a valid token can fill a small record with
    /// proofs, so limit how fast one client may send. Token and proof have 10 s in all, after which it is 503. Needs a tokio runtime, also where the service is called.
    pub fn dpop(mut self, verifier: DpopVerifier, base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        let possession = Possession { verifier, base_url: base_url.strip_suffix('/').unwrap_or(&base_url).to_owned() };
        self.terms.challenges.schemes.dpop = true;
        self.terms.challenges.dpop_algorithms = Some(possession.algorithms());
        self.admission.possession = Some(possession);
        self
    }

    /// As [`dpop`](Self::dpop), and takes no bearer tokens: their scheme is another's then. Not even from a cookie, which comes without a proof.
    pub fn dpop_only(mut self, verifier: DpopVerifier, base_url: impl Into<String>) -> Self {
        self = self.dpop(verifier, base_url);
        self.terms.challenges.schemes.bearer = false;
        self
    }

    /// Asks of each token that is accepted otherwise whether it was revoked: 401 `token_revoked` if so, 503 while that cannot be found out. Needs a tokio runtime, also where the service is called.
    pub fn revocation(mut self, revocation: Revocation) -> Self {
        self.admission.revocation = Some(revocation);
        self
    }

    /// Which scopes stand for others.
    pub fn scope_hierarchy(mut self, hierarchy: impl ScopeHierarchy + 'static) -> Self {
        self.terms.hierarchy = Some(Arc::new(hierarchy));
        self
    }

    /// Where the roles are in the claims, name by name: `["realm_access", "roles"]` for Keycloak, `["cognito:groups"]` for Cognito. Without it, `["roles"]`.
    pub fn roles_at<S: Into<String>>(mut self, path: impl IntoIterator<Item = S>) -> Self {
        self.terms.roles_at = path.into_iter().map(Into::into).collect();
        self
    }

    /// Lets requests for exactly these paths through without credentials, whatever their method and whatever a route requires: `/healthz`. A path is compared as the client wrote it, and never
    /// as the beginning of another. It is what the first router of axum was given, so nothing behind it may be rewritten: what takes the place of a public path is public.
    pub fn public_paths<S: Into<String>>(mut self, paths: impl IntoIterator<Item = S>) -> Self {
        self.admission.public_paths.extend(paths.into_iter().map(Into::into));
        self
    }

    /// Lets CORS preflights through to the service: `OPTIONS` with `Origin`, `Access-Control-Request-Method` and no `Authorization`. Without it they are answered here with 204 and nothing else, and a CORS layer
    /// belongs around this one, where it answers them itself.
    ///
    /// **Anybody can send such a request**, with any path and body. Where a service or a handler goes by the path and not by the method (gRPC, `axum::routing::any`, a proxy), this
    /// opens it to strangers.
    pub const fn pass_preflights(mut self) -> Self {
        self.admission.passes_preflights = true;
        self
    }

    /// Answers malformed credentials with 401 `invalid_token` in place of 400 `invalid_request`, as some clients expect it. Two of them stay 400.
    pub const fn malformed_as_invalid_token(mut self) -> Self {
        self.admission.malformed_is_invalid_token = true;
        self
    }

    pub(super) fn finish(self) -> ProtectLayer {
        let Self { terms, admission } = self;
        ProtectLayer::of(Guard { terms: Arc::new(terms), admission })
    }

    /// Ends the settings.
    ///
    /// # Errors
    /// [`ProtectConfigError::Parameter`] for a realm that would have to be escaped, [`ProtectConfigError::Url`] for a URL that is not absolute, not https (http only to this machine), or has a user's name, a
    /// fragment or, of proofs, a query.
    pub fn build(self) -> Result<ProtectLayer, ProtectConfigError> {
        let Challenges { realm, resource_metadata, .. } = &self.terms.challenges;
        if !is_parameter(realm) {
            return Err(ProtectConfigError::Parameter { name: "realm" });
        }
        let refused = |name| move |reason| ProtectConfigError::Url { name, reason };
        if let Some(url) = resource_metadata {
            let (url, _) = url::read(url, Schemes::HttpsOrLoopback).map_err(refused("resource_metadata"))?;
            if url.has_fragment() {
                return Err(refused("resource_metadata")(UrlError::Fragment));
            }
        }
        if let Some(Possession { base_url, .. }) = &self.admission.possession {
            let (url, _) = url::read(base_url, Schemes::HttpsOrLoopback).map_err(refused("dpop"))?;
            if url.has_query() || url.has_fragment() {
                return Err(refused("dpop")(if url.has_query() { UrlError::Query } else { UrlError::Fragment }));
            }
        }
        Ok(self.finish())
    }
}

impl fmt::Debug for ProtectBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProtectBuilder").field("terms", &self.terms).field("admission", &self.admission).finish()
    }
}
