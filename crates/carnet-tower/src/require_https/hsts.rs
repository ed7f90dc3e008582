use core::time::Duration;
use http::HeaderValue;

/// What `Strict-Transport-Security` says (RFC 6797 §6.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Hsts {
    max_age: Duration,
    subdomains: bool,
}

impl Default for Hsts {
    fn default() -> Self {
        Self { max_age: Duration::from_secs(365 * 24 * 3600), subdomains: false }
    }
}

impl Hsts {
    pub(super) const fn with_max_age(self, max_age: Duration) -> Self {
        Self { max_age, ..self }
    }

    pub(super) const fn with_subdomains(self) -> Self {
        Self { subdomains: true, ..self }
    }

    /// The value; a number and a word can always be one.
    pub(super) fn value(self) -> Option<HeaderValue> {
        let subdomains = if self.subdomains { "; includeSubDomains" } else { "" };
        HeaderValue::try_from(format!("max-age={}{subdomains}", self.max_age.as_secs())).ok()
    }
}
