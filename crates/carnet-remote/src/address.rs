use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use fluent_uri::Uri;
use fluent_uri::component::Host;

/// Where keys or metadata are fetched from: an absolute `https` URL without user information and fragment, or, where asked for by a dangerous name,
/// an `http` URL of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    text: String,
}

/// Which URLs are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Schemes {
    #[default]
    Https,
    /// And `http`, if the host is this machine.
    HttpsOrLoopback,
}

/// Why a URL is not one to fetch keys from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressError {
    /// Not an absolute URI ([RFC 3986](https://www.rfc-editor.org/rfc/rfc3986)).
    NotAUri,
    /// Another scheme than `https`.
    NotHttps,
    /// No host.
    NoHost,
    /// A user's name or password in it.
    UserInformation,
    /// A fragment (`#…`).
    Fragment,
    /// An issuer with a query (`?…`), which RFC 8414 §2 does not allow.
    Query,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAUri => "not an absolute URL",
            Self::NotHttps => {
                "the URL is not https: keys that came over anything else could be anybody's (for tests, \
                 dangerous_allow_http_loopback takes http of this machine)"
            }
            Self::NoHost => "the URL has no host",
            Self::UserInformation => "the URL holds a user's name: keys are public and fetched without credentials",
            Self::Fragment => "the URL has a fragment (#…), which is never sent",
            Self::Query => "an issuer has no query (?…)",
        })
    }
}

impl core::error::Error for AddressError {}

impl Address {
    /// Checks a URL.
    pub(crate) fn read(text: &str, schemes: Schemes) -> Result<Self, AddressError> {
        let uri = Uri::parse(text).map_err(|_| AddressError::NotAUri)?;
        let authority = uri.authority().filter(|authority| !authority.host().is_empty());
        let is = |scheme: &str| uri.scheme().as_str().eq_ignore_ascii_case(scheme);
        let is_here = || authority.is_some_and(|authority| is_loopback(authority.host_parsed()));
        let taken = is("https") || schemes == Schemes::HttpsOrLoopback && is("http") && is_here();
        if !taken {
            return Err(AddressError::NotHttps);
        }
        let authority = authority.ok_or(AddressError::NoHost)?;
        if authority.has_userinfo() {
            return Err(AddressError::UserInformation);
        }
        if uri.has_fragment() {
            return Err(AddressError::Fragment);
        }
        if authority.port_to_u16().is_err() || text.parse::<http::Uri>().is_err() {
            return Err(AddressError::NotAUri);
        }
        Ok(Self { text: text.to_owned() })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Where an issuer may publish its metadata, in the order to try: RFC 8414 §3.1, the same with the name that OpenID Connect uses (RFC 8414 §5), and as OpenID Connect
    /// Discovery §4 has it.
    pub(crate) fn metadata_of(issuer: &str, schemes: Schemes) -> Result<Vec<Self>, AddressError> {
        Self::read(issuer, schemes)?;
        let uri = Uri::parse(issuer).map_err(|_| AddressError::NotAUri)?;
        if uri.has_query() {
            return Err(AddressError::Query);
        }
        let (scheme, path) = (uri.scheme(), uri.path().as_str().trim_end_matches('/'));
        let host = uri.authority().map(|authority| authority.as_str()).ok_or(AddressError::NoHost)?;
        let origin = format!("{scheme}://{host}");
        let mut candidates = vec![
            format!("{origin}/.well-known/oauth-authorization-server{path}"),
            format!("{origin}/.well-known/openid-configuration{path}"),
            format!("{origin}{path}/.well-known/openid-configuration"),
        ];
        candidates.dedup();
        Ok(candidates.into_iter().map(|text| Self { text }).collect())
    }
}

fn is_loopback(host: Host<'_>) -> bool {
    match host {
        Host::Ipv4(address) => Ipv4Addr::is_loopback(&address),
        Host::Ipv6(address) => Ipv6Addr::is_loopback(&address),
        // RFC 6761 §6.3.
        Host::RegName(name) => name.as_str().eq_ignore_ascii_case("localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, AddressError, Schemes};

    #[test]
    fn only_https_without_anything_odd_is_fetched() {
        use AddressError::{Fragment, NoHost, NotAUri, NotHttps, UserInformation};
        for (text, expected) in [
            ("https://auth.example.com/jwks.json", Ok(())),
            ("HTTPS://auth.example.com:8443/jwks?p=B2C_1_signin", Ok(())),
            ("https://[2001:db8::1]/", Ok(())),
            ("http://auth.example.com/jwks.json", Err(NotHttps)),
            ("http://127.0.0.1/", Err(NotHttps)),
            ("ftp://auth.example.com/", Err(NotHttps)),
            ("file:///etc/keys.json", Err(NotHttps)),
            ("data:application/json,%7B%7D", Err(NotHttps)),
            ("https:///jwks.json", Err(NoHost)),
            ("https:auth.example.com", Err(NoHost)),
            ("https://user@auth.example.com/", Err(UserInformation)),
            ("https://user:password@auth.example.com/", Err(UserInformation)),
            ("https://auth.example.com#evil.example", Err(Fragment)),
            ("https://auth.example.com:99999/", Err(NotAUri)),
            ("https://ex%61mple.com/jwks", Err(NotAUri)),
            ("/jwks.json", Err(NotAUri)),
            ("", Err(NotAUri)),
            ("https://auth.example.com/a b", Err(NotAUri)),
            ("https://auth.example.com\\@evil.example/", Err(NotAUri)),
            ("https://auth.example.com/\r\nHost: evil", Err(NotAUri)),
            (" https://auth.example.com/", Err(NotAUri)),
        ] {
            assert_eq!(Address::read(text, Schemes::Https).map(|_| ()), expected, "{text:?}");
        }
    }

    #[test]
    fn http_is_for_this_machine_alone_and_only_where_asked_for() {
        for (text, taken) in [
            ("http://127.0.0.1:8080/jwks", true),
            ("http://127.255.0.1/", true),
            ("http://[::1]:80/", true),
            ("http://localhost/", true),
            ("http://LocalHost/", true),
            ("https://auth.example.com/", true),
            ("http://127.0.0.1.evil.example/", false),
            ("http://localhost.evil.example/", false),
            ("http://0x7f.1/", false),
            ("http://2130706433/", false),
            ("http://0.0.0.0/", false),
            ("http://[::ffff:127.0.0.1]/", false),
            ("http://10.0.0.1/", false),
            ("http://169.254.169.254/", false),
        ] {
            assert_eq!(Address::read(text, Schemes::HttpsOrLoopback).is_ok(), taken, "{text}");
        }
    }

    #[test]
    fn metadata_is_looked_for_in_three_places_in_this_order() {
        let of = |issuer: &str| -> Vec<String> {
            let addresses = Address::metadata_of(issuer, Schemes::Https).unwrap();
            addresses.iter().map(|address| address.as_str().to_owned()).collect()
        };
        for issuer in ["https://a.example/t/1", "https://a.example/t/1/"] {
            assert_eq!(
                of(issuer),
                [
                    "https://a.example/.well-known/oauth-authorization-server/t/1",
                    "https://a.example/.well-known/openid-configuration/t/1",
                    "https://a.example/t/1/.well-known/openid-configuration",
                ]
            );
        }
        for issuer in ["https://a.example:8443", "https://a.example:8443/"] {
            assert_eq!(
                of(issuer),
                [
                    "https://a.example:8443/.well-known/oauth-authorization-server",
                    "https://a.example:8443/.well-known/openid-configuration",
                ]
            );
        }
        assert_eq!(Address::metadata_of("https://a.example/?x", Schemes::Https), Err(AddressError::Query));
        assert_eq!(Address::metadata_of("https://a.example/#x", Schemes::Https), Err(AddressError::Fragment));
    }
}
