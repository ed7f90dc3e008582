//! An authority that certifies servers of this machine. Its keys are carnet's own, so that no other cryptography is needed than that of the backend.

use carnet::SigningKey;
use carnet::prelude::{EdDSA, PrivateJwk};
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, PKCS_ED25519, SerialNumber};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::sync::Arc;

/// What the test servers speak TLS with.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    #[cfg(feature = "aws-lc-rs")]
    return Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    #[cfg(not(feature = "aws-lc-rs"))]
    Arc::new(rustls::crypto::ring::default_provider())
}

struct Key {
    signing: SigningKey,
    pkcs8: Vec<u8>,
    public: Vec<u8>,
}

impl Key {
    fn new() -> Self {
        let jwk = PrivateJwk::generate(EdDSA).unwrap();
        let spki = jwk.public_jwk().unwrap().to_der().unwrap();
        // Of Ed25519, the last 32 octets (RFC 8410).
        let public = spki.last_chunk::<32>().unwrap().to_vec();
        Self { signing: SigningKey::from_jwk(&jwk).unwrap(), pkcs8: jwk.expose_der().unwrap().to_vec(), public }
    }
}

impl rcgen::PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_ED25519
    }
}

impl rcgen::SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.signing.sign_message(message).unwrap().as_ref().to_vec())
    }
}

/// A certificate for these names, of no authority and of any time.
pub(crate) fn server(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "a server");
    params.serial_number = Some(SerialNumber::from_slice(&[7]));
    params
}

pub(crate) struct Authority {
    issuer: Issuer<'static, Key>,
    certificate: Certificate,
    /// Those between this one and its root.
    above: Vec<CertificateDer<'static>>,
}

impl Authority {
    /// One that signs itself.
    pub(crate) fn new(name: &str) -> Self {
        let key = Key::new();
        let mut params = server(&[]);
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self { issuer: Issuer::new(params, key), certificate, above: Vec::new() }
    }

    /// A server's certificate that is used as if it were an authority's.
    pub(crate) fn usurped_by(&self, mut params: CertificateParams) -> Self {
        let key = Key::new();
        params.distinguished_name.push(DnType::CommonName, "an usurper");
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let above = vec![certificate.der().clone()];
        Self { issuer: Issuer::new(params, key), certificate, above }
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// What a server needs that has this certificate, signed by this authority.
    pub(crate) fn certify(&self, params: &CertificateParams) -> ServerConfig {
        let key = Key::new();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        config([&[certificate.der().clone()], &self.above[..]].concat(), &key)
    }

    /// What a client needs that trusts this authority alone.
    pub(crate) fn client(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
        config.with_root_certificates(roots).with_no_client_auth()
    }
}

/// What a server needs that signs its certificate itself.
pub(crate) fn self_signed(params: &CertificateParams) -> ServerConfig {
    let key = Key::new();
    config(vec![params.self_signed(&key).unwrap().der().clone()], &key)
}

fn config(chain: Vec<CertificateDer<'static>>, key: &Key) -> ServerConfig {
    let config = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    let key = PrivatePkcs8KeyDer::from(key.pkcs8.clone()).into();
    config.with_no_client_auth().with_single_cert(chain, key).unwrap()
}
