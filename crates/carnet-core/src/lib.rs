//! The parts of JOSE that need no cryptography, no clock and no I/O.
//!
//! [`base64url`], the [`compact`] and the JSON serialization ([`signed_json`]), strict [`json`], the JOSE [`header`], [`limits`],
//! secret octets and [`NumericDate`]. Everything here takes untrusted input: it never panics, does work
//! bounded by the input's length, and never repeats the input in an error (names are quoted, escaped and
//! cut, see [`Quoted`]).
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

pub mod base64url;
pub mod compact;
pub mod header;
mod hidden;
pub mod json;
pub mod limits;
pub mod media_type;
mod numeric_date;
mod parse_error;
mod quoted;
mod secret_bytes;
pub mod signed_json;

pub use header::{Header, HeaderError, UnprotectedHeader};
pub use hidden::is_hidden;
pub use limits::Limits;
pub use numeric_date::NumericDate;
pub use parse_error::{ParseError, Part};
pub use quoted::Quoted;
pub use secret_bytes::SecretBytes;
