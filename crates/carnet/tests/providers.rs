//! Access tokens as well-known providers issue them, under the policies that the README gives for each: they are accepted, and the provider's ID tokens are not. The claims are those
//! that the providers document; the key is of this test.
#![cfg(test)]
#![cfg(feature = "remote")]

use carnet::jws::JwsBuilder;
use carnet::oauth::{AccessTokenVerifier, IdTokenExpectations, IdTokenVerifier};
use carnet::prelude::*;
use carnet::remote::{Fetch, FetchError, FetchFuture};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testkit::vectors;

const NOW: i64 = 1_800_000_000;
const API: &str = "https://api.example.com/";

/// The signing key, as all six providers have one: RSA, for RS256.
fn key() -> SigningKey {
    let forms = vectors::load("key-forms/forms.json");
    let jwk = PrivateJwk::from_json(&forms["keys"][0]["jwk"].to_string()).unwrap();
    SigningKey::from_jwk_as(RS256, &jwk).unwrap().with_key_id("k1").unwrap()
}

fn keys() -> VerifyingKeys {
    [key().public_jwk().unwrap()].into_iter().collect::<JwkSet>().verifying_keys()
}

/// A token with this `typ` and these claims. The times are added.
fn sign(typ: Option<&str>, claims: &Value) -> String {
    let mut claims = claims.clone();
    claims["iat"] = NOW.into();
    claims["exp"] = (NOW + 3600).into();
    let builder = typ.into_iter().fold(JwsBuilder::new(), JwsBuilder::typ);
    builder.sign(claims.to_string().as_bytes(), &key()).unwrap()
}

/// The policy for most: discovery aside, that of the README.
fn lenient(issuer: &str, audience: &str) -> AccessTokenVerifier {
    let builder = AccessTokenVerifier::builder(keys(), issuer, audience).lenient();
    builder.policy(|policy| policy.at(NOW)).build().unwrap()
}

fn strict(issuer: &str, audience: &str) -> AccessTokenVerifier {
    AccessTokenVerifier::builder(keys(), issuer, audience).policy(|policy| policy.at(NOW)).build().unwrap()
}

#[track_caller]
fn accepted(api: &AccessTokenVerifier, token: &str, scopes: &[&str], client_id: &str) {
    let token = api.verify(token).unwrap();
    assert_eq!(token.scopes().collect::<Vec<_>>(), scopes);
    assert_eq!(token.client_id(), Some(client_id));
}

/// For these reasons, in whatever order.
#[track_caller]
fn refused(api: &AccessTokenVerifier, token: &str, codes: &[&str]) {
    let error = api.verify(token).unwrap_err();
    let mut found: Vec<_> = error.rejections().iter().map(Rejection::code).collect();
    let mut expected = codes.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected, "{error}");
}

/// That an ID token is genuine, so that what refuses it elsewhere is not its form.
#[track_caller]
fn is_an_id_token(issuer: &str, client_id: &str, token: &str) {
    let client = IdTokenVerifier::builder(keys(), issuer, client_id).policy(|policy| policy.at(NOW)).build().unwrap();
    client.verify(token, &IdTokenExpectations::without_nonce()).unwrap();
}

#[test]
fn auth0() {
    let issuer = "https://tenant.auth0.com/";
    // The profile of Auth0's own, with RBAC.
    let audiences = json!([API, "https://tenant.auth0.com/userinfo"]);
    let own = json!({"iss": issuer, "sub": "auth0|123456", "aud": audiences, "azp": "web", "scope": "openid orders:read", "permissions": ["orders:read"]});
    accepted(&lenient(issuer, API), &sign(Some("JWT"), &own), &["openid", "orders:read"], "web");
    // A program, which acts for itself.
    let program = json!({"iss": issuer, "sub": "web@clients", "aud": API, "azp": "web", "gty": "client-credentials"});
    accepted(&lenient(issuer, API), &sign(Some("JWT"), &program), &[], "web");
    refused(&strict(issuer, API), &sign(Some("JWT"), &own), &["wrong_typ", "claim_missing", "claim_missing"]);
    // The profile of RFC 9068.
    let rfc = json!({"iss": issuer, "sub": "auth0|123456", "aud": audiences, "client_id": "web", "jti": "73WakrfVbNJBaAmhQtEeDv", "scope": "openid orders:read"});
    accepted(&strict(issuer, API), &sign(Some("at+jwt"), &rfc), &["openid", "orders:read"], "web");
    // Without the slash, it is another issuer.
    refused(&lenient("https://tenant.auth0.com", API), &sign(Some("JWT"), &own), &["issuer_mismatch"]);

    // An ID token for a client that, by mistake, has the name of the API.
    let id = sign(Some("JWT"), &json!({"iss": issuer, "sub": "auth0|123456", "aud": API, "name": "Jane", "sid": "s1"}));
    is_an_id_token(issuer, API, &id);
    refused(&lenient(issuer, API), &id, &["claim_missing"]);
}

#[test]
fn keycloak() {
    let issuer = "https://sso.example.com/realms/shop";
    let access = |audience: Value, typ: &str| {
        json!({
            "iss": issuer, "sub": "f1c4f64e-2c0c-4cda-8c9f-9f3f8f3a2b0e", "aud": audience, "typ": typ, "azp": "web", "jti": "j1", "sid": "s1", "acr": "1",
            "scope": "openid profile email", "realm_access": {"roles": ["offline_access", "admin"]}, "resource_access": {"orders-api": {"roles": ["buyer"]}},
        })
    };
    let api = lenient(issuer, "orders-api");
    let token = sign(Some("JWT"), &access(json!(["orders-api", "account"]), "Bearer"));
    accepted(&api, &token, &["openid", "profile", "email"], "web");
    // A client can be set to this.
    accepted(
        &api,
        &sign(Some("at+jwt"), &access(json!("orders-api"), "Bearer")),
        &["openid", "profile", "email"],
        "web",
    );
    // What a realm issues before it has a mapper for the audience.
    refused(&api, &sign(Some("JWT"), &access(json!("account"), "Bearer")), &["audience_mismatch"]);
    // Before version 25, or with the mapper that brings it back, it has the nonce of the login, as ID tokens do.
    let mut with_nonce = access(json!("orders-api"), "Bearer");
    with_nonce["nonce"] = json!("n-0S6_WzA2Mj");
    refused(&api, &sign(Some("JWT"), &with_nonce), &["claim_forbidden"]);
    // With the same claims, an ID token and a refresh token.
    refused(&api, &sign(Some("JWT"), &access(json!("orders-api"), "ID")), &["claim_mismatch"]);
    refused(&api, &sign(Some("JWT"), &access(json!("orders-api"), "Refresh")), &["claim_mismatch"]);
    let id = json!({"iss": issuer, "sub": "f1c4f64e", "aud": "orders-api", "typ": "ID", "azp": "orders-api", "jti": "j2", "sid": "s1", "at_hash": "aGFzaGhhc2hoYXNoaA"});
    is_an_id_token(issuer, "orders-api", &sign(Some("JWT"), &id));
    refused(&api, &sign(Some("JWT"), &id), &["claim_forbidden", "claim_mismatch", "claim_missing"]);
}

#[test]
fn okta() {
    let issuer = "https://org.okta.com/oauth2/default";
    let access = json!({"ver": 1, "jti": "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMFdI7XXXX", "iss": issuer, "aud": "api://default", "sub": "jane@example.com", "cid": "web", "uid": "00uid4BxXw6I6TV4m0g3", "scp": ["openid", "orders:read"], "auth_time": NOW});
    let api = lenient(issuer, "api://default");
    accepted(&api, &sign(None, &access), &["openid", "orders:read"], "web");
    let id = json!({"ver": 1, "jti": "ID.1", "iss": issuer, "aud": "api://default", "sub": "00uid4BxXw6I6TV4m0g3", "name": "Jane", "amr": ["pwd"], "idp": "00o1", "auth_time": NOW});
    is_an_id_token(issuer, "api://default", &sign(None, &id));
    refused(&api, &sign(None, &id), &["claim_missing"]);
}

#[test]
fn entra_id() {
    let tenant = "f24341ef-7a6f-4cff-abb7-99a11ab11127";
    let client = "6731de76-14a6-49ae-97bc-6eba6914391e";
    let api_id = "2c1b0a99-0000-4000-8000-000000000001";
    let (second, first) =
        (format!("https://login.microsoftonline.com/{tenant}/v2.0"), format!("https://sts.windows.net/{tenant}/"));

    let v2 = lenient(&second, api_id);
    let delegated = json!({"aud": api_id, "iss": second, "azp": client, "azpacr": "0", "oid": "o1", "scp": "Orders.Read Orders.Write", "sub": "s1", "tid": tenant, "uti": "u1", "ver": "2.0", "nbf": NOW});
    accepted(&v2, &sign(Some("JWT"), &delegated), &["Orders.Read", "Orders.Write"], client);
    // An application that acts for itself has roles and no scopes.
    let application = json!({"aud": api_id, "iss": second, "azp": client, "azpacr": "1", "oid": "o2", "roles": ["Orders.Read.All"], "sub": "o2", "tid": tenant, "ver": "2.0", "nbf": NOW});
    accepted(&v2, &sign(Some("JWT"), &application), &[], client);

    let audience = format!("api://{api_id}");
    let v1 = lenient(&first, &audience);
    let old = json!({"aud": audience, "iss": first, "appid": client, "appidacr": "0", "acr": "1", "amr": ["pwd"], "scp": "Orders.Read", "sub": "s1", "tid": tenant, "ver": "1.0", "nbf": NOW});
    accepted(&v1, &sign(Some("JWT"), &old), &["Orders.Read"], client);
    refused(&v2, &sign(Some("JWT"), &old), &["issuer_mismatch", "audience_mismatch"]);

    // A page whose registration is the API's own has ID tokens for the same audience.
    for (api, issuer, version) in [(&v2, &second, "2.0"), (&v1, &first, "1.0")] {
        let audience = if version == "2.0" { api_id.to_owned() } else { audience.clone() };
        let id = json!({"aud": audience, "iss": issuer, "name": "Jane", "oid": "o1", "preferred_username": "jane@example.com", "roles": ["Orders.Read.All"], "sub": "s1", "tid": tenant, "ver": version, "nbf": NOW});
        is_an_id_token(issuer, &audience, &sign(Some("JWT"), &id));
        refused(api, &sign(Some("JWT"), &id), &["claim_missing"]);
    }
}

/// A pool's access tokens have no audience, so the policy is one of our own: it names the clients.
#[test]
fn cognito() {
    let issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example";
    let policy = |clients: [&str; 1]| {
        let policy = Verifier::builder(keys()).issuer(issuer).any_audience().claim("token_use", "access");
        AccessTokenVerifier::with_policy(policy.claim_one_of("client_id", clients).at(NOW).build().unwrap())
    };
    let access = json!({"sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "cognito:groups": ["admin"], "iss": issuer, "version": 2, "client_id": "web", "origin_jti": "o1", "event_id": "e1", "token_use": "access", "scope": "openid https://api.example.com/orders:read", "auth_time": NOW, "jti": "j1", "username": "jane"});
    let token = sign(None, &access);
    accepted(&policy(["web"]), &token, &["openid", "https://api.example.com/orders:read"], "web");
    refused(&policy(["other"]), &token, &["claim_mismatch"]);
    // The policy of everybody else cannot take it.
    refused(&lenient(issuer, "web"), &token, &["claim_missing"]);
    let id = sign(
        None,
        &json!({"sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "aud": "web", "iss": issuer, "token_use": "id", "cognito:username": "jane", "cognito:groups": ["admin"], "auth_time": NOW, "jti": "j2", "email": "jane@example.com"}),
    );
    is_an_id_token(issuer, "web", &id);
    refused(&policy(["web"]), &id, &["claim_mismatch", "claim_missing"]);
    refused(&lenient(issuer, "web"), &id, &["claim_mismatch", "claim_missing"]);
}

/// Its access tokens are for Google alone and no JSON Web Tokens. Its ID tokens are for the client that the user has logged in at.
#[test]
fn google() {
    let issuer = "https://accounts.google.com";
    let client_id = "1234987819200.apps.googleusercontent.com";
    let client = IdTokenVerifier::builder(keys(), issuer, client_id).policy(|policy| policy.at(NOW)).build().unwrap();
    let claims = json!({"iss": issuer, "azp": client_id, "aud": client_id, "sub": "10769150350006150715113082367", "at_hash": "HK6E_P6Dh8Y93mRNtsDB1Q", "hd": "example.com", "email": "jane@example.com", "email_verified": true, "nonce": "n-1"});
    let token = sign(Some("JWT"), &claims);
    let user = client.verify(&token, &IdTokenExpectations::nonce("n-1")).unwrap();
    assert_eq!(user.subject(), Some("10769150350006150715113082367"));
    let other = client.verify(&token, &IdTokenExpectations::nonce("n-2")).unwrap_err();
    assert_eq!(other.rejections().iter().map(Rejection::code).collect::<Vec<_>>(), ["claim_mismatch"]);
    refused(&lenient(issuer, client_id), &token, &["claim_forbidden", "claim_forbidden", "claim_missing"]);
    assert_eq!(
        client.verify("ya29.a0AfH6SMBx", &IdTokenExpectations::without_nonce()).unwrap_err().code(),
        "malformed"
    );
}

/// Roles, groups and permissions are found where the README says.
#[cfg(feature = "axum")]
#[tokio::test]
async fn roles_are_where_the_readme_says() {
    use axum::{Router, routing::get};
    use carnet::tower::ProtectLayer;
    let base = json!({"iss": "https://auth.example.com/", "aud": API, "sub": "user-1", "scope": "openid"});
    for (path, claim) in [
        (vec!["permissions"], json!({"permissions": ["orders:read", "admin"]})),
        (vec!["realm_access", "roles"], json!({"realm_access": {"roles": ["offline_access", "admin"]}})),
        (
            vec!["resource_access", "orders-api", "roles"],
            json!({"resource_access": {"orders-api": {"roles": ["admin"]}}}),
        ),
        (vec!["cognito:groups"], json!({"cognito:groups": ["admin"]})),
        (vec!["roles"], json!({"roles": ["admin"]})),
    ] {
        let protect = ProtectLayer::builder(lenient("https://auth.example.com/", API)).roles_at(path.clone());
        let route = get(|| async { "all of it" }).layer(protect.build().unwrap().any_role(["admin"]));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/", route)).await.unwrap() });
        for (claim, status) in [(claim, 200), (json!({}), 403), (json!({"role": "admin"}), 403)] {
            let mut claims = base.clone();
            claims.as_object_mut().unwrap().extend(claim.as_object().unwrap().clone());
            let token = sign(Some("JWT"), &claims);
            let request = format!("GET / HTTP/1.0\r\nauthorization: Bearer {token}\r\n\r\n");
            let response = testkit::http_client::exchange(address, request.as_bytes()).await;
            assert_eq!(response.status, status, "{path:?} {claims}");
        }
    }
}

/// Documents at their URLs; everything else is not found.
struct Documents(BTreeMap<String, String>);

impl Fetch for Documents {
    fn fetch<'a>(&'a self, request: http::Request<()>, _: usize) -> FetchFuture<'a> {
        Box::pin(async move {
            let document = self.0.get(&request.uri().to_string());
            let response = http::Response::builder().status(if document.is_some() { 200 } else { 404 });
            let response = response.header("content-type", "application/json");
            let body = document.cloned().unwrap_or_default().into_bytes();
            response.body(body).map_err(|error| FetchError::Unreachable { reason: error.to_string() })
        })
    }
}

/// What the providers publish leads from the issuer that the README names to their keys.
#[tokio::test]
async fn real_documents_lead_to_real_keys() {
    for (provider, issuer, keys, count) in [
        ("auth0", "https://dev-66191jdr.eu.auth0.com/", "auth0-legacy-x5cMultiple", 2),
        ("entra-v1", "https://sts.windows.net/f24341ef-7a6f-4cff-abb7-99a11ab11127/", "entra-v1-jwks", 3),
        ("google", "https://accounts.google.com", "google-jwks", 2),
        ("keycloak", "https://keycloak.local.alerta.io:9090/auth/realms/master", "keycloak-jwks", 1),
        ("okta", "https://dev-490527.okta.com/oauth2/default", "okta-jwks", 1),
    ] {
        // This one Keycloak was a developer's, and spoke http.
        let metadata = vectors::read(format!("jwks-real/{provider}-openid-configuration.json"));
        let metadata = metadata.replace("http://keycloak.local", "https://keycloak.local");
        let jwks_uri = serde_json::from_str::<Value>(&metadata).unwrap()["jwks_uri"].as_str().unwrap().to_owned();
        let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let jwks = vectors::read(format!("jwks-real/{keys}.json"));
        let documents =
            || Documents(BTreeMap::from([(place.clone(), metadata.clone()), (jwks_uri.clone(), jwks.clone())]));

        let remote = RemoteJwks::builder_for_issuer(issuer).client(documents()).build().unwrap();
        remote.warm().await.unwrap();
        assert_eq!(remote.status().keys, count, "{provider}");

        // One octet of the name more or less is another issuer, and its keys are nobody's.
        let other = match issuer.strip_suffix('/') {
            Some(without) => without.to_owned(),
            None => format!("{issuer}/"),
        };
        let remote = RemoteJwks::builder_for_issuer(&other).client(documents()).build().unwrap();
        assert_eq!(remote.warm().await.unwrap_err().code(), "metadata_issuer_mismatch", "{provider}");
    }
    assert!(RemoteJwks::discover("http://keycloak.local.alerta.io:9090/auth/realms/master").is_err());
}
