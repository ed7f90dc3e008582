//! The layer for HTTP services, in real servers of axum on this machine.
#![cfg(test)]
#![cfg(all(feature = "axum", feature = "testing"))]

mod cookies;
mod revocation;
mod shop;
mod table;
