use crate::address::{Address, AddressError, Schemes};
use crate::fetch::Fetch;
use crate::metadata;
use crate::published::{ResponseRules, check_status};
use crate::refresh_error::RefreshError;
use crate::schedule::Moment;
use core::time::Duration;
use http::header::ACCEPT;
use http::{Request, Response};

/// How long metadata are believed before they are fetched again.
const METADATA_FRESH_FOR: Duration = Duration::from_secs(24 * 3600);

/// What is asked for in a request for metadata.
const METADATA_TYPES: &str = "application/json";

/// Where keys come from, as it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A URL.
    Jwks(Address),
    /// An issuer, whose metadata say where.
    Issuer { issuer: String, metadata: Vec<Address> },
}

impl Source {
    pub(crate) fn jwks(url: &str, schemes: Schemes) -> Result<Self, AddressError> {
        Address::read(url, schemes).map(Self::Jwks)
    }

    pub(crate) fn issuer(issuer: &str, schemes: Schemes) -> Result<Self, AddressError> {
        Ok(Self::Issuer { issuer: issuer.to_owned(), metadata: Address::metadata_of(issuer, schemes)? })
    }

    /// The configured URL or issuer.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Jwks(address) => address.as_str(),
            Self::Issuer { issuer, .. } => issuer,
        }
    }
}

/// An address that metadata gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Discovered {
    pub(crate) address: Address,
    stale_at: Moment,
    /// Whether it may have moved.
    pub(crate) in_doubt: bool,
}

impl Discovered {
    pub(crate) const fn new(address: Address, now: Moment) -> Self {
        Self { address, stale_at: now.saturating_add(METADATA_FRESH_FOR), in_doubt: false }
    }

    pub(crate) fn is_due(&self, now: Moment) -> bool {
        self.in_doubt || now >= self.stale_at
    }
}

/// Asks each of the places for metadata in turn, and stops at the first that has some.
pub(crate) async fn discover(
    issuer: &str,
    places: &[Address],
    client: &dyn Fetch,
    schemes: Schemes,
    rules: &ResponseRules,
) -> Result<Address, RefreshError> {
    let mut refusal = RefreshError::NotMetadata;
    for place in places {
        refusal = match get(client, place, METADATA_TYPES, None, rules.max_octets).await {
            Err(error) => error,
            Ok(response) if check_status(response.status()).is_err() => {
                RefreshError::NoMetadata { status: response.status().as_u16() }
            }
            Ok(response) => match metadata::jwks_uri(response, issuer, schemes, rules) {
                Err(error @ (RefreshError::IssuerMismatch { .. } | RefreshError::JwksUri(_))) => return Err(error),
                // A site that answers any path with its own page has the metadata in another place.
                Err(error) => error,
                Ok(address) => return Ok(address),
            },
        };
    }
    Err(refusal)
}

/// Sends a request.
pub(crate) async fn get(
    client: &dyn Fetch,
    address: &Address,
    types: &str,
    if_none_match: Option<&http::HeaderValue>,
    max_octets: usize,
) -> Result<Response<Vec<u8>>, RefreshError> {
    let mut request = Request::get(address.as_str()).header(ACCEPT, types);
    if let Some(etag) = if_none_match {
        request = request.header(http::header::IF_NONE_MATCH, etag);
    }
    // Addresses are such URIs, and tags came as header values.
    let request = request.body(()).map_err(|_| RefreshError::JwksUri(AddressError::NotAUri))?;
    Ok(client.fetch(request, max_octets).await?)
}
