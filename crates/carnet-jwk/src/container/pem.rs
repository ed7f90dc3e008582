use super::der;
use carnet_core::limits::MAX_KEY_OCTETS;
use carnet_jwa::{KeyError, PrivateKey, PublicKey};
use zeroize::Zeroizing;

const NO_KEY: KeyError = KeyError::Encoding {
    reason: "there is no PEM block: it begins with -----BEGIN PUBLIC KEY----- or -----BEGIN PRIVATE KEY-----",
};
const SEVERAL: KeyError = KeyError::Encoding { reason: "there are several PEM blocks with keys; keep one to a file" };
const BROKEN: KeyError = KeyError::Encoding {
    reason: "the PEM block is broken: its base64, line ends or label are not as RFC 7468 has them",
};

pub(crate) fn public_from_pem(pem: &str) -> Result<PublicKey, KeyError> {
    let (label, octets) = only_block(pem)?;
    match label {
        "PUBLIC KEY" => der::spki(&octets),
        "RSA PUBLIC KEY" => der::pkcs1_public(&octets),
        "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Err(KeyError::Encoding {
            reason: "this is a private key and a public one is needed; write its public half with: openssl pkey -in FILE -pubout",
        }),
        label => Err(refusal(label)),
    }
}

pub(crate) fn private_from_pem(pem: &str) -> Result<PrivateKey, KeyError> {
    let (label, octets) = only_block(pem)?;
    match label {
        "PRIVATE KEY" => der::pkcs8(&octets),
        "RSA PRIVATE KEY" => der::pkcs1_private(&octets),
        "EC PRIVATE KEY" => der::sec1(&octets, None),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => {
            Err(KeyError::Encoding { reason: "this is a public key and a private one is needed to sign" })
        }
        label => Err(refusal(label)),
    }
}

fn refusal(label: &str) -> KeyError {
    let reason = match label {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
            "this is a certificate; take its public key with: openssl x509 -in FILE -pubkey -noout"
        }
        "ENCRYPTED PRIVATE KEY" => "the private key is encrypted; decrypt it with: openssl pkey -in FILE -out KEY.pem",
        "OPENSSH PRIVATE KEY" => "this is an OpenSSH key; rewrite it with: ssh-keygen -p -m PKCS8 -f FILE",
        "DSA PRIVATE KEY" => "DSA keys are not supported: no JOSE algorithm uses them",
        _ => "the PEM block is no PUBLIC KEY, RSA PUBLIC KEY, PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY",
    };
    KeyError::Encoding { reason }
}

/// The one block that can be a key. `EC PARAMETERS`, which OpenSSL writes before a key, is passed over.
fn only_block(pem: &str) -> Result<(&str, Zeroizing<Vec<u8>>), KeyError> {
    if pem.len() > MAX_KEY_OCTETS {
        return Err(KeyError::TooLarge { limit: MAX_KEY_OCTETS });
    }
    let mut found = None;
    let mut rest = pem;
    while let Some((_, begun)) = rest.split_once("-----BEGIN ") {
        let (label, _) = begun.split_once("-----").ok_or(BROKEN)?;
        let end = format!("-----END {label}-----");
        let (_, after) = begun.split_once(&end).ok_or(BROKEN)?;
        if label != "EC PARAMETERS" {
            // From this block's first dash to its last.
            let start = pem.len().saturating_sub(begun.len()).saturating_sub("-----BEGIN ".len());
            let block = pem.get(start..pem.len().saturating_sub(after.len())).ok_or(BROKEN)?;
            if found.replace((label, block)).is_some() {
                return Err(SEVERAL);
            }
        }
        rest = after;
    }
    let (label, block) = found.ok_or(NO_KEY)?;
    if block.contains("Proc-Type:") {
        return Err(refusal("ENCRYPTED PRIVATE KEY"));
    }
    if !matches!(label, "PUBLIC KEY" | "RSA PUBLIC KEY" | "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY") {
        return Err(refusal(label)); // before its contents are decoded, which may not even be base64
    }
    let (_, octets) = pem_rfc7468::decode_vec(block.as_bytes()).map_err(|_| BROKEN)?;
    Ok((label, Zeroizing::new(octets)))
}
