#[cfg(feature = "reqwest")]
mod reqwest;

#[cfg(feature = "reqwest")]
pub use self::reqwest::ReqwestFetch;

use carnet_core::is_hidden;
use core::fmt;
use core::pin::Pin;
use http::{Request, Response};

/// What [`Fetch::fetch`] gives.
pub type FetchFuture<'a> = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, FetchError>> + Send + 'a>>;

/// Sends a `GET` request: the one thing this crate needs of an HTTP client.
///
/// What is asked of it:
///
/// * **No redirects** are followed: the response with the status 3xx is the answer.
/// * **No more than `max_octets`** of the body are read, whatever `Content-Length` says, counted after any decoding: [`FetchError::TooLarge`].
/// * Certificates are verified, no cookies are kept, and no credentials are sent.
/// * It ends by itself. The future is dropped when the time of the whole attempt is over.
///
/// ```
/// use carnet_remote::{Fetch, FetchError, FetchFuture};
/// use http::{Request, Response};
///
/// /// An issuer in memory, for tests.
/// struct Fixed(&'static str);
///
/// impl Fetch for Fixed {
///     fn fetch<'a>(&'a self, _: Request<()>, _: usize) -> FetchFuture<'a> {
///         Box::pin(async { Ok(Response::new(self.0.as_bytes().to_vec())) })
///     }
/// }
/// # fn is_object_safe(_: &dyn Fetch) {}
/// # is_object_safe(&Fixed("{}"));
/// ```
pub trait Fetch: Send + Sync {
    /// Sends the request and reads the response.
    ///
    /// The future's error is [`FetchError`], where there is no response. A response with any status is one.
    fn fetch<'a>(&'a self, request: Request<()>, max_octets: usize) -> FetchFuture<'a>;
}

impl<F: Fetch + ?Sized> Fetch for std::sync::Arc<F> {
    fn fetch<'a>(&'a self, request: Request<()>, max_octets: usize) -> FetchFuture<'a> {
        (**self).fetch(request, max_octets)
    }
}

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 256;

/// There is no response.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchError {
    /// The server was not reached, or broke off.
    Unreachable {
        /// Why, for the operator.
        reason: String,
    },
    /// The response is longer than may be read.
    TooLarge {
        /// The limit in octets.
        limit: usize,
    },
    /// No answer in time.
    TimedOut,
    /// The certificates that a client is to trust cannot be read, or are none.
    RootCertificates,
}

impl FetchError {
    /// A server can put what it likes into a reason, into the debug data of HTTP/2 for instance, or the names of its certificate: of it is kept what a person
    /// reads, and what cannot be seen is made visible.
    pub(crate) fn bounded(self) -> Self {
        let Self::Unreachable { reason } = self else { return self };
        let mut characters = reason.chars().map(|character| if is_hidden(character) { '\u{fffd}' } else { character });
        let mut kept: String = characters.by_ref().take(LONGEST_REASON).collect();
        if characters.next().is_some() {
            kept.push_str("...");
        }
        Self::Unreachable { reason: kept }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { reason } => write!(f, "the server cannot be reached: {reason}"),
            Self::TooLarge { limit } => write!(f, "the response is longer than the limit of {limit} octets"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::RootCertificates => f.write_str(
                "the root certificates are not as they must be: give one or more X.509 certificates in PEM (-----BEGIN CERTIFICATE-----)",
            ),
        }
    }
}

impl core::error::Error for FetchError {}
