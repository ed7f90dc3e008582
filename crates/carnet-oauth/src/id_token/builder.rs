use super::{ClientRules, IdTokenVerifier};
use carnet_jwa::Algorithm;
use carnet_jwk::{IntoKeySource, KeySource};
use carnet_jwt::{Decided, PolicyError, Untyped, Verifier, VerifierBuilder};
use core::fmt;
use core::time::Duration;

/// What every ID token has ([OpenID Connect Core §2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)). `iss` and `aud` are required anyway.
const REQUIRED: [&str; 3] = ["sub", "exp", "iat"];

/// What makes an access token, or a logout token: no ID token has them.
const FORBIDDEN: [&str; 4] = ["scope", "scp", "client_id", "events"];

/// Builds an [`IdTokenVerifier`].
#[must_use]
pub struct IdTokenBuilder<K> {
    builder: VerifierBuilder<K, Decided, Decided, Untyped>,
    rules: ClientRules,
}

impl<K: KeySource> IdTokenBuilder<K> {
    pub(super) fn new<I: IntoKeySource<Source = K>>(keys: I, issuer: String, client_id: String) -> Self {
        let builder = Verifier::builder(keys).issuer(issuer).audience(client_id.clone());
        Self { builder, rules: ClientRules { client_id, trusted_audiences: Vec::new() } }
    }

    /// Lets a token be for these audiences besides this client. One that is for any other is refused.
    pub fn trusted_audiences<S: Into<String>>(mut self, audiences: impl IntoIterator<Item = S>) -> Self {
        self.rules.trusted_audiences.extend(audiences.into_iter().map(Into::into));
        self
    }

    /// Allows only these algorithms: that of `id_token_signed_response_alg` of the client's registration, RS256 where there is none. See [`VerifierBuilder::algorithms`].
    pub fn algorithms(self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.policy(|policy| policy.algorithms(algorithms))
    }

    /// How far clocks may differ; see [`VerifierBuilder::leeway`]. For `auth_time`, that for `iat` counts.
    pub fn leeway(self, leeway: Duration) -> Self {
        self.policy(|policy| policy.leeway(leeway))
    }

    /// Whatever else a policy can ask: `.policy(|policy| policy.max_age(…))`. A clock is set so, too.
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
    pub fn build(self) -> Result<IdTokenVerifier<K>, PolicyError> {
        // Whatever `policy` has said of them.
        let builder = self.builder.optional_types(["JWT"]).required_claims(REQUIRED).forbidden_claims(FORBIDDEN);
        Ok(IdTokenVerifier { verifier: builder.build()?, rules: self.rules })
    }
}

impl<K> fmt::Debug for IdTokenBuilder<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdTokenBuilder").field("builder", &self.builder).finish_non_exhaustive()
    }
}
