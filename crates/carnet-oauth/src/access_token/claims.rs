use super::binding::Binding;
use carnet_core::{NumericDate, Quoted};
use carnet_jwt::{Rejection, Scope};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

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
    #[serde(default, rename = "cnf")]
    pub(super) binding: Binding,
    #[serde(default)]
    nonce: Presence,
    #[serde(default)]
    at_hash: Presence,
    #[serde(default)]
    c_hash: Presence,
    #[serde(default)]
    events: Presence,
}

/// Whether a claim is there, also as `null`.
#[derive(Clone, Copy, Default)]
struct Presence(bool);

impl<'de> Deserialize<'de> for Presence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
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

    /// What makes an ID token or a logout token, for policies whose builder was not [ours](super::builder::FORBIDDEN).
    pub(super) fn foreign(&self) -> Vec<Rejection> {
        let Self { nonce, at_hash, c_hash, events, .. } = self;
        let presences = super::builder::FORBIDDEN.into_iter().zip([nonce, at_hash, c_hash, events]);
        let there = presences.filter(|(_, presence)| presence.0);
        there.map(|(claim, _)| Rejection::ClaimForbidden { claim: Quoted::new(claim) }).collect()
    }
}
