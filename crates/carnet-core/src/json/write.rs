//! Writing a caller's value so that the scanner accepts it: `serde_json` writes, and what it writes is watched.

use super::mark::Mark;
use super::member::MAX_TEXT;
use super::scanner::{LARGEST, RESERVED, Seen};
use super::{Duplicates, Object};
use core::fmt;
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};
use std::io;

/// A value is not written as a JSON object that [`scan`](super::scan) accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotWritable;

impl fmt::Display for NotWritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value is not written as a strict JSON object")
    }
}

impl core::error::Error for NotWritable {}

/// Writes a struct or a map as a JSON object under the rules of this module, with names distinct at the top. Beside the text it gives what `note` made of
/// the names at the top, beginning with a default.
///
/// What the value's `Serialize` does is watched, and where a glance cannot judge it, or it was not finished, the text is scanned as any other. Assumed is
/// only that it does not imitate the private types of `serde_json` to write nothing.
///
/// ```
/// use carnet_core::json::{NotWritable, write};
/// let note = |names: &mut Vec<String>, name: &str| names.push(name.to_owned());
/// let (text, names) = write(&serde_json::json!({"a": [1, "x"]}), 64, note)?;
/// assert_eq!((text.as_str(), names), (r#"{"a":[1,"x"]}"#, vec!["a".to_owned()]));
/// assert!(write(&[1, 2], 64, note).is_err());
/// assert!(write(&serde_json::json!({"a": "\0"}), 64, note).is_err());
/// # Ok::<(), NotWritable>(())
/// ```
///
/// # Errors
/// [`NotWritable`], also when the value's own `Serialize` fails.
#[inline]
pub fn write<T: Serialize + ?Sized, N: Default>(
    value: &T,
    depth: usize,
    note: impl Fn(&mut N, &str),
) -> Result<(String, N), NotWritable> {
    let depth = depth.min(crate::limits::MAX_JSON_DEPTH);
    let mut watch = Watch {
        depth,
        level: 0,
        naming: false,
        named: false,
        unfinished: 0,
        seen: Seen::default(),
        closer_look: false,
        names: N::default(),
        note,
    };
    let mut octets = Vec::with_capacity(512);
    value
        .serialize(&mut serde_json::Serializer::with_formatter(&mut octets, Watched(&mut watch)))
        .map_err(|_| NotWritable)?;
    let text = String::from_utf8(octets).map_err(|_| NotWritable)?;
    let Watch { level, unfinished, seen, closer_look, mut names, note, .. } = watch;
    if closer_look || seen.suspicious || level != 0 || unfinished != 0 || text.len() > MAX_TEXT {
        names = N::default();
        let written = Object::scan(&text, depth, Duplicates::RefusedAtTop).map_err(|_| NotWritable)?;
        written.members().for_each(|(name, _)| note(&mut names, &name));
    }
    if text.starts_with('{') && text.ends_with('}') { Ok((text, names)) } else { Err(NotWritable) }
}

struct Watch<N, F> {
    depth: usize,
    level: usize,
    /// Between the beginning and the end of a name.
    naming: bool,
    /// Whether a piece of that name was written.
    named: bool,
    /// Names and values that were begun and not ended, which the code of a caller's type can leave behind.
    unfinished: usize,
    seen: Seen,
    /// Whether something was written that only a scan can judge: an escape, a reserved name, a name in pieces, JSON from elsewhere.
    closer_look: bool,
    names: N,
    note: F,
}

impl<N, F: Fn(&mut N, &str)> Watch<N, F> {
    #[inline]
    fn open(&mut self) -> io::Result<()> {
        if self.level >= self.depth {
            self.closer_look = true; // for those who go on all the same
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.level = self.level.wrapping_add(1);
        Ok(())
    }

    /// A name, or a piece of one: where it has escapes, or its `Display` writes in pieces.
    #[inline]
    fn name(&mut self, name: &str) {
        self.closer_look |= self.named || name.as_bytes().starts_with(RESERVED);
        self.named = true;
        if self.level == 1 {
            self.seen.add(Mark::of(name), false);
            (self.note)(&mut self.names, name);
        }
    }
}

struct Watched<'w, N, F>(&'w mut Watch<N, F>);

impl<N, F: Fn(&mut N, &str)> Formatter for Watched<'_, N, F> {
    #[inline]
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.open()?;
        writer.write_all(b"{")
    }

    #[inline]
    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.level = self.0.level.wrapping_sub(1);
        writer.write_all(b"}")
    }

    #[inline]
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.open()?;
        writer.write_all(b"[")
    }

    #[inline]
    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.level = self.0.level.wrapping_sub(1);
        writer.write_all(b"]")
    }

    #[inline]
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.unfinished = self.0.unfinished.wrapping_add(1);
        self.0.naming = true;
        self.0.named = false;
        if first { Ok(()) } else { writer.write_all(b",") }
    }

    #[inline]
    fn end_object_key<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.0.naming = false;
        self.0.closer_look |= !self.0.named; // the empty name, and names that are numbers
        Ok(())
    }

    #[inline]
    fn end_object_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.0.unfinished = self.0.unfinished.wrapping_sub(1);
        Ok(())
    }

    #[inline]
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.unfinished = self.0.unfinished.wrapping_add(1);
        if first { Ok(()) } else { writer.write_all(b",") }
    }

    #[inline]
    fn end_array_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.0.unfinished = self.0.unfinished.wrapping_sub(1);
        Ok(())
    }

    #[inline]
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if self.0.naming {
            self.0.name(fragment);
        }
        writer.write_all(fragment.as_bytes())
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        self.0.closer_look = true;
        CompactFormatter.write_char_escape(writer, escape)
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        self.0.closer_look |= value.abs() > LARGEST;
        CompactFormatter.write_f64(writer, value)
    }

    fn write_number_str<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: &str) -> io::Result<()> {
        self.0.closer_look = true;
        CompactFormatter.write_number_str(writer, value)
    }

    fn write_raw_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        self.0.closer_look = true;
        CompactFormatter.write_raw_fragment(writer, fragment)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::json_value;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    const DEPTH: usize = 4;

    /// What a scan of `serde_json`'s own text makes of it is what watching must come to.
    fn check<T: Serialize + ?Sized>(value: &T) -> Result<String, NotWritable> {
        let text = serde_json::to_string(value).unwrap_or_default();
        let scanned = Object::scan(&text, DEPTH, Duplicates::RefusedAtTop);
        let members = scanned.iter().flat_map(Object::members);
        let expected: Vec<String> = members.map(|(name, _)| name.into_owned()).collect();
        let written = write(value, DEPTH, |names: &mut Vec<String>, name| names.push(name.to_owned()));
        assert_eq!(written.is_ok(), scanned.is_ok(), "{text}");
        let (written, names) = written?;
        assert_eq!((&written, names), (&text, expected));
        Ok(written)
    }

    proptest! {
        #[test]
        fn agrees_with_a_scan(map in prop::collection::btree_map("\\PC{0,3}|[a\0\"é]{0,2}", json_value(), 0..24)) {
            let _ = check(&map);
        }
    }

    #[test]
    fn depth_at_the_limit_and_one_beyond() {
        assert!(check(&json!({"a": [[[1]]]})).is_ok());
        assert!(check(&json!({"a": [[[[1]]]]})).is_err());
        assert!(check(&json!({"a": {"b": {"c": 1}}})).is_ok());
        assert!(check(&json!({"a": {"b": {"c": {"d": {}}}}})).is_err());
        assert!(check(&json!({"a": [[], [], [], []], "b": [[[]]]})).is_ok(), "levels are counted, not brackets");
    }

    #[test]
    fn only_objects() {
        for value in [json!(1), json!("{"), json!(["a"]), json!(null)] {
            assert!(check(&value).is_err(), "{value}");
        }
        assert!(check(&json!({})).is_ok());
        assert!(check(&Some(json!({"a": 1}))).is_ok());
    }

    #[test]
    fn names_that_are_numbers_empty_or_reserved() {
        assert!(check(&BTreeMap::from([(1, 2), (3, 4)])).is_ok());
        assert!(check(&BTreeMap::from([("", 2), ("a", 4)])).is_ok());
        assert!(check(&json!({"$serde_json::private::RawValue": "{}"})).is_err());
        assert!(check(&json!({"a": {"$serde_json::private::Number": "1"}})).is_err());
        assert!(check(&json!({"$serde_json": 1, "$s\n": 2})).is_ok());
    }

    #[test]
    fn numbers_near_the_largest_double() {
        assert!(check(&json!({"a": [1.797e308, -1.797e308, 5e-324]})).is_ok());
        assert!(check(&json!({"a": f64::MAX})).is_err());
        assert!(check(&json!({"a": u64::MAX, "b": i64::MIN})).is_ok());
        assert_eq!(check(&BTreeMap::from([("a", f64::NAN)])).unwrap(), r#"{"a":null}"#, "as serde_json writes it");
    }

    /// A map whose names come in pieces, and may come twice.
    #[derive(Debug)]
    struct Pairs(Vec<(Vec<String>, u8)>);

    impl Serialize for Pairs {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            struct Pieces<'a>(&'a [String]);
            impl fmt::Display for Pieces<'_> {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.iter().try_for_each(|piece| f.write_str(piece))
                }
            }
            impl Serialize for Pieces<'_> {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }
            serializer.collect_map(self.0.iter().map(|(pieces, value)| (Pieces(pieces), value)))
        }
    }

    fn pairs(names: &[&[&str]]) -> Pairs {
        Pairs(names.iter().map(|pieces| (pieces.iter().map(|&piece| piece.to_owned()).collect(), 1)).collect())
    }

    proptest! {
        #[test]
        fn names_in_pieces(names in prop::collection::vec(prop::collection::vec("[isexp$\"\0]{0,2}|\\$serde_json::|private::", 0..4), 0..4)) {
            let _ = check(&Pairs(names.into_iter().map(|pieces| (pieces, 1)).collect()));
        }
    }

    #[test]
    fn names_twice() {
        for twice in [
            [&["a"][..], &["a"]],
            [&[], &[""]],
            [&["a\n"], &["a", "\n"]],
            [&["is", "s"], &["i", "ss"]],
            [&["iss"], &["is", "s"]],
        ] {
            assert!(check(&pairs(&twice)).is_err(), "{twice:?}");
        }
        assert!(check(&pairs(&[&["$serde_json::", "private::x"]])).is_err());
        assert!(check(&pairs(&[&["iss", "uer"], &["iss"]])).is_ok());
        let many: Vec<_> = (0..200).map(|number| (format!("name{number:03}"), number)).collect();
        assert!(check(&many.iter().cloned().collect::<BTreeMap<_, _>>()).is_ok(), "names with equal marks");
    }

    #[test]
    fn values_of_every_shape() {
        #[derive(Serialize)]
        enum Shape {
            Unit,
            Newtype(u8),
            Tuple(u8, char),
            Struct { exp: u8 },
        }
        #[derive(Serialize)]
        struct All<'a> {
            shapes: [Shape; 3],
            #[serde(flatten)]
            flat: BTreeMap<&'a str, i128>,
            unit: (),
            octets: &'a [u8],
        }
        let shapes = || [Shape::Unit, Shape::Newtype(1), Shape::Tuple(2, 'é')];
        let all = |name| All { shapes: shapes(), flat: BTreeMap::from([(name, i128::MIN)]), unit: (), octets: b"x" };
        assert!(check(&all("other")).is_ok());
        assert!(check(&all("unit")).is_err(), "twice through flatten");
        assert!(check(&Shape::Struct { exp: 1 }).is_ok() && check(&Shape::Newtype(1)).is_ok());
        assert!(check(&Shape::Unit).is_err());
        assert!(check(&BTreeMap::from([(true, 1)])).is_ok() && check(&BTreeMap::from([('é', 1)])).is_ok());
        assert!(check(&BTreeMap::from([(i128::MAX, 1)])).is_ok());
        assert!(check(&BTreeMap::from([((1, 2), 1)])).is_err());
    }

    /// Types whose `Serialize` breaks its contract write what is no JSON, and serde_json lets them.
    #[test]
    fn what_is_left_unfinished_is_scanned() {
        use serde::ser::{Error, SerializeMap, SerializeSeq, SerializeStruct};
        struct Broken(u8);
        struct HalfWay;
        struct TooDeep(usize);
        impl Serialize for HalfWay {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("x", &1)?;
                Err(S::Error::custom("half way"))
            }
        }
        impl Serialize for TooDeep {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut seq = serializer.serialize_seq(None)?;
                if self.0 > 0 {
                    let _ = seq.serialize_element(&Self(self.0 - 1));
                }
                seq.end()
            }
        }
        impl Serialize for Broken {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.0 {
                    0 => {
                        let mut object = serializer.serialize_struct("C", 0)?;
                        object.serialize_field("a", &1)?;
                        object.end()
                    }
                    1 => {
                        let mut map = serializer.serialize_map(None)?;
                        map.serialize_key("a")?;
                        map.end()
                    }
                    2 => {
                        let mut map = serializer.serialize_map(None)?;
                        map.serialize_value("a")?;
                        map.end()
                    }
                    3 => {
                        let mut map = serializer.serialize_map(None)?;
                        let _ = map.serialize_entry("a", &HalfWay);
                        map.end()
                    }
                    _ => {
                        let mut map = serializer.serialize_map(None)?;
                        let _ = map.serialize_entry("deep", &TooDeep(DEPTH));
                        map.serialize_entry("a", &1)?;
                        map.serialize_entry("a", &2)?;
                        map.end()
                    }
                }
            }
        }
        for broken in 0..5 {
            assert!(write(&Broken(broken), DEPTH, |_: &mut (), _| ()).is_err(), "{broken}");
        }
    }

    #[test]
    fn json_from_elsewhere_is_scanned() {
        let raw = |text: &str| serde_json::value::RawValue::from_string(text.to_owned()).unwrap();
        assert!(check(&raw(r#" { "a" : 1 } "#)).is_ok());
        assert!(check(&BTreeMap::from([("a", raw("[[[1]]]"))])).is_ok());
        for refused in [r#"{"a":1,"\u0061":2}"#, r#"{"a":"\ud800"}"#, r#"{"a":1e400}"#, "[1]", r#"{"a":[[[[1]]]]}"#] {
            assert!(check(&raw(refused)).is_err(), "{refused}");
        }
    }
}
