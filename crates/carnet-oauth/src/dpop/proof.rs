use carnet_core::NumericDate;
use carnet_jwk::{Jwk, Thumbprint};
use core::fmt;

/// A DPoP proof that passed every check: whoever sent the request has the private half of [`jwk`](Self::jwk). The only way to one is a [`DpopVerifier`](crate::DpopVerifier).
///
/// **It says which key, and not who.** A key means something only if an access token is bound to it, or is going to be. `Debug` shows no claims.
#[derive(Clone)]
pub struct DpopProof {
    pub(super) jwk: Jwk,
    pub(super) thumbprint: Thumbprint,
    pub(super) id: String,
    pub(super) issued_at: NumericDate,
    pub(super) nonce: Option<String>,
    pub(super) uses_current_nonce: bool,
}

impl DpopProof {
    /// The thumbprint of the key, with SHA-256; its text is what goes into `cnf.jkt` of a token that is to be bound to the key
    /// ([RFC 9449 §6.1](https://www.rfc-editor.org/rfc/rfc9449#section-6.1)), and what `dpop_jkt` is compared with (§10).
    #[must_use]
    pub const fn jwk_thumbprint(&self) -> Thumbprint {
        self.thumbprint
    }

    /// The key.
    #[must_use]
    pub const fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// `jti`: the proof's own name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `iat`: when the client made it, by its own clock.
    #[must_use]
    pub const fn issued_at(&self) -> NumericDate {
        self.issued_at
    }

    /// `nonce`, where the verifier asks for one.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// Whether the nonce is that of the current period, or none is asked for. Where it is that of the period before, it will soon be refused: give the client
    /// [the current one](crate::DpopVerifier::current_nonce) with the response ([RFC 9449 §8.2](https://www.rfc-editor.org/rfc/rfc9449#section-8.2)).
    #[must_use]
    pub const fn uses_current_nonce(&self) -> bool {
        self.uses_current_nonce
    }
}

impl fmt::Debug for DpopProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopProof")
            .field("jwk_thumbprint", &self.thumbprint)
            .field("uses_current_nonce", &self.uses_current_nonce)
            .finish_non_exhaustive()
    }
}
