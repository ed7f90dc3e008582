use crate::jwk::Jwk;
use crate::jwt_header::JwtHeader;
use crate::parameters::{FULLY_SPECIFIED, Purpose, check_key_id, default_algorithm};
use crate::private_jwk::{Material, PrivateJwk};
use crate::secret::Secret;
use crate::signer::Signer;
use crate::verifying_key::{VerifyingKey, check_same};
use carnet_core::Quoted;
use carnet_jwa::{Algorithm, KeyError, Signature, SigningFailed, SigningPrimitive, SigningStream};
use core::fmt;

/// A key that signs with its one algorithm. The backend parses it once, when it is made.
///
/// ```
/// # if !carnet_jwa::Algorithm::ES256.is_available() { return Ok(()); }
/// use carnet_jwa::Algorithm::ES256;
/// use carnet_jwk::{JwkSet, SigningKey};
/// let key = SigningKey::generate(ES256)?.with_thumbprint_key_id();
/// let published: JwkSet = key.public_jwk().into_iter().collect();
/// assert_eq!(published.verifying_keys().len(), 1);
/// # Ok::<(), carnet_jwk::KeyError>(())
/// ```
pub struct SigningKey {
    primitive: SigningPrimitive,
    name: &'static str,
    key_id: Option<String>,
    public: Option<Jwk>,
    jwt_header: JwtHeader,
}

impl SigningKey {
    /// Makes a new key. To keep it, make a [`PrivateJwk`] instead and store its [`expose_json`](PrivateJwk::expose_json).
    ///
    /// # Errors
    /// As [`PrivateJwk::generate`].
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        Self::from_jwk(&PrivateJwk::generate(algorithm)?)
    }

    /// Binds a private or symmetric JWK to the algorithm its `alg` names, or else to that of its curve, RSA to RS256.
    ///
    /// # Errors
    /// [`KeyError::NotForThis`] when `use` or `key_ops` says otherwise, [`KeyError::Algorithm`] when `alg` names none that signs,
    /// [`KeyError::MissingMember`] for a symmetric key without `alg` (use [`from_jwk_as`](Self::from_jwk_as)), [`KeyError::Unsupported`] when
    /// the backend cannot sign with this key.
    pub fn from_jwk(jwk: &PrivateJwk) -> Result<Self, KeyError> {
        let algorithm = match (jwk.parameters.own_algorithm()?, &jwk.material) {
            (Some(algorithm), _) => algorithm,
            (None, Material::Asymmetric(key)) => default_algorithm(key.public(), Algorithm::RS256),
            (None, Material::Symmetric(_)) => return Err(KeyError::MissingMember { member: "alg" }),
        };
        Self::bind(algorithm, jwk)
    }

    /// Binds a private or symmetric JWK to an algorithm.
    ///
    /// # Errors
    /// As [`from_jwk`](Self::from_jwk), and [`KeyError::Mismatch`] or, where `alg` names another, [`KeyError::NotForThis`].
    pub fn from_jwk_as(algorithm: Algorithm, jwk: &PrivateJwk) -> Result<Self, KeyError> {
        check_same(jwk.parameters.own_algorithm()?, algorithm)?;
        Self::bind(algorithm, jwk)
    }

    fn bind(algorithm: Algorithm, jwk: &PrivateJwk) -> Result<Self, KeyError> {
        jwk.parameters.allow(Purpose::Sign)?;
        let primitive = match &jwk.material {
            Material::Asymmetric(key) => SigningPrimitive::asymmetric(algorithm, key)?,
            Material::Symmetric(secret) => SigningPrimitive::symmetric(algorithm, secret.expose())?,
        };
        let public = jwk.public_jwk().map(|mut public| {
            public.parameters.algorithm = Some(algorithm.name().to_owned());
            public.parameters.usage = Some("sig".to_owned());
            public.parameters.operations = None; // said by "use" already
            public
        });
        let key = Self::new(primitive, jwk.parameters.key_id.clone(), public);
        // As the key spells it, so do its tokens: there are verifiers that compare the two.
        Ok(if jwk.parameters.is_fully_specified() { key.with_fully_specified_name() } else { key })
    }

    fn new(primitive: SigningPrimitive, key_id: Option<String>, public: Option<Jwk>) -> Self {
        let name = primitive.algorithm().name();
        let jwt_header = JwtHeader::new(name, key_id.as_deref());
        Self { primitive, name, key_id, public, jwt_header }
    }

    /// Writes the header anew, after a name in it has changed.
    fn with_jwt_header(mut self) -> Self {
        self.jwt_header = JwtHeader::new(self.name, self.key_id.as_deref());
        self
    }

    /// Reads a private key from PEM (PKCS#8, PKCS#1 or SEC1) and binds it to an algorithm.
    ///
    /// # Errors
    /// As [`PrivateJwk::from_pem`] and [`from_jwk_as`](Self::from_jwk_as).
    pub fn from_pem(algorithm: Algorithm, pem: &str) -> Result<Self, KeyError> {
        Self::from_jwk_as(algorithm, &PrivateJwk::from_pem(pem)?)
    }

    /// Reads a private key from DER (PKCS#8, PKCS#1 or SEC1) and binds it to an algorithm.
    ///
    /// # Errors
    /// As [`PrivateJwk::from_der`] and [`from_jwk_as`](Self::from_jwk_as).
    pub fn from_der(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        Self::from_jwk_as(algorithm, &PrivateJwk::from_der(der)?)
    }

    /// Binds a shared secret to an HMAC algorithm.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] for another algorithm, [`KeyError::Weak`] when the secret is shorter than the hash.
    pub fn from_secret(algorithm: Algorithm, secret: &Secret) -> Result<Self, KeyError> {
        if let Some(hash) = algorithm.mac_hash() {
            secret.check_length(hash)?;
        }
        let primitive = SigningPrimitive::symmetric(algorithm, secret.expose())?;
        Ok(Self::new(primitive, None, None))
    }

    /// The same key with this `kid`, which goes into the header of every token and into the public JWK.
    ///
    /// # Errors
    /// [`KeyError::InvalidMember`] when it is longer than 1024 octets or holds U+0000.
    pub fn with_key_id(self, key_id: impl Into<String>) -> Result<Self, KeyError> {
        let key_id = key_id.into();
        check_key_id(&key_id)?;
        Ok(self.named(key_id))
    }

    /// The same key with the thumbprint of its public half as `kid` (RFC 7638). A shared secret stays as it is.
    #[must_use]
    pub fn with_thumbprint_key_id(self) -> Self {
        match self.public.as_ref().map(Jwk::thumbprint) {
            Some(thumbprint) => self.named(thumbprint.to_string()),
            None => self,
        }
    }

    fn named(mut self, key_id: String) -> Self {
        if let Some(public) = &mut self.public {
            public.parameters.key_id = Some(key_id.clone());
        }
        self.key_id = Some(key_id);
        self.with_jwt_header()
    }

    /// The same key, writing `Ed25519` (RFC 9864) instead of `EdDSA` into `alg`. No other algorithm has two spellings.
    #[must_use]
    pub fn with_fully_specified_name(mut self) -> Self {
        if self.algorithm() == Algorithm::EdDSA {
            self.name = FULLY_SPECIFIED;
            if let Some(public) = &mut self.public {
                public.parameters.algorithm = Some(self.name.to_owned());
            }
        }
        self.with_jwt_header()
    }

    /// The public half, ready to be published: with `kid`, `alg` and `use`. `None` for a shared secret.
    #[must_use]
    pub fn public_jwk(&self) -> Option<Jwk> {
        self.public.clone()
    }

    /// What verifies the tokens signed with this key, with the same `kid`. Of a shared secret, that is the same secret.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        let public = self.public.as_ref().map(Jwk::public_key);
        VerifyingKey::of_primitive(self.primitive.verifying().clone(), self.key_id.clone(), public)
    }

    /// Its one algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.primitive.algorithm()
    }

    /// What it writes into `alg`.
    #[must_use]
    pub const fn algorithm_name(&self) -> &'static str {
        self.name
    }

    /// Its `kid`.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The bare signature over `message`, in the form that JWS has (RFC 7518 §3).
    ///
    /// # Errors
    /// [`SigningFailed`].
    #[inline]
    pub fn sign_message(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        self.primitive.sign(message)
    }

    /// Begins a message that arrives piece by piece. `None` where the whole message is needed at once: EdDSA and ML-DSA, and on ring and under `fips` all but HMAC.
    #[must_use]
    pub fn stream(&self) -> Option<SigningStream<'_>> {
        self.primitive.stream()
    }
}

impl Signer for SigningKey {
    fn algorithm(&self) -> Algorithm {
        self.algorithm()
    }

    fn algorithm_name(&self) -> &'static str {
        self.name
    }

    fn key_id(&self) -> Option<&str> {
        self.key_id()
    }

    #[inline]
    fn sign_message(&self, message: &[u8]) -> Result<Signature, SigningFailed> {
        self.primitive.sign(message)
    }

    fn stream(&self) -> Option<SigningStream<'_>> {
        self.stream()
    }

    #[inline]
    fn jwt_header(&self) -> Option<&JwtHeader> {
        Some(&self.jwt_header)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("alg", &self.name)
            .field("kid", &self.key_id().map(Quoted::new))
            .finish_non_exhaustive()
    }
}
