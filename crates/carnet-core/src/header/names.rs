use super::HeaderError;
use crate::json::Member;
use crate::quoted::Quoted;
use std::borrow::Cow;

/// Names that `crit` may not list: those the specifications of JWS, JWE and JWA define themselves.
const REGISTERED: &[&str] = &[
    "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "enc", "zip", "epk", "apu",
    "apv", "iv", "tag", "p2s", "p2c",
];

/// Members of a JWK that only a private or a symmetric key has.
pub const PRIVATE_KEY_MEMBERS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// Whether JWS, JWE or JWA itself defines a header parameter of this name, so that it is no extension and `crit` may not list it
/// ([RFC 7515 §4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11)).
///
/// ```
/// use carnet_core::header::is_registered;
/// assert!(is_registered("alg") && !is_registered("b64") && !is_registered("exp"));
/// ```
#[must_use]
pub fn is_registered(name: &str) -> bool {
    REGISTERED.contains(&name)
}

/// The registered name that equals `name`.
pub(super) fn registered(name: &str) -> &'static str {
    REGISTERED.iter().find(|known| **known == name).copied().unwrap_or_default()
}

/// Refuses a name that stands in the protected and in the unprotected header
/// ([RFC 7515 §7.2.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.2.1)). Each is given as its text and the members that were read from it.
///
/// # Errors
/// [`HeaderError::InBothHeaders`].
pub fn check_disjoint(protected: (&str, &[Member]), unprotected: (&str, &[Member])) -> Result<(), HeaderError> {
    let names = |(text, members): (&'_ str, &[Member])| -> Vec<String> {
        members.iter().map(|member| member.name(text)).map(Cow::into_owned).collect()
    };
    // Sorted, so that the work stays in proportion however many names there are.
    let mut sorted = names(protected);
    sorted.sort_unstable();
    match names(unprotected).into_iter().find(|name| sorted.binary_search(name).is_ok()) {
        Some(name) => Err(HeaderError::InBothHeaders { name: Quoted::new(&name) }),
        None => Ok(()),
    }
}
