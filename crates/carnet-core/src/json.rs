//! Strict JSON: one pass that checks a whole object and notes where its members are.
//!
//! `serde_json` alone is not strict: what it skips may repeat names, nest 100 000 levels deep, or hold numbers and
//! surrogates it would refuse if it looked. [`Object::scan`] refuses all of that first, whatever is read afterwards:
//!
//! * UTF-8 without a byte order mark, one object, nothing after it;
//! * no name twice after unescaping, at the top level or everywhere ([`Duplicates`]);
//! * no deeper than the limit, checked on the way down;
//! * no name that begins with `$serde_json::private::`, which `serde_json` would take for its own;
//! * no lone surrogates, no U+0000, no number beyond ±1.797e308 (the range of an IEEE 754 double, less a margin).
//!
//! Values are then read by `serde_json` from the same octets.

mod error;
mod mark;
mod member;
mod plain;
mod scanner;
mod unescape;
mod write;
mod writer;

pub use error::JsonError;
pub use mark::Mark;
pub use member::{Kind, Member, Span, Text, find};
pub use unescape::unescape_onto;
pub use write::{NotWritable, write};
pub use writer::Writer;

use scanner::Scanner;
use std::borrow::Cow;

/// Where names must be distinct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Duplicates {
    /// In the outermost object (claims).
    RefusedAtTop,
    /// In every object (headers, keys).
    RefusedEverywhere,
}

/// Checks that `text` is one JSON object under the rules of this module and puts its members, in order, into `members`
/// (cleared first; its capacity is what makes a second call free of allocations).
///
/// # Errors
/// [`JsonError`]; `members` then holds nothing of use.
pub fn scan(text: &str, depth: usize, duplicates: Duplicates, members: &mut Vec<Member>) -> Result<(), JsonError> {
    members.clear();
    if text.len() > member::MAX_TEXT {
        return Err(JsonError::TooLong);
    }
    Scanner::new(text, depth, duplicates).document(members)
}

/// Finds the members of `text` and leaves what they hold to a scan of each: duplicate names are refused at the top, depth at the most any caller may ask
/// for, and values only for their syntax. For sets, where one bad entry must not spoil the others.
///
/// # Errors
/// [`JsonError`].
pub fn outline(text: &str) -> Result<Vec<Member>, JsonError> {
    if text.len() > member::MAX_TEXT {
        return Err(JsonError::TooLong);
    }
    let mut members = Vec::new();
    Scanner::new(text, crate::limits::MAX_JSON_DEPTH, Duplicates::RefusedAtTop).outline().document(&mut members)?;
    Ok(members)
}

/// A checked JSON object and the places of its members.
///
/// ```
/// use carnet_core::json::{Duplicates, JsonError, Object};
/// let object = Object::scan(r#"{"alg":"ES256","n":{"a":1}}"#, 64, Duplicates::RefusedEverywhere)?;
/// assert_eq!(object.string("alg").unwrap().as_deref(), Some("ES256"));
/// assert!(Object::scan(r#"{"a":1,"\u0061":2}"#, 64, Duplicates::RefusedEverywhere).is_err());
/// # Ok::<(), JsonError>(())
/// ```
#[derive(Clone)]
pub struct Object<'a> {
    text: &'a str,
    members: Vec<Member>,
}

/// A member is there, but its value has another JSON type than the one asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrongType;

impl core::fmt::Display for WrongType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the member has another JSON type than the one asked for")
    }
}

impl core::error::Error for WrongType {}

impl<'a> Object<'a> {
    /// Checks `text` and notes its members.
    ///
    /// # Errors
    /// [`JsonError`] when a rule of this module is broken.
    #[inline]
    pub fn scan(text: &'a str, depth: usize, duplicates: Duplicates) -> Result<Self, JsonError> {
        let mut members = Vec::new();
        scan(text, depth, duplicates, &mut members)?;
        Ok(Self { text, members })
    }

    /// As [`scan`](Self::scan), from octets that must be UTF-8.
    ///
    /// # Errors
    /// [`JsonError`], [`JsonError::NotUtf8`] among them.
    pub fn scan_octets(octets: &'a [u8], depth: usize, duplicates: Duplicates) -> Result<Self, JsonError> {
        Self::scan(core::str::from_utf8(octets).map_err(|_| JsonError::NotUtf8)?, depth, duplicates)
    }

    /// The text that was scanned.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// The member called `name`, after unescaping.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        find(&self.members, name, self.text)
    }

    /// Every member's name, unescaped, and its place.
    pub fn members(&self) -> impl Iterator<Item = (Cow<'a, str>, &Member)> {
        self.members.iter().map(|member| (member.name(self.text), member))
    }

    /// A member's value as JSON text.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&'a str> {
        self.member(name).map(|member| member.value_text(self.text))
    }

    /// A member's string value, unescaped; `None` when there is no such member.
    ///
    /// # Errors
    /// [`WrongType`] when it is not a string.
    pub fn string(&self, name: &str) -> Result<Option<Cow<'a, str>>, WrongType> {
        self.member(name).map(|member| member.string(self.text).ok_or(WrongType)).transpose()
    }

    /// A member's array of strings, unescaped; `None` when there is no such member.
    ///
    /// # Errors
    /// [`WrongType`] when it is not an array, or an element is not a string.
    pub fn strings(&self, name: &str) -> Result<Option<Vec<Cow<'a, str>>>, WrongType> {
        let Some(member) = self.member(name) else { return Ok(None) };
        if member.kind() != Kind::Array {
            return Err(WrongType);
        }
        let mut strings = Vec::new();
        for element in elements(member.value_text(self.text)) {
            strings.push(element.string().ok_or(WrongType)?);
        }
        Ok(Some(strings))
    }
}

impl core::fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Object({} members)", self.members.len())
    }
}

/// One element of an array.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    value: &'a str,
    kind: Kind,
    offset: usize,
}

impl<'a> Element<'a> {
    /// The element as JSON text.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.value
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Where it starts in the array's text, in octets.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The unescaped string, where it is one.
    #[must_use]
    pub fn string(&self) -> Option<Cow<'a, str>> {
        member::string(self.value, self.kind)
    }
}

impl core::fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Element({:?})", self.kind)
    }
}

/// The elements of an array that was scanned before. Text that was not scanned, or is no array, ends the iterator early;
/// it never panics.
pub fn elements(array: &str) -> impl Iterator<Item = Element<'_>> {
    let mut scanner = Scanner::new(array, crate::limits::MAX_JSON_DEPTH, Duplicates::RefusedAtTop).outline();
    let mut open = array.len() <= member::MAX_TEXT && scanner.open_array().is_some();
    core::iter::from_fn(move || {
        if !open {
            return None;
        }
        let (span, kind) = scanner.next_element().or_else(|| {
            open = false;
            None
        })?;
        Some(Element { value: span.of(array), kind, offset: span.start() })
    })
}

#[cfg(test)]
mod tests;
