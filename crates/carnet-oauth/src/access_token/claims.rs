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
    pub(super) cid: Option<String>,
    azpacr: Option<IgnoredAny>,
    gty: Option<IgnoredAny>,
    pub(super) scope: Option<String>,
    pub(super) scp: Option<Scope>,
    #[serde(rename = "acr")]
    pub(super) authentication_context: Option<String>,
    #[serde(rename = "auth_time")]
    pub(super) authenticated_at: Option<NumericDate>,
}

impl AccessClaims {
    /// Whether a claim is there that ID tokens are refused for.
    pub(super) const fn has_mark(&self) -> bool {
        let Self { client_id, application_id, cid, azpacr, gty, scope, scp, .. } = self;
        client_id.is_some()
            || application_id.is_some()
            || cid.is_some()
            || azpacr.is_some()
            || gty.is_some()
            || scope.is_some()
            || scp.is_some()
    }
}
