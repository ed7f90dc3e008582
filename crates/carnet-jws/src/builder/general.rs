use super::content::Content;
use super::headers::{Form, Headers};
use super::identity::Identity;
use super::{JwsBuilder, SignError, Special};
use carnet_core::Limits;
use carnet_core::json::Writer;
use carnet_jwk::Signer;
use core::fmt;

/// Signs one payload with several keys, in general JSON serialization
/// ([RFC 7515 §7.2.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.2.1)).
///
/// The keys sign one after the other, and at once: a key that takes its time ([`AsyncSigner`](carnet_jwk::AsyncSigner)) signs alone, with
/// [`JwsBuilder::sign_json_async`].
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

    /// Signs `payload` with every key. No key is asked before everything else is known to be right.
    ///
    /// # Errors
    /// [`SignError::TooManySignatures`] and [`SignError::SignaturesDiffer`], and as
    /// [`JwsBuilder::sign_json`] for each signature.
    pub fn sign(&self, payload: &[u8]) -> Result<String, SignError> {
        let limit = Limits::default().signatures;
        if self.others.len() >= limit {
            return Err(SignError::TooManySignatures { limit });
        }
        let special = self.first.0.special();
        let differs = |setting: fn(&Special) -> bool| {
            self.others.iter().any(|(builder, _)| setting(builder.special()) != setting(special))
        };
        if differs(|special| special.unencoded) {
            return Err(SignError::SignaturesDiffer { setting: "unencoded_payload" });
        }
        if differs(|special| special.detached) {
            return Err(SignError::SignaturesDiffer { setting: "detached" });
        }
        let write = |(builder, key): &Signed<'a>| Ok((Headers::new(builder, Form::General, Identity::of(*key))?, *key));
        let written = self.all().map(write).collect::<Result<Vec<_>, SignError>>()?;

        let content = Content::new(payload, special, Form::General)?;
        let sign = |(headers, key): (Headers, &dyn Signer)| {
            let signature = key.sign_message(&headers.message(&content)).map_err(SignError::SigningFailed)?;
            Ok(headers.element(&signature))
        };
        let elements = written.into_iter().map(sign).collect::<Result<Vec<_>, SignError>>()?;
        let mut writer = Writer::with_capacity(content.signed().len().saturating_add(1024));
        if let Some(payload) = content.attached() {
            writer.string("payload", payload);
        }
        writer.raw("signatures", &format!("[{}]", elements.join(",")));
        Ok(writer.finish())
    }

    fn all(&self) -> impl Iterator<Item = &Signed<'a>> {
        core::iter::once(&self.first).chain(&self.others)
    }
}

impl fmt::Debug for GeneralJwsBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all().map(|(builder, _)| builder)).finish()
    }
}
