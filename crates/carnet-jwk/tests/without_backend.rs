//! Without a backend everything compiles, and whatever would make a key says that it is not supported. Nothing panics.
#![cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

#[path = "support/forms.rs"]
mod forms;

use carnet_jwa::{Algorithm, Hash};
use carnet_jwk::{
    Jwk, JwkSet, KeyError, KeyRing, KeyRules, PrivateJwk, PrivateJwkSet, Secret, SigningKey, VerifyingKey,
};
use forms::{available, decoded, forms};
use serde_json::json;

#[track_caller]
fn unsupported<T>(result: Result<T, KeyError>) {
    let Err(error) = result else { unreachable!("a key was made") };
    assert!(["unsupported_key", "unsupported_algorithm"].contains(&error.code()), "{}: {error}", error.code());
    assert!(error.to_string().contains("no backend"), "{error}");
}

#[test]
fn no_key_is_read_in_any_form() {
    assert!(available().is_empty());
    for form in forms() {
        unsupported(Jwk::from_json(&form.public().to_string()));
        unsupported(PrivateJwk::from_json(&form.jwk().to_string()));
        for name in
            ["pkcs8", "pkcs8_with_public", "pkcs8_expanded", "pkcs8_both", "pkcs1", "sec1", "sec1_without_public"]
        {
            let Some(pem) = form.pem(name) else { continue };
            unsupported(PrivateJwk::from_pem(pem));
            unsupported(PrivateJwk::from_der(&decoded(pem)));
            unsupported(SigningKey::from_pem(form.algorithm(), pem));
            unsupported(SigningKey::from_der(form.algorithm(), &decoded(pem)));
        }
        for name in ["spki", "pkcs1_public"] {
            let Some(pem) = form.pem(name) else { continue };
            unsupported(Jwk::from_pem(pem));
            unsupported(Jwk::from_der(&decoded(pem)));
            unsupported(VerifyingKey::from_pem(form.algorithm(), pem));
            unsupported(VerifyingKey::from_der(form.algorithm(), &decoded(pem)));
        }
        let pem = form.pem("x509").unwrap();
        unsupported(Jwk::from_x509_pem(pem));
        unsupported(Jwk::from_x509_der(&decoded(pem)));
        assert!(!form.kind().is_empty());
    }
}

#[test]
fn no_key_is_made() {
    for &algorithm in Algorithm::ALL {
        unsupported(PrivateJwk::generate(algorithm));
        unsupported(SigningKey::generate(algorithm));
    }
    for bits in [0, 2048, 3072] {
        unsupported(PrivateJwk::generate_rsa(Algorithm::RS256, bits));
    }
}

/// Shared secrets are octets, which need no backend until something is to be done with them.
#[test]
fn secrets_are_read_and_not_used() {
    let secret = Secret::from_bytes([7; 64]).unwrap();
    for &algorithm in Algorithm::ALL {
        unsupported(SigningKey::from_secret(algorithm, &secret));
        unsupported(VerifyingKey::from_secret(algorithm, &secret));
        unsupported(KeyRing::from_secrets(algorithm, &secret, []));
        unsupported(KeyRing::from_env(algorithm, "CARGO_PKG_DESCRIPTION", "CARNET_TEST_UNSET"));
    }
    let k = carnet_core::base64url::encode(&[7; 64]);
    let oct = json!({"kty": "oct", "k": k, "alg": "HS256"}).to_string();
    let jwk = PrivateJwk::from_json(&oct).unwrap();
    assert!(jwk.is_symmetric() && jwk.public_jwk().is_none());
    assert!(PrivateJwk::from_json(&jwk.expose_json()).unwrap() == jwk);
    assert_eq!(jwk.thumbprint_with(Hash::Sha256).octets().len(), 32);
    unsupported(SigningKey::from_jwk(&jwk));
    unsupported(SigningKey::from_jwk_as(Algorithm::HS256, &jwk));
    unsupported(VerifyingKey::from_private_jwk_as(Algorithm::HS256, &jwk));
}

#[test]
fn sets_keep_everything_aside() {
    let mut keys: Vec<_> = forms().iter().map(|form| form.public()).collect();
    keys.push(json!({"kty": "oct", "k": carnet_core::base64url::encode(&[7; 64])}));
    let text = json!({ "keys": keys }).to_string();
    let set = JwkSet::from_json(&text).unwrap();
    assert_eq!((set.len(), set.skipped().len(), set.secret_entries().count()), (0, 9, 1));
    let verifying = set.verifying_keys_with(&KeyRules::new().symmetric(Algorithm::HS256));
    assert_eq!((verifying.len(), verifying.skipped().len()), (0, 10));
    for skipped in verifying.skipped() {
        unsupported::<()>(Err(skipped.reason.clone()));
    }
    assert_eq!(PrivateJwkSet::from_json(&text).unwrap().iter().count(), 1);
    assert_eq!(forms().first().unwrap().text("/kind"), "RSA");
}
