use super::{AccessTokenVerifier, Profile};
use carnet_jwa::Algorithm;
use carnet_jwk::{IntoKeySource, KeySource};
use carnet_jwt::{PolicyError, Undecided, Untyped, Verifier, VerifierBuilder};
use core::fmt;
use core::time::Duration;

/// What every access token has ([RFC 9068 §2.2](https://www.rfc-editor.org/rfc/rfc9068#section-2.2)). `iss`, `aud` and `exp` are required anyway.
const REQUIRED: [&str; 4] = ["sub", "client_id", "iat", "jti"];

/// What makes an ID token or a logout token: none that is taken here has them.
pub(super) const FORBIDDEN: [&str; 4] = ["nonce", "at_hash", "c_hash", "events"];

/// Builds an [`AccessTokenVerifier`].
#[must_use]
pub struct AccessTokenBuilder<K> {
    builder: VerifierBuilder<K, Undecided, Undecided, Untyped>,
    issuer: String,
    audience: String,
    lenient: bool,
}

impl<K: KeySource> AccessTokenBuilder<K> {
    pub(super) fn new<I: IntoKeySource<Source = K>>(keys: I, issuer: String, audience: String) -> Self {
        Self { builder: Verifier::builder(keys), issuer, audience, lenient: false }
    }

    /// Takes tokens of issuers that do not follow RFC 9068 in all: `typ` may be absent or `JWT` too, and `sub`, `client_id`, `iat` and `jti` may be missing. Issuer,
    /// audience and expiry are never given up, nor is what tells it from an ID token: without `typ: at+jwt`, there must be one of the claims that only access tokens
    /// have (`client_id`, `cid`, `appid`, `azpacr`, `gty`, `scope`, `scp`), and `token_use` and the claim `typ`, which some issuers write, must say so where they are there.
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

    /// What else a policy can ask: `.policy(|policy| policy.max_lifetime(…).signature_cache(…))`. A clock is set so, too. Issuer, audience, expiry, `typ` and the claims
    /// that are required and forbidden are settled afterwards, and stay as they are.
    pub fn policy(
        mut self,
        adds: impl FnOnce(
            VerifierBuilder<K, Undecided, Undecided, Untyped>,
        ) -> VerifierBuilder<K, Undecided, Undecided, Untyped>,
    ) -> Self {
        self.builder = adds(self.builder);
        self
    }

    /// Ends the policy.
    ///
    /// # Errors
    /// As [`VerifierBuilder::build`].
    pub fn build(self) -> Result<AccessTokenVerifier<K>, PolicyError> {
        let builder = self.builder.issuer(self.issuer).audience(self.audience);
        let builder = builder.forbidden_claims(FORBIDDEN).required_claims(["exp"]);
        let builder = match self.lenient {
            true => builder
                .optional_types(["at+jwt", "JWT"])
                .optional_claim_one_of("token_use", ["access"])
                .optional_claim_one_of("typ", ["Bearer", "DPoP"]),
            false => builder.typ("at+jwt").required_claims(REQUIRED),
        };
        Ok(AccessTokenVerifier::new(builder.build()?, Profile::Rfc9068))
    }
}

impl<K> fmt::Debug for AccessTokenBuilder<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTokenBuilder").field("builder", &self.builder).finish_non_exhaustive()
    }
}
