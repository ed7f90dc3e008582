use carnet_core::base64url;
use carnet_jwa::Hash;
use core::fmt;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The thumbprint of a key ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)).
///
/// Shown as base64url, the form in which it serves as a `kid`. Two spellings of one key cannot have two thumbprints, since keys are read
/// only in canonical form.
///
/// ```
/// # if !carnet_jwa::Algorithm::ES256.is_available() { return Ok(()); }
/// use carnet_jwk::Jwk;
/// let jwk = Jwk::from_json(r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#)?;
/// assert_eq!(
///     jwk.thumbprint().uri(),
///     "urn:ietf:params:oauth:jwk-thumbprint:sha-256:kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
/// );
/// # Ok::<(), carnet_jwk::KeyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint {
    hash: Hash,
    /// Zeros after the hash's length.
    octets: [u8; 64],
}

impl Thumbprint {
    /// Of the key's required members, written as RFC 7638 §3.3 has them.
    pub(crate) fn of(hash: Hash, members: &str) -> Self {
        fn begin<const N: usize>(digest: [u8; N]) -> [u8; 64] {
            core::array::from_fn(|place| digest.get(place).copied().unwrap_or_default())
        }
        let octets = match hash {
            Hash::Sha256 => begin::<32>(Sha256::digest(members).into()),
            Hash::Sha384 => begin::<48>(Sha384::digest(members).into()),
            Hash::Sha512 => begin::<64>(Sha512::digest(members).into()),
        };
        Self { hash, octets }
    }

    /// The octets of the digest.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.octets.get(..self.hash.octets()).unwrap_or_default()
    }

    /// The hash it was made with.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// As a URI ([RFC 9278](https://www.rfc-editor.org/rfc/rfc9278)).
    #[must_use]
    pub fn uri(&self) -> String {
        let hash = match self.hash {
            Hash::Sha384 => "sha-384",
            Hash::Sha512 => "sha-512",
            Hash::Sha256 => "sha-256",
        };
        format!("urn:ietf:params:oauth:jwk-thumbprint:{hash}:{self}")
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(self.octets()))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}
