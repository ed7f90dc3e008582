use super::proof_error::DpopProofError;
use super::replay::ReplayStoreError;
use carnet_jwt::VerifyError;
use core::fmt;

/// Why a request with a DPoP proof was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DpopError {
    /// The proof is not in order: 401 with `DPoP error="invalid_dpop_proof"`; at a token endpoint, 400.
    Proof(DpopProofError),
    /// The proof has no nonce, or none that is still taken: 401 with `DPoP error="use_dpop_nonce"` and
    /// [the current one](crate::DpopVerifier::current_nonce) in `DPoP-Nonce`; at a token endpoint, 400.
    NonceRequired,
    /// Both are in order and do not belong together: the access token is bound to another key, to none, or in another way (`cnf`), or the proof was made for another access token
    /// (`ath`). 401 with `DPoP error="invalid_token"`.
    Binding,
    /// The access token is not in order; 401 with `DPoP error="invalid_token"`, and 503 for [`VerifyError::KeySource`].
    Token(VerifyError),
    /// Nobody can say whether the proof was seen before: 503, and nothing is known about the proof.
    ReplayStore(ReplayStoreError),
}

impl DpopError {
    /// The stable code: `invalid_dpop_proof`, `use_dpop_nonce`, `dpop_binding_mismatch`, `replay_store_unavailable`, or that of the [`VerifyError`].
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Proof(error) => error.code(),
            Self::NonceRequired => "use_dpop_nonce",
            Self::Binding => "dpop_binding_mismatch",
            Self::Token(error) => error.code(),
            Self::ReplayStore(_) => "replay_store_unavailable",
        }
    }
}

impl From<DpopProofError> for DpopError {
    fn from(error: DpopProofError) -> Self {
        Self::Proof(error)
    }
}

impl fmt::Display for DpopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proof(error) => error.fmt(f),
            Self::NonceRequired => {
                f.write_str("the DPoP proof needs a nonce of this server that is current; answer with one in DPoP-Nonce")
            }
            Self::Binding => f.write_str(
                "the access token is not bound to the key of the DPoP proof (\"cnf\" with \"jkt\" alone), or the proof was made for another access token (\"ath\")",
            ),
            Self::Token(error) => error.fmt(f),
            Self::ReplayStore(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for DpopError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Proof(error) => Some(error),
            Self::Token(error) => Some(error),
            Self::ReplayStore(error) => Some(error),
            Self::NonceRequired | Self::Binding => None,
        }
    }
}
