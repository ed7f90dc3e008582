use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The scopes of a token for a claims type: `scope`, words in one string ([RFC 8693 §4.2](https://www.rfc-editor.org/rfc/rfc8693#section-4.2)), or the array that some
/// issuers write in `scp`. It is written as a string.
///
/// ```
/// use carnet_jwt::Scope;
/// let scope: Scope = serde_json::from_str(r#""read write""#)?;
/// assert!(scope.contains("read") && !scope.contains("rea"));
/// assert_eq!(serde_json::to_string(&["read", "write"].into_iter().collect::<Scope>())?, r#""read write""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Scope(Vec<String>);

impl Scope {
    /// Whether exactly this one is granted.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|own| own == scope)
    }

    /// The scopes.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl<S: AsRef<str>> FromIterator<S> for Scope {
    /// Of strings with spaces, each word is a scope.
    fn from_iter<I: IntoIterator<Item = S>>(scopes: I) -> Self {
        let mut words = Vec::new();
        for scopes in scopes {
            words.extend(scopes.as_ref().split(' ').filter(|word| !word.is_empty()).map(str::to_owned));
        }
        Self(words)
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.join(" "))
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Words(String),
            All(Vec<String>),
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::Words(words) => [words].into_iter().collect(),
            Form::All(scopes) if scopes.iter().any(|scope| scope.is_empty() || scope.contains(' ')) => {
                return Err(serde::de::Error::custom("a scope is empty or holds a space"));
            }
            Form::All(scopes) => Self(scopes),
        })
    }
}
