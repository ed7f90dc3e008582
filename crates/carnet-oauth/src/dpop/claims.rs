use super::proof_error::DpopProofError;
use carnet_core::NumericDate;
use carnet_core::json::{Kind, Object};

/// The longest `jti`, in octets: UUIDs and digests are shorter.
const MAX_ID_OCTETS: usize = 256;

/// What is read of a proof ([RFC 9449 §4.2](https://www.rfc-editor.org/rfc/rfc9449#section-4.2)). Nothing else it says is looked at.
pub(super) struct ProofClaims {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) uri: String,
    pub(super) issued_at: NumericDate,
    pub(super) expires_at: Option<NumericDate>,
    pub(super) not_before: Option<NumericDate>,
    pub(super) access_token_hash: Option<String>,
    /// Also `None` where it is no string: nobody gave such a nonce out.
    pub(super) nonce: Option<String>,
}

impl ProofClaims {
    pub(super) fn read(object: &Object<'_>) -> Result<Self, DpopProofError> {
        let required = |claim| string(object, claim)?.ok_or(DpopProofError::ClaimMissing { claim });
        let id = required("jti")?;
        if id.is_empty() || id.len() > MAX_ID_OCTETS {
            return Err(DpopProofError::ClaimInvalid { claim: "jti" });
        }
        Ok(Self {
            id,
            method: required("htm")?,
            uri: required("htu")?,
            issued_at: date(object, "iat")?.ok_or(DpopProofError::ClaimMissing { claim: "iat" })?,
            expires_at: date(object, "exp")?,
            not_before: date(object, "nbf")?,
            access_token_hash: string(object, "ath")?,
            nonce: object.string("nonce").ok().flatten().map(Into::into),
        })
    }
}

/// A string that may be absent. `null` is absent.
fn string(object: &Object<'_>, claim: &'static str) -> Result<Option<String>, DpopProofError> {
    match object.member(claim).filter(|member| member.kind() != Kind::Null) {
        Some(member) => match member.string(object.text()) {
            Some(text) => Ok(Some(text.into())),
            None => Err(DpopProofError::ClaimInvalid { claim }),
        },
        None => Ok(None),
    }
}

/// A date that may be absent. `null` is absent.
fn date(object: &Object<'_>, claim: &'static str) -> Result<Option<NumericDate>, DpopProofError> {
    match object.member(claim).filter(|member| member.kind() != Kind::Null) {
        Some(member) if member.kind() == Kind::Number => {
            let date = NumericDate::from_json(member.value_text(object.text()));
            date.map(Some).ok_or(DpopProofError::ClaimInvalid { claim })
        }
        Some(_) => Err(DpopProofError::ClaimInvalid { claim }),
        None => Ok(None),
    }
}
