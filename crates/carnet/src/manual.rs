//! The manual.
//!
//! * [`errors`]: what the errors of other libraries are called here, for those who come from one, and what behaves differently.

/// What the errors of other libraries are called here.
#[doc = ""]
#[doc = include_str!("manual/errors.md")]
pub mod errors {}
