use super::{KeyStore, StoreFuture};
use std::io;
use std::path::{Path, PathBuf};

/// The most octets read of a file: more than any set that is fetched, with what is written around it.
const MAX_OCTETS: u64 = 32 * 1024 * 1024;

/// Keeps keys in a file, of which there should be one for each issuer.
///
/// # Security
/// Put it where only this program may write: whoever can, decides which tokens are accepted.
#[derive(Debug, Clone)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    /// In this file, which need not be there yet; its folder must be.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl KeyStore for FileStore {
    fn load(&self) -> StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(async {
            match tokio::fs::metadata(&self.path).await {
                Ok(metadata) if metadata.len() > MAX_OCTETS => Err(io::Error::other("the file is too large")),
                Ok(_) => tokio::fs::read(&self.path).await.map(Some),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    fn save<'a>(&'a self, octets: &'a [u8]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let (path, octets) = (self.path.clone(), octets.to_vec());
            tokio::task::spawn_blocking(move || replace(&path, &octets)).await.map_err(io::Error::other)?
        })
    }
}

/// A file beside the old one, put in its place once it is whole: several processes may do so at once.
fn replace(path: &Path, octets: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut beside, octets)?;
    beside.as_file().sync_all()?;
    beside.persist(path)?;
    Ok(())
}
