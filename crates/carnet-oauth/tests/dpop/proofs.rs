//! Every rule for a proof by itself, at its limit and one beyond.

use crate::desk::*;
use carnet_jwa::Algorithm::{self, ES256, ES384, EdDSA, HS256, HS384, HS512};
use carnet_jwk::{PrivateJwk, SigningKey};
use carnet_jws::{EmbeddedKeyError, EmbeddedKeyPolicyError, JwsBuilder};
use carnet_oauth::{DpopError, DpopPolicyError, DpopProofError, DpopVerifier};
use core::error::Error;
use core::time::Duration;
use serde_json::{Value, json};

/// The codes under the form, as the layer below has them.
fn form<T>(outcome: Result<T, DpopError>) -> &'static str {
    match fault(outcome) {
        DpopProofError::Jws(error) => error.code(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_proof_says() {
    let key = key();
    let proof = sign_proof(&key, &proof_claims());
    let verified = now(dpop().build().unwrap().verify_async(&proof, &request())).unwrap();
    assert_eq!(verified.jwk_thumbprint().to_string(), thumbprint(&key));
    assert_eq!(verified.jwk().thumbprint(), key.public_jwk().unwrap().thumbprint());
    assert_eq!((verified.id(), verified.issued_at().floor()), ("-BwC3ESc6acc2lTc", NOW));
    assert_eq!((verified.nonce(), verified.uses_current_nonce()), (None, true));
    let shown = format!("{verified:?}");
    assert!(!shown.contains("BwC3ESc6acc2lTc") && !shown.contains("1750000000"), "{shown}");
    // Claims nobody has heard of mean nothing.
    assert!(judge(&with(proof_claims(), "sub", json!({"a": [1]}))).is_ok());
}

/// Of the header's `typ`, compared as media types are.
#[test]
fn the_type() {
    let key = key();
    let jwk = key.public_jwk().unwrap();
    let payload = proof_claims().to_string();
    let sign = |builder: JwsBuilder<'_>| builder.header("jwk", &jwk).sign(payload.as_bytes(), &key).unwrap();
    let judge = |proof: &str| now(dpop().build().unwrap().verify_async(proof, &request()));
    for typ in ["dpop+jwt", "application/dpop+jwt", "DPoP+JWT"] {
        assert!(judge(&sign(JwsBuilder::new().typ(typ))).is_ok(), "{typ}");
    }
    for typ in ["", "JWT", "at+jwt", "dpop", "jwt+dpop", "dpop+jwt ", "text/dpop+jwt", "dpop+jwt+jwt"] {
        assert_eq!(fault(judge(&sign(JwsBuilder::new().typ(typ)))), DpopProofError::WrongTyp, "{typ}");
    }
    assert_eq!(fault(judge(&sign(JwsBuilder::new()))), DpopProofError::WrongTyp);
}

#[test]
fn the_key_and_the_signature() {
    let key = key();
    let verifier = dpop().build().unwrap();
    let judge = |proof: &str| now(verifier.verify_async(proof, &request()));
    let payload = proof_claims().to_string();
    let sign =
        |builder: JwsBuilder<'_>, key: &SigningKey| builder.typ("dpop+jwt").sign(payload.as_bytes(), key).unwrap();

    assert_eq!(form(judge(&sign(JwsBuilder::new(), &key))), "malformed", "no key");
    let others = SigningKey::generate(ES256).unwrap().public_jwk().unwrap();
    assert_eq!(form(judge(&sign(JwsBuilder::new().header("jwk", &others), &key))), "invalid_signature");
    let private = PrivateJwk::generate(ES256).unwrap();
    let leaked: Value = serde_json::from_str(&private.expose_json()).unwrap();
    let own = SigningKey::from_jwk(&private).unwrap();
    let header = |jwk: Value| json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
    for jwk in [leaked, json!({"kty": "oct", "k": "AAAA"}), json!({}), json!("x")] {
        let code = form(judge(&sign_header(&own, &header(jwk.clone()), &payload)));
        assert!(["malformed", "invalid_key"].contains(&code), "{code} {jwk}");
    }

    // A key of an algorithm that is not on the list.
    let other = SigningKey::generate(ES384).unwrap();
    assert_eq!(form(judge(&sign_proof(&other, &proof_claims()))), "algorithm_not_allowed");
    let wide = DpopVerifier::builder(ASYMMETRIC).at(NOW).build().unwrap();
    assert!(now(wide.verify_async(&sign_proof(&other, &proof_claims()), &request())).is_ok());

    let proof = sign_proof(&key, &proof_claims());
    for (place, _) in proof.match_indices('.') {
        let mut octets = proof.clone().into_bytes();
        octets[place - 10] ^= 1;
        assert!(matches!(fault(judge(&String::from_utf8(octets).unwrap())), DpopProofError::Jws(_)));
    }
    for nonsense in
        ["", ".", "..", "a.b.c", &format!("{proof} "), &format!("{proof}.{proof}"), &format!("DPoP {proof}")]
    {
        assert!(matches!(fault(judge(nonsense)), DpopProofError::Jws(_)), "{nonsense}");
    }
    // The error of the layer below is its source.
    let error = judge("").unwrap_err();
    let below = error.source().unwrap().source().unwrap();
    assert!(below.downcast_ref::<EmbeddedKeyError>().is_some());
}

#[test]
fn a_proof_has_at_most_8_kib() {
    let key = key();
    let padded = |length: usize| sign_proof(&key, &with(proof_claims(), "pad", json!("x".repeat(length))));
    // base64url makes four characters of three octets, so not every length occurs.
    let (mut fits, mut length) = (String::new(), 0);
    let beyond = loop {
        let proof = padded(length);
        if proof.len() > 8 * 1024 {
            break proof;
        }
        length += (8 * 1024 - proof.len()).div_ceil(2).max(1);
        fits = proof;
    };
    assert!(fits.len() >= 8 * 1024 - 1 && beyond.len() <= 8 * 1024 + 3, "{} {}", fits.len(), beyond.len());
    let verifier = dpop().build().unwrap();
    assert!(now(verifier.verify_async(&fits, &request())).is_ok());
    assert_eq!(form(now(verifier.verify_async(&beyond, &request()))), "too_large");
}

#[test]
fn the_payload_is_strict_json() {
    let key = key();
    let claims = r#""jti":"1","htm":"GET","htu":"https://api.example.com/orders","iat":1750000000"#;
    let judge = |payload: &str| now(dpop().build().unwrap().verify_async(&sign_payload(&key, payload), &request()));
    assert!(judge(&format!("{{{claims}}}")).is_ok());
    for payload in [
        String::new(),
        "[]".to_owned(),
        format!("{{{claims}}} x"),
        format!("{{{claims},}}"),
        format!(r#"{{{claims},"jti":"2"}}"#),
        format!(r#"{{{claims},"\u006ati":"2"}}"#),
        format!(r#"{{{claims},"x":1,"x":1}}"#),
        format!(r#"{{{claims},"x":{}1{}}}"#, "[".repeat(64), "]".repeat(64)),
    ] {
        assert!(matches!(fault(judge(&payload)), DpopProofError::NotClaims(_)), "{payload}");
    }
    assert!(judge(&format!(r#"{{{claims},"x":{}1{}}}"#, "[".repeat(63), "]".repeat(63))).is_ok());
}

#[test]
fn the_claims_that_are_required_and_their_types() {
    for claim in ["jti", "htm", "htu", "iat"] {
        let missing = DpopProofError::ClaimMissing { claim };
        assert_eq!(fault(judge(&with(proof_claims(), claim, Value::Null))), missing);
        let null = proof_claims().to_string().replace(&proof_claims()[claim].to_string(), "null");
        let outcome = now(dpop().build().unwrap().verify_async(&sign_payload(&key(), &null), &request()));
        assert_eq!(fault(outcome), missing, "{null}");
        for value in [json!(true), json!([]), json!({}), if claim == "iat" { json!("1750000000") } else { json!(1) }] {
            let invalid = DpopProofError::ClaimInvalid { claim };
            assert_eq!(fault(judge(&with(proof_claims(), claim, value.clone()))), invalid, "{value}");
        }
    }
    for (length, fits) in [(0, false), (1, true), (256, true), (257, false)] {
        let outcome = judge(&with(proof_claims(), "jti", json!("x".repeat(length))));
        assert_eq!(outcome.is_ok(), fits, "{length}");
        if !fits {
            assert_eq!(fault(outcome), DpopProofError::ClaimInvalid { claim: "jti" });
        }
    }
    // Octets and not characters.
    assert!(judge(&with(proof_claims(), "jti", json!("é".repeat(128)))).is_ok());
    assert!(judge(&with(proof_claims(), "jti", json!("é".repeat(129)))).is_err());
    assert_eq!(
        fault(judge(&with(proof_claims(), "iat", json!(253_402_300_800_i64)))),
        DpopProofError::ClaimInvalid { claim: "iat" }
    );
}

#[test]
fn the_method_is_compared_octet_for_octet() {
    for method in ["get", "Get", "POST", "", "GET ", " GET", "GE", "GETX"] {
        assert_eq!(
            fault(judge(&with(proof_claims(), "htm", json!(method)))),
            DpopProofError::MethodMismatch,
            "{method}"
        );
    }
}

/// 60 s, 5 s of leeway.
#[test]
fn the_time_of_a_proof() {
    for (iat, expected) in [
        (json!(NOW), "ok"),
        (json!(NOW - 65), "ok"),
        (json!(NOW - 66), "old"),
        (json!(NOW + 5), "ok"),
        (json!(NOW + 6), "future"),
        // Rounded down for the age, up for the future.
        (serde_json::from_str("1749999934.9").unwrap(), "old"),
        (serde_json::from_str("1749999935.9").unwrap(), "ok"),
        (serde_json::from_str("1750000004.1").unwrap(), "ok"),
        (serde_json::from_str("1750000005.1").unwrap(), "future"),
        (json!(0), "old"),
        (json!(-1), "old"),
        (json!(253_402_300_799_i64), "future"),
    ] {
        let said = match judge(&with(proof_claims(), "iat", iat.clone())) {
            Ok(_) => "ok",
            Err(DpopError::Proof(DpopProofError::TooOld { .. })) => "old",
            Err(DpopError::Proof(DpopProofError::IssuedInFuture { .. })) => "future",
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(said, expected, "{iat}");
    }
    for extreme in [i64::MIN, i64::MAX] {
        assert_eq!(code(judge_at(extreme, &proof_claims())), "invalid_dpop_proof");
    }
    let exact = dpop().max_age(Duration::from_secs(1)).leeway(Duration::ZERO).build().unwrap();
    for (iat, passes) in [(NOW + 1, false), (NOW, true), (NOW - 1, true), (NOW - 2, false)] {
        let proof = sign_proof(&key(), &with(proof_claims(), "iat", json!(iat)));
        assert_eq!(now(exact.verify_async(&proof, &request())).is_ok(), passes, "{iat}");
    }
}

/// RFC 7519 §4.1.4 and §4.1.5: what a client says of the life of its proof, holds.
#[test]
fn times_that_a_client_adds() {
    for (claim, value, passes) in [
        ("exp", json!(NOW - 4), true),
        ("exp", json!(NOW - 5), false),
        ("nbf", json!(NOW + 5), true),
        ("nbf", json!(NOW + 6), false),
    ] {
        let outcome = judge(&with(proof_claims(), claim, value.clone()));
        assert_eq!(outcome.is_ok(), passes, "{claim} {value}");
        match (passes, claim) {
            (true, _) => {}
            (false, "exp") => assert!(matches!(fault(outcome), DpopProofError::Expired { .. })),
            (false, _) => assert!(matches!(fault(outcome), DpopProofError::NotYetValid { .. })),
        }
    }
    for claim in ["exp", "nbf"] {
        let invalid = DpopProofError::ClaimInvalid { claim };
        assert_eq!(fault(judge(&with(proof_claims(), claim, json!("1750000000")))), invalid);
    }
}

#[test]
fn policies_that_would_be_mistakes() {
    let none: [Algorithm; 0] = [];
    let of = |algorithms: &[Algorithm]| DpopVerifier::builder(algorithms.iter().copied()).build().map(drop);
    assert_eq!(of(&none), Err(DpopPolicyError::Algorithms(EmbeddedKeyPolicyError::NoAlgorithms)));
    for algorithm in [HS256, HS384, HS512] {
        let symmetric = DpopPolicyError::Algorithms(EmbeddedKeyPolicyError::Symmetric { algorithm });
        assert_eq!(of(&[algorithm]), Err(symmetric.clone()));
        assert_eq!(of(&[ES256, algorithm]), Err(symmetric));
    }
    let build = |max_age, leeway| dpop().max_age(max_age).leeway(leeway).build().map(drop);
    let second = Duration::from_secs(1);
    for (max_age, leeway, expected) in [
        (second, Duration::ZERO, Ok(())),
        (Duration::from_secs(3600), Duration::from_secs(300), Ok(())),
        (Duration::from_millis(999), Duration::ZERO, Err(DpopPolicyError::MaxAge)),
        (Duration::from_millis(3_600_001), Duration::ZERO, Err(DpopPolicyError::MaxAge)),
        (Duration::MAX, Duration::ZERO, Err(DpopPolicyError::MaxAge)),
        (second, Duration::from_millis(300_001), Err(DpopPolicyError::Leeway)),
        (second, Duration::MAX, Err(DpopPolicyError::Leeway)),
    ] {
        assert_eq!(build(max_age, leeway), expected, "{max_age:?} {leeway:?}");
    }
    for error in [of(&none), of(&[HS256]), build(Duration::ZERO, Duration::ZERO), build(second, Duration::MAX)] {
        assert_eq!(error.unwrap_err().code(), "invalid_policy");
    }
}

/// For the parameter `algs` of a challenge.
#[test]
fn the_algorithms_of_the_challenge() {
    let verifier = DpopVerifier::builder([EdDSA, ES256, EdDSA]).build().unwrap();
    assert_eq!(verifier.algorithms().collect::<Vec<_>>(), [EdDSA, ES256]);
    assert_eq!(verifier.current_nonce(), None);
}

/// No error and no `Debug` shows what a proof says.
#[test]
fn errors_repeat_nothing() {
    let canary = "Canary-7qX";
    let claims = |claim: &str| with(proof_claims(), claim, json!(canary));
    let mut shown = String::new();
    for claims in [claims("htm"), claims("htu"), claims("iat"), claims("ath"), claims("exp")] {
        let error = judge(&claims).unwrap_err();
        shown += &format!("{error} {error:?} {:?}", error.source().map(ToString::to_string));
    }
    let verifier = dpop().build().unwrap();
    let proof = sign_proof(&key(), &claims("jti"));
    let verified = now(verifier.verify_async(&proof, &request())).unwrap();
    let error = now(verifier.verify_async(&proof, &request())).unwrap_err();
    shown += &format!("{verified:?} {error} {error:?} {verifier:?}");
    assert!(!shown.contains(canary), "{shown}");
    assert!(shown.len() > 1000);
}
