use crate::config_error::ProtectConfigError;
use crate::url::is_loopback;
use carnet_core::Quoted;
use fluent_uri::Uri;

/// An origin as browsers write it in `Origin` ([RFC 6454 §6.2](https://www.rfc-editor.org/rfc/rfc6454#section-6.2)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(String);

impl Origin {
    pub(crate) fn new(origin: &str) -> Result<Self, ProtectConfigError> {
        let parsed = Uri::parse(origin).ok().filter(|uri| {
            let scheme = uri.scheme().as_str();
            let (is_https, usual) = if scheme == "https" { (true, "443") } else { (false, "80") };
            let authority = uri.authority();
            let named = authority.is_some_and(|authority| {
                !authority.host().is_empty()
                    // Who is on the network can be any page of a site without TLS.
                    && (is_https || scheme == "http" && is_loopback(authority.host_parsed()))
                    && !authority.has_userinfo()
                    && authority.port().is_none_or(|port| !port.is_empty() && port.as_str() != usual)
            });
            named && uri.path().is_empty() && !uri.has_query() && !uri.has_fragment()
        });
        let fits = parsed.is_some() && !origin.bytes().any(|octet| octet.is_ascii_uppercase());
        if fits { Ok(Self(origin.to_owned())) } else { Err(ProtectConfigError::Origin { origin: Quoted::new(origin) }) }
    }

    pub(crate) fn is(&self, field: &[u8]) -> bool {
        self.0.as_bytes() == field
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_as_browsers_write_them() {
        for origin in ["https://a.example", "https://a.example:8443", "http://localhost:3000", "http://[::1]:80x"] {
            let fits = !origin.ends_with('x');
            assert_eq!(Origin::new(origin).is_ok(), fits, "{origin}");
        }
        for origin in [
            "",
            "null",
            "a.example",
            "https://",
            "https://A.example",
            "HTTPS://a.example",
            "https://a.example/",
            "https://a.example:443",
            "http://a.example:80",
            "https://a.example:",
            "https://u@a.example",
            "https://a.example?b",
            "https://a.example#b",
            "ftp://a.example",
            "https://*.example/ ",
            "http://a.example",
            "https://a.example\n",
        ] {
            assert!(Origin::new(origin).is_err(), "{origin}");
        }
        assert!(Origin::new("https://a.example").unwrap().is(b"https://a.example"));
        assert!(!Origin::new("https://a.example").unwrap().is(b"https://a.example.evil.example"));
    }
}
