use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `aud` for a claims type: a string, or an array of strings ([RFC 7519 §4.1.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3)). One audience is written as a
/// string.
///
/// ```
/// use carnet_jwt::Audience;
/// let audience: Audience = serde_json::from_str(r#"["api", "web"]"#)?;
/// assert!(audience.contains("web") && !audience.contains("we"));
/// assert_eq!(serde_json::to_string(&Audience::from("api"))?, r#""api""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Audience(Vec<String>);

impl Audience {
    /// Whether exactly this one is among them.
    #[must_use]
    pub fn contains(&self, audience: &str) -> bool {
        self.0.iter().any(|own| own == audience)
    }

    /// The audiences.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl From<&str> for Audience {
    fn from(audience: &str) -> Self {
        Self(vec![audience.to_owned()])
    }
}

impl<S: Into<String>> FromIterator<S> for Audience {
    fn from_iter<I: IntoIterator<Item = S>>(audiences: I) -> Self {
        Self(audiences.into_iter().map(Into::into).collect())
    }
}

impl Serialize for Audience {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            all => all.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            One(String),
            All(Vec<String>),
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::One(audience) => Self(vec![audience]),
            Form::All(audiences) => Self(audiences),
        })
    }
}
