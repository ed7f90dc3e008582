//! What PKCS#8 and SPKI say beside the key: its public half once more, and the parameters of its algorithm.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

#[path = "support/forms.rs"]
mod forms;

use carnet_jwk::{Jwk, PrivateJwk};
use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode, Tag};
use forms::{available, decoded};
use pkcs8::PrivateKeyInfoRef;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

/// The bit string of an SPKI.
fn bits(spki: &[u8]) -> Vec<u8> {
    SubjectPublicKeyInfoRef::from_der(spki).unwrap().subject_public_key.raw_bytes().to_vec()
}

/// The same key with another public half beside it.
fn beside(pkcs8: &[u8], unused: u8, public: &[u8]) -> Vec<u8> {
    let mut info = PrivateKeyInfoRef::from_der(pkcs8).unwrap();
    info.public_key = Some(BitStringRef::new(unused, public).unwrap());
    info.to_der().unwrap()
}

#[test]
fn a_public_half_beside_the_key_is_the_keys_own() {
    for form in available() {
        let pkcs8 = decoded(form.pem("pkcs8").unwrap());
        let own = bits(&Jwk::from_json(&form.public().to_string()).unwrap().to_der().unwrap());
        let key = PrivateJwk::from_json(&form.jwk().to_string()).unwrap();
        assert_eq!(PrivateJwk::from_der(&beside(&pkcs8, 0, &own)).unwrap(), key, "{}", form.kind());

        let mut altered = own.clone();
        *altered.last_mut().unwrap() ^= 2;
        let even: Vec<u8> = own.iter().map(|octet| octet & 0xFE).collect();
        for (unused, other) in [(0, &altered[..]), (0, &own[1..]), (0, b"\x01"), (0, b""), (1, &even)] {
            assert!(PrivateJwk::from_der(&beside(&pkcs8, unused, other)).is_err(), "{} {other:?}", form.kind());
        }
    }
}

#[test]
fn another_key_beside_an_rsa_key() {
    let other = include_str!("../../carnet/tests/keys/rsa_2560.pem");
    let other = bits(&PrivateJwk::from_pem(other).unwrap().public_jwk().unwrap().to_der().unwrap());
    let form = available().into_iter().find(|form| form.kind() == "RSA").unwrap();
    let error = PrivateJwk::from_der(&beside(&decoded(form.pem("pkcs8").unwrap()), 0, &other)).unwrap_err();
    assert_eq!(error.to_string(), "the RSA key holds two public halves that differ");
}

/// RFC 8017 appendix A.1: NULL, which some leave out. RFC 8410 section 3 and RFC 9881 section 2: none.
#[test]
fn parameters_of_an_algorithm() {
    let oid = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
    let parameters = [
        ("none", None),
        ("NULL", Some(AnyRef::NULL)),
        ("a curve", Some(AnyRef::from(&oid))),
        ("a sequence", Some(AnyRef::new(Tag::Sequence, &[]).unwrap())),
        ("octets", Some(AnyRef::from(OctetStringRef::new(b"x").unwrap()))),
    ];
    for form in available().into_iter().filter(|form| form.pem("sec1").is_none()) {
        let (spki, pkcs8) = (decoded(form.pem("spki").unwrap()), decoded(form.pem("pkcs8").unwrap()));
        for (name, parameters) in parameters {
            let with = |algorithm: AlgorithmIdentifierRef<'_>| algorithm.oid;
            let mut public = SubjectPublicKeyInfoRef::from_der(&spki).unwrap();
            public.algorithm = AlgorithmIdentifierRef { oid: with(public.algorithm), parameters };
            let mut private = PrivateKeyInfoRef::from_der(&pkcs8).unwrap();
            private.algorithm = AlgorithmIdentifierRef { oid: with(private.algorithm), parameters };
            let read = (
                Jwk::from_der(&public.to_der().unwrap()).is_ok(),
                PrivateJwk::from_der(&private.to_der().unwrap()).is_ok(),
            );
            let expected = name == "none" || (name == "NULL" && form.kind() == "RSA");
            assert_eq!(read, (expected, expected), "{} with {name}", form.kind());
        }
    }
}
