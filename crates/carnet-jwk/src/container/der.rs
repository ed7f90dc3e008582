use carnet_core::Quoted;
use carnet_core::limits::MAX_KEY_OCTETS;
use carnet_jwa::Curve;
use carnet_jwa::ec::{EcPrivateKey, EcPublicKey};
use carnet_jwa::ed25519::{Ed25519PrivateKey, Ed25519PublicKey};
use carnet_jwa::rsa::{RsaComponents, RsaPrivateKey, RsaPublicKey};
use carnet_jwa::{KeyError, PrivateKey, PublicKey};
use der::Decode;
use der::asn1::{ObjectIdentifier, OctetStringRef};
use zeroize::Zeroizing;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const SECP256K1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.10");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const ED448: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.113");
const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");

const BROKEN: KeyError = KeyError::Encoding {
    reason: "the DER is broken, encrypted, or holds no key that is read here: SPKI, PKCS#8, PKCS#1 or SEC1",
};

/// SPKI or PKCS#1, told apart by their structure.
pub(crate) fn public_from_der(octets: &[u8]) -> Result<PublicKey, KeyError> {
    check_size(octets)?;
    if spki::SubjectPublicKeyInfoRef::from_der(octets).is_ok() {
        return spki(octets);
    }
    if private_from_der(octets).is_ok() {
        return Err(KeyError::Encoding { reason: "this is a private key and a public one is needed" });
    }
    pkcs1_public(octets)
}

/// PKCS#8, PKCS#1 or SEC1, told apart by their structure.
pub(crate) fn private_from_der(octets: &[u8]) -> Result<PrivateKey, KeyError> {
    check_size(octets)?;
    if pkcs8::PrivateKeyInfoRef::from_der(octets).is_ok() {
        return pkcs8(octets);
    }
    if pkcs1::RsaPrivateKeyRef::from_der(octets).is_ok() {
        return pkcs1_private(octets);
    }
    sec1(octets)
}

const fn check_size(octets: &[u8]) -> Result<(), KeyError> {
    if octets.len() > MAX_KEY_OCTETS { Err(KeyError::TooLarge { limit: MAX_KEY_OCTETS }) } else { Ok(()) }
}

pub(super) fn spki(octets: &[u8]) -> Result<PublicKey, KeyError> {
    let info = spki::SubjectPublicKeyInfoRef::from_der(octets).map_err(|_| BROKEN)?;
    let key = info.subject_public_key.as_bytes().ok_or(BROKEN)?;
    match info.algorithm.oid {
        RSA => pkcs1_public(key),
        EC => {
            let curve = curve(info.algorithm.parameters_oid().ok())?;
            Ok(PublicKey::Ec(EcPublicKey::from_point(curve, key)?))
        }
        ED25519 => Ok(PublicKey::Ed25519(Ed25519PublicKey::from_octets(key)?)),
        other => Err(unsupported(other)),
    }
}

pub(super) fn pkcs1_public(octets: &[u8]) -> Result<PublicKey, KeyError> {
    let key = pkcs1::RsaPublicKeyRef::from_der(octets).map_err(|_| BROKEN)?;
    let key = RsaPublicKey::from_components(key.modulus.as_bytes(), key.public_exponent.as_bytes())?;
    Ok(PublicKey::Rsa(key))
}

pub(super) fn pkcs8(octets: &[u8]) -> Result<PrivateKey, KeyError> {
    let info = pkcs8::PrivateKeyInfoRef::from_der(octets).map_err(|_| BROKEN)?;
    let key = info.private_key.as_bytes();
    match info.algorithm.oid {
        RSA => pkcs1_private(key),
        EC => {
            let outer = info.public_key.map(|bits| bits.as_bytes().unwrap_or_default());
            ec(key, Some(curve(info.algorithm.parameters_oid().ok())?), outer)
        }
        ED25519 => {
            // RFC 8410 §7: an OCTET STRING within the OCTET STRING.
            let seed = <&OctetStringRef>::from_der(key).map_err(|_| BROKEN)?;
            let public = info
                .public_key
                .map(|bits| Ed25519PublicKey::from_octets(bits.as_bytes().unwrap_or_default()))
                .transpose()?;
            let key = Ed25519PrivateKey::new(Zeroizing::new(seed.as_bytes().to_vec()), public.as_ref())?;
            Ok(PrivateKey::Ed25519(key))
        }
        other => Err(unsupported(other)),
    }
}

pub(super) fn pkcs1_private(octets: &[u8]) -> Result<PrivateKey, KeyError> {
    let key = pkcs1::RsaPrivateKeyRef::from_der(octets).map_err(|_| BROKEN)?;
    if key.other_prime_infos.is_some() {
        return Err(KeyError::invalid("oth", "makes this an RSA key of more than two primes, which is not supported"));
    }
    let public = RsaPublicKey::from_components(key.modulus.as_bytes(), key.public_exponent.as_bytes())?;
    let secret = |octets: &[u8]| Zeroizing::new(octets.to_vec());
    let numbers = RsaComponents {
        d: secret(key.private_exponent.as_bytes()),
        p: secret(key.prime1.as_bytes()),
        q: secret(key.prime2.as_bytes()),
        dp: secret(key.exponent1.as_bytes()),
        dq: secret(key.exponent2.as_bytes()),
        qi: secret(key.coefficient.as_bytes()),
    };
    Ok(PrivateKey::Rsa(RsaPrivateKey::new(public, numbers)?))
}

pub(super) fn sec1(octets: &[u8]) -> Result<PrivateKey, KeyError> {
    ec(octets, None, None)
}

/// An `ECPrivateKey`. Around it, PKCS#8 names the curve and may hold the public half; what is there twice must agree.
fn ec(octets: &[u8], outer: Option<Curve>, outer_point: Option<&[u8]>) -> Result<PrivateKey, KeyError> {
    let key = sec1::EcPrivateKey::from_der(octets).map_err(|_| BROKEN)?;
    let inner = key.parameters.map(|parameters| curve(parameters.named_curve())).transpose()?;
    let curve = match (outer, inner) {
        (Some(outer), Some(inner)) if outer != inner => return Err(BROKEN),
        (Some(curve), _) | (None, Some(curve)) => curve,
        (None, None) => {
            return Err(KeyError::Encoding {
                reason: "the EC key does not name its curve; use the PKCS#8 file (PRIVATE KEY) it was taken from, which does",
            });
        }
    };
    let point = match (key.public_key, outer_point) {
        (Some(inner), Some(outer)) if inner != outer => return Err(BROKEN),
        (Some(point), _) | (None, Some(point)) => point,
        (None, None) => {
            return Err(KeyError::Unsupported {
                what: Quoted::new("EC without its public half"),
                reason: "ring cannot derive it; add it with: openssl ec -in FILE -out KEY.pem",
            });
        }
    };
    let public = EcPublicKey::from_point(curve, point)?;
    Ok(PrivateKey::Ec(EcPrivateKey::new(public, Zeroizing::new(key.private_key.to_vec()))?))
}

fn curve(oid: Option<ObjectIdentifier>) -> Result<Curve, KeyError> {
    match oid {
        Some(P256) => Ok(Curve::P256),
        Some(P384) => Ok(Curve::P384),
        Some(other) => Err(unsupported(other)),
        None => Err(KeyError::Unsupported {
            what: Quoted::new("EC with explicit parameters"),
            reason: "only named curves are read: they cannot be altered",
        }),
    }
}

fn unsupported(oid: ObjectIdentifier) -> KeyError {
    let (what, reason) = match oid {
        RSA_PSS => {
            ("RSASSA-PSS", "its parameters are not read; make it an ordinary RSA key, which PS256 takes as well")
        }
        P521 => ("P-521", "ring has no P-521; use P-256 or P-384"),
        SECP256K1 => ("secp256k1", "ring has no secp256k1; use P-256 or P-384"),
        ED448 => ("Ed448", "no backend has it; use Ed25519"),
        X25519 => ("X25519", "it agrees on keys and does not sign; use Ed25519"),
        _ => {
            return KeyError::Unsupported {
                what: Quoted::new(&oid.to_string()),
                reason: "no supported algorithm uses this kind of key",
            };
        }
    };
    KeyError::Unsupported { what: Quoted::new(what), reason }
}
