//! JSON Web Algorithms ([RFC 7518](https://www.rfc-editor.org/rfc/rfc7518)): names, keys of the right shape, and the
//! primitives of `ring` behind them.
//!
//! Policy lives here, above the backend: which sizes are strong enough, which points and moduli are taken, that a signature
//! has exactly its algorithm's length. A key is checked once, when it is made, and every later use relies on that.
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

mod algorithm;
mod backend;
mod curve;
pub mod ec;
pub mod ed25519;
mod hash;
pub mod hmac;
mod key_error;
mod primitive;
pub mod random;
pub mod rsa;
mod signature;
mod signature_error;

pub use algorithm::{Algorithm, AlgorithmError, Family};
pub use curve::Curve;
pub use hash::Hash;
pub use key_error::KeyError;
pub use primitive::{PrivateKey, PublicKey, SigningPrimitive, VerifyingPrimitive};
pub use signature::Signature;
pub use signature_error::{InvalidSignature, SigningFailed};
