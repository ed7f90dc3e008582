//! Services behind layers of others: axum-jwt-auth on axum 0.8, jwt-authorizer on axum 0.7, and on the latter one that nothing protects.
//!
//! Both check the signature, the issuer, the audience and the expiry, with a leeway of 0, and `nbf` if it is there. Neither looks at `typ`
//! or at what else RFC 9068 requires; both read the claims into a struct with the subject alone.

use std::sync::Arc;

use axum_jwt_auth::{Claims, Decoder, LocalDecoder};
use jsonwebtoken_10::jwk::Jwk;
use jsonwebtoken_10::{Algorithm, DecodingKey, Validation};
use jwt_authorizer::{IntoLayer as _, JwtAuthorizer, JwtClaims};

use super::{Answer, Subject};
use crate::claims::{AUDIENCE, ISSUER, SUBJECT};
use crate::keys::Keys;

pub(super) fn axum_jwt_auth(keys: &Keys) -> axum::Router {
    #[derive(Clone, axum::extract::FromRef)]
    struct State {
        decoder: Decoder<Subject>,
    }
    async fn answer(claims: Claims<Subject>) -> axum::Json<Answer> {
        axum::Json(Answer::new(&claims.claims.sub))
    }
    let jwk: Jwk = serde_json::from_str(&keys.jwk()).expect("jsonwebtoken reads the JWK");
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.leeway = 0;
    validation.validate_nbf = true;
    let decoder = LocalDecoder::builder()
        .keys(vec![DecodingKey::from_jwk(&jwk).expect("jsonwebtoken takes the JWK")])
        .validation(validation)
        .build()
        .expect("the policy is sound");
    axum::Router::new().route("/", axum::routing::get(answer)).with_state(State { decoder: Arc::new(decoder) })
}

pub(super) fn bare() -> axum_07::Router {
    async fn answer() -> axum_07::Json<Answer> {
        axum_07::Json(Answer::new(SUBJECT))
    }
    axum_07::Router::new().route("/", axum_07::routing::get(answer))
}

pub(super) async fn jwt_authorizer(keys: &Keys) -> axum_07::Router {
    async fn answer(JwtClaims(claims): JwtClaims<Subject>) -> axum_07::Json<Answer> {
        axum_07::Json(Answer::new(&claims.sub))
    }
    let validation = jwt_authorizer::Validation::new().iss(&[ISSUER]).aud(&[AUDIENCE]).nbf(true).leeway(0);
    let set = format!(r#"{{"keys":[{}]}}"#, keys.jwk());
    let layer = JwtAuthorizer::<Subject>::from_jwks_text(&set).validation(validation).build().await;
    let layer = layer.expect("jwt-authorizer takes the set").into_layer();
    axum_07::Router::new().route("/", axum_07::routing::get(answer)).layer(layer)
}
