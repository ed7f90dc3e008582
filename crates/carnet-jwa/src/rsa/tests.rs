use super::*;

fn public(n: &[u8], e: &[u8]) -> Result<usize, KeyError> {
    let key = PublicMembers::new(Rsa.public_members(), vec![e.to_vec(), n.to_vec()])?;
    Rsa.check_public(&key)?;
    Ok(Rsa.bits(&key).unwrap())
}

fn modulus(bits: usize) -> Vec<u8> {
    let mut n = vec![0xA5; bits.div_ceil(8)];
    n[0] = 0x80 >> bits.wrapping_neg().rem_euclid(8);
    *n.last_mut().unwrap() |= 1;
    n
}

const F4: &[u8] = &[1, 0, 1];

#[test]
fn a12_modulus_is_measured_in_bits() {
    for bits in [2048, 2049, 3072, 4096, 8192] {
        assert_eq!(public(&modulus(bits), F4).unwrap(), bits);
    }
    for bits in [512, 1024, 2040, 2041, 2047, 8193, 16_385, 32_768] {
        assert_eq!(public(&modulus(bits), F4).unwrap_err().code(), "weak_key", "{bits}");
    }
}

#[test]
fn a12_exponents() {
    let n = modulus(2048);
    for e in [&[3][..], &[17], F4, &[1, 0xff, 0xff, 0xff, 0xff]] {
        assert!(public(&n, e).is_ok(), "{e:?}");
    }
    for e in [&[][..], &[0], &[1], &[2], &[0, 3], &[1, 0, 0], &[2, 0, 0, 0, 1], &[1; 9], &n] {
        assert!(matches!(public(&n, e), Err(KeyError::InvalidMember { member: "e", .. })), "{e:?}");
    }
}

#[test]
fn a12_even_modulus() {
    let mut n = modulus(2048);
    *n.last_mut().unwrap() = 2;
    assert!(matches!(public(&n, F4), Err(KeyError::InvalidMember { member: "n", .. })));
    n.insert(0, 0);
    assert!(matches!(public(&n, F4), Err(KeyError::InvalidMember { member: "n", .. })));
}

#[test]
fn a12_roca_mark() {
    // 65537^k for a large k, truncated to no size at all, is marked modulo every prime by construction.
    let mut marked = vec![1_u8];
    for _ in 0..130 {
        // marked *= 65537, most significant octet first
        let mut shifted = marked.clone();
        shifted.extend([0, 0]);
        let mut carry = 0_u16;
        for (index, octet) in shifted.iter_mut().rev().enumerate() {
            let add = marked.len().checked_sub(index + 1).map_or(0, |place| u16::from(marked[place]));
            let sum = u16::from(*octet) + add + carry;
            *octet = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        if carry > 0 {
            shifted.insert(0, 1);
        }
        marked = shifted;
    }
    assert!(matches!(public(&marked, F4), Err(KeyError::Weak { .. })));
    *marked.last_mut().unwrap() = 3;
    assert!(public(&marked, F4).is_ok());
}
