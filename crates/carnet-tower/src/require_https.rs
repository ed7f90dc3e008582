mod error;
mod exempt;
mod future;
mod host;
mod hsts;
mod transport;

use crate::problem::Problem;
use bytes::Bytes;
use core::net::IpAddr;
use core::task::{Context, Poll};
use core::time::Duration;
use exempt::ExemptPaths;
use host::PublicHost;
use hsts::Hsts;
use http::header::{CACHE_CONTROL, LOCATION};
use http::{Extensions, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{Either, Full};
use ipnet::IpNet;
use std::sync::Arc;
use tower_layer::Layer;
use tower_service::Service;
use transport::Transport;

pub use error::RequireHttpsError;
pub use future::RequireHttpsFuture;
pub use transport::{OverTls, PeerAddress};

const HTTPS_REQUIRED: Problem = Problem {
    status: StatusCode::FORBIDDEN,
    code: "https_required",
    detail: "this service is for HTTPS only; what was sent here over HTTP may have been read on the way, so change it if it was secret",
};

/// Demands that requests come over TLS, and says so to browsers for the next time (HSTS, [RFC 6797](https://www.rfc-editor.org/rfc/rfc6797)).
///
/// | a request | is answered |
/// |---|---|
/// | that came over TLS | by the service; `Strict-Transport-Security` is added |
/// | for a path that is [exempt](Self::exempt) | by the service |
/// | GET or HEAD | 308 to the same path and query at `https://` and the configured host |
/// | of another method, or for a path that is no part of a URL | 403, [problem details](https://www.rfc-editor.org/rfc/rfc9457) with the code `https_required` |
///
/// Where the answer sends a client is never taken from the request's `Host`, nor from its target if that names a host.
///
/// A request came over TLS if whoever accepted the connection put [`OverTls`] into its extensions, or if a proxy that is
/// [named](Self::trusted_proxies) says so in `X-Forwarded-Proto`: the last value of the last field is `https`. By default no proxy is believed. The scheme in the request's target
/// and `Forwarded` are **not** believed. The one who connects is known by [`PeerAddress`] in the extensions, or by what [`peer_address`](Self::peer_address)
/// finds there; where nothing is known, nothing is believed.
///
/// # Security
/// A token that was sent over HTTP has been shown to whoever listened, even though it is refused. A client that follows a redirect has been there once; HSTS
/// keeps browsers from it, and nothing keeps other clients. Let nothing listen on port 80 where only programs call.
///
/// Put this layer outside of all others, around the whole application: in a router that was nested under a path, the path lacks what was stripped from it.
///
/// ```
/// use axum::Router;
/// use axum::extract::ConnectInfo;
/// use axum::routing::get;
/// use carnet_tower::{IpNet, RequireHttpsLayer};
/// use std::net::SocketAddr;
///
/// let demand_https = RequireHttpsLayer::new("api.example.com")?
///     .trusted_proxies(["10.0.0.0/8".parse::<IpNet>()?])
///     // What axum knows of the connection, with into_make_service_with_connect_info::<SocketAddr>().
///     .peer_address(|extensions| extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip()))
///     .exempt("/healthz")?;
/// let app: Router = Router::new().route("/", get(|| async { "hello" })).layer(demand_https);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What it does, without a server:
///
/// ```
/// # use carnet_tower::{OverTls, RequireHttpsLayer};
/// # use http::{Request, Response};
/// # use http_body_util::Empty;
/// # use tower_layer::Layer;
/// # use tower_service::Service;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # #[derive(Clone)] struct Hello;
/// # impl Service<Request<()>> for Hello {
/// #     type Response = Response<Empty<bytes::Bytes>>; type Error = std::convert::Infallible;
/// #     type Future = std::future::Ready<Result<Self::Response, Self::Error>>;
/// #     fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> { std::task::Poll::Ready(Ok(())) }
/// #     fn call(&mut self, _: Request<()>) -> Self::Future { std::future::ready(Ok(Response::default())) }
/// # }
/// let mut service = RequireHttpsLayer::new("api.example.com")?.layer(Hello);
/// let response = service.call(Request::get("/a?b=c").header("host", "evil.example").body(())?).await?;
/// assert_eq!((response.status().as_u16(), &response.headers()["location"]), (308, &"https://api.example.com/a?b=c".parse()?));
/// assert_eq!(service.call(Request::post("/a").body(())?).await?.status(), 403);
///
/// let response = service.call(Request::post("/a").extension(OverTls::new()).body(())?).await?;
/// assert_eq!(response.headers()["strict-transport-security"], "max-age=31536000");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct RequireHttpsLayer {
    host: PublicHost,
    transport: Transport,
    exempt: ExemptPaths,
    hsts: Option<Hsts>,
}

/// What is demanded.
#[derive(Debug, Clone)]
struct Rules {
    host: PublicHost,
    transport: Transport,
    exempt: ExemptPaths,
    /// Of `Strict-Transport-Security`.
    hsts: Option<HeaderValue>,
}

/// What becomes of a request.
enum Decision {
    /// The service answers, and this is added.
    Pass(Option<HeaderValue>),
    Answer(Response<Full<Bytes>>),
}

impl RequireHttpsLayer {
    /// Begins with the host that clients know this service by: a name or an address, with a port if that is not 443.
    ///
    /// # Errors
    /// [`RequireHttpsError::Host`] when it is anything else, such as a URL.
    ///
    /// ```
    /// use carnet_tower::{RequireHttpsError, RequireHttpsLayer};
    /// assert!(RequireHttpsLayer::new("api.example.com:8443").is_ok());
    /// assert!(matches!(RequireHttpsLayer::new("https://api.example.com"), Err(RequireHttpsError::Host)));
    /// ```
    pub fn new(host: &str) -> Result<Self, RequireHttpsError> {
        let (transport, exempt) = (Transport::default(), ExemptPaths::default());
        Ok(Self { host: PublicHost::read(host)?, transport, exempt, hsts: Some(Hsts::default()) })
    }

    /// Adds proxies that are believed when they say in `X-Forwarded-Proto` what a request came over. Each must set or extend that field on every request, whatever the
    /// client put there. An IPv4 address that is written as IPv6 (`::ffff:10.0.0.1`) is the same as IPv4.
    ///
    /// # Security
    /// Whoever connects from such an address can say that a request came over TLS. A network of everybody (`0.0.0.0/0`) is right only where nobody but the proxy
    /// can connect.
    #[must_use]
    pub fn trusted_proxies<N: Into<IpNet>>(mut self, networks: impl IntoIterator<Item = N>) -> Self {
        self.transport.trust(networks.into_iter().map(Into::into));
        self
    }

    /// How to find out who connected, in place of [`PeerAddress`]: see the example above. `None` is nobody who is trusted.
    #[must_use]
    pub fn peer_address(mut self, find: fn(&Extensions) -> Option<IpAddr>) -> Self {
        self.transport.find_peer(find);
        self
    }

    /// Lets requests for exactly this path come over HTTP: for health checks from within. What begins with it, or is written in another way, is not exempt.
    ///
    /// # Errors
    /// [`RequireHttpsError::ExemptPath`] when this is not the path of a request: it begins with `/`, and has no query.
    ///
    /// ```
    /// # use carnet_tower::RequireHttpsLayer;
    /// assert!(RequireHttpsLayer::new("api.example.com")?.exempt("/healthz").is_ok());
    /// assert!(RequireHttpsLayer::new("api.example.com")?.exempt("healthz").is_err());
    /// # Ok::<(), carnet_tower::RequireHttpsError>(())
    /// ```
    pub fn exempt(mut self, path: &str) -> Result<Self, RequireHttpsError> {
        self.exempt.add(path)?;
        Ok(self)
    }

    /// Sets for how long browsers use HTTPS alone for this host after each response, in whole seconds. Default a year. With 0 s they forget about it
    /// ([RFC 6797 §6.1.1](https://www.rfc-editor.org/rfc/rfc6797#section-6.1.1)).
    #[must_use]
    pub fn hsts_max_age(mut self, max_age: Duration) -> Self {
        self.hsts = Some(self.hsts.unwrap_or_default().with_max_age(max_age));
        self
    }

    /// Demands the same of every host below this one ([RFC 6797 §6.1.2](https://www.rfc-editor.org/rfc/rfc6797#section-6.1.2)): all of them must speak HTTPS.
    #[must_use]
    pub fn hsts_include_subdomains(mut self) -> Self {
        self.hsts = Some(self.hsts.unwrap_or_default().with_subdomains());
        self
    }

    /// Adds no `Strict-Transport-Security`: where a proxy does.
    #[must_use]
    pub fn without_hsts(mut self) -> Self {
        self.hsts = None;
        self
    }
}

impl Rules {
    fn decide<B>(&self, request: &Request<B>) -> Decision {
        if self.transport.is_tls(request.headers(), request.extensions()) {
            return Decision::Pass(self.hsts.clone());
        }
        if self.exempt.contains(request.uri().path()) {
            return Decision::Pass(None);
        }
        let may_redirect = matches!(*request.method(), Method::GET | Method::HEAD);
        match self.host.location_of(request.uri()).filter(|_| may_redirect) {
            Some(location) => Decision::Answer(redirect(location)),
            None => Decision::Answer(HTTPS_REQUIRED.into_response()),
        }
    }
}

/// No cache keeps it: one that serves HTTP and HTTPS alike would send clients in a circle.
fn redirect(location: HeaderValue) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    response.headers_mut().insert(LOCATION, location);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl<S> Layer<S> for RequireHttpsLayer {
    type Service = RequireHttps<S>;

    fn layer(&self, inner: S) -> Self::Service {
        let Self { host, transport, exempt, hsts } = self.clone();
        let hsts = hsts.and_then(Hsts::value);
        RequireHttps { inner, rules: Arc::new(Rules { host, transport, exempt, hsts }) }
    }
}

/// A service that is reached over HTTPS alone: see [`RequireHttpsLayer`], which makes it.
#[derive(Debug, Clone)]
pub struct RequireHttps<S> {
    inner: S,
    rules: Arc<Rules>,
}

impl<S, B, R> Service<Request<B>> for RequireHttps<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<Either<Full<Bytes>, R>>;
    type Error = S::Error;
    type Future = RequireHttpsFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match self.rules.decide(&request) {
            Decision::Pass(hsts) => RequireHttpsFuture::pass(self.inner.call(request), hsts),
            Decision::Answer(response) => RequireHttpsFuture::answer(response),
        }
    }
}
