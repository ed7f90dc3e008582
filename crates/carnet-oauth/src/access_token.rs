mod binding;
mod builder;
mod claims;

pub use builder::AccessTokenBuilder;

use crate::dpop::{DpopError, DpopProof, DpopRequest, DpopVerifier};
use binding::Binding;
use carnet_core::{Header, Quoted, media_type};
use carnet_jwk::{IntoKeySource, KeySource, LocalKeys, VerifyingKeys};
use carnet_jwt::{ClaimsError, Registered, Rejection, RememberingVerifier, Scope, Verified, Verifier, VerifyError};
use claims::AccessClaims;
use core::fmt;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Verifies access tokens for an API: JSON Web Tokens as [RFC 9068](https://www.rfc-editor.org/rfc/rfc9068) has them.
///
/// **Checked**, besides what a [`Verifier`] checks: `typ` is `at+jwt` (or `application/at+jwt`); `iss`, `exp`, `aud`, `sub`, `client_id`, `iat` and `jti` are there; issuer and
/// audience are those named; and none of the claims of an ID token or a logout token is there (`nonce`, `at_hash`, `c_hash`, `events`). [`AccessTokenBuilder::lenient`] is for issuers that follow the RFC in
/// part.
///
/// **A token that is bound to its sender** (`cnf`) is taken by [`verify_dpop_async`](Self::verify_dpop_async) alone, together with the proof of the key that it is bound to. Presented as a bearer token it is
/// refused, whatever it is bound to and in which way: whoever has got hold of it could present it, which is what binding it is to prevent
/// ([RFC 9449 §7.2](https://www.rfc-editor.org/rfc/rfc9449#section-7.2)). [`is_bound_to_sender`] tells that this was the reason. What is bound to a certificate by mutual TLS is always
/// refused.
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
    verifier: RememberingVerifier<AccessClaims, K>,
    profile: Profile,
}

/// Who says what makes an access token.
#[derive(Debug, Clone, Copy)]
enum Profile {
    /// The RFC, and the policy of [`AccessTokenBuilder`].
    Rfc9068,
    /// The caller, with a policy of its own.
    Callers,
}

/// How a token is presented.
#[derive(Debug, Clone, Copy)]
enum Scheme {
    Bearer,
    Dpop,
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

impl<K> AccessTokenVerifier<K> {
    /// A policy of your own, taken as it is, for services that issue their own tokens: of `typ: JWT`, say, or without `client_id`.
    ///
    /// **What makes an access token is then yours to say**: which issuer and audience, which `typ`, which claims. Choose them so that no other token by the same keys passes. Only this
    /// is checked besides: none of the claims of an ID token or a logout token is there (`nonce`, `at_hash`, `c_hash`, `events`), a bearer token has no `cnf`, and the claims that
    /// [`AccessToken`] reads (`client_id`, `scope`, `scp`, `acr`, `auth_time`, `azp`, `appid`, `cid`) are of their types where they are there.
    ///
    /// ```
    /// # use carnet_jwa::Algorithm::HS256;
    /// # use carnet_jwk::{Secret, SigningKey, VerifyingKey};
    /// use carnet_jwt::{Token, Verifier};
    /// use carnet_oauth::AccessTokenVerifier;
    /// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
    /// # let (signing, keys) = (SigningKey::from_secret(HS256, &secret)?, VerifyingKey::from_secret(HS256, &secret)?);
    /// let verifier = Verifier::builder(keys).issuer("shop").audience("shop").typ("JWT").build()?;
    /// let verifier = AccessTokenVerifier::with_policy(verifier);
    ///
    /// let token = Token::builder().issuer("shop").audience("shop").subject("user-1").typ("JWT");
    /// let token = token.expires_in(core::time::Duration::from_secs(600)).sign(&signing)?;
    /// assert_eq!(verifier.verify(&token)?.subject(), Some("user-1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_policy(verifier: Verifier<K>) -> Self {
        Self::new(verifier, Profile::Callers)
    }

    fn new(verifier: Verifier<K>, profile: Profile) -> Self {
        Self { verifier: verifier.remembering(0), profile }
    }

    /// Remembers so many tokens that were accepted, as they were read, for an API to which clients send one token with every request. Times, how a token is presented, and that the keys are those
    /// that verified it are asked again of each, so nothing is accepted that would not be without it; see [`RememberingVerifier`], which also says what it takes of memory. Keep revocation apart: it is asked afterwards.
    ///
    /// ```
    /// # use carnet_jwa::Algorithm::HS256;
    /// # use carnet_jwk::{Secret, VerifyingKey};
    /// use carnet_oauth::AccessTokenVerifier;
    /// # let keys = VerifyingKey::from_secret(HS256, &Secret::from_bytes(b"an example of 32 octets or more.")?)?;
    /// let verifier = AccessTokenVerifier::builder(keys, "https://auth.example.com/", "https://api.example.com/").build()?;
    /// let verifier = verifier.remember_tokens(10_000); // at most; 80 kB, and about 2 kB for each token of 700 octets that has come
    /// # let _ = verifier;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn remember_tokens(self, tokens: usize) -> Self {
        Self { verifier: self.verifier.into_verifier().remembering(tokens), profile: self.profile }
    }

    /// The time by this verifier's clock, in seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.verifier.verifier().now()
    }

    /// What is asked of a token beyond the policy of the verifier.
    fn check(&self, scheme: Scheme) -> impl Fn(&AccessClaims, Header<'_>) -> Vec<Rejection> + use<K> {
        let check = self.check_once(scheme);
        move |claims, header| check(claims, Some(header))
    }

    /// The same; without a header, of a token that was asked the rest before.
    fn check_once(&self, scheme: Scheme) -> impl Fn(&AccessClaims, Option<Header<'_>>) -> Vec<Rejection> + use<K> {
        let profile = self.profile;
        move |claims, header| {
            let mut rejections = match (header, profile) {
                (Some(header), Profile::Rfc9068) => says_what_it_is(claims, header),
                (Some(_), Profile::Callers) => claims.foreign(),
                (None, _) => Vec::new(),
            };
            if matches!(scheme, Scheme::Bearer) && claims.binding != Binding::Absent {
                rejections.push(bound());
            }
            rejections
        }
    }
}

impl<K: LocalKeys> AccessTokenVerifier<K> {
    /// Verifies an access token that came as a bearer token.
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub fn verify(&self, token: &str) -> Result<AccessToken, VerifyError> {
        self.verifier.verify_with(token, self.check(Scheme::Bearer)).map(AccessToken::bearer)
    }
}

impl<K: KeySource> AccessTokenVerifier<K> {
    /// Verifies an access token that came as a bearer token with keys of any source; see [`Verifier::verify_async`].
    ///
    /// # Errors
    /// As [`Verifier::verify_async`].
    pub async fn verify_async(&self, token: &str) -> Result<AccessToken, VerifyError> {
        self.verifier.verify_with_async(token, self.check(Scheme::Bearer)).await.map(AccessToken::bearer)
    }

    /// As [`verify_async`](Self::verify_async) for whoever can do without a future where the keys are at hand. `None` where they are not, and `verify_async` looks for them, and of what is not text.
    #[doc(hidden)]
    pub fn verify_at_hand(&self, token: &[u8]) -> Option<Result<AccessToken, VerifyError>> {
        let verified = self.verifier.verify_at_hand(token, self.check_once(Scheme::Bearer))?;
        Some(verified.map(AccessToken::bearer))
    }

    /// Verifies an access token that came with the scheme `DPoP` together with its proof ([RFC 9449 §7](https://www.rfc-editor.org/rfc/rfc9449#section-7)).
    ///
    /// **Checked**, in this order: the proof, as [`DpopVerifier`] says; the token, as for a bearer token; that the proof was made for this token (`ath`), and the token is bound to the key of
    /// the proof (`cnf` with `jkt` and nothing else); that the proof was not seen before. So nothing is recorded of what fails elsewhere. A token that is not bound is refused: it
    /// came with the wrong scheme.
    ///
    /// # Errors
    /// [`DpopError::Proof`] and [`DpopError::NonceRequired`] for the proof, [`DpopError::Token`] for the token, [`DpopError::Binding`] where they do not belong together,
    /// [`DpopError::ReplayStore`] where nobody can say whether the proof was seen before.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { block_on(run()) }
    /// # fn block_on<F: Future>(future: F) -> F::Output {
    /// #     let mut future = std::pin::pin!(future);
    /// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// #     loop { if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) { return output; } }
    /// # }
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # use carnet_jwa::Algorithm::{ES256, EdDSA, HS256};
    /// # use carnet_jwk::{Secret, SigningKey, VerifyingKey};
    /// # use carnet_jws::JwsBuilder;
    /// # use carnet_jwt::Token;
    /// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
    /// # let (signing, keys) = (SigningKey::from_secret(HS256, &secret)?, VerifyingKey::from_secret(HS256, &secret)?);
    /// # let client = SigningKey::generate(ES256)?;
    /// # let jwk = client.public_jwk().ok_or("a public key")?;
    /// # let token = Token::builder().typ("at+jwt").issuer("https://auth.example.com/").audience("https://api.example.com/").subject("user-1")
    /// #     .expires_in(core::time::Duration::from_secs(600)).random_id()
    /// #     .claims(&serde_json::json!({"client_id": "web", "cnf": {"jkt": jwk.thumbprint().to_string()}})).sign(&signing)?;
    /// # let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    /// # let ath = carnet_core::base64url::encode(&<sha2::Sha256 as sha2::Digest>::digest(&token));
    /// # let claims = serde_json::json!({"jti": "1", "htm": "GET", "htu": "https://api.example.com/orders", "iat": now, "ath": ath});
    /// # let proof = JwsBuilder::new().typ("dpop+jwt").header("jwk", &jwk).sign(claims.to_string().as_bytes(), &client)?;
    /// use carnet_oauth::{AccessTokenVerifier, DpopRequest, DpopVerifier, is_bound_to_sender};
    /// let api = AccessTokenVerifier::builder(keys, "https://auth.example.com/", "https://api.example.com/").build()?;
    /// let dpop = DpopVerifier::builder([ES256, EdDSA]).build()?;
    ///
    /// // `token` from `Authorization: DPoP …`, `proof` from the one field `DPoP`.
    /// let request = DpopRequest::new("GET", "https://api.example.com/orders?page=2");
    /// let verified = api.verify_dpop_async(&token, &proof, &request, &dpop).await?;
    /// assert_eq!(verified.subject(), Some("user-1"));
    ///
    /// let replayed = api.verify_dpop_async(&token, &proof, &request, &dpop).await;
    /// assert_eq!(replayed.unwrap_err().code(), "invalid_dpop_proof");
    /// assert!(is_bound_to_sender(&api.verify(&token).unwrap_err())); // as a bearer token
    /// # Ok(()) }
    /// ```
    pub async fn verify_dpop_async(
        &self,
        token: &str,
        proof: &str,
        request: &DpopRequest<'_>,
        dpop: &DpopVerifier,
    ) -> Result<AccessToken, DpopError> {
        let proof = dpop.check(proof, request)?;
        let check = self.check(Scheme::Dpop);
        let verified = self.verifier.verify_with_async(token, check).await.map_err(DpopError::Token)?;
        match &verified.claims().binding {
            Binding::Key(thumbprint) if proof.is_for(token, thumbprint) => {}
            _ => return Err(DpopError::Binding),
        }
        let proof = dpop.record(proof).await?;
        Ok(AccessToken { verified, proof: Some(Arc::new(proof)) })
    }
}

/// Something must say that it is an access token: its `typ`, or, of a lenient policy, a claim that no ID token has.
fn says_what_it_is(claims: &AccessClaims, header: Header<'_>) -> Vec<Rejection> {
    let says_so = claims.has_mark() || header.typ().is_some_and(|typ| media_type::matches(typ, "at+jwt"));
    if says_so { Vec::new() } else { vec![Rejection::ClaimMissing { claim: Quoted::new("client_id") }] }
}

/// Of a bearer token that is none.
fn bound() -> Rejection {
    Rejection::ClaimForbidden { claim: Quoted::new("cnf") }
}

/// Whether a bearer token was refused because it is bound to its sender (`cnf`), be it for that alone or for more. The client has to present it with the scheme `DPoP` and a proof: say so with a challenge
/// for it beside that for `Bearer` ([RFC 9449 §7.2](https://www.rfc-editor.org/rfc/rfc9449#section-7.2)). The token is genuine then.
#[must_use]
pub fn is_bound_to_sender(error: &VerifyError) -> bool {
    error.rejections().contains(&bound())
}

/// An access token that passed every check. The only way to one is an [`AccessTokenVerifier`]. Cloning it is cheap, and `Debug` shows no claims.
#[derive(Clone)]
pub struct AccessToken {
    verified: Arc<Verified<AccessClaims>>,
    proof: Option<Arc<DpopProof>>,
}

impl AccessToken {
    const fn bearer(verified: Arc<Verified<AccessClaims>>) -> Self {
        Self { verified, proof: None }
    }

    /// The proof that came with it; `None` for a bearer token.
    #[must_use]
    pub fn dpop_proof(&self) -> Option<&DpopProof> {
        self.proof.as_deref()
    }

    /// `sub`: on whose behalf the request is made; of a client that acts for itself, the client.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.registered().subject()
    }

    /// `client_id`: the client that got the token. Of a lenient policy, where there is none, `azp`, `appid` or `cid`, which others write in its place.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        let AccessClaims { client_id, authorized_party, application_id, cid, .. } = self.verified.claims();
        [client_id, authorized_party, application_id, cid].into_iter().find_map(Option::as_deref)
    }

    /// Whether exactly this scope is granted.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|own| own == scope)
    }

    /// The scopes that are granted: those of `scope`, and of `scp`, which some issuers write in its place.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let AccessClaims { scope, scp, .. } = self.verified.claims();
        let words = scope.iter().flat_map(|scope| scope.split(' ')).filter(|word| !word.is_empty());
        words.chain(scp.iter().flat_map(Scope::iter))
    }

    /// `acr`: how the subject was authenticated ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)).
    #[must_use]
    pub fn authentication_context(&self) -> Option<&str> {
        self.verified.claims().authentication_context.as_deref()
    }

    /// `auth_time`: when the subject was authenticated, in seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn authenticated_at(&self) -> Option<i64> {
        self.verified.claims().authenticated_at.map(|at| at.floor())
    }

    /// The registered claims.
    #[must_use]
    pub fn registered(&self) -> Registered<'_> {
        self.verified.registered()
    }

    /// The protected header.
    #[must_use]
    pub fn header(&self) -> Header<'_> {
        self.verified.header()
    }

    /// The claims as a type of your own.
    ///
    /// # Errors
    /// [`ClaimsError`] when they do not fit it.
    pub fn claims<C: DeserializeOwned>(&self) -> Result<C, ClaimsError> {
        self.verified.claims_as()
    }

    /// The claims' JSON, octet for octet what was signed.
    #[must_use]
    pub fn claims_json(&self) -> &str {
        self.verified.claims_json()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("header", &self.header())
            .field("proof", &self.proof)
            .finish_non_exhaustive()
    }
}
