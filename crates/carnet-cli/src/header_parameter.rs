//! Header parameters as arguments: `NAME=JSON`.

use serde_json::value::RawValue;

/// What one `--header` says. The value stays as it was written.
#[derive(Debug, Clone)]
pub(crate) struct HeaderParameter {
    /// The parameter's name.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: Box<RawValue>,
}

impl HeaderParameter {
    /// Reads a name, `=`, and JSON.
    ///
    /// # Errors
    /// A sentence.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("write NAME=JSON, such as lang='\"en\"' or v=1")?;
        if name.is_empty() {
            return Err("the parameter's name is missing before the =".to_owned());
        }
        let value = serde_json::from_str::<&RawValue>(value).map_err(|_| {
            "the value is not JSON; a string needs quotes of its own, such as lang='\"en\"' in a shell".to_owned()
        })?;
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_json() {
        let read = |text| HeaderParameter::parse(text).map(|read| (read.name, read.value.get().to_owned()));
        let own = |name: &str, value: &str| Ok((name.to_owned(), value.to_owned()));
        assert_eq!(read("v=1"), own("v", "1"));
        assert_eq!(read("lang=\"en\""), own("lang", "\"en\""));
        assert_eq!(read("a=\"b=c\""), own("a", "\"b=c\""));
        assert_eq!(read("n=12345678901234567890123"), own("n", "12345678901234567890123"));
        for text in ["", "lang", "=1", "lang=en", "lang=", "a=1 2", "a={", "a='x'"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
