use crate::challenges::Challenges;
use crate::refusal::Refusal;
use crate::scheme::Scheme;
use crate::target;
use carnet_oauth::{AccessToken, DpopError, DpopVerifier};
use http::request::Parts;
use http::{HeaderName, HeaderValue};

/// The field with a nonce for the next proof.
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Proofs of possession: how they are verified, and where clients believe the service to be.
#[derive(Debug, Clone)]
pub(crate) struct Possession {
    pub(crate) verifier: DpopVerifier,
    /// An absolute URL without a slash at its end.
    pub(crate) base_url: String,
}

impl Possession {
    /// What `algs` of a challenge says.
    pub(crate) fn algorithms(&self) -> String {
        self.verifier.algorithms().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(" ")
    }

    /// The URI of a request, as the client has it: by configuration, and never by `Host`. `None` where the target is no path (`*`), which must not become a part of the host.
    pub(crate) fn uri(&self, parts: &Parts) -> Option<String> {
        let path = target::path(parts);
        path.starts_with('/').then(|| [&self.base_url, path].concat())
    }

    /// What a request without a token that is bound to the key of its proof is answered.
    pub(crate) fn refusal(&self, challenges: &Challenges, scope: &str, error: &DpopError) -> Refusal {
        let used = Some(Scheme::Dpop);
        match error {
            DpopError::Token(_) => {}
            DpopError::ReplayStore(error) => {
                tracing::warn!(%error, "a request was refused: its DPoP proof cannot be recorded")
            }
            _ => tracing::debug!(%error, "a DPoP proof was not accepted"),
        }
        match error {
            DpopError::Token(error) => Refusal::of(challenges, scope, used, error),
            DpopError::ReplayStore(error) => Refusal::unavailable("replay_store_unavailable", error.retry_after()),
            DpopError::NonceRequired => {
                let refusal =
                    Refusal::proof(challenges, scope, "use_dpop_nonce", "The proof needs the nonce of DPoP-Nonce");
                match self.nonce() {
                    Some(nonce) => refusal.with(DPOP_NONCE, nonce),
                    None => refusal,
                }
            }
            DpopError::Proof(_) => Refusal::invalid_proof(challenges, scope),
            _ => Refusal::invalid_token(challenges, scope, used, "dpop_binding_mismatch", "Invalid DPoP key binding"),
        }
    }

    /// The field that tells the client of the next nonce, where its proof had an older one.
    pub(crate) fn next_nonce(&self, token: &AccessToken) -> Option<(HeaderName, HeaderValue)> {
        let is_old = token.dpop_proof().is_some_and(|proof| !proof.uses_current_nonce());
        let nonce = if is_old { self.nonce() } else { None };
        nonce.map(|nonce| (DPOP_NONCE, nonce))
    }

    fn nonce(&self) -> Option<HeaderValue> {
        self.verifier.current_nonce().and_then(|nonce| HeaderValue::try_from(nonce).ok())
    }
}
