use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

/// Problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)), the body of every response that refuses a request. Its texts are fixed, so that nothing of a
/// request is ever repeated in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// The stable code of the refusal: the member `code`, which is ours.
    pub(crate) code: &'static str,
    /// A sentence for people.
    pub(crate) detail: &'static str,
}

impl Problem {
    /// The response, which no cache keeps.
    pub(crate) fn into_response(self) -> Response<Full<Bytes>> {
        let Self { status, code, detail } = self;
        let title = status.canonical_reason().unwrap_or("Refused");
        let body = serde_json::json!({"title": title, "status": status.as_u16(), "code": code, "detail": detail});
        let mut response = Response::new(Full::from(body.to_string()));
        *response.status_mut() = status;
        let fields = response.headers_mut();
        fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
