mod builder;
mod claims;
mod error;
mod memory;
mod nonces;
mod policy_error;
mod proof;
mod proof_error;
mod replay;
mod request;
mod window;

pub use builder::DpopBuilder;
pub use error::DpopError;
pub use memory::MemoryReplayStore;
pub use nonces::DpopNonces;
pub use policy_error::DpopPolicyError;
pub use proof::DpopProof;
pub use proof_error::DpopProofError;
pub use replay::{ProofId, Recorded, ReplayFuture, ReplayStore, ReplayStoreError};
pub use request::DpopRequest;

use carnet_core::json::{Duplicates, Object};
use carnet_core::{Limits, media_type};
use carnet_jwa::Algorithm;
use carnet_jws::EmbeddedKeyVerifier;
use carnet_jwt::Clock;
use claims::ProofClaims;
use core::fmt;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq;
use window::Window;

/// Verifies DPoP proofs ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)): that whoever sends a request has the private key which it names, and has just made the proof for this
/// very request. Cheap to clone; all clones have one record of proofs.
///
/// **Checked**, in this order ([§4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)): the form, at most 8 KiB; that `alg` is on the list; that the header has a public key and no
/// private one; the signature with that key; that `typ` is `dpop+jwt`; strict JSON; that `jti` (1 to 256 octets), `htm`, `htu` and `iat` are there and of the right type; `htm`, octet for octet; `htu`, as
/// [`DpopRequest`] says; `iat`, `exp` and `nbf`, the last two where they are there; `nonce`, where [nonces](DpopBuilder::nonces) are asked for. With an access token
/// ([`verify_dpop_async`](crate::AccessTokenVerifier::verify_dpop_async)) also that the proof is for it and for nothing else. Last, that the proof was not seen before.
///
/// **Not checked**: that the request has one field `DPoP` and no more, which is for whoever reads its fields; the request's other fields and its body, which a proof says nothing about. Without nonces,
/// proofs may have been [made ahead](https://www.rfc-editor.org/rfc/rfc9449#section-11.2) by somebody who had the key for a while.
///
/// Proofs by ML-DSA-87, and most by ML-DSA-65, are longer than 8 KiB, and refused for it: servers take no longer fields.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> { block_on(run()) }
/// # fn block_on<F: Future>(future: F) -> F::Output {
/// #     let mut future = std::pin::pin!(future);
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     loop { if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) { return output; } }
/// # }
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// # let proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
/// use carnet_jwa::Algorithm::{ES256, EdDSA};
/// use carnet_oauth::{DpopRequest, DpopVerifier};
///
/// // A token endpoint, with the proof of RFC 9449, figure 5, at its time. In a service: without `.at(…)`.
/// let dpop = DpopVerifier::builder([ES256, EdDSA]).at(1_562_262_616).build()?;
/// let request = DpopRequest::new("POST", "https://server.example.com/token");
/// let verified = dpop.verify_async(proof, &request).await?;
/// assert_eq!(verified.jwk_thumbprint().to_string(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"); // cnf.jkt of the access token to be made
///
/// let again = dpop.verify_async(proof, &request).await;
/// assert_eq!(again.unwrap_err().code(), "invalid_dpop_proof");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct DpopVerifier(Arc<Rules>);

/// What is asked of a proof.
struct Rules {
    jws: EmbeddedKeyVerifier,
    algorithms: Vec<Algorithm>,
    window: Window,
    nonces: Option<DpopNonces>,
    store: Arc<dyn ReplayStore>,
    clock: Clock,
}

/// The longest proof, in octets: what common servers take as one HTTP field.
const MAX_PROOF_OCTETS: usize = 8 * 1024;

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.token_octets = MAX_PROOF_OCTETS;
    limits
}

/// A proof that is in order but for the record: its own checks passed, and what it says of an access token.
pub(crate) struct Unrecorded {
    proof: DpopProof,
    access_token_hash: Option<String>,
}

impl DpopVerifier {
    /// A policy for proofs by these algorithms, all of them asymmetric. There is no default: a proof brings its key, so the list is all that limits it.
    pub fn builder(algorithms: impl IntoIterator<Item = Algorithm>) -> DpopBuilder {
        DpopBuilder::new(algorithms.into_iter().collect())
    }

    /// The algorithms a proof may have: for the parameter `algs` of a challenge, and for `dpop_signing_alg_values_supported` in metadata.
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.0.algorithms.iter().copied()
    }

    /// The nonce of the moment, for the field `DPoP-Nonce` of a response: of every response with [`DpopError::NonceRequired`], and of others as the server likes. `None` without
    /// [nonces](DpopBuilder::nonces).
    #[must_use]
    pub fn current_nonce(&self) -> Option<String> {
        self.0.nonces.as_ref().and_then(|nonces| nonces.at(self.0.clock.now()))
    }

    /// Verifies the proof of a request that has no access token: one for a token, say. A proof that was made for an access token is refused.
    ///
    /// # Errors
    /// [`DpopError::Proof`] where the proof is not in order; [`DpopError::NonceRequired`]; [`DpopError::ReplayStore`] where nobody can say whether it was seen before: 503, and
    /// nothing is known about the proof.
    ///
    /// # Security
    /// Anybody can make a key and a proof. Where no access token is needed, authenticate the client first, or limit how many come: each proof that passes takes a place
    /// in the [record](ReplayStore) for a minute or so.
    pub async fn verify_async(&self, proof: &str, request: &DpopRequest<'_>) -> Result<DpopProof, DpopError> {
        let unrecorded = self.check(proof, request)?;
        if unrecorded.access_token_hash.is_some() {
            return Err(DpopError::Proof(DpopProofError::ForAccessToken));
        }
        self.record(unrecorded).await
    }

    /// Verifies the proof of a request whose access token is verified elsewhere: an opaque one, by introspection ([RFC 9449 §6.2](https://www.rfc-editor.org/rfc/rfc9449#section-6.2)).
    /// `bound_to` is `jkt` of its `cnf`, as who verified the token has it. For JSON Web Tokens there is [`verify_dpop_async`](crate::AccessTokenVerifier::verify_dpop_async).
    ///
    /// # Errors
    /// As [`verify_async`](Self::verify_async), and [`DpopError::Binding`] where the proof was made for another token, or with another key.
    ///
    /// # Security
    /// Call it after the token was verified, so that proofs with other tokens are not recorded. A `cnf` that has more than `jkt` in it says more than is checked here: refuse it.
    pub async fn verify_for_token_async(
        &self,
        proof: &str,
        request: &DpopRequest<'_>,
        token: &str,
        bound_to: &str,
    ) -> Result<DpopProof, DpopError> {
        let unrecorded = self.check(proof, request)?;
        if !unrecorded.is_for(token, bound_to) {
            return Err(DpopError::Binding);
        }
        self.record(unrecorded).await
    }

    /// Everything that the proof and the request say.
    pub(crate) fn check(&self, proof: &str, request: &DpopRequest<'_>) -> Result<Unrecorded, DpopError> {
        let Rules { jws, window, nonces, clock, .. } = self.0.as_ref();
        let (jws, jwk) = jws.verify(proof).map_err(DpopProofError::Jws)?.into_parts();
        if !jws.header().typ().is_some_and(|typ| media_type::matches(typ, "dpop+jwt")) {
            return Err(DpopError::Proof(DpopProofError::WrongTyp));
        }
        let depth = limits().json_depth;
        let claims = Object::scan_octets(jws.payload(), depth, Duplicates::RefusedAtTop)
            .map_err(DpopProofError::NotClaims)
            .and_then(|object| ProofClaims::read(&object))?;
        request.check(&claims.method, &claims.uri)?;
        let now = clock.now();
        window.check(&claims, now)?;
        let (nonce, uses_current_nonce) = match nonces {
            Some(nonces) => {
                let nonce = claims.nonce.ok_or(DpopError::NonceRequired)?;
                let is_current = nonces.recognise(&nonce, now).ok_or(DpopError::NonceRequired)?;
                (Some(nonce), is_current)
            }
            None => (None, true),
        };
        let ProofClaims { id, issued_at, access_token_hash, .. } = claims;
        let proof = DpopProof { thumbprint: jwk.thumbprint(), jwk, id, issued_at, nonce, uses_current_nonce };
        Ok(Unrecorded { proof, access_token_hash })
    }

    /// Takes the proof, if it is the first time. The time is looked at again, since keys may have been waited for: the record forgets a proof as soon as it is too old, so one that is too old by now
    /// could not be told from a new one.
    pub(crate) async fn record(&self, unrecorded: Unrecorded) -> Result<DpopProof, DpopError> {
        let Rules { window, store, clock, .. } = self.0.as_ref();
        let Unrecorded { proof, .. } = unrecorded;
        let now = clock.now();
        window.check_age(proof.issued_at, now)?;
        let id = ProofId::of(&proof.thumbprint, &proof.id);
        match store.record(id, window.end(proof.issued_at), now).await.map_err(DpopError::ReplayStore)? {
            Recorded::First => Ok(proof),
            Recorded::Seen => Err(DpopError::Proof(DpopProofError::Replayed)),
        }
    }
}

impl Unrecorded {
    /// Whether the proof was made for this access token (`ath`), and the token is bound to the key of the proof (`cnf.jkt`).
    pub(crate) fn is_for(&self, token: &str, bound_to: &str) -> bool {
        let hash = carnet_core::base64url::encode(&Sha256::digest(token));
        let its = self.access_token_hash.as_deref().unwrap_or_default();
        let thumbprint = self.proof.thumbprint.to_string();
        // Of unequal lengths `ct_eq` says no.
        let (for_it, bound) = (its.as_bytes().ct_eq(hash.as_bytes()), bound_to.as_bytes().ct_eq(thumbprint.as_bytes()));
        bool::from(for_it & bound)
    }
}

impl fmt::Debug for DpopVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rules { algorithms, window, nonces, clock, .. } = self.0.as_ref();
        f.debug_struct("DpopVerifier")
            .field("algorithms", algorithms)
            .field("window", window)
            .field("nonces", nonces)
            .field("clock", clock)
            .finish_non_exhaustive()
    }
}
