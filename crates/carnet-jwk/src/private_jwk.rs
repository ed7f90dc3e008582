use crate::container;
use crate::fields;
use crate::jwk::{Jwk, scan};
use crate::key_remark::KeyRemark;
use crate::look_alikes;
use crate::parameters::{Parameters, check_key_id};
use crate::thumbprint::Thumbprint;
use carnet_core::json::{Object, Writer};
use carnet_core::{Limits, Quoted, SecretBytes, base64url};
use carnet_jwa::{Algorithm, Hash, KeyError, PrivateKey};
use core::fmt;
use zeroize::Zeroizing;

/// A private or symmetric key as a JSON Web Key.
///
/// `Debug` shows no key material, equality takes constant time, what it holds is wiped when dropped, and there is no `Serialize`:
/// [`expose_json`](Self::expose_json) is the one way out. That the public half belongs to the private one is checked when it is read.
///
/// ```
/// # if !carnet_jwa::Algorithm::ES256.is_available() { return Ok(()); }
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
        let names = key.kind().private_members();
        if let Some(&first) = names.first()
            && object.member(first).is_none()
        {
            return Err(KeyError::invalid(first, "is missing: this is a public key, and a private one is needed"));
        }
        if names.len() > 1 && names.iter().skip(1).all(|name| object.member(name).is_none()) {
            return Err(KeyError::Unsupported {
                what: Quoted::new("RSA"),
                reason: "a private RSA key needs the members p, q, dp, dq and qi; export the key with them",
            });
        }
        let mut members = Vec::new();
        for &name in names {
            members.push(fields::secret(object, name)?);
        }
        Ok(Self { material: Material::Asymmetric(PrivateKey::new(key, members)?), parameters })
    }

    fn symmetric_from_object(object: &Object<'_>) -> Result<Self, KeyError> {
        let octets = fields::secret(object, "k")?;
        if octets.is_empty() {
            return Err(KeyError::invalid("k", "is empty"));
        }
        look_alikes::refuse(&octets)?;
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

    /// Reads a private key from DER: PKCS#8, PKCS#1 or SEC1. What PKCS#8 has beside the key and its public half (attributes) is not looked at.
    ///
    /// # Errors
    /// [`KeyError::Encoding`] for anything else, an encrypted key included; [`KeyError::Unsupported`], [`KeyError::Weak`] and
    /// [`KeyError::InvalidMember`] as in [`from_json`](Self::from_json); [`KeyError::TooLarge`] above 64 KiB.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        container::private_from_der(der).map(Self::from)
    }

    /// Makes a new key for an algorithm, which becomes its `alg`. HMAC secrets get the length of the hash, RSA keys 3072 bits.
    ///
    /// # Errors
    /// [`KeyError::Algorithm`] when this build does not have the algorithm; [`KeyError::Unsupported`] for RSA without the feature `aws-lc-rs`, since
    /// ring generates none; [`KeyError::Random`].
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        Self::make(algorithm, None)
    }

    /// Makes a new RSA key of 2048, 3072, 4096 or 8192 bits. The largest take seconds to minutes.
    ///
    /// # Errors
    /// As [`generate`](Self::generate); [`KeyError::Mismatch`] for an algorithm of another kind; [`KeyError::Unsupported`] for another size.
    pub fn generate_rsa(algorithm: Algorithm, bits: usize) -> Result<Self, KeyError> {
        match algorithm.key_kind() {
            Some(kind) if kind.key_type() != "RSA" => {
                Err(KeyError::Mismatch { algorithm: algorithm.name(), key: "a key of a size to choose" })
            }
            None if algorithm.is_symmetric() => {
                Err(KeyError::Mismatch { algorithm: algorithm.name(), key: "a key of a size to choose" })
            }
            _ => Self::make(algorithm, Some(bits)),
        }
    }

    fn make(algorithm: Algorithm, bits: Option<usize>) -> Result<Self, KeyError> {
        algorithm.check_available()?;
        let material = match algorithm.mac_hash() {
            Some(hash) => Material::Symmetric(carnet_jwa::random::secret(hash.octets())?.into()),
            None => Material::Asymmetric(PrivateKey::generate_for(algorithm, bits)?),
        };
        let parameters = Parameters { algorithm: Some(algorithm.name().to_owned()), ..Parameters::default() };
        Ok(Self { material, parameters })
    }

    /// The public half, with the same `kid`, `use`, `alg` and `x5c`, the counterparts of `key_ops`, and of other members `x5u`, `x5t`, `x5t#S256`, `iat`, `nbf` and
    /// `exp`. Any other may be private, and stays here. `None` for a symmetric key.
    #[must_use]
    pub fn public_jwk(&self) -> Option<Jwk> {
        match &self.material {
            Material::Asymmetric(key) => Some(Jwk { key: key.public().clone(), parameters: self.parameters.public() }),
            Material::Symmetric(_) => None,
        }
    }

    /// Writes the JWK with its private members. The text is wiped when dropped; copies of it are not.
    #[must_use]
    pub fn expose_json(&self) -> Zeroizing<String> {
        // Room for the largest supported key and all else, so that growing leaves no copies behind.
        let secret = match &self.material {
            Material::Symmetric(secret) => secret.len().saturating_mul(2),
            Material::Asymmetric(_) => 16 * 1024,
        };
        let mut writer = Writer::with_capacity(self.parameters.written_octets().saturating_add(secret));
        match &self.material {
            Material::Symmetric(secret) => {
                writer.string("kty", "oct");
                writer.string("k", &base64url::secret::encode(secret.expose()));
                self.parameters.write(None, &mut writer);
            }
            Material::Asymmetric(key) => {
                Jwk { key: key.public().clone(), parameters: self.parameters.clone() }.write(&mut writer);
                for (name, octets) in key.expose_members() {
                    writer.string(name, &base64url::secret::encode(octets));
                }
            }
        }
        Zeroizing::new(writer.finish())
    }

    /// Writes the key as DER: PKCS#8 ([RFC 5958](https://www.rfc-editor.org/rfc/rfc5958)). Wiped when dropped; copies of it are not.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] for a symmetric key.
    pub fn expose_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        container::private_to_der(self.asymmetric("PKCS#8")?)
    }

    /// Writes the key as PEM: `PRIVATE KEY` (PKCS#8).
    ///
    /// # Errors
    /// As [`expose_der`](Self::expose_der).
    pub fn expose_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        container::to_pem("PRIVATE KEY", &self.expose_der()?).map(Zeroizing::new)
    }

    /// Writes an RSA key as PKCS#1 DER ([RFC 8017 appendix A.1.2](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2)).
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] for a key of another kind.
    pub fn expose_pkcs1_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.inner("RSA", "PKCS#1")
    }

    /// Writes an RSA key as PKCS#1 PEM: `RSA PRIVATE KEY`.
    ///
    /// # Errors
    /// As [`expose_pkcs1_der`](Self::expose_pkcs1_der).
    pub fn expose_pkcs1_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        container::to_pem("RSA PRIVATE KEY", &self.expose_pkcs1_der()?).map(Zeroizing::new)
    }

    /// Writes an EC key as SEC1 DER ([RFC 5915](https://www.rfc-editor.org/rfc/rfc5915)), with its curve and its public half.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] for a key of another kind.
    pub fn expose_sec1_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.inner("EC", "SEC1")
    }

    /// Writes an EC key as SEC1 PEM: `EC PRIVATE KEY`.
    ///
    /// # Errors
    /// As [`expose_sec1_der`](Self::expose_sec1_der).
    pub fn expose_sec1_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        container::to_pem("EC PRIVATE KEY", &self.expose_sec1_der()?).map(Zeroizing::new)
    }

    fn inner(&self, key_type: &'static str, form: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let key = self.asymmetric(form)?;
        container::only(key_type, key.kind())?;
        key.expose_der()
    }

    fn asymmetric(&self, form: &str) -> Result<&PrivateKey, KeyError> {
        match &self.material {
            Material::Asymmetric(key) => Ok(key),
            Material::Symmetric(_) => Err(KeyError::Unsupported {
                what: Quoted::new(&format!("oct in {form}")),
                reason: "there is no such form of a shared secret; keep it as a JWK",
            }),
        }
    }

    /// The thumbprint ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)): that of the public half, or of a shared secret.
    ///
    /// # Security
    /// The thumbprint of a shared secret lets everybody who sees it test guesses of the secret (RFC 7638 §7). Of a random one nothing can be guessed; of
    /// a password everything can.
    #[must_use]
    pub fn thumbprint_with(&self, hash: Hash) -> Thumbprint {
        match &self.material {
            Material::Asymmetric(key) => Jwk::from(key.public().clone()).thumbprint_with(hash),
            Material::Symmetric(secret) => {
                let mut writer = Writer::with_capacity(secret.expose().len().saturating_mul(2).saturating_add(64));
                writer.string("k", &base64url::secret::encode(secret.expose()));
                writer.string("kty", "oct");
                Thumbprint::of(hash, &Zeroizing::new(writer.finish()))
            }
        }
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

    /// `use`: `sig` or `enc`.
    #[must_use]
    pub fn public_key_use(&self) -> Option<&str> {
        self.parameters.usage.as_deref()
    }

    /// `key_ops`, as they are written: `sign` of a key that signs, where its public half has `verify`.
    #[must_use]
    pub fn key_operations(&self) -> Option<&[String]> {
        self.parameters.operations.as_deref()
    }

    /// What is odd about the key and does not keep it from being used.
    #[must_use]
    pub fn remarks(&self) -> Vec<KeyRemark> {
        KeyRemark::of(&self.parameters)
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

    /// The same key for this algorithm alone: with this `alg`, whatever it had before.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] for an algorithm that takes keys of another kind.
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Result<Self, KeyError> {
        self.parameters.algorithm = Some(algorithm.name().to_owned());
        match &self.material {
            Material::Asymmetric(key) => {
                self.parameters.check_fits(|algorithm| key.public().fits(algorithm), key.kind().description())?;
            }
            Material::Symmetric(_) => self.parameters.check_fits(Algorithm::is_symmetric, "a shared secret")?,
        }
        Ok(self)
    }

    /// The same key, with `Ed25519` (RFC 9864) instead of `EdDSA` in its `alg`, and so in the tokens that a key made of it signs. No other algorithm has two
    /// spellings.
    #[must_use]
    pub fn with_fully_specified_name(mut self) -> Self {
        self.parameters.fully_specify();
        self
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
        Self { parameters: Parameters::of_kind(key.kind()), material: Material::Asymmetric(key) }
    }
}

impl fmt::Debug for PrivateJwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.material {
            Material::Asymmetric(key) => key.kind().description(),
            Material::Symmetric(_) => "a shared secret",
        };
        f.debug_struct("PrivateJwk")
            .field("key", &kind)
            .field("kid", &self.key_id().map(Quoted::new))
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, any(feature = "ring", feature = "aws-lc-rs")))]
mod tests {
    use super::*;
    use Algorithm::{ES256, ES384, HS256, HS512, PS256, RS256};

    #[test]
    fn another_algorithm_of_the_same_kind_and_no_other() {
        let ec = PrivateJwk::generate(ES256).unwrap();
        assert_eq!(ec.clone().with_algorithm(ES256).unwrap().algorithm(), Some("ES256"));
        let public = ec.public_jwk().unwrap();
        for other in [ES384, RS256, PS256, HS256, Algorithm::ES512, Algorithm::ES256K, Algorithm::ML_DSA_44] {
            let mismatch = KeyError::Mismatch { algorithm: other.name(), key: "an EC key on P-256" };
            assert_eq!(ec.clone().with_algorithm(other).unwrap_err(), mismatch);
            assert_eq!(public.clone().with_algorithm(other).unwrap_err(), mismatch);
            let said = public.to_json().replace("\"ES256\"", &format!("\"{other}\""));
            assert_eq!(Jwk::from_json(&said).unwrap_err(), mismatch, "whether this build has {other} or not");
        }
        let secret = PrivateJwk::generate(HS256).unwrap();
        assert_eq!(secret.clone().with_algorithm(HS512).unwrap().algorithm(), Some("HS512"));
        for other in [RS256, Algorithm::ES512] {
            assert!(secret.clone().with_algorithm(other).is_err());
        }
    }

    #[test]
    fn a_private_key_says_what_it_is_for() {
        let json = PrivateJwk::generate(ES256).unwrap().expose_json();
        let json = json.replacen('{', "{\"use\":\"sig\",\"key_ops\":[\"sign\"],\"x5u\":\"https://example.com/\",", 1);
        let key = PrivateJwk::from_json(&json).unwrap();
        assert_eq!((key.public_key_use(), key.key_operations()), (Some("sig"), Some(&["sign".to_owned()][..])));
        assert_eq!(key.remarks(), [KeyRemark::X5uNotFollowed]);
        assert_eq!(key.public_jwk().unwrap().key_operations(), Some(&["verify".to_owned()][..]));
    }
}
