use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Secret octets: wiped when dropped, compared in constant time, never shown.
///
/// There is no `Serialize`, no `Deref` and no `Display`; [`expose`](Self::expose) is the one way to the octets.
/// Comparing takes time that depends on the lengths, not on the contents.
///
/// ```
/// use carnet_core::SecretBytes;
/// let secret = SecretBytes::from(b"correct horse".to_vec());
/// assert_eq!(format!("{secret:?}"), "SecretBytes(redacted)");
/// assert_eq!(secret.expose(), b"correct horse");
/// ```
#[derive(Clone)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// The octets themselves. Copies made of them are not wiped.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The number of octets, which is not treated as a secret.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when there are no octets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<u8>> for SecretBytes {
    fn from(octets: Vec<u8>) -> Self {
        Self(Zeroizing::new(octets))
    }
}

impl From<Zeroizing<Vec<u8>>> for SecretBytes {
    fn from(octets: Zeroizing<Vec<u8>>) -> Self {
        Self(octets)
    }
}

impl PartialEq for SecretBytes {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for SecretBytes {}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(redacted)")
    }
}
