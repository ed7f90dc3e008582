use super::mark::Mark;
use super::plain::{is_plain, plain_prefix, quote};
use super::unescape::unescape;
use super::{Duplicates, JsonError, Kind, Member, Span};
use crate::quoted::Quoted;
use std::borrow::Cow;

/// A little below the largest double: `serde_json`, which rounds on its way, overflows within a few units of it, and what is accepted here must
/// not be refused there.
pub(super) const LARGEST: f64 = 1.797e308;

/// How the names begin that `serde_json` gives to its own types: as the first name of an object, one makes it read a string as JSON in the object's
/// place, when a feature somewhere in the build asks for it.
pub(super) const RESERVED: &[u8] = b"$serde_json::private::";

/// A [`JsonError`] in eight octets.
#[derive(Clone, Copy)]
struct Fault {
    kind: FaultKind,
    at: u32,
}

#[derive(Clone, Copy)]
enum FaultKind {
    NotAnObject,
    Syntax,
    TrailingData,
    TooDeep,
    DuplicateName,
    LoneSurrogate,
    Nul,
    NumberOutOfRange,
    ReservedName,
}

/// A recursive-descent reader that builds nothing but places. Recursion is bounded by `depth`.
///
/// Each method takes the place where it begins and gives the one behind what it read, so that they stay in registers; `None` is a fault, which is kept in
/// the reader.
pub(super) struct Scanner<'a> {
    text: &'a str,
    depth: usize,
    levels_left: usize,
    everywhere: bool,
    /// Whether surrogates, U+0000, reserved names and the range of numbers are looked at.
    values: bool,
    /// Whether the text has neither control characters nor backslashes, so that a string ends at the next quote.
    plain: bool,
    /// How far the elements of an array have been read, for [`next_element`](Self::next_element).
    at: usize,
    fault: Option<Fault>,
    /// The name of a `DuplicateName`.
    duplicate: Option<Quoted>,
}

impl<'a> Scanner<'a> {
    #[inline]
    pub(super) fn new(text: &'a str, depth: usize, duplicates: Duplicates) -> Self {
        let depth = depth.min(crate::limits::MAX_JSON_DEPTH);
        let (everywhere, plain) = (duplicates == Duplicates::RefusedEverywhere, is_plain(text.as_bytes()));
        let (levels_left, fault, duplicate) = (depth, None, None);
        Self { text, depth, levels_left, everywhere, values: true, plain, at: 0, fault, duplicate }
    }

    /// The same reader, which leaves what values hold to another reading of them.
    pub(super) fn outline(self) -> Self {
        Self { values: false, ..self }
    }

    /// One object and nothing else, its members noted.
    pub(super) fn document(&mut self, members: &mut Vec<Member>) -> Result<(), JsonError> {
        let seen = self.only_object(|member| members.push(member));
        let checked = seen.and_then(|seen| self.check_distinct(seen, members));
        checked.ok_or_else(|| self.error())
    }

    /// One object and nothing else, its members shown to `each`. Whether names may occur twice.
    pub(super) fn visit(&mut self, each: impl FnMut(Member)) -> Result<bool, JsonError> {
        self.only_object(each).map(|seen| seen.suspicious).ok_or_else(|| self.error())
    }

    #[inline]
    fn only_object(&mut self, each: impl FnMut(Member)) -> Option<Seen> {
        let start = self.skip(0);
        if self.octet(start) != b'{' {
            return self.fail(FaultKind::NotAnObject, start);
        }
        let mut seen = Seen::default();
        let end = self.object(start, &mut seen, each)?;
        let end = self.skip(end);
        if end < self.text.len() { self.fail(FaultKind::TrailingData, end) } else { Some(seen) }
    }

    #[cold]
    fn error(&mut self) -> JsonError {
        let Some(Fault { kind, at }) = self.fault else { return JsonError::NotAnObject };
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        match kind {
            FaultKind::NotAnObject => JsonError::NotAnObject,
            FaultKind::Syntax => JsonError::Syntax { at },
            FaultKind::TrailingData => JsonError::TrailingData { at },
            FaultKind::TooDeep => JsonError::TooDeep { limit: self.depth },
            FaultKind::DuplicateName => {
                JsonError::DuplicateName { name: self.duplicate.take().unwrap_or_else(|| Quoted::new("")) }
            }
            FaultKind::LoneSurrogate => JsonError::LoneSurrogate { at },
            FaultKind::Nul => JsonError::Nul { at },
            FaultKind::NumberOutOfRange => JsonError::NumberOutOfRange { at },
            FaultKind::ReservedName => JsonError::ReservedName { at },
        }
    }

    /// Steps into an array, for [`next_element`](Self::next_element).
    pub(super) fn open_array(&mut self) -> Option<()> {
        let start = self.skip(self.at);
        self.at = self.expect(b'[', start)?;
        Some(())
    }

    /// The next element of the array stepped into; `None` at its end.
    pub(super) fn next_element(&mut self) -> Option<(Span, Kind)> {
        let at = self.skip(self.at);
        let start = match self.octet(at) {
            b']' => return None,
            b',' => self.skip(at.wrapping_add(1)),
            _ => at,
        };
        let (end, kind) = self.value(start)?;
        self.at = end;
        Some((Span::new(start, end), kind))
    }

    /// A value, with no white space before it.
    #[inline]
    fn value(&mut self, at: usize) -> Option<(usize, Kind)> {
        match self.octet(at) {
            b'"' => {
                let (end, escaped) = self.string(at)?;
                Some((end, if escaped { Kind::EscapedString } else { Kind::String }))
            }
            b'-' | b'0'..=b'9' => Some((self.number(at)?, Kind::Number)),
            _ => self.other_value(at),
        }
    }

    fn other_value(&mut self, at: usize) -> Option<(usize, Kind)> {
        Some(match self.octet(at) {
            b'{' => (self.nested_object(at)?, Kind::Object),
            b'[' => (self.array(at)?, Kind::Array),
            b't' => (self.word(b"true", at)?, Kind::True),
            b'f' => (self.word(b"false", at)?, Kind::False),
            b'n' => (self.word(b"null", at)?, Kind::Null),
            _ => return self.fail(FaultKind::Syntax, at),
        })
    }

    fn nested_object(&mut self, at: usize) -> Option<usize> {
        let mut seen = Seen::default();
        if !self.everywhere {
            return self.object(at, &mut seen, |_| ());
        }
        let mut own = Vec::new();
        let end = self.object(at, &mut seen, |member| own.push(member))?;
        self.check_distinct(seen, &own)?;
        Some(end)
    }

    #[inline]
    fn object(&mut self, start: usize, seen: &mut Seen, mut each: impl FnMut(Member)) -> Option<usize> {
        self.descend(start)?;
        let mut at = self.skip(start.wrapping_add(1));
        if self.octet(at) == b'}' {
            self.ascend();
            return Some(at.wrapping_add(1));
        }
        loop {
            at = self.skip(at);
            let (end, name_escaped) = self.string(at)?;
            let name = Span::new(at, end).inner();
            let from = self.rest(at.wrapping_add(1));
            if self.values && (name_escaped || from.first() == RESERVED.first()) {
                self.check_not_reserved(name, name_escaped)?;
            }
            let mark = Mark::of_prefix(from, end.wrapping_sub(at).wrapping_sub(2));
            let colon = self.skip(end);
            let after = self.expect(b':', colon)?;
            let start = self.skip(after);
            let (end, kind) = self.value(start)?;
            seen.add(mark, name_escaped);
            each(Member { mark, name, name_escaped, value: Span::new(start, end), kind });
            at = self.skip(end);
            match self.octet(at) {
                b',' => at = at.wrapping_add(1),
                b'}' => {
                    self.ascend();
                    return Some(at.wrapping_add(1));
                }
                _ => return self.fail(FaultKind::Syntax, at),
            }
        }
    }

    fn array(&mut self, start: usize) -> Option<usize> {
        self.descend(start)?;
        let mut at = self.skip(start.wrapping_add(1));
        if self.octet(at) == b']' {
            self.ascend();
            return Some(at.wrapping_add(1));
        }
        loop {
            at = self.skip(at);
            let (end, _) = self.value(at)?;
            at = self.skip(end);
            match self.octet(at) {
                b',' => at = at.wrapping_add(1),
                b']' => {
                    self.ascend();
                    return Some(at.wrapping_add(1));
                }
                _ => return self.fail(FaultKind::Syntax, at),
            }
        }
    }

    /// A string with its quotes, and whether it has escapes.
    #[inline]
    fn string(&mut self, at: usize) -> Option<(usize, bool)> {
        let start = self.expect(b'"', at)?;
        if !self.plain {
            return self.any_string(start);
        }
        let end = start.wrapping_add(quote(self.rest(start)));
        Some((self.expect(b'"', end)?, false))
    }

    fn any_string(&mut self, start: usize) -> Option<(usize, bool)> {
        let (mut at, mut escaped) = (start, false);
        loop {
            at = at.wrapping_add(plain_prefix(self.rest(at)));
            match self.octet(at) {
                b'"' => return Some((at.wrapping_add(1), escaped)),
                b'\\' => {
                    escaped = true;
                    at = self.escape(at)?;
                }
                _ => return self.fail(FaultKind::Syntax, at), // the end, or a control character
            }
        }
    }

    fn escape(&mut self, at: usize) -> Option<usize> {
        let after = at.wrapping_add(2);
        match self.octet(at.wrapping_add(1)) {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(after),
            b'u' => {
                let (unit, end) = self.unit(after)?;
                match unit {
                    _ if !self.values => Some(end),
                    0 => self.fail(FaultKind::Nul, at),
                    0xD800..=0xDBFF if self.rest(end).starts_with(b"\\u") => {
                        let (low, end) = self.unit(end.wrapping_add(2))?;
                        if (0xDC00..=0xDFFF).contains(&low) {
                            Some(end)
                        } else {
                            self.fail(FaultKind::LoneSurrogate, at)
                        }
                    }
                    0xD800..=0xDFFF => self.fail(FaultKind::LoneSurrogate, at),
                    _ => Some(end),
                }
            }
            _ => self.fail(FaultKind::Syntax, at),
        }
    }

    /// Four hexadecimal digits.
    fn unit(&mut self, at: usize) -> Option<(u16, usize)> {
        let digits = self.rest(at).first_chunk::<4>().filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|digits| core::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            Some(unit) => Some((unit, at.wrapping_add(4))),
            None => self.fail(FaultKind::Syntax, at),
        }
    }

    fn number(&mut self, start: usize) -> Option<usize> {
        let mut at = start;
        if self.octet(at) == b'-' {
            at = at.wrapping_add(1);
        }
        at = match self.octet(at) {
            b'0' => at.wrapping_add(1),
            _ => self.digits(at)?,
        };
        if self.octet(at) == b'.' {
            at = self.digits(at.wrapping_add(1))?;
        }
        let exponent = matches!(self.octet(at), b'e' | b'E');
        if exponent {
            at = at.wrapping_add(1);
            if matches!(self.octet(at), b'+' | b'-') {
                at = at.wrapping_add(1);
            }
            at = self.digits(at)?;
        }
        // 308 digits without an exponent are below the bound.
        if self.values && (exponent || at.wrapping_sub(start) > 308) {
            let value = self.text.get(start..at).and_then(|number| number.parse::<f64>().ok());
            if !value.is_some_and(|value| value.abs() <= LARGEST) {
                return self.fail(FaultKind::NumberOutOfRange, start);
            }
        }
        Some(at)
    }

    #[inline]
    fn digits(&mut self, at: usize) -> Option<usize> {
        let count = self.rest(at).iter().take_while(|digit| digit.is_ascii_digit()).count();
        if count == 0 { self.fail(FaultKind::Syntax, at) } else { Some(at.wrapping_add(count)) }
    }

    fn word(&mut self, word: &[u8], at: usize) -> Option<usize> {
        if self.rest(at).starts_with(word) {
            Some(at.wrapping_add(word.len()))
        } else {
            self.fail(FaultKind::Syntax, at)
        }
    }

    fn descend(&mut self, at: usize) -> Option<()> {
        match self.levels_left.checked_sub(1) {
            Some(left) => self.levels_left = left,
            None => return self.fail(FaultKind::TooDeep, at),
        }
        Some(())
    }

    const fn ascend(&mut self) {
        self.levels_left = self.levels_left.saturating_add(1);
    }

    /// Passes over white space.
    #[inline]
    fn skip(&self, mut at: usize) -> usize {
        while let b' ' | b'\t' | b'\n' | b'\r' = self.octet(at) {
            at = at.wrapping_add(1);
        }
        at
    }

    /// The octet at a place. At the end it is U+0000, which may stand nowhere.
    #[inline]
    fn octet(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or_default()
    }

    /// What follows from a place on.
    #[inline]
    fn rest(&self, at: usize) -> &'a [u8] {
        self.text.as_bytes().get(at..).unwrap_or_default()
    }

    #[inline]
    fn expect(&mut self, octet: u8, at: usize) -> Option<usize> {
        if self.octet(at) == octet { Some(at.wrapping_add(1)) } else { self.fail(FaultKind::Syntax, at) }
    }

    #[cold]
    fn fail<T>(&mut self, kind: FaultKind, at: usize) -> Option<T> {
        self.fault = Some(Fault { kind, at: u32::try_from(at).unwrap_or(u32::MAX) });
        None
    }

    #[cold]
    fn check_not_reserved(&mut self, name: Span, escaped: bool) -> Option<()> {
        let raw = name.of(self.text);
        let name_text = if escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) };
        if name_text.as_bytes().starts_with(RESERVED) {
            return self.fail(FaultKind::ReservedName, name.end().wrapping_add(1));
        }
        Some(())
    }

    /// Refuses two equal names among the members of an object.
    #[inline]
    fn check_distinct(&mut self, seen: Seen, members: &[Member]) -> Option<()> {
        if !seen.suspicious {
            return Some(());
        }
        self.duplicate = first_duplicate(members, self.text);
        if self.duplicate.is_some() { self.fail(FaultKind::DuplicateName, 0) } else { Some(()) }
    }
}

/// Whether a name may have occurred before, judged by two bits of its mark: never missed, and rarely said for nothing.
#[derive(Default)]
pub(super) struct Seen {
    ones: u64,
    others: u64,
    pub(super) suspicious: bool,
}

impl Seen {
    #[inline]
    pub(super) fn add(&mut self, mark: Mark, escaped: bool) {
        let hash = mark.hash();
        let one = 1_u64.wrapping_shl(hash);
        let other = 1_u64.wrapping_shl(hash.wrapping_shr(6));
        self.suspicious |= escaped | (self.ones & one != 0 && self.others & other != 0);
        self.ones |= one;
        self.others |= other;
    }
}

/// A name that occurs twice.
fn first_duplicate(members: &[Member], text: &str) -> Option<Quoted> {
    let mut names: Vec<_> = members.iter().map(|member| member.name(text)).collect();
    names.sort_unstable();
    let pair = names.windows(2).find(|pair| pair.first() == pair.last())?;
    pair.first().map(|name| Quoted::new(name))
}
