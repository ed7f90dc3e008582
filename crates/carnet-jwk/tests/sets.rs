//! JWK Sets: what is taken, what is kept aside, and the limits.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

use carnet_core::Limits;
use carnet_core::limits::{MAX_KEY_OCTETS, MAX_SET_OCTETS};
use carnet_jwa::Algorithm::{ES256, EdDSA, HS256, HS512, PS256, RS256};
use carnet_jwk::{Jwk, JwkSet, KeyError, KeyRules, PrivateJwk, PrivateJwkSet, SigningKey, VerifyingKey, VerifyingKeys};

const ED25519: &str = r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

fn set(entries: &[String]) -> String {
    format!("{{\"keys\":[{}]}}", entries.join(","))
}

fn entry(more: &str) -> String {
    format!("{{{ED25519}{more}}}")
}

#[test]
fn b12_bad_entries_are_kept_aside_with_their_reasons() {
    let bad = [
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"kty":"MAGIC"}"#.to_owned(),
        r#"{"kty":"AKP","alg":"ML-DSA-44","pub":"AA"}"#.to_owned(),
        r#"{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}"#.to_owned(),
        r#"{"kty":"OKP","crv":"Ed25519","x":"***"}"#.to_owned(),
        entry(r#","kid":"a","kid":"b""#),
        entry(r#","kid":1"#),
        entry(r#","x5t":"\ud800""#),
        entry(r#","n":1e400"#),
        entry(r#","$serde_json::private::RawValue":"1""#),
        entry(r#","x":"\u0000""#),
        entry(&format!(",\"deep\":{}{}", "[".repeat(70), "]".repeat(70))),
        entry(r#","alg":"RS256""#),
    ];
    for bad in bad {
        let text = set(&[bad.clone(), entry("")]);
        let set = JwkSet::from_json(&text).unwrap();
        assert_eq!((set.len(), set.skipped().len()), (1, 1), "{bad}");
        assert_eq!(set.skipped()[0].index, 0);
        assert_eq!(set.verifying_keys().len(), 1);
    }
}

#[test]
fn sets_that_are_no_sets() {
    for text in ["", "[]", "{}", r#"{"keys":null}"#, r#"{"keys":{}}"#, r#"{"keys":[]}x"#, r#"{"keys":[],"keys":[]}"#] {
        assert!(JwkSet::from_json(text).is_err(), "{text}");
    }
    assert!(JwkSet::from_json(r#"{"keys":[],"more":1}"#).unwrap().is_empty());
}

#[test]
fn limits_at_the_limit_and_one_beyond() {
    let entries = |count| set(&vec!["{}".to_owned(); count]);
    assert!(JwkSet::from_json(&entries(256)).is_ok());
    assert!(JwkSet::from_json(&entries(257)).is_err());
    let mut limits = Limits::default();
    limits.keys_per_set = usize::MAX;
    assert!(JwkSet::from_json_with(&entries(10_000), &limits).is_ok());
    assert!(JwkSet::from_json_with(&entries(10_001), &limits).is_err());
}

#[test]
fn lengths_at_the_limit_and_one_beyond() {
    // White space after the object counts like everything else.
    let padded = |text: &str, octets: usize| format!("{text}{}", " ".repeat(octets.saturating_sub(text.len())));
    let key = entry("");
    assert!(Jwk::from_json(&padded(&key, MAX_KEY_OCTETS)).is_ok());
    let over = Jwk::from_json(&padded(&key, MAX_KEY_OCTETS.saturating_add(1))).unwrap_err();
    assert_eq!(over, KeyError::TooLarge { limit: MAX_KEY_OCTETS });
    let text = set(&[key]);
    assert_eq!(JwkSet::from_json(&padded(&text, MAX_SET_OCTETS)).unwrap().len(), 1);
    let over = JwkSet::from_json(&padded(&text, MAX_SET_OCTETS.saturating_add(1))).unwrap_err();
    assert_eq!(over, KeyError::TooLarge { limit: MAX_SET_OCTETS });
    let named = |octets: usize| Jwk::from_json(&entry(&format!(",\"kid\":\"{}\"", "k".repeat(octets))));
    assert!(named(1024).is_ok() && named(1025).is_err());
}

#[test]
fn b09_a_private_entry_gives_its_public_half_and_is_reported() {
    let private = PrivateJwk::generate(ES256).unwrap().with_key_id("p").unwrap();
    let text = set(&[entry(""), private.expose_json().to_string()]);
    let set = JwkSet::from_json(&text).unwrap();
    assert_eq!(set.private_entries(), [1]);
    assert_eq!(set.verifying_keys().len(), 2);
    assert!(!set.to_json().contains("\"d\""));
    assert_eq!(PrivateJwkSet::from_json(&text).unwrap().iter().count(), 1);
}

#[test]
fn b09_a_private_entry_is_reported_whatever_becomes_of_it() {
    let private = PrivateJwk::generate(ES256).unwrap().expose_json();
    let without_halves = private.replace("\"d\":\"", "\"d\":\"AA");
    let vectors = testkit::vectors::load("rfc/rfc7515.json");
    let rsa = vectors["vectors"].as_array().unwrap().iter().find(|vector| vector["id"] == "rfc7515-A.2").unwrap();
    let (n, e) = (&rsa["public_key"]["n"], &rsa["public_key"]["e"]);
    let only_d = format!("{{\"kty\":\"RSA\",\"n\":{n},\"e\":{e},\"d\":\"AQ\"}}");
    let text = set(&[without_halves, only_d, r#"{"kty":"EC","d":"AA"}"#.to_owned()]);
    let set = JwkSet::from_json(&text).unwrap();
    assert_eq!(set.private_entries(), [0, 1, 2]);
    assert_eq!(set.verifying_keys().len(), 2, "the public halves are good");
    assert_eq!(set.secret_entries().count(), 0);
}

#[test]
fn b09_nothing_private_is_carried_along() {
    let json = PrivateJwk::generate(ES256).unwrap().expose_json();
    let odd = json.replacen('{', r#"{"k":"secret","q":"secret","priv":"secret","x5t":"kept","#, 1);
    let private = PrivateJwk::from_json(&odd).unwrap();
    let published = private.public_jwk().unwrap().to_json();
    assert!(!published.contains("secret") && published.contains("kept"), "{published}");
    assert!(Jwk::from_json(&published).is_ok());
    let set = JwkSet::from_json(&set(&[odd])).unwrap();
    assert!(!set.to_json().contains("secret"));
}

#[test]
fn what_a_signing_key_publishes_can_be_read() {
    let json = PrivateJwk::generate(ES256).unwrap().expose_json();
    let odd = json.replacen('{', r#"{"key_ops":["sign","deriveBits"],"#, 1);
    let key = SigningKey::from_jwk(&PrivateJwk::from_json(&odd).unwrap()).unwrap();
    let published = key.public_jwk().unwrap();
    assert_eq!(Jwk::from_json(&published.to_json()).unwrap(), published);
    assert!(VerifyingKey::from_jwk(&published).is_ok());
}

#[test]
fn key_ops_are_bounded() {
    let operations = |count: usize| (0..count).map(|n| format!("\"o{n}\"")).collect::<Vec<_>>().join(",");
    assert!(Jwk::from_json(&entry(&format!(",\"key_ops\":[{}]", operations(16)))).is_ok());
    assert!(Jwk::from_json(&entry(&format!(",\"key_ops\":[{}]", operations(17)))).is_err());
}

#[test]
fn b10_use_key_ops_and_alg_are_enforced() {
    let usable = |more: &str| JwkSet::from_json(&set(&[entry(more)])).unwrap().verifying_keys().len() == 1;
    for more in [
        "",
        r#","use":"sig""#,
        r#","key_ops":["verify"]"#,
        r#","key_ops":["verify","sign"],"use":"sig""#,
        r#","alg":"EdDSA""#,
        r#","alg":"Ed25519""#,
    ] {
        assert!(usable(more), "{more}");
    }
    for more in [
        r#","use":"enc""#,
        r#","use":"SIG""#,
        r#","use":"""#,
        r#","key_ops":["encrypt"]"#,
        r#","key_ops":["sign"]"#,
        r#","key_ops":[]"#,
        r#","key_ops":["verify","verify"]"#,
        r#","use":"sig","key_ops":["verify","encrypt"]"#,
        r#","use":"enc","key_ops":["verify"]"#,
        r#","alg":"ES256""#,
        r#","alg":"ECDH-ES""#,
        r#","alg":"none""#,
        r#","alg":"eddsa""#,
    ] {
        assert!(!usable(more), "{more}");
    }
}

#[test]
fn b08_shared_secrets_of_a_set_only_by_name() {
    let secret = |more: &str| format!(r#"{{"kty":"oct","k":"{}"{more}}}"#, "A".repeat(86));
    let text = set(&[secret(""), secret(r#","alg":"HS512""#), secret(r#","alg":"A128KW""#)]);
    let set = JwkSet::from_json(&text).unwrap();
    assert_eq!(set.len(), 0);
    assert_eq!(set.to_json(), r#"{"keys":[]}"#);
    assert_eq!(set.verifying_keys().len(), 0);
    assert_eq!(set.verifying_keys().skipped().len(), 3);
    let algorithms =
        |rules: KeyRules| set.verifying_keys_with(&rules).iter().map(VerifyingKey::algorithm).collect::<Vec<_>>();
    assert_eq!(algorithms(KeyRules::new().symmetric(HS256)), [HS256]);
    assert_eq!(algorithms(KeyRules::new().symmetric(HS512)), [HS512, HS512]);
    assert_eq!(algorithms(KeyRules::new().symmetric(HS256).symmetric(HS512)), [HS256, HS512]);
    assert_eq!(algorithms(KeyRules::new().symmetric(RS256)), []);
}

#[test]
fn rsa_without_alg_is_bound_by_name() {
    let vectors = testkit::vectors::load("rfc/rfc7515.json");
    let rsa = vectors["vectors"].as_array().unwrap().iter().find(|vector| vector["id"] == "rfc7515-A.2").unwrap();
    let set = JwkSet::from_json(&format!("{{\"keys\":[{}]}}", rsa["public_key"])).unwrap();
    assert_eq!(set.verifying_keys().iter().next().unwrap().algorithm(), RS256);
    let rules = KeyRules::new().rsa_without_alg(PS256);
    assert_eq!(set.verifying_keys_with(&rules).iter().next().unwrap().algorithm(), PS256);
    assert!(set.verifying_keys_with(&KeyRules::new().rsa_without_alg(HS256)).is_empty());
}

#[test]
fn keys_are_chosen_by_key_id() {
    for count in [3, 30] {
        let keys: VerifyingKeys = (0..count)
            .map(|number| {
                let key = SigningKey::generate(EdDSA)
                    .unwrap()
                    .public_jwk()
                    .unwrap()
                    .with_key_id(format!("k{}", number / 2))
                    .unwrap();
                VerifyingKey::from_jwk(&key).unwrap()
            })
            .collect();
        assert_eq!(keys.candidates(Some("k0")).count(), 2, "duplicates are all tried");
        assert_eq!(keys.candidates(Some("k")).count(), 0);
        assert_eq!(keys.candidates(None).count(), count);
    }
    let without: VerifyingKeys = [SigningKey::generate(EdDSA).unwrap().public_jwk().unwrap()]
        .iter()
        .map(|jwk| VerifyingKey::from_jwk(jwk).unwrap())
        .collect();
    assert_eq!(without.candidates(Some("any")).count(), 1, "a ring without key IDs ignores the token's");
}
