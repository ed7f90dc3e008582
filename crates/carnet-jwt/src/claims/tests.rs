use super::*;
use carnet_core::json::{Duplicates, scan};
use proptest::prelude::*;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Debug;

fn read_text<'de, C: Deserialize<'de>>(text: &'de str) -> Result<C, ClaimsError> {
    let mut members = Vec::new();
    scan(text, 64, Duplicates::RefusedAtTop, &mut members).unwrap();
    read(text, &members)
}

/// What is read is what serde_json reads.
#[track_caller]
fn same<'de, C: Deserialize<'de> + PartialEq + Debug>(text: &'de str) {
    let expected = serde_json::from_str::<C>(text).ok();
    assert_eq!(read_text::<C>(text).ok(), expected, "{text}");
    assert!(expected.is_some(), "the case shows nothing: {text}");
}

const TEXT: &str = r#"{"iss":"https:\/\/a.example\/","sub":"user","n":-1.5,"big":18446744073709551615,"flag":true,"none":null,
    "roles":["a","b\u00e9"],"inner":{"street":"x","more":[1,{"y":2}]},"\u0061lias":"z"}"#;

#[derive(Deserialize, PartialEq, Debug)]
struct Inner {
    street: String,
    more: serde_json::Value,
}

#[derive(Deserialize, PartialEq, Debug)]
struct Newtype(String);

#[derive(Deserialize, PartialEq, Debug)]
struct Plain {
    iss: String,
    sub: Newtype,
    n: f64,
    big: u64,
    flag: bool,
    none: Option<String>,
    roles: Vec<String>,
    inner: Inner,
    #[serde(rename = "alias")]
    escaped_name: String,
    #[serde(default)]
    absent: u8,
    missing: Option<String>,
}

#[derive(Deserialize, PartialEq, Debug)]
struct Borrowed<'a> {
    #[serde(borrow)]
    iss: Cow<'a, str>,
    sub: &'a str,
    #[serde(borrow)]
    roles: (&'a str, Cow<'a, str>),
    flag: Option<bool>,
}

#[derive(Deserialize, PartialEq, Debug)]
struct Flattened {
    sub: String,
    #[serde(flatten)]
    rest: HashMap<String, serde_json::Value>,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(untagged)]
enum Untagged {
    Service { client: String },
    Person { sub: String, flag: bool },
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(tag = "sub", rename_all = "lowercase")]
enum Tagged {
    User { flag: bool },
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum Kind {
    User,
}

#[derive(Deserialize, PartialEq, Debug)]
struct WithEnum {
    sub: Kind,
    #[serde(alias = "roles")]
    groups: Vec<String>,
}

#[derive(Deserialize, PartialEq, Eq, Hash, Debug)]
struct Key(String);

#[derive(Deserialize, PartialEq, Debug)]
struct Wrapper(Plain);

#[test]
fn shapes_of_claims_read_as_serde_json_reads_them() {
    same::<Plain>(TEXT);
    same::<Borrowed<'_>>(TEXT);
    same::<Flattened>(TEXT);
    same::<Untagged>(TEXT);
    same::<Tagged>(TEXT);
    same::<WithEnum>(TEXT);
    same::<Wrapper>(TEXT);
    same::<Option<Plain>>(TEXT);
    same::<serde_json::Value>(TEXT);
    same::<serde_json::Map<String, serde_json::Value>>(TEXT);
    same::<BTreeMap<Cow<'_, str>, serde_json::Value>>(TEXT);
    same::<HashMap<Key, serde_json::Value>>(TEXT);
    same::<Kind>(r#"{"user":null}"#);
    same::<HashMap<Kind2, u8>>(r#"{"one":1,"tw\u006f":2}"#);
}

#[derive(Deserialize, PartialEq, Eq, Hash, Debug)]
#[serde(rename_all = "lowercase")]
enum Kind2 {
    One,
    Two,
}

#[test]
fn raw_values_and_skipped_claims() {
    assert!(read_text::<IgnoredAny>(TEXT).is_ok());
    assert_eq!(read_text::<&RawValue>(TEXT).unwrap().get(), TEXT);
    #[derive(Deserialize)]
    struct Raw<'a> {
        #[serde(borrow)]
        inner: &'a RawValue,
    }
    assert_eq!(read_text::<Raw<'_>>(TEXT).unwrap().inner.get(), r#"{"street":"x","more":[1,{"y":2}]}"#);
}

#[test]
fn all_members_are_read_or_none() {
    #[derive(Debug)]
    struct First;
    impl<'de> Deserialize<'de> for First {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = First;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a map")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<First, A::Error> {
                    map.next_entry::<String, IgnoredAny>()?;
                    Ok(First)
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }
    assert!(read_text::<First>(r#"{"a":1}"#).is_ok());
    assert!(read_text::<First>(r#"{"a":1,"b":2}"#).is_err());
}

#[track_caller]
fn refused<C: DeserializeOwned>(text: &str) -> (String, bool) {
    let error = read_text::<C>(text).err().unwrap();
    (error.path.to_string(), error.missing)
}

#[test]
fn claims_that_do_not_fit_name_the_member() {
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "only whether it fits is asked")]
    struct Claims {
        roles: Vec<Role>,
        admin: bool,
    }
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "only whether it fits is asked")]
    struct Role {
        name: String,
        level: u8,
    }
    assert_eq!(refused::<Claims>(r#"{"roles":[],"admin":"true"}"#), ("\"admin\"".into(), false));
    assert_eq!(refused::<Claims>(r#"{"roles":[]}"#), ("\"admin\"".into(), true));
    assert_eq!(
        refused::<Claims>(r#"{"roles":[{"name":"a","level":1},{"name":"b"}],"admin":true}"#),
        ("\"roles[1].level\"".into(), true)
    );
    assert_eq!(
        refused::<Claims>(r#"{"roles":[{"name":"a","level":256}],"admin":true}"#),
        ("\"roles[0].level\"".into(), false)
    );
    assert_eq!(refused::<String>(r"{}"), ("\"\"".into(), false));
    assert_eq!(refused::<HashMap<String, u8>>("{\"a\\u001b[31m\":\"x\"}"), (r#""a\u{1b}[31m""#.into(), false));
}

proptest! {
    #[test]
    fn maps_read_as_serde_json_reads_them(map in prop::collection::btree_map("[^\0]{0,8}", prop_oneof![
        any::<i64>().prop_map(serde_json::Value::from),
        "[^\0]{0,8}".prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        prop::collection::vec(any::<u8>(), 0..4).prop_map(serde_json::Value::from),
    ], 0..24)) {
        let text = serde_json::to_string(&map).unwrap();
        prop_assert_eq!(&read_text::<BTreeMap<String, serde_json::Value>>(&text).unwrap(), &map);
    }

    /// Arrays are read here where a type asks for one, and by serde_json where it does not say.
    #[test]
    fn arrays_read_as_serde_json_reads_them(array in prop::collection::vec(prop_oneof![
        Just(serde_json::json!(null)),
        "[^\0]{0,8}".prop_map(serde_json::Value::from),
        any::<u8>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f32>().prop_map(serde_json::Value::from),
        prop::collection::vec("[a-z]{0,2}", 0..3).prop_map(serde_json::Value::from),
        Just(serde_json::json!({"a": ["b"]})),
    ], 0..4), spaced: bool) {
        let claims = BTreeMap::from([("a", serde_json::Value::from(array))]);
        let text = if spaced { serde_json::to_string_pretty(&claims) } else { serde_json::to_string(&claims) }.unwrap();
        fn alike<'de, C: Deserialize<'de> + PartialEq + Debug>(text: &'de str) {
            let expected = serde_json::from_str::<BTreeMap<&str, C>>(text).ok();
            assert_eq!(read_text::<BTreeMap<&str, C>>(text).ok(), expected, "{text}");
        }
        alike::<Vec<serde_json::Value>>(&text);
        alike::<Vec<Option<String>>>(&text);
        alike::<Vec<Cow<'_, str>>>(&text);
        alike::<Vec<&str>>(&text);
        alike::<Vec<u8>>(&text);
        alike::<Vec<f64>>(&text);
        alike::<Vec<i128>>(&text);
        alike::<(u128, u128)>(&text);
        alike::<Vec<Vec<String>>>(&text);
        alike::<HashSet<IgnoredAnyEqual>>(&text);
        alike::<[String; 2]>(&text);
        alike::<(serde_json::Value, Option<u8>)>(&text);
        alike::<()>(&text);
        alike::<String>(&text);
        alike::<Option<Vec<String>>>(&text);
    }
}

/// What `serde_json` reads of a number for these types, it may leave the rest of.
#[test]
fn numbers_of_128_bits_are_read_whole_or_not_at_all() {
    for number in ["1e9", "7.9", "-3E+11", "2.5e3", "1.0"] {
        let text = format!(r#"{{"a":{number}}}"#);
        assert!(read_text::<HashMap<String, u128>>(&text).is_err(), "{number}");
        assert!(read_text::<HashMap<String, Option<i128>>>(&text).is_err(), "{number}");
        assert!(read_text::<HashMap<String, f64>>(&text).is_ok(), "{number}");
    }
    same::<HashMap<String, u128>>(r#"{"a":340282366920938463463374607431768211455}"#);
    same::<HashMap<String, Vec<i128>>>(r#"{"a":[-170141183460469231731687303715884105728, 0]}"#);
}

/// Skips its value.
#[derive(PartialEq, Eq, Hash, Debug)]
struct IgnoredAnyEqual;

impl<'de> Deserialize<'de> for IgnoredAnyEqual {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}
