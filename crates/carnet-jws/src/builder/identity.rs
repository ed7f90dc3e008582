use carnet_jwk::{AsyncSigner, Signer};

/// What a signer says about itself, whichever way it signs.
#[derive(Clone, Copy)]
pub(super) struct Identity<'k> {
    pub(super) algorithm_name: &'k str,
    pub(super) key_id: Option<&'k str>,
    /// The encoded header of a JWT that says no more than this.
    pub(super) jwt_header: Option<&'k str>,
}

impl<'k> Identity<'k> {
    #[inline]
    pub(super) fn of(key: &'k dyn Signer) -> Self {
        Self { algorithm_name: key.algorithm_name(), key_id: key.key_id(), jwt_header: key.jwt_header() }
    }

    pub(super) fn of_async(key: &'k dyn AsyncSigner) -> Self {
        Self { algorithm_name: key.algorithm_name(), key_id: key.key_id(), jwt_header: None }
    }
}
