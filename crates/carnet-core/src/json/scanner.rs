use super::mark::Mark;
use super::plain::{digits, is_plain, plain_prefix, quote, quote_within};
use super::unescape::unescape;
use super::{Duplicates, JsonError, Kind, Member, Span};
use crate::quoted::Quoted;
use std::borrow::Cow;

/// A little below the largest double: `serde_json`, which rounds on its way, overflows within a few units of it, and what is accepted here must
/// not be refused there.
pub(super) const LARGEST: f64 = 1.797e308;

/// So many digits without an exponent are below that.
const SAFE_DIGITS: usize = 308;

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
/// the reader. Places are `u32`, as the members have them: a text is no longer than that, and what lies behind its end reads as U+0000, which may stand
/// nowhere.
pub(super) struct Scanner<'a> {
    text: &'a str,
    depth: usize,
    levels_left: usize,
    everywhere: bool,
    /// Whether surrogates, U+0000, reserved names and the range of numbers are looked at.
    values: bool,
    /// Whether the text is plain ASCII, so that a string ends at the next quote.
    plain: bool,
    /// How far the elements of an array have been read, for [`next_element`](Self::next_element).
    at: u32,
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
        self.only_object(members).ok_or_else(|| self.error())
    }

    #[inline]
    fn only_object(&mut self, members: &mut Vec<Member>) -> Option<()> {
        let (start, octet) = self.peek(0);
        if octet != b'{' {
            return self.fail(FaultKind::NotAnObject, start);
        }
        let end = self.object(start, |member| members.push(member))?;
        let (end, _) = self.peek(end);
        if !self.rest(end).is_empty() {
            return self.fail(FaultKind::TrailingData, end);
        }
        self.check_distinct(members)
    }

    #[cold]
    fn error(&mut self) -> JsonError {
        let Some(Fault { kind, at }) = self.fault else { return JsonError::NotAnObject };
        let at = index(at);
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
        let (start, octet) = self.peek(self.at);
        if octet != b'[' {
            return self.fail(FaultKind::Syntax, start);
        }
        self.at = start.wrapping_add(1);
        Some(())
    }

    /// The next element of the array stepped into; `None` at its end.
    pub(super) fn next_element(&mut self) -> Option<(Span, Kind)> {
        let (mut start, mut first) = self.peek(self.at);
        match first {
            b']' => return None,
            b',' => (start, first) = self.peek(start.wrapping_add(1)),
            _ => {}
        }
        let (end, kind) = self.value(start, first)?;
        self.at = end;
        Some((Span::between(start, end), kind))
    }

    /// The value that begins with this octet. Inlined in any case: it is what a scan does most.
    #[inline(always)]
    fn value(&mut self, at: u32, first: u8) -> Option<(u32, Kind)> {
        if first == b'"' {
            let (end, escaped) = self.string_behind_quote(at.wrapping_add(1))?;
            return Some((end, if escaped { Kind::EscapedString } else { Kind::String }));
        }
        if let b'-' | b'0'..=b'9' = first {
            return Some((self.number(at, first)?, Kind::Number));
        }
        self.other_value(at, first)
    }

    #[inline(never)]
    fn other_value(&mut self, at: u32, first: u8) -> Option<(u32, Kind)> {
        Some(match first {
            b'{' => (self.nested_object(at)?, Kind::Object),
            b'[' => (self.array(at)?, Kind::Array),
            b't' => (self.word(b"true", at)?, Kind::True),
            b'f' => (self.word(b"false", at)?, Kind::False),
            b'n' => (self.word(b"null", at)?, Kind::Null),
            _ => return self.fail(FaultKind::Syntax, at),
        })
    }

    fn nested_object(&mut self, at: u32) -> Option<u32> {
        if !self.everywhere {
            return self.object(at, |_| ());
        }
        let mut own = Vec::new();
        let end = self.object(at, |member| own.push(member))?;
        self.check_distinct(&own)?;
        Some(end)
    }

    #[inline]
    fn object(&mut self, start: u32, mut each: impl FnMut(Member)) -> Option<u32> {
        self.descend(start)?;
        let (mut at, mut octet) = self.peek(start.wrapping_add(1));
        if octet == b'}' {
            self.ascend();
            return Some(at.wrapping_add(1));
        }
        loop {
            if octet != b'"' {
                return self.fail(FaultKind::Syntax, at);
            }
            let (end, mark, name_escaped) = self.name(at)?;
            let name = Span::between(at, end).inner();
            let (colon, octet_behind) = self.peek(end);
            if octet_behind != b':' {
                return self.fail(FaultKind::Syntax, colon);
            }
            let (start, first) = self.peek(colon.wrapping_add(1));
            let (end, kind) = self.value(start, first)?;
            each(Member { mark, name, name_escaped, value: Span::between(start, end), kind });
            (at, octet) = self.peek(end);
            match octet {
                b',' => (at, octet) = self.peek(at.wrapping_add(1)),
                b'}' => {
                    self.ascend();
                    return Some(at.wrapping_add(1));
                }
                _ => return self.fail(FaultKind::Syntax, at),
            }
        }
    }

    /// The name that begins at a quote: where it ends, its mark, and whether it has escapes.
    #[inline]
    fn name(&mut self, at: u32) -> Option<(u32, Mark, bool)> {
        let start = at.wrapping_add(1);
        // Most names are short, and end within the octets that make their mark.
        if let (true, Some(word)) = (self.plain, self.rest(start).first_chunk::<8>())
            && let Some(length) = quote_within(*word)
        {
            return Some((behind(start, length.wrapping_add(1)), Mark::of_word(*word, length), false));
        }
        self.any_name(start)
    }

    #[inline(never)]
    fn any_name(&mut self, start: u32) -> Option<(u32, Mark, bool)> {
        let (end, escaped) = self.string_behind_quote(start)?;
        let rest = self.rest(start);
        if self.values && (escaped || rest.first() == RESERVED.first()) {
            self.check_not_reserved(Span::between(start, end.wrapping_sub(1)), escaped)?;
        }
        let length = Span::between(start, end).length().wrapping_sub(1);
        Some((end, Mark::of_prefix(rest, length), escaped))
    }

    fn array(&mut self, start: u32) -> Option<u32> {
        self.descend(start)?;
        let (mut at, mut octet) = self.peek(start.wrapping_add(1));
        if octet == b']' {
            self.ascend();
            return Some(at.wrapping_add(1));
        }
        loop {
            let (end, _) = self.value(at, octet)?;
            (at, octet) = self.peek(end);
            match octet {
                b',' => (at, octet) = self.peek(at.wrapping_add(1)),
                b']' => {
                    self.ascend();
                    return Some(at.wrapping_add(1));
                }
                _ => return self.fail(FaultKind::Syntax, at),
            }
        }
    }

    /// A string whose first quote has been read: where it ends, and whether it has escapes.
    #[inline]
    fn string_behind_quote(&mut self, start: u32) -> Option<(u32, bool)> {
        if !self.plain {
            return self.any_string(start);
        }
        let end = behind(start, quote(self.rest(start)));
        if self.octet(end) == b'"' { Some((end.wrapping_add(1), false)) } else { self.fail(FaultKind::Syntax, end) }
    }

    #[inline(never)]
    fn any_string(&mut self, start: u32) -> Option<(u32, bool)> {
        let (mut at, mut escaped) = (start, false);
        loop {
            at = behind(at, plain_prefix(self.rest(at)));
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

    fn escape(&mut self, at: u32) -> Option<u32> {
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
    fn unit(&mut self, at: u32) -> Option<(u16, u32)> {
        let digits = self.rest(at).first_chunk::<4>().filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|digits| core::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            Some(unit) => Some((unit, at.wrapping_add(4))),
            None => self.fail(FaultKind::Syntax, at),
        }
    }

    #[inline]
    fn number(&mut self, start: u32, first: u8) -> Option<u32> {
        // Nearly every number is digits and nothing else.
        let digits = digits(self.rest(start));
        let end = behind(start, digits);
        if first > b'0' && digits <= SAFE_DIGITS && !matches!(self.octet(end), b'.' | b'e' | b'E') {
            return Some(end);
        }
        self.any_number(start)
    }

    #[inline(never)]
    fn any_number(&mut self, start: u32) -> Option<u32> {
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
        if self.values && (exponent || Span::between(start, at).length() > SAFE_DIGITS) {
            let value = Span::between(start, at).of(self.text).parse::<f64>().ok();
            if !value.is_some_and(|value| value.abs() <= LARGEST) {
                return self.fail(FaultKind::NumberOutOfRange, start);
            }
        }
        Some(at)
    }

    #[inline]
    fn digits(&mut self, at: u32) -> Option<u32> {
        let count = digits(self.rest(at));
        if count == 0 { self.fail(FaultKind::Syntax, at) } else { Some(behind(at, count)) }
    }

    fn word(&mut self, word: &[u8], at: u32) -> Option<u32> {
        if self.rest(at).starts_with(word) { Some(behind(at, word.len())) } else { self.fail(FaultKind::Syntax, at) }
    }

    fn descend(&mut self, at: u32) -> Option<()> {
        match self.levels_left.checked_sub(1) {
            Some(left) => self.levels_left = left,
            None => return self.fail(FaultKind::TooDeep, at),
        }
        Some(())
    }

    const fn ascend(&mut self) {
        self.levels_left = self.levels_left.saturating_add(1);
    }

    /// The first octet from a place on that is no white space, and where it is.
    #[inline]
    fn peek(&self, at: u32) -> (u32, u8) {
        let octet = self.octet(at);
        if octet > b' ' { (at, octet) } else { self.peek_far(at) }
    }

    #[cold]
    fn peek_far(&self, mut at: u32) -> (u32, u8) {
        loop {
            match self.octet(at) {
                b' ' | b'\t' | b'\n' | b'\r' => at = at.wrapping_add(1),
                octet => return (at, octet),
            }
        }
    }

    /// The octet at a place. At the end it is U+0000, which may stand nowhere.
    #[inline]
    fn octet(&self, at: u32) -> u8 {
        self.text.as_bytes().get(index(at)).copied().unwrap_or_default()
    }

    /// What follows from a place on.
    #[inline]
    fn rest(&self, at: u32) -> &'a [u8] {
        self.text.as_bytes().get(index(at)..).unwrap_or_default()
    }

    #[cold]
    fn fail<T>(&mut self, kind: FaultKind, at: u32) -> Option<T> {
        self.fault = Some(Fault { kind, at });
        None
    }

    #[cold]
    fn check_not_reserved(&mut self, name: Span, escaped: bool) -> Option<()> {
        let raw = name.of(self.text);
        let name_text = if escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) };
        if name_text.as_bytes().starts_with(RESERVED) {
            return self.fail(FaultKind::ReservedName, behind(0, name.end().wrapping_add(1)));
        }
        Some(())
    }

    /// Refuses two equal names among the members of an object.
    #[inline]
    fn check_distinct(&mut self, members: &[Member]) -> Option<()> {
        let mut seen = Seen::default();
        for member in members {
            seen.add(member.mark, member.name_escaped);
        }
        if !seen.suspicious {
            return Some(());
        }
        self.duplicate = first_duplicate(members, self.text);
        if self.duplicate.is_some() { self.fail(FaultKind::DuplicateName, 0) } else { Some(()) }
    }
}

/// A place in a text as an index.
#[inline]
#[expect(clippy::as_conversions, reason = "u32 fits usize wherever std and the backends run")]
const fn index(at: u32) -> usize {
    at as usize
}

/// The place `count` octets behind another. Both are within a text, or one behind its end.
#[inline]
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a text is no longer than u32 can say")]
const fn behind(at: u32, count: usize) -> u32 {
    at.wrapping_add(count as u32)
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
