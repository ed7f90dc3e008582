use core::net::{Ipv4Addr, Ipv6Addr};
use fluent_uri::Uri;
use fluent_uri::component::Host;

/// Whether this is an absolute URL with a host over https, without userinfo, query and fragment; over http only to this machine.
pub(crate) fn is_public(url: &str) -> bool {
    Uri::parse(url).ok().is_some_and(|uri| {
        let Some(authority) = uri.authority().filter(|authority| !authority.has_userinfo()) else { return false };
        let scheme = uri.scheme().as_str();
        let named = !authority.host().is_empty() && !uri.has_query() && !uri.has_fragment();
        named && (scheme == "https" || scheme == "http" && is_loopback(authority.host_parsed()))
    })
}

fn is_loopback(host: Host<'_>) -> bool {
    match host {
        Host::Ipv4(address) => Ipv4Addr::is_loopback(&address),
        Host::Ipv6(address) => Ipv6Addr::is_loopback(&address),
        Host::RegName(name) => name.as_str().eq_ignore_ascii_case("localhost"),
        _ => false,
    }
}
