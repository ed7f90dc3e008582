use crate::parameters::Parameters;
use crate::x509_digest::{Malformed, stated};
use core::fmt;
use sha2::{Digest, Sha256};

/// Something odd about a key that does not keep it from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyRemark {
    /// `x5t` is not base64url of a SHA-1 digest ([RFC 7517 §4.8](https://www.rfc-editor.org/rfc/rfc7517#section-4.8)): some publish base64url of
    /// hexadecimal digits. It is ignored.
    MalformedX5t,
    /// `x5t#S256` is not base64url of a SHA-256 digest. It is ignored.
    MalformedX5tS256,
    /// `x5t#S256` is not the digest of the first certificate in `x5c`. It is ignored. (`x5t` is not compared: it is of SHA-1.)
    X5tS256OfAnotherCertificate,
    /// `x5u` is there; it is never followed.
    X5uNotFollowed,
}

impl KeyRemark {
    pub(crate) fn of(parameters: &Parameters) -> Vec<Self> {
        let mut remarks = Vec::new();
        if let Some(Err(Malformed)) = stated(parameters, "x5t", 20) {
            remarks.push(Self::MalformedX5t);
        }
        match (stated(parameters, "x5t#S256", 32), parameters.certificates.first()) {
            (Some(Err(Malformed)), _) => remarks.push(Self::MalformedX5tS256),
            (Some(Ok(digest)), Some(leaf)) if digest != *Sha256::digest(leaf) => {
                remarks.push(Self::X5tS256OfAnotherCertificate);
            }
            _ => {}
        }
        if parameters.other("x5u").is_some() {
            remarks.push(Self::X5uNotFollowed);
        }
        remarks
    }
}

impl fmt::Display for KeyRemark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedX5t => "\"x5t\" is not base64url of a SHA-1 digest, and is ignored",
            Self::MalformedX5tS256 => "\"x5t#S256\" is not base64url of a SHA-256 digest, and is ignored",
            Self::X5tS256OfAnotherCertificate => {
                "\"x5t#S256\" is not the digest of the first certificate in \"x5c\", and is ignored"
            }
            Self::X5uNotFollowed => "\"x5u\" is never followed",
        })
    }
}
