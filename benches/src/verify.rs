//! From the token's text to checked claims.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carnet::SignatureCache;
use carnet::prelude::{TokenBuffer, Verifier};
use jsonwebtoken::Validation;

use crate::backend::{PublicKey, hmac, signature};
use crate::claims::{AUDIENCE, Borrowed, ISSUER, Owned};
use crate::keys::{Keys, Raw};
use crate::{Case, Contender, Task, Who, sign};

/// Every library verifies the same token: the signature, issuer, audience and expiry, and the claims into a struct of three fields.
pub(crate) fn case(keys: &Keys) -> Case {
    let token = sign::with_carnet(&keys.signing_key(), None);
    let contenders =
        vec![owned(keys, token.clone()), borrowed(keys, token.clone()), peer(keys, token.clone()), raw(keys, &token)];
    Case { task: Task::Verify, algorithm: keys.name, contenders }
}

/// A client sends one token with every request: without the signature cache, and through it.
pub(crate) fn repeated(keys: &Keys) -> Case {
    let token = sign::with_carnet(&keys.signing_key(), None);
    let contenders = vec![owned(keys, token.clone()), cached(keys, token)];
    Case { task: Task::Repeat, algorithm: keys.name, contenders }
}

/// The policy of a service: issuer and audience named, everything else as it is by default.
pub(crate) fn verifier(keys: &Keys) -> Verifier<carnet::VerifyingKeys> {
    Verifier::builder(keys.verifying_keys()).issuer(ISSUER).audience(AUDIENCE).build().expect("the policy is sound")
}

/// The same policy for jsonwebtoken. It checks less: `nbf` is not looked at, and `iss` and `aud` may be missing, since requiring them
/// takes a call more and time more.
pub(crate) fn validation(keys: &Keys) -> Validation {
    let mut validation = Validation::new(keys.peer);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.leeway = 0;
    validation
}

pub(crate) fn owned(keys: &Keys, token: String) -> Contender {
    let verifier = verifier(keys);
    Contender::new(Who::CarnetOwned, move || {
        black_box(verifier.verify::<Owned>(black_box(&token)).expect("the token is good"));
    })
}

fn cached(keys: &Keys, token: String) -> Contender {
    let cache = SignatureCache::new(10_000).expect("the system gives random octets");
    let verifier = Verifier::builder(keys.verifying_keys()).issuer(ISSUER).audience(AUDIENCE);
    let verifier = verifier.signature_cache(cache.clone()).build().expect("the policy is sound");
    for hits in 0..2 {
        assert!(verifier.verify::<Owned>(&token).expect("the token is good").claims().is_right());
        assert_eq!((cache.hits(), cache.misses()), (hits, 1), "the second look finds what the first remembered");
    }
    Contender::new(Who::CarnetCached, move || {
        black_box(verifier.verify::<Owned>(black_box(&token)).expect("the token is good"));
    })
}

fn borrowed(keys: &Keys, token: String) -> Contender {
    let verifier = verifier(keys);
    let mut buffer = TokenBuffer::new();
    Contender::new(Who::CarnetBorrowed, move || {
        let verified = verifier.verify_in::<Borrowed<'_>>(&mut buffer, black_box(&token));
        black_box(verified.expect("the token is good"));
    })
}

fn peer(keys: &Keys, token: String) -> Contender {
    let (key, validation) = (keys.decoding_key(), validation(keys));
    Contender::new(Who::Jsonwebtoken, move || {
        black_box(jsonwebtoken::decode::<Owned>(black_box(&token), &key, &validation).expect("the token is good"));
    })
}

/// The primitive alone, over the signing input and the decoded signature, with the key in the form in which carnet keeps it.
fn raw(keys: &Keys, token: &str) -> Contender {
    let (message, signature) = token.rsplit_once('.').expect("a token has three segments");
    let message = message.as_bytes().to_vec();
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("a signature is base64url");
    let pair = keys.raw();
    let octets = pair.public();
    let algorithm: &'static dyn signature::VerificationAlgorithm = match pair {
        Raw::Hmac(key) => {
            return Contender::new(Who::Backend, move || {
                hmac::verify(&key, black_box(&message), &signature).expect("the tag is good");
            });
        }
        Raw::Rsa(_) => &signature::RSA_PKCS1_2048_8192_SHA256,
        Raw::Ec(_) => &signature::ECDSA_P256_SHA256_FIXED,
        Raw::Ed25519(_) => &signature::ED25519,
    };
    let public = PublicKey::new(algorithm, &octets);
    Contender::new(Who::Backend, move || public.verify(black_box(&message), &signature))
}
