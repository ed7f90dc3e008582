//! One token in every serialization.

use carnet::jws::{JwsError, JwsVerifier};
use carnet::{LocalKeys, base64url};
use serde_json::json;

/// What a verifier says to a compact token: its payload or the code of the error. Before that it is asked about the same parts in every other serialization,
/// and must say the same.
pub(crate) fn everywhere<K: LocalKeys>(verifier: &JwsVerifier<K>, token: &str) -> Result<Vec<u8>, &'static str> {
    let code = |error: JwsError| error.code();
    let compact = verifier.verify(token).map(|jws| jws.payload().to_vec()).map_err(code);
    let [protected, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { return compact };
    let limit = verifier.current_limits().token_octets;
    let agree = |form: &str, other: Result<Vec<u8>, &'static str>| match (&compact, &other) {
        // What is wrong with the form may be found in another order.
        (Err("malformed"), Err(_)) => {}
        _ => assert_eq!(compact, other, "{form}: {}", token.get(..500).unwrap_or(token)),
    };

    let one = json!({"protected": protected, "signature": signature});
    let flattened = json!({"payload": payload, "protected": protected, "signature": signature});
    let general = json!({"payload": payload, "signatures": [one]});
    for (form, text) in [("flattened", flattened.to_string()), ("general", general.to_string())] {
        if text.len() <= limit {
            agree(form, verifier.verify_json(&text).map(|jws| jws.payload().to_vec()).map_err(code));
        }
        assert!(verifier.verify(&text).is_err(), "{form} as compact");
    }

    let Ok(payload) = base64url::decode(payload) else { return compact };
    if compact == Err("too_large") {
        return compact; // perhaps for what is taken out
    }
    let given = |verified: Result<(), JwsError>| verified.map(|()| payload.clone()).map_err(code);
    let detached = format!("{protected}..{signature}");
    agree("detached", given(verifier.verify_detached(&detached, &payload).map(drop)));
    agree("detached, read", given(verifier.verify_detached_reader(&detached, &payload[..]).unwrap().map(drop)));
    let general = json!({ "signatures": [one] }).to_string();
    for (form, text) in [("detached, flattened", one.to_string()), ("detached, general", general)] {
        agree(form, given(verifier.verify_json_detached(&text, &payload).map(drop)));
    }
    compact
}
