//! JSON Web Tokens ([RFC 7519](https://www.rfc-editor.org/rfc/rfc7519)).
//!
//! [`Verifier`] checks a token against a policy and gives [`Verified`] claims; [`Token::builder`] makes tokens.
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

mod audience;
mod buffer;
mod claims;
mod clock;
pub mod dangerous;
mod glance;
mod policy;
mod policy_error;
mod registered;
mod rejection;
mod scope;
mod string_or_uri;
mod token_builder;
mod token_error;
mod verified;
mod verifier;
mod verify_error;

pub use audience::Audience;
pub use buffer::TokenBuffer;
pub use claims::ClaimsError;
// For the policies of the layers above, whose time is set as a verifier's is.
#[doc(hidden)]
pub use clock::Clock;

pub use policy_error::PolicyError;
pub use registered::Registered;
pub use rejection::{Rejected, Rejection};
pub use scope::Scope;
pub use token_builder::{Token, TokenBuilder};
pub use token_error::TokenError;
pub use verified::{Verified, VerifiedRef};
pub use verifier::{
    AudienceDecided, Check, Decided, Explanation, IssuerDecided, Outcome, RememberingVerifier, Typed, Undecided,
    Untyped, Verifier, VerifierBuilder, VerifierConfig, VerifierSet,
};
pub use verify_error::VerifyError;
