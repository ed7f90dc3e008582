//! The layer for HTTP services, in real servers of axum on this machine.
#![cfg(test)]
#![cfg(all(feature = "axum", feature = "testing"))]

mod client;
mod cookies;
mod dpop;
mod revocation;
mod shop;
mod table;
