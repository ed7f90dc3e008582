//! Strict JSON, through the three doors of the facade: claims, headers and keys.
//!
//! A text is accepted exactly if `serde_json` reads it and the rules beyond it hold; names and values are then the same.
#![no_main]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;

use carnet::{Jwk, Limits, dangerous, jws};
use carnet_fuzz::{Node, join};
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

const HEADER: &str = r#"{"alg":"HS256"}"#;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        assert!(dangerous::decode::<Value>(&join(HEADER, data, "")).is_err(), "claims that are not UTF-8");
        assert!(jws::dangerous::decode(&join(data, "", ""), &Limits::default()).is_err(), "a header that is not UTF-8");
        return;
    };
    if text.len() > 7000 {
        return; // the limits on sizes are not what this is about
    }
    let node = Node::read(text);
    if node.as_ref().is_some_and(Node::is_on_the_edge) {
        return;
    }
    claims(text);
    types(text);
    header(text);
    if let Some(node) = node {
        nested(text, &node);
    }
});

/// At the top level of claims, names are distinct.
fn claims(text: &str) {
    let token = join(HEADER, text, "");
    let node = Node::read(text);
    let expected = node.as_ref().and_then(Node::claims);

    let decoded = dangerous::decode::<Value>(&token);
    assert_eq!(decoded.is_ok(), expected.is_some(), "{:?}", decoded.err());
    // What is accepted does not depend on the type.
    assert_eq!(dangerous::decode::<IgnoredAny>(&token).is_ok(), expected.is_some());
    assert_eq!(dangerous::decode::<BTreeMap<String, Value>>(&token).is_ok(), expected.is_some());
    let nodes = dangerous::decode::<Node>(&token).ok();
    let (Ok(decoded), Some(expected)) = (decoded, expected) else { return };
    assert_eq!(nodes.map(dangerous::Unverified::into_claims), node, "names and values, in order");
    let map = decoded.claims().as_object().expect("claims are an object");
    assert_eq!(map.len(), expected.len());
    for (name, value) in expected {
        assert_eq!(map.get(name), Some(&value.value()), "{name:?}");
    }
}

/// A struct of the usual fields, with what serde offers for the rest.
#[derive(Debug, PartialEq, Deserialize)]
struct Fields {
    #[serde(default)]
    a: Option<i64>,
    #[serde(default, alias = "bb")]
    b: Option<Cow<'static, str>>,
    #[serde(default)]
    exp: Option<f64>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Untagged {
    One { a: u8 },
    Two { b: Vec<Option<String>> },
    Other(BTreeMap<String, f32>),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "a", content = "b")]
enum Tagged {
    One,
    Two(char, bool),
    Three { c: i128 },
}

#[derive(Debug, PartialEq, Deserialize)]
enum Outside {
    #[serde(rename = "a")]
    A(BTreeMap<String, Value>),
    #[serde(rename = "b")]
    B,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Wrapped(Option<Closed>);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Closed {
    #[serde(default)]
    a: Option<Wider>,
    #[serde(default)]
    b: (),
    #[serde(default)]
    alg: Option<(u64, String)>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Wider {
    c: Option<Box<Self>>,
}

/// Claims fit a type exactly if the same text fits it as `serde_json` reads it.
fn types(text: &str) {
    let token = join(HEADER, text, "");
    let strict = Node::read(text).is_some_and(|node| node.claims().is_some());
    let both = (token.as_str(), Some(text).filter(|_| strict));
    same::<Fields>(both);
    same::<Untagged>(both);
    same::<Tagged>(both);
    same::<Outside>(both);
    same::<Wrapped>(both);
    same::<Closed>(both);
    same::<BTreeMap<Cow<'static, str>, Option<u32>>>(both);
    same::<Option<BTreeMap<char, Value>>>(both);
    same::<BTreeMap<String, Vec<Value>>>(both);
    same::<BTreeMap<String, Vec<Option<String>>>>(both);
    same::<BTreeMap<String, (Value, Value)>>(both);
    same::<BTreeMap<String, i128>>(both);
    same::<BTreeMap<String, Vec<u128>>>(both);
    same::<Vec<Value>>(both);
    same::<String>(both);
    same::<()>(both);
}

fn same<C: DeserializeOwned + Debug + PartialEq>((token, strict): (&str, Option<&str>)) {
    let decoded = dangerous::decode::<C>(token);
    let expected = strict.and_then(|text| serde_json::from_str::<C>(text).ok());
    assert_eq!(decoded.ok().map(dangerous::Unverified::into_claims), expected);
}

/// In headers, names are distinct everywhere.
fn header(text: &str) {
    let token = join(text, "", "");
    let Ok(decoded) = jws::dangerous::decode(&token, &Limits::default()) else { return };
    let node = Node::read(text);
    let members = node.as_ref().and_then(Node::strict).expect("the header is strict JSON");
    let header = decoded.header();
    assert_eq!(header.as_json(), text);
    for (name, value) in members {
        let value = value.value();
        assert_eq!(header.parameter::<Value>(name), Ok(Some(value.clone())), "{name:?}");
        match name.as_str() {
            "alg" => assert_eq!(value, header.algorithm()),
            "kid" => assert_eq!(value, header.key_id().expect("kid")),
            "typ" => assert_eq!(value, header.typ().expect("typ")),
            "cty" => assert_eq!(value, header.content_type().expect("cty")),
            _ => {}
        }
    }
    let has = |name: &str| members.iter().any(|(own, _)| own == name);
    assert!(has("alg"));
    assert_eq!(
        [has("kid"), has("typ"), has("cty")],
        [header.key_id().is_some(), header.typ().is_some(), header.content_type().is_some()]
    );
    assert_eq!(has("crit"), header.critical().next().is_some());
}

/// Any value, as that of a member that means nothing.
fn nested(text: &str, node: &Node) {
    let object = Node::Object(vec![("x".to_owned(), node.clone())]);
    let expected = object.strict().is_some();

    let header = format!(r#"{{"alg":"HS256","x":{text}}}"#);
    let token = join(&header, "", "");
    let decoded = jws::dangerous::decode(&token, &Limits::default());
    assert_eq!(decoded.is_ok(), expected, "{:?}", decoded.err());
    if let Ok(decoded) = decoded {
        assert_eq!(decoded.header().parameter::<Value>("x"), Ok(Some(node.value())));
    }

    let jwk =
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","own":{text}}}"#);
    let key = Jwk::from_json(&jwk);
    assert_eq!(key.is_ok(), expected, "{:?}", key.err());
    if let Ok(key) = key {
        assert_eq!(key.parameter("own").and_then(Node::read).as_ref(), Some(node));
    }
}
