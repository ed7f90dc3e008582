//! The one set of claims that everything is measured with.

use serde::{Deserialize, Serialize};

pub(crate) const ISSUER: &str = "https://auth.example.com/";
pub(crate) const SUBJECT: &str = "auth0|6123456789abcdef01234567";
pub(crate) const AUDIENCE: &str = "api://my-service";
pub(crate) const EXPIRES_AT: i64 = 4_102_444_800;
pub(crate) const ISSUED_AT: i64 = 1_700_000_000;
pub(crate) const TOKEN_ID: &str = "k3XbTq9ZrP0vW7yLm2NcHg";
pub(crate) const KEY_ID: &str = "2024-01-01-key-1";

const SCOPE: &str = "openid profile email messages:read messages:write";
const EMAIL: &str = "john.doe@example.com";
const ROLES: [&str; 2] = ["admin", "user"];

/// The caller's own claims, owning their strings.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Owned {
    pub(crate) scope: String,
    pub(crate) email: String,
    pub(crate) roles: Vec<String>,
}

/// The caller's own claims, borrowing from the decoded token.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Borrowed<'a> {
    pub(crate) scope: &'a str,
    pub(crate) email: &'a str,
    #[serde(borrow)]
    pub(crate) roles: [&'a str; 2],
}

/// All claims of a token, for a library that has no setters for the registered ones: in the order in which carnet writes them.
#[derive(Debug, Serialize)]
pub(crate) struct Everything {
    iss: &'static str,
    sub: &'static str,
    aud: &'static str,
    exp: i64,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<&'static str>,
    scope: &'static str,
    email: &'static str,
    roles: [&'static str; 2],
}

pub(crate) const fn everything(jti: Option<&'static str>) -> Everything {
    Everything {
        iss: ISSUER,
        sub: SUBJECT,
        aud: AUDIENCE,
        exp: EXPIRES_AT,
        iat: ISSUED_AT,
        jti,
        scope: SCOPE,
        email: EMAIL,
        roles: ROLES,
    }
}

pub(crate) const fn custom() -> Borrowed<'static> {
    Borrowed { scope: SCOPE, email: EMAIL, roles: ROLES }
}

impl Owned {
    /// Whether these are the claims that were signed.
    pub(crate) fn is_right(&self) -> bool {
        self.scope == SCOPE && self.email == EMAIL && self.roles == ROLES
    }
}
