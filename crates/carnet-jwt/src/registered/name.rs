use carnet_core::json::{Mark, Member};

/// A claim of RFC 7519 §4.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Issuer,
    Subject,
    Audience,
    ExpiresAt,
    NotBefore,
    IssuedAt,
    Id,
}

impl Name {
    const ALL: [Self; 7] =
        [Self::ExpiresAt, Self::NotBefore, Self::IssuedAt, Self::Issuer, Self::Audience, Self::Subject, Self::Id];

    #[inline]
    pub(crate) fn read(name: &str) -> Option<Self> {
        Some(match name {
            "iss" => Self::Issuer,
            "sub" => Self::Subject,
            "aud" => Self::Audience,
            "exp" => Self::ExpiresAt,
            "nbf" => Self::NotBefore,
            "iat" => Self::IssuedAt,
            "jti" => Self::Id,
            _ => return None,
        })
    }

    /// The claim a member is, after unescaping.
    #[inline]
    pub(crate) fn of(member: &Member, text: &str) -> Option<Self> {
        const ISSUER: Mark = Mark::of("iss");
        const SUBJECT: Mark = Mark::of("sub");
        const AUDIENCE: Mark = Mark::of("aud");
        const EXPIRES_AT: Mark = Mark::of("exp");
        const NOT_BEFORE: Mark = Mark::of("nbf");
        const ISSUED_AT: Mark = Mark::of("iat");
        const ID: Mark = Mark::of("jti");
        Some(match member.plain_mark() {
            None => return Self::read(&member.name(text)),
            Some(ISSUER) => Self::Issuer,
            Some(SUBJECT) => Self::Subject,
            Some(AUDIENCE) => Self::Audience,
            Some(EXPIRES_AT) => Self::ExpiresAt,
            Some(NOT_BEFORE) => Self::NotBefore,
            Some(ISSUED_AT) => Self::IssuedAt,
            Some(ID) => Self::Id,
            Some(_) => return None,
        })
    }

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Issuer => "iss",
            Self::Subject => "sub",
            Self::Audience => "aud",
            Self::ExpiresAt => "exp",
            Self::NotBefore => "nbf",
            Self::IssuedAt => "iat",
            Self::Id => "jti",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Issuer => 1,
            Self::Subject => 2,
            Self::Audience => 4,
            Self::ExpiresAt => 8,
            Self::NotBefore => 16,
            Self::IssuedAt => 32,
            Self::Id => 64,
        }
    }
}

/// A set of such claims.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Names(u8);

impl Names {
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn insert(&mut self, name: Name) {
        self.0 |= name.bit();
    }

    pub(crate) const fn has(self, name: Name) -> bool {
        self.0 & name.bit() != 0
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = &'static str> {
        Name::ALL.into_iter().filter(move |name| self.has(*name)).map(Name::text)
    }
}
