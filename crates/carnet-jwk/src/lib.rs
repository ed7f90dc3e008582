//! JSON Web Keys ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)) and keys bound to their one algorithm.
//!
//! * [`Jwk`] is public only, [`PrivateJwk`] is private or symmetric; both are checked when they are read.
//! * [`JwkSet`] keeps what it cannot use aside, with the reason.
//! * [`VerifyingKey`] and [`SigningKey`] know their one algorithm; [`VerifyingKeys`] is what a verifier chooses from.
//! * [`Signer`] and [`AsyncSigner`] are for keys that live elsewhere; [`KeyRing`] exchanges keys while tokens are alive.
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

mod certificate;
mod container;
mod fields;
mod jwk;
mod jwt_header;
mod key_remark;
mod key_ring;
mod key_rules;
mod key_selection;
mod key_source;
mod look_alikes;
mod parameters;
mod private_jwk;
mod secret;
mod set;
mod signer;
mod signing_key;
mod skipped_key;
mod thumbprint;
mod verifying_key;
mod verifying_keys;
mod x509_digest;

pub use jwk::Jwk;
#[doc(hidden)]
pub use jwt_header::JwtHeader;
pub use key_remark::KeyRemark;
pub use key_ring::KeyRing;
pub use key_rules::KeyRules;
pub use key_selection::KeySelection;
pub use key_source::{
    DynKeys, DynLocalKeys, DynSnapshot, IntoKeySource, KeyMiss, KeySource, KeySourceError, LocalKeys,
};
pub use private_jwk::PrivateJwk;
pub use secret::Secret;
pub use set::{JwkSet, PrivateJwkSet};
pub use signer::{AsyncSigner, Signer, SigningFuture};
pub use signing_key::SigningKey;
pub use skipped_key::SkippedKey;
pub use thumbprint::Thumbprint;
pub use verifying_key::VerifyingKey;
pub use verifying_keys::{Candidates, VerifyingKeys};

pub use carnet_jwa::KeyError;
