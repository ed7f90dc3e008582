use super::content::Content;
use super::identity::Identity;
use super::{JwsBuilder, SignError, Special, check_length};
use carnet_core::header::{HeaderPlaces, check_disjoint};
use carnet_core::json::Writer;
use carnet_core::{HeaderError, Limits, base64url};
use carnet_jwa::Signature;

/// In what form a token is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Compact,
    Flattened,
    General,
}

impl Form {
    /// How many levels of JSON are around an unprotected header.
    const fn levels(self) -> usize {
        match self {
            Self::Compact => 0,
            Self::Flattened => 1,
            Self::General => 3,
        }
    }
}

/// The headers of one signature, written and checked.
pub(super) struct Headers {
    /// base64url of the protected header; empty where there is none.
    pub(super) protected: String,
    /// JSON of the unprotected header.
    unprotected: Option<String>,
}

impl Headers {
    pub(super) fn new(builder: &JwsBuilder<'_>, form: Form, key: Identity<'_>) -> Result<Self, SignError> {
        if let Some(error) = &builder.error {
            return Err(SignError::Header(error.clone()));
        }
        let special = builder.special();
        if form == Form::Compact && (special.unprotected_algorithm || !special.unprotected.is_empty()) {
            return Err(SignError::UnprotectedInCompact);
        }
        let name = key.name()?;
        let protected = write_protected(builder, special, name, key.key_id);
        let unprotected = write_unprotected(special, name);
        check(protected.as_deref(), unprotected.as_deref(), form)?;
        let protected = protected.map(|header| base64url::encode(header.as_bytes())).unwrap_or_default();
        Ok(Self { protected, unprotected })
    }

    /// What is signed.
    pub(super) fn message(&self, content: &Content<'_>) -> Vec<u8> {
        [self.protected.as_bytes(), b".", content.signed()].concat()
    }

    /// The compact serialization.
    pub(super) fn compact(&self, content: &Content<'_>, signature: &Signature) -> String {
        let payload = content.attached().unwrap_or_default();
        [&self.protected, payload, &base64url::encode(signature)].join(".")
    }

    /// The flattened JSON serialization.
    pub(super) fn flattened(&self, content: &Content<'_>, signature: &Signature) -> String {
        let mut writer = Writer::with_capacity(content.signed().len().saturating_add(1024));
        if let Some(payload) = content.attached() {
            writer.string("payload", payload);
        }
        self.write_members(signature, &mut writer);
        writer.finish()
    }

    /// The element of `signatures` in the general JSON serialization.
    pub(super) fn element(&self, signature: &Signature) -> String {
        let mut writer = Writer::with_capacity(1024);
        self.write_members(signature, &mut writer);
        writer.finish()
    }

    fn write_members(&self, signature: &Signature, writer: &mut Writer) {
        if !self.protected.is_empty() {
            writer.string("protected", &self.protected);
        }
        if let Some(unprotected) = &self.unprotected {
            writer.raw("header", unprotected);
        }
        writer.string("signature", &base64url::encode(signature));
    }
}

/// The protected header, where it has members.
fn write_protected(
    builder: &JwsBuilder<'_>,
    special: &Special,
    algorithm: &str,
    key_id: Option<&str>,
) -> Option<String> {
    let mut writer = Writer::with_capacity(128);
    if !special.unprotected_algorithm {
        writer.string("alg", algorithm);
    }
    // An unprotected `kid` takes the place of the key's.
    let of_key = key_id.filter(|_| special.unprotected.iter().all(|(name, _)| name != "kid"));
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
fn write_unprotected(special: &Special, algorithm: &str) -> Option<String> {
    let mut writer = Writer::with_capacity(64);
    if special.unprotected_algorithm {
        writer.string("alg", algorithm);
    }
    for (name, value) in &special.unprotected {
        writer.raw(name, value);
    }
    Some(writer.finish()).filter(|header| header != "{}")
}

/// Whatever a caller brought, what leaves here is what a verifier takes.
fn check(protected: Option<&str>, unprotected: Option<&str>, form: Form) -> Result<(), SignError> {
    let mut limits = Limits::default();
    let (mut one, mut other, mut side) = (Vec::new(), Vec::new(), String::new());
    if let Some(text) = protected {
        check_length(text, &limits)?;
        HeaderPlaces::read_protected(text, &limits, &mut one, &mut side).map_err(SignError::InvalidHeader)?;
    }
    if let Some(text) = unprotected {
        check_length(text, &limits)?;
        limits.json_depth = limits.json_depth.saturating_sub(form.levels());
        HeaderPlaces::read_unprotected(text, &limits, &mut other, &mut side).map_err(SignError::InvalidHeader)?;
    }
    let disjoint: Result<(), HeaderError> =
        check_disjoint((protected.unwrap_or_default(), &one), (unprotected.unwrap_or_default(), &other));
    disjoint.map_err(SignError::InvalidHeader)
}
