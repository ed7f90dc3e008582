use crate::authenticated::Authenticated;
use crate::cookie::CookieCredentials;
use crate::credentials::{Credentials, Presented};
use crate::possession::Possession;
use crate::refusal::Refusal;
use crate::requirement::Requirement;
use crate::revocation::Revocation;
use crate::scheme::{Scheme, Unreadable};
use crate::target;
use crate::terms::Terms;
use carnet_jwt::VerifyError;
use carnet_oauth::{AccessToken, DpopRequest};
use core::time::Duration;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, ORIGIN};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use serde::Deserialize;
use std::sync::Arc;

/// How long a token and its proof may take: longer than keys are waited for by default. What takes longer is mostly the record of proofs, whose store has no time limit of its own.
const POSSESSION_TIMEOUT: Duration = Duration::from_secs(10);

/// What protects a service, shared by the layers of all its routes.
#[derive(Debug)]
pub(crate) struct Guard {
    pub(crate) terms: Arc<Terms>,
    pub(crate) admission: Admission,
}

/// What is taken from a request, and what is asked before its token counts.
#[derive(Debug, Default)]
pub(crate) struct Admission {
    pub(crate) cookie: Option<CookieCredentials>,
    pub(crate) possession: Option<Possession>,
    pub(crate) revocation: Option<Revocation>,
    pub(crate) public_paths: Vec<String>,
    pub(crate) passes_preflights: bool,
    pub(crate) malformed_is_invalid_token: bool,
}

/// What a request has to show.
enum Entrance<'r> {
    /// Nothing, or what comes of it is known.
    Open(Admitted),
    /// Nothing more: it has been through a layer of the same service.
    Known(Authenticated),
    With(Presented<'r>),
}

/// A request that goes on.
pub(crate) enum Admitted {
    With(Authenticated),
    Anonymously,
    /// A browser asks what it may send, which it does without credentials.
    Preflight,
}

impl Guard {
    /// Judges a request for which nothing has to be waited for, as most are. `None` of the others: [`admit`](Self::admit) them.
    pub(crate) fn admit_at_once(&self, requirement: &Requirement, parts: &Parts) -> Option<Result<Admitted, Refusal>> {
        let presented = match self.entrance(requirement, parts) {
            Ok(Entrance::With(presented)) => presented,
            Ok(Entrance::Known(token)) => return Some(self.require(requirement, parts, token)),
            Ok(Entrance::Open(admitted)) => return Some(Ok(admitted)),
            Err(refusal) => return Some(Err(refusal)),
        };
        if self.admission.revocation.is_some() {
            return None;
        }
        let octets = match presented {
            Presented::Bearer(octets) => octets,
            Presented::Cookie(token) => token.as_bytes(),
            Presented::Dpop(..) => return None,
        };
        let verified = self.terms.verifier.bearer_at_hand(octets)?;
        let token = self.accept(requirement, parts, presented, verified);
        Some(token.and_then(|token| self.require(requirement, parts, token)))
    }

    /// Judges a request.
    pub(crate) async fn admit(&self, requirement: &Requirement, parts: &Parts) -> Result<Admitted, Refusal> {
        let token = match self.entrance(requirement, parts)? {
            Entrance::With(presented) => self.authenticate(requirement, parts, presented).await?,
            Entrance::Known(token) => token,
            Entrance::Open(admitted) => return Ok(admitted),
        };
        self.require(requirement, parts, token)
    }

    /// What a request brings along, where it needs to.
    fn entrance<'r>(&self, requirement: &Requirement, parts: &'r Parts) -> Result<Entrance<'r>, Refusal> {
        if self.admission.public_paths.iter().any(|path| path == target::path(parts)) {
            return Ok(Entrance::Open(Admitted::Anonymously));
        }
        if is_preflight(parts) {
            let passes = self.admission.passes_preflights;
            return Ok(Entrance::Open(if passes { Admitted::Anonymously } else { Admitted::Preflight }));
        }
        if let Some(token) = parts.extensions.get::<Authenticated>().filter(|token| token.is_of(&self.terms)) {
            return Ok(Entrance::Known(token.clone()));
        }
        let challenges = &self.terms.challenges;
        let credentials = Credentials::read(parts, challenges.schemes, self.admission.cookie.as_ref());
        match credentials.map_err(|reason| self.unreadable(reason, &requirement.scopes.text()))? {
            Credentials::Absent if requirement.is_optional => Ok(Entrance::Open(Admitted::Anonymously)),
            Credentials::Absent | Credentials::OtherScheme => {
                Err(Refusal::missing(challenges, &requirement.scopes.text()))
            }
            Credentials::Presented(presented) => Ok(Entrance::With(presented)),
        }
    }

    /// The field that tells the client of the next nonce, where its proof had an older one.
    pub(crate) fn next_nonce(&self, token: &AccessToken) -> Option<(HeaderName, HeaderValue)> {
        self.admission.possession.as_ref().and_then(|possession| possession.next_nonce(token))
    }

    /// The token of a request, where something may have to be waited for.
    async fn authenticate(
        &self,
        requirement: &Requirement,
        parts: &Parts,
        presented: Presented<'_>,
    ) -> Result<Authenticated, Refusal> {
        let token = match presented {
            Presented::Dpop(token, proof) => {
                let scope = || requirement.scopes.text();
                let token = Box::pin(self.possessed(token, proof, parts, &scope)).await?;
                Authenticated::new(token, Arc::clone(&self.terms), Scheme::Dpop)
            }
            Presented::Bearer(_) | Presented::Cookie(_) => {
                let token = presented.text().ok_or_else(|| self.not_text(requirement))?;
                let verified = self.terms.verifier.bearer(token).await;
                self.accept(requirement, parts, presented, verified)?
            }
        };
        if let Some(revocation) = &self.admission.revocation {
            let revoked = Box::pin(revocation.is_revoked(&token, self.terms.verifier.now())).await;
            if revoked.map_err(|wait| Refusal::unavailable("revocation_unavailable", Some(wait)))? {
                let (challenges, scope) = (&self.terms.challenges, requirement.scopes.text());
                let description = "The access token is invalid";
                let used = Some(token.scheme());
                return Err(Refusal::invalid_token(challenges, &scope, used, "token_revoked", description));
            }
        }
        Ok(token)
    }

    /// A bearer token that was verified, once it is known that it was not another site that sent a cookie with it.
    fn accept(
        &self,
        requirement: &Requirement,
        parts: &Parts,
        presented: Presented<'_>,
        verified: Result<AccessToken, VerifyError>,
    ) -> Result<Authenticated, Refusal> {
        let token = verified.map_err(|error| match presented.text() {
            Some(_) => Refusal::of(&self.terms.challenges, &requirement.scopes.text(), Some(Scheme::Bearer), &error),
            None => self.not_text(requirement),
        })?;
        if matches!(presented, Presented::Cookie(_))
            && self.admission.cookie.as_ref().is_none_or(|cookie| !cookie.csrf.admits(parts, || session(&token)))
        {
            return Err(Refusal::csrf());
        }
        Ok(Authenticated::new(token, Arc::clone(&self.terms), Scheme::Bearer))
    }

    /// Asks of a token what the route does.
    fn require(&self, requirement: &Requirement, parts: &Parts, token: Authenticated) -> Result<Admitted, Refusal> {
        let token = token.requiring(&requirement.scopes);
        match requirement.check(&token, parts) {
            Ok(()) => Ok(Admitted::With(token)),
            Err(refusal) => Err(match self.next_nonce(&token) {
                Some((name, value)) => refusal.with(name, value),
                None => refusal,
            }),
        }
    }

    /// A token that is bound to a key, with the proof that the client has the key.
    async fn possessed(
        &self,
        token: &str,
        proof: Option<&str>,
        parts: &Parts,
        scope: &(impl Fn() -> String + Sync),
    ) -> Result<AccessToken, Refusal> {
        let (Some(possession), Some(proof)) = (&self.admission.possession, proof) else {
            return Err(Refusal::invalid_proof(&self.terms.challenges, &scope()));
        };
        let Some(uri) = possession.uri(parts) else {
            return Err(Refusal::invalid_proof(&self.terms.challenges, &scope()));
        };
        let request = DpopRequest::new(parts.method.as_str(), &uri);
        let verifying = self.terms.verifier.dpop(token, proof, &request, &possession.verifier);
        let Ok(verified) = tokio::time::timeout(POSSESSION_TIMEOUT, verifying).await else {
            tracing::warn!(
                "a request was refused: its token and its DPoP proof took too long; see that the record of proofs is up"
            );
            return Err(Refusal::unavailable("replay_store_unavailable", None));
        };
        verified.map_err(|error| possession.refusal(&self.terms.challenges, &scope(), &error))
    }

    fn not_text(&self, requirement: &Requirement) -> Refusal {
        self.unreadable(Unreadable::Malformed(Some(Scheme::Bearer)), &requirement.scopes.text())
    }

    fn unreadable(&self, reason: Unreadable, scope: &str) -> Refusal {
        match reason {
            Unreadable::Malformed(used) if self.admission.malformed_is_invalid_token => {
                let description = "The access token is invalid";
                Refusal::invalid_token(&self.terms.challenges, scope, used, "malformed", description)
            }
            Unreadable::Malformed(used) => Refusal::malformed(&self.terms.challenges, scope, used),
            Unreadable::Ambiguous => Refusal::malformed(&self.terms.challenges, scope, None),
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
