mod builder;
mod claims;

pub use builder::AccessTokenBuilder;

use carnet_core::{Header, Quoted, media_type};
use carnet_jwk::{IntoKeySource, KeySource, LocalKeys, VerifyingKeys};
use carnet_jwt::{ClaimsError, Registered, Rejection, Scope, Verified, Verifier, VerifyError};
use claims::AccessClaims;
use core::fmt;
use serde::de::DeserializeOwned;

/// Verifies access tokens for an API: JSON Web Tokens as [RFC 9068](https://www.rfc-editor.org/rfc/rfc9068) has them.
///
/// **Checked**, besides what a [`Verifier`] checks: `typ` is `at+jwt` (or `application/at+jwt`); `iss`, `exp`, `aud`, `sub`, `client_id`, `iat` and `jti` are there; issuer and
/// audience are those named; and none of the claims of an ID token or a logout token is there (`nonce`, `at_hash`, `c_hash`, `events`). [`AccessTokenBuilder::lenient`] is for issuers that follow the RFC in
/// part.
///
/// **A token that is bound to its sender** (`cnf`: to a key by DPoP, to a certificate by mutual TLS) is refused: whoever has got hold of it could present it, which is what binding it
/// is to prevent ([RFC 9449 §7.2](https://www.rfc-editor.org/rfc/rfc9449#section-7.2)).
///
/// **Not checked**: whether the token was revoked, whether its scopes are enough ([`scope`](AccessTokenBuilder::scope) requires some for all requests), and what the subject may do.
///
/// ```
/// # use carnet_jwa::Algorithm::HS256;
/// # use carnet_jwk::{Secret, SigningKey, VerifyingKey};
/// use carnet_jwt::Token;
/// use carnet_oauth::AccessTokenVerifier;
/// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
/// # let (signing, keys) = (SigningKey::from_secret(HS256, &secret)?, VerifyingKey::from_secret(HS256, &secret)?);
/// let verifier = AccessTokenVerifier::builder(keys, "https://auth.example.com/", "https://api.example.com/").build()?;
///
/// let token = Token::builder()
///     .typ("at+jwt")
///     .issuer("https://auth.example.com/")
///     .audience("https://api.example.com/")
///     .subject("user-1")
///     .expires_in(core::time::Duration::from_secs(600))
///     .random_id()
///     .claims(&serde_json::json!({"client_id": "web", "scope": "orders:read orders:write"}))
///     .sign(&signing)?;
/// let token = verifier.verify(&token)?;
/// assert_eq!((token.subject(), token.client_id()), (Some("user-1"), Some("web")));
/// assert!(token.has_scope("orders:read"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AccessTokenVerifier<K = VerifyingKeys> {
    verifier: Verifier<K>,
}

impl AccessTokenVerifier<()> {
    /// A policy for the access tokens of this issuer that are for this audience: this API.
    pub fn builder<I: IntoKeySource>(
        keys: I,
        issuer: impl Into<String>,
        audience: impl Into<String>,
    ) -> AccessTokenBuilder<I::Source> {
        AccessTokenBuilder::new(keys, issuer.into(), audience.into())
    }
}

impl<K: LocalKeys> AccessTokenVerifier<K> {
    /// Verifies an access token.
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub fn verify(&self, token: &str) -> Result<AccessToken, VerifyError> {
        self.verifier.verify_with(token, is_access_token).map(AccessToken)
    }
}

impl<K: KeySource> AccessTokenVerifier<K> {
    /// Verifies an access token with keys of any source; see [`Verifier::verify_async`].
    ///
    /// # Errors
    /// As [`Verifier::verify_async`].
    pub async fn verify_async(&self, token: &str) -> Result<AccessToken, VerifyError> {
        self.verifier.verify_with_async(token, is_access_token).await.map(AccessToken)
    }
}

/// Something must say that it is an access token: its `typ`, or, of a lenient policy, a claim that no ID token has.
fn is_access_token(claims: &AccessClaims, _: Registered<'_>, header: Header<'_>) -> Vec<Rejection> {
    let says_so = header.typ().is_some_and(|typ| media_type::matches(typ, "at+jwt")) || claims.has_mark();
    if says_so { Vec::new() } else { vec![Rejection::ClaimMissing { claim: Quoted::new("client_id") }] }
}

/// An access token that passed every check. The only way to one is an [`AccessTokenVerifier`]. `Debug` shows no claims.
#[derive(Clone)]
pub struct AccessToken(Verified<AccessClaims>);

impl AccessToken {
    /// `sub`: on whose behalf the request is made; of a client that acts for itself, the client.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.registered().subject()
    }

    /// `client_id`: the client that got the token. Of a lenient policy, where there is none, `azp`, `appid` or `cid`, which others write in its place.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        let AccessClaims { client_id, authorized_party, application_id, cid, .. } = self.0.claims();
        [client_id, authorized_party, application_id, cid].into_iter().find_map(Option::as_deref)
    }

    /// Whether exactly this scope is granted.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|own| own == scope)
    }

    /// The scopes that are granted: those of `scope`, and of `scp`, which some issuers write in its place.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let AccessClaims { scope, scp, .. } = self.0.claims();
        let words = scope.iter().flat_map(|scope| scope.split(' ')).filter(|word| !word.is_empty());
        words.chain(scp.iter().flat_map(Scope::iter))
    }

    /// `acr`: how the subject was authenticated ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)).
    #[must_use]
    pub fn authentication_context(&self) -> Option<&str> {
        self.0.claims().authentication_context.as_deref()
    }

    /// `auth_time`: when the subject was authenticated, in seconds since 1970-01-01T00:00:00Z.
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

    /// The claims as a type of your own.
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

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("header", &self.header()).finish_non_exhaustive()
    }
}
