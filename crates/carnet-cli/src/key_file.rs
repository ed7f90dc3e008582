//! Key files: a JWK, a JWK Set, PEM, or DER.

use crate::failure::Failure;
use crate::single_key::SingleKey;
use crate::source::{self, Source};
use carnet::{Jwk, KeyError, PrivateJwk};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// What a key file holds.
#[derive(Debug)]
pub(crate) enum KeyFile {
    /// One key. Of a certificate, its public key.
    Key(SingleKey),
    /// A JWK Set, whose entries have not been read yet.
    Set(Zeroizing<String>),
}

/// What is said of octets that are no key in any form.
const NO_KEY: KeyError =
    KeyError::Encoding { reason: "no key: neither a JWK nor a JWK Set, which begin with {, nor PEM nor DER" };

/// What is said of octets that are nothing, or nothing but white space.
const EMPTY: KeyError = KeyError::Encoding { reason: "nothing is in it; carnet key generate --alg ES256 makes a key" };
/// How a certificate begins.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";
const CHAIN: KeyError = KeyError::Encoding {
    reason: "several certificates, as a chain has them (fullchain.pem); keep only the first, which is that of the key: openssl x509 -in FILE",
};
const OPENSSH_PUBLIC: &str = "an OpenSSH public key; an RSA or ECDSA key is written in another form with: ssh-keygen -e -m PKCS8 -f FILE; \
                              an Ed25519 key cannot be: make a new one with carnet key generate --alg EdDSA";
const TRUSTED: KeyError = KeyError::Encoding {
    reason: "this is a certificate in a form of OpenSSL alone; write it anew with: openssl x509 -in FILE -out CERTIFICATE.pem",
};
/// ssh-keygen rewrites the file in its place, and writes no Ed25519 key in another form.
const OPENSSH: KeyError = KeyError::Encoding {
    reason: "an OpenSSH private key; a copy of an RSA or ECDSA key is rewritten with: ssh-keygen -p -m PKCS8 -f COPY \
             (in its place), and an Ed25519 key cannot be: make a new one with carnet key generate --alg EdDSA",
};
const BYTE_ORDER_MARK: KeyError = KeyError::Encoding {
    reason: "a byte order mark (UTF-8 BOM) stands before the JSON, where strict JSON has none; write the file without it",
};
const UTF_16: KeyError =
    KeyError::Encoding { reason: "it begins as UTF-16 text does, such as some shells write with >; write it as UTF-8" };

impl KeyFile {
    /// Reads a file of at most `limit` octets and finds out what it holds.
    ///
    /// # Errors
    /// That the file cannot be read or holds no key, and the library's.
    pub(crate) fn read(source: &Source, limit: usize) -> Result<Self, Failure> {
        Self::parse(source.read(limit)?).map_err(|error| Failure::key(source, &error))
    }

    /// Reads a file with one key.
    ///
    /// # Errors
    /// As [`read`](Self::read), and that it is a JWK Set, a sentence that `rest` ends.
    pub(crate) fn read_single(source: &Source, rest: &str) -> Result<SingleKey, Failure> {
        match Self::read(source, source::SET)? {
            Self::Key(key) => Ok(key),
            Self::Set(_) => Err(Failure::set(source, rest)),
        }
    }

    /// Finds out what a file holds.
    ///
    /// # Errors
    /// That it holds no key, and the library's.
    pub(crate) fn parse(mut octets: Zeroizing<Vec<u8>>) -> Result<Self, KeyError> {
        if is_der(&octets) {
            return der(&octets).map(Self::Key);
        }
        if octets.starts_with(b"\xff\xfe") || octets.starts_with(b"\xfe\xff") {
            return Err(UTF_16);
        }
        let text = match String::from_utf8(core::mem::take(&mut *octets)) {
            Ok(text) => Zeroizing::new(text),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                return Err(NO_KEY);
            }
        };
        if text.trim_start().is_empty() {
            return Err(EMPTY);
        }
        if text.strip_prefix('\u{feff}').is_some_and(|rest| rest.trim_start().starts_with('{')) {
            return Err(BYTE_ORDER_MARK);
        }
        if text.trim_start().starts_with('{') && Shape::of(&text).is_set() {
            return Ok(Self::Set(text));
        }
        single(&text).map(Self::Key)
    }
}

fn single(text: &str) -> Result<SingleKey, KeyError> {
    if text.trim_start().starts_with('{') {
        if Shape::of(text).is_private() {
            PrivateJwk::from_json(text).map(SingleKey::from)
        } else {
            Jwk::from_json(text).map(SingleKey::from)
        }
    } else if text.contains("-----BEGIN ") {
        if text.contains("-----BEGIN OPENSSH PRIVATE KEY-----") {
            Err(OPENSSH)
        } else if text.matches(CERTIFICATE).count() > 1 && !text.contains("PRIVATE KEY-----") {
            Err(CHAIN)
        } else if text.contains("PRIVATE KEY-----") {
            PrivateJwk::from_pem(text).map(SingleKey::from)
        } else if text.contains("-----BEGIN TRUSTED CERTIFICATE-----") {
            Err(TRUSTED)
        } else if text.contains("CERTIFICATE-----") {
            Jwk::from_x509_pem(text).map(SingleKey::from)
        } else {
            Jwk::from_pem(text).map(SingleKey::from)
        }
    } else if ["ssh-", "ecdsa-sha2-"].iter().any(|start| text.starts_with(start)) {
        Err(KeyError::Encoding { reason: OPENSSH_PUBLIC })
    } else {
        Err(NO_KEY)
    }
}

/// Whether the octets begin as a SEQUENCE does: with a length in one octet, which is that of all the rest, or in more, which no text has there.
fn is_der(octets: &[u8]) -> bool {
    matches!(octets, [0x30, 0x81..=0x84, ..])
        || matches!(octets, [0x30, length, rest @ ..] if usize::from(*length) == rest.len())
}

/// DER does not say what it holds: everything is tried. Where nothing can be read, the reason is the first that tells more than the form being wrong.
fn der(octets: &[u8]) -> Result<SingleKey, KeyError> {
    let private = match PrivateJwk::from_der(octets) {
        Ok(key) => return Ok(key.into()),
        Err(reason) => reason,
    };
    let public = match Jwk::from_der(octets) {
        Ok(key) => return Ok(key.into()),
        Err(reason) => reason,
    };
    let certificate = match Jwk::from_x509_der(octets) {
        Ok(key) => return Ok(key.into()),
        Err(reason) => reason,
    };
    let tells = |reason: &&KeyError| !matches!(reason, KeyError::Encoding { .. });
    let reason = [&private, &public, &certificate].into_iter().find(tells);
    Err(reason.unwrap_or(&private).clone())
}

/// Which members a JSON object has, as far as they tell what it is. The library reads it afterwards and has the last word.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Shape<'a> {
    #[serde(borrow)]
    kty: Option<&'a RawValue>,
    keys: Option<IgnoredAny>,
    d: Option<IgnoredAny>,
    p: Option<IgnoredAny>,
    q: Option<IgnoredAny>,
    dp: Option<IgnoredAny>,
    dq: Option<IgnoredAny>,
    qi: Option<IgnoredAny>,
    oth: Option<IgnoredAny>,
    k: Option<IgnoredAny>,
    r#priv: Option<IgnoredAny>,
}

impl Shape<'_> {
    /// The shape of what cannot be read is that of a public key, whose reader then says what is wrong.
    fn of(json: &str) -> Shape<'_> {
        serde_json::from_str(json).unwrap_or_default()
    }

    const fn is_set(&self) -> bool {
        self.kty.is_none() && self.keys.is_some()
    }

    fn is_private(&self) -> bool {
        let Self { kty, keys: _, d, p, q, dp, dq, qi, oth, k, r#priv } = self;
        let kty = kty.and_then(|kty| serde_json::from_str::<String>(kty.get()).ok());
        kty.as_deref() == Some("oct") || [d, p, q, dp, dq, qi, oth, k, r#priv].iter().any(|member| member.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let shape = |json| {
            let shape = Shape::of(json);
            (shape.is_set(), shape.is_private())
        };
        assert_eq!(shape(r#"{"keys":[]}"#), (true, false));
        assert_eq!(shape(r#"{"keys":7}"#), (true, false));
        assert_eq!(shape(r#"{"kty":"RSA","keys":[]}"#), (false, false));
        assert_eq!(shape(r#"{"kty":"EC","x":"","y":""}"#), (false, false));
        assert_eq!(shape(r#"{"kty":"EC","\u0064":""}"#), (false, true));
        assert_eq!(shape(r#"{"kty":"oct"}"#), (false, true));
        assert_eq!(shape(r#"{"kty":"\u006fct"}"#), (false, true));
        assert_eq!(shape(r#"{"kty":1,"d":""}"#), (false, true));
        assert_eq!(shape(r#"{"kty":null,"keys":[]}"#), (true, false));
        assert_eq!(shape(r#"{"kty":"EC","d":1,"d":2}"#), (false, false));
        assert_eq!(shape("{"), (false, false));
    }

    #[test]
    fn what_is_no_key_is_told_apart() {
        let reason = |octets: &[u8]| KeyFile::parse(Zeroizing::new(octets.to_vec())).unwrap_err().to_string();
        for nothing in [&b"hello"[..], b"0 hello", b"\xff\x00", b"0\xc3\xa9", b"\xef\xbb\xbfhello"] {
            assert!(reason(nothing).starts_with("no key: neither"), "{nothing:?}");
        }
        for empty in [&b""[..], b"\n", b" \t\r\n"] {
            assert!(reason(empty).starts_with("nothing is in it; "), "{empty:?}");
        }
        assert!(reason(b"\xef\xbb\xbf{}").contains("(UTF-8 BOM)"));
        assert!(reason(b"\xff\xfe{\x00}\x00").contains("UTF-16"));
        for broken in [&b"\x30\x82\xff\xff"[..], b"\x30\x03\x02\x01\x00", b"\x30\x00"] {
            assert!(reason(broken).starts_with("the DER is broken, encrypted, or holds no key"), "{broken:?}");
        }
        assert!(reason(b"ssh-rsa AAAA").contains("ssh-keygen"));
        assert!(reason(b"{").starts_with("the key is not strict JSON"));
        assert!(reason(b"0\n-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n").contains("X.509"));
    }
}
