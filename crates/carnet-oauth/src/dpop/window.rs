use super::claims::ProofClaims;
use super::proof_error::DpopProofError;
use carnet_core::NumericDate;

/// When a proof is taken. Seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) max_age: i64,
    pub(super) leeway: i64,
}

impl Window {
    /// The times of a proof. What JSON Web Tokens say with `exp` and `nbf` holds for proofs as well, where it is said.
    pub(super) fn check(self, claims: &ProofClaims, now: i64) -> Result<(), DpopProofError> {
        let Self { leeway, .. } = self;
        let ProofClaims { issued_at, expires_at, not_before, .. } = *claims;
        if issued_at.ceil() > now.saturating_add(leeway) {
            return Err(DpopProofError::IssuedInFuture { issued_at, now, leeway });
        }
        self.check_age(issued_at, now)?;
        if let Some(expires_at) = expires_at.filter(|at| at.floor().saturating_add(leeway) <= now) {
            return Err(DpopProofError::Expired { expires_at, now, leeway });
        }
        if let Some(not_before) = not_before.filter(|at| at.ceil() > now.saturating_add(leeway)) {
            return Err(DpopProofError::NotYetValid { not_before, now, leeway });
        }
        Ok(())
    }

    pub(super) fn check_age(self, issued_at: NumericDate, now: i64) -> Result<(), DpopProofError> {
        let Self { max_age, leeway } = self;
        if now < self.end(issued_at) {
            return Ok(());
        }
        Err(DpopProofError::TooOld { issued_at, now, max_age, leeway })
    }

    /// The first second in which a proof of this time is too old.
    pub(super) const fn end(self, issued_at: NumericDate) -> i64 {
        issued_at.floor().saturating_add(self.max_age).saturating_add(self.leeway).saturating_add(1)
    }
}
