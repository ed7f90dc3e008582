use crate::authenticated::Authenticated;
use crate::refusal::Refusal;
use axum::body::Body;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use core::fmt;
use core::ops::Deref;
use http::request::Parts;
use serde::de::DeserializeOwned;

/// The claims of the access token, for a handler of axum behind a [`ProtectLayer`](crate::ProtectLayer): what the layer verified, read into a type of one's own. `Debug` shows no claims.
///
/// `Option<Bearer<C>>` is for routes behind an [optional](crate::ProtectLayer::optional) layer. A handler that needs no claims takes [`Authenticated`].
///
/// ```
/// use carnet_tower::Bearer;
///
/// #[derive(serde::Deserialize)]
/// struct Claims { tenant: String }
///
/// async fn orders(claims: Bearer<Claims>) -> String {
///     format!("the orders of {:?} at {}", claims.token().subject(), claims.tenant)
/// }
/// ```
///
/// # Errors
/// A [`Refusal`]: 401 `claim_invalid` where the claims do not fit the type, 401 `credentials_missing` where there is no token and the layer let the request through; 500 `not_protected`, and a
/// line in the log, where the route is behind no layer.
#[derive(Clone)]
pub struct Bearer<C> {
    claims: C,
    token: Authenticated,
}

impl<C> Bearer<C> {
    /// The claims.
    #[must_use]
    pub const fn claims(&self) -> &C {
        &self.claims
    }

    /// The claims, taken out.
    #[must_use]
    pub fn into_claims(self) -> C {
        self.claims
    }

    /// The token: subject, client, scopes, roles.
    #[must_use]
    pub const fn token(&self) -> &Authenticated {
        &self.token
    }
}

impl<C: DeserializeOwned> Bearer<C> {
    fn read(token: Authenticated) -> Result<Self, Refusal> {
        let claims = token.claims().map_err(|error| {
            tracing::warn!(%error, "the claims of a genuine access token do not fit the type that a handler asks for");
            token.unfit()
        })?;
        Ok(Self { claims, token })
    }
}

impl<C> Deref for Bearer<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.claims
    }
}

impl<C> fmt::Debug for Bearer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").field("token", &self.token).finish_non_exhaustive()
    }
}

impl<S: Sync> FromRequestParts<S> for Authenticated {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Self::require_in(&parts.extensions)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Authenticated {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Refusal> {
        Self::find_in(&parts.extensions)
    }
}

impl<S: Sync, C: DeserializeOwned> FromRequestParts<S> for Bearer<C> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Authenticated::require_in(&parts.extensions).and_then(Self::read)
    }
}

impl<S: Sync, C: DeserializeOwned> OptionalFromRequestParts<S> for Bearer<C> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Refusal> {
        Authenticated::find_in(&parts.extensions)?.map(Self::read).transpose()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        Self::into_response(self).map(Body::new)
    }
}
