//! RSA keys ([RFC 7518 §3.3 and §3.5](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
//!
//! A modulus has 2048 to 8192 bits, counted in bits, and is odd; the exponent is odd and 3 ≤ e < 2^33. Moduli with the mark of the
//! ROCA defect (CVE-2017-15361) are refused.

mod private;
mod public;
mod roca;

pub(crate) use private::RsaSigner;
pub use private::{RsaComponents, RsaPrivateKey};
pub use public::RsaPublicKey;

#[cfg(test)]
mod tests;
