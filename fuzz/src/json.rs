//! Strict JSON as `serde_json` reads it, with nothing thrown away, so that the stricter rules can be asked for afterwards.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The deepest nesting that carnet takes by default; the outermost object is level 1.
const DEPTH: usize = 64;

/// The largest number that carnet takes.
const LARGEST: f64 = 1.797e308;

/// What `serde_json` keeps for itself: a first member called so can turn an object into something else.
const RESERVED: &str = "$serde_json::private::";

/// A JSON value in which members of the same name stand side by side.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// `null`, a boolean, a number or a string.
    Leaf(Value),
    /// An array.
    Array(Vec<Node>),
    /// An object, its members in order.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads a text, where `serde_json` does.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The members of an object that is strict JSON with distinct names at the top level: claims.
    #[must_use]
    pub fn claims(&self) -> Option<&[(String, Self)]> {
        let Self::Object(members) = self else { return None };
        let numbers_fit = self.numbers().into_iter().all(|number| number.abs() <= LARGEST);
        let names_fit = !self.has_reserved_name() && !has_twins(members);
        (self.depth() <= DEPTH && numbers_fit && names_fit && !self.has_nul()).then_some(members)
    }

    /// The members of an object that is strict JSON with distinct names everywhere: a header or a key.
    #[must_use]
    pub fn strict(&self) -> Option<&[(String, Self)]> {
        self.claims().filter(|_| !self.has_twins_somewhere())
    }

    /// Whether a number is so near the largest one that it depends on the last bit, which `serde_json` does not get right.
    #[must_use]
    pub fn is_on_the_edge(&self) -> bool {
        self.numbers().into_iter().any(|number| (number.abs() / LARGEST - 1.0).abs() < 1e-12)
    }

    fn numbers(&self) -> Vec<f64> {
        match self {
            Self::Leaf(value) => value.as_f64().into_iter().collect(),
            Self::Array(elements) => elements.iter().flat_map(Self::numbers).collect(),
            Self::Object(members) => members.iter().flat_map(|(_, value)| value.numbers()).collect(),
        }
    }

    /// As a value of `serde_json`, in which the last of equal names wins.
    #[must_use]
    pub fn value(&self) -> Value {
        match self {
            Self::Leaf(value) => value.clone(),
            Self::Array(elements) => elements.iter().map(Self::value).collect(),
            Self::Object(members) => {
                Value::Object(members.iter().map(|(name, value)| (name.clone(), value.value())).collect::<Map<_, _>>())
            }
        }
    }

    fn depth(&self) -> usize {
        let deepest = match self {
            Self::Leaf(_) => return 0,
            Self::Array(elements) => elements.iter().map(Self::depth).max(),
            Self::Object(members) => members.iter().map(|(_, value)| value.depth()).max(),
        };
        deepest.unwrap_or(0) + 1
    }

    fn has_nul(&self) -> bool {
        match self {
            Self::Leaf(value) => value.as_str().is_some_and(|text| text.contains('\0')),
            Self::Array(elements) => elements.iter().any(Self::has_nul),
            Self::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || value.has_nul()),
        }
    }

    fn has_reserved_name(&self) -> bool {
        match self {
            Self::Leaf(_) => false,
            Self::Array(elements) => elements.iter().any(Self::has_reserved_name),
            Self::Object(members) => {
                members.iter().any(|(name, value)| name.starts_with(RESERVED) || value.has_reserved_name())
            }
        }
    }

    fn has_twins_somewhere(&self) -> bool {
        match self {
            Self::Leaf(_) => false,
            Self::Array(elements) => elements.iter().any(Self::has_twins_somewhere),
            Self::Object(members) => has_twins(members) || members.iter().any(|(_, value)| value.has_twins_somewhere()),
        }
    }
}

fn has_twins(members: &[(String, Node)]) -> bool {
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Leaf(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        Number::from_f64(value).map(|number| Node::Leaf(number.into())).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element()? {
            elements.push(element);
        }
        Ok(Node::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Node::Object(members))
    }
}
