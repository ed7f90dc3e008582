use crate::skipped_key::SkippedKey;
use crate::verifying_key::VerifyingKey;
use carnet_core::header::KnownHeaders;
use carnet_jwa::Algorithm;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::collections::HashMap;
use std::sync::Arc;

/// Up to this many keys a walk is faster than a table.
const WALKED: usize = 8;

/// The keys a verifier chooses from, and the reasons why others are not among them.
///
/// **Choice** (after [RFC 7515 §4.1.4](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.4)): a token with `kid` is tried with keys of an equal `kid`
/// only, except where no key here has one. A token without `kid` is tried with every key of its algorithm, up to
/// [`Limits::key_trials`](carnet_core::Limits::key_trials).
///
/// A clone is the same keys, and costs nothing.
#[derive(Clone)]
pub struct VerifyingKeys(Arc<Inner>);

/// The generation of the keys that are made next.
static NEXT_GENERATION: AtomicU64 = AtomicU64::new(0);

struct Inner {
    keys: Vec<VerifyingKey>,
    skipped: Vec<SkippedKey>,
    /// Where the keys with a `kid` are; empty for few keys.
    by_key_id: HashMap<Box<str>, Vec<usize>>,
    any_key_id: bool,
    known_headers: KnownHeaders,
    generation: u64,
}

impl VerifyingKeys {
    pub(crate) fn new(keys: Vec<VerifyingKey>, skipped: Vec<SkippedKey>) -> Self {
        let mut by_key_id: HashMap<Box<str>, Vec<usize>> = HashMap::new();
        if keys.len() > WALKED {
            for (index, key) in keys.iter().enumerate() {
                if let Some(key_id) = key.key_id() {
                    by_key_id.entry(key_id.into()).or_default().push(index);
                }
            }
        }
        let any_key_id = keys.iter().any(|key| key.key_id().is_some());
        let (known_headers, generation) = (KnownHeaders::default(), NEXT_GENERATION.fetch_add(1, Relaxed));
        Self(Arc::new(Inner { keys, skipped, by_key_id, any_key_id, known_headers, generation }))
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.keys.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.keys.is_empty()
    }

    /// The keys.
    pub fn iter(&self) -> core::slice::Iter<'_, VerifyingKey> {
        self.0.keys.iter()
    }

    /// The entries of a set that did not become keys, with the reasons.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.0.skipped
    }

    /// Headers of tokens that these keys verified, for the verifier that made sure of it.
    #[doc(hidden)]
    #[must_use]
    #[inline]
    pub fn known_headers(&self) -> &KnownHeaders {
        &self.0.known_headers
    }

    /// A number that these keys have, their clones too, and no others that this process made or will make: for whoever remembers what was found out with them. What
    /// another number says is nothing; keys that are equal and were made twice have two.
    ///
    /// ```
    /// # use carnet_jwk::VerifyingKeys;
    /// let (keys, others) = (VerifyingKeys::default(), VerifyingKeys::default());
    /// assert!(keys.generation() == keys.clone().generation() && keys.generation() != others.generation());
    /// ```
    #[must_use]
    #[inline]
    pub fn generation(&self) -> u64 {
        self.0.generation
    }

    /// Whether some key is bound to an algorithm.
    #[must_use]
    pub fn has_algorithm(&self, algorithm: Algorithm) -> bool {
        self.0.keys.iter().any(|key| key.algorithm() == algorithm)
    }

    /// The keys to try for a token with this `kid`, whatever their algorithm.
    #[must_use]
    #[inline]
    pub fn candidates<'k, 't>(&'k self, key_id: Option<&'t str>) -> Candidates<'k, 't> {
        Candidates(match key_id.filter(|_| self.0.any_key_id) {
            None => Choice::All(self.0.keys.iter()),
            Some(key_id) if self.0.keys.len() <= WALKED => Choice::Walked(self.0.keys.iter(), key_id),
            Some(key_id) => {
                let places = self.0.by_key_id.get(key_id).map(Vec::as_slice).unwrap_or_default();
                Choice::Looked(places.iter(), &self.0.keys)
            }
        })
    }
}

impl Default for VerifyingKeys {
    fn default() -> Self {
        Self::new(Vec::new(), Vec::new())
    }
}

impl fmt::Debug for VerifyingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKeys").field("keys", &self.0.keys).field("skipped", &self.0.skipped).finish()
    }
}

/// The keys [`VerifyingKeys::candidates`] found, in their order.
#[derive(Debug)]
pub struct Candidates<'k, 't>(Choice<'k, 't>);

#[derive(Debug)]
enum Choice<'k, 't> {
    All(core::slice::Iter<'k, VerifyingKey>),
    Walked(core::slice::Iter<'k, VerifyingKey>, &'t str),
    Looked(core::slice::Iter<'k, usize>, &'k [VerifyingKey]),
}

impl<'k> Iterator for Candidates<'k, '_> {
    type Item = &'k VerifyingKey;

    #[inline]
    fn next(&mut self) -> Option<&'k VerifyingKey> {
        match &mut self.0 {
            Choice::All(keys) => keys.next(),
            Choice::Walked(keys, key_id) => keys.find(|key| key.key_id() == Some(key_id)),
            Choice::Looked(places, keys) => places.next().and_then(|&place| keys.get(place)),
        }
    }
}

impl From<VerifyingKey> for VerifyingKeys {
    fn from(key: VerifyingKey) -> Self {
        Self::new(vec![key], Vec::new())
    }
}

impl FromIterator<VerifyingKey> for VerifyingKeys {
    fn from_iter<I: IntoIterator<Item = VerifyingKey>>(keys: I) -> Self {
        Self::new(keys.into_iter().collect(), Vec::new())
    }
}

impl<'a> IntoIterator for &'a VerifyingKeys {
    type Item = &'a VerifyingKey;
    type IntoIter = core::slice::Iter<'a, VerifyingKey>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
