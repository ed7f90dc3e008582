use crate::certificate;
use crate::container;
use crate::fields;
use crate::key_remark::KeyRemark;
use crate::parameters::{Parameters, check_key_id};
use crate::thumbprint::Thumbprint;
use carnet_core::header::PRIVATE_KEY_MEMBERS;
use carnet_core::json::{Duplicates, Object, Writer};
use carnet_core::limits::{Limits, MAX_KEY_OCTETS};
use carnet_core::{Quoted, base64url};
use carnet_jwa::{Algorithm, Hash, KeyError, KeyKind, PublicKey};
use core::fmt;
use serde::{Serialize, Serializer};

/// A public key as a JSON Web Key ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)): RSA, EC, Ed25519 or ML-DSA.
///
/// It can hold no private key, so what is made of `Jwk`s can be published. Reading checks strict JSON, that points are on their
/// curves, sizes, the form of every number, and that the first certificate in `x5c` holds the same key. It does not check who signed the
/// certificates or whether they are in force, and it never follows `x5u`.
///
/// ```
/// # if !carnet_jwa::Algorithm::ES256.is_available() { return Ok(()); }
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
        let kind = kind(object)?;
        let mut members = Vec::new();
        for &member in kind.public_members() {
            members.push(fields::octets(object, member)?);
        }
        let key = PublicKey::new(kind, members)?;
        let own =
            [kind.public_members(), kind.private_members(), &[kind.variant().map_or("kty", |(name, _)| name), "x5c"]];
        let mut parameters = Parameters::read(object, &own.concat())?;
        parameters.check_fits(|algorithm| key.fits(algorithm), kind.description())?;
        parameters.certificates = certificate::chain(object, &key)?;
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

    /// Takes the public key of an X.509 certificate in PEM, and keeps the certificate as its `x5c`.
    ///
    /// # Errors
    /// [`KeyError`] when it is no certificate, or its key cannot be used.
    ///
    /// # Security
    /// Nothing else of the certificate is checked: not who signed it, not whether it is in force, not what it is for.
    pub fn from_x509_pem(pem: &str) -> Result<Self, KeyError> {
        Self::from_x509_der(&container::certificate_from_pem(pem)?)
    }

    /// Takes the public key of an X.509 certificate in DER; see [`from_x509_pem`](Self::from_x509_pem).
    ///
    /// # Errors
    /// As there.
    pub fn from_x509_der(der: &[u8]) -> Result<Self, KeyError> {
        let mut jwk = Self::from(certificate::key_of(der)?);
        jwk.parameters.certificates = vec![der.to_vec()];
        Ok(jwk)
    }

    /// Writes the key as DER: SPKI ([RFC 5280 §4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1)).
    ///
    /// # Errors
    /// [`KeyError::Encoding`], which no checked key causes.
    pub fn to_der(&self) -> Result<Vec<u8>, KeyError> {
        container::public_to_der(&self.key)
    }

    /// Writes the key as PEM: `PUBLIC KEY` (SPKI).
    ///
    /// # Errors
    /// [`KeyError::Encoding`], which no checked key causes.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        container::to_pem("PUBLIC KEY", &self.to_der()?)
    }

    /// Writes an RSA key as PKCS#1 DER ([RFC 8017 appendix A.1.1](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.1)).
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] for a key of another kind.
    pub fn to_pkcs1_der(&self) -> Result<Vec<u8>, KeyError> {
        container::only("RSA", self.key.kind())?;
        self.key.to_der()
    }

    /// Writes an RSA key as PKCS#1 PEM: `RSA PUBLIC KEY`.
    ///
    /// # Errors
    /// As [`to_pkcs1_der`](Self::to_pkcs1_der).
    pub fn to_pkcs1_pem(&self) -> Result<String, KeyError> {
        container::to_pem("RSA PUBLIC KEY", &self.to_pkcs1_der()?)
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
        self.parameters.write(Some(self.key.kind()), writer);
    }

    /// `kty` and the public members, in the order RFC 7638 §3.3 asks for.
    pub(crate) fn key_members(&self, mut each: impl FnMut(&'static str, &str)) {
        let kind = self.key.kind();
        let mut members: Vec<_> = self.key.members().map(|(name, octets)| (name, base64url::encode(octets))).collect();
        members.push(("kty", kind.key_type().to_owned()));
        members.extend(kind.variant().map(|(name, value)| (name, value.to_owned())));
        members.sort_unstable_by_key(|(name, _)| *name);
        for (name, value) in &members {
            each(name, value);
        }
    }

    /// The SHA-256 thumbprint ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)).
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        self.thumbprint_with(Hash::Sha256)
    }

    /// The thumbprint with another hash. One key has one thumbprint for each; those who compare must use the same.
    #[must_use]
    pub fn thumbprint_with(&self, hash: Hash) -> Thumbprint {
        let mut writer = Writer::with_capacity(512);
        self.key_members(|name, value| writer.string(name, value));
        Thumbprint::of(hash, &writer.finish())
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

    /// The certificates of `x5c` in DER, the key's own first. That the first holds this key was checked, and nothing else of them.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.parameters.certificates
    }

    /// What is odd about the key and does not keep it from being used.
    #[must_use]
    pub fn remarks(&self) -> Vec<KeyRemark> {
        KeyRemark::of(&self.parameters)
    }

    /// Another member, as JSON: `x5t`, `x5u` and those of no specification here.
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

    /// The same key, with `Ed25519` (RFC 9864) instead of `EdDSA` in its `alg`. No other algorithm has two
    /// spellings.
    #[must_use]
    pub fn with_fully_specified_name(mut self) -> Self {
        self.parameters.fully_specify();
        self
    }

    /// The same key with its thumbprint as `kid`.
    #[must_use]
    pub fn with_thumbprint_key_id(mut self) -> Self {
        self.parameters.key_id = Some(self.thumbprint().to_string());
        self
    }

    /// The same key for this algorithm alone: with this `alg`, whatever it had before.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] for an algorithm that takes keys of another kind.
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Result<Self, KeyError> {
        self.parameters.algorithm = Some(algorithm.name().to_owned());
        self.parameters.check_fits(|algorithm| self.key.fits(algorithm), self.key.kind().description())?;
        Ok(self)
    }
}

impl From<PublicKey> for Jwk {
    fn from(key: PublicKey) -> Self {
        Self { parameters: Parameters::of_kind(key.kind()), key }
    }
}

/// As [`to_json`](Self::to_json) writes it: a public key may be shown to anybody, in a header (`jwk`) or in an answer.
impl Serialize for Jwk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: serde_json::Value = serde_json::from_str(&self.to_json()).map_err(serde::ser::Error::custom)?;
        value.serialize(serializer)
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

/// The kind of key that `kty` and, where it needs one, a second member name.
pub(crate) fn kind(object: &Object<'_>) -> Result<KeyKind, KeyError> {
    let key_type = fields::required(object, "kty")?;
    let unsupported = |what: &str, reason| KeyError::Unsupported { what: Quoted::new(what), reason };
    if key_type == "oct" {
        return Err(unsupported(
            "oct",
            "it is a shared secret and has no public half; read it with PrivateJwk::from_json",
        ));
    }
    let mut known = false;
    for kind in Algorithm::key_kinds().filter(|kind| kind.key_type() == key_type) {
        match kind.variant() {
            None => return Ok(kind),
            Some((name, value)) if fields::required(object, name)? == value => return Ok(kind),
            Some(_) => known = true,
        }
    }
    let name = match &*key_type {
        "EC" | "OKP" => fields::required(object, "crv")?,
        "AKP" if known => fields::required(object, "alg")?,
        _ => key_type.clone(),
    };
    Err(unsupported(&name, why_not(&name)))
}

/// Why there is no kind of this name.
pub(crate) fn why_not(name: &str) -> &'static str {
    let any = Algorithm::key_kinds().next().is_some();
    match name {
        "P-521" | "secp256k1" | "AKP" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" if any => {
            "ring does not have it; turn on carnet's feature aws-lc-rs"
        }
        "Ed448" | "X448" => "no backend has it; use Ed25519",
        "X25519" => "it agrees on keys and does not sign; use Ed25519",
        _ if !any => "this build has no backend; turn on carnet's feature ring or aws-lc-rs",
        _ => {
            "the supported kinds are RSA, EC (P-256, P-384; with aws-lc-rs also P-521, secp256k1), OKP (Ed25519), with aws-lc-rs AKP (ML-DSA), and oct"
        }
    }
}
