use crate::clock::Clock;
use crate::registered::{Name, Names, Places, Registered};
use crate::string_or_uri::is_string_or_uri;
use crate::token_error::TokenError;
use carnet_core::json::{self, Duplicates, NotWritable, Writer};
use carnet_core::{Limits, NumericDate, Quoted, base64url};
use carnet_jwk::{AsyncSigner, Signer};
use carnet_jws::JwsBuilder;
use core::cell::LazyCell;
use core::fmt;
use core::time::Duration;
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;

/// Where tokens are made: [`Token::builder`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token;

impl Token {
    /// Starts a token.
    #[inline]
    pub fn builder<'a>() -> TokenBuilder<'a> {
        TokenBuilder {
            issuer: None,
            subject: None,
            audience: None,
            more_audiences: Vec::new(),
            expiry: None,
            not_before: None,
            issued_at: IssuedAt::FilledIn,
            id: None,
            header: JwsBuilder::new().typ("JWT"),
            claims: None,
            clock: Clock::System,
        }
    }
}

/// Builds and signs JSON Web Tokens.
///
/// Filled in: `alg` and `kid` from the key, `typ` as `JWT`, `iat` from the clock. Not filled in: `nbf`. An expiry is an error until set or waived.
/// The builder is not used up by [`sign`](Self::sign). Keep tokens short: they travel with every request, and a verifier with default
/// [`Limits`] takes 64 KiB.
///
/// ```
/// use carnet_jwa::Algorithm::ES256;
/// use carnet_jwk::SigningKey;
/// use carnet_jwt::Token;
/// use std::time::Duration;
/// let key = SigningKey::generate(ES256)?;
/// let token = Token::builder()
///     .issuer("https://auth.example.com/")
///     .subject("user-1")
///     .audience("api://my-service")
///     .expires_in(Duration::from_secs(900))
///     .random_id()
///     .claims(&serde_json::json!({"scope": "read"}))
///     .sign(&key)?;
/// # assert_eq!(token.split('.').count(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct TokenBuilder<'a> {
    issuer: Option<Cow<'a, str>>,
    subject: Option<Cow<'a, str>>,
    audience: Option<Cow<'a, str>>,
    /// The second and following.
    more_audiences: Vec<Cow<'a, str>>,
    expiry: Option<Expiry>,
    not_before: Option<Moment>,
    issued_at: IssuedAt,
    id: Option<Id<'a>>,
    header: JwsBuilder<'a>,
    claims: Option<Result<Custom, NotWritable>>,
    clock: Clock,
}

#[derive(Clone, Copy)]
enum Moment {
    /// Seconds after the time of signing.
    In(u64),
    /// Seconds since 1970-01-01T00:00:00Z.
    At(i64),
}

#[derive(Clone, Copy)]
enum Expiry {
    At(Moment),
    Never,
}

#[derive(Clone, Copy)]
enum IssuedAt {
    /// The time of signing, unless the claims have one.
    FilledIn,
    At(i64),
    LeftOut,
}

#[derive(Clone)]
enum Id<'a> {
    Given(Cow<'a, str>),
    Random,
}

impl<'a> TokenBuilder<'a> {
    /// Sets `iss`. With a colon in it, it must be a URI, as must `sub` and `aud`.
    #[inline]
    pub fn issuer(mut self, issuer: impl Into<Cow<'a, str>>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Sets `sub`.
    #[inline]
    pub fn subject(mut self, subject: impl Into<Cow<'a, str>>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Adds to `aud`. One audience is written as a string, several as an array.
    #[inline]
    pub fn audience(mut self, audience: impl Into<Cow<'a, str>>) -> Self {
        match self.audience {
            None => self.audience = Some(audience.into()),
            Some(_) => self.more_audiences.push(audience.into()),
        }
        self
    }

    /// Sets `exp` so long after the time of signing, rounded up to whole seconds.
    #[inline]
    pub fn expires_in(mut self, life: Duration) -> Self {
        self.expiry = Some(Expiry::At(Moment::In(whole_seconds(life))));
        self
    }

    /// Sets `exp`, in seconds since 1970-01-01T00:00:00Z.
    #[inline]
    pub fn expires_at(mut self, seconds: i64) -> Self {
        self.expiry = Some(Expiry::At(Moment::At(seconds)));
        self
    }

    /// Makes a token without `exp`. Whoever has it can use it until the key is exchanged.
    #[inline]
    pub fn never_expires(mut self) -> Self {
        self.expiry = Some(Expiry::Never);
        self
    }

    /// Sets `nbf` so long after the time of signing, rounded up to whole seconds.
    #[inline]
    pub fn not_before_in(mut self, delay: Duration) -> Self {
        self.not_before = Some(Moment::In(whole_seconds(delay)));
        self
    }

    /// Sets `nbf`, in seconds since 1970-01-01T00:00:00Z.
    #[inline]
    pub fn not_before_at(mut self, seconds: i64) -> Self {
        self.not_before = Some(Moment::At(seconds));
        self
    }

    /// Sets `iat` instead of the time of signing, in seconds since 1970-01-01T00:00:00Z.
    #[inline]
    pub fn issued_at(mut self, seconds: i64) -> Self {
        self.issued_at = IssuedAt::At(seconds);
        self
    }

    /// Leaves `iat` out.
    #[inline]
    pub fn without_issued_at(mut self) -> Self {
        self.issued_at = IssuedAt::LeftOut;
        self
    }

    /// Sets `jti`.
    #[inline]
    pub fn id(mut self, id: impl Into<Cow<'a, str>>) -> Self {
        self.id = Some(Id::Given(id.into()));
        self
    }

    /// Sets `jti` to 128 random bits from the operating system, as base64url.
    #[inline]
    pub fn random_id(mut self) -> Self {
        self.id = Some(Id::Random);
        self
    }

    /// Sets the header's `typ` instead of `JWT`, without `application/`: `at+jwt` for an access token, say.
    #[inline]
    pub fn typ(mut self, typ: impl Into<Cow<'a, str>>) -> Self {
        self.header = self.header.typ(typ);
        self
    }

    /// Sets the header's `kid` instead of the key's.
    #[inline]
    pub fn key_id(mut self, key_id: impl Into<Cow<'a, str>>) -> Self {
        self.header = self.header.key_id(key_id);
        self
    }

    /// Sets another header parameter; see [`JwsBuilder::header`].
    #[inline]
    pub fn header<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        self.header = self.header.header(name, value);
        self
    }

    /// Sets a header parameter that a verifier must understand; see [`JwsBuilder::critical`].
    pub fn critical<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        self.header = self.header.critical(name, value);
        self
    }

    /// Sets the custom claims, in place of those set before: a struct or a map. They may hold registered claims too, as long as the builder does
    /// not set the same ones.
    ///
    /// **Anybody who has the token can read them**: a signature hides nothing. No passwords, no secrets, no more of a person than the receiver
    /// needs.
    #[inline]
    pub fn claims<C: Serialize + ?Sized>(mut self, claims: &C) -> Self {
        self.claims = Some(Custom::write(claims));
        self
    }

    /// Takes the time from here instead of the system, in seconds since 1970-01-01T00:00:00Z.
    #[inline]
    pub fn clock(mut self, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.clock = Clock::Custom(Arc::new(clock));
        self
    }

    /// Signs as if it were this time, in seconds since 1970-01-01T00:00:00Z.
    #[inline]
    pub fn at(mut self, now: i64) -> Self {
        self.clock = Clock::Fixed(now);
        self
    }

    /// Signs the token.
    ///
    /// # Errors
    /// [`TokenError::NoExpiry`] when an expiry is neither set nor waived; [`TokenError::ClaimSetTwice`]; [`TokenError::NotClaims`] and
    /// [`TokenError::ClaimInvalid`] for claims no verifier would take; [`TokenError::NotStringOrUri`]; [`TokenError::Sign`] for such a header, or when the operating system gives no
    /// random octets; [`TokenError::Random`] for those of the ID.
    pub fn sign(&self, key: &dyn Signer) -> Result<String, TokenError> {
        let payload = self.write_claims()?;
        Ok(self.header.sign(payload.as_bytes(), key)?)
    }

    /// Signs the token with a key that takes its time: one in a key management service.
    ///
    /// # Errors
    /// As [`sign`](Self::sign).
    pub async fn sign_async(&self, key: &dyn AsyncSigner) -> Result<String, TokenError> {
        let payload = self.write_claims()?;
        Ok(self.header.sign_async(payload.as_bytes(), key).await?)
    }

    /// Which claim of the builder's holds U+0000, which no verifier takes.
    #[cold]
    fn claim_with_nul(&self) -> &'static str {
        let has = |text: &Cow<'_, str>| text.contains('\0');
        if self.issuer.as_ref().is_some_and(has) {
            "iss"
        } else if self.subject.as_ref().is_some_and(has) {
            "sub"
        } else if self.audience.iter().chain(&self.more_audiences).any(has) {
            "aud"
        } else {
            "jti"
        }
    }

    fn check_uris(&self) -> Result<(), TokenError> {
        let claims = [("iss", &self.issuer), ("sub", &self.subject), ("aud", &self.audience)];
        let claims = claims.into_iter().filter_map(|(claim, text)| Some((claim, text.as_ref()?)));
        check_uris(claims.chain(self.more_audiences.iter().map(|audience| ("aud", audience))))
    }

    fn write_claims(&self) -> Result<String, TokenError> {
        const NONE: &Custom = &Custom::NONE;
        let custom = match &self.claims {
            None => NONE,
            Some(Ok(custom)) => custom,
            Some(Err(_)) => return Err(TokenError::NotClaims),
        };
        custom.check()?;
        let mut writer = Writer::with_capacity(custom.text.len().saturating_add(256));
        // The name, unless the caller's claims have it already.
        let free = |name: Name| match custom.present.has(name) {
            true => Err(TokenError::ClaimSetTwice { claim: Quoted::new(name.text()) }),
            false => Ok(name.text()),
        };
        // Read once, and only when a claim needs it.
        let now = LazyCell::new(|| self.clock.now());
        let date = |name: Name, moment| {
            let seconds = match moment {
                Moment::In(seconds) => now.checked_add(i64::try_from(seconds).unwrap_or(i64::MAX)),
                Moment::At(seconds) => Some(seconds),
            };
            let date = seconds.and_then(NumericDate::from_seconds);
            Ok::<_, TokenError>(date.ok_or(TokenError::ClaimInvalid { claim: name.text() })?.floor())
        };

        self.check_uris()?;
        if let Some(issuer) = &self.issuer {
            writer.string(free(Name::Issuer)?, issuer);
        }
        if let Some(subject) = &self.subject {
            writer.string(free(Name::Subject)?, subject);
        }
        if let Some(audience) = &self.audience {
            let name = free(Name::Audience)?;
            if self.more_audiences.is_empty() {
                writer.string(name, audience);
            } else {
                writer
                    .strings(name, core::iter::once(audience).chain(&self.more_audiences).map(|audience| &**audience));
            }
        }
        match self.expiry {
            Some(Expiry::At(moment)) => writer.integer(free(Name::ExpiresAt)?, date(Name::ExpiresAt, moment)?),
            Some(Expiry::Never) => {
                free(Name::ExpiresAt)?;
            }
            None if custom.present.has(Name::ExpiresAt) => {}
            None => return Err(TokenError::NoExpiry),
        }
        if let Some(moment) = self.not_before {
            writer.integer(free(Name::NotBefore)?, date(Name::NotBefore, moment)?);
        }
        match self.issued_at {
            IssuedAt::At(seconds) => writer.integer(free(Name::IssuedAt)?, date(Name::IssuedAt, Moment::At(seconds))?),
            IssuedAt::FilledIn if !custom.present.has(Name::IssuedAt) => {
                writer.integer("iat", date(Name::IssuedAt, Moment::In(0))?)
            }
            IssuedAt::FilledIn | IssuedAt::LeftOut => {}
        }
        match &self.id {
            Some(Id::Given(id)) => writer.string(free(Name::Id)?, id),
            Some(Id::Random) => {
                let mut octets = [0; 16];
                carnet_jwa::random::fill(&mut octets).map_err(TokenError::Random)?;
                writer.string(free(Name::Id)?, &base64url::encode(&octets));
            }
            None => {}
        }
        if writer.has_nul() {
            return Err(TokenError::ClaimInvalid { claim: self.claim_with_nul() });
        }
        writer.members(custom.inside());
        Ok(writer.finish())
    }
}

fn check_uris<T: AsRef<str>>(claims: impl Iterator<Item = (&'static str, T)>) -> Result<(), TokenError> {
    for (claim, text) in claims {
        if !is_string_or_uri(text.as_ref()) {
            return Err(TokenError::NotStringOrUri { claim });
        }
    }
    Ok(())
}

fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}

/// The caller's claims, written.
#[derive(Clone)]
struct Custom {
    text: String,
    present: Names,
}

impl Custom {
    const NONE: Self = Self { text: String::new(), present: Names::NONE };

    #[inline]
    fn write<C: Serialize + ?Sized>(claims: &C) -> Result<Self, NotWritable> {
        let note = |present: &mut Names, name: &str| {
            if let Some(name) = Name::read(name) {
                present.insert(name);
            }
        };
        json::write(claims, Limits::default().json_depth, note).map(|(text, present)| Self { text, present })
    }

    /// The members, without braces.
    fn inside(&self) -> &str {
        let inside = self.text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        inside.unwrap_or_default().trim()
    }

    /// The registered claims among them must have their types.
    fn check(&self) -> Result<(), TokenError> {
        if self.present.is_empty() {
            return Ok(());
        }
        let mut members = Vec::new();
        json::scan(&self.text, Limits::default().json_depth, Duplicates::RefusedAtTop, &mut members)
            .map_err(|_| TokenError::NotClaims)?;
        let (mut places, mut side) = (Places::default(), String::new());
        places.read(&self.text, &members, &mut side);
        if let Some(claim) = places.wrong.iter().next() {
            return Err(TokenError::ClaimInvalid { claim });
        }
        let registered = Registered { text: &self.text, side: &side, places: &places };
        let named = [("iss", registered.issuer()), ("sub", registered.subject())];
        let named = named.into_iter().filter_map(|(claim, text)| Some((claim, text?)));
        check_uris(named.chain(registered.audience().map(|audience| ("aud", audience))))
    }
}

impl fmt::Debug for TokenBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenBuilder").finish_non_exhaustive()
    }
}
