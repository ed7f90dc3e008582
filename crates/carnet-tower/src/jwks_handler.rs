use crate::document::Document;
use arc_swap::ArcSwapOption;
use bytes::Bytes;
use carnet_jwk::{JwkSet, KeyRing, VerifyingKeys};
use core::convert::Infallible;
use core::fmt;
use core::future::{Ready, ready};
use core::task::{Context, Poll};
use core::time::Duration;
use http::{Request, Response};
use http_body_util::Full;
use std::sync::{Arc, Weak};
use tower_service::Service;

const MEDIA_TYPE: &str = "application/jwk-set+json";
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(600);
const LEAST_MAX_AGE: Duration = Duration::from_secs(1);
const MOST_MAX_AGE: Duration = Duration::from_secs(24 * 3600);

/// Publishes the public keys of a service as a JWK Set ([RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)), for those who verify what it signs.
///
/// A `tower` service that takes any request body and never fails: for `axum::Router::route_service`, or any other router. It answers GET and HEAD, with an `ETag`
/// and 304 for `If-None-Match`, to scripts of any origin; OPTIONS with 204, and every other method with 405. It reads nothing else of a request.
///
/// Of a [`KeyRing`], it publishes [`published`](KeyRing::published) as it is at the time of the request: the next key included, and rotations without a restart. Shared
/// secrets and private keys are never published: a [`JwkSet`] has none. A `JwkSet` by itself is published as it is now.
///
/// Whether the keys are fit for what they are for is **not** checked; an empty set is published as one.
///
/// ```
/// # if !carnet_jwa::Algorithm::ES256.is_available() { return Ok(()); }
/// use axum::Router;
/// use carnet_jwa::Algorithm::ES256;
/// use carnet_jwk::{KeyRing, SigningKey};
/// use carnet_tower::jwks_handler;
///
/// let key = || SigningKey::generate(ES256).map(SigningKey::with_thumbprint_key_id);
/// let ring = KeyRing::new(key()?).with_next(key()?);
/// let app: Router = Router::new().route_service("/.well-known/jwks.json", jwks_handler(ring.clone()));
/// ring.rotate(key()?)?; // and the next request sees it
///
/// # use tower_service::Service;
/// # let response = jwks_handler(ring).call(http::Request::get("/").body(())?);
/// # let response = response.into_inner()?;
/// assert_eq!(response.headers()["content-type"], "application/jwk-set+json");
/// assert_eq!(response.headers()["cache-control"], "public, max-age=600");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct JwksHandler {
    keys: Keys,
}

#[derive(Debug, Clone)]
enum Keys {
    Ring(Arc<WrittenRing>),
    /// Written once.
    Fixed(Arc<Document>),
}

/// A ring, and its set as it was written last.
#[derive(Debug)]
struct WrittenRing {
    ring: KeyRing,
    max_age: Duration,
    written: ArcSwapOption<Written>,
}

/// Which generation of keys a document is of: one that no ring holds any more is not kept alive for it.
#[derive(Debug)]
struct Written {
    generation: Weak<VerifyingKeys>,
    document: Document,
}

impl WrittenRing {
    fn new(ring: KeyRing, max_age: Duration) -> Self {
        Self { ring, max_age, written: ArcSwapOption::empty() }
    }

    /// Every change of a ring makes its keys anew, at another place. They are looked at before the set is written, so a document is never older than its generation.
    fn respond<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        let generation = Arc::downgrade(&self.ring.verifying_keys());
        if let Some(written) = self.written.load().as_deref().filter(|written| written.generation.ptr_eq(&generation)) {
            return written.document.respond(request);
        }
        let document = Document::new(self.ring.published().to_json(), MEDIA_TYPE, self.max_age);
        let response = document.respond(request);
        self.written.store(Some(Arc::new(Written { generation, document })));
        response
    }
}

/// A service that publishes the public keys of a [`KeyRing`] or [`JwkSet`]: see [`JwksHandler`].
#[must_use]
pub fn jwks_handler(keys: impl Into<JwksHandler>) -> JwksHandler {
    keys.into()
}

impl JwksHandler {
    /// Sets for how long others may keep the set: from 1 s to 24 h, in whole seconds. Default 10 min.
    ///
    /// A key must have been published for longer than this before it signs, and a key that was withdrawn is believed for as long.
    ///
    /// # Errors
    /// [`MaxAgeError`] when it is shorter than 1 s or longer than 24 h.
    pub fn max_age(self, max_age: Duration) -> Result<Self, MaxAgeError> {
        if !(LEAST_MAX_AGE..=MOST_MAX_AGE).contains(&max_age) {
            return Err(MaxAgeError);
        }
        let keys = match self.keys {
            Keys::Ring(written) => Keys::Ring(Arc::new(WrittenRing::new(written.ring.clone(), max_age))),
            Keys::Fixed(document) => Keys::Fixed(Arc::new(Arc::unwrap_or_clone(document).with_max_age(max_age))),
        };
        Ok(Self { keys })
    }
}

impl From<KeyRing> for JwksHandler {
    fn from(ring: KeyRing) -> Self {
        Self { keys: Keys::Ring(Arc::new(WrittenRing::new(ring, DEFAULT_MAX_AGE))) }
    }
}

impl From<JwkSet> for JwksHandler {
    fn from(set: JwkSet) -> Self {
        Self { keys: Keys::Fixed(Arc::new(Document::new(set.to_json(), MEDIA_TYPE, DEFAULT_MAX_AGE))) }
    }
}

impl<B> Service<Request<B>> for JwksHandler {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        ready(Ok(match &self.keys {
            Keys::Fixed(document) => document.respond(&request),
            Keys::Ring(written) => written.respond(&request),
        }))
    }
}

/// A time that a published set may be kept for is out of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MaxAgeError;

impl MaxAgeError {
    /// A stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_max_age"
    }
}

impl fmt::Display for MaxAgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a set of keys may be kept for 1 s to 24 h; give a time between them")
    }
}

impl core::error::Error for MaxAgeError {}
