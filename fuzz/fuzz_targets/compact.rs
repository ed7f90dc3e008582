//! The compact serialization: what is decoded is the whole token, and joins to the same token again.
#![no_main]

use carnet::{Limits, ParseError, dangerous, jws};
use carnet_fuzz::{Node, join, octets};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    // As it is; and, so that more than the first rule is reached, cut at line ends and each piece in base64url.
    if let Ok(text) = std::str::from_utf8(data) {
        token(text);
    }
    let pieces: Vec<String> = data.split(|octet| *octet == b'\n').take(7).map(carnet_fuzz::base64url).collect();
    token(&pieces.join("."));
});

fn token(text: &str) {
    let decoded = match jws::dangerous::decode(text, &Limits::default()) {
        Ok(decoded) => decoded,
        Err(error) => {
            assert!(dangerous::decode::<Value>(text).is_err());
            let message = error.to_string();
            assert!(message.len() < 1000, "a message repeats no more of a token than a name: {message}");
            let segments = text.split('.').count();
            if text.len() <= 64 * 1024 {
                assert_eq!(error == ParseError::Encrypted, segments == 5, "{error}");
                assert_eq!(error == ParseError::NotThreeSegments, segments != 3 && segments != 5, "{error}");
            }
            return;
        }
    };
    let header = decoded.header();
    // A payload may stand as it is where the header says so (RFC 7797).
    let unencoded = header.has_unencoded_payload();
    let joined = match std::str::from_utf8(decoded.payload()) {
        Ok(payload) if unencoded => {
            let [header, signature] = [header.as_json().as_bytes(), decoded.signature()].map(carnet_fuzz::base64url);
            format!("{header}.{payload}.{signature}")
        }
        _ => join(header.as_json(), decoded.payload(), decoded.signature()),
    };
    assert_eq!(joined, text);
    assert!(Node::read(header.as_json()).is_some_and(|node| node.strict().is_some()));
    // Debug shows names of the header, escaped and cut, and nothing of the signature, unless a name happens to spell it.
    let signature = carnet_fuzz::base64url(decoded.signature());
    let shown = signature.len() > 20 && format!("{decoded:?}").contains(&signature);
    assert!(!shown || header.as_json().contains(&signature));

    // Claims are decoded from the same octets, where there are claims.
    if let Ok(claims) = dangerous::decode::<Value>(text) {
        let payload = text.split('.').nth(1).expect("there is a payload");
        let payload = match unencoded {
            true => payload.as_bytes().to_vec(),
            false => octets(payload).expect("the payload is base64url"),
        };
        assert_eq!(decoded.payload(), payload);
        assert_eq!(serde_json::from_slice::<Value>(&payload).ok().as_ref(), Some(claims.claims()));
        assert_eq!(claims.signature_octets(), decoded.signature().len());
    }

    // A limit of the length is kept, and one below it is broken.
    let mut limits = Limits::default();
    limits.token_octets = text.len();
    assert!(jws::dangerous::decode(text, &limits).is_ok());
    limits.token_octets = text.len() - 1;
    assert!(matches!(jws::dangerous::decode(text, &limits), Err(ParseError::TooLarge { .. })));
    limits = Limits::default();
    limits.header_octets = header.as_json().len();
    assert!(jws::dangerous::decode(text, &limits).is_ok());
    limits.header_octets -= 1;
    assert!(matches!(jws::dangerous::decode(text, &limits), Err(ParseError::TooLarge { .. })));
}
