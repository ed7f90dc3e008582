use super::{Protect, ProtectFuture, ProtectLayer};
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::IntoMakeService;
use axum::{Router, ServiceExt};
use core::convert::Infallible;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use http_body_util::Either;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

/// A whole router of axum behind a [`ProtectLayer`]. Made by [`ProtectLayer::around`].
#[derive(Debug, Clone)]
#[must_use]
pub struct ProtectedRouter(Protect<Router>);

impl ProtectLayer {
    /// Protects a whole router of axum, the paths that it does not know included, so that no route can be forgotten. What needs no token is said in
    /// [`public_paths`](super::ProtectBuilder::public_paths), and routes within may require more by a layer of the same service, for which the token is not verified again.
    ///
    /// It costs less than `Router::layer` does, which puts the layer, its future and each response into boxes of their own. The layer sees a request before it has a route: a [`check`](Self::check) finds
    /// no `MatchedPath`.
    ///
    /// **Nothing of the router is before it.** Layers of CORS, of [`RequireHttps`](crate::RequireHttpsLayer), or for what is refused as well as for what is answered, belong around this one: where there are any,
    /// take `router.layer(protect).layer(cors)`. The documents that others must find without a token need public paths ([`ProtectedResource::path`](crate::ProtectedResource::path), `/jwks.json`), and a layer that is
    /// [`optional`](Self::optional) within makes nothing optional.
    ///
    /// ```
    /// # use carnet_jwa::Algorithm::HS256;
    /// # use carnet_jwk::{Secret, VerifyingKey};
    /// # use tower_service::Service;
    /// use axum::{Router, routing::get};
    /// use carnet_oauth::AccessTokenVerifier;
    /// use carnet_tower::ProtectLayer;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let keys = VerifyingKey::from_secret(HS256, &Secret::from_bytes(b"an example of 32 octets or more.")?)?;
    /// let verifier = AccessTokenVerifier::builder(keys, "https://auth.example.com/", "https://api.example.com/").build()?;
    /// let router = Router::new().route("/orders", get(async || "all orders"));
    /// let mut app = ProtectLayer::new(verifier).around(router);
    /// // axum::serve(listener, app.into_make_service()).await?
    ///
    /// for path in ["/orders", "/no-such-path"] {
    ///     let request = http::Request::get(path).body(axum::body::Body::empty())?;
    ///     assert_eq!(app.call(request).await?.status(), 401);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn around(&self, router: Router) -> ProtectedRouter {
        // Its routes are made here once, and not for each request.
        ProtectedRouter(self.layer(router.with_state(())))
    }
}

impl ProtectedRouter {
    /// The same for [`axum::serve`](https://docs.rs/axum/0.8/axum/fn.serve.html). For handlers that ask for the peer's address, `axum::ServiceExt` has `into_make_service_with_connect_info`.
    #[must_use]
    pub fn into_make_service(self) -> IntoMakeService<Self> {
        ServiceExt::<Request>::into_make_service(self)
    }
}

impl Service<Request> for ProtectedRouter {
    type Response = Response;
    type Error = Infallible;
    type Future = ProtectedRouterFuture;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request>::poll_ready(&mut self.0, context)
    }

    fn call(&mut self, request: Request) -> ProtectedRouterFuture {
        ProtectedRouterFuture { response: self.0.call(request) }
    }
}

pin_project! {
    /// The response of a [`ProtectedRouter`].
    pub struct ProtectedRouterFuture {
        #[pin]
        response: ProtectFuture<Router, Body>,
    }
}

impl Future for ProtectedRouterFuture {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(self.project().response.poll(context))?;
        Poll::Ready(Ok(response.map(|body| match body {
            Either::Left(own) => Body::new(own),
            Either::Right(body) => body,
        })))
    }
}

impl fmt::Debug for ProtectedRouterFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProtectedRouterFuture")
    }
}
