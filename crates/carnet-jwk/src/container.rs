//! Keys in PEM and DER: SPKI (RFC 5280), PKCS#8 (RFC 5958), PKCS#1 (RFC 8017) and SEC1 (RFC 5915).
//!
//! The formats are read by the RustCrypto crates; here is only what is taken and what a person is told about the rest.

mod der;
mod pem;

pub(crate) use self::der::{only, private_from_der, private_to_der, public_from_der, public_from_spki, public_to_der};
pub(crate) use pem::{certificate_from_pem, private_from_pem, public_from_pem, to_pem};
