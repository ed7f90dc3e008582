//! Reading the members of a JWK.

use carnet_core::base64url;
use carnet_core::json::Object;
use carnet_jwa::KeyError;
use std::borrow::Cow;
use zeroize::Zeroizing;

const NOT_A_STRING: &str = "is not a string";
const NOT_BASE64URL: &str = "is not base64url without padding";

pub(crate) fn string<'a>(object: &Object<'a>, member: &'static str) -> Result<Option<Cow<'a, str>>, KeyError> {
    object.string(member).map_err(|_| KeyError::invalid(member, NOT_A_STRING))
}

pub(crate) fn required<'a>(object: &Object<'a>, member: &'static str) -> Result<Cow<'a, str>, KeyError> {
    string(object, member)?.ok_or(KeyError::MissingMember { member })
}

/// A public number or point.
pub(crate) fn octets(object: &Object<'_>, member: &'static str) -> Result<Vec<u8>, KeyError> {
    base64url::decode(&required(object, member)?).map_err(|_| KeyError::invalid(member, NOT_BASE64URL))
}

/// Key material: decoded without look-ups that depend on it, wiped when dropped.
pub(crate) fn secret(object: &Object<'_>, member: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let decode = |text: &str| base64url::secret::decode(text).map_err(|_| KeyError::invalid(member, NOT_BASE64URL));
    match required(object, member)? {
        Cow::Borrowed(text) => decode(text),
        Cow::Owned(unescaped) => decode(&Zeroizing::new(unescaped)),
    }
}
