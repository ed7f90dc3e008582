//! Challenges as they stand in `WWW-Authenticate`, read by the grammar and no more leniently.

use testkit::http_client::Response;

/// One challenge of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) scheme: String,
    pub(crate) parameters: Vec<(String, String)>,
}

impl Challenge {
    /// RFC 9110 §11.3: a scheme, a space, and one parameter or more, with a comma between them, each a name and a quoted value in which nothing is escaped.
    pub(crate) fn read(field: &str) -> Self {
        let (scheme, mut rest) = field.split_once(' ').unwrap_or_else(|| panic!("no parameter: {field:?}"));
        assert!(scheme.bytes().all(|octet| octet.is_ascii_alphabetic()), "{field:?}");
        let mut parameters = Vec::new();
        loop {
            let (name, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("no parameter: {field:?}"));
            let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("no end: {field:?}"));
            assert!(
                !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'_'),
                "{field:?}"
            );
            parameters.push((name.to_owned(), value.to_owned()));
            match after.strip_prefix(", ") {
                Some(next) => rest = next,
                None => {
                    assert_eq!(after, "", "{field:?}");
                    return Self { scheme: scheme.to_owned(), parameters };
                }
            }
        }
    }

    /// All that a response has.
    pub(crate) fn all(response: &Response) -> Vec<Self> {
        response.all("www-authenticate").into_iter().map(Self::read).collect()
    }

    /// The one of this scheme, spelled exactly so.
    pub(crate) fn of(response: &Response, scheme: &str) -> Self {
        let mut all = Self::all(response).into_iter().filter(|challenge| challenge.scheme == scheme);
        let found = all.next().unwrap_or_else(|| panic!("no challenge for {scheme}: {response:?}"));
        assert_eq!(all.next(), None, "two for {scheme}");
        found
    }

    /// The value of a parameter that is there once.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.parameters.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} stands twice: {self:?}");
        value
    }

    /// Whether it says nothing of what went wrong.
    pub(crate) fn has_no_error(&self) -> bool {
        self.parameters.iter().all(|(name, _)| !name.starts_with("error"))
    }
}

#[test]
fn a_challenge_is_read_strictly() {
    let challenge = Challenge::read(r#"Bearer realm="a b", error="x""#);
    assert_eq!((&*challenge.scheme, challenge.get("realm"), challenge.get("scope")), ("Bearer", Some("a b"), None));
    assert!(!challenge.has_no_error());
    for field in [
        "Bearer",
        "Bearer ",
        "Bearer realm=a",
        r#"Bearer realm="a" error="b""#,
        r#"Bearer realm="a", "#,
        r#"Bearer realm="a"#,
        r#"Bearer realm="a\"b""#,
    ] {
        assert!(std::panic::catch_unwind(|| Challenge::read(field)).is_err(), "{field}");
    }
    let twice = Challenge::read(r#"Bearer realm="a", realm="a""#);
    assert!(std::panic::catch_unwind(|| twice.get("realm").is_some()).is_err());
}
