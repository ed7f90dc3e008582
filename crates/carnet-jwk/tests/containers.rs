//! Keys in PEM and DER, in and out: SPKI, PKCS#8, PKCS#1 and SEC1, for every kind of key.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

#[path = "support/forms.rs"]
mod forms;

use carnet_jwa::{Algorithm, Hash};
use carnet_jwk::{Jwk, KeyError, PrivateJwk, SigningKey, VerifyingKey};
use forms::{Form, available, decoded, forms};
use serde_json::Value;

fn private(form: &Form) -> PrivateJwk {
    PrivateJwk::from_json(&form.jwk().to_string()).unwrap()
}

fn public(form: &Form) -> Jwk {
    Jwk::from_json(&form.public().to_string()).unwrap()
}

/// The members of the key, without those that a container cannot hold.
fn members(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

#[test]
fn what_other_programs_write_is_read() {
    for form in available() {
        let (kind, jwk) = (form.kind().to_owned(), form.jwk());
        for name in ["pkcs8", "pkcs8_with_public", "pkcs8_both", "pkcs1", "sec1"] {
            let Some(pem) = form.pem(name) else { continue };
            for read in [PrivateJwk::from_pem(pem), PrivateJwk::from_der(&decoded(pem))] {
                assert_eq!(members(&read.unwrap().expose_json()), jwk, "{kind}, {name}");
            }
        }
        for name in ["spki", "pkcs1_public"] {
            let Some(pem) = form.pem(name) else { continue };
            for read in [Jwk::from_pem(pem), Jwk::from_der(&decoded(pem))] {
                assert_eq!(members(&read.unwrap().to_json()), form.public(), "{kind}, {name}");
            }
            assert!(VerifyingKey::from_pem(form.algorithm(), pem).is_ok());
        }
        let pem = form.pem("pkcs8").unwrap();
        let key = SigningKey::from_pem(form.algorithm(), pem).unwrap();
        let signature = key.sign_message(b"message").unwrap();
        let verifying = VerifyingKey::from_der(form.algorithm(), &decoded(form.pem("spki").unwrap())).unwrap();
        assert!(verifying.verify_signature(b"message", &signature).is_ok(), "{kind}");
        assert!(SigningKey::from_der(form.algorithm(), &decoded(pem)).is_ok());
    }
}

#[test]
fn what_is_written_is_what_other_programs_write() {
    for form in available() {
        let (private, public) = (private(&form), public(&form));
        assert_eq!(public.to_pem().unwrap(), form.pem("spki").unwrap(), "{}", form.kind());
        assert_eq!(public.to_der().unwrap(), decoded(form.pem("spki").unwrap()));
        // An EC key within PKCS#8 names its curve once more (RFC 5915 section 3), which not all write.
        if form.pem("sec1").is_none() {
            assert_eq!(*private.expose_pem().unwrap(), form.pem("pkcs8").unwrap(), "{}", form.kind());
        }
        assert_eq!(private.expose_sec1_pem().ok().map(|pem| pem.to_string()).as_deref(), form.pem("sec1"));
        assert_eq!(private.expose_pkcs1_pem().ok().map(|pem| pem.to_string()).as_deref(), form.pem("pkcs1"));
        assert_eq!(public.to_pkcs1_pem().ok().as_deref(), form.pem("pkcs1_public"));
    }
}

#[test]
fn every_form_comes_back() {
    for form in available() {
        let (jwk, half) = (private(&form), public(&form));
        let pems = [jwk.expose_pem(), jwk.expose_sec1_pem(), jwk.expose_pkcs1_pem()];
        let ders = [jwk.expose_der(), jwk.expose_sec1_der(), jwk.expose_pkcs1_der()];
        for (pem, der) in pems.iter().zip(&ders) {
            match (pem, der) {
                (Ok(pem), Ok(der)) => {
                    assert!(PrivateJwk::from_pem(pem).unwrap() == jwk, "{}", form.kind());
                    assert!(PrivateJwk::from_der(der).unwrap() == jwk, "{}", form.kind());
                    // What is private is not read as public, in either form.
                    assert_eq!(Jwk::from_pem(pem).unwrap_err().code(), "invalid_key");
                    assert_eq!(Jwk::from_der(der).unwrap_err().code(), "invalid_key");
                    assert!(pem.lines().all(|line| line.len() <= 64) && pem.ends_with('\n'));
                    assert_eq!(decoded(pem), **der);
                }
                (Err(one), Err(other)) => {
                    assert_eq!((one.code(), other.code()), ("unsupported_key", "unsupported_key"))
                }
                (one, other) => panic!("{}: {one:?} as PEM, {other:?} as DER", form.kind()),
            }
        }
        for (pem, der) in [(half.to_pem(), half.to_der()), (half.to_pkcs1_pem(), half.to_pkcs1_der())] {
            let (Ok(pem), Ok(der)) = (pem, der) else {
                assert_ne!(form.kind(), "RSA");
                continue;
            };
            assert_eq!(Jwk::from_pem(&pem).unwrap(), half);
            assert_eq!(Jwk::from_der(&der).unwrap(), half);
            assert_eq!(PrivateJwk::from_pem(&pem).unwrap_err().code(), "invalid_key");
            assert_eq!(PrivateJwk::from_der(&der).unwrap_err().code(), "invalid_key");
        }
    }
}

#[test]
fn forms_of_one_kind_of_key() {
    for form in available() {
        let (private, public) = (private(&form), public(&form));
        let (rsa, ec) = (form.kind() == "RSA", form.pem("sec1").is_some());
        assert_eq!(private.expose_pkcs1_der().is_ok() && public.to_pkcs1_der().is_ok(), rsa, "{}", form.kind());
        assert_eq!(private.expose_sec1_der().is_ok(), ec, "{}", form.kind());
    }
    let secret = PrivateJwk::generate(Algorithm::HS256).unwrap();
    for error in [
        secret.expose_der().unwrap_err(),
        secret.expose_pem().map(drop).unwrap_err(),
        secret.expose_pkcs1_der().unwrap_err(),
        secret.expose_sec1_pem().map(drop).unwrap_err(),
    ] {
        assert_eq!(error.code(), "unsupported_key");
        assert!(error.to_string().contains("keep it as a JWK"), "{error}");
    }
}

#[test]
fn generated_keys_come_back() {
    for &algorithm in Algorithm::ALL.iter().filter(|algorithm| algorithm.is_available() && !algorithm.is_symmetric()) {
        let key = match PrivateJwk::generate(algorithm) {
            Ok(key) => key,
            Err(error) => {
                // ring makes no RSA keys, and says so.
                assert!(!cfg!(feature = "aws-lc-rs") && matches!(error, KeyError::Unsupported { .. }), "{error}");
                assert!(algorithm.name().starts_with(['R', 'P']));
                continue;
            }
        };
        let back = PrivateJwk::from_pem(&key.expose_pem().unwrap()).unwrap();
        let (key, back) = (SigningKey::from_jwk(&key).unwrap(), SigningKey::from_jwk_as(algorithm, &back).unwrap());
        let signature = back.sign_message(b"message").unwrap();
        assert!(key.verifying_key().verify_signature(b"message", &signature).is_ok(), "{algorithm}");
    }
}

/// The public half is computed where the backend can, and asked for where it cannot.
#[test]
fn ec_keys_without_their_public_half() {
    for form in available() {
        let Some(pem) = form.pem("sec1_without_public") else { continue };
        match PrivateJwk::from_pem(pem) {
            Ok(read) => {
                assert!(Algorithm::ES512.is_available(), "aws-lc-rs derives it");
                assert_eq!(members(&read.expose_json()), form.jwk(), "{}", form.kind());
            }
            Err(error) => {
                assert!(!cfg!(feature = "aws-lc-rs") && error.code() == "unsupported_key");
                assert!(error.to_string().contains("openssl ec -in FILE -out KEY.pem"), "{error}");
            }
        }
        let altered = pem.replace("MDEC", "MDIC").replace("MHcC", "MHgC");
        assert_eq!(PrivateJwk::from_pem(&altered).is_ok(), altered == pem && cfg!(feature = "aws-lc-rs"));
    }
}

/// RFC 9881 section 6: the seed, the expanded key, or both. Only the seed is a key in JOSE, and both must be one key.
#[test]
fn ml_dsa_keys_beside_their_seed() {
    for form in available() {
        let Some(expanded) = form.pem("pkcs8_expanded") else { continue };
        let error = PrivateJwk::from_pem(expanded).unwrap_err();
        assert_eq!(error.code(), "unsupported_key");
        assert!(error.to_string().contains("keep the seed"), "{error}");
        let error = PrivateJwk::from_pem(form.pem("pkcs8_both_of_two_keys").unwrap()).unwrap_err();
        assert!(matches!(error, KeyError::InvalidMember { member: "priv", .. }), "{error}");
    }
}

/// What this build has no algorithm for is refused by its name in every form, and never taken for something else.
#[test]
fn kinds_that_this_build_does_not_have() {
    for form in forms().iter().filter(|form| !form.algorithm().is_available()) {
        let named = |error: KeyError| {
            assert_eq!(error.code(), "unsupported_key", "{error}");
            assert!(error.to_string().contains("turn on carnet's feature aws-lc-rs"), "{error}");
        };
        named(PrivateJwk::from_json(&form.jwk().to_string()).unwrap_err());
        named(Jwk::from_json(&form.public().to_string()).unwrap_err());
        for name in ["pkcs8", "sec1", "sec1_without_public", "pkcs8_expanded", "pkcs8_both"] {
            if let Some(pem) = form.pem(name) {
                named(PrivateJwk::from_pem(pem).unwrap_err());
                named(PrivateJwk::from_der(&decoded(pem)).unwrap_err());
            }
        }
        named(Jwk::from_pem(form.pem("spki").unwrap()).unwrap_err());
        named(Jwk::from_x509_pem(form.pem("x509").unwrap()).unwrap_err());
    }
}

#[test]
fn nothing_may_follow_or_be_missing() {
    for form in available() {
        for name in ["pkcs8", "pkcs1", "sec1"] {
            let Some(pem) = form.pem(name) else { continue };
            let der = decoded(pem);
            assert!(PrivateJwk::from_der(&[&der[..], &[0]].concat()).is_err(), "{}, {name}", form.kind());
            for length in (0..der.len().min(64)).chain([der.len() - 1]) {
                assert!(PrivateJwk::from_der(&der[..length]).is_err(), "{}, {name}: {length} octets", form.kind());
            }
        }
        let der = decoded(form.pem("spki").unwrap());
        assert!(Jwk::from_der(&[&der[..], &[0]].concat()).is_err());
        for length in (0..der.len().min(64)).chain([der.len() - 1]) {
            assert!(Jwk::from_der(&der[..length]).is_err(), "{}: {length} octets", form.kind());
        }
        // A label that promises another form.
        for (from, to) in
            [("PRIVATE KEY", "EC PRIVATE KEY"), ("PRIVATE KEY", "RSA PRIVATE KEY"), ("PRIVATE KEY", "PUBLIC KEY")]
        {
            let pem = form.pem("pkcs8").unwrap().replace(from, to);
            assert!(PrivateJwk::from_pem(&pem).is_err() && Jwk::from_pem(&pem).is_err(), "{} as {to}", form.kind());
        }
    }
}

#[test]
fn thumbprints_with_each_hash() {
    for form in available() {
        for (hash, name) in [(Hash::Sha256, "sha-256"), (Hash::Sha384, "sha-384"), (Hash::Sha512, "sha-512")] {
            let expected = form.text(&format!("/thumbprints/{name}"));
            let thumbprint = public(&form).thumbprint_with(hash);
            assert_eq!(thumbprint.to_string(), expected, "{}", form.kind());
            assert_eq!(thumbprint.octets().len(), hash.octets());
            assert_eq!((thumbprint.hash(), private(&form).thumbprint_with(hash)), (hash, thumbprint));
            assert_eq!(thumbprint.uri(), format!("urn:ietf:params:oauth:jwk-thumbprint:{name}:{expected}"));
            assert_eq!(format!("{thumbprint:?}"), format!("Thumbprint({expected})"));
        }
        assert_eq!(public(&form).thumbprint(), public(&form).thumbprint_with(Hash::Sha256));
        assert_ne!(public(&form).thumbprint(), public(&form).thumbprint_with(Hash::Sha384));
    }
}
