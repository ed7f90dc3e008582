//! How much work untrusted input may cause.

use core::time::Duration;

/// Bounds on untrusted input, each checked before the work it bounds.
///
/// ```
/// use carnet_core::Limits;
/// let mut limits = Limits::default();
/// assert_eq!(limits.token_octets, 64 * 1024);
/// limits.token_octets = 1024 * 1024; // a caller with large tokens
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Length of a whole token in octets. Default 64 KiB: eight times what common servers accept in one HTTP
    /// header field.
    pub token_octets: usize,
    /// Length of the decoded JOSE header in octets. Default 8 KiB: room for an `x5c` chain of several
    /// certificates.
    pub header_octets: usize,
    /// How deep JSON may nest; the outermost object is level 1. Default 64: half of what `serde_json` allows, far
    /// above what claims use.
    pub json_depth: usize,
    /// Length of a `kid` in octets. Default 1 KiB: the longest in use are URLs and thumbprints.
    pub key_id_octets: usize,
    /// Entries read from one JWK Set. Default 256; large providers publish fewer than 20.
    pub keys_per_set: usize,
    /// Keys tried for one signature, at least 1. Default 8: what several matches during a rotation need, at about 50 µs each.
    ///
    /// A token with several signatures may cost as many for each of them: what one signature costs takes nothing from another. Only of a detached
    /// payload of some megabytes are there fewer, so that it is hashed as often as `key_trials` and one for each further signature allow at
    /// [`detached_octets`](Self::detached_octets). A signature with a `kid` that one key has costs one trial.
    pub key_trials: usize,
    /// Signatures in one general JSON serialization. Default 16: one for each algorithm, or for each of a board of signers.
    pub signatures: usize,
    /// Length of a detached payload in octets. Default 64 MiB: a document or an image, held in memory while it is verified.
    pub detached_octets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            token_octets: 64 * 1024,
            header_octets: 8 * 1024,
            json_depth: 64,
            key_id_octets: 1024,
            keys_per_set: 256,
            key_trials: 8,
            signatures: 16,
            detached_octets: 64 * 1024 * 1024,
        }
    }
}

/// The most entries of a JWK Set a caller may ask for with [`Limits::keys_per_set`].
pub const MAX_KEYS_PER_SET: usize = 10_000;

/// The deepest nesting a caller may ask for with [`Limits::json_depth`]; deserializers refuse more than 127.
pub const MAX_JSON_DEPTH: usize = 127;

/// The largest clock leeway a policy accepts. More is a mistake in units, or a second life for stolen tokens.
pub const MAX_LEEWAY: Duration = Duration::from_secs(3600);

/// The smallest RSA modulus in bits ([RFC 7518 §3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
pub const MIN_RSA_BITS: usize = 2048;

/// The largest RSA modulus in bits: what the backends verify. Larger ones only cost time.
pub const MAX_RSA_BITS: usize = 8192;

/// The largest key file or JWK read, in octets. An 8192-bit RSA private key takes 6.4 KiB as PEM.
pub const MAX_KEY_OCTETS: usize = 64 * 1024;

/// The largest JWK Set read, in octets: 10 000 keys of 1.6 KiB each.
pub const MAX_SET_OCTETS: usize = 16 * 1024 * 1024;
