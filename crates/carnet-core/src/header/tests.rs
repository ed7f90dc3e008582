use super::*;

fn with<T>(text: &str, use_it: impl FnOnce(Result<Header<'_>, HeaderError>) -> T) -> T {
    let (mut members, mut side) = (Vec::new(), String::new());
    let places = HeaderPlaces::read(text, &Limits::default(), &mut members, &mut side);
    use_it(places.map(|places| Header::new(text, &side, places)))
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
        assert_eq!(header.first_critical(), None);
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
        assert_eq!(header.unwrap().first_critical(), Some(Quoted::new("x")));
    });
}

#[test]
fn d13_b64() {
    assert_eq!(refused(r#"{"alg":"HS256","b64":false}"#), HeaderError::UnencodedNotCritical);
    assert_eq!(refused(r#"{"alg":"HS256","b64":"false"}"#), HeaderError::WrongType { name: "b64" });
    assert_eq!(refused(r#"{"alg":"HS256","b64":false,"crit":["b64","b64"]}"#), HeaderError::Critical);
    with(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#, |header| assert!(header.unwrap().first_critical().is_some()));
    with(r#"{"alg":"HS256","b64":true}"#, |header| assert!(header.is_ok()));
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
