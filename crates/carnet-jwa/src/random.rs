//! Random octets from the operating system.

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
use crate::backend::rand::{SecureRandom, SystemRandom};
use crate::key_error::KeyError;
use zeroize::Zeroizing;

/// Fills `octets`.
///
/// # Errors
/// [`KeyError::Random`] when the operating system gives none.
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub fn fill(octets: &mut [u8]) -> Result<(), KeyError> {
    SystemRandom::new().fill(octets).map_err(|_| KeyError::Random)
}

/// Fills `octets`, for which a backend is needed.
///
/// # Errors
/// [`KeyError::Random`]: there is no backend.
#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
pub const fn fill(_: &mut [u8]) -> Result<(), KeyError> {
    Err(KeyError::Random)
}

/// `length` secret octets, wiped when dropped.
///
/// # Errors
/// [`KeyError::Random`].
pub fn secret(length: usize) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut octets = Zeroizing::new(vec![0; length]);
    fill(&mut octets)?;
    Ok(octets)
}
