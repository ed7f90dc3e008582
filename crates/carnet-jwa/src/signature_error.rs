use core::fmt;

/// The signature is not one of this key over this message. There is no detail, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidSignature;

impl fmt::Display for InvalidSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signature is invalid")
    }
}

impl core::error::Error for InvalidSignature {}

/// Nothing was signed. A backend says no more; a signer outside the process may.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SigningFailed {
    reason: Option<String>,
}

impl SigningFailed {
    /// Without a reason.
    #[must_use]
    pub const fn new() -> Self {
        Self { reason: None }
    }

    /// With a reason for the operator's eyes. It must not hold key material.
    #[must_use]
    pub fn because(reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()) }
    }
}

impl fmt::Display for SigningFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Some(reason) => write!(f, "signing failed: {reason}"),
            None => f.write_str("signing failed: the backend could not sign, for want of random octets or because the numbers of an RSA key are not what they should be"),
        }
    }
}

impl core::error::Error for SigningFailed {}
