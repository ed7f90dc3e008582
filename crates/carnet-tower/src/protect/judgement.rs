use super::ProtectLayer;
use crate::authenticated::{Anonymous, Authenticated};
use crate::guard::Admitted;
use crate::refusal::Refusal;
use bytes::Bytes;
use core::pin::Pin;
use http::header::{AUTHORIZATION, CACHE_CONTROL, COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use std::sync::Arc;

/// A response that is made here. Few are, so it is apart.
pub(super) type Answer = Box<Response<Full<Bytes>>>;

/// What becomes of a request: it goes on, or this is its response.
pub(super) type Judgement = Pin<Box<dyn Future<Output = (Parts, Result<Verdict, Answer>)> + Send>>;

/// A request that goes on, and a field for its response. Few have one, so it is apart.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    nonce: Option<Box<(HeaderName, HeaderValue)>>,
}

impl Verdict {
    pub(super) fn finish<B>(&mut self, mut response: Response<B>) -> Response<B> {
        if let Some((name, value)) = self.nonce.take().map(|nonce| *nonce) {
            response.headers_mut().insert(name, value);
            // RFC 9449 §8.2: a nonce that is kept is stale.
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        response
    }
}

impl ProtectLayer {
    /// Judges a request, and says in its extensions what came of it. `None` where something has to be waited for: [`judge`](Self::judge) it.
    pub(super) fn judge_at_once(&self, parts: &mut Parts) -> Option<Result<Verdict, Answer>> {
        hide(&mut parts.headers);
        let admitted = self.0.guard.admit_at_once(&self.0.requirement, parts)?;
        Some(self.conclude(admitted, parts))
    }

    /// Judges a request, as [`judge_at_once`](Self::judge_at_once) does where it can.
    pub(super) fn judge(&self, mut parts: Parts) -> Judgement {
        let layer = self.clone();
        Box::pin(async move {
            let admitted = layer.0.guard.admit(&layer.0.requirement, &parts).await;
            let outcome = layer.conclude(admitted, &mut parts);
            (parts, outcome)
        })
    }

    /// What an outer layer says does not count in here, and where a token is, it is not asked whether nobody is.
    fn conclude(&self, admitted: Result<Admitted, Refusal>, parts: &mut Parts) -> Result<Verdict, Answer> {
        match admitted {
            Ok(Admitted::With(token)) => {
                let nonce = self.0.guard.next_nonce(&token).map(Box::new);
                parts.extensions.insert::<Authenticated>(token);
                Ok(Verdict { nonce })
            }
            Ok(Admitted::Anonymously) => {
                parts.extensions.remove::<Authenticated>();
                parts.extensions.insert(Anonymous { terms: Arc::clone(&self.0.guard.terms) });
                Ok(Verdict::default())
            }
            Ok(Admitted::Preflight) => Err(Box::new(preflight())),
            Err(refusal) => {
                tracing::debug!(code = refusal.code(), status = refusal.status().as_u16(), "request refused");
                Err(Box::new(refusal.into_response()))
            }
        }
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
    for (name, field) in headers {
        if name == AUTHORIZATION || name == COOKIE {
            field.set_sensitive(true);
        }
    }
}
