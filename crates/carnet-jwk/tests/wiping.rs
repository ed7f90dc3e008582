//! What is freed holds no secret: keys and secrets are wiped when they are dropped, and so is what is made on their way in and out.
//!
//! Seen is memory of Rust's heap. What the backends keep is theirs (SECURITY.md), and what was on the stack is not looked at.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a test")]

#[path = "support/forms.rs"]
mod forms;

use carnet_core::{SecretBytes, base64url};
use carnet_jwa::Algorithm::{self, HS256, HS512};
use carnet_jwk::{Jwk, JwkSet, KeyRules, PrivateJwk, PrivateJwkSet, Secret, SigningKey, VerifyingKey};
use forms::{Form, available, decoded};
use serde_json::json;
use std::hint::black_box;
use testkit::alloc::{CountingAllocator, freed_octets};
use zeroize::Zeroizing;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// A secret in every spelling that it has on its way: octets, base64url, and base64 as PEM has it, of which parts are enough.
struct Traces(Vec<Vec<u8>>);

impl Traces {
    /// 16 octets from the beginning, the middle and the end of the secret, and what they are in base64 at each of three places.
    fn of(secret: &[u8]) -> Self {
        let parts = [0, (secret.len() / 2).saturating_sub(8), secret.len().saturating_sub(16)];
        let parts = parts.map(|from| secret[from..(from + 16).min(secret.len())].to_vec());
        let mut traces = parts.to_vec();
        for part in &parts {
            for skip in 0..3 {
                let text = base64url::encode(&[&vec![0; skip][..], part].concat());
                // Without the characters that the octets before and after have a part in.
                let inner = &text.as_bytes()[4.min(text.len())..text.len() - 2];
                traces.push(inner.to_vec());
                traces
                    .push(String::from_utf8(inner.to_vec()).unwrap().replace('-', "+").replace('_', "/").into_bytes());
            }
        }
        assert!(traces.iter().all(|trace| trace.len() >= 14), "long enough to be nobody else's");
        Self(traces)
    }

    #[track_caller]
    fn assert_none_in(&self, freed: &[u8], what: &str) {
        for trace in &self.0 {
            let found = freed.windows(trace.len()).any(|window| window == trace);
            assert!(!found, "{what}: a trace of {} octets in what was freed", trace.len());
        }
    }
}

/// The private members of a key.
fn secrets(form: &Form) -> Vec<Vec<u8>> {
    let jwk = form.jwk();
    let private = ["d", "p", "q", "dp", "dq", "qi", "priv"];
    let members = private.iter().filter_map(|name| jwk[*name].as_str());
    members.map(|text| base64url::decode(text).unwrap()).collect()
}

#[track_caller]
fn assert_silent<T>(form: &Form, what: &str, work: impl FnOnce() -> T) {
    let freed = freed_octets(work);
    for secret in secrets(form) {
        Traces::of(&secret).assert_none_in(&freed, &format!("{}, {what}", form.kind()));
    }
}

/// The method itself: a copy that nobody wipes is found.
#[test]
fn what_is_not_wiped_is_found() {
    let secret: Vec<u8> = (0..64).collect();
    let found = |freed: &[u8]| std::panic::catch_unwind(|| Traces::of(&secret).assert_none_in(freed, "")).is_err();
    assert!(found(&freed_octets(|| secret.clone())));
    assert!(found(&freed_octets(|| base64url::encode(&secret))));
    assert!(found(&freed_octets(|| base64url::encode(&[&[1], &secret[..]].concat()))));
    assert!(!found(&freed_octets(|| Zeroizing::new(secret.clone()))));
    assert!(!found(&freed_octets(|| ())));
    // Of a key, too: its public half is nothing to wipe.
    for form in available() {
        let public = form.public().to_string();
        let name = ["x", "n", "pub"].into_iter().find(|name| form.public()[*name].is_string()).unwrap();
        let octets = base64url::decode(form.public()[name].as_str().unwrap()).unwrap();
        let freed = freed_octets(|| Jwk::from_json(&public).unwrap());
        assert!(freed.windows(octets.len()).any(|window| window == octets), "{}", form.kind());
    }
}

#[test]
fn secret_octets() {
    let octets: Vec<u8> = (100..164).collect();
    let traces = Traces::of(&octets);
    let hexadecimal: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let text = base64url::encode(&octets);
    let works: [(&str, &dyn Fn()); 6] = [
        ("SecretBytes", &|| drop(black_box(SecretBytes::from(octets.clone())))),
        ("a copy of SecretBytes", &|| drop(black_box(SecretBytes::from(octets.clone()).clone()))),
        ("Secret of octets", &|| drop(black_box(Secret::from_bytes(&octets).unwrap()))),
        ("Secret of digits", &|| drop(black_box(Secret::from_hex(&hexadecimal).unwrap()))),
        ("Secret of base64url", &|| drop(black_box(Secret::from_base64url(&text).unwrap()))),
        ("a copy of Secret", &|| drop(black_box(Secret::from_bytes(&octets).unwrap().clone()))),
    ];
    for (what, work) in works {
        traces.assert_none_in(&freed_octets(work), what);
    }
    // Refused ones are wiped, too; the octets given are the caller's.
    let given = [&octets[..], b"-----BEGIN"].concat();
    traces.assert_none_in(&freed_octets(|| drop(Secret::from_bytes(&given).unwrap_err())), "a secret that is refused");
    let cut = format!("{text}=");
    traces.assert_none_in(&freed_octets(|| drop(Secret::from_base64url(&cut).unwrap_err())), "text that is refused");
    let cut = format!("{hexadecimal}0g");
    traces.assert_none_in(&freed_octets(|| drop(Secret::from_hex(&cut).unwrap_err())), "digits that are refused");
}

#[test]
fn private_keys() {
    for form in available() {
        let text = form.jwk().to_string();
        let read = || PrivateJwk::from_json(&text).unwrap();
        assert_silent(&form, "read", read);
        assert_silent(&form, "copied", || (read().clone(), read().with_thumbprint_key_id()));
        assert_silent(&form, "public half", || read().public_jwk());
        assert_silent(&form, "thumbprint", || read().thumbprint_with(carnet_jwa::Hash::Sha256));
        assert_silent(&form, "compared", || assert!(read() == read()));
        assert_silent(&form, "shown", || format!("{:?}", read()));
        assert_silent(&form, "written", || read().expose_json());
        // A member whose text has to be unescaped first.
        let name = if form.jwk()["priv"].is_string() { "priv" } else { "d" };
        let value = form.jwk()[name].as_str().unwrap().to_owned();
        let escaped = text.replace(&value, &format!("\\u{:04x}{}", u32::from(value.as_bytes()[0]), &value[1..]));
        assert_ne!(escaped, text);
        assert_silent(&form, "unescaped", || assert!(PrivateJwk::from_json(&escaped).unwrap() == read()));
    }
}

#[test]
fn private_keys_that_are_refused() {
    for form in available() {
        for (member, value) in [("alg", json!("HS256")), ("kid", json!(1)), ("use", json!(null)), ("x5c", json!([]))] {
            let mut jwk = form.jwk();
            jwk[member] = value;
            let text = jwk.to_string();
            assert_silent(&form, member, || PrivateJwk::from_json(&text).is_err());
        }
        // Halves that do not belong together are found out last.
        let mut jwk = form.jwk();
        let public = if jwk["x"].is_string() {
            "x"
        } else if jwk["n"].is_string() {
            "n"
        } else {
            "pub"
        };
        let text = jwk[public].as_str().unwrap();
        let other = if text.starts_with('A') { 'B' } else { 'A' };
        jwk[public] = json!(format!("{other}{}", &text[1..]));
        let text = jwk.to_string();
        assert_silent(&form, "other half", || assert!(PrivateJwk::from_json(&text).is_err()));
        // One key among others.
        let set = json!({"keys": [form.jwk(), {}, jwk]}).to_string();
        assert_silent(&form, "a private set", || PrivateJwkSet::from_json(&set).unwrap());
        assert_silent(&form, "a public set", || JwkSet::from_json(&set).unwrap());
    }
}

#[test]
fn containers() {
    for form in available() {
        let key = PrivateJwk::from_json(&form.jwk().to_string()).unwrap();
        assert_silent(&form, "PKCS#8 in DER", || key.expose_der().unwrap());
        assert_silent(&form, "PKCS#8 in PEM", || key.expose_pem().unwrap());
        assert_silent(&form, "PKCS#1", || (key.expose_pkcs1_der().ok(), key.expose_pkcs1_pem().ok()));
        assert_silent(&form, "SEC1", || (key.expose_sec1_der().ok(), key.expose_sec1_pem().ok()));
        for name in
            ["pkcs8", "pkcs8_with_public", "pkcs8_both", "pkcs8_expanded", "pkcs1", "sec1", "sec1_without_public"]
        {
            let Some(pem) = form.pem(name) else { continue };
            let der = decoded(pem);
            assert_silent(&form, &format!("{name} from PEM"), || PrivateJwk::from_pem(pem).ok());
            assert_silent(&form, &format!("{name} from DER"), || PrivateJwk::from_der(&der).ok());
            let broken = pem.replacen("-----END", "=-----END", 1);
            assert_silent(&form, &format!("{name}, broken"), || assert!(PrivateJwk::from_pem(&broken).is_err()));
        }
    }
}

#[test]
fn keys_in_use() {
    for form in available() {
        let jwk = PrivateJwk::from_json(&form.jwk().to_string()).unwrap();
        assert_silent(&form, "bound", || SigningKey::from_jwk(&jwk).unwrap());
        assert_silent(&form, "signs", || SigningKey::from_jwk(&jwk).unwrap().sign_message(b"message").unwrap());
        assert_silent(&form, "verifies", || VerifyingKey::from_private_jwk_as(form.algorithm(), &jwk).unwrap());
    }
    let octets: Vec<u8> = (100..164).collect();
    let traces = Traces::of(&octets);
    let oct = json!({"kty": "oct", "k": base64url::encode(&octets)}).to_string();
    traces.assert_none_in(&freed_octets(|| PrivateJwk::from_json(&oct).unwrap().expose_json()), "oct");
    let jwk = PrivateJwk::from_json(&oct).unwrap();
    traces.assert_none_in(&freed_octets(|| SigningKey::from_jwk_as(HS512, &jwk).unwrap()), "oct that signs");
    let set = format!(r#"{{"keys":[{oct}]}}"#);
    let admitted = || JwkSet::from_json(&set).unwrap().verifying_keys_with(&KeyRules::new().symmetric(HS256));
    traces.assert_none_in(&freed_octets(admitted), "oct in a set");
    let secret = Secret::from_bytes(&octets).unwrap();
    traces.assert_none_in(&freed_octets(|| SigningKey::from_secret(HS256, &secret).unwrap()), "a secret that signs");
}

/// New keys leave nothing behind where they were made.
#[test]
fn generated_keys() {
    for &algorithm in Algorithm::ALL.iter().filter(|algorithm| algorithm.is_available()) {
        let mut made = None;
        let freed = freed_octets(|| made = PrivateJwk::generate(algorithm).ok());
        let Some(key) = made else {
            assert!(!cfg!(feature = "aws-lc-rs") && algorithm.key_kind().unwrap().key_type() == "RSA");
            continue;
        };
        let members: serde_json::Value = serde_json::from_str(&key.expose_json()).unwrap();
        for name in ["d", "p", "q", "dp", "dq", "qi", "priv", "k"] {
            if let Some(text) = members[name].as_str() {
                let secret = base64url::decode(text).unwrap();
                Traces::of(&secret).assert_none_in(&freed, &format!("{algorithm}, {name}"));
            }
        }
    }
}
