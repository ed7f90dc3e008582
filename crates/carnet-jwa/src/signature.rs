use core::fmt;
use core::ops::Deref;

/// The octets of a signature or MAC that was made, in the form that JWS has. Those of HMAC, ES256 and Ed25519 need no heap.
///
/// ```
/// # if !carnet_jwa::Algorithm::ES256.is_available() { return; }
/// use carnet_jwa::{Algorithm, Signature};
/// assert!(Signature::from_bytes(Algorithm::ES256, &[1; 64]).is_ok());
/// assert!(Signature::from_bytes(Algorithm::ES256, &[1; 63]).is_err());
/// // SEQUENCE of the INTEGERs 1 and 2
/// let signature = Signature::from_ecdsa_der(Algorithm::ES256, &[0x30, 6, 2, 1, 1, 2, 1, 2]).unwrap();
/// assert_eq!((signature.len(), signature[31], signature[63]), (64, 1, 2));
/// ```
#[derive(Clone)]
pub struct Signature(Octets);

const SHORT: usize = 64;

#[derive(Clone)]
enum Octets {
    Short([u8; SHORT], usize),
    Long(Vec<u8>),
}

impl Signature {
    #[inline]
    pub(crate) fn copied(octets: &[u8]) -> Self {
        let mut short = [0; SHORT];
        match short.get_mut(..octets.len()) {
            Some(place) => {
                place.copy_from_slice(octets);
                Self(Octets::Short(short, octets.len()))
            }
            None => Self(Octets::Long(octets.to_vec())),
        }
    }

    pub(crate) const fn owned(octets: Vec<u8>) -> Self {
        Self(Octets::Long(octets))
    }
}

impl Deref for Signature {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match &self.0 {
            Octets::Short(octets, length) => octets.get(..*length).unwrap_or_default(),
            Octets::Long(octets) => octets,
        }
    }
}

impl AsRef<[u8]> for Signature {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({} octets)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_ones_are_what_they_were_made_of() {
        for length in [0, 1, SHORT - 1, SHORT, SHORT + 1, 4627] {
            let octets: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
            assert_eq!(*Signature::copied(&octets), *octets);
            assert_eq!(*Signature::owned(octets.clone()), *octets);
        }
    }
}
