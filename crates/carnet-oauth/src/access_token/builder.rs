use super::AccessTokenVerifier;
use carnet_jwa::Algorithm;
use carnet_jwk::{IntoKeySource, KeySource};
use carnet_jwt::{Decided, PolicyError, Untyped, Verifier, VerifierBuilder};
use core::fmt;
use core::time::Duration;

/// What every access token has ([RFC 9068 §2.2](https://www.rfc-editor.org/rfc/rfc9068#section-2.2)). `iss`, `aud` and `exp` are required anyway.
const REQUIRED: [&str; 4] = ["sub", "client_id", "iat", "jti"];

/// What makes an ID token, or a logout token: no access token has them.
const FORBIDDEN: [&str; 4] = ["nonce", "at_hash", "c_hash", "events"];

/// Builds an [`AccessTokenVerifier`].
#[must_use]
pub struct AccessTokenBuilder<K> {
    builder: VerifierBuilder<K, Decided, Decided, Untyped>,
    lenient: bool,
}

impl<K: KeySource> AccessTokenBuilder<K> {
    pub(super) fn new<I: IntoKeySource<Source = K>>(keys: I, issuer: String, audience: String) -> Self {
        Self { builder: Verifier::builder(keys).issuer(issuer).audience(audience), lenient: false }
    }

    /// Takes tokens of issuers that do not follow RFC 9068 in all: `typ` may be absent or `JWT` too, and `sub`, `client_id`, `iat` and `jti` may be missing. Issuer,
    /// audience and expiry are never given up, nor is what keeps ID tokens out: another `typ`, and the claims that only those have.
    ///
    /// # Security
    /// An ID token without `nonce` and `at_hash` whose `aud` is this API is then taken for an access token. That does not happen where clients and APIs have names of
    /// their own.
    pub const fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// Allows only these algorithms; see [`VerifierBuilder::algorithms`].
    pub fn algorithms(self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.policy(|policy| policy.algorithms(algorithms))
    }

    /// How far clocks may differ; see [`VerifierBuilder::leeway`].
    pub fn leeway(self, leeway: Duration) -> Self {
        self.policy(|policy| policy.leeway(leeway))
    }

    /// Requires every token to grant this scope; see [`VerifierBuilder::scope`].
    pub fn scope(self, scope: impl Into<String>) -> Self {
        self.policy(|policy| policy.scope(scope))
    }

    /// Whatever else a policy can ask: `.policy(|policy| policy.max_lifetime(…).signature_cache(…))`. A clock is set so, too.
    pub fn policy(
        mut self,
        adds: impl FnOnce(VerifierBuilder<K, Decided, Decided, Untyped>) -> VerifierBuilder<K, Decided, Decided, Untyped>,
    ) -> Self {
        self.builder = adds(self.builder);
        self
    }

    /// Ends the policy.
    ///
    /// # Errors
    /// As [`VerifierBuilder::build`].
    pub fn build(self) -> Result<AccessTokenVerifier<K>, PolicyError> {
        // Whatever `policy` has said of them.
        let builder = self.builder.forbidden_claims(FORBIDDEN).required_claims(["exp"]);
        let builder = match self.lenient {
            true => builder.optional_types(["at+jwt", "JWT"]),
            false => builder.typ("at+jwt").required_claims(REQUIRED),
        };
        Ok(AccessTokenVerifier { verifier: builder.build()? })
    }
}

impl<K> fmt::Debug for AccessTokenBuilder<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTokenBuilder").field("builder", &self.builder).finish_non_exhaustive()
    }
}
