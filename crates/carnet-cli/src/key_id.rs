//! The `kid` a key is given: `--kid thumbprint` or `--kid NAME`.

use crate::failure::Failure;
use carnet::{Jwk, KeyError, PrivateJwk};

/// What `--kid` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyId {
    /// The key's SHA-256 thumbprint (RFC 7638).
    Thumbprint,
    /// This name.
    Name(String),
}

impl KeyId {
    /// Reads the word `thumbprint`, or a name.
    ///
    /// # Errors
    /// A sentence.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "" => Err("a key ID is thumbprint, or a name of one character or more".to_owned()),
            "thumbprint" => Ok(Self::Thumbprint),
            name => Ok(Self::Name(name.to_owned())),
        }
    }

    /// Names a public key.
    ///
    /// # Errors
    /// The library's, for a name that cannot be a `kid`.
    pub(crate) fn name_public(&self, jwk: Jwk) -> Result<Jwk, KeyError> {
        match self {
            Self::Thumbprint => Ok(jwk.with_thumbprint_key_id()),
            Self::Name(name) => jwk.with_key_id(name),
        }
    }

    /// Names a private key or a shared secret.
    ///
    /// # Errors
    /// The library's, and `usage` for the thumbprint of a shared secret.
    pub(crate) fn name_private(&self, jwk: PrivateJwk) -> Result<PrivateJwk, Failure> {
        match self {
            Self::Thumbprint if jwk.is_symmetric() => Err(Failure::usage(
                "the thumbprint of a shared secret is no kid: it stands in every token and lets whoever reads one test guesses of the secret; \
                 name the key with --kid NAME",
            )),
            Self::Thumbprint => Ok(jwk.with_thumbprint_key_id()),
            Self::Name(name) => Ok(jwk.with_key_id(name)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_or_a_name() {
        assert_eq!(KeyId::parse("thumbprint"), Ok(KeyId::Thumbprint));
        assert_eq!(KeyId::parse("Thumbprint"), Ok(KeyId::Name("Thumbprint".to_owned())));
        assert!(KeyId::parse("").is_err());
    }
}
