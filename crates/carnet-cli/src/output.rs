//! What goes to standard output, and warnings beside it.

use crate::failure::Failure;
use std::fmt::Display;
use std::io::{self, Write};

/// Writes a result and a line end to standard output.
///
/// Of a private key, the copy in the standard library's buffer is not wiped. A reader that went away is no failure: what it wanted, it had.
pub(crate) fn result(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::unusable("unwritable_output", format_args!("standard output: {}", error.kind())))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes a line `warning: …` to standard error.
pub(crate) fn warning(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "warning: {text}");
}
