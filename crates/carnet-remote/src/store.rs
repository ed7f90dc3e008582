mod file;
mod kept_keys;

pub use file::FileStore;
pub(crate) use kept_keys::KeptKeys;

use core::pin::Pin;
use std::io;

/// What the calls of a [`KeyStore`] give.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// Keeps the last good keys, so that a program that starts while the issuer is down verifies tokens all the same: a file ([`FileStore`]), or a database of yours.
///
/// # Security
/// Whoever can write what is kept decides which tokens are accepted. The octets are no secret.
pub trait KeyStore: Send + Sync {
    /// What was saved last, if anything.
    fn load(&self) -> StoreFuture<'_, Option<Vec<u8>>>;

    /// Puts these octets, some kilobytes, in the place of the last ones: wholly or not at all.
    fn save<'a>(&'a self, octets: &'a [u8]) -> StoreFuture<'a, ()>;
}

impl<S: KeyStore + ?Sized> KeyStore for std::sync::Arc<S> {
    fn load(&self) -> StoreFuture<'_, Option<Vec<u8>>> {
        (**self).load()
    }

    fn save<'a>(&'a self, octets: &'a [u8]) -> StoreFuture<'a, ()> {
        (**self).save(octets)
    }
}
