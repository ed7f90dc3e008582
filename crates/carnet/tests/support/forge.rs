//! Tokens as an attacker would make them: any header, any payload, and a signature all the same.

use carnet::prelude::*;
use carnet::{IntoKeySource, LocalKeys, base64url};
use serde_json::Value;

/// A token with exactly this header and this payload, whatever they say, signed with `key`.
pub(crate) fn forge(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>, key: &SigningKey) -> String {
    let mut token = format!("{}.{}", base64url::encode(header.as_ref()), base64url::encode(payload.as_ref()));
    let signature = key.sign_message(token.as_bytes()).unwrap();
    token.push('.');
    token.push_str(&base64url::encode(&signature));
    token
}

/// Both ends of one secret of 64 octets.
pub(crate) fn hmac(algorithm: Algorithm) -> (SigningKey, VerifyingKey) {
    let secret = Secret::from_bytes([7; 64]).unwrap();
    (SigningKey::from_secret(algorithm, &secret).unwrap(), VerifyingKey::from_secret(algorithm, &secret).unwrap())
}

/// A verifier that allows every algorithm and demands no more of the claims than it always does, in June 2025.
pub(crate) fn lenient<I: IntoKeySource>(keys: I) -> Verifier<I::Source> {
    let builder = Verifier::builder(keys).any_issuer().any_audience().expiry_optional().at(1_750_000_000);
    builder.algorithms(Algorithm::ALL.iter().copied()).build().unwrap()
}

/// `accepted`, or the code of the error.
pub(crate) fn outcome<K: LocalKeys>(verifier: &Verifier<K>, token: &str) -> &'static str {
    match verifier.verify::<Value>(token) {
        Ok(_) => "accepted",
        Err(error) => error.code(),
    }
}
