use core::net::{IpAddr, SocketAddr};
use http::{Extensions, HeaderMap};
use ipnet::{IpNet, Ipv4Net};

const X_FORWARDED_PROTO: &str = "x-forwarded-proto";

/// In the extensions of a request: it came over TLS. Whoever accepts TLS connections puts it there, and nobody else.
///
/// ```
/// use carnet_tower::OverTls;
/// let request = http::Request::get("/").extension(OverTls::new()).body(())?;
/// assert!(request.extensions().get::<OverTls>().is_some());
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct OverTls;

impl OverTls {
    /// What is put into the extensions.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

/// In the extensions of a request: who connected. Whoever accepts connections puts it there, from the socket and nothing else.
///
/// ```
/// use carnet_tower::PeerAddress;
/// use std::net::{IpAddr, SocketAddr};
/// let peer: SocketAddr = "10.0.0.7:51000".parse()?;
/// let request = http::Request::get("/").extension(PeerAddress::from(peer)).body(())?;
/// assert_eq!(request.extensions().get::<PeerAddress>().map(PeerAddress::address), Some(IpAddr::from([10, 0, 0, 7])));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerAddress(IpAddr);

impl PeerAddress {
    /// The address.
    #[must_use]
    pub const fn address(&self) -> IpAddr {
        self.0
    }
}

impl From<IpAddr> for PeerAddress {
    fn from(address: IpAddr) -> Self {
        Self(address)
    }
}

impl From<SocketAddr> for PeerAddress {
    fn from(address: SocketAddr) -> Self {
        Self(address.ip())
    }
}

/// How to tell what a request came over.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    proxies: Vec<IpNet>,
    peer_address: fn(&Extensions) -> Option<IpAddr>,
}

impl Default for Transport {
    fn default() -> Self {
        let peer_address = |extensions: &Extensions| extensions.get::<PeerAddress>().map(PeerAddress::address);
        Self { proxies: Vec::new(), peer_address }
    }
}

impl Transport {
    pub(super) fn trust(&mut self, networks: impl Iterator<Item = IpNet>) {
        self.proxies.extend(networks.map(canonical));
    }

    pub(super) const fn find_peer(&mut self, find: fn(&Extensions) -> Option<IpAddr>) {
        self.peer_address = find;
    }

    pub(super) fn is_tls(&self, fields: &HeaderMap, extensions: &Extensions) -> bool {
        extensions.get::<OverTls>().is_some() || (says_https(fields) && self.is_from_proxy(extensions))
    }

    fn is_from_proxy(&self, extensions: &Extensions) -> bool {
        let Some(peer) = (self.peer_address)(extensions).map(|address| address.to_canonical()) else { return false };
        self.proxies.iter().any(|network| network.contains(&peer))
    }
}

/// Whether the proxy that spoke last was reached over HTTPS: what stands before its value may be the client's own.
fn says_https(fields: &HeaderMap) -> bool {
    let Some(last) = fields.get_all(X_FORWARDED_PROTO).iter().next_back() else { return false };
    let Some(value) = last.to_str().ok().and_then(|list| list.rsplit(',').next()) else { return false };
    value.trim_matches([' ', '\t']).eq_ignore_ascii_case("https")
}

/// A network of IPv4 addresses that are written as IPv6, as one of IPv4.
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else { return network };
    let prefix = v6.prefix_len().checked_sub(96);
    match v6.addr().to_ipv4_mapped().zip(prefix).map(|(address, prefix)| Ipv4Net::new(address, prefix)) {
        Some(Ok(v4)) => IpNet::V4(v4),
        _ => network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn the_last_value_of_the_last_field_counts() {
        for (values, expected) in [
            (vec!["https"], true),
            (vec!["HTTPS"], true),
            (vec!["http,https"], true),
            (vec!["http , \thttps \t"], true),
            (vec!["http", "https"], true),
            (vec!["http,http", "http,https"], true),
            (vec![], false),
            (vec![""], false),
            (vec!["http"], false),
            (vec!["https,http"], false),
            (vec!["https", "http"], false),
            (vec!["https", ""], false),
            (vec!["https,"], false),
            (vec!["httpss"], false),
            (vec!["https;q=1"], false),
            (vec!["\"https\""], false),
            (vec!["ht tps"], false),
            (vec!["wss"], false),
        ] {
            let mut fields = HeaderMap::new();
            for value in &values {
                fields.append(X_FORWARDED_PROTO, value.parse().unwrap());
            }
            assert_eq!(says_https(&fields), expected, "{values:?}");
        }
        let mut fields = HeaderMap::new();
        fields.append(X_FORWARDED_PROTO, HeaderValue::from_bytes(b"\xff,https").unwrap());
        assert!(!says_https(&fields));
    }

    #[test]
    fn only_named_peers_are_believed() {
        let mut fields = HeaderMap::new();
        fields.insert(X_FORWARDED_PROTO, HeaderValue::from_static("https"));
        let is_tls = |networks: &[&str], peer: Option<&str>| {
            let mut transport = Transport::default();
            transport.trust(networks.iter().map(|network| network.parse().unwrap()));
            let mut extensions = Extensions::new();
            if let Some(peer) = peer {
                extensions.insert(PeerAddress::from(peer.parse::<IpAddr>().unwrap()));
            }
            transport.is_tls(&fields, &extensions)
        };
        for (networks, peer, expected) in [
            (&[][..], Some("127.0.0.1"), false),
            (&["10.0.0.0/8"], Some("10.255.255.255"), true),
            (&["10.0.0.0/8"], Some("11.0.0.0"), false),
            (&["10.0.0.0/8"], Some("9.255.255.255"), false),
            (&["10.0.0.0/8"], Some("::ffff:10.0.0.1"), true),
            (&["10.0.0.0/8"], Some("::10.0.0.1"), false),
            (&["10.0.0.0/8"], None, false),
            (&["0.0.0.0/0", "::/0"], None, false),
            (&["10.0.0.1/32", "192.0.2.0/24"], Some("192.0.2.7"), true),
            (&["10.0.0.1/32"], Some("10.0.0.2"), false),
            (&["::ffff:10.0.0.0/104"], Some("10.1.2.3"), true),
            (&["::ffff:10.0.0.0/104"], Some("::ffff:11.0.0.1"), false),
            (&["2001:db8::/32"], Some("2001:db8:ffff::1"), true),
            (&["2001:db8::/32"], Some("2001:db9::1"), false),
            (&["::/0"], Some("10.0.0.1"), false),
        ] {
            assert_eq!(is_tls(networks, peer), expected, "{networks:?} {peer:?}");
        }
    }
}
