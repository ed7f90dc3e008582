//! Key files in every form, wherever one is read.

use crate::desk::{CERTIFICATE, CERTIFIED_KEY, Desk, SECRET, der_of, has_aws_lc_rs, key_file, key_octets};

const ANY: [&str; 4] = ["--any-issuer", "--any-audience", "--no-expiry", "--keys"];

#[test]
fn files_that_are_no_key_are_told_apart() {
    let desk = Desk::new();
    let public = |octets: &[u8]| desk.put("f", octets).run(&["key", "public", "f"]);
    for empty in [&b""[..], b"\n"] {
        public(empty)
            .fails(2, "error[invalid_key]: \"f\": nothing is in it; carnet key generate --alg ES256 makes a key");
    }
    public(b"\xef\xbb\xbf{}")
        .fails_with(2, "error[invalid_key]: \"f\": a byte order mark (UTF-8 BOM) stands before the JSON");
    // In front of PEM stands whatever there is.
    assert_eq!(public(format!("\u{feff}{CERTIFICATE}").as_bytes()).code, 0);
    public(SECRET.as_bytes()).fails_with(2, "error[invalid_key]: \"f\": no key");
    public(b"\xff\xfe{\x00").fails_with(2, "error[invalid_key]: \"f\": it begins as UTF-16 text does");
    public(b"\xff\x00").fails(
        2,
        "error[invalid_key]: \"f\": no key: neither a JWK nor a JWK Set, which begin with {, nor PEM nor DER",
    );
    public(b"\x30\x82\xff").fails(
        2,
        "error[invalid_key]: \"f\": the DER is broken, encrypted, or holds no key that is read here: SPKI, PKCS#8, PKCS#1 or SEC1",
    );
    public(b"{}").fails(2, "error[invalid_key]: \"f\": the key has no member \"kty\"");
    public(b"{\"kty\":\"EC\",\"kty\":\"EC\"}")
        .fails(2, "error[invalid_key]: \"f\": the key is not strict JSON: the member \"kty\" occurs twice");
    public(
        format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{0}\",\"y\":\"{0}\"}}", "A".repeat(42) + "E").as_bytes(),
    )
    .fails(2, "error[invalid_key]: \"f\": the key's member \"x\" is, with \"y\", no point of the curve");
    public(b"{\"keys\":3}").fails(2, "error[invalid_key]: \"f\": the key's member \"keys\" is not an array");
    public(key_file("tests/keys/testkey_rsa.pub").as_bytes())
        .fails_with(2, "error[invalid_key]: \"f\": an OpenSSH public key");
    let openssh = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n";
    let outcome = public(openssh.as_bytes());
    outcome.fails_with(
        2,
        "error[invalid_key]: \"f\": an OpenSSH private key; a copy of an RSA or ECDSA key is rewritten with",
    );
    assert!(outcome.err.contains("an Ed25519 key cannot be: make a new one"), "{}", outcome.err);
    let other = CERTIFICATE.replace("CERTIFICATE", "TRUSTED CERTIFICATE");
    public(other.as_bytes())
        .fails_with(2, "error[invalid_key]: \"f\": this is a certificate in a form of OpenSSL alone");
    public(key_file("test/privateSecure.pem").as_bytes())
        .fails_with(2, "error[invalid_key]: \"f\": the private key is encrypted");
    public(key_file("tests/keys/okp-ed448-private.pem").as_bytes()).fails(
        2,
        "error[unsupported_key]: \"f\": this key (\"Ed448\") cannot be used here: no backend has it; use Ed25519",
    );
    public(&[b' '; 100_000]).fails_with(2, "error[invalid_key]");
    let long = format!("{{\"kty\":\"{}\"}}", "x".repeat(100_000));
    public(long.as_bytes()).fails(2, "error[too_large]: \"f\": longer than the limit of 65536 octets");
    public(&vec![b' '; 16 * 1024 * 1024 + 1])
        .fails(2, "error[too_large]: \"f\": longer than the limit of 16777216 octets");
}

#[test]
fn files_that_cannot_be_read() {
    let desk = Desk::new();
    desk.run(&["key", "public", "absent.json"]).fails(2, "error[unreadable_file]: \"absent.json\": no such file");
    desk.run(&["key", "public", "."]).fails_with(2, "error[unreadable_file]: \".\": ");
    desk.run(&["key", "public", "\u{1b}]0;x"]).fails_with(2, "error[usage]: <FILE>: this is not the name of a file");
    desk.run(&["key", "public", "-"]).fails_with(2, "error[invalid_key]: standard input: nothing is in it");
}

#[test]
fn der_is_read_as_pem_is() {
    let desk = Desk::new();
    let public = |octets: Vec<u8>| desk.put("f", octets).run(&["key", "public", "f"]).line();
    for path in [
        "golang-jwt/jwt/test/ec256-private.pem",
        "golang-jwt/jwt/test/ec256-public.pem",
        "golang-jwt/jwt/test/ed25519-private.pem",
        "golang-jwt/jwt/test/ed25519-public.pem",
        "tests/rsa/private_jwtio.pem",
        "tests/rsa/public_jwtio.pem",
        "tests/rsa/public_rsa_key_pkcs1.pem",
    ] {
        let pem = key_file(path);
        assert_eq!(public(der_of(&pem)), public(pem.into_bytes()), "{path}");
    }
    for path in ["test/fixtures/ecdsa_private_key.p8", "test/fixtures/rsa_private_key.der"] {
        assert!(public(key_octets(path)).starts_with('{'));
    }
    // From standard input too, and what is behind the end is no part of it.
    let key = key_octets("test/fixtures/rsa_private_key.der");
    assert_eq!(desk.run_with(&["key", "public", "-"], &[], &key).line(), public(key.clone()));
    desk.put("f", [key, vec![b'\n']].concat())
        .run(&["key", "public", "f"])
        .fails_with(2, "error[invalid_key]: \"f\": the DER");
}

#[test]
fn der_signs_and_verifies() {
    let desk = Desk::new();
    desk.put("key.der", der_of(CERTIFIED_KEY))
        .put("certificate.der", der_of(CERTIFICATE))
        .put("certificate.pem", CERTIFICATE);
    let token = desk.run(&["sign", "--key", "key.der", "--never-expires"]).line();
    for keys in ["key.der", "certificate.der", "certificate.pem"] {
        let verified = desk.run(&[&["verify"], &ANY[..], &[keys, &token]].concat());
        assert_eq!(verified.json()["header"]["alg"], "ES256");
    }
    let others = key_file("golang-jwt/jwt/test/ec256-public.pem");
    desk.put("other.pem", others)
        .run(&[&["verify"], &ANY[..], &["other.pem", &token]].concat())
        .fails(1, "error[invalid_signature]: the signature is invalid");
    desk.run(&["sign", "--key", "certificate.pem", "--never-expires"])
        .fails(2, "error[invalid_key]: \"certificate.pem\": this is a public key and a private one is needed to sign");
}

#[test]
fn certificates_that_cannot_be_read() {
    let desk = Desk::new();
    let public = |octets: String| desk.put("f", octets).run(&["key", "public", "f"]);
    assert_eq!(public(key_file("node-jsonwebtoken/test/pub.pem")).json()["kty"], "RSA");
    public(format!("{CERTIFICATE}{CERTIFICATE}")).fails_with(
        2,
        "error[invalid_key]: \"f\": several certificates, as a chain has them (fullchain.pem); keep only the first",
    );
    public(CERTIFICATE.replacen("MII", "AII", 1))
        .fails(2, "error[invalid_key]: \"f\": this is not an X.509 certificate in DER");
    public(format!("{CERTIFICATE}{CERTIFIED_KEY}"))
        .fails(2, "error[invalid_key]: \"f\": there are several PEM blocks with keys or certificates; keep one to a file, of a chain the first");
}

#[test]
fn kinds_that_only_one_backend_has() {
    let desk = Desk::new();
    let key = desk.put("f", key_file("test/ec512-public.pem")).run(&["key", "public", "f"]);
    if has_aws_lc_rs() {
        assert_eq!(key.json()["crv"], "P-521");
    } else {
        key.fails(
            2,
            "error[unsupported_key]: \"f\": this key (\"P-521\") cannot be used here: ring does not have it; turn on carnet's feature aws-lc-rs",
        );
    }
}
