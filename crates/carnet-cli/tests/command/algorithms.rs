//! Every algorithm from the key to the token: generated, signed, verified.

use crate::desk::{Desk, generated, has_aws_lc_rs};
use serde_json::Value;

const ANY: [&str; 3] = ["--any-issuer", "--any-audience", "--no-expiry"];

#[test]
fn what_is_generated_signs_and_what_is_published_verifies() {
    let desk = Desk::new();
    for alg in generated() {
        let symmetric = alg.starts_with("HS");
        let kid = if symmetric { "secret" } else { "thumbprint" };
        let private = desk.run(&["key", "generate", "--alg", alg, "--kid", kid]).line();
        let kid = serde_json::from_str::<Value>(&private).unwrap()["kid"].clone();
        desk.put("private", &private);
        let token = desk.run(&["sign", "--key", "private", "--subject", "s", "--never-expires"]).line();
        let verify =
            |keys: &str, rest: &[&str]| desk.run(&[&["verify", "--keys", keys, &token], &ANY[..], rest].concat());

        let mut files = vec!["private"];
        if !symmetric {
            desk.put("public", desk.run(&["key", "public", "private"]).line());
            desk.put("pem", desk.run(&["key", "public", "--format", "pem", "private"]).text());
            desk.put("set", desk.run(&["jwks", "build", "private"]).line());
            files.extend(["public", "pem", "set"]);
        }
        for keys in files {
            // PEM does not say which algorithm of RSA it is for.
            let named = ["--alg", alg];
            let rest: &[&str] = if keys == "pem" { &named } else { &[] };
            let verified = verify(keys, rest).json();
            assert_eq!((&verified["header"]["alg"], &verified["header"]["kid"]), (&alg.into(), &kid), "{alg} {keys}");
            assert_eq!(verify(keys, &["--alg", alg]).code, 0);
        }
        // Shown without being believed.
        let shown = desk.run(&["inspect", &token]).text();
        assert!(shown.contains(&format!("\"alg\": \"{alg}\"")), "{shown}");

        // Another key of the same kind verifies nothing of it.
        desk.put("other", desk.run(&["key", "generate", "--alg", alg]).line());
        assert_eq!(verify("other", &[]).code, 1);
        let check = desk.run(&["key", "check", "--alg", alg, "private"]).text();
        assert!(check.ends_with(&format!("\n{alg:<10}  may use it for signing and verifying\n")), "{check}");
    }
}

#[test]
fn keys_in_pem_sign_with_their_own_algorithm() {
    let desk = Desk::new();
    for alg in generated().into_iter().filter(|alg| !alg.starts_with("HS")) {
        desk.put("key", desk.run(&["key", "generate", "--alg", alg, "--format", "pem"]).text());
        let token = desk.run(&["sign", "--key", "key", "--alg", alg, "--never-expires"]).line();
        let verified = desk.run(&[&["verify", "--keys", "key", "--alg", alg, &token], &ANY[..]].concat());
        assert_eq!(verified.json()["header"]["alg"], alg);
        if !alg.starts_with("RS") && !alg.starts_with("PS") {
            assert_eq!(desk.run(&["sign", "--key", "key", "--never-expires"]).code, 0);
            assert_eq!(desk.run(&[&["verify", "--keys", "key", &token], &ANY[..]].concat()).code, 0);
        }
    }
}

#[test]
fn help_names_the_algorithms_of_this_build() {
    let desk = Desk::new();
    for command in [&["key", "generate"][..], &["key", "convert"], &["key", "check"], &["sign"], &["verify"]] {
        let help = desk.run(&[command, &["--help"]].concat()).text();
        let (_, list) = help.split_once("Algorithms of this build:\n  ").unwrap();
        let list: Vec<&str> = list.lines().next().unwrap().split(", ").collect();
        assert!(list.contains(&"RS256"));
        assert_eq!(list.contains(&"ML-DSA-87"), has_aws_lc_rs(), "{command:?}");
        assert!(generated().iter().all(|alg| list.contains(alg)));
    }
}
