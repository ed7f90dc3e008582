use carnet_jwk::KeyError;
use carnet_jws::EmbeddedKeyPolicyError;
use core::fmt;

/// A policy for DPoP proofs that would be a mistake. The program is at fault, not a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DpopPolicyError {
    /// The list of algorithms is empty, or has one that needs a shared secret.
    Algorithms(EmbeddedKeyPolicyError),
    /// The largest age is less than a second or more than an hour.
    MaxAge,
    /// The leeway is more than five minutes.
    Leeway,
    /// The period of the nonces is less than a second or more than an hour.
    NoncePeriod,
    /// The secret of the nonces cannot be used.
    NonceSecret(KeyError),
}

impl DpopPolicyError {
    /// The stable code, `invalid_policy`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_policy"
    }
}

impl fmt::Display for DpopPolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Algorithms(error) => error.fmt(f),
            Self::MaxAge => f.write_str("the largest age of a DPoP proof is not from 1 s to 1 h; a minute is usual"),
            Self::Leeway => f.write_str(
                "the leeway for DPoP proofs is above 5 min; leeway is for clocks that differ, not for longer lives",
            ),
            Self::NoncePeriod => {
                f.write_str("the period of the DPoP nonces is not from 1 s to 1 h; a minute or two are usual")
            }
            Self::NonceSecret(error) => write!(f, "the secret of the DPoP nonces cannot be used: {error}"),
        }
    }
}

impl core::error::Error for DpopPolicyError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Algorithms(error) => Some(error),
            Self::NonceSecret(error) => Some(error),
            Self::MaxAge | Self::Leeway | Self::NoncePeriod => None,
        }
    }
}
