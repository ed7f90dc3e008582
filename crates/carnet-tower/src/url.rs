use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use fluent_uri::Uri;
use fluent_uri::component::{Authority, Host};

/// Why a URL cannot be what clients are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlError {
    /// Not an absolute URL ([RFC 3986](https://www.rfc-editor.org/rfc/rfc3986)).
    NotAUrl,
    /// Another scheme than `https`.
    NotHttps,
    /// No host.
    NoHost,
    /// A user's name or password in it.
    UserInformation,
    /// A fragment (`#…`).
    Fragment,
    /// A query (`?…`).
    Query,
    /// A path that ends with `/`.
    TrailingSlash,
    /// Not in the form that clients bring it into before they compare it.
    NotNormalized,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAUrl => "not an absolute URL; write it in full, with what is not ASCII encoded",
            Self::NotHttps => "not https, so anybody on the way could change what is read there",
            Self::NoHost => "no host",
            Self::UserInformation => "a user's name in it; leave that out",
            Self::Fragment => "a fragment (#…) in it, which is never sent; leave it out",
            Self::Query => "a query (?…) in it, which does not belong there; leave it out",
            Self::TrailingSlash => "a slash at the end of its path; leave it out, since clients do, and compare every octet",
            Self::NotNormalized => {
                "not written as clients compare it; write scheme and host in lower case, and leave out the port 443, dot segments and needless percent-encoding"
            }
        })
    }
}

impl core::error::Error for UrlError {}

/// Which URLs are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Schemes {
    #[default]
    Https,
    /// And `http`, if the host is this machine.
    HttpsOrLoopback,
}

/// Reads an absolute `https` URL without user information.
pub(crate) fn read(text: &str, schemes: Schemes) -> Result<(Uri<&str>, Authority<'_>), UrlError> {
    let uri = Uri::parse(text).map_err(|_| UrlError::NotAUrl)?;
    let authority = uri.authority().filter(|authority| !authority.host().is_empty());
    let is = |scheme: &str| uri.scheme().as_str().eq_ignore_ascii_case(scheme);
    let is_here = || authority.is_some_and(|authority| is_loopback(authority.host_parsed()));
    let taken = is("https") || schemes == Schemes::HttpsOrLoopback && is("http") && is_here();
    if !taken {
        return Err(UrlError::NotHttps);
    }
    let authority = authority.ok_or(UrlError::NoHost)?;
    if authority.has_userinfo() {
        return Err(UrlError::UserInformation);
    }
    // What can be called at all: names without percent-encoding, ports that are numbers.
    if authority.port_to_u16().is_err() || text.parse::<http::Uri>().is_err() {
        return Err(UrlError::NotAUrl);
    }
    Ok((uri, authority))
}

pub(crate) fn is_loopback(host: Host<'_>) -> bool {
    match host {
        Host::Ipv4(address) => Ipv4Addr::is_loopback(&address),
        Host::Ipv6(address) => Ipv6Addr::is_loopback(&address),
        // RFC 6761 §6.3.
        Host::RegName(name) => name.as_str().eq_ignore_ascii_case("localhost"),
        _ => false,
    }
}
