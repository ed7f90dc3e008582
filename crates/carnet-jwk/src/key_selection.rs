use crate::jwk::Jwk;
use crate::x509_digest::stated;
use carnet_core::base64url;
use carnet_jwa::Algorithm;
use sha2::{Digest, Sha256};

/// A description of keys in a set, for [`JwkSet::select`](crate::JwkSet::select). What is not named does not matter.
///
/// Verifiers choose keys by themselves; this is for programs that look for one.
///
/// ```
/// # if !carnet_jwa::Algorithm::ES256.is_available() { return Ok(()); }
/// use carnet_jwk::{JwkSet, KeySelection};
/// let set = JwkSet::from_json(r#"{"keys":[
///     {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a","use":"sig"}
/// ]}"#)?;
/// let selection = KeySelection::new().key_type("OKP").curve("Ed25519").public_key_use("sig");
/// assert_eq!(set.select(&selection).next().and_then(|jwk| jwk.key_id()), Some("a"));
/// assert_eq!(set.select(&KeySelection::new().key_id("b")).count(), 0);
/// # Ok::<(), carnet_jwk::KeyError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeySelection<'a> {
    key_id: Option<&'a str>,
    algorithm: Option<Algorithm>,
    key_type: Option<&'a str>,
    curve: Option<&'a str>,
    public_key_use: Option<&'a str>,
    key_operation: Option<&'a str>,
    x509_thumbprint: Option<&'a str>,
}

impl<'a> KeySelection<'a> {
    /// Describes every key.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keys with this `kid`.
    #[must_use]
    pub const fn key_id(mut self, key_id: &'a str) -> Self {
        self.key_id = Some(key_id);
        self
    }

    /// Keys that can be used with this algorithm and whose `alg`, if any, names it.
    #[must_use]
    pub const fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// Keys of this `kty`.
    #[must_use]
    pub const fn key_type(mut self, key_type: &'a str) -> Self {
        self.key_type = Some(key_type);
        self
    }

    /// Keys of this `crv`.
    #[must_use]
    pub const fn curve(mut self, curve: &'a str) -> Self {
        self.curve = Some(curve);
        self
    }

    /// Keys whose `use`, if any, is this.
    #[must_use]
    pub const fn public_key_use(mut self, public_key_use: &'a str) -> Self {
        self.public_key_use = Some(public_key_use);
        self
    }

    /// Keys whose `key_ops`, if any, has this.
    #[must_use]
    pub const fn key_operation(mut self, key_operation: &'a str) -> Self {
        self.key_operation = Some(key_operation);
        self
    }

    /// Keys whose certificate has this SHA-256 digest, in base64url: computed from `x5c`, or as `x5t#S256` states it where there is no certificate.
    #[must_use]
    pub const fn x509_thumbprint(mut self, x509_thumbprint: &'a str) -> Self {
        self.x509_thumbprint = Some(x509_thumbprint);
        self
    }

    pub(crate) const fn wanted_key_id(&self) -> Option<&'a str> {
        self.key_id
    }

    pub(crate) fn describes(&self, jwk: &Jwk) -> bool {
        let kind = jwk.key.kind();
        let curve = kind.variant().filter(|(name, _)| *name == "crv").map(|(_, curve)| curve);
        let named = |algorithm: Algorithm| jwk.algorithm().is_none_or(|own| algorithm.is_named(own));
        let has = |operation: &str| jwk.key_operations().is_none_or(|own| own.iter().any(|own| own == operation));
        self.key_id.is_none_or(|wanted| jwk.key_id() == Some(wanted))
            && self.algorithm.is_none_or(|wanted| jwk.key.fits(wanted) && named(wanted))
            && self.key_type.is_none_or(|wanted| kind.key_type() == wanted)
            && self.curve.is_none_or(|wanted| curve == Some(wanted))
            && self.public_key_use.is_none_or(|wanted| jwk.public_key_use().is_none_or(|own| own == wanted))
            && self.key_operation.is_none_or(has)
            && self.x509_thumbprint.is_none_or(|wanted| has_thumbprint(jwk, wanted))
    }
}

fn has_thumbprint(jwk: &Jwk, wanted: &str) -> bool {
    // What the certificate says goes before what somebody says of it.
    let digest = match jwk.certificates().first() {
        Some(leaf) => Some(Sha256::digest(leaf).to_vec()),
        None => stated(&jwk.parameters, "x5t#S256", 32).and_then(Result::ok),
    };
    digest.is_some_and(|digest| base64url::encode(&digest) == wanted)
}
