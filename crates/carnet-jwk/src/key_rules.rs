use carnet_jwa::Algorithm;

/// How keys that leave something open become verifying keys.
///
/// ```
/// # if !carnet_jwa::Algorithm::ES256.is_available() { return Ok(()); }
/// use carnet_jwa::Algorithm;
/// use carnet_jwk::{JwkSet, KeyRules};
/// let set = JwkSet::from_json(r#"{"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]}"#)?;
/// assert_eq!(set.verifying_keys().len(), 0); // a shared secret is used only where asked for by name
/// assert_eq!(set.verifying_keys_with(&KeyRules::new().symmetric(Algorithm::HS256)).len(), 1);
/// # Ok::<(), carnet_jwk::KeyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRules {
    pub(crate) rsa: Algorithm,
    pub(crate) symmetric: Vec<Algorithm>,
}

impl KeyRules {
    /// RSA keys without `alg` are for RS256; shared secrets are not used.
    #[must_use]
    pub const fn new() -> Self {
        Self { rsa: Algorithm::RS256, symmetric: Vec::new() }
    }

    /// Binds RSA keys without `alg` to another RSA algorithm. With an algorithm of another family they fit nothing and are skipped.
    #[must_use]
    pub const fn rsa_without_alg(mut self, algorithm: Algorithm) -> Self {
        self.rsa = algorithm;
        self
    }

    /// Admits the shared secrets (`oct`) of a set for one HMAC algorithm: those whose `alg` names it, and, for the first algorithm named here,
    /// those without `alg`.
    #[must_use]
    pub fn symmetric(mut self, algorithm: Algorithm) -> Self {
        self.symmetric.push(algorithm);
        self
    }
}

impl Default for KeyRules {
    fn default() -> Self {
        Self::new()
    }
}
