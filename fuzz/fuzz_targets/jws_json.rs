//! JSON serializations: what is accepted was signed, says the same in every serialization, and says it again when it is written anew.
//!
//! The first octet chooses: text as it is; a genuine text with alterations; or headers and a payload of any kind that are signed with the key, so that
//! what comes after the signature is reached.
#![no_main]

use std::sync::LazyLock;

use carnet::Limits;
use carnet::jws::{GeneralJwsBuilder, JwsBuilder, JwsVerifier, VerifiedJsonJws, dangerous};
use carnet::prelude::*;
use carnet_fuzz::{Node, base64url};
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;
use serde_json::json;

struct Fixture {
    key: SigningKey,
    verifier: JwsVerifier<VerifyingKeys>,
    /// Texts that are accepted, each with its payload.
    genuine: Vec<(String, Vec<u8>)>,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let secret = Secret::from_bytes([7; 64]).expect("it is long enough");
    let key = SigningKey::from_secret(HS256, &secret).expect("it signs");
    let verifying = VerifyingKey::from_secret(HS256, &secret).expect("it verifies");
    let verifier = JwsVerifier::new(verifying).understands(["x"]).unencoded_payload();
    let builders = [
        JwsBuilder::new(),
        JwsBuilder::new().critical("x", &1).unprotected("kid", "1"),
        JwsBuilder::new().unencoded_payload().typ("t"),
    ];
    let mut genuine = Vec::new();
    for builder in builders {
        let general = GeneralJwsBuilder::new(builder.clone(), &key).signature(builder.clone(), &key);
        for text in [builder.sign_json(b"a payload", &key), general.sign(b"a payload")] {
            genuine.push((text.expect("it is signed"), b"a payload".to_vec()));
        }
    }
    let fixture = Fixture { key, verifier, genuine };
    assert!(fixture.genuine.iter().all(|(text, _)| accepted(&fixture, text).is_some()));
    fixture
});

fuzz_target!(|data: &[u8]| {
    let Some((&mode, data)) = data.split_first() else { return };
    let fixture = &*FIXTURE;
    match mode % 3 {
        0 => {
            if let Ok(text) = std::str::from_utf8(data) {
                check(fixture, text);
            }
        }
        1 => altered(fixture, data),
        _ => signed(fixture, data),
    }
});

/// Nothing but what was signed is accepted, whatever is done to a genuine text.
fn altered(fixture: &Fixture, data: &[u8]) {
    let Some((&which, alterations)) = data.split_first() else { return };
    let (genuine, payload) = &fixture.genuine[usize::from(which) % fixture.genuine.len()];
    let mut octets = genuine.clone().into_bytes();
    for alteration in alterations.chunks_exact(3).take(16) {
        let at = usize::from(u16::from_le_bytes([alteration[0], alteration[1] & 0x3f])) % octets.len();
        match alteration[1] >> 6 {
            0 => octets[at] = alteration[2],
            1 => octets.insert(at, alteration[2]),
            2 if octets.len() > 1 => drop(octets.remove(at)),
            _ => {
                let with = usize::from(alteration[2]) % octets.len();
                octets.swap(at, with);
            }
        }
        if octets.is_empty() {
            return;
        }
    }
    let Ok(text) = String::from_utf8(octets) else { return };
    if let Some(verified) = check(fixture, &text) {
        assert_eq!(verified.payload(), payload, "{text}");
    }
}

/// Two headers and a payload, cut at line ends and signed as they are.
fn signed(fixture: &Fixture, data: &[u8]) {
    let mut pieces = data.splitn(3, |octet| *octet == b'\n');
    let [protected, unprotected, payload] = [(); 3].map(|()| pieces.next().unwrap_or_default());
    let (protected, payload) = (base64url(protected), base64url(payload));
    let mac = fixture.key.sign_message(format!("{protected}.{payload}").as_bytes()).expect("it signs");
    let signature = base64url(&*mac);
    let Ok(unprotected) = std::str::from_utf8(unprotected) else { return };
    let header = if unprotected.is_empty() { String::new() } else { format!(r#","header":{unprotected}"#) };
    let members = format!(r#""protected":"{protected}"{header},"signature":"{signature}""#);
    let flattened = check(fixture, &format!(r#"{{"payload":"{payload}",{members}}}"#)).is_some();
    // Text that is more than one value reaches out of the header; and one that nests deep may be refused in the general form alone.
    let general = check(fixture, &format!(r#"{{"payload":"{payload}","signatures":[{{{members}}}]}}"#)).is_some();
    let one_value = unprotected.is_empty() || serde_json::from_str::<IgnoredAny>(unprotected).is_ok();
    assert!(flattened == general || !one_value || data.len() > 120, "{members}");
    // Without an unprotected header there is nothing in it that a compact token could not say.
    if unprotected.is_empty() {
        let compact = fixture.verifier.verify(&format!("{protected}.{payload}.{signature}"));
        assert_eq!(compact.is_ok(), flattened, "{members}");
    }
}

fn accepted(fixture: &Fixture, text: &str) -> Option<VerifiedJsonJws> {
    match fixture.verifier.verify_json(text) {
        Ok(verified) => Some(verified),
        Err(error) => {
            let message = error.to_string();
            assert!(message.len() < 1000, "a message repeats no more of a token than a name: {message}");
            None
        }
    }
}

/// Verifies a text; of one that is accepted, everything that must hold then.
fn check(fixture: &Fixture, text: &str) -> Option<VerifiedJsonJws> {
    assert!(fixture.verifier.verify(text).is_err(), "JSON is never a compact token");
    let decoded = dangerous::decode_json(text, &Limits::default());
    let verified = accepted(fixture, text)?;
    let signature = verified.signature();
    assert_eq!(verified.signatures().count(), 1);
    assert!(Node::read(text).is_some_and(|node| node.strict().is_some()), "accepted, and not strict: {text}");

    // What verifying gives is what decoding gives, of the signature it names.
    let decoded = decoded.expect("what is verified can be decoded");
    assert_eq!(decoded.payload(), Some(verified.payload()));
    let named = &decoded.signatures()[signature.index()];
    let protected = signature.protected().expect("the algorithm is in it");
    assert_eq!(named.protected().map(|header| header.as_json()), Some(protected.as_json()));
    assert_eq!(
        named.unprotected().map(|header| header.as_json()),
        signature.unprotected().map(|header| header.as_json())
    );

    // Written anew from these parts, in both forms and without the unprotected header, it is the same again.
    let unencoded = protected.has_unencoded_payload();
    let payload = match unencoded {
        true => std::str::from_utf8(verified.payload()).expect("it was a JSON string").to_owned(),
        false => base64url(verified.payload()),
    };
    let (header, octets) = (base64url(protected.as_json()), base64url(named.octets()));
    let one = json!({"protected": header, "signature": octets});
    let mut flattened = one.clone();
    flattened["payload"] = json!(payload);
    for again in [flattened, json!({"payload": payload, "signatures": [one]})] {
        let again = again.to_string();
        if again.len() <= Limits::default().token_octets {
            let again = accepted(fixture, &again).expect("the same parts are accepted again");
            assert_eq!(again.payload(), verified.payload());
            assert_eq!(again.signature().protected().map(|header| header.as_json()), Some(protected.as_json()));
        }
    }
    // The payload beside the token.
    let alone = json!({"protected": header, "signature": octets}).to_string();
    assert!(fixture.verifier.verify_json_detached(&alone, verified.payload()).is_ok());
    assert!(fixture.verifier.verify_detached(&format!("{header}..{octets}"), verified.payload()).is_ok());
    if let Ok(compact) = fixture.verifier.verify(&format!("{header}.{payload}.{octets}")) {
        assert_eq!((compact.payload(), compact.header().as_json()), (verified.payload(), protected.as_json()));
    } else {
        assert!(unencoded, "a compact token of the same parts is refused");
    }
    Some(verified)
}
