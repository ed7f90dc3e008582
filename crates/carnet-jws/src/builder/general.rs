use super::written::Written;
use super::{JwsBuilder, SignError};
use carnet_core::Limits;
use carnet_core::json::Writer;
use carnet_jwk::Signer;
use core::fmt;

/// Signs one payload with several keys, in general JSON serialization
/// ([RFC 7515 §7.2.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.2.1)).
///
/// Each signature has a [`JwsBuilder`] for its headers. All of them must say the same of [`unencoded_payload`](JwsBuilder::unencoded_payload) and of
/// [`detached`](JwsBuilder::detached), since there is one payload.
///
/// # Examples
/// ```
/// use carnet_jwa::Algorithm::{ES256, EdDSA};
/// use carnet_jwk::SigningKey;
/// use carnet_jws::{GeneralJwsBuilder, JwsBuilder};
/// let (author, notary) = (SigningKey::generate(ES256)?, SigningKey::generate(EdDSA)?);
/// let text = GeneralJwsBuilder::new(JwsBuilder::new().key_id("author"), &author)
///     .signature(JwsBuilder::new().key_id("notary"), &notary)
///     .sign(b"a deed")?;
/// assert!(text.starts_with(r#"{"payload":"YSBkZWVk","signatures":[{"protected":""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct GeneralJwsBuilder<'a> {
    first: Signed<'a>,
    others: Vec<Signed<'a>>,
}

type Signed<'a> = (JwsBuilder<'a>, &'a dyn Signer);

impl<'a> GeneralJwsBuilder<'a> {
    /// A builder with one signature by `key`, with the headers of `builder`.
    #[must_use]
    pub fn new(builder: JwsBuilder<'a>, key: &'a dyn Signer) -> Self {
        Self { first: (builder, key), others: Vec::new() }
    }

    /// Adds another signature by `key`, with the headers of `builder`.
    #[must_use]
    pub fn signature(mut self, builder: JwsBuilder<'a>, key: &'a dyn Signer) -> Self {
        self.others.push((builder, key));
        self
    }

    /// Signs `payload` with every key.
    ///
    /// # Errors
    /// [`SignError::TooManySignatures`] and [`SignError::SignaturesDiffer`], and as
    /// [`JwsBuilder::sign_json`] for each signature.
    pub fn sign(&self, payload: &[u8]) -> Result<String, SignError> {
        let limit = Limits::default().signatures;
        if self.others.len() >= limit {
            return Err(SignError::TooManySignatures { limit });
        }
        let written = |(builder, key): &Signed<'_>| Written::new(builder, payload, *key);
        let first = written(&self.first)?;
        let others = self.others.iter().map(written).collect::<Result<Vec<_>, _>>()?;
        let payload = &first.signed;
        if others.iter().any(|other| other.signed.unencoded != payload.unencoded) {
            return Err(SignError::SignaturesDiffer { setting: "unencoded_payload" });
        }
        if others.iter().any(|other| other.signed.detached != payload.detached) {
            return Err(SignError::SignaturesDiffer { setting: "detached" });
        }
        let elements: Vec<String> = core::iter::once(&first).chain(&others).map(Written::element).collect();
        let mut writer = Writer::with_capacity(payload.payload.len().saturating_add(1024));
        if !payload.detached {
            writer.string("payload", payload.payload_text()?);
        }
        writer.raw("signatures", &format!("[{}]", elements.join(",")));
        Ok(writer.finish())
    }
}

impl fmt::Debug for GeneralJwsBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let builders = core::iter::once(&self.first).chain(&self.others).map(|(builder, _)| builder);
        f.debug_list().entries(builders).finish()
    }
}
