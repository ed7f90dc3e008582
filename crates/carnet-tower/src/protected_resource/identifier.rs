use crate::url::{self, Schemes, UrlError};

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// A resource identifier (RFC 9728 §1.2), and where its metadata are.
#[derive(Debug)]
pub(super) struct Identifier {
    text: String,
    metadata_path: String,
    metadata_url: String,
}

impl Identifier {
    pub(super) fn read(text: String, schemes: Schemes) -> Result<Self, UrlError> {
        let (uri, authority) = url::read(&text, schemes)?;
        if uri.has_fragment() {
            return Err(UrlError::Fragment);
        }
        if uri.normalize().as_str() != text {
            return Err(UrlError::NotNormalized);
        }
        let path = match uri.path().as_str() {
            // RFC 9728 §3.1: the slash after the host goes.
            "/" => "",
            path if path.ends_with('/') => return Err(UrlError::TrailingSlash),
            path => path,
        };
        let metadata_path = format!("{WELL_KNOWN}{path}");
        let mut metadata_url = format!("{}://{}{metadata_path}", uri.scheme(), authority.as_str());
        if let Some(query) = uri.query() {
            metadata_url.push('?');
            metadata_url.push_str(query.as_str());
        }
        Ok(Self { text, metadata_path, metadata_url })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn metadata_path(&self) -> &str {
        &self.metadata_path
    }

    pub(super) fn metadata_url(&self) -> &str {
        &self.metadata_url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9728_3_1_the_well_known_part_goes_between_host_and_path() {
        for (identifier, path, url) in [
            // The two of the RFC.
            ("https://resource.example.com", "", "https://resource.example.com/.well-known/oauth-protected-resource"),
            (
                "https://resource.example.com/resource1",
                "/resource1",
                "https://resource.example.com/.well-known/oauth-protected-resource/resource1",
            ),
            ("https://a.example/", "", "https://a.example/.well-known/oauth-protected-resource"),
            ("https://a.example?q=1", "", "https://a.example/.well-known/oauth-protected-resource?q=1"),
            ("https://a.example/?q=1", "", "https://a.example/.well-known/oauth-protected-resource?q=1"),
            ("https://a.example/p?q=/", "/p", "https://a.example/.well-known/oauth-protected-resource/p?q=/"),
            ("https://a.example/p?", "/p", "https://a.example/.well-known/oauth-protected-resource/p?"),
            ("https://a.example:8443/p/q", "/p/q", "https://a.example:8443/.well-known/oauth-protected-resource/p/q"),
            ("https://[2001:db8::1]/p", "/p", "https://[2001:db8::1]/.well-known/oauth-protected-resource/p"),
            ("https://a.example/%C3%A9", "/%C3%A9", "https://a.example/.well-known/oauth-protected-resource/%C3%A9"),
        ] {
            let read = Identifier::read(identifier.to_owned(), Schemes::Https).unwrap();
            assert_eq!(read.as_str(), identifier);
            assert_eq!(read.metadata_path(), format!("/.well-known/oauth-protected-resource{path}"), "{identifier}");
            assert_eq!(read.metadata_url(), url);
        }
    }

    #[test]
    fn what_no_client_would_compare_equal_is_refused() {
        use UrlError::{Fragment, NoHost, NotAUrl, NotHttps, NotNormalized, TrailingSlash, UserInformation};
        for (identifier, expected) in [
            ("http://a.example/mcp", NotHttps),
            ("http://127.0.0.1/mcp", NotHttps),
            ("urn:example:api", NotHttps),
            ("api.example.com", NotAUrl),
            ("", NotAUrl),
            ("https:///mcp", NoHost),
            ("https:mcp", NoHost),
            ("https://a.example/mcp#x", Fragment),
            ("https://a.example/mcp#", Fragment),
            ("https://user@a.example/mcp", UserInformation),
            ("https://@a.example/mcp", UserInformation),
            ("https://a.example/mcp/", TrailingSlash),
            ("https://a.example//", TrailingSlash),
            ("https://a.example/mcp/?q=1", TrailingSlash),
            ("https://A.example/mcp", NotNormalized),
            ("HTTPS://a.example/mcp", NotNormalized),
            ("https://a.example:443/mcp", NotNormalized),
            ("https://a.example:/mcp", NotNormalized),
            ("https://a.example/x/../mcp", NotNormalized),
            ("https://a.example/%6dcp", NotNormalized),
            ("https://a.example:70000/mcp", NotAUrl),
            ("https://a.example/a b", NotAUrl),
            ("https://a.example/\"", NotAUrl),
            ("https://a.example\\@evil.example/", NotAUrl),
            ("https://a.example/\r\nX: y", NotAUrl),
            ("https://a.example/é", NotAUrl),
        ] {
            assert_eq!(
                Identifier::read(identifier.to_owned(), Schemes::Https).unwrap_err(),
                expected,
                "{identifier:?}"
            );
        }
    }

    #[test]
    fn http_is_for_this_machine_alone_and_only_where_asked_for() {
        for (identifier, taken) in [
            ("http://127.0.0.1:8080/mcp", true),
            ("http://[::1]:8080/mcp", true),
            ("http://localhost/mcp", true),
            ("https://a.example/mcp", true),
            ("http://localhost.evil.example/mcp", false),
            ("http://127.0.0.1.evil.example/mcp", false),
            ("http://10.0.0.1/mcp", false),
        ] {
            assert_eq!(
                Identifier::read(identifier.to_owned(), Schemes::HttpsOrLoopback).is_ok(),
                taken,
                "{identifier}"
            );
        }
    }
}
