//! `carnet jwks show`.

use crate::desk::{Desk, Outcome, rfc7515_key};
use serde_json::{Value, json};

fn key(section: &str, member: &str, kid: &str) -> Value {
    let mut key: Value = serde_json::from_str(&rfc7515_key(section, member)).unwrap();
    key["kid"] = json!(kid);
    key
}

fn show(desk: &Desk, keys: &[Value]) -> Outcome {
    desk.put("set.json", json!({"keys": keys}).to_string()).run(&["jwks", "show", "set.json"])
}

const EC: &str = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U";

#[test]
fn one_line_an_entry() {
    let desk = Desk::new();
    let mut rsa = key("A.2", "public_key", "r\u{1b}");
    rsa["alg"] = json!("RS256");
    rsa["use"] = json!("sig");
    rsa["x5u"] = json!("https://example.com/");
    let mut encrypts = key("A.3", "public_key", "e");
    encrypts["use"] = json!("enc");
    let thumbprint = desk.put("rsa", rsa.to_string()).run(&["key", "thumbprint", "rsa"]).line();
    let shown = show(&desk, &[rsa, key("A.3", "public_key", "e"), encrypts]).text();
    assert_eq!(
        shown,
        format!(
            "entry 0  kid \"r\\u{{1b}}\"  RSA 2048 bits  alg RS256  use sig   {thumbprint}  usable; \"x5u\" is never followed\n\
             entry 1  kid \"e\"        EC P-256       alg none   use none  {EC}  usable\n\
             entry 2  kid \"e\"        EC P-256       alg none   use enc   {EC}  skipped: the key's \"use\" does not allow verifying signatures; it must be \"sig\" or absent; entry 1 has the same kid\n\
             3 entries: 2 usable, 1 skipped\n"
        )
    );
    // From standard input too.
    let set = std::fs::read_to_string(desk.path("set.json")).unwrap();
    assert_eq!(desk.run_with(&["jwks", "show", "-"], &[], set).text(), shown);
}

#[test]
fn what_must_not_be_there_is_called_out() {
    let desk = Desk::new();
    let mut foreign = key("A.1", "key", "f");
    foreign["alg"] = json!("A256GCM");
    let magic = json!({"kty": "MAGIC", "kid": "m", "d": "x"});
    let outcome = show(&desk, &[magic, key("A.1", "key", "s"), key("A.3", "key", "p"), foreign]);
    assert_eq!((outcome.code, outcome.err.as_str()), (0, ""));
    let lines: Vec<&str> = outcome.out.lines().collect();
    let exchange = "if the set was published, exchange it";
    assert!(lines[0].starts_with("entry 0  kid \"m\"  -         -         -         -  "), "{}", lines[0]);
    assert!(lines[0].contains(&format!("  PRIVATE KEY: {exchange}; skipped: this key (\"MAGIC\"")), "{}", lines[0]);
    assert!(
        lines[1].starts_with("entry 1  kid \"s\"  oct ") && lines[1].ends_with(&format!("  SHARED SECRET: {exchange}"))
    );
    assert!(lines[2].ends_with(&format!("{EC}  PRIVATE KEY: {exchange}; usable")), "{}", lines[2]);
    assert!(lines[3].ends_with(&format!("  SHARED SECRET: {exchange}")), "{}", lines[3]);
    assert_eq!(
        lines[4..],
        ["4 entries: 1 usable, 1 skipped; PRIVATE KEY in entries 0, 2; SHARED SECRET in entries 1, 3"]
    );
    for secret in ["A.1", "A.3"] {
        let member = if secret == "A.1" { "k" } else { "d" };
        assert!(!outcome.out.contains(&key(secret, "key", "")[member].as_str().unwrap()[..10]));
    }
}

#[test]
fn entries_that_are_no_keys() {
    let desk = Desk::new();
    let outcome = show(&desk, &[json!(7), json!({}), json!({"kty": "RSA", "kid": "r"})]);
    assert_eq!(outcome.code, 0);
    let lines: Vec<&str> = outcome.out.lines().collect();
    assert!(lines[0].starts_with("entry 0  kid none  -  -  -  -  skipped: the key is not strict JSON"), "{}", lines[0]);
    assert_eq!(lines[1], "entry 1  kid none  -  -  -  -  skipped: the key has no member \"kty\"");
    assert_eq!(lines[2], "entry 2  kid \"r\"   -  -  -  -  skipped: the key has no member \"e\"");
    assert_eq!(lines[3], "3 entries: 0 usable, 3 skipped");
    assert_eq!(show(&desk, &[]).text(), "0 entries: 0 usable, 0 skipped\n");
    assert!(show(&desk, &[key("A.3", "public_key", "e")]).text().ends_with("\n1 entry: 1 usable, 0 skipped\n"));
}

#[test]
fn what_is_no_set() {
    let desk = Desk::new();
    let show = |octets: &str| desk.put("f", octets).run(&["jwks", "show", "f"]);
    show(&rfc7515_key("A.3", "key"))
        .fails(2, "error[invalid_key]: \"f\": this is a single key and no JWK Set; carnet key check tells about it");
    show("{\"keys\":3}").fails(2, "error[invalid_key]: \"f\": the key's member \"keys\" is not an array");
    show("hello").fails_with(2, "error[invalid_key]: \"f\": no key");
    show("{}").fails(2, "error[invalid_key]: \"f\": the key has no member \"kty\"");
    desk.run(&["jwks", "show", "absent.json"]).fails(2, "error[unreadable_file]: \"absent.json\": no such file");
}
