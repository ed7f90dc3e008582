//! Tokens as an attacker would make them: any header, any payload, and a signature all the same.

#[path = "serializations.rs"]
mod serializations;

use carnet::jws::JwsVerifier;
use carnet::prelude::*;
use carnet::{IntoKeySource, LocalKeys, VerifyError, base64url};
use serde::de::IgnoredAny;
use serde_json::Value;
use serializations::everywhere;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

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
pub(crate) fn lenient<I: IntoKeySource<Source: LocalKeys>>(keys: I) -> Lenient<I::Source> {
    let keys = Arc::new(keys.into_key_source());
    let builder = Verifier::builder(Arc::clone(&keys)).any_issuer().any_audience().expiry_optional();
    let all = || Algorithm::ALL.iter().copied();
    let jwt = builder.at(1_750_000_000).algorithms(all()).build().unwrap();
    Lenient { jwt, jws: JwsVerifier::new(keys).algorithms(all()) }
}

/// A verifier of JSON Web Tokens, and one with the same keys for every serialization of JWS.
pub(crate) struct Lenient<K> {
    jwt: Verifier<Arc<K>>,
    jws: JwsVerifier<Arc<K>>,
}

impl<K> Deref for Lenient<K> {
    type Target = Verifier<Arc<K>>;

    fn deref(&self) -> &Self::Target {
        &self.jwt
    }
}

pub(crate) trait Judge {
    fn judge(&self, token: &str) -> &'static str;
}

/// Whatever type the claims are read into, and however it is asked, the answer is the same.
impl<K: LocalKeys> Judge for Verifier<K> {
    fn judge(&self, token: &str) -> &'static str {
        fn code<C>(verified: Result<C, VerifyError>) -> &'static str {
            verified.map_or_else(|error| error.code(), |_| "accepted")
        }
        #[derive(serde::Deserialize)]
        struct Nothing {}

        let answer = code(self.verify::<Value>(token));
        let others = [
            code(self.verify::<IgnoredAny>(token)),
            code(self.verify::<Nothing>(token)),
            code(self.verify::<Option<BTreeMap<String, IgnoredAny>>>(token)),
            code(self.verify_in::<IgnoredAny>(&mut TokenBuffer::new(), token)),
            self.explain(token).code().unwrap_or("accepted"),
        ];
        assert_eq!(others, [answer; 5], "{token}");
        answer
    }
}

/// The same parts in any other serialization must be judged alike.
impl<K: LocalKeys> Judge for Lenient<K> {
    fn judge(&self, token: &str) -> &'static str {
        let code = self.jwt.judge(token);
        if let Err(refused) = everywhere(&self.jws, token) {
            assert_eq!(code, refused, "what is no JWS is no JWT, for the same reason");
        }
        code
    }
}

/// `accepted`, or the code of the error.
pub(crate) fn outcome(verifier: &impl Judge, token: &str) -> &'static str {
    verifier.judge(token)
}
