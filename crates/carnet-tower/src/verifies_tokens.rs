use carnet_jwk::KeySource;
use carnet_jwt::VerifyError;
use carnet_oauth::{AccessToken, AccessTokenVerifier, DpopError, DpopRequest, DpopVerifier};
use core::pin::Pin;

type Verifying<'a, E> = Pin<Box<dyn Future<Output = Result<AccessToken, E>> + Send + 'a>>;

/// A verifier whose keys come from anywhere.
pub(crate) trait VerifiesTokens: Send + Sync {
    fn bearer<'a>(&'a self, token: &'a str) -> Verifying<'a, VerifyError>;
    /// The same where nothing has to be waited for. `None` where something has, and of what is not text.
    fn bearer_at_hand(&self, token: &[u8]) -> Option<Result<AccessToken, VerifyError>>;
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

    fn bearer_at_hand(&self, token: &[u8]) -> Option<Result<AccessToken, VerifyError>> {
        self.verify_at_hand(token)
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
