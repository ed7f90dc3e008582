use crate::fetch::FetchError;
use crate::freshness::fresh_for;
use crate::refresh_error::RefreshError;
use carnet_core::json::JsonError;
use carnet_core::{Limits, Quoted};
use carnet_jwk::{JwkSet, KeyError, KeyRules, VerifyingKeys};
use core::time::Duration;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderValue};
use http::{HeaderMap, Response, StatusCode};

/// What a response must be.
#[derive(Debug, Clone)]
pub(crate) struct ResponseRules {
    pub(crate) max_octets: usize,
    pub(crate) max_keys: usize,
    pub(crate) strict_content_type: bool,
    pub(crate) key_rules: KeyRules,
}

impl Default for ResponseRules {
    fn default() -> Self {
        Self { max_octets: 256 * 1024, max_keys: 256, strict_content_type: false, key_rules: KeyRules::new() }
    }
}

/// A set of keys as an issuer published it, with at least one that verifies.
pub(crate) struct Published {
    pub(crate) text: String,
    pub(crate) set: JwkSet,
    pub(crate) keys: VerifyingKeys,
    pub(crate) etag: Option<HeaderValue>,
    /// A media type that is not JSON's, which was let pass.
    pub(crate) odd_content_type: Option<Quoted>,
}

/// What a good response says.
pub(crate) enum Answer {
    /// The keys that were asked about are still the same.
    Unchanged,
    /// These are the keys.
    Keys(Box<Published>),
}

impl Published {
    /// Reads a set.
    pub(crate) fn read(text: String, rules: &ResponseRules) -> Result<Self, RefreshError> {
        let mut limits = Limits::default();
        limits.keys_per_set = rules.max_keys;
        let set = JwkSet::from_json_with(&text, &limits).map_err(RefreshError::NotASet)?;
        let keys = set.verifying_keys_with(&rules.key_rules);
        if keys.is_empty() {
            return Err(RefreshError::NoUsableKeys { skipped: keys.skipped().len() });
        }
        Ok(Self { text, set, keys, etag: None, odd_content_type: None })
    }
}

/// Reads the response to a request for a JWK Set, which asked about a set that is held if `asked_about_held`. Also says how long it is fresh for.
pub(crate) fn read(
    response: Response<Vec<u8>>,
    asked_about_held: bool,
    rules: &ResponseRules,
) -> Result<(Answer, Option<Duration>), RefreshError> {
    let (head, body) = response.into_parts();
    let fresh_for = fresh_for(&head.headers);
    if head.status == StatusCode::NOT_MODIFIED && asked_about_held {
        return Ok((Answer::Unchanged, fresh_for));
    }
    check_status(head.status)?;
    let odd_content_type = check_content(&head.headers, &body, rules)?;
    let text = String::from_utf8(body).map_err(|_| RefreshError::NotASet(KeyError::Json(JsonError::NotUtf8)))?;
    let mut published = Published::read(text, rules)?;
    published.etag = head.headers.get(ETAG).cloned();
    published.odd_content_type = odd_content_type;
    Ok((Answer::Keys(Box::new(published)), fresh_for))
}

pub(crate) fn check_status(status: StatusCode) -> Result<(), RefreshError> {
    if status == StatusCode::OK { Ok(()) } else { Err(RefreshError::Status { status: status.as_u16() }) }
}

/// Checks what is common to all responses. Gives the media type, if it is none of JSON's and let pass; an empty one where there is none.
pub(crate) fn check_content(
    headers: &HeaderMap,
    body: &[u8],
    rules: &ResponseRules,
) -> Result<Option<Quoted>, RefreshError> {
    // A client may have broken its word.
    if body.len() > rules.max_octets {
        return Err(FetchError::TooLarge { limit: rules.max_octets }.into());
    }
    if headers.get_all(CONTENT_ENCODING).iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(RefreshError::ContentEncoding);
    }
    let essence = |value: &HeaderValue| {
        let text = String::from_utf8_lossy(value.as_bytes());
        text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    };
    let types: Vec<String> = headers.get_all(CONTENT_TYPE).iter().map(essence).collect();
    let is_json = |essence: &String| {
        matches!(essence.as_str(), "application/json" | "text/json")
            || (essence.starts_with("application/") && essence.ends_with("+json"))
    };
    if !types.is_empty() && types.iter().all(is_json) {
        return Ok(None);
    }
    let content_type = Quoted::new(&types.join(", "));
    let is_a_page = types.iter().any(|essence| matches!(essence.as_str(), "text/html" | "application/xhtml+xml"));
    if is_a_page || rules.strict_content_type {
        return Err(RefreshError::ContentType { content_type });
    }
    Ok(Some(content_type))
}
