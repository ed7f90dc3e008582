//! RSA keys and signatures ([RFC 7518 §3.3 and §3.5](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
//!
//! A modulus has 2048 to 8192 bits, counted in bits, and is odd; the exponent is odd and 3 ≤ e < 2^33. Moduli with the mark of the
//! ROCA defect (CVE-2017-15361) are refused.

mod numbers;
mod roca;

use crate::backend::{self, ParsedKey, RsaPair, rsa, signature};
use crate::hash::Hash;
use crate::key_error::{BROKEN_DER, KeyError};
use crate::key_kind::{Identifier, Kind, Parameters};
use crate::members::{PrivateMembers, PrivateOctets, PublicMembers, PublicOctets};
use crate::operation::{Sign, Verify};
use crate::scheme::SignatureScheme;
use carnet_core::limits::{MAX_RSA_BITS, MIN_RSA_BITS};
use der::asn1::{ObjectIdentifier, UintRef};
use der::{Decode, Encode};
use std::sync::Arc;
use zeroize::Zeroizing;

/// RSA keys of any size, for every algorithm of RSA.
pub(crate) struct Rsa;

impl Kind for Rsa {
    fn description(&self) -> &'static str {
        "an RSA key"
    }

    fn key_type(&self) -> &'static str {
        "RSA"
    }

    fn variant(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    fn public_members(&self) -> &'static [&'static str] {
        &["e", "n"]
    }

    fn private_members(&self) -> &'static [&'static str] {
        &["d", "p", "q", "dp", "dq", "qi"]
    }

    fn check_public(&self, key: &PublicMembers) -> Result<(), KeyError> {
        numbers::check_public(key.get("n"), key.get("e"))
    }

    fn check_private(&self, public: &PublicMembers, private: &PrivateMembers) -> Result<(), KeyError> {
        numbers::check_private(public, private)
    }

    fn generate(&self, bits: Option<usize>) -> Result<(PublicOctets, PrivateOctets), KeyError> {
        let document = backend::generate_rsa(bits.unwrap_or(USUAL_BITS))?;
        let info = pkcs8::PrivateKeyInfoRef::from_der(&document).map_err(|_| BROKEN_DER)?;
        self.private_from_der(info.private_key.as_bytes(), None)
    }

    fn bits(&self, key: &PublicMembers) -> Option<usize> {
        Some(numbers::bit_length(key.get("n")))
    }

    fn identifier(&self) -> Identifier {
        Identifier { oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1"), parameters: Parameters::Null }
    }

    /// An `RSAPublicKey` (RFC 8017 appendix A.1.1).
    fn public_from_der(&self, octets: &[u8]) -> Result<PublicOctets, KeyError> {
        let key = pkcs1::RsaPublicKeyRef::from_der(octets).map_err(|_| BROKEN_DER)?;
        Ok(vec![key.public_exponent.as_bytes().to_vec(), key.modulus.as_bytes().to_vec()])
    }

    fn public_to_der(&self, key: &PublicMembers) -> Result<Vec<u8>, KeyError> {
        public_to_der(key)
    }

    /// An `RSAPrivateKey` (RFC 8017 appendix A.1.2), which holds its public half. What is there twice must agree.
    fn private_from_der(
        &self,
        octets: &[u8],
        beside: Option<&[u8]>,
    ) -> Result<(PublicOctets, PrivateOctets), KeyError> {
        let key = pkcs1::RsaPrivateKeyRef::from_der(octets).map_err(|_| BROKEN_DER)?;
        if key.other_prime_infos.is_some() {
            return Err(KeyError::invalid(
                "oth",
                "makes this an RSA key of more than two primes, which is not supported",
            ));
        }
        let public = vec![key.public_exponent.as_bytes().to_vec(), key.modulus.as_bytes().to_vec()];
        if let Some(beside) = beside
            && self.public_from_der(beside)? != public
        {
            return Err(KeyError::Encoding { reason: "the RSA key holds two public halves that differ" });
        }
        let private = [key.private_exponent, key.prime1, key.prime2, key.exponent1, key.exponent2, key.coefficient];
        Ok((public, private.map(|number| Zeroizing::new(number.as_bytes().to_vec())).into()))
    }

    fn private_to_der(&self, public: &PublicMembers, private: &PrivateMembers) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let number = |octets| UintRef::new(octets).map_err(|_| BROKEN_DER);
        let structure = pkcs1::RsaPrivateKeyRef {
            modulus: number(public.get("n"))?,
            public_exponent: number(public.get("e"))?,
            private_exponent: number(private.get("d"))?,
            prime1: number(private.get("p"))?,
            prime2: number(private.get("q"))?,
            exponent1: number(private.get("dp"))?,
            exponent2: number(private.get("dq"))?,
            coefficient: number(private.get("qi"))?,
            other_prime_infos: None,
        };
        structure.to_der().map(Zeroizing::new).map_err(|_| BROKEN_DER)
    }
}

/// The size of a new key where none is asked for: 128 bits of strength (NIST SP 800-57).
const USUAL_BITS: usize = 3072;

fn public_to_der(key: &PublicMembers) -> Result<Vec<u8>, KeyError> {
    let number = |octets| UintRef::new(octets).map_err(|_| BROKEN_DER);
    let structure = pkcs1::RsaPublicKeyRef { modulus: number(key.get("n"))?, public_exponent: number(key.get("e"))? };
    structure.to_der().map_err(|_| BROKEN_DER)
}

/// A padding with a hash.
pub(crate) struct RsaScheme {
    verification: &'static signature::RsaParameters,
    signing: &'static dyn signature::RsaEncoding,
    hash: Hash,
}

macro_rules! schemes {
    ($($name:ident: $verification:ident, $signing:ident, $hash:ident;)*) => {$(
        pub(crate) static $name: RsaScheme = RsaScheme {
            verification: &signature::$verification,
            signing: &signature::$signing,
            hash: Hash::$hash,
        };
    )*};
}

schemes! {
    RS256: RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, Sha256;
    RS384: RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_SHA384, Sha384;
    RS512: RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA512, Sha512;
    PS256: RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, Sha256;
    PS384: RSA_PSS_2048_8192_SHA384, RSA_PSS_SHA384, Sha384;
    PS512: RSA_PSS_2048_8192_SHA512, RSA_PSS_SHA512, Sha512;
}

impl SignatureScheme for RsaScheme {
    fn kind(&'static self) -> &'static dyn Kind {
        &Rsa
    }

    fn is_length(&self, octets: usize) -> bool {
        (MIN_RSA_BITS / 8..=MAX_RSA_BITS / 8).contains(&octets)
    }

    /// A signature is as long as the modulus: RFC 8017 §8.1.2 and §8.2.2.
    fn verifier(&self, key: &PublicMembers) -> Result<Arc<dyn Verify>, KeyError> {
        let octets = key.get("n").len();
        let parsed = ParsedKey::new(self.verification, &public_to_der(key)?, octets, Some(self.hash));
        Ok(Arc::new(parsed.map_err(|_| KeyError::invalid("n", "is no modulus that the backend takes"))?))
    }

    fn signer(&self, public: &PublicMembers, private: &PrivateMembers) -> Result<Box<dyn Sign>, KeyError> {
        let [n, e] = ["n", "e"].map(|name| public.get(name));
        let numbers = rsa::KeyPairComponents {
            public_key: rsa::PublicKeyComponents { n, e },
            d: private.get("d"),
            p: private.get("p"),
            q: private.get("q"),
            dP: private.get("dp"),
            dQ: private.get("dq"),
            qInv: private.get("qi"),
        };
        Ok(Box::new(RsaPair::new(&numbers, self.signing, self.hash)?))
    }
}

#[cfg(test)]
mod tests;
