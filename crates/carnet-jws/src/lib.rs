//! JSON Web Signature ([RFC 7515](https://www.rfc-editor.org/rfc/rfc7515)) in compact serialization, for payloads of any kind.
//!
//! [`JwsVerifier`] verifies, [`JwsBuilder`] signs. For JSON Web Tokens use the verifier and builder of `carnet-jwt`, which check and set
//! the claims as well.
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

mod buffer;
mod builder;
pub mod dangerous;
mod error;
mod verifier;

pub use buffer::{JwsBuffer, VerifiedJws, VerifiedJwsRef};
pub use builder::{HeaderSetError, JwsBuilder, SignError};
pub use error::JwsError;
pub use verifier::JwsVerifier;
