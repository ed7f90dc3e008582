//! Keys of other kinds in the place of a shared secret: the mistake behind forging with a public key.

use crate::secret::hexadecimal;
use carnet_jwa::KeyError;

/// Refuses octets that contain a key of another kind, at any place.
///
/// Recognised: PEM armour, SSH keys, a JWK's `"kty"`, DER by the object identifiers of key types or by the two integers that begin an RSA key, each of these in
/// base64 too, or in hexadecimal digits if there is nothing else. A random secret has such a pattern with a probability below 2^-30.
pub(crate) fn refuse(octets: &[u8]) -> Result<(), KeyError> {
    let contains = |pattern: &[u8]| memchr::memmem::find(octets, pattern).is_some();
    let text: &[(&[u8], &str)] = &[
        (b"-----BEGIN", "a PEM file"),
        (b"-\0B\0E\0G\0I\0N", "a PEM file in UTF-16"),
        (b"LS0tLS1CRUdJT", "a PEM file in base64"),
        (b"0tLS0tQkVHSU", "a PEM file in base64"),
        (b"tLS0tLUJFR0lO", "a PEM file in base64"),
        (b"---- BEGIN SSH2", "an SSH key"),
        (b"ssh-rsa ", "an OpenSSH key"),
        (b"ssh-ed25519 ", "an OpenSSH key"),
        (b"ecdsa-sha2-", "an OpenSSH key"),
        (b"sk-ssh-", "an OpenSSH key"),
        // The same object identifiers as below, each at the three places where an octet can begin in base64 without armour.
        (b"BgkqhkiG9w0BAQ", "an RSA key in base64"),
        (b"YJKoZIhvcNAQEB", "an RSA key in base64"),
        (b"GCSqGSIb3DQEBA", "an RSA key in base64"),
        (b"BgcqhkjOPQIB", "an EC key in base64"),
        (b"YHKoZIzj0CA", "an EC key in base64"),
        (b"GByqGSM49Ag", "an EC key in base64"),
        (b"MAUGAytlc", "an Ed25519 key in base64"),
        (b"AFBgMrZX", "an Ed25519 key in base64"),
        (b"wBQYDK2Vw", "an Ed25519 key in base64"),
        (b"BglghkgBZQMEA", "an ML-DSA key in base64"),
        (b"YJYIZIAWUDBA", "an ML-DSA key in base64"),
        (b"GCWCGSAFlAwQD", "an ML-DSA key in base64"),
        (b"BggqhkjOPQMBB", "an EC key in base64"),
        (b"YIKoZIzj0DAQ", "an EC key in base64"),
        (b"GCCqGSM49AwEH", "an EC key in base64"),
        (b"BgUrgQQA", "an EC key in base64"),
        (b"YFK4EEA", "an EC key in base64"),
        (b"GBSuBBAA", "an EC key in base64"),
        (b"AAAAB3NzaC1", "an SSH key in base64"),
        (b"AAAAC3NzaC1", "an SSH key in base64"),
        (b"AAAAE2VjZHNh", "an SSH key in base64"),
        (b"\"kty\"", "a JWK"),
        (b"Imt0eSI6", "a JWK in base64"),
        (b"JrdHkiO", "a JWK in base64"),
        (b"ia3R5Ij", "a JWK in base64"),
        // rsaEncryption, ecPublicKey, Ed25519, Ed448, ML-DSA, and the curves: P-256, and those of SEC 2
        (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", "an RSA key in DER"),
        (b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01", "an EC key in DER"),
        (b"\x30\x05\x06\x03\x2b\x65\x70", "an Ed25519 key in DER"),
        (b"\x30\x05\x06\x03\x2b\x65\x71", "an Ed448 key in DER"),
        (b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03", "an ML-DSA key in DER"),
        (b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", "an EC key in DER"),
        (b"\x06\x05\x2b\x81\x04\x00", "an EC key in DER"),
    ];
    if let Some(&(_, what)) = text.iter().find(|(pattern, _)| contains(pattern)) {
        return Err(KeyError::SecretLooksLikeKey { what });
    }
    // PKCS#1: SEQUENCE of 256 octets or more, beginning with a long INTEGER (public) or with INTEGER 0 and a long one (private).
    let pkcs1 = octets.windows(10).any(|window| {
        matches!(
            window,
            [0x30, 0x82, _, _, 0x02, 0x82, _, _, 0x00, _] | [0x30, 0x82, _, _, 0x02, 0x01, 0x00, 0x02, 0x82, _]
        )
    });
    if pkcs1 {
        return Err(KeyError::SecretLooksLikeKey { what: "an RSA key in DER" });
    }
    // The same in base64, where it begins: lengths differ, tags do not.
    let pkcs1 = octets.windows(12).any(|window| {
        matches!(
            window,
            [b'M', b'I', b'I', _, _, b'A' | b'Q' | b'g' | b'w', b'K', b'C', b'A' | b'B', _, _, _]
                | [b'M', b'I', b'I', _, _, b'A' | b'Q' | b'g' | b'w', b'I', b'B', b'A', b'A', b'K', b'C']
        )
    });
    if pkcs1 {
        return Err(KeyError::SecretLooksLikeKey { what: "an RSA key in base64" });
    }
    match core::str::from_utf8(octets).ok().map(hexadecimal) {
        Some(Ok(decoded)) if !decoded.is_empty() => refuse(&decoded),
        _ => Ok(()),
    }
}
