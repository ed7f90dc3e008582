use super::{HeaderError, is_registered};
use crate::json::{self, Kind, Member};

/// The most names in `crit`. Specifications list one at a time: `b64` (RFC 7797), or the `exp` of the example in RFC 7515 §4.1.11.
const MOST_CRITICAL: usize = 8;

/// RFC 7515 §4.1.11: a non-empty array of distinct names that are in this header and that no specification of JOSE itself defines.
pub(super) fn check(text: &str, members: &[Member], member: &Member) -> Result<(), HeaderError> {
    if member.kind() != Kind::Array {
        return Err(HeaderError::Critical);
    }
    let mut names = Vec::new();
    for element in json::elements(member.value_text(text)) {
        let name = element.string().ok_or(HeaderError::Critical)?;
        let present = json::find(members, &name, text).is_some();
        if names.len() >= MOST_CRITICAL || !present || is_registered(&name) || names.contains(&name) {
            return Err(HeaderError::Critical);
        }
        names.push(name);
    }
    if names.is_empty() { Err(HeaderError::Critical) } else { Ok(()) }
}

/// Whether `crit` lists a name.
pub(super) fn lists(text: &str, members: &[Member], name: &str) -> bool {
    let array = json::find(members, "crit", text).map_or("", |crit| crit.value_text(text));
    json::elements(array).any(|listed| listed.string().as_deref() == Some(name))
}
