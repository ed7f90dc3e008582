//! What holds for every token, key and text.
#![cfg(test)]

use carnet::jws::{JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use carnet::{Limits, PrivateJwkSet, base64url};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::str;
use std::sync::LazyLock;
use testkit::vectors;

/// A key of every algorithm that this build has, each with what verifies its tokens; shared secrets first.
static KEYS: LazyLock<Vec<(SigningKey, VerifyingKey)>> = LazyLock::new(|| {
    let rsa = vectors::load("attacks/attack_tokens.json")["keys"]["rsa"].to_string();
    let rsa = PrivateJwk::from_json(&rsa).unwrap();
    let secret = Secret::from_bytes([7; 64]).unwrap();
    let pair = |&algorithm: &Algorithm| match algorithm {
        HS256 | HS384 | HS512 => (
            SigningKey::from_secret(algorithm, &secret).unwrap(),
            VerifyingKey::from_secret(algorithm, &secret).unwrap(),
        ),
        _ if rsa.public_jwk().unwrap().public_key().fits(algorithm) => (
            SigningKey::from_jwk_as(algorithm, &rsa).unwrap(),
            VerifyingKey::from_private_jwk_as(algorithm, &rsa).unwrap(),
        ),
        _ => {
            let key = SigningKey::generate(algorithm).unwrap();
            let verifying = VerifyingKey::from_jwk(&key.public_jwk().unwrap()).unwrap();
            (key, verifying)
        }
    };
    Algorithm::ALL.iter().filter(|algorithm| algorithm.is_available()).map(pair).collect()
});

const NOW: i64 = 1_750_000_000;

fn verifier(key: &VerifyingKey) -> Verifier<VerifyingKeys> {
    let builder = Verifier::builder(key.clone()).any_issuer().any_audience().at(NOW);
    builder.algorithms([key.algorithm()]).build().unwrap()
}

/// Text without U+0000, which strict JSON refuses.
const TEXT: &str = "[^\0]{0,24}";

/// Quotes, backslashes and control characters among others.
const ODD: &str = r#"[\u{1}-\u{ff}\\"\u{2028}\u{1f600}]{0,9}"#;

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_filter("a number of JSON", |number| number.is_finite()).prop_map(|number| json!(number)),
        TEXT.prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Into::into),
            btree_map(TEXT, inner, 0..5).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Members other than those that mean something.
fn members(known: &'static [&'static str]) -> impl Strategy<Value = Map<String, Value>> {
    btree_map(TEXT, value(), 0..8)
        .prop_map(|members| members.into_iter().filter(|(name, _)| !known.contains(&name.as_str())).collect())
}

const CLAIMS: &[&str] = &["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
const JWK_MEMBERS: &[&str] = &[
    "kty", "use", "key_ops", "alg", "kid", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi", "oth", "k",
    "pub", "priv", "x5c",
];

proptest! {
    #[test]
    fn claims_survive(claims in members(CLAIMS), pair in 0..KEYS.len()) {
        let (signing, verifying) = &KEYS[pair];
        let token = Token::builder().expires_at(NOW + 1).at(NOW).claims(&claims).sign(signing).unwrap();
        let verified = verifier(verifying).verify::<Map<String, Value>>(&token).unwrap();
        let mut expected = claims;
        expected.extend([("exp".to_owned(), json!(NOW + 1)), ("iat".to_owned(), json!(NOW))]);
        // As serde_json reads its own numbers back.
        let expected: Map<String, Value> = serde_json::from_str(&serde_json::to_string(&expected).unwrap()).unwrap();
        prop_assert_eq!(verified.claims(), &expected);
        let decoded = carnet::dangerous::decode::<Map<String, Value>>(&token).unwrap();
        prop_assert_eq!(decoded.claims(), &expected);
    }

    #[test]
    fn registered_claims_survive(
        issuer in TEXT,
        subject in TEXT,
        audience in vec(TEXT, 1..4),
        id in TEXT,
        issued in 0..NOW,
        expiry in NOW + 1..NOW + 1_000_000,
    ) {
        let (signing, verifying) = &KEYS[0];
        // What has a colon must be a URI.
        let [issuer, subject] = [issuer, subject].map(|text| text.replace(':', ";"));
        let audience: Vec<String> = audience.iter().map(|text| text.replace(':', ";")).collect();
        let mut builder = Token::builder().issuer(&issuer).subject(&subject).id(&id).issued_at(issued);
        for audience in &audience {
            builder = builder.audience(audience);
        }
        let token = builder.expires_at(expiry).not_before_at(issued).sign(signing).unwrap();
        let verified = verifier(verifying).verify::<Value>(&token).unwrap();
        let registered = verified.registered();
        prop_assert_eq!(registered.issuer(), Some(issuer.as_str()));
        prop_assert_eq!(registered.subject(), Some(subject.as_str()));
        prop_assert_eq!(registered.id(), Some(id.as_str()));
        prop_assert_eq!(registered.audience().collect::<Vec<_>>(), audience);
        prop_assert_eq!(registered.expires_at().unwrap().floor(), expiry);
        prop_assert_eq!(registered.not_before().unwrap().floor(), issued);
        prop_assert_eq!(registered.issued_at().unwrap().floor(), issued);
    }

    /// Whatever a builder is given, what it signs is a token.
    #[test]
    fn what_is_signed_is_accepted(
        issuer in ODD,
        subject in ODD,
        id in ODD,
        key_id in ODD,
        typ in ODD,
        parameter in ODD,
    ) {
        let (signing, verifying) = &KEYS[0];
        let builder = Token::builder().issuer(issuer).subject(subject).audience(id.clone()).id(id).key_id(key_id).typ(typ);
        let builder = builder.header("x", &parameter).expires_at(NOW + 1).at(NOW);
        if let Ok(token) = builder.sign(signing) {
            let verified = verifier(verifying).verify::<Value>(&token);
            prop_assert!(verified.is_ok(), "{}", verified.unwrap_err());
        }
    }

    #[test]
    fn public_keys_survive(extra in members(JWK_MEMBERS), kid in proptest::option::of(TEXT), pair in 3..KEYS.len()) {
        let (signing, _) = &KEYS[pair];
        let mut jwk: Value = serde_json::from_str(&signing.public_jwk().unwrap().to_json()).unwrap();
        jwk.as_object_mut().unwrap().extend(extra.clone());
        if let Some(kid) = &kid {
            jwk["kid"] = json!(kid);
        }
        let read = Jwk::from_json(&jwk.to_string()).unwrap();
        prop_assert_eq!(read.key_id(), kid.as_deref());
        let written: Value = serde_json::from_str(&read.to_json()).unwrap();
        let expected: Value = serde_json::from_str(&jwk.to_string()).unwrap();
        prop_assert_eq!(&written, &expected);
        let again = Jwk::from_json(&read.to_json()).unwrap();
        prop_assert_eq!(&again, &read);
        prop_assert_eq!(again.thumbprint(), signing.public_jwk().unwrap().thumbprint());
        for (name, value) in &extra {
            let kept: Value = serde_json::from_str(again.parameter(name).unwrap()).unwrap();
            let given: Value = serde_json::from_str(&value.to_string()).unwrap();
            prop_assert_eq!(kept, given);
        }
        let set: JwkSet = [read].into_iter().collect();
        prop_assert_eq!(JwkSet::from_json(&set.to_json()).unwrap().verifying_keys().len(), 1);
    }

    #[test]
    fn private_keys_survive(extra in members(JWK_MEMBERS), kid in TEXT, pair in 0..KEYS.len()) {
        let jwk = match KEYS[pair].0.algorithm() {
            rsa if rsa.key_kind().is_some_and(|kind| kind.key_type() == "RSA") => {
                vectors::load("attacks/attack_tokens.json")["keys"]["rsa"].clone()
            }
            algorithm => serde_json::from_str(&PrivateJwk::generate(algorithm).unwrap().expose_json()).unwrap(),
        };
        let mut jwk: Map<String, Value> = serde_json::from_value(jwk).unwrap();
        jwk.extend(extra);
        jwk.insert("kid".to_owned(), json!(kid));
        let text = serde_json::to_string(&jwk).unwrap();
        let read = PrivateJwk::from_json(&text).unwrap();
        let written: Value = serde_json::from_str(&read.expose_json()).unwrap();
        let expected: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&written, &expected);
        prop_assert!(PrivateJwk::from_json(&read.expose_json()).unwrap() == read);
        // Its public half has what is known to be public.
        if let Some(public) = read.public_jwk() {
            let public: Map<String, Value> = serde_json::from_str(&public.to_json()).unwrap();
            let kept = ["kty", "crv", "x", "y", "n", "e", "pub", "kid", "use", "key_ops", "alg", "x5c"];
            let known = ["x5u", "x5t", "x5t#S256", "iat", "nbf", "exp"];
            let mut expected: Map<String, Value> = serde_json::from_value(expected).unwrap();
            expected.retain(|name, _| kept.contains(&name.as_str()) || known.contains(&name.as_str()));
            prop_assert_eq!(public, expected);
        }
    }

    /// Names are distinct as they are read, not as they are written; the scanner looks for twins only where it suspects some.
    #[test]
    fn a_name_given_twice_is_found(names in vec(("[ab]{0,3}|[a-c]{6,9}|id_[ab]{5,6}", any::<bool>()), 0..40)) {
        let written = |name: &str, escaped: bool| match name.chars().next().filter(|_| escaped) {
            Some(first) => format!("\\u{:04x}{}", u32::from(first), &name[1..]),
            None => name.to_owned(),
        };
        let members: Vec<String> = names.iter().map(|(name, escaped)| format!(r#""{}":1"#, written(name, *escaped))).collect();
        let distinct: BTreeSet<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
        let expected = distinct.len() == names.len();
        let (signing, verifying) = &KEYS[0];
        let verifier = JwsVerifier::new(verifying.clone());
        let members = members.join(",");

        let claims = JwsBuilder::new().sign(format!("{{{members}}}").as_bytes(), signing).unwrap();
        prop_assert_eq!(carnet::dangerous::decode::<Value>(&claims).is_ok(), expected);
        let comma = if members.is_empty() { "" } else { "," };
        for header in [format!(r#"{{"alg":"HS256"{comma}{members}}}"#), format!(r#"{{"alg":"HS256","x":[{{{members}}}]}}"#)] {
            let input = format!("{}.e30", base64url::encode(header.as_bytes()));
            let mac = signing.sign_message(input.as_bytes()).unwrap();
            let token = format!("{input}.{}", base64url::encode(&mac));
            prop_assert_eq!(verifier.verify(&token).is_ok(), expected, "{}", header);
        }
    }

    /// What a claim's number means, by arithmetic without rounding.
    #[test]
    fn times_are_read_as_they_are_written(seconds in prop_oneof![-3_000_000_000_i64..0, 1..3_000_000_000_i64], digits in "[0-9]{1,3}|0{1,5}[0-9]?") {
        let (signing, verifying) = &KEYS[0];
        let expired = |number: &str, now: i64| {
            let token = JwsBuilder::new().sign(format!(r#"{{"exp":{number}}}"#).as_bytes(), signing).unwrap();
            let verifier = Verifier::builder(verifying.clone()).any_issuer().any_audience().at(now).build().unwrap();
            verifier.verify::<Value>(&token).map_or_else(|error| error.code() == "token_expired", |_| false)
        };
        let fraction = digits.bytes().any(|digit| digit != b'0');
        // −1.5 lies between −2 and −1.
        let floor = if fraction && seconds < 0 { seconds.saturating_sub(1) } else { seconds };
        for number in [format!("{seconds}.{digits}"), format!("{seconds}{digits}e-{}", digits.len()), format!("{seconds}.{digits}E+0")] {
            prop_assert!(expired(&number, floor), "{} at {}", number, floor);
            prop_assert!(!expired(&number, floor.saturating_sub(1)), "{} at {} - 1", number, floor);
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        import(&text);
    }

    #[test]
    fn no_text_like_a_token_panics(text in r#"[A-Za-z0-9_=.-]{0,200}|[eyJhbGciOi.]{0,60}"#) {
        import(&text);
    }

    #[test]
    fn no_segments_panic(header in vec(any::<u8>(), 0..60), payload in r#"\{("[a-z]{0,3}":[-0-9a-z"\[\]{},]{0,9},?){0,4}\}"#) {
        let header = if header.first().is_some_and(|first| *first < 128) { br#"{"alg":"HS256"}"#.to_vec() } else { header };
        import(&format!("{}.{}.", base64url::encode(&header), base64url::encode(payload.as_bytes())));
        let (signing, verifying) = &KEYS[0];
        let token = JwsBuilder::new().sign(payload.as_bytes(), signing).unwrap();
        let _ = verifier(verifying).verify::<Value>(&token);
    }

    #[test]
    fn no_key_text_panics(kty in "RSA|EC|OKP|AKP|oct", crv in "P-256|P-384|P-521|secp256k1|Ed25519", alg in "ML-DSA-(44|65|87)|ES512", numbers in vec("[A-Za-z0-9_-]{0,64}", 11)) {
        let names = ["n", "e", "x", "y", "d", "p", "q", "dp", "k", "pub", "priv"];
        let mut jwk = json!({"kty": kty, "crv": crv, "alg": alg, "dq": numbers[0], "qi": numbers[1]});
        for (name, number) in names.iter().zip(&numbers) {
            jwk[*name] = json!(number);
        }
        import(&jwk.to_string());
        import(&json!({ "keys": [jwk] }).to_string());
    }

    #[test]
    fn no_key_file_panics(label in "(RSA |EC )?(PUBLIC|PRIVATE) KEY|CERTIFICATE|[A-Z -]{0,9}", octets in vec(any::<u8>(), 0..120)) {
        let text = base64url::encode(&octets).replace('-', "+").replace('_', "/");
        for body in [text.clone(), format!("{text}=="), "MIIB\n".repeat(9), String::new()] {
            import(&format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"));
        }
        let _ = Jwk::from_der(&octets);
        let _ = PrivateJwk::from_der(&octets);
    }

    #[test]
    fn no_altered_key_file_panics(file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), octet in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut der = file.get(&DERS).clone();
        *at.get_mut(&mut der) = octet;
        let _ = (Jwk::from_der(&der), PrivateJwk::from_der(&der));
        let whole = file.get(&DERS);
        let part = &whole[..cut.index(whole.len())];
        prop_assert!(Jwk::from_der(part).is_err() && PrivateJwk::from_der(part).is_err());
    }
}

/// The contents of the key files that carry standard base64.
static DERS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let files = vectors::load("key-files/key_files.json");
    let body = |file: &Value| {
        let text = file["text"].as_str().or(file["base64"].as_str()).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with("-----") && !line.contains(':'));
        let text = lines.collect::<String>().replace('+', "-").replace('/', "_");
        base64url::decode(text.trim_end_matches('=')).ok().filter(|octets| octets.first() == Some(&0x30))
    };
    let ders: Vec<_> = files["files"].as_array().unwrap().iter().filter_map(body).collect();
    assert!(ders.len() > 40);
    ders
});

/// Hands a text to everything that reads texts.
fn import(text: &str) {
    let (_, verifying) = &KEYS[0];
    let _ = verifier(verifying).verify::<Value>(text);
    let _ = carnet::dangerous::decode::<Value>(text);
    let _ = carnet::jws::dangerous::decode(text, &Limits::default());
    let _ = Jwk::from_json(text).map(|jwk| Jwk::from_json(&jwk.to_json()).unwrap());
    let _ = PrivateJwk::from_json(text).map(|jwk| PrivateJwk::from_json(&jwk.expose_json()).unwrap());
    let _ = JwkSet::from_json(text).map(|set| set.verifying_keys_with(&KeyRules::new().symmetric(HS256)));
    let _ = PrivateJwkSet::from_json(text);
    let _ = (Jwk::from_pem(text), PrivateJwk::from_pem(text));
    let _ = (Secret::from_bytes(text), Secret::from_hex(text), Secret::from_base64url(text));
    let _ = text.parse::<Algorithm>();
}

/// Every bit of every octet of a token of every algorithm; in the long middle of an ML-DSA signature, one bit an octet.
#[test]
fn no_bit_of_a_token_can_be_flipped() {
    for (signing, verifying) in KEYS.iter() {
        let token = Token::builder().issuer("i").expires_at(NOW + 1).at(NOW).sign(signing).unwrap();
        let verifier = verifier(verifying);
        verifier.verify::<Value>(&token).unwrap();
        for octet in 0..token.len() {
            let in_the_middle = (1024..token.len().saturating_sub(1024)).contains(&octet);
            for bit in (0..8).filter(|bit| !in_the_middle || octet % 8 == *bit) {
                let mut flipped = token.clone().into_bytes();
                flipped[octet] ^= 1 << bit;
                let Ok(flipped) = str::from_utf8(&flipped) else { continue };
                let error = verifier.verify::<Value>(flipped).map(drop).unwrap_err();
                let expected = ["malformed", "algorithm_not_allowed", "invalid_signature"];
                assert!(expected.contains(&error.code()), "{}: {}", signing.algorithm(), error.code());
            }
        }
    }
}

#[test]
fn a_builder_refuses_what_no_verifier_reads() {
    let (signing, verifying) = &KEYS[0];
    let secret = Secret::from_bytes([7; 64]).unwrap();
    let named = |key_id: &str| SigningKey::from_secret(HS256, &secret).unwrap().with_key_id(key_id);
    assert!(named("a\0b").is_err() && named(&"k".repeat(1025)).is_err());
    let builder = || Token::builder().expires_at(NOW + 1).at(NOW);
    let cases = [
        ("issuer", builder().issuer("a\0b").sign(signing)),
        ("subject", builder().subject("a\0b").sign(signing)),
        ("audience", builder().audience("a\0b").sign(signing)),
        ("id", builder().id("a\0b").sign(signing)),
        ("kid", builder().key_id("a\0b").sign(signing)),
        ("typ", builder().typ("a\0b").sign(signing)),
        ("claims", builder().claims(&json!({"a": "\0"})).sign(signing)),
        ("header", builder().header("x", "\0").sign(signing)),
        ("kid of 1025 octets", builder().key_id("k".repeat(1025)).sign(signing)),
        ("header of 9000 octets", builder().header("x", &"x".repeat(9000)).sign(signing)),
        ("the key's kid, longer once escaped", builder().sign(&named(&"\u{1}".repeat(255)).unwrap())),
    ];
    let unread = |token: &str| verifier(verifying).verify::<Value>(token).is_err();
    let unread: Vec<&str> = cases
        .iter()
        .filter(|(_, token)| token.as_ref().is_ok_and(|token| unread(token)))
        .map(|(name, _)| *name)
        .collect();
    assert!(unread.is_empty(), "signed, and refused by every verifier: {unread:?}");
}

#[test]
fn a_published_key_can_be_read() {
    let jwk = || SigningKey::generate(EdDSA).unwrap().public_jwk().unwrap();
    let unread: Vec<usize> = ["", "a\0b", "\u{1}", "\"\\\u{2028}", &"k".repeat(1024), &"k".repeat(1025)]
        .iter()
        .filter(|key_id| jwk().with_key_id(**key_id).is_ok_and(|jwk| Jwk::from_json(&jwk.to_json()).is_err()))
        .map(|key_id| key_id.len())
        .collect();
    assert!(unread.is_empty(), "written, and refused when read: a kid of {unread:?} octets");
}
