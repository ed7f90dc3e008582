use core::fmt;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// What a token says of who may present it: `cnf` ([RFC 7800 §3](https://www.rfc-editor.org/rfc/rfc7800#section-3)). Reading it never fails, so that what is bound in a way nobody knows is
/// told as bound, and not as malformed.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) enum Binding {
    /// Nothing: whoever has it.
    #[default]
    Absent,
    /// `jkt` and nothing else: whoever has the key of this thumbprint.
    Key(String),
    /// Anything else, `null` included: in a way that is not checked here, or in several of which not all are.
    Other,
}

impl<'de> Deserialize<'de> for Binding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Confirmation::Members(Members(members)) = Confirmation::deserialize(deserializer)? else {
            return Ok(Self::Other);
        };
        Ok(match <[_; 1]>::try_from(members) {
            Ok([(name, Value::String(thumbprint))]) if name == "jkt" => Self::Key(thumbprint),
            _ => Self::Other,
        })
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Confirmation {
    Members(Members),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    String(String),
    Other(IgnoredAny),
}

/// The members of an object, with a name that is there twice as two.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
