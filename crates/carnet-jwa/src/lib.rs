//! JSON Web Algorithms ([RFC 7518](https://www.rfc-editor.org/rfc/rfc7518)): names, keys of the right shape, and the signature primitives behind
//! them.
//!
//! A primitive is bound to one algorithm when it is made, and to a key that fits it. RSA, EC, Ed25519 and ML-DSA keys are made of public numbers, HMAC
//! keys of octets: no function takes one for the other.
//!
//! The primitives are those of ring (feature `ring`, on by default) or aws-lc-rs (feature `aws-lc-rs`); where both are on, aws-lc-rs serves. Without
//! either everything compiles, and whatever makes a key says that it is unsupported.
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

#![cfg_attr(
    not(any(feature = "ring", feature = "aws-lc-rs")),
    expect(dead_code, reason = "without a backend there is nobody to make keys and signatures")
)]

mod algorithm;
mod algorithm_error;
mod external_signature;
mod hash;
mod key_error;
mod key_kind;
mod members;
mod operation;
mod private_key;
mod public_key;
pub mod random;
mod registered;
mod scheme;
mod signature;
mod signature_error;
mod signing;
mod verifying;

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod backend;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod ec;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod ed25519;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod hmac;
#[cfg(feature = "aws-lc-rs")]
mod ml_dsa;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod rsa;

pub use algorithm::Algorithm;
pub use algorithm_error::AlgorithmError;
pub use hash::Hash;
pub use key_error::KeyError;
pub use key_kind::{Identifier, KeyKind, Parameters};
pub use private_key::PrivateKey;
pub use public_key::PublicKey;
pub use signature::Signature;
pub use signature_error::{InvalidSignature, SigningFailed};
pub use signing::{SigningPrimitive, SigningStream};
pub use verifying::{VerifyingPrimitive, VerifyingStream};
