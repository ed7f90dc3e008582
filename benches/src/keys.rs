//! One key for each algorithm, in the form that each library wants it. All are published test keys.

use crate::backend::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};
use crate::backend::{self, hmac};
use crate::claims::KEY_ID;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carnet::prelude::{Algorithm, JwkSet, Secret, SigningKey, VerifyingKey, VerifyingKeys};
use jsonwebtoken::{DecodingKey, EncodingKey};

/// 32 octets, the least that HS256 takes.
pub(crate) const SECRET: &[u8; 32] = b"an example of 32 octets exactly.";

const KEY_FILES: &str = include_str!("../../test-vectors/key-files/key_files.json");

/// A key, or a pair of keys, and the algorithm it is used with.
pub(crate) struct Keys {
    pub(crate) name: &'static str,
    pub(crate) carnet: Algorithm,
    pub(crate) peer: jsonwebtoken::Algorithm,
    /// The private key as PEM; none for HMAC.
    pem: Option<String>,
}

/// A private key as the backend holds it.
pub(crate) enum Raw {
    Hmac(hmac::Key),
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// HS256, RS256 with 2048 bits, ES256 and EdDSA.
pub(crate) fn all() -> Vec<Keys> {
    use jsonwebtoken::Algorithm as Peer;
    let keys = |name, carnet, peer, file: Option<&str>| Keys { name, carnet, peer, pem: file.map(key_file) };
    vec![
        keys("HS256", Algorithm::HS256, Peer::HS256, None),
        keys("RS256", Algorithm::RS256, Peer::RS256, Some("tests/rsa/private_jwtio.pem")),
        keys("ES256", Algorithm::ES256, Peer::ES256, Some("tests/keys/testkey_ec.priv")),
        keys("EdDSA", Algorithm::EdDSA, Peer::EdDSA, Some("test/ed25519-private.pem")),
    ]
}

fn key_file(path: &str) -> String {
    let files: serde_json::Value = serde_json::from_str(KEY_FILES).expect("the vectors are JSON");
    let files = files["files"].as_array().expect("the vectors have files");
    let file = files.iter().find(|file| file["path"] == path).expect("the vectors have this key");
    file["text"].as_str().expect("the key is PEM").to_owned()
}

impl Keys {
    pub(crate) fn signing_key(&self) -> SigningKey {
        let key = match &self.pem {
            None => SigningKey::from_secret(self.carnet, &secret()),
            Some(pem) => SigningKey::from_pem(self.carnet, pem),
        };
        key.expect("carnet reads the key").with_key_id(KEY_ID).expect("the key ID is short")
    }

    /// What a service has: the secret, or the published set.
    pub(crate) fn verifying_keys(&self) -> VerifyingKeys {
        let Some(public) = self.signing_key().public_jwk() else {
            let key = VerifyingKey::from_secret(self.carnet, &secret()).expect("carnet reads the secret");
            return key.with_key_id(KEY_ID).into();
        };
        let set: JwkSet = [public].into_iter().collect();
        JwkSet::from_json(&set.to_json()).expect("carnet reads its own set").verifying_keys()
    }

    pub(crate) fn encoding_key(&self) -> EncodingKey {
        let Some(pem) = self.pem.as_deref().map(str::as_bytes) else { return EncodingKey::from_secret(SECRET) };
        let key = match self.carnet {
            Algorithm::RS256 => EncodingKey::from_rsa_pem(pem),
            Algorithm::ES256 => EncodingKey::from_ec_pem(pem),
            _ => EncodingKey::from_ed_pem(pem),
        };
        key.expect("jsonwebtoken reads the key")
    }

    /// The public key in the form that jsonwebtoken makes of a JWK.
    pub(crate) fn decoding_key(&self) -> DecodingKey {
        let Some(public) = self.signing_key().public_jwk() else { return DecodingKey::from_secret(SECRET) };
        let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_str(&public.to_json()).expect("jsonwebtoken reads the JWK");
        DecodingKey::from_jwk(&jwk).expect("jsonwebtoken takes the JWK")
    }

    /// The public key as PEM (SPKI); none for HMAC.
    pub(crate) fn public_pem(&self) -> Option<String> {
        let public = self.signing_key().public_jwk()?;
        Some(public.to_pem().expect("the key has this form"))
    }

    /// The public key as JWK, or the secret.
    pub(crate) fn jwk(&self) -> String {
        let Some(public) = self.signing_key().public_jwk() else {
            return format!(r#"{{"kty":"oct","alg":"{}","k":"{}"}}"#, self.name, URL_SAFE_NO_PAD.encode(SECRET));
        };
        public.to_json()
    }

    pub(crate) fn raw(&self) -> Raw {
        // DER: PKCS#1 for RSA, else PKCS#8.
        let der = self.encoding_key();
        let der = der.as_bytes();
        match self.carnet {
            Algorithm::HS256 => Raw::Hmac(hmac::Key::new(hmac::HMAC_SHA256, SECRET)),
            Algorithm::RS256 => Raw::Rsa(RsaKeyPair::from_der(der).expect("the backend reads the key")),
            Algorithm::ES256 => Raw::Ec(backend::ec_pair(der)),
            _ => Raw::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).expect("the backend reads the key")),
        }
    }
}

impl Raw {
    /// The public half in the backend's own form; empty for HMAC.
    pub(crate) fn public(&self) -> Vec<u8> {
        match self {
            Self::Hmac(_) => Vec::new(),
            Self::Rsa(pair) => pair.public_key().as_ref().to_vec(),
            Self::Ec(pair) => pair.public_key().as_ref().to_vec(),
            Self::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        }
    }
}

fn secret() -> Secret {
    Secret::from_bytes(SECRET).expect("the secret is long enough")
}
