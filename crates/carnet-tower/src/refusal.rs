use crate::challenges::{ChallengeError, Challenges};
use crate::problem::Problem;
use crate::scheme::Scheme;
use bytes::Bytes;
use carnet_jwt::{Rejection, VerifyError};
use carnet_oauth::is_bound_to_sender;
use core::fmt;
use core::time::Duration;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;

/// After what time to try again where nobody says, in seconds.
const RETRY: Duration = Duration::from_secs(5);

/// A request that is refused: the status, the challenges and a stable code. As a response it has a body of the type `application/problem+json`
/// ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)), and `Cache-Control: no-store`. Nothing of the request or the token is in it.
///
/// | status | code |
/// |---|---|
/// | 400 | `invalid_request` |
/// | 401 | `credentials_missing`, `token_revoked`, `sender_constrained_token` (a token that is bound to a key or a certificate came as a bearer token), `insufficient_user_authentication`, `invalid_dpop_proof`, `dpop_binding_mismatch`, `use_dpop_nonce`, or the code of the [`VerifyError`] |
/// | 403 | `insufficient_scope`, `access_denied`, `csrf_refused` |
/// | 500 | `not_protected`: the route is behind no [`ProtectLayer`](crate::ProtectLayer) |
/// | 503 | `key_source_unavailable`, `revocation_unavailable`, `replay_store_unavailable` |
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal(Box<Parts>);

#[derive(Clone, PartialEq, Eq)]
struct Parts {
    problem: Problem,
    fields: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, detail: &'static str) -> Self {
        Self(Box::new(Parts { problem: Problem { status, code, detail }, fields: Vec::new() }))
    }

    fn challenging(mut self, challenges: Vec<HeaderValue>) -> Self {
        self.0.fields.extend(challenges.into_iter().map(|value| (WWW_AUTHENTICATE, value)));
        self
    }

    fn retry_after(self, wait: Option<Duration>) -> Self {
        let wait = wait.unwrap_or(RETRY);
        let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
        self.with(RETRY_AFTER, seconds.into())
    }

    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.fields.push((name, value));
        self
    }

    /// Nothing that could be believed came along.
    pub(crate) fn missing(challenges: &Challenges, scope: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "credentials_missing", "This needs an access token.")
            .challenging(challenges.values(scope, None))
    }

    pub(crate) fn malformed(challenges: &Challenges, scope: &str, used: Option<Scheme>) -> Self {
        let error = ChallengeError::new("invalid_request", Some("The credentials are malformed"), used);
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "The credentials are malformed: send one access token, in one way.",
        )
        .challenging(challenges.values(scope, Some(error)))
    }

    /// The token is not what it should be, and why.
    pub(crate) fn invalid_token(
        challenges: &Challenges,
        scope: &str,
        used: Option<Scheme>,
        code: &'static str,
        description: &'static str,
    ) -> Self {
        let error = ChallengeError::new("invalid_token", Some(description), used);
        Self::new(StatusCode::UNAUTHORIZED, code, "The access token is not accepted.")
            .challenging(challenges.values(scope, Some(error)))
    }

    pub(crate) fn of(challenges: &Challenges, scope: &str, used: Option<Scheme>, error: &VerifyError) -> Self {
        if let VerifyError::KeySource(error) = error {
            tracing::warn!(%error, "a request was refused: there are no keys to verify its token with");
            let detail = "The keys of the issuer cannot be had at the moment.";
            let refusal = Self::new(StatusCode::SERVICE_UNAVAILABLE, "key_source_unavailable", detail);
            return refusal.retry_after(error.retry_after());
        }
        tracing::debug!(%error, "an access token was not accepted");
        let missing = error.rejections().iter().map(|rejection| match rejection {
            Rejection::InsufficientScope { one_of } => Some(one_of.join(" ")),
            _ => None,
        });
        match missing.collect::<Option<Vec<_>>>() {
            Some(missing) if !missing.is_empty() => {
                let all: Vec<&str> =
                    scope.split(' ').chain(missing.iter().flat_map(|words| words.split(' '))).collect();
                Self::insufficient_scope(challenges, &crate::scopes::join(all), used)
            }
            _ if is_bound_to_sender(error) => {
                Self::invalid_token(challenges, scope, used, "sender_constrained_token", description(error))
            }
            _ => Self::invalid_token(challenges, scope, used, error.code(), description(error)),
        }
    }

    /// The proof of possession is missing or not what it should be.
    pub(crate) fn invalid_proof(challenges: &Challenges, scope: &str) -> Self {
        Self::proof(challenges, scope, "invalid_dpop_proof", "The DPoP proof is invalid")
    }

    /// What the client has to do about its proof.
    pub(crate) fn proof(challenges: &Challenges, scope: &str, code: &'static str, description: &'static str) -> Self {
        let error = ChallengeError::new(code, Some(description), Some(Scheme::Dpop));
        Self::new(StatusCode::UNAUTHORIZED, code, "The DPoP proof is not accepted.")
            .challenging(challenges.values(scope, Some(error)))
    }

    /// Of a token that would be accepted if it granted more.
    pub(crate) fn insufficient_scope(challenges: &Challenges, scope: &str, used: Option<Scheme>) -> Self {
        let error = ChallengeError::new("insufficient_scope", None, used);
        Self::new(StatusCode::FORBIDDEN, "insufficient_scope", "The access token does not grant what this needs.")
            .challenging(challenges.values(scope, Some(error)))
    }

    /// Of a token that could not be accepted here whatever its scopes: without a challenge, so that no client asks for more in vain.
    pub(crate) fn denied() -> Self {
        Self::new(StatusCode::FORBIDDEN, "access_denied", "This is not allowed.")
    }

    pub(crate) fn csrf() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "csrf_refused",
            "The request does not show that a page of this service made it.",
        )
    }

    /// The subject was authenticated too long ago, or too weakly ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
    pub(crate) fn authentication(
        challenges: &Challenges,
        scope: &str,
        used: Option<Scheme>,
        (acr_values, max_age): (Option<&str>, Option<&str>),
    ) -> Self {
        let code = "insufficient_user_authentication";
        let error = ChallengeError { acr_values, max_age, ..ChallengeError::new(code, None, used) };
        Self::new(StatusCode::UNAUTHORIZED, code, "This needs a login that is more recent or stronger.")
            .challenging(challenges.values(scope, Some(error)))
    }

    /// Another thing than the token is not to be had.
    pub(crate) fn unavailable(code: &'static str, wait: Option<Duration>) -> Self {
        let detail = "Whether the access token may be accepted cannot be found out at the moment.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(wait)
    }

    /// A handler asks for a token behind no layer.
    pub(crate) fn not_protected() -> Self {
        tracing::error!("a handler asks for an access token, and its route is behind no ProtectLayer: add one");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "not_protected", "The service is not set up for this request.")
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.problem.status
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.problem.code
    }

    /// The response.
    #[must_use]
    pub fn into_response(self) -> Response<Full<Bytes>> {
        let Parts { problem, fields } = *self.0;
        let mut response = problem.into_response();
        for (name, value) in fields {
            response.headers_mut().append(name, value);
        }
        response
    }
}

/// What a client is told in the challenge. Only expiry is told apart: a client can do something about it.
fn description(error: &VerifyError) -> &'static str {
    match error.rejections().first() {
        Some(Rejection::Expired { .. }) => "The access token expired",
        _ => "The access token is invalid",
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { status, code, .. } = self.0.problem;
        f.debug_struct("Refusal").field("status", &status).field("code", &code).finish_non_exhaustive()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { status, code, detail } = self.0.problem;
        write!(f, "{} {code}: {detail}", status.as_u16())
    }
}

impl core::error::Error for Refusal {}
