//! ML-DSA keys and signatures ([RFC 9964](https://www.rfc-editor.org/rfc/rfc9964), FIPS 204; containers after RFC 9881): the private half is the
//! seed of 32 octets, the context is empty.

use crate::backend::signature::{self, KeyPair as _, PqdsaKeyPair};
use crate::backend::{ParsedKey, Rejected, raw_private_key};
use crate::key_error::{BROKEN_DER, KeyError};
use crate::key_kind::{Identifier, Kind, Parameters};
use crate::members::{PrivateMembers, PrivateOctets, PublicMembers, PublicOctets};
use crate::operation::{Sign, Verify};
use crate::scheme::SignatureScheme;
use crate::signature::Signature;
use crate::signature_error::SigningFailed;
use carnet_core::Quoted;
use der::asn1::{ContextSpecific, ContextSpecificRef, ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode, Reader, SliceReader, TagMode, TagNumber};
use std::sync::Arc;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A parameter set.
pub(crate) struct MlDsa {
    name: &'static str,
    description: &'static str,
    public_octets: usize,
    signature_octets: usize,
    oid: ObjectIdentifier,
    verification: &'static signature::PqdsaVerificationAlgorithm,
    signing: &'static signature::PqdsaSigningAlgorithm,
}

pub(crate) static ML_DSA_44: MlDsa = MlDsa {
    name: "ML-DSA-44",
    description: "an ML-DSA-44 key",
    public_octets: 1312,
    signature_octets: 2420,
    oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17"),
    verification: &signature::ML_DSA_44,
    signing: &signature::ML_DSA_44_SIGNING,
};

pub(crate) static ML_DSA_65: MlDsa = MlDsa {
    name: "ML-DSA-65",
    description: "an ML-DSA-65 key",
    public_octets: 1952,
    signature_octets: 3309,
    oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18"),
    verification: &signature::ML_DSA_65,
    signing: &signature::ML_DSA_65_SIGNING,
};

pub(crate) static ML_DSA_87: MlDsa = MlDsa {
    name: "ML-DSA-87",
    description: "an ML-DSA-87 key",
    public_octets: 2592,
    signature_octets: 4627,
    oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19"),
    verification: &signature::ML_DSA_87,
    signing: &signature::ML_DSA_87_SIGNING,
};

/// The length of the seed.
const SEED: usize = 32;

impl MlDsa {
    fn pair(&self, seed: &[u8]) -> Result<PqdsaKeyPair, KeyError> {
        PqdsaKeyPair::from_seed(self.signing, seed)
            .map_err(|_| KeyError::invalid("priv", "does not have the 32 octets of an ML-DSA seed"))
    }

    fn parsed(&self, octets: &[u8]) -> Result<ParsedKey, Rejected> {
        ParsedKey::new(self.verification, octets, self.signature_octets, None)
    }

    fn expand(&self, seed: &[u8]) -> Result<(PublicOctets, PrivateOctets), KeyError> {
        let public = self.pair(seed)?.public_key().as_ref().to_vec();
        Ok((vec![public], vec![Zeroizing::new(seed.to_vec())]))
    }
}

impl Kind for MlDsa {
    fn description(&self) -> &'static str {
        self.description
    }

    fn key_type(&self) -> &'static str {
        "AKP"
    }

    fn variant(&self) -> Option<(&'static str, &'static str)> {
        Some(("alg", self.name))
    }

    fn public_members(&self) -> &'static [&'static str] {
        &["pub"]
    }

    fn private_members(&self) -> &'static [&'static str] {
        &["priv"]
    }

    fn check_public(&self, key: &PublicMembers) -> Result<(), KeyError> {
        let octets = key.get("pub");
        let parsed = || self.parsed(octets).is_ok();
        if octets.len() == self.public_octets && parsed() {
            Ok(())
        } else {
            Err(KeyError::invalid("pub", "is not a public key of the parameter set that \"alg\" names"))
        }
    }

    fn check_private(&self, public: &PublicMembers, private: &PrivateMembers) -> Result<(), KeyError> {
        if self.pair(private.get("priv"))?.public_key().as_ref() == public.get("pub") {
            Ok(())
        } else {
            Err(KeyError::invalid("priv", "does not belong to the public half"))
        }
    }

    fn generate(&self, _: Option<usize>) -> Result<(PublicOctets, PrivateOctets), KeyError> {
        self.expand(&crate::random::secret(SEED)?)
    }

    fn identifier(&self) -> Identifier {
        Identifier { oid: self.oid, parameters: Parameters::Absent }
    }

    fn public_from_der(&self, octets: &[u8]) -> Result<PublicOctets, KeyError> {
        Ok(vec![octets.to_vec()])
    }

    fn public_to_der(&self, key: &PublicMembers) -> Result<Vec<u8>, KeyError> {
        Ok(key.get("pub").to_vec())
    }

    /// RFC 9881 §6: the seed, or the seed and the expanded key, which must then be the seed's. An expanded key alone has no form in JWK.
    fn private_from_der(
        &self,
        octets: &[u8],
        public: Option<&[u8]>,
    ) -> Result<(PublicOctets, PrivateOctets), KeyError> {
        let (seed, expanded) = read_private(octets).ok_or(BROKEN_DER)?;
        let seed = seed.ok_or(KeyError::Unsupported {
            what: Quoted::new("ML-DSA without its seed"),
            reason: "RFC 9964 has private keys as their seed, which cannot be had from the expanded key; make the key anew and keep the seed",
        })?;
        if let Some(expanded) = expanded
            && !bool::from(raw_private_key(&self.pair(seed)?)?.ct_eq(expanded))
        {
            return Err(KeyError::invalid("priv", "does not belong to the expanded key beside it"));
        }
        let (derived, private) = self.expand(seed)?;
        Ok((public.map_or(derived, |public| vec![public.to_vec()]), private))
    }

    fn private_to_der(&self, _: &PublicMembers, private: &PrivateMembers) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let seed = OctetStringRef::new(private.get("priv")).map_err(|_| BROKEN_DER)?;
        let tagged = ContextSpecificRef { tag_number: TagNumber(0), tag_mode: TagMode::Implicit, value: &seed };
        tagged.to_der().map(Zeroizing::new).map_err(|_| BROKEN_DER)
    }
}

type SeedAndExpanded<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

/// The three choices of RFC 9881 §6.
fn read_private(octets: &[u8]) -> Option<SeedAndExpanded<'_>> {
    if let Ok(expanded) = <&OctetStringRef>::from_der(octets) {
        return Some((None, Some(expanded.as_bytes())));
    }
    let mut reader = SliceReader::new(octets).ok()?;
    if let Ok(Some(seed)) = ContextSpecific::<&OctetStringRef>::decode_implicit(&mut reader, TagNumber(0)) {
        reader.finish().ok()?;
        return Some((Some(seed.value.as_bytes()), None));
    }
    let mut reader = SliceReader::new(octets).ok()?;
    let both = reader.sequence(|inner| {
        Ok::<_, der::Error>([
            <&OctetStringRef>::decode(inner)?.as_bytes(),
            <&OctetStringRef>::decode(inner)?.as_bytes(),
        ])
    });
    let [seed, expanded] = both.ok()?;
    reader.finish().ok()?;
    Some((Some(seed), Some(expanded)))
}

impl SignatureScheme for MlDsa {
    fn kind(&'static self) -> &'static dyn Kind {
        self
    }

    fn is_length(&self, octets: usize) -> bool {
        octets == self.signature_octets
    }

    fn verifier(&self, key: &PublicMembers) -> Result<Arc<dyn Verify>, KeyError> {
        let parsed = self.parsed(key.get("pub"));
        Ok(Arc::new(parsed.map_err(|_| KeyError::invalid("pub", "is not a public key of its parameter set"))?))
    }

    fn signer(&self, _: &PublicMembers, private: &PrivateMembers) -> Result<Box<dyn Sign>, KeyError> {
        Ok(Box::new(Signer { pair: self.pair(private.get("priv"))?, signature_octets: self.signature_octets }))
    }
}

struct Signer {
    pair: PqdsaKeyPair,
    signature_octets: usize,
}

impl Sign for Signer {
    fn sign(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        let mut made = vec![0; self.signature_octets];
        self.pair.sign(message, &mut made).map_err(|_| SigningFailed::new())?;
        Ok(Signature::owned(made))
    }
}
