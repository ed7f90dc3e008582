//! Ready policies for the tokens of OAuth and OpenID Connect.
//!
//! | token | who takes it | verifier |
//! |---|---|---|
//! | access token ([RFC 9068](https://www.rfc-editor.org/rfc/rfc9068)) | an API, with each request | [`AccessTokenVerifier`] |
//! | ID token ([OpenID Connect Core 1.0](https://openid.net/specs/openid-connect-core-1_0.html)) | a client, after a login | [`IdTokenVerifier`] |
//! | DPoP proof ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)) | an API, with each request and its access token; a token endpoint | [`DpopVerifier`], [`AccessTokenVerifier::verify_dpop_async`] |
//!
//! A token for one is refused by the others, even where issuer, keys and audience are the same: they ask for different `typ`s, and each forbids the claims that make
//! the others what they are.
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

mod access_token;
mod dpop;
mod half_hash;
mod id_token;

pub use access_token::{AccessToken, AccessTokenBuilder, AccessTokenVerifier, is_bound_to_sender};
pub use dpop::{
    DpopBuilder, DpopError, DpopNonces, DpopPolicyError, DpopProof, DpopProofError, DpopRequest, DpopVerifier,
    MemoryReplayStore, ProofId, Recorded, ReplayFuture, ReplayStore, ReplayStoreError,
};
pub use half_hash::half_hash;
pub use id_token::{IdToken, IdTokenBuilder, IdTokenExpectations, IdTokenVerifier};
