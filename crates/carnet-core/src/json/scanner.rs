use super::{Duplicates, JsonError, Kind, Member, Span};
use crate::quoted::Quoted;

/// Up to this many names are compared pair by pair; more are sorted, so that work stays n log n.
const PAIRWISE: usize = 16;

/// A recursive-descent reader that builds nothing but places. Recursion is bounded by `depth`.
pub(super) struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    levels_left: usize,
    everywhere: bool,
}

#[derive(Clone, Copy)]
struct Name {
    span: Span,
    escaped: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, depth: usize, duplicates: Duplicates) -> Self {
        let depth = depth.min(crate::limits::MAX_JSON_DEPTH);
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            depth,
            levels_left: depth,
            everywhere: duplicates == Duplicates::RefusedEverywhere,
        }
    }

    /// One object and nothing else.
    pub(super) fn document(&mut self, members: &mut Vec<Member>) -> Result<(), JsonError> {
        self.white_space();
        if self.peek() != Some(b'{') {
            return Err(JsonError::NotAnObject);
        }
        self.object(|member| members.push(member))?;
        self.white_space();
        if self.at < self.bytes.len() {
            return Err(JsonError::TrailingData { at: self.at });
        }
        let text = self.text;
        check_distinct(members.len(), text, |index| {
            members.get(index).map(|member| Name { span: member.name, escaped: member.name_escaped })
        })
    }

    /// Steps into an array, for [`next_element`](Self::next_element).
    pub(super) fn open_array(&mut self) -> Result<(), JsonError> {
        self.white_space();
        self.expect(b'[')
    }

    /// The next element of the array stepped into; `None` at its end.
    pub(super) fn next_element(&mut self) -> Result<Option<(Span, Kind)>, JsonError> {
        self.white_space();
        match self.peek() {
            Some(b']') => return Ok(None),
            Some(b',') => {
                self.step();
                self.white_space();
            }
            _ => {}
        }
        self.value().map(Some)
    }

    fn value(&mut self) -> Result<(Span, Kind), JsonError> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'"') => {
                if self.string()? {
                    Kind::EscapedString
                } else {
                    Kind::String
                }
            }
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b'{') => {
                self.nested_object()?;
                Kind::Object
            }
            Some(b'[') => {
                self.array()?;
                Kind::Array
            }
            Some(b't') => self.word(b"true", Kind::True)?,
            Some(b'f') => self.word(b"false", Kind::False)?,
            Some(b'n') => self.word(b"null", Kind::Null)?,
            _ => return Err(self.syntax()),
        };
        Ok((Span::new(start, self.at), kind))
    }

    fn nested_object(&mut self) -> Result<(), JsonError> {
        if !self.everywhere {
            return self.object(|_| ());
        }
        let mut own = Vec::new();
        self.object(|member| own.push(Name { span: member.name, escaped: member.name_escaped }))?;
        check_distinct(own.len(), self.text, |index| own.get(index).copied())
    }

    fn object(&mut self, mut each: impl FnMut(Member)) -> Result<(), JsonError> {
        self.descend()?;
        self.expect(b'{')?;
        self.white_space();
        if self.peek() == Some(b'}') {
            self.step();
            self.ascend();
            return Ok(());
        }
        loop {
            self.white_space();
            let start = self.at;
            let name_escaped = self.string()?;
            let name = Span::new(start, self.at).inner();
            self.white_space();
            self.expect(b':')?;
            self.white_space();
            let (value, kind) = self.value()?;
            each(Member { name, name_escaped, value, kind });
            self.white_space();
            match self.peek() {
                Some(b',') => self.step(),
                Some(b'}') => {
                    self.step();
                    self.ascend();
                    return Ok(());
                }
                _ => return Err(self.syntax()),
            }
        }
    }

    fn array(&mut self) -> Result<(), JsonError> {
        self.descend()?;
        self.expect(b'[')?;
        self.white_space();
        if self.peek() == Some(b']') {
            self.step();
            self.ascend();
            return Ok(());
        }
        loop {
            self.white_space();
            self.value()?;
            self.white_space();
            match self.peek() {
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
    fn string(&mut self) -> Result<bool, JsonError> {
        self.expect(b'"')?;
        let mut escaped = false;
        loop {
            self.plain();
            match self.peek() {
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

    /// Skips the octets of a string that stand for themselves, eight at a time.
    #[inline]
    fn plain(&mut self) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGHS: u64 = 0x8080_8080_8080_8080;
        const QUOTES: u64 = 0x2222_2222_2222_2222;
        const BACKSLASHES: u64 = 0x5C5C_5C5C_5C5C_5C5C;
        const SPACES: u64 = 0x2020_2020_2020_2020;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let (words, tail) = rest.as_chunks::<8>();
        for word in words {
            let word = u64::from_le_bytes(*word);
            let quote = word ^ QUOTES;
            let backslash = word ^ BACKSLASHES;
            // The lowest marked octet is exact; borrows can only mark octets above it.
            let marks = ((quote.wrapping_sub(ONES) & !quote)
                | (backslash.wrapping_sub(ONES) & !backslash)
                | (word.wrapping_sub(SPACES) & !word))
                & HIGHS;
            if marks != 0 {
                let plain = marks.trailing_zeros().wrapping_div(8);
                self.at = self.at.wrapping_add(usize::try_from(plain).unwrap_or(0));
                return;
            }
            self.at = self.at.wrapping_add(8);
        }
        let plain = tail.iter().take_while(|&&octet| octet >= 0x20 && octet != b'"' && octet != b'\\').count();
        self.at = self.at.wrapping_add(plain);
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        self.step();
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.step();
                Ok(())
            }
            Some(b'u') => {
                self.step();
                match self.unit()? {
                    0 => Err(JsonError::Nul { at: start }),
                    0xD800..=0xDBFF => {
                        if self.take(b"\\u") && (0xDC00..=0xDFFF).contains(&self.unit()?) {
                            Ok(())
                        } else {
                            Err(JsonError::LoneSurrogate { at: start })
                        }
                    }
                    0xDC00..=0xDFFF => Err(JsonError::LoneSurrogate { at: start }),
                    _ => Ok(()),
                }
            }
            _ => Err(self.syntax()),
        }
    }

    fn unit(&mut self) -> Result<u16, JsonError> {
        let end = self.at.saturating_add(4);
        let digits = self.text.get(self.at..end).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).ok_or_else(|| self.syntax())?;
        self.at = end;
        Ok(unit)
    }

    fn number(&mut self) -> Result<Kind, JsonError> {
        let start = self.at;
        self.take(b"-");
        match self.peek() {
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
        // 308 digits without an exponent are below the largest double.
        if exponent || self.at.saturating_sub(start) > 308 {
            let value = self.text.get(start..self.at).and_then(|number| number.parse::<f64>().ok());
            if !value.is_some_and(f64::is_finite) {
                return Err(JsonError::NumberOutOfRange { at: start });
            }
        }
        Ok(Kind::Number)
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.iter().take_while(|digit| digit.is_ascii_digit()).count();
        self.at = self.at.wrapping_add(count);
        if count == 0 { Err(self.syntax()) } else { Ok(()) }
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Kind, JsonError> {
        if self.take(word) { Ok(kind) } else { Err(self.syntax()) }
    }

    fn take(&mut self, expected: &[u8]) -> bool {
        let found = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(expected));
        if found {
            self.at = self.at.wrapping_add(expected.len());
        }
        found
    }

    fn descend(&mut self) -> Result<(), JsonError> {
        self.levels_left = self.levels_left.checked_sub(1).ok_or(JsonError::TooDeep { limit: self.depth })?;
        Ok(())
    }

    const fn ascend(&mut self) {
        self.levels_left = self.levels_left.saturating_add(1);
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    const fn step(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    #[inline]
    fn expect(&mut self, octet: u8) -> Result<(), JsonError> {
        if self.peek() != Some(octet) {
            return Err(self.syntax());
        }
        self.step();
        Ok(())
    }

    #[inline]
    fn white_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.step();
        }
    }

    const fn syntax(&self) -> JsonError {
        JsonError::Syntax { at: self.at }
    }
}

/// Refuses two equal names among the `count` that `name` gives.
fn check_distinct(count: usize, text: &str, name: impl Fn(usize) -> Option<Name>) -> Result<(), JsonError> {
    let names = || (0..count).filter_map(&name);
    if count <= PAIRWISE && names().all(|name| !name.escaped) {
        for (index, one) in names().enumerate() {
            let one = one.span.of(text);
            if names().take(index).any(|other| other.span.of(text) == one) {
                return Err(JsonError::DuplicateName { name: Quoted::new(one) });
            }
        }
        return Ok(());
    }
    let mut sorted: Vec<_> = names()
        .map(|name| {
            Member { name: name.span, name_escaped: name.escaped, value: name.span, kind: Kind::Null }.name(text)
        })
        .collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(pair) => Err(JsonError::DuplicateName { name: Quoted::new(pair.first().map_or("", |name| name)) }),
        None => Ok(()),
    }
}
