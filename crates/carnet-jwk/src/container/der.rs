//! Keys in DER: SPKI (RFC 5280), PKCS#8 (RFC 5958), PKCS#1 (RFC 8017) and SEC1 (RFC 5915).
//!
//! The containers are read and written by the RustCrypto crates, and what they hold by the kind of key that they name.

use crate::jwk::why_not;
use carnet_core::Quoted;
use carnet_core::limits::MAX_KEY_OCTETS;
use carnet_jwa::{Algorithm, Identifier, KeyError, KeyKind, Parameters, PrivateKey, PublicKey};
use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode, Sequence, Tag, Tagged};
use pkcs8::PrivateKeyInfoRef;
use sec1::EcPrivateKey;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

/// Kinds of key that are known by their object identifiers and not read, with what to call them.
const UNREAD: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.10", "RSASSA-PSS"),
    ("1.3.132.0.35", "P-521"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.101.113", "Ed448"),
    ("1.3.101.111", "X448"),
    ("1.3.101.110", "X25519"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];

const BROKEN: KeyError = KeyError::Encoding {
    reason: "the DER is broken, encrypted, or holds no key that is read here: SPKI, PKCS#8, PKCS#1 or SEC1",
};

/// SPKI or PKCS#1, told apart by their structure.
pub(crate) fn public_from_der(octets: &[u8]) -> Result<PublicKey, KeyError> {
    check_size(octets)?;
    if SubjectPublicKeyInfoRef::from_der(octets).is_ok() {
        return public_from_spki(octets);
    }
    if private_from_der(octets).is_ok() {
        return Err(KeyError::Encoding { reason: "this is a private key and a public one is needed" });
    }
    if x509_cert::Certificate::from_der(octets).is_ok() {
        return Err(KeyError::Encoding { reason: "this is a certificate; read it with Jwk::from_x509_der" });
    }
    pkcs1_public(octets)
}

/// PKCS#8, PKCS#1 or SEC1, told apart by their structure.
pub(crate) fn private_from_der(octets: &[u8]) -> Result<PrivateKey, KeyError> {
    check_size(octets)?;
    if PrivateKeyInfoRef::from_der(octets).is_ok() {
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

pub(crate) fn public_from_spki(octets: &[u8]) -> Result<PublicKey, KeyError> {
    let info = SubjectPublicKeyInfoRef::from_der(octets).map_err(|_| BROKEN)?;
    let key = info.subject_public_key.as_bytes().ok_or(BROKEN)?;
    PublicKey::from_der(kind(&info.algorithm)?, key)
}

pub(super) fn pkcs1_public(octets: &[u8]) -> Result<PublicKey, KeyError> {
    pkcs1::RsaPublicKeyRef::from_der(octets).map_err(|_| BROKEN)?;
    PublicKey::from_der(rsa()?, octets)
}

pub(super) fn pkcs8(octets: &[u8]) -> Result<PrivateKey, KeyError> {
    let info = PrivateKeyInfoRef::from_der(octets).map_err(|_| BROKEN)?;
    let public = info.public_key.map(|bits| bits.as_bytes().unwrap_or_default());
    PrivateKey::from_der(kind(&info.algorithm)?, info.private_key.as_bytes(), public)
}

pub(super) fn pkcs1_private(octets: &[u8]) -> Result<PrivateKey, KeyError> {
    PrivateKey::from_der(rsa()?, octets, None)
}

/// An `ECPrivateKey` by itself, which must name its curve.
pub(super) fn sec1(octets: &[u8]) -> Result<PrivateKey, KeyError> {
    let key = EcPrivateKey::from_der(octets).map_err(|_| match has_explicit_curve(octets) {
        true => explicit_curve(),
        false => BROKEN,
    })?;
    let parameters = key.parameters.ok_or(KeyError::Encoding {
        reason: "the EC key does not name its curve; use the PKCS#8 file (PRIVATE KEY) it was taken from, which does",
    })?;
    let curve = parameters.named_curve().ok_or_else(explicit_curve)?;
    PrivateKey::from_der(on_curve(curve)?, octets, None)
}

/// Whether it is an `ECPrivateKey` that spells its curve out, which the reader of those does not know.
fn has_explicit_curve(octets: &[u8]) -> bool {
    #[derive(Sequence)]
    struct AnyCurve<'a> {
        version: u8,
        private_key: AnyRef<'a>,
        #[asn1(context_specific = "0", optional = "true")]
        parameters: Option<AnyRef<'a>>,
        #[asn1(context_specific = "1", optional = "true")]
        public_key: Option<AnyRef<'a>>,
    }
    AnyCurve::from_der(octets).is_ok_and(|key| key.parameters.is_some_and(|curve| curve.tag() == Tag::Sequence))
}

pub(crate) fn public_to_der(key: &PublicKey) -> Result<Vec<u8>, KeyError> {
    let bits = key.to_der()?;
    let identifier = key.kind().identifier();
    let info = SubjectPublicKeyInfoRef {
        algorithm: algorithm(&identifier),
        subject_public_key: BitStringRef::from_bytes(&bits).map_err(|_| BROKEN)?,
    };
    info.to_der().map_err(|_| BROKEN)
}

pub(crate) fn private_to_der(key: &PrivateKey) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let inner = key.expose_der()?;
    let identifier = key.kind().identifier();
    let info = PrivateKeyInfoRef::new(algorithm(&identifier), OctetStringRef::new(&inner).map_err(|_| BROKEN)?);
    info.to_der().map(Zeroizing::new).map_err(|_| BROKEN)
}

/// Refuses a form that only one type of key has.
pub(crate) fn only(key_type: &'static str, kind: KeyKind) -> Result<(), KeyError> {
    if kind.key_type() == key_type {
        return Ok(());
    }
    Err(KeyError::Unsupported {
        what: Quoted::new(kind.key_type()),
        reason: "PKCS#1 is a form of RSA keys and SEC1 one of EC keys; PKCS#8 and SPKI are for all",
    })
}

fn algorithm(identifier: &Identifier) -> AlgorithmIdentifierRef<'_> {
    let parameters = match &identifier.parameters {
        Parameters::Absent => None,
        Parameters::Null => Some(AnyRef::NULL),
        Parameters::Curve(curve) => Some(AnyRef::from(curve)),
    };
    AlgorithmIdentifierRef { oid: identifier.oid, parameters }
}

/// The kind of key that a container names.
fn kind(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<KeyKind, KeyError> {
    let named = Algorithm::key_kinds().find(|kind| kind.identifier().oid == algorithm.oid);
    let named = named.ok_or_else(|| unsupported(algorithm.oid))?;
    match (named.identifier().parameters, algorithm.parameters) {
        (Parameters::Curve(_), _) => on_curve(algorithm.parameters_oid().map_err(|_| explicit_curve())?),
        (Parameters::Absent | Parameters::Null, None) => Ok(named),
        (Parameters::Null, Some(parameters)) if parameters.is_null() => Ok(named),
        (Parameters::Absent | Parameters::Null, Some(_)) => Err(KeyError::Encoding {
            reason: "the file names parameters of its algorithm that such a key does not have; write it anew with: openssl pkey -in FILE -out KEY.pem",
        }),
    }
}

fn on_curve(curve: ObjectIdentifier) -> Result<KeyKind, KeyError> {
    Algorithm::key_kinds()
        .find(|kind| kind.identifier().parameters == Parameters::Curve(curve))
        .ok_or_else(|| unsupported(curve))
}

fn rsa() -> Result<KeyKind, KeyError> {
    let kind = Algorithm::key_kinds().find(|kind| kind.key_type() == "RSA");
    kind.ok_or_else(|| KeyError::Unsupported { what: Quoted::new("RSA"), reason: why_not("RSA") })
}

fn explicit_curve() -> KeyError {
    KeyError::Unsupported {
        what: Quoted::new("EC with explicit parameters"),
        reason: "only named curves are read: they cannot be altered",
    }
}

fn unsupported(oid: ObjectIdentifier) -> KeyError {
    let oid = oid.to_string();
    let name = UNREAD.iter().find(|(unread, _)| *unread == oid).map(|(_, name)| *name);
    let reason = match name {
        Some("RSASSA-PSS") => "its parameters are not read; make it an ordinary RSA key, which PS256 takes as well",
        Some(name) => why_not(name),
        None if Algorithm::key_kinds().next().is_none() => why_not(""),
        None => "no supported algorithm uses this kind of key",
    };
    KeyError::Unsupported { what: Quoted::new(name.unwrap_or(&oid)), reason }
}
