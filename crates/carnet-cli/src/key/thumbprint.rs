//! `carnet key thumbprint`: the name a key has by itself.

use crate::failure::Failure;
use crate::key_file::KeyFile;
use crate::output;
use crate::source::Source;
use carnet::jwa::Hash;
use clap::{Args, ValueEnum};

/// Prints the thumbprint of a key (RFC 7638), which is that of its public half.
#[derive(Args)]
pub(super) struct ThumbprintArguments {
    /// A JWK, PEM or DER; - is standard input.
    file: Source,

    /// The hash.
    #[arg(long, value_enum, value_name = "HASH", default_value = "sha256")]
    hash: HashName,

    /// As a URI (RFC 9278): urn:ietf:params:oauth:jwk-thumbprint:sha-256:...
    #[arg(long)]
    uri: bool,

    /// Also of a shared secret. Whoever sees the thumbprint can test guesses of the secret: fine for random octets, not for a password.
    #[arg(long)]
    allow_secret: bool,
}

/// A hash by its name.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum HashName {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl From<HashName> for Hash {
    fn from(name: HashName) -> Self {
        match name {
            HashName::Sha256 => Self::Sha256,
            HashName::Sha384 => Self::Sha384,
            HashName::Sha512 => Self::Sha512,
        }
    }
}

/// Runs `carnet key thumbprint`.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(arguments: &ThumbprintArguments) -> Result<(), Failure> {
    let ThumbprintArguments { file, hash, uri, allow_secret } = arguments;
    let key = KeyFile::read_single(file, "; carnet jwks show has the thumbprint of each entry")?;
    if key.is_shared() && !allow_secret {
        return Err(Failure::unusable(
            "unsupported_key",
            format_args!(
                "{file}: this is a shared secret, and whoever sees its thumbprint can test guesses of it; if it is random octets, repeat with --allow-secret"
            ),
        ));
    }
    let thumbprint = key.thumbprint((*hash).into());
    output::result(&if *uri { thumbprint.uri() } else { thumbprint.to_string() })
}
