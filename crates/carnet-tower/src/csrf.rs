//! Whether a request that a cookie speaks for was made by a page that may.

mod origin;
mod tokens;

pub(crate) use origin::Origin;
pub use tokens::CsrfTokens;

use http::header::{ORIGIN, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whose pages may send requests.
#[derive(Debug, Clone)]
pub(crate) struct Csrf {
    pub(crate) origins: Vec<Origin>,
    pub(crate) tokens: Option<CsrfTokens>,
}

impl Csrf {
    /// Whether the request may go on, its token being genuine and of this session.
    pub(crate) fn admits(&self, parts: &Parts, session: impl FnOnce() -> Option<String>) -> bool {
        if !changes_something(parts) {
            return true;
        }
        match (single(&parts.headers, &SEC_FETCH_SITE), single(&parts.headers, &ORIGIN)) {
            (Field::One(b"same-origin" | b"none"), Field::Absent | Field::One(_)) => true,
            (Field::Absent | Field::One(_), Field::One(origin)) => self.origins.iter().any(|own| own.is(origin)),
            (Field::Absent, Field::Absent) => self
                .tokens
                .as_ref()
                .is_some_and(|tokens| session().is_some_and(|session| tokens.admit(&parts.headers, &session))),
            _ => false,
        }
    }
}

/// Whether the method is none of the safe ones ([RFC 9110 §9.2.1](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1)), or a WebSocket is opened.
fn changes_something(parts: &Parts) -> bool {
    let is_safe = [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE].contains(&parts.method);
    !is_safe || parts.headers.contains_key(UPGRADE)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field<'r> {
    Absent,
    One(&'r [u8]),
    /// Twice: which of them the browser wrote cannot be known.
    Several,
}

fn single<'r>(headers: &'r HeaderMap, name: &HeaderName) -> Field<'r> {
    let mut fields = headers.get_all(name).iter();
    match (fields.next(), fields.next()) {
        (None, _) => Field::Absent,
        (Some(field), None) => Field::One(field.as_bytes()),
        (Some(_), Some(_)) => Field::Several,
    }
}
