//! The one place that names the cryptographic library.

pub(crate) use ring::{agreement, hmac, rand, rsa, signature};
