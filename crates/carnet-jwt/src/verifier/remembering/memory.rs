use crate::verified::Verified;
use arc_swap::ArcSwapOption;
use core::hash::{BuildHasher, Hasher};
use sha2::{Digest, Sha256};
use std::collections::hash_map::RandomState;
use std::sync::Arc;

/// In how many places a token can be.
const WAYS: usize = 4;

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
    signing_input: &'t str,
    /// A digest of the signature.
    signature: [u8; 32],
}

/// A token that was verified.
struct Remembered<C> {
    signing_input: Box<str>,
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

    /// What to look for. `None` where nothing is remembered at all, or there is no signature.
    pub(super) fn seek<'t>(&self, token: &'t str) -> Option<Sought<'t>> {
        if self.sets.is_empty() {
            return None;
        }
        let (signing_input, signature) = token.rsplit_once('.')?;
        let signature = Sha256::new().chain_update(self.salt).chain_update(signature).finalize().into();
        Some(Sought { signing_input, signature })
    }

    /// Judges a token anew that these keys verified before. `None` where they did not, as far as is known.
    pub(super) fn recall<R>(
        &self,
        sought: &Sought<'_>,
        generation: u64,
        judge: impl FnOnce(&Arc<Verified<C>>) -> R,
    ) -> Option<R> {
        for place in self.set(sought)? {
            if let Some(remembered) = &*place.load()
                && remembered.generation == generation
                && remembered.is(sought)
            {
                return Some(judge(&remembered.verified));
            }
        }
        None
    }

    /// Remembers a token that was verified by keys of this generation.
    pub(super) fn remember(&self, sought: &Sought<'_>, generation: u64, verified: &Arc<Verified<C>>) {
        let Some(set) = self.set(sought) else { return };
        // Nothing, or what older keys verified. Where all are taken, one that the signature names: as good as any, and without a record of who was there first.
        let is_free = |place: &&ArcSwapOption<_>| {
            place.load().as_ref().is_none_or(|other: &Arc<Remembered<C>>| other.generation != generation)
        };
        let [.., last] = sought.signature;
        let named = usize::from(last) % WAYS;
        if let Some(place) = set.iter().find(is_free).or_else(|| set.get(named)) {
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
        self.signature == sought.signature && &*self.signing_input == sought.signing_input
    }
}
