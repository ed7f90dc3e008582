use super::error::RequireHttpsError;
use fluent_uri::Uri;
use http::{HeaderValue, Uri as RequestUri};

/// The host that clients know the service by, with a port perhaps.
#[derive(Debug, Clone)]
pub(super) struct PublicHost(String);

impl PublicHost {
    pub(super) fn read(host: &str) -> Result<Self, RequireHttpsError> {
        let url = format!("https://{host}");
        let authority = Uri::parse(url.as_str()).ok().and_then(|uri| uri.authority()).ok_or(RequireHttpsError::Host)?;
        let port = authority.port_to_u16().map_err(|_| RequireHttpsError::Host)?;
        let is_port_well_formed = authority.port().is_none() || port.is_some_and(|port| port != 0);
        // All of the text is the authority, so there is no path, query or fragment; and a name has no percent-encoding.
        if authority.as_str() != host
            || authority.host().is_empty()
            || authority.has_userinfo()
            || !is_port_well_formed
            || url.parse::<RequestUri>().is_err()
        {
            return Err(RequireHttpsError::Host);
        }
        Ok(Self(host.to_owned()))
    }

    /// The path and query of a request's target at this host, over HTTPS; none for a target that is not of a URL.
    pub(super) fn location_of(&self, target: &RequestUri) -> Option<HeaderValue> {
        // Whatever follows the host must not become part of it.
        if !target.path().starts_with('/') {
            return None;
        }
        let mut location = format!("https://{}{}", self.0, target.path());
        if let Some(query) = target.query() {
            location.push('?');
            location.push_str(query);
        }
        Uri::parse(location.as_str()).ok()?;
        HeaderValue::try_from(location).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_a_port_or_without() {
        for host in
            ["api.example.com", "api.example.com:8443", "localhost", "192.0.2.1:443", "[2001:db8::1]", "[::1]:8443"]
        {
            assert!(PublicHost::read(host).is_ok(), "{host}");
        }
        for host in [
            "",
            ":443",
            "https://api.example.com",
            "api.example.com/",
            "api.example.com/x",
            "api.example.com?x",
            "api.example.com#x",
            "user@api.example.com",
            "@api.example.com",
            "api.example.com:",
            "api.example.com:0",
            "api.example.com:70000",
            "api.example.com:x",
            "api.example.com evil",
            "api.example.com\r\nX: y",
            "a\\b",
            "ex%61mple.com",
            "é.example",
            "::1",
        ] {
            assert_eq!(PublicHost::read(host).unwrap_err(), RequireHttpsError::Host, "{host:?}");
        }
    }

    #[test]
    fn a_location_is_at_the_host_whatever_the_target_says() {
        let host = PublicHost::read("api.example.com").unwrap();
        for (target, location) in [
            ("/", Some("https://api.example.com/")),
            ("/a/b?c=d&e", Some("https://api.example.com/a/b?c=d&e")),
            ("/?", Some("https://api.example.com/?")),
            ("//evil.example/", Some("https://api.example.com//evil.example/")),
            ("/@evil.example", Some("https://api.example.com/@evil.example")),
            ("/%0d%0aX:%20y", Some("https://api.example.com/%0d%0aX:%20y")),
            ("http://evil.example/a", Some("https://api.example.com/a")),
            ("http://evil.example", Some("https://api.example.com/")),
            ("http://evil.example?a", Some("https://api.example.com/?a")),
            ("/\\evil.example/", None),
            ("/a\"b", None),
            ("/a|b", None),
            ("/a%", None),
            ("/a?b={c}", None),
            ("*", None),
        ] {
            let target: RequestUri = target.parse().unwrap();
            let found = host.location_of(&target);
            assert_eq!(found.as_ref().map(|value| value.to_str().unwrap()), location, "{target}");
        }
    }
}
