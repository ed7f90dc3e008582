use super::*;
use proptest::prelude::*;

fn strict(text: &str) -> Result<Object<'_>, JsonError> {
    Object::scan(text, 64, Duplicates::RefusedEverywhere)
}

fn nested(levels: usize) -> String {
    // The outermost object is level 1.
    let arrays = levels.saturating_sub(1);
    format!("{{\"a\":{}{}}}", "[".repeat(arrays), "]".repeat(arrays))
}

#[test]
fn d04_duplicate_names_after_unescaping() {
    for text in [
        r#"{"alg":"HS256","alg":"none"}"#,
        r#"{"alg":"HS256","\u0061lg":"none"}"#,
        r#"{"a":{"b":1,"b":2}}"#,
        r#"{"a":[{"b":1,"\u0062":2}]}"#,
    ] {
        assert!(matches!(strict(text), Err(JsonError::DuplicateName { .. })), "{text}");
    }
    let nested = r#"{"a":{"b":1,"b":2}}"#;
    assert!(Object::scan(nested, 64, Duplicates::RefusedAtTop).is_ok());
    let many: Vec<String> = (0..5000).map(|n| format!("\"m{n}\":1")).collect();
    assert!(strict(&format!("{{{}}}", many.join(","))).is_ok());
    let twice = format!("{{{},\"m17\":1}}", many.join(","));
    assert!(matches!(strict(&twice), Err(JsonError::DuplicateName { .. })));
}

#[test]
fn names_that_serde_json_keeps_for_itself() {
    for name in [
        "$serde_json::private::RawValue",
        "$serde_json::private::Number",
        r"\u0024serde_json::private::RawValue",
        r"$serde\u005fjson::private::X",
    ] {
        for text in [
            format!(r#"{{"{name}":"1"}}"#),
            format!(r#"{{"a":[{{"{name}":"1"}}]}}"#),
            format!(r#"{{"a":1,"{name}":"1"}}"#),
        ] {
            for duplicates in [Duplicates::RefusedAtTop, Duplicates::RefusedEverywhere] {
                assert!(matches!(Object::scan(&text, 64, duplicates), Err(JsonError::ReservedName { .. })), "{text}");
            }
        }
    }
    assert!(strict(r#"{"$ref":1,"$serde_json":2,"$":3}"#).is_ok());
}

#[test]
fn names_alike_in_their_first_octets() {
    assert!(strict(r#"{"abcdefgh1":1,"abcdefgh2":2,"abcdefgh":3,"abcdefg":4}"#).is_ok());
    assert!(matches!(strict(r#"{"abcdefgh1":1,"abcdefgh2":2,"abcdefgh1":3}"#), Err(JsonError::DuplicateName { .. })));
}

#[test]
fn d05_names_differ_by_case() {
    let object = strict(r#"{"ALG":"none","alg":"ES256"}"#).unwrap();
    assert_eq!(object.string("alg").unwrap().as_deref(), Some("ES256"));
}

#[test]
fn d06_encodings() {
    for octets in [
        b"\xEF\xBB\xBF{}".as_slice(),
        b"\xFF\xFE{\0}\0",
        b"\0{\0}",
        b"{\"a\":\"\xC0\xAF\"}",
        b"{\"a\":\"\xED\xA0\x80\"}",
        b"{\"a\":\"\\ud800\"}",
        b"{\"a\":\"\\udc00\"}",
        b"{\"a\":\"\\ud800\\ud800\"}",
        b"{\"a\":\"\\ud800x\"}",
        b"{\"a\":\"\\u0000\"}",
        b"{\"a\":\"\0\"}",
        b"{\"a\":\"\n\"}",
    ] {
        assert!(Object::scan_octets(octets, 64, Duplicates::RefusedEverywhere).is_err(), "{octets:?}");
    }
    let object = strict(r#"{"a":"\ud83d\ude00\u00e9\"\\\/\b\f\n\r\t"}"#).unwrap();
    assert_eq!(object.string("a").unwrap().as_deref(), Some("😀é\"\\/\u{8}\u{c}\n\r\t"));
}

#[test]
fn d07_trailing_data() {
    for text in ["{}x", "{}{}", "{} /* */", "{}\0", "{},"] {
        assert!(matches!(strict(text), Err(JsonError::TrailingData { .. })), "{text}");
    }
    assert!(strict(" \t\r\n{ } \n").is_ok());
}

#[test]
fn d08_not_an_object() {
    for text in ["", "[]", "\"x\"", "null", "1", "true"] {
        assert_eq!(strict(text).unwrap_err(), JsonError::NotAnObject, "{text}");
    }
}

#[test]
fn d09_depth_at_the_limit_and_beyond() {
    assert!(strict(&nested(64)).is_ok());
    assert_eq!(strict(&nested(65)).unwrap_err(), JsonError::TooDeep { limit: 64 });
    assert_eq!(strict(&nested(100_000)).unwrap_err(), JsonError::TooDeep { limit: 64 });
    let objects = "{\"a\":".repeat(100_000);
    assert_eq!(strict(&objects).unwrap_err(), JsonError::TooDeep { limit: 64 });
    let siblings = format!("{{\"a\":[{}[]]}}", "[],".repeat(1000));
    assert!(strict(&siblings).is_ok(), "siblings are not depth");
    assert!(
        matches!(
            Object::scan(&nested(200), usize::MAX, Duplicates::RefusedAtTop),
            Err(JsonError::TooDeep { limit: 127 })
        ),
        "no caller can ask for more than the stack holds"
    );
}

#[test]
fn e02_numbers() {
    for number in ["0", "-0", "1.5", "1e9", "1E+9", "1e-400", "18446744073709551616", "0.000e0"] {
        assert!(strict(&format!("{{\"a\":{number}}}")).is_ok(), "{number}");
    }
    for number in ["01", "+1", ".5", "1.", "1e", "1e+", "-", "0x10", "NaN", "Infinity", "--1", "1e400", "-1E+309"] {
        assert!(strict(&format!("{{\"a\":{number}}}")).is_err(), "{number}");
    }
    // What is accepted here must not be refused by serde_json, which rounds on its way to a double.
    for near in
        ["1.797e308", "-1.797e308", "1.7976931348623158e308", "17976931348623157999e289", "1.79769313486231575e308"]
    {
        let text = format!("{{\"a\":{near}}}");
        assert!(strict(&text).is_err() || serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{near}");
    }
    for (digits, accepted) in [(308, true), (309, false), (400, false)] {
        let text = format!("{{\"a\":{}}}", "9".repeat(digits));
        let number = strict(&text);
        assert!(if accepted { number.is_ok() } else { matches!(number, Err(JsonError::NumberOutOfRange { .. })) });
    }
}

#[test]
fn syntax() {
    for text in [
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":tru}",
        "{\"a\":[1,]}",
        "{\"a\":[,1]}",
        "{\"a\":[1 2]}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\u+123\"}",
        "{\"a\":\"",
        "{\"a\":[}",
        "{\"a\":\"\\u00é\"}",
        "{\"a\":1",
        "{\"a\":[1",
        "{1:1}",
    ] {
        assert!(matches!(strict(text), Err(JsonError::Syntax { .. })), "{text}: {:?}", strict(text));
    }
}

#[test]
fn elements_of_arrays() {
    let texts: Vec<_> = elements(r#" [1, "a\n", [2,3], {"b":4} ]"#).map(|element| element.text().to_owned()).collect();
    assert_eq!(texts, ["1", r#""a\n""#, "[2,3]", r#"{"b":4}"#]);
    for odd in ["", "{}", "[", "[1", "]"] {
        assert!(elements(odd).count() <= 1, "{odd}");
    }
    let object = strict(r#"{"a":["x","\u0079"],"b":["x",1],"c":"x"}"#).unwrap();
    assert_eq!(object.strings("a").unwrap().unwrap(), ["x", "y"]);
    assert_eq!(object.strings("b"), Err(WrongType));
    assert_eq!(object.strings("c"), Err(WrongType));
    assert_eq!(object.strings("d"), Ok(None));
}

pub(super) fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (-1000_i32..1000).prop_map(|number| (f64::from(number) / 8.0).into()),
        "[^\0]{0,20}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map("[^\0]{0,8}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever serde_json prints is accepted, and every member is found where it is.
    #[test]
    fn printed_objects_are_accepted(map in prop::collection::btree_map("[^\0]{0,8}", json_value(), 0..24)) {
        let text = serde_json::to_string(&map).unwrap();
        let object = strict(&text).unwrap();
        prop_assert_eq!(object.members().count(), map.len());
        for (name, value) in &map {
            let member = object.member(name).unwrap();
            prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(member.value_text(&text)).unwrap(), value);
            if let serde_json::Value::String(string) = value {
                let read = member.string(&text).unwrap();
                prop_assert_eq!(read.as_ref(), string.as_str());
                let mut side = String::new();
                let place = member.string_place(&text, &mut side).unwrap();
                prop_assert_eq!(place.of(&text, &side), string.as_str());
            }
        }
    }

    /// Whatever is accepted here, serde_json accepts too.
    #[test]
    fn accepted_text_is_json(text in r#"\{("[a\\u0-9b]{0,4}":[ ]?([-0-9.eE+]{1,6}|"[^"]{0,4}"|\[[0-9,]{0,4}\]|true|null),?){0,3}\}"#) {
        if strict(&text).is_ok() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = strict(&text);
        let _ = elements(&text).count();
        unescape_onto(&text, &mut String::new());
    }
}
