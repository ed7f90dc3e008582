//! DPoP: the proofs of RFC 9449, figures 2, 7 and 13, at their times, its access token (figure 8), whose key nobody has published, and its claims with a
//! nonce (figure 21), which are signed here with a key of our own.
#![cfg(test)]

use carnet::jws::JwsBuilder;
use carnet::oauth::{
    AccessTokenVerifier, DpopBuilder, DpopError, DpopNonces, DpopProof, DpopRequest, DpopVerifier, is_bound_to_sender,
};
use carnet::prelude::*;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use serde_json::Value;
use testkit::exceptions::Outcomes;
use testkit::vectors;

#[test]
fn rfc9449() {
    let file = vectors::load("rfc/rfc9449.json");
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(file["count"], vectors.len());
    let mut outcomes = Outcomes::new("rfc9449");
    for vector in vectors {
        match vector["type"].as_str().unwrap() {
            "dpop-proof-jwt" => proof(vector, &mut outcomes),
            "jwt" => access_token(vector, vectors, &mut outcomes),
            "claims-set" => claims_with_nonce(vector, &mut outcomes),
            other => panic!("{other}"),
        }
    }
    outcomes.finish();
}

fn proof(vector: &Value, outcomes: &mut Outcomes) {
    let sent = Sent::of(vector);
    let id = vector["id"].as_str().unwrap();
    let dpop = dpop(sent.iat).build().unwrap();
    let jkt = text(vector, "jwk_thumbprint_b64u");
    outcomes.check(id, jkt, &sent.verdict(&dpop));
    outcomes.check(&format!("{id}/again"), "invalid_dpop_proof", &sent.verdict(&dpop));

    // 60 s and 5 s of leeway.
    for (later, expected) in [(65, jkt), (66, "invalid_dpop_proof"), (-5, jkt), (-6, "invalid_dpop_proof")] {
        let time = sent.iat.checked_add(later).unwrap();
        outcomes.check(&format!("{id}/at-{time}"), expected, &sent.verdict(&self::dpop(time).build().unwrap()));
    }
    let (message, signature) = sent.proof.rsplit_once('.').unwrap();
    let signature: String = signature.chars().rev().collect();
    let tampered = format!("{message}.{signature}");
    let elsewhere = format!("{}/", sent.uri);
    for (what, changed) in [
        ("method", Sent { method: "PUT", ..sent }),
        ("uri", Sent { uri: &elsewhere, ..sent }),
        ("signature", Sent { proof: &tampered, ..sent }),
    ] {
        let verdict = changed.verdict(&self::dpop(sent.iat).build().unwrap());
        outcomes.check(&format!("{id}/{what}"), "invalid_dpop_proof", &verdict);
    }
    let other_algorithm = DpopVerifier::builder([EdDSA]).at(sent.iat).build().unwrap();
    outcomes.check(&format!("{id}/algorithm"), "invalid_dpop_proof", &sent.verdict(&other_algorithm));
    let nonces = DpopNonces::new(&Secret::from_bytes([7; 32]).unwrap(), Duration::from_secs(60)).unwrap();
    let with_nonces = self::dpop(sent.iat).nonces(nonces).build().unwrap();
    outcomes.check(&format!("{id}/nonce"), "use_dpop_nonce", &sent.verdict(&with_nonces));

    // The access token, of the one proof that is for any.
    let fresh = || self::dpop(sent.iat).build().unwrap();
    let (without, with_other) = match sent.access_token {
        Some(_) => (Sent { access_token: None, ..sent }, Sent { access_token: Some("another"), ..sent }),
        None => return,
    };
    outcomes.check(&format!("{id}/without-token"), "invalid_dpop_proof", &without.verdict(&fresh()));
    outcomes.check(&format!("{id}/other-token"), "dpop_binding_mismatch", &with_other.verdict(&fresh()));
    let other_key = Sent { jkt: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", ..sent };
    outcomes.check(&format!("{id}/other-key"), "dpop_binding_mismatch", &other_key.verdict(&fresh()));
}

/// What is left of a token whose key is not published: its claims, under a key of our own.
fn access_token(vector: &Value, vectors: &[Value], outcomes: &mut Outcomes) {
    let id = vector["id"].as_str().unwrap();
    let printed = carnet::dangerous::decode::<Value>(text(vector, "compact")).unwrap().into_claims();
    outcomes.check(id, &vector["claims"].to_string(), &printed.to_string());

    let key = SigningKey::generate(ES256).unwrap();
    let token = JwsBuilder::new().sign(printed.to_string().as_bytes(), &key).unwrap();
    let policy = Verifier::builder(key.verifying_key()).issuer(text(&printed, "iss")).any_audience();
    let policy = policy.at(printed["nbf"].as_i64().unwrap()).build().unwrap();
    let api = AccessTokenVerifier::with_policy(policy);
    let as_bearer = api.verify(&token).unwrap_err();
    outcomes.check(&format!("{id}/bearer"), "claim_forbidden", as_bearer.code());
    assert!(is_bound_to_sender(&as_bearer));

    // It is bound to the key of every proof; each proof is for no token, or for another.
    for vector in vectors.iter().filter(|vector| vector["type"] == "dpop-proof-jwt") {
        let sent = Sent::of(vector);
        let case = format!("{id}/{}", text(vector, "id"));
        outcomes.check(&format!("{case}/jkt"), text(&printed["cnf"], "jkt"), sent.jkt);
        let (dpop, request) = (dpop(sent.iat).build().unwrap(), DpopRequest::new(sent.method, sent.uri));
        let outcome = now(api.verify_dpop_async(&token, sent.proof, &request, &dpop));
        outcomes.check(&case, "dpop_binding_mismatch", outcome.unwrap_err().code());
    }
}

fn claims_with_nonce(vector: &Value, outcomes: &mut Outcomes) {
    let id = vector["id"].as_str().unwrap();
    let key = SigningKey::generate(ES256).unwrap();
    let jwk = key.public_jwk().unwrap();
    let builder = JwsBuilder::new().typ("dpop+jwt").header("jwk", &jwk);
    let proof = builder.sign(vector["claims"].to_string().as_bytes(), &key).unwrap();
    let thumbprint = jwk.thumbprint().to_string();
    let sent = Sent { proof: &proof, jkt: &thumbprint, ..Sent::of_claims(&vector["claims"]) };
    outcomes.check(id, &thumbprint, &sent.verdict(&dpop(sent.iat).build().unwrap()));
    // It is a nonce of another server.
    let nonces = DpopNonces::new(&Secret::from_bytes([7; 32]).unwrap(), Duration::from_secs(60)).unwrap();
    let ours = dpop(sent.iat).nonces(nonces).build().unwrap();
    outcomes.check(&format!("{id}/of-another-server"), "use_dpop_nonce", &sent.verdict(&ours));
}

/// A proof, and the request it came with.
#[derive(Clone, Copy)]
struct Sent<'a> {
    proof: &'a str,
    method: &'a str,
    uri: &'a str,
    iat: i64,
    access_token: Option<&'a str>,
    jkt: &'a str,
}

impl<'a> Sent<'a> {
    fn of_claims(claims: &'a Value) -> Self {
        let iat = claims["iat"].as_i64().unwrap();
        Self { proof: "", method: text(claims, "htm"), uri: text(claims, "htu"), iat, access_token: None, jkt: "" }
    }

    fn of(vector: &'a Value) -> Self {
        Self {
            proof: text(vector, "compact"),
            access_token: vector["access_token"].as_str(),
            jkt: text(vector, "jwk_thumbprint_b64u"),
            ..Self::of_claims(&vector["claims"])
        }
    }

    /// The thumbprint of the key, or the code of the error.
    fn verdict(&self, dpop: &DpopVerifier) -> String {
        let request = DpopRequest::new(self.method, self.uri);
        let outcome: Result<DpopProof, DpopError> = match self.access_token {
            Some(token) => now(dpop.verify_for_token_async(self.proof, &request, token, self.jkt)),
            None => now(dpop.verify_async(self.proof, &request)),
        };
        outcome.map_or_else(|error| error.code().to_owned(), |proof| proof.jwk_thumbprint().to_string())
    }
}

fn dpop(time: i64) -> DpopBuilder {
    DpopVerifier::builder([ES256]).at(time)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

/// Nothing here ever waits.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("pending"),
    }
}
