//! What RFC 9449 demands of a server, by its sections: each MUST that binds a resource server.

use crate::desk::*;
use carnet_jwa::Algorithm::{self, ES256, EdDSA, HS256, PS256, RS256};
use carnet_jwk::{PrivateJwk, SigningKey};
use carnet_oauth::{DpopError, DpopNonces, DpopPolicyError, DpopProofError, DpopVerifier, is_bound_to_sender};
use core::time::Duration;
use serde_json::{Value, json};

/// A token and its proof, to change one thing of.
struct Request {
    key: SigningKey,
    token: String,
    claims: Value,
}

impl Request {
    fn new() -> Self {
        let key = key();
        let token = bound_token(&key);
        let claims = with(proof_claims(), "ath", json!(hash(&token)));
        Self { key, token, claims }
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.claims = with(self.claims, name, value);
        self
    }

    fn proof(&self) -> String {
        sign_proof(&self.key, &self.claims)
    }

    fn send(&self) -> Result<(), DpopError> {
        present(&self.token, &self.proof(), &dpop().build().unwrap()).map(drop)
    }

    fn send_proof(&self, proof: &str) -> Result<(), DpopError> {
        present(&self.token, proof, &dpop().build().unwrap()).map(drop)
    }

    /// The same proof with another header.
    fn signed_with(&self, typ: Option<&str>, jwk: Option<&Value>) -> String {
        let mut header = json!({"alg": "ES256"});
        for (name, value) in [("typ", typ.map(|typ| json!(typ))), ("jwk", jwk.cloned())] {
            header = with(header, name, value.unwrap_or_default());
        }
        sign_header(&self.key, &header, &self.claims.to_string())
    }

    fn jwk(&self) -> Value {
        serde_json::from_str(&self.key.public_jwk().unwrap().to_json()).unwrap()
    }
}

#[test]
fn section_4_2_the_header_must_contain_typ_alg_and_jwk() {
    let request = Request::new();
    assert_eq!(request.send(), Ok(()));
    let jwk = request.jwk();
    assert_eq!(request.send_proof(&request.signed_with(Some("dpop+jwt"), Some(&jwk))), Ok(()));
    assert_eq!(fault(request.send_proof(&request.signed_with(None, Some(&jwk)))), DpopProofError::WrongTyp);
    let without_key = request.send_proof(&request.signed_with(Some("dpop+jwt"), None));
    assert!(matches!(fault(without_key), DpopProofError::Jws(_)));
    for no_key in [json!("x"), json!([jwk]), json!({}), json!(1), json!(true)] {
        let outcome = request.send_proof(&request.signed_with(Some("dpop+jwt"), Some(&no_key)));
        assert!(matches!(fault(outcome), DpopProofError::Jws(_)), "{no_key}");
    }
    let null = sign_header(
        &request.key,
        &json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": null}),
        &request.claims.to_string(),
    );
    assert!(matches!(fault(request.send_proof(&null)), DpopProofError::Jws(_)));
    let header = json!({"typ": "dpop+jwt", "jwk": jwk});
    let without_alg = sign_header(&request.key, &header, &request.claims.to_string());
    assert!(matches!(fault(request.send_proof(&without_alg)), DpopProofError::Jws(_)));
}

#[test]
fn section_4_2_alg_must_not_be_none_or_symmetric() {
    let request = Request::new();
    let encode = |text: &str| carnet_core::base64url::encode(text.as_bytes());
    for alg in ["none", "HS256", "HS512", "None", ""] {
        let header = encode(&json!({"typ": "dpop+jwt", "alg": alg, "jwk": request.jwk()}).to_string());
        for signature in ["", "AAAA"] {
            let proof = format!("{header}.{}.{signature}", encode(&request.claims.to_string()));
            assert!(matches!(fault(request.send_proof(&proof)), DpopProofError::Jws(_)), "{alg}");
        }
    }
    // A real MAC, by a key that the token brings along.
    let shared = SigningKey::from_secret(HS256, &secret()).unwrap();
    let jwk = json!({"kty": "oct", "k": carnet_core::base64url::encode(secret().expose())});
    let header = json!({"typ": "dpop+jwt", "alg": "HS256", "jwk": jwk});
    let proof = sign_header(&shared, &header, &request.claims.to_string());
    assert!(matches!(fault(request.send_proof(&proof)), DpopProofError::Jws(_)));
    assert!(matches!(DpopVerifier::builder([HS256]).build(), Err(DpopPolicyError::Algorithms(_))));
}

/// 11.6: those that are on the list, of which each is asymmetric, and no others.
#[test]
fn section_11_6_the_algorithms_are_those_of_the_list() {
    let private = |name: &str, algorithm| {
        let keys = &testkit::vectors::load("attacks/attack_tokens.json")["keys"];
        SigningKey::from_jwk_as(algorithm, &PrivateJwk::from_json(&keys[name].to_string()).unwrap()).unwrap()
    };
    let all = [(ES256, "ec"), (EdDSA, "ed"), (RS256, "rsa"), (PS256, "rsa")];
    for (algorithm, name) in all {
        let proof = sign_proof(&private(name, algorithm), &proof_claims());
        for (listed, _) in all {
            let verifier = DpopVerifier::builder([listed]).at(NOW).build().unwrap();
            let outcome = now(verifier.verify_async(&proof, &request()));
            assert_eq!(outcome.is_ok(), listed == algorithm, "{algorithm} {listed}");
        }
    }
    let none: [Algorithm; 0] = [];
    assert!(matches!(DpopVerifier::builder(none).build(), Err(DpopPolicyError::Algorithms(_))));
}

#[test]
fn section_4_2_jwk_must_not_contain_a_private_key() {
    let private = PrivateJwk::generate(ES256).unwrap();
    let key = SigningKey::from_jwk(&private).unwrap();
    let token = bound_token(&key);
    let claims = with(proof_claims(), "ath", json!(hash(&token)));
    let request = Request { key, token, claims };
    let private: Value = serde_json::from_str(&private.expose_json()).unwrap();
    let outcome = request.send_proof(&request.signed_with(Some("dpop+jwt"), Some(&private)));
    assert!(matches!(fault(outcome), DpopProofError::Jws(_)));
    assert_eq!(request.send(), Ok(()));
}

/// Not one of its members, whatever the kind of key, and not as `null`.
#[test]
fn section_4_2_jwk_must_not_contain_any_private_member() {
    let keys = &testkit::vectors::load("attacks/attack_tokens.json")["keys"];
    let verifier = || DpopVerifier::builder([ES256, EdDSA, RS256]).at(NOW).build().unwrap();
    for (name, algorithm, private) in
        [("ec", ES256, &["d"][..]), ("ed", EdDSA, &["d"]), ("rsa", RS256, &["d", "p", "q", "dp", "dq", "qi"])]
    {
        let key = SigningKey::from_jwk_as(algorithm, &PrivateJwk::from_json(&keys[name].to_string()).unwrap()).unwrap();
        let mut public = keys[name].clone();
        for member in private {
            public.as_object_mut().unwrap().remove(*member).unwrap();
        }
        let judge = |jwk: &Value| {
            let header = json!({"typ": "dpop+jwt", "alg": algorithm.name(), "jwk": jwk});
            now(verifier().verify_async(&sign_header(&key, &header, &proof_claims().to_string()), &request()))
        };
        assert!(judge(&public).is_ok(), "{name}");
        assert!(matches!(fault(judge(&keys[name])), DpopProofError::Jws(_)), "{name}");
        for member in private.iter().chain(&["k", "oth"]) {
            for value in [json!("AAAA"), keys[name][member].clone(), Value::Null] {
                let mut jwk = public.clone();
                jwk[*member] = value;
                assert!(matches!(fault(judge(&jwk)), DpopProofError::Jws(_)), "{name} {member}");
            }
        }
    }
}

#[test]
fn section_4_2_the_payload_must_contain_jti_htm_htu_and_iat() {
    for claim in ["jti", "htm", "htu", "iat"] {
        let outcome = Request::new().with(claim, Value::Null).send();
        assert_eq!(fault(outcome), DpopProofError::ClaimMissing { claim });
    }
}

#[test]
fn section_4_2_ath_must_be_there_with_an_access_token() {
    assert_eq!(Request::new().with("ath", Value::Null).send(), Err(DpopError::Binding));
}

#[test]
fn section_4_2_ath_must_be_base64url_of_sha_256() {
    let request = Request::new();
    let digest = <sha2::Sha512 as sha2::Digest>::digest(&request.token);
    let sha_512 = carnet_core::base64url::encode(&digest[..32]);
    assert_eq!(request.with("ath", json!(sha_512)).send(), Err(DpopError::Binding));
    // The other alphabet of base64, and hexadecimal, of a token whose hash shows the difference.
    let key = key();
    let token = (0..)
        .map(|n| format!("opaque-{n}"))
        .find(|token| hash(token).contains('-') && hash(token).contains('_'))
        .unwrap();
    let send = |ath: &str| {
        let proof = sign_proof(&key, &with(proof_claims(), "ath", json!(ath)));
        let verifier = dpop().build().unwrap();
        now(verifier.verify_for_token_async(&proof, &crate::desk::request(), &token, &thumbprint(&key))).map(drop)
    };
    let its = hash(&token);
    let hexadecimal: String =
        carnet_core::base64url::decode(&its).unwrap().iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(send(&its), Ok(()));
    for wrong in [its.replace('-', "+"), its.replace('_', "/"), format!("{its}="), hexadecimal] {
        assert_eq!(send(&wrong), Err(DpopError::Binding), "{wrong}");
    }
}

#[test]
fn section_4_2_nonce_must_be_there_once_it_was_provided() {
    let nonces = DpopNonces::new(&secret(), Duration::from_secs(60)).unwrap();
    let verifier = dpop().nonces(nonces).build().unwrap();
    let request = Request::new();
    let outcome = present(&request.token, &request.proof(), &verifier).map(drop);
    assert_eq!(outcome, Err(DpopError::NonceRequired));
    let request = request.with("nonce", json!(verifier.current_nonce().unwrap()));
    assert_eq!(present(&request.token, &request.proof(), &verifier).map(drop), Ok(()));
}

/// 4.3 (2)
#[test]
fn section_4_3_the_field_must_be_a_single_well_formed_jwt() {
    let request = Request::new();
    let proof = request.proof();
    for field in [format!("{proof}, {proof}"), format!("{proof},{proof}"), format!("{proof}."), proof.replace('.', "")]
    {
        assert!(matches!(fault(request.send_proof(&field)), DpopProofError::Jws(_)));
    }
}

/// 4.3 (6)
#[test]
fn section_4_3_the_signature_must_verify_with_the_embedded_key() {
    let request = Request::new();
    let others: Value = serde_json::from_str(&key().public_jwk().unwrap().to_json()).unwrap();
    let outcome = request.send_proof(&request.signed_with(Some("dpop+jwt"), Some(&others)));
    assert!(matches!(fault(outcome), DpopProofError::Jws(_)));
}

/// 4.3 (8), (9)
#[test]
fn section_4_3_htm_and_htu_must_match_the_request() {
    assert_eq!(fault(Request::new().with("htm", json!("POST")).send()), DpopProofError::MethodMismatch);
    let elsewhere = json!("https://api.example.com/bills");
    assert_eq!(fault(Request::new().with("htu", elsewhere).send()), DpopProofError::UriMismatch);
}

/// 4.3 (10), and 8: "does not exactly match".
#[test]
fn section_4_3_a_nonce_must_match_exactly() {
    let nonces = DpopNonces::new(&secret(), Duration::from_secs(60)).unwrap();
    let verifier = dpop().nonces(nonces).build().unwrap();
    let nonce = verifier.current_nonce().unwrap();
    for wrong in [format!("{nonce} "), nonce.to_uppercase(), format!("{nonce}A"), "other".to_owned()] {
        let request = Request::new().with("nonce", json!(wrong));
        let outcome = present(&request.token, &request.proof(), &verifier).map(drop);
        assert_eq!(outcome, Err(DpopError::NonceRequired));
    }
}

/// 4.3 (11), and 11.1: "for a limited time".
#[test]
fn section_11_1_proofs_must_be_taken_for_a_limited_time() {
    assert!(matches!(fault(Request::new().with("iat", json!(NOW - 66)).send()), DpopProofError::TooOld { .. }));
    let ahead = fault(Request::new().with("iat", json!(NOW + 6)).send());
    assert!(matches!(ahead, DpopProofError::IssuedInFuture { .. }));
}

/// 4.3 (12), 6 and 7.1.
#[test]
fn section_7_1_the_key_must_be_the_one_the_token_is_bound_to() {
    let mut request = Request::new();
    request.key = key();
    assert_eq!(request.send(), Err(DpopError::Binding));
}

#[test]
fn section_7_1_access_must_not_be_granted_unless_all_checks_succeed() {
    let request = Request::new();
    assert_eq!(request.send(), Ok(()));
    for (name, value) in [
        ("jti", Value::Null),
        ("htm", json!("PUT")),
        ("htu", json!("https://api.example.com/")),
        ("iat", json!(NOW - 3600)),
        ("ath", json!("x")),
    ] {
        assert!(Request::new().with(name, value).send().is_err(), "{name}");
    }
    let expired = Request { token: token(Value::Null), ..Request::new() };
    assert!(expired.send().is_err());
}

#[test]
fn section_7_2_a_bound_token_must_be_refused_as_a_bearer_token() {
    let request = Request::new();
    let error = api().verify(&request.token).unwrap_err();
    assert_eq!(error.code(), "claim_forbidden");
    assert!(is_bound_to_sender(&error));
    let error = now(api().verify_async(&request.token)).unwrap_err();
    assert!(is_bound_to_sender(&error));
    // The other way about, a bearer token does not become a bound one by a proof.
    let bearer = token(Value::Null);
    assert!(api().verify(&bearer).is_ok());
    let proof = proof_for(&request.key, &bearer, "1");
    assert_eq!(present(&bearer, &proof, &dpop().build().unwrap()).map(drop), Err(DpopError::Binding));
}

/// 8: nonces "MUST be unpredictable", and 9: "will be only accepted by the server that issued them".
#[test]
fn section_9_nonces_are_unpredictable_and_only_for_the_server_that_gave_them() {
    let server = |octet: u8| {
        let secret = carnet_jwk::Secret::from_bytes([octet; 32]).unwrap();
        dpop().nonces(DpopNonces::new(&secret, Duration::from_secs(60)).unwrap()).build().unwrap()
    };
    let (one, other) = (server(1), server(2));
    assert_ne!(one.current_nonce(), other.current_nonce());
    let request = Request::new().with("nonce", json!(one.current_nonce().unwrap()));
    assert_eq!(present(&request.token, &request.proof(), &other).map(drop), Err(DpopError::NonceRequired));
    // The whole MAC, as a nonce of RFC 9449 §8.1, and not one of its octets may be another.
    let nonce = one.current_nonce().unwrap();
    let mac = carnet_core::base64url::decode(&nonce).unwrap();
    assert_eq!(mac.len(), 32);
    for place in 0..mac.len() {
        let mut changed = mac.clone();
        changed[place] ^= 1;
        let request = Request::new().with("nonce", json!(carnet_core::base64url::encode(&changed)));
        assert_eq!(present(&request.token, &request.proof(), &one).map(drop), Err(DpopError::NonceRequired));
    }
    let its = Request::new().with("nonce", json!(nonce));
    assert_eq!(present(&its.token, &its.proof(), &one).map(drop), Ok(()));
    // Not by a secret that could be guessed.
    let of_octets = |count: usize| {
        let secret = carnet_jwk::Secret::from_bytes(vec![7; count])?;
        Ok::<_, carnet_jwk::KeyError>(DpopNonces::new(&secret, Duration::from_secs(60)).map(drop))
    };
    assert_eq!(of_octets(32), Ok(Ok(())));
    for short in [0, 1, 16, 31] {
        assert!(!matches!(of_octets(short), Ok(Ok(()))), "{short}");
    }
}

/// 11.3 repeats 4.2 for servers.
#[test]
fn section_11_3_a_proof_without_nonce_must_not_be_taken_where_nonces_are_given_out() {
    let nonces = DpopNonces::new(&secret(), Duration::from_secs(60)).unwrap();
    let verifier = dpop().nonces(nonces).build().unwrap();
    for nonce in [Value::Null, json!("")] {
        let request = Request::new().with("nonce", nonce);
        let outcome = present(&request.token, &request.proof(), &verifier).map(drop);
        assert_eq!(outcome, Err(DpopError::NonceRequired));
    }
}

/// 11.5 and 11.6 are 4.2's `typ` and `alg`.
#[test]
fn section_11_5_typ_must_be_verified() {
    let request = Request::new();
    let jwk = request.jwk();
    for typ in ["JWT", "at+jwt", "logout+jwt"] {
        let outcome = request.send_proof(&request.signed_with(Some(typ), Some(&jwk)));
        assert_eq!(fault(outcome), DpopProofError::WrongTyp, "{typ}");
    }
}
