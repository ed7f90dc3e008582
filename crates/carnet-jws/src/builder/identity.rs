use super::error::{HeaderSetError, SignError};
use carnet_core::Quoted;
use carnet_jwa::Algorithm;
use carnet_jwk::{AsyncSigner, JwtHeader, Signer};

/// What a signer says about itself, whichever way it signs.
#[derive(Clone, Copy)]
pub(super) struct Identity<'k> {
    algorithm: Algorithm,
    algorithm_name: &'k str,
    pub(super) key_id: Option<&'k str>,
    /// The header of a JWT that says no more than this.
    pub(super) jwt_header: Option<&'k JwtHeader>,
}

impl<'k> Identity<'k> {
    #[inline]
    pub(super) fn of(key: &'k dyn Signer) -> Self {
        let (algorithm, algorithm_name) = (key.algorithm(), key.algorithm_name());
        Self { algorithm, algorithm_name, key_id: key.key_id(), jwt_header: key.jwt_header() }
    }

    pub(super) fn of_async(key: &'k dyn AsyncSigner) -> Self {
        let (algorithm, algorithm_name) = (key.algorithm(), key.algorithm_name());
        Self { algorithm, algorithm_name, key_id: key.key_id(), jwt_header: None }
    }

    /// What is written into `alg`.
    pub(super) fn name(&self) -> Result<&'k str, SignError> {
        if self.algorithm.is_named(self.algorithm_name) {
            return Ok(self.algorithm_name);
        }
        let reason = "is given by the signer a name that is not one of its algorithm";
        Err(SignError::Header(HeaderSetError { name: Quoted::new("alg"), reason }))
    }
}
