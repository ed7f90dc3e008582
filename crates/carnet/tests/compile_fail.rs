//! What must not compile, and for which reason.
//!
//! The reasons are in the compiler's words. Where a new one has others, `TRYBUILD=overwrite` writes them down anew.
#![cfg(test)]

#[test]
fn misuse_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
