mod tls;

use super::{Fetch, FetchError, FetchFuture};
use core::error::Error;
use core::net::IpAddr;
use core::time::Duration;
use http::uri::{Scheme, Uri};
use http::{Request, Response};
use reqwest::Client;
use reqwest::redirect::Policy;

/// Fetches with [`reqwest`](https://docs.rs/reqwest) over rustls. One client, whose connections are used again.
///
/// Certificates are verified always, and nothing here turns that off. They are to be for the host of the URL, valid now, and of an authority that the platform
/// trusts, or that [`with_root_certificates`](Self::with_root_certificates) names. Whether they were revoked is **not** checked, except where the platform does.
///
/// The cryptography is that of the backend, `ring` or `aws-lc-rs`, unless the program has installed a provider of its own for rustls.
#[derive(Debug, Clone)]
pub struct ReqwestFetch {
    client: Client,
    /// For this machine: never through a proxy, for which it is another one.
    direct: Client,
}

impl ReqwestFetch {
    /// A client that follows no redirects and gives up connecting after 2 s. The proxies of the environment are used, as HTTP clients do, except for this machine.
    ///
    /// # Errors
    /// [`FetchError::Unreachable`] when the platform's certificates cannot be loaded, or without a backend.
    pub fn new() -> Result<Self, FetchError> {
        Self::over(&tls::config(Vec::new())?)
    }

    /// As [`new`](Self::new), for issuers with certificates of a private authority: trusts these root certificates, one or more in PEM, **besides** those of the platform. To trust
    /// no others, give a client of your own.
    ///
    /// ```no_run
    /// use carnet_remote::{RemoteJwks, ReqwestFetch};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = ReqwestFetch::with_root_certificates(&std::fs::read_to_string("our-ca.pem")?)?;
    /// let keys = RemoteJwks::builder_for_issuer("https://auth.internal/").client(client).build()?;
    /// # let _ = keys; Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`FetchError::RootCertificates`] when there is no certificate in the text, or one that cannot be read; on Android always. And as [`new`](Self::new).
    ///
    /// # Security
    /// Whoever has the key of such a certificate can publish keys in the name of any issuer.
    pub fn with_root_certificates(pem: &str) -> Result<Self, FetchError> {
        Self::over(&tls::config(tls::certificates(pem)?)?)
    }

    fn over(tls: &rustls::ClientConfig) -> Result<Self, FetchError> {
        let builder = || {
            let client = Client::builder().user_agent(concat!("carnet/", env!("CARGO_PKG_VERSION")));
            // Another crate may have turned decoding on.
            let client = client.no_gzip().no_brotli().no_deflate().no_zstd().tls_backend_preconfigured(tls.clone());
            client.redirect(Policy::none()).referer(false).connect_timeout(Duration::from_secs(2))
        };
        let client = builder().build().map_err(failure)?;
        let direct = builder().no_proxy().build().map_err(failure)?;
        Ok(Self { client, direct })
    }

    /// With a client of your own: for other proxies, certificates of the client, or an authority that alone is trusted.
    ///
    /// Its TLS is yours to choose: by `reqwest`'s own feature `rustls`, `tls_backend_preconfigured`, or a provider installed for rustls. carnet turns on
    /// `rustls-no-provider` alone, with which building a client panics where none of these is there.
    ///
    /// # Security
    /// It is to follow no redirects (`reqwest` does, unless it is built with `redirect::Policy::none()`; what was reached by one is not believed), and to keep no
    /// cookies. What it trusts, its keys are trusted through: one that accepts any certificate lets anybody on the way decide which tokens are accepted.
    #[must_use]
    pub fn with_client(client: Client) -> Self {
        Self { direct: client.clone(), client }
    }
}

impl Fetch for ReqwestFetch {
    fn fetch<'a>(&'a self, request: Request<()>, max_octets: usize) -> FetchFuture<'a> {
        Box::pin(async move {
            let client = if is_here(request.uri()) { &self.direct } else { &self.client };
            let request: reqwest::Request = request.map(|()| reqwest::Body::default()).try_into().map_err(failure)?;
            let asked = request.url().clone();
            let mut response = client.execute(request).await.map_err(failure)?;
            if *response.url() != asked {
                let reason =
                    "the HTTP client has followed a redirect: build it with redirect::Policy::none()".to_owned();
                return Err(FetchError::Unreachable { reason });
            }
            let too_large = FetchError::TooLarge { limit: max_octets };
            let most = u64::try_from(max_octets).unwrap_or(u64::MAX);
            if response.content_length().is_some_and(|length| length > most) {
                return Err(too_large);
            }
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(failure)? {
                if chunk.len() > max_octets.saturating_sub(body.len()) {
                    return Err(too_large);
                }
                body.extend_from_slice(&chunk);
            }
            let mut whole = Response::new(body);
            *whole.status_mut() = response.status();
            *whole.headers_mut() = core::mem::take(response.headers_mut());
            Ok(whole)
        })
    }
}

/// Whether the URL is of this machine. `http` is spoken with no other.
fn is_here(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_loopback = address.map_or_else(|_| host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback());
    is_loopback || uri.scheme() == Some(&Scheme::HTTP)
}

/// The error with its causes, without the URL: the caller knows it.
fn failure(error: reqwest::Error) -> FetchError {
    if error.is_timeout() {
        return FetchError::TimedOut;
    }
    let error = error.without_url();
    let mut reason = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        reason.push_str(": ");
        reason.push_str(&cause.to_string());
        source = cause.source();
    }
    FetchError::Unreachable { reason }.bounded()
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn this_machine_is_asked_without_a_proxy() {
        for (url, expected) in [
            ("http://127.0.0.1:8080/", true),
            ("https://127.8.9.10/", true),
            ("https://[::1]:8443/jwks", true),
            ("https://LocalHost/", true),
            ("https://auth.example.com/", false),
            ("https://localhost.example.com/", false),
            ("https://127.0.0.1.example.com/", false),
            ("https://10.0.0.1/", false),
            ("https://[2001:db8::1]/", false),
        ] {
            assert_eq!(is_here(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
