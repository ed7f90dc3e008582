//! DPoP proofs (RFC 9449), and the access tokens that are bound to their key.
#![cfg(test)]
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

mod binding;
mod desk;
mod must;
mod nonces;
mod proofs;
mod replay;
mod uris;
