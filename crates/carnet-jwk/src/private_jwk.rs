use crate::container;
use crate::fields;
use crate::jwk::{Jwk, scan};
use crate::parameters::{Parameters, check_key_id};
use crate::secret;
use carnet_core::json::{Object, Writer};
use carnet_core::{Limits, Quoted, SecretBytes, base64url};
use carnet_jwa::ec::EcPrivateKey;
use carnet_jwa::ed25519::Ed25519PrivateKey;
use carnet_jwa::rsa::{RsaComponents, RsaPrivateKey};
use carnet_jwa::{Algorithm, Family, KeyError, PrivateKey, PublicKey};
use core::fmt;
use zeroize::Zeroizing;

/// A private or symmetric key as a JSON Web Key.
///
/// `Debug` shows no key material, equality takes constant time, what it holds is wiped when dropped, and there is no `Serialize`:
/// [`expose_json`](Self::expose_json) is the one way out. That the public half belongs to the private one is checked when it is read.
///
/// ```
/// use carnet_jwk::PrivateJwk;
/// use carnet_jwa::Algorithm;
/// let key = PrivateJwk::generate(Algorithm::ES256)?;
/// let copy = PrivateJwk::from_json(&key.expose_json())?;
/// assert_eq!(copy, key);
/// assert!(!format!("{key:?}").contains("\"d\""));
/// # Ok::<(), carnet_jwk::KeyError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct PrivateJwk {
    pub(crate) material: Material,
    pub(crate) parameters: Parameters,
}

#[derive(Clone, PartialEq)]
pub(crate) enum Material {
    Asymmetric(PrivateKey),
    Symmetric(SecretBytes),
}

impl PrivateJwk {
    /// Reads a private or symmetric JWK.
    ///
    /// # Errors
    /// [`KeyError`]: what [`Jwk::from_json`] refuses, a public key, private numbers that do not belong to the public ones, RSA with more
    /// than two primes (`oth`) or without all of `p`, `q`, `dp`, `dq`, `qi`, a symmetric key that is empty or looks like another key.
    pub fn from_json(json: &str) -> Result<Self, KeyError> {
        Self::from_object(&scan(json, Limits::default().json_depth)?)
    }

    pub(crate) fn from_object(object: &Object<'_>) -> Result<Self, KeyError> {
        if fields::required(object, "kty")? == "oct" {
            return Self::symmetric_from_object(object);
        }
        let Jwk { key, parameters } = Jwk::from_object(object)?;
        if object.member("oth").is_some() {
            return Err(KeyError::invalid(
                "oth",
                "makes this an RSA key of more than two primes, which is not supported",
            ));
        }
        if object.member("d").is_none() {
            return Err(KeyError::invalid("d", "is missing: this is a public key, and a private one is needed"));
        }
        let key = match key {
            PublicKey::Rsa(public) => {
                let d = fields::secret(object, "d")?;
                if ["p", "q", "dp", "dq", "qi"].iter().all(|member| object.member(member).is_none()) {
                    return Err(KeyError::Unsupported {
                        what: Quoted::new("RSA"),
                        reason: "a private RSA key needs the members p, q, dp, dq and qi; export the key with them",
                    });
                }
                let numbers = RsaComponents {
                    d,
                    p: fields::secret(object, "p")?,
                    q: fields::secret(object, "q")?,
                    dp: fields::secret(object, "dp")?,
                    dq: fields::secret(object, "dq")?,
                    qi: fields::secret(object, "qi")?,
                };
                PrivateKey::Rsa(RsaPrivateKey::new(public, numbers)?)
            }
            PublicKey::Ec(public) => PrivateKey::Ec(EcPrivateKey::new(public, fields::secret(object, "d")?)?),
            PublicKey::Ed25519(public) => {
                PrivateKey::Ed25519(Ed25519PrivateKey::new(fields::secret(object, "d")?, Some(&public))?)
            }
        };
        Ok(Self { material: Material::Asymmetric(key), parameters })
    }

    fn symmetric_from_object(object: &Object<'_>) -> Result<Self, KeyError> {
        let octets = fields::secret(object, "k")?;
        if octets.is_empty() {
            return Err(KeyError::invalid("k", "is empty"));
        }
        secret::refuse_look_alikes(&octets)?;
        let parameters = Parameters::read(object, &["k"])?;
        parameters.check_fits(Algorithm::is_symmetric, "a shared secret")?;
        Ok(Self { material: Material::Symmetric(octets.into()), parameters })
    }

    /// Reads a private key from PEM: `PRIVATE KEY` (PKCS#8), `RSA PRIVATE KEY` (PKCS#1) or `EC PRIVATE KEY` (SEC1).
    ///
    /// # Errors
    /// [`KeyError`]; public, encrypted and OpenSSH keys are refused with a sentence that says what to do.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        container::private_from_pem(pem).map(Self::from)
    }

    /// Reads a private key from DER: PKCS#8, PKCS#1 or SEC1.
    ///
    /// # Errors
    /// [`KeyError::Encoding`] for anything else, an encrypted key included; [`KeyError::Unsupported`], [`KeyError::Weak`] and
    /// [`KeyError::InvalidMember`] as in [`from_json`](Self::from_json); [`KeyError::TooLarge`] above 64 KiB.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        container::private_from_der(der).map(Self::from)
    }

    /// Makes a new key for an algorithm, which becomes its `alg`. HMAC secrets get the length of the hash.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] for RSA: ring generates none. [`KeyError::Random`].
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        let material = match algorithm.family() {
            Family::Hmac(hash) => Material::Symmetric(carnet_jwa::random::secret(hash.octets())?.into()),
            Family::Ecdsa(curve) => {
                let generated = EcPrivateKey::generate_pkcs8(curve)?;
                Material::Asymmetric(container::private_from_der(generated.expose_pkcs8())?)
            }
            Family::Ed25519 => Material::Asymmetric(PrivateKey::Ed25519(Ed25519PrivateKey::generate()?)),
            _ => {
                return Err(KeyError::Unsupported {
                    what: Quoted::new("RSA"),
                    reason: "ring cannot generate RSA keys; this will come with the feature aws-lc-rs. \
                             Until then: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072",
                });
            }
        };
        let mut parameters = Parameters::default();
        parameters.algorithm = Some(algorithm.name().to_owned());
        Ok(Self { material, parameters })
    }

    /// The public half with the same parameters; `None` for a symmetric key.
    #[must_use]
    pub fn public_jwk(&self) -> Option<Jwk> {
        match &self.material {
            Material::Asymmetric(key) => Some(Jwk { key: key.public(), parameters: self.parameters.public() }),
            Material::Symmetric(_) => None,
        }
    }

    /// Writes the JWK with its private members. The text is wiped when dropped; copies of it are not.
    #[must_use]
    pub fn expose_json(&self) -> Zeroizing<String> {
        // Room for the largest supported key and all else, so that growing leaves no copies behind.
        let mut writer = Writer::with_capacity(self.parameters.written_octets().saturating_add(16 * 1024));
        match &self.material {
            Material::Symmetric(secret) => {
                writer.string("kty", "oct");
                writer.string("k", &base64url::secret::encode(secret.expose()));
                self.parameters.write(&mut writer);
            }
            Material::Asymmetric(key) => {
                Jwk { key: key.public(), parameters: self.parameters.clone() }.write(&mut writer);
                let mut secret = |name, octets: &[u8]| writer.string(name, &base64url::secret::encode(octets));
                match key {
                    PrivateKey::Rsa(key) => {
                        let numbers = key.expose_components();
                        secret("d", &numbers.d);
                        secret("p", &numbers.p);
                        secret("q", &numbers.q);
                        secret("dp", &numbers.dp);
                        secret("dq", &numbers.dq);
                        secret("qi", &numbers.qi);
                    }
                    PrivateKey::Ec(key) => secret("d", key.expose_scalar()),
                    PrivateKey::Ed25519(key) => secret("d", key.expose_seed()),
                }
            }
        }
        Zeroizing::new(writer.finish())
    }

    /// `kid`.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.parameters.key_id.as_deref()
    }

    /// `alg`, as it is written.
    #[must_use]
    pub fn algorithm(&self) -> Option<&str> {
        self.parameters.algorithm.as_deref()
    }

    /// Whether it is a shared secret.
    #[must_use]
    pub const fn is_symmetric(&self) -> bool {
        matches!(self.material, Material::Symmetric(_))
    }

    /// The same key with this `kid`.
    ///
    /// # Errors
    /// [`KeyError::InvalidMember`] when it is longer than 1024 octets or holds U+0000.
    pub fn with_key_id(mut self, key_id: impl Into<String>) -> Result<Self, KeyError> {
        let key_id = key_id.into();
        check_key_id(&key_id)?;
        self.parameters.key_id = Some(key_id);
        Ok(self)
    }

    /// The same key with the thumbprint of its public half as `kid`. A symmetric key stays as it is: its thumbprint would tell about the
    /// secret.
    #[must_use]
    pub fn with_thumbprint_key_id(mut self) -> Self {
        if let Some(public) = self.public_jwk() {
            self.parameters.key_id = Some(public.thumbprint().to_string());
        }
        self
    }
}

impl From<PrivateKey> for PrivateJwk {
    fn from(key: PrivateKey) -> Self {
        Self { material: Material::Asymmetric(key), parameters: Parameters::default() }
    }
}

impl fmt::Debug for PrivateJwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.material {
            Material::Asymmetric(key) => key.public().description(),
            Material::Symmetric(_) => "a shared secret",
        };
        f.debug_struct("PrivateJwk")
            .field("key", &kind)
            .field("kid", &self.key_id().map(Quoted::new))
            .finish_non_exhaustive()
    }
}
