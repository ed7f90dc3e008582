//! Attacks on parsing and encoding. Each test is named after its row in the list of attacks, part D.
#![cfg(test)]

#[path = "support/forge.rs"]
mod forge;

use carnet::jws::{JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use carnet::{Limits, base64url};
use forge::{Lenient, forge, hmac, lenient, outcome};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};
use std::collections::HashMap;
use testkit::vectors;

const HEADER: &str = r#"{"alg":"HS256"}"#;
const CLAIMS: &str = r#"{"sub":"admin","exp":4102444800}"#;

fn verifier() -> Lenient<VerifyingKeys> {
    lenient(hmac(HS256).1)
}

fn signed(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    forge(header, payload, &hmac(HS256).0)
}

fn judge(token: &str) -> &'static str {
    outcome(&verifier(), token)
}

/// A verifier with room for tokens that are refused for their size otherwise.
fn roomy() -> Verifier<VerifyingKeys> {
    let mut limits = Limits::default();
    limits.token_octets = 64 * 1024 * 1024;
    limits.header_octets = 32 * 1024 * 1024;
    let builder = Verifier::builder(hmac(HS256).1).any_issuer().any_audience().expiry_optional();
    builder.limits(limits).build().unwrap()
}

#[test]
fn d01_many_dots() {
    let header = base64url::encode(HEADER.as_bytes());
    for (dots, expected) in [(60_000, "malformed"), (1_000_000, "too_large")] {
        let dots = ".".repeat(dots);
        assert_eq!(judge(&dots), expected);
        assert_eq!(judge(&format!("{header}{dots}")), expected);
        assert_eq!(outcome(&roomy(), &format!("{header}{dots}")), "malformed");
    }
}

#[test]
fn d02_segments() {
    let genuine = signed(HEADER, CLAIMS);
    let [header, payload, signature] = genuine.split('.').collect::<Vec<_>>()[..] else { panic!("three segments") };
    for (token, expected) in [
        (String::new(), "malformed"),
        (header.to_owned(), "malformed"),
        (format!("{header}.{payload}"), "malformed"),
        (genuine.clone(), "accepted"),
        (format!("{genuine}."), "malformed"),
        (format!(".{genuine}"), "malformed"),
        (format!("{genuine}.{signature}"), "malformed"),
        (format!("{genuine}.{payload}.{signature}"), "encrypted_token"),
        (format!("{header}..AAAA.AAAA.AAAA"), "encrypted_token"),
        ("....".to_owned(), "encrypted_token"),
        (format!("{genuine}.{genuine}"), "malformed"),
        (format!(".{payload}.{signature}"), "malformed"),
        (format!("{header}.{payload}."), "invalid_signature"),
        (format!("{header}..{signature}"), "invalid_signature"),
        ("..".to_owned(), "malformed"),
        (signed("", CLAIMS), "malformed"),
        (signed(HEADER, ""), "malformed"),
    ] {
        assert_eq!(judge(&token), expected, "{token}");
    }
    // An empty payload is a JWS, and no JWT.
    let (signing, verifying) = hmac(HS256);
    let token = JwsBuilder::new().sign(b"", &signing).unwrap();
    assert_eq!(JwsVerifier::new(verifying).verify(&token).unwrap().payload(), b"");
    // An empty signature is judged after the algorithm.
    let none = base64url::encode(br#"{"alg":"none"}"#);
    assert_eq!(judge(&format!("{none}.{payload}.")), "algorithm_not_allowed");
}

/// The MAC is made over each altered text, so that only the text can be the reason.
#[test]
fn d03_texts_that_are_not_canonical() {
    let (signing, _) = hmac(HS256);
    let segments = [base64url::encode(br#"{"alg":"HS256" }"#), base64url::encode(br#"{"exp":4102444800 }"#)];
    // 16 and 19 octets: the last character of both has bits that stand for nothing.
    let over = |header: &str, payload: &str| {
        let input = format!("{header}.{payload}");
        let mac = signing.sign_message(input.as_bytes()).unwrap();
        (input, base64url::encode(&mac))
    };
    let [header, payload] = &segments;
    let (input, mac) = over(header, payload);
    assert_eq!(judge(&format!("{input}.{mac}")), "accepted");

    for alter in ALTERATIONS {
        let altered = alter(header);
        let (input, over_it) = over(&altered, payload);
        assert_eq!(judge(&format!("{input}.{over_it}")), "malformed", "header {altered:?}");
        assert_eq!(judge(&format!("{altered}.{payload}.{mac}")), "malformed", "header {altered:?}");
        let altered = alter(payload);
        let (input, over_it) = over(header, &altered);
        assert_eq!(judge(&format!("{input}.{over_it}")), "malformed", "payload {altered:?}");
        assert_eq!(judge(&format!("{header}.{altered}.{mac}")), "malformed", "payload {altered:?}");
        let altered = alter(&mac);
        assert_eq!(judge(&format!("{header}.{payload}.{altered}")), "malformed", "signature {altered:?}");
    }
    let genuine = format!("{header}.{payload}.{mac}");
    for around in [" ", "\n", "\r\n", "\t", "\0", "\u{feff}", "\u{200b}", "\"", "'", "*", "=", "%20"] {
        assert_eq!(judge(&format!("{around}{genuine}")), "malformed", "{around:?} before");
        assert_eq!(judge(&format!("{genuine}{around}")), "malformed", "{around:?} after");
    }
    assert_eq!(judge(&format!("Bearer {genuine}")), "malformed");
    assert_eq!(judge(&genuine.replace('.', "%2E")), "malformed");
    assert_eq!(judge(&genuine.replace('.', "。")), "malformed");
}

/// None of them changes what lax decoders read.
const ALTERATIONS: [fn(&str) -> String; 13] = [
    |text| {
        let (rest, last) = text.split_at(text.len() - 1);
        let next = char::from(last.as_bytes()[0] + 1);
        format!("{rest}{next}")
    },
    |text| format!("{text}="),
    |text| format!("{text}=="),
    |text| format!("{text}{}", "A".repeat((5 - text.len() % 4) % 4)), // 4n + 1 characters
    |text| format!("{text}\n"),
    |text| format!(" {text}"),
    |text| format!("{}\r\n{}", &text[..4], &text[4..]),
    |text| format!("{} {}", &text[..4], &text[4..]),
    |text| format!("{}*{}", &text[..4], &text[4..]),
    |text| format!("{}\0{}", &text[..4], &text[4..]),
    |text| format!("{}+{}", &text[..4], &text[5..]),
    |text| format!("{}/{}", &text[..4], &text[5..]),
    |text| format!("{}Ａ{}", &text[..4], &text[5..]),
];

#[test]
fn d04_duplicate_members() {
    for header in [
        r#"{"alg":"HS256","alg":"none"}"#,
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"HS256","\u0061lg":"none"}"#,
        r#"{"alg":"HS256","\u0061\u006c\u0067":"HS256"}"#,
        r#"{"alg":"HS256","kid":"1","k\u0069d":"2"}"#,
        r#"{"alg":"HS256","x":{"y":1,"y":2}}"#,
        r#"{"alg":"HS256","x":[[{"y":1,"\u0079":2}]]}"#,
        r#"{"alg":"HS256","jwk":{"kty":"EC","kty":"RSA"}}"#,
    ] {
        assert_eq!(judge(&signed(header, CLAIMS)), "malformed", "{header}");
    }
    let as_printed = "eyJhbGciOiJIUzI1NiIsImFsZyI6Im5vbmUifQ";
    assert_eq!(judge(&format!("{as_printed}.{}.", base64url::encode(CLAIMS.as_bytes()))), "malformed");
    for claims in [
        r#"{"exp":1,"exp":9e9}"#,
        r#"{"exp":9e9,"exp":1}"#,
        r#"{"exp":9e9,"\u0065xp":9e9}"#,
        r#"{"exp":9e9,"sub":"a","sub":"b"}"#,
        r#"{"exp":9e9,"role":"user","r\u006fle":"admin"}"#,
    ] {
        assert_eq!(judge(&signed(HEADER, claims)), "malformed", "{claims}");
    }
    // Within a claim, the type the claims are read into decides.
    assert_eq!(judge(&signed(HEADER, r#"{"exp":9e9,"a":{"b":1,"b":2}}"#)), "accepted");
}

#[test]
fn d05_names_differ_by_case() {
    assert_eq!(judge(&signed(r#"{"ALG":"none","alg":"HS256"}"#, CLAIMS)), "accepted");
    assert_eq!(judge(&signed(r#"{"ALG":"HS256"}"#, CLAIMS)), "malformed");
    let upper = signed(HEADER, r#"{"EXP":1,"Exp":1,"SUB":1,"exp":4102444800}"#);
    let verified = verifier().verify::<Value>(&upper).unwrap();
    assert_eq!(verified.registered().expires_at().unwrap().floor(), 4_102_444_800);
    assert_eq!(verified.registered().subject(), None);
    let required = Verifier::builder(hmac(HS256).1).any_issuer().any_audience().build().unwrap();
    assert_eq!(outcome(&required, &signed(HEADER, r#"{"Exp":4102444800}"#)), "claim_missing");
}

#[test]
fn d06_encodings() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let texts: &[fn(&str) -> Vec<u8>] = &[
        |text| [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        |text| [b"\xff\xfe".as_slice(), text.as_bytes()].concat(),
        |text| text.replace('}', r#","a":"\ud800"}"#).into_bytes(),
        |text| text.replace('}', r#","a":"\udc00\ud800"}"#).into_bytes(),
        |text| text.replace('}', r#","\ud800":1}"#).into_bytes(),
        |text| text.replace('}', r#","a":"\u0000"}"#).into_bytes(),
        |text| text.replace('}', ",\"a\":\"\0\"}").into_bytes(),
        |text| text.replace('}', ",\"a\":\"\n\"}").into_bytes(),
        |text| [&text.as_bytes()[..text.len() - 1], b",\"a\":\"\xff\"}"].concat(),
        |text| [&text.as_bytes()[..text.len() - 1], b",\"a\":\"\xc0\xaf\"}"].concat(),
        |text| [&text.as_bytes()[..text.len() - 1], b",\"a\":\"\xed\xa0\x80\"}"].concat(),
        |text| [&text.as_bytes()[..text.len() - 1], b",\"a\":\"\xf4\x90\x80\x80\"}"].concat(),
        |text| [&text.as_bytes()[..text.len() - 1], b",\"a\":\"\xe2\x82\"}"].concat(),
    ];
    for (number, text) in texts.iter().enumerate() {
        assert_eq!(judge(&signed(text(HEADER), CLAIMS)), "malformed", "header {number}");
        assert_eq!(judge(&signed(HEADER, text(CLAIMS))), "malformed", "claims {number}");
    }
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        assert_eq!(judge(&signed(utf16(HEADER, bytes), CLAIMS)), "malformed");
        assert_eq!(judge(&signed(HEADER, utf16(CLAIMS, bytes))), "malformed");
    }
    let everything = r#"{"exp":4102444800,"a":"é😀\ud83d\ude00\"\\\/\b\f\n\r\t"}"#;
    let verified = verifier().verify::<Value>(&signed(HEADER, everything)).unwrap();
    assert_eq!(verified.claims()["a"], "é😀😀\"\\/\u{8}\u{c}\n\r\t");
}

#[test]
fn d07_trailing_data() {
    for after in ["x", "{}", "{\"alg\":\"HS256\"}", " //", "/* */", ",", "\0", "]", "\u{a0}"] {
        assert_eq!(judge(&signed(format!("{HEADER}{after}"), CLAIMS)), "malformed", "header {after:?}");
        assert_eq!(judge(&signed(HEADER, format!("{CLAIMS}{after}"))), "malformed", "claims {after:?}");
    }
    assert_eq!(judge(&signed(format!(" \r\n\t{HEADER} \n"), format!("\n{CLAIMS}\t"))), "accepted");
}

#[test]
fn d08_not_an_object() {
    for text in ["", "[]", "\"x\"", "null", "1", "true", "[{\"alg\":\"HS256\"}]", "HS256", " "] {
        assert_eq!(judge(&signed(text, CLAIMS)), "malformed", "header {text}");
        assert_eq!(judge(&signed(HEADER, text)), "malformed", "claims {text}");
        // Nor with a type that would take it.
        assert!(verifier().verify::<IgnoredAny>(&signed(HEADER, text)).is_err());
        assert!(verifier().verify::<Option<Value>>(&signed(HEADER, text)).is_err());
    }
    assert_eq!(judge(&signed(HEADER, r#"[{"sub":"admin","exp":1}]"#)), "malformed", "an array around expired claims");
}

fn nested(open: &str, close: &str, levels: usize) -> String {
    format!("{}1{}", open.repeat(levels), close.repeat(levels))
}

#[test]
fn d09_nesting() {
    let arrays = |levels| nested("[", "]", levels);
    let objects = |levels| nested(r#"{"a":"#, "}", levels);
    for deep in [&arrays(63), &objects(63)] {
        assert_eq!(judge(&signed(format!(r#"{{"alg":"HS256","x":{deep}}}"#), CLAIMS)), "accepted");
        assert_eq!(judge(&signed(HEADER, format!(r#"{{"x":{deep}}}"#))), "accepted");
    }
    for deep in [arrays(64), objects(64), "[".repeat(100_000), r#"{"a":"#.repeat(100_000), arrays(100_000)] {
        let header = signed(format!(r#"{{"alg":"HS256","x":{deep}}}"#), CLAIMS);
        let claims = signed(HEADER, format!(r#"{{"x":{deep}}}"#));
        assert_eq!(outcome(&roomy(), &header), "malformed");
        assert_eq!(outcome(&roomy(), &claims), "malformed");
        // A type that skips the claim skips none of this.
        assert_eq!(roomy().verify::<IgnoredAny>(&claims).unwrap_err().code(), "malformed");
        assert!(carnet::dangerous::decode::<IgnoredAny>(&claims).is_err());
        // A good key but for its depth.
        let key = |deep: &str| {
            format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","y":{deep}}}"#)
        };
        assert!(Jwk::from_json(&key("[]")).is_ok());
        assert!(Jwk::from_json(&key(&deep)).is_err());
        let set = format!(r#"{{"keys":[{}]}}"#, key(&deep));
        assert!(JwkSet::from_json(&set).map_or(true, |set| set.verifying_keys().is_empty()));
    }
    // However deep a caller allows it, the stack holds it.
    let mut limits = Limits::default();
    (limits.json_depth, limits.token_octets) = (usize::MAX, usize::MAX);
    let daring = Verifier::builder(hmac(HS256).1).any_issuer().any_audience().expiry_optional().limits(limits);
    let daring = daring.build().unwrap();
    assert_eq!(outcome(&daring, &signed(HEADER, format!(r#"{{"x":{}}}"#, arrays(126)))), "accepted");
    assert_eq!(outcome(&daring, &signed(HEADER, format!(r#"{{"x":{}}}"#, arrays(127)))), "malformed");
    assert_eq!(outcome(&daring, &signed(HEADER, format!(r#"{{"x":{}}}"#, arrays(1_000_000)))), "malformed");
}

#[test]
fn d10_sizes() {
    let members = (0..100_000).map(|n| format!(r#""m{n}":{n}"#)).collect::<Vec<_>>().join(",");
    for claims in [
        format!(r#"{{"a":"{}"}}"#, "x".repeat(10_000_000)),
        format!(r#"{{"a":{}}}"#, "9".repeat(1_000_000)),
        format!("{{{members}}}"),
    ] {
        assert_eq!(judge(&signed(HEADER, &claims)), "too_large");
    }
    // With room for them, work stays in proportion, and what no double holds is refused.
    assert_eq!(outcome(&roomy(), &signed(HEADER, format!("{{{members}}}"))), "accepted");
    assert_eq!(outcome(&roomy(), &signed(HEADER, format!("{{{members},\"m7\":7}}"))), "malformed");
    assert_eq!(outcome(&roomy(), &signed(HEADER, format!(r#"{{"a":{}}}"#, "9".repeat(1_000_000)))), "malformed");
    assert_eq!(outcome(&roomy(), &signed(HEADER, format!(r#"{{"a":0.{}}}"#, "9".repeat(1_000_000)))), "accepted");

    // The limit, and one more.
    let header = |length: usize| format!(r#"{{"alg":"HS256","x":"{}"}}"#, "x".repeat(length - 22));
    assert_eq!(header(8192).len(), 8192);
    assert_eq!(judge(&signed(header(8192), CLAIMS)), "accepted");
    assert_eq!(judge(&signed(header(8193), CLAIMS)), "too_large");
    assert_eq!(judge(&signed(header(9000), CLAIMS)), "too_large");
    let mut limits = Limits::default();
    let token = signed(HEADER, CLAIMS);
    for (limit, expected) in [(token.len(), "accepted"), (token.len() - 1, "too_large"), (0, "too_large")] {
        limits.token_octets = limit;
        let verifier = Verifier::builder(hmac(HS256).1).any_issuer().any_audience().limits(limits).build().unwrap();
        assert_eq!(outcome(&verifier, &token), expected);
    }
}

#[test]
fn d11_other_serializations() {
    let genuine = signed(HEADER, CLAIMS);
    let [header, payload, signature] = genuine.split('.').collect::<Vec<_>>()[..] else { panic!("three segments") };
    let evil_header = base64url::encode(br#"{"alg":"HS256","kid":"evil"}"#);
    let evil_claims = base64url::encode(br#"{"sub":"evil","exp":4102444800}"#);
    let flattened = json!({"protected": header, "payload": payload, "signature": signature});
    let general = json!({"payload": payload, "signatures": [{"protected": header, "signature": signature}]});
    for text in [
        flattened.to_string(),
        general.to_string(),
        format!(
            r#"{{"  {evil_header}.{evil_claims}." : "", "protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#
        ),
        format!(r#"{{"protected":"{header}","payload":"{payload}","signature":"{signature}","x":"a.b.c"}}"#),
        format!("\"{genuine}\""),
        format!("[\"{genuine}\"]"),
        format!("{evil_header}.{evil_claims}.{{\"signature\":\"{signature}\"}}"),
    ] {
        assert_eq!(judge(&text), "malformed", "{text}");
    }
    for list in [format!("{genuine} {genuine}"), format!("{genuine},{genuine}")] {
        assert_eq!(judge(&list), "encrypted_token", "five segments, whatever they are");
    }
    // The claims given are the octets that were verified.
    let verified = verifier().verify::<Value>(&genuine).unwrap();
    assert_eq!(verified.claims_json(), CLAIMS);
    assert_eq!(base64url::encode(verified.claims_json().as_bytes()), payload);
}

#[test]
fn d12_crit() {
    for crit in [
        "[]",
        r#""exp""#,
        "null",
        "{}",
        "1",
        "true",
        r#"["alg"]"#,
        r#"["crit"]"#,
        r#"["kid"]"#,
        r#"["b64","b64"]"#,
        r#"["absent"]"#,
        r#"[1]"#,
        r#"[null]"#,
        r#"["x",1]"#,
        r#"["x","x"]"#,
        r#"[["x"]]"#,
        r#"[""]"#,
        r#"["x","\u0078"]"#,
        r#"["x","absent"]"#,
    ] {
        let b64 = if crit.contains("b64") { r#""b64":true,"# } else { "" };
        let header = format!(r#"{{"alg":"HS256","kid":"1","x":1,{b64}"exp":1,"crit":{crit}}}"#);
        assert_eq!(judge(&signed(header, CLAIMS)), "malformed", "{crit}");
    }
    // Well-formed, and not understood: on every path.
    for (crit, also) in [("x", r#""x":1"#), ("exp", r#""exp":1"#), ("b64", r#""b64":true"#), ("b64", r#""b64":false"#)]
    {
        let header = format!(r#"{{"alg":"HS256",{also},"crit":["{crit}"]}}"#);
        let token = signed(header, CLAIMS);
        assert_eq!(judge(&token), "unsupported_critical", "{crit}");
        let (_, key) = hmac(HS256);
        assert_eq!(JwsVerifier::new(key.clone()).verify(&token).unwrap_err().code(), "unsupported_critical");
        let error = lenient(key).verify_in::<IgnoredAny>(&mut TokenBuffer::new(), &token).unwrap_err();
        assert_eq!(error.code(), "unsupported_critical");
    }
    // Too many to be all present, and before the signature is looked at.
    let many = vec![r#""x""#; 1000].join(",");
    assert_eq!(judge(&signed(format!(r#"{{"alg":"HS256","x":1,"crit":[{many}]}}"#), CLAIMS)), "malformed");
    let token = signed(r#"{"alg":"HS256","x":1,"crit":["x"]}"#, CLAIMS);
    let (input, _) = token.rsplit_once('.').unwrap();
    assert_eq!(judge(&format!("{input}.AAAA")), "unsupported_critical");
    // What nobody declared critical is ignored.
    assert_eq!(judge(&signed(r#"{"alg":"HS256","x":1,"exp":1}"#, CLAIMS)), "accepted");
}

#[test]
fn d13_unencoded_payloads() {
    for (b64, expected) in [
        (r#""b64":false"#, "malformed"),
        (r#""b64":"false""#, "malformed"),
        (r#""b64":0"#, "malformed"),
        (r#""b64":null"#, "malformed"),
        (r#""b64":false,"crit":["b64"]"#, "unsupported_critical"),
        (r#""b64":true,"crit":["b64"]"#, "unsupported_critical"),
        (r#""b64":false,"b64":true,"crit":["b64"]"#, "malformed"),
        (r#""b64":true"#, "malformed"),
    ] {
        assert_eq!(judge(&signed(format!(r#"{{"alg":"HS256",{b64}}}"#), CLAIMS)), expected, "{b64}");
    }
    // The payload as it is, over which the MAC was made, in the place of its base64url.
    let (signing, _) = hmac(HS256);
    let header = base64url::encode(br#"{"alg":"HS256","b64":false,"crit":["b64"]}"#);
    for payload in [CLAIMS, "$.02", "a.b"] {
        let mac = signing.sign_message(format!("{header}.{payload}").as_bytes()).unwrap();
        let mac = base64url::encode(&mac);
        assert_ne!(judge(&format!("{header}.{payload}.{mac}")), "accepted");
        assert_ne!(judge(&format!("{header}..{mac}")), "accepted");
    }
    for case in vectors::load("attacks/attack_tokens.json")["cases"].as_array().unwrap() {
        if case["id"].as_str().unwrap().starts_with("b64-false") {
            assert_ne!(judge(case["token"].as_str().unwrap()), "accepted", "{}", case["id"]);
        }
    }
}

#[test]
fn d15_white_space_is_kept() {
    #[derive(Deserialize)]
    struct Claims {
        #[serde(rename = " sub")]
        spaced: String,
    }
    let token = signed(r#"{"alg":"HS256","a lg":"none"," alg":"none","alg ":"none"}"#, r#"{" sub":" a  b ","e xp":1}"#);
    let verified = verifier().verify::<Claims>(&token).unwrap();
    assert_eq!(verified.claims().spaced, " a  b ");
    assert_eq!(verified.registered().subject(), None);
    assert_eq!(judge(&signed(r#"{"al g":"HS256"}"#, CLAIMS)), "malformed");
    assert_eq!(judge(&signed(r#"{"alg":"HS 256"}"#, CLAIMS)), "algorithm_not_allowed");
}

#[test]
fn d16_odd_texts_are_errors() {
    let texts =
        ["", ".", "..", "...", "....", "é.é.é", "\0.\0.\0", "e30.e30.", "e30..", ".e30.e30", "A.A.A", "AA.AA.AA"];
    for text in texts {
        assert_ne!(judge(text), "accepted", "{text:?}");
        assert!(carnet::dangerous::decode::<Value>(text).is_err(), "{text:?}");
        assert!(carnet::jws::dangerous::decode(text, &Limits::default()).is_err(), "{text:?}");
    }
}

#[test]
fn d17_errors_do_not_repeat_the_token() {
    let huge = "x".repeat(100_000_000);
    for token in [huge.as_str(), &format!("{}.{}.", base64url::encode(HEADER.as_bytes()), &huge[..60_000])] {
        let error = verifier().verify::<Value>(token).unwrap_err();
        assert!(format!("{error} {error:?}").len() < 300);
    }
    for header in [
        json!({"alg": "x".repeat(7000)}),
        json!({"alg": "HS256", "x".repeat(7000): 1, "crit": ["x".repeat(7000)]}),
        json!({"alg": "HS256", "crit": ["x".repeat(7000)]}),
    ] {
        let error = verifier().verify::<Value>(&signed(header.to_string(), CLAIMS)).unwrap_err();
        assert!(format!("{error} {error:?}").len() < 400, "{error}");
    }
    let member = "x".repeat(7000);
    let token = signed(HEADER, format!(r#"{{"{member}":1,"{member}":2}}"#));
    assert!(verifier().verify::<Value>(&token).unwrap_err().to_string().len() < 300);
    let token = signed(HEADER, format!(r#"{{"{member}":"a"}}"#));
    let error = verifier().verify::<HashMap<String, u8>>(&token).unwrap_err();
    assert!(error.to_string().len() < 300);
}

/// What is accepted does not depend on the type the claims are read into.
#[test]
fn d_the_claims_type_does_not_matter() {
    fn code<C: DeserializeOwned>(token: &str) -> &'static str {
        verifier().verify::<C>(token).map_or_else(|error| error.code(), |_| "accepted")
    }
    #[derive(Deserialize)]
    struct Nothing {}
    #[derive(Deserialize)]
    struct Borrowed<'a> {
        #[expect(dead_code, reason = "only read into")]
        a: Option<&'a str>,
    }
    for claims in [
        r#"{"a":"b"}"#,
        r#"{"a":"b","a":"c"}"#,
        r#"{"a":"b","skipped":{"x":[1,2,{"y":null}]}}"#,
        r#"{"a":"b","skipped":1e400}"#,
        r#"{"a":"b","skipped":"\ud800"}"#,
        r#"{"a":"b","skipped":[1,]}"#,
        r#"{"a":"b","skipped":tru}"#,
        r#"{"a":"b"} "#,
        r#"{"a":"b"}}"#,
        r#"{"a":"b","exp":"4102444800"}"#,
        r#"{"a":"b","exp":1}"#,
        r#"{"a":"b","nbf":null}"#,
        r#"{"a":"b","sub":1}"#,
        r#"["a"]"#,
    ] {
        let token = signed(HEADER, claims);
        let expected = code::<Value>(&token);
        assert_eq!(code::<IgnoredAny>(&token), expected, "{claims}");
        assert_eq!(code::<Nothing>(&token), expected, "{claims}");
        assert_eq!(code::<HashMap<String, Value>>(&token), expected, "{claims}");
        assert_eq!(code::<HashMap<String, IgnoredAny>>(&token), expected, "{claims}");
        assert_eq!(code::<Option<Nothing>>(&token), expected, "{claims}");
        assert_eq!(code::<Box<Value>>(&token), expected, "{claims}");
        let mut buffer = TokenBuffer::new();
        let borrowed = verifier().verify_in::<Borrowed<'_>>(&mut buffer, &token).map(drop);
        assert_eq!(borrowed.map_or_else(|error| error.code(), |()| "accepted"), expected, "{claims}");
    }
}
