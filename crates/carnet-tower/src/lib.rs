//! Protecting an HTTP API with tokens.
//!
//! Depend on the facade crate `carnet`; this crate is a room inside it.

mod problem;
