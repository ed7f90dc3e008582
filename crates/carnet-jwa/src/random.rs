//! Random octets from the operating system.

use crate::backend::rand::{SecureRandom, SystemRandom};
use crate::key_error::KeyError;
use zeroize::Zeroizing;

/// Fills `octets`.
///
/// # Errors
/// [`KeyError::Random`] when the operating system gives none.
pub fn fill(octets: &mut [u8]) -> Result<(), KeyError> {
    SystemRandom::new().fill(octets).map_err(|_| KeyError::Random)
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
