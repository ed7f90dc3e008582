//! From the claims to the token's text.

use std::hint::black_box;

use carnet::prelude::{SigningKey, Token};
use jsonwebtoken::{EncodingKey, Header};

use crate::backend::hmac;
use crate::backend::rand::SystemRandom;
use crate::backend::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use crate::claims::{
    AUDIENCE, EXPIRES_AT, Everything, ISSUED_AT, ISSUER, KEY_ID, SUBJECT, TOKEN_ID, custom, everything,
};
use crate::keys::{Keys, Raw};
use crate::{Case, Contender, Task, Who};

/// Both libraries write the same claims, `jti` given, under a header of `typ`, `alg` and `kid`.
pub(crate) fn case(keys: &Keys) -> Case {
    Case { task: Task::Sign, algorithm: keys.name, contenders: vec![carnet(keys), peer(keys), raw(keys)] }
}

/// What a program writes for every token. The times are given, so that both libraries sign the same.
pub(crate) fn with_carnet(key: &SigningKey, id: Option<&'static str>) -> String {
    let mut token = Token::builder()
        .issuer(ISSUER)
        .subject(SUBJECT)
        .audience(AUDIENCE)
        .expires_at(EXPIRES_AT)
        .issued_at(ISSUED_AT)
        .claims(&custom());
    if let Some(id) = id {
        token = token.id(id);
    }
    token.sign(key).expect("carnet signs")
}

pub(crate) fn with_peer(keys: &Keys) -> String {
    encode(&header(keys), &everything(Some(TOKEN_ID)), &keys.encoding_key())
}

fn header(keys: &Keys) -> Header {
    let mut header = Header::new(keys.peer);
    header.kid = Some(KEY_ID.to_owned());
    header
}

fn encode(header: &Header, claims: &Everything, key: &EncodingKey) -> String {
    jsonwebtoken::encode(header, claims, key).expect("jsonwebtoken signs")
}

fn carnet(keys: &Keys) -> Contender {
    let key = keys.signing_key();
    Contender::new(Who::CarnetOwned, move || {
        black_box(with_carnet(black_box(&key), Some(TOKEN_ID)));
    })
}

fn peer(keys: &Keys) -> Contender {
    let (header, key) = (header(keys), keys.encoding_key());
    Contender::new(Who::Jsonwebtoken, move || {
        black_box(encode(black_box(&header), &everything(Some(TOKEN_ID)), &key));
    })
}

/// The length of a signature.
fn modulus_octets(pair: &RsaKeyPair) -> usize {
    #[cfg(feature = "aws-lc-rs")]
    return pair.public_modulus_len();
    #[cfg(not(feature = "aws-lc-rs"))]
    return pair.public().modulus_len();
}

/// The primitive alone, over the signing input.
fn raw(keys: &Keys) -> Contender {
    let token = with_carnet(&keys.signing_key(), Some(TOKEN_ID));
    let (message, _) = token.rsplit_once('.').expect("a token has three segments");
    let message = message.as_bytes().to_vec();
    let random = SystemRandom::new();
    match keys.raw() {
        Raw::Hmac(key) => Contender::new(Who::Backend, move || {
            black_box(hmac::sign(&key, black_box(&message)));
        }),
        Raw::Rsa(pair) => {
            let mut signature = vec![0; modulus_octets(&pair)];
            Contender::new(Who::Backend, move || {
                pair.sign(&RSA_PKCS1_SHA256, &random, black_box(&message), &mut signature).expect("the backend signs");
            })
        }
        Raw::Ec(pair) => Contender::new(Who::Backend, move || {
            black_box(pair.sign(&random, black_box(&message)).expect("the backend signs"));
        }),
        Raw::Ed25519(pair) => Contender::new(Who::Backend, move || {
            black_box(pair.sign(black_box(&message)));
        }),
    }
}
