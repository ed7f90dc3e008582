//! Header parameters as arguments: `NAME=JSON`.

use crate::failure::Failure;
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

/// Which command sets parameters, and in which header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The header of a JSON Web Token.
    Token,
    /// The protected header of a JWS.
    Protected,
    /// The unprotected header of a JWS.
    Unprotected,
}

impl Place {
    /// Refuses parameters that are set in another way, or not at all.
    ///
    /// # Errors
    /// `header_invalid`, saying what sets the parameter.
    pub(crate) fn check<'p>(self, parameters: impl IntoIterator<Item = &'p HeaderParameter>) -> Result<(), Failure> {
        for HeaderParameter { name, .. } in parameters {
            if let Some(reason) = self.refusal(name) {
                return Err(Failure::unusable(
                    "header_invalid",
                    format_args!("the header parameter \"{name}\" {reason}"),
                ));
            }
        }
        Ok(())
    }

    /// Why a parameter cannot be set here. Only of names that JOSE itself defines.
    fn refusal(self, name: &str) -> Option<&'static str> {
        Some(match (name, self) {
            ("kid" | "typ" | "cty", Self::Unprotected) => return None,
            ("alg", _) => "comes from the key; where the key leaves it open, choose with --alg",
            ("kid", _) => "comes from the key, or from --kid",
            ("typ", _) => "is set with --typ",
            ("cty", Self::Token) => "has no place in a token with claims; carnet jws sign --cty signs any payload",
            ("cty", _) => "is set with --cty",
            ("crit", Self::Token) => "lists extensions, and carnet sign makes none; carnet jws sign --critical does",
            ("crit", _) => "lists what is set with --critical",
            ("b64", Self::Token) => "must not be used by a JSON Web Token (RFC 7797 section 7)",
            ("b64", _) => "is set, and put into \"crit\", by --unencoded alone",
            ("enc" | "zip", _) => "belongs to encryption (a JWE), and nothing is encrypted here",
            _ => return None,
        })
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
