//! TLS as it is spoken here: with the cryptography of the backend, and certificates that are always verified.

use crate::fetch::FetchError;
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// The certificates in this text, at least one.
pub(super) fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, FetchError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    certificates.ok().filter(|certificates| !certificates.is_empty()).ok_or(FetchError::RootCertificates)
}

/// Trusts the authorities of the platform, and these.
pub(super) fn config(roots: Vec<CertificateDer<'static>>) -> Result<ClientConfig, FetchError> {
    let provider = provider()?;
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    // What is dangerous about it is another verifier than this one, which is that of the platform.
    let verifier = Arc::new(verifier(roots, provider)?);
    let mut config =
        config.map_err(failure)?.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn verifier(roots: Vec<CertificateDer<'static>>, provider: Arc<CryptoProvider>) -> Result<Verifier, FetchError> {
    if roots.is_empty() {
        return Verifier::new(provider).map_err(failure);
    }
    #[cfg(not(target_os = "android"))]
    return Verifier::new_with_extra_roots(roots, provider).map_err(|_| FetchError::RootCertificates);
    #[cfg(target_os = "android")]
    Err(FetchError::RootCertificates)
}

/// What the program has installed, or that of the backend: aws-lc-rs, where both are on.
fn provider() -> Result<Arc<CryptoProvider>, FetchError> {
    if let Some(installed) = CryptoProvider::get_default() {
        return Ok(Arc::clone(installed));
    }
    #[cfg(feature = "aws-lc-rs")]
    return Ok(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
    return Ok(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
    Err(FetchError::Unreachable { reason: "without the feature \"ring\" or \"aws-lc-rs\" there is no TLS".to_owned() })
}

fn failure(error: rustls::Error) -> FetchError {
    FetchError::Unreachable { reason: error.to_string() }.bounded()
}
