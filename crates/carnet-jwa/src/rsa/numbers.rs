//! The rules for the numbers of an RSA key.

use super::roca;
use crate::key_error::KeyError;
use crate::members::{PrivateMembers, PublicMembers};
use carnet_core::limits::{MAX_RSA_BITS, MIN_RSA_BITS};
use crypto_bigint::{BoxedUint, ConcatenatingMul};
use zeroize::Zeroizing;

/// Sizes, oddness, and the mark of ROCA. The numbers have their most significant octet first and no leading zeros.
pub(super) fn check_public(n: &[u8], e: &[u8]) -> Result<(), KeyError> {
    for (member, number) in [("n", n), ("e", e)] {
        match number.first() {
            None => return Err(KeyError::invalid(member, "is empty")),
            Some(0) => return Err(KeyError::invalid(member, "has leading zero octets")),
            Some(_) => {}
        }
    }
    let bits = bit_length(n);
    if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
        return Err(KeyError::Weak {
            what: "the RSA modulus".to_owned(),
            reason: format!("has {bits} bits, and {MIN_RSA_BITS} to {MAX_RSA_BITS} are allowed"),
        });
    }
    if is_even(n) {
        return Err(KeyError::invalid("n", "is even"));
    }
    if is_even(e) {
        return Err(KeyError::invalid("e", "is even"));
    }
    if bit_length(e) > 33 || e == [1] {
        return Err(KeyError::invalid("e", "is not at least 3 and below 2^33"));
    }
    if roca::is_marked(n) {
        return Err(KeyError::Weak {
            what: "the RSA modulus".to_owned(),
            reason: "has the mark of the ROCA defect (CVE-2017-15361): its factors can be computed; make a new key"
                .to_owned(),
        });
    }
    Ok(())
}

/// Every relation between them: n = pq, and modulo p − 1 and q − 1 that d inverts e and dp, dq are its residues, and that qi inverts q. Whether p and q
/// are prime is not checked.
pub(super) fn check_private(public: &PublicMembers, private: &PrivateMembers) -> Result<(), KeyError> {
    let modulus_octets = public.get("n");
    let [d, p, q, dp, dq, qi] = ["d", "p", "q", "dp", "dq", "qi"].map(|name| private.get(name));
    for (member, number) in private.iter() {
        match number.first() {
            None => return Err(KeyError::invalid(member, "is empty")),
            Some(0) => return Err(KeyError::invalid(member, "has leading zero octets")),
            Some(_) if number.len() > modulus_octets.len() => {
                return Err(KeyError::invalid(member, "is larger than the modulus"));
            }
            Some(_) => {}
        }
    }
    let number = |octets: &[u8]| Zeroizing::new(BoxedUint::from_be_slice_vartime(octets));
    let unfit = |member| KeyError::invalid(member, "does not fit the other numbers of the key");
    // A product has room for both factors, so nothing wraps.
    let product = |one: &BoxedUint, other: &BoxedUint| Zeroizing::new(one.concatenating_mul(other));
    let one = BoxedUint::one();

    let [p, q] = [number(p), number(q)];
    if *product(&p, &q) != *number(modulus_octets) {
        return Err(unfit("p"));
    }
    check_primes(&p, &q, bit_length(modulus_octets))?;
    let e = number(public.get("e"));
    let d = number(d);
    if *d >= *number(modulus_octets) {
        return Err(KeyError::invalid("d", "is not below the modulus"));
    }
    for (prime, residue, member) in [(&p, dp, "dp"), (&q, dq, "dq")] {
        let residue = number(residue);
        let below = Zeroizing::new(prime.wrapping_sub(&one));
        let below = Zeroizing::new(below.to_nz().into_option().ok_or_else(|| unfit(member))?);
        let remainder = |number: &BoxedUint| Zeroizing::new(number.rem(&*below));
        if *remainder(&product(&e, &residue)) != one {
            return Err(unfit(member));
        }
        if *remainder(&d) != *residue {
            return Err(unfit("d"));
        }
    }
    let qi = number(qi);
    let modulus = Zeroizing::new(p.to_nz().into_option().ok_or_else(|| unfit("p"))?);
    if *qi >= *p || *Zeroizing::new(product(&qi, &q).rem(&*modulus)) != one {
        return Err(unfit("qi"));
    }
    Ok(())
}

/// Primes from which the modulus cannot be factored for their size or their distance (FIPS 186-5 appendix A.1.3): each has half of its bits, or a few
/// less, and they differ in their first hundred.
fn check_primes(p: &BoxedUint, q: &BoxedUint, modulus_bits: usize) -> Result<(), KeyError> {
    let half = modulus_bits / 2;
    let bits = |number: &BoxedUint| usize::try_from(number.bit_width()).unwrap_or_default();
    let weak = |reason: &str| KeyError::Weak { what: "the RSA key".to_owned(), reason: reason.to_owned() };
    if bits(p).min(bits(q)) < half.saturating_sub(16) {
        return Err(weak("has primes of different sizes, of which the smaller one may be found; make a new key"));
    }
    let distance = if p > q { Zeroizing::new(p.wrapping_sub(q)) } else { Zeroizing::new(q.wrapping_sub(p)) };
    if bits(&distance) <= half.saturating_sub(100) {
        return Err(weak("has primes so close to each other that they may be found; make a new key"));
    }
    Ok(())
}

/// The size of a number without leading zeros.
pub(super) fn bit_length(number: &[u8]) -> usize {
    let zeros = number.first().map_or(0, |first| first.leading_zeros());
    number.len().saturating_mul(8).saturating_sub(usize::try_from(zeros).unwrap_or(0))
}

fn is_even(number: &[u8]) -> bool {
    matches!(number.last(), Some(last) if *last & 1 == 0)
}
