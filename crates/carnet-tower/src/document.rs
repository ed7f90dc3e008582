use crate::problem::Problem;
use bytes::Bytes;
use carnet_core::base64url;
use core::time::Duration;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use sha2::{Digest, Sha256};

/// What a document answers to. Its paths are public, so every origin may read it.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
const ANYBODY: HeaderValue = HeaderValue::from_static("*");

/// How long browsers may remember what OPTIONS said, in seconds. More than this none of them does.
const PREFLIGHT_FRESH_FOR: HeaderValue = HeaderValue::from_static("7200");

const METHOD_NOT_ALLOWED: Problem = Problem {
    status: StatusCode::METHOD_NOT_ALLOWED,
    code: "method_not_allowed",
    detail: "this is a document to be read: use GET or HEAD",
};

/// A document at a fixed path that anybody may read. What it answers depends on the method and `If-None-Match`, and on nothing else of a request.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    body: Bytes,
    /// Those of the answer to GET.
    fields: HeaderMap,
    entity_tag: String,
}

impl Document {
    pub(crate) fn new(body: String, content_type: &'static str, max_age: Duration) -> Self {
        let entity_tag = format!("\"{}\"", base64url::encode(&Sha256::digest(&body)));
        let mut fields = HeaderMap::new();
        fields.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANYBODY);
        fields.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        fields.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        insert(&mut fields, ETAG, &entity_tag);
        Self { body: body.into(), fields, entity_tag }.with_max_age(max_age)
    }

    /// The same, to be kept by others for so long, in whole seconds.
    pub(crate) fn with_max_age(mut self, max_age: Duration) -> Self {
        insert(&mut self.fields, CACHE_CONTROL, &format!("public, max-age={}", max_age.as_secs()));
        self
    }

    pub(crate) fn respond<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        match *request.method() {
            Method::GET | Method::HEAD if self.is_held_by(request.headers()) => {
                let mut response = self.response(StatusCode::NOT_MODIFIED, Bytes::new());
                response.headers_mut().remove(CONTENT_TYPE);
                response.headers_mut().remove(CONTENT_LENGTH);
                response
            }
            Method::GET => self.response(StatusCode::OK, self.body.clone()),
            Method::HEAD => self.response(StatusCode::OK, Bytes::new()),
            Method::OPTIONS => preflight(),
            _ => {
                let mut response = METHOD_NOT_ALLOWED.into_response();
                response.headers_mut().insert(ALLOW, METHODS);
                response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANYBODY);
                response
            }
        }
    }

    fn response(&self, status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = status;
        *response.headers_mut() = self.fields.clone();
        response
    }

    /// `If-None-Match` (RFC 9110 §13.1.2), by weak comparison. Our tag has neither comma nor quote inside, so it is one of the pieces between commas or it is not
    /// in the list, whatever is in the tags of others.
    fn is_held_by(&self, fields: &HeaderMap) -> bool {
        let mut lists = fields.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        lists.any(|list| {
            let tags = list.split(',').map(|tag| tag.trim_matches([' ', '\t']));
            list.trim_matches([' ', '\t']) == "*"
                || tags.map(|tag| tag.strip_prefix("W/").unwrap_or(tag)).any(|tag| tag == self.entity_tag)
        })
    }
}

/// Of a text that is visible ASCII, and so can always be a value.
fn insert(fields: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        fields.insert(name, value);
    }
}

/// The answer to OPTIONS: that of a preflight too, which a browser sends before a request with a field such as `MCP-Protocol-Version`.
fn preflight() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let fields = response.headers_mut();
    fields.insert(ALLOW, METHODS);
    fields.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANYBODY);
    fields.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    fields.insert(ACCESS_CONTROL_ALLOW_HEADERS, ANYBODY);
    fields.insert(ACCESS_CONTROL_MAX_AGE, PREFLIGHT_FRESH_FOR);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        Document::new("{}".to_owned(), "application/json", Duration::from_secs(60))
    }

    /// SHA-256 of `{}`, as `printf '{}' | sha256sum` has it, in base64url.
    const TAG: &str = "\"RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o\"";

    #[test]
    fn the_tag_is_the_digest_of_the_body() {
        assert_eq!(document().fields[ETAG], TAG);
    }

    #[test]
    fn if_none_match_is_a_list_compared_weakly() {
        let document = document();
        for (values, held) in [
            (vec![TAG.to_owned()], true),
            (vec![format!("W/{TAG}")], true),
            (vec![format!("\"a\", {TAG}")], true),
            (vec![format!("\"a\",W/\"b\"\t,\tW/{TAG} , \"c\"")], true),
            (vec![format!("\"a,b\",{TAG}")], true),
            (vec!["\"a\"".to_owned(), TAG.to_owned()], true),
            (vec!["*".to_owned()], true),
            (vec![" * ".to_owned()], true),
            (vec![], false),
            (vec![String::new()], false),
            (vec!["\"a\"".to_owned()], false),
            (vec![format!("w/{TAG}")], false),
            (vec![TAG.trim_matches('"').to_owned()], false),
            (vec![format!("{TAG}x")], false),
            (vec![TAG.to_ascii_lowercase()], false),
            (vec!["\"*\"".to_owned()], false),
            (vec![",,,".to_owned()], false),
        ] {
            let mut request = Request::get("/");
            for value in &values {
                request = request.header(IF_NONE_MATCH, value);
            }
            let status = document.respond(&request.body(()).unwrap()).status();
            assert_eq!(status == StatusCode::NOT_MODIFIED, held, "{values:?}");
        }
    }
}
