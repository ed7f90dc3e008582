//! The forms in which keys are written.

use crate::json_text;
use carnet::{Jwk, KeyError, PrivateJwk, Quoted};
use clap::ValueEnum;
use zeroize::Zeroizing;

/// A form that every asymmetric key has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A JSON Web Key on one line.
    Jwk,
    /// PEM: PRIVATE KEY (PKCS#8) or PUBLIC KEY (SPKI). It has no room for kid and alg.
    Pem,
}

/// A form of which some are for keys of one type only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A JSON Web Key on one line.
    Jwk,
    /// PEM: PRIVATE KEY (PKCS#8) or PUBLIC KEY (SPKI).
    Pem,
    /// PEM of RSA keys: RSA PRIVATE KEY or RSA PUBLIC KEY.
    Pkcs1,
    /// PEM of private EC keys: EC PRIVATE KEY.
    Sec1,
}

impl Form {
    /// Writes a public key, without a line end after it.
    ///
    /// # Errors
    /// The library's, for a form that keys of this type do not have.
    pub(crate) fn write_public(self, jwk: &Jwk) -> Result<String, KeyError> {
        let text = match self {
            Self::Jwk => json_text::one_line(&jwk.to_json()),
            Self::Pem => jwk.to_pem()?,
            Self::Pkcs1 => jwk.to_pkcs1_pem()?,
            Self::Sec1 => {
                return Err(KeyError::Unsupported {
                    what: Quoted::new("public in SEC1"),
                    reason: "SEC1 is a form of private EC keys; write a public one with --to pem",
                });
            }
        };
        Ok(text.trim_end().to_owned())
    }

    /// Writes a private key or a shared secret, without a line end after it. Wiped when dropped.
    ///
    /// # Errors
    /// The library's, for a form that keys of this type do not have.
    pub(crate) fn write_private(self, jwk: &PrivateJwk) -> Result<Zeroizing<String>, KeyError> {
        let mut text = match self {
            Self::Jwk => Zeroizing::new(json_text::one_line(&jwk.expose_json())),
            Self::Pem => jwk.expose_pem()?,
            Self::Pkcs1 => jwk.expose_pkcs1_pem()?,
            Self::Sec1 => jwk.expose_sec1_pem()?,
        };
        let length = text.trim_end().len();
        text.truncate(length);
        Ok(text)
    }
}

impl From<Format> for Form {
    fn from(format: Format) -> Self {
        match format {
            Format::Jwk => Self::Jwk,
            Format::Pem => Self::Pem,
        }
    }
}
