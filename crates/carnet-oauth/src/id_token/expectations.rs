use super::IdToken;
use super::claims::IdClaims;
use crate::half_hash::half_hash;
use carnet_core::Header;
use carnet_jwa::Algorithm;
use carnet_jwt::{Registered, Rejection};
use core::fmt;
use core::time::Duration;
use subtle::ConstantTimeEq;

/// What a client expects of one ID token: what it asked for, and what came with the token.
///
/// It begins with the nonce: what was sent with the request, or that none was.
#[derive(Clone)]
#[must_use]
pub struct IdTokenExpectations {
    nonce: Option<String>,
    /// Of the token that this one follows: the same `sub`, and the same `nonce` if there is one.
    before: Option<(String, Option<String>)>,
    access_token: Option<String>,
    code: Option<String>,
    hashes_required: bool,
    max_age: Option<Duration>,
    /// An empty list is never met.
    contexts: Option<Vec<String>>,
}

impl IdTokenExpectations {
    /// The `nonce` that was sent with the request, from the user's session: the token must have exactly this one. An empty one is never met, since it is that of a session which
    /// lost it.
    pub fn nonce(nonce: impl Into<String>) -> Self {
        Self { nonce: Some(nonce.into()), ..Self::without_nonce() }
    }

    /// The token came with a refresh, in the place of this one: `sub` must be the same, and `nonce` too, if there is one
    /// ([OpenID Connect Core §12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).
    pub fn refreshed(before: &IdToken) -> Self {
        let subject = before.subject().unwrap_or_default().to_owned();
        Self { before: Some((subject, before.0.claims().nonce.clone())), ..Self::without_nonce() }
    }

    /// No `nonce` was sent, and that of the token is not looked at: where the code flow with PKCE does its work.
    pub const fn without_nonce() -> Self {
        Self {
            nonce: None,
            before: None,
            access_token: None,
            code: None,
            hashes_required: false,
            max_age: None,
            contexts: None,
        }
    }

    /// The access token that came along: `at_hash` must be its, where it is there.
    pub fn access_token(mut self, access_token: impl Into<String>) -> Self {
        self.access_token = Some(access_token.into());
        self
    }

    /// The code that came along: `c_hash` must be its, where it is there.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Requires `at_hash` and `c_hash` to be there for the access token and the code that are given. They must be, where these come through the browser (the implicit and the
    /// hybrid flow, [OpenID Connect Core §3.2.2.10](https://openid.net/specs/openid-connect-core-1_0.html#ImplicitIDToken) and
    /// [§3.3.2.11](https://openid.net/specs/openid-connect-core-1_0.html#HybridIDToken)).
    pub const fn hashes_required(mut self) -> Self {
        self.hashes_required = true;
        self
    }

    /// The `max_age` that was sent with the request: `auth_time` must be there, and no longer ago now. In whole seconds; the leeway for `iat` is added, and with `max_age` 0 it is all
    /// the time there is between the login and this call.
    pub const fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// The values of `acr` that are good enough: the token must have one of them.
    pub fn authentication_contexts<S: Into<String>>(mut self, contexts: impl IntoIterator<Item = S>) -> Self {
        self.contexts = Some(contexts.into_iter().map(Into::into).collect());
        self
    }

    pub(super) fn check(
        &self,
        claims: &IdClaims,
        (registered, header): (Registered<'_>, Header<'_>),
        (now, leeway): (i64, i64),
        rejections: &mut Vec<Rejection>,
    ) {
        if let Some((subject, nonce)) = &self.before {
            if registered.subject() != Some(subject) {
                rejections.push(Rejection::SubjectMismatch);
            }
            judge("nonce", claims.nonce.as_ref().map(|own| nonce.as_ref() == Some(own)), false, rejections);
        }
        if let Some(nonce) = &self.nonce {
            let same = |own: &String| !nonce.is_empty() && bool::from(own.as_bytes().ct_eq(nonce.as_bytes()));
            judge("nonce", claims.nonce.as_ref().map(same), true, rejections);
        }
        // The header's name is that of the key that verified.
        let algorithm: Option<Algorithm> = header.algorithm().parse().ok();
        for (name, value, hash) in
            [("at_hash", &self.access_token, &claims.access_token_hash), ("c_hash", &self.code, &claims.code_hash)]
        {
            if let Some(value) = value {
                let is_its = |hash: &String| {
                    let own = algorithm.and_then(|algorithm| half_hash(algorithm, value));
                    own.is_some_and(|own| bool::from(own.as_bytes().ct_eq(hash.as_bytes())))
                };
                judge(name, hash.as_ref().map(is_its), self.hashes_required, rejections);
            }
        }
        if let Some(max_age) = self.max_age {
            let most = i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX).saturating_add(leeway);
            let is_recent = |at: carnet_core::NumericDate| {
                now.saturating_sub(at.floor()) <= most && at.ceil() <= now.saturating_add(leeway)
            };
            judge("auth_time", claims.authenticated_at.map(is_recent), true, rejections);
        }
        if let Some(contexts) = &self.contexts {
            let is_one = |own: &String| contexts.contains(own);
            judge("acr", claims.authentication_context.as_ref().map(is_one), true, rejections);
        }
    }
}

/// Notes what is wrong with a claim: another value, or none where one is needed.
fn judge(name: &str, right: Option<bool>, needed: bool, rejections: &mut Vec<Rejection>) {
    match right {
        Some(true) => {}
        Some(false) => rejections.push(Rejection::ClaimMismatch { claim: name.into() }),
        None if needed => rejections.push(Rejection::ClaimMissing { claim: name.into() }),
        None => {}
    }
}

impl fmt::Debug for IdTokenExpectations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Tokens, codes and nonces are secrets for a while.
        f.debug_struct("IdTokenExpectations").finish_non_exhaustive()
    }
}
