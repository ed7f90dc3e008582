//! Test support for the workspace. Nothing here is published, and only dev-dependencies may name it.
//!
//! * [`vectors`] finds and reads the files of `test-vectors/`.
//! * [`exceptions`] records the outcome of every case of a suite and compares the deviations with
//!   those that `test-vectors/exceptions.json` excuses.
//! * [`http_server`] does as it is told, and [`http_client`] sends exactly what it is given.
//! * [`alloc`] counts the allocations of the current thread, and shows what its freed memory held.
//!
//! Everything here panics with a sentence where a test cannot go on.

pub mod alloc;
pub mod exceptions;
pub mod http_client;
pub mod http_server;
pub mod vectors;
