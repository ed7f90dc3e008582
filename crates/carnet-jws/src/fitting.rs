use crate::error::JwsError;
use carnet_core::Quoted;
use carnet_jwa::Algorithm;
use carnet_jwk::{Candidates, VerifyingKey, VerifyingKeys};

/// The keys that may have made a signature: those of its `kid` that are bound to its algorithm, as many as may be tried.
pub(crate) struct Fitting<'k, 't> {
    candidates: Candidates<'k, 't>,
    algorithm: Algorithm,
    /// What the header says.
    named: &'t str,
    key_id: Option<&'t str>,
    limit: usize,
    tried: usize,
    /// Whether any key has the `kid`.
    matched: bool,
    /// Whether a key was left out because of the limit.
    left_out: bool,
}

impl<'k, 't> Fitting<'k, 't> {
    #[inline]
    pub(crate) fn new(
        keys: &'k VerifyingKeys,
        key_id: Option<&'t str>,
        (algorithm, named): (Algorithm, &'t str),
        limit: usize,
    ) -> Self {
        let candidates = keys.candidates(key_id);
        Self { candidates, algorithm, named, key_id, limit, tried: 0, matched: false, left_out: false }
    }

    /// The same keys, of which no more than so many may be tried.
    pub(crate) fn at_most(mut self, limit: usize) -> Self {
        self.limit = self.limit.min(limit);
        self
    }

    /// Why the signature is refused, once every key was tried and none had made it.
    #[cold]
    pub(crate) fn refusal(&self) -> JwsError {
        match self {
            Self { left_out: true, limit, .. } => JwsError::TrialsExhausted { limit: *limit },
            Self { tried: 1.., .. } => JwsError::InvalidSignature,
            Self { matched: true, named, .. } => JwsError::AlgorithmNotAllowed { algorithm: Quoted::new(named) },
            Self { key_id, .. } => JwsError::UnknownKey { key_id: key_id.map(Quoted::new) },
        }
    }
}

impl<'k> Iterator for Fitting<'k, '_> {
    type Item = &'k VerifyingKey;

    #[inline]
    fn next(&mut self) -> Option<&'k VerifyingKey> {
        for key in self.candidates.by_ref() {
            self.matched = true;
            if key.algorithm() != self.algorithm {
                continue;
            }
            if self.tried >= self.limit {
                self.left_out = true;
                return None;
            }
            self.tried = self.tried.saturating_add(1);
            return Some(key);
        }
        None
    }
}
