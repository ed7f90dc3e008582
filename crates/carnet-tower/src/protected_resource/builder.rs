use super::error::ProtectedResourceError;
use super::identifier::Identifier;
use super::{Inner, MAX_AGE, ProtectedResource};
use crate::document::Document;
use crate::url::{self, Schemes, UrlError};
use carnet_core::Quoted;
use carnet_jwa::Algorithm;
use serde::Serialize;
use std::sync::Arc;

/// What a [`ProtectedResource`] is to say about itself.
#[derive(Debug, Clone)]
#[must_use]
pub struct ProtectedResourceBuilder {
    resource: String,
    schemes: Schemes,
    dpop_algorithms: Vec<Algorithm>,
    metadata: Metadata,
}

/// The members (RFC 9728 §2), in the order of the RFC. What is empty is left out, as §3.2 has it.
#[derive(Debug, Clone, Default, Serialize)]
struct Metadata {
    resource: String,
    authorization_servers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<String>,
    bearer_methods_supported: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_documentation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_policy_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_tos_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dpop_signing_alg_values_supported: Vec<&'static str>,
    /// False is what a client takes where there is nothing.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    dpop_bound_access_tokens_required: bool,
}

impl ProtectedResourceBuilder {
    pub(super) fn new(resource: String) -> Self {
        let metadata = Metadata { bearer_methods_supported: ["header"], ..Metadata::default() };
        Self { resource, schemes: Schemes::default(), dpop_algorithms: Vec::new(), metadata }
    }

    /// Adds an authorization server that issues tokens for this resource, by its issuer identifier
    /// ([RFC 8414 §2](https://www.rfc-editor.org/rfc/rfc8414#section-2)): octet for octet the `iss` of its tokens. One at least is needed.
    pub fn authorization_server(mut self, issuer: impl Into<String>) -> Self {
        self.metadata.authorization_servers.push(issuer.into());
        self
    }

    /// Adds scopes that clients may ask for to use this resource. `offline_access` is none of them: it is between the client and the authorization server.
    pub fn scopes_supported<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.metadata.scopes_supported.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// The name of the resource, for people.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.metadata.resource_name = Some(name.into());
        self
    }

    /// A page for developers who use the resource.
    pub fn documentation(mut self, url: impl Into<String>) -> Self {
        self.metadata.resource_documentation = Some(url.into());
        self
    }

    /// A page that says what clients may do with the data.
    pub fn policy_uri(mut self, url: impl Into<String>) -> Self {
        self.metadata.resource_policy_uri = Some(url.into());
        self
    }

    /// A page with the terms of service.
    pub fn tos_uri(mut self, url: impl Into<String>) -> Self {
        self.metadata.resource_tos_uri = Some(url.into());
        self
    }

    /// Where the keys are published with which the resource signs its responses: not those that verify tokens, which are the authorization server's. See
    /// [`jwks_handler`](crate::jwks_handler).
    pub fn jwks_uri(mut self, url: impl Into<String>) -> Self {
        self.metadata.jwks_uri = Some(url.into());
        self
    }

    /// Adds algorithms of DPoP proofs that the resource verifies ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
    pub fn dpop_algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.dpop_algorithms.extend(algorithms);
        self
    }

    /// Says whether the resource takes only tokens that are bound to a key by DPoP. It says so, and no more: that they are refused is for whoever verifies them.
    pub fn dpop_bound_access_tokens_required(mut self, required: bool) -> Self {
        self.metadata.dpop_bound_access_tokens_required = required;
        self
    }

    /// Takes `http` too, in every URL, if the host is this machine (127.0.0.0/8, `[::1]` or `localhost`): for tests and development.
    ///
    /// # Security
    /// Whoever can listen on that port decides where clients log in.
    pub fn dangerous_allow_http_loopback(mut self) -> Self {
        self.schemes = Schemes::HttpsOrLoopback;
        self
    }

    /// Checks the whole and writes the document.
    ///
    /// The resource identifier is an `https` URL without user information and fragment, in the form that clients bring URLs into before they compare
    /// them (RFC 3986 §6.2.2), without a slash at the end of its path; the origin alone may have one, `https://api.example.com/`. A query is
    /// taken, and better left out (RFC 8707 §2). An authorization server is an `https` URL without user information, query and fragment. The other URLs are `https`, without user information.
    ///
    /// # Errors
    /// * [`ProtectedResourceError::Url`] for a URL that is something else, with its member and the reason.
    /// * [`NoAuthorizationServer`](ProtectedResourceError::NoAuthorizationServer) when there is none.
    /// * [`Name`](ProtectedResourceError::Name) for a name that is empty or has control characters.
    /// * [`NotAScope`](ProtectedResourceError::NotAScope) and [`OfflineAccess`](ProtectedResourceError::OfflineAccess) for what is not a scope of this resource.
    /// * [`DpopAlgorithm`](ProtectedResourceError::DpopAlgorithm) for a symmetric algorithm, or one that this build does not have.
    ///
    /// ```
    /// use carnet_tower::{ProtectedResource, ProtectedResourceError, UrlError};
    /// let build = |resource: &str| ProtectedResource::builder(resource).authorization_server("https://auth.example.com").build();
    /// assert!(build("https://api.example.com/mcp").is_ok());
    /// let refused = build("https://api.example.com/mcp/");
    /// assert!(matches!(refused, Err(ProtectedResourceError::Url { member: "resource", reason: UrlError::TrailingSlash })));
    /// ```
    pub fn build(self) -> Result<ProtectedResource, ProtectedResourceError> {
        let Self { resource, schemes, dpop_algorithms, mut metadata } = self;
        let at = |member: &'static str| move |reason| ProtectedResourceError::Url { member, reason };
        let identifier = Identifier::read(resource, schemes).map_err(at("resource"))?;
        metadata.resource = identifier.as_str().to_owned();
        if metadata.authorization_servers.is_empty() {
            return Err(ProtectedResourceError::NoAuthorizationServer);
        }
        for issuer in &metadata.authorization_servers {
            check_issuer(issuer, schemes).map_err(at("authorization_servers"))?;
        }
        let Metadata { jwks_uri, resource_documentation, resource_policy_uri, resource_tos_uri, .. } = &metadata;
        for (member, url) in [
            ("jwks_uri", jwks_uri),
            ("resource_documentation", resource_documentation),
            ("resource_policy_uri", resource_policy_uri),
            ("resource_tos_uri", resource_tos_uri),
        ] {
            if let Some(url) = url {
                url::read(url, schemes).map_err(at(member))?;
            }
        }
        if metadata.resource_name.as_ref().is_some_and(|name| name.trim().is_empty() || name.contains(char::is_control))
        {
            return Err(ProtectedResourceError::Name);
        }
        check_scopes(&metadata.scopes_supported)?;
        if let Some(&algorithm) =
            dpop_algorithms.iter().find(|algorithm| algorithm.is_symmetric() || !algorithm.is_available())
        {
            return Err(ProtectedResourceError::DpopAlgorithm { algorithm });
        }
        metadata.dpop_signing_alg_values_supported = dpop_algorithms.iter().map(|algorithm| algorithm.name()).collect();
        // Strings, lists of them and a boolean can always be written.
        let json = serde_json::to_string(&metadata).unwrap_or_default();
        let document = Document::new(json.clone(), "application/json", MAX_AGE);
        Ok(ProtectedResource(Arc::new(Inner { identifier, json, document })))
    }
}

fn check_issuer(issuer: &str, schemes: Schemes) -> Result<(), UrlError> {
    let (uri, _) = url::read(issuer, schemes)?;
    match (uri.has_query(), uri.has_fragment()) {
        (true, _) => Err(UrlError::Query),
        (_, true) => Err(UrlError::Fragment),
        (false, false) => Ok(()),
    }
}

fn check_scopes(scopes: &[String]) -> Result<(), ProtectedResourceError> {
    for scope in scopes {
        let is_word = scope.bytes().all(|octet| matches!(octet, 0x21 | 0x23..=0x5B | 0x5D..=0x7E));
        if scope.is_empty() || !is_word {
            return Err(ProtectedResourceError::NotAScope { scope: Quoted::new(scope) });
        }
        if scope == "offline_access" {
            return Err(ProtectedResourceError::OfflineAccess);
        }
    }
    Ok(())
}
