//! Ed25519 keys and signatures ([RFC 8037](https://www.rfc-editor.org/rfc/rfc8037), [RFC 8032](https://www.rfc-editor.org/rfc/rfc8032)).
//!
//! A public key is taken only in canonical form, on the curve and not of small order. With that, and with the backend's checks of
//! S below the group order and of R octet for octet, a signature has one spelling for its key and message.

use crate::backend::signature::{self, KeyPair as _};
use crate::backend::{self, ParsedKey};
use crate::key_error::{BROKEN_DER, KeyError};
use crate::key_kind::{Identifier, Kind, Parameters};
use crate::members::{PrivateMembers, PrivateOctets, PublicMembers, PublicOctets};
use crate::operation::{Sign, Verify};
use crate::scheme::SignatureScheme;
use crate::signature::Signature;
use crate::signature_error::SigningFailed;
use curve25519_dalek::edwards::CompressedEdwardsY;
use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode};
use std::sync::Arc;
use zeroize::Zeroizing;

/// The length of a public key and of a private seed.
const OCTETS: usize = 32;

const SIGNATURE_OCTETS: usize = 64;

pub(crate) struct Ed25519;

impl Kind for Ed25519 {
    fn description(&self) -> &'static str {
        "an Ed25519 key"
    }

    fn key_type(&self) -> &'static str {
        "OKP"
    }

    fn variant(&self) -> Option<(&'static str, &'static str)> {
        Some(("crv", "Ed25519"))
    }

    fn public_members(&self) -> &'static [&'static str] {
        &["x"]
    }

    fn private_members(&self) -> &'static [&'static str] {
        &["d"]
    }

    /// Not of another length, not a non-canonical encoding, not off the curve, not of small order.
    fn check_public(&self, key: &PublicMembers) -> Result<(), KeyError> {
        let octets: [u8; OCTETS] = key
            .get("x")
            .try_into()
            .map_err(|_| KeyError::invalid("x", "does not have the 32 octets of an Ed25519 public key"))?;
        let point =
            CompressedEdwardsY(octets).decompress().ok_or(KeyError::invalid("x", "is not a point on Ed25519"))?;
        if point.compress().0 != octets {
            return Err(KeyError::invalid("x", "is not the canonical form of its point"));
        }
        if point.is_small_order() {
            return Err(KeyError::invalid("x", "is a point of small order, under which anybody can sign"));
        }
        Ok(())
    }

    fn check_private(&self, public: &PublicMembers, private: &PrivateMembers) -> Result<(), KeyError> {
        if pair(private.get("d"))?.public_key().as_ref() == public.get("x") {
            Ok(())
        } else {
            Err(KeyError::invalid("d", "does not belong to the public half"))
        }
    }

    fn generate(&self, _: Option<usize>) -> Result<(PublicOctets, PrivateOctets), KeyError> {
        from_seed(crate::random::secret(OCTETS)?)
    }

    fn identifier(&self) -> Identifier {
        Identifier { oid: ObjectIdentifier::new_unwrap("1.3.101.112"), parameters: Parameters::Absent }
    }

    fn public_from_der(&self, octets: &[u8]) -> Result<PublicOctets, KeyError> {
        Ok(vec![octets.to_vec()])
    }

    fn public_to_der(&self, key: &PublicMembers) -> Result<Vec<u8>, KeyError> {
        Ok(key.get("x").to_vec())
    }

    /// RFC 8410 §7: an OCTET STRING within the OCTET STRING.
    fn private_from_der(
        &self,
        octets: &[u8],
        public: Option<&[u8]>,
    ) -> Result<(PublicOctets, PrivateOctets), KeyError> {
        let seed = <&OctetStringRef>::from_der(octets).map_err(|_| BROKEN_DER)?;
        let (derived, private) = from_seed(Zeroizing::new(seed.as_bytes().to_vec()))?;
        let public = public.map_or(derived, |public| vec![public.to_vec()]);
        Ok((public, private))
    }

    fn private_to_der(&self, _: &PublicMembers, private: &PrivateMembers) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let seed = OctetStringRef::new(private.get("d")).and_then(|seed| seed.to_der());
        seed.map(Zeroizing::new).map_err(|_| BROKEN_DER)
    }
}

fn from_seed(seed: Zeroizing<Vec<u8>>) -> Result<(PublicOctets, PrivateOctets), KeyError> {
    let public = pair(&seed)?.public_key().as_ref().to_vec();
    Ok((vec![public], vec![seed]))
}

fn pair(seed: &[u8]) -> Result<signature::Ed25519KeyPair, KeyError> {
    let wrong = || KeyError::invalid("d", "does not have the 32 octets of an Ed25519 seed");
    if seed.len() != OCTETS {
        return Err(wrong());
    }
    signature::Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| wrong())
}

impl SignatureScheme for Ed25519 {
    fn kind(&'static self) -> &'static dyn Kind {
        self
    }

    fn is_length(&self, octets: usize) -> bool {
        octets == SIGNATURE_OCTETS
    }

    fn verifier(&self, key: &PublicMembers) -> Result<Arc<dyn Verify>, KeyError> {
        let parsed = ParsedKey::new(&signature::ED25519, key.get("x"), SIGNATURE_OCTETS, None);
        Ok(Arc::new(parsed.map_err(|_| KeyError::invalid("x", "is not a point on Ed25519"))?))
    }

    fn signer(&self, _: &PublicMembers, private: &PrivateMembers) -> Result<Box<dyn Sign>, KeyError> {
        Ok(Box::new(Signer(pair(private.get("d"))?)))
    }
}

struct Signer(signature::Ed25519KeyPair);

impl Sign for Signer {
    fn sign(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        let made = backend::ed25519_sign(&self.0, message).map_err(|_| SigningFailed::new())?;
        Ok(Signature::copied(made.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::constants::EIGHT_TORSION;

    fn public(octets: &[u8]) -> Result<PublicMembers, KeyError> {
        let key = PublicMembers::new(Ed25519.public_members(), vec![octets.to_vec()])?;
        Ed25519.check_public(&key).map(|()| key)
    }

    #[test]
    fn c03_small_order_and_non_canonical_points() {
        for point in EIGHT_TORSION {
            assert!(public(&point.compress().0).is_err());
        }
        // p + 1, the second spelling of 1, which is of small order as well; and p + 3, the second spelling of 3, which is not.
        for above in [0xee, 0xf0] {
            let mut octets = [0xff; 32];
            octets[0] = above;
            octets[31] = 0x7f;
            assert!(public(&octets).is_err(), "{above:#x}");
        }
        let three: [u8; 32] = core::array::from_fn(|place| if place == 0 { 3 } else { 0 });
        assert!(public(&three).is_ok(), "3 is a good point, so only its spelling was refused");
    }

    #[test]
    fn c08_the_public_half_must_match() {
        let generated = || Ed25519.generate(None).unwrap();
        let ((one, seed), (other, _)) = (generated(), generated());
        let private = PrivateMembers::new(Ed25519.private_members(), seed).unwrap();
        assert!(Ed25519.check_private(&public(&one[0]).unwrap(), &private).is_ok());
        assert!(Ed25519.check_private(&public(&other[0]).unwrap(), &private).is_err());
    }
}
