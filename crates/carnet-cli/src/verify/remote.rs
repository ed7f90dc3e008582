//! Keys that are fetched from their issuer.

use super::keys::Keys;
use crate::algorithms;
use crate::failure::Failure;
use crate::wording;
use carnet::KeySource;
use carnet::prelude::*;
use carnet::remote::{RemoteJwksBuilder, RemoteStatus};
use core::fmt::Display;

/// Fetches the keys that `--jwks-url` or `--discover` names.
pub(crate) struct Remote<'a> {
    pub(crate) jwks_url: Option<&'a str>,
    pub(crate) issuer: Option<&'a str>,
    pub(crate) http_loopback: bool,
}

impl Remote<'_> {
    /// Fetches the keys, if they are to be fetched.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) fn fetch(&self, algorithms: &[Algorithm]) -> Result<Option<Keys>, Failure> {
        match (self.jwks_url, self.issuer) {
            (Some(url), _) => self.fetch_from("--jwks-url", RemoteJwks::builder(url), algorithms).map(Some),
            (_, Some(issuer)) => {
                self.fetch_from("--discover", RemoteJwks::builder_for_issuer(issuer), algorithms).map(Some)
            }
            (None, None) => Ok(None),
        }
    }

    fn fetch_from(&self, option: &str, builder: RemoteJwksBuilder, algorithms: &[Algorithm]) -> Result<Keys, Failure> {
        let mut builder = builder;
        if self.http_loopback {
            builder = builder.dangerous_allow_http_loopback();
        }
        if let Some(rsa) = algorithms::first_rsa(algorithms) {
            builder = builder.rsa_without_alg(rsa);
        }
        let failed = |code: &str, error: &dyn Display| Failure::unusable(code, format_args!("{option}: {error}"));
        let remote = builder.build().map_err(|error| failed("usage", &error))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed("unreachable", &error))?;
        runtime.block_on(remote.warm()).map_err(|error| failed(error.code(), &error))?;
        let keys = remote.snapshot().map_err(|error| failed("unreachable", &error))?.clone();
        let RemoteStatus { jwks_uri, .. } = remote.status();
        let place = jwks_uri.unwrap_or_default();
        let unused = keys.skipped().iter().map(|skipped| format!("{place}: {}", wording::skipped(skipped))).collect();
        Ok(Keys { keys, unused })
    }
}
