//! What became of a token, check by check.

mod claims;
mod length;

use super::{Typed, Untyped, Verifier};
use crate::buffer::TokenBuffer;
use crate::claims::read;
use crate::policy::Subject;
use crate::rejection::Rejection;
use crate::verify_error::VerifyError;
use carnet_jwa::Algorithm;
use carnet_jwk::LocalKeys;
use core::fmt;
use serde::de::DeserializeOwned;

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is nothing else that can become of one")]
pub enum Outcome {
    /// The token passed it.
    Passed,
    /// The token failed it.
    Failed,
    /// An earlier check failed, and so this one says nothing.
    NotReached,
}

/// One check of an [`Explanation`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    name: String,
    outcome: Outcome,
    expected: Option<String>,
    actual: Option<String>,
    remark: Option<String>,
}

impl Check {
    fn new(name: impl Into<String>, outcome: Outcome) -> Self {
        Self { name: name.into(), outcome, expected: None, actual: None, remark: None }
    }

    fn expects(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// What is checked: `form`, `alg`, `crit`, `key`, `signature`, `claims`, then the names of claims, `typ`, `lifetime`, `scope`, `type` and `check`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What became of it.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What the policy asks for, for a person.
    #[must_use]
    pub fn expected(&self) -> Option<&str> {
        self.expected.as_deref()
    }

    /// What the claims say, as JSON on one line, cut where it is long, with escapes for characters that nobody sees. `None` where they say nothing, and **as long as the
    /// signature has not been found valid**.
    #[must_use]
    pub fn actual(&self) -> Option<&str> {
        self.actual.as_deref()
    }

    /// A sentence about it: why it failed, how long ago, what would have helped.
    #[must_use]
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.outcome {
            Outcome::Passed => "pass",
            Outcome::Failed => "FAIL",
            Outcome::NotReached => "-",
        };
        write!(f, "{sign:4}  {}", self.name)?;
        if let Some(expected) = &self.expected {
            write!(f, "  expected {expected}")?;
        }
        if let Some(actual) = &self.actual {
            write!(f, "  is {actual}")?;
        }
        match &self.remark {
            Some(remark) => write!(f, "  ({remark})"),
            None => Ok(()),
        }
    }
}

/// Every check of a token in its order, with what became of it: what people paste tokens into websites for, without anything leaving the machine.
///
/// Made by [`Verifier::explain`]. For people and their tools: **decide by [`Verifier::verify`]** alone. Claims are shown only once the signature has been found valid; of the header
/// of any token, names that errors quote. A log of explanations holds the claims of genuine tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    checks: Vec<Check>,
    code: Option<&'static str>,
}

impl Explanation {
    /// Of a token that a set of verifiers has no verifier for.
    pub(super) fn of_no_verifier(error: &VerifyError) -> Self {
        let form = if matches!(error, VerifyError::UnknownIssuer) { Outcome::Passed } else { Outcome::Failed };
        let mut checks = vec![Check::new("form", form), Check::new("iss", Outcome::NotReached)];
        if let Some(failed) = checks.iter_mut().find(|check| check.outcome != Outcome::Passed) {
            failed.outcome = Outcome::Failed;
            failed.remark = Some(error.to_string());
        }
        Self { checks, code: Some(error.code()) }
    }

    /// The checks, in the order in which they are made.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The code of the error that [`Verifier::verify`] would have given; `None` where it would have accepted the token.
    #[must_use]
    pub const fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// Whether every check passed.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        self.code.is_none()
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.checks.iter().try_for_each(|check| writeln!(f, "{check}"))
    }
}

/// What comes before the claims, in its order.
const BEFORE_CLAIMS: [&str; 6] = ["form", "alg", "crit", "key", "signature", "claims"];

/// How many of them passed before this error.
const fn passed(error: &VerifyError) -> usize {
    match error {
        VerifyError::Parse(_) | VerifyError::UnknownIssuer => 0,
        VerifyError::AlgorithmNotAllowed { .. } => 1,
        VerifyError::UnsupportedCritical { .. } => 2,
        VerifyError::KeySource(_) | VerifyError::UnknownKey { .. } => 3,
        VerifyError::InvalidSignature | VerifyError::TrialsExhausted { .. } => 4,
        VerifyError::NotClaims(_) | VerifyError::Rejected(_) => 5,
    }
}

impl<K: LocalKeys, T> Verifier<K, T> {
    /// `checks` says whether the claims fit the caller's type, what the caller's checks have against them, and the code of the first that failed.
    fn explain_with(
        &self,
        token: &str,
        checks: impl FnOnce(&Subject<'_>, &mut Vec<Check>) -> Option<&'static str>,
    ) -> Explanation {
        let mut buffer = TokenBuffer::new();
        match buffer.fill(token, &self.jws) {
            Err(error) => self.refused(&error),
            Ok(subject) => {
                let mut all = self.before_claims(BEFORE_CLAIMS.len(), None);
                let now = self.policy.times.clock.now();
                let rejections = self.policy.check(now, &subject);
                claims::explain(&self.policy, now, &subject, &rejections, &mut all);
                let own = checks(&subject, &mut all);
                Explanation { code: rejections.first().map(Rejection::code).or(own), checks: all }
            }
        }
    }

    /// Checks that do not depend on the claims, of which the first `passed` passed and the next failed.
    fn before_claims(&self, passed: usize, error: Option<&VerifyError>) -> Vec<Check> {
        let check = |(place, name): (usize, &&str)| {
            let outcome = match place.cmp(&passed) {
                core::cmp::Ordering::Less => Outcome::Passed,
                core::cmp::Ordering::Equal => Outcome::Failed,
                core::cmp::Ordering::Greater => Outcome::NotReached,
            };
            let mut check = Check::new(*name, outcome);
            if *name == "alg" {
                check = check.expects(self.expected_algorithms().join(" or "));
            }
            if outcome == Outcome::Failed {
                check.remark = error.map(ToString::to_string);
            }
            check
        };
        BEFORE_CLAIMS.iter().enumerate().map(check).collect()
    }

    /// The algorithms that are allowed, of those that there are keys for.
    fn expected_algorithms(&self) -> Vec<&'static str> {
        let allowed = self.jws.allowed_algorithms();
        let keys = self.jws.keys().snapshot().ok();
        let with_key = |algorithm: &&Algorithm| keys.as_ref().is_none_or(|keys| keys.has_algorithm(**algorithm));
        let names: Vec<_> = allowed.iter().filter(with_key).map(|algorithm| algorithm.name()).collect();
        if names.is_empty() { allowed.iter().map(|algorithm| algorithm.name()).collect() } else { names }
    }

    fn refused(&self, error: &VerifyError) -> Explanation {
        let mut checks = self.before_claims(passed(error), Some(error));
        checks.extend(claims::unreached(&self.policy));
        Explanation { checks, code: Some(error.code()) }
    }
}

impl<K: LocalKeys> Verifier<K, Untyped> {
    /// Says of every check whether the token passes it, with what is expected, and, once the signature has been found valid, with what the token says.
    ///
    /// It does the same as [`verify`](Self::verify), and takes longer. Whether the claims fit a type is not among the checks, since there is none here.
    ///
    /// ```
    /// # use carnet_jwa::Algorithm::HS256;
    /// # use carnet_jwk::{Secret, SigningKey, VerifyingKey};
    /// use carnet_jwt::{Outcome, Token, Verifier};
    /// # let secret = Secret::from_bytes(b"an example of 32 octets or more.")?;
    /// # let key = SigningKey::from_secret(HS256, &secret)?;
    /// let verifier = Verifier::builder(VerifyingKey::from_secret(HS256, &secret)?)
    ///     .issuer("https://auth.example.com/")
    ///     .any_audience()
    ///     .at(1_700_000_192)
    ///     .build()?;
    /// let token = Token::builder().issuer("https://auth.example.com/").expires_at(1_700_000_000).sign(&key)?;
    /// let explanation = verifier.explain(&token);
    /// assert_eq!(explanation.code(), Some("token_expired"));
    /// let expiry = explanation.checks().iter().find(|check| check.name() == "exp").ok_or("exp is always checked")?;
    /// assert_eq!(expiry.outcome(), Outcome::Failed);
    /// assert_eq!(expiry.remark(), Some("expired 3 min 12 s ago; a leeway of 193 s or more would have been enough"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explain(&self, token: &str) -> Explanation {
        self.explain_with(token, |_, _| None)
    }
}

impl<K: LocalKeys, C: DeserializeOwned> Verifier<K, Typed<C>> {
    /// As [`explain`](Verifier::explain) of a verifier without checks, with the caller's type and the caller's own checks among them.
    #[must_use]
    pub fn explain(&self, token: &str) -> Explanation {
        self.explain_with(token, |subject, all| {
            let mut code = None;
            let mut judge = |name: &str, failed: Option<Rejection>| {
                let outcome = if failed.is_some() { Outcome::Failed } else { Outcome::Passed };
                code = code.or_else(|| failed.as_ref().map(Rejection::code));
                all.push(Check { remark: failed.map(|rejection| rejection.to_string()), ..Check::new(name, outcome) });
            };
            match read::<C>(subject.registered.text, subject.members) {
                Err(error) => {
                    judge("type", Some(error.into()));
                    all.push(Check::new("check", Outcome::NotReached));
                }
                Ok(claims) => {
                    judge("type", None);
                    self.checks.checks.iter().for_each(|own| judge("check", own(&claims).err()));
                }
            }
            code
        })
    }
}
