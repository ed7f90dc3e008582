use carnet_core::NumericDate;
use carnet_jwt::Scope;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// What is read of an access token besides its registered claims. A member of the wrong type refuses the token.
#[derive(Clone, Deserialize)]
pub(super) struct AccessClaims {
    pub(super) client_id: Option<String>,
    #[serde(rename = "azp")]
    pub(super) authorized_party: Option<String>,
    #[serde(rename = "appid")]
    pub(super) application_id: Option<String>,
    pub(super) scope: Option<Scope>,
    pub(super) scp: Option<Scope>,
    #[serde(rename = "acr")]
    pub(super) authentication_context: Option<String>,
    #[serde(rename = "auth_time")]
    pub(super) authenticated_at: Option<NumericDate>,
    /// To whom the token is bound ([RFC 7800](https://www.rfc-editor.org/rfc/rfc7800)), in whatever way.
    #[serde(rename = "cnf")]
    pub(super) confirmation: Option<IgnoredAny>,
}
