use super::mark::Mark;
use super::unescape::unescape;
use std::borrow::Cow;

/// The longest text whose places fit a [`Span`].
#[expect(clippy::as_conversions, reason = "usize has at least 32 bits wherever std and the backends run")]
pub(super) const MAX_TEXT: usize = u32::MAX as usize;

/// A stretch of a text, in octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// The stretch from `start` up to `end`.
    #[must_use]
    #[inline]
    pub fn new(start: usize, end: usize) -> Self {
        let narrow = |place| u32::try_from(place).unwrap_or(u32::MAX);
        Self { start: narrow(start), end: narrow(end) }
    }

    #[inline]
    pub(super) const fn between(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    #[inline]
    pub(super) const fn length(self) -> usize {
        self.end().wrapping_sub(self.start())
    }

    /// The stretch of `text`; empty where it lies outside.
    #[must_use]
    #[inline]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start()..self.end()).unwrap_or_default()
    }

    /// Where it starts.
    #[must_use]
    #[inline]
    #[expect(clippy::as_conversions, reason = "u32 fits usize wherever std and the backends run")]
    pub const fn start(self) -> usize {
        self.start as usize
    }

    /// Where it ends.
    #[must_use]
    #[inline]
    #[expect(clippy::as_conversions, reason = "u32 fits usize wherever std and the backends run")]
    pub const fn end(self) -> usize {
        self.end as usize
    }

    /// The same stretch `by` octets further on.
    #[must_use]
    #[inline]
    pub fn shifted(self, by: usize) -> Self {
        Self::new(self.start().saturating_add(by), self.end().saturating_add(by))
    }

    /// The stretch without its first and last octet: a string without its quotes.
    #[must_use]
    #[inline]
    pub const fn inner(self) -> Self {
        Self { start: self.start.saturating_add(1), end: self.end.saturating_sub(1) }
    }
}

/// What a JSON value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A string without escapes.
    String,
    /// A string with at least one escape.
    EscapedString,
    /// A number.
    Number,
    /// An object.
    Object,
    /// An array.
    Array,
    /// `true`.
    True,
    /// `false`.
    False,
    /// `null`.
    Null,
}

impl Kind {
    /// Whether it is a string, with escapes or without.
    #[must_use]
    #[inline]
    pub const fn is_string(self) -> bool {
        matches!(self, Self::String | Self::EscapedString)
    }
}

/// Where a member of a scanned object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub(super) mark: Mark,
    pub(super) name: Span,
    pub(super) name_escaped: bool,
    pub(super) value: Span,
    pub(super) kind: Kind,
}

impl Member {
    /// The kind of its value.
    #[must_use]
    #[inline]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The place of its value, quotes and brackets included.
    #[must_use]
    #[inline]
    pub const fn value(&self) -> Span {
        self.value
    }

    /// The value as JSON text. `text` is what was scanned.
    #[must_use]
    #[inline]
    pub fn value_text<'a>(&self, text: &'a str) -> &'a str {
        self.value.of(text)
    }

    /// The name, unescaped.
    #[must_use]
    #[inline]
    pub fn name<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let raw = self.name.of(text);
        if self.name_escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) }
    }

    /// The mark of the name where it has no escapes.
    #[must_use]
    #[inline]
    pub const fn plain_mark(&self) -> Option<Mark> {
        if self.name_escaped { None } else { Some(self.mark) }
    }

    /// The name where it has no escapes.
    #[must_use]
    #[inline]
    pub fn plain_name<'a>(&self, text: &'a str) -> Option<&'a str> {
        (!self.name_escaped).then(|| self.name.of(text))
    }

    /// The unescaped string value, where it is a string.
    #[must_use]
    #[inline]
    pub fn string<'a>(&self, text: &'a str) -> Option<Cow<'a, str>> {
        string(self.value.of(text), self.kind)
    }

    /// The place of the unescaped string: in `text` itself, or, where it had escapes, unescaped onto `side`.
    #[must_use]
    #[inline]
    pub fn string_place(&self, text: &str, side: &mut String) -> Option<Text> {
        Text::place(self.value, self.kind, text, side)
    }
}

/// The member called `name`, after unescaping. `text` is what was scanned.
///
/// ```
/// use carnet_core::json::{self, Duplicates};
/// let (text, mut members) = (r#"{"iss":"a","\u0065xp":1}"#, Vec::new());
/// json::scan(text, 4, Duplicates::RefusedAtTop, &mut members)?;
/// assert!(json::find(&members, "exp", text).is_some_and(|exp| exp.value_text(text) == "1"));
/// assert!(json::find(&members, "nbf", text).is_none());
/// # Ok::<(), json::JsonError>(())
/// ```
#[must_use]
pub fn find<'m>(members: &'m [Member], name: &str, text: &str) -> Option<&'m Member> {
    let mark = Mark::of(name);
    members.iter().find(|member| match member.plain_mark() {
        Some(own) => own == mark && member.name.of(text) == name,
        None => member.name(text) == name,
    })
}

/// The unescaped contents of a string given with its quotes.
#[inline]
pub(super) fn string(value: &str, kind: Kind) -> Option<Cow<'_, str>> {
    let inner = || value.get(1..value.len().checked_sub(1)?);
    match kind {
        Kind::String => inner().map(Cow::Borrowed),
        Kind::EscapedString => inner().map(|raw| Cow::Owned(unescape(raw))),
        _ => None,
    }
}

/// The place of an unescaped string, in the scanned text or in a side buffer.
///
/// With both kept by the caller, reading a string costs no allocation even when it had escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Text {
    /// In the scanned text.
    Plain(Span),
    /// In the side buffer.
    Side(Span),
}

impl Text {
    /// Finds a place for the string value at `value`; `None` where `kind` is no string.
    #[must_use]
    #[inline]
    pub fn place(value: Span, kind: Kind, text: &str, side: &mut String) -> Option<Self> {
        match kind {
            Kind::String => Some(Self::Plain(value.inner())),
            Kind::EscapedString => {
                let start = side.len();
                super::unescape_onto(value.inner().of(text), side);
                Some(Self::Side(Span::new(start, side.len())))
            }
            _ => None,
        }
    }

    /// The string.
    #[must_use]
    #[inline]
    pub fn of<'a>(self, text: &'a str, side: &'a str) -> &'a str {
        match self {
            Self::Plain(span) => span.of(text),
            Self::Side(span) => span.of(side),
        }
    }
}
