//! Finding keys in sets: by selection, by `kid`, in sets of the largest size.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

#[path = "support/forms.rs"]
mod forms;

use carnet_core::Limits;
use carnet_jwa::Algorithm::{self, ES256, EdDSA, PS256, RS256};
use carnet_jwk::{Jwk, JwkSet, KeySelection, SigningKey, VerifyingKey, VerifyingKeys};
use forms::{Form, available, decoded};
use serde_json::{Value, json};

fn with(form: &Form, members: &[(&str, Value)]) -> Value {
    let mut jwk = form.public();
    for (name, value) in members {
        jwk[*name] = value.clone();
    }
    jwk
}

fn set(keys: &[Value]) -> JwkSet {
    JwkSet::from_json(&json!({ "keys": keys }).to_string()).unwrap()
}

/// The `kid`s of what is described, in their order.
fn chosen<'s>(set: &'s JwkSet, selection: KeySelection<'_>) -> Vec<&'s str> {
    set.select(&selection).map(|jwk| jwk.key_id().unwrap()).collect()
}

#[test]
fn by_each_criterion() {
    let forms = available();
    let [rsa, p256, p384] =
        ["RSA", "P-256", "P-384"].map(|kind| forms.iter().find(|form| form.kind() == kind).unwrap());
    let ed = forms.iter().find(|form| form.kind() == "Ed25519").unwrap();
    let certified = Jwk::from_x509_der(&decoded(ed.pem("x509").unwrap())).unwrap().to_json();
    let x5c = serde_json::from_str::<Value>(&certified).unwrap()["x5c"].clone();
    let set = set(&[
        with(rsa, &[("kid", json!("rsa"))]),
        with(rsa, &[("kid", json!("rsa-ps")), ("alg", json!("PS256")), ("use", json!("sig"))]),
        with(rsa, &[("kid", json!("rsa-enc")), ("use", json!("enc"))]),
        with(p256, &[("kid", json!("p256")), ("key_ops", json!(["verify"]))]),
        with(p256, &[("kid", json!("p256-wrap")), ("key_ops", json!(["deriveKey", "wrapKey"]))]),
        with(p384, &[("kid", json!("p384")), ("x5t#S256", json!(rsa.text("/x509_s256")))]),
        with(ed, &[("kid", json!("ed")), ("alg", json!("Ed25519")), ("x5c", x5c)]),
        with(ed, &[("kid", json!("twice"))]),
        with(p256, &[("kid", json!("twice")), ("use", json!("sig"))]),
    ]);
    let all = ["rsa", "rsa-ps", "rsa-enc", "p256", "p256-wrap", "p384", "ed", "twice", "twice"];
    let new = KeySelection::new;
    assert_eq!(chosen(&set, new()), all);
    assert_eq!(chosen(&set, new().key_id("ed")), ["ed"]);
    assert_eq!(chosen(&set, new().key_id("twice")), ["twice", "twice"]);
    for unknown in ["", "e", "ED", "ed ", "rsa\0"] {
        assert!(chosen(&set, new().key_id(unknown)).is_empty(), "{unknown}");
    }
    assert_eq!(chosen(&set, new().algorithm(RS256)), ["rsa", "rsa-enc"]);
    assert_eq!(chosen(&set, new().algorithm(PS256)), ["rsa", "rsa-ps", "rsa-enc"]);
    assert_eq!(chosen(&set, new().algorithm(EdDSA)), ["ed", "twice"], "either spelling");
    assert_eq!(chosen(&set, new().algorithm(ES256)), ["p256", "p256-wrap", "twice"]);
    assert!(chosen(&set, new().algorithm(Algorithm::HS256)).is_empty());
    assert_eq!(chosen(&set, new().key_type("EC")), ["p256", "p256-wrap", "p384", "twice"]);
    assert_eq!(chosen(&set, new().key_type("RSA")), ["rsa", "rsa-ps", "rsa-enc"]);
    assert!(chosen(&set, new().key_type("oct")).is_empty() && chosen(&set, new().key_type("ec")).is_empty());
    assert_eq!(chosen(&set, new().curve("P-384")), ["p384"]);
    assert_eq!(chosen(&set, new().curve("Ed25519")), ["ed", "twice"]);
    assert!(chosen(&set, new().curve("P-521")).is_empty());
    // `use` and `key_ops` that are missing allow everything.
    assert_eq!(
        chosen(&set, new().public_key_use("enc")),
        ["rsa", "rsa-enc", "p256", "p256-wrap", "p384", "ed", "twice"]
    );
    assert_eq!(chosen(&set, new().public_key_use("sig").key_type("RSA")), ["rsa", "rsa-ps"]);
    assert_eq!(chosen(&set, new().key_operation("verify").curve("P-256")), ["p256", "twice"]);
    assert_eq!(chosen(&set, new().key_operation("wrapKey").key_type("EC")), ["p256-wrap", "p384", "twice"]);
    // The digest that is said, or else that of the certificate.
    assert_eq!(chosen(&set, new().x509_thumbprint(rsa.text("/x509_s256"))), ["p384"]);
    assert_eq!(chosen(&set, new().x509_thumbprint(ed.text("/x509_s256"))), ["ed"]);
    assert!(chosen(&set, new().x509_thumbprint("")).is_empty());
    // Together all must hold, in whatever order they are named.
    assert_eq!(chosen(&set, new().key_id("twice").key_type("EC").public_key_use("sig")), ["twice"]);
    assert_eq!(chosen(&set, new().curve("Ed25519").key_id("twice")), ["twice"]);
    assert!(chosen(&set, new().key_id("ed").key_type("EC")).is_empty());
    assert_eq!(new().key_id("a").key_id("b"), new().key_id("b"), "the last word counts");
}

#[test]
fn by_kinds_of_one_backend() {
    let keys: Vec<Value> = available().iter().map(|form| with(form, &[("kid", json!(form.kind()))])).collect();
    let set = set(&keys);
    assert_eq!(set.len(), available().len());
    for form in available() {
        assert_eq!(chosen(&set, KeySelection::new().algorithm(form.algorithm())), [form.kind()]);
        // A parameter set of ML-DSA is no curve.
        let by_curve = chosen(&set, KeySelection::new().curve(form.kind()));
        assert_eq!(by_curve.is_empty(), form.public()["crv"].is_null(), "{}", form.kind());
    }
    let akp = chosen(&set, KeySelection::new().key_type("AKP"));
    assert_eq!(akp.len(), if cfg!(feature = "aws-lc-rs") { 3 } else { 0 });
}

const ED25519: &str = r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

/// In a set of the largest size, what is looked for by `kid` is looked up and not searched: shown by what is given out and from where, not by time.
#[test]
fn in_ten_thousand_keys() {
    let mut limits = Limits::default();
    limits.keys_per_set = 10_000;
    // Every fifth name is there twice, and every hundredth key has none.
    let entry = |number: usize| match number {
        nameless if nameless % 100 == 99 => format!("{{{ED25519}}}"),
        number => format!(r#"{{{ED25519},"kid":"k{}"}}"#, if number % 5 == 4 { number - 1 } else { number }),
    };
    let entries: Vec<String> = (0..10_000).map(entry).collect();
    let set = JwkSet::from_json_with(&format!(r#"{{"keys":[{}]}}"#, entries.join(",")), &limits).unwrap();
    assert_eq!((set.len(), set.skipped().len()), (10_000, 0));
    let keys = set.verifying_keys();
    assert_eq!(keys.len(), 10_000);

    for (key_id, places) in [("k0", "0"), ("k1", "1"), ("k9997", "9997"), ("k5003", "5003, 5004"), ("k9998", "9998")] {
        let count = places.split(',').count();
        assert_eq!(set.with_key_id(key_id).count(), count, "{key_id}");
        assert_eq!(chosen(&set, KeySelection::new().key_id(key_id)).len(), count);
        let candidates = keys.candidates(Some(key_id));
        // The places are known before the first key is looked at.
        let shown = format!("{candidates:?}");
        assert!(shown.starts_with(&format!("Candidates(Looked(Iter([{places}]),")), "{}", &shown[..80]);
        assert!(candidates.map(VerifyingKey::key_id).eq(std::iter::repeat_n(Some(key_id), count)));
    }
    for unknown in ["", "k", "k4", "k99", "k10000", "K0", "k0 "] {
        assert_eq!(set.with_key_id(unknown).count(), 0);
        assert_eq!(keys.candidates(Some(unknown)).count(), 0);
        assert!(format!("{:?}", keys.candidates(Some(unknown))).starts_with("Candidates(Looked(Iter([]),"));
    }
    // Without a name any may be it, and the verifiers bound how many are tried.
    assert_eq!(keys.candidates(None).count(), 10_000);
}

#[test]
fn duplicate_key_ids_are_all_tried() {
    for count in [2, 8, 9, 300] {
        let signing: Vec<SigningKey> = (0..3).map(|_| SigningKey::generate(ES256).unwrap()).collect();
        let jwk = |number: usize| signing[number % 3].public_jwk().unwrap().with_key_id("same").unwrap();
        let set: JwkSet = (0..count).map(jwk).collect();
        assert_eq!(set.with_key_id("same").count(), count);
        let keys = set.verifying_keys();
        let candidates: Vec<&VerifyingKey> = keys.candidates(Some("same")).collect();
        assert_eq!(candidates.len(), count, "in the order of the set");
        for (number, key) in candidates.iter().enumerate() {
            let signature = signing[number % 3].sign_message(b"message").unwrap();
            assert!(key.verify_signature(b"message", &signature).is_ok());
        }
        let other: VerifyingKeys = candidates.into_iter().cloned().collect();
        assert_eq!(other.candidates(Some("same")).count(), count);
    }
}

/// What no specification here knows is kept as it was written, and what is private is not.
#[test]
fn unknown_members_survive() {
    for form in available() {
        let odd = [
            ("x5u", json!("https://example.com/c")),
            ("nbf", json!(1_700_000_000)),
            ("ext", json!(true)),
            ("nothing", json!(null)),
            ("", json!("no name")),
            ("nested", json!({"a": [1, {"b": "\u{1f600}\\\""}], "kid": "inner"})),
            ("iat", json!(-0.5)),
        ];
        let given = with(&form, &odd);
        let jwk = Jwk::from_json(&given.to_string()).unwrap();
        for (name, value) in &odd {
            assert_eq!(serde_json::from_str::<Value>(jwk.parameter(name).unwrap()).unwrap(), *value, "{name}");
        }
        assert_eq!((jwk.parameter("kty"), jwk.parameter("x"), jwk.parameter("missing")), (None, None, None));
        assert_eq!(serde_json::from_str::<Value>(&jwk.to_json()).unwrap(), given);
        let mut private = form.jwk();
        for (name, value) in &odd {
            private[*name] = value.clone();
        }
        let read = carnet_jwk::PrivateJwk::from_json(&private.to_string()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&read.expose_json()).unwrap(), private);
        let set: JwkSet = [jwk].into_iter().collect();
        assert_eq!(serde_json::from_str::<Value>(&set.to_json()).unwrap(), json!({"keys": [given]}));
    }
}

/// What stands beside a private key may be private under a name that nobody here knows.
#[test]
fn only_known_members_go_from_a_private_key_to_its_public_half() {
    for form in available() {
        let mut private = form.jwk();
        for name in ["seed", "D", "password", "ext", "iat", "x5u", "kid"] {
            private[name] = json!("a member");
        }
        let mut expected = form.public();
        for name in ["iat", "x5u", "kid"] {
            expected[name] = json!("a member");
        }
        let read = carnet_jwk::PrivateJwk::from_json(&private.to_string()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&read.public_jwk().unwrap().to_json()).unwrap(), expected);
        // An entry that should not be in a set at all.
        let set = JwkSet::from_json(&json!({"keys": [private]}).to_string()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&set.to_json()).unwrap(), json!({"keys": [expected]}));
    }
}
