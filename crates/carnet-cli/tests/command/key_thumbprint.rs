//! `carnet key thumbprint`.

use crate::desk::{CERTIFICATE, CERTIFIED_KEY, Desk, rfc7515_key};
use serde_json::json;

/// RFC 8037 appendix A.3; the secret half is that of appendix A.1.
const ED25519: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"ignored"}"#;
const THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

#[test]
fn rfc8037_appendix_a3() {
    let desk = Desk::new();
    desk.put("key", ED25519);
    assert_eq!(desk.run(&["key", "thumbprint", "key"]).line(), THUMBPRINT);
    assert_eq!(desk.run(&["key", "thumbprint", "--hash", "sha256", "key"]).line(), THUMBPRINT);
    assert_eq!(
        desk.run(&["key", "thumbprint", "--uri", "key"]).line(),
        format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{THUMBPRINT}")
    );
    for (hash, name, octets) in [("sha384", "sha-384", 48), ("sha512", "sha-512", 64)] {
        let thumbprint = desk.run(&["key", "thumbprint", "--hash", hash, "key"]).line();
        assert_eq!(carnet::base64url::decode(&thumbprint).unwrap().len(), octets);
        assert_eq!(
            desk.run(&["key", "thumbprint", "--hash", hash, "--uri", "key"]).line(),
            format!("urn:ietf:params:oauth:jwk-thumbprint:{name}:{thumbprint}")
        );
    }
}

#[test]
fn one_key_has_one_thumbprint_in_every_form() {
    let desk = Desk::new();
    let thumbprint = |key: &str| desk.run_with(&["key", "thumbprint", "-"], &[], key).line();
    let public = desk.run_with(&["key", "public", "-"], &[], ED25519).line();
    let pem = desk.run_with(&["key", "convert", "-", "--to", "pem"], &[], ED25519).text();
    assert_eq!(thumbprint(&public), THUMBPRINT);
    assert_eq!(thumbprint(&pem), THUMBPRINT);
    assert_eq!(thumbprint(CERTIFICATE), thumbprint(CERTIFIED_KEY));
}

#[test]
fn that_of_a_secret_is_asked_for_by_name() {
    let desk = Desk::new();
    desk.put("key", rfc7515_key("A.1", "key"));
    desk.run(&["key", "thumbprint", "key"]).fails(
        2,
        "error[unsupported_key]: \"key\": this is a shared secret, and whoever sees its thumbprint can test guesses of it; \
         if it is random octets, repeat with --allow-secret",
    );
    let thumbprint = desk.run(&["key", "thumbprint", "--allow-secret", "key"]).line();
    assert_eq!(carnet::base64url::decode(&thumbprint).unwrap().len(), 32);
    // Where there is no secret, there is nothing to allow.
    assert_eq!(desk.put("key", ED25519).run(&["key", "thumbprint", "--allow-secret", "key"]).line(), THUMBPRINT);
}

#[test]
fn what_has_none() {
    let desk = Desk::new();
    desk.put("set", json!({"keys": []}).to_string())
        .run(&["key", "thumbprint", "set"])
        .fails(2, "error[invalid_key]: \"set\": this is a JWK Set; carnet jwks show has the thumbprint of each entry");
    desk.run(&["key", "thumbprint", "absent.json"]).fails(2, "error[unreadable_file]: \"absent.json\": no such file");
    desk.run_with(&["key", "thumbprint", "-"], &[], "hello")
        .fails_with(2, "error[invalid_key]: standard input: no key");
    assert_eq!(desk.run(&["key", "thumbprint", "--hash", "sha1", "set"]).code, 2);
}
