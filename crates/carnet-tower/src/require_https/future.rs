use bytes::Bytes;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use http::header::STRICT_TRANSPORT_SECURITY;
use http::{HeaderValue, Response};
use http_body_util::{Either, Full};
use pin_project_lite::pin_project;

pin_project! {
    /// The answer of [`RequireHttps`](crate::RequireHttps): its own, or the service's.
    pub struct RequireHttpsFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Answer { response: Option<Response<Full<Bytes>>> },
        Pass { #[pin] inner: F, hsts: Option<HeaderValue> },
    }
}

impl<F> RequireHttpsFuture<F> {
    pub(super) const fn answer(response: Response<Full<Bytes>>) -> Self {
        Self { state: State::Answer { response: Some(response) } }
    }

    pub(super) const fn pass(inner: F, hsts: Option<HeaderValue>) -> Self {
        Self { state: State::Pass { inner, hsts } }
    }
}

impl<F, R, E> Future for RequireHttpsFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<Either<Full<Bytes>, R>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Answer { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response.map(Either::Left))),
                // Polled after it was done, which nobody may do.
                None => Poll::Pending,
            },
            StateProjection::Pass { inner, hsts } => {
                let mut response = ready!(inner.poll(cx))?;
                if let Some(hsts) = hsts.take() {
                    // In place of what is there: one field only (RFC 6797 §7.1).
                    response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, hsts);
                }
                Poll::Ready(Ok(response.map(Either::Right)))
            }
        }
    }
}

impl<F> fmt::Debug for RequireHttpsFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireHttpsFuture").finish_non_exhaustive()
    }
}
