use carnet_core::Quoted;
use core::fmt;
use serde::Deserialize;

/// Claims that do not fit the caller's type. Names the member and never shows its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimsError {
    /// The path of the member, such as `"address.street"` or `"roles[1]"`; empty when the claims as a whole do not fit.
    pub path: Quoted,
    /// Whether it is missing rather than of the wrong type.
    pub missing: bool,
}

impl ClaimsError {
    /// Finds the member that does not fit. Only on the way to an error, since it reads everything once more.
    pub(super) fn locate<'de, C: Deserialize<'de>>(text: &'de str) -> Self {
        let mut json = serde_json::Deserializer::from_str(text);
        let Err(error) = serde_path_to_error::deserialize::<_, C>(&mut json) else {
            return Self { path: Quoted::new(""), missing: false };
        };
        let mut path = error.path().to_string();
        if path == "." {
            path.clear();
        }
        // The one message of serde that is looked at: the name in it comes from the type, not from the token.
        let message = error.inner().to_string();
        let field =
            message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')).map(|(field, _)| field);
        // A type that reads itself may put anything there; what serde derives from a type is a plain name.
        let plain = |field: &&str| {
            field.len() <= 64 && field.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"_-.:/#".contains(&octet))
        };
        let field = field.filter(plain);
        if let Some(field) = field {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(field);
        }
        Self { path: Quoted::new(&path), missing: field.is_some() }
    }
}

impl fmt::Display for ClaimsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.missing {
            write!(f, "the claim {} is missing", self.path)
        } else if self.path == Quoted::new("") {
            f.write_str("the claims do not fit the type they are read into")
        } else {
            write!(f, "the claim {} does not fit the type it is read into", self.path)
        }
    }
}

impl core::error::Error for ClaimsError {}
