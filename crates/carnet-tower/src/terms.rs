use crate::challenges::Challenges;
use crate::scopes::ScopeHierarchy;
use crate::verifies_tokens::VerifiesTokens;
use core::fmt;
use std::sync::Arc;

/// What a token is judged by after it was verified, in a layer and in a handler, and how it is told what is wanting.
pub(crate) struct Terms {
    pub(crate) verifier: Box<dyn VerifiesTokens>,
    pub(crate) challenges: Challenges,
    pub(crate) hierarchy: Option<Arc<dyn ScopeHierarchy>>,
    pub(crate) roles_at: Vec<String>,
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { challenges, roles_at, .. } = self;
        f.debug_struct("Terms").field("challenges", challenges).field("roles_at", roles_at).finish_non_exhaustive()
    }
}
