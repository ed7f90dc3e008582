use super::error::RequireHttpsError;
use fluent_uri::UriRef;
use std::collections::BTreeSet;

/// Paths that may be asked for over HTTP, each by itself.
#[derive(Debug, Clone, Default)]
pub(super) struct ExemptPaths(BTreeSet<String>);

impl ExemptPaths {
    pub(super) fn add(&mut self, path: &str) -> Result<(), RequireHttpsError> {
        let reference = UriRef::parse(path).map_err(|_| RequireHttpsError::ExemptPath)?;
        if !path.starts_with('/') || reference.path().as_str() != path {
            return Err(RequireHttpsError::ExemptPath);
        }
        self.0.insert(path.to_owned());
        Ok(())
    }

    pub(super) fn contains(&self, path: &str) -> bool {
        self.0.contains(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_path_of_a_request_can_be_exempt() {
        for path in ["/", "/healthz", "/a/b/", "/%C3%A9"] {
            let mut paths = ExemptPaths::default();
            assert_eq!(paths.add(path), Ok(()), "{path}");
            assert!(paths.contains(path));
        }
        for path in [
            "",
            "healthz",
            "*",
            "/healthz?x",
            "/healthz#x",
            "//host/healthz",
            "/a b",
            "/é",
            "/a\\b",
            "http://h/healthz",
        ] {
            assert_eq!(ExemptPaths::default().add(path), Err(RequireHttpsError::ExemptPath), "{path}");
        }
    }
}
