use crate::verified::Verified;
use arc_swap::ArcSwapOption;
use core::hash::{BuildHasher, Hasher};
use sha2::{Digest, Sha256};
use std::collections::hash_map::RandomState;
use std::sync::Arc;

/// In how many places a token can be.
const WAYS: usize = 4;

/// The longest signature that is looked for, in characters: of ML-DSA-87. What is longer is none.
const LONGEST_SIGNATURE: usize = 6170;

/// Tokens whose signature was verified, as they were read.
pub(super) struct Memory<C> {
    salt: [u8; 16],
    sets: Box<[Set<C>]>,
}

/// Where a token can be. There is no lock: places are read and written whole.
type Set<C> = [ArcSwapOption<Remembered<C>>; WAYS];

/// A token that may be remembered.
pub(super) struct Sought<'t> {
    /// Header and payload, as they were signed.
    signing_input: &'t [u8],
    /// A digest of the signature.
    signature: [u8; 32],
}

/// A token that was verified.
struct Remembered<C> {
    signing_input: Box<[u8]>,
    signature: [u8; 32],
    /// Of the keys that verified it.
    generation: u64,
    verified: Arc<Verified<C>>,
}

impl<C> Memory<C> {
    pub(super) fn new(tokens: usize) -> Self {
        let mut salt = [0; 16];
        for octets in salt.as_chunks_mut::<8>().0 {
            *octets = RandomState::new().build_hasher().finish().to_le_bytes();
        }
        Self { salt, sets: (0..tokens.div_ceil(WAYS)).map(|_| Set::default()).collect() }
    }

    /// What to look for. `None` where nothing is remembered at all, or there is no signature that could be one.
    pub(super) fn seek<'t>(&self, token: &'t [u8]) -> Option<Sought<'t>> {
        if self.sets.is_empty() {
            return None;
        }
        let (signing_input, signature) = token.split_at_checked(memchr::memrchr(b'.', token)?)?;
        let signature = signature.strip_prefix(b".").filter(|signature| signature.len() <= LONGEST_SIGNATURE)?;
        let signature = Sha256::new().chain_update(self.salt).chain_update(signature).finalize().into();
        Some(Sought { signing_input, signature })
    }

    /// A token that keys of this generation verified. `None` where they did not, as far as is known.
    pub(super) fn recall(&self, sought: &Sought<'_>, generation: u64) -> Option<Arc<Verified<C>>> {
        self.set(sought)?.iter().find_map(|place| {
            let place = place.load();
            let remembered = place.as_ref().filter(|own| own.generation == generation && own.is(sought));
            remembered.map(|own| Arc::clone(&own.verified))
        })
    }

    /// Remembers a token that was verified by keys of this generation.
    pub(super) fn remember(&self, sought: &Sought<'_>, generation: u64, verified: &Arc<Verified<C>>) {
        let Some(set) = self.set(sought) else { return };
        // Where it is already, if others verified it at the same time; else where nothing is, or what other keys verified. Where all are taken, one that the signature names: as
        // good as any, and without a record of who was there first.
        let has = |fits: &dyn Fn(&Remembered<C>) -> bool, or_nothing| {
            set.iter().find(move |place| place.load().as_ref().map_or(or_nothing, |other| fits(other)))
        };
        let own = has(&|other| other.is(sought), false);
        let free = || has(&|other| other.generation != generation, true);
        let [.., last] = sought.signature;
        let named = usize::from(last) % WAYS;
        if let Some(place) = own.or_else(free).or_else(|| set.get(named)) {
            let Sought { signing_input, signature } = *sought;
            let (signing_input, verified) = (signing_input.into(), Arc::clone(verified));
            place.store(Some(Arc::new(Remembered { signing_input, signature, generation, verified })));
        }
    }

    fn set(&self, sought: &Sought<'_>) -> Option<&Set<C>> {
        let first = sought.signature.first_chunk().map(|word| u64::from_le_bytes(*word)).unwrap_or_default();
        // The first word as a fraction of the sets.
        let sets = u128::try_from(self.sets.len()).unwrap_or_default();
        let place = u128::from(first).wrapping_mul(sets) >> 64_u32;
        self.sets.get(usize::try_from(place).unwrap_or_default())
    }
}

impl<C> Remembered<C> {
    /// Whether it is this token, octet for octet. Whoever finds out by the time it takes how far header and payload are the same has the signature already.
    fn is(&self, sought: &Sought<'_>) -> bool {
        self.signature == sought.signature && *self.signing_input == *sought.signing_input
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_have_a_largest_length() {
        let sought =
            |length: usize| Memory::<()>::new(1).seek(format!("a.b.{}", "A".repeat(length)).as_bytes()).is_some();
        // The signature of ML-DSA-87 (FIPS 204, table 2) without padding.
        assert_eq!(LONGEST_SIGNATURE, (4627_usize * 8).div_ceil(6));
        assert!(sought(0) && sought(LONGEST_SIGNATURE) && !sought(LONGEST_SIGNATURE + 1));
        assert!(Memory::<()>::new(1).seek(b"no dot").is_none() && Memory::<()>::new(0).seek(b"a.b.c").is_none());
    }

    #[test]
    fn room_is_a_multiple_of_the_ways() {
        for (tokens, sets) in [(0, 0), (1, 1), (4, 1), (5, 2), (8, 2)] {
            assert_eq!(Memory::<()>::new(tokens).sets.len(), sets);
        }
    }
}
