use super::JwsBuilder;
use super::error::SignError;
use super::headers::{Form, Headers};
use super::identity::Identity;
use crate::pieces::{Stopped, read_pieces};
use crate::representation::Representation;
use carnet_core::{Limits, base64url};
use carnet_jwk::Signer;
use std::io::{self, Read};

impl JwsBuilder<'_> {
    /// Signs a payload that is read to its end, and leaves it out of the token: `header..signature`
    /// ([RFC 7515 appendix F](https://www.rfc-editor.org/rfc/rfc7515#appendix-F)).
    ///
    /// It is hashed as it comes and may have any length with HMAC and, on aws-lc-rs without `fips`, with RSA and ECDSA. Of EdDSA, of ML-DSA, of a signer outside the
    /// process and, on ring and under `fips`, of RSA and ECDSA it is held in memory, and may then have at most 64 MiB ([`Limits::detached_octets`] by default).
    ///
    /// The outer result is the reader's. `?` twice gives both on.
    ///
    /// # Errors
    /// Outside what the reader fails with; inside as [`sign`](Self::sign), and [`SignError::PayloadTooLarge`].
    ///
    /// # Examples
    /// ```
    /// use carnet_jwa::Algorithm::HS256;
    /// use carnet_jwk::{Secret, SigningKey};
    /// use carnet_jws::{JwsBuilder, JwsVerifier};
    /// let key = SigningKey::from_secret(HS256, &Secret::from_bytes(b"an example of 32 octets or more.")?)?;
    /// let document = &b"a long document"[..]; // may be a file
    /// let token = JwsBuilder::new().sign_detached_reader(document, &key)??;
    /// assert!(JwsVerifier::new(key.verifying_key()).verify_detached(&token, document).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sign_detached_reader(&self, payload: impl Read, key: &dyn Signer) -> io::Result<Result<String, SignError>> {
        Stopped::apart(self.sign_read(payload, key))
    }

    fn sign_read(&self, payload: impl Read, key: &dyn Signer) -> Result<String, Stopped<SignError>> {
        let headers = Headers::new(self, Form::Compact, Identity::of(key))?;
        let mut representation = Representation::new(self.special().unencoded);
        let signature = if let Some(mut stream) = key.stream() {
            stream.update(headers.protected.as_bytes());
            stream.update(b".");
            read_pieces(payload, |piece| {
                representation.update(piece, |text| stream.update(text));
                Ok(())
            })?;
            representation.finish(|text| stream.update(text));
            stream.sign()
        } else {
            let mut message = [headers.protected.as_bytes(), b"."].concat();
            let (limit, mut length) = (Limits::default().detached_octets, 0_usize);
            read_pieces(payload, |piece| {
                length = length.saturating_add(piece.len());
                if length > limit {
                    return Err(SignError::PayloadTooLarge { limit });
                }
                representation.update(piece, |text| message.extend_from_slice(text));
                Ok(())
            })?;
            representation.finish(|text| message.extend_from_slice(text));
            key.sign_message(&message)
        };
        let signature = signature.map_err(SignError::SigningFailed)?;
        Ok(format!("{}..{}", headers.protected, base64url::encode(&signature)))
    }
}
