use super::mark::Mark;
use super::plain::{is_plain, plain_prefix};
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

/// A [`JsonError`] in eight octets, so that the way without errors is short.
#[derive(Clone, Copy)]
pub(super) struct Fault {
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
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// What has not been read yet.
    rest: &'a [u8],
    depth: usize,
    levels_left: usize,
    everywhere: bool,
    /// Whether surrogates, U+0000, reserved names and the range of numbers are looked at.
    values: bool,
    /// Whether the text has neither control characters nor backslashes, so that a string ends at the next quote.
    plain: bool,
    /// The name of a `DuplicateName`.
    duplicate: Option<Quoted>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, depth: usize, duplicates: Duplicates) -> Self {
        let depth = depth.min(crate::limits::MAX_JSON_DEPTH);
        let everywhere = duplicates == Duplicates::RefusedEverywhere;
        let (rest, levels_left, plain) = (text.as_bytes(), depth, is_plain(text.as_bytes()));
        Self { text, rest, depth, levels_left, everywhere, values: true, plain, duplicate: None }
    }

    /// The same reader, which leaves what values hold to another reading of them.
    pub(super) fn outline(self) -> Self {
        Self { values: false, ..self }
    }

    /// One object and nothing else, its members noted.
    pub(super) fn document(&mut self, members: &mut Vec<Member>) -> Result<(), JsonError> {
        let seen = self.only_object(|member| members.push(member)).map_err(|fault| self.error(fault))?;
        self.check_distinct(seen, members).map_err(|fault| self.error(fault))
    }

    /// One object and nothing else, its members shown to `each`. Whether names may occur twice.
    pub(super) fn visit(&mut self, each: impl FnMut(Member)) -> Result<bool, JsonError> {
        self.only_object(each).map(|seen| seen.suspicious).map_err(|fault| self.error(fault))
    }

    #[inline]
    fn only_object(&mut self, each: impl FnMut(Member)) -> Result<Seen, Fault> {
        if self.token() != Some(b'{') {
            return Err(self.fault(FaultKind::NotAnObject));
        }
        let seen = self.object(each)?;
        if self.token().is_some() {
            return Err(self.fault(FaultKind::TrailingData));
        }
        Ok(seen)
    }

    #[cold]
    fn error(&mut self, Fault { kind, at }: Fault) -> JsonError {
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
    pub(super) fn open_array(&mut self) -> Result<(), Fault> {
        self.token();
        self.expect(b'[')
    }

    /// The next element of the array stepped into; `None` at its end.
    pub(super) fn next_element(&mut self) -> Result<Option<(Span, Kind)>, Fault> {
        match self.token() {
            Some(b']') => return Ok(None),
            Some(b',') => self.step(),
            _ => {}
        }
        self.token();
        let start = self.at();
        let kind = self.value()?;
        Ok(Some((Span::new(start, self.at()), kind)))
    }

    /// A value, with no white space before it.
    #[inline]
    fn value(&mut self) -> Result<Kind, Fault> {
        match self.rest.first() {
            Some(b'"') => Ok(if self.string()? { Kind::EscapedString } else { Kind::String }),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.other_value(),
        }
    }

    fn other_value(&mut self) -> Result<Kind, Fault> {
        match self.rest.first() {
            Some(b'{') => self.nested_object().map(|()| Kind::Object),
            Some(b'[') => self.array().map(|()| Kind::Array),
            Some(b't') => self.word(b"true", Kind::True),
            Some(b'f') => self.word(b"false", Kind::False),
            Some(b'n') => self.word(b"null", Kind::Null),
            _ => Err(self.syntax()),
        }
    }

    fn nested_object(&mut self) -> Result<(), Fault> {
        if !self.everywhere {
            return self.object(|_| ()).map(drop);
        }
        let mut own = Vec::new();
        let seen = self.object(|member| own.push(member))?;
        self.check_distinct(seen, &own)
    }

    #[inline]
    fn object(&mut self, mut each: impl FnMut(Member)) -> Result<Seen, Fault> {
        let mut seen = Seen::default();
        self.descend()?;
        self.expect(b'{')?;
        if self.token() == Some(b'}') {
            self.step();
            self.ascend();
            return Ok(seen);
        }
        loop {
            self.token();
            let from = self.rest.get(1..).unwrap_or_default();
            let start = self.at();
            let name_escaped = self.string()?;
            let name = Span::new(start, self.at()).inner();
            if self.values && (name_escaped || from.first() == RESERVED.first()) {
                self.check_not_reserved(name, name_escaped)?;
            }
            let mark = Mark::of_prefix(from, name.end().wrapping_sub(name.start()));
            self.token();
            self.expect(b':')?;
            self.token();
            let start = self.at();
            let kind = self.value()?;
            let value = Span::new(start, self.at());
            seen.add(mark, name_escaped);
            each(Member { mark, name, name_escaped, value, kind });
            match self.token() {
                Some(b',') => self.step(),
                Some(b'}') => {
                    self.step();
                    self.ascend();
                    return Ok(seen);
                }
                _ => return Err(self.syntax()),
            }
        }
    }

    fn array(&mut self) -> Result<(), Fault> {
        self.descend()?;
        self.expect(b'[')?;
        if self.token() == Some(b']') {
            self.step();
            self.ascend();
            return Ok(());
        }
        loop {
            self.token();
            self.value()?;
            match self.token() {
                Some(b',') => self.step(),
                Some(b']') => {
                    self.step();
                    self.ascend();
                    return Ok(());
                }
                _ => return Err(self.syntax()),
            }
        }
    }

    /// A string with its quotes; true when it has escapes.
    #[inline]
    fn string(&mut self) -> Result<bool, Fault> {
        self.expect(b'"')?;
        if self.plain {
            let end = memchr::memchr(b'"', self.rest).ok_or_else(|| self.syntax())?;
            self.rest = self.rest.get(end.wrapping_add(1)..).unwrap_or_default();
            return Ok(false);
        }
        self.string_with_escapes()
    }

    fn string_with_escapes(&mut self) -> Result<bool, Fault> {
        let mut escaped = false;
        loop {
            self.rest = self.rest.get(plain_prefix(self.rest)..).unwrap_or_default();
            match self.rest.first() {
                Some(b'"') => {
                    self.step();
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(self.syntax()), // the end, or a control character
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let at = self.at();
        self.step();
        let escape = self.rest.first().copied();
        self.step();
        match escape {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') if !self.values => self.unit().map(drop),
            Some(b'u') => match self.unit()? {
                0 => Err(self.fault_at(FaultKind::Nul, at)),
                0xD800..=0xDBFF => {
                    if self.take(b"\\u") && (0xDC00..=0xDFFF).contains(&self.unit()?) {
                        Ok(())
                    } else {
                        Err(self.fault_at(FaultKind::LoneSurrogate, at))
                    }
                }
                0xDC00..=0xDFFF => Err(self.fault_at(FaultKind::LoneSurrogate, at)),
                _ => Ok(()),
            },
            _ => Err(self.fault_at(FaultKind::Syntax, at)),
        }
    }

    fn unit(&mut self) -> Result<u16, Fault> {
        let (digits, rest) = self.rest.split_first_chunk::<4>().ok_or_else(|| self.syntax())?;
        let digits =
            core::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).ok_or_else(|| self.syntax())?;
        self.rest = rest;
        Ok(unit)
    }

    fn number(&mut self) -> Result<Kind, Fault> {
        let start = self.at();
        self.take(b"-");
        match self.rest.first() {
            Some(b'0') => self.step(),
            _ => self.digits()?,
        }
        let mut exponent = false;
        if self.take(b".") {
            self.digits()?;
        }
        if self.take(b"e") || self.take(b"E") {
            exponent = true;
            if !self.take(b"+") {
                self.take(b"-");
            }
            self.digits()?;
        }
        // 308 digits without an exponent are below the bound.
        if self.values && (exponent || self.at().saturating_sub(start) > 308) {
            let value = self.text.get(start..self.at()).and_then(|number| number.parse::<f64>().ok());
            if !value.is_some_and(|value| value.abs() <= LARGEST) {
                return Err(self.fault_at(FaultKind::NumberOutOfRange, start));
            }
        }
        Ok(Kind::Number)
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let count = self.rest.iter().take_while(|digit| digit.is_ascii_digit()).count();
        self.rest = self.rest.get(count..).unwrap_or_default();
        if count == 0 { Err(self.syntax()) } else { Ok(()) }
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Kind, Fault> {
        if self.take(word) { Ok(kind) } else { Err(self.syntax()) }
    }

    #[inline]
    fn take(&mut self, expected: &[u8]) -> bool {
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn descend(&mut self) -> Result<(), Fault> {
        self.levels_left = self.levels_left.checked_sub(1).ok_or_else(|| self.fault(FaultKind::TooDeep))?;
        Ok(())
    }

    const fn ascend(&mut self) {
        self.levels_left = self.levels_left.saturating_add(1);
    }

    /// Passes over white space and looks at what follows.
    #[inline]
    fn token(&mut self) -> Option<u8> {
        loop {
            match self.rest.first() {
                Some(&octet) if octet > b' ' => return Some(octet),
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.step(),
                other => return other.copied(),
            }
        }
    }

    #[inline]
    fn step(&mut self) {
        if let Some((_, rest)) = self.rest.split_first() {
            self.rest = rest;
        }
    }

    #[inline]
    fn expect(&mut self, octet: u8) -> Result<(), Fault> {
        match self.rest.split_first() {
            Some((&first, rest)) if first == octet => {
                self.rest = rest;
                Ok(())
            }
            _ => Err(self.syntax()),
        }
    }

    /// How many octets have been read.
    #[inline]
    const fn at(&self) -> usize {
        self.text.len().wrapping_sub(self.rest.len())
    }

    #[cold]
    fn syntax(&self) -> Fault {
        self.fault(FaultKind::Syntax)
    }

    #[cold]
    fn fault(&self, kind: FaultKind) -> Fault {
        self.fault_at(kind, self.at())
    }

    #[cold]
    fn fault_at(&self, kind: FaultKind, at: usize) -> Fault {
        Fault { kind, at: u32::try_from(at).unwrap_or(u32::MAX) }
    }

    #[cold]
    fn check_not_reserved(&self, name: Span, escaped: bool) -> Result<(), Fault> {
        let raw = name.of(self.text);
        let name = if escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) };
        if name.as_bytes().starts_with(RESERVED) { Err(self.fault(FaultKind::ReservedName)) } else { Ok(()) }
    }

    /// Refuses two equal names among the members of an object.
    #[inline]
    fn check_distinct(&mut self, seen: Seen, members: &[Member]) -> Result<(), Fault> {
        if !seen.suspicious {
            return Ok(());
        }
        self.duplicate = first_duplicate(members, self.text);
        if self.duplicate.is_some() { Err(self.fault(FaultKind::DuplicateName)) } else { Ok(()) }
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
