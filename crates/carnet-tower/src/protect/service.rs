use super::{ProtectFuture, ProtectLayer};
use bytes::Bytes;
use core::mem;
use core::task::{Context, Poll, Waker};
use http::{Request, Response};
use http_body_util::{Either, Full};
use tower_service::Service;

/// A service behind a [`ProtectLayer`].
///
/// It verifies in `call`: where keys are fetched, or a list or a record is asked, call it within the tokio runtime, as servers do. A `Buffer` of tower belongs around the inner service, and not around this one, where its one worker
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
        let (parts, body) = request.into_parts();
        let mut judgement = self.layer.judge(parts);
        // Mostly nothing has to be waited for, and then nothing need be cloned. Where something has, whoever polls the future that is returned asks again, with a waker that wakes.
        match judgement.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready((parts, Ok(verdict))) => {
                ProtectFuture::passed(self.inner.call(Request::from_parts(parts, body)), verdict)
            }
            Poll::Ready((_, Err(response))) => ProtectFuture::answered(response),
            Poll::Pending => {
                // The one that is ready is taken, and its clone gets ready for the next request.
                let clone = self.inner.clone();
                ProtectFuture::judged(judgement, mem::replace(&mut self.inner, clone), body)
            }
        }
    }
}
