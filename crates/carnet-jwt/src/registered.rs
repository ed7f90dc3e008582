mod name;

pub(crate) use name::{Name, Names};

use carnet_core::NumericDate;
use carnet_core::json::{self, Kind, Member, Text};

/// Where the registered claims are in a scanned payload. Meaningful only with its text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    issuer: Option<Text>,
    subject: Option<Text>,
    id: Option<Text>,
    /// The first audience, which is mostly the only one.
    audience: Option<Text>,
    /// The others, kept across tokens for their capacity.
    audiences: Vec<Text>,
    pub(crate) expires_at: Option<NumericDate>,
    pub(crate) not_before: Option<NumericDate>,
    pub(crate) issued_at: Option<NumericDate>,
    /// The claims that are there.
    pub(crate) present: Names,
    /// Those of them that have the wrong JSON type or are out of range.
    pub(crate) wrong: Names,
}

impl Places {
    /// Reads the registered claims among `members`. Strings with escapes are unescaped onto `side`.
    pub(crate) fn read(&mut self, text: &str, members: &[Member], side: &mut String) {
        self.clear();
        for member in members {
            let Some(name) = Name::of(member, text) else { continue };
            self.present.insert(name);
            let right = match name {
                Name::Issuer => set(&mut self.issuer, member.string_place(text, side)),
                Name::Subject => set(&mut self.subject, member.string_place(text, side)),
                Name::Id => set(&mut self.id, member.string_place(text, side)),
                Name::Audience => self.read_audience(text, member, side),
                Name::ExpiresAt => set(&mut self.expires_at, date(text, member)),
                Name::NotBefore => set(&mut self.not_before, date(text, member)),
                Name::IssuedAt => set(&mut self.issued_at, date(text, member)),
            };
            if !right {
                self.wrong.insert(name);
            }
        }
    }

    /// Forgets the last payload's.
    fn clear(&mut self) {
        let Self { issuer, subject, id, audience, audiences, expires_at, not_before, issued_at, present, wrong } = self;
        (*issuer, *subject, *id, *audience) = (None, None, None, None);
        audiences.clear();
        (*expires_at, *not_before, *issued_at) = (None, None, None);
        (*present, *wrong) = (Names::default(), Names::default());
    }

    fn read_audience(&mut self, text: &str, member: &Member, side: &mut String) -> bool {
        if let Some(one) = member.string_place(text, side) {
            self.audience = Some(one);
            return true;
        }
        if member.kind() != Kind::Array {
            return false;
        }
        let start = member.value().start();
        for element in json::elements(member.value_text(text)) {
            let from = start.saturating_add(element.offset());
            let span = json::Span::new(from, from.saturating_add(element.text().len()));
            match Text::place(span, element.kind(), text, side) {
                Some(place) if self.audience.is_none() => self.audience = Some(place),
                Some(place) => self.audiences.push(place),
                None => {
                    self.audience = None;
                    self.audiences.clear();
                    return false;
                }
            }
        }
        true
    }
}

#[inline]
fn set<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    *place = value;
    place.is_some()
}

#[inline]
fn date(text: &str, member: &Member) -> Option<NumericDate> {
    (member.kind() == Kind::Number).then(|| NumericDate::from_json(member.value_text(text))).flatten()
}

/// The registered claims of a token ([RFC 7519 §4.1](https://www.rfc-editor.org/rfc/rfc7519#section-4.1)).
#[derive(Clone, Copy)]
pub struct Registered<'a> {
    pub(crate) text: &'a str,
    pub(crate) side: &'a str,
    pub(crate) places: &'a Places,
}

impl<'a> Registered<'a> {
    #[inline]
    fn at(&self, place: Option<Text>) -> Option<&'a str> {
        place.map(|place| place.of(self.text, self.side))
    }

    /// `iss`: who issued the token.
    #[must_use]
    #[inline]
    pub fn issuer(&self) -> Option<&'a str> {
        self.at(self.places.issuer)
    }

    /// `sub`: whom the token is about.
    #[must_use]
    #[inline]
    pub fn subject(&self) -> Option<&'a str> {
        self.at(self.places.subject)
    }

    /// `aud`: whom the token is for. A single string is one element; without the claim there is none.
    pub fn audience(&self) -> impl Iterator<Item = &'a str> {
        let (text, side) = (self.text, self.side);
        self.places.audience.iter().chain(&self.places.audiences).map(move |place| place.of(text, side))
    }

    /// `exp`: from when on the token is not accepted any more.
    #[must_use]
    #[inline]
    pub const fn expires_at(&self) -> Option<NumericDate> {
        self.places.expires_at
    }

    /// `nbf`: from when on the token is accepted.
    #[must_use]
    #[inline]
    pub const fn not_before(&self) -> Option<NumericDate> {
        self.places.not_before
    }

    /// `iat`: when the token was issued.
    #[must_use]
    #[inline]
    pub const fn issued_at(&self) -> Option<NumericDate> {
        self.places.issued_at
    }

    /// `jti`: the token's own name.
    #[must_use]
    #[inline]
    pub fn id(&self) -> Option<&'a str> {
        self.at(self.places.id)
    }
}

impl core::fmt::Debug for Registered<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Registered")
            .field("exp", &self.expires_at())
            .field("nbf", &self.not_before())
            .field("iat", &self.issued_at())
            .finish_non_exhaustive()
    }
}
