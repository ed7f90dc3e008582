//! A serde deserializer over the members a scan found.

use carnet_core::json::{self, Element, Kind, Member};
use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Error;
use std::borrow::Cow;

/// Hands the rest of the data model to `serde_json`, which for `i128` and `u128` leaves unread what of a number is no digit.
macro_rules! forward_to_serde_json {
    ($($method:ident($($argument:ident: $kind:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, Error> {
            let mut json = serde_json::Deserializer::from_str(self.json());
            let value = json.$method($($argument,)* visitor)?;
            json.end().map(|()| value)
        }
    )*};
}

/// The payload as a whole: a map, whose members need not be searched for.
pub(super) struct Claims<'de, 'm> {
    pub(super) text: &'de str,
    pub(super) members: &'m [Member],
}

impl<'de> Claims<'de, '_> {
    const fn json(&self) -> &'de str {
        self.text
    }

    fn map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut members = Members { text: self.text, rest: self.members.iter(), value: None };
        let claims = visitor.visit_map(&mut members)?;
        // As serde_json does: a type that leaves members unread has not seen what was signed.
        if members.rest.len() > 0 {
            return Err(serde::de::Error::custom("the type does not read all members"));
        }
        Ok(claims)
    }
}

impl<'de> Deserializer<'de> for Claims<'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.map(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_serde_json! {
        deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128() deserialize_f32()
        deserialize_f64() deserialize_char() deserialize_str() deserialize_string() deserialize_bytes()
        deserialize_byte_buf() deserialize_unit() deserialize_seq() deserialize_identifier()
        deserialize_unit_struct(name: &'static str) deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(length: usize) deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}

struct Members<'de, 'm> {
    text: &'de str,
    rest: core::slice::Iter<'m, Member>,
    value: Option<&'m Member>,
}

impl<'de> MapAccess<'de> for &mut Members<'de, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(member) = self.rest.next() else { return Ok(None) };
        self.value = Some(member);
        seed.deserialize(Name(member.name(self.text))).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let member =
            self.value.take().ok_or_else(|| serde::de::Error::custom("a value was asked for before its name"))?;
        seed.deserialize(Value { json: member.value_text(self.text), kind: member.kind() })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// A member's name, as a map's key. Names of claims are strings; types that make numbers of them do not fit.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserializer<'de> for Name<'de> {
    type Error = Error;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Cow::Borrowed(name) => visitor.visit_borrowed_str(name),
            Cow::Owned(name) => visitor.visit_string(name),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Cow::Borrowed(variant) => BorrowedStrDeserializer::new(variant).deserialize_enum(name, variants, visitor),
            Cow::Owned(variant) => {
                let variant: StringDeserializer<Error> = variant.into_deserializer();
                variant.deserialize_enum(name, variants, visitor)
            }
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

/// A member's value. Strings without escapes and skipped values need no second look.
struct Value<'de> {
    json: &'de str,
    kind: Kind,
}

impl<'de> Value<'de> {
    const fn json(&self) -> &'de str {
        self.json
    }

    /// The contents of a string without escapes.
    #[inline]
    fn plain(&self) -> Option<&'de str> {
        (self.kind == Kind::String).then(|| self.json.get(1..self.json.len().wrapping_sub(1))).flatten()
    }
}

/// Gives a string without escapes as it is, and anything else to `serde_json`.
macro_rules! plain_or_serde_json {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.plain() {
                Some(text) => visitor.visit_borrowed_str(text),
                None => serde_json::Deserializer::from_str(self.json()).$method(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Error;

    plain_or_serde_json! { deserialize_any deserialize_str deserialize_string }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.kind != Kind::Array {
            return serde_json::Deserializer::from_str(self.json()).deserialize_seq(visitor);
        }
        let mut elements = Elements(json::elements(self.json()));
        let array = visitor.visit_seq(&mut elements)?;
        // As serde_json does.
        if elements.0.next().is_some() {
            return Err(serde::de::Error::custom("the type does not read all elements"));
        }
        Ok(array)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.kind == Kind::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    forward_to_serde_json! {
        deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128() deserialize_f32()
        deserialize_f64() deserialize_char() deserialize_bytes() deserialize_byte_buf() deserialize_unit()
        deserialize_map() deserialize_identifier()
        deserialize_unit_struct(name: &'static str) deserialize_newtype_struct(name: &'static str)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}

/// The elements of an array of a scanned text.
struct Elements<I>(I);

impl<'de, I: Iterator<Item = Element<'de>>> SeqAccess<'de> for &mut Elements<I> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(element) = self.0.next() else { return Ok(None) };
        seed.deserialize(Value { json: element.text(), kind: element.kind() }).map(Some)
    }
}
