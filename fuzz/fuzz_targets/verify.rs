//! Verification at a fixed time: only what was signed is accepted, for what it says, and whatever the claims are read into.
//!
//! The first octet chooses: text as it is, a genuine token with alterations, or a header and claims of any kind that are signed with
//! the HMAC key, so that what comes after the signature is reached.
#![no_main]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use carnet::jws::JwsVerifier;
use carnet::prelude::*;
use carnet_fuzz::{Node, base64url};
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

/// One second before the tokens of RFC 7515 expire.
const NOW: i64 = 1_300_819_379;
const ISSUER: &str = "joe";
/// The years 1 to 9999.
const DATES: std::ops::RangeInclusive<f64> = -62_135_596_800.0..=253_402_300_799.0;

struct Fixture {
    hmac: SigningKey,
    verifier: Verifier<VerifyingKeys>,
    jws: JwsVerifier<VerifyingKeys>,
    /// Tokens that are accepted: the examples of RFC 7515 A.1, A.2 and A.3, and one by the key of RFC 8037 A.1.
    accepted: Vec<String>,
    /// Genuine tokens that are rejected: expired, another issuer, a claim of the wrong type, no claims at all.
    rejected: Vec<String>,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("the vectors are JSON");
    let rfc7515 = read(include_str!("../../test-vectors/rfc/rfc7515.json"));
    let rfc8037 = read(include_str!("../../test-vectors/rfc/rfc8037.json"));
    let vectors = &rfc7515["vectors"];
    let private = |jwk: &Value| PrivateJwk::from_json(&jwk.to_string()).expect("the vectors have keys");
    let secret = private(&vectors[0]["key"]);
    let ed25519 = private(&rfc8037["vectors"][0]["jwk"]);
    let keys: VerifyingKeys = [
        (HS256, &secret),
        (RS256, &private(&vectors[1]["key"])),
        (ES256, &private(&vectors[2]["key"])),
        (EdDSA, &ed25519),
    ]
    .into_iter()
    .map(|(algorithm, jwk)| VerifyingKey::from_private_jwk_as(algorithm, jwk).expect("the keys verify"))
    .collect();

    let hmac = SigningKey::from_jwk_as(HS256, &secret).expect("the secret signs");
    let ed25519 = SigningKey::from_jwk(&ed25519).expect("the key signs");
    let issue = |key, claims: &Value| Token::builder().without_issued_at().claims(claims).sign(key).expect("signed");
    let mut accepted: Vec<String> =
        (0..3).map(|index| vectors[index]["compact"].as_str().expect("the vectors have tokens").to_owned()).collect();
    accepted.push(issue(&ed25519, &json!({"iss": ISSUER, "exp": NOW + 1, "scope": "a b"})));
    let rejected = vec![
        issue(&ed25519, &json!({"iss": ISSUER, "exp": NOW})),
        issue(&hmac, &json!({"iss": "jim", "exp": NOW + 1})),
        sign(&hmac, br#"{"alg":"HS256"}"#, br#"{"iss":"joe","exp":"4102444800"}"#),
        sign(&hmac, br#"{"alg":"HS256"}"#, b"no claims"),
    ];
    let verifier = Verifier::builder(keys.clone()).issuer(ISSUER).any_audience().at(NOW).build();
    let fixture = Fixture {
        hmac,
        verifier: verifier.expect("the policy is sound"),
        jws: JwsVerifier::new(keys),
        accepted,
        rejected,
    };
    assert!(fixture.accepted.iter().all(|token| verify(&fixture, token).is_some()));
    assert!(fixture.rejected.iter().all(|token| verify(&fixture, token).is_none()));
    fixture
});

thread_local! {
    /// One buffer for all runs: what one token leaves in it must not matter to the next.
    static BUFFER: RefCell<TokenBuffer> = RefCell::new(TokenBuffer::new());
}

fuzz_target!(|data: &[u8]| {
    let fixture = &*FIXTURE;
    let Some((choice, rest)) = data.split_first() else { return };
    match choice % 4 {
        0 => {
            if let Ok(text) = std::str::from_utf8(rest) {
                assert_known(fixture, text);
            }
        }
        1 => {
            if let Some(text) = altered(fixture, rest) {
                assert_known(fixture, &text);
            }
        }
        2 => signed_claims(fixture, rest),
        _ => signed_header(fixture, rest),
    }
});

/// Verifies into several types; all accept or none does.
fn verify(fixture: &Fixture, token: &str) -> Option<Value> {
    let verifier = &fixture.verifier;
    let owned = verifier.verify::<Value>(token);
    let ignored = verifier.verify::<IgnoredAny>(token);
    let map = verifier.verify::<BTreeMap<String, Value>>(token);
    assert_eq!(owned.as_ref().err(), ignored.as_ref().err());
    assert_eq!(owned.as_ref().err(), map.as_ref().err());
    BUFFER.with_borrow_mut(|buffer| {
        let borrowed = verifier.verify_in::<Value>(buffer, token);
        assert_eq!(owned.as_ref().err(), borrowed.as_ref().err());
        if let (Ok(owned), Ok(borrowed)) = (&owned, &borrowed) {
            assert_eq!(owned.claims(), borrowed.claims());
            assert_eq!(owned.claims_json(), borrowed.claims_json());
            assert_eq!(owned.header().as_json(), borrowed.header().as_json());
            assert_eq!(owned.registered().issuer(), borrowed.registered().issuer());
        }
    });
    let signature = fixture.jws.verify(token);
    let verified = match owned {
        Ok(verified) => verified,
        Err(error) => {
            let genuine = matches!(error, VerifyError::Rejected(_) | VerifyError::NotClaims(_));
            assert_eq!(signature.is_ok(), genuine, "claims are judged after the signature: {error}");
            assert!(!error.code().is_empty());
            return None;
        }
    };
    let signature = signature.expect("what a verifier of tokens accepts, one of signatures does");
    assert_eq!(signature.payload(), verified.claims_json().as_bytes());
    assert!(token.starts_with(&format!(
        "{}.{}.",
        base64url(verified.header().as_json()),
        base64url(signature.payload())
    )));

    let claims = verified.claims().clone();
    let registered = verified.registered();
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    assert_eq!(text("iss"), registered.issuer());
    assert_eq!(text("sub"), registered.subject());
    assert_eq!(text("jti"), registered.id());
    let audience = match claims.get("aud") {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        one => one.and_then(Value::as_str).into_iter().collect::<Vec<_>>(),
    };
    assert!(registered.audience().eq(audience));
    Some(claims)
}

/// What was not signed here is not accepted. Of ES256 there can be several signatures over the same octets.
fn assert_known(fixture: &Fixture, token: &str) {
    if verify(fixture, token).is_none() {
        return;
    }
    let message = |token: &str| token.rsplit_once('.').map(|(message, _)| message.to_owned());
    let is_ecdsa = token.starts_with(&base64url(r#"{"alg":"ES256"}"#));
    let known = |own: &String| own == token || (is_ecdsa && message(own) == message(token));
    assert!(fixture.accepted.iter().any(known), "forged: {token}");
}

/// A genuine token after a list of alterations, each of four octets: what, where (two), and with what.
fn altered(fixture: &Fixture, data: &[u8]) -> Option<String> {
    let (base, steps) = data.split_first()?;
    let tokens: Vec<&String> = fixture.accepted.iter().chain(&fixture.rejected).collect();
    let mut token = tokens[usize::from(*base) % tokens.len()].clone().into_bytes();
    for step in steps.chunks_exact(4).take(16) {
        let [what, high, low, octet] = *step else { continue };
        let place = usize::from(u16::from_be_bytes([high, low])) % (token.len() + 1);
        match what % 6 {
            0 if place < token.len() => token[place] = octet,
            1 => token.insert(place, octet),
            2 if place < token.len() => drop(token.remove(place)),
            3 => token.truncate(place),
            4 if place < token.len() => token[place] ^= 1 << (octet % 8),
            // One segment from another token.
            5 => {
                let other = tokens[usize::from(octet) % tokens.len()];
                let mut segments: Vec<String> = String::from_utf8(token).ok()?.split('.').map(str::to_owned).collect();
                let index = place % segments.len();
                segments[index] = other.split('.').nth(index).unwrap_or_default().to_owned();
                token = segments.join(".").into_bytes();
            }
            _ => {}
        }
    }
    String::from_utf8(token).ok()
}

fn sign(key: &SigningKey, header: &[u8], payload: &[u8]) -> String {
    let message = format!("{}.{}", base64url(header), base64url(payload));
    let signature = key.sign_message(message.as_bytes()).expect("HMAC always signs");
    format!("{message}.{}", base64url(signature))
}

/// Any payload under a good header: accepted exactly if the claims are good.
fn signed_claims(fixture: &Fixture, payload: &[u8]) {
    if payload.len() > 16 * 1024 {
        return;
    }
    let accepted = verify(fixture, &sign(&fixture.hmac, br#"{"alg":"HS256"}"#, payload)).is_some();
    let node = std::str::from_utf8(payload).ok().and_then(Node::read);
    if node.as_ref().is_some_and(Node::is_on_the_edge) {
        return;
    }
    match node.as_ref().and_then(Node::claims).map(are_good) {
        None | Some(Some(false)) => assert!(!accepted),
        Some(Some(true)) => assert!(accepted),
        Some(None) => {}
    }
}

/// Whether claims are to be accepted; `None` where it depends on how a fraction is rounded.
fn are_good(claims: &[(String, Node)]) -> Option<bool> {
    let claim = |name: &str| claims.iter().find(|(own, _)| own == name).map(|(_, value)| value.value());
    let strings_fit = ["iss", "sub", "jti"].into_iter().all(|name| claim(name).is_none_or(|value| value.is_string()));
    let audience_fits = claim("aud").is_none_or(|value| match value {
        Value::Array(several) => several.iter().all(Value::is_string),
        one => one.is_string(),
    });
    let mut dates = [None; 3];
    for (date, name) in dates.iter_mut().zip(["exp", "nbf", "iat"]) {
        let Some(value) = claim(name) else { continue };
        let Some(seconds) = value.as_f64() else { return Some(false) };
        let edges = [*DATES.start(), *DATES.end(), NOW as f64, NOW as f64 + 1.0];
        if value.is_f64() && edges.iter().any(|edge| (seconds - edge).abs() < 1.1) {
            return None;
        }
        if !DATES.contains(&seconds) {
            return Some(false);
        }
        *date = Some(seconds);
    }
    let [exp, nbf, _] = dates;
    let now = NOW as f64;
    let on_time = exp.is_some_and(|exp| exp.floor() > now) && nbf.is_none_or(|nbf| nbf.ceil() <= now);
    Some(strings_fit && audience_fits && on_time && claim("iss").is_some_and(|issuer| issuer == ISSUER))
}

/// Any header over good claims: accepted only if the header is strict JSON, says HS256, and demands nothing.
fn signed_header(fixture: &Fixture, header: &[u8]) {
    let token = sign(&fixture.hmac, header, br#"{"iss":"joe","exp":1300819380}"#);
    let accepted = verify(fixture, &token).is_some();
    let node = std::str::from_utf8(header).ok().and_then(Node::read);
    if node.as_ref().is_some_and(Node::is_on_the_edge) {
        return;
    }
    let members = node.as_ref().and_then(Node::strict);
    let says = |members: &[(String, Node)], name: &str| {
        members.iter().find(|(own, _)| own == name).map(|(_, value)| value.value())
    };
    let good = members.is_some_and(|members| {
        says(members, "alg") == Some("HS256".into()) && says(members, "crit").is_none() && header.len() <= 8 * 1024
    });
    assert!(good || !accepted);
    // Registered parameters have rules of their own; without any, nothing stands in the way.
    let only_alg = members.is_some_and(|members| {
        const REGISTERED: [&str; 11] =
            ["jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "b64"];
        members.iter().all(|(name, _)| !REGISTERED.contains(&name.as_str()))
    });
    assert!(accepted || !(good && only_alg));
}
