use super::headers::Form;
use super::{SignError, Special, error};
use crate::buffer::check_unencoded;
use crate::representation::represent;
use std::borrow::Cow;

/// The payload of a token that is being made.
pub(super) struct Content<'p> {
    /// As it stands in what is signed. Text, unless it is detached.
    signed: Cow<'p, [u8]>,
    detached: bool,
}

impl<'p> Content<'p> {
    /// # Errors
    /// [`SignError::UnencodedPayload`], before anything is signed, where the token cannot hold it.
    pub(super) fn new(payload: &'p [u8], special: &Special, form: Form) -> Result<Self, SignError> {
        let Special { unencoded, detached, .. } = *special;
        if unencoded && !detached {
            let reason = match form {
                Form::Compact if check_unencoded(payload).is_err() => Some(error::IN_COMPACT),
                Form::Flattened | Form::General if !is_json_text(payload) => Some(error::IN_JSON),
                _ => None,
            };
            if let Some(reason) = reason {
                return Err(SignError::UnencodedPayload { reason });
            }
        }
        Ok(Self { signed: represent(payload, unencoded), detached })
    }

    /// As it stands in what is signed, behind the dot.
    pub(super) fn signed(&self) -> &[u8] {
        &self.signed
    }

    /// As it stands in the token; `None` where it is left out.
    pub(super) fn attached(&self) -> Option<&str> {
        core::str::from_utf8(&self.signed).ok().filter(|_| !self.detached)
    }
}

/// RFC 7797 §5.3: what a JSON string can hold. U+0000 is refused by many who read one.
fn is_json_text(payload: &[u8]) -> bool {
    core::str::from_utf8(payload).is_ok_and(|text| !text.contains('\0'))
}
