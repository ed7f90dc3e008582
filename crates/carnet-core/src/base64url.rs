//! base64url without padding, [RFC 4648 §5](https://www.rfc-editor.org/rfc/rfc4648#section-5) as
//! [RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2) uses it.
//!
//! Decoding is strict: one spelling for each octet string. Padding, `+`, `/`, white space, an impossible
//! length and non-zero trailing bits are refused.
//!
//! Two implementations with one behaviour: the functions of this module are fast and for public text;
//! those of [`secret`] look up no table by secret data and are for key material.

use core::fmt;

/// The text is not base64url without padding.
///
/// Carries nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Base64UrlError;

impl fmt::Display for Base64UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not base64url without padding (RFC 4648 section 5): only A-Z a-z 0-9 - _ in their one canonical form",
        )
    }
}

impl core::error::Error for Base64UrlError {}

/// Encodes public octets.
///
/// ```
/// assert_eq!(carnet_core::base64url::encode(&[3, 236, 255, 224, 193]), "A-z_4ME"); // RFC 7515 appendix C
/// ```
#[must_use]
pub fn encode(octets: &[u8]) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(octets)
}

/// Encodes public octets onto the end of `text`.
pub fn encode_onto(octets: &[u8], text: &mut String) {
    base64_simd::URL_SAFE_NO_PAD.encode_append(octets, text);
}

/// Decodes public text.
///
/// # Errors
/// [`Base64UrlError`] when the text is not the canonical spelling of some octets.
///
/// ```
/// use carnet_core::base64url::decode;
/// assert_eq!(decode("QQ").unwrap(), b"A");
/// assert!(decode("QR").is_err()); // trailing bits
/// assert!(decode("QQ==").is_err()); // padding
/// ```
pub fn decode(text: &str) -> Result<Vec<u8>, Base64UrlError> {
    base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text.as_bytes()).map_err(|_| Base64UrlError)
}

/// Decodes public text onto the end of `octets` and returns how many octets were added.
///
/// # Errors
/// [`Base64UrlError`]; `octets` is then as it was before.
#[inline]
pub fn decode_onto(text: &str, octets: &mut Vec<u8>) -> Result<usize, Base64UrlError> {
    let before = octets.len();
    base64_simd::URL_SAFE_NO_PAD.decode_append(text.as_bytes(), octets).map_err(|_| {
        octets.truncate(before);
        Base64UrlError
    })?;
    Ok(octets.len().saturating_sub(before))
}

/// base64url of key material, without branches or look-ups that depend on it.
pub mod secret {
    use super::Base64UrlError;
    use base64ct::{Base64UrlUnpadded, Encoding};
    use zeroize::Zeroizing;

    /// Encodes secret octets; the text is wiped when dropped.
    #[must_use]
    pub fn encode(octets: &[u8]) -> Zeroizing<String> {
        Zeroizing::new(Base64UrlUnpadded::encode_string(octets))
    }

    /// Decodes secret text; the octets are wiped when dropped.
    ///
    /// # Errors
    /// [`Base64UrlError`] when the text is not the canonical spelling of some octets.
    pub fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, Base64UrlError> {
        // Decoded into a buffer of the final size: a growing one would leave copies behind.
        let mut octets = Zeroizing::new(vec![0; text.len()]);
        let length = Base64UrlUnpadded::decode(text, &mut octets).map_err(|_| Base64UrlError)?.len();
        octets.truncate(length);
        Ok(octets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOT_CANONICAL: &[&str] = &[
        "QR", "QQ=", "QQ==", "Q", "QUJDR", "Q+", "Q/", "QQ ", " QQ", "Q Q", "QQ\n", "Q\r\nQ", "QQ.", "Q*", "Qé",
        "ＱＱ", "QQ\0", "QUI=", "QUJ", "__8=", "_-=", "A-z_4MF",
    ];

    #[test]
    fn d03_non_canonical_text_is_refused() {
        for text in NOT_CANONICAL {
            assert!(decode(text).is_err(), "{text:?}");
            assert!(secret::decode(text).is_err(), "{text:?} as a secret");
            let mut octets = b"kept".to_vec();
            assert!(decode_onto(text, &mut octets).is_err());
            assert_eq!(octets, b"kept");
        }
    }

    proptest! {
        #[test]
        fn both_implementations_agree(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let text = encode(&octets);
            let secret_text = secret::encode(&octets);
            prop_assert_eq!(&text, &*secret_text);
            prop_assert_eq!(&decode(&text).unwrap(), &octets);
            prop_assert_eq!(&*secret::decode(&text).unwrap(), &octets);
        }

        #[test]
        fn both_implementations_refuse_the_same(text in "[A-Za-z0-9_=+/ -]{0,12}") {
            let fast = decode(&text).ok();
            let slow = secret::decode(&text).ok().map(|octets| octets.to_vec());
            prop_assert_eq!(&fast, &slow);
            if let Some(octets) = fast {
                prop_assert_eq!(encode(&octets), text);
            }
        }
    }
}
