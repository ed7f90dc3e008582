use crate::jwk::Jwk;
use crate::key_source::{KeySource, KeySourceError, LocalKeys};
use crate::secret::Secret;
use crate::set::JwkSet;
use crate::signing_key::SigningKey;
use crate::verifying_key::VerifyingKey;
use crate::verifying_keys::VerifyingKeys;
use arc_swap::ArcSwap;
use carnet_jwa::{Algorithm, KeyError};
use core::fmt;
use std::sync::Arc;

/// Keys that follow each other: signs with the current one, verifies with the current and the previous ones, and publishes the next one ahead of time.
///
/// Give clones of it to whoever signs and whoever verifies; all see a rotation at once. A published key is known to the verifiers of others
/// before the first token is signed with it, if they fetch the set more often than keys rotate. Keys of a ring that is published should have a `kid`, so
/// that a token finds its own.
///
/// A ring is of [`SigningKey`]s. Keys outside the process ([`Signer`](crate::Signer)) are rotated by whoever keeps them; put their public halves into the published set
/// likewise ahead of time.
///
/// The next key does not verify here. Where several processes have a ring each, a token of one that has rotated is refused by those that have not: rotate
/// them at about the same time, or let those that only verify read the published set.
///
/// ```
/// # if !carnet_jwa::Algorithm::ES256.is_available() { return Ok(()); }
/// use carnet_jwa::Algorithm::ES256;
/// use carnet_jwk::{KeyRing, SigningKey};
/// let key = || SigningKey::generate(ES256).map(SigningKey::with_thumbprint_key_id);
///
/// let ring = KeyRing::new(key()?).with_next(key()?);
/// let (first, second) = (ring.current().key_id().map(str::to_owned), ring.next().and_then(|key| key.key_id().map(str::to_owned)));
/// assert_eq!(ring.published().len(), 2);
///
/// ring.rotate(key()?)?; // the next is current, the current previous
/// assert_eq!(ring.current().key_id(), second.as_deref());
/// assert!(ring.verifying_keys().iter().any(|key| key.key_id() == first.as_deref()));
///
/// ring.forget_previous(0); // once the last token it signed has expired
/// assert_eq!(ring.verifying_keys().len(), 1);
/// # Ok::<(), carnet_jwk::KeyError>(())
/// ```
#[derive(Clone)]
pub struct KeyRing(Arc<ArcSwap<Generation>>);

/// The keys between two rotations.
#[derive(Clone)]
struct Generation {
    next: Option<Arc<SigningKey>>,
    current: Arc<SigningKey>,
    /// The latest first.
    previous: Vec<Previous>,
    verifying: Arc<VerifyingKeys>,
}

/// A key that signs no more.
#[derive(Clone)]
struct Previous {
    key: VerifyingKey,
    public: Option<Jwk>,
}

impl Generation {
    /// A key is in one place only: a next or a previous key that is the current one, with its `kid` and its algorithm, is left out.
    fn new(next: Option<Arc<SigningKey>>, current: Arc<SigningKey>, mut previous: Vec<Previous>) -> Self {
        let next = next.filter(|next| !is_same(&current, &next.verifying_key(), next.public_jwk().as_ref()));
        previous.retain(|previous| !is_same(&current, &previous.key, previous.public.as_ref()));
        let keys =
            core::iter::once(current.verifying_key()).chain(previous.iter().map(|previous| previous.key.clone()));
        let verifying = Arc::new(keys.collect());
        Self { next, current, previous, verifying }
    }
}

impl KeyRing {
    /// A ring of one key.
    #[must_use]
    pub fn new(current: SigningKey) -> Self {
        let generation = Generation::new(None, Arc::new(current), Vec::new());
        Self(Arc::new(ArcSwap::from_pointee(generation)))
    }

    /// A ring of shared secrets for one HMAC algorithm: tokens without `kid` are tried with the current one, then with the previous ones.
    ///
    /// # Errors
    /// As [`SigningKey::from_secret`].
    pub fn from_secrets<'s>(
        algorithm: Algorithm,
        current: &Secret,
        previous: impl IntoIterator<Item = &'s Secret>,
    ) -> Result<Self, KeyError> {
        let mut ring = Self::new(SigningKey::from_secret(algorithm, current)?);
        for secret in previous {
            ring = ring.with_previous(VerifyingKey::from_secret(algorithm, secret)?);
        }
        Ok(ring)
    }

    /// A ring of shared secrets from the environment: `JWT_SECRET`, say, and `JWT_PREVIOUS_SECRET`. The second is there only while tokens of the
    /// old secret are alive, so it may be unset, but not empty or too short.
    ///
    /// # Errors
    /// As [`Secret::from_env`], naming the variable, and as [`SigningKey::from_secret`].
    pub fn from_env(algorithm: Algorithm, current: &str, previous: &str) -> Result<Self, KeyError> {
        let current = Secret::from_env(current)?;
        let previous = Secret::from_env_if_set(previous)?;
        Self::from_secrets(algorithm, &current, &previous)
    }

    /// The same ring with a next key, which is published and neither signs nor verifies yet. The current key cannot be the next one too, and is left out.
    #[must_use]
    pub fn with_next(self, next: SigningKey) -> Self {
        let next = Arc::new(next);
        self.0.rcu(|old| {
            let (current, previous) = (Arc::clone(&old.current), old.previous.clone());
            Arc::new(Generation::new(Some(Arc::clone(&next)), current, previous))
        });
        self
    }

    /// The same ring with another previous key, which verifies and does not sign. It is older than those there already, and not published: see
    /// [`with_previous_jwk`](Self::with_previous_jwk).
    #[must_use]
    pub fn with_previous(self, key: VerifyingKey) -> Self {
        self.add_previous(Previous { key, public: None })
    }

    /// The same ring with another previous key, which verifies, does not sign, and is published.
    ///
    /// # Errors
    /// As [`VerifyingKey::from_jwk`].
    pub fn with_previous_jwk(self, jwk: Jwk) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_jwk(&jwk)?;
        Ok(self.add_previous(Previous { key, public: Some(jwk) }))
    }

    fn add_previous(self, previous: Previous) -> Self {
        self.0.rcu(|old| {
            let previous = old.previous.iter().chain([&previous]).cloned().collect();
            Arc::new(Generation::new(old.next.clone(), Arc::clone(&old.current), previous))
        });
        self
    }

    /// Goes on by one key: the current one becomes previous, the next one current, and `next` the next one. For everyone who has a clone of this ring
    /// that is one step: nobody sees half of it. Rotate from one place only, and not sooner than everybody has fetched the next key: a second call right after the
    /// first makes a key current that was published a moment ago. A `next` that is the key which becomes current is left out, and the ring has no next key then.
    ///
    /// # Errors
    /// [`KeyError::NoNextKey`] when there is none: nobody could have fetched it. Set one with [`with_next`](Self::with_next), or exchange
    /// the key at once with [`switch_to`](Self::switch_to).
    pub fn rotate(&self, next: SigningKey) -> Result<(), KeyError> {
        let next = Arc::new(next);
        let mut missing = false;
        self.0.rcu(|old| match &old.next {
            Some(new) => {
                missing = false;
                let previous = retired(old);
                Arc::new(Generation::new(Some(Arc::clone(&next)), Arc::clone(new), previous))
            }
            None => {
                missing = true;
                Arc::clone(old)
            }
        });
        if missing {
            return Err(KeyError::NoNextKey);
        }
        Ok(())
    }

    /// Signs with another key from now on; the old one verifies still. For shared secrets, and for keys that nobody fetches: who verifies with a
    /// copy of the published set has not seen this one yet.
    pub fn switch_to(&self, current: SigningKey) {
        let current = Arc::new(current);
        self.0.rcu(|old| Arc::new(Generation::new(old.next.clone(), Arc::clone(&current), retired(old))));
    }

    /// Begins anew after a leak: signs with this key, and every other one, the next one too, is forgotten. All tokens signed before are refused from now on.
    pub fn replace_all(&self, current: SigningKey) {
        self.0.store(Arc::new(Generation::new(None, Arc::new(current), Vec::new())));
    }

    /// Keeps only the latest `keep` previous keys. Tokens of the others are refused from now on, so wait until they have expired.
    pub fn forget_previous(&self, keep: usize) {
        self.0.rcu(|old| {
            let previous = old.previous.iter().take(keep).cloned().collect();
            Arc::new(Generation::new(old.next.clone(), Arc::clone(&old.current), previous))
        });
    }

    /// The key that signs.
    #[must_use]
    pub fn current(&self) -> Arc<SigningKey> {
        Arc::clone(&self.0.load().current)
    }

    /// The key that will sign after the next rotation.
    #[must_use]
    pub fn next(&self) -> Option<Arc<SigningKey>> {
        self.0.load().next.clone()
    }

    /// The keys that verify: the current one, then the previous ones, the latest first.
    #[must_use]
    pub fn verifying_keys(&self) -> Arc<VerifyingKeys> {
        Arc::clone(&self.0.load().verifying)
    }

    /// The public keys for others: next, current, previous. Shared secrets are not among them.
    #[must_use]
    pub fn published(&self) -> JwkSet {
        let generation = self.0.load();
        let signing = generation.next.iter().chain([&generation.current]).filter_map(|key| key.public_jwk());
        signing.chain(generation.previous.iter().filter_map(|previous| previous.public.clone())).collect()
    }
}

/// Whether a key that verifies is the one that signs, under the same name and for the same algorithm.
fn is_same(signing: &SigningKey, key: &VerifyingKey, public: Option<&Jwk>) -> bool {
    if (signing.algorithm(), signing.key_id()) != (key.algorithm(), key.key_id()) {
        return false;
    }
    match (signing.public_jwk(), public) {
        (Some(own), Some(public)) => own.key == public.key,
        // Equal secrets make equal codes; nothing else about them is compared.
        (None, None) => signing.sign_message(b"").is_ok_and(|code| key.verify_signature(b"", &code).is_ok()),
        _ => false,
    }
}

/// The previous keys, once the current one is among them.
fn retired(old: &Generation) -> Vec<Previous> {
    let latest = Previous { key: old.current.verifying_key(), public: old.current.public_jwk() };
    core::iter::once(latest).chain(old.previous.iter().cloned()).collect()
}

impl KeySource for KeyRing {
    type Snapshot<'a> = Arc<VerifyingKeys>;

    fn snapshot(&self) -> Result<Arc<VerifyingKeys>, KeySourceError> {
        Ok(self.verifying_keys())
    }
}

impl LocalKeys for KeyRing {}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let generation = self.0.load();
        f.debug_struct("KeyRing")
            .field("next", &generation.next)
            .field("current", &generation.current)
            .field("previous", &generation.previous.len())
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, any(feature = "ring", feature = "aws-lc-rs")))]
mod tests {
    use super::*;
    use crate::private_jwk::PrivateJwk;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    /// Whoever looks while others rotate sees one generation or the next: its current key verifies, and before the others.
    #[test]
    fn nobody_sees_half_a_rotation() {
        let key = |name: &str| SigningKey::generate(Algorithm::EdDSA).unwrap().with_key_id(name).unwrap();
        let ring = KeyRing::new(key("0")).with_next(key("1"));
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let rotate = |name: &'static str| {
                let ring = &ring;
                scope.spawn(move || {
                    for turn in 0..200 {
                        ring.rotate(key(&format!("{name}{turn}"))).unwrap();
                        ring.forget_previous(3);
                    }
                })
            };
            let rotating = [rotate("a"), rotate("b")];
            let looking = scope.spawn(|| {
                while !done.load(Relaxed) {
                    let seen = ring.0.load();
                    let names: Vec<_> = seen.verifying.iter().map(|key| key.key_id().unwrap()).collect();
                    let previous: Vec<_> = seen.previous.iter().map(|key| key.key.key_id().unwrap()).collect();
                    let expected: Vec<_> = core::iter::once(seen.current.key_id().unwrap()).chain(previous).collect();
                    assert_eq!(names, expected);
                    assert!(!names.contains(&seen.next.as_ref().unwrap().key_id().unwrap()));
                }
            });
            for thread in rotating {
                thread.join().unwrap();
            }
            done.store(true, Relaxed);
            looking.join().unwrap();
        });
        assert_eq!((ring.verifying_keys().len(), ring.published().len()), (4, 5));
    }

    #[test]
    fn a_key_is_in_one_place() {
        let [one, two] = [(); 2].map(|()| PrivateJwk::generate(Algorithm::EdDSA).unwrap());
        let key = |jwk: &PrivateJwk| SigningKey::from_jwk(jwk).unwrap();
        let counts = |ring: &KeyRing| (ring.next().is_some(), ring.verifying_keys().len(), ring.published().len());
        let ring = KeyRing::new(key(&one)).with_next(key(&one)).with_previous_jwk(one.public_jwk().unwrap()).unwrap();
        assert_eq!(counts(&ring), (false, 1, 1));
        let ring = ring.with_next(key(&two));
        assert_eq!(counts(&ring), (true, 1, 2));
        for _ in 0..2 {
            ring.switch_to(key(&two));
            assert_eq!(counts(&ring), (false, 2, 2));
        }
        // The same numbers under another name or for another algorithm are another key: its tokens still find it.
        ring.switch_to(key(&two).with_key_id("2").unwrap());
        assert_eq!(counts(&ring), (false, 3, 3));
        let ring = KeyRing::new(key(&one).with_key_id("new").unwrap());
        let old = one.public_jwk().unwrap().with_key_id("old").unwrap();
        assert_eq!(counts(&ring.with_previous_jwk(old).unwrap()), (false, 2, 2));
    }

    #[test]
    fn a_secret_is_in_one_place() {
        let secret = |octet: u8| Secret::from_bytes([octet; 32]).unwrap();
        let signing = |octet| SigningKey::from_secret(Algorithm::HS256, &secret(octet)).unwrap();
        let ring = KeyRing::from_secrets(Algorithm::HS256, &secret(1), [&secret(1)]).unwrap();
        assert_eq!(ring.verifying_keys().len(), 1);
        for _ in 0..2 {
            ring.switch_to(signing(2));
            assert_eq!(ring.verifying_keys().len(), 2);
        }
        ring.switch_to(signing(1));
        assert_eq!(ring.verifying_keys().len(), 2);
    }
}
