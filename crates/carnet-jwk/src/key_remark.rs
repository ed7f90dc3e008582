use crate::certificate;
use crate::parameters::Parameters;
use crate::x509_digest::{Malformed, stated};
use core::fmt;
use sha1::Sha1;
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
    /// `x5t` is not the digest of the first certificate in `x5c`. It is ignored.
    X5tOfAnotherCertificate,
    /// `x5t#S256` is not the digest of the first certificate in `x5c`. It is ignored.
    X5tS256OfAnotherCertificate,
    /// `use`, `key_ops` or `alg` is for something that the key usage of the first certificate in `x5c` leaves out
    /// ([RFC 7517 §4.7](https://www.rfc-editor.org/rfc/rfc7517#section-4.7) wants them to agree). The members count; of a certificate nothing is believed
    /// but the key.
    UnlikeKeyUsage,
    /// `x5u` is there; it is never followed.
    X5uNotFollowed,
}

impl KeyRemark {
    pub(crate) fn of(parameters: &Parameters) -> Vec<Self> {
        let mut remarks = Vec::new();
        let leaf = parameters.certificates.first();
        match (stated(parameters, "x5t", 20), leaf) {
            (Some(Err(Malformed)), _) => remarks.push(Self::MalformedX5t),
            (Some(Ok(digest)), Some(leaf)) if digest != *Sha1::digest(leaf) => {
                remarks.push(Self::X5tOfAnotherCertificate);
            }
            _ => {}
        }
        match (stated(parameters, "x5t#S256", 32), leaf) {
            (Some(Err(Malformed)), _) => remarks.push(Self::MalformedX5tS256),
            (Some(Ok(digest)), Some(leaf)) if digest != *Sha256::digest(leaf) => {
                remarks.push(Self::X5tS256OfAnotherCertificate);
            }
            _ => {}
        }
        if leaf.is_some_and(|leaf| is_unlike_key_usage(parameters, leaf)) {
            remarks.push(Self::UnlikeKeyUsage);
        }
        if parameters.other("x5u").is_some() {
            remarks.push(Self::X5uNotFollowed);
        }
        remarks
    }
}

fn is_unlike_key_usage(parameters: &Parameters, leaf: &[u8]) -> bool {
    let Some(usage) = certificate::key_usage(leaf) else { return false };
    let operations = parameters.operations.iter().flatten().map(String::as_str);
    let unlike = |purpose: &str| match purpose {
        "sig" | "sign" | "verify" => !usage.signatures,
        "enc" | "encrypt" | "decrypt" | "wrapKey" | "unwrapKey" => !usage.encryption,
        "deriveKey" | "deriveBits" => !usage.agreement,
        _ => false,
    };
    // Every algorithm that is known here makes signatures.
    let algorithm = parameters.own_algorithm().ok().flatten().map(|_| "sig");
    operations.chain(parameters.usage.as_deref()).chain(algorithm).any(unlike)
}

impl fmt::Display for KeyRemark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedX5t => "\"x5t\" is not base64url of a SHA-1 digest, and is ignored",
            Self::MalformedX5tS256 => "\"x5t#S256\" is not base64url of a SHA-256 digest, and is ignored",
            Self::X5tOfAnotherCertificate => {
                "\"x5t\" is not the digest of the first certificate in \"x5c\", and is ignored"
            }
            Self::UnlikeKeyUsage => {
                "the key usage of the first certificate in \"x5c\" leaves out what \"use\", \"key_ops\" or \"alg\" is for; the members count"
            }
            Self::X5tS256OfAnotherCertificate => {
                "\"x5t#S256\" is not the digest of the first certificate in \"x5c\", and is ignored"
            }
            Self::X5uNotFollowed => "\"x5u\" is never followed",
        })
    }
}
