use crate::buffer::TokenBuffer;
use crate::claims::{self, ClaimsError};
use crate::registered::{Places, Registered};
use carnet_core::Header;
use core::fmt;
use serde::de::DeserializeOwned;

/// A token that passed every check, with its claims.
///
/// The only way to one is a [`Verifier`](crate::Verifier). `Debug` shows no claims.
#[derive(Clone)]
pub struct Verified<C> {
    buffer: TokenBuffer,
    claims: C,
}

impl<C> Verified<C> {
    pub(crate) const fn new(buffer: TokenBuffer, claims: C) -> Self {
        Self { buffer, claims }
    }

    /// Gives back the room that nothing of what was verified is in.
    pub(crate) fn shrink(&mut self) {
        self.buffer.shrink();
    }

    /// Where the registered claims are.
    pub(crate) const fn places(&self) -> &Places {
        self.buffer.places()
    }

    /// The generation of the keys that verified it.
    pub(crate) fn generation(&self) -> Option<u64> {
        self.buffer.jws.verified_by_generation()
    }

    /// The claims, as the caller's type.
    #[must_use]
    pub const fn claims(&self) -> &C {
        &self.claims
    }

    /// The claims, taken out.
    #[must_use]
    pub fn into_claims(self) -> C {
        self.claims
    }

    /// The same claims as another type.
    ///
    /// # Errors
    /// [`ClaimsError`] when they do not fit `D`.
    pub fn claims_as<D: DeserializeOwned>(&self) -> Result<D, ClaimsError> {
        claims::read_text(self.claims_json())
    }

    /// The registered claims.
    #[must_use]
    pub fn registered(&self) -> Registered<'_> {
        self.buffer.registered()
    }

    /// The protected header.
    #[must_use]
    pub fn header(&self) -> Header<'_> {
        self.buffer.jws.verified().map(|jws| jws.header()).unwrap_or_default()
    }

    /// The claims' JSON, octet for octet what was signed.
    #[must_use]
    pub fn claims_json(&self) -> &str {
        self.buffer.text()
    }
}

impl<C> fmt::Debug for Verified<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("header", &self.header()).finish_non_exhaustive()
    }
}

/// A token that passed every check, with claims that borrow from the buffer it was decoded into.
///
/// The only way to one is a [`Verifier`](crate::Verifier). `Debug` shows no claims.
#[derive(Clone, Copy)]
pub struct VerifiedRef<'b, C> {
    header: Header<'b>,
    registered: Registered<'b>,
    claims: C,
}

impl<'b, C> VerifiedRef<'b, C> {
    pub(crate) const fn new(header: Header<'b>, registered: Registered<'b>, claims: C) -> Self {
        Self { header, registered, claims }
    }

    /// The claims, as the caller's type.
    #[must_use]
    pub const fn claims(&self) -> &C {
        &self.claims
    }

    /// The claims, taken out.
    #[must_use]
    pub fn into_claims(self) -> C {
        self.claims
    }

    /// The registered claims.
    #[must_use]
    pub const fn registered(&self) -> Registered<'b> {
        self.registered
    }

    /// The protected header.
    #[must_use]
    pub const fn header(&self) -> Header<'b> {
        self.header
    }

    /// The claims' JSON, octet for octet what was signed.
    #[must_use]
    pub const fn claims_json(&self) -> &'b str {
        self.registered.text
    }
}

impl<C> fmt::Debug for VerifiedRef<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedRef").field("header", &self.header()).finish_non_exhaustive()
    }
}
