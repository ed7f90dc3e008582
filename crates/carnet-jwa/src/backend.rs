//! The one place that names the cryptographic libraries. aws-lc-rs follows ring's interface; where the two differ, each has a function of the same
//! name in its file. Where both features are on, aws-lc-rs serves everything.

#[cfg(feature = "aws-lc-rs")]
mod aws_lc_rs;
#[cfg(not(feature = "aws-lc-rs"))]
mod ring;

#[cfg(feature = "aws-lc-rs")]
pub(crate) use self::aws_lc_rs::*;
#[cfg(not(feature = "aws-lc-rs"))]
pub(crate) use self::ring::*;

/// A key, a point or a number that the library does not take.
#[derive(Debug)]
pub(crate) struct Rejected;
