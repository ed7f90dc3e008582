//! Verification by other libraries, beside carnet: what the feature `peers` adds.
//!
//! All get the same token and the same key, read once, and check the signature, the issuer, the audience and the expiry. Before anything
//! is measured, each has accepted the token, found the claims in it, and refused those that are wrong in one of these.

use std::hint::black_box;

use josekit::JoseError;
use josekit::jws::{self, JwsVerifier};
use josekit::jwt::{self, JwtPayload, JwtPayloadValidator};
use jwt_simple::prelude::{
    Duration, ECDSAP256PublicKeyLike as _, ES256PublicKey, Ed25519PublicKey, EdDSAPublicKeyLike as _, HS256Key,
    HashSet, JWTClaims, MACLike as _, RS256PublicKey, RSAPublicKeyLike as _, VerificationOptions,
};

use crate::claims::{AUDIENCE, ISSUER, Owned};
use crate::keys::{Keys, SECRET};
use crate::wrong::wrong_tokens;
use crate::{Case, Contender, Task, Who, sign, verify};

/// carnet, josekit and jwt-simple.
pub(crate) fn case(keys: &Keys) -> Case {
    let token = sign::with_carnet(&keys.signing_key(), None);
    assert_same_checks(keys, &token);
    let josekit = Josekit::new(keys);
    let jwt_simple = jwt_simple(keys);
    let contenders = vec![
        verify::owned(keys, token.clone()),
        Contender::new(Who::Josekit, {
            let token = token.clone();
            move || {
                black_box(josekit.verify(black_box(&token)).expect("the token is good"));
            }
        }),
        Contender::new(Who::JwtSimple, move || {
            black_box(jwt_simple(black_box(&token)).expect("the token is good"));
        }),
    ];
    Case { task: Task::Verify, algorithm: keys.name, contenders }
}

fn assert_same_checks(keys: &Keys, token: &str) {
    let (carnet, josekit, jwt_simple) = (verify::verifier(keys), Josekit::new(keys), jwt_simple(keys));
    assert!(carnet.verify::<Owned>(token).expect("carnet accepts the token").claims().is_right());
    let claims = josekit.verify(token).expect("josekit accepts the token").claims_set().clone();
    assert!(serde_json::from_value::<Owned>(claims.into()).expect("the claims are there").is_right());
    assert!(jwt_simple(token).expect("jwt-simple accepts the token").custom.is_right());
    for (what, wrong) in wrong_tokens(keys) {
        assert!(carnet.verify::<Owned>(&wrong).is_err(), "carnet looks at the {what}");
        assert!(josekit.verify(&wrong).is_err(), "josekit looks at the {what}");
        assert!(jwt_simple(&wrong).is_err(), "jwt-simple looks at the {what}");
    }
}

/// It checks less: `exp` and `aud` may be missing. And more: `nbf`, and that `iat` is past. It gives a map of claims, and reads none
/// into a struct.
struct Josekit {
    verifier: Box<dyn JwsVerifier>,
    validator: JwtPayloadValidator,
}

impl Josekit {
    fn new(keys: &Keys) -> Self {
        let pem = keys.public_pem();
        let pem = pem.as_deref().unwrap_or_default();
        let verifier: Result<Box<dyn JwsVerifier>, JoseError> = match keys.name {
            "HS256" => jws::HS256.verifier_from_bytes(SECRET).map(|verifier| Box::new(verifier) as _),
            "RS256" => jws::RS256.verifier_from_pem(pem).map(|verifier| Box::new(verifier) as _),
            "ES256" => jws::ES256.verifier_from_pem(pem).map(|verifier| Box::new(verifier) as _),
            _ => jws::EdDSA.verifier_from_pem(pem).map(|verifier| Box::new(verifier) as _),
        };
        let mut validator = JwtPayloadValidator::new();
        validator.set_issuer(ISSUER);
        validator.set_audience(AUDIENCE);
        Self { verifier: verifier.expect("josekit reads the key"), validator }
    }

    fn verify(&self, token: &str) -> Result<JwtPayload, JoseError> {
        let (payload, _) = jwt::decode_with_verifier(token, &*self.verifier)?;
        self.validator.validate(&payload)?;
        Ok(payload)
    }
}

type JwtSimple = Box<dyn Fn(&str) -> Result<JWTClaims<Owned>, jwt_simple::Error>>;

/// It checks less: `exp` may be missing. And more: `nbf`, and that `iat` is past. It takes its options by value, so that who verifies
/// twice clones them.
fn jwt_simple(keys: &Keys) -> JwtSimple {
    let options = VerificationOptions {
        allowed_issuers: Some(HashSet::from([ISSUER.to_owned()])),
        allowed_audiences: Some(HashSet::from([AUDIENCE.to_owned()])),
        time_tolerance: Some(Duration::from_secs(0)),
        ..VerificationOptions::default()
    };
    let options = move || Some(options.clone());
    let Some(pem) = keys.public_pem() else {
        let key = HS256Key::from_bytes(SECRET);
        return Box::new(move |token| key.verify_token(token, options()));
    };
    match keys.name {
        "RS256" => {
            let key = RS256PublicKey::from_pem(&pem).expect("jwt-simple reads the key");
            Box::new(move |token| key.verify_token(token, options()))
        }
        "ES256" => {
            let key = ES256PublicKey::from_pem(&pem).expect("jwt-simple reads the key");
            Box::new(move |token| key.verify_token(token, options()))
        }
        _ => {
            let key = Ed25519PublicKey::from_pem(&pem).expect("jwt-simple reads the key");
            Box::new(move |token| key.verify_token(token, options()))
        }
    }
}
