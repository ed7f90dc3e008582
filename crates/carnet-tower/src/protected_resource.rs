mod builder;
mod error;
mod identifier;

use crate::document::Document;
use bytes::Bytes;
use core::convert::Infallible;
use core::fmt;
use core::future::{Ready, ready};
use core::task::{Context, Poll};
use core::time::Duration;
use http::{Request, Response};
use http_body_util::Full;
use identifier::Identifier;
use std::sync::Arc;
use tower_service::Service;

pub use builder::ProtectedResourceBuilder;
pub use error::ProtectedResourceError;

const MAX_AGE: Duration = Duration::from_secs(3600);

/// What a protected resource says about itself ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)): who it is, and which authorization servers issue tokens for it.
///
/// A client that was answered 401 finds the document's [`url`](Self::url) in the challenge (`resource_metadata`), reads there where to log in, and comes back with a
/// token. The document is for exactly one resource: a service with several has one for each
/// ([§3.3](https://www.rfc-editor.org/rfc/rfc9728#section-3.3)).
///
/// Everything in it comes from the configuration. Nothing is ever taken from a request: whoever could set the resource by `Host` or `X-Forwarded-Host` would send clients
/// to log in for a resource of their choice. Bearer tokens are taken in the `Authorization` field only, so `bearer_methods_supported` is always `["header"]`;
/// mutual TLS is not claimed.
///
/// That the authorization servers exist, and that tokens for this resource have its identifier in `aud`, is **not** checked here.
///
/// ```
/// use carnet_tower::ProtectedResource;
///
/// let resource = ProtectedResource::builder("https://api.example.com/mcp")
///     .authorization_server("https://auth.example.com")
///     .scopes_supported(["files:read", "files:write"])
///     .name("Files")
///     .build()?;
/// assert_eq!(resource.url(), "https://api.example.com/.well-known/oauth-protected-resource/mcp");
/// let app: axum::Router = axum::Router::new().route_service(resource.path(), resource.service());
///
/// let metadata: serde_json::Value = serde_json::from_str(&resource.to_json())?;
/// assert_eq!(metadata["resource"], "https://api.example.com/mcp");
/// assert_eq!(metadata["authorization_servers"][0], "https://auth.example.com");
/// assert_eq!(metadata["bearer_methods_supported"][0], "header");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ProtectedResource(Arc<Inner>);

struct Inner {
    identifier: Identifier,
    json: String,
    document: Document,
}

impl ProtectedResource {
    /// Begins with the resource identifier: the URL that clients call, as they write it
    /// ([§1.2](https://www.rfc-editor.org/rfc/rfc9728#section-1.2)). What is taken is said at [`build`](ProtectedResourceBuilder::build).
    pub fn builder(resource: impl Into<String>) -> ProtectedResourceBuilder {
        ProtectedResourceBuilder::new(resource.into())
    }

    /// The resource identifier, octet for octet as it was configured: the audience of tokens for this resource.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.0.identifier.as_str()
    }

    /// Where the document is: `/.well-known/oauth-protected-resource` put between host and path
    /// ([§3.1](https://www.rfc-editor.org/rfc/rfc9728#section-3.1)). The value of `resource_metadata` in a challenge; there is no quote and no backslash in it.
    ///
    /// ```
    /// # use carnet_tower::ProtectedResource;
    /// # let at = |resource: &str| ProtectedResource::builder(resource).authorization_server("https://auth.example.com").build();
    /// assert_eq!(at("https://api.example.com")?.url(), "https://api.example.com/.well-known/oauth-protected-resource");
    /// assert_eq!(at("https://api.example.com/a?b=c")?.url(), "https://api.example.com/.well-known/oauth-protected-resource/a?b=c");
    /// # Ok::<(), carnet_tower::ProtectedResourceError>(())
    /// ```
    #[must_use]
    pub fn url(&self) -> &str {
        self.0.identifier.metadata_url()
    }

    /// The path of [`url`](Self::url), for a router. Resources that differ in their query alone have the same path, and only one of them can be published there.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.identifier.metadata_path()
    }

    /// The document.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.0.json.clone()
    }

    /// A `tower` service that publishes the document, for a router at [`path`](Self::path). Put it where requests need no token.
    #[must_use]
    pub fn service(&self) -> ProtectedResourceHandler {
        ProtectedResourceHandler(self.clone())
    }
}

impl fmt::Debug for ProtectedResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProtectedResource")
            .field("resource", &self.resource())
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

/// Publishes the metadata of a [`ProtectedResource`] to anybody, for an hour: `axum::Router::route_service(resource.path(), resource.service())`.
///
/// A `tower` service that takes any request body and never fails. It answers GET and HEAD, with an `ETag` and 304 for `If-None-Match`, to scripts of any origin; OPTIONS
/// with 204, and every other method with 405. It reads nothing else of a request: neither `Host` nor the path, nor the query.
///
/// ```
/// # use carnet_tower::ProtectedResource;
/// # use tower_service::Service;
/// # let resource = ProtectedResource::builder("https://api.example.com").authorization_server("https://auth.example.com").build()?;
/// let request = http::Request::get(resource.path()).header("host", "evil.example").body(())?;
/// let response = resource.service().call(request).into_inner()?;
/// assert_eq!((response.status(), &response.headers()["cache-control"]), (http::StatusCode::OK, &http::HeaderValue::from_static("public, max-age=3600")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ProtectedResourceHandler(ProtectedResource);

impl<B> Service<Request<B>> for ProtectedResourceHandler {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        ready(Ok(self.0.0.document.respond(&request)))
    }
}
