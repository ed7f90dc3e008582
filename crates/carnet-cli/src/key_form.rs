//! The forms in which keys are written.

use crate::failure::Failure;
use crate::json_text;
use crate::output;
use carnet::{Jwk, KeyError, PrivateJwk, Quoted};
use clap::ValueEnum;
use std::io::{self, IsTerminal};
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
    /// DER: PKCS#8 or SPKI.
    Der,
    /// DER of RSA keys.
    Pkcs1Der,
    /// DER of private EC keys.
    Sec1Der,
}

/// A key as it was written. Wiped when dropped.
pub(crate) enum Written {
    /// Text, without a line end after it.
    Text(Zeroizing<String>),
    /// DER.
    Octets(Zeroizing<Vec<u8>>),
}

impl Form {
    /// Writes a public key.
    ///
    /// # Errors
    /// The library's, for a form that keys of this type do not have.
    pub(crate) fn write_public(self, jwk: &Jwk) -> Result<Written, KeyError> {
        Ok(match self {
            Self::Jwk => Written::text(json_text::one_line(&jwk.to_json())),
            Self::Pem => Written::text(jwk.to_pem()?),
            Self::Pkcs1 => Written::text(jwk.to_pkcs1_pem()?),
            Self::Der => Written::octets(jwk.to_der()?),
            Self::Pkcs1Der => Written::octets(jwk.to_pkcs1_der()?),
            Self::Sec1 | Self::Sec1Der => {
                return Err(KeyError::Unsupported {
                    what: Quoted::new("public in SEC1"),
                    reason: "SEC1 is a form of private EC keys; write a public one with --to pem or --to der",
                });
            }
        })
    }

    /// Writes a private key or a shared secret.
    ///
    /// # Errors
    /// The library's, for a form that keys of this type do not have.
    pub(crate) fn write_private(self, jwk: &PrivateJwk) -> Result<Written, KeyError> {
        Ok(match self {
            Self::Jwk => Written::text(json_text::one_line(&jwk.expose_json())),
            Self::Pem => Written::text(jwk.expose_pem()?),
            Self::Pkcs1 => Written::text(jwk.expose_pkcs1_pem()?),
            Self::Sec1 => Written::text(jwk.expose_sec1_pem()?),
            Self::Der => Written::octets(jwk.expose_der()?),
            Self::Pkcs1Der => Written::octets(jwk.expose_pkcs1_der()?),
            Self::Sec1Der => Written::octets(jwk.expose_sec1_der()?),
        })
    }
}

impl Written {
    fn text(text: impl Into<Zeroizing<String>>) -> Self {
        let mut text = text.into();
        let length = text.trim_end().len();
        text.truncate(length);
        Self::Text(text)
    }

    fn octets(octets: impl Into<Zeroizing<Vec<u8>>>) -> Self {
        Self::Octets(octets.into())
    }

    /// Writes the key to standard output, a text with a line end after it.
    ///
    /// # Errors
    /// `usage` for DER on a terminal, and `unwritable_output`.
    pub(crate) fn output(&self) -> Result<(), Failure> {
        match self {
            Self::Text(text) => output::result(text),
            Self::Octets(_) if io::stdout().is_terminal() => {
                Err(Failure::usage("DER is no text for a terminal; write it to a file, such as > key.der"))
            }
            Self::Octets(octets) => output::octets(octets),
        }
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
