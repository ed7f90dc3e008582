use super::identity::Identity;
use super::{JwsBuilder, SignError, Special, check_length, error};
use carnet_core::header::{HeaderPlaces, check_disjoint};
use carnet_core::json::Writer;
use carnet_core::{HeaderError, Limits, base64url};
use carnet_jwa::Signature;
use carnet_jwk::Signer;
use std::borrow::Cow;

/// The headers of one signature, written and checked.
pub(super) struct Headers {
    /// base64url of the protected header; empty where there is none.
    pub(super) protected: String,
    /// JSON of the unprotected header.
    unprotected: Option<String>,
}

impl Headers {
    pub(super) fn new(builder: &JwsBuilder<'_>, special: &Special, key: Identity<'_>) -> Result<Self, SignError> {
        if let Some(error) = &builder.error {
            return Err(SignError::Header(error.clone()));
        }
        let protected = write_protected(builder, special, key);
        let unprotected = write_unprotected(special, key);
        check(protected.as_deref(), unprotected.as_deref())?;
        let protected = protected.map(|header| base64url::encode(header.as_bytes())).unwrap_or_default();
        Ok(Self { protected, unprotected })
    }
}

/// Everything of one signature but the signature itself.
pub(super) struct Unsigned<'p> {
    headers: Headers,
    /// As it stands in what is signed.
    pub(super) payload: Cow<'p, [u8]>,
    pub(super) unencoded: bool,
    pub(super) detached: bool,
}

impl<'p> Unsigned<'p> {
    pub(super) fn new(builder: &JwsBuilder<'_>, payload: &'p [u8], key: Identity<'_>) -> Result<Self, SignError> {
        let none = Special::default();
        let special = builder.special.as_deref().unwrap_or(&none);
        let headers = Headers::new(builder, special, key)?;
        let payload = match special.unencoded {
            true => Cow::Borrowed(payload),
            false => Cow::Owned(base64url::encode(payload).into_bytes()),
        };
        Ok(Self { headers, payload, unencoded: special.unencoded, detached: special.detached })
    }

    /// What is signed.
    pub(super) fn message(&self) -> Vec<u8> {
        [self.headers.protected.as_bytes(), b".", &self.payload].concat()
    }

    /// The payload as text that a JSON string can hold.
    pub(super) fn payload_text(&self) -> Result<&str, SignError> {
        let text = core::str::from_utf8(&self.payload).ok().filter(|text| !text.contains('\0'));
        text.ok_or(SignError::UnencodedPayload { reason: error::IN_JSON })
    }

    /// The compact serialization.
    pub(super) fn compact(&self, signature: &Signature) -> Result<String, SignError> {
        let payload = if self.detached { "" } else { self.payload_text()? };
        Ok(format!("{}.{payload}.{}", self.headers.protected, base64url::encode(signature)))
    }

    /// The flattened JSON serialization.
    pub(super) fn flattened(&self, signature: &Signature) -> Result<String, SignError> {
        let mut writer = Writer::with_capacity(self.payload.len().saturating_add(1024));
        if !self.detached {
            writer.string("payload", self.payload_text()?);
        }
        self.write_members(signature, &mut writer);
        Ok(writer.finish())
    }

    /// Writes the members of the signature, beside the payload or in an element of `signatures`.
    fn write_members(&self, signature: &Signature, writer: &mut Writer) {
        if !self.headers.protected.is_empty() {
            writer.string("protected", &self.headers.protected);
        }
        if let Some(unprotected) = &self.headers.unprotected {
            writer.raw("header", unprotected);
        }
        writer.string("signature", &base64url::encode(signature));
    }
}

/// One signature that was made, with its headers and the payload as it was signed.
pub(super) struct Written<'p> {
    pub(super) signed: Unsigned<'p>,
    pub(super) signature: Signature,
}

impl<'p> Written<'p> {
    pub(super) fn new(builder: &JwsBuilder<'_>, payload: &'p [u8], key: &dyn Signer) -> Result<Self, SignError> {
        let signed = Unsigned::new(builder, payload, Identity::of(key))?;
        let signature = key.sign_message(&signed.message()).map_err(SignError::SigningFailed)?;
        Ok(Self { signed, signature })
    }

    /// The element of `signatures`.
    pub(super) fn element(&self) -> String {
        let mut writer = Writer::with_capacity(1024);
        self.signed.write_members(&self.signature, &mut writer);
        writer.finish()
    }
}

/// The protected header, where it has members.
fn write_protected(builder: &JwsBuilder<'_>, special: &Special, key: Identity<'_>) -> Option<String> {
    let mut writer = Writer::with_capacity(128);
    if !special.unprotected_algorithm {
        writer.string("alg", key.algorithm_name);
    }
    // An unprotected `kid` takes the place of the key's.
    let of_key = key.key_id.filter(|_| special.unprotected.iter().all(|(name, _)| name != "kid"));
    builder.write_parameters(&mut writer, builder.key_id.as_deref().or(of_key));
    if special.unencoded {
        writer.raw("b64", "false");
    }
    let critical = special.critical.iter().map(String::as_str);
    if special.unencoded || !special.critical.is_empty() {
        writer.strings("crit", special.unencoded.then_some("b64").into_iter().chain(critical));
    }
    Some(writer.finish()).filter(|header| header != "{}")
}

/// The unprotected header, where it has members.
fn write_unprotected(special: &Special, key: Identity<'_>) -> Option<String> {
    let mut writer = Writer::with_capacity(64);
    if special.unprotected_algorithm {
        writer.string("alg", key.algorithm_name);
    }
    for (name, value) in &special.unprotected {
        writer.raw(name, value);
    }
    Some(writer.finish()).filter(|header| header != "{}")
}

/// Whatever a caller brought, what leaves here is what a verifier takes.
fn check(protected: Option<&str>, unprotected: Option<&str>) -> Result<(), SignError> {
    let limits = Limits::default();
    let (mut one, mut other, mut side) = (Vec::new(), Vec::new(), String::new());
    if let Some(text) = protected {
        check_length(text, &limits)?;
        HeaderPlaces::read_protected(text, &limits, &mut one, &mut side).map_err(SignError::InvalidHeader)?;
    }
    if let Some(text) = unprotected {
        check_length(text, &limits)?;
        HeaderPlaces::read_unprotected(text, &limits, &mut other, &mut side).map_err(SignError::InvalidHeader)?;
    }
    let disjoint: Result<(), HeaderError> =
        check_disjoint((protected.unwrap_or_default(), &one), (unprotected.unwrap_or_default(), &other));
    disjoint.map_err(SignError::InvalidHeader)
}
