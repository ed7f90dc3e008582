//! What OpenID Connect Core 1.0 (errata set 2), section 3.1.3.7, demands of whoever validates ID tokens. The rules are those of its list; `test-vectors/requirements.toml`
//! links them. Beside each refusal stands what is taken.
#![cfg(test)]
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

use carnet_core::base64url;
use carnet_jwa::Algorithm::{self, ES256, HS256, PS256, RS256};
use carnet_jwk::{PrivateJwk, Secret, SigningKey, VerifyingKey, VerifyingKeys};
use carnet_jwt::{Rejection, VerifyError};
use carnet_oauth::{IdToken, IdTokenBuilder, IdTokenExpectations, IdTokenVerifier};
use core::time::Duration;
use serde_json::{Value, json};
use testkit::vectors;

const ISSUER: &str = "https://auth.example.com/";
const CLIENT: &str = "my-client";
const NOW: i64 = 1_750_000_000;

/// The key of the issuer, for RS256.
fn key() -> SigningKey {
    rsa(RS256)
}

fn rsa(algorithm: Algorithm) -> SigningKey {
    let jwk = vectors::load("attacks/attack_tokens.json")["keys"]["rsa"].to_string();
    SigningKey::from_jwk_as(algorithm, &PrivateJwk::from_json(&jwk).unwrap()).unwrap()
}

fn policy(keys: impl Into<VerifyingKeys>) -> IdTokenBuilder<VerifyingKeys> {
    IdTokenVerifier::builder(keys.into(), ISSUER, CLIENT).policy(|policy| policy.at(NOW))
}

fn verifier() -> IdTokenVerifier {
    policy(key().verifying_key()).build().unwrap()
}

/// What the client asked for in the request.
fn asked() -> IdTokenExpectations {
    IdTokenExpectations::nonce("n").max_age(Duration::from_secs(300)).authentication_contexts(["phr"])
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": CLIENT, "exp": NOW + 600, "iat": NOW, "sub": "user-1", "nonce": "n", "auth_time": NOW - 60, "acr": "phr"
    })
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

/// A token of exactly this header and these claims, whatever they say.
fn forge(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let mut token = [header, claims].map(|part| base64url::encode(part.to_string().as_bytes())).join(".");
    let signature = key.sign_message(token.as_bytes()).unwrap();
    token.push('.');
    token.push_str(&base64url::encode(&signature));
    token
}

fn sign(claims: &Value) -> String {
    forge(&json!({"alg": "RS256"}), claims, &key())
}

fn code(outcome: Result<IdToken, VerifyError>) -> &'static str {
    outcome.map_or_else(|error| error.code(), |_| "ok")
}

/// What is said of a token of these claims.
fn judge(claims: &Value) -> &'static str {
    code(verifier().verify(&sign(claims), &asked()))
}

#[test]
fn oidc_3_1_3_7_every_rule_is_a_condition() {
    let stranger = SigningKey::generate(ES256).unwrap();
    let rs256 = || json!({"alg": "RS256"});
    for (rule, header, claims, key, expected) in [
        (0, rs256(), claims(), key(), "ok"),
        (2, rs256(), with(claims(), "iss", json!("https://auth.example.org/")), key(), "issuer_mismatch"),
        (3, rs256(), with(claims(), "aud", json!("other")), key(), "audience_mismatch"),
        (
            3,
            rs256(),
            with(with(claims(), "aud", json!([CLIENT, "other"])), "azp", json!(CLIENT)),
            key(),
            "audience_mismatch",
        ),
        (5, rs256(), with(claims(), "azp", json!("other")), key(), "claim_mismatch"),
        (6, rs256(), claims(), rsa(PS256), "invalid_signature"),
        (7, json!({"alg": "ES256"}), claims(), stranger, "algorithm_not_allowed"),
        (9, rs256(), with(claims(), "exp", json!(NOW)), key(), "token_expired"),
        (11, rs256(), with(claims(), "nonce", json!("m")), key(), "claim_mismatch"),
        (12, rs256(), with(claims(), "acr", json!("0")), key(), "claim_mismatch"),
        (13, rs256(), with(claims(), "auth_time", json!(NOW - 301)), key(), "claim_mismatch"),
    ] {
        assert_eq!(
            code(verifier().verify(&forge(&header, &claims, &key), &asked())),
            expected,
            "rule {rule}: {claims}"
        );
    }
    // All at once: no rule hides another.
    let wrong = json!({
        "iss": "x", "aud": [CLIENT, "other"], "azp": "other", "exp": NOW, "iat": NOW, "sub": "user-1", "nonce": "m", "auth_time": 0, "acr": "0"
    });
    let error = verifier().verify(&sign(&wrong), &asked()).unwrap_err();
    let mut codes: Vec<_> = error.rejections().iter().map(Rejection::code).collect();
    codes.sort_unstable();
    // azp, nonce, auth_time and acr are claims that do not match.
    let four = ["claim_mismatch"; 4];
    assert_eq!(codes, [&["audience_mismatch"], &four[..], &["issuer_mismatch", "token_expired"]].concat());
}

/// Rule 2.
#[test]
fn oidc_3_1_3_7_the_issuer_matches_exactly() {
    for (issuer, expected) in [
        (json!("https://auth.example.com/"), "ok"),
        (json!("https://auth.example.com"), "issuer_mismatch"),
        (json!("https://auth.example.com//"), "issuer_mismatch"),
        (json!("https://AUTH.example.com/"), "issuer_mismatch"),
        (json!("https://auth.example.com:443/"), "issuer_mismatch"),
        (json!("http://auth.example.com/"), "issuer_mismatch"),
        (json!("auth.example.com"), "issuer_mismatch"),
        (json!(""), "issuer_mismatch"),
        (json!([ISSUER]), "claim_invalid"),
    ] {
        assert_eq!(judge(&with(claims(), "iss", issuer.clone())), expected, "{issuer}");
    }
    assert_eq!(judge(&without(claims(), "iss")), "claim_missing");
}

/// Rule 3.
#[test]
fn oidc_3_1_3_7_the_audience_is_this_client_and_nobody_unknown() {
    let trusting = policy(key().verifying_key()).trusted_audiences(["partner"]).build().unwrap();
    for (audience, alone, with_a_partner) in [
        (json!(CLIENT), "ok", "ok"),
        (json!([CLIENT]), "ok", "ok"),
        (json!([CLIENT, "partner"]), "audience_mismatch", "ok"),
        (json!(["partner", CLIENT]), "audience_mismatch", "ok"),
        (json!([CLIENT, "partner", "stranger"]), "audience_mismatch", "audience_mismatch"),
        (json!("partner"), "audience_mismatch", "audience_mismatch"),
        (json!(["partner"]), "audience_mismatch", "audience_mismatch"),
        (json!("MY-CLIENT"), "audience_mismatch", "audience_mismatch"),
        (json!("my-client "), "audience_mismatch", "audience_mismatch"),
        (json!([]), "audience_mismatch", "audience_mismatch"),
        (json!({}), "claim_invalid", "claim_invalid"),
    ] {
        let claims = with(with(claims(), "aud", audience.clone()), "azp", json!(CLIENT));
        assert_eq!(judge(&claims), alone, "{audience}");
        assert_eq!(code(trusting.verify(&sign(&claims), &asked())), with_a_partner, "{audience}");
    }
    assert_eq!(judge(&without(claims(), "aud")), "claim_missing");
}

/// Rules 4 and 5.
#[test]
fn oidc_3_1_3_7_the_authorized_party_is_this_client_or_one_that_may() {
    let extended = policy(key().verifying_key()).authorized_parties(["app"]).build().unwrap();
    for (party, alone, with_an_extension) in [
        (json!(CLIENT), "ok", "ok"),
        (json!("app"), "claim_mismatch", "ok"),
        (json!("other"), "claim_mismatch", "claim_mismatch"),
        (json!(""), "claim_mismatch", "claim_mismatch"),
        (json!(["app"]), "claim_invalid", "claim_invalid"),
    ] {
        let claims = with(claims(), "azp", party.clone());
        assert_eq!(judge(&claims), alone, "{party}");
        assert_eq!(code(extended.verify(&sign(&claims), &asked())), with_an_extension, "{party}");
    }
}

/// Rule 6: every ID token is verified, over whatever connection it came.
#[test]
fn oidc_3_1_3_7_the_signature_is_validated() {
    let token = sign(&claims());
    let parts: Vec<_> = token.split('.').collect();
    let encode = |value: &Value| base64url::encode(value.to_string().as_bytes());
    let other = encode(&with(claims(), "sub", json!("user-2")));
    for (token, expected) in [
        (token.clone(), "ok"),
        (format!("{}.{other}.{}", parts[0], parts[2]), "invalid_signature"),
        (format!("{}.{}.", parts[0], parts[1]), "invalid_signature"),
        (format!("{}.{}.{}", encode(&json!({"alg": "none"})), parts[1], parts[2]), "algorithm_not_allowed"),
        (format!("{}.{}.", encode(&json!({"alg": "none"})), parts[1]), "algorithm_not_allowed"),
    ] {
        assert_eq!(code(verifier().verify(&token, &asked())), expected, "{token}");
    }
    // What `alg` says is what is computed, with one key under both names.
    let keys: VerifyingKeys = [rsa(RS256).verifying_key(), rsa(PS256).verifying_key()].into_iter().collect();
    let verifier = policy(keys).build().unwrap();
    for (said, done, expected) in [
        (RS256, RS256, "ok"),
        (PS256, PS256, "ok"),
        (RS256, PS256, "invalid_signature"),
        (PS256, RS256, "invalid_signature"),
    ] {
        let token = forge(&json!({"alg": said.name()}), &claims(), &rsa(done));
        assert_eq!(code(verifier.verify(&token, &asked())), expected, "{said} {done}");
    }
}

/// Rule 6.
#[test]
fn oidc_3_1_3_7_the_keys_are_those_of_the_issuer() {
    let (ours, stranger) = (SigningKey::generate(ES256).unwrap(), SigningKey::generate(ES256).unwrap());
    let verifier = policy(ours.verifying_key()).build().unwrap();
    let jwk: Value = serde_json::from_str(&stranger.public_jwk().unwrap().to_json()).unwrap();
    for header in [
        json!({"alg": "ES256"}),
        json!({"alg": "ES256", "jwk": jwk}),
        json!({"alg": "ES256", "jku": "https://evil.example/jwks"}),
        json!({"alg": "ES256", "x5u": "https://evil.example/certificate"}),
        json!({"alg": "ES256", "x5c": ["MIIB"]}),
    ] {
        let by = |key: &SigningKey| code(verifier.verify(&forge(&header, &claims(), key), &asked()));
        assert_eq!((by(&ours), by(&stranger)), ("ok", "invalid_signature"), "{header}");
    }
}

/// Rules 7 and 8: where the client names its algorithm, no other is taken; where it does not, those of the issuer's keys are.
#[test]
fn oidc_3_1_3_7_the_algorithm_is_that_of_the_registration_where_it_is_named() {
    let ec = SigningKey::generate(ES256).unwrap();
    let keys: VerifyingKeys = [key().verifying_key(), ec.verifying_key()].into_iter().collect();
    let (rs, es) = (sign(&claims()), forge(&json!({"alg": "ES256"}), &claims(), &ec));
    let both = |builder: IdTokenBuilder<VerifyingKeys>| {
        let verifier = builder.build().unwrap();
        (code(verifier.verify(&rs, &asked())), code(verifier.verify(&es, &asked())))
    };
    assert_eq!(both(policy(keys.clone()).algorithms([RS256])), ("ok", "algorithm_not_allowed"));
    assert_eq!(both(policy(keys.clone()).algorithms([ES256])), ("algorithm_not_allowed", "ok"));
    assert_eq!(both(policy(keys)), ("ok", "ok"));
    // The secret of the client is a key for the algorithm it was given to, and only where it was given.
    let secret = Secret::from_bytes("the client_secret, of 32 octets or more").unwrap();
    let mac = forge(&json!({"alg": "HS256"}), &claims(), &SigningKey::from_secret(HS256, &secret).unwrap());
    assert_eq!(code(verifier().verify(&mac, &asked())), "algorithm_not_allowed");
    let of_secret = policy(VerifyingKey::from_secret(HS256, &secret).unwrap()).build().unwrap();
    assert_eq!(code(of_secret.verify(&mac, &asked())), "ok");
}

/// Rule 9.
#[test]
fn oidc_3_1_3_7_the_time_is_before_exp() {
    let later = policy(key().verifying_key()).leeway(Duration::from_secs(30)).build().unwrap();
    for (exp, strictly, with_leeway) in [
        (NOW + 1, "ok", "ok"),
        (NOW, "token_expired", "ok"),
        (NOW - 29, "token_expired", "ok"),
        (NOW - 30, "token_expired", "token_expired"),
        (0, "token_expired", "token_expired"),
    ] {
        let claims = with(claims(), "exp", json!(exp));
        assert_eq!((judge(&claims), code(later.verify(&sign(&claims), &asked()))), (strictly, with_leeway), "{exp}");
    }
    assert_eq!(judge(&without(claims(), "exp")), "claim_missing");
    // It cannot be waived.
    let waived = policy(key().verifying_key()).policy(carnet_jwt::VerifierBuilder::expiry_optional).build().unwrap();
    assert_eq!(code(waived.verify(&sign(&without(claims(), "exp")), &asked())), "claim_missing");
}

/// Rule 11.
#[test]
fn oidc_3_1_3_7_the_nonce_is_the_one_that_was_sent() {
    for (nonce, expected) in [
        (json!("n"), "ok"),
        (json!("N"), "claim_mismatch"),
        (json!("n "), "claim_mismatch"),
        (json!("nn"), "claim_mismatch"),
        (json!(""), "claim_mismatch"),
        (json!("\u{ff4e}"), "claim_mismatch"),
        (json!(["n"]), "claim_invalid"),
    ] {
        assert_eq!(judge(&with(claims(), "nonce", nonce.clone())), expected, "{nonce}");
    }
    assert_eq!(judge(&without(claims(), "nonce")), "claim_missing");
}
