//! X.509: the key of a certificate, and `x5c` of a JWK (RFC 7517 section 4.7).
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

#[path = "support/forms.rs"]
mod forms;

use carnet_core::base64url;
use carnet_jwa::Algorithm;
use carnet_jwk::{Jwk, JwkSet, KeyError, KeyRemark, PrivateJwk, VerifyingKey};
use forms::{Form, available, decoded};
use serde_json::{Value, json};

fn base64(octets: &[u8]) -> String {
    let text = base64url::encode(octets).replace('-', "+").replace('_', "/");
    format!("{text}{}", "=".repeat(text.len().wrapping_neg() % 4))
}

fn root() -> String {
    testkit::vectors::load("key-forms/forms.json")["root"].as_str().unwrap().to_owned()
}

fn with(form: &Form, members: &[(&str, Value)]) -> Result<Jwk, KeyError> {
    let mut jwk = form.public();
    for (name, value) in members {
        jwk[*name] = value.clone();
    }
    Jwk::from_json(&jwk.to_string())
}

#[test]
fn the_key_of_a_certificate() {
    for form in available() {
        let pem = form.pem("x509").unwrap();
        let jwk = Jwk::from_x509_pem(pem).unwrap();
        assert_eq!(Jwk::from_x509_der(&decoded(pem)).unwrap(), jwk, "{}", form.kind());
        assert_eq!(*jwk.public_key(), *with(&form, &[]).unwrap().public_key(), "{}", form.kind());
        assert_eq!(jwk.certificates(), [decoded(pem)]);
        // Kept as `x5c`, which is read back; it expired in 2001, which nobody looks at.
        assert_eq!(Jwk::from_json(&jwk.to_json()).unwrap(), jwk);
        assert_eq!(serde_json::from_str::<Value>(&jwk.to_json()).unwrap()["x5c"], json!([base64(&decoded(pem))]));
        assert!(VerifyingKey::from_jwk_as(form.algorithm(), &jwk).is_ok());
        // `alg` is a member of an ML-DSA key itself.
        let own = form.public()["alg"].as_str().map(str::to_owned);
        assert_eq!((jwk.key_id(), jwk.algorithm(), jwk.remarks()), (None, own.as_deref(), Vec::new()));
        // A certificate is taken only where it is asked for by name.
        let (pem_error, der_error) = (Jwk::from_pem(pem).unwrap_err(), Jwk::from_der(&decoded(pem)).unwrap_err());
        assert!(pem_error.to_string().contains("from_x509_pem") && der_error.to_string().contains("from_x509_der"));
        assert!(PrivateJwk::from_pem(pem).is_err() && PrivateJwk::from_der(&decoded(pem)).is_err());
    }
}

#[test]
fn what_is_no_certificate() {
    let form = &available()[0];
    for pem in [form.pem("spki").unwrap(), form.pem("pkcs8").unwrap(), "", "-----BEGIN CERTIFICATE-----\nAAAA"] {
        assert_eq!(Jwk::from_x509_pem(pem).unwrap_err().code(), "invalid_key");
    }
    let pem = form.pem("x509").unwrap();
    assert_eq!(Jwk::from_x509_pem(&format!("{pem}{pem}")).unwrap_err().code(), "invalid_key", "two of them");
    let der = decoded(pem);
    for octets in [&der[..der.len() - 1], &[&der[..], &[0]].concat(), &[0x30, 0], &decoded(form.pem("spki").unwrap())] {
        assert_eq!(Jwk::from_x509_der(octets).unwrap_err().code(), "invalid_key");
    }
    assert_eq!(Jwk::from_x509_der(&[0x30; 64 * 1024 + 1]).unwrap_err().code(), "too_large");
}

#[test]
fn x5c_that_holds_the_key() {
    for form in available() {
        let (leaf, root) = (decoded(form.pem("x509").unwrap()), decoded(&root()));
        for chain in [vec![leaf.clone()], vec![leaf.clone(), root.clone()], vec![leaf.clone(); 16]] {
            let texts: Vec<String> = chain.iter().map(|certificate| base64(certificate)).collect();
            let jwk = with(&form, &[("x5c", json!(texts))]).unwrap();
            assert_eq!(jwk.certificates(), chain, "{}", form.kind());
            let written: Value = serde_json::from_str(&jwk.to_json()).unwrap();
            assert_eq!(written["x5c"], json!(texts));
            assert_eq!(Jwk::from_json(&jwk.to_json()).unwrap(), jwk);
            // It is no part of the key: one thumbprint with it and without.
            assert_eq!(jwk.thumbprint(), with(&form, &[]).unwrap().thumbprint());
        }
        // With a private key as well, whose public half keeps it.
        let mut private = form.jwk();
        private["x5c"] = json!([base64(&leaf)]);
        let private = PrivateJwk::from_json(&private.to_string()).unwrap();
        assert_eq!(private.public_jwk().unwrap().certificates(), [leaf]);
        assert!(PrivateJwk::from_json(&private.expose_json()).unwrap() == private);
    }
}

#[test]
fn x5c_that_does_not() {
    let forms = available();
    for (place, form) in forms.iter().enumerate() {
        let leaf = decoded(form.pem("x509").unwrap());
        let stranger = base64(&decoded(forms[(place + 1) % forms.len()].pem("x509").unwrap()));
        let good = base64(&leaf);
        for (what, x5c) in [
            ("another kind of key", json!([stranger])),
            ("the root's key", json!([base64(&decoded(&root()))])),
            ("the root before the leaf", json!([base64(&decoded(&root())), good])),
            ("another key before the leaf", json!([stranger, good])),
            ("17 certificates", json!([&[&*good][..], &["AA=="; 16]].concat())),
            ("1000 certificates", json!(vec!["AA=="; 1000])),
            ("none", json!([])),
            ("a string", json!(good)),
            ("null", json!(null)),
            ("a number in the list", json!([1])),
            ("a number behind the leaf", json!([good, 1])),
            ("an empty string", json!([""])),
            ("not base64", json!(["not base64"])),
            ("not base64 behind the leaf", json!([good, "*"])),
            ("base64url", json!([base64url::encode(&leaf)])),
            ("without its padding", json!([base64(&[&leaf[..], &[0]].concat()).trim_end_matches('=')])),
            ("a line end within", json!([format!("{}\n{}", &good[..64], &good[64..])])),
            ("PEM", json!([form.pem("x509").unwrap()])),
            ("cut short", json!([base64(&leaf[..leaf.len() - 3])])),
            ("something behind it", json!([base64(&[&leaf[..], &[0, 0, 0]].concat())])),
            ("a public key", json!([base64(&decoded(form.pem("spki").unwrap()))])),
            ("an empty sequence", json!([base64(&[0x30, 0])])),
        ] {
            let error = with(form, &[("x5c", x5c.clone())]).unwrap_err();
            assert!(matches!(error, KeyError::InvalidMember { member: "x5c", .. }), "{}, {what}: {error}", form.kind());
            // In a set it spoils its own entry.
            let mut bad = form.public();
            bad["x5c"] = x5c;
            let set = json!({"keys": [bad, form.public()]}).to_string();
            let set = JwkSet::from_json(&set).unwrap();
            assert_eq!((set.len(), set.skipped().len()), (1, 1), "{what}");
        }
    }
}

/// What is odd and does no harm is said, and the key is used.
#[test]
fn remarks() {
    use KeyRemark::{
        MalformedX5t, MalformedX5tS256, X5tOfAnotherCertificate, X5tS256OfAnotherCertificate, X5uNotFollowed,
    };
    for form in available() {
        let leaf = json!([base64(&decoded(form.pem("x509").unwrap()))]);
        let (sha1, sha256) = (form.text("/x509_sha1"), form.text("/x509_s256"));
        let (other, other_sha1) = (base64url::encode(&[7; 32]), base64url::encode(&[7; 20]));
        let digits = base64url::encode(b"0123456789abcdef0123456789abcdef01234567");
        for (members, expected) in [
            (vec![], vec![]),
            (vec![("x5t", json!(sha1)), ("x5t#S256", json!(sha256)), ("x5c", leaf.clone())], vec![]),
            (vec![("x5t", json!(sha1)), ("x5t#S256", json!(other))], vec![]),
            (vec![("x5t", json!(digits))], vec![MalformedX5t]),
            (vec![("x5t", json!(""))], vec![MalformedX5t]),
            (vec![("x5t", json!(1))], vec![MalformedX5t]),
            (vec![("x5t", json!(sha256))], vec![MalformedX5t]),
            (vec![("x5t#S256", json!(sha1))], vec![MalformedX5tS256]),
            (vec![("x5t#S256", json!(format!("{sha256}=")))], vec![MalformedX5tS256]),
            (vec![("x5t#S256", json!(null)), ("x5c", leaf.clone())], vec![MalformedX5tS256]),
            (vec![("x5t#S256", json!(other)), ("x5c", leaf.clone())], vec![X5tS256OfAnotherCertificate]),
            (vec![("x5t", json!(other_sha1))], vec![]),
            (vec![("x5t", json!(other_sha1)), ("x5c", leaf.clone())], vec![X5tOfAnotherCertificate]),
            (vec![("x5u", json!("https://example.com/"))], vec![X5uNotFollowed]),
            (
                vec![("x5u", json!(1)), ("x5t", json!("")), ("x5t#S256", json!(""))],
                vec![MalformedX5t, MalformedX5tS256, X5uNotFollowed],
            ),
        ] {
            let jwk = with(&form, &members).unwrap();
            assert_eq!(jwk.remarks(), expected, "{}: {members:?}", form.kind());
            assert!(VerifyingKey::from_jwk_as(form.algorithm(), &jwk).is_ok());
            // In a set, with its place.
            let set = JwkSet::from_json(&format!(r#"{{"keys":[{{}},{}]}}"#, jwk.to_json())).unwrap();
            assert_eq!(
                set.remarks().collect::<Vec<_>>(),
                expected.iter().map(|&remark| (1, remark)).collect::<Vec<_>>()
            );
            let texts: Vec<String> = expected.iter().map(ToString::to_string).collect();
            assert!(texts.iter().all(|text| text.contains("x5")), "{texts:?}");
        }
    }
}

/// What a key is for and what its certificate says of that.
#[test]
fn remarks_on_key_usage() {
    let form = available().into_iter().find(|form| form.algorithm() == Algorithm::ES256).unwrap();
    let file = testkit::vectors::load("key-forms/key_usages.json");
    let with_usage = |certificate: &str, members: &[(&str, Value)]| {
        let x5c = json!([file["certificates"][certificate].as_str().unwrap()]);
        let jwk = with(&form, &[&[("x5c", x5c)], members].concat()).unwrap();
        assert!(!jwk.certificates().is_empty());
        jwk.remarks()
    };
    let signatures = ["digitalSignature", "contentCommitment", "digitalSignature and keyEncipherment"];
    let agreement = ["keyAgreement", "encipherOnly", "decipherOnly"];
    let encryption =
        [&["keyEncipherment", "dataEncipherment", "digitalSignature and keyEncipherment"][..], &agreement].concat();
    let silent = ["nothing said", "another extension", "not a bit string"];
    let purposes = [
        (&signatures[..], "use", json!("sig")),
        (&signatures, "key_ops", json!(["verify"])),
        (&signatures, "key_ops", json!(["sign", "verify"])),
        (&signatures, "alg", json!("ES256")),
        (&encryption, "use", json!("enc")),
        (&encryption, "key_ops", json!(["wrapKey", "unwrapKey"])),
        (&encryption, "key_ops", json!(["encrypt", "decrypt"])),
        (&agreement, "key_ops", json!(["deriveKey"])),
        (&agreement, "key_ops", json!(["deriveBits"])),
    ];
    for certificate in file["certificates"].as_object().unwrap().keys().map(String::as_str) {
        assert_eq!(with_usage(certificate, &[]), [], "{certificate}");
        assert_eq!(with_usage(certificate, &[("use", json!("other"))]), [], "{certificate}");
        for (allowed, member, value) in &purposes {
            let agree = allowed.contains(&certificate) || silent.contains(&certificate);
            let expected = if agree { vec![] } else { vec![KeyRemark::UnlikeKeyUsage] };
            let remarks = with_usage(certificate, &[(*member, value.clone())]);
            assert_eq!(remarks, expected, "{certificate}, {member} {value}");
        }
    }
}

#[test]
fn remarks_of_published_sets() {
    let remarks = |name: &str| {
        let set = JwkSet::from_json(&testkit::vectors::read(format!("jwks-real/{name}"))).unwrap();
        (set.iter().filter(|jwk| !jwk.certificates().is_empty()).count(), set.remarks().collect::<Vec<_>>())
    };
    // The `x5t` of these is base64url of hexadecimal digits.
    let (certificates, odd) = remarks("auth0-legacy-x5cMultiple.json");
    assert_eq!((certificates, odd), (2, vec![(0, KeyRemark::MalformedX5t), (1, KeyRemark::MalformedX5t)]));
    assert_eq!(remarks("entra-v1-jwks.json"), (3, vec![]));
    assert_eq!(remarks("google-jwks.json"), (0, vec![]));
}

/// What the certificate says goes before what a member says of it.
#[test]
fn selection_by_the_digest_of_a_certificate() {
    for form in available() {
        let leaf = json!([base64(&decoded(form.pem("x509").unwrap()))]);
        let own = form.text("/x509_s256");
        let other = base64url::encode(&[7; 32]);
        let escaped = own.replacen(&own[..1], &format!("\\u{:04x}", own.as_bytes()[0]), 1);
        let selects = |members: &str, wanted: &str| {
            let jwk = form.public().to_string().replacen('{', &format!("{{{members}"), 1);
            let set = JwkSet::from_json(&format!(r#"{{"keys":[{jwk}]}}"#)).unwrap();
            set.select(&carnet_jwk::KeySelection::new().x509_thumbprint(wanted)).count() == 1
        };
        for stated in [own, &escaped, &other, "short", &format!("{own}=")] {
            let member = format!(r#""x5t#S256":"{stated}","#);
            let both = format!(r#"{member}"x5c":{leaf},"#);
            assert!(selects(&both, own) && !selects(&both, &other) && !selects(&both, "short"), "{both}");
            // Without a certificate, as it is stated, where that is a digest.
            assert_eq!(selects(&member, own), stated == own || stated == escaped, "{member}");
            assert_eq!(selects(&member, &other), stated == other, "{member}");
            assert!(!selects(&member, "short") && !selects(&member, &format!("{own}=")), "{member}");
        }
    }
}
