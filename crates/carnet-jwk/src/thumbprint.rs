use carnet_core::base64url;
use core::fmt;
use sha2::{Digest, Sha256};

/// The SHA-256 thumbprint of a public key ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)).
///
/// Shown as base64url, the form in which it serves as a `kid`. Two spellings of one key cannot have two thumbprints, since keys are read
/// only in canonical form.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Of the key's required members, written as RFC 7638 §3.3 has them.
    pub(crate) fn of(members: &str) -> Self {
        Self(Sha256::digest(members).into())
    }

    /// The 32 octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}
