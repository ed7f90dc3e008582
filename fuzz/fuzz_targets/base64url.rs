//! base64url: one spelling for each octet string, the same for public and for secret text, and the same as elsewhere.
#![no_main]

use carnet::base64url::{decode, encode, secret};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // As octets.
    let text = encode(data);
    assert_eq!(text, carnet_fuzz::base64url(data));
    assert_eq!(text, *secret::encode(data));
    assert_eq!(decode(&text).as_deref(), Ok(data));

    // As text.
    let Ok(text) = std::str::from_utf8(data) else { return };
    let octets = decode(text).ok();
    assert_eq!(octets, carnet_fuzz::octets(text), "another implementation, strict");
    assert_eq!(octets, secret::decode(text).ok().map(|octets| octets.to_vec()), "that for secrets");
    if let Some(octets) = octets {
        assert_eq!(encode(&octets), text);
    }
});
