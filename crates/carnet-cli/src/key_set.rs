//! JWK Sets as files hold them.

use crate::failure::Failure;
use crate::output;
use crate::source::Source;
use carnet::{JwkSet, Limits};

/// The entries that are read: as many as the library reads at the very most.
const ENTRIES: usize = 10_000;

/// Reads a set.
///
/// # Errors
/// The library's, for a text that is no set. Entries cause none.
pub(crate) fn read(file: &Source, text: &str) -> Result<JwkSet, Failure> {
    let mut limits = Limits::default();
    limits.keys_per_set = ENTRIES;
    JwkSet::from_json_with(text, &limits).map_err(|error| Failure::key(file, &error))
}

/// Says that a set of public keys holds private ones.
pub(crate) fn warn_of_private_entries(file: &Source, set: &JwkSet) {
    if !set.private_entries().is_empty() {
        let entries = entries(set.private_entries().iter().copied());
        output::warning(format_args!(
            "{file}: the set holds private keys, in {entries} (counted from 0); if it was published, exchange them"
        ));
    }
}

/// Places for a sentence: `entry 1`, or `entries 1, 2`.
pub(crate) fn entries(places: impl IntoIterator<Item = usize>) -> String {
    let places: Vec<String> = places.into_iter().map(|place| place.to_string()).collect();
    format!("{} {}", if places.len() == 1 { "entry" } else { "entries" }, places.join(", "))
}
