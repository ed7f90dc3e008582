use super::error::SignError;
use super::identity::Identity;
use super::written::Headers;
use super::{JwsBuilder, Special};
use crate::representation::Representation;
use carnet_core::{Limits, base64url};
use carnet_jwa::Signature;
use carnet_jwk::Signer;
use std::io::{self, Read};

/// How much of a payload is read at a time, in octets.
const AT_A_TIME: usize = 48 * 1024;

impl JwsBuilder<'_> {
    /// Signs a payload that is read to its end, and leaves it out of the token: `header..signature`
    /// ([RFC 7515 appendix F](https://www.rfc-editor.org/rfc/rfc7515#appendix-F)).
    ///
    /// It is hashed as it comes and may have any length with HMAC and, on aws-lc-rs, with RSA and ECDSA. Of EdDSA, of ML-DSA, of a signer outside the process and,
    /// on ring, of RSA and ECDSA it is held in memory, and may then have at most 64 MiB ([`Limits::detached_octets`] by default).
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
        let none = Special::default();
        let special = self.special.as_deref().unwrap_or(&none);
        let headers = match self.check_compact(special).and_then(|()| Headers::new(self, special, Identity::of(key))) {
            Ok(headers) => headers,
            Err(error) => return Ok(Err(error)),
        };
        let signature = match key.stream() {
            Some(mut stream) => {
                stream.update(headers.protected.as_bytes());
                stream.update(b".");
                let length = read(payload, usize::MAX, special.unencoded, |piece| stream.update(piece))?;
                length.and_then(|()| stream.sign().map_err(SignError::SigningFailed))
            }
            None => {
                let mut message = [headers.protected.as_bytes(), b"."].concat();
                let limit = Limits::default().detached_octets;
                let length = read(payload, limit, special.unencoded, |piece| message.extend_from_slice(piece))?;
                length.and_then(|()| key.sign_message(&message).map_err(SignError::SigningFailed))
            }
        };
        let token = |signature: Signature| format!("{}..{}", headers.protected, base64url::encode(&signature));
        Ok(signature.map(token))
    }
}

/// Reads a payload to its end and shows its representation.
fn read(
    mut payload: impl Read,
    limit: usize,
    unencoded: bool,
    mut message: impl FnMut(&[u8]),
) -> io::Result<Result<(), SignError>> {
    let mut representation = Representation::new(unencoded);
    let mut piece = vec![0; AT_A_TIME];
    let mut length = 0_usize;
    loop {
        match payload.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => {
                length = length.saturating_add(read);
                if length > limit {
                    return Ok(Err(SignError::PayloadTooLarge { limit }));
                }
                representation.update(piece.get(..read).unwrap_or_default(), &mut message);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    representation.finish(message);
    Ok(Ok(()))
}
