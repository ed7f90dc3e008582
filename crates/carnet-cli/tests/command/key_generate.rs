//! `carnet key generate`.

use crate::desk::{Desk, generated, has_aws_lc_rs};
use serde_json::Value;

#[test]
fn makes_a_private_jwk_for_each_algorithm() {
    let desk = Desk::new();
    for alg in generated() {
        let key = desk.run(&["key", "generate", "--alg", alg]).json();
        let kty = match alg {
            "EdDSA" => "OKP",
            _ if alg.starts_with("HS") => "oct",
            _ if alg.starts_with("ES") => "EC",
            _ if alg.starts_with("ML-DSA") => "AKP",
            _ => "RSA",
        };
        assert_eq!((&key["kty"], &key["alg"]), (&kty.into(), &alg.into()));
        assert!(["d", "k", "priv"].iter().any(|member| key[member].is_string()), "{alg}");
        assert_eq!(key.get("kid"), None);
    }
    let one = desk.run(&["key", "generate", "--alg", "ES256"]).line();
    assert_ne!(one, desk.run(&["key", "generate", "--alg", "ES256"]).line());
    assert_eq!(desk.run(&["key", "generate", "--alg", "Ed25519"]).json()["alg"], "Ed25519");
}

#[test]
fn writes_pem_for_every_key_but_a_secret() {
    let desk = Desk::new();
    for alg in generated() {
        let outcome = desk.run(&["key", "generate", "--alg", alg, "--format", "pem"]);
        if alg.starts_with("HS") {
            outcome.fails(
                2,
                &format!("error[usage]: a key for {alg} is a shared secret, which has no PEM; leave --format out to write a JWK"),
            );
            continue;
        }
        let pem = outcome.text();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n") && pem.ends_with("\n-----END PRIVATE KEY-----\n"));
        let again = desk.run_with(&["key", "convert", "--to", "pem", "-"], &[], &pem).text();
        assert_eq!(again, pem, "{alg}");
    }
}

#[test]
fn names_the_key() {
    let desk = Desk::new();
    let generate = |rest: &[&str]| desk.run(&[&["key", "generate", "--alg"], rest].concat());
    for alg in generated().into_iter().filter(|alg| !alg.starts_with("HS")) {
        let key = generate(&[alg, "--kid", "thumbprint"]).line();
        let thumbprint = desk.run_with(&["key", "thumbprint", "-"], &[], &key).line();
        assert_eq!(serde_json::from_str::<Value>(&key).unwrap()["kid"], thumbprint.as_str());
    }
    assert_eq!(generate(&["ES256", "--kid", "2026-11"]).json()["kid"], "2026-11");
    assert_eq!(generate(&["HS256", "--kid", "2026-11"]).json()["kid"], "2026-11");
    generate(&["HS256", "--kid", "thumbprint"]).fails(
        2,
        "error[usage]: the thumbprint of a shared secret is no kid: it stands in every token and lets whoever reads one test guesses of the secret; \
         name the key with --kid NAME",
    );
    generate(&["ES256", "--kid", "x", "--format", "pem"]).fails(
        2,
        "error[usage]: PEM has no room for a key ID (--kid); write a JWK, or name the key where PEM becomes one",
    );
    // The first thing that is wrong with a secret is that it has no PEM at all.
    generate(&["HS256", "--kid", "x", "--format", "pem"])
        .fails_with(2, "error[usage]: a key for HS256 is a shared secret, which has no PEM");
    generate(&["ES256", "--kid", &"x".repeat(1025)])
        .fails(2, "error[invalid_key]: the key's member \"kid\" is longer than 1024 octets");
    let empty = generate(&["ES256", "--kid", ""]);
    assert_eq!((empty.code, empty.out.as_str()), (2, ""));
    assert!(empty.err.contains("a key ID is thumbprint, or a name of one character or more"), "{}", empty.err);
}

#[test]
fn rsa_keys_have_the_size_that_is_asked_for() {
    let desk = Desk::new();
    let generate = |rest: &[&str]| desk.run(&[&["key", "generate", "--alg"], rest].concat());
    for (alg, what) in [("ES256", "ES256"), ("HS256", "HS256"), ("Ed25519", "EdDSA")] {
        generate(&[alg, "--bits", "2048"])
            .fails(2, &format!("error[usage]: --bits is the size of an RSA key; all keys for {what} have one size"));
    }
    if !has_aws_lc_rs() {
        for (bits, refused) in [
            (&["RS256"][..], "error[unsupported_key]: this key (\"RSA\") cannot be used here: "),
            (&["RS256", "--bits", "2048"], "error[unsupported_key]: --bits: "),
            (&["PS512", "--bits", "1024"], "error[unsupported_key]: --bits: "),
        ] {
            generate(bits).fails(
                2,
                &format!(
                    "{refused}ring cannot generate RSA keys; turn on carnet's feature aws-lc-rs, or make one with: \
                     openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072"
                ),
            );
        }
        return;
    }
    for (bits, octets) in [(&[][..], 384), (&["--bits", "2048"], 256), (&["--bits", "4096"], 512)] {
        let key = generate(&[&["PS256"], bits].concat()).json();
        assert_eq!(carnet::base64url::decode(key["n"].as_str().unwrap()).unwrap().len(), octets);
    }
    for bits in ["0", "1024", "2047", "3000", "16384"] {
        generate(&["RS256", "--bits", bits])
            .fails(2, "error[unsupported_key]: --bits: RSA keys are made with 2048, 3072, 4096 or 8192 bits");
    }
}

#[test]
fn makes_no_other_key() {
    let desk = Desk::new();
    let generate = |alg| desk.run(&["key", "generate", "--alg", alg]);
    generate("none")
        .fails_with(2, "error[unsupported_algorithm]: the algorithm none is not supported: it leaves tokens");
    generate("Ed448").fails(2, "error[unsupported_algorithm]: the algorithm Ed448 is not supported: no backend has it");
    generate("RSA-OAEP").fails_with(2, "error[unsupported_algorithm]: the algorithm RSA-OAEP is not supported");
    generate("es256").fails_with(2, "error[unknown_algorithm]: the value of --alg is not a registered algorithm");
    generate("\u{1b}[31m")
        .fails_with(2, "error[unknown_algorithm]: the value of --alg is not a registered algorithm; write it as");
    if !has_aws_lc_rs() {
        for alg in ["ES512", "ES256K", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"] {
            generate(alg).fails(
                2,
                &format!(
                    "error[unsupported_algorithm]: the algorithm {alg} is not supported: ring does not have it; \
                     turn on carnet's feature aws-lc-rs"
                ),
            );
        }
    }
}
