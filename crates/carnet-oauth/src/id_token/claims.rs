use carnet_core::NumericDate;
use serde::Deserialize;

/// What is read of an ID token besides its registered claims. A member of the wrong type refuses the token.
#[derive(Clone, Deserialize)]
pub(super) struct IdClaims {
    #[serde(rename = "azp")]
    pub(super) authorized_party: Option<String>,
    pub(super) nonce: Option<String>,
    #[serde(rename = "at_hash")]
    pub(super) access_token_hash: Option<String>,
    #[serde(rename = "c_hash")]
    pub(super) code_hash: Option<String>,
    #[serde(rename = "auth_time")]
    pub(super) authenticated_at: Option<NumericDate>,
    #[serde(rename = "acr")]
    pub(super) authentication_context: Option<String>,
}
