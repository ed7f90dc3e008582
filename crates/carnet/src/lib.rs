//! JOSE for Rust: issue, verify and manage tokens.
//!
//! ```
//! use carnet::prelude::*;
//! use std::time::Duration;
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct MyClaims { scope: String }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The issuer: a key, its public half for publishing, a token.
//! let key = SigningKey::generate(ES256)?.with_thumbprint_key_id();
//! let published: JwkSet = key.public_jwk().into_iter().collect();
//! let token = Token::builder()
//!     .issuer("https://auth.example.com/")
//!     .subject("user-1")
//!     .audience("api://my-service")
//!     .expires_in(Duration::from_secs(900))
//!     .random_id()
//!     .claims(&MyClaims { scope: "read".into() })
//!     .sign(&key)?;
//!
//! // The service: the published keys, a policy, a token.
//! let keys = JwkSet::from_json(&published.to_json())?.verifying_keys();
//! let verifier = Verifier::builder(keys)
//!     .issuer("https://auth.example.com/")
//!     .audience("api://my-service")
//!     .algorithms([RS256, ES256])
//!     .leeway(Duration::from_secs(60))
//!     .build()?;
//! let token: Verified<MyClaims> = verifier.verify(&token)?;
//! assert_eq!(token.registered().subject(), Some("user-1"));
//! assert_eq!(token.claims().scope, "read");
//! # Ok(()) }
//! ```
//!
//! # Where things are
//!
//! Everything is reached through this crate. Examples in the documentation of the parts write `carnet_jwk::Jwk` and the like, where the parts live:
//! read `carnet::Jwk`.
//!
//! | for | see |
//! |---|---|
//! | verifying tokens | [`Verifier`], [`Verified`], [`VerifyError`] |
//! | making tokens | [`Token`], [`SigningKey`] |
//! | access tokens, ID tokens and DPoP proofs, by their own rules | [`oauth`] |
//! | keys that an issuer publishes | `remote` (with the feature of this name) |
//! | HTTP services: letting in whoever has a token, publishing keys and metadata, demanding HTTPS | `tower` (with the feature of this name, or `axum`) |
//! | keys | [`Jwk`], [`PrivateJwk`], [`JwkSet`], [`VerifyingKeys`], [`Secret`], [`KeyError`] |
//! | signing anything else, JSON serializations, several signatures | [`jws`] |
//! | looking at tokens without believing them | [`dangerous`] |
//! | bounds on untrusted input | [`Limits`] |
//!
//! # More of it
//!
//! A policy of one's own, run on every token and impossible to pass by:
//!
//! ```
//! # use carnet::prelude::*;
//! # #[derive(serde::Serialize, serde::Deserialize)] struct MyClaims { tenant: String }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let key = SigningKey::generate(EdDSA)?;
//! # let keys = key.public_jwk().into_iter().collect::<JwkSet>().verifying_keys();
//! # let issued = |now| Token::builder().issuer("i").audience("a").subject("user-1").expires_at(900).at(now)
//! #     .claims(&MyClaims { tenant: "umbrella".into() }).sign(&key);
//! let verifier = Verifier::builder(keys)
//!     .issuer("i")
//!     .audience("a")
//!     .check(|claims: &MyClaims| if claims.tenant == "acme" { Ok(()) } else { Err(Rejection::claim("tenant")) })
//!     .at(1000) // the time in seconds since 1970-01-01 UTC; without this line, the system's
//!     .build()?;
//! // Genuine, but rejected: every failed check is listed, and the claims are there on request.
//! let Err(VerifyError::Rejected(rejected)) = verifier.verify(&issued(0)?) else { panic!("accepted") };
//! let codes: Vec<_> = rejected.rejections().iter().map(Rejection::code).collect();
//! assert_eq!(codes, ["token_expired", "check_failed"]);
//! assert_eq!(rejected.authentic_claims::<MyClaims>()?.tenant, "umbrella");
//! # Ok(()) }
//! ```
//!
//! Claims borrowed from a buffer that is used again, so that verifying allocates nothing. A `&str` takes strings without escapes only; where an
//! issuer may escape (PHP writes `https:\/\/`), use `Cow<'a, str>` with `#[serde(borrow)]`:
//!
//! ```
//! # use carnet::prelude::*;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #[derive(serde::Deserialize)]
//! struct ClaimsRef<'a> { scope: &'a str }
//!
//! # let secret = Secret::from_bytes("an example of a secret that is long enough")?;
//! # let token = Token::builder().issuer("i").audience("a").never_expires().claims(&serde_json::json!({"scope": "read"}))
//! #     .sign(&SigningKey::from_secret(HS256, &secret)?)?;
//! # let verifier = Verifier::builder(VerifyingKey::from_secret(HS256, &secret)?).issuer("i").audience("a").expiry_optional().build()?;
//! let mut buffer = TokenBuffer::new();
//! let token: VerifiedRef<'_, ClaimsRef<'_>> = verifier.verify_in(&mut buffer, &token)?;
//! assert_eq!(token.claims().scope, "read");
//! # Ok(()) }
//! ```
//!
//! # Features
//!
//! | feature | what it does |
//! |---|---|
//! | `ring` (default) | the primitives of ring: HMAC, RSA, ES256, ES384, Ed25519 |
//! | `aws-lc-rs` | those of aws-lc-rs instead, where both are on: ES512, ES256K, ML-DSA and new RSA keys too |
//! | `fips` | aws-lc-rs in its FIPS form |
//! | `remote` | `RemoteJwks`: JWK Sets over HTTPS; `remote-without-client` with an HTTP client of your own |
//! | `tracing` | events of remote keys go to `tracing` |
//! | `testing` | an issuer with well-known keys and a settable clock, for the tests of services |
//!
//! A feature only adds. Without `ring` and `aws-lc-rs` everything compiles, and whatever makes a key says that it is unsupported.
//!
//! # What cannot be written
//!
//! Reading claims before the signature was checked (but through [`dangerous`]); verifying with an algorithm the key is not bound to; forgetting
//! issuer or audience, which are named or waived before a verifier exists; `none`; publishing a private key, since [`JwkSet`] is made of
//! [`Jwk`]s, and those are public.

pub mod manual;
#[cfg(feature = "testing")]
pub mod testing;

pub use carnet_core::{
    Header, HeaderError, Limits, NumericDate, ParseError, Part, Quoted, UnprotectedHeader, is_hidden, json::JsonError,
    json::WrongType,
};
pub use carnet_jwa::{Algorithm, AlgorithmError};
pub use carnet_jwk::{
    AsyncSigner, Candidates, DynKeys, DynLocalKeys, DynSnapshot, IntoKeySource, Jwk, JwkSet, KeyError, KeyMiss,
    KeyRemark, KeyRing, KeyRules, KeySelection, KeySource, KeySourceError, LocalKeys, PrivateJwk, PrivateJwkSet,
    Secret, Signer, SigningFuture, SigningKey, SkippedKey, Thumbprint, VerifyingKey, VerifyingKeys,
};
pub use carnet_jwt::{
    Audience, Check, ClaimsError, Explanation, Outcome, PolicyError, Registered, Rejected, Rejection,
    RememberingVerifier, Scope, Token, TokenBuffer, TokenBuilder, TokenError, Verified, VerifiedRef, Verifier,
    VerifierBuilder, VerifierConfig, VerifierSet, VerifyError, dangerous,
};

pub use carnet_jws::SignatureCache;

/// Signing and verifying payloads of any kind ([RFC 7515](https://www.rfc-editor.org/rfc/rfc7515)), in compact and JSON serialization, with several
/// signatures, detached, or unencoded ([RFC 7797](https://www.rfc-editor.org/rfc/rfc7797)).
///
/// | for | sign with | verify with |
/// |---|---|---|
/// | one signature, `header.payload.signature` | [`JwsBuilder::sign`](jws::JwsBuilder::sign) | [`JwsVerifier::verify`](jws::JwsVerifier::verify) |
/// | one signature, as JSON, with an unprotected header perhaps | [`JwsBuilder::sign_json`](jws::JwsBuilder::sign_json) | [`JwsVerifier::verify_json`](jws::JwsVerifier::verify_json) |
/// | several signatures | [`GeneralJwsBuilder`](jws::GeneralJwsBuilder) | the same, with [`require_all`](jws::JwsVerifier::require_all) or without |
/// | a payload that travels by another way | [`detached`](jws::JwsBuilder::detached), [`sign_detached_reader`](jws::JwsBuilder::sign_detached_reader) | [`verify_detached`](jws::JwsVerifier::verify_detached), [`verify_detached_reader`](jws::JwsVerifier::verify_detached_reader), [`verify_json_detached`](jws::JwsVerifier::verify_json_detached) |
/// | a payload that is signed as it is | [`unencoded_payload`](jws::JwsBuilder::unencoded_payload) | [`unencoded_payload`](jws::JwsVerifier::unencoded_payload) |
/// | an extension that must be understood | [`critical`](jws::JwsBuilder::critical) | [`understands`](jws::JwsVerifier::understands) |
/// | a key that the token brings along (ACME; for DPoP see [`oauth`]) | [`header`](jws::JwsBuilder::header) with a [`Jwk`] | [`EmbeddedKeyVerifier`](jws::EmbeddedKeyVerifier) |
/// | a key outside the process | the same calls with a [`Signer`], or `sign_async` with an [`AsyncSigner`] | |
///
/// A JSON Web Token is a JWS too, but use [`Verifier`] and [`Token`] for it: they check and set the claims.
pub mod jws {
    pub use carnet_core::header::is_registered;
    pub use carnet_jws::{
        EmbeddedKeyError, EmbeddedKeyPolicyError, EmbeddedKeyVerifier, GeneralJwsBuilder, HeaderSetError, JwsBuffer,
        JwsBuilder, JwsError, JwsVerifier, SignError, VerifiedByEmbeddedKey, VerifiedJsonJws, VerifiedJws,
        VerifiedJwsRef, VerifiedSignature, VerifiedSignatures, dangerous,
    };
}

/// The steps a [`VerifierBuilder`] goes through, as types.
pub mod policy {
    pub use carnet_jwt::{AudienceDecided, Decided, IssuerDecided, Typed, Undecided, Untyped};
}

/// Keys of the right shape and the signature primitives behind the algorithms.
pub mod jwa {
    pub use carnet_jwa::{
        Hash, Identifier, InvalidSignature, KeyKind, Parameters, PrivateKey, PublicKey, Signature, SigningFailed,
        SigningStream, VerifyingStream,
    };
}

/// Ready policies: access tokens ([RFC 9068](https://www.rfc-editor.org/rfc/rfc9068)), ID tokens
/// ([OpenID Connect Core](https://openid.net/specs/openid-connect-core-1_0.html)) and DPoP proofs ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)). A token for one is refused by the others.
pub mod oauth {
    pub use carnet_oauth::{
        AccessToken, AccessTokenBuilder, AccessTokenVerifier, DpopBuilder, DpopError, DpopNonces, DpopPolicyError,
        DpopProof, DpopProofError, DpopRequest, DpopVerifier, IdToken, IdTokenBuilder, IdTokenExpectations,
        IdTokenVerifier, MemoryReplayStore, ProofId, Recorded, ReplayFuture, ReplayStore, ReplayStoreError, half_hash,
        is_bound_to_sender,
    };
}

/// Keys of an issuer over HTTPS: discovery, caching, rotation, outages. Needs the feature `remote`.
#[cfg(feature = "remote-without-client")]
pub mod remote {
    #[cfg(feature = "remote")]
    pub use carnet_remote::ReqwestFetch;
    pub use carnet_remote::{
        AddressError, Clock, Fetch, FetchError, FetchFuture, FileStore, KeyEvent, KeyObserver, KeyState, KeyStore,
        RefreshError, RemoteConfigError, RemoteJwks, RemoteJwksBuilder, RemoteSnapshot, RemoteStatus, StoreFuture,
    };
}

/// Protecting HTTP services: a layer of `tower` and, with the feature `axum`, extractors. Needs the feature `tower`.
#[cfg(feature = "tower")]
pub mod tower {
    #[doc(inline)]
    pub use carnet_tower::*;
}

/// base64url without padding, strict.
pub mod base64url {
    pub use carnet_core::base64url::{Base64UrlError, decode, encode, secret};
}

/// What most programs need: `use carnet::prelude::*`.
pub mod prelude {
    pub use carnet_jwa::Algorithm::{self, *};
    pub use carnet_jwk::{Jwk, JwkSet, KeyRing, KeyRules, PrivateJwk, Secret, SigningKey, VerifyingKey, VerifyingKeys};
    pub use carnet_jwt::{Rejection, Scope, Token, TokenBuffer, Verified, VerifiedRef, Verifier, VerifyError};
    #[cfg(feature = "remote-without-client")]
    pub use carnet_remote::RemoteJwks;
}

// Its examples need everything.
#[cfg(all(doctest, feature = "remote", feature = "axum"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
