//! Key files: a JWK, a JWK Set, or PEM.

use crate::failure::Failure;
use crate::source::Source;
use carnet::{Jwk, KeyError, PrivateJwk};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// What a key file holds.
#[derive(Debug)]
pub(crate) enum KeyFile {
    /// A public key.
    Public(Box<Jwk>),
    /// A private key, or a shared secret as a JWK.
    Private(Box<PrivateJwk>),
    /// A JWK Set, whose entries have not been read yet.
    Set(Zeroizing<String>),
}

impl KeyFile {
    /// Reads a file of at most `limit` octets and finds out what it holds.
    ///
    /// # Errors
    /// That the file cannot be read or holds no key, and the library's.
    pub(crate) fn read(source: &Source, limit: usize) -> Result<Self, Failure> {
        let not_text = (
            "invalid_key",
            "not text: a key file is a JWK, a JWK Set or PEM; DER becomes PEM with: openssl pkey -inform DER -in FILE (add -pubin for a public key)",
        );
        let text = source.read_text(limit, not_text)?;
        if text.trim_start().starts_with('{') && Shape::of(&text).is_set() {
            return Ok(Self::Set(text));
        }
        Self::single(&text).map_err(|error| Failure::key(source, &error))
    }

    fn single(text: &str) -> Result<Self, KeyError> {
        let public = |key| Self::Public(Box::new(key));
        let private = |key| Self::Private(Box::new(key));
        if text.trim_start().starts_with('{') {
            if Shape::of(text).is_private() {
                PrivateJwk::from_json(text).map(private)
            } else {
                Jwk::from_json(text).map(public)
            }
        } else if text.contains("-----BEGIN ") {
            if text.contains("PRIVATE KEY-----") {
                PrivateJwk::from_pem(text).map(private)
            } else {
                Jwk::from_pem(text).map(public)
            }
        } else if ["ssh-", "ecdsa-sha2-"].iter().any(|start| text.starts_with(start)) {
            Err(KeyError::Encoding { reason: "an OpenSSH public key; rewrite it with: ssh-keygen -e -m PKCS8 -f FILE" })
        } else {
            Err(KeyError::Encoding { reason: "no key: neither a JWK or a JWK Set, which begin with {, nor PEM" })
        }
    }
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
        let reason = |text| KeyFile::single(text).unwrap_err().to_string();
        assert!(reason("hello").starts_with("no key: neither"));
        assert!(reason("ssh-rsa AAAA").contains("ssh-keygen"));
        assert!(reason("{").starts_with("the key is not strict JSON"));
        assert!(reason("-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n").contains("openssl x509"));
    }
}
