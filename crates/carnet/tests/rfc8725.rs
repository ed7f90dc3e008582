//! JSON Web Token Best Current Practices: RFC 8725, sections 3.1 to 3.12, and what its successor (RFC 8725bis, a draft) adds in 3.13 to 3.15. Each test is
//! named after its section. What binds the application is shown as what the library offers for it.
#![cfg(test)]

#[path = "support/forge.rs"]
mod forge;

use carnet::jws::{GeneralJwsBuilder, JwsBuilder, JwsVerifier};
use carnet::prelude::*;
use carnet::{PolicyError, TokenBuilder, base64url};
use forge::{forge, hmac, lenient, outcome};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::vectors;

const HEADER: &str = r#"{"alg":"HS256"}"#;
const CLAIMS: &str = r#"{"sub":"admin","exp":4102444800}"#;

fn rsa() -> PrivateJwk {
    PrivateJwk::from_json(&vectors::load("attacks/attack_tokens.json")["keys"]["rsa"].to_string()).unwrap()
}

fn token(alg: &str, key: &SigningKey) -> String {
    forge(json!({ "alg": alg }).to_string(), CLAIMS, key)
}

#[test]
fn rfc8725_3_1_only_the_algorithms_that_the_caller_names() {
    let (ec, ed) = (SigningKey::generate(ES256).unwrap(), SigningKey::generate(EdDSA).unwrap());
    let keys: VerifyingKeys = [ec.verifying_key(), ed.verifying_key()].into_iter().collect();
    let allowing = |algorithms: &[Algorithm]| {
        Verifier::builder(keys.clone()).any_issuer().any_audience().algorithms(algorithms.iter().copied()).build()
    };
    let both = allowing(&[ES256, EdDSA]).unwrap();
    assert_eq!((outcome(&both, &token("ES256", &ec)), outcome(&both, &token("EdDSA", &ed))), ("accepted", "accepted"));
    let one = allowing(&[ES256]).unwrap();
    assert_eq!(outcome(&one, &token("ES256", &ec)), "accepted");
    assert_eq!(outcome(&one, &token("EdDSA", &ed)), "algorithm_not_allowed");
    assert_eq!(allowing(&[]).unwrap_err(), PolicyError::NoAlgorithms);
    let jws = JwsVerifier::new(keys.clone()).algorithms([ES256]);
    assert!(jws.verify(&token("ES256", &ec)).is_ok());
    assert_eq!(jws.verify(&token("EdDSA", &ed)).unwrap_err().code(), "algorithm_not_allowed");
    // A list of what is allowed, and not of what is not: a spelling that nobody thought of is on no list.
    for alg in ["none", "nOnE", "es256", "ES256 ", "ES256\u{200b}", "ES257", ""] {
        assert_eq!(outcome(&both, &token(alg, &ec)), "algorithm_not_allowed", "{alg:?}");
    }
}

#[test]
fn rfc8725_3_1_alg_says_what_is_computed() {
    let [pkcs1, pss] = [RS256, PS256].map(|algorithm| SigningKey::from_jwk_as(algorithm, &rsa()).unwrap());
    let keys: VerifyingKeys = [pkcs1.verifying_key(), pss.verifying_key()].into_iter().collect();
    let verifier = lenient(keys);
    for (alg, key, expected) in [
        ("RS256", &pkcs1, "accepted"),
        ("PS256", &pss, "accepted"),
        ("RS256", &pss, "invalid_signature"),
        ("PS256", &pkcs1, "invalid_signature"),
        ("RS384", &pkcs1, "algorithm_not_allowed"),
    ] {
        assert_eq!(outcome(&verifier, &token(alg, key)), expected, "{alg}");
    }
}

/// Bound when the key is made; what another algorithm makes with it is not even tried.
#[test]
fn rfc8725_3_1_one_key_one_algorithm() {
    let bound = SigningKey::from_jwk_as(PS256, &rsa()).unwrap();
    assert_eq!((bound.algorithm(), bound.verifying_key().algorithm()), (PS256, PS256));
    let says_so = bound.public_jwk().unwrap();
    assert_eq!(says_so.algorithm(), Some("PS256"));
    assert_eq!(VerifyingKey::from_jwk_as(RS256, &says_so).unwrap_err().code(), "key_not_for_this");
    let other = SigningKey::from_jwk_as(RS256, &rsa()).unwrap();
    assert_eq!(outcome(&lenient(bound.verifying_key()), &token("RS256", &other)), "algorithm_not_allowed");
    // A public key is never a secret.
    for algorithm in [HS256, HS384, HS512] {
        assert!(VerifyingKey::from_jwk_as(algorithm, &rsa().public_jwk().unwrap()).is_err());
        assert!(Secret::from_bytes(says_so.to_pem().unwrap()).is_err());
    }
}

#[test]
fn rfc8725_3_2_none_is_neither_made_nor_taken() {
    let (key, verifying) = hmac(HS256);
    assert_eq!("none".parse::<Algorithm>().unwrap_err().code(), "unsupported_algorithm");
    assert!(JwsBuilder::new().header("alg", "none").sign(b"{}", &key).is_err());
    assert!(Token::builder().never_expires().header("alg", "none").sign(&key).is_err());
    let unsecured = format!("{}.{}.", base64url::encode(br#"{"alg":"none"}"#), base64url::encode(CLAIMS.as_bytes()));
    assert_eq!(outcome(&lenient(verifying), &unsecured), "algorithm_not_allowed");
    // Read only where that is said by name, and then nothing is verified.
    assert_eq!(carnet::dangerous::decode::<Value>(&unsecured).unwrap().claims()["sub"], "admin");
}

#[test]
fn rfc8725_3_2_no_encryption_with_rsa_pkcs1() {
    for alg in ["RSA1_5", "RSA-OAEP", "RSA-OAEP-256"] {
        assert_eq!(alg.parse::<Algorithm>().unwrap_err().code(), "unsupported_algorithm", "{alg}");
    }
    for case in vectors::load("attacks/attack_tokens.json")["cases"].as_array().unwrap() {
        if case["id"].as_str().unwrap().starts_with("rsa1_5") {
            let key = SigningKey::from_jwk(&rsa()).unwrap().verifying_key();
            assert_eq!(outcome(&lenient(key), case["token"].as_str().unwrap()), "encrypted_token", "{}", case["id"]);
        }
    }
}

/// Deterministic ECDSA (RFC 6979) is what no backend offers: a nonce is random, mixed with the key and the message.
#[test]
fn rfc8725_3_2_nonces_do_not_repeat() {
    for algorithm in [ES256, ES384] {
        let key = SigningKey::generate(algorithm).unwrap();
        let signatures: std::collections::HashSet<String> =
            (0..20).map(|_| JwsBuilder::new().sign(b"the same", &key).unwrap()).collect();
        assert_eq!(signatures.len(), 20, "{algorithm:?}");
        // Equal nonces would show as equal first halves.
        let halves: std::collections::HashSet<Vec<u8>> = signatures
            .iter()
            .map(|token| base64url::decode(token.rsplit('.').next().unwrap()).unwrap())
            .map(|signature| signature[..signature.len() / 2].to_vec())
            .collect();
        assert_eq!(halves.len(), 20, "{algorithm:?}");
    }
}

/// A token of two signatures is refused with one of them where both are needed, and a nested token is what its own verifier says.
#[test]
fn rfc8725_3_3_everything_is_validated() {
    let (inner_key, inner_verifying) = hmac(HS256);
    let outer_key = SigningKey::generate(ES256).unwrap();
    let both: VerifyingKeys = [inner_verifying.clone(), outer_key.verifying_key()].into_iter().collect();
    let general = GeneralJwsBuilder::new(JwsBuilder::new(), &outer_key).signature(JwsBuilder::new(), &inner_key);
    let mut general: Value = serde_json::from_str(&general.sign(CLAIMS.as_bytes()).unwrap()).unwrap();
    let all = JwsVerifier::new(both).require_all();
    assert!(all.verify_json(&general.to_string()).is_ok());
    general["signatures"][1]["signature"] = json!(base64url::encode(&[0; 32]));
    assert_eq!(all.verify_json(&general.to_string()).unwrap_err().code(), "invalid_signature");

    let nested = |inner: &str| JwsBuilder::new().content_type("JWT").sign(inner.as_bytes(), &outer_key).unwrap();
    let outer_verifier = JwsVerifier::new(outer_key.verifying_key());
    let judge = |token: &str| match outer_verifier.verify(token) {
        Ok(outer) => outcome(&lenient(inner_verifying.clone()), str::from_utf8(outer.payload()).unwrap()),
        Err(error) => error.code(),
    };
    let inner = forge(HEADER, CLAIMS, &inner_key);
    let (input, _) = inner.rsplit_once('.').unwrap();
    assert_eq!(judge(&nested(&inner)), "accepted");
    assert_eq!(judge(&nested(&format!("{input}.AAAA"))), "invalid_signature");
    let unsecured = format!("{}.{}.", base64url::encode(br#"{"alg":"none"}"#), base64url::encode(CLAIMS.as_bytes()));
    assert_eq!(judge(&nested(&unsecured)), "algorithm_not_allowed");
    assert_eq!(judge(&forge(r#"{"alg":"ES256","cty":"JWT"}"#, &inner, &inner_key)), "invalid_signature");
    // The outer signature alone makes no claims of what is inside.
    assert_eq!(outcome(&lenient(outer_key.verifying_key()), &nested(&inner)), "malformed");
}

/// RFC 8725bis adds that the caller can tell a JWS from a JWE: what is accepted was signed, and what is encrypted is called that.
#[test]
fn rfc8725bis_3_3_an_encrypted_token_is_told_from_a_signed_one() {
    let file = vectors::load("attacks/attack_tokens.json");
    let key = SigningKey::from_jwk(&rsa()).unwrap().verifying_key();
    let keys: VerifyingKeys = [key, hmac(HS256).1].into_iter().collect();
    let encrypted: Vec<&Value> =
        file["cases"].as_array().unwrap().iter().filter(|case| case["category"] == "jwe").collect();
    assert!(encrypted.len() > 20);
    for case in encrypted {
        let token = case["token"].as_str().unwrap();
        assert_eq!(outcome(&lenient(keys.clone()), token), "encrypted_token", "{}", case["id"]);
    }
    let json =
        r#"{"protected":"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0","iv":"AAAA","ciphertext":"AAAA","tag":"AAAA"}"#;
    assert_eq!(JwsVerifier::new(keys).verify_json(json).unwrap_err().code(), "encrypted_token");
}

/// There is no key agreement here, so that the points are those of keys for signatures.
#[test]
fn rfc8725_3_4_points_are_validated() {
    let whole: Value =
        serde_json::from_str(&SigningKey::generate(ES256).unwrap().public_jwk().unwrap().to_json()).unwrap();
    assert!(Jwk::from_json(&whole.to_string()).is_ok());
    let prime = "_____wAAAAEAAAAAAAAAAAAAAAD_______________8";
    let zeros = base64url::encode(&[0; 32]);
    for (x, y) in [
        (whole["y"].clone(), whole["x"].clone()), // off the curve
        (json!(prime), whole["y"].clone()),       // out of the field
        (json!(zeros), json!(zeros)),
    ] {
        let mut jwk = whole.clone();
        (jwk["x"], jwk["y"]) = (x, y);
        assert_eq!(Jwk::from_json(&jwk.to_string()).unwrap_err().code(), "invalid_key");
    }
    for crv in ["X25519", "X448"] {
        let jwk = json!({"kty": "OKP", "crv": crv, "x": zeros}).to_string();
        assert_eq!(Jwk::from_json(&jwk).unwrap_err().code(), "unsupported_key", "{crv}");
    }
}

/// Whether a secret is a password cannot be seen; that it is shorter than the hash can.
#[test]
fn rfc8725_3_5_keys_have_entropy() {
    for (algorithm, octets) in [(HS256, 32), (HS384, 48), (HS512, 64)] {
        for password in ["", "secret", "correct horse battery staple"] {
            let bound = Secret::from_bytes(password).and_then(|secret| SigningKey::from_secret(algorithm, &secret));
            assert_eq!(bound.unwrap_err().code(), "weak_key", "{password:?} for {algorithm}");
            let jwk = json!({"kty": "oct", "k": base64url::encode(password.as_bytes())}).to_string();
            let bound = PrivateJwk::from_json(&jwk).and_then(|jwk| SigningKey::from_jwk_as(algorithm, &jwk));
            assert!(bound.is_err(), "{password:?} for {algorithm}");
        }
        // What is made here is random and as long as the hash.
        let made =
            || -> Value { serde_json::from_str(&PrivateJwk::generate(algorithm).unwrap().expose_json()).unwrap() };
        let (one, other) = (made(), made());
        assert_ne!(one["k"], other["k"]);
        assert!(base64url::secret::decode(one["k"].as_str().unwrap()).unwrap().len() >= octets);
    }
}

/// Nothing is encrypted, and so nothing is compressed: `zip` cannot be written.
#[test]
fn rfc8725_3_6_nothing_is_compressed() {
    let (key, verifying) = hmac(HS256);
    assert_eq!(JwsBuilder::new().header("zip", "DEF").sign(b"", &key).unwrap_err().code(), "header_invalid");
    assert_eq!(JwsBuilder::new().unprotected("zip", "DEF").sign_json(b"", &key).unwrap_err().code(), "header_invalid");
    assert!(Token::builder().never_expires().header("zip", "DEF").sign(&key).is_err());
    // Where somebody else wrote it into a signed token, the payload is still what it is.
    let deflated =
        [0xab, 0x56, 0x2a, 0x2e, 0x4d, 0x52, 0xb2, 0x52, 0x4a, 0x4c, 0xc9, 0xcd, 0xcc, 0x53, 0xaa, 0x05, 0x00];
    let token = forge(r#"{"alg":"HS256","zip":"DEF"}"#, deflated, &key);
    assert_eq!(outcome(&lenient(verifying.clone()), &token), "malformed");
    assert_eq!(JwsVerifier::new(verifying).verify(&token).unwrap().payload(), deflated);
}

#[test]
fn rfc8725_3_7_nothing_but_utf_8() {
    let (key, verifying) = hmac(HS256);
    let verifier = lenient(verifying);
    let encodings: [fn(&str) -> Vec<u8>; 5] = [
        |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        |text| text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        |text| text.chars().flat_map(|character| u32::from(character).to_be_bytes()).collect(),
        |text| [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        |text| [&text.as_bytes()[..text.len() - 1], b",\"a\":\"\xe9\"}"].concat(), // Latin-1
    ];
    for (number, encode) in encodings.iter().enumerate() {
        assert_eq!(outcome(&verifier, &forge(encode(HEADER), CLAIMS, &key)), "malformed", "header {number}");
        assert_eq!(outcome(&verifier, &forge(HEADER, encode(CLAIMS), &key)), "malformed", "claims {number}");
    }
    let token = Token::builder().never_expires().subject("caf\u{e9}").sign(&key).unwrap();
    let claims = base64url::decode(token.split('.').nth(1).unwrap()).unwrap();
    assert!(str::from_utf8(&claims).unwrap().contains("caf\u{e9}"));
    assert_eq!(verifier.verify::<Value>(&token).unwrap().registered().subject(), Some("caf\u{e9}"));
}

/// A verifier has the keys of its issuer, whose name it demands.
#[test]
fn rfc8725_3_8_keys_belong_to_the_issuer() {
    let issuers = ["https://a.example/", "https://b.example/"];
    let keys = issuers.map(|_| SigningKey::generate(ES256).unwrap().with_key_id("1").unwrap());
    let verifiers = [0, 1].map(|number: usize| {
        let set: JwkSet = keys[number].public_jwk().into_iter().collect();
        Verifier::builder(set.verifying_keys()).issuer(issuers[number]).any_audience().build().unwrap()
    });
    let token = |issuer: usize, key: usize| {
        Token::builder().issuer(issuers[issuer]).expires_in(Duration::from_secs(60)).sign(&keys[key]).unwrap()
    };
    for issuer in [0, 1] {
        let (verifier, other) = (&verifiers[issuer], 1 - issuer);
        assert_eq!(outcome(verifier, &token(issuer, issuer)), "accepted");
        // In the name of the one with the key of the other, though both call it "1".
        assert_eq!(outcome(verifier, &token(issuer, other)), "invalid_signature");
        assert_eq!(outcome(verifier, &token(other, other)), "invalid_signature");
        assert_eq!(outcome(verifier, &token(other, issuer)), "issuer_mismatch");
    }
}

#[test]
fn rfc8725_3_8_the_subject_is_validated() {
    let (key, verifying) = hmac(HS256);
    let builder = || Verifier::builder(verifying.clone()).issuer("i").any_audience().expiry_optional();
    let token = |sub: &str| forge(HEADER, format!(r#"{{"iss":"i"{sub}}}"#), &key);
    let alice = builder().subject("alice").build().unwrap();
    // Or any rule of the application's own, which cannot be passed by.
    let known = |claims: &Value| match claims["sub"].as_str() {
        Some("alice" | "bob") => Ok(()),
        _ => Err(Rejection::claim("sub")),
    };
    let known = builder().check(known).build().unwrap();
    let by_rule = |token: &str| known.verify(token).map_or_else(|error| error.code(), |_| "accepted");
    for (sub, exactly, ruled) in [
        (r#","sub":"alice""#, "accepted", "accepted"),
        (r#","sub":"bob""#, "subject_mismatch", "accepted"),
        (r#","sub":"mallory""#, "subject_mismatch", "check_failed"),
        (r#","sub":"""#, "subject_mismatch", "check_failed"),
        (r#","sub":1"#, "claim_invalid", "claim_invalid"),
        ("", "claim_missing", "check_failed"),
    ] {
        assert_eq!((outcome(&alice, &token(sub)), by_rule(&token(sub))), (exactly, ruled), "{sub}");
    }
}

/// Named or waived aloud before there is a verifier (`Undecided` has no `build`); where named, it is demanded.
#[test]
fn rfc8725_3_9_the_audience_is_validated() {
    let (key, verifying) = hmac(HS256);
    let verifier = Verifier::builder(verifying).any_issuer().audience("api").expiry_optional().build().unwrap();
    for (aud, expected) in [
        (r#"{"aud":"api"}"#, "accepted"),
        (r#"{"aud":["web","api"]}"#, "accepted"),
        (r#"{"aud":"web"}"#, "audience_mismatch"),
        (r#"{"aud":[]}"#, "audience_mismatch"),
        (r#"{"aud":null}"#, "claim_invalid"),
        (r#"{"aud":["api",1]}"#, "claim_invalid"),
        ("{}", "claim_missing"),
    ] {
        assert_eq!(outcome(&verifier, &forge(HEADER, aud, &key)), expected, "{aud}");
    }
}

#[test]
fn rfc8725_3_10_claims_of_the_header_are_not_trusted() {
    let key = SigningKey::generate(ES256).unwrap();
    let attacker = SigningKey::generate(ES256).unwrap();
    let jwk: Value = serde_json::from_str(&attacker.public_jwk().unwrap().to_json()).unwrap();
    let verifier = lenient(key.verifying_key().with_key_id("1"));
    let judge = |more: Value, key: &SigningKey| {
        let mut header = json!({"alg": "ES256", "kid": "1"});
        header.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        outcome(&verifier, &forge(header.to_string(), CLAIMS, key))
    };
    assert_eq!(judge(json!({}), &key), "accepted");
    // Nothing is fetched, and no key of the header is used; nothing is there that could open a connection (`scripts/layers`).
    for more in [
        json!({"jku": "https://evil.example/jwks.json"}),
        json!({"jku": "http://169.254.169.254/latest/meta-data/"}),
        json!({"jku": "file:///etc/passwd"}),
        json!({"x5u": "http://localhost:1/"}),
        json!({"jwk": jwk}),
        json!({"x5c": ["MAAA"]}),
    ] {
        assert_eq!(judge(more.clone(), &attacker), "invalid_signature", "{more}");
        assert_eq!(judge(more.clone(), &key), "accepted", "{more}");
    }
    // A kid is compared, and otherwise only text.
    for kid in ["' OR 1=1 --", "*)(uid=*", "../../../dev/null", "1\n", "${jndi:ldap://evil.example/}"] {
        assert_eq!(judge(json!({ "kid": kid }), &key), "unknown_key", "{kid}");
    }
}

#[test]
fn rfc8725_3_11_types_are_explicit() {
    let (key, verifying) = hmac(HS256);
    let verifier = Verifier::builder(verifying).any_issuer().any_audience().typ("secevent+jwt").expiry_optional();
    let verifier = verifier.build().unwrap();
    let issued = |builder: TokenBuilder<'_>| builder.never_expires().sign(&key).unwrap();
    for typ in ["secevent+jwt", "application/secevent+jwt", "SecEvent+JWT"] {
        assert_eq!(outcome(&verifier, &issued(Token::builder().typ(typ))), "accepted", "{typ}");
    }
    // Neither "JWT", which says nothing, nor no type at all.
    for other in ["JWT", "application/jwt", "at+jwt", "secevent", "text/secevent+jwt"] {
        assert_eq!(outcome(&verifier, &issued(Token::builder().typ(other))), "wrong_typ", "{other}");
    }
    assert_eq!(outcome(&verifier, &issued(Token::builder())), "wrong_typ");
    assert_eq!(outcome(&verifier, &forge(HEADER, "{}", &key)), "wrong_typ");
    // The type of an inner token is in the inner token.
    let outer = forge(r#"{"alg":"HS256","typ":"secevent+jwt","cty":"JWT"}"#, issued(Token::builder()), &key);
    assert_eq!(outcome(&verifier, &outer), "malformed");
}

/// Two kinds of token of one issuer, under one key: each is refused where the other is meant, whichever of the means is used.
#[test]
fn rfc8725_3_12_kinds_of_token_exclude_each_other() {
    let (key, verifying) = hmac(HS256);
    let of = |audience: &str| Verifier::builder(verifying.clone()).issuer("i").audience(audience).at(1000);
    let builder = || of("a");
    let token = || Token::builder().issuer("i").audience("a").expires_at(2000).at(1000);
    let access = token().typ("at+jwt").claims(&json!({"scope": "read"})).sign(&key).unwrap();
    let logout = token().typ("logout+jwt").claims(&json!({"events": {}})).sign(&key).unwrap();
    for (name, as_access, as_logout, [wrong_for_access, wrong_for_logout]) in [
        (
            "types",
            builder().typ("at+jwt").build().unwrap(),
            builder().typ("logout+jwt").build().unwrap(),
            ["wrong_typ", "wrong_typ"],
        ),
        (
            "required claims",
            builder().required_claims(["scope"]).build().unwrap(),
            builder().required_claims(["events"]).build().unwrap(),
            ["claim_missing", "claim_missing"],
        ),
    ] {
        assert_eq!((outcome(&as_access, &access), outcome(&as_logout, &logout)), ("accepted", "accepted"), "{name}");
        assert_eq!(outcome(&as_access, &logout), wrong_for_access, "{name}");
        assert_eq!(outcome(&as_logout, &access), wrong_for_logout, "{name}");
    }
    // Other audiences and other keys for each.
    assert_eq!(outcome(&of("b").build().unwrap(), &access), "audience_mismatch");
    let other = Verifier::builder(SigningKey::generate(ES256).unwrap().verifying_key()).issuer("i").audience("a");
    assert_eq!(outcome(&other.build().unwrap(), &access), "algorithm_not_allowed");
}

/// Passwords are no keys here, so that no count of iterations is ever worked off.
#[test]
fn rfc8725bis_3_13_no_iterations_are_counted() {
    let (key, verifying) = hmac(HS256);
    for alg in ["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"] {
        assert_eq!(alg.parse::<Algorithm>().unwrap_err().code(), "unsupported_algorithm", "{alg}");
        for p2c in ["1", "1200001", "2147483647", "1e300"] {
            let header = format!(r#"{{"alg":"{alg}","enc":"A128GCM","p2s":"AAECAwQFBgcICQoLDA0ODw","p2c":{p2c}}}"#);
            assert_eq!(outcome(&lenient(verifying.clone()), &forge(&header, CLAIMS, &key)), "algorithm_not_allowed");
            let encrypted = format!("{}.AAAA.AAAA.AAAA.AAAA", base64url::encode(header.as_bytes()));
            assert_eq!(outcome(&lenient(verifying.clone()), &encrypted), "encrypted_token");
        }
    }
}

/// Every character that is not of a compact token, in every segment and around it.
#[test]
fn rfc8725bis_3_14_only_the_characters_of_a_compact_token() {
    let (key, verifying) = hmac(HS256);
    let verifier = lenient(verifying);
    let genuine = forge(HEADER, CLAIMS, &key);
    assert!(genuine.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet)));
    let dots: Vec<usize> = genuine.match_indices('.').map(|(place, _)| place).collect();
    let places = [0, 4, dots[0], dots[0] + 1, dots[0] + 5, dots[1], dots[1] + 1, genuine.len() - 1, genuine.len()];
    let others = (0..=0x7f_u8).map(char::from).filter(|character| !character.is_ascii_alphanumeric());
    for character in
        others.filter(|character| !"-_.".contains(*character)).chain(['\u{80}', '\u{feff}', '\u{ff21}', '。'])
    {
        for place in places {
            let mut altered = genuine.clone();
            altered.insert(place, character);
            assert_eq!(outcome(&verifier, &altered), "malformed", "{character:?} at {place}");
        }
    }
    // The JSON serialization has a call of its own, and is no token where a compact one is meant.
    let [header, payload, signature] = genuine.split('.').collect::<Vec<_>>()[..] else { panic!("three segments") };
    let text = json!({"protected": header, "payload": payload, "signature": signature}).to_string();
    assert_eq!(outcome(&verifier, &text), "malformed");
}

/// Nothing is decompressed; what is decoded is bounded before it is.
#[test]
fn rfc8725bis_3_15_sizes_are_bounded() {
    let (key, verifying) = hmac(HS256);
    let verifier = lenient(verifying);
    // A header that asks for it, on a token that is encrypted and on one that is signed.
    let header = r#"{"alg":"dir","enc":"A128GCM","zip":"DEF"}"#;
    let bomb = format!("{}..AAAA.{}.AAAA", base64url::encode(header.as_bytes()), "A".repeat(4000));
    assert_eq!(outcome(&verifier, &bomb), "encrypted_token");
    let padded = |octets: usize| format!(r#"{{"a":"{}"}}"#, " ".repeat(octets - 8));
    let limit = carnet::Limits::default().token_octets;
    assert!(limit <= 250_000, "{limit}");
    assert_eq!(outcome(&verifier, &forge(HEADER, padded(limit / 2), &key)), "accepted");
    assert_eq!(outcome(&verifier, &forge(HEADER, padded(limit), &key)), "too_large");
}
