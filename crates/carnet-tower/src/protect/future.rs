use super::judgement::{Answer, Judgement, Verdict};
use bytes::Bytes;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use http::{Request, Response};
use http_body_util::{Either, Full};
use pin_project_lite::pin_project;
use tower_service::Service;

pin_project! {
    /// The response of a service behind a [`ProtectLayer`](crate::ProtectLayer).
    pub struct ProtectFuture<S, A>
    where
        S: Service<Request<A>>,
    {
        #[pin]
        state: State<S, A, S::Future>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, A, F> {
        /// The request is being judged, and the service waits for it.
        Judged { judgement: Judgement, inner: S, body: Option<A> },
        /// The service has it.
        Passed { #[pin] future: F, verdict: Verdict },
        Answered { response: Option<Answer> },
    }
}

impl<S: Service<Request<A>>, A> ProtectFuture<S, A> {
    /// Of a service that was polled ready.
    pub(super) const fn judged(judgement: Judgement, inner: S, body: A) -> Self {
        Self { state: State::Judged { judgement, inner, body: Some(body) } }
    }

    pub(super) const fn passed(future: S::Future, verdict: Verdict) -> Self {
        Self { state: State::Passed { future, verdict } }
    }

    pub(super) const fn answered(response: Answer) -> Self {
        Self { state: State::Answered { response: Some(response) } }
    }
}

impl<S, A, B> Future for ProtectFuture<S, A>
where
    S: Service<Request<A>, Response = Response<B>>,
{
    type Output = Result<Response<Either<Full<Bytes>, B>>, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProjection::Judged { judgement, inner, body } => {
                    let (parts, outcome) = ready!(judgement.as_mut().poll(context));
                    match (outcome, body.take()) {
                        (Ok(verdict), Some(body)) => {
                            State::Passed { future: inner.call(Request::from_parts(parts, body)), verdict }
                        }
                        (Err(response), _) => State::Answered { response: Some(response) },
                        // Polled again although the service panicked when it was called.
                        (Ok(_), None) => return Poll::Pending,
                    }
                }
                StateProjection::Passed { future, verdict } => {
                    let response = ready!(future.poll(context))?;
                    return Poll::Ready(Ok(verdict.finish(response).map(Either::Right)));
                }
                StateProjection::Answered { response } => {
                    return match response.take() {
                        Some(response) => Poll::Ready(Ok((*response).map(Either::Left))),
                        None => Poll::Pending,
                    };
                }
            };
            state.set(next);
        }
    }
}

impl<S: Service<Request<A>>, A> fmt::Debug for ProtectFuture<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProtectFuture")
    }
}
