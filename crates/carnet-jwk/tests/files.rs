//! Keys in PEM and DER: what a person is told about files that are not read.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use carnet_jwa::Algorithm::{ES256, EdDSA, PS256, RS256};
use carnet_jwk::{Jwk, KeyError, PrivateJwk, SigningKey, VerifyingKey};

fn file(path: &str) -> String {
    let files = testkit::vectors::load("key-files/key_files.json");
    let files = files["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["path"].as_str().unwrap().ends_with(path)).unwrap();
    file["text"].as_str().unwrap().to_owned()
}

fn sentence<T: std::fmt::Debug>(result: Result<T, KeyError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn keys_from_pem_sign_and_verify() {
    for (algorithm, private, public) in [
        (RS256, "rsa/private_jwtio.pem", "rsa/public_jwtio.pem"),
        (PS256, "rsa/private_jwtio.pem", "rsa/public_jwtio.pem"),
        (ES256, "test/ec256-private.pem", "test/ec256-public.pem"),
        (EdDSA, "test/ed25519-private.pem", "test/ed25519-public.pem"),
    ] {
        let key = SigningKey::from_pem(algorithm, &file(private)).unwrap();
        let signature = key.sign_message(b"message").unwrap();
        let verifying = VerifyingKey::from_pem(algorithm, &file(public)).unwrap();
        assert!(verifying.verify_signature(b"message", &signature).is_ok());
        assert!(verifying.verify_signature(b"massage", &signature).is_err());
    }
}

#[test]
fn what_is_not_read_gets_a_sentence_that_helps() {
    assert_eq!(
        sentence(PrivateJwk::from_pem(&file("test/privateSecure.pem"))),
        "the private key is encrypted; decrypt it with: openssl pkey -in FILE -out KEY.pem"
    );
    assert_eq!(
        sentence(Jwk::from_pem(&file("keys/firebase-cert.pem"))),
        "this is a certificate; take its public key with Jwk::from_x509_pem, or: openssl x509 -in FILE -pubkey -noout"
    );
    assert_eq!(
        sentence(PrivateJwk::from_pem(&file("okp-ed448-private.pem"))),
        "this key (\"Ed448\") cannot be used here: no backend has it; use Ed25519"
    );
    let p521 = Jwk::from_pem(&file("test/ec512-public.pem")).map_err(|error| error.to_string());
    if cfg!(feature = "aws-lc-rs") {
        assert!(p521.is_ok());
    } else {
        let refused =
            "this key (\"P-521\") cannot be used here: ring does not have it; turn on carnet's feature aws-lc-rs";
        assert_eq!(p521.unwrap_err(), refused);
    }
    let private = file("rsa/private_jwtio.pem");
    assert!(sentence(Jwk::from_pem(&private)).starts_with("this is a private key and a public one is needed"));
    assert!(sentence(PrivateJwk::from_pem(&file("rsa/public_jwtio.pem"))).starts_with("this is a public key"));
    let twice = format!("{private}\n{private}");
    assert!(sentence(PrivateJwk::from_pem(&twice)).starts_with("there are several PEM blocks"));
    for odd in [
        "",
        "MIIB",
        "-----BEGIN ",
        "-----BEGIN PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\n*\n-----END PUBLIC KEY-----\n",
    ] {
        assert_eq!(Jwk::from_pem(odd).unwrap_err().code(), "invalid_key", "{odd}");
        assert_eq!(PrivateJwk::from_pem(odd).unwrap_err().code(), "invalid_key", "{odd}");
    }
    let padded = |octets: usize| format!("{}{private}", " ".repeat(octets.saturating_sub(private.len())));
    assert!(PrivateJwk::from_pem(&padded(64 * 1024)).is_ok());
    assert_eq!(PrivateJwk::from_pem(&padded(64 * 1024 + 1)).unwrap_err().code(), "too_large");
    assert_eq!(PrivateJwk::from_der(&[0x30; 64 * 1024]).unwrap_err().code(), "invalid_key");
    assert_eq!(PrivateJwk::from_der(&[0x30; 64 * 1024 + 1]).unwrap_err().code(), "too_large");
}

#[test]
fn text_around_and_crlf_do_not_matter() {
    let public = file("rsa/public_jwtio.pem");
    let around = format!("Bag Attributes\n  friendlyName: x\n{}\ntrailing\n", public.trim().replace('\n', "\r\n"));
    assert_eq!(Jwk::from_pem(&around).unwrap(), Jwk::from_pem(&public).unwrap());
}

#[test]
fn a_key_fits_its_own_algorithms_only() {
    let rsa = file("rsa/public_jwtio.pem");
    assert_eq!(VerifyingKey::from_pem(ES256, &rsa).unwrap_err().code(), "key_mismatch");
    let p384 = file("keys/ec-p384-public.pem");
    assert_eq!(VerifyingKey::from_pem(ES256, &p384).unwrap_err().code(), "key_mismatch");
    assert_eq!(
        sentence(VerifyingKey::from_pem(carnet_jwa::Algorithm::HS256, &rsa)),
        "HS256 cannot be used with an RSA key"
    );
}
