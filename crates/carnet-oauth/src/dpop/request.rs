use super::proof_error::DpopProofError;
use core::fmt;
use fluent_uri::Uri;

/// The request a proof came with, as the server knows it.
///
/// The **method** is compared octet for octet: `get` is not `GET`.
///
/// The **URI** is the absolute one that the client called, `http` or `https`. Behind a proxy that is not what arrives: put the origin that clients see, from the configuration, before the path. A field
/// `Host` or `Forwarded` is the client's to write. Query and fragment are ignored on both sides; the rest is compared after normalization
/// ([RFC 3986 §6.2.2 and §6.2.3](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2)): the case of scheme and host, percent-encoding, dot segments, the default port, an empty path. A proof
/// whose `htu` has a user's name in it is refused, as nobody calls such a URI over HTTP.
///
/// `Debug` shows no URI.
///
/// ```
/// use carnet_oauth::DpopRequest;
/// let request = DpopRequest::new("GET", "https://api.example.com/orders?page=2");
/// assert!(!format!("{request:?}").contains("orders"));
/// ```
#[derive(Clone, Copy)]
pub struct DpopRequest<'a> {
    method: &'a str,
    uri: &'a str,
}

impl<'a> DpopRequest<'a> {
    /// A request with this method and this absolute URI.
    #[must_use]
    pub const fn new(method: &'a str, uri: &'a str) -> Self {
        Self { method, uri }
    }

    /// Compares `htm` and `htu` with it.
    pub(super) fn check(&self, method: &str, uri: &str) -> Result<(), DpopProofError> {
        if method != self.method {
            return Err(DpopProofError::MethodMismatch);
        }
        let own = Target::read(self.uri).ok_or(DpopProofError::RequestUri)?;
        if Target::read(uri).is_some_and(|target| target == own) { Ok(()) } else { Err(DpopProofError::UriMismatch) }
    }
}

impl fmt::Debug for DpopRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

/// What two URIs must agree in: scheme, authority and path, normalized.
struct Target(Uri<String>);

impl Target {
    /// `None` where it is not the URI of an HTTP request.
    fn read(uri: &str) -> Option<Self> {
        // Servers take queries that are no part of a URI by RFC 3986, and the query means nothing here. In a URI the first of these characters ends the path.
        let end = uri.find(['?', '#']).unwrap_or(uri.len());
        let uri = Uri::parse(uri.get(..end)?).ok()?.normalize();
        let authority = uri.authority()?;
        let is_http = matches!(uri.scheme().as_str(), "http" | "https");
        let is_target = is_http && !authority.has_userinfo() && !authority.host().is_empty();
        is_target.then_some(Self(uri))
    }

    fn path(&self) -> &str {
        match self.0.path().as_str() {
            "" => "/",
            path => path,
        }
    }
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        let authority = |target: &Self| target.0.authority().map(|authority| authority.as_str().to_owned());
        self.0.scheme().as_str() == other.0.scheme().as_str()
            && authority(self) == authority(other)
            && self.path() == other.path()
    }
}
