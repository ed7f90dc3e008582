//! JSON Web Algorithms ([RFC 7518](https://www.rfc-editor.org/rfc/rfc7518)): names, keys of the right shape, and the
//! primitives of `ring` behind them.
//!
//! Policy lives here, above the backend: which sizes are strong enough, which points and moduli are taken, that a signature
//! has exactly its algorithm's length. A key is checked once, when it is made, and every later use relies on that.
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

mod algorithm;
mod backend;
pub mod ec;
pub mod ed25519;
pub mod hmac;
mod key_error;
mod primitive;
pub mod random;
pub mod rsa;

pub use algorithm::{Algorithm, AlgorithmError, Family};
pub use key_error::KeyError;
pub use primitive::{InvalidSignature, PrivateKey, PublicKey, SigningFailed, SigningPrimitive, VerifyingPrimitive};
