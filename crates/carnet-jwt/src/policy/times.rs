use crate::clock::Clock;
use crate::registered::Places;
use crate::rejection::Rejection;
use carnet_core::NumericDate;

/// What is asked of the times of a token. `exp` and `nbf` are always checked.
#[derive(Debug, Clone, Default)]
pub(crate) struct TimeRules {
    pub(crate) leeway: Leeway,
    /// Seconds.
    pub(crate) max_age: Option<i64>,
    /// Seconds.
    pub(crate) max_lifetime: Option<i64>,
    pub(crate) no_future_issued_at: bool,
    pub(crate) expiry_optional: bool,
    pub(crate) clock: Clock,
}

/// How far clocks may differ, in seconds, at most an hour.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Leeway {
    pub(crate) expires_at: i64,
    pub(crate) not_before: i64,
    pub(crate) issued_at: i64,
}

impl TimeRules {
    /// Whether a token with this `exp` is accepted no more.
    pub(crate) fn is_past(&self, expires_at: NumericDate) -> bool {
        self.is_past_at(self.clock.now(), expires_at)
    }

    #[inline]
    fn is_past_at(&self, now: i64, expires_at: NumericDate) -> bool {
        expires_at.floor().saturating_add(self.leeway.expires_at) <= now
    }

    pub(crate) fn check(&self, now: i64, places: &Places, rejections: &mut Vec<Rejection>) {
        let leeway = self.leeway.expires_at;
        if let Some(expires_at) = places.expires_at.filter(|at| self.is_past_at(now, *at)) {
            rejections.push(Rejection::Expired { expires_at, now, leeway });
        }
        let leeway = self.leeway.not_before;
        if let Some(not_before) = places.not_before.filter(|at| at.ceil() > now.saturating_add(leeway)) {
            rejections.push(Rejection::NotYetValid { not_before, now, leeway });
        }
        let Some(issued_at) = places.issued_at else { return };
        let leeway = self.leeway.issued_at;
        if (self.no_future_issued_at || self.max_age.is_some()) && issued_at.ceil() > now.saturating_add(leeway) {
            rejections.push(Rejection::IssuedInFuture { issued_at, now, leeway });
        }
        if let Some(max_age) = self.max_age
            && now.saturating_sub(issued_at.floor()) > max_age.saturating_add(leeway)
        {
            rejections.push(Rejection::TooOld { issued_at, now, max_age, leeway });
        }
        if let (Some(max_lifetime), Some(expires_at)) = (self.max_lifetime, places.expires_at)
            && expires_at.ceil().saturating_sub(issued_at.floor()) > max_lifetime
        {
            rejections.push(Rejection::LifetimeTooLong { issued_at, expires_at, max_lifetime });
        }
    }
}
