//! The metadata of protected resources, over a real server.
#![cfg(test)]
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

#[path = "support/wire.rs"]
mod wire;

use axum::Router;
use axum::routing::any;
use carnet_jwa::Algorithm::{self, ES256, EdDSA, HS256};
use carnet_jwk::{SigningKey, VerifyingKeys};
use carnet_oauth::AccessTokenVerifier;
use carnet_tower::{
    ProtectLayer, ProtectedResource, ProtectedResourceBuilder, ProtectedResourceError, RequireHttpsLayer, UrlError,
};
use serde_json::{Value, json};
use testkit::http_client::exchange;
use wire::{ask, problem_code, serve};

fn resource(identifier: &str) -> ProtectedResourceBuilder {
    ProtectedResource::builder(identifier).authorization_server("https://auth.example.com")
}

#[tokio::test]
async fn rfc9728_3_2_the_metadata_are_a_json_object_without_empty_members() {
    let least = resource("https://api.example.com").build().unwrap();
    let expected = json!({
        "resource": "https://api.example.com",
        "authorization_servers": ["https://auth.example.com"],
        "bearer_methods_supported": ["header"],
    });
    assert_eq!(serde_json::from_str::<Value>(&least.to_json()).unwrap(), expected);
    let empty = resource("https://api.example.com").scopes_supported([""; 0]).dpop_algorithms([]);
    let empty = empty.dpop_bound_access_tokens_required(false).build().unwrap();
    assert_eq!(empty.to_json(), least.to_json());

    let most = resource("https://api.example.com/mcp")
        .authorization_server("https://login.example/tenant/")
        .scopes_supported(["files:read", "files:write"])
        .name("Akten \"und\" mehr é")
        .documentation("https://docs.example/#start")
        .policy_uri("https://docs.example/policy")
        .tos_uri("https://docs.example/terms?v=2")
        .jwks_uri("https://api.example.com/.well-known/jwks.json")
        .dpop_algorithms([ES256, EdDSA])
        .dpop_bound_access_tokens_required(true)
        .build()
        .unwrap();
    let expected = json!({
        "resource": "https://api.example.com/mcp",
        "authorization_servers": ["https://auth.example.com", "https://login.example/tenant/"],
        "jwks_uri": "https://api.example.com/.well-known/jwks.json",
        "scopes_supported": ["files:read", "files:write"],
        "bearer_methods_supported": ["header"],
        "resource_name": "Akten \"und\" mehr é",
        "resource_documentation": "https://docs.example/#start",
        "resource_policy_uri": "https://docs.example/policy",
        "resource_tos_uri": "https://docs.example/terms?v=2",
        "dpop_signing_alg_values_supported": ["ES256", "EdDSA"],
        "dpop_bound_access_tokens_required": true,
    });
    let address = serve(Router::new().route_service(most.path(), most.service())).await;
    let reply = ask(address, "GET /.well-known/oauth-protected-resource/mcp", "").await;
    assert_eq!((reply.status, reply.one("content-type")), (200, Some("application/json")));
    assert_eq!(reply.one("cache-control"), Some("public, max-age=3600"));
    assert_eq!(reply.one("access-control-allow-origin"), Some("*"));
    assert_eq!(serde_json::from_str::<Value>(&reply.body).unwrap(), expected);
    assert_eq!(reply.body, most.to_json());
}

/// The configured octets, and nothing that a request says.
#[tokio::test]
async fn rfc9728_3_3_each_resource_has_its_own_document_whatever_a_request_says() {
    let identifiers = [
        "https://api.example.com/",
        "https://api.example.com/mcp",
        "https://api.example.com/mcp/files",
        "https://other.example:8443/a%20b",
        "https://api.example.com/q?tenant=1",
    ];
    let resources = identifiers.map(|identifier| resource(identifier).build().unwrap());
    let router =
        |router: Router, resource: &ProtectedResource| router.route_service(resource.path(), resource.service());
    let address = serve(resources.iter().fold(Router::new(), router)).await;

    for (identifier, resource) in identifiers.iter().zip(&resources) {
        assert_eq!(resource.resource(), *identifier);
        let origin = &identifier[..identifier[8..].find('/').unwrap() + 8];
        let target = resource.url().strip_prefix(origin).unwrap();
        let hostile = "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: http\r\nForwarded: host=evil.example\r\nX-Original-URL: /evil\r\nConnection: close\r\n\r\n";
        for request in [
            format!("GET {target} HTTP/1.1\r\nHost: evil.example\r\n{hostile}"),
            format!("GET http://evil.example{target} HTTP/1.1\r\nHost: evil.example\r\n{hostile}"),
            format!("GET {target} HTTP/1.0\r\n{hostile}"),
        ] {
            let reply = exchange(address, request.as_bytes()).await;
            assert_eq!(reply.status, 200, "{request}");
            assert!(reply.body.contains(&format!("\"resource\":\"{identifier}\"")), "{}", reply.body);
            assert!(!format!("{reply:?}").contains("evil"), "{reply:?}");
        }
    }
    let sent = ask(address, &format!("POST {}", resources[1].path()), "Content-Length: 0\r\n").await;
    assert_eq!((sent.status, problem_code(&sent).as_str()), (405, "method_not_allowed"));
    // The document of the root is not that of what is below.
    for path in ["/.well-known/oauth-protected-resource/other", "/.well-known/oauth-protected-resource/mcp/"] {
        assert_eq!(ask(address, &format!("GET {path}"), "").await.status, 404, "{path}");
    }
}

/// As a client goes: from the challenge to the document, which is for what was called.
#[tokio::test]
async fn rfc9728_5_1_the_challenge_leads_to_the_document() {
    let keys = VerifyingKeys::from(SigningKey::generate(EdDSA).unwrap().verifying_key());
    for identifier in ["https://api.example.com/mcp", "https://api.example.com/"] {
        let resource = resource(identifier).build().unwrap();
        let verifier = AccessTokenVerifier::builder(keys.clone(), "https://auth.example.com", resource.resource())
            .build()
            .unwrap();
        let protect = ProtectLayer::builder(verifier).resource_metadata(resource.url()).build().unwrap();
        let path = &identifier["https://api.example.com".len()..];
        let app = Router::new().route(path, any(|| async {}).layer(protect));
        let app = app.route_service(resource.path(), resource.service());
        let https = RequireHttpsLayer::new("api.example.com").unwrap().exempt(path).unwrap();
        let address = serve(app.layer(https.exempt(resource.path()).unwrap())).await;

        let refused = ask(address, &format!("POST {path}"), "Content-Length: 0\r\n").await;
        assert_eq!(refused.status, 401);
        let challenge = refused.one("www-authenticate").unwrap();
        let (_, url) = challenge.split_once("resource_metadata=\"").unwrap();
        let target = url.split_once('"').unwrap().0.strip_prefix("https://api.example.com").unwrap();
        let reply = ask(address, &format!("GET {target}"), "").await;
        assert_eq!(serde_json::from_str::<Value>(&reply.body).unwrap()["resource"], identifier);
    }
}

/// What is below a resource belongs to it, unless it is one of its own.
#[tokio::test]
async fn rfc9728_3_3_below_a_resource_its_document_is_named() {
    let keys = VerifyingKeys::from(SigningKey::generate(EdDSA).unwrap().verifying_key());
    let [outer, inner] = ["https://api.example.com/v1", "https://api.example.com/v1/admin"]
        .map(|identifier| resource(identifier).build().unwrap());
    let protect = |resource: &ProtectedResource| {
        let verifier = AccessTokenVerifier::builder(keys.clone(), "https://auth.example.com", resource.resource());
        ProtectLayer::builder(verifier.build().unwrap()).resource_metadata(resource.url()).build().unwrap()
    };
    let app = Router::new().route("/v1/orders/{id}", any(|| async {}).layer(protect(&outer)));
    let address = serve(app.route("/v1/admin", any(|| async {}).layer(protect(&inner)))).await;
    for (path, resource) in [("/v1/orders/7", outer), ("/v1/admin", inner)] {
        let refused = ask(address, &format!("GET {path}"), "").await;
        let named = format!("resource_metadata=\"{}\"", resource.url());
        assert!(refused.one("www-authenticate").unwrap().ends_with(&named), "{refused:?}");
    }
}

#[test]
fn metadata_that_would_mislead_are_not_built() {
    use ProtectedResourceError::{DpopAlgorithm, Name, NoAuthorizationServer, NotAScope, OfflineAccess};
    let api = || resource("https://api.example.com/mcp");
    let url = |member, reason| ProtectedResourceError::Url { member, reason };
    let cases = [
        (ProtectedResource::builder("https://api.example.com"), NoAuthorizationServer),
        (resource("http://api.example.com"), url("resource", UrlError::NotHttps)),
        (resource("https://api.example.com/mcp/"), url("resource", UrlError::TrailingSlash)),
        (api().authorization_server("http://auth.example.com"), url("authorization_servers", UrlError::NotHttps)),
        (api().authorization_server("https://a.example/?x"), url("authorization_servers", UrlError::Query)),
        (api().authorization_server("https://a.example/#x"), url("authorization_servers", UrlError::Fragment)),
        (api().authorization_server("https://u@a.example"), url("authorization_servers", UrlError::UserInformation)),
        (api().authorization_server(""), url("authorization_servers", UrlError::NotAUrl)),
        (api().jwks_uri("http://api.example.com/jwks"), url("jwks_uri", UrlError::NotHttps)),
        (api().documentation("javascript:alert(1)"), url("resource_documentation", UrlError::NotHttps)),
        (api().policy_uri("/policy"), url("resource_policy_uri", UrlError::NotAUrl)),
        (api().tos_uri("https:///terms"), url("resource_tos_uri", UrlError::NoHost)),
        (api().name(" "), Name),
        (api().name("a\nb"), Name),
        (api().scopes_supported(["read", "offline_access"]), OfflineAccess),
        (api().scopes_supported(["read write"]), NotAScope { scope: "read write".into() }),
        (api().scopes_supported([""]), NotAScope { scope: "".into() }),
        (api().scopes_supported(["a\"b"]), NotAScope { scope: "a\"b".into() }),
        (api().scopes_supported(["a\\b"]), NotAScope { scope: "a\\b".into() }),
        (api().scopes_supported(["é"]), NotAScope { scope: "é".into() }),
        (api().dpop_algorithms([HS256]), DpopAlgorithm { algorithm: HS256 }),
    ];
    for (builder, expected) in cases {
        let error = builder.build().unwrap_err();
        assert_eq!(error, expected);
        assert_eq!(error.code(), "invalid_protected_resource");
        assert_eq!(std::error::Error::source(&error).is_some(), matches!(error, ProtectedResourceError::Url { .. }));
    }
    // What only one backend has is claimed only by builds that have it.
    let rare = api().dpop_algorithms([Algorithm::ES512]).build();
    assert_eq!(rare.is_ok(), Algorithm::ES512.is_available());

    let local =
        || ProtectedResource::builder("http://127.0.0.1:8080/mcp").authorization_server("http://localhost:9000");
    assert_eq!(local().build().unwrap_err(), url("resource", UrlError::NotHttps));
    let local = local().dangerous_allow_http_loopback().build().unwrap();
    assert_eq!(local.url(), "http://127.0.0.1:8080/.well-known/oauth-protected-resource/mcp");
}
