//! ECDSA keys and signatures ([RFC 7518 §3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4),
//! [RFC 8812](https://www.rfc-editor.org/rfc/rfc8812)).

use crate::backend::{self, EcPair, ParsedKey, rand, signature};
use crate::hash::Hash;
use crate::key_error::{BROKEN_DER, KeyError};
use crate::key_kind::{Identifier, Kind, Parameters};
use crate::members::{PrivateMembers, PrivateOctets, PublicMembers, PublicOctets};
use crate::operation::{Sign, Verify};
use crate::scheme::SignatureScheme;
use der::asn1::{ObjectIdentifier, UintRef};
use der::{Decode, Encode, Reader, SliceReader};
use std::sync::Arc;
use zeroize::Zeroizing;

/// A curve with the one algorithm it is used for.
pub(crate) struct Ec {
    name: &'static str,
    description: &'static str,
    /// The length of a coordinate and of a private scalar.
    octets: usize,
    oid: ObjectIdentifier,
    verification: &'static signature::EcdsaVerificationAlgorithm,
    signing: &'static signature::EcdsaSigningAlgorithm,
    hash: Hash,
}

/// NIST P-256, also called secp256r1 and prime256v1, with SHA-256.
pub(crate) static P256: Ec = Ec {
    name: "P-256",
    description: "an EC key on P-256",
    octets: 32,
    oid: ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
    verification: &signature::ECDSA_P256_SHA256_FIXED,
    signing: &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
    hash: Hash::Sha256,
};

/// NIST P-384, also called secp384r1, with SHA-384.
pub(crate) static P384: Ec = Ec {
    name: "P-384",
    description: "an EC key on P-384",
    octets: 48,
    oid: ObjectIdentifier::new_unwrap("1.3.132.0.34"),
    verification: &signature::ECDSA_P384_SHA384_FIXED,
    signing: &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
    hash: Hash::Sha384,
};

/// NIST P-521, also called secp521r1, with SHA-512.
#[cfg(feature = "aws-lc-rs")]
pub(crate) static P521: Ec = Ec {
    name: "P-521",
    description: "an EC key on P-521",
    octets: 66,
    oid: ObjectIdentifier::new_unwrap("1.3.132.0.35"),
    verification: &signature::ECDSA_P521_SHA512_FIXED,
    signing: &signature::ECDSA_P521_SHA512_FIXED_SIGNING,
    hash: Hash::Sha512,
};

/// secp256k1 with SHA-256.
#[cfg(feature = "aws-lc-rs")]
pub(crate) static SECP256K1: Ec = Ec {
    name: "secp256k1",
    description: "an EC key on secp256k1",
    octets: 32,
    oid: ObjectIdentifier::new_unwrap("1.3.132.0.10"),
    verification: &signature::ECDSA_P256K1_SHA256_FIXED,
    signing: &signature::ECDSA_P256K1_SHA256_FIXED_SIGNING,
    hash: Hash::Sha256,
};

const OFF_CURVE: KeyError = KeyError::invalid("x", "is, with \"y\", no point of the curve");

/// id-ecPublicKey (RFC 5480 §2.1.1).
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// The point in uncompressed form: 0x04, x, y.
fn point(key: &PublicMembers) -> Vec<u8> {
    [&[4], key.get("x"), key.get("y")].concat()
}

impl Ec {
    fn split(&self, point: &[u8]) -> Result<PublicOctets, KeyError> {
        let Some((4, coordinates)) = point.split_first() else {
            return Err(KeyError::invalid("x", "belongs to a point that is not in uncompressed form"));
        };
        let (x, y) = coordinates
            .split_at_checked(self.octets)
            .filter(|(_, y)| y.len() == self.octets)
            .ok_or(KeyError::invalid("x", "belongs to a point that does not have the length of its curve"))?;
        Ok(vec![x.to_vec(), y.to_vec()])
    }

    fn pair(&self, public: &PublicMembers, private: &PrivateMembers) -> Result<EcPair, KeyError> {
        EcPair::new(self.signing, self.hash, private.get("d"), &point(public))
            .map_err(|_| KeyError::invalid("d", "does not belong to the public half"))
    }
}

impl Kind for Ec {
    fn description(&self) -> &'static str {
        self.description
    }

    fn key_type(&self) -> &'static str {
        "EC"
    }

    fn variant(&self) -> Option<(&'static str, &'static str)> {
        Some(("crv", self.name))
    }

    fn public_members(&self) -> &'static [&'static str] {
        &["x", "y"]
    }

    fn private_members(&self) -> &'static [&'static str] {
        &["d"]
    }

    /// On the curve, not the point at infinity, and each coordinate of exactly the curve's length.
    fn check_public(&self, key: &PublicMembers) -> Result<(), KeyError> {
        for (member, coordinate) in key.iter() {
            if coordinate.len() != self.octets {
                return Err(KeyError::invalid(member, "does not have the length of a coordinate of its curve"));
            }
        }
        backend::check_point(self.verification, &point(key)).map_err(|_| OFF_CURVE)
    }

    /// Between 0 and the order, of exactly the curve's length, and the one whose point this is.
    fn check_private(&self, public: &PublicMembers, private: &PrivateMembers) -> Result<(), KeyError> {
        if private.get("d").len() != self.octets {
            return Err(KeyError::invalid("d", "does not have the length of its curve"));
        }
        self.pair(public, private).map(drop)
    }

    fn generate(&self, _: Option<usize>) -> Result<(PublicOctets, PrivateOctets), KeyError> {
        let document = signature::EcdsaKeyPair::generate_pkcs8(self.signing, &rand::SystemRandom::new());
        let document = document.map_err(|_| KeyError::Random)?;
        let document = Zeroizing::new(document.as_ref().to_vec());
        let info = pkcs8::PrivateKeyInfoRef::from_der(&document).map_err(|_| BROKEN_DER)?;
        self.private_from_der(info.private_key.as_bytes(), None)
    }

    fn identifier(&self) -> Identifier {
        Identifier { oid: EC, parameters: Parameters::Curve(self.oid) }
    }

    fn public_from_der(&self, octets: &[u8]) -> Result<PublicOctets, KeyError> {
        self.split(octets)
    }

    fn public_to_der(&self, key: &PublicMembers) -> Result<Vec<u8>, KeyError> {
        Ok(point(key))
    }

    /// An `ECPrivateKey` (RFC 5915). What is there twice must agree.
    fn private_from_der(
        &self,
        octets: &[u8],
        public: Option<&[u8]>,
    ) -> Result<(PublicOctets, PrivateOctets), KeyError> {
        let key = sec1::EcPrivateKey::from_der(octets).map_err(|_| BROKEN_DER)?;
        if key.parameters.is_some_and(|parameters| parameters.named_curve() != Some(self.oid)) {
            return Err(KeyError::Encoding { reason: "the EC key names two curves" });
        }
        let point = match (key.public_key, public) {
            (Some(inner), Some(outer)) if inner != outer => {
                return Err(KeyError::Encoding { reason: "the EC key holds two public halves that differ" });
            }
            (Some(point), _) | (None, Some(point)) => point.to_vec(),
            (None, None) => backend::ec_point(self.signing, octets)?,
        };
        Ok((self.split(&point)?, vec![Zeroizing::new(key.private_key.to_vec())]))
    }

    fn private_to_der(&self, public: &PublicMembers, private: &PrivateMembers) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let point = point(public);
        let structure = sec1::EcPrivateKey {
            private_key: private.get("d"),
            parameters: Some(sec1::EcParameters::NamedCurve(self.oid)),
            public_key: Some(&point),
        };
        structure.to_der().map(Zeroizing::new).map_err(|_| BROKEN_DER)
    }
}

impl SignatureScheme for Ec {
    fn kind(&'static self) -> &'static dyn Kind {
        self
    }

    fn is_length(&self, octets: usize) -> bool {
        octets == self.octets.saturating_mul(2)
    }

    fn verifier(&self, key: &PublicMembers) -> Result<Arc<dyn Verify>, KeyError> {
        let octets = self.octets.saturating_mul(2);
        let parsed = ParsedKey::new(self.verification, &point(key), octets, Some(self.hash));
        Ok(Arc::new(parsed.map_err(|_| OFF_CURVE)?))
    }

    fn signer(&self, public: &PublicMembers, private: &PrivateMembers) -> Result<Box<dyn Sign>, KeyError> {
        Ok(Box::new(self.pair(public, private)?))
    }

    /// r and s, each filled up to the curve's length, of an `ECDSA-Sig-Value` (RFC 3279 §2.2.3).
    fn read_der(&self, octets: &[u8]) -> Option<Vec<u8>> {
        let mut reader = SliceReader::new(octets).ok()?;
        let numbers = reader.sequence(|inner| Ok::<_, der::Error>([UintRef::decode(inner)?, UintRef::decode(inner)?]));
        let numbers = numbers.ok()?;
        reader.finish().ok()?;
        let mut joined = Vec::with_capacity(self.octets.saturating_mul(2));
        for number in &numbers {
            let missing = self.octets.checked_sub(number.as_bytes().len())?;
            joined.resize(joined.len().saturating_add(missing), 0);
            joined.extend_from_slice(number.as_bytes());
        }
        Some(joined)
    }
}
