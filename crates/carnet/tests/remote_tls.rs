//! Keys over HTTPS, from servers on this machine whose certificates are good or bad.
#![cfg(test)]
#![cfg(all(feature = "remote", feature = "testing", any(feature = "ring", feature = "aws-lc-rs")))]

#[path = "support/authority.rs"]
mod authority;

use authority::{Authority, self_signed, server};
use carnet::prelude::*;
use carnet::remote::{FetchError, KeyState, RefreshError, RemoteJwksBuilder, ReqwestFetch};
use carnet::testing::Issuer;
use carnet::{KeySource, VerifyError};
use rcgen::{ExtendedKeyUsagePurpose, date_time_ymd};
use rustls::ServerConfig;
use serde_json::Value;
use std::sync::Arc;
use testkit::http_server::{HttpServer, Reply};

const AUDIENCE: &str = "api://my-service";
const HERE: [&str; 2] = ["localhost", "127.0.0.1"];

fn issuer() -> Issuer {
    Issuer::new("https://auth.example.com/").unwrap()
}

/// Publishes the issuer's keys at any path.
async fn publish(issuer: &Issuer, config: ServerConfig) -> HttpServer {
    let jwks = issuer.jwk_set().to_json();
    HttpServer::start_tls(Arc::new(config), move |_| Reply::json(jwks.clone())).await
}

/// With plain HTTP allowed too, so that a client which falls back to it would not be stopped by anything else.
fn remote(url: &str, client: ReqwestFetch) -> RemoteJwks {
    RemoteJwks::builder(url).dangerous_allow_http_loopback().client(client).build().unwrap()
}

async fn verify(keys: RemoteJwks, issuer: &Issuer) -> Result<Verified<Value>, VerifyError> {
    let verifier = Verifier::builder(keys).issuer(issuer.name()).audience(AUDIENCE).clock(issuer.clock());
    let token = issuer.sign(&issuer.token(AUDIENCE).subject("user-1")).unwrap();
    verifier.build().unwrap().verify_async(&token).await
}

fn reason(error: &RefreshError) -> &str {
    match error {
        RefreshError::Fetch(FetchError::Unreachable { reason }) => reason,
        error => panic!("{error:?}"),
    }
}

/// G10: a certificate that is not to be believed is as good as no server, and there is no other way to its keys.
#[tokio::test]
async fn g10_certificates_that_are_not_trusted() {
    let (ours, strangers) = (Authority::new("our authority"), Authority::new("our authority"));
    let with = |change: &dyn Fn(&mut rcgen::CertificateParams)| {
        let mut params = server(&HERE);
        change(&mut params);
        params
    };
    let expired = with(&|params| params.not_after = date_time_ymd(2020, 1, 1));
    let early = with(&|params| params.not_before = date_time_ymd(3000, 1, 1));
    let of_clients = with(&|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
    let cases = [
        ("self-signed", self_signed(&server(&HERE)), "UnknownIssuer"),
        ("of an authority that only has the name of a trusted one", strangers.certify(&server(&HERE)), "BadSignature"),
        ("for another name", ours.certify(&server(&["auth.example.com", "127.0.0.2"])), "not valid for name"),
        ("for no name, but a common name", ours.certify(&server(&[])), "not valid for name"),
        ("expired", ours.certify(&expired), "expired"),
        ("not valid yet", ours.certify(&early), "not valid yet"),
        ("for clients", ours.certify(&of_clients), "EkuError"),
        (
            "signed by a server that is no authority",
            ours.usurped_by(server(&["evil.example"])).certify(&server(&HERE)),
            "EndEntityUsedAsCa",
        ),
    ];
    let issuer = issuer();
    let trusting = ReqwestFetch::with_root_certificates(&ours.pem()).unwrap();
    for (what, config, expected) in cases {
        let server = publish(&issuer, config).await;
        for origin in [server.origin(), server.origin_by_name()] {
            let keys = remote(&format!("{origin}/jwks.json"), trusting.clone());
            let before = server.connections();
            let error = keys.warm().await.unwrap_err();
            assert_eq!(error.code(), "unreachable", "{what}: {error}");
            assert!(reason(&error).contains("certificate"), "{what}: {error}");
            // Where the verifier is that of rustls, its word shows that nothing else was wrong with the certificate.
            assert!(cfg!(not(target_os = "linux")) || reason(&error).contains(expected), "{what}: {error}");
            let status = keys.status();
            assert_eq!((status.state, status.keys), (KeyState::Empty, 0), "{what}");
            assert!(keys.snapshot().is_err(), "{what}");
            assert_eq!(server.connections(), before + 1, "{what}: tried once, and not without TLS");
            // 503: of the token nothing is known.
            assert_eq!(verify(keys, &issuer).await.unwrap_err().code(), "key_source_unavailable", "{what}");
        }
        // Nothing was even asked for, so no body can have been believed.
        assert!(server.requests().is_empty(), "{what}");
        assert_eq!(server.sent(), 0, "{what}");
    }
}

/// The servers of the test above are refused for their certificates, and for nothing else.
#[tokio::test]
async fn the_same_server_is_taken_where_its_authority_is_trusted() {
    let (issuer, ours, theirs) = (issuer(), Authority::new("ours"), Authority::new("theirs"));
    let server = publish(&issuer, ours.certify(&server(&HERE))).await;
    let url = format!("{}/jwks.json", server.origin());
    for (roots, taken) in [(None, false), (Some(theirs.pem()), false), (Some(theirs.pem() + &ours.pem()), true)] {
        let client = match &roots {
            None => ReqwestFetch::new(),
            Some(pem) => ReqwestFetch::with_root_certificates(pem),
        };
        let result = verify(remote(&url, client.unwrap()), &issuer).await;
        assert_eq!(
            result.map_err(|error| error.code()).map(|_| ()),
            if taken { Ok(()) } else { Err("key_source_unavailable") }
        );
        assert_eq!(server.requests().len(), usize::from(taken));
    }
    let by_name = remote(
        &format!("{}/jwks.json", server.origin_by_name()),
        ReqwestFetch::with_root_certificates(&ours.pem()).unwrap(),
    );
    assert!(verify(by_name, &issuer).await.is_ok());
}

/// Metadata are fetched as keys are.
#[tokio::test]
async fn g10_discovery_over_certificates_that_are_not_trusted() {
    let ours = Authority::new("ours");
    let (issuer, config) = (issuer(), ours.certify(&server(&HERE)));
    let server = publish(&issuer, config).await;
    let origin = server.origin();
    let metadata = format!(r#"{{"issuer":"{origin}","jwks_uri":"{origin}/keys"}}"#);
    let jwks = issuer.jwk_set().to_json();
    server.answer(move |request| Reply::json(if request.path == "/keys" { jwks.clone() } else { metadata.clone() }));
    let discover = |client| -> RemoteJwks {
        let builder: RemoteJwksBuilder = RemoteJwks::builder_for_issuer(&origin).dangerous_allow_http_loopback();
        builder.client(client).build().unwrap()
    };
    let keys = discover(ReqwestFetch::new().unwrap());
    assert_eq!(keys.warm().await.unwrap_err().code(), "unreachable");
    assert_eq!((keys.status().jwks_uri, server.requests().len()), (None, 0));

    let keys = discover(ReqwestFetch::with_root_certificates(&ours.pem()).unwrap());
    keys.warm().await.unwrap();
    assert_eq!(server.paths(), ["/.well-known/oauth-authorization-server", "/keys"]);
}

#[test]
fn root_certificates_that_are_none() {
    let good = Authority::new("ours").pem();
    let key = PrivateJwk::generate(EdDSA).unwrap().expose_pem().unwrap();
    let broken = good.replace("MI", "MJ");
    let no_certificate = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    for pem in ["", "canary", &key, &good[..good.len() / 2], no_certificate, &broken, &(good.clone() + no_certificate)]
    {
        let error = ReqwestFetch::with_root_certificates(pem).unwrap_err();
        assert_eq!(error, FetchError::RootCertificates, "{pem}");
    }
    assert!(ReqwestFetch::with_root_certificates(&format!("# ours\n{good}")).is_ok());
}

/// A client of one's own. What it reaches by a redirect is not believed, though it has been built to follow one.
#[tokio::test]
async fn clients_of_ones_own() {
    let (issuer, ours) = (issuer(), Authority::new("ours"));
    let server = publish(&issuer, ours.certify(&server(&HERE))).await;
    let client = |policy| {
        let client = reqwest::Client::builder().no_proxy().tls_backend_preconfigured(ours.client());
        ReqwestFetch::with_client(client.redirect(policy).build().unwrap())
    };
    let url = format!("{}/jwks.json", server.origin());
    let careless = || client(reqwest::redirect::Policy::default());
    assert!(verify(remote(&url, careless()), &issuer).await.is_ok());
    assert!(verify(remote(&url, client(reqwest::redirect::Policy::none())), &issuer).await.is_ok());

    let (jwks, elsewhere) = (issuer.jwk_set().to_json(), format!("{}/elsewhere", server.origin()));
    server.answer(move |request| match &*request.path {
        "/jwks.json" => Reply::Full(302, vec![("location", elsewhere.clone())], Vec::new()),
        _ => Reply::json(jwks.clone()),
    });
    let error = remote(&url, careless()).warm().await.unwrap_err();
    assert!(reason(&error).contains("redirect::Policy::none()"), "{error}");
    let error = remote(&url, client(reqwest::redirect::Policy::none())).warm().await.unwrap_err();
    assert_eq!(error.code(), "unexpected_status");
}

/// What a server puts into errors of the connection is cut, and nothing of it can be unseen.
#[tokio::test]
async fn what_a_server_says_gets_into_no_error_at_length() {
    let (issuer, ours) = (issuer(), Authority::new("ours"));
    let longest = 256 + "...".len();

    // HTTP/2, RFC 9113 §6.8: a connection may be ended with debug data.
    let mut config = ours.certify(&server(&HERE));
    config.alpn_protocols = vec![b"h2".to_vec()];
    let server_of_h2 = publish(&issuer, config).await;
    let frame = |kind: u8, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, 0, 0, 0, 0, 0], payload].concat()
    };
    let debug_data = "canary \u{1b}[31m\r\n\u{202e}".repeat(500);
    let (last_stream, enhance_your_calm) = ([0; 4], [0, 0, 0, 0xb]);
    let end = frame(7, &[&last_stream[..], &enhance_your_calm, debug_data.as_bytes()].concat());
    let octets = [frame(4, &[]), end].concat();
    server_of_h2.answer(move |_| Reply::Raw(octets.clone()));
    let trusting = ReqwestFetch::with_root_certificates(&ours.pem()).unwrap();
    let keys = remote(&format!("{}/jwks.json", server_of_h2.origin()), trusting.clone());
    let error = keys.warm().await.unwrap_err();
    assert_eq!(error.code(), "unreachable");
    assert!(reason(&error).contains("canary"), "the debug data are not in it, and this shows nothing: {error}");
    assert!(reason(&error).chars().count() <= longest, "{} characters", reason(&error).chars().count());
    assert!(!reason(&error).chars().any(carnet::is_hidden), "{error}");
    let unavailable = keys.snapshot().unwrap_err().to_string();
    assert!(unavailable.contains("canary") && unavailable.len() < 500, "{unavailable}");

    // A certificate, with all the names that it is for.
    let names: Vec<String> = (0..200).map(|number| format!("{}{number}.example", "canary-".repeat(7))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let server_of_names = publish(&issuer, ours.certify(&server(&names))).await;
    let error = remote(&format!("{}/jwks.json", server_of_names.origin()), trusting).warm().await.unwrap_err();
    assert!(reason(&error).contains("canary") && reason(&error).ends_with("..."), "{error}");
    assert!(reason(&error).chars().count() <= longest, "{} characters", reason(&error).chars().count());
}
