//! The mark that CVE-2017-15361 leaves in a modulus: modulo every small prime it is a power of 65537.

/// Odd primes up to 167, those the defective generator worked with.
const PRIMES: [u8; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
    113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Whether `n` (most significant octet first) has the mark. A sound modulus has it with a probability of about 2^-28.
pub(super) fn is_marked(n: &[u8]) -> bool {
    PRIMES.iter().all(|&prime| {
        let prime = u32::from(prime);
        let step = |value: u32, add: u32| value.wrapping_mul(256).wrapping_add(add).checked_rem(prime).unwrap_or(0);
        let residue = n.iter().fold(0, |value, &octet| step(value, u32::from(octet)));
        let generator = 65_537_u32.checked_rem(prime).unwrap_or(0);
        let mut power = 1;
        (0..prime).any(|_| {
            power = u32::wrapping_mul(power, generator).checked_rem(prime).unwrap_or(0);
            power == residue
        })
    })
}
