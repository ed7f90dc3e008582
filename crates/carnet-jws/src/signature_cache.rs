use carnet_jwk::VerifyingKey;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use zeroize::Zeroizing;

/// In how many places an entry can be.
const WAYS: usize = 4;

/// Remembers that the signature of exactly this token was found valid under this key, **and nothing else**: for services to which a client sends one token with every
/// request, so that an ES256 token after the first costs no more than an HS256 one.
///
/// Give it to [`JwsVerifier::signature_cache`](crate::JwsVerifier::signature_cache) or to the builder of a JSON Web Token verifier. Everything else is done for every token
/// as without it: form, algorithm, `crit`, which key, claims, times, the caller's checks, and whatever a service asks of revocation. A key that is not among the
/// verifier's any more is not looked up, so what it verified is forgotten with it. Failures are not remembered. Tokens of HMAC are not either: verifying them costs as little.
///
/// **Memory**: 32 octets an entry, taken at once, and never more. An entry is a SHA-256 digest of a random secret of this cache, the key and the token, so no token stays in
/// memory, nobody can make two tokens meet in one entry, and one that is written over costs a verification. There is no lock.
///
/// Clones are one cache. It can serve several verifiers.
///
/// ```
/// use carnet_jwa::Algorithm::ES256;
/// use carnet_jwk::SigningKey;
/// use carnet_jws::{JwsBuilder, JwsVerifier, SignatureCache};
/// let key = SigningKey::generate(ES256)?;
/// let cache = SignatureCache::new(10_000)?; // 320 kB
/// let verifier = JwsVerifier::new(key.verifying_key()).signature_cache(cache.clone());
/// let token = JwsBuilder::new().sign(b"payload", &key)?;
/// for _ in 0..3 {
///     assert!(verifier.verify(&token).is_ok());
/// }
/// assert_eq!((cache.hits(), cache.misses()), (2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SignatureCache(Arc<Table>);

struct Table {
    secret: Zeroizing<Vec<u8>>,
    sets: Box<[Set]>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// Where an entry can be. A reader that meets a writer may see words of two entries, which then are equal to none.
type Set = [[AtomicU64; 4]; WAYS];

/// What a signature is remembered by.
#[derive(Clone, Copy)]
pub(crate) struct Entry([u64; 4]);

/// What the cache knows of a signature.
pub(crate) enum Known {
    /// It was found valid.
    Valid,
    /// Nothing; this is what to remember it by.
    Unknown(Entry),
}

impl SignatureCache {
    /// A cache of so many entries, 4 at least, of 32 octets each.
    ///
    /// # Errors
    /// [`KeyError::Random`](carnet_jwk::KeyError::Random) when the operating system gives no random octets for its secret.
    pub fn new(entries: usize) -> Result<Self, carnet_jwk::KeyError> {
        let secret = carnet_jwa::random::secret(32)?;
        let sets = (0..entries.div_ceil(WAYS).max(1)).map(|_| Set::default()).collect();
        Ok(Self(Arc::new(Table { secret, sets, hits: AtomicU64::new(0), misses: AtomicU64::new(0) })))
    }

    /// How many signatures were found in it.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.0.hits.load(Relaxed)
    }

    /// How many were looked for and not found.
    #[must_use]
    pub fn misses(&self) -> u64 {
        self.0.misses.load(Relaxed)
    }

    /// Looks for the signature of a token under a key. `None` for a key that is not worth it.
    pub(crate) fn look_up(&self, key: &VerifyingKey, token: &str) -> Option<Known> {
        let fingerprint = key.fingerprint()?;
        let table = &*self.0;
        let digest =
            Sha256::new().chain_update(&*table.secret).chain_update(fingerprint).chain_update(token).finalize();
        let mut words = digest.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        let entry = core::array::from_fn(|_| words.next().unwrap_or_default());
        let is_entry = |place: &[AtomicU64; 4]| place.iter().zip(&entry).all(|(own, word)| own.load(Relaxed) == *word);
        if table.set(&entry).is_some_and(|set| set.iter().any(is_entry)) {
            table.hits.fetch_add(1, Relaxed);
            return Some(Known::Valid);
        }
        table.misses.fetch_add(1, Relaxed);
        Some(Known::Unknown(Entry(entry)))
    }

    /// Remembers a signature that was found valid.
    pub(crate) fn remember(&self, Entry(entry): Entry) {
        let Some(set) = self.0.set(&entry) else { return };
        let is_free = |place: &&[AtomicU64; 4]| place.iter().all(|word| word.load(Relaxed) == 0);
        // Where all are taken, one that the entry itself names: as good as any, and without a record of who was there first.
        let [.., last] = entry;
        let named = usize::try_from(last).unwrap_or_default() % WAYS;
        if let Some(place) = set.iter().find(is_free).or_else(|| set.get(named)) {
            for (own, word) in place.iter().zip(entry) {
                own.store(word, Relaxed);
            }
        }
    }
}

impl Table {
    fn set(&self, &[first, ..]: &[u64; 4]) -> Option<&Set> {
        // The first word as a fraction of the sets.
        let sets = u128::try_from(self.sets.len()).unwrap_or_default();
        let place = u128::from(first).wrapping_mul(sets) >> 64_u32;
        self.sets.get(usize::try_from(place).unwrap_or_default())
    }
}

impl fmt::Debug for SignatureCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.0.sets.len().saturating_mul(WAYS);
        f.debug_struct("SignatureCache")
            .field("entries", &entries)
            .field("hits", &self.hits())
            .field("misses", &self.misses())
            .finish_non_exhaustive()
    }
}
