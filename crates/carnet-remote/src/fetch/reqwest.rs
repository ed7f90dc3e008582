use super::{Fetch, FetchError, FetchFuture};
use core::error::Error;
use core::time::Duration;
use http::{Request, Response};
use reqwest::Client;
use reqwest::redirect::Policy;

/// Fetches with [`reqwest`](https://docs.rs/reqwest) over rustls. One client, whose connections are used again.
#[derive(Debug, Clone)]
pub struct ReqwestFetch {
    client: Client,
    /// For `http`, which is spoken with this machine alone: never through a proxy.
    direct: Client,
}

impl ReqwestFetch {
    /// A client that follows no redirects and gives up connecting after 2 s. The proxies of the environment are used, as HTTP clients do.
    ///
    /// # Errors
    /// [`FetchError::Unreachable`] when the platform's certificates cannot be loaded.
    pub fn new() -> Result<Self, FetchError> {
        let builder = || {
            let client = Client::builder().user_agent(concat!("carnet/", env!("CARGO_PKG_VERSION")));
            // Another crate may have turned decoding on.
            let client = client.no_gzip().no_brotli().no_deflate().no_zstd();
            client.redirect(Policy::none()).referer(false).connect_timeout(Duration::from_secs(2))
        };
        let client = builder().build().map_err(failure)?;
        let direct = builder().no_proxy().build().map_err(failure)?;
        Ok(Self { client, direct })
    }

    /// With a client of your own: for private certificate authorities, or proxies.
    ///
    /// # Security
    /// It is to follow no redirects, and to keep no cookies. What it trusts, its keys are trusted through.
    #[must_use]
    pub fn with_client(client: Client) -> Self {
        Self { direct: client.clone(), client }
    }
}

impl Fetch for ReqwestFetch {
    fn fetch<'a>(&'a self, request: Request<()>, max_octets: usize) -> FetchFuture<'a> {
        Box::pin(async move {
            let is_direct = request.uri().scheme() == Some(&http::uri::Scheme::HTTP);
            let request = request.map(|()| reqwest::Body::default()).try_into().map_err(failure)?;
            let client = if is_direct { &self.direct } else { &self.client };
            let mut response = client.execute(request).await.map_err(failure)?;
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
    FetchError::Unreachable { reason }
}
