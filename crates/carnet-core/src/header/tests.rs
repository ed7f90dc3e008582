use super::*;
use crate::limits::Limits;

fn with<T>(text: &str, use_it: impl FnOnce(Result<Header<'_>, HeaderError>) -> T) -> T {
    let (mut members, mut side) = (Vec::new(), String::new());
    let places = HeaderPlaces::read(text, &Limits::default(), &mut members, &mut side);
    use_it(places.as_ref().map(|places| Header::new(text, &side, places)).map_err(Clone::clone))
}

fn refused(text: &str) -> HeaderError {
    with(text, |header| header.expect_err(text))
}

#[test]
fn registered_parameters_are_read() {
    with(r#"{"alg":"ES256","kid":"a\u00e9","typ":"JWT","cty":"x","x":{"y":[1]}}"#, |header| {
        let header = header.unwrap();
        assert_eq!(header.algorithm(), "ES256");
        assert_eq!(header.key_id(), Some("aé"));
        assert_eq!(header.typ(), Some("JWT"));
        assert_eq!(header.content_type(), Some("x"));
        assert_eq!(header.critical().count(), 0);
        assert_eq!(header.parameter::<serde_json::Value>("x").unwrap().unwrap()["y"][0], 1);
        assert_eq!(header.parameter::<String>("z"), Ok(None));
        assert_eq!(header.parameter::<bool>("x"), Err(json::WrongType));
    });
}

#[test]
fn a02_alg_must_be_a_string() {
    for alg in ["null", "[\"none\"]", "{}", "1", "true"] {
        assert_eq!(refused(&format!("{{\"alg\":{alg}}}")), HeaderError::WrongType { name: "alg" });
    }
    assert_eq!(refused("{}"), HeaderError::AlgorithmMissing);
}

#[test]
fn b02_private_or_symmetric_jwk() {
    for jwk in [
        r#"{"kty":"EC","d":"x"}"#,
        r#"{"kty":"oct","k":"x"}"#,
        r#"{"kty":"oct"}"#,
        r#"{"kty":"RSA","p":"x"}"#,
        r#"{"\u0064":1}"#,
    ] {
        assert_eq!(refused(&format!(r#"{{"alg":"ES256","jwk":{jwk}}}"#)), HeaderError::PrivateKeyInHeader, "{jwk}");
    }
    assert_eq!(refused(r#"{"alg":"ES256","jwk":"x"}"#), HeaderError::WrongType { name: "jwk" });
    with(r#"{"alg":"ES256","jwk":{"kty":"EC","x":"x"}}"#, |header| assert!(header.is_ok()));
}

#[test]
fn b05_kid_is_a_bounded_string() {
    for kid in ["1", "{}", "null", "[]", "true"] {
        assert_eq!(refused(&format!(r#"{{"alg":"ES256","kid":{kid}}}"#)), HeaderError::WrongType { name: "kid" });
    }
    let kid = |length| format!(r#"{{"alg":"ES256","kid":"{}"}}"#, "k".repeat(length));
    with(&kid(1024), |header| assert!(header.is_ok()));
    assert_eq!(refused(&kid(1025)), HeaderError::KeyIdTooLong { limit: 1024 });
    with(r#"{"alg":"ES256","kid":""}"#, |header| assert_eq!(header.unwrap().key_id(), Some("")));
}

#[test]
fn d12_crit_rules() {
    for crit in [
        "[]",
        "\"exp\"",
        "{}",
        "null",
        "[\"alg\"]",
        "[\"x\",\"x\"]",
        "[\"y\"]",
        "[1]",
        "[null]",
        "[\"x\",1]",
        "[\"\"]",
        "[\"crit\"]",
    ] {
        assert_eq!(refused(&format!(r#"{{"alg":"ES256","x":1,"crit":{crit}}}"#)), HeaderError::Critical, "{crit}");
    }
    let names = |count: usize| (0..count).map(|n| format!("\"x{n}\"")).collect::<Vec<_>>();
    let many = |count| {
        let members: Vec<_> = names(count).iter().map(|name| format!("{name}:1")).collect();
        format!(r#"{{"alg":"ES256",{},"crit":[{}]}}"#, members.join(","), names(count).join(","))
    };
    with(&many(8), |header| assert!(header.is_ok()));
    assert_eq!(refused(&many(9)), HeaderError::Critical);
    with(r#"{"alg":"ES256","x":1,"crit":["x"]}"#, |header| {
        assert_eq!(header.unwrap().critical().collect::<Vec<_>>(), ["x"]);
    });
}

#[test]
fn d13_b64() {
    for value in [false, true] {
        let text = format!(r#"{{"alg":"HS256","b64":{value}}}"#);
        assert_eq!(refused(&text), HeaderError::NotCritical { name: "b64" });
    }
    assert_eq!(refused(r#"{"alg":"HS256","b64":"false"}"#), HeaderError::WrongType { name: "b64" });
    assert_eq!(refused(r#"{"alg":"HS256","b64":false,"crit":["b64","b64"]}"#), HeaderError::Critical);
    with(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#, |header| {
        let header = header.unwrap();
        assert!(header.has_unencoded_payload() && header.critical().eq(["b64"]));
    });
    with(r#"{"alg":"HS256","b64":true,"crit":["b64"]}"#, |header| assert!(!header.unwrap().has_unencoded_payload()));
}

#[test]
fn types_of_registered_parameters() {
    for (name, value) in [
        ("typ", "1"),
        ("cty", "[]"),
        ("jku", "1"),
        ("x5u", "{}"),
        ("x5t", "1"),
        ("x5t#S256", "null"),
        ("x5c", "\"x\""),
        ("x5c", "[]"),
        ("x5c", "[1]"),
    ] {
        let name_of = |error| matches!(error, HeaderError::WrongType { name: wrong } if wrong == name);
        assert!(name_of(refused(&format!(r#"{{"alg":"ES256","{name}":{value}}}"#))), "{name}");
    }
}

#[test]
fn b03_key_parameters_are_text() {
    let text = r#"{"alg":"ES256","jku":"https:\/\/a","jwk":{"kty":"EC"},"x5u":"u","x5c":["MA==","MQ=="],"x5t":"t","x5t#S256":"s"}"#;
    with(text, |header| {
        let header = header.unwrap();
        assert_eq!(header.jku().as_deref(), Some("https://a"));
        assert_eq!(header.jwk(), Some(r#"{"kty":"EC"}"#));
        assert_eq!(header.x5u().as_deref(), Some("u"));
        assert_eq!(header.x5c().unwrap(), ["MA==", "MQ=="]);
        assert_eq!((header.x5t().as_deref(), header.x5t_s256().as_deref()), (Some("t"), Some("s")));
    });
    with(r#"{"alg":"ES256"}"#, |header| {
        let header = header.unwrap();
        assert!(header.jku().or(header.x5u()).or(header.x5t()).or(header.x5t_s256()).is_none());
        assert!(header.jwk().is_none() && header.x5c().is_none());
    });
}

#[test]
fn d14_headers_of_a_json_serialization() {
    let read = |text: &str, protected: bool| {
        let (mut members, mut side) = (Vec::new(), String::new());
        let places = match protected {
            true => HeaderPlaces::read_protected(text, &Limits::default(), &mut members, &mut side),
            false => HeaderPlaces::read_unprotected(text, &Limits::default(), &mut members, &mut side),
        };
        places.map(|places| (places, members))
    };
    assert_eq!(read("{}", true).unwrap_err(), HeaderError::Empty);
    assert_eq!(read(" { } ", false).unwrap_err(), HeaderError::Empty);
    assert!(read(r#"{"typ":"x"}"#, true).unwrap().0.algorithm.is_none());
    assert!(read(r#"{"alg":"x"}"#, false).unwrap().0.algorithm.is_some());
    for (text, name) in [(r#"{"crit":["x"],"x":1}"#, "crit"), (r#"{"b64":false}"#, "b64"), (r#"{"B64":true}"#, "")] {
        let error = read(text, false).map(drop);
        assert_eq!(error, if name.is_empty() { Ok(()) } else { Err(HeaderError::NotProtected { name }) }, "{text}");
    }
    assert_eq!(read(r#"{"\u0062\u0036\u0034":true}"#, false).unwrap_err(), HeaderError::NotProtected { name: "b64" });

    let disjoint = |protected: &str, unprotected: &str| {
        let ((_, one), (_, other)) = (read(protected, true).unwrap(), read(unprotected, false).unwrap());
        check_disjoint((protected, &one), (unprotected, &other))
    };
    assert_eq!(disjoint(r#"{"alg":"x","a":1}"#, r#"{"kid":"x","A":1}"#), Ok(()));
    for unprotected in [r#"{"kid":"1","a":1}"#, r#"{"\u0061":2}"#] {
        let error = HeaderError::InBothHeaders { name: Quoted::new("a") };
        assert_eq!(disjoint(r#"{"alg":"x","a":1}"#, unprotected), Err(error), "{unprotected}");
    }
}
