use crate::jwk::Jwk;
use crate::key_rules::KeyRules;
use crate::parameters::{Purpose, default_algorithm};
use crate::private_jwk::{Material, PrivateJwk};
use crate::secret::Secret;
use carnet_core::Quoted;
use carnet_jwa::{Algorithm, InvalidSignature, KeyError, PublicKey, VerifyingPrimitive, VerifyingStream};
use core::fmt;
use sha2::{Digest, Sha256};

/// A key that verifies signatures of its one algorithm.
///
/// A token's `alg` is compared with the key's algorithm and never decides anything. There is no way to make an HMAC key from a public key.
#[derive(Clone)]
pub struct VerifyingKey {
    primitive: VerifyingPrimitive,
    key_id: Option<String>,
    fingerprint: Option<[u8; 32]>,
}

impl VerifyingKey {
    /// Binds a public JWK to the algorithm its `alg` names, or else to that of its curve, RSA to RS256.
    ///
    /// # Errors
    /// [`KeyError::NotForThis`] when `use` or `key_ops` says otherwise, [`KeyError::Algorithm`] when `alg` names none that verifies.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        Self::with_rules(jwk, &KeyRules::new())
    }

    /// Binds a public JWK to an algorithm.
    ///
    /// # Errors
    /// As [`from_jwk`](Self::from_jwk), and [`KeyError::Mismatch`] or, where `alg` names another, [`KeyError::OtherAlgorithm`].
    pub fn from_jwk_as(algorithm: Algorithm, jwk: &Jwk) -> Result<Self, KeyError> {
        check_same(jwk.parameters.own_algorithm()?, algorithm)?;
        Self::bind(jwk, algorithm)
    }

    pub(crate) fn with_rules(jwk: &Jwk, rules: &KeyRules) -> Result<Self, KeyError> {
        let algorithm = jwk.parameters.own_algorithm()?.unwrap_or_else(|| default_algorithm(&jwk.key, rules.rsa));
        Self::bind(jwk, algorithm)
    }

    fn bind(jwk: &Jwk, algorithm: Algorithm) -> Result<Self, KeyError> {
        jwk.parameters.allow(Purpose::Verify)?;
        let primitive = VerifyingPrimitive::asymmetric(algorithm, &jwk.key)?;
        let fingerprint = Some(fingerprint(algorithm, &jwk.key));
        Ok(Self { primitive, key_id: jwk.parameters.key_id.clone(), fingerprint })
    }

    /// Binds the public half of a private JWK, or a symmetric JWK, to an algorithm.
    ///
    /// # Errors
    /// As [`from_jwk_as`](Self::from_jwk_as).
    pub fn from_private_jwk_as(algorithm: Algorithm, jwk: &PrivateJwk) -> Result<Self, KeyError> {
        match &jwk.material {
            Material::Asymmetric(_) => {
                Self::from_jwk_as(algorithm, &jwk.public_jwk().ok_or(KeyError::MissingMember { member: "kty" })?)
            }
            Material::Symmetric(secret) => {
                check_same(jwk.parameters.own_algorithm()?, algorithm)?;
                jwk.parameters.allow(Purpose::Verify)?;
                let primitive = VerifyingPrimitive::symmetric(algorithm, secret.expose())?;
                Ok(Self { primitive, key_id: jwk.parameters.key_id.clone(), fingerprint: None })
            }
        }
    }

    /// Reads a public key from PEM (SPKI or PKCS#1) and binds it to an algorithm.
    ///
    /// # Errors
    /// As [`Jwk::from_pem`] and [`from_jwk_as`](Self::from_jwk_as).
    pub fn from_pem(algorithm: Algorithm, pem: &str) -> Result<Self, KeyError> {
        Self::from_jwk_as(algorithm, &Jwk::from_pem(pem)?)
    }

    /// Reads a public key from DER (SPKI or PKCS#1) and binds it to an algorithm.
    ///
    /// # Errors
    /// As [`Jwk::from_der`] and [`from_jwk_as`](Self::from_jwk_as).
    pub fn from_der(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        Self::from_jwk_as(algorithm, &Jwk::from_der(der)?)
    }

    /// Binds a shared secret to an HMAC algorithm.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] for another algorithm, [`KeyError::Weak`] when the secret is shorter than the hash.
    pub fn from_secret(algorithm: Algorithm, secret: &Secret) -> Result<Self, KeyError> {
        if let Some(hash) = algorithm.mac_hash() {
            secret.check_length(hash)?;
        }
        let primitive = VerifyingPrimitive::symmetric(algorithm, secret.expose())?;
        Ok(Self { primitive, key_id: None, fingerprint: None })
    }

    pub(crate) fn of_primitive(
        primitive: VerifyingPrimitive,
        key_id: Option<String>,
        public: Option<&PublicKey>,
    ) -> Self {
        let fingerprint = public.map(|public| fingerprint(primitive.algorithm(), public));
        Self { primitive, key_id, fingerprint }
    }

    /// The same key with this `kid`: tokens with a `kid` must then name it.
    #[must_use]
    pub fn with_key_id(mut self, key_id: impl Into<String>) -> Self {
        self.key_id = Some(key_id.into());
        self
    }

    /// Its one algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.primitive.algorithm()
    }

    /// Its `kid`.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// A digest of the algorithm and the public key, equal for equal keys of equal algorithms. `None` for a shared secret.
    #[must_use]
    pub const fn fingerprint(&self) -> Option<&[u8; 32]> {
        self.fingerprint.as_ref()
    }

    /// Verifies a bare signature over `message`. Of tokens, use the verifiers instead: they check everything else.
    ///
    /// # Errors
    /// [`InvalidSignature`].
    #[inline]
    pub fn verify_signature(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        self.primitive.verify(message, signature)
    }

    /// Begins a message that arrives piece by piece. `None` where the whole message is needed at once: EdDSA and ML-DSA, and on ring and under `fips` all but HMAC.
    #[must_use]
    pub fn stream(&self) -> Option<VerifyingStream> {
        self.primitive.stream()
    }
}

fn fingerprint(algorithm: Algorithm, key: &PublicKey) -> [u8; 32] {
    let mut digest = Sha256::new().chain_update(algorithm.name());
    for (name, octets) in key.members() {
        // With their lengths, so that nothing can move from one to the next.
        digest.update(name);
        digest.update(octets.len().to_le_bytes());
        digest.update(octets);
    }
    digest.finalize().into()
}

pub(crate) fn check_same(own: Option<Algorithm>, wanted: Algorithm) -> Result<(), KeyError> {
    match own.filter(|own| *own != wanted) {
        Some(own) => Err(KeyError::OtherAlgorithm { own: own.name(), wanted: wanted.name() }),
        None => Ok(()),
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("alg", &self.algorithm())
            .field("kid", &self.key_id().map(Quoted::new))
            .finish_non_exhaustive()
    }
}
