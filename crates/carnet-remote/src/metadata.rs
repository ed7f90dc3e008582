use crate::address::{Address, Schemes};
use crate::published::{ResponseRules, check_content};
use crate::refresh_error::RefreshError;
use carnet_core::Quoted;
use carnet_core::json::{Duplicates, Object};
use carnet_core::limits::MAX_JSON_DEPTH;
use http::Response;

/// Reads an issuer's metadata ([RFC 8414 §2](https://www.rfc-editor.org/rfc/rfc8414#section-2)) and gives its `jwks_uri`, which may be on another host. Nothing else
/// of them is believed: algorithms and the like are the configuration's to say.
pub(crate) fn jwks_uri(
    response: Response<Vec<u8>>,
    issuer: &str,
    schemes: Schemes,
    rules: &ResponseRules,
) -> Result<Address, RefreshError> {
    let (head, body) = response.into_parts();
    check_content(&head.headers, &body, rules)?;
    let metadata = Object::scan_octets(&body, MAX_JSON_DEPTH, Duplicates::RefusedAtTop);
    let metadata = metadata.map_err(|_| RefreshError::NotMetadata)?;
    let string = |name| metadata.string(name).ok().flatten().ok_or(RefreshError::NotMetadata);
    let found = string("issuer")?;
    if found != issuer {
        return Err(RefreshError::IssuerMismatch { found: Quoted::new(&found) });
    }
    Address::read(&string("jwks_uri")?, schemes).map_err(RefreshError::JwksUri)
}
