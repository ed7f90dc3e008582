use crate::container;
use crate::fields;
use crate::parameters::{Parameters, check_key_id};
use crate::thumbprint::Thumbprint;
use carnet_core::header::PRIVATE_KEY_MEMBERS;
use carnet_core::json::{Duplicates, Object, Writer};
use carnet_core::limits::{Limits, MAX_KEY_OCTETS};
use carnet_core::{Quoted, base64url};
use carnet_jwa::Curve;
use carnet_jwa::ec::EcPublicKey;
use carnet_jwa::ed25519::Ed25519PublicKey;
use carnet_jwa::rsa::RsaPublicKey;
use carnet_jwa::{KeyError, PublicKey};
use core::fmt;

/// A public key as a JSON Web Key ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)): RSA, P-256, P-384 or Ed25519.
///
/// It can hold no private key, so what is made of `Jwk`s can be published. Reading checks strict JSON, that points are on their
/// curves, sizes, and the form of every number; it does not check certificates in `x5c`, which are kept as they are.
///
/// ```
/// use carnet_jwk::Jwk;
/// // RFC 8037 appendix A.2 and A.3
/// let jwk = Jwk::from_json(r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#)?;
/// assert_eq!(jwk.thumbprint().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
/// # Ok::<(), carnet_jwk::KeyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Jwk {
    pub(crate) key: PublicKey,
    pub(crate) parameters: Parameters,
}

impl Jwk {
    /// Reads a public JWK.
    ///
    /// # Errors
    /// [`KeyError`]: not strict JSON, longer than 64 KiB, a type of key that is not supported, a private or symmetric key, a member
    /// missing or against its rule, a key that is too weak, an `alg` that does not fit the key.
    pub fn from_json(json: &str) -> Result<Self, KeyError> {
        let object = scan(json, Limits::default().json_depth)?;
        if let Some(member) = PRIVATE_KEY_MEMBERS.iter().find(|member| object.member(member).is_some()) {
            return Err(KeyError::invalid(
                member,
                "makes this a private or symmetric key: read it with PrivateJwk::from_json, and publish only its public half",
            ));
        }
        Self::from_object(&object)
    }

    /// Reads the public members of any asymmetric JWK.
    pub(crate) fn from_object(object: &Object<'_>) -> Result<Self, KeyError> {
        let (key, own): (_, &[&str]) = match &*fields::required(object, "kty")? {
            "RSA" => {
                let key = RsaPublicKey::from_components(&fields::octets(object, "n")?, &fields::octets(object, "e")?)?;
                (PublicKey::Rsa(key), &["n", "e", "d", "p", "q", "dp", "dq", "qi"])
            }
            "EC" => {
                let name = fields::required(object, "crv")?;
                let curve = Curve::from_name(&name).ok_or_else(|| unsupported_curve(&name))?;
                let key =
                    EcPublicKey::from_coordinates(curve, &fields::octets(object, "x")?, &fields::octets(object, "y")?)?;
                (PublicKey::Ec(key), &["crv", "x", "y", "d"])
            }
            "OKP" => {
                let name = fields::required(object, "crv")?;
                if name != "Ed25519" {
                    return Err(unsupported_curve(&name));
                }
                let key = Ed25519PublicKey::from_octets(&fields::octets(object, "x")?)?;
                (PublicKey::Ed25519(key), &["crv", "x", "d"])
            }
            "oct" => {
                return Err(KeyError::Unsupported {
                    what: Quoted::new("oct"),
                    reason: "it is a shared secret and has no public half; read it with PrivateJwk::from_json",
                });
            }
            other => {
                return Err(KeyError::Unsupported {
                    what: Quoted::new(other),
                    reason: "the supported values of \"kty\" are RSA, EC, OKP and oct",
                });
            }
        };
        let parameters = Parameters::read(object, own)?;
        parameters.check_fits(|algorithm| key.fits(algorithm), key.description())?;
        Ok(Self { key, parameters })
    }

    /// Reads a public key from PEM: `PUBLIC KEY` (SPKI) or `RSA PUBLIC KEY` (PKCS#1).
    ///
    /// # Errors
    /// [`KeyError`]; a private key, a certificate and other files are refused with a sentence that says what to do.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        container::public_from_pem(pem).map(Self::from)
    }

    /// Reads a public key from DER: SPKI or PKCS#1.
    ///
    /// # Errors
    /// [`KeyError::Encoding`] for anything else, a private key included; [`KeyError::Unsupported`], [`KeyError::Weak`] and
    /// [`KeyError::InvalidMember`] as in [`from_json`](Self::from_json); [`KeyError::TooLarge`] above 64 KiB.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        container::public_from_der(der).map(Self::from)
    }

    /// Writes the JWK: `kty`, the parameters, the members of the key, and those that were read and mean nothing here.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut writer = Writer::with_capacity(1024);
        self.write(&mut writer);
        writer.finish()
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        self.key_members(|name, value| writer.string(name, value));
        self.parameters.write(writer);
    }

    /// `kty` and the public members, in the order RFC 7638 §3.3 asks for.
    pub(crate) fn key_members(&self, mut each: impl FnMut(&'static str, &str)) {
        match &self.key {
            PublicKey::Rsa(key) => {
                each("e", &base64url::encode(key.exponent()));
                each("kty", "RSA");
                each("n", &base64url::encode(key.modulus()));
            }
            PublicKey::Ec(key) => {
                each("crv", key.curve().name());
                each("kty", "EC");
                each("x", &base64url::encode(key.x()));
                each("y", &base64url::encode(key.y()));
            }
            PublicKey::Ed25519(key) => {
                each("crv", "Ed25519");
                each("kty", "OKP");
                each("x", &base64url::encode(key.octets()));
            }
        }
    }

    /// The SHA-256 thumbprint ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)).
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let mut writer = Writer::with_capacity(512);
        self.key_members(|name, value| writer.string(name, value));
        Thumbprint::of(&writer.finish())
    }

    /// The key itself.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.key
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

    /// `key_ops`.
    #[must_use]
    pub fn key_operations(&self) -> Option<&[String]> {
        self.parameters.operations.as_deref()
    }

    /// Another member, as JSON.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.other(name)
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

    /// The same key with its thumbprint as `kid`.
    #[must_use]
    pub fn with_thumbprint_key_id(mut self) -> Self {
        self.parameters.key_id = Some(self.thumbprint().to_string());
        self
    }
}

impl From<PublicKey> for Jwk {
    fn from(key: PublicKey) -> Self {
        Self { key, parameters: Parameters::default() }
    }
}

impl fmt::Debug for Jwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwk")
            .field("key", &self.key)
            .field("kid", &self.key_id().map(Quoted::new))
            .field("alg", &self.algorithm().map(Quoted::new))
            .finish_non_exhaustive()
    }
}

/// Scans a JWK of bounded size.
pub(crate) fn scan(json: &str, depth: usize) -> Result<Object<'_>, KeyError> {
    if json.len() > MAX_KEY_OCTETS {
        return Err(KeyError::TooLarge { limit: MAX_KEY_OCTETS });
    }
    let object = Object::scan(json, depth, Duplicates::RefusedEverywhere)?;
    if object.member("kty").is_none() && object.member("keys").is_some() {
        return Err(KeyError::invalid("keys", "makes this a JWK Set: read it with JwkSet::from_json"));
    }
    Ok(object)
}

fn unsupported_curve(name: &str) -> KeyError {
    KeyError::Unsupported {
        what: Quoted::new(name),
        reason: match name {
            "P-521" => "ring has no P-521; use P-256 or P-384",
            "secp256k1" => "ring has no secp256k1; use P-256 or P-384",
            "Ed448" | "X448" => "no backend has it; use Ed25519",
            "X25519" => "it agrees on keys and does not sign; use Ed25519",
            _ => "the supported curves are P-256, P-384 and Ed25519",
        },
    }
}
