//! What RFC 9068 demands of a resource server. Each test is named after its section; `test-vectors/requirements.toml` links them. Beside each refusal stands what is taken.
#![cfg(test)]
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

use carnet_core::base64url;
use carnet_jwa::Algorithm::{self, ES256, HS256, PS256, RS256};
use carnet_jwk::{PrivateJwk, Secret, SigningKey, VerifyingKeys};
use carnet_jwt::VerifyError;
use carnet_oauth::{AccessToken, AccessTokenBuilder, AccessTokenVerifier};
use core::time::Duration;
use serde_json::{Value, json};
use testkit::vectors;

const ISSUER: &str = "https://auth.example.com/";
const AUDIENCE: &str = "https://api.example.com/";
const NOW: i64 = 1_750_000_000;

fn key() -> SigningKey {
    SigningKey::from_jwk_as(ES256, &private("ec")).unwrap()
}

/// A published key, with its private half.
fn private(name: &str) -> PrivateJwk {
    PrivateJwk::from_json(&vectors::load("attacks/attack_tokens.json")["keys"][name].to_string()).unwrap()
}

fn policy(keys: impl Into<VerifyingKeys>) -> AccessTokenBuilder<VerifyingKeys> {
    AccessTokenVerifier::builder(keys.into(), ISSUER, AUDIENCE).policy(|policy| policy.at(NOW))
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 600, "iat": NOW, "sub": "user-1", "client_id": "web", "jti": "1",
        "scope": "orders:read", "groups": ["staff"], "roles": ["clerk"], "entitlements": ["printer"]
    })
}

fn header() -> Value {
    json!({"typ": "at+jwt", "alg": "ES256"})
}

/// The object with one member changed.
fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().unwrap().remove(name).unwrap();
    object
}

fn encode(text: impl ToString) -> String {
    base64url::encode(text.to_string().as_bytes())
}

/// A token of exactly this header and these claims, whatever they say.
fn forge(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let mut token = format!("{}.{}", encode(header), encode(claims));
    let signature = key.sign_message(token.as_bytes()).unwrap();
    token.push('.');
    token.push_str(&base64url::encode(&signature));
    token
}

fn sign(claims: &Value) -> String {
    forge(&header(), claims, &key())
}

/// What is said to a token.
fn code(outcome: Result<AccessToken, VerifyError>) -> &'static str {
    outcome.map_or_else(|error| error.code(), |_| "ok")
}

fn judge(token: &str) -> &'static str {
    code(policy(key().verifying_key()).build().unwrap().verify(token))
}

#[test]
fn rfc9068_2_1_a_token_is_signed() {
    let signed = sign(&claims());
    let (message, _) = signed.rsplit_once('.').unwrap();
    for (token, expected) in [
        (signed.clone(), "ok"),
        (message.to_owned(), "malformed"),
        (format!("{message}."), "invalid_signature"),
        (format!("{message}.{}", base64url::encode(&[7; 63])), "invalid_signature"),
        (format!("{message}.{}", base64url::encode(&[0; 64])), "invalid_signature"),
        (format!("{message}.{}", base64url::encode(&[7; 64])), "invalid_signature"),
        (encode(claims()), "malformed"),
    ] {
        assert_eq!(judge(&token), expected, "{token}");
    }
}

/// Section 4 says so once more.
#[test]
fn rfc9068_2_1_none_is_no_algorithm() {
    let signed = sign(&claims());
    let (_, signature) = signed.rsplit_once('.').unwrap();
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = encode(with(header(), "alg", json!(alg)));
        let message = format!("{header}.{}", encode(claims()));
        for signature in ["", signature] {
            assert_eq!(judge(&format!("{message}.{signature}")), "algorithm_not_allowed", "{alg:?}");
        }
    }
}

#[test]
fn rfc9068_2_1_rs256_is_supported() {
    let key = SigningKey::from_jwk_as(RS256, &private("rsa")).unwrap();
    let token = forge(&with(header(), "alg", json!("RS256")), &claims(), &key);
    let policy = || policy(key.verifying_key());
    assert_eq!(code(policy().build().unwrap().verify(&token)), "ok");
    assert_eq!(code(policy().algorithms([RS256]).build().unwrap().verify(&token)), "ok");
    // From a set in which the key does not say what it is for.
    let set = json!({"keys": [serde_json::from_str::<Value>(&public(&key, "alg")).unwrap()]}).to_string();
    let keys = carnet_jwk::JwkSet::from_json(&set).unwrap().verifying_keys();
    let verifier = AccessTokenVerifier::builder(keys, ISSUER, AUDIENCE).policy(|policy| policy.at(NOW));
    assert_eq!(code(verifier.build().unwrap().verify(&token)), "ok");
}

/// The public half as JWK, without this member.
fn public(key: &SigningKey, leaves_out: &str) -> String {
    let jwk: Value = serde_json::from_str(&key.public_jwk().unwrap().to_json()).unwrap();
    without(jwk, leaves_out).to_string()
}

/// Section 4 says that any other is rejected.
#[test]
fn rfc9068_2_1_typ_says_that_it_is_an_access_token() {
    for (typ, expected) in [
        (json!("at+jwt"), "ok"),
        (json!("application/at+jwt"), "ok"),
        // Media types do not differ by case.
        (json!("AT+JWT"), "ok"),
        (json!("Application/At+Jwt"), "ok"),
        (json!("JWT"), "wrong_typ"),
        (json!("jwt"), "wrong_typ"),
        (json!(""), "wrong_typ"),
        (json!("at+jwt "), "wrong_typ"),
        (json!("at"), "wrong_typ"),
        (json!("at+jwt; charset=utf-8"), "wrong_typ"),
        (json!("text/at+jwt"), "wrong_typ"),
        (json!("application/application/at+jwt"), "wrong_typ"),
        (json!("dpop+jwt"), "wrong_typ"),
        (json!("logout+jwt"), "wrong_typ"),
        (json!("token-introspection+jwt"), "wrong_typ"),
        (json!(["at+jwt"]), "malformed"),
    ] {
        assert_eq!(judge(&forge(&with(header(), "typ", typ.clone()), &claims(), &key())), expected, "{typ}");
    }
    assert_eq!(judge(&forge(&without(header(), "typ"), &claims(), &key())), "wrong_typ");
}

#[test]
fn rfc9068_2_2_every_token_has_these_claims() {
    for name in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        assert_eq!(judge(&sign(&without(claims(), name))), "claim_missing", "{name}");
        for wrong in [json!({"a": 1}), json!(true), json!([1])] {
            assert_eq!(judge(&sign(&with(claims(), name, wrong.clone()))), "claim_invalid", "{name} {wrong}");
        }
        assert!(
            ["claim_missing", "claim_invalid"].contains(&judge(&sign(&with(claims(), name, Value::Null)))),
            "{name}"
        );
    }
    assert_eq!(judge(&sign(&claims())), "ok");
}

#[test]
fn rfc9068_4_every_rule_is_a_condition() {
    let stranger = SigningKey::generate(ES256).unwrap();
    for (header, claims, key, expected) in [
        (header(), claims(), key(), "ok"),
        (with(header(), "typ", json!("JWT")), claims(), key(), "wrong_typ"),
        (header(), with(claims(), "iss", json!("https://auth.example.org/")), key(), "issuer_mismatch"),
        (header(), with(claims(), "aud", json!("https://api.example.org/")), key(), "audience_mismatch"),
        (header(), claims(), stranger, "invalid_signature"),
        (with(header(), "alg", json!("none")), claims(), key(), "algorithm_not_allowed"),
        (header(), with(claims(), "exp", json!(NOW)), key(), "token_expired"),
        (with(with(header(), "crit", json!(["ext"])), "ext", json!(1)), claims(), key(), "unsupported_critical"),
    ] {
        assert_eq!(judge(&forge(&header, &claims, &key)), expected, "{header} {claims}");
    }
    // All at once: no rule hides another.
    let all = with(with(with(claims(), "iss", json!("x")), "aud", json!("x")), "exp", json!(NOW));
    let token = forge(&with(header(), "typ", json!("JWT")), &all, &key());
    let error = policy(key().verifying_key()).build().unwrap().verify(&token).unwrap_err();
    let mut codes: Vec<_> = error.rejections().iter().map(carnet_jwt::Rejection::code).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["audience_mismatch", "issuer_mismatch", "token_expired", "wrong_typ"]);
}

#[test]
fn rfc9068_4_the_issuer_matches_exactly() {
    for (issuer, expected) in [
        (json!("https://auth.example.com/"), "ok"),
        (json!("https://auth.example.com"), "issuer_mismatch"),
        (json!("https://auth.example.com//"), "issuer_mismatch"),
        (json!("https://AUTH.example.com/"), "issuer_mismatch"),
        (json!("https://auth.example.com:443/"), "issuer_mismatch"),
        (json!("https://auth.example.com/?"), "issuer_mismatch"),
        (json!("http://auth.example.com/"), "issuer_mismatch"),
        (json!(" https://auth.example.com/"), "issuer_mismatch"),
        (json!(""), "issuer_mismatch"),
        (json!([ISSUER]), "claim_invalid"),
    ] {
        assert_eq!(judge(&sign(&with(claims(), "iss", issuer.clone()))), expected, "{issuer}");
    }
}

#[test]
fn rfc9068_4_the_audience_is_this_resource() {
    for (audience, expected) in [
        (json!(AUDIENCE), "ok"),
        (json!([AUDIENCE]), "ok"),
        (json!(["https://other.example/", AUDIENCE]), "ok"),
        (json!(["https://other.example/"]), "audience_mismatch"),
        (json!("https://api.example.com"), "audience_mismatch"),
        (json!("https://api.example.com/orders"), "audience_mismatch"),
        (json!("https://API.example.com/"), "audience_mismatch"),
        (json!([]), "audience_mismatch"),
        (json!(""), "audience_mismatch"),
        (json!([AUDIENCE, 1]), "claim_invalid"),
    ] {
        assert_eq!(judge(&sign(&with(claims(), "aud", audience.clone()))), expected, "{audience}");
    }
}

#[test]
fn rfc9068_4_the_signature_is_that_of_alg() {
    let token = sign(&claims());
    let parts: Vec<_> = token.split('.').collect();
    let other = encode(with(claims(), "sub", json!("user-2")));
    assert_eq!(judge(&format!("{}.{other}.{}", parts[0], parts[2])), "invalid_signature");
    let header = |alg: Algorithm| with(header(), "alg", json!(alg.name()));
    let other = encode(with(header(ES256), "a", json!(1)));
    assert_eq!(judge(&format!("{other}.{}.{}", parts[1], parts[2])), "invalid_signature");
    // One key under both names: what `alg` says is what is computed.
    let [pkcs1, pss] = [RS256, PS256].map(|algorithm| SigningKey::from_jwk_as(algorithm, &private("rsa")).unwrap());
    let keys: VerifyingKeys = [pkcs1.verifying_key(), pss.verifying_key()].into_iter().collect();
    let verifier = policy(keys).build().unwrap();
    for (alg, key, expected) in [
        (RS256, &pkcs1, "ok"),
        (PS256, &pss, "ok"),
        (RS256, &pss, "invalid_signature"),
        (PS256, &pkcs1, "invalid_signature"),
    ] {
        assert_eq!(code(verifier.verify(&forge(&header(alg), &claims(), key))), expected, "{alg}");
    }
    let mac = SigningKey::from_secret(HS256, &Secret::from_bytes([7; 32]).unwrap()).unwrap();
    assert_eq!(code(verifier.verify(&forge(&header(HS256), &claims(), &mac))), "algorithm_not_allowed");
}

#[test]
fn rfc9068_4_the_keys_are_those_of_the_issuer() {
    let stranger = SigningKey::generate(ES256).unwrap();
    let jwk: Value = serde_json::from_str(&stranger.public_jwk().unwrap().to_json()).unwrap();
    let headers = [
        header(),
        with(header(), "jwk", jwk),
        with(header(), "jku", json!("https://evil.example/jwks")),
        with(header(), "x5u", json!("https://evil.example/certificate")),
        with(header(), "x5c", json!(["MIIB"])),
    ];
    for header in headers {
        assert_eq!(judge(&forge(&header, &claims(), &stranger)), "invalid_signature", "{header}");
        assert_eq!(judge(&forge(&header, &claims(), &key())), "ok", "it says nothing of the key: {header}");
    }
    // Keys have names, and a strange one is not looked for among others.
    let named = key().with_key_id("ours").unwrap();
    let verifier = policy(named.verifying_key()).build().unwrap();
    let with_name = |name: &str, key: &SigningKey| {
        code(verifier.verify(&forge(&with(header(), "kid", json!(name)), &claims(), key)))
    };
    assert_eq!((with_name("ours", &named), with_name("theirs", &named)), ("ok", "unknown_key"));
    assert_eq!(with_name("ours", &stranger), "invalid_signature");
}

#[test]
fn rfc9068_4_the_time_is_before_exp() {
    for (exp, strictly, with_leeway) in [
        (json!(NOW + 1), "ok", "ok"),
        (json!(NOW), "token_expired", "ok"),
        (json!(NOW - 29), "token_expired", "ok"),
        (json!(NOW - 30), "token_expired", "token_expired"),
        (json!(0), "token_expired", "token_expired"),
        (json!(-1), "token_expired", "token_expired"),
    ] {
        let token = sign(&with(claims(), "exp", exp.clone()));
        assert_eq!(judge(&token), strictly, "{exp}");
        let verifier = policy(key().verifying_key()).leeway(Duration::from_secs(30)).build().unwrap();
        assert_eq!(code(verifier.verify(&token)), with_leeway, "{exp}");
    }
    // No more than a little.
    assert!(policy(key().verifying_key()).leeway(Duration::from_secs(3601)).build().is_err());
    // It cannot be waived.
    let waived = policy(key().verifying_key()).policy(carnet_jwt::VerifierBuilder::expiry_optional).build().unwrap();
    assert_eq!(code(waived.verify(&sign(&without(claims(), "exp")))), "claim_missing");
}

/// What is granted decides, where the policy asks for it, and is there to be asked.
#[test]
fn rfc9068_4_what_is_granted_decides() {
    #[derive(serde::Deserialize)]
    struct Attributes {
        groups: Vec<String>,
        roles: Vec<String>,
        entitlements: Vec<String>,
    }
    let token = sign(&claims());
    let asking = |scope: &str| code(policy(key().verifying_key()).scope(scope).build().unwrap().verify(&token));
    assert_eq!(
        (asking("orders:read"), asking("orders:write"), asking("orders")),
        ("ok", "insufficient_scope", "insufficient_scope")
    );
    let role = |role: &str| {
        let roles = json!([role]);
        let builder = policy(key().verifying_key()).policy(|policy| policy.claim("roles", roles));
        code(builder.build().unwrap().verify(&token))
    };
    assert_eq!((role("clerk"), role("manager")), ("ok", "claim_mismatch"));
    let token = policy(key().verifying_key()).build().unwrap().verify(&token).unwrap();
    assert!(token.has_scope("orders:read") && !token.has_scope("orders:write"));
    let Attributes { groups, roles, entitlements } = token.claims().unwrap();
    assert_eq!((groups, roles, entitlements), (vec!["staff".into()], vec!["clerk".into()], vec!["printer".into()]));
}
