//! What each policy takes and refuses, and that no token is taken by two.
#![cfg(test)]
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

use carnet_jwa::Algorithm::{self, ES256, EdDSA, HS256};
use carnet_jwk::{KeyMiss, KeySource, KeySourceError, Secret, SigningKey, VerifyingKey, VerifyingKeys};
use carnet_jws::JwsBuilder;
use carnet_jwt::{Verifier, VerifyError};
use carnet_oauth::{
    AccessTokenBuilder, AccessTokenVerifier, DpopRequest, DpopVerifier, IdTokenBuilder, IdTokenExpectations,
    IdTokenVerifier, half_hash,
};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use testkit::vectors;

const ISSUER: &str = "https://auth.example.com/";
/// The worst case: an API and a client of the same name.
const AUDIENCE: &str = "https://api.example.com/";
const NOW: i64 = 1_750_000_000;

fn secret() -> Secret {
    Secret::from_bytes([7; 32]).unwrap()
}

fn key() -> VerifyingKey {
    VerifyingKey::from_secret(HS256, &secret()).unwrap()
}

fn sign(typ: Option<&str>, claims: &Value) -> String {
    sign_text(typ, &claims.to_string())
}

fn sign_text(typ: Option<&str>, claims: &str) -> String {
    let builder = JwsBuilder::new();
    let builder = if let Some(typ) = typ { builder.typ(typ) } else { builder };
    builder.sign(claims.as_bytes(), &SigningKey::from_secret(HS256, &secret()).unwrap()).unwrap()
}

/// None of these sources ever waits.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("pending"),
    }
}

fn access() -> AccessTokenBuilder<VerifyingKeys> {
    AccessTokenVerifier::builder(key(), ISSUER, AUDIENCE).policy(|policy| policy.at(NOW))
}

fn id() -> IdTokenBuilder<VerifyingKeys> {
    IdTokenVerifier::builder(key(), ISSUER, AUDIENCE).policy(|policy| policy.at(NOW))
}

fn access_claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 600, "iat": NOW, "sub": "user-1", "client_id": "web", "jti": "1",
        "scope": "orders:read orders:write"
    })
}

fn id_claims() -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 600, "iat": NOW, "sub": "user-1", "nonce": "n"})
}

/// The claims with one changed, or without it where the value is `null`.
fn with(mut claims: Value, name: &str, value: Value) -> Value {
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    claims
}

fn code<T>(outcome: Result<T, VerifyError>) -> &'static str {
    outcome.map_or_else(|error| error.code(), |_| "ok")
}

/// RFC 9068 §4.
#[test]
fn access_tokens() {
    let (strict, lenient) = (access().build().unwrap(), access().lenient().build().unwrap());
    let at = Some("at+jwt");
    for (typ, claims, strictly, leniently) in [
        (at, access_claims(), "ok", "ok"),
        (Some("application/at+jwt"), access_claims(), "ok", "ok"),
        (Some("AT+JWT"), access_claims(), "ok", "ok"),
        (Some("JWT"), access_claims(), "wrong_typ", "ok"),
        (None, access_claims(), "wrong_typ", "ok"),
        (Some("dpop+jwt"), access_claims(), "wrong_typ", "wrong_typ"),
        (Some("logout+jwt"), access_claims(), "wrong_typ", "wrong_typ"),
        (Some("id+jwt"), access_claims(), "wrong_typ", "wrong_typ"),
        (at, with(access_claims(), "iss", json!("https://evil.example/")), "issuer_mismatch", "issuer_mismatch"),
        (at, with(access_claims(), "iss", Value::Null), "claim_missing", "claim_missing"),
        (at, with(access_claims(), "aud", json!("https://other.example/")), "audience_mismatch", "audience_mismatch"),
        (at, with(access_claims(), "aud", json!(["x", AUDIENCE])), "ok", "ok"),
        (at, with(access_claims(), "aud", Value::Null), "claim_missing", "claim_missing"),
        (at, with(access_claims(), "exp", json!(NOW)), "token_expired", "token_expired"),
        (at, with(access_claims(), "exp", Value::Null), "claim_missing", "claim_missing"),
        (at, with(access_claims(), "sub", Value::Null), "claim_missing", "ok"),
        (at, with(access_claims(), "client_id", Value::Null), "claim_missing", "ok"),
        (at, with(access_claims(), "iat", Value::Null), "claim_missing", "ok"),
        (at, with(access_claims(), "jti", Value::Null), "claim_missing", "ok"),
        (at, with(access_claims(), "client_id", json!(1)), "claim_invalid", "claim_invalid"),
        (at, with(access_claims(), "scope", json!({"a": 1})), "claim_invalid", "claim_invalid"),
        (at, with(access_claims(), "scope", json!(["orders:read"])), "claim_invalid", "claim_invalid"),
        (at, with(access_claims(), "scp", json!(["a b"])), "claim_invalid", "claim_invalid"),
        (at, with(access_claims(), "c_hash", json!("x")), "claim_forbidden", "claim_forbidden"),
        (at, with(access_claims(), "events", json!({})), "claim_forbidden", "claim_forbidden"),
        (Some("JWT"), with(access_claims(), "token_use", json!("access")), "wrong_typ", "ok"),
        (Some("JWT"), with(access_claims(), "token_use", json!("id")), "wrong_typ", "claim_mismatch"),
        (Some("JWT"), with(access_claims(), "typ", json!("Bearer")), "wrong_typ", "ok"),
        (Some("JWT"), with(access_claims(), "typ", json!("Refresh")), "wrong_typ", "claim_mismatch"),
        (at, with(access_claims(), "nonce", json!("n")), "claim_forbidden", "claim_forbidden"),
        (at, with(access_claims(), "at_hash", json!("x")), "claim_forbidden", "claim_forbidden"),
        // Bound to somebody who has not shown that they are it.
        (at, with(access_claims(), "cnf", json!({"jkt": "x"})), "claim_forbidden", "claim_forbidden"),
        (at, with(access_claims(), "cnf", json!({"x5t#S256": "x"})), "claim_forbidden", "claim_forbidden"),
        (at, with(access_claims(), "cnf", json!({})), "claim_forbidden", "claim_forbidden"),
    ] {
        let token = sign(typ, &claims);
        assert_eq!(code(strict.verify(&token)), strictly, "{typ:?} {claims}");
        assert_eq!(code(lenient.verify(&token)), leniently, "{typ:?} {claims}");
    }
    let null = r#"{"iss":"https://auth.example.com/","aud":"https://api.example.com/","exp":1750000600,"client_id":"web","cnf":null}"#;
    let null = sign_text(None, null);
    assert_eq!(code(lenient.verify(&null)), "claim_forbidden");
    // Nothing of it can be waived by what is asked besides, not even by another builder in the place of this one.
    let replaced = access().policy(|_| Verifier::builder(key()).at(NOW).optional_types(["JWT"])).build().unwrap();
    let stranger = with(access_claims(), "iss", json!("https://evil.example/"));
    assert_eq!(code(replaced.verify(&sign(at, &stranger))), "issuer_mismatch");
    assert_eq!(code(replaced.verify(&sign(at, &with(access_claims(), "aud", Value::Null)))), "claim_missing");
    assert_eq!(code(replaced.verify(&sign(None, &access_claims()))), "wrong_typ");
    let waived = access().policy(|policy| policy.expiry_optional().typ("JWT")).build().unwrap();
    assert_eq!(code(waived.verify(&sign(at, &with(access_claims(), "exp", Value::Null)))), "claim_missing");
    assert_eq!(code(waived.verify(&sign(Some("JWT"), &access_claims()))), "wrong_typ");
}

#[test]
fn what_an_access_token_says() {
    #[derive(serde::Deserialize)]
    struct Own {
        tenant: String,
    }
    let claims = json!({"tenant": "acme", "acr": "phr", "auth_time": 1_749_999_994.5, "scp": ["more"]});
    let mut all = access_claims();
    all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
    let token = access().build().unwrap().verify(&sign(Some("at+jwt"), &all)).unwrap();
    assert_eq!((token.subject(), token.client_id()), (Some("user-1"), Some("web")));
    assert_eq!(token.scopes().collect::<Vec<_>>(), ["orders:read", "orders:write", "more"]);
    assert!(token.has_scope("orders:read") && !token.has_scope("orders") && !token.has_scope(""));
    assert_eq!((token.authentication_context(), token.authenticated_at()), (Some("phr"), Some(NOW - 6)));
    assert_eq!(token.claims::<Own>().unwrap().tenant, "acme");
    assert_eq!(token.claims::<Vec<u8>>().unwrap_err().to_string(), "the claims do not fit the type they are read into");
    assert!(!format!("{token:?}").contains("user-1"));

    let scoped = access().scope("orders:delete").build().unwrap();
    assert_eq!(code(scoped.verify(&sign(Some("at+jwt"), &access_claims()))), "insufficient_scope");
    // Those of Microsoft name the client otherwise.
    let lenient = access().lenient().build().unwrap();
    for name in ["azp", "appid", "cid"] {
        let claims = with(with(access_claims(), "client_id", Value::Null), name, json!("app"));
        assert_eq!(lenient.verify(&sign(None, &claims)).unwrap().client_id(), Some("app"));
    }
}

/// RFC 9068, figure 2, which prints no signature.
#[test]
fn rfc9068_figure_2() {
    let file = vectors::load("rfc/rfc9068.json");
    let figure = &file["vectors"][0];
    let header = &figure["protected_header"];
    let key = SigningKey::generate(EdDSA).unwrap().with_key_id(header["kid"].as_str().unwrap()).unwrap();
    let claims = &figure["claims"];
    let token = JwsBuilder::new().typ(header["typ"].as_str().unwrap());
    let token = token.sign(claims.to_string().as_bytes(), &key).unwrap();
    let verifier = |issuer: &str, audience: &str, now: i64| {
        let builder = AccessTokenVerifier::builder(key.verifying_key(), issuer, audience);
        builder.policy(|policy| policy.at(now)).build().unwrap()
    };
    let (issuer, audience) = (claims["iss"].as_str().unwrap(), claims["aud"].as_str().unwrap());
    let now = claims["iat"].as_i64().unwrap();
    let verified = verifier(issuer, audience, now).verify(&token).unwrap();
    assert_eq!((verified.subject(), verified.client_id()), (Some("5ba552d67"), Some("s6BhdRkqt3")));
    assert_eq!(verified.scopes().collect::<Vec<_>>(), ["openid", "profile", "reademail"]);
    assert_eq!(code(verifier(issuer, audience, claims["exp"].as_i64().unwrap()).verify(&token)), "token_expired");
    assert_eq!(code(verifier("https://other.example/", audience, now).verify(&token)), "issuer_mismatch");
    assert_eq!(code(verifier(issuer, "https://other.example/", now).verify(&token)), "audience_mismatch");
}

/// OpenID Connect Core §3.1.3.7, by the numbers of its list.
#[test]
fn id_tokens() {
    let verifier = id().trusted_audiences(["https://partner.example/"]).build().unwrap();
    let nonce = IdTokenExpectations::nonce("n");
    for (typ, claims, expected) in [
        (None, id_claims(), "ok"),
        (Some("JWT"), id_claims(), "ok"),
        (Some("at+jwt"), id_claims(), "wrong_typ"),
        (Some("logout+jwt"), id_claims(), "wrong_typ"),
        // 2
        (None, with(id_claims(), "iss", json!("https://auth.example.com")), "issuer_mismatch"),
        (None, with(id_claims(), "iss", Value::Null), "claim_missing"),
        // 3
        (None, with(id_claims(), "aud", json!("other")), "audience_mismatch"),
        (None, with(id_claims(), "aud", Value::Null), "claim_missing"),
        (None, with(id_claims(), "aud", json!([])), "audience_mismatch"),
        (
            None,
            with(with(id_claims(), "aud", json!([AUDIENCE, "stranger"])), "azp", json!(AUDIENCE)),
            "audience_mismatch",
        ),
        // 4, 5
        (None, with(id_claims(), "aud", json!([AUDIENCE, "https://partner.example/"])), "claim_missing"),
        (
            None,
            with(with(id_claims(), "aud", json!([AUDIENCE, "https://partner.example/"])), "azp", json!(AUDIENCE)),
            "ok",
        ),
        (None, with(id_claims(), "azp", json!("https://partner.example/")), "claim_mismatch"),
        (None, with(id_claims(), "azp", json!(AUDIENCE)), "ok"),
        (None, with(id_claims(), "azp", json!([AUDIENCE])), "claim_invalid"),
        // 9, 10
        (None, with(id_claims(), "exp", json!(NOW)), "token_expired"),
        (None, with(id_claims(), "exp", Value::Null), "claim_missing"),
        (None, with(id_claims(), "iat", Value::Null), "claim_missing"),
        // 11
        (None, with(id_claims(), "nonce", json!("m")), "claim_mismatch"),
        (None, with(id_claims(), "nonce", json!("")), "claim_mismatch"),
        (None, with(id_claims(), "nonce", Value::Null), "claim_missing"),
        (None, with(id_claims(), "nonce", json!(1)), "claim_invalid"),
        (None, with(id_claims(), "sub", Value::Null), "claim_missing"),
        (None, with(id_claims(), "scope", json!("openid")), "claim_forbidden"),
        (None, with(id_claims(), "scp", json!(["openid"])), "claim_forbidden"),
        (None, with(id_claims(), "client_id", json!(AUDIENCE)), "claim_forbidden"),
        (None, with(id_claims(), "events", json!({})), "claim_forbidden"),
        (None, with(id_claims(), "appid", json!("app")), "claim_forbidden"),
        (None, with(id_claims(), "token_use", json!("id")), "ok"),
        (None, with(id_claims(), "token_use", json!("access")), "claim_mismatch"),
        (None, with(id_claims(), "typ", json!("ID")), "ok"),
        (None, with(id_claims(), "typ", json!("Refresh")), "claim_mismatch"),
    ] {
        assert_eq!(code(verifier.verify(&sign(typ, &claims), &nonce)), expected, "{typ:?} {claims}");
    }
    let replaced = id().policy(|_| Verifier::builder(key()).at(NOW)).build().unwrap();
    let unasked = IdTokenExpectations::without_nonce();
    let stranger = with(id_claims(), "iss", json!("https://evil.example/"));
    assert_eq!(code(replaced.verify(&sign(None, &stranger), &unasked)), "issuer_mismatch");
    assert_eq!(code(replaced.verify(&sign(None, &with(id_claims(), "aud", Value::Null)), &unasked)), "claim_missing");
    // One rejection for one fault.
    let error = verifier.verify(&sign(None, &with(id_claims(), "aud", json!("other"))), &nonce).unwrap_err();
    assert_eq!(error.rejections().len(), 1);
    // Another client may have logged the user in, where that is said.
    let mobile = with(id_claims(), "azp", json!("app"));
    assert_eq!(code(id().authorized_parties(["app"]).build().unwrap().verify(&sign(None, &mobile), &nonce)), "ok");
    for nonce in [json!("n"), Value::Null] {
        assert_eq!(code(verifier.verify(&sign(None, &with(id_claims(), "nonce", nonce)), &unasked)), "ok");
    }
    // A session that lost its nonce is no reason to take any.
    let lost = IdTokenExpectations::nonce("");
    for nonce in [json!(""), json!("n"), Value::Null] {
        assert_ne!(code(verifier.verify(&sign(None, &with(id_claims(), "nonce", nonce)), &lost)), "ok");
    }
    // 10, where the client asks for it.
    let recent = id().policy(|policy| policy.max_age(Duration::from_secs(60))).build().unwrap();
    let old = with(id_claims(), "iat", json!(NOW - 61));
    assert_eq!(code(recent.verify(&sign(None, &old), &nonce)), "token_too_old");
    // 7, 8: a key is for one algorithm, and the header's is compared with it.
    let rsa_only = id().algorithms([Algorithm::RS256]).build();
    assert!(rsa_only.is_err(), "no key for it");
}

/// 12 and 13 of the list.
#[test]
fn how_and_when_the_user_was_authenticated() {
    let verifier = id().leeway(Duration::from_secs(10)).build().unwrap();
    let hour = IdTokenExpectations::nonce("n").max_age(Duration::from_secs(3600));
    for (auth_time, expected) in [
        (json!(NOW), "ok"),
        (json!(NOW - 3610), "ok"),
        (json!(NOW - 3611), "claim_mismatch"),
        (json!(NOW + 10), "ok"),
        (json!(NOW + 11), "claim_mismatch"),
        (json!(i64::MIN), "claim_invalid"),
        (json!("now"), "claim_invalid"),
        (Value::Null, "claim_missing"),
    ] {
        let token = sign(None, &with(id_claims(), "auth_time", auth_time.clone()));
        assert_eq!(code(verifier.verify(&token, &hour)), expected, "{auth_time}");
    }
    let endless = IdTokenExpectations::nonce("n").max_age(Duration::MAX);
    assert_eq!(code(verifier.verify(&sign(None, &with(id_claims(), "auth_time", json!(0))), &endless)), "ok");

    let strong = IdTokenExpectations::nonce("n").authentication_contexts(["phr", "phrh"]);
    for (acr, expected) in [
        (json!("phr"), "ok"),
        (json!("phrh"), "ok"),
        (json!("0"), "claim_mismatch"),
        (json!("PHR"), "claim_mismatch"),
        (json!(["phr"]), "claim_invalid"),
        (Value::Null, "claim_missing"),
    ] {
        let token = sign(None, &with(id_claims(), "acr", acr.clone()));
        let outcome = verifier.verify(&token, &strong);
        assert_eq!(code(outcome), expected, "{acr}");
    }
    let none: [&str; 0] = [];
    let never = IdTokenExpectations::nonce("n").authentication_contexts(none);
    for acr in [json!("phr"), json!(""), Value::Null] {
        assert_ne!(code(verifier.verify(&sign(None, &with(id_claims(), "acr", acr)), &never)), "ok");
    }
    let token = sign(None, &with(with(id_claims(), "acr", json!("phr")), "auth_time", json!(NOW - 1)));
    let verified = verifier.verify(&token, &strong).unwrap();
    assert_eq!((verified.authentication_context(), verified.authenticated_at()), (Some("phr"), Some(NOW - 1)));
}

/// A10: a hash that cannot be computed is not passed by.
#[test]
fn a10_hashes_of_what_came_along() {
    let verifier = id().build().unwrap();
    let its = half_hash(HS256, "token").unwrap();
    let expected = |hash: Value, expectations: &IdTokenExpectations| {
        code(verifier.verify(&sign(None, &with(id_claims(), "at_hash", hash)), expectations))
    };
    let given = IdTokenExpectations::nonce("n").access_token("token");
    let needed = given.clone().hashes_required();
    assert_eq!(expected(json!(its), &given), "ok");
    assert_eq!(expected(json!(its), &needed), "ok");
    assert_eq!(expected(Value::Null, &given), "ok");
    assert_eq!(expected(Value::Null, &needed), "claim_missing");
    for wrong in [
        half_hash(HS256, "other").unwrap(),
        half_hash(Algorithm::HS512, "token").unwrap(),
        String::new(),
        its[1..].to_owned(),
        format!("{its}="),
    ] {
        assert_eq!(expected(json!(wrong), &given), "claim_mismatch", "{wrong}");
    }
    assert_eq!(expected(json!(1), &given), "claim_invalid");
    assert_eq!(expected(json!("anything"), &IdTokenExpectations::nonce("n")), "ok", "no token came along");

    let code_given = IdTokenExpectations::nonce("n").code("code").hashes_required();
    let with_code = |hash: Value| code(verifier.verify(&sign(None, &with(id_claims(), "c_hash", hash)), &code_given));
    assert_eq!(with_code(json!(half_hash(HS256, "code").unwrap())), "ok");
    assert_eq!(with_code(json!(half_hash(HS256, "token").unwrap())), "claim_mismatch");
    assert_eq!(with_code(Value::Null), "claim_missing");

    // An algorithm nobody has heard of is refused before; one without a hash of its own has none to compare.
    let unknown = verifier.verify("eyJhbGciOiJYWDUxMiJ9.e30.AAAA", &given);
    assert_eq!(code(unknown), "algorithm_not_allowed");
    assert_eq!(half_hash(Algorithm::ML_DSA_44, "token"), None);
    if Algorithm::ML_DSA_44.is_available() {
        let key = SigningKey::generate(Algorithm::ML_DSA_44).unwrap();
        let claims = with(id_claims(), "at_hash", json!(its));
        let token = JwsBuilder::new().sign(claims.to_string().as_bytes(), &key).unwrap();
        let builder =
            IdTokenVerifier::builder(key.verifying_key(), ISSUER, AUDIENCE).algorithms([Algorithm::ML_DSA_44]);
        let verifier = builder.policy(|policy| policy.at(NOW)).build().unwrap();
        assert_eq!(code(verifier.verify(&token, &given)), "claim_mismatch");
        assert_eq!(code(verifier.verify(&token, &IdTokenExpectations::nonce("n"))), "ok");
    }
}

const ALGORITHMS: [Algorithm; 14] = {
    use Algorithm::*;
    [HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, ES256K, EdDSA]
};

/// The half hashes of OpenID Connect Core and of public suites.
#[test]
fn half_hashes() {
    let file = vectors::load("oidc-core/oidc_core.json");
    let mut count = 0;
    for vector in file["vectors"].as_array().unwrap().iter().filter(|vector| vector["type"] == "half-hash") {
        for name in vector["id_token_algs"].as_array().unwrap() {
            let name = name.as_str().unwrap().split(' ').next().unwrap();
            // By its variant, which every build has.
            let algorithm = ALGORITHMS.into_iter().find(|algorithm| algorithm.name() == name).unwrap();
            let hash = half_hash(algorithm, vector["input"].as_str().unwrap());
            assert_eq!(hash.as_deref(), vector["expected"].as_str(), "{} {name}", vector["id"]);
            count += 1;
        }
    }
    assert!(count >= 18, "{count}");
}

/// The ID tokens of OpenID Connect Core, appendix A, with what came along.
#[test]
fn the_id_tokens_of_the_specification() {
    let file = vectors::load("oidc-core/oidc_core.json");
    let mut count = 0;
    for vector in file["vectors"].as_array().unwrap().iter().filter(|vector| vector["type"] != "half-hash") {
        let claims = &vector["claims"];
        let text = |name: &str| claims[name].as_str().unwrap();
        let keys = json!({"keys": [vector["public_key"]]}).to_string();
        let keys = carnet_jwk::JwkSet::from_json(&keys).unwrap().verifying_keys();
        let now = claims["iat"].as_i64().unwrap();
        let verifier = |client: &str| {
            let builder = IdTokenVerifier::builder(keys.clone(), text("iss"), client);
            builder.policy(|policy| policy.at(now)).build().unwrap()
        };
        let token = vector["compact"].as_str().unwrap();
        let mut expectations = IdTokenExpectations::nonce(text("nonce"));
        // What the hashes of appendix A are of.
        if claims.get("at_hash").is_some() {
            expectations = expectations.access_token("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        }
        if claims.get("c_hash").is_some() {
            expectations = expectations.code("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk");
        }
        let verified = verifier(text("aud"))
            .verify(token, &expectations)
            .unwrap_or_else(|error| panic!("{}: {error}", vector["id"]));
        assert_eq!(verified.subject(), claims["sub"].as_str());
        assert_eq!(code(verifier("other").verify(token, &expectations)), "audience_mismatch");
        assert_eq!(code(verifier(text("aud")).verify(token, &IdTokenExpectations::nonce("other"))), "claim_mismatch");
        let other = IdTokenExpectations::nonce(text("nonce")).access_token("other").code("other").hashes_required();
        assert_ne!(code(verifier(text("aud")).verify(token, &other)), "ok");
        count += 1;
    }
    assert!(count >= 6, "{count}");
}

/// A token for one policy is refused by every other, though issuer, audience and keys are the same, and each token brings its key along as a proof does.
#[test]
fn no_token_is_taken_by_two_policies() {
    let key = SigningKey::generate(ES256).unwrap();
    let jwk = key.public_jwk().unwrap();
    let sign = |typ: Option<&str>, claims: &Value| {
        let builder = JwsBuilder::new().header("jwk", &jwk);
        let builder = if let Some(typ) = typ { builder.typ(typ) } else { builder };
        builder.sign(claims.to_string().as_bytes(), &key).unwrap()
    };
    let access = || AccessTokenVerifier::builder(key.verifying_key(), ISSUER, AUDIENCE).policy(|policy| policy.at(NOW));
    let (strict, lenient) = (access().build().unwrap(), access().lenient().build().unwrap());
    let id = IdTokenVerifier::builder(key.verifying_key(), ISSUER, AUDIENCE).policy(|policy| policy.at(NOW));
    let id = id.build().unwrap();
    let request = DpopRequest::new("GET", AUDIENCE);

    let hashed = with(with(id_claims(), "nonce", Value::Null), "at_hash", json!("x"));
    let logout = json!({
        "iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 60, "iat": NOW, "jti": "1", "sub": "user-1", "client_id": "web",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}}
    });
    let plain = json!({"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 60, "iat": NOW, "sub": "user-1"});
    let proof = json!({"jti": "1", "htm": "GET", "htu": AUDIENCE, "iat": NOW});
    let and_proof =
        |claims: Value| ["jti", "htm", "htu"].iter().fold(claims, |all, name| with(all, name, proof[name].clone()));
    for (what, token, takes) in [
        ("access token", sign(Some("at+jwt"), &access_claims()), ["ok", "ok", "", ""]),
        ("lenient access token", sign(Some("JWT"), &access_claims()), ["", "ok", "", ""]),
        ("lenient access token without typ", sign(None, &access_claims()), ["", "ok", "", ""]),
        ("ID token", sign(None, &id_claims()), ["", "", "ok", ""]),
        ("ID token with typ", sign(Some("JWT"), &id_claims()), ["", "", "ok", ""]),
        ("ID token with at_hash alone", sign(None, &hashed), ["", "", "ok", ""]),
        ("ID token that says it is an access token", sign(Some("at+jwt"), &id_claims()), ["", "", "", ""]),
        ("logout token", sign(Some("logout+jwt"), &logout), ["", "", "", ""]),
        ("logout token without typ", sign(None, &logout), ["", "", "", ""]),
        ("DPoP proof", sign(Some("dpop+jwt"), &proof), ["", "", "", "ok"]),
        ("DPoP proof without typ", sign(None, &proof), ["", "", "", ""]),
        (
            "DPoP proof with all the claims of an access token",
            sign(Some("dpop+jwt"), &and_proof(access_claims())),
            ["", "", "", "ok"],
        ),
        (
            "DPoP proof with all the claims of an ID token",
            sign(Some("dpop+jwt"), &and_proof(id_claims())),
            ["", "", "", "ok"],
        ),
        (
            "access token with all the claims of a DPoP proof",
            sign(Some("at+jwt"), &and_proof(access_claims())),
            ["ok", "ok", "", ""],
        ),
        (
            "ID token with all the claims of a DPoP proof",
            sign(Some("JWT"), &and_proof(id_claims())),
            ["", "", "ok", ""],
        ),
        (
            "logout token without typ and client_id",
            sign(None, &with(logout.clone(), "client_id", Value::Null)),
            ["", "", "", ""],
        ),
        ("token that says nothing of what it is", sign(None, &plain), ["", "", "ok", ""]),
        (
            "access token of Microsoft",
            sign(Some("JWT"), &with(plain.clone(), "appid", json!("app"))),
            ["", "ok", "", ""],
        ),
        ("access token of Okta", sign(None, &with(plain.clone(), "cid", json!("app"))), ["", "ok", "", ""]),
        (
            "refresh token of Keycloak",
            sign(Some("JWT"), &with(plain.clone(), "typ", json!("Refresh"))),
            ["", "", "", ""],
        ),
    ] {
        let dpop = DpopVerifier::builder([ES256]).at(NOW).build().unwrap();
        let outcomes = [
            code(strict.verify(&token)),
            code(lenient.verify(&token)),
            code(id.verify(&token, &IdTokenExpectations::without_nonce())),
            now(dpop.verify_async(&token, &request)).map_or_else(|error| error.code(), |_| "ok"),
        ];
        let taken = outcomes.map(|outcome| if outcome == "ok" { "ok" } else { "" });
        assert_eq!(taken, takes, "{what}: {outcomes:?}");
    }
}

/// OpenID Connect Core §12.2.
#[test]
fn a_refreshed_token_is_of_the_same_user() {
    let verifier = id().build().unwrap();
    let before = verifier.verify(&sign(None, &id_claims()), &IdTokenExpectations::nonce("n")).unwrap();
    let refreshed = IdTokenExpectations::refreshed(&before);
    for (claims, expected) in [
        (id_claims(), "ok"),
        (with(id_claims(), "nonce", Value::Null), "ok"),
        (with(id_claims(), "nonce", json!("other")), "claim_mismatch"),
        (with(id_claims(), "sub", json!("user-2")), "subject_mismatch"),
    ] {
        assert_eq!(code(verifier.verify(&sign(None, &claims), &refreshed)), expected, "{claims}");
    }
}

/// A source that has the key only once it has looked for it.
struct Late(Mutex<Option<Arc<VerifyingKeys>>>);

impl KeySource for Late {
    type Snapshot<'a> = Arc<VerifyingKeys>;

    fn snapshot(&self) -> Result<Arc<VerifyingKeys>, KeySourceError> {
        self.0.lock().unwrap().clone().ok_or_else(|| KeySourceError::new("not yet"))
    }

    async fn refresh(&self, _: KeyMiss<'_>) -> Result<bool, KeySourceError> {
        *self.0.lock().unwrap() = Some(Arc::new(key().into()));
        Ok(true)
    }
}

/// Every check is made where keys are awaited too, on the second try as on the first.
#[test]
fn keys_that_are_awaited() {
    let late = || Late(Mutex::new(None));
    for (typ, claims) in [
        (Some("at+jwt"), access_claims()),
        (Some("at+jwt"), with(access_claims(), "cnf", json!({"jkt": "x"}))),
        (None, access_claims()),
        (None, with(with(access_claims(), "client_id", Value::Null), "scope", Value::Null)),
    ] {
        let token = sign(typ, &claims);
        for lenient in [false, true] {
            let at_hand = if lenient { access().lenient() } else { access() };
            let awaited = AccessTokenVerifier::builder(late(), ISSUER, AUDIENCE).policy(|policy| policy.at(NOW));
            let awaited = if lenient { awaited.lenient() } else { awaited }.build().unwrap();
            let expected = code(at_hand.build().unwrap().verify(&token));
            assert_eq!(code(now(awaited.verify_async(&token))), expected, "{typ:?} {claims}");
            assert_eq!(code(now(awaited.verify_async(&token))), expected, "{typ:?} {claims}");
        }
    }
    let awaited = IdTokenVerifier::builder(late(), ISSUER, AUDIENCE).policy(|policy| policy.at(NOW)).build().unwrap();
    for (nonce, expected) in [("other", "claim_mismatch"), ("n", "ok")] {
        let outcome = now(awaited.verify_async(&sign(None, &id_claims()), &IdTokenExpectations::nonce(nonce)));
        assert_eq!(code(outcome), expected);
    }
}
