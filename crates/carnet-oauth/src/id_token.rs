mod builder;
mod claims;
mod expectations;

pub use builder::IdTokenBuilder;
pub use expectations::IdTokenExpectations;

use carnet_core::Header;
use carnet_jwk::{IntoKeySource, KeySource, LocalKeys, VerifyingKeys};
use carnet_jwt::{ClaimsError, Registered, Rejection, Verified, Verifier, VerifyError};
use claims::IdClaims;
use core::fmt;
use serde::de::DeserializeOwned;

/// Verifies the ID token that a client gets after a login ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).
///
/// **Checked**, besides what a [`Verifier`] checks: `iss`, `sub`, `aud`, `exp` and `iat` are there; the issuer is the one named; `aud` has this client's `client_id`, and no other
/// audience that is not [trusted](IdTokenBuilder::trusted_audiences); `azp` is this client, or [another that may](IdTokenBuilder::authorized_parties), where it is there, and it must be where there
/// are several audiences (which goes beyond errata set 2); and, for each token, what the
/// client [expects](IdTokenExpectations) of it: `nonce`, `at_hash`, `c_hash`, `auth_time`, `acr`. `typ` is `JWT` or absent, and none of the claims of an access token or a logout token is there (`scope`, `scp`,
/// `client_id`, `cid`, `appid`, `azpacr`, `gty`, `events`); `token_use` is `id` and the claim `typ` is `ID`, where some issuers write them.
///
/// **Not checked**: `state` and `s_hash`, which are the client's own; in the hybrid flow, that the token of the token endpoint has the `iss` and `sub` of the first; whether the user may
/// use this client.
///
/// ```
/// # use carnet_jwa::Algorithm::HS256;
/// # use carnet_jwk::{Secret, SigningKey, VerifyingKey};
/// use carnet_jwt::Token;
/// use carnet_oauth::{IdTokenExpectations, IdTokenVerifier};
/// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
/// # let (signing, keys) = (SigningKey::from_secret(HS256, &secret)?, VerifyingKey::from_secret(HS256, &secret)?);
/// let verifier = IdTokenVerifier::builder(keys, "https://auth.example.com/", "my-client").build()?;
///
/// let id_token = Token::builder()
///     .issuer("https://auth.example.com/")
///     .audience("my-client")
///     .subject("user-1")
///     .expires_in(core::time::Duration::from_secs(600))
///     .claims(&serde_json::json!({"nonce": "n-0S6_WzA2Mj"}))
///     .sign(&signing)?;
/// // The nonce that was sent with the login, from the session.
/// let verified = verifier.verify(&id_token, &IdTokenExpectations::nonce("n-0S6_WzA2Mj"))?;
/// assert_eq!(verified.subject(), Some("user-1"));
///
/// let replayed = verifier.verify(&id_token, &IdTokenExpectations::nonce("another-login"));
/// assert_eq!(replayed.unwrap_err().code(), "claim_mismatch");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct IdTokenVerifier<K = VerifyingKeys> {
    verifier: Verifier<K>,
    rules: ClientRules,
}

/// What the verifier knows of its client.
#[derive(Debug, Clone)]
struct ClientRules {
    client_id: String,
    trusted_audiences: Vec<String>,
    authorized_parties: Vec<String>,
}

impl IdTokenVerifier<()> {
    /// A policy for the ID tokens of this issuer that are for this client.
    pub fn builder<I: IntoKeySource>(
        keys: I,
        issuer: impl Into<String>,
        client_id: impl Into<String>,
    ) -> IdTokenBuilder<I::Source> {
        IdTokenBuilder::new(keys, issuer.into(), client_id.into())
    }
}

impl<K> IdTokenVerifier<K> {
    /// What is asked of a token beyond the policy of the verifier.
    fn check<'e>(
        &'e self,
        expectations: &'e IdTokenExpectations,
    ) -> impl Fn(&IdClaims, Registered<'_>, Header<'_>) -> Vec<Rejection> + 'e {
        move |claims, registered, header| {
            let mut rejections = self.rules.check(claims, registered);
            let (now, leeway) = (self.verifier.now(), self.verifier.issued_at_leeway());
            expectations.check(claims, (registered, header), (now, leeway), &mut rejections);
            rejections
        }
    }
}

impl<K: LocalKeys> IdTokenVerifier<K> {
    /// Verifies an ID token, with what is expected of this one.
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub fn verify(&self, token: &str, expectations: &IdTokenExpectations) -> Result<IdToken, VerifyError> {
        self.verifier.verify_with(token, self.check(expectations)).map(IdToken)
    }
}

impl<K: KeySource> IdTokenVerifier<K> {
    /// Verifies an ID token with keys of any source; see [`Verifier::verify_async`].
    ///
    /// # Errors
    /// As [`Verifier::verify_async`].
    pub async fn verify_async(&self, token: &str, expectations: &IdTokenExpectations) -> Result<IdToken, VerifyError> {
        self.verifier.verify_with_async(token, self.check(expectations)).await.map(IdToken)
    }
}

impl ClientRules {
    fn check(&self, claims: &IdClaims, registered: Registered<'_>) -> Vec<Rejection> {
        let mut rejections = Vec::new();
        let is_known = |audience: &str| {
            audience == self.client_id || self.trusted_audiences.iter().any(|trusted| trusted == audience)
        };
        let is_ours = registered.audience().any(|audience| audience == self.client_id);
        // That this client is not among them is said by the policy.
        if is_ours && !registered.audience().all(is_known) {
            rejections.push(Rejection::AudienceMismatch);
        }
        let claim = || "azp".into();
        match claims.authorized_party.as_deref() {
            Some(party) if party != self.client_id && !self.authorized_parties.iter().any(|own| own == party) => {
                rejections.push(Rejection::ClaimMismatch { claim: claim() });
            }
            None if registered.audience().nth(1).is_some() => {
                rejections.push(Rejection::ClaimMissing { claim: claim() });
            }
            _ => {}
        }
        rejections
    }
}

/// An ID token that passed every check. The only way to one is an [`IdTokenVerifier`]. `Debug` shows no claims.
#[derive(Clone)]
pub struct IdToken(Verified<IdClaims>);

impl IdToken {
    /// `sub`: who has logged in. With the issuer, the one name of a user that does not change; an e-mail address may.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.registered().subject()
    }

    /// `acr`: how the user was authenticated.
    #[must_use]
    pub fn authentication_context(&self) -> Option<&str> {
        self.0.claims().authentication_context.as_deref()
    }

    /// `auth_time`: when the user was authenticated, in seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn authenticated_at(&self) -> Option<i64> {
        self.0.claims().authenticated_at.map(|at| at.floor())
    }

    /// The registered claims.
    #[must_use]
    pub fn registered(&self) -> Registered<'_> {
        self.0.registered()
    }

    /// The protected header.
    #[must_use]
    pub fn header(&self) -> Header<'_> {
        self.0.header()
    }

    /// The claims as a type of your own: `name`, `email` and the like.
    ///
    /// # Errors
    /// [`ClaimsError`] when they do not fit it.
    pub fn claims<C: DeserializeOwned>(&self) -> Result<C, ClaimsError> {
        self.0.claims_as()
    }

    /// The claims' JSON, octet for octet what was signed.
    #[must_use]
    pub fn claims_json(&self) -> &str {
        self.0.claims_json()
    }
}

impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdToken").field("header", &self.header()).finish_non_exhaustive()
    }
}
