use super::ProtectLayer;
use crate::authenticated::Authenticated;
use crate::guard::{Admitted, Anonymous};
use crate::refusal::Refusal;
use bytes::Bytes;
use core::fmt;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use http::header::{AUTHORIZATION, CACHE_CONTROL, COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{Either, Full};
use std::sync::Arc;
use tower_service::Service;

/// A service behind a [`ProtectLayer`].
#[derive(Debug, Clone)]
pub struct Protect<S> {
    inner: S,
    layer: ProtectLayer,
}

impl<S> Protect<S> {
    pub(super) const fn new(inner: S, layer: ProtectLayer) -> Self {
        Self { inner, layer }
    }
}

/// A refusal, or what the service behind the layer answers.
type Answer<B, E> = Result<Response<Either<Full<Bytes>, B>>, E>;

/// The response of a service behind a [`ProtectLayer`].
pub struct ProtectFuture<B, E>(Pin<Box<dyn Future<Output = Answer<B, E>> + Send>>);

impl<S, A, B> Service<Request<A>> for Protect<S>
where
    S: Service<Request<A>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    A: Send + 'static,
{
    type Response = Response<Either<Full<Bytes>, B>>;
    type Error = S::Error;
    type Future = ProtectFuture<B, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        // The one that is ready is taken, and its clone gets ready for the next request.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let layer = self.layer.clone();
        ProtectFuture(Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            hide(&mut parts.headers);
            match layer.admit(&mut parts).await {
                Ok(Some(nonce)) => {
                    let mut response = inner.call(Request::from_parts(parts, body)).await?;
                    if let Some((name, value)) = nonce {
                        response.headers_mut().insert(name, value);
                        // RFC 9449 §8.2: a nonce that is kept is stale.
                        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
                    }
                    Ok(response.map(Either::Right))
                }
                Ok(None) => Ok(preflight().map(Either::Left)),
                Err(refusal) => {
                    tracing::debug!(code = refusal.code(), status = refusal.status().as_u16(), "request refused");
                    Ok(refusal.into_response().map(Either::Left))
                }
            }
        }))
    }
}

impl ProtectLayer {
    /// Judges a request, says in its extensions what came of it, and gives a field for the response. `None` for a request that is answered here.
    async fn admit(&self, parts: &mut Parts) -> Result<Option<Option<(HeaderName, HeaderValue)>>, Refusal> {
        let admitted = self.guard.admit(&self.requirement, parts).await?;
        let mut nonce = None;
        // One or the other: what an outer layer says does not count in here.
        match admitted {
            Admitted::With(token) => {
                nonce = self.guard.next_nonce(&token);
                parts.extensions.remove::<Anonymous>();
                parts.extensions.insert::<Authenticated>(token);
            }
            Admitted::Anonymously => {
                parts.extensions.remove::<Authenticated>();
                parts.extensions.insert(Anonymous { guard: Arc::clone(&self.guard) });
            }
            Admitted::Preflight => return Ok(None),
        }
        Ok(Some(nonce))
    }
}

/// Says nothing about other origins, so a browser sends nothing from them.
fn preflight() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Marks what holds tokens, so that nobody's log shows it.
fn hide(headers: &mut HeaderMap) {
    for name in [AUTHORIZATION, COOKIE] {
        if let http::header::Entry::Occupied(mut fields) = headers.entry(name) {
            fields.iter_mut().for_each(|field| field.set_sensitive(true));
        }
    }
}

impl<B, E> Future for ProtectFuture<B, E> {
    type Output = Answer<B, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<B, E> fmt::Debug for ProtectFuture<B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProtectFuture")
    }
}
