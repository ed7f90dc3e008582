//! Which of the three ways a key is given in.

use crate::failure::Failure;
use crate::source::Source;

/// A key file, or a shared secret from a file or an environment variable.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeyChoice<'a> {
    /// A JWK, a JWK Set, PEM or DER.
    KeyFile(&'a Source),
    /// A file whose octets are the secret.
    SecretFile(&'a Source),
    /// An environment variable whose text is the secret.
    SecretVariable(&'a str),
}

impl<'a> KeyChoice<'a> {
    /// The one that was given, which the argument parser saw to.
    ///
    /// # Errors
    /// `usage` when none was.
    pub(crate) fn new(
        key_file: Option<&'a Source>,
        secret_file: Option<&'a Source>,
        secret_variable: Option<&'a str>,
    ) -> Result<Self, Failure> {
        None.or(key_file.map(Self::KeyFile))
            .or(secret_file.map(Self::SecretFile))
            .or(secret_variable.map(Self::SecretVariable))
            .ok_or_else(|| Failure::usage("a key is missing"))
    }
}
