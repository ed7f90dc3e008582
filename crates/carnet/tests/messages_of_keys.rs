//! What every error about keys and secrets says, word for word, with its code.
#![cfg(test)]

#[path = "support/lines.rs"]
mod lines;

use carnet::prelude::*;
use carnet::{KeyError, PrivateJwkSet, base64url};
use lines::{line, listing};
use serde_json::{Value, json};
use testkit::vectors;

fn key_error(error: &KeyError) -> String {
    line(error.code(), error)
}

fn secret() -> Secret {
    Secret::from_bytes([7; 64]).unwrap()
}

fn known(name: &str) -> Value {
    vectors::load("attacks/attack_tokens.json")["keys"][name].clone()
}

#[test]
fn jwks() {
    let public = |jwk: &str| key_error(&Jwk::from_json(jwk).unwrap_err());
    let private = |jwk: &Value| key_error(&PrivateJwk::from_json(&jwk.to_string()).unwrap_err());
    let with = |name: &str, member: &str, value: Value| {
        let mut jwk = known(name);
        jwk[member] = value;
        jwk
    };
    let without = |name: &str, members: &[&str]| {
        let mut jwk = known(name);
        jwk.as_object_mut().unwrap().retain(|member, _| !members.contains(&member.as_str()));
        jwk
    };
    let ec = || without("ec", &["d"]);
    let altered = |member: &str, value: Value| {
        let mut jwk = ec();
        jwk[member] = value;
        public(&jwk.to_string())
    };
    let rsa = |n: &[u8], e: &[u8]| {
        public(&json!({"kty": "RSA", "n": base64url::encode(n), "e": base64url::encode(e)}).to_string())
    };
    let odd = |octets: usize| [&[0x80], &vec![1; octets - 1][..]].concat();
    let lines = vec![
        public("{"),
        public(&" ".repeat(65_537)),
        public("{}"),
        public(r#"{"keys":[]}"#),
        public(r#"{"kty":1}"#),
        public(r#"{"kty":"MAGIC"}"#),
        public(r#"{"kty":"oct"}"#),
        public(r#"{"kty":"OKP","crv":"Ed448"}"#),
        public(r#"{"kty":"OKP","crv":"X25519"}"#),
        public(r#"{"kty":"OKP","crv":"P-256"}"#),
        public(&known("ec").to_string()),
        altered("x", json!("AA==")),
        altered("x", json!("AA")),
        altered("y", known("ec")["x"].clone()),
        altered("kid", json!("k".repeat(1025))),
        altered("key_ops", json!("verify")),
        altered("key_ops", json!(["verify", "verify"])),
        public(
            &json!({"kty": "EC", "use": "enc", "key_ops": ["verify"], "crv": "P-256", "x": ec()["x"], "y": ec()["y"]})
                .to_string(),
        ),
        altered("alg", json!("ES384")),
        public(r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#),
        public(r#"{"kty":"OKP","crv":"Ed25519","x":"AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#),
        public(r#"{"kty":"OKP","crv":"Ed25519","x":"7v_______________________________________38"}"#),
        public(r#"{"kty":"OKP","crv":"Ed25519","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#),
        rsa(&[], &[3]),
        rsa(&[0, 1], &[3]),
        rsa(&odd(128), &[3]),
        rsa(&[&odd(255)[..], &[2]].concat(), &[3]),
        rsa(&odd(256), &[2]),
        rsa(&odd(256), &[1]),
        private(&without("ec", &["d"])),
        private(&with("ec", "d", json!("AA"))),
        private(&with("ec", "d", json!(base64url::encode(&[1; 32])))),
        private(&with("ed", "d", json!("AA"))),
        private(&with("ed", "d", json!(base64url::encode(&[1; 32])))),
        private(&with("rsa", "oth", json!([]))),
        private(&without("rsa", &["p", "q", "dp", "dq", "qi"])),
        private(&without("rsa", &["qi"])),
        private(&with("rsa", "d", json!("AQ"))),
        private(&with("rsa", "d", json!("AAE"))),
        private(&with("rsa", "d", json!(""))),
        private(&with("rsa", "d", json!(base64url::encode(&[1; 300])))),
        private(&json!({"kty": "oct", "k": ""})),
        private(&json!({"kty": "oct", "k": base64url::encode(br#"{"kty":"oct"}"#)})),
        private(&json!({"kty": "oct", "k": "AAAA", "alg": "ES256"})),
    ];
    insta::assert_snapshot!(listing(lines), @r##"
    invalid_key: the key is not strict JSON: not JSON at octet 1
    too_large: longer than the limit of 65536 octets
    invalid_key: the key has no member "kty"
    invalid_key: the key's member "keys" makes this a JWK Set: read it with JwkSet::from_json
    invalid_key: the key's member "kty" is not a string
    unsupported_key: this key ("MAGIC") cannot be used here: the supported kinds are RSA, EC (P-256, P-384; with aws-lc-rs also P-521, secp256k1), OKP (Ed25519), with aws-lc-rs AKP (ML-DSA), and oct
    unsupported_key: this key ("oct") cannot be used here: it is a shared secret and has no public half; read it with PrivateJwk::from_json
    unsupported_key: this key ("Ed448") cannot be used here: no backend has it; use Ed25519
    unsupported_key: this key ("X25519") cannot be used here: it agrees on keys and does not sign; use Ed25519
    unsupported_key: this key ("P-256") cannot be used here: the supported kinds are RSA, EC (P-256, P-384; with aws-lc-rs also P-521, secp256k1), OKP (Ed25519), with aws-lc-rs AKP (ML-DSA), and oct
    invalid_key: the key's member "d" makes this a private or symmetric key: read it with PrivateJwk::from_json, and publish only its public half
    invalid_key: the key's member "x" is not base64url without padding
    invalid_key: the key's member "x" does not have the length of a coordinate of its curve
    invalid_key: the key's member "x" is, with "y", no point of the curve
    invalid_key: the key's member "kid" is longer than 1024 octets
    invalid_key: the key's member "key_ops" is not an array of strings
    invalid_key: the key's member "key_ops" names an operation twice
    invalid_key: the key's member "key_ops" contradicts "use"
    key_mismatch: ES384 cannot be used with an EC key on P-256
    invalid_key: the key's member "x" does not have the 32 octets of an Ed25519 public key
    invalid_key: the key's member "x" is not a point on Ed25519
    invalid_key: the key's member "x" is not the canonical form of its point
    invalid_key: the key's member "x" is a point of small order, under which anybody can sign
    invalid_key: the key's member "n" is empty
    invalid_key: the key's member "n" has leading zero octets
    weak_key: the RSA modulus has 1024 bits, and 2048 to 8192 are allowed
    invalid_key: the key's member "n" is even
    invalid_key: the key's member "e" is even
    invalid_key: the key's member "e" is not at least 3 and below 2^33
    invalid_key: the key's member "d" is missing: this is a public key, and a private one is needed
    invalid_key: the key's member "d" does not have the length of its curve
    invalid_key: the key's member "d" does not belong to the public half
    invalid_key: the key's member "d" does not have the 32 octets of an Ed25519 seed
    invalid_key: the key's member "d" does not belong to the public half
    invalid_key: the key's member "oth" makes this an RSA key of more than two primes, which is not supported
    unsupported_key: this key ("RSA") cannot be used here: a private RSA key needs the members p, q, dp, dq and qi; export the key with them
    invalid_key: the key has no member "qi"
    invalid_key: the key's member "d" does not fit the other numbers of the key
    invalid_key: the key's member "d" has leading zero octets
    invalid_key: the key's member "d" is empty
    invalid_key: the key's member "d" is larger than the modulus
    invalid_key: the key's member "k" is empty
    weak_key: the octets given as a shared secret look like a JWK; load that as a key for its own algorithm, never as an HMAC secret
    key_mismatch: ES256 cannot be used with a shared secret
    "##);
}

#[test]
fn keys_in_use() {
    let jwk = |name: &str, member: &str, value: Value| {
        let mut jwk = known(name);
        jwk[member] = value;
        PrivateJwk::from_json(&jwk.to_string()).unwrap()
    };
    let verifies =
        |algorithm, jwk: &PrivateJwk| key_error(&VerifyingKey::from_private_jwk_as(algorithm, jwk).unwrap_err());
    let public = |jwk: &PrivateJwk| key_error(&VerifyingKey::from_jwk(&jwk.public_jwk().unwrap()).unwrap_err());
    let signs = |jwk: &PrivateJwk| key_error(&SigningKey::from_jwk(jwk).unwrap_err());
    let set = |text: &str| key_error(&JwkSet::from_json(text).unwrap_err());
    let many = format!(r#"{{"keys":[{}1]}}"#, "1,".repeat(256));
    let lines = vec![
        public(&jwk("ec", "use", json!("enc"))),
        public(&jwk("ec", "key_ops", json!(["deriveKey"]))),
        public(&jwk("ec", "alg", json!("ECDH-ES"))),
        signs(&jwk("ec", "use", json!("enc"))),
        signs(&jwk("hs", "kid", json!("1"))),
        verifies(ES384, &jwk("ec", "kid", json!("1"))),
        verifies(RS256, &jwk("rsa", "alg", json!("PS256"))),
        verifies(HS256, &jwk("kw128", "kid", json!("1"))),
        key_error(&VerifyingKey::from_secret(HS512, &Secret::from_bytes([7; 63]).unwrap()).unwrap_err()),
        key_error(&VerifyingKey::from_secret(ES256, &secret()).unwrap_err()),
        set("[]"),
        set("{}"),
        set(r#"{"keys":{}}"#),
        set(&many),
        set(&" ".repeat(16 * 1024 * 1024 + 1)),
        JwkSet::from_json(r#"{"keys":[{"kty":"oct","kid":"1","k":"AAAA"}]}"#).unwrap().verifying_keys().skipped()[0]
            .to_string(),
        JwkSet::from_json(r#"{"keys":[1]}"#).unwrap().skipped()[0].to_string(),
        PrivateJwkSet::from_json(r#"{"keys":[{"kty":"EC"}]}"#).unwrap().skipped()[0].to_string(),
    ];
    insta::assert_snapshot!(listing(lines), @r##"
    key_not_for_this: the key's "use" does not allow verifying signatures; it must be "sig" or absent
    key_not_for_this: the key's "key_ops" does not allow verifying signatures; it must list that or be absent
    unsupported_algorithm: the algorithm ECDH-ES is not supported: it encrypts and does not sign
    key_not_for_this: the key's "use" does not allow signing; it must be "sig" or absent
    invalid_key: the key has no member "alg"
    key_mismatch: ES384 cannot be used with an EC key on P-256
    key_not_for_this: the key's "alg" is PS256, so it cannot be used with RS256; ask for PS256, or make a key for RS256
    weak_key: the shared secret has 16 octets, and at least 32 are needed
    weak_key: the shared secret has 63 octets, and at least 64 are needed; make one with: openssl rand -hex 64
    key_mismatch: ES256 cannot be used with a shared secret
    invalid_key: the key is not strict JSON: not a JSON object
    invalid_key: the key has no member "keys"
    invalid_key: the key's member "keys" is not an array
    invalid_key: the key's member "keys" has more entries than the limit; raise Limits::keys_per_set, 10 000 at most
    too_large: longer than the limit of 16777216 octets
    entry 0 (kid "1"): a shared secret in a set verifies only where symmetric keys are asked for by name (KeyRules::symmetric)
    entry 0: the key is not strict JSON: not a JSON object
    entry 0: the key has no member "crv"
    "##);
}

#[test]
fn secrets() {
    let error = |secret: Result<Secret, KeyError>| key_error(&secret.unwrap_err());
    let files = vectors::load("attacks/mac_key_forms.json");
    let form = |id: &str| {
        let case = files["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap();
        error(Secret::from_base64url(case["secret_b64u"].as_str().unwrap()))
    };
    let lines = vec![
        error(Secret::from_bytes([7; 31])),
        error(Secret::from_hex("0g")),
        error(Secret::from_base64url("QQ==")),
        error(Secret::from_env("CARNET_TEST_UNSET")),
        // Cargo sets these for a test, the first of them to nothing.
        error(Secret::from_env("CARGO_PKG_LICENSE_FILE")),
        error(Secret::from_env("CARGO_PKG_NAME")),
        error(Secret::from_env_hex("CARGO_PKG_NAME")),
        error(Secret::from_env_base64url("CARGO_MANIFEST_DIR")),
        form("rsa-spki-pem-as-is"),
        form("rsa-spki-der-as-is"),
        form("rsa-pkcs1-der-as-is"),
        form("rsa-openssh-line-as-is"),
        form("rsa-jwk-json-as-is"),
        form("ec-spki-der-as-is"),
        form("ed-spki-der-as-is"),
    ];
    insta::assert_snapshot!(listing(lines), @r##"
    weak_key: the shared secret has 31 octets, and at least 32 are needed; make one with: openssl rand -hex 64
    invalid_key: the secret is not pairs of hexadecimal digits
    invalid_key: the secret is not base64url without padding
    secret_unavailable: the environment variable CARNET_TEST_UNSET is not set; set it to a secret of at least 32 octets
    secret_unavailable: the environment variable CARGO_PKG_LICENSE_FILE is empty; set it to a secret of at least 32 octets
    weak_key: the secret in the environment variable CARGO_PKG_NAME has 6 octets, and at least 32 are needed; make one with: openssl rand -hex 64
    secret_unavailable: the environment variable CARGO_PKG_NAME does not hold pairs of hexadecimal digits
    secret_unavailable: the environment variable CARGO_MANIFEST_DIR does not hold base64url without padding
    weak_key: the octets given as a shared secret look like a PEM file; load that as a key for its own algorithm, never as an HMAC secret
    weak_key: the octets given as a shared secret look like an RSA key in DER; load that as a key for its own algorithm, never as an HMAC secret
    weak_key: the octets given as a shared secret look like an RSA key in DER; load that as a key for its own algorithm, never as an HMAC secret
    weak_key: the octets given as a shared secret look like an OpenSSH key; load that as a key for its own algorithm, never as an HMAC secret
    weak_key: the octets given as a shared secret look like a JWK; load that as a key for its own algorithm, never as an HMAC secret
    weak_key: the octets given as a shared secret look like an EC key in DER; load that as a key for its own algorithm, never as an HMAC secret
    weak_key: the octets given as a shared secret look like an Ed25519 key in DER; load that as a key for its own algorithm, never as an HMAC secret
    "##);
}

#[test]
fn key_files() {
    let files = vectors::load("key-files/key_files.json");
    let file = |path: &str| {
        let files = files["files"].as_array().unwrap();
        files.iter().find(|file| file["path"] == path).unwrap()["text"].as_str().unwrap().to_owned()
    };
    let public = |pem: &str| key_error(&Jwk::from_pem(pem).unwrap_err());
    let private = |pem: &str| key_error(&PrivateJwk::from_pem(pem).unwrap_err());
    let good = file("test/ec256-public.pem");

    // An SPKI with a compressed point, and a SEC1 key without its curve.
    let member = |name: &str| base64url::decode(known("ec")[name].as_str().unwrap()).unwrap();
    let (x, d) = (member("x"), member("d"));
    let compressed_point = vectors::hex("3039301306072a8648ce3d020106082a8648ce3d030107032200");
    let sec1_start = vectors::hex("30310201010420");
    let lines = vec![
        public(""),
        public(&" ".repeat(65_537)),
        public(&format!("{good}{good}")),
        public(&good.replace("END", "end")),
        public(&good.replace("MFkw", "!!!!")),
        public(&good.replace("MFkw", "MFkx")),
        public(&good.replace("PUBLIC KEY", "CERTIFICATE REQUEST")),
        public(&file("test/pub.pem")),
        public(&file("test/ec256-private.pem")),
        private(&good),
        // Made with: openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit
        private(include_str!("keys/ec_explicit_curve.pem")),
        public(&file("test/dsa-public.pem")),
        public(&file("test/ecdsa-public.pem")),
        private(&file("test/rsa-pss-private.pem")),
        private(&file("tests/keys/okp-ed448-private.pem")),
        private(&file("test/privateSecure.pem")),
        private("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"),
        private("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"),
        private("-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n"),
        key_error(&Jwk::from_der(&[&compressed_point[..], &[2], &x].concat()).unwrap_err()),
        key_error(&PrivateJwk::from_der(&[&[0x30, 0x25], &sec1_start[2..], &d].concat()).unwrap_err()),
        key_error(&Jwk::from_der(b"no DER").unwrap_err()),
        key_error(&PrivateJwk::from_der(b"no DER").unwrap_err()),
        key_error(&Jwk::from_der(&[0; 65_537]).unwrap_err()),
    ];
    insta::assert_snapshot!(listing(lines), @r##"
    invalid_key: there is no PEM block: it begins with -----BEGIN PUBLIC KEY----- or -----BEGIN PRIVATE KEY-----
    too_large: longer than the limit of 65536 octets
    invalid_key: there are several PEM blocks with keys or certificates; keep one to a file, of a chain the first
    invalid_key: the PEM block is broken: its label or its base64 is not as RFC 7468 has them
    invalid_key: the PEM block is broken: its label or its base64 is not as RFC 7468 has them
    invalid_key: the DER is broken, encrypted, or holds no key that is read here: SPKI, PKCS#8, PKCS#1 or SEC1
    invalid_key: the PEM block is no PUBLIC KEY, RSA PUBLIC KEY, PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY
    invalid_key: this is a certificate; take its public key with Jwk::from_x509_pem, or: openssl x509 -in FILE -pubkey -noout
    invalid_key: this is a private key and a public one is needed; write its public half with: openssl pkey -in FILE -pubout
    invalid_key: this is a public key and a private one is needed to sign
    unsupported_key: this key ("EC with explicit parameters") cannot be used here: only named curves are read: they cannot be altered
    unsupported_key: this key ("1.2.840.10040.4.1") cannot be used here: no supported algorithm uses this kind of key
    unsupported_key: this key ("EC with explicit parameters") cannot be used here: only named curves are read: they cannot be altered
    unsupported_key: this key ("RSASSA-PSS") cannot be used here: its parameters are not read; make it an ordinary RSA key, which PS256 takes as well
    unsupported_key: this key ("Ed448") cannot be used here: no backend has it; use Ed25519
    invalid_key: the private key is encrypted; decrypt it with: openssl pkey -in FILE -out KEY.pem
    invalid_key: the private key is encrypted; decrypt it with: openssl pkey -in FILE -out KEY.pem
    invalid_key: this is an OpenSSH key; an RSA or ECDSA key is rewritten, in a copy of the file, with: ssh-keygen -p -m PKCS8 -f COPY; of Ed25519 make a new key, which ssh-keygen does not convert
    invalid_key: DSA keys are not supported: no JOSE algorithm uses them
    invalid_key: the key's member "x" belongs to a point that is not in uncompressed form
    invalid_key: the EC key does not name its curve; use the PKCS#8 file (PRIVATE KEY) it was taken from, which does
    invalid_key: the DER is broken, encrypted, or holds no key that is read here: SPKI, PKCS#8, PKCS#1 or SEC1
    invalid_key: the DER is broken, encrypted, or holds no key that is read here: SPKI, PKCS#8, PKCS#1 or SEC1
    too_large: longer than the limit of 65536 octets
    "##);
}

/// What one backend takes and the other does not, and what the other says.
#[test]
fn keys_of_one_backend() {
    let files = vectors::load("key-files/key_files.json");
    let file = |path: &str| {
        let files = files["files"].as_array().unwrap();
        files.iter().find(|file| file["path"] == path).unwrap()["text"].as_str().unwrap().to_owned()
    };
    // ECPrivateKey with a curve and without a public half.
    let d = base64url::decode(known("ec")["d"].as_str().unwrap()).unwrap();
    let without_public_half =
        [&vectors::hex("30310201010420")[..], &d, &vectors::hex("a00a06082a8648ce3d030107")].concat();
    let unread = |text: &str| Jwk::from_json(text).map(|_| "read");
    let signs = |pem: &str| SigningKey::from_pem(RS256, pem).map(|_| "signs");
    let judged = [
        unread(r#"{"kty":"EC","crv":"P-521"}"#),
        unread(r#"{"kty":"EC","crv":"secp256k1"}"#),
        unread(r#"{"kty":"AKP","alg":"ML-DSA-44"}"#),
        unread(r#"{"kty":"AKP","alg":"ML-DSA-128"}"#),
        unread(r#"{"kty":"AKP"}"#),
        Jwk::from_pem(&file("test/ec512-public.pem")).map(|_| "read"),
        Jwk::from_pem(&file("tests/keys/ec-secp256k1-public.pem")).map(|_| "read"),
        PrivateJwk::from_der(&without_public_half).map(|_| "read"),
        PrivateJwk::generate_rsa(RS256, 2048).map(|_| "made"),
        PrivateJwk::generate_rsa(PS256, 2047).map(|_| "made"),
        PrivateJwk::generate_rsa(ES256, 2048).map(|_| "made"),
        PrivateJwk::generate_rsa(HS256, 2048).map(|_| "made"),
        PrivateJwk::generate(ES512).map(|_| "made"),
        signs(include_str!("keys/rsa_2048_exponent_3.pem")),
        signs(include_str!("keys/rsa_2560.pem")),
        signs(include_str!("keys/rsa_4608.pem")),
    ];
    let lines = listing(judged.map(|judged| match judged {
        Ok(done) => done.to_owned(),
        Err(error) => key_error(&error),
    }));
    if cfg!(feature = "aws-lc-rs") {
        insta::assert_snapshot!(lines, @r##"
        invalid_key: the key has no member "x"
        invalid_key: the key has no member "x"
        invalid_key: the key has no member "pub"
        unsupported_key: this key ("ML-DSA-128") cannot be used here: the supported kinds are RSA, EC (P-256, P-384; with aws-lc-rs also P-521, secp256k1), OKP (Ed25519), with aws-lc-rs AKP (ML-DSA), and oct
        invalid_key: the key has no member "alg"
        read
        read
        read
        made
        unsupported_key: this key ("RSA") cannot be used here: RSA keys are made with 2048, 3072, 4096 or 8192 bits
        key_mismatch: ES256 cannot be used with a key of a size to choose
        key_mismatch: HS256 cannot be used with a key of a size to choose
        made
        signs
        signs
        signs
        "##);
    } else {
        insta::assert_snapshot!(lines, @r##"
        unsupported_key: this key ("P-521") cannot be used here: ring does not have it; turn on carnet's feature aws-lc-rs
        unsupported_key: this key ("secp256k1") cannot be used here: ring does not have it; turn on carnet's feature aws-lc-rs
        unsupported_key: this key ("AKP") cannot be used here: ring does not have it; turn on carnet's feature aws-lc-rs
        unsupported_key: this key ("AKP") cannot be used here: ring does not have it; turn on carnet's feature aws-lc-rs
        unsupported_key: this key ("AKP") cannot be used here: ring does not have it; turn on carnet's feature aws-lc-rs
        unsupported_key: this key ("P-521") cannot be used here: ring does not have it; turn on carnet's feature aws-lc-rs
        unsupported_key: this key ("secp256k1") cannot be used here: ring does not have it; turn on carnet's feature aws-lc-rs
        unsupported_key: this key ("EC without its public half") cannot be used here: ring cannot derive it; add it with: openssl ec -in FILE -out KEY.pem, or turn on carnet's feature aws-lc-rs
        unsupported_key: this key ("RSA") cannot be used here: ring cannot generate RSA keys; turn on carnet's feature aws-lc-rs, or make one with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072
        unsupported_key: this key ("RSA") cannot be used here: ring cannot generate RSA keys; turn on carnet's feature aws-lc-rs, or make one with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072
        key_mismatch: ES256 cannot be used with a key of a size to choose
        key_mismatch: HS256 cannot be used with a key of a size to choose
        unsupported_algorithm: the algorithm ES512 is not supported: ring does not have it; turn on carnet's feature aws-lc-rs
        unsupported_key: this key ("RSA") cannot be used here: ring signs only with a public exponent of 65537 or more; make a new key, or use carnet's feature aws-lc-rs
        unsupported_key: this key ("RSA") cannot be used here: ring signs only with a modulus of 2048, 3072 or 4096 bits made of two primes of half its size; carnet's feature aws-lc-rs takes others
        unsupported_key: this key ("RSA") cannot be used here: ring signs with at most 4096 bits; use a smaller key, or carnet's feature aws-lc-rs
        "##);
    }
}
