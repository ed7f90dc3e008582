//! JSON Web Signature ([RFC 7515](https://www.rfc-editor.org/rfc/rfc7515)) in every serialization, with payloads of any kind, attached or detached,
//! encoded or not ([RFC 7797](https://www.rfc-editor.org/rfc/rfc7797)).
//!
//! [`JwsVerifier`] verifies with keys that are configured, [`EmbeddedKeyVerifier`] with the key that a token brings along; [`JwsBuilder`] signs, and
//! [`GeneralJwsBuilder`] signs with several keys. For JSON Web Tokens use the verifier and builder of `carnet-jwt`, which check and set
//! the claims as well.
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

mod buffer;
mod builder;
pub mod dangerous;
mod decoded;
mod embedded;
mod error;
mod fitting;
mod headers;
mod pieces;
mod representation;
mod rules;
mod signature_cache;
mod trial;
mod verified;
mod verifier;

pub use buffer::{JwsBuffer, VerifiedJws, VerifiedJwsRef};
pub use builder::{GeneralJwsBuilder, HeaderSetError, JwsBuilder, SignError};
pub use embedded::{EmbeddedKeyError, EmbeddedKeyPolicyError, EmbeddedKeyVerifier, VerifiedByEmbeddedKey};
pub use error::JwsError;
pub use signature_cache::SignatureCache;
pub use verified::{VerifiedJsonJws, VerifiedSignature, VerifiedSignatures};
pub use verifier::JwsVerifier;
