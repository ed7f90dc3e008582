//! The layer for HTTP services, in real servers of axum on this machine.
#![cfg(test)]
#![cfg(all(feature = "axum", feature = "testing"))]

#[cfg(test)]
mod challenge;
#[cfg(test)]
mod client;
#[cfg(test)]
mod cookies;
#[cfg(test)]
mod dpop;
#[cfg(test)]
#[cfg(feature = "remote")]
mod flood;
#[cfg(test)]
#[cfg(feature = "remote")]
#[path = "../support/hostile.rs"]
mod hostile;
#[cfg(test)]
#[cfg(feature = "remote")]
mod issuer;
#[cfg(test)]
mod log;
#[cfg(test)]
#[path = "../support/recorder.rs"]
mod recorder;
#[cfg(test)]
mod requirements_6750;
#[cfg(test)]
mod requirements_9449;
#[cfg(test)]
mod revocation;
#[cfg(test)]
#[cfg(feature = "remote")]
mod rotation;
#[cfg(test)]
mod routers;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod table;
