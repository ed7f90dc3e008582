//! JWK Sets over HTTP: discovery, caching, rotation, outages.
//!
//! [`RemoteJwks`] is a source of keys for a verifier. When it fetches is decided in `schedule.rs`, a state machine that knows neither clock nor network.
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

mod address;
mod clock;
mod event;
mod fetch;
mod freshness;
mod metadata;
mod published;
mod refresh_error;
mod remote_jwks;
mod schedule;
mod source;
mod status;
mod store;

pub use address::AddressError;
pub use clock::Clock;
pub use event::{KeyEvent, KeyObserver};
#[cfg(feature = "reqwest")]
pub use fetch::ReqwestFetch;
pub use fetch::{Fetch, FetchError, FetchFuture};
pub use refresh_error::RefreshError;
pub use remote_jwks::{RemoteConfigError, RemoteJwks, RemoteJwksBuilder, RemoteSnapshot};
pub use schedule::KeyState;
pub use status::RemoteStatus;
pub use store::{FileStore, KeyStore, StoreFuture};
