//! Access tokens and the proofs that come with them.

use crate::desk::*;
use carnet_jwa::Algorithm::{ES256, HS256};
use carnet_jwk::{KeyMiss, KeySource, KeySourceError, SigningKey, VerifyingKey, VerifyingKeys};
use carnet_jws::JwsBuilder;
use carnet_jwt::{Verifier, VerifyError};
use carnet_oauth::{AccessTokenVerifier, DpopError, DpopProofError, DpopVerifier, is_bound_to_sender};
use serde_json::{Value, json};
use std::sync::Arc;

#[test]
fn a_bound_token_with_its_proof() {
    let key = key();
    let token = bound_token(&key);
    let verified = present(&token, &proof_for(&key, &token, "1"), &dpop().build().unwrap()).unwrap();
    assert_eq!((verified.subject(), verified.client_id()), (Some("user-1"), Some("web")));
    let proof = verified.dpop_proof().unwrap();
    assert_eq!((proof.id(), proof.jwk_thumbprint().to_string()), ("1", thumbprint(&key)));
    let shown = format!("{verified:?}");
    assert!(!shown.contains("user-1") && !shown.contains("web"), "{shown}");
    let bearer = api().verify(&crate::desk::token(Value::Null)).unwrap();
    assert!(bearer.dpop_proof().is_none());
}

/// Every `cnf` but `{"jkt": "…"}` with the key of the proof.
#[test]
fn tokens_that_are_bound_otherwise() {
    let key = key();
    let jkt = thumbprint(&key);
    let claims = |cnf: &str| {
        format!(
            r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","exp":{},"iat":{NOW},"sub":"user-1","client_id":"web","jti":"1"{cnf}}}"#,
            NOW + 600
        )
    };
    let outcome = |cnf: &str| {
        let token = sign_token(&claims(cnf));
        present(&token, &proof_for(&key, &token, "1"), &dpop().build().unwrap()).map(drop)
    };
    assert_eq!(outcome(&format!(r#","cnf":{{"jkt":"{jkt}"}}"#)), Ok(()));
    assert_eq!(outcome(&format!(r#","c\u006ef":{{"\u006akt":"{jkt}"}}"#)), Ok(()), "the same in JSON");
    let other = thumbprint(&crate::desk::key());
    let hexadecimal: String =
        carnet_core::base64url::decode(&jkt).unwrap().iter().map(|octet| format!("{octet:02x}")).collect();
    for cnf in [
        String::new(),
        r#","cnf":null"#.to_owned(),
        r#","cnf":{}"#.to_owned(),
        r#","cnf":[]"#.to_owned(),
        r#","cnf":true"#.to_owned(),
        r#","cnf":1"#.to_owned(),
        r#","cnf":-1.5"#.to_owned(),
        r#","cnf":[{"jkt":"x"},1e300]"#.to_owned(),
        format!(r#","cnf":"{jkt}""#),
        format!(r#","cnf":["jkt","{jkt}"]"#),
        format!(r#","cnf":[["jkt","{jkt}"]]"#),
        format!(r#","cnf":{{"jkt":"{other}"}}"#),
        format!(r#","cnf":{{"jkt":["{jkt}"]}}"#),
        format!(r#","cnf":{{"jkt":{{"jkt":"{jkt}"}}}}"#),
        r#","cnf":{"jkt":null}"#.to_owned(),
        r#","cnf":{"jkt":""}"#.to_owned(),
        r#","cnf":{"jkt":1}"#.to_owned(),
        format!(r#","cnf":{{"JKT":"{jkt}"}}"#),
        format!(r#","cnf":{{"jkt":"{jkt}="}}"#),
        format!(r#","cnf":{{"jkt":"{}"}}"#, &jkt[1..]),
        format!(r#","cnf":{{"jkt":"{}"}}"#, jkt.to_lowercase()),
        format!(r#","cnf":{{"jkt":"{hexadecimal}"}}"#),
        // RFC 9278.
        format!(r#","cnf":{{"jkt":"urn:ietf:params:oauth:jwk-thumbprint:sha-256:{jkt}"}}"#),
        format!(r#","cnf":{{"jkt":"{jkt}","jkt":"{jkt}"}}"#),
        format!(r#","cnf":{{"jkt":"{other}","jkt":"{jkt}"}}"#),
        // Bindings that nobody checks here.
        r#","cnf":{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}"#.to_owned(),
        format!(r#","cnf":{{"jkt":"{jkt}","x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}}"#),
        format!(r#","cnf":{{"x5t#S256":null,"jkt":"{jkt}"}}"#),
        format!(r#","cnf":{{"jkt":"{jkt}","kid":"1"}}"#),
    ] {
        assert_eq!(outcome(&cnf), Err(DpopError::Binding), "{cnf}");
        // As bearer tokens, all but the first are refused, and it is told why.
        let bearer = api().verify(&sign_token(&claims(&cnf)));
        match bearer {
            Ok(_) => assert_eq!(cnf, ""),
            Err(error) => {
                assert_eq!(error.code(), "claim_forbidden", "{cnf}");
                assert!(is_bound_to_sender(&error) && error.rejections().len() == 1, "{cnf}");
            }
        }
    }
    assert_eq!(outcome("").unwrap_err().code(), "dpop_binding_mismatch");
}

#[test]
fn the_hash_of_the_access_token() {
    let key = key();
    let token = bound_token(&key);
    let outcome = |ath: Value| {
        let proof = sign_proof(&key, &with(proof_claims(), "ath", ath));
        present(&token, &proof, &dpop().build().unwrap()).map(drop)
    };
    let its = hash(&token);
    assert_eq!(outcome(json!(its)), Ok(()));
    for wrong in [
        Value::Null,
        json!(""),
        json!(hash("other")),
        json!(hash(&bound_token(&crate::desk::key()))),
        json!(format!("{its}=")),
        json!(its[..42]),
        json!(its.to_lowercase()),
        json!(token),
    ] {
        assert_eq!(outcome(wrong.clone()), Err(DpopError::Binding), "{wrong}");
    }
    for wrong in [json!(1), json!([its]), json!({"ath": its})] {
        assert_eq!(fault(outcome(wrong)), DpopProofError::ClaimInvalid { claim: "ath" });
    }
}

/// What is wrong first is told: the proof, the token, what binds them.
#[test]
fn the_order_of_the_checks() {
    let (key, stranger) = (key(), key());
    let verifier = dpop().build().unwrap();
    let token = bound_token(&key);
    let broken = format!("{token}x");
    let present = |token: &str, proof: &str| present(token, proof, &verifier).map(drop);
    let old = sign_proof(&stranger, &with(proof_claims(), "iat", json!(NOW - 600)));
    assert!(matches!(fault(present(&broken, &old)), DpopProofError::TooOld { .. }));
    assert_eq!(code(present(&broken, &proof_for(&stranger, &token, "1"))), "invalid_signature");
    let expired = with(json!({"cnf": {"jkt": thumbprint(&key)}, "client_id": "web", "jti": "1"}), "exp", json!(NOW));
    let expired = ["iss", "aud", "sub"]
        .into_iter()
        .zip([ISSUER, AUDIENCE, "user-1"])
        .fold(expired, |claims, (name, value)| with(claims, name, json!(value)));
    let expired = sign_token(&with(expired, "iat", json!(NOW - 600)).to_string());
    assert_eq!(code(present(&expired, &proof_for(&stranger, &token, "1"))), "token_expired");
    assert!(matches!(
        present(&expired, &proof_for(&key, &expired, "1")),
        Err(DpopError::Token(VerifyError::Rejected(_)))
    ));
    assert_eq!(present(&token, &proof_for(&stranger, &token, "1")), Err(DpopError::Binding));
    assert_eq!(present(&token, &proof_for(&key, &token, "1")), Ok(()));
    assert_eq!(fault(present(&token, &proof_for(&key, &token, "1"))), DpopProofError::Replayed);
}

#[test]
fn is_bound_to_sender_is_told_among_others() {
    let claims = json!({
        "iss": ISSUER, "aud": "other", "exp": NOW, "iat": NOW, "sub": "user-1", "client_id": "web", "jti": "1",
        "cnf": {"jkt": "x"}
    });
    let error = api().verify(&sign_token(&claims.to_string())).unwrap_err();
    let codes: Vec<_> = error.rejections().iter().map(carnet_jwt::Rejection::code).collect();
    assert_eq!(codes, ["token_expired", "audience_mismatch", "claim_forbidden"]);
    assert!(is_bound_to_sender(&error));
    let foreign = sign_token(&with(with(claims, "cnf", Value::Null), "nonce", json!("n")).to_string());
    assert!(!is_bound_to_sender(&api().verify(&foreign).unwrap_err()));
    assert!(!is_bound_to_sender(&api().verify("").unwrap_err()));
}

/// A policy of the caller's: `typ: JWT`, no `client_id`.
#[test]
fn services_that_issue_their_own_tokens() {
    let policy = || {
        let builder = Verifier::builder(VerifyingKey::from_secret(HS256, &secret()).unwrap());
        builder.issuer("shop").audience("shop").typ("JWT").at(NOW).build().unwrap()
    };
    let verifier = AccessTokenVerifier::with_policy(policy());
    let claims = || json!({"iss": "shop", "aud": "shop", "exp": NOW + 60, "sub": "user-1"});
    let sign_as = |typ: &str, claims: &str| {
        let key = SigningKey::from_secret(HS256, &secret()).unwrap();
        JwsBuilder::new().typ(typ).sign(claims.as_bytes(), &key).unwrap()
    };
    let sign = |claims: &Value| sign_as("JWT", &claims.to_string());
    let code_of = |token: &str| verifier.verify(token).map_or_else(|error| error.code(), |_| "ok");
    assert_eq!(verifier.verify(&sign(&claims())).unwrap().subject(), Some("user-1"));
    assert!(AccessTokenVerifier::with_policy(policy()).verify(&sign(&claims())).is_ok());
    assert_eq!(now(verifier.verify_async(&sign(&claims()))).unwrap().client_id(), None);
    // The policy is taken as it is.
    assert_eq!(code_of(&sign_as("at+jwt", &claims().to_string())), "wrong_typ");
    assert_eq!(code_of(&sign(&with(claims(), "iss", json!("other")))), "issuer_mismatch");
    assert_eq!(code_of(&sign(&with(claims(), "exp", Value::Null))), "claim_missing");
    // What it cannot waive.
    for claim in ["nonce", "at_hash", "c_hash", "events", "cnf"] {
        for value in ["1", "null", "{}", r#""x""#, "[]", "false"] {
            let text = claims().to_string();
            let text = format!(r#"{},"{claim}":{value}}}"#, text.trim_end_matches('}'));
            assert_eq!(code_of(&sign_as("JWT", &text)), "claim_forbidden", "{text}");
        }
    }
    // Its tokens can be bound.
    let key = key();
    let bound = sign(&with(claims(), "cnf", json!({"jkt": thumbprint(&key)})));
    assert!(is_bound_to_sender(&verifier.verify(&bound).unwrap_err()));
    let dpop = dpop().build().unwrap();
    let present = |token: &str, id: &str| {
        let proof = proof_for(&key, token, id);
        now(verifier.verify_dpop_async(token, &proof, &request(), &dpop)).map(drop)
    };
    assert_eq!(present(&bound, "1"), Ok(()));
    assert_eq!(present(&sign(&claims()), "2"), Err(DpopError::Binding));
    let foreign = sign(&with(with(claims(), "cnf", json!({"jkt": thumbprint(&key)})), "nonce", json!("n")));
    assert_eq!(code(present(&foreign, "3")), "claim_forbidden");
}

/// A builder may ask for what a bound token has, so that an API takes no others.
#[test]
fn a_policy_may_require_a_binding() {
    let keys = VerifyingKey::from_secret(HS256, &secret()).unwrap();
    let builder = AccessTokenVerifier::builder(keys, ISSUER, AUDIENCE);
    let bound_only = builder.policy(|policy| policy.at(NOW).required_claims(["cnf"])).build().unwrap();
    assert_eq!(bound_only.verify(&token(Value::Null)).unwrap_err().code(), "claim_missing");
    let key = key();
    let token = bound_token(&key);
    let proof = proof_for(&key, &token, "1");
    assert!(now(bound_only.verify_dpop_async(&token, &proof, &request(), &dpop().build().unwrap())).is_ok());
}

/// That a token was accepted with its proof says nothing of the same token without one, nor of another proof.
#[test]
fn a_token_that_is_remembered_is_still_bound() {
    let api = api().remember_tokens(4);
    let (key, other, verifier) = (key(), key(), dpop().build().unwrap());
    let token = bound_token(&key);
    let present = |key: &SigningKey, jti: &str| {
        now(api.verify_dpop_async(&token, &proof_for(key, &token, jti), &request(), &verifier))
    };
    assert_eq!(api.verify(&token).unwrap_err().code(), "claim_forbidden");
    assert_eq!(present(&key, "1").unwrap().subject(), Some("user-1"));
    let bearer = api.verify(&token).unwrap_err();
    assert!(is_bound_to_sender(&bearer) && bearer.rejections().len() == 1);
    assert_eq!(present(&other, "2").unwrap_err(), DpopError::Binding);
    assert_eq!(code(present(&key, "1")), "invalid_dpop_proof");
    assert_eq!(present(&key, "3").unwrap().dpop_proof().map(|proof| proof.id()), Some("3"));
}

/// A source without keys is no fault of the token's.
struct Away;

impl KeySource for Away {
    type Snapshot<'a> = Arc<VerifyingKeys>;

    fn snapshot(&self) -> Result<Arc<VerifyingKeys>, KeySourceError> {
        Err(KeySourceError::new("away"))
    }

    async fn refresh(&self, _: KeyMiss<'_>) -> Result<bool, KeySourceError> {
        Err(KeySourceError::new("still away"))
    }
}

#[test]
fn keys_that_cannot_be_had() {
    let key = key();
    let token = bound_token(&key);
    let ledger = Arc::new(Ledger::default());
    let dpop = dpop().replay_store(Arc::clone(&ledger)).build().unwrap();
    let api = AccessTokenVerifier::builder(Away, ISSUER, AUDIENCE).policy(|policy| policy.at(NOW)).build().unwrap();
    let outcome = now(api.verify_dpop_async(&token, &proof_for(&key, &token, "1"), &request(), &dpop));
    assert!(matches!(&outcome, Err(DpopError::Token(VerifyError::KeySource(_)))), "{outcome:?}");
    assert_eq!(code(outcome), "key_source_unavailable");
    assert!(ledger.recorded.lock().unwrap().is_empty());
}

#[test]
fn a_proof_for_a_token_is_not_taken_without_one() {
    let key = key();
    let verifier = DpopVerifier::builder([ES256]).at(NOW).build().unwrap();
    let proof = proof_for(&key, "token", "1");
    assert_eq!(fault(now(verifier.verify_async(&proof, &request()))), DpopProofError::ForAccessToken);
}

/// An opaque token, which is verified by introspection.
#[test]
fn tokens_that_are_verified_elsewhere() {
    let (key, stranger) = (key(), key());
    let ledger = Arc::new(Ledger::default());
    let verifier = dpop().replay_store(Arc::clone(&ledger)).build().unwrap();
    let jkt = thumbprint(&key);
    let send = |proof: &str, token: &str, bound_to: &str| {
        now(verifier.verify_for_token_async(proof, &request(), token, bound_to)).map(drop)
    };
    let proof = proof_for(&key, "opaque", "1");
    for (proof, token, bound_to) in [
        (&proof, "other", jkt.as_str()),
        (&proof, "", &jkt),
        (&proof, "opaque", ""),
        (&proof, "opaque", &thumbprint(&stranger)),
        (&proof_for(&stranger, "opaque", "1"), "opaque", &jkt),
        (&sign_proof(&key, &proof_claims()), "opaque", &jkt),
        (&sign_proof(&key, &with(proof_claims(), "ath", json!(""))), "", &jkt),
    ] {
        assert_eq!(send(proof, token, bound_to), Err(DpopError::Binding), "{token} {bound_to}");
    }
    assert!(ledger.recorded.lock().unwrap().is_empty());
    assert_eq!(send(&proof, "opaque", &jkt), Ok(()));
    assert_eq!(fault(send(&proof, "opaque", &jkt)), DpopProofError::Replayed);
}
