use super::RsaPublicKey;
use crate::backend::{rand, rsa, signature};
use crate::hash::Hash;
use crate::key_error::KeyError;
use crate::signature::Signature;
use crate::signature_error::SigningFailed;
use carnet_core::Quoted;
use core::fmt;
use crypto_bigint::{BoxedUint, ConcatenatingMul};
use zeroize::Zeroizing;

/// The private numbers of a two-prime RSA key, most significant octet first, wiped when dropped.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "RFC 8017 section 3.2 gives a two-prime key exactly these")]
pub struct RsaComponents {
    /// The private exponent.
    pub d: Zeroizing<Vec<u8>>,
    /// The first prime.
    pub p: Zeroizing<Vec<u8>>,
    /// The second prime.
    pub q: Zeroizing<Vec<u8>>,
    /// d mod (p − 1).
    pub dp: Zeroizing<Vec<u8>>,
    /// d mod (q − 1).
    pub dq: Zeroizing<Vec<u8>>,
    /// The inverse of q modulo p.
    pub qi: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for RsaComponents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaComponents(redacted)")
    }
}

/// A private key whose numbers fit together.
#[derive(Clone)]
pub struct RsaPrivateKey {
    public: RsaPublicKey,
    numbers: RsaComponents,
}

impl RsaPrivateKey {
    /// Takes a public key and the private numbers, and checks every relation between them: n = pq, and modulo p − 1 and q − 1 that d
    /// inverts e and dp, dq are its residues, and that qi inverts q. Whether p and q are prime is not checked.
    ///
    /// # Errors
    /// [`KeyError::InvalidMember`] naming the number that does not fit.
    pub fn new(public: RsaPublicKey, numbers: RsaComponents) -> Result<Self, KeyError> {
        check_relations(&public, &numbers)?;
        Ok(Self { public, numbers })
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> &RsaPublicKey {
        &self.public
    }

    /// The private numbers.
    #[must_use]
    pub const fn expose_components(&self) -> &RsaComponents {
        &self.numbers
    }

    pub(crate) fn signer(&self) -> Result<RsaSigner, KeyError> {
        let unsupported = |reason| KeyError::Unsupported { what: Quoted::new("RSA"), reason };
        if self.public.bits() > 4096 {
            return Err(unsupported("ring signs with at most 4096 bits; use a smaller key"));
        }
        if self.public.exponent().len() < 3 {
            return Err(unsupported("ring signs only with a public exponent of 65537 or more; make a new key"));
        }
        let numbers = &self.numbers;
        let pair = rsa::KeyPair::from_components(&rsa::KeyPairComponents {
            public_key: rsa::PublicKeyComponents { n: self.public.modulus(), e: self.public.exponent() },
            d: numbers.d.as_slice(),
            p: numbers.p.as_slice(),
            q: numbers.q.as_slice(),
            dP: numbers.dp.as_slice(),
            dQ: numbers.dq.as_slice(),
            qInv: numbers.qi.as_slice(),
        })
        .map_err(|_| {
            unsupported("ring signs only with a modulus of 2048, 3072 or 4096 bits made of two primes of half its size")
        })?;
        Ok(RsaSigner { pair, random: rand::SystemRandom::new() })
    }
}

fn check_relations(public: &RsaPublicKey, numbers: &RsaComponents) -> Result<(), KeyError> {
    let all = [
        ("d", &numbers.d),
        ("p", &numbers.p),
        ("q", &numbers.q),
        ("dp", &numbers.dp),
        ("dq", &numbers.dq),
        ("qi", &numbers.qi),
    ];
    for (member, number) in all {
        match number.first() {
            None => return Err(KeyError::invalid(member, "is empty")),
            Some(0) => return Err(KeyError::invalid(member, "has leading zero octets")),
            Some(_) if number.len() > public.modulus().len() => {
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

    let [p, q] = [number(&numbers.p), number(&numbers.q)];
    if *product(&p, &q) != *number(public.modulus()) {
        return Err(unfit("p"));
    }
    let e = number(public.exponent());
    let d = number(&numbers.d);
    if *d >= *number(public.modulus()) {
        return Err(KeyError::invalid("d", "is not below the modulus"));
    }
    for (prime, residue, member) in [(&p, &numbers.dp, "dp"), (&q, &numbers.dq, "dq")] {
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
    let qi = number(&numbers.qi);
    let modulus = Zeroizing::new(p.to_nz().into_option().ok_or_else(|| unfit("p"))?);
    if *qi >= *p || *Zeroizing::new(product(&qi, &q).rem(&*modulus)) != one {
        return Err(unfit("qi"));
    }
    Ok(())
}

impl PartialEq for RsaPrivateKey {
    fn eq(&self, other: &Self) -> bool {
        // Equal public halves have equal private ones, so nothing secret is compared.
        self.public == other.public
    }
}

impl fmt::Debug for RsaPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPrivateKey({} bits, redacted)", self.public.bits())
    }
}

pub(crate) struct RsaSigner {
    pair: rsa::KeyPair,
    random: rand::SystemRandom,
}

impl RsaSigner {
    pub(crate) fn sign_pkcs1(&self, hash: Hash, message: &[u8]) -> Result<Signature, SigningFailed> {
        self.sign(
            match hash {
                Hash::Sha256 => &signature::RSA_PKCS1_SHA256,
                Hash::Sha384 => &signature::RSA_PKCS1_SHA384,
                Hash::Sha512 => &signature::RSA_PKCS1_SHA512,
            },
            message,
        )
    }

    pub(crate) fn sign_pss(&self, hash: Hash, message: &[u8]) -> Result<Signature, SigningFailed> {
        self.sign(
            match hash {
                Hash::Sha256 => &signature::RSA_PSS_SHA256,
                Hash::Sha384 => &signature::RSA_PSS_SHA384,
                Hash::Sha512 => &signature::RSA_PSS_SHA512,
            },
            message,
        )
    }

    fn sign(&self, padding: &'static dyn signature::RsaEncoding, message: &[u8]) -> Result<Signature, SigningFailed> {
        let mut made = vec![0; self.pair.public().modulus_len()];
        self.pair.sign(padding, &self.random, message, &mut made).map_err(|_| SigningFailed)?;
        Ok(Signature::owned(made))
    }
}
