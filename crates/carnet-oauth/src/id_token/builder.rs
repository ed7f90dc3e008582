use super::{ClientRules, IdTokenVerifier};
use carnet_jwa::Algorithm;
use carnet_jwk::{IntoKeySource, KeySource};
use carnet_jwt::{PolicyError, Undecided, Untyped, Verifier, VerifierBuilder};
use core::fmt;
use core::time::Duration;

/// What every ID token has ([OpenID Connect Core §2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)). `iss` and `aud` are required anyway.
const REQUIRED: [&str; 3] = ["sub", "exp", "iat"];

/// What makes an access token or a logout token: no ID token has them.
const FORBIDDEN: [&str; 8] = ["scope", "scp", "client_id", "cid", "appid", "azpacr", "gty", "events"];

/// Builds an [`IdTokenVerifier`].
#[must_use]
pub struct IdTokenBuilder<K> {
    builder: VerifierBuilder<K, Undecided, Undecided, Untyped>,
    issuer: String,
    rules: ClientRules,
}

impl<K: KeySource> IdTokenBuilder<K> {
    pub(super) fn new<I: IntoKeySource<Source = K>>(keys: I, issuer: String, client_id: String) -> Self {
        let rules = ClientRules { client_id, trusted_audiences: Vec::new(), authorized_parties: Vec::new() };
        Self { builder: Verifier::builder(keys), issuer, rules }
    }

    /// Lets `azp` be one of these clients too: a mobile application that logged the user in for this one, say.
    pub fn authorized_parties<S: Into<String>>(mut self, parties: impl IntoIterator<Item = S>) -> Self {
        self.rules.authorized_parties.extend(parties.into_iter().map(Into::into));
        self
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

    /// What else a policy can ask: `.policy(|policy| policy.signature_cache(…))`. A clock is set so, too. `max_age` here is that of `iat`; how long ago the user was authenticated is
    /// [`IdTokenExpectations::max_age`](crate::IdTokenExpectations::max_age). Issuer, audience, expiry, `typ` and the claims that are required and forbidden are settled
    /// afterwards, and stay as they are.
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
    pub fn build(self) -> Result<IdTokenVerifier<K>, PolicyError> {
        let builder = self.builder.issuer(self.issuer).audience(self.rules.client_id.clone());
        let builder = builder.optional_types(["JWT"]).required_claims(REQUIRED).forbidden_claims(FORBIDDEN);
        let builder = builder.optional_claim_one_of("token_use", ["id"]).optional_claim_one_of("typ", ["ID"]);
        Ok(IdTokenVerifier { verifier: builder.build()?, rules: self.rules })
    }
}

impl<K> fmt::Debug for IdTokenBuilder<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdTokenBuilder").field("builder", &self.builder).finish_non_exhaustive()
    }
}
