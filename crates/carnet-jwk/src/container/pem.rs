use super::der;
use base64ct::{Base64, Encoding};
use carnet_core::limits::MAX_KEY_OCTETS;
use carnet_jwa::{KeyError, PrivateKey, PublicKey};
use zeroize::Zeroizing;

const NO_KEY: KeyError = KeyError::Encoding {
    reason: "there is no PEM block: it begins with -----BEGIN PUBLIC KEY----- or -----BEGIN PRIVATE KEY-----",
};
const SEVERAL: KeyError = KeyError::Encoding {
    reason: "there are several PEM blocks with keys or certificates; keep one to a file, of a chain the first",
};
const BROKEN: KeyError =
    KeyError::Encoding { reason: "the PEM block is broken: its label or its base64 is not as RFC 7468 has them" };
const ESCAPED: KeyError = KeyError::Encoding {
    reason: "the PEM block has \\n where its lines should end: it was copied out of a program's text; put real line ends there",
};

const KEYS: &[&str] = &["PUBLIC KEY", "RSA PUBLIC KEY", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];

pub(crate) fn public_from_pem(pem: &str) -> Result<PublicKey, KeyError> {
    let (label, octets) = only_block(pem, KEYS)?;
    match label {
        "PUBLIC KEY" => der::public_from_spki(&octets),
        "RSA PUBLIC KEY" => der::pkcs1_public(&octets),
        "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Err(KeyError::Encoding {
            reason: "this is a private key and a public one is needed; write its public half with: openssl pkey -in FILE -pubout",
        }),
        label => Err(refusal(label)),
    }
}

pub(crate) fn private_from_pem(pem: &str) -> Result<PrivateKey, KeyError> {
    let (label, octets) = only_block(pem, KEYS)?;
    match label {
        "PRIVATE KEY" => der::pkcs8(&octets),
        "RSA PRIVATE KEY" => der::pkcs1_private(&octets),
        "EC PRIVATE KEY" => der::sec1(&octets),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => {
            Err(KeyError::Encoding { reason: "this is a public key and a private one is needed to sign" })
        }
        label => Err(refusal(label)),
    }
}

/// The certificate in a file with one.
pub(crate) fn certificate_from_pem(pem: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    only_block(pem, &["CERTIFICATE"]).map(|(_, octets)| octets)
}

/// Writes a block. The text of a private key is for the caller to wipe.
pub(crate) fn to_pem(label: &'static str, octets: &[u8]) -> Result<String, KeyError> {
    ::der::pem::encode_string(label, ::der::pem::LineEnding::LF, octets).map_err(|_| BROKEN)
}

fn refusal(label: &str) -> KeyError {
    let reason = match label {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
            "this is a certificate; take its public key with Jwk::from_x509_pem, or: openssl x509 -in FILE -pubkey -noout"
        }
        "ENCRYPTED PRIVATE KEY" => "the private key is encrypted; decrypt it with: openssl pkey -in FILE -out KEY.pem",
        "OPENSSH PRIVATE KEY" => {
            "this is an OpenSSH key; an RSA or ECDSA key is rewritten, in a copy of the file, with: ssh-keygen -p -m PKCS8 -f COPY; of Ed25519 make a new key, which ssh-keygen does not convert"
        }
        "DSA PRIVATE KEY" => "DSA keys are not supported: no JOSE algorithm uses them",
        label if KEYS.contains(&label) => "this is a key and a certificate is needed",
        _ => "the PEM block is no PUBLIC KEY, RSA PUBLIC KEY, PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY",
    };
    KeyError::Encoding { reason }
}

/// The one block that can be a key, whose label is wanted. `EC PARAMETERS`, which OpenSSL writes before a key, is passed over; text around the block and how its lines are
/// broken do not matter (RFC 7468 §2 and §3).
fn only_block<'p>(pem: &'p str, wanted: &[&str]) -> Result<(&'p str, Zeroizing<Vec<u8>>), KeyError> {
    if pem.len() > MAX_KEY_OCTETS {
        return Err(KeyError::TooLarge { limit: MAX_KEY_OCTETS });
    }
    let mut found = None;
    let mut rest = pem;
    while let Some((_, begun)) = rest.split_once("-----BEGIN ") {
        let (label, inside) = begun.split_once("-----").ok_or(BROKEN)?;
        let (body, after) = inside.split_once("-----END ").ok_or(BROKEN)?;
        rest = after.strip_prefix(label).and_then(|after| after.strip_prefix("-----")).ok_or(BROKEN)?;
        if label != "EC PARAMETERS" && found.replace((label, body)).is_some() {
            return Err(SEVERAL);
        }
    }
    let (label, body) = found.ok_or(NO_KEY)?;
    if body.contains("Proc-Type:") {
        return Err(refusal("ENCRYPTED PRIVATE KEY"));
    }
    if !wanted.contains(&label) {
        return Err(refusal(label)); // before its contents are decoded, which may not even be base64
    }
    if body.contains("\\n") {
        return Err(ESCAPED);
    }
    let mut text = Zeroizing::new(String::with_capacity(body.len()));
    text.extend(body.chars().filter(|character| !character.is_ascii_whitespace()));
    let mut octets = Zeroizing::new(vec![0; text.len()]);
    let length = Base64::decode(&*text, &mut octets).map_err(|_| BROKEN)?.len();
    octets.truncate(length);
    Ok((label, octets))
}
