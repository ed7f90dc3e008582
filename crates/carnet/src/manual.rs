//! The manual.
//!
//! * [`errors`]: what the errors of other libraries are called here, for those who come from one.

/// What the errors of other libraries are called here.
#[doc = ""]
#[doc = include_str!("manual/errors.md")]
pub mod errors {}
