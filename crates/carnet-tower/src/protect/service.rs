use super::{ProtectFuture, ProtectLayer};
use bytes::Bytes;
use core::mem;
use core::task::{Context, Poll};
use http::{Request, Response};
use http_body_util::{Either, Full};
use tower_service::Service;

/// A service behind a [`ProtectLayer`].
///
/// It verifies in `call`; where keys are fetched, or a list or a record is asked, its future does, which needs the tokio runtime, as servers have it. A `Buffer` of tower belongs around the inner service, and not around this one, where its one worker
/// would verify everything.
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

impl<S, A, B> Service<Request<A>> for Protect<S>
where
    S: Service<Request<A>, Response = Response<B>> + Clone,
{
    type Response = Response<Either<Full<Bytes>, B>>;
    type Error = S::Error;
    type Future = ProtectFuture<S, A>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        match self.layer.judge_at_once(&mut parts) {
            Some(Ok(verdict)) => ProtectFuture::passed(self.inner.call(Request::from_parts(parts, body)), verdict),
            Some(Err(response)) => ProtectFuture::answered(response),
            None => {
                // The one that is ready is taken, and its clone gets ready for the next request.
                let clone = self.inner.clone();
                ProtectFuture::judged(self.layer.judge(parts), mem::replace(&mut self.inner, clone), body)
            }
        }
    }
}
