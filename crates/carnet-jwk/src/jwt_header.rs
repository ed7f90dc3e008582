use carnet_core::base64url;
use carnet_core::json::Writer;

/// The encoded protected header of a JWT that says nothing but `alg`, `typ` (`JWT`) and `kid`: what most tokens have, so a key writes it once.
///
/// Only [`SigningKey`](crate::SigningKey)s can make one, so it needs no check when it is used.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct JwtHeader(String);

impl JwtHeader {
    pub(crate) fn new(algorithm: &str, key_id: Option<&str>) -> Self {
        let mut writer = Writer::with_capacity(128);
        writer.string("alg", algorithm);
        writer.string("typ", "JWT");
        if let Some(key_id) = key_id {
            writer.string("kid", key_id);
        }
        Self(base64url::encode(writer.finish().as_bytes()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
