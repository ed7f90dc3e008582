use carnet_core::base64url;
use carnet_jwa::Algorithm;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// `at_hash` or `c_hash` of an access token or a code, for an ID token that is signed with this algorithm: base64url of the left half of its hash
/// ([OpenID Connect Core §3.1.3.6](https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken)). EdDSA hashes with SHA-512, as Ed25519 does.
///
/// `None` where no specification says which hash it is: ML-DSA. Then nothing can be compared, and what was to be compared is refused.
///
/// ```
/// use carnet_jwa::Algorithm::RS256;
/// assert_eq!(carnet_oauth::half_hash(RS256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y").as_deref(), Some("77QmUPtjPfzWtF2AnpK9RQ"));
/// ```
#[must_use]
pub fn half_hash(algorithm: Algorithm, value: &str) -> Option<String> {
    use Algorithm::{
        ES256, ES256K, ES384, ES512, EdDSA, HS256, HS384, HS512, PS256, PS384, PS512, RS256, RS384, RS512,
    };
    let hash = match algorithm {
        HS256 | RS256 | PS256 | ES256 | ES256K => Sha256::digest(value).to_vec(),
        HS384 | RS384 | PS384 | ES384 => Sha384::digest(value).to_vec(),
        HS512 | RS512 | PS512 | ES512 | EdDSA => Sha512::digest(value).to_vec(),
        _ => return None,
    };
    hash.get(..hash.len().div_euclid(2)).map(base64url::encode)
}
