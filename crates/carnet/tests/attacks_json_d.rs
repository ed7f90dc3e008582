//! Attacks on the parsing of JSON serializations, and on detached and unencoded payloads. Each test is named after its row in the list of attacks, part D.
#![cfg(test)]

#[path = "support/forge_json.rs"]
mod forge_json;

use carnet::jws::{EmbeddedKeyVerifier, JwsBuilder, JwsVerifier, dangerous};
use carnet::prelude::*;
use carnet::{Limits, PolicyError, base64url};
use forge_json::{code, detached_code, flattened, general, part, part_over, secret, verifier, with_text};
use serde_json::{Value, json};
use std::io::{self, Read};

const PAYLOAD: &str = "a payload";
const HEADER: &str = r#"{"alg":"HS256"}"#;

fn encoded() -> String {
    base64url::encode(PAYLOAD.as_bytes())
}

/// A good one, to be altered.
fn good() -> Value {
    serde_json::from_str(&flattened(PAYLOAD, &part(Some(HEADER), None, PAYLOAD))).unwrap()
}

/// Both forms of a part, each with its payload.
fn forms(part: &Value) -> [String; 2] {
    [flattened(PAYLOAD, part), general(PAYLOAD, std::slice::from_ref(part))]
}

#[test]
fn d02_members() {
    assert_eq!(code(&verifier(), &good().to_string()), "accepted");
    for missing in ["payload", "protected", "signature"] {
        let mut text = good();
        text.as_object_mut().unwrap().remove(missing);
        assert_eq!(code(&verifier(), &text.to_string()), "malformed", "{missing}");
    }
    // An empty payload is one, and an empty signature is judged after the algorithm.
    assert_eq!(code(&verifier(), &flattened("", &part(Some(HEADER), None, ""))), "accepted");
    let mut unsigned = good();
    unsigned["signature"] = json!("");
    assert_eq!(code(&verifier(), &unsigned.to_string()), "invalid_signature");
    // Headers without members must be left out.
    for empty in ["e30", "", "IHsgfSA"] {
        let mut text = good();
        (text["protected"], text["header"]) = (json!(empty), json!({"alg": "HS256"}));
        assert_eq!(code(&verifier().unprotected_algorithm(), &text.to_string()), "malformed", "{empty:?}");
    }
    let mut text = good();
    text["header"] = json!({});
    assert_eq!(code(&verifier(), &text.to_string()), "malformed");
    // Members that are not known are ignored at both levels.
    let mut text = good();
    (text["foo"], text["typ"], text["x"]) = (json!(1), json!({"alg": "none"}), json!("a.b.c"));
    assert_eq!(code(&verifier(), &text.to_string()), "accepted");
    let mut one = part(Some(HEADER), None, PAYLOAD);
    (one["foo"], one["payload"]) = (json!([]), json!("other"));
    assert_eq!(code(&verifier(), &general(PAYLOAD, &[one])), "accepted");
}

#[test]
fn d03_base64url_in_members() {
    for member in ["payload", "protected", "signature"] {
        let text = good();
        let plain = text[member].as_str().unwrap().to_owned();
        for altered in [
            format!("{plain}="),
            format!("{plain}\n"),
            format!(" {plain}"),
            format!("{plain}A="),
            plain.replacen('a', "+", 1),
        ] {
            if altered == plain {
                continue;
            }
            let mut text = text.clone();
            text[member] = json!(altered);
            assert_eq!(code(&verifier(), &text.to_string()), "malformed", "{member} {altered:?}");
        }
    }
    // An escape in a JSON string is the same string, and the signature is over what it stands for.
    let text = good().to_string().replacen(r#""payload":"Y"#, r#""payload":"\u0059"#, 1);
    assert!(text.contains("\\u0059"));
    assert_eq!(verifier().verify_json(&text).unwrap().payload(), PAYLOAD.as_bytes());
}

#[test]
fn d04_duplicates_at_every_level() {
    let one = part(Some(HEADER), None, PAYLOAD);
    let (protected, signature) = (one["protected"].as_str().unwrap(), one["signature"].as_str().unwrap());
    let payload = encoded();
    let members = format!(r#""payload":"{payload}","protected":"{protected}","signature":"{signature}""#);
    assert_eq!(code(&verifier(), &format!("{{{members}}}")), "accepted");
    for extra in [
        format!(r#""payload":"{payload}""#),
        r#""payload":"eyJzdWIiOiJldmlsIn0""#.to_owned(),
        r#""p\u0061yload":"AAAA""#.to_owned(),
        format!(r#""signature":"{signature}""#),
        r#""x":1,"x":2"#.to_owned(),
        r#""x":{"y":[{"z":1,"\u007a":1}]}"#.to_owned(),
        r#""header":{"kid":"1","kid":"2"}"#.to_owned(),
        r#""header":{"x":{"y":1,"y":1}}"#.to_owned(),
    ] {
        assert_eq!(code(&verifier(), &format!("{{{members},{extra}}}")), "malformed", "{extra}");
        assert_eq!(code(&verifier(), &format!("{{{extra},{members}}}")), "malformed", "{extra}");
    }
    let twice = format!(
        r#"{{"payload":"{payload}","signatures":[{{"protected":"{protected}","protected":"{protected}","signature":"{signature}"}}]}}"#
    );
    assert_eq!(code(&verifier(), &twice), "malformed");
    for header in [r#"{"alg":"HS256","alg":"none"}"#, r#"{"alg":"HS256","\u0061lg":"HS256"}"#] {
        for text in forms(&part(Some(header), None, PAYLOAD)) {
            assert_eq!(code(&verifier(), &text), "malformed");
        }
    }
}

#[test]
fn d05_d06_d07_d08_strict_json() {
    let text = good().to_string();
    for altered in [
        format!("\u{feff}{text}"),
        format!("{text}x"),
        format!("{text}{text}"),
        format!("{text}//"),
        format!("[{text}]"),
        format!("\"{}\"", text.replace('"', "\\\"")),
        text.replace("\"payload\"", "payload"),
        text.replace('"', "'"),
        text.replacen('{', r#"{"x":"\ud800","#, 1),
        text.replacen('{', r#"{"x":"\u0000","#, 1),
        text.replacen('{', r#"{"x":1e400,"#, 1),
        text.replacen('{', r#"{"x":01,"#, 1),
        text.replacen('{', "{,", 1),
        text.replacen('{', r#"{"$serde_json::private::RawValue":"1","#, 1),
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
    ] {
        assert_eq!(code(&verifier(), &altered), "malformed", "{altered}");
        assert_eq!(detached_code(&verifier(), &altered, PAYLOAD), "malformed", "{altered}");
    }
    assert_eq!(code(&verifier(), &format!(" \r\n\t{text}\n")), "accepted");
    // Names differ by case: there is no payload then, but a member that is not known.
    let upper = text.replace("\"payload\"", "\"PAYLOAD\"");
    assert_eq!((code(&verifier(), &upper), detached_code(&verifier(), &upper, PAYLOAD)), ("malformed", "accepted"));
}

#[test]
fn d09_nesting() {
    let with = |levels: usize| {
        let mut text = good().to_string();
        text.insert_str(1, &format!(r#""x":{}1{},"#, "[".repeat(levels), "]".repeat(levels)));
        code(&verifier(), &text)
    };
    assert_eq!((with(63), with(64), with(20_000)), ("accepted", "malformed", "malformed"));
    let deep = |levels: usize| format!(r#"{{"x":{}1{}}}"#, "[".repeat(levels), "]".repeat(levels));
    // The unprotected header stands a level deeper in a flattened text, and three in a general one.
    for (levels, expected) in [(62, ["accepted", "malformed"]), (60, ["accepted", "accepted"]), (63, ["malformed"; 2])]
    {
        let mut one = part(Some(HEADER), None, PAYLOAD);
        one["header"] = serde_json::from_str(&deep(levels)).unwrap();
        assert_eq!(forms(&one).map(|text| code(&verifier(), &text)), expected, "{levels}");
    }
}

#[test]
fn d10_sizes() {
    let text = good().to_string();
    for (limit, expected) in [(text.len(), "accepted"), (text.len() - 1, "too_large"), (0, "too_large")] {
        let mut limits = Limits::default();
        limits.token_octets = limit;
        assert_eq!(code(&verifier().limits(limits), &text), expected);
    }
    for huge in ["x".repeat(10_000_000), format!(r#"{{"x":{}}}"#, "9".repeat(1_000_000)), "[".repeat(100_000)] {
        assert_eq!(code(&verifier(), &huge), "too_large");
    }
    // Either header by itself.
    let filled = |length: usize, rest: &str| format!(r#"{{{rest}"x":"{}"}}"#, "x".repeat(length - rest.len() - 8));
    for (length, expected) in [(8192, "accepted"), (8193, "too_large"), (9000, "too_large")] {
        let header = filled(length, r#""alg":"HS256","#);
        assert_eq!(header.len(), length);
        for text in forms(&part(Some(&header), None, PAYLOAD)) {
            assert_eq!(code(&verifier(), &text), expected, "protected, {length}");
        }
        let outer = serde_json::from_str(&filled(length, "")).unwrap();
        for text in forms(&part(Some(HEADER), Some(outer), PAYLOAD)) {
            assert_eq!(code(&verifier(), &text), expected, "unprotected, {length}");
        }
    }
    // A detached payload.
    let mut limits = Limits::default();
    assert_eq!(limits.detached_octets, 64 * 1024 * 1024);
    limits.detached_octets = 1000;
    let verifier = verifier().limits(limits);
    for (length, expected) in [(1000, "accepted"), (1001, "too_large"), (100_000, "too_large")] {
        let payload = "x".repeat(length);
        let key = secret(HS256).0;
        let compact = JwsBuilder::new().detached().sign(payload.as_bytes(), &key).unwrap();
        let json = JwsBuilder::new().detached().sign_json(payload.as_bytes(), &key).unwrap();
        let got = |result: Result<_, carnet::jws::JwsError>| result.map_or_else(|error| error.code(), |_| "accepted");
        assert_eq!(got(verifier.verify_detached(&compact, payload.as_bytes())), expected, "{length}");
        // HMAC takes it piece by piece, so nothing is held that a limit would bound.
        assert_eq!(got(verifier.verify_detached_reader(&compact, payload.as_bytes()).unwrap()), "accepted", "{length}");
        assert_eq!(detached_code(&verifier, &json, &payload), expected, "{length}");
    }
    // EdDSA needs all of it at once.
    let whole = SigningKey::generate(EdDSA).unwrap();
    let verifier = JwsVerifier::new(whole.verifying_key()).limits(limits);
    let endless =
        verifier.verify_detached_reader(&JwsBuilder::new().detached().sign(b"", &whole).unwrap(), io::repeat(0));
    assert_eq!(endless.unwrap().unwrap_err().code(), "too_large");
}

#[test]
fn d11_a_text_has_one_reading() {
    let key = secret(HS256).0;
    let compact = JwsBuilder::new().sign(PAYLOAD.as_bytes(), &key).unwrap();
    let [header, payload, signature] = compact.split('.').collect::<Vec<_>>()[..] else { panic!("three segments") };
    let evil = (base64url::encode(br#"{"alg":"HS256","kid":"evil"}"#), base64url::encode(br#"{"sub":"evil"}"#));
    let good = good().to_string();
    assert_eq!(code(&verifier(), &compact), "malformed", "compact where JSON is needed");
    assert_eq!(detached_code(&verifier(), &format!("{header}..{signature}"), PAYLOAD), "malformed");
    // Of the polyglots, the members alone are read, or nothing.
    let polyglot = format!(
        r#"{{"  {}.{}." : "", "protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#,
        evil.0, evil.1
    );
    assert_eq!(verifier().verify_json(&polyglot).unwrap().payload(), PAYLOAD.as_bytes());
    let jwt = Verifier::builder(secret(HS256).1).any_issuer().any_audience().build().unwrap();
    for text in [&polyglot, &good, &general(PAYLOAD, &[part(Some(HEADER), None, PAYLOAD)])] {
        assert_eq!(verifier().verify(text).unwrap_err().code(), "malformed", "{text}");
        assert_eq!(verifier().verify_detached(text, PAYLOAD.as_bytes()).unwrap_err().code(), "malformed", "{text}");
        assert_eq!(jwt.verify::<Value>(text).unwrap_err().code(), "malformed", "{text}");
        assert_eq!(jwt.verify::<Value>(&format!("{text}.{text}.{text}")).unwrap_err().code(), "malformed");
        let embedded = EmbeddedKeyVerifier::new([ES256]).unwrap();
        assert_eq!(embedded.verify(text).unwrap_err().code(), "malformed", "{text}");
    }
    // Both forms at once, and members of a JWE.
    let (one, flat) = (part(Some(HEADER), None, PAYLOAD), good);
    for (member, value) in [
        ("signatures", json!([one])),
        ("signatures", json!([])),
        ("ciphertext", json!("AAAA")),
        ("iv", json!("AAAA")),
        ("tag", json!("AAAA")),
        ("encrypted_key", json!("AAAA")),
        ("recipients", json!([])),
    ] {
        let text = flat.replacen('{', &format!(r#"{{"{member}":{value},"#), 1);
        assert_eq!(code(&verifier(), &text), "malformed", "{member}");
        let text = general(PAYLOAD, std::slice::from_ref(&one)).replacen('{', &format!(r#"{{"{member}":{value},"#), 1);
        assert_eq!(code(&verifier(), &text), "malformed", "{member} in a general text");
    }
    for member in ["protected", "signature"] {
        let text = general(PAYLOAD, std::slice::from_ref(&one));
        let text = text.replacen('{', &format!(r#"{{"{member}":{},"#, one[member]), 1);
        assert_eq!(code(&verifier(), &text), "malformed", "{member} beside signatures");
    }
    let jwe = r#"{"protected":"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0","iv":"AAAA","ciphertext":"AAAA","tag":"AAAA"}"#;
    assert_eq!(code(&verifier(), jwe), "encrypted_token");
}

/// `crit` on every path: compact and JSON, attached and detached, with embedded keys, and in a JSON Web Token.
fn crit_everywhere(header: &str, understood: &[&str]) -> Vec<&'static str> {
    let claims = "{}";
    let jws = verifier().understands(understood.iter().copied());
    let (signing, verifying) = secret(HS256);
    let compact = with_text(header, claims, &signing);
    let (input, signature) = compact.rsplit_once('.').unwrap();
    let detached = format!("{}..{signature}", input.split_once('.').unwrap().0);
    let one = part(Some(header), None, claims);
    let text = |result: Result<(), &'static str>| result.err().unwrap_or("accepted");
    let jwt = Verifier::builder(verifying).any_issuer().any_audience().expiry_optional();
    let jwt = jwt.understands(understood.iter().copied()).build().unwrap();

    let key = SigningKey::generate(ES256).unwrap();
    let jwk = key.public_jwk().unwrap().to_json();
    let header = header.replacen(r#""HS256""#, &format!(r#""ES256","jwk":{jwk}"#), 1);
    let embedded = EmbeddedKeyVerifier::new([ES256]).unwrap().understands(understood.iter().copied());
    let with_key = with_text(&header, claims, &key);
    let [protected, payload, signature] = with_key.split('.').collect::<Vec<_>>()[..] else { panic!("three segments") };
    let with_key_json = json!({"payload": payload, "protected": protected, "signature": signature}).to_string();
    vec![
        text(jws.verify(&compact).map(drop).map_err(|error| error.code())),
        text(jws.verify_in(&mut carnet::jws::JwsBuffer::new(), &compact).map(drop).map_err(|error| error.code())),
        text(jws.verify_detached(&detached, claims.as_bytes()).map(drop).map_err(|error| error.code())),
        text(jws.verify_detached_reader(&detached, claims.as_bytes()).unwrap().map(drop).map_err(|error| error.code())),
        code(&jws, &flattened(claims, &one)),
        code(&jws, &general(claims, std::slice::from_ref(&one))),
        detached_code(&jws, &one.to_string(), claims),
        detached_code(&jws, &json!({"signatures": [one]}).to_string(), claims),
        text(jwt.verify::<Value>(&compact).map(drop).map_err(|error| error.code())),
        text(embedded.verify(&with_key).map(drop).map_err(|error| error.code())),
        text(embedded.verify_json(&with_key_json).map(drop).map_err(|error| error.code())),
    ]
}

#[test]
fn d12_crit_on_every_path() {
    let judge = |header: &str, understood: &[&str]| {
        let outcomes = crit_everywhere(header, understood);
        assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]), "{header}: {outcomes:?}");
        outcomes[0]
    };
    for crit in [
        "[]",
        r#""x""#,
        "null",
        "{}",
        "1",
        r#"["alg"]"#,
        r#"["crit"]"#,
        r#"["kid"]"#,
        r#"["x","x"]"#,
        r#"["absent"]"#,
        "[1]",
        r#"["x",1]"#,
        r#"[["x"]]"#,
        r#"[""]"#,
        r#"["x","\u0078"]"#,
        r#"["x","absent"]"#,
        r#"["b64","b64"]"#,
    ] {
        // Whatever is understood, the rules of the list itself stand.
        for understood in [&[][..], &["x", "absent"]] {
            let header = format!(r#"{{"alg":"HS256","kid":"1","x":1,"b64":true,"crit":{crit}}}"#);
            assert_eq!(judge(&header, understood), "malformed", "{crit}");
        }
    }
    let header = r#"{"alg":"HS256","x":1,"y":2,"crit":["x","y"]}"#;
    for understood in [&[][..], &["x"], &["y"], &["X", "Y"], &["x", "y "], &["z"]] {
        assert_eq!(judge(header, understood), "unsupported_critical", "{understood:?}");
    }
    for understood in [&["x", "y"][..], &["y", "x", "z"], &["x", "y", "x"]] {
        assert_eq!(judge(header, understood), "accepted", "{understood:?}");
    }
    assert_eq!(judge(r#"{"alg":"HS256","x":1,"crit":["\u0078"]}"#, &["x"]), "accepted");
    assert_eq!(judge(r#"{"alg":"HS256","x":1}"#, &[]), "accepted", "what nobody calls critical is ignored");
    assert_eq!(judge(r#"{"alg":"HS256","x":1}"#, &["x"]), "accepted", "and what is understood need not be critical");
    for b64 in ["true", "false"] {
        assert_eq!(judge(&format!(r#"{{"alg":"HS256","b64":{b64},"crit":["b64"]}}"#), &[]), "unsupported_critical");
    }
    let names: Vec<String> = (0..9).map(|n| format!("x{n}")).collect();
    let many = |count: usize| {
        let members: String = names[..count].iter().map(|name| format!(r#","{name}":1"#)).collect();
        format!(r#"{{"alg":"HS256"{members},"crit":{}}}"#, json!(names[..count]))
    };
    let understood: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!((judge(&many(8), &understood), judge(&many(9), &understood)), ("accepted", "malformed"));
}

#[test]
fn d12_crit_must_be_protected() {
    let jws = verifier().understands(["x", "b64"]);
    // `crit` outside, and names that are only outside.
    for (protected, unprotected) in [
        (HEADER, json!({"x": 1, "crit": ["x"]})),
        (r#"{"alg":"HS256","x":1}"#, json!({"crit": ["x"]})),
        (r#"{"alg":"HS256","crit":["x"]}"#, json!({"x": 1})),
        (HEADER, json!({"crit": []})),
        (HEADER, json!({"crit": null})),
        (r#"{"alg":"HS256","x":1,"crit":["x"]}"#, json!({"crit": ["x"]})),
    ] {
        for text in forms(&part(Some(protected), Some(unprotected.clone()), PAYLOAD)) {
            assert_eq!(code(&jws, &text), "malformed", "{protected} {unprotected}");
        }
    }
    let outside = part(None, Some(json!({"alg": "HS256", "x": 1, "crit": ["x"]})), PAYLOAD);
    assert_eq!(code(&jws.unprotected_algorithm(), &flattened(PAYLOAD, &outside)), "malformed");

    // What cannot be declared.
    let key = secret(HS256).1;
    for name in ["b64", "alg", "kid", "crit", "enc", "p2c", ""] {
        let builder = Verifier::builder(key.clone()).any_issuer().any_audience().understands([name]);
        assert!(matches!(builder.build().unwrap_err(), PolicyError::NoExtension { .. }), "{name}");
    }
    let declared = JwsVerifier::new(key).understands(["b64"]);
    let text = JwsBuilder::new().unencoded_payload().sign_json(b"AAAA", &secret(HS256).0).unwrap();
    assert_eq!(code(&declared, &text), "unsupported_critical");
}

#[test]
fn d13_b64() {
    let unencoded = verifier().unencoded_payload();
    let judge = |protected: &str, unprotected: Option<Value>| {
        // Signed both ways, so that only the header can be the reason.
        let raw = part_over(Some(protected), unprotected.clone(), PAYLOAD.as_bytes());
        let mut as_it_is = raw.clone();
        as_it_is["payload"] = json!(PAYLOAD);
        let encoded = part(Some(protected), unprotected, PAYLOAD);
        let outcomes = [
            code(&unencoded, &as_it_is.to_string()),
            code(&unencoded, &json!({"payload": PAYLOAD, "signatures": [raw]}).to_string()),
            detached_code(&unencoded, &raw.to_string(), PAYLOAD),
            code(&unencoded, &flattened(PAYLOAD, &encoded)),
            detached_code(&unencoded, &encoded.to_string(), PAYLOAD),
        ];
        assert_eq!(outcomes[0], outcomes[1], "{protected}");
        outcomes
    };
    // The fourth is over a text that looks like base64url, and is the payload itself.
    let expected = ["accepted", "accepted", "accepted", "accepted", "invalid_signature"];
    assert_eq!(judge(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#, None), expected);
    let [_, _, _, attached, detached] = judge(r#"{"alg":"HS256","b64":true,"crit":["b64"]}"#, None);
    assert_eq!((attached, detached), ("accepted", "accepted"));
    for (protected, unprotected) in [
        (r#"{"alg":"HS256","b64":false}"#, None),
        (r#"{"alg":"HS256","b64":"false","crit":["b64"]}"#, None),
        (r#"{"alg":"HS256","b64":0,"crit":["b64"]}"#, None),
        (r#"{"alg":"HS256","b64":null,"crit":["b64"]}"#, None),
        (HEADER, Some(json!({"b64": false}))),
        (HEADER, Some(json!({"b64": false, "crit": ["b64"]}))),
        (r#"{"alg":"HS256","crit":["b64"]}"#, Some(json!({"b64": false}))),
        (r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#, Some(json!({"b64": false}))),
    ] {
        assert_eq!(judge(protected, unprotected.clone()), ["malformed"; 5], "{protected} {unprotected:?}");
    }

    // Not asked for: refused in every serialization, and never read as the base64url it may look like (RFC 7797 §8).
    let key = secret(HS256).0;
    let builder = JwsBuilder::new().unencoded_payload();
    let json = builder.sign_json(b"NDA1", &key).unwrap();
    assert_eq!(unencoded.verify_json(&json).unwrap().payload(), b"NDA1");
    assert_eq!(code(&verifier(), &json), "unsupported_critical");
    let compact = builder.sign(b"NDA1", &key).unwrap();
    assert_eq!(unencoded.verify(&compact).unwrap().payload(), b"NDA1");
    assert_eq!(verifier().verify(&compact).unwrap_err().code(), "unsupported_critical");
    let jwt = Verifier::builder(secret(HS256).1).any_issuer().any_audience().build().unwrap();
    assert_eq!(jwt.verify::<Value>(&compact).unwrap_err().code(), "unsupported_critical");
    assert_eq!(dangerous::decode(&compact, &Limits::default()).unwrap().payload(), b"NDA1");

    // Signatures that differ.
    let [raw, encoded] = [
        part_over(Some(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#), None, b"AAAA"),
        part_over(Some(HEADER), None, b"AAAA"),
    ];
    for parts in [[&raw, &encoded], [&encoded, &raw]] {
        let text = json!({"payload": "AAAA", "signatures": parts}).to_string();
        assert_eq!(code(&unencoded, &text), "malformed");
        assert_eq!(code(&verifier(), &text), "malformed");
    }
}

#[test]
fn d13_unencoded_payloads_of_compact_tokens() {
    let unencoded = verifier().unencoded_payload();
    let key = secret(HS256).0;
    let header = base64url::encode(br#"{"alg":"HS256","b64":false,"crit":["b64"]}"#);
    let over = |payload: &[u8]| {
        let message = [header.as_bytes(), b".", payload].concat();
        base64url::encode(&key.sign_message(&message).unwrap())
    };
    // RFC 7797 §5.2: %x20-2D and %x2F-7E.
    for octet in 0..=0x7f_u8 {
        let payload = [b'a', octet, b'z'];
        let text = std::str::from_utf8(&payload).unwrap();
        let allowed = (0x20..=0x7e).contains(&octet) && octet != b'.';
        let token = format!("{header}.{text}.{}", over(&payload));
        let verified = unencoded.verify(&token).map(|jws| jws.payload().to_vec());
        assert_eq!(verified.as_deref().ok(), allowed.then_some(&payload[..]), "{octet:#04x}");
        assert_eq!(
            JwsBuilder::new().unencoded_payload().sign(&payload, &key).ok(),
            allowed.then_some(token),
            "{octet:#04x}"
        );
    }
    let beyond = format!("{header}.é.{}", over("é".as_bytes()));
    assert_eq!(unencoded.verify(&beyond).unwrap_err().code(), "malformed");
    // Detached there is no such rule, and no decoding of what stands between the dots.
    for payload in [&b"$.02"[..], b"\0\xff.\n", b"", "é".as_bytes()] {
        let token = format!("{header}..{}", over(payload));
        assert!(unencoded.verify_detached(&token, payload).is_ok());
        assert!(unencoded.verify_detached_reader(&token, payload).unwrap().is_ok());
        assert!(unencoded.verify_detached(&token, b"other").is_err());
        let json = JwsBuilder::new().unencoded_payload().detached().sign_json(payload, &key).unwrap();
        assert!(unencoded.verify_json_detached(&json, payload).is_ok());
    }
    let ten_megabytes = "A".repeat(10_000_000);
    let mut limits = Limits::default();
    limits.token_octets = 20_000_000;
    let roomy = verifier().unencoded_payload().limits(limits);
    for middle in ["A", "AAAA", " ", "!", &ten_megabytes] {
        let token = format!("{header}.{middle}.{}", over(b"x"));
        assert_eq!(roomy.verify_detached(&token, b"x").unwrap_err().code(), "malformed");
    }
    // A JSON string cannot hold U+0000, nor octets that are not UTF-8.
    for payload in [&b"a\0b"[..], b"\xff"] {
        assert_eq!(
            JwsBuilder::new().unencoded_payload().sign_json(payload, &key).unwrap_err().code(),
            "payload_invalid"
        );
        assert_eq!(JwsBuilder::new().unencoded_payload().sign(payload, &key).unwrap_err().code(), "payload_invalid");
    }
    for payload in ["$.02", "é\"\\\n\u{1}\u{7f}\u{1f600}", "", "{\"a\":1}"] {
        let text = JwsBuilder::new().unencoded_payload().sign_json(payload.as_bytes(), &key).unwrap();
        assert_eq!(unencoded.verify_json(&text).unwrap().payload(), payload.as_bytes());
    }
    // Escapes are processed before the signature is checked (RFC 7797 §5.3).
    let text = JwsBuilder::new().unencoded_payload().sign_json(b"$.02", &key).unwrap().replace("$.02", "\\u0024.02");
    assert_eq!(unencoded.verify_json(&text).unwrap().payload(), b"$.02");
}

#[test]
fn d13_detached_payloads() {
    let key = secret(HS256).0;
    let payload = b"a.b.c";
    let compact = JwsBuilder::new().detached().sign(payload, &key).unwrap();
    let json = JwsBuilder::new().detached().sign_json(payload, &key).unwrap();
    assert!(verifier().verify_detached(&compact, payload).is_ok());
    assert_eq!(verifier().verify(&compact).unwrap_err().code(), "invalid_signature");
    assert!(verifier().verify_json_detached(&json, payload).is_ok());
    assert_eq!(code(&verifier(), &json), "malformed", "there is no payload");
    // A member `payload` is refused, were it the payload itself. An empty one says what none says (RFC 7515 appendix F).
    let empty = json.replacen('{', r#"{"payload":"","#, 1);
    assert!(verifier().verify_json_detached(&empty, payload).is_ok());
    assert_eq!(code(&verifier(), &empty), "invalid_signature", "the payload is not the empty one");
    for member in [json!(base64url::encode(payload)), json!("AA"), json!(null), json!([])] {
        let text = json.replacen('{', &format!(r#"{{"payload":{member},"#), 1);
        assert_eq!(verifier().verify_json_detached(&text, payload).unwrap_err().code(), "malformed", "{member}");
    }
    // A reader that fails says nothing about the token, and is not asked where the token is refused anyway.
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    assert_eq!(verifier().verify_detached_reader(&compact, Broken).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    for refused in ["", "a.b.c", &with_text(r#"{"alg":"none"}"#, "", &key), &with_text(r#"{"alg":"RS256"}"#, "", &key)]
    {
        assert!(verifier().verify_detached_reader(refused, Broken).unwrap().is_err(), "{refused}");
    }
    // One that comes octet by octet, and is interrupted.
    struct Slow<'a>(&'a [u8], bool);
    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let length = into.len().min(1);
            self.0.read(&mut into[..length])
        }
    }
    assert!(verifier().verify_detached_reader(&compact, Slow(payload, false)).unwrap().is_ok());
    assert!(verifier().verify_detached_reader(&compact, Slow(b"a.b.d", false)).unwrap().is_err());
}

#[test]
fn d14_one_name_in_both_headers() {
    for (name, value) in
        [("alg", "\"HS256\""), ("kid", "\"1\""), ("typ", "\"x\""), ("x", "1"), ("", "1"), ("jwk", r#"{"kty":"EC"}"#)]
    {
        let protected = match name {
            "alg" => HEADER.to_owned(),
            _ => format!(r#"{{"alg":"HS256","{name}":{value}}}"#),
        };
        let outer: Value = serde_json::from_str(&format!(r#"{{"{name}":{value}}}"#)).unwrap();
        for text in forms(&part(Some(&protected), Some(outer.clone()), PAYLOAD)) {
            assert_eq!(code(&verifier().unprotected_algorithm(), &text), "malformed", "{name:?}");
        }
        // In one element it spoils the whole text, whatever the others are.
        let good = part(Some(HEADER), None, PAYLOAD);
        let text = general(PAYLOAD, &[good, part(Some(&protected), Some(outer), PAYLOAD)]);
        assert_eq!(code(&verifier(), &text), "malformed", "{name:?}");
    }
    let escaped = flattened(PAYLOAD, &part(Some(r#"{"alg":"HS256","\u0078":1}"#), Some(json!({"x": 1})), PAYLOAD));
    assert_eq!(code(&verifier(), &escaped), "malformed");
    let key = secret(HS256).0;
    for builder in [
        JwsBuilder::new().header("x", &1).unprotected("x", &1),
        JwsBuilder::new().typ("x").unprotected("typ", "x"),
        JwsBuilder::new().key_id("1").unprotected("kid", "1"),
        JwsBuilder::new().critical("x", &1).unprotected("x", &1),
    ] {
        assert_eq!(builder.sign_json(b"", &key).unwrap_err().code(), "header_invalid");
    }
}

#[test]
fn d15_white_space_is_kept() {
    let text = good().to_string();
    assert_eq!(code(&verifier(), &text.replace("\"payload\"", "\" payload\"")), "malformed");
    assert_eq!(code(&verifier(), &text.replacen('{', r#"{" payload":"AAAA","#, 1)), "accepted");
    let unencoded = verifier().unencoded_payload();
    let text = JwsBuilder::new().unencoded_payload().sign_json(b" a  b ", &secret(HS256).0).unwrap();
    assert_eq!(unencoded.verify_json(&text).unwrap().payload(), b" a  b ");
}

#[test]
fn d16_odd_members_are_errors() {
    let values = [
        "null",
        "1",
        "[]",
        "{}",
        "\"\"",
        "\"é\"",
        "true",
        "[null]",
        "[[]]",
        r#"[{}]"#,
        r#"[{"signature":null}]"#,
        "[1]",
    ];
    for member in ["payload", "protected", "header", "signature", "signatures"] {
        for value in values {
            let mut text = good();
            text[member] = serde_json::from_str(value).unwrap();
            let expected = match (member, value) {
                ("payload" | "signature", "\"\"") => "invalid_signature",
                _ => "malformed",
            };
            assert_eq!(code(&verifier(), &text.to_string()), expected, "{member} {value}");
            let alone = format!(r#"{{"{member}":{value}}}"#);
            assert_eq!(code(&verifier(), &alone), "malformed", "{alone}");
            assert!(dangerous::decode_json(&alone, &Limits::default()).is_err(), "{alone}");
            assert!(EmbeddedKeyVerifier::new([ES256]).unwrap().verify_json(&text.to_string()).is_err());
        }
    }
    for text in ["{", "}", "{\"", "\0", "é", "{}{}", "{\"signatures\":[", "nul"] {
        assert_eq!(code(&verifier(), text), "malformed", "{text:?}");
        assert_eq!(detached_code(&verifier(), text, ""), "malformed", "{text:?}");
    }
}

#[test]
fn d17_errors_do_not_repeat_the_text() {
    let long = "x".repeat(7000);
    let shown = |text: &str| {
        let error = verifier().verify_json(text).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.len() < 500, "{shown}");
        let decoded = dangerous::decode_json(text, &Limits::default());
        assert!(format!("{decoded:?}").len() < 600);
    };
    shown(&"x".repeat(100_000_000));
    for part in [
        part(Some(&json!({ "alg": long }).to_string()), None, PAYLOAD),
        part(Some(HEADER), Some(json!({ &long: 1, "kid": long })), PAYLOAD),
        part(Some(&format!(r#"{{"alg":"HS256","{long}":1}}"#)), Some(json!({ &long: 1 })), PAYLOAD),
    ] {
        for text in forms(&part) {
            shown(&text);
        }
    }
    let mut text = good();
    text["signature"] = json!(long);
    shown(&text.to_string());
    shown(&good().to_string().replacen('{', &format!(r#"{{"{long}":1,"{long}":2,"#), 1));
    // Nor does what was verified, or only decoded, show it in `Debug`.
    let text = flattened("a secret payload", &part(Some(HEADER), Some(json!({"x": "hidden"})), "a secret payload"));
    let verified = format!("{:?}", verifier().verify_json(&text).unwrap());
    let decoded = format!("{:?}", dangerous::decode_json(&text, &Limits::default()).unwrap());
    for hidden in ["secret", "hidden", base64url::encode(b"a secret payload").as_str()] {
        assert!(!verified.contains(hidden) && !decoded.contains(hidden), "{verified} {decoded}");
    }
}
