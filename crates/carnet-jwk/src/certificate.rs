//! X.509 certificates, of which the public key is taken and nothing else believed.

use crate::container;
use base64ct::{Base64, Encoding};
use carnet_core::json::{Kind, Object, elements};
use carnet_core::limits::MAX_KEY_OCTETS;
use carnet_jwa::{KeyError, PublicKey};
use der::{Decode, Encode};

/// The most certificates in `x5c`: chains in use have two or three.
const MOST: usize = 16;

/// The largest that is read by itself, in octets: as base64 in a JWK it must not be too large to be read again. Real ones have less than 4 KiB.
const MAX_OCTETS: usize = MAX_KEY_OCTETS / 2;

const BROKEN: KeyError = KeyError::Encoding { reason: "this is not an X.509 certificate in DER" };

/// The `x5c` of a JWK ([RFC 7517 §4.7](https://www.rfc-editor.org/rfc/rfc7517#section-4.7)): base64 with padding, of DER. The first must hold the key.
pub(crate) fn chain(object: &Object<'_>, key: &PublicKey) -> Result<Vec<Vec<u8>>, KeyError> {
    let Some(member) = object.member("x5c") else { return Ok(Vec::new()) };
    let invalid = |reason| KeyError::invalid("x5c", reason);
    if member.kind() != Kind::Array {
        return Err(invalid("is not an array of strings"));
    }
    let mut certificates = Vec::new();
    for element in elements(member.value_text(object.text())) {
        if certificates.len() >= MOST {
            return Err(invalid("has more than 16 certificates"));
        }
        let text = element.string().ok_or(invalid("is not an array of strings"))?;
        certificates.push(Base64::decode_vec(&text).map_err(|_| invalid("is not base64 with padding"))?);
    }
    let leaf = certificates.first().ok_or(invalid("is empty"))?;
    let held = public_key(leaf).map_err(|_| invalid("does not begin with a certificate that can be read"))?;
    if held != *key {
        return Err(invalid("begins with a certificate of another key"));
    }
    Ok(certificates)
}

/// What a certificate's key is for, as its key usage has it ([RFC 5280 §4.2.1.3](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.3)).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyUsage {
    pub(crate) signatures: bool,
    pub(crate) encryption: bool,
    pub(crate) agreement: bool,
}

/// The key usage of a certificate; `None` where it has none that can be read.
pub(crate) fn key_usage(der: &[u8]) -> Option<KeyUsage> {
    use x509_cert::ext::pkix::KeyUsage as Extension;
    let certificate = x509_cert::Certificate::from_der(der).ok()?;
    let (_, usage) = certificate.tbs_certificate().get_extension::<Extension>().ok()??;
    Some(KeyUsage {
        signatures: usage.digital_signature() || usage.non_repudiation(),
        encryption: usage.key_encipherment() || usage.data_encipherment() || usage.key_agreement(),
        agreement: usage.key_agreement(),
    })
}

/// The key of a certificate in a file of any size.
pub(crate) fn key_of(der: &[u8]) -> Result<PublicKey, KeyError> {
    if der.len() > MAX_OCTETS {
        return Err(KeyError::TooLarge { limit: MAX_OCTETS });
    }
    public_key(der)
}

fn public_key(der: &[u8]) -> Result<PublicKey, KeyError> {
    let certificate = x509_cert::Certificate::from_der(der).map_err(|_| BROKEN)?;
    let info = certificate.tbs_certificate().subject_public_key_info().to_der().map_err(|_| BROKEN)?;
    container::public_from_spki(&info)
}
