use crate::authenticated::Authenticated;
use crate::challenges::Challenges;
use crate::cookie::CookieCredentials;
use crate::credentials::{Credentials, Scheme, Unreadable};
use crate::possession::Possession;
use crate::refusal::Refusal;
use crate::requirement::Requirement;
use crate::revocation::Revocation;
use crate::scopes::ScopeHierarchy;
use crate::target;
use carnet_jwk::KeySource;
use carnet_jwt::VerifyError;
use carnet_oauth::{AccessToken, AccessTokenVerifier, DpopError, DpopRequest, DpopVerifier};
use core::fmt;
use core::pin::Pin;
use core::time::Duration;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, ORIGIN};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use serde::Deserialize;
use std::sync::Arc;

/// How long a token and its proof may take: longer than keys are waited for. What takes longer is the record of proofs, whose store has no time limit of its own.
const POSSESSION_TIMEOUT: Duration = Duration::from_secs(10);

type Verifying<'a, E> = Pin<Box<dyn Future<Output = Result<AccessToken, E>> + Send + 'a>>;

/// A verifier whose keys come from anywhere.
pub(crate) trait VerifiesTokens: Send + Sync {
    fn bearer<'a>(&'a self, token: &'a str) -> Verifying<'a, VerifyError>;
    fn dpop<'a>(
        &'a self,
        token: &'a str,
        proof: &'a str,
        request: &'a DpopRequest<'a>,
        dpop: &'a DpopVerifier,
    ) -> Verifying<'a, DpopError>;
    /// The time, in seconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> i64;
}

impl<K: KeySource> VerifiesTokens for AccessTokenVerifier<K> {
    fn bearer<'a>(&'a self, token: &'a str) -> Verifying<'a, VerifyError> {
        Box::pin(self.verify_async(token))
    }

    fn dpop<'a>(
        &'a self,
        token: &'a str,
        proof: &'a str,
        request: &'a DpopRequest<'a>,
        dpop: &'a DpopVerifier,
    ) -> Verifying<'a, DpopError> {
        Box::pin(self.verify_dpop_async(token, proof, request, dpop))
    }

    fn now(&self) -> i64 {
        self.now()
    }
}

/// What protects a service: how tokens are verified, and how requests are refused. Shared by the layers of all its routes.
pub(crate) struct Guard {
    pub(crate) verifier: Box<dyn VerifiesTokens>,
    pub(crate) challenges: Challenges,
    pub(crate) cookie: Option<CookieCredentials>,
    pub(crate) possession: Option<Possession>,
    pub(crate) revocation: Option<Revocation>,
    pub(crate) hierarchy: Option<Arc<dyn ScopeHierarchy>>,
    pub(crate) roles_at: Vec<String>,
    pub(crate) public_paths: Vec<String>,
    pub(crate) passes_preflights: bool,
    pub(crate) malformed_is_invalid_token: bool,
}

/// A request that goes on without a token, since it needs none; in the extensions.
#[derive(Clone)]
pub(crate) struct Anonymous {
    pub(crate) guard: Arc<Guard>,
}

/// A request that goes on.
pub(crate) enum Admitted {
    With(Authenticated),
    Anonymously,
    /// A browser asks what it may send, which it does without credentials.
    Preflight,
}

impl Guard {
    /// Judges a request.
    pub(crate) async fn admit(self: &Arc<Self>, requirement: &Requirement, parts: &Parts) -> Result<Admitted, Refusal> {
        if self.public_paths.iter().any(|path| path == target::path(parts)) {
            return Ok(Admitted::Anonymously);
        }
        if is_preflight(parts) {
            return Ok(if self.passes_preflights { Admitted::Anonymously } else { Admitted::Preflight });
        }
        let before = parts.extensions.get::<Authenticated>().filter(|token| token.is_of(self));
        let token = match before {
            Some(token) => token.clone(),
            None => match self.authenticate(requirement, parts).await? {
                Some(token) => token,
                None => return Ok(Admitted::Anonymously),
            },
        };
        let token = token.requiring(&requirement.scopes);
        match requirement.check(&token, parts) {
            Ok(()) => Ok(Admitted::With(token)),
            Err(refusal) => Err(match self.next_nonce(&token) {
                Some((name, value)) => refusal.with(name, value),
                None => refusal,
            }),
        }
    }

    /// The field that tells the client of the next nonce, where its proof had an older one.
    pub(crate) fn next_nonce(&self, token: &AccessToken) -> Option<(HeaderName, HeaderValue)> {
        self.possession.as_ref().and_then(|possession| possession.next_nonce(token))
    }

    /// The token of the request. `None` where there is none and none is needed.
    async fn authenticate(
        self: &Arc<Self>,
        requirement: &Requirement,
        parts: &Parts,
    ) -> Result<Option<Authenticated>, Refusal> {
        let (challenges, scope) = (&self.challenges, || requirement.scopes.text());
        let credentials = Credentials::read(parts, challenges.schemes, self.cookie.as_ref());
        let (token, used) = match credentials.map_err(|reason| self.unreadable(reason, &scope()))? {
            Credentials::Absent if requirement.is_optional => return Ok(None),
            Credentials::Absent | Credentials::OtherScheme => return Err(Refusal::missing(challenges, &scope())),
            Credentials::Bearer(token) => (self.bearer(token, &scope).await?, Scheme::Bearer),
            Credentials::Cookie(token) => {
                let token = self.bearer(token, &scope).await?;
                if self.cookie.as_ref().is_none_or(|cookie| !cookie.admits(parts, || session(&token))) {
                    return Err(Refusal::csrf());
                }
                (token, Scheme::Bearer)
            }
            Credentials::Dpop(token, proof) => {
                (Box::pin(self.possessed(token, proof, parts, &scope)).await?, Scheme::Dpop)
            }
        };
        if let Some(revocation) = &self.revocation {
            let revoked = Box::pin(revocation.is_revoked(&token, self.verifier.now())).await;
            if revoked.map_err(|wait| Refusal::unavailable("revocation_unavailable", Some(wait)))? {
                let description = "The access token is invalid";
                return Err(Refusal::invalid_token(challenges, &scope(), Some(used), "token_revoked", description));
            }
        }
        Ok(Some(Authenticated::new(token, Arc::clone(self), used)))
    }

    async fn bearer(&self, token: &str, scope: &(impl Fn() -> String + Sync)) -> Result<AccessToken, Refusal> {
        let verified = self.verifier.bearer(token).await;
        verified.map_err(|error| Refusal::of(&self.challenges, &scope(), Some(Scheme::Bearer), &error))
    }

    /// A token that is bound to a key, with the proof that the client has the key.
    async fn possessed(
        &self,
        token: &str,
        proof: Option<&str>,
        parts: &Parts,
        scope: &(impl Fn() -> String + Sync),
    ) -> Result<AccessToken, Refusal> {
        let (Some(possession), Some(proof)) = (&self.possession, proof) else {
            return Err(Refusal::invalid_proof(&self.challenges, &scope()));
        };
        let Some(uri) = possession.uri(parts) else {
            return Err(Refusal::invalid_proof(&self.challenges, &scope()));
        };
        let request = DpopRequest::new(parts.method.as_str(), &uri);
        let verifying = self.verifier.dpop(token, proof, &request, &possession.verifier);
        let Ok(verified) = tokio::time::timeout(POSSESSION_TIMEOUT, verifying).await else {
            return Err(Refusal::unavailable("replay_store_unavailable", None));
        };
        verified.map_err(|error| possession.refusal(&self.challenges, &scope(), &error))
    }

    fn unreadable(&self, reason: Unreadable, scope: &str) -> Refusal {
        match reason {
            Unreadable::Malformed(used) if self.malformed_is_invalid_token => {
                let description = "The access token is invalid";
                Refusal::invalid_token(&self.challenges, scope, used, "malformed", description)
            }
            Unreadable::Malformed(used) => Refusal::malformed(&self.challenges, scope, used),
            Unreadable::Ambiguous => Refusal::malformed(&self.challenges, scope, None),
        }
    }
}

fn is_preflight(parts: &Parts) -> bool {
    let has = |name| parts.headers.contains_key(name);
    parts.method == Method::OPTIONS && has(ORIGIN) && has(ACCESS_CONTROL_REQUEST_METHOD) && !has(AUTHORIZATION)
}

/// What a token against forged requests is bound to.
fn session(token: &AccessToken) -> Option<String> {
    #[derive(Deserialize)]
    struct Session {
        sid: Option<String>,
        jti: Option<String>,
    }
    let Session { sid, jti } = token.claims().ok()?;
    sid.or(jti)
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { challenges, cookie, roles_at, public_paths, .. } = self;
        f.debug_struct("Guard")
            .field("challenges", challenges)
            .field("cookie", cookie)
            .field("roles_at", roles_at)
            .field("public_paths", public_paths)
            .finish_non_exhaustive()
    }
}
