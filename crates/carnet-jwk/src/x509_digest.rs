//! Digests of certificates, as `x5t` and `x5t#S256` state them.

use crate::parameters::Parameters;
use carnet_core::base64url;
use carnet_core::json::unescape_onto;

/// The member is not base64url of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// What a member states, where there is such a member.
pub(crate) fn stated(parameters: &Parameters, name: &str, octets: usize) -> Option<Result<Vec<u8>, Malformed>> {
    let json = parameters.other(name)?;
    let digest = json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).and_then(|escaped| {
        let mut text = String::new();
        unescape_onto(escaped, &mut text);
        base64url::decode(&text).ok()
    });
    Some(digest.filter(|digest| digest.len() == octets).ok_or(Malformed))
}
